"""Every ticket as plain data, in an order and form that no restart, batch size or clock of ours changes."""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from domain import Actor
from storage.records import TicketQuery
from storage.sqlite import pictures, search
from storage.sqlite.connection import Connections
from storage.sqlite.judging import LISTED
from storage.sqlite.listing import visible
from storage.sqlite.rows import keys_json, micros, moment

PAGE = 200
COLUMNS = ("id", "cluster", "department", "status", "topic", "urgency", "priority", "rule", "ruleset", "opened_at",
           "due_at", "due_rule", "parent", "coordinates", "sensitive", "outside", "reason", "merged_into", "platform",
           "url", "text", "posted_at", "size", "extraction", "rules_version")
# opened by a split that was taken back: its mentions are told by the story that they had been split from
WITHDRAWN = ("SELECT w.value FROM regrouping r, json_each(r.withdrawn) w"
             " WHERE r.undone_at IS NOT NULL AND r.withdrawn <> '[]'")


def export_tickets(connections: Connections) -> Iterator[dict[str, Any]]:
    """Page by page, so that an export of any size neither fills memory nor keeps the log from shrinking.

    A merge or split that was undone leaves no trace here: what was opened for it is left out. Text is as
    stored: masking is the caller's duty.
    """
    last = 0
    while True:
        with connections.read() as connection:
            rows = connection.execute(
                "SELECT t.id, t.cluster, t.department, t.status, t.topic, t.urgency, t.priority, t.rule, t.ruleset,"
                " t.opened_at, t.due_at, t.due_rule, t.parent, t.coordinates, t.sensitive, t.outside, t.reason,"
                " t.merged_into, m.platform, m.url, m.text, m.posted_at, c.size, j.extraction,"
                " (SELECT min(n) FROM ruleset_version v WHERE v.hash = t.ruleset)"
                " FROM ticket t JOIN cluster c ON c.id = t.cluster JOIN mention m ON m.key = c.first"
                " LEFT JOIN judgement j ON j.mention = m.key WHERE t.id > ?"
                f" AND t.id NOT IN ({WITHDRAWN}) ORDER BY t.id LIMIT ?", (last, PAGE)
            ).fetchall()
            members = _members(connection, {row[1] for row in rows})
            old = pictures.exported(connection, members)
        for row in rows:
            yield _plain(dict(zip(COLUMNS, row, strict=True)), members[row[1]], old.get(row[1], []))
        if len(rows) < PAGE:
            return
        last = rows[-1][0]


# --- one desk's list, for people and their software ------------------------------------------------

LISTED_COLUMNS = (*COLUMNS, "assignee", "closed_at", "version", "changed_at", "state")
COMPARED = ("department", "topic", "urgency", "platform", "assignee")


def listed(
    connections: Connections, actor: Actor, query: TicketQuery, *, public: bool = False, newest_first: bool = False,
    number: int | None = None,
) -> Iterator[dict[str, Any]]:
    """See Store.export_listed. Each page is a read of its own and starts behind the last number: none comes twice."""
    last, left = None, query.limit
    while left > 0:
        where, values = _conditions(actor, query, public=public, last=last, newest_first=newest_first)
        if number is not None:
            where, values = f"{where} AND t.id = ?", [*values, number]
        order = "DESC" if newest_first else ""
        with connections.read() as connection:
            rows = connection.execute(
                "SELECT t.id, t.cluster, t.department, t.status, t.topic, t.urgency, t.priority, t.rule, t.ruleset,"
                " t.opened_at, t.due_at, t.due_rule, t.parent, t.coordinates, t.sensitive, t.outside, t.reason,"
                " t.merged_into, m.platform, m.url, m.text, m.posted_at, c.size, j.extraction,"
                " (SELECT min(n) FROM ruleset_version v WHERE v.hash = t.ruleset), t.assignee, t.closed_at, t.version,"
                " (SELECT max(at) FROM audit a WHERE a.ticket = t.id AND a.verb <> 'view'), m.state"
                f" FROM {_source(query)} CROSS JOIN cluster c ON c.id = t.cluster"
                " CROSS JOIN mention m ON m.key = c.first"
                f" LEFT JOIN judgement j ON j.mention = m.key WHERE {where} AND t.id NOT IN ({WITHDRAWN})"
                f" ORDER BY {'f.rowid' if query.text else 't.id'} {order} LIMIT ?", (*values, min(PAGE, left))
            ).fetchall()
        for row in rows:
            plain = _plain(dict(zip(LISTED_COLUMNS, row, strict=True)), [], [])
            yield {**plain, **{name: _text(moment(plain[name])) if plain[name] is not None else None
                               for name in ("closed_at", "changed_at")}}
        if len(rows) < PAGE:
            return
        last, left = rows[-1][0], left - len(rows)


def _source(query: TicketQuery) -> str:
    """In the order of the numbers, so that a page is read and not a list sorted for each: hence no other index."""
    return "ticket_text f CROSS JOIN ticket t ON t.id = f.rowid" if query.text else "ticket t NOT INDEXED"


def _conditions(
    actor: Actor, query: TicketQuery, *, public: bool, last: int | None, newest_first: bool
) -> tuple[str, list[Any]]:
    seen, values = visible(actor)
    where = [seen]

    def ask(condition: str, *given: Any) -> None:
        where.append(condition)
        values.extend(given)

    if query.text:
        found = search.wanted(query.text)
        ask("f.ticket_text MATCH ?", found.expression if found else search.NOWHERE)
    if last is not None:
        ask(f"{'f.rowid' if query.text else 't.id'} {'<' if newest_first else '>'} ?", last)
    if public:
        ask("t.sensitive = 0")
    for column in COMPARED:
        if value := getattr(query, column):
            ask(f"t.{column} = ?", value)
    if query.statuses:
        ask("t.status IN (SELECT value FROM json_each(?))", keys_json(str(status) for status in query.statuses))
    if query.place:
        ask("t.place >= ? AND t.place < ?", query.place, f"{query.place}/")
    for comparison, at in ((">=", query.opened_from), ("<", query.opened_before)):
        if at is not None:
            ask(f"t.opened_at {comparison} ?", micros(at))
    return " AND ".join(where), values


def _members(connection: sqlite3.Connection, clusters: set[str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {cluster: [] for cluster in clusters}
    for cluster, key in connection.execute(
        f"SELECT cluster, key FROM mention WHERE cluster {LISTED} ORDER BY key", (keys_json(clusters),)
    ).fetchall():
        members[cluster].append(key)
    return members


def _plain(row: dict[str, Any], members: list[str], old_pictures: list[dict[str, Any]]) -> dict[str, Any]:
    seen = orjson.loads(row.pop("extraction") or "{}")
    location = seen.get("location") or None
    return {
        **row,
        "opened_at": _text(moment(row["opened_at"])),
        "due_at": _text(moment(row["due_at"])) if row["due_at"] is not None else None,
        "posted_at": _text(moment(row["posted_at"])),
        **{name: bool(row[name]) for name in ("coordinates", "sensitive", "outside")},
        "place": location and location["name"],
        "location": location and {name: location[name] for name in ("code", "name", "level", "lat", "lng")},
        "members": members,
        "old_pictures": old_pictures,
        "pii": seen.get("pii") or [],
    }


def _text(at: datetime) -> str:
    return at.isoformat()
