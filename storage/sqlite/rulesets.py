"""Versions of the rules, and the history that a change of rules is tried on. Reads much, writes little."""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from storage.records import Outcome, PastMention, RulesVersion
from storage.sqlite import audit
from storage.sqlite.connection import Connections
from storage.sqlite.rows import MENTION, json_of, maybe_moment, mention_of, micros, moment, seen_by

PAGE = 2_000
JUDGED = "m.fate IN ('ticket', 'attached', 'lane')"


# --- versions ------------------------------------------------------------------------------------


def save(
    connection: sqlite3.Connection, ruleset: str, rules: Mapping[str, Any], *, reason: str, now: datetime,
    actor: str, text: str | None, gate: Mapping[str, Any] | None, always: bool,
) -> int:
    """See Store.save_ruleset. Every version is audited."""
    connection.execute("INSERT INTO ruleset VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                       (ruleset, json_of(rules), reason, micros(now)))
    last = connection.execute("SELECT n, hash FROM ruleset_version ORDER BY n DESC LIMIT 1").fetchone()
    if last and last[1] == ruleset and not always:
        return int(last[0])
    n = connection.execute(
        "INSERT INTO ruleset_version (hash, at, actor, reason, text, gate) VALUES (?, ?, ?, ?, ?, ?)",
        (ruleset, micros(now), actor, reason, text, None if gate is None else json_of(gate))).lastrowid
    after = {"version": n, **(gate or {})}
    audit.append(connection, [audit.Entry(now, actor, "ruleset", subject=ruleset, after=after, reason=reason)])
    return int(n or 0)


def versions(connection: sqlite3.Connection) -> list[RulesVersion]:
    return [
        RulesVersion(n, hash_, moment(at), actor, reason, orjson.loads(gate) if gate else None, bool(has_text))
        for n, hash_, at, actor, reason, gate, has_text in connection.execute(
            "SELECT n, hash, at, actor, reason, gate, text IS NOT NULL FROM ruleset_version ORDER BY n DESC").fetchall()
    ]


def text(connection: sqlite3.Connection, n: int) -> tuple[str | None, Mapping[str, Any]] | None:
    row = connection.execute(
        "SELECT v.text, r.rules FROM ruleset_version v JOIN ruleset r ON r.hash = v.hash WHERE v.n = ?", (n,)
    ).fetchone()
    return (row[0], orjson.loads(row[1])) if row else None


def numbers(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT hash, min(n) FROM ruleset_version GROUP BY hash").fetchall())


# --- history -------------------------------------------------------------------------------------


def past_mentions(
    connections: Connections, *, after: datetime | None, newest: int | None
) -> Iterator[PastMention]:
    """Page by page, so that a replay neither fills memory nor holds up the log."""
    last = _before_the_newest(connections, newest)
    since = micros(after) if after else -(2**62)
    while True:
        with connections.read() as connection:
            rows = connection.execute(
                f"SELECT {MENTION}, m.rowid, m.cluster, c.first = m.key, m.verdict, m.ruleset, j.extraction"
                " FROM mention m JOIN judgement j ON j.mention = m.key JOIN cluster c ON c.id = m.cluster"
                f" WHERE m.rowid > ? AND {JUDGED} AND m.state <> 'gone' AND m.posted_at >= ?"
                " AND j.extraction IS NOT NULL ORDER BY m.rowid LIMIT ?", (last, since, PAGE)).fetchall()
            accounts = seen_by(connection, [row[0] for row in rows])
        for *row, last, cluster, first, verdict, ruleset, seen in rows:  # noqa: B007 `last` is where the next page begins
            yield PastMention(mention_of(tuple(row), accounts.get(row[0], ())), cluster, bool(first),
                              verdict or "new", ruleset, seen.encode())
        if len(rows) < PAGE:
            return


def _before_the_newest(connections: Connections, newest: int | None) -> int:
    """The row behind which the newest so many judged ones stand."""
    if newest is None:
        return 0
    with connections.read() as connection:
        row = connection.execute(
            f"SELECT m.rowid FROM mention m JOIN judgement j ON j.mention = m.key WHERE {JUDGED}"
            " AND j.extraction IS NOT NULL ORDER BY m.rowid DESC LIMIT 1 OFFSET ?", (newest,)).fetchone()
    return int(row[0]) if row else 0


def newest_post_at(connection: sqlite3.Connection) -> datetime | None:
    at, = connection.execute(f"SELECT max(m.posted_at) FROM mention m WHERE {JUDGED}").fetchone()
    return maybe_moment(at)


def outcomes(connection: sqlite3.Connection) -> list[Outcome]:
    """Corrections stay with the ticket that they were made on, whatever became of it."""
    corrections: dict[int, list[tuple[str, Any, Any]]] = defaultdict(list)
    for ticket, kind, before, after in connection.execute(
        "SELECT ticket, kind, before, after FROM correction ORDER BY id").fetchall():
        corrections[ticket].append((kind, orjson.loads(before), orjson.loads(after)))
    rows = connection.execute(
        "SELECT t.id, t.cluster, t.department, t.status, t.reason, t.topic, t.urgency, t.rule, t.coordinates,"
        " m.platform FROM ticket t JOIN cluster c ON c.id = t.cluster JOIN mention m ON m.key = c.first ORDER BY t.id"
    ).fetchall()
    return [Outcome(id_, cluster, department, status, reason, topic, urgency, rule, bool(coordinates), platform,
                    tuple(corrections.get(id_, ())))
            for id_, cluster, department, status, reason, topic, urgency, rule, coordinates, platform in rows]
