"""What people see of tickets and do with them. Every verb takes the actor; none shows a foreign ticket.

A ticket of another department and one that does not exist are refused in the same words, so that
nobody can count the other's tickets. Whether an action makes sense is `routing.tickets`' business;
here it is written, or refused because somebody was first.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NoReturn

import orjson

from domain import LIVE_STATUSES, Actor, Conflict, Mention, NotAllowed, Refused, Status, Ticket
from storage.records import Addition, Counted, TicketQuery, TicketRow, TicketView, Transition
from storage.sqlite import audit, outbox, pictures, spread
from storage.sqlite.judgement import seen_of
from storage.sqlite.listing import counted_page, keys_of, page_of, visible
from storage.sqlite.rows import (
    MENTION,
    TICKET,
    json_of,
    mention_of,
    micros,
    moment,
    seen_by,
    ticket_of,
)
from storage.sqlite.schema import LIVE

COPIES = 50
ADDITIONS = 200  # read; the page shows those first that tell something new
PLACE = "extraction ->> '$.location.name'"
ANSWERED = (  # where the reporter said it is, in the thread below a post that did not say
    f"SELECT ja.{PLACE} FROM mention a JOIN judgement ja ON ja.mention = a.key WHERE a.cluster = c.id"
    f" AND a.verdict = 'thread' AND ifnull(a.author_id, a.author_handle) = c.author AND ja.{PLACE} IS NOT NULL"
    " ORDER BY a.posted_at DESC LIMIT 1"
)
MOST = 1000  # rows of one page, whatever is asked
CHANGEABLE = frozenset((
    "department", "status", "priority", "topic", "urgency", "due_at", "due_rule", "parent", "sensitive", "outside",
    "closed_at", "reason", "rule", "assignee",
))


# --- reading -----------------------------------------------------------------------------------


def tickets(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> list[TicketRow]:
    """Dangers that nobody took first, then by due date, those without one last.

    `query.before` is the id of the last ticket of the page above.
    """
    return _rows(connection, page_of(connection, actor, query, limit=max(0, min(query.limit, MOST))))


def page(
    connection: sqlite3.Connection, actor: Actor, query: TicketQuery, *, most: int
) -> tuple[list[TicketRow], Counted]:
    """See Store.page."""
    listed, counted = counted_page(connection, actor, query, limit=max(0, min(query.limit, MOST)), most=most)
    return _rows(connection, listed), counted


def _rows(connection: sqlite3.Connection, listed: list[int]) -> list[TicketRow]:
    rows = connection.execute(
        f"SELECT {TICKET}, m.text, m.platform, m.state, c.size, m.posted_at, ifnull(j.{PLACE}, ({ANSWERED}))"
        " FROM json_each(?) page CROSS JOIN ticket t ON t.id = page.value"
        " JOIN cluster c ON c.id = t.cluster JOIN mention m ON m.key = c.first"
        " LEFT JOIN judgement j ON j.mention = m.key ORDER BY page.key", (keys_of(listed),),
    ).fetchall()
    return [TicketRow(ticket_of(tuple(row)), text, platform, state, size, place, moment(posted_at))
            for *row, text, platform, state, size, posted_at, place in rows]


def ticket(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> TicketView:
    found = mine(connection, actor, ticket_id)
    first = connection.execute(
        f"SELECT {MENTION}, c.size, j.extraction, j.routes FROM cluster c JOIN mention m ON m.key = c.first"
        " LEFT JOIN judgement j ON j.mention = m.key WHERE c.id = ?", (found.cluster,)).fetchone()
    *row, size, extraction, routes = first
    mention, *copies = _mentions(connection, [tuple(row), *_copies(connection, found.cluster, row[0])])
    return TicketView(
        found, mention, seen_of(extraction) if extraction else None, orjson.loads(routes or "[]"), copies,
        size, spread.read(connection, found.cluster, size=size), _siblings(connection, actor, found),
        audit.history(connection, ticket_id), _additions(connection, found.cluster, row[0]),
        pictures.old_pictures(connection, found.cluster, lambda cluster: _tickets_of(connection, actor, cluster)),
    )


def mine(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> Ticket:
    seen, values = visible(actor)
    row = connection.execute(
        f"SELECT {TICKET} FROM ticket t WHERE t.id = ? AND {seen}", (ticket_id, *values)).fetchone()
    return ticket_of(row) if row else _refuse(ticket_id)


def _refuse(ticket_id: int) -> NoReturn:
    raise NotAllowed(f"tiket T-{ticket_id} tidak ada di meja Anda",
                     hint="periksa nomornya, atau tanyakan koordinator")


def _copies(connection: sqlite3.Connection, cluster: str, first: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"SELECT {MENTION} FROM mention m WHERE m.cluster = ? AND m.key <> ?"
        " ORDER BY m.posted_at DESC, m.key DESC LIMIT ?", (cluster, first, COPIES)).fetchall()


def _additions(connection: sqlite3.Connection, cluster: str, first: str) -> list[Addition]:
    rows = connection.execute(
        f"SELECT {MENTION}, ifnull(ifnull(m.author_id, m.author_handle) = c.author, 0), j.extraction"
        " FROM mention m JOIN cluster c ON c.id = m.cluster LEFT JOIN judgement j ON j.mention = m.key"
        " WHERE m.cluster = ? AND m.key <> ? AND m.verdict IN ('quote', 'thread', 'added')"
        " ORDER BY m.posted_at DESC, m.key DESC LIMIT ?", (cluster, first, ADDITIONS)).fetchall()
    return [Addition(mention_of(tuple(row)), bool(reporter), seen_of(seen) if seen else None)
            for *row, reporter, seen in rows]


def _mentions(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> list[Mention]:
    accounts = seen_by(connection, [row[0] for row in rows])
    return [mention_of(row, accounts.get(row[0], ())) for row in rows]


def _siblings(connection: sqlite3.Connection, actor: Actor, one: Ticket) -> list[Ticket]:
    return [ticket for ticket in _tickets_of(connection, actor, one.cluster) if ticket.id != one.id]


def _tickets_of(connection: sqlite3.Connection, actor: Actor, cluster: str) -> list[Ticket]:
    """A story's tickets: that they exist helps every desk; a sensitive one stays hidden."""
    seen, values = visible(Actor(actor.name, actor.departments, actor.system, all_departments=True))
    rows = connection.execute(
        f"SELECT {TICKET} FROM ticket t WHERE t.cluster = ? AND {seen} ORDER BY t.id",
        (cluster, *values)).fetchall()
    return [ticket_of(row) for row in rows]


def counts(connection: sqlite3.Connection, actor: Actor) -> dict[str, int]:
    seen, values = visible(actor, "n")
    rows = connection.execute(
        f"SELECT n.status, sum(n.n) FROM ticket_count n WHERE {seen} GROUP BY n.status HAVING sum(n.n) > 0", values
    ).fetchall()
    return dict(rows)


# --- changing ----------------------------------------------------------------------------------


def apply(connection: sqlite3.Connection, actor: Actor, transition: Transition) -> Ticket:
    """See Store.apply."""
    before = mine(connection, actor, transition.ticket)
    if before.version != transition.seen_version:
        raise Conflict(f"tiket T-{before.id} sudah diubah orang lain", hint="muat ulang halaman, lalu coba lagi")
    changes = {column: stored(value) for column, value in transition.changes.items()}
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"not columns that a person changes: {sorted(unknown)}")
    refuse_a_second_live_one(connection, before, changes)
    if changes.get("status") == Status.SELESAI:
        refuse_while_pending(connection, before.id)
    assignments = "".join(f", {column} = :{column}" for column in changes)
    columns = ", ".join(changes) or "id"
    old = connection.execute(f"SELECT {columns} FROM ticket WHERE id = ?", (before.id,)).fetchone()
    connection.execute(f"UPDATE ticket SET version = version + 1{assignments} WHERE id = :id AND version = :seen",
                       {**changes, "id": before.id, "seen": transition.seen_version})
    audit.append(connection, [audit.Entry(
        transition.at, transition.actor, transition.verb, ticket=before.id,
        before=dict(zip(changes, old, strict=False)), after=changes, reason=transition.reason)])
    if "sensitive" in changes:
        _with_the_story(connection, before, transition, changes["sensitive"])
    _correct(connection, before, transition)
    outbox.put(connection, transition.events, now=transition.at)
    row = connection.execute(f"SELECT {TICKET} FROM ticket t WHERE t.id = ?", (before.id,)).fetchone()
    return ticket_of(row)


def _with_the_story(connection: sqlite3.Connection, one: Ticket, transition: Transition, sensitive: Any) -> None:
    """The other tickets of the story, closed ones too: each shows the same posts to whoever may open it."""
    others = connection.execute("SELECT id FROM ticket WHERE cluster = ? AND id <> ? AND sensitive <> ? ORDER BY id",
                                (one.cluster, one.id, sensitive)).fetchall()
    connection.executemany("UPDATE ticket SET version = version + 1, sensitive = ? WHERE id = ?",
                           [(sensitive, id_) for id_, in others])
    audit.append(connection, [audit.Entry(
        transition.at, transition.actor, transition.verb, ticket=id_, before={"sensitive": 1 - int(sensitive)},
        after={"sensitive": int(sensitive)}, reason=transition.reason) for id_, in others])


def stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, Enum):
        return str(value)
    return int(value) if isinstance(value, bool) else value


def refuse_a_second_live_one(connection: sqlite3.Connection, before: Ticket, changes: Mapping[str, Any]) -> None:
    """The unique index would say no as well, in words that help nobody."""
    department, cluster = changes.get("department", before.department), changes.get("cluster", before.cluster)
    if changes.get("status", before.status) not in LIVE_STATUSES:
        return
    joined = connection.execute(
        "SELECT r.other FROM cluster c JOIN regrouping r ON r.story = c.id AND r.other_story = c.joined"
        " WHERE c.id = ? AND c.joined IS NOT NULL ORDER BY r.id DESC", (cluster,)).fetchone()
    if joined:
        raise Refused(f"perkara tiket T-{before.id} sudah digabung ke T-{joined[0]}",
                      hint=f"kerjakan T-{joined[0]}, atau urungkan penggabungannya dulu")
    other = connection.execute(
        "SELECT id FROM ticket WHERE cluster = ? AND department = ? AND coordinates = ? AND id <> ?"
        f" AND status IN {LIVE}", (cluster, department, int(before.coordinates), before.id)).fetchone()
    if other:
        raise Refused(f"{department} sudah punya tiket T-{other[0]} untuk laporan yang sama",
                      hint=f"lihat T-{other[0]}; gabungkan atau tutup yang ini")


def refuse_while_pending(connection: sqlite3.Connection, ticket_id: int) -> None:
    waits = connection.execute("SELECT 1 FROM evidence WHERE ticket = ? AND state = 'pending'", (ticket_id,)).fetchone()
    if waits:
        raise Refused("foto bukti tiket ini masih menunggu orang kedua", hint="sahkan atau tolak foto itu dulu")


def _correct(connection: sqlite3.Connection, before: Ticket, transition: Transition) -> None:
    if label := transition.correction:
        connection.execute(
            "INSERT INTO correction (at, actor, ticket, cluster, kind, before, after, ruleset)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (micros(transition.at), transition.actor, before.id, before.cluster, str(label["kind"]),
             json_of(label.get("before")), json_of(label.get("after")), before.ruleset))


def record_view(
    connection: sqlite3.Connection, actor: Actor, ticket_id: int, *, what: str, reason: str, now: datetime
) -> None:
    mine(connection, actor, ticket_id)
    audit.append(connection, [
        audit.Entry(now, actor.name, audit.VIEW, ticket=ticket_id, after={"what": what}, reason=reason)])

