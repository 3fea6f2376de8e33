"""One-line builders for merges, splits and their undoing, by the rules that staff's actions go through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain import Actor, Fingerprint, Mention, Ticket
from routing.rules import Rules
from routing.stories import merged, refuse_undo, split_off
from storage.regrouping import Merge, Split, Undo
from storage.store import Store
from tests.storage.decisions import LATER, MACHINE

BOTH = Actor("dewi", departments=("solo-dpupr", "solo-dinsos"))


def merge_of(store: Store, ticket: int, into: int, *, actor: Actor = BOTH, **given: Any) -> Merge:
    cases = store.case(actor, ticket), store.case(actor, into)
    leaving, goes_on = store.ticket(actor, ticket).ticket, store.ticket(actor, into).ticket
    fields: dict[str, Any] = {
        "ticket": ticket, "into": into, "story": cases[0].story, "into_story": cases[1].story,
        "known": frozenset(t.id for case in cases for t in case.tickets),
        "changes": merged(leaving, goes_on, cases, actor=actor, now=LATER), "actor": actor.name, "at": LATER,
    }
    return Merge(**{**fields, **given})


def merge(store: Store, ticket: int, into: int, *, actor: Actor = BOTH) -> Ticket:
    return store.merge(actor, merge_of(store, ticket, into, actor=actor))


def split_of(store: Store, ticket: int, *mentions: Mention, rules: Rules, actor: Actor = BOTH, **given: Any) -> Split:
    case, page = store.case(actor, ticket), store.ticket(actor, ticket).ticket
    chosen = store.members(actor, ticket, [m.key for m in mentions])
    head, opening = split_off(page, case, chosen, actor=actor, rules=rules)
    n = sum(head.key.encode())
    fields: dict[str, Any] = {
        "ticket": ticket, "seen_version": page.version, "head": head.key, "mentions": tuple(m.key for m in chosen),
        "opening": opening, "fingerprint": Fingerprint(n, (n,), head.text.lower()), "ruleset": page.ruleset,
        "actor": actor.name, "at": LATER,
    }
    return Split(**{**fields, **given})


def split(store: Store, ticket: int, *mentions: Mention, rules: Rules, actor: Actor = BOTH, **given: Any) -> Ticket:
    return store.split(actor, split_of(store, ticket, *mentions, rules=rules, actor=actor, **given))


def undo(store: Store, ticket: int, *, actor: Actor = BOTH, hours: int = 1) -> Ticket:
    """Take back the ticket's latest regrouping."""
    view = store.ticket(actor, ticket)
    latest = view.regroupings[0]
    refuse_undo(latest, actor=actor)
    return store.undo(actor, Undo(latest.id, ticket, view.ticket.version, actor.name, LATER + timedelta(hours=hours)))


def exported(store: Store) -> list[dict[str, Any]]:
    return list(store.export_tickets())


def ticket(store: Store, number: int) -> Ticket:
    return store.ticket(MACHINE, number).ticket


def desk_of(store: Store, number: int, department: str) -> int:
    """The ticket of a department on the story of ticket `number`."""
    return next(t.id for t in store.case(MACHINE, number).tickets if t.department == department)


def keys_of(mentions: Sequence[Mention]) -> set[str]:
    return {m.key for m in mentions}
