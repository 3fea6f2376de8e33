"""What is kept of posts' pictures: that they were asked for, what came of it, and hashes. Never a picture.

A row is made in the transaction that saves the post, so the judge cannot overtake it; `until` bounds how
long the post waits for it. `seq` grows with every look, for those who keep a replica of the hashes.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain import Mention, MentionKind, MentionState, Picture, Ticket
from storage.records import OldPicture, Shown, Wanted
from storage.sqlite.connection import Connections
from storage.sqlite.rows import keys_json, micros, moment

LISTED = "IN (SELECT value FROM json_each(?))"
VIEW_BYTES = 16
PAGE = 5_000
MOST = 4  # pictures of one post that are looked at
SEEN = ("photo", "video", "gif")  # of a video its still; a link's picture is the linked page's


# --- asking --------------------------------------------------------------------------------------


def ask_for(connection: sqlite3.Connection, mentions: Iterable[Mention], *, until: datetime) -> None:
    """Note the pictures of these posts as wanted; those of an older version are forgotten."""
    wanted, asked = [], []
    for mention in mentions:
        asked.append(mention.key)
        if mention.kind is MentionKind.REPOST or mention.own or mention.state is MentionState.GONE:
            continue  # a repost joins by reference; our own picture of the town hall proves nothing
        places = [n for n, item in enumerate(mention.media) if item.url and item.type in SEEN]
        wanted += [(mention.key, n, micros(until)) for n in places[:MOST]]
    if asked:
        connection.execute(f"DELETE FROM picture WHERE mention {LISTED}", (keys_json(asked),))
    connection.executemany("INSERT OR REPLACE INTO picture (mention, place, state, until) VALUES (?, ?, 'waiting', ?)",
                           wanted)


def waiting(connection: sqlite3.Connection, limit: int) -> list[Wanted]:
    rows = connection.execute(
        "SELECT p.mention, p.place, p.until, m.account, json_extract(m.extra, '$.media[' || p.place || '].url')"
        " FROM picture p JOIN mention m ON m.key = p.mention WHERE p.state = 'waiting'"
        " ORDER BY p.until, p.mention, p.place LIMIT ?", (limit,)).fetchall()
    return [Wanted(mention, place, url or "", account, moment(until)) for mention, place, until, account, url in rows]


def save(connection: sqlite3.Connection, seen: Sequence[tuple[Wanted, Picture]], *, now: datetime) -> None:
    """Each row is written anew: under a number that no reader of `hashed_since` has passed."""
    connection.executemany(
        "INSERT OR REPLACE INTO picture (mention, place, state, until, tried_at, reason, sha256, views)"
        " SELECT mention, place, ?, until, ?, ?, ?, ? FROM picture"
        " WHERE mention = ? AND place = ? AND state = 'waiting' AND until = ?",
        [(picture.state, None if picture.state == "late" else micros(now), picture.reason or None, picture.sha256,
          packed(picture.views), wanted.mention, wanted.place, micros(wanted.until)) for wanted, picture in seen])


def tried(connection: sqlite3.Connection, *, since: datetime) -> int:
    count: int = connection.execute("SELECT count(*) FROM picture WHERE tried_at > ?", (micros(since),)).fetchone()[0]
    return count


# --- knowing again -------------------------------------------------------------------------------


def of(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, dict[int, Picture]]:
    rows = connection.execute(
        "SELECT mention, place, state, sha256, views, reason FROM picture"
        f" WHERE state <> 'waiting' AND mention {LISTED}", (keys_json(keys),)).fetchall()
    found: dict[str, dict[int, Picture]] = {}
    for mention, place, state, sha256, views, reason in rows:
        found.setdefault(mention, {})[place] = Picture(state, sha256, unpacked(views), reason or "")
    return found


def hashed_since(connections: Connections, seq: int) -> Iterator[list[tuple[int, bytes]]]:
    """Read in pages, each its own snapshot."""
    while True:
        with connections.read() as connection:
            rows = connection.execute(
                "SELECT seq, views FROM picture WHERE seq > ? AND views IS NOT NULL ORDER BY seq LIMIT ?", (seq, PAGE)
            ).fetchall()
        if rows:
            yield rows
            seq = rows[-1][0]
        if len(rows) < PAGE:
            return


def shown(connection: sqlite3.Connection, seqs: Iterable[int]) -> list[Shown]:
    rows = connection.execute(
        "SELECT p.mention, m.posted_at, m.cluster, p.views FROM picture p JOIN mention m ON m.key = p.mention"
        f" WHERE p.seq {LISTED} ORDER BY m.posted_at, m.key", (orjson.dumps([*seqs]).decode(),)).fetchall()
    return [Shown(mention, moment(posted_at), cluster, unpacked(views)) for mention, posted_at, cluster, views in rows]


def old_pictures(
    connection: sqlite3.Connection, cluster: str, tickets_of: Callable[[str], list[Ticket]]
) -> tuple[OldPicture, ...]:
    """Old pictures in this story, one for each story that showed them before.

    A story is left out where it has tickets and the reader may know of none: they are sensitive.
    """
    found: dict[str, OldPicture] = {}
    for place, mention, story, seen_at, any_ticket in _again(connection, cluster):
        if story in found:
            continue
        tickets = tickets_of(story)
        if tickets or not any_ticket:
            found[story] = OldPicture(place, mention, moment(seen_at), tuple(tickets))
    return tuple(found.values())


def _again(connection: sqlite3.Connection, cluster: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT a.place, a.mention, e.cluster, e.posted_at, EXISTS (SELECT 1 FROM ticket t WHERE t.cluster = e.cluster)"
        " FROM mention m JOIN picture_again a ON a.mention = m.key JOIN mention e ON e.key = a.earlier"
        " WHERE m.cluster = ?1 AND e.cluster IS NOT NULL AND e.cluster <> ?1 ORDER BY e.posted_at, a.mention, a.place",
        (cluster,)).fetchall()


def exported(connection: sqlite3.Connection, clusters: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Cluster -> its old pictures as plain data, for the export, which knows no reader."""
    listed: dict[str, list[dict[str, Any]]] = {}
    for cluster in clusters:
        for place, mention, story, seen_at, _ in _again(connection, cluster):
            tickets = connection.execute("SELECT id FROM ticket WHERE cluster = ? ORDER BY id", (story,)).fetchall()
            listed.setdefault(cluster, []).append(
                {"mention": mention, "picture": place, "seen_at": moment(seen_at).isoformat(),
                 "tickets": [id_ for id_, in tickets]})
    return listed


def packed(views: Sequence[str]) -> bytes | None:
    return b"".join(bytes.fromhex(view) for view in views) or None


def unpacked(views: bytes | None) -> tuple[str, ...]:
    packed = views or b""
    return tuple(packed[at:at + VIEW_BYTES].hex() for at in range(0, len(packed), VIEW_BYTES))
