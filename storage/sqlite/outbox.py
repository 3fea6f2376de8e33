"""Events on their way out. Written in the transaction that made them true; sent at least once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

import orjson

from domain import Event
from storage.records import DueEvent
from storage.sqlite.rows import json_of, maybe_micros, micros

RETRYING = """CREATE INDEX IF NOT EXISTS outbox_retrying ON outbox(ticket, kind, address)
  WHERE sent_at IS NULL AND given_up_at IS NULL AND attempts > 0"""
# a page for a danger to life waits for nothing
WAITS = """o.kind = 'webhook' AND o.ticket > 0 AND o.key NOT GLOB 'T-*|page|*' AND EXISTS (
  SELECT 1 FROM outbox f WHERE f.ticket = o.ticket AND f.kind = o.kind AND f.address = o.address AND f.id < o.id
    AND f.sent_at IS NULL AND f.given_up_at IS NULL AND f.attempts > 0)"""
DUE = f"""SELECT key, kind, address, ticket, subject, body, facts, attempts FROM outbox o
  WHERE sent_at IS NULL AND given_up_at IS NULL AND due_at <= ? AND NOT ({WAITS})
  ORDER BY due_at, id LIMIT ?"""  # noqa: S608 our own words


def put(connection: sqlite3.Connection, events: Iterable[Event], *, now: datetime) -> None:
    """Queue events; a key that was queued before, sent or not, is not queued again."""
    at = micros(now)
    connection.executemany(
        "INSERT INTO outbox (key, kind, address, ticket, subject, body, created_at, due_at, facts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(e.key, e.kind, e.address, e.ticket, e.subject, e.body, at, max(at, maybe_micros(e.not_before) or at),
          json_of(e.facts)) for e in events],
    )


def due(connection: sqlite3.Connection, limit: int, *, now: datetime) -> list[DueEvent]:
    """Oldest first. What a webhook hears of one ticket stays in order: a later notice waits for one that failed."""
    rows = connection.execute(DUE, (micros(now), limit)).fetchall()
    return [
        DueEvent(Event(key, kind, address, ticket, subject, body, None, tuple(map(tuple, orjson.loads(facts)))), tried)
        for key, kind, address, ticket, subject, body, facts, tried in rows
    ]


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
