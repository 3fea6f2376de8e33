"""Merges and splits taken back: every column and mention as before, unless somebody has decided since.

The later one goes first where two touch the same column of a ticket, else "as before" would mean two things.
A mention that arrived meanwhile goes where it was told for: a copy of the merged story with that story, a copy of
a split-off one back into the old. A ticket that a split opened cannot vanish, its number has been read by people: it
ends as `digabung` and no export lists it.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

import orjson

from domain import LIVE_STATUSES, Actor, Conflict, NotAllowed, Regrouping, Status, Ticket
from storage.regrouping import Undo
from storage.sqlite import audit, outbox
from storage.sqlite.judging import LISTED, roots
from storage.sqlite.rows import json_of, keys_json, micros, moment
from storage.sqlite.stories import HEAD, Changed, descendants, label, one_ticket, tickets_of, write_ticket
from storage.sqlite.tickets import mine

COLUMNS = "id, kind, ticket, other, story, other_story, at, actor, tickets"


def regrouping(connection: sqlite3.Connection, actor: Actor, number: int) -> Regrouping:
    row = connection.execute(f"SELECT {COLUMNS} FROM regrouping WHERE id = ? AND undone_at IS NULL",
                             (number,)).fetchone()
    if row is None:
        raise NotAllowed("penggabungan atau pemisahan ini tidak ada lagi", hint="muat ulang halaman")
    mine(connection, actor, row[2])
    mine(connection, actor, row[3])
    return _regrouping(connection, row)


def standing(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> list[Regrouping]:
    """Those of a ticket that stand and whose other ticket the actor may see too, newest first."""
    found = []
    for number, in connection.execute(
        "SELECT id FROM regrouping WHERE undone_at IS NULL AND (ticket = ?1 OR other = ?1) ORDER BY id DESC LIMIT 20",
        (ticket_id,),
    ).fetchall():
        try:
            found.append(regrouping(connection, actor, number))
        except NotAllowed:
            continue
    return found


def _regrouping(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Regrouping:
    number, kind, ticket, other, story, other_story, at, actor, changed = row
    ids = {ticket, other, *(id_ for id_, *_ in orjson.loads(changed))}
    now = {id_: one_ticket(connection, id_) for id_ in sorted(ids)}
    onward = now[ticket].merged_into
    while kind == "split" and onward and onward not in now:  # where the old story's ticket has gone since
        now[onward] = one_ticket(connection, onward)
        onward = now[onward].merged_into
    if kind == "split":
        now |= {t.id: t for t in tickets_of(connection, other_story)}
    return Regrouping(number, kind, ticket, other, story, other_story, tuple(now.values()), moment(at), actor,
                      _blocked_by(connection, row))


def _blocked_by(connection: sqlite3.Connection, row: tuple[Any, ...]) -> tuple[int, ...]:
    """Tickets of later merges that changed the same columns, or that took the whole story further."""
    number, kind, _, _, story, other_story, *_, changed = row
    ours = {(id_, column) for id_, _, after in orjson.loads(changed) for column in after}
    later = connection.execute(
        f"SELECT {COLUMNS} FROM regrouping WHERE kind = 'merge' AND undone_at IS NULL AND id > ? ORDER BY id DESC",
        (number,)).fetchall()
    target = other_story if kind == "merge" else None
    blocking = _parted_further(connection, number) if kind == "split" else []
    for _, _, ticket, _, from_story, into_story, *_, theirs in later:
        touched = {(id_, column) for id_, _, after in orjson.loads(theirs) for column in after}
        further = from_story != into_story and (
            from_story in (target, other_story) or (kind == "split" and into_story == other_story))
        if ours & touched or (further and story != other_story):
            blocking.append(ticket)
    return tuple(dict.fromkeys(blocking))


def _parted_further(connection: sqlite3.Connection, number: int) -> list[int]:
    """Tickets of later splits that took mentions of this one on: only they know the way back."""
    rows = connection.execute("SELECT id, other, mentions FROM regrouping WHERE kind = 'split' AND undone_at IS NULL"
                              " AND id >= ? ORDER BY id", (number,)).fetchall()
    (_, _, own), *later = rows
    ours = set(orjson.loads(own)["keys"])
    return [opened for _, opened, theirs in reversed(later) if not ours.isdisjoint(orjson.loads(theirs)["keys"])]


def undo(connection: sqlite3.Connection, actor: Actor, undo: Undo) -> Ticket:
    """See Store.undo."""
    page = mine(connection, actor, undo.ticket)
    if page.version != undo.seen_version:
        raise Conflict(f"tiket T-{page.id} sudah diubah orang lain", hint="muat ulang halaman, lalu coba lagi")
    found = regrouping(connection, actor, undo.regrouping)
    ticket, other = one_ticket(connection, found.ticket), one_ticket(connection, found.other)
    withdrawn: list[int] = []
    if found.kind == "merge":
        changed = _unmerge(connection, found)
    else:
        changed, withdrawn = _unsplit(connection, found, undo)
    touched = {id_ for id_, *_ in changed}
    changed += [write_ticket(connection, t, {}) for t in (ticket, other) if t.id not in touched]
    audit.append(connection, [
        audit.Entry(undo.at, undo.actor, f"undo_{found.kind}", ticket=id_, before=before, after=after,
                    reason=undo.reason) for id_, before, after in changed])
    label(connection, f"{found.kind}_undone", ticket, other, (found.story, found.other_story),
          by=(undo.actor, undo.at))
    connection.execute("UPDATE regrouping SET undone_at = ?, withdrawn = ? WHERE id = ?",
                       (micros(undo.at), json_of(withdrawn), found.id))
    outbox.put(connection, undo.events, now=undo.at)
    return one_ticket(connection, undo.ticket)


def _unmerge(connection: sqlite3.Connection, found: Regrouping) -> list[Changed]:
    if found.story != found.other_story:
        _part(connection, found.story, found.other_story)
    stored, = connection.execute("SELECT tickets FROM regrouping WHERE id = ?", (found.id,)).fetchone()
    changed = orjson.loads(stored)
    # what moved goes home first, what was closed opens last: one live ticket a desk, at every step
    changed.sort(key=lambda item: ("cluster" not in item[2], "merged_into" in item[2]))
    return [_restore(connection, *item) for item in changed]


def _restore(connection: sqlite3.Connection, id_: int, before: dict[str, Any], after: dict[str, Any]) -> Changed:
    """Only what still is as the regrouping left it: what was decided since stands."""
    if not after:
        return write_ticket(connection, one_ticket(connection, id_), {})
    now = dict(zip(after, connection.execute(
        f"SELECT {', '.join(after)} FROM ticket WHERE id = ?", (id_,)).fetchone(), strict=True))
    back = {column: before[column] for column, value in after.items() if now[column] == value}
    return write_ticket(connection, one_ticket(connection, id_), back)


def _part(connection: sqlite3.Connection, story: str, other: str) -> None:
    """The mentions told for the merged story, or for what was merged into it before, go back with it."""
    homes = keys_json([story, *descendants(connection, story)])
    moved = connection.execute(
        "UPDATE mention SET cluster = ?1, home = CASE home WHEN ?1 THEN NULL ELSE home END"
        f" WHERE cluster = ?2 AND home {LISTED.replace('?', '?3')}", (story, other, homes)).rowcount
    connection.execute("UPDATE cluster SET joined = NULL, size = ? WHERE id = ?", (moved, story))
    connection.execute("UPDATE cluster SET size = size - ? WHERE id = ?", (moved, other))


# --- splits --------------------------------------------------------------------------------------


def _unsplit(connection: sqlite3.Connection, found: Regrouping, undo: Undo) -> tuple[list[Changed], list[int]]:
    stored, = connection.execute("SELECT mentions FROM regrouping WHERE id = ?", (found.id,)).fetchone()
    before = orjson.loads(stored)
    _return_mentions(connection, found, before)
    columns = ", ".join(f"{column} = ?" for column in HEAD)
    connection.execute(f"UPDATE mention SET {columns}, retry_at = NULL WHERE key = ?",
                       (*(before["head"][column] for column in HEAD), found.other_story))
    if not before["read"]:
        connection.execute("DELETE FROM judgement WHERE mention = ?", (found.other_story,))
    opened = tickets_of(connection, found.other_story)
    closing = {"status": str(Status.DIGABUNG), "merged_into": found.ticket, "closed_at": micros(undo.at)}
    changed = [write_ticket(connection, ticket, closing) for ticket in opened if ticket.status in LIVE_STATUSES]
    return changed, [ticket.id for ticket in opened]


def _return_mentions(connection: sqlite3.Connection, found: Regrouping, before: dict[str, Any]) -> None:
    """To the old story, or where that has gone since; what came for the new story keeps it as its home."""
    new, old, homes = found.other_story, found.story, before["homes"]
    rows = connection.execute("SELECT key FROM mention WHERE cluster = ?", (new,)).fetchall()
    own = set(before["keys"])
    way_back = {key: homes.get(key) if key in own else new for key, in rows}
    connection.execute("UPDATE cluster SET joined = ?, size = 0 WHERE id = ?", (old, new))
    into = roots(connection, {old, new, *homes.values()})
    groups: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for key, home in way_back.items():
        target = into.get(home or old, home or old)
        groups[target, home if home != target else None].append(key)
    for (target, home), keys in groups.items():
        home = home or (old if target != old and into.get(old) == target else None)
        connection.execute(f"UPDATE mention SET cluster = ?, home = ? WHERE key {LISTED}",
                           (target, home, keys_json(keys)))
        connection.execute("UPDATE cluster SET size = size + ? WHERE id = ?", (len(keys), target))
    connection.execute("UPDATE known_original SET cluster = ? WHERE cluster = ?", (old, new))
