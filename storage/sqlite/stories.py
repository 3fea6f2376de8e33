"""Stories put together and taken apart by staff: what a merge and a split write. `undoing` takes it back.

A merged story keeps its row: `cluster.joined` points to the story that it stands in, and its mentions move
there with their old story as `home`. So the machine goes on judging by homes (a copy of the merged story is
still found by that story's fingerprint, a reply is compared with the post that it answers), while pages, sizes,
exports and settling see one story; and undoing knows every mention's way back, also of those that came later.

A split-off story gets a row, a fingerprint and a ticket, and its head waits to be judged once more by its own
words: the daemon finds the desks that the old story hid. Reposts never part from what they repeat, or the
deletion of an original would miss them.

Whether it makes sense is `routing.stories`' business. Everything is checked again here, under the write lock:
versions, stories, and that no ticket has come or gone since the person looked.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain import LIVE_STATUSES, Actor, Case, Conflict, Mention, Refused, Status, Ticket, TicketChange
from storage.regrouping import Merge, Split
from storage.sqlite import audit, outbox, search
from storage.sqlite.judging import LISTED
from storage.sqlite.rows import (
    MENTION,
    TICKET,
    fingerprint_row,
    json_of,
    keys_json,
    mention_of,
    micros,
    seen_by,
    ticket_of,
    ticket_row,
)
from storage.sqlite.settle import INSERT_TICKET
from storage.sqlite.tickets import CHANGEABLE, mine, refuse_a_second_live_one, stored

REGROUPED = CHANGEABLE | {"cluster", "merged_into"}
UNDER = ("WITH RECURSIVE under(id) AS (SELECT id FROM cluster WHERE joined = ?"
         " UNION ALL SELECT c.id FROM cluster c JOIN under u ON c.joined = u.id)")
HEAD = ("fate", "lane", "reason", "verdict", "similarity", "ruleset")  # of a split's head, to be restored

Changed = tuple[int, Mapping[str, Any], Mapping[str, Any]]  # ticket, columns before and after


# --- reading -----------------------------------------------------------------------------------


def case(connection: sqlite3.Connection, actor: Actor, ticket_id: int) -> Case:
    found = mine(connection, actor, ticket_id)
    first, = connection.execute("SELECT first FROM cluster WHERE id = ?", (found.cluster,)).fetchone()
    joined = connection.execute(
        f"{UNDER} SELECT c.first, max(r.ticket) FROM under u JOIN cluster c ON c.id = u.id JOIN regrouping r"
        " ON r.story = c.id AND r.kind = 'merge' AND r.undone_at IS NULL GROUP BY c.first", (found.cluster,)).fetchall()
    return Case(found.cluster, first, tuple(tickets_of(connection, found.cluster)), dict(joined))


def members(connection: sqlite3.Connection, actor: Actor, ticket_id: int, keys: Sequence[str]) -> list[Mention]:
    found = mine(connection, actor, ticket_id)
    return _mentions(connection, f"m.cluster = ? AND m.key {LISTED} ORDER BY m.posted_at, m.key",
                     (found.cluster, keys_json(keys)))


def tellings(connection: sqlite3.Connection, actor: Actor, ticket_id: int, *, limit: int) -> list[Mention]:
    found = mine(connection, actor, ticket_id)
    return _mentions(
        connection, "m.cluster = ?1 AND m.key <> (SELECT first FROM cluster WHERE id = ?1) AND m.kind <> 'repost'"
        " AND m.own = 0 AND m.home IS NOT m.key AND m.state NOT IN ('gone', 'withheld')"
        " ORDER BY m.posted_at DESC, m.key DESC LIMIT ?2",
        (found.cluster, limit))


def _mentions(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[Mention]:
    rows = connection.execute(f"SELECT {MENTION} FROM mention m WHERE {where}", values).fetchall()
    accounts = seen_by(connection, [row[0] for row in rows])
    return [mention_of(row, accounts.get(row[0], ())) for row in rows]


def tickets_of(connection: sqlite3.Connection, story: str) -> list[Ticket]:
    """All of a story, live or closed, by id."""
    rows = connection.execute(f"SELECT {TICKET} FROM ticket t WHERE t.cluster = ? ORDER BY t.id", (story,)).fetchall()
    return [ticket_of(row) for row in rows]


# --- merging -----------------------------------------------------------------------------------


def merge(connection: sqlite3.Connection, actor: Actor, merge: Merge) -> Ticket:
    """See Store.merge."""
    leaving, goes_on = mine(connection, actor, merge.ticket), mine(connection, actor, merge.into)
    _as_seen(connection, leaving, goes_on, merge)
    closing = sorted(merge.changes, key=lambda change: "merged_into" not in change.changes)  # room for what moves
    changed = [change_ticket(connection, change) for change in closing]
    if merge.story != merge.into_story:
        _join(connection, merge.story, merge.into_story)
    audit.append(connection, [
        audit.Entry(merge.at, merge.actor, "merge", ticket=ticket, before=before,
                    after={**after, **({} if "merged_into" in after else {"merged": merge.ticket})},
                    reason=merge.reason)
        for ticket, before, after in changed])
    label(connection, "merge", leaving, goes_on, (merge.story, merge.into_story), by=(merge.actor, merge.at))
    connection.execute(
        "INSERT INTO regrouping (kind, ticket, other, story, other_story, at, actor, tickets)"
        " VALUES ('merge', ?, ?, ?, ?, ?, ?, ?)",
        (merge.ticket, merge.into, merge.story, merge.into_story, micros(merge.at), merge.actor, json_of(changed)))
    outbox.put(connection, merge.events, now=merge.at)
    return one_ticket(connection, merge.into)


def _as_seen(connection: sqlite3.Connection, leaving: Ticket, goes_on: Ticket, merge: Merge) -> None:
    standing = {ticket.id for story in {merge.story, merge.into_story} for ticket in tickets_of(connection, story)}
    if (leaving.cluster, goes_on.cluster) != (merge.story, merge.into_story) or standing != merge.known:
        raise Conflict(f"perkara tiket T-{leaving.id} atau T-{goes_on.id} sudah berubah",
                       hint="muat ulang halaman, lalu coba lagi")


def _join(connection: sqlite3.Connection, story: str, into: str) -> None:
    moved = connection.execute("UPDATE mention SET home = ifnull(home, cluster), cluster = ? WHERE cluster = ?",
                               (into, story)).rowcount
    connection.execute("UPDATE cluster SET joined = ?, size = 0 WHERE id = ?", (into, story))
    connection.execute("UPDATE cluster SET size = size + ? WHERE id = ?", (moved, into))


def change_ticket(connection: sqlite3.Connection, change: TicketChange) -> Changed:
    """Compare and swap on the version that was seen; returns the columns before and after, as they are stored."""
    before = one_ticket(connection, change.ticket)
    if before.version != change.seen_version:
        raise Conflict(f"tiket T-{before.id} sudah diubah orang lain", hint="muat ulang halaman, lalu coba lagi")
    changes = {column: stored(value) for column, value in change.changes.items()}
    return write_ticket(connection, before, changes)


def write_ticket(connection: sqlite3.Connection, before: Ticket, changes: Mapping[str, Any]) -> Changed:
    if unknown := changes.keys() - REGROUPED:
        raise ValueError(f"not columns that a regrouping changes: {sorted(unknown)}")
    refuse_a_second_live_one(connection, before, changes)
    old = connection.execute(f"SELECT {', '.join(changes) or 'id'} FROM ticket WHERE id = ?", (before.id,)).fetchone()
    assignments = "".join(f", {column} = :{column}" for column in changes)
    connection.execute(f"UPDATE ticket SET version = version + 1{assignments} WHERE id = :id",
                       {**changes, "id": before.id})
    return before.id, dict(zip(changes, old, strict=False)), changes


def one_ticket(connection: sqlite3.Connection, ticket_id: int) -> Ticket:
    return ticket_of(connection.execute(f"SELECT {TICKET} FROM ticket t WHERE t.id = ?", (ticket_id,)).fetchone())


def label(
    connection: sqlite3.Connection, kind: str, ticket: Ticket, other: Ticket, stories: tuple[str, str], *,
    by: tuple[str, datetime],
) -> None:
    """A correction that names both stories and their first posts: a label for pairs."""
    firsts = dict(connection.execute(f"SELECT id, first FROM cluster WHERE id {LISTED}",
                                     (keys_json(stories),)).fetchall())
    one, two = ({"ticket": t.id, "story": story, "first": firsts[story]}
                for t, story in zip((ticket, other), stories, strict=True))
    connection.execute(
        "INSERT INTO correction (at, actor, ticket, cluster, kind, before, after, ruleset)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (micros(by[1]), by[0], ticket.id, stories[0], kind, json_of(one), json_of(two), ticket.ruleset))


# --- splitting ---------------------------------------------------------------------------------


def split(connection: sqlite3.Connection, actor: Actor, split: Split) -> Ticket:
    """See Store.split."""
    ticket = mine(connection, actor, split.ticket)
    change_ticket(connection, TicketChange(ticket.id, split.seen_version, {}))
    leaving = _leaving(connection, ticket, split)
    before = _before(connection, split.head, leaving)
    _found_story(connection, ticket.cluster, split, len(leaving))
    _move(connection, ticket.cluster, split.head, leaving)
    opened = _open(connection, split)
    live = [t for t in tickets_of(connection, ticket.cluster) if t.status in LIVE_STATUSES]
    audit.append(connection, [
        audit.Entry(split.at, split.actor, "split", ticket=t.id, after={"opened": opened.id, "moved": len(leaving)},
                    reason=split.reason) for t in live])
    label(connection, "split", ticket, opened, (ticket.cluster, split.head), by=(split.actor, split.at))
    connection.execute(
        "INSERT INTO regrouping (kind, ticket, other, story, other_story, at, actor, tickets, mentions)"
        " VALUES ('split', ?, ?, ?, ?, ?, ?, '[]', ?)",
        (ticket.id, opened.id, ticket.cluster, split.head, micros(split.at), split.actor, json_of(before)))
    return opened


def _leaving(connection: sqlite3.Connection, ticket: Ticket, split: Split) -> list[str]:
    """What was chosen, with what repeats or answers it: reposts, replies, quotes, and copies told for it."""
    chosen = set(split.mentions)
    rows = connection.execute(
        "SELECT key, home, repost_of, extra ->> '$.reply_to', extra ->> '$.quote_of' FROM mention WHERE cluster = ?"
        " ORDER BY posted_at, key", (ticket.cluster,)).fetchall()
    if chosen - {row[0] for row in rows}:
        raise Conflict("kiriman yang dipilih tidak lagi di perkara ini", hint="muat ulang halaman, lalu pilih lagi")
    originals = {repost_of for key, _, repost_of, *_ in rows if key in chosen and repost_of}
    first, = connection.execute("SELECT first FROM cluster WHERE id = ?", (ticket.cluster,)).fetchone()
    here = {row[0] for row in rows}
    if originals & here - chosen:
        raise Refused("bagikan ulang tidak dapat dipisahkan dari kiriman aslinya", hint="pilih kiriman aslinya")
    while more := {key for key, home, *named in rows if key not in chosen
                   and (home in chosen or named[0] in originals or not chosen.isdisjoint(named))}:
        chosen |= more
    if first in chosen:
        raise Refused("kiriman pertama tidak dapat dipisahkan dari perkaranya sendiri",
                      hint="pilih kiriman lain, dan pisahkan yang itu")
    return [row[0] for row in rows if row[0] in chosen]


def _before(connection: sqlite3.Connection, head: str, leaving: Sequence[str]) -> Mapping[str, Any]:
    row = connection.execute(f"SELECT {', '.join(HEAD)} FROM mention WHERE key = ?", (head,)).fetchone()
    homes = connection.execute(f"SELECT key, home FROM mention WHERE home IS NOT NULL AND key {LISTED}",
                               (keys_json(leaving),)).fetchall()
    read = connection.execute("SELECT 1 FROM judgement WHERE mention = ?", (head,)).fetchone()
    return {"head": dict(zip(HEAD, row, strict=True)), "homes": dict(homes), "keys": leaving, "read": bool(read)}


def _found_story(connection: sqlite3.Connection, old: str, split: Split, size: int) -> None:
    """The new story's row; one that was split off and taken back before stands up again."""
    author, at = connection.execute(
        "SELECT ifnull(author_id, author_handle), posted_at FROM mention WHERE key = ?", (split.head,)).fetchone()
    connection.execute(
        "INSERT INTO cluster (id, first, size, author, first_at, seq, exact, shingles, body, media, parted)"
        " VALUES (?1, ?1, ?2, ?3, ?4, (SELECT max(seq) + 1 FROM cluster), ?5, ?6, ?7, ?8, ?9)"
        " ON CONFLICT (id) DO UPDATE SET size = excluded.size, seq = excluded.seq, exact = excluded.exact,"
        " shingles = excluded.shingles, body = excluded.body, media = excluded.media, parted = excluded.parted,"
        " joined = NULL",
        (split.head, size, author, at, *fingerprint_row(split.fingerprint), old))


def _move(connection: sqlite3.Connection, old: str, head: str, leaving: Sequence[str]) -> None:
    listed = keys_json(leaving)
    connection.execute(f"UPDATE mention SET cluster = ?, home = NULL WHERE key {LISTED}", (head, listed))
    connection.execute(
        "UPDATE mention SET fate = 'waiting', lane = NULL, reason = NULL, verdict = 'split', similarity = NULL,"
        " attempts = 0, retry_at = NULL WHERE key = ?", (head,))
    connection.execute("UPDATE cluster SET size = size - ? WHERE id = ?", (len(leaving), old))
    connection.execute(
        "UPDATE known_original SET cluster = ?1 WHERE cluster = ?2 AND key IN"
        f" (SELECT repost_of FROM mention WHERE key {LISTED.replace('?', '?3')})", (head, old, listed))


def _open(connection: sqlite3.Connection, split: Split) -> Ticket:
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'ticket'").fetchone()
    opening, number = split.opening, (last[0] if last else 0) + 1
    opened = Ticket(
        number, split.head, opening.department, Status(opening.status), opening.priority, opening.topic,
        opening.urgency, 1, opening.opened_at, opening.due_at, opening.due_rule, None, opening.sensitive,
        split.ruleset, opening.rule, opening.coordinates, opening.outside)
    connection.execute(INSERT_TICKET, ticket_row(opened))
    search.put(connection, {number: search.words_of_first(connection, split.head)}, fresh={number})
    audit.append(connection, [opened_entry(opened, split)])
    return opened


def opened_entry(ticket: Ticket, split: Split) -> audit.Entry:
    columns = ("cluster", "department", "status", "priority", "topic", "urgency", "rule", "ruleset", "parent",
               "due_at", "due_rule", "opened_at", "sensitive", "outside")
    after: dict[str, Any] = {column: stored(getattr(ticket, column)) for column in columns}
    after |= {"mention": split.head, "split_from": split.ticket}
    return audit.Entry(split.at, split.actor, "open", ticket=ticket.id, after=after, reason=split.reason)


def descendants(connection: sqlite3.Connection, story: str) -> Iterable[str]:
    """The stories that were merged into this one, over any number of steps."""
    return [id_ for id_, in connection.execute(f"{UNDER} SELECT id FROM under", (story,)).fetchall()]
