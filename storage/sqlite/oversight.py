"""Counting for heads and coordinators: every number and every list comes out of `_source`. See storage/oversight.py.

A stretch of a million tickets' index is read, never the tickets: `bench/brief.py` has the figures.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from domain import Actor
from storage.oversight import EXACTLY, NOWHERE, BigStory, Bounce, Sieve, Standing, Took, Touch
from storage.records import TicketRow
from storage.sqlite import audit
from storage.sqlite.lanes import WHOLE
from storage.sqlite.listing import visible
from storage.sqlite.oversight_schema import LIVE, WIB_MICROS
from storage.sqlite.rows import TICKET, micros, moment, ticket_of
from storage.sqlite.tickets import ANSWERED, PLACE

DAY_OF = {"answered": "answered_at", "closed": "closed_at"}  # of the rest, the day of arrival
COLUMNS = ("id", "department", "topic", "platform", "urgency", "place", "opened_at", "due_at", "answered_at",
           "closed_at")
ORDERS = {"open": "due_at IS NULL, due_at, id", "untouched": "opened_at, id", "late": "due_at, id",
          "bounced": "opened_at, id"}
NEWEST_FIRST = "opened_at DESC, id DESC"
LACKS = {  # columns that an index does not have: nobody asks for them there
    "ticket t INDEXED BY ticket_open": ("closed_at",), "ticket t INDEXED BY ticket_opened": (
        "due_at", "answered_at", "closed_at"), "ticket t INDEXED BY ticket_answered": ("due_at", "closed_at"),
}
STANDING = ("open", "untouched", "late")
SAMPLE = ("key", "day", "lane", "reason", "text", "state", "platform", "posted_at", "verdict", "actor")


def tally(connection: sqlite3.Connection, actor: Actor, sieve: Sieve, by: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """Each arm by itself, so that it is grouped in the order of its index where that has it."""
    named = "".join(f"{_group(one, sieve)}, " for one in by)
    grouped = f" GROUP BY {', '.join(str(n + 1) for n in range(len(by)))}" if by else ""
    found: dict[tuple[Any, ...], int] = {} if by else {(): 0}
    for arm, values in _selects(actor, sieve):
        for *key, n in connection.execute(f"SELECT {named}count(*) FROM ({arm}){grouped}", values).fetchall():
            found[tuple(key)] = found.get(tuple(key), 0) + n
    return found


def counted(connection: sqlite3.Connection, actor: Actor, sieve: Sieve, *, limit: int, skip: int) -> list[TicketRow]:
    source, values = _source(actor, sieve)
    order = ORDERS.get(sieve.what, NEWEST_FIRST)
    ids = [row[0] for row in connection.execute(
        f"SELECT id FROM ({source}) ORDER BY {order} LIMIT ? OFFSET ?", (*values, limit, skip)).fetchall()]
    rows = connection.execute(
        f"SELECT {TICKET}, m.text, m.platform, m.state, c.size, m.posted_at, ifnull(j.{PLACE}, ({ANSWERED}))"
        " FROM json_each(?) page CROSS JOIN ticket t ON t.id = page.value"
        " JOIN cluster c ON c.id = t.cluster JOIN mention m ON m.key = c.first"
        " LEFT JOIN judgement j ON j.mention = m.key ORDER BY page.key", (f"[{','.join(map(str, ids))}]",)).fetchall()
    return [TicketRow(ticket_of(tuple(row)), text, platform, state, size, place, moment(posted_at))
            for *row, text, platform, state, size, posted_at, place in rows]


def took(connection: sqlite3.Connection, actor: Actor, sieve: Sieve) -> list[Took]:
    source, values = _source(actor, sieve)
    end = DAY_OF[sieve.what]
    found: dict[tuple[str, str], list[int]] = {}
    for department, platform, micro in connection.execute(
            f"SELECT department, ifnull(platform, ''), max(0, {end} - opened_at) FROM ({source})", values):
        found.setdefault((department, platform), []).append(micro // 1_000_000)
    return [Took(*key, sorted(seconds)) for key, seconds in sorted(found.items())]


def bounces(connection: sqlite3.Connection, actor: Actor, sieve: Sieve, *, limit: int) -> list[Bounce]:
    source, values = _source(actor, replace(sieve, what="bounced"))
    rows = connection.execute(
        f"SELECT s.id, ({_moves('s.id')}) AS moves FROM ({source}) s ORDER BY moves DESC, s.id LIMIT ?",
        (micros(sieve.until), *values, limit)).fetchall()
    found = []
    for id_, moves in rows:
        row = connection.execute(f"SELECT {TICKET} FROM ticket t WHERE t.id = ?", (id_,)).fetchone()
        found.append(Bounce(ticket_of(row), moves, audit.history(connection, id_)))
    return found


def touches(connection: sqlite3.Connection, actor: Actor, *, until: datetime) -> list[Touch]:
    seen, values = visible(actor, "d")
    day = (micros(until) + WIB_MICROS) // 86_400_000_000
    rows = connection.execute(
        "SELECT d.department, max(d.last_at) FROM desk_touch d"
        f" WHERE {seen} AND (d.day < ? OR d.day = ? AND d.last_at < ?) GROUP BY 1", (*values, day, day, micros(until)))
    return [Touch(department, moment(last)) for department, last in rows.fetchall()]


def standing(connection: sqlite3.Connection, actor: Actor, sieve: Sieve) -> dict[str, Standing]:
    """The three of STANDING at once: what is open is many, and read once."""
    until = micros(sieve.until)
    found: dict[str, Standing] = {}
    for arm, values in _selects(actor, replace(sieve, what="open")):
        rows = connection.execute(
            "SELECT department, count(*), count(*) FILTER (WHERE answered_at IS NULL OR answered_at >= ?),"
            f" count(*) FILTER (WHERE due_at < ?), min(opened_at) FROM ({arm}) GROUP BY 1", (until, until, *values))
        for department, open_, untouched, late, oldest in rows.fetchall():
            one = Standing(open_, untouched, late, moment(oldest))
            found[department] = found[department] + one if department in found else one
    return found


def big_stories(
    connection: sqlite3.Connection, actor: Actor, *, since: datetime, until: datetime, limit: int
) -> list[BigStory]:
    """The counts of `spread_minute` say which stories to look at; how often each was told, the posts themselves."""
    seen, values = visible(actor)
    minutes = (micros(since) // 60_000_000, micros(until) // 60_000_000)
    told = connection.execute(
        "WITH told AS (SELECT cluster, sum(posts) AS n FROM spread_minute INDEXED BY spread_minute_at"
        "   WHERE minute >= ? AND minute < ? GROUP BY cluster HAVING n > 1)"
        f" SELECT cluster FROM told WHERE EXISTS (SELECT 1 FROM ticket t WHERE t.cluster = told.cluster AND {seen})"
        " ORDER BY n DESC, cluster LIMIT ?", (*minutes, *values, 2 * limit)).fetchall()
    stories = []
    for cluster, in told:
        row = connection.execute(
            "SELECT t.id, t.department, t.topic, t.place, (SELECT count(*) FROM mention m WHERE m.cluster = c.id"
            "   AND m.posted_at >= ? AND m.posted_at < ?), c.size"
            f" FROM ticket t JOIN cluster c ON c.id = t.cluster WHERE t.cluster = ? AND {seen}"
            " ORDER BY t.status = 'digabung', t.coordinates, t.id LIMIT 1",
            (micros(since), micros(until), cluster, *values)).fetchone()
        if row[4] > 1:
            stories.append(BigStory(*row))
    return sorted(stories, key=lambda story: (-story.told, story.ticket))[:limit]


def lane_samples(connection: sqlite3.Connection, first: date, last: date) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT m.key, s.day, s.lane, m.reason, m.text, m.state, m.platform, m.posted_at, s.verdict, s.actor"
        " FROM lane_sample s JOIN mention m ON m.key = s.mention WHERE s.day BETWEEN ? AND ? AND s.lane <> ?"
        " ORDER BY s.verdict IS NOT 'salah', s.verdict IS NULL, s.day, m.posted_at, m.key",
        (first.isoformat(), last.isoformat(), WHOLE)).fetchall()
    return [dict(zip(SAMPLE, row, strict=True)) | {"posted_at": moment(row[7])} for row in rows]


# --- which tickets -------------------------------------------------------------------------------


def _source(actor: Actor, sieve: Sieve) -> tuple[str, list[Any]]:
    """A SELECT of COLUMNS for the tickets that the sieve keeps and the actor sees."""
    arms = _selects(actor, sieve)
    return " UNION ALL ".join(sql for sql, _ in arms), [value for _, given in arms for value in given]


def _selects(actor: Actor, sieve: Sieve) -> list[tuple[str, list[Any]]]:
    """What has not been closed has no time of that, and its index none either."""
    where, values = _narrowed(actor, sieve)
    return [(f"SELECT {', '.join(f't.{name}' if name not in lacks else f'NULL AS {name}' for name in COLUMNS)}"
             f" FROM {table} WHERE {which}{where}", [*given, *values])
            for table, which, given, lacks in ((*arm, LACKS.get(arm[0], ())) for arm in _arms(sieve))]


def _arms(sieve: Sieve) -> list[tuple[str, str, list[Any]]]:
    since, until = micros(sieve.since), micros(sieve.until)
    if sieve.what == "arrived":
        return [("ticket t INDEXED BY ticket_opened", "t.opened_at >= ? AND t.opened_at < ?", [since, until])]
    if sieve.what == "answered":
        return [("ticket t INDEXED BY ticket_answered", "t.answered_at >= ? AND t.answered_at < ?", [since, until])]
    if sieve.what == "closed":
        return [("ticket t INDEXED BY ticket_closed", "t.closed_at >= ? AND t.closed_at < ?", [since, until])]
    if sieve.what == "bounced":
        return [("(SELECT DISTINCT ticket FROM audit INDEXED BY audit_moved_at WHERE verb = 'reroute' AND at >= ?"
                 " AND at < ?) a JOIN ticket t ON t.id = a.ticket", f"({_moves('t.id')}) > 1", [since, until, until])]
    if sieve.what not in STANDING:
        raise ValueError(f"not a thing to count: {sieve.what}")
    further, more = {"open": ("", []), "late": (" AND +t.due_at < ?", [until]),  # "+": no skipping through the index
                     "untouched": (" AND (t.answered_at IS NULL OR t.answered_at >= ?)", [until])}[sieve.what]
    return [  # what is open now, and what has been closed since
        ("ticket t INDEXED BY ticket_open", f"t.status IN {LIVE} AND t.opened_at < ?{further}", [until, *more]),
        ("ticket t INDEXED BY ticket_closed",
         f"t.closed_at >= ? AND t.opened_at < ? AND t.status NOT IN {LIVE}{further}", [until, until, *more])]


def _moves(ticket: str) -> str:
    return f"SELECT count(*) FROM audit INDEXED BY audit_moved WHERE verb = 'reroute' AND ticket = {ticket} AND at < ?"


def _narrowed(actor: Actor, sieve: Sieve) -> tuple[str, list[Any]]:
    seen, values = visible(actor)
    where = f" AND {seen}"
    for column in ("department", "topic", "platform", "urgency"):
        if value := getattr(sieve, column):
            where += f" AND t.{column} = ?"
            values = [*values, value]
    if sieve.place == NOWHERE:
        where += " AND t.place IS NULL"
    elif sieve.place and sieve.place.startswith(EXACTLY):
        where += " AND t.place = ?"
        values = [*values, sieve.place.removeprefix(EXACTLY)]
    elif sieve.place:  # "." stands before "/": an area and all below it
        where += " AND t.place >= ? AND t.place < ?"
        values = [*values, sieve.place, f"{sieve.place}/"]
    return where, values


def _group(by: str, sieve: Sieve) -> str:
    if by == "day":
        return f"({DAY_OF.get(sieve.what, 'opened_at')} + {WIB_MICROS}) / 86400000000"
    if by in ("regency", "village"):
        return f"substr(place, 1, {5 if by == 'regency' else 13})"
    if by not in ("department", "topic", "platform", "urgency"):
        raise ValueError(f"not a thing to count by: {by}")
    return by
