"""What happened to tickets, in the order of the audit chain, for software that follows a desk.

An entry is told to whoever may see its ticket now. Of a ticket that left the desk one thing is told: that it left;
what the next desk does with it is that desk's. A look reads a bounded stretch of the chain, so one that finds nothing
still moves on.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3

import orjson

from domain import Actor
from storage.feeding import Feed, Happening
from storage.records import HistoryEntry
from storage.sqlite.listing import visible
from storage.sqlite.rows import moment

STRETCH = 2_000
LEFT = "left"


def feed(connection: sqlite3.Connection, actor: Actor, *, after: int, limit: int) -> Feed:
    """See Store.feed."""
    seen, values = visible(actor)
    rows = connection.execute(
        "SELECT a.id, a.at, a.ticket, a.actor, a.verb, a.before, a.after, a.reason, t.version,"
        f" iif({seen}, 1, 0) FROM (SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?) a"
        " LEFT JOIN ticket t ON t.id = a.ticket ORDER BY a.id", (*values, after, STRETCH)).fetchall()
    found: list[Happening] = []
    last = after
    for id_, at, ticket, who, verb, before, after_, reason, version, visible_now in rows:
        if len(found) >= limit:
            return Feed(tuple(found), last, more=True)
        last = id_
        if ticket is None:
            continue
        was, is_ = orjson.loads(before), orjson.loads(after_)
        if visible_now:
            found.append(Happening(id_, ticket, version, HistoryEntry(moment(at), who, verb, was, is_, reason)))
        elif _left(actor, was, is_):
            found.append(Happening(id_, ticket, None, HistoryEntry(moment(at), who, LEFT, {}, {}, None)))
    return Feed(tuple(found), last, more=len(rows) == STRETCH)


def _left(actor: Actor, before: dict[str, object], after: dict[str, object]) -> bool:
    """It went from a desk of the actor's to another one: that much was theirs to know."""
    return before.get("department") in actor.departments and after.get("department") not in actor.departments
