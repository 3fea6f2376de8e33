"""What an office's order does to the tickets of a story, while a batch is played (`settle`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain import Decision, Dispose, Status, Ticket
from storage.sqlite import audit
from storage.sqlite.opening import new_ticket, opened_entry
from storage.sqlite.rows import json_of, micros

if TYPE_CHECKING:
    from storage.sqlite.settle import Batch, Story

ORDERED = "disposisi"  # rule of tickets that an order opened or moved


def dispose(batch: Batch, change: Dispose, decision: Decision) -> None:
    """The ordered department has the story: its ticket gets the order's clock, or one that nobody took up moves.

    A secret stays where it is, whoever orders: its desk reads of the order in the history. What staff have taken
    up stays theirs, and the ordered department gets a ticket of its own beside it.
    """
    change = replace(change, cluster=batch.into.get(change.cluster, change.cluster))
    story, wanted = batch.stories.get(change.cluster), change.opening
    if story is None:
        return
    if any(ticket.sensitive for ticket in story.tickets):
        batch.entries += [audit.Entry(batch.now, audit.MACHINE, "disposition_held", ticket=ticket.id,
                                     after={"mention": decision.mention}) for ticket in story.tickets]
        return
    place = _place_of_disposed(story.tickets, wanted.department)
    if place is None:
        parent = next((ticket.id for ticket in story.tickets if ticket.coordinates), None)
        _open(batch, story, change, decision, parent)
        return
    before = story.tickets[place]
    nearer = wanted.due_at is not None and (before.due_at is None or wanted.due_at < before.due_at)
    after = replace(
        before, department=wanted.department, outside=wanted.outside, rule=wanted.rule,
        status=before.status if before.department == wanted.department else Status(wanted.status),
        priority=before.priority if before.priority == "segera" else wanted.priority,
        due_at=wanted.due_at if nearer else before.due_at, due_rule=wanted.due_rule if nearer else before.due_rule)
    if after == before:
        return
    story.tickets[place] = batch.raised[before.id] = replace(after, version=before.version + 1)
    _note(batch, before, story.tickets[place], change, decision)


def _open(batch: Batch, story: Story, change: Dispose, decision: Decision, parent: int | None) -> None:
    told = next(iter(story.tickets), None)
    opening = change.opening if told is None else replace(change.opening, topic=told.topic, urgency=told.urgency)
    batch.last_ticket += 1
    ticket = new_ticket(batch.last_ticket, change.cluster, opening, parent, decision.ruleset)
    batch.opened.append(ticket)
    story.tickets.append(ticket)
    batch.lifted.append(change.cluster)
    batch.entries.append(opened_entry(ticket, decision, at=batch.now))
    _note(batch, None, ticket, change, decision)


def _note(batch: Batch, before: Ticket | None, after: Ticket, change: Dispose, decision: Decision) -> None:
    """Audit, label, notice."""
    columns = ("department", "status", "outside", "priority", "rule", "due_at", "due_rule")
    old = {} if before is None else {c: _plain(getattr(before, c)) for c in columns}
    new = {c: _plain(getattr(after, c)) for c in columns}
    batch.entries.append(audit.Entry(
        batch.now, change.account, "dispose", ticket=after.id, before=old, reason=decision.because,
        after={key: value for key, value in new.items() if old.get(key) != value} | {"mention": decision.mention}))
    batch.labels.append((micros(batch.now), change.account, after.id, after.cluster, "disposition",
                        json_of(old.get("department")), json_of(after.department), decision.ruleset))
    batch.events += batch.announce(after, 1)


def _place_of_disposed(tickets: Sequence[Ticket], department: str) -> int | None:
    """Which ticket an order is about: the department's own, else the only one, where nobody took it up yet."""
    working = [(place, ticket) for place, ticket in enumerate(tickets) if not ticket.coordinates]
    own = next((place for place, ticket in working if ticket.department == department), None)
    if own is not None or len(working) != 1:
        return own
    place, ticket = working[0]
    free = ticket.status in (Status.BARU, Status.DITERUSKAN) and ticket.rule != ORDERED  # one post may order two desks
    return place if free else None


def _plain(value: Any) -> Any:
    """As audit entries hold it: times in microseconds, states as words."""
    if isinstance(value, datetime):
        return micros(value)
    return str(value) if isinstance(value, Status) else value
