"""Events on their way out. Written in the transaction that made them true; sent at least once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from domain import Event
from storage.records import DueEvent
from storage.sqlite.rows import maybe_micros, micros


def put(connection: sqlite3.Connection, events: Iterable[Event], *, now: datetime) -> None:
    """Queue events; a key that was queued before, sent or not, is not queued again."""
    at = micros(now)
    connection.executemany(
        "INSERT INTO outbox (key, kind, address, ticket, subject, body, created_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(e.key, e.kind, e.address, e.ticket, e.subject, e.body, at, max(at, maybe_micros(e.not_before) or at))
         for e in events],
    )


def due(connection: sqlite3.Connection, limit: int, *, now: datetime) -> list[DueEvent]:
    rows = connection.execute(
        "SELECT key, kind, address, ticket, subject, body, attempts FROM outbox"
        " WHERE sent_at IS NULL AND given_up_at IS NULL AND due_at <= ? ORDER BY due_at, id LIMIT ?",
        (micros(now), limit),
    ).fetchall()
    return [DueEvent(Event(*event), attempts) for *event, attempts in rows]


def sent(connection: sqlite3.Connection, key: str, *, now: datetime) -> None:
    connection.execute("UPDATE outbox SET sent_at = ?, error = NULL WHERE key = ? AND sent_at IS NULL",
                       (micros(now), key))


def failed(
    connection: sqlite3.Connection, key: str, *, error: str, retry_at: datetime | None, now: datetime
) -> None:
    connection.execute(
        "UPDATE outbox SET attempts = attempts + 1, error = ?1, due_at = ifnull(?2, due_at),"
        " given_up_at = iif(?2 IS NULL, ?3, NULL) WHERE key = ?4 AND sent_at IS NULL",
        (error, maybe_micros(retry_at), micros(now), key),
    )
