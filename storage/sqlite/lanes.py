"""The daily sample of the lanes: drawn once a day by hash, checked by people, lifted where the machine was wrong.

Posts in doubt, which may tell of somebody in need, are all drawn; how often the machine is wrong is told of the others.

Which posts are drawn follows from the day and their keys alone, so that nobody can choose what is looked at and a
restored copy draws the same. A day is a WIB day of arrival; it is drawn once, after it has ended, and then stands.
"""

from __future__ import annotations

import hashlib
import math
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from domain import Actor, OpenTicket, Refused, Status, Ticket
from storage.records import LaneCheck, LaneRate
from storage.sqlite import audit, outbox, search
from storage.sqlite.rows import micros, moment, ticket_row
from storage.sqlite.settle import INSERT_TICKET
from storage.store import Announce

NOT_SAMPLED = ("own", "gone", "edit")
WHOLE = "doubt"  # drawn whole, and left out where the lots are counted or shown
WIB_SHIFT = timedelta(hours=7)
COLUMNS = ("key", "lane", "reason", "text", "state", "platform", "posted_at", "verdict", "actor")


def sample(connection: sqlite3.Connection, day: date, *, share: float, now: datetime) -> list[Mapping[str, Any]]:
    """The day's sample, drawn where it was not yet."""
    if not connection.execute("SELECT 1 FROM lane_sample WHERE day = ?", (day.isoformat(),)).fetchone():
        _draw(connection, day, share, now)
    rows = connection.execute(
        "SELECT m.key, s.lane, m.reason, m.text, m.state, m.platform, m.posted_at, s.verdict, s.actor"
        " FROM lane_sample s JOIN mention m ON m.key = s.mention WHERE s.day = ?"
        " ORDER BY s.lane <> ?, m.posted_at, m.key", (day.isoformat(), WHOLE)).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) | {"posted_at": moment(row[6])} for row in rows]


def _draw(connection: sqlite3.Connection, day: date, share: float, now: datetime) -> None:
    if (now + WIB_SHIFT).date() <= day:
        return  # the day is not over: what is drawn now would leave the evening out
    rows = connection.execute(
        "SELECT m.key, m.lane FROM mention m WHERE m.lane IS NOT NULL AND m.lane NOT IN (?, ?, ?)"
        " AND (SELECT min(g.day) FROM sighting g WHERE g.mention = m.key) = ?",
        (*NOT_SAMPLED, day.isoformat())).fetchall()
    whole = [row for row in rows if row[1] == WHOLE]
    lots = sorted([row for row in rows if row[1] != WHOLE],
                  key=lambda row: hashlib.sha256(f"{day}|{row[0]}".encode()).digest())
    drawn = whole + lots[:math.ceil(share * len(lots))]
    connection.executemany("INSERT INTO lane_sample (mention, day, lane, drawn_at) VALUES (?, ?, ?, ?)",
                           [(key, day.isoformat(), lane, micros(now)) for key, lane in drawn])


def check(
    connection: sqlite3.Connection, actor: Actor, given: LaneCheck, *, announce: Announce, now: datetime
) -> list[int]:
    """A person's word on one drawn post; a wrong lane opens its tickets. Refused where somebody was first."""
    done = connection.execute(
        "UPDATE lane_sample SET verdict = ?, actor = ?, checked_at = ? WHERE mention = ? AND verdict IS NULL",
        ("benar" if given.right else "salah", actor.name, micros(now), given.mention)).rowcount
    if not done:
        raise Refused("kiriman ini tidak ada dalam sampel, atau sudah diperiksa", hint="muat ulang halaman")
    audit.append(connection, [audit.Entry(now, actor.name, "lane_check", subject=given.mention,
                                          after={"verdict": "benar" if given.right else "salah"})])
    if given.right:
        return []
    return _open(connection, actor, given.mention, given.openings, given.ruleset, announce=announce, now=now)


def _open(
    connection: sqlite3.Connection, actor: Actor, mention: str, openings: Sequence[OpenTicket], ruleset: str, *,
    announce: Announce, now: datetime,
) -> list[int]:
    """Tickets of a post that a person lifted out of its lane, the watching parent first."""
    cluster, = connection.execute("SELECT cluster FROM mention WHERE key = ?", (mention,)).fetchone()
    parent: int | None = None
    opened: list[int] = []
    for opening in sorted(openings, key=lambda one: not one.coordinates):
        number = connection.execute("SELECT ifnull(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'ticket'"
                                    ).fetchone()[0]
        ticket = Ticket(number, cluster, opening.department, Status(opening.status), opening.priority, opening.topic,
                        opening.urgency, 1, opening.opened_at, opening.due_at, opening.due_rule,
                        None if opening.coordinates else parent, opening.sensitive, ruleset, opening.rule,
                        opening.coordinates, opening.outside)
        connection.execute(INSERT_TICKET, ticket_row(ticket))
        parent = number if opening.coordinates else parent
        after = {"department": ticket.department, "status": str(ticket.status), "rule": ticket.rule, "mention": mention}
        audit.append(connection, [audit.Entry(now, actor.name, "open", ticket=number, after=after,
                                              reason="diangkat dari lajur")])
        outbox.put(connection, announce(ticket, 1), now=now)
        opened.append(number)
    connection.execute("UPDATE mention SET fate = 'ticket', lane = NULL WHERE key = ?", (mention,))
    words = search.words_of_first(connection, cluster)
    search.put(connection, dict.fromkeys(opened, words), fresh=set(opened))
    return opened


def rate(connection: sqlite3.Connection, first: date, last: date) -> LaneRate:
    """How many of the drawn posts of these days were checked, and how many were wrongly in a lane."""
    row = connection.execute(
        "SELECT count(*), count(verdict), count(*) FILTER (WHERE verdict = 'salah') FROM lane_sample"
        " WHERE day BETWEEN ? AND ? AND lane <> ?", (first.isoformat(), last.isoformat(), WHOLE)).fetchone()
    return LaneRate(*row)
