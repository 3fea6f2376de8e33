"""Which waiting mentions are echoes: reposts of a post that is known when they come. What is new is judged before them.

An echo brings no words that nobody has read: it is counted with its story, so it may wait while there is something new
to read. Of a post that we were never shown, the first repost is no echo: it is all that we have of it. Nor is a
repost that somebody answers or quotes while it waits: the answer is compared with its story, which has to be there.
Why it is told when a page is saved and stands in a column: docs/adr/0016-what-is-new-is-judged-first.md.
"""

# ruff: noqa: S608  only our own conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from domain import Mention
from storage.sqlite.rows import keys_json
from storage.sqlite.schema import WAITS

LISTED = "IN (SELECT value FROM json_each(?))"


def among(connection: sqlite3.Connection, arrived: Iterable[Mention]) -> set[str]:
    """Keys of those of a page's new mentions that are echoes. Takes stored ones that they answer out of the echoes."""
    posts = [*arrived]
    answered = {key for m in posts for key in (m.quote_of, m.reply_to, m.thread) if key and key != m.key}
    reposted = {m.repost_of for m in posts if m.repost_of}
    posts = sorted(posts, key=lambda m: (m.posted_at, m.key)) if reposted else []
    answered |= {m.repost_of for m in reversed(posts) if m.repost_of and m.key in answered}
    if answered:
        _awaited(connection, answered)
    if not reposted:
        return set()
    known = _known(connection, reposted) | {m.key for m in posts}
    echoes = set()
    for mention in posts:
        if mention.repost_of in known and mention.key not in answered:
            echoes.add(mention.key)
        elif mention.repost_of:
            known.add(mention.repost_of)
    return echoes


def original_waits(connection: sqlite3.Connection, reposted: Collection[str]) -> set[str]:
    """Those of `reposted` that wait themselves, or whose first repost does."""
    listed = keys_json(reposted)
    return {key for key, in connection.execute(
        f"SELECT key FROM mention WHERE fate IN {WAITS} AND key {LISTED}"
        " UNION ALL SELECT repost_of FROM mention INDEXED BY mention_first_repost"  # not all that is new
        f" WHERE fate IN {WAITS} AND echo = 0 AND repost_of {LISTED}",
        (listed, listed)).fetchall()}


def _known(connection: sqlite3.Connection, reposted: Collection[str]) -> set[str]:
    """Those that we were shown, or of which a repost has come before."""
    listed = keys_json(reposted)
    stored = connection.execute(f"SELECT key FROM mention WHERE key {LISTED}"
                                f" UNION ALL SELECT key FROM known_original WHERE key {LISTED}",
                                (listed, listed)).fetchall()
    return {key for key, in stored} | original_waits(connection, reposted)


def _awaited(connection: sqlite3.Connection, answered: Collection[str]) -> None:
    """A waiting echo that is answered, and what it repeats where that is an echo too, take their turn by time."""
    connection.execute(
        "WITH RECURSIVE awaited(key) AS (SELECT value FROM json_each(?) UNION SELECT m.repost_of FROM awaited a"
        f" JOIN mention m ON m.key = a.key WHERE m.fate IN {WAITS} AND m.echo = 1)"
        f" UPDATE mention SET echo = 0 WHERE fate IN {WAITS} AND +echo = 1"  # "+": by key, not all that waits
        " AND key IN (SELECT key FROM awaited)",
        (keys_json(answered),))
