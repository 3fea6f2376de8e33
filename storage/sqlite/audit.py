"""The audit chain: who did what, append-only, each row sealed with the hash of the one before.

A row that is altered, removed or slipped in breaks the chain at its place; rows cut off the end are
missed by `audit_head`. Somebody who rewrites the whole file and all its hashes is caught only by a link
that was kept elsewhere (`astray`). Holds no citizen's text.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from storage.auditing import AuditQuery, AuditRow, Link
from storage.records import HistoryEntry
from storage.sqlite import bulk
from storage.sqlite.rows import json_of, micros, moment

MACHINE = "kentongan"
VIEW = "view"  # somebody looked at personal data
PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    actor: str
    verb: str
    ticket: int | None = None
    subject: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


def append(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Add links to the chain, inside the caller's transaction."""
    last, link = connection.execute("SELECT id, hash FROM audit_head").fetchone()
    rows = []
    for last, entry in enumerate(entries, last + 1):  # noqa: B020 counts on from where the chain ends
        content = (last, micros(entry.at), entry.actor, entry.verb, entry.ticket, entry.subject,
                   json_of(entry.before), json_of(entry.after), entry.reason)
        link = sealed(link, content)
        rows.append((*content, link))
    if rows:
        bulk.insert(connection, "INSERT INTO audit", rows)
        connection.execute("UPDATE audit_head SET id = ?, hash = ?", (last, link))


def newest(connection: sqlite3.Connection) -> int:
    number, = connection.execute("SELECT id FROM audit_head").fetchone()
    return int(number)


def sealed(previous: str, content: tuple[Any, ...]) -> str:
    """sha256 over the hash before and the row as a JSON list: every implementation can recompute it."""
    return hashlib.sha256(previous.encode() + orjson.dumps(content)).hexdigest()


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """Where the chain is broken; the first break only, for every later link hangs on it."""
    last, link = 0, ""
    while rows := connection.execute(
        "SELECT id, at, actor, verb, ticket, subject, before, after, reason, hash FROM audit"
        " WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)
    ).fetchall():
        for *content, found in rows:
            if content[0] != last + 1:
                yield f"rantai audit: baris {last + 1} hilang"
                return
            last, link = content[0], sealed(link, tuple(content))
            if link != found:
                yield f"rantai audit: baris {last} diubah, atau baris sebelumnya"
                return
    if (last, link) != connection.execute("SELECT id, hash FROM audit_head").fetchone():
        yield f"rantai audit: baris sesudah {last} hilang"


def history(connection: sqlite3.Connection, ticket: int) -> list[HistoryEntry]:
    """What happened to a ticket, oldest first."""
    return _entries(connection, "ticket = ? ORDER BY id", (ticket,))


def of_subject(connection: sqlite3.Connection, subject: str, *, limit: int) -> list[HistoryEntry]:
    """What was noted of an account, newest first."""
    return _entries(connection, "subject = ? ORDER BY id DESC LIMIT ?", (subject, limit))


def _entries(connection: sqlite3.Connection, which: str, values: tuple[Any, ...]) -> list[HistoryEntry]:
    return [
        HistoryEntry(moment(at), actor, verb, orjson.loads(before), orjson.loads(after), reason)
        for at, actor, verb, before, after, reason in connection.execute(
            f"SELECT at, actor, verb, before, after, reason FROM audit WHERE {which}",  # noqa: S608 our own words
            values).fetchall()
    ]


def head(connection: sqlite3.Connection) -> Link:
    return Link(*connection.execute("SELECT id, hash FROM audit_head").fetchone())


def astray(connection: sqlite3.Connection, link: Link) -> Iterator[str]:
    """Whether the row that a kept link names still has that hash, which hangs on every row before it."""
    found = connection.execute("SELECT hash FROM audit WHERE id = ?", (link.id,)).fetchone()
    if link.id and not found:
        yield f"rantai audit: baris {link.id}, yang tercatat di luar, tidak ada lagi"
    elif link.id and found[0] != link.hash:
        yield f"rantai audit: baris {link.id} bukan lagi yang tercatat di luar; rantai ditulis ulang"


def page(connection: sqlite3.Connection, query: AuditQuery, *, after: int) -> list[AuditRow]:
    """The next rows that a query asks for, behind row `after`."""
    asked: dict[str, Any] = {
        "verb = ?": VIEW if query.views else None, "ticket = ?": query.ticket, "actor = ?": query.actor,
        "verb IS ?": query.verb, "at >= ?": query.since and micros(query.since),
        "at < ?": query.until and micros(query.until),
    }
    where = [condition for condition, value in asked.items() if value is not None]
    rows = connection.execute(
        "SELECT id, at, actor, verb, ticket, subject, before, after, reason, hash FROM audit"  # noqa: S608 our own words
        f" WHERE {' AND '.join(['id > ?', *where])} ORDER BY id LIMIT ?",
        (after, *(asked[condition] for condition in where), PAGE),
    )
    return [
        AuditRow(number, moment(at), actor, verb, ticket, subject, orjson.loads(was), orjson.loads(became), why, seal)
        for number, at, actor, verb, ticket, subject, was, became, why, seal in rows
    ]
