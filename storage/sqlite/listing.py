"""Which tickets a list shows, and how many there are, without reading a million to show fifty.

Every desk and status is one stretch of the index `ticket_desk`, in the order of the list; all other filters are
answered by that index too, and the tickets of a place have one of their own, unless they are too many to sort. A list
is the merge of its stretches, read only as far as the page goes. Words are `finding`'s. Measured at 1,000,000 tickets:
`bench/queue.py`, `bench/inbox.py`.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from domain import LIVE_STATUSES, Actor, Status
from storage.records import Counted, Tally, TicketQuery
from storage.sqlite import finding, search
from storage.sqlite.finding import Asked, Found
from storage.sqlite.rows import keys_json, micros

FEW_IN_PLACE = 50_000  # read and sorted in 7 ms; merged stretches take 55 where hardly anything fits
MOST_STRETCHES = 400  # SQLite merges 500 at most
ALL_STATUSES = tuple(str(status) for status in Status)
LIVE = frozenset(str(status) for status in LIVE_STATUSES)

NARROWING = ("topic", "urgency", "platform", "assignee", "place", "opened_from", "opened_before", "before")
DESKS = (  # one look-up a desk: DISTINCT would read every counter
    "WITH RECURSIVE desk(key) AS (SELECT min(department) FROM ticket_count UNION ALL SELECT"
    " (SELECT min(department) FROM ticket_count WHERE department > key) FROM desk WHERE key IS NOT NULL)"
    " SELECT key FROM desk WHERE key IS NOT NULL")


def page_of(connection: sqlite3.Connection, actor: Actor, query: TicketQuery, *, limit: int) -> list[int]:
    """Ids of one page, in the order of the list."""
    if not query.text.strip():
        return finding.ids(connection, _in_order(connection, actor, query), limit)
    return counted_page(connection, actor, query, limit=limit, most=0)[0]


def counted_page(connection: sqlite3.Connection, actor: Actor, query: TicketQuery, *, limit: int,
                 most: int) -> tuple[list[int], Counted]:
    """The same, and how many tickets the query finds below `query.before`: up to `most`, or as far as that is cheap."""
    if not query.text.strip():
        listed = finding.ids(connection, _in_order(connection, actor, query), max(limit, most + 1))
        return listed[:limit], Counted(min(len(listed), most), more=len(listed) > most)
    wanted = search.wanted(query.text)
    if wanted is None:
        return [], Counted(0)
    asked = Asked(wanted, *_marks(connection, actor, query), lambda: _in_order(connection, actor, query),
                  lambda expression: _by_hits(connection, actor, query, expression))
    return finding.page(connection, asked, limit=limit, most=most)


def tallies(connection: sqlite3.Connection, actor: Actor, department: str | None) -> list[Tally]:
    """The counters that the triggers keep: exact at any size, and blind to all other filters."""
    if actor.all_departments and not actor.system and not department:  # all desks in one, and one's own secrets
        sql = ("SELECT status, topic, urgency, n FROM ticket_count_all UNION ALL SELECT status, topic, urgency, n"
               " FROM ticket_count WHERE sensitive = 1 AND department IN (SELECT value FROM json_each(?))")
        values = [keys_json(actor.departments)]
    else:
        seen, values = visible(actor, "n")
        if department:
            seen, values = f"{seen} AND n.department = ?", [*values, department]
        sql = f"SELECT n.status, n.topic, n.urgency, n.n FROM ticket_count n WHERE {seen}"
    rows = connection.execute(
        f"SELECT status, topic, urgency, sum(n) FROM ({sql}) GROUP BY 1, 2, 3 HAVING sum(n) > 0 ORDER BY 1, 2, 3",
        values).fetchall()
    return [Tally(*row) for row in rows]


def visible(actor: Actor, table: str = "t") -> tuple[str, list[Any]]:
    """SQL and parameters for what the actor may see. A sensitive ticket is its own department's alone.

    The machine sees everything: it holds no conversation with anybody.
    """
    if actor.system:
        return "true", []
    mine = f"{table}.department IN (SELECT value FROM json_each(?))"
    listed = [keys_json(actor.departments)]
    return (f"({table}.sensitive = 0 OR {mine})", listed) if actor.all_departments else (mine, listed)


def keys_of(ids: Iterable[int]) -> str:
    return f"[{','.join(map(str, ids))}]"


# --- the ways to find ----------------------------------------------------------------------------


def _marks(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> tuple[str, bool]:
    """Where to look, for FTS5: no desk that the query does not ask about, and live or closed tickets alone.

    And whether that says all that the query says.
    """
    asked = {str(status) for status in query.statuses} or {*ALL_STATUSES}
    live = True if asked <= LIVE else False if not asked & LIVE else None
    if (actor.system or actor.all_departments) and not query.department:
        return search.at(None, live=live), False
    desks = _desks(connection, actor, query)
    alone = (all(own for _, own in desks) and asked in (LIVE, {*ALL_STATUSES} - LIVE, {*ALL_STATUSES})
             and not any(getattr(query, name) for name in NARROWING))
    return " OR ".join(search.at(key, live=live) for key, _ in desks) or search.NOWHERE, alone


def _in_order(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> Found:
    """The list as its filters other than words make it: few tickets of a small place sorted, else merged stretches."""
    if query.place and _in_place(connection, query.place) < FEW_IN_PLACE:
        return _in_one_place(connection, actor, query)
    every = (actor.system or actor.all_departments) and not query.department
    if every and not (query.place or query.platform or query.assignee):
        return _of_all_desks(connection, actor, query)
    return _merged(connection, actor, query)


def _merged(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> Found:
    """The stretches of all desks and statuses asked for, merged by SQLite as far as they are read."""
    where, values = _narrowed(connection, actor, query)
    statuses = [str(status) for status in query.statuses] or ALL_STATUSES
    desks = _desks(connection, actor, query)
    if len(desks) * len(statuses) > MOST_STRETCHES:
        return _of_all_desks(connection, actor, query)
    arms, given = [], []
    for department, own in desks:
        hidden = "" if own else " AND t.sensitive = 0"
        for status in statuses:
            arms.append("SELECT t.due_sort, t.id FROM ticket t INDEXED BY ticket_desk"
                        f" WHERE t.department = ? AND t.status = ?{hidden}{where}")
            given += [department, status, *values]
    return _joined(arms, given)


def _of_all_desks(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> Found:
    """The stretches of all statuses asked for, whatever the desk: five where each desk's own would be hundreds."""
    where, values = _narrowed(connection, actor, query)
    seen, given = visible(actor)
    arms, all_given = [], []
    for status in [str(status) for status in query.statuses] or ALL_STATUSES:
        arms.append("SELECT t.due_sort, t.id FROM ticket t INDEXED BY ticket_status"
                    f" WHERE t.status = ? AND {seen}{' AND t.department = ?' if query.department else ''}{where}")
        all_given += [status, *given, *([query.department] if query.department else []), *values]
    return _joined(arms, all_given)


def _joined(arms: list[str], values: list[Any]) -> Found:
    if not arms:
        return Found("SELECT 0, 0 WHERE false", ())
    return Found(f"{' UNION ALL '.join(arms)} ORDER BY 1, 2", tuple(values))


def _in_one_place(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> Found:
    where, values = _narrowed(connection, actor, query)
    seen, given = visible(actor)
    desk = [query.department] if query.department else []
    return Found(
        f"SELECT t.due_sort, t.id FROM ticket t INDEXED BY ticket_place WHERE {seen}"
        f"{' AND t.department = ?' * len(desk)}{_status(query)}{where} ORDER BY 1, 2",
        (*given, *desk, *_statuses(query), *values))


def _by_hits(connection: sqlite3.Connection, actor: Actor, query: TicketQuery, expression: str) -> Found:
    where, values = _narrowed(connection, actor, query)
    seen, given = visible(actor)
    desk = [query.department] if query.department else []
    return Found(
        "SELECT t.due_sort, t.id FROM ticket_text f CROSS JOIN ticket t ON t.id = f.rowid"
        f" WHERE f.ticket_text MATCH ? AND {seen}{' AND t.department = ?' * len(desk)}{_status(query)}{where}",
        (expression, *given, *desk, *_statuses(query), *values))


def _in_place(connection: sqlite3.Connection, place: str) -> int:
    n, = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.place >= ? AND t.place < ? LIMIT ?)",
        (place, f"{place}/", FEW_IN_PLACE)).fetchone()
    return int(n)


# --- conditions ------------------------------------------------------------------------------------


def _desks(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> list[tuple[str, bool]]:
    """Departments to read, and whether the actor sees their sensitive tickets too."""
    if actor.system or actor.all_departments:
        known = [key for key, in connection.execute(DESKS).fetchall()]
    else:
        known = sorted(set(actor.departments))
    return [(key, actor.system or key in actor.departments) for key in known if query.department in (None, "", key)]


def _status(query: TicketQuery) -> str:
    return " AND t.status IN (SELECT value FROM json_each(?))" if query.statuses else ""


def _statuses(query: TicketQuery) -> list[str]:
    return [keys_json(str(status) for status in query.statuses)] if query.statuses else []


def _narrowed(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> tuple[str, list[Any]]:
    """What every stretch is narrowed by: all but desk, status and words."""
    where, values = "", []
    for column in ("topic", "urgency", "platform", "assignee"):
        if value := getattr(query, column):
            where += f" AND t.{column} = ?"
            values.append(value)
    if query.place:  # an area and all below it, "." stands before "/": "33.72" and "33.72.02.1003", not "33.720"
        where += " AND t.place >= ? AND t.place < ?"
        values += [query.place, f"{query.place}/"]
    for comparison, at in ((">=", query.opened_from), ("<", query.opened_before)):
        if at is not None:
            where += f" AND t.opened_at {comparison} ?"
            values.append(micros(at))
    if last := _last_of_page_above(connection, actor, query):
        where += " AND (t.due_sort, t.id) > (?, ?)"
        values += last
    return where, values


def _last_of_page_above(connection: sqlite3.Connection, actor: Actor, query: TicketQuery) -> tuple[int, int] | None:
    """Where it stands in the list. A ticket that the actor does not see, or no longer, begins the list anew.

    One that does not exist does the same: else its place among one's own would tell how urgent a secret is.
    """
    number = (query.before or "").removeprefix("T-")
    if not (number.isascii() and number.isdigit()) or len(number) >= 19:
        return None
    seen, values = visible(actor)
    found: tuple[int, int] | None = connection.execute(
        f"SELECT t.due_sort, t.id FROM ticket t WHERE t.id = ? AND {seen}", (int(number), *values)).fetchone()
    return found
