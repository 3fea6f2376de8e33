"""Erasures read out of a store, and done again in an older copy of it. What they are: `storage/erasures.py`."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from domain import Actor
from personal_data import BLOT, blotted
from storage.erasures import Again, Erasure
from storage.redaction import Redact
from storage.sqlite import purge, redacting
from storage.sqlite.stories import one_ticket

AGAIN = Actor("kentongan", system=True)
REASON = "diterapkan lagi sesudah pemulihan cadangan"


def found(connection: sqlite3.Connection, *, since: int = 0) -> list[Erasure]:
    """By time; from a store of an older version too."""
    tables = {name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    gone = [Erasure(key, at) for key, at in connection.execute(
        "SELECT key, gone_at FROM tombstone WHERE gone_at >= ?", (since,)).fetchall()]
    blots = (each for each in _blots(connection) if each.at >= since) if "redacted" in tables else ()
    return sorted((*gone, *blots), key=lambda each: (each.at, each.name))


def _blots(connection: sqlite3.Connection) -> Iterator[Erasure]:
    pieces: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for mention, start, words in connection.execute(
        "SELECT mention, start, words FROM redacted ORDER BY mention, start").fetchall():
        pieces[mention].append((start, len(words)))
    for mention, where in pieces.items():
        text, at = connection.execute(
            "SELECT m.text, (SELECT max(r.at) FROM redaction r WHERE r.story IN (m.cluster, m.home))"
            " FROM mention m WHERE m.key = ?", (mention,)).fetchone()
        yield Erasure(mention, at or 0, tuple(where), _hash(text))


def again(connection: sqlite3.Connection, erasures: Sequence[Erasure], *, now: datetime) -> Again:
    """See ErasureStore.erase_again. Deletions first: what they empty needs no blot."""
    known = {key for key, in connection.execute("SELECT key FROM tombstone").fetchall()}
    gone = {each.mention: each.at for each in erasures if not each.left and each.mention not in known}
    connection.executemany("INSERT INTO tombstone VALUES (?, ?) ON CONFLICT DO NOTHING", gone.items())
    emptied = purge.purge(connection, gone, now=now) if gone else 0
    done, undone = 0, []
    for each in erasures:
        if each.left and each.mention not in known and each.mention not in gone:
            told = _blot_again(connection, each, now=now)
            done += told is True
            undone += [each.mention] if told is None else []
    return Again(emptied, done, tuple(dict.fromkeys(undone)))


def _blot_again(connection: sqlite3.Connection, given: Erasure, *, now: datetime) -> bool | None:
    """True where it was blotted, False where nothing was left to do, None where only a person can."""
    row = connection.execute(
        "SELECT m.text, m.state, (SELECT min(t.id) FROM ticket t WHERE t.cluster = m.cluster) FROM mention m"
        " WHERE m.key = ?", (given.mention,)).fetchone()
    if row is None:
        return None
    text, state, ticket = row
    if state == "gone" or _hash(text) == given.left:
        return False
    words = sorted({text[start:start + length] for start, length in given.pieces} - {""}, key=len, reverse=True)
    words = [each for each in words if BLOT not in each]
    if ticket is None or _hash(blotted(text, words)[0]) != given.left:  # edited since, or no story yet to keep it with
        return None
    for each in words:
        now_there, = connection.execute("SELECT text FROM mention WHERE key = ?", (given.mention,)).fetchone()
        if blotted(now_there, [each])[1]:  # another of the words has not covered it already
            version = one_ticket(connection, ticket).version
            redacting.redact(connection, AGAIN, Redact(ticket, version, each, AGAIN.name, now, REASON))
    return True


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
