"""Honouring deletions: the words go, the facts of our own work stay.

A deleted post loses text, author, media, address, revisions, what the NLP saw in it, its raw form in
quarantine, what staff blotted in it, the hashes of its pictures and its words in the search index; reposts of
it lose the same words.
What stays: the key, the times, the fate, the cluster with the hashes of its words, tickets and the audit
chain. The tombstone makes what is delivered again under the key come in empty, also where we had never
seen it before.

The search index and the write-ahead log keep shreds of the words until `SqliteStore.compact` has run.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from domain import Mention, MentionState
from storage.sqlite import audit, redacting, spread
from storage.sqlite.rows import keys_json, micros

LISTED = "IN (SELECT value FROM json_each(?))"


def emptied(mention: Mention) -> Mention:
    """The mention as it comes in when its key stands on a tombstone."""
    return replace(
        mention, text="", url=None, author=None, media=(), place=None, hashtags=(), handles=(), metrics={},
        lang_hint=None, state=MentionState.GONE,
    )


def purge(connection: sqlite3.Connection, keys: Iterable[str], *, now: datetime) -> int:
    """Empty these mentions and the reposts of them; returns how many of `keys` were not gone yet."""
    named = sorted(keys)
    connection.executemany("INSERT INTO tombstone VALUES (?, ?) ON CONFLICT DO NOTHING",
                           [(key, micros(now)) for key in named])
    listed = keys_json(named)
    connection.execute(f"UPDATE quarantine SET raw = '', reason = 'gone' WHERE key {LISTED}", (listed,))
    found = [key for key, in connection.execute(
        f"SELECT key FROM mention WHERE state <> 'gone' AND key {LISTED} ORDER BY key", (listed,)).fetchall()]
    copies = _reposts_of(connection, named)
    _empty(connection, keys_json([*named, *copies]))
    audit.append(connection, [audit.Entry(now, audit.MACHINE, "gone", subject=key, reason="dihapus di sumbernya")
                              for key in found])
    return len(found)


def _reposts_of(connection: sqlite3.Connection, originals: list[str]) -> list[str]:
    """Settled ones share their original's story; the others still wait. No index on repost_of is needed."""
    listed = keys_json(originals)
    rows = connection.execute(
        "SELECT key FROM mention WHERE kind = 'repost' AND state <> 'gone' AND cluster IN"
        f" (SELECT cluster FROM mention WHERE key {LISTED}"
        f"  UNION SELECT cluster FROM known_original WHERE key {LISTED})"
        f" AND repost_of {LISTED}"
        " UNION SELECT key FROM mention WHERE kind = 'repost' AND fate IN ('waiting', 'failed')"
        f" AND repost_of {LISTED} ORDER BY 1", (listed,) * 4,
    ).fetchall()
    return [key for key, in rows]


def _empty(connection: sqlite3.Connection, listed: str) -> None:
    """Blank every place where the words of these mentions stand (the list is in schema.py)."""
    spread.silence(connection, listed)
    redacting.forget(connection, listed)
    connection.execute(
        "UPDATE mention SET text = '', url = NULL, author_id = NULL, author_handle = NULL, author_name = NULL,"
        " metrics = NULL, extra = NULL, reason = iif(reason IS NULL, NULL, 'gone'), state = 'gone'"
        f" WHERE state <> 'gone' AND key {LISTED}", (listed,))
    connection.execute(f"DELETE FROM revision WHERE mention {LISTED}", (listed,))
    connection.execute(f"DELETE FROM judgement WHERE mention {LISTED}", (listed,))
    connection.execute(f"DELETE FROM picture WHERE mention {LISTED}", (listed,))
    connection.execute(f"DELETE FROM picture_again WHERE mention {LISTED} OR earlier {LISTED}", (listed, listed))
    stories = connection.execute(
        f"SELECT id FROM cluster WHERE first {LISTED} AND (body <> '' OR author IS NOT NULL)", (listed,)).fetchall()
    for cluster, in stories:  # the hashes stay; who holds the words in memory has to look again
        connection.execute(
            "UPDATE cluster SET body = '', author = NULL, media = NULL, seq = (SELECT max(seq) + 1 FROM cluster)"
            " WHERE id = ?", (cluster,))
    connection.execute(
        "DELETE FROM ticket_text WHERE rowid IN (SELECT t.id FROM cluster c JOIN ticket t ON t.cluster = c.id"
        f" WHERE c.first {LISTED})", (listed,))
