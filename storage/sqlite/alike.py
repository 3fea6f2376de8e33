"""Tickets that may tell one incident: which ones are worth comparing, and what staff have said about pairs.

The look-up is bounded whatever the size of the store: the nearest in time of the same desk and of the same topic,
each from an index. Judging them is `nlp.related`'s business.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import orjson

from domain import Actor, Extraction, Ticket
from storage.regrouping import Candidate, PairLabel
from storage.sqlite import audit
from storage.sqlite.judgement import extraction_of, seen_of
from storage.sqlite.judging import LISTED
from storage.sqlite.listing import visible
from storage.sqlite.rows import MENTION, TICKET, json_of, mention_of, micros, moment, ticket_of
from storage.sqlite.schema import LIVE
from storage.sqlite.stories import label
from storage.sqlite.tickets import mine

NEAREST = 30  # of each desk and topic, before and after
NOT_THE_SAME = "('apart', 'split', 'merge_undone')"
SAME = {"merge": True, "split_undone": True, "apart": False, "split": False, "merge_undone": False}


def candidates(
    connection: sqlite3.Connection, actor: Actor, ticket_id: int, *, within: timedelta
) -> list[Candidate]:
    ours = mine(connection, actor, ticket_id)
    seen, values = visible(actor)
    rows = connection.execute(
        f"SELECT {TICKET}, {MENTION}, j.extraction FROM ticket t JOIN cluster c ON c.id = t.cluster"
        " JOIN mention m ON m.key = c.first LEFT JOIN judgement j ON j.mention = m.key"
        f" WHERE t.id {LISTED} AND t.cluster <> ? AND t.coordinates = ? AND m.state <> 'gone' AND {seen}"
        f" AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.kind IN {NOT_THE_SAME}"
        "  AND (k.cluster = t.cluster AND k.after ->> '$.story' = ?"
        "   OR k.cluster = ? AND k.after ->> '$.story' = t.cluster))"
        " ORDER BY t.id",
        (json_of(_near(connection, ours, within)), ours.cluster, int(ours.coordinates), *values, ours.cluster,
         ours.cluster)).fetchall()
    width = len(TICKET.split(","))
    return [Candidate(ticket_of(tuple(row[:width])), mention_of(tuple(row[width:-1])),
                      _seen(row[-1]) if row[-1] else None) for row in rows]


def _seen(stored: str) -> Extraction:
    """What was seen, without the reasons: they are most of it, and nobody compares them."""
    seen = seen_of(stored)
    seen["relevance"] |= {"because": (), "vulnerable": ()}
    seen["urgency"]["because"] = ()
    return extraction_of(seen)


def _near(connection: sqlite3.Connection, ours: Ticket, within: timedelta) -> list[int]:
    at, reach = micros(ours.opened_at), int(within.total_seconds() * 1_000_000)
    found: set[int] = set()
    for column, value in (("department", ours.department), ("topic", ours.topic)):
        for edge, order in ((f"opened_at BETWEEN {at - reach} AND {at}", "DESC"),
                            (f"opened_at BETWEEN {at + 1} AND {at + reach}", "ASC")):
            found.update(id_ for id_, in connection.execute(
                f"SELECT id FROM ticket WHERE {column} = ? AND status IN {LIVE} AND {edge}"
                f" ORDER BY opened_at {order} LIMIT {NEAREST}", (value,)).fetchall())
    return sorted(found - {ours.id})


def part(connection: sqlite3.Connection, actor: Actor, ticket_id: int, other: int, *, now: datetime) -> None:
    ours, theirs = mine(connection, actor, ticket_id), mine(connection, actor, other)
    if ours.cluster == theirs.cluster:
        return
    label(connection, "apart", ours, theirs, (ours.cluster, theirs.cluster), by=(actor.name, now))
    audit.append(connection, [audit.Entry(now, actor.name, "apart", ticket=one.id, after={"other": two.id})
                              for one, two in ((ours, theirs), (theirs, ours))])


def pair_labels(connection: sqlite3.Connection) -> list[PairLabel]:
    found: dict[frozenset[str], PairLabel] = {}
    for kind, before, after, at, actor in connection.execute(
        "SELECT kind, before, after, at, actor FROM correction ORDER BY id"
    ).fetchall():
        if kind in SAME:
            one, other = orjson.loads(before)["first"], orjson.loads(after)["first"]
            if one != other:
                found[frozenset((one, other))] = PairLabel(one, other, SAME[kind], moment(at), actor)
    return list(found.values())
