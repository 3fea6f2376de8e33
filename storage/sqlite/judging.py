"""What the judge reads, and the counting of attempts that failed. `settle` writes what it decided."""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from domain import Extraction, Mention, Ticket
from storage.records import Head, Standing, Story
from storage.sqlite import echoes
from storage.sqlite.connection import Connections
from storage.sqlite.judgement import extraction_of, seen_of
from storage.sqlite.rows import (
    MENTION,
    TICKET,
    fingerprint_of,
    keys_json,
    mention_of,
    micros,
    moment,
    seen_by,
    ticket_of,
)
from storage.sqlite.schema import LIVE, WAITS

GIVE_UP = 5
PAGE = 2_000
SHARE = 8  # one place in so many of a batch is kept for echoes, where more is new than it holds
REPOST_OF = MENTION.split(", ").index("m.repost_of")
SEEN = ("NOT EXISTS (SELECT 1 FROM picture p WHERE p.mention = m.key AND p.state = 'waiting' AND p.until > ?)")
LISTED = "IN (SELECT value FROM json_each(?))"


def unprocessed(connection: sqlite3.Connection, limit: int, *, now: datetime) -> list[Mention]:
    """Walks the index of what waits as far as the batch goes: a backlog costs no batch more than the next."""
    rows = _first_waiting(connection, limit, now=now)
    if len(rows) == limit and not rows[-1][-1]:  # more is new than one batch holds
        share = _ready_echoes(connection, limit // SHARE, now=now)
        rows = rows[:limit - len(share)] + share
    accounts = seen_by(connection, [row[0] for row in rows])
    return [mention_of(row[:-1], accounts.get(row[0], ())) for row in rows]


def _first_waiting(
    connection: sqlite3.Connection, limit: int, *, now: datetime, among: str = ""
) -> list[tuple[Any, ...]]:
    """Columns MENTION, then whether it is an echo."""
    return connection.execute(
        f"SELECT {MENTION}, m.echo FROM mention m WHERE m.fate IN {WAITS} {among} AND (m.fate = 'waiting' OR"
        f" m.retry_at <= ?) AND {SEEN} ORDER BY m.echo, m.posted_at, m.key LIMIT ?", (micros(now), micros(now), limit),
    ).fetchall()


def _ready_echoes(connection: sqlite3.Connection, limit: int, *, now: datetime) -> list[tuple[Any, ...]]:
    """The share of a batch that reposts have however much is new: the oldest, without those whose original waits."""
    oldest = _first_waiting(connection, limit, now=now, among="AND m.echo = 1")
    waiting = echoes.original_waits(connection, {row[REPOST_OF] for row in oldest}) if oldest else set()
    return [row for row in oldest if row[REPOST_OF] not in waiting]


def stories_since(connections: Connections, seq: int, *, after: datetime) -> Iterator[Story]:
    """Read in pages, each its own snapshot: a million stories neither fill memory nor hold up the log."""
    while True:
        with connections.read() as connection:
            rows = connection.execute(
                "SELECT id, exact, shingles, body, media, author, first_at, seq, parted FROM cluster"
                " WHERE seq > ? AND first_at > ? AND exact IS NOT NULL ORDER BY seq LIMIT ?",
                (seq, micros(after), PAGE),
            ).fetchall()
        for cluster, exact, shingles, body, media, author, first_at, seq, parted in rows:
            made = fingerprint_of(exact, shingles, body, media)
            yield Story(cluster, made, author, moment(first_at), seq, parted)
        if len(rows) < PAGE:
            return


def roots(connection: sqlite3.Connection, clusters: Iterable[str]) -> dict[str, str]:
    """Story -> the story that it stands in now, for those that staff have merged into another."""
    if connection.execute("SELECT 1 FROM cluster WHERE joined IS NOT NULL LIMIT 1").fetchone() is None:
        return {}
    return dict(connection.execute(
        f"WITH RECURSIVE up(id, root) AS (SELECT id, joined FROM cluster WHERE joined IS NOT NULL AND id {LISTED}"
        " UNION ALL SELECT up.id, c.joined FROM up JOIN cluster c ON c.id = up.root WHERE c.joined IS NOT NULL)"
        " SELECT up.id, up.root FROM up JOIN cluster c ON c.id = up.root WHERE c.joined IS NULL",
        (keys_json(clusters),)).fetchall())


def clusters_of(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, str]:
    """A mention's own cluster goes before what its reposts say; its home before the one that staff merged it into."""
    listed = keys_json(keys)
    reposted = connection.execute(
        f"SELECT key, cluster FROM known_original WHERE key {LISTED}", (listed,)).fetchall()
    own = connection.execute(
        f"SELECT key, ifnull(home, cluster) FROM mention WHERE cluster IS NOT NULL AND key {LISTED}", (listed,)
    ).fetchall()
    return dict(reposted) | dict(own)


def standings(connection: sqlite3.Connection, clusters: Iterable[str]) -> dict[str, Standing]:
    """Under the name that was asked for; a story merged into another stands as that other does."""
    wanted = set(clusters)
    into = roots(connection, wanted)
    listed = keys_json(wanted | set(into.values()))
    tickets: dict[str, tuple[Ticket, ...]] = {}
    for ticket in live_tickets(connection, listed):
        tickets[ticket.cluster] = (*tickets.get(ticket.cluster, ()), ticket)
    rows = connection.execute(
        "SELECT c.id, c.size, m.fate FROM cluster c JOIN mention m ON m.key = c.first"
        f" WHERE c.id {LISTED} ORDER BY c.id", (listed,)).fetchall()
    found = {id_: Standing(id_, tickets.get(id_, ()), size, fate) for id_, size, fate in rows}
    return {id_: found[into.get(id_, id_)] for id_ in sorted(wanted & found.keys())}


def heads(connection: sqlite3.Connection, clusters: Iterable[str]) -> dict[str, Head]:
    rows = connection.execute(
        f"SELECT {MENTION}, c.id, j.extraction FROM cluster c JOIN mention m ON m.key = c.first"
        f" LEFT JOIN judgement j ON j.mention = m.key WHERE c.id {LISTED} ORDER BY c.id", (keys_json(clusters),)
    ).fetchall()
    accounts = seen_by(connection, [row[0] for row in rows])
    return {id_: Head(mention_of(tuple(row), accounts.get(row[0], ())),
                      extraction_of(seen_of(seen)) if seen else None)
            for *row, id_, seen in rows}


def judged(connection: sqlite3.Connection, key: str) -> tuple[Mention, Extraction | None] | None:
    """See Store.extraction_of."""
    row = connection.execute(
        f"SELECT {MENTION}, j.extraction FROM mention m LEFT JOIN judgement j ON j.mention = m.key WHERE m.key = ?",
        (key,)).fetchone()
    if row is None:
        return None
    *columns, seen = row
    return (mention_of(tuple(columns), seen_by(connection, [key]).get(key, ())),
            extraction_of(seen_of(seen)) if seen else None)


def live_tickets(connection: sqlite3.Connection, clusters_json: str) -> list[Ticket]:
    rows = connection.execute(  # "+": by story; by status it would walk every live ticket of the store
        f"SELECT {TICKET} FROM ticket t WHERE t.cluster {LISTED} AND +t.status IN {LIVE} ORDER BY t.id",
        (clusters_json,),
    ).fetchall()
    return [ticket_of(row) for row in rows]


def fail(connection: sqlite3.Connection, keys: Sequence[str], *, error: str, retry_at: datetime) -> list[str]:
    listed = keys_json(keys)
    connection.execute(
        "UPDATE mention SET fate = 'failed', attempts = attempts + 1, reason = ?, retry_at = ?"
        f" WHERE fate IN {WAITS} AND key {LISTED}", (error, micros(retry_at), listed))
    rows = connection.execute(
        f"SELECT key FROM mention WHERE fate = 'failed' AND attempts >= ? AND key {LISTED} ORDER BY posted_at, key",
        (GIVE_UP, listed)).fetchall()
    return [key for key, in rows]
