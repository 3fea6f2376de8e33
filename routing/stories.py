"""Stories put together and taken apart: when staff may, and what becomes of the tickets. Pure.

Merging. T-b goes into T-a: T-b is closed as `digabung` and keeps its own clock on its row; every mention of its
story belongs to T-a's story from then on. What else hangs on T-b's story follows it: a ticket of a desk that has a
live one on T-a's story goes into that one, any other moves over and stays live, so no desk loses work. The ticket that
goes on takes, of each pair,
- the nearer due date, with the entry that it cites: two citizens wait, and neither clock is lost;
- the higher urgency and priority: putting two reports together never makes a matter smaller.
The coordinating ticket that is left watches over all.

Need to know. A story's page shows every post of it, so where one of the two stories is sensitive, every ticket of
both has to be of one department, and what goes on becomes sensitive. Anything else is refused: merging
would show a secret report to another desk.

Splitting. The story is named by its first mention, which therefore cannot leave; the others can. What leaves gets a
ticket at the same desk, with topic and urgency as they were, new there, and with the clock from when the earliest
post of it reached us.

Undoing is refused where people have worked on its outcome since: their work has an answer to one citizen in it.

Refuses, in Indonesian, with what would be possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain import (
    LIVE_STATUSES,
    PRIORITIES,
    URGENCIES,
    Actor,
    Case,
    Mention,
    MentionState,
    NotAllowed,
    OpenTicket,
    Refused,
    Regrouping,
    Status,
    Ticket,
    TicketChange,
)
from routing.rules import Rules
from routing.tickets import may_act

NEVER = datetime.max.replace(tzinfo=UTC)
UNTOUCHED = (Status.BARU, Status.DITERUSKAN, Status.DIGABUNG)  # the last: of a split that was undone before


@dataclass
class Draft:
    """The tickets of both stories while the merge is played through."""

    tickets: dict[int, Ticket]
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)

    def value(self, ticket: int, column: str) -> Any:
        return self.changes.get(ticket, {}).get(column, getattr(self.tickets[ticket], column))

    def change(self, ticket: int, **changes: Any) -> None:
        """Keep what differs from the ticket as it stands."""
        kept = self.changes.setdefault(ticket, {})
        kept |= changes
        for column in changes:
            if kept[column] == getattr(self.tickets[ticket], column):
                del kept[column]

    def written(self, *always: int) -> tuple[TicketChange, ...]:
        """What changes, and `always` these: their histories tell of the merge."""
        return tuple(TicketChange(id_, self.tickets[id_].version, changes)
                     for id_, changes in sorted(self.changes.items()) if changes or id_ in always)


# --- merging -------------------------------------------------------------------------------------


def merged(
    leaving: Ticket, goes_on: Ticket, cases: tuple[Case, Case], *, actor: Actor, now: datetime
) -> tuple[TicketChange, ...]:
    """What merging `leaving` into `goes_on` changes. `cases`: their stories, in this order."""
    _refuse_merge(leaving, goes_on, cases, actor)
    ours, theirs = cases
    draft = Draft({t.id: t for case in cases for t in case.tickets})
    pairs, moving = {leaving.id: goes_on}, []
    if ours.story != theirs.story:
        twins = {(t.department, t.coordinates): t for t in theirs.tickets if t.status in LIVE_STATUSES}
        for ticket in ours.tickets:
            if ticket.id == leaving.id or ticket.status not in LIVE_STATUSES:
                continue
            twin = twins.get((ticket.department, ticket.coordinates))
            if twin is None:
                moving.append(ticket)
            else:
                pairs[ticket.id] = twin
    for id_, kept in pairs.items():
        _absorb(draft, draft.tickets[id_], kept, now)
    for ticket in moving:
        draft.change(ticket.id, cluster=theirs.story)
    if any(ticket.sensitive for ticket in draft.tickets.values()):
        for ticket in (*theirs.tickets, *moving):  # closed ones too: their pages show the whole story
            draft.change(ticket.id, sensitive=True)
    _one_coordinator(draft, pairs, moving, theirs)
    return draft.written(*pairs, *(kept.id for kept in pairs.values()))


def _refuse_merge(leaving: Ticket, goes_on: Ticket, cases: tuple[Case, Case], actor: Actor) -> None:
    for ticket in (leaving, goes_on):
        if not may_act(ticket, actor):
            raise NotAllowed(f"tiket T-{ticket.id} bukan milik {actor.name}")
    if leaving.id == goes_on.id:
        raise Refused(f"tiket T-{leaving.id} tidak bisa digabung ke dirinya sendiri", hint="tulis nomor tiket lain")
    for ticket in (leaving, goes_on):
        if ticket.status not in LIVE_STATUSES:
            raise Refused(f"tiket T-{ticket.id} berstatus '{ticket.status}', jadi tidak bisa digabung",
                          hint=_before_merging(ticket))
    if leaving.coordinates != goes_on.coordinates:
        raise Refused("tiket koordinasi hanya bisa digabung dengan tiket koordinasi",
                      hint="gabungkan tiket dinasnya; tiket koordinasinya ikut")
    tickets = [ticket for case in cases for ticket in case.tickets]
    if any(t.sensitive for t in tickets) and len({t.department for t in tickets}) > 1:
        raise Refused("perkara sensitif hanya bisa digabung bila semua tiketnya milik satu dinas",
                      hint="biarkan terpisah, dan catat nomornya sebagai catatan")


def _before_merging(ticket: Ticket) -> str:
    if ticket.merged_into is not None:
        return f"tiket itu sudah digabung ke T-{ticket.merged_into}; pakai T-{ticket.merged_into}"
    return f"buka kembali T-{ticket.id} dulu, bila masih ada yang harus dikerjakan"


def _absorb(draft: Draft, gone: Ticket, kept: Ticket, now: datetime) -> None:
    """`kept` goes on for both. A stricter clock comes with the entry that it cites."""
    draft.change(gone.id, status=Status.DIGABUNG, merged_into=kept.id, closed_at=now)
    draft.change(
        kept.id,
        urgency=max(draft.value(kept.id, "urgency"), gone.urgency, key=URGENCIES.index),
        priority=max(draft.value(kept.id, "priority"), gone.priority, key=_rank),
    )
    if (gone.due_at or NEVER) < (draft.value(kept.id, "due_at") or NEVER):
        draft.change(kept.id, due_at=gone.due_at, due_rule=gone.due_rule)


def _rank(priority: str) -> int:
    return PRIORITIES.index(priority) if priority in PRIORITIES else PRIORITIES.index("normal")


def _one_coordinator(draft: Draft, pairs: Mapping[int, Ticket], moving: Sequence[Ticket], theirs: Case) -> None:
    """Children of a coordinator that went into another, and those that had none, get the one that is left."""
    standing = [t for t in theirs.tickets if t.status in LIVE_STATUSES and t.id not in pairs]
    left = next((t for t in (*standing, *moving) if t.coordinates), None)
    if left is None:
        return
    for ticket in (*standing, *moving):
        if not ticket.coordinates and (ticket.parent is None or ticket.parent in pairs):
            draft.change(ticket.id, parent=left.id)


# --- splitting -----------------------------------------------------------------------------------


def split_off(
    ticket: Ticket, case: Case, mentions: Sequence[Mention], *, actor: Actor, rules: Rules
) -> tuple[Mention, OpenTicket]:
    """The mention that heads the new story, and its ticket."""
    if not may_act(ticket, actor):
        raise NotAllowed(f"tiket T-{ticket.id} bukan milik {actor.name}")
    if ticket.status not in LIVE_STATUSES:
        raise Refused(f"tiket T-{ticket.id} berstatus '{ticket.status}', jadi tidak bisa dipisah",
                      hint=_before_merging(ticket))
    if not mentions:
        raise Refused("pilih kiriman yang dipisahkan", hint="centang paling sedikit satu kiriman")
    _refuse_mentions(case, mentions)
    head = min(mentions, key=lambda mention: (mention.posted_at, mention.key))
    opened_at = min(mention.seen_at for mention in mentions)
    due = rules.due(ticket.department, opened_at=opened_at) if ticket.department in rules.departments else None
    return head, OpenTicket(
        ticket.department, str(Status.DITERUSKAN if ticket.outside else Status.BARU), ticket.priority, ticket.topic,
        ticket.urgency, "split", opened_at, due.at if due else None, due.rule if due else None,
        sensitive=ticket.sensitive, outside=ticket.outside)


def _refuse_mentions(case: Case, mentions: Iterable[Mention]) -> None:
    for mention in mentions:
        if mention.key == case.first:
            raise Refused("kiriman pertama tidak dapat dipisahkan dari perkaranya sendiri",
                          hint="pisahkan kiriman yang lain")
        if merged_ticket := case.joined.get(mention.key):
            raise Refused(f"kiriman ini datang dari T-{merged_ticket} yang digabung ke sini",
                          hint=f"urungkan penggabungan T-{merged_ticket} di riwayat")
        if mention.state in (MentionState.GONE, MentionState.WITHHELD) or mention.own:
            raise Refused("kiriman yang sudah dihapus penulisnya, atau dari akun sendiri, tidak bisa menjadi tiket",
                          hint="pilih kiriman lain")


# --- undoing -------------------------------------------------------------------------------------


def refuse_undo(regrouping: Regrouping, *, actor: Actor) -> None:
    """Raises where a merge or split cannot be taken back; returns where it can."""
    now = {ticket.id: ticket for ticket in regrouping.tickets}
    for id_ in (regrouping.ticket, regrouping.other):
        if not may_act(now[id_], actor):
            raise NotAllowed(f"tiket T-{id_} bukan milik {actor.name}")
    if regrouping.blocked_by:
        later = regrouping.blocked_by[0]
        raise Refused(f"sesudah itu T-{later} digabung atau dipisah", hint=f"urungkan dulu yang menyangkut T-{later}")
    if regrouping.kind == "merge":
        _refuse_unmerge(regrouping, now)
    else:
        _refuse_unsplit(regrouping, now, actor)


def _refuse_unmerge(regrouping: Regrouping, now: Mapping[int, Ticket]) -> None:
    goes_on = now[regrouping.other]
    if goes_on.status not in LIVE_STATUSES:
        raise Refused(f"T-{goes_on.id} berstatus '{goes_on.status}' sejak digabung, jadi tidak bisa diurungkan",
                      hint=f"buka kembali T-{goes_on.id} dulu")
    if now[regrouping.ticket].status is not Status.DIGABUNG:
        raise Refused(f"T-{regrouping.ticket} tidak lagi berstatus 'digabung'", hint="muat ulang halaman")


def _refuse_unsplit(regrouping: Regrouping, now: Mapping[int, Ticket], actor: Actor) -> None:
    kept = now[regrouping.ticket]
    while kept.status is Status.DIGABUNG and kept.merged_into is not None and kept.merged_into in now:
        kept = now[kept.merged_into]
    if kept.status not in LIVE_STATUSES:
        raise Refused(f"T-{kept.id} berstatus '{kept.status}' sejak dipisah, jadi tidak bisa diurungkan",
                      hint=f"buka kembali T-{kept.id} dulu")
    if not may_act(kept, actor):
        raise NotAllowed(f"tiket T-{kept.id} bukan milik {actor.name}")
    for ticket in now.values():
        if ticket.cluster == regrouping.other_story and ticket.status not in UNTOUCHED:
            raise Refused(f"T-{ticket.id} sudah berstatus '{ticket.status}' sejak dipisah, jadi tidak bisa diurungkan",
                          hint=f"gabungkan T-{ticket.id} ke T-{kept.id} bila ternyata sama")
