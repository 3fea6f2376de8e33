"""What the calls ask and leave behind: open dangers to life, missed limits, pages by their keys in the outbox.

No table of its own: a page that was put on its way is an outbox row, its number stands in its key, and the unique key
is what makes a repetition harmless. Both questions run on indexes, because they are asked every half minute.
"""

# ruff: noqa: S608  only our own column lists are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain import Event, PageSent, Ticket
from storage.records import Unanswered
from storage.sqlite import audit, outbox
from storage.sqlite.rows import TICKET, keys_json, micros, moment, ticket_of
from storage.sqlite.schema import LIVE

# a "+" keeps the planner from an index that would read every ticket, or every event ever sent
# `due_sort` is below zero for open dangers to life, and for them alone
URGENT = f"""SELECT {TICKET} FROM ticket t WHERE t.due_sort < 0 AND t.status = 'baru'
  AND EXISTS (SELECT 1 FROM mention m WHERE m.cluster = t.cluster AND m.posted_at >= ?) ORDER BY +t.id"""
LATE = f"""SELECT {TICKET} FROM ticket t WHERE (t.due_sort BETWEEN ?1 AND ?2 OR t.due_sort < 0)
  AND t.status = 'baru' AND t.due_at BETWEEN ?1 AND ?2
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key >= 'T-' || t.id || '|late|' AND o.key < 'T-' || t.id || '|late}}')
  ORDER BY +t.id"""
PAGES = """SELECT t.cluster, t.id, o.key, o.created_at FROM ticket t
  JOIN outbox o ON o.key >= 'T-' || t.id || '|page|' AND o.key < 'T-' || t.id || '|page}'
 WHERE t.cluster IN (SELECT value FROM json_each(?))"""
WITHDRAW = """DELETE FROM outbox WHERE sent_at IS NULL AND given_up_at IS NULL AND +key GLOB 'T-*|page|*'
  AND EXISTS (SELECT 1 FROM ticket t WHERE t.id = outbox.ticket AND t.status <> 'baru')"""
VERBS = {"page": "page", "late": "escalate"}  # part of the key -> verb of the history


def unanswered(
    connection: sqlite3.Connection, *, told_after: datetime, due_after: datetime, due_before: datetime
) -> Unanswered:
    urgent = [ticket_of(row) for row in connection.execute(URGENT, (micros(told_after),))]
    late = [ticket_of(row) for row in connection.execute(LATE, (micros(due_after), micros(due_before)))]
    return Unanswered(tuple(urgent), tuple(late), tuple(_pages(connection, {t.cluster for t in urgent})))


def _pages(connection: sqlite3.Connection, clusters: Iterable[str]) -> list[PageSent]:
    rows = connection.execute(PAGES, (keys_json(clusters),)).fetchall()
    return [PageSent(cluster, ticket, int(key.split("|")[2]), moment(at)) for cluster, ticket, key, at in rows]


def live(connection: sqlite3.Connection) -> list[Ticket]:
    rows = connection.execute(f"SELECT {TICKET} FROM ticket t WHERE t.status IN {LIVE} ORDER BY t.id").fetchall()
    return [ticket_of(row) for row in rows]


def is_told(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM outbox WHERE key = ?", (key,)).fetchone() is not None


def put(connection: sqlite3.Connection, events: Sequence[Event], *, now: datetime) -> list[str]:
    """See Store.call."""
    connection.execute(WITHDRAW)
    new = [event for event in events if not is_told(connection, event.key)
           and (not event.ticket or _untaken(connection, event.ticket))]
    outbox.put(connection, new, now=now)
    audit.append(connection, (
        audit.Entry(now, audit.MACHINE, VERBS[event.key.split("|")[1]], ticket=event.ticket,
                    after={"to": f"{event.kind}:{event.address}"})
        for event in new if event.ticket))
    return [event.key for event in new]


def _untaken(connection: sqlite3.Connection, ticket: int) -> bool:
    return connection.execute("SELECT 1 FROM ticket WHERE id = ? AND status = 'baru'", (ticket,)).fetchone() is not None
