"""Closing photos: handed in with the closing, or waiting for a second person. Need-to-know: whoever sees the ticket.

The photo itself is a file that the inbox keeps; here stand its name, its hashes and what became of it. A doubtful one
does not close its ticket: the closing waits with it, and the one who handed it in cannot wave it through.
"""

# ruff: noqa: S608  only our own column lists are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from domain import Actor, Picture, Refused, Ticket
from storage.records import Evidence, KnownPhoto, Transition
from storage.sqlite import tickets
from storage.sqlite.pictures import packed, unpacked
from storage.sqlite.rows import json_of, maybe_moment, micros, moment

COLUMNS = "id, ticket, at, actor, file, sha256, views, doubts, note, state, second, second_at"


def of(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> list[Evidence]:
    tickets.mine(connection, actor, ticket_id)
    rows = connection.execute(f"SELECT {COLUMNS} FROM evidence WHERE ticket = ? ORDER BY id", (ticket_id,)).fetchall()
    return [_evidence(row) for row in rows]


def known(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> list[KnownPhoto]:
    """The complaint's own pictures, then all earlier closing photos but those that were refused, oldest first."""
    ticket = tickets.mine(connection, actor, ticket_id)
    own = connection.execute(
        "SELECT p.state, p.sha256, p.views FROM mention m JOIN picture p ON p.mention = m.key WHERE m.cluster = ?"
        " AND p.sha256 IS NOT NULL", (ticket.cluster,)).fetchall()
    earlier = connection.execute(
        "SELECT ticket, sha256, views FROM evidence WHERE state <> 'refused' ORDER BY id").fetchall()
    return [*(KnownPhoto(Picture(state, sha256, unpacked(views)), None) for state, sha256, views in own),
            *(KnownPhoto(Picture("hashed", sha256, unpacked(views)), ticket) for ticket, sha256, views in earlier)]


def hand_in(connection: sqlite3.Connection, actor: Actor, photo: Evidence, transition: Transition) -> Ticket:
    """See Store.hand_in."""
    ticket = tickets.apply(connection, actor, transition)
    tickets.refuse_while_pending(connection, ticket.id)
    connection.execute(
        "INSERT INTO evidence (ticket, at, actor, file, sha256, views, doubts, note, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (photo.ticket, micros(photo.at), photo.actor, photo.file, photo.picture.sha256 or "",
         packed(photo.picture.views), json_of(photo.doubts), photo.note, "pending" if photo.doubts else "accepted"))
    return ticket


def decide(
    connection: sqlite3.Connection, actor: Actor, photo_id: int, transition: Transition, *, accepted: bool
) -> Ticket:
    """See Store.decide_evidence."""
    ticket = tickets.mine(connection, actor, transition.ticket)
    row = connection.execute(
        "SELECT actor FROM evidence WHERE id = ? AND ticket = ? AND state = 'pending'",
        (photo_id, ticket.id)).fetchone()
    if row is None:
        raise Refused("foto itu tidak menunggu orang kedua lagi", hint="muat ulang halaman")
    if row[0] == actor.name and accepted:
        raise Refused("foto ini Anda sendiri yang menyerahkan", hint="minta rekan atau koordinator memeriksanya")
    connection.execute("UPDATE evidence SET state = ?, second = ?, second_at = ? WHERE id = ?",
                       ("accepted" if accepted else "refused", actor.name, micros(transition.at), photo_id))
    return tickets.apply(connection, actor, transition)


def _evidence(row: tuple[Any, ...]) -> Evidence:
    id_, ticket, at, actor, file, sha256, views, doubts, note, state, second, second_at = row
    return Evidence(ticket, moment(at), actor, file, Picture("hashed", sha256, unpacked(views)),
                    tuple(orjson.loads(doubts)), note, state, id_, second, maybe_moment(second_at))
