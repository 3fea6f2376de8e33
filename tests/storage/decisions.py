"""One-line builders of what was decided, and of a store with an account to watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from domain import (
    Actor,
    Decision,
    Event,
    Extraction,
    Fate,
    Fingerprint,
    Location,
    Mention,
    MentionKind,
    OpenTicket,
    Page,
    Pii,
    Place,
    Relevance,
    Route,
    Ticket,
    Topic,
    Urgency,
    Verdict,
)
from storage.records import Transition
from storage.store import Store
from tests import builders
from tests.builders import NOON, account

LATER = NOON + timedelta(days=1)
MACHINE = Actor("kentongan", system=True)
ALICE = Actor("alice", departments=("solo-dpupr",))
CHARLIE = Actor("charlie", departments=("solo-dinsos",))
_seconds = count(1)


def mention(text: str = "Jalan berlubang di depan Pasar Legi", **given: Any) -> Mention:
    """A post a second after the last one built: all posts of a test run fall on one day in Jakarta."""
    return builders.mention(text, **{"at": NOON + timedelta(seconds=next(_seconds)), **given})


def extraction(pii: tuple[Pii, ...] = (), place: str = "Pasar Legi", **given: Any) -> Extraction:
    fields: dict[str, Any] = {
        "language": "id", "register": None, "relevance": Relevance("actionable", "laporan", 0.9),
        "topics": (Topic("jalan", 0.9),), "places": (Place(0, 5, place, "landmark", None, place, 0.7),),
        "location": Location("33.72.04", "Banjarsari", "kecamatan", -7.55, 110.82, 0.7),
        "urgency": Urgency("normal", 0.6), "sensitive": False, "pii": pii,
    }
    return Extraction(**{**fields, **given})


def opening(m: Mention, department: str = "solo-dpupr", **given: Any) -> OpenTicket:
    fields: dict[str, Any] = {
        "department": department, "status": "baru", "priority": "normal", "topic": "jalan", "urgency": "normal",
        "rule": "jalan-solo", "opened_at": m.seen_at, "due_at": m.seen_at + timedelta(days=3), "due_rule": "SP4N",
    }
    return OpenTicket(**{**fields, **given})


def opens(m: Mention, *departments: str, pii: tuple[Pii, ...] = (), **given: Any) -> Decision:
    """The mention becomes a story with one ticket a department, and a parent where there are several."""
    departments = departments or ("solo-dpupr",)
    changes = tuple(opening(m, department, **given) for department in departments)
    if len(departments) > 1:
        changes += (replace(changes[0], department="solo-setda", coordinates=True),)
    routes = tuple(Route(d, "kabupaten_kota", "normal", "jalan-solo", 0.9, "jalan") for d in departments)
    n = sum(m.key.encode())
    return Decision(m.key, Fate.TICKET, None, Verdict(m.key, "new"), routes, changes, "rules0", extraction(pii),
                    Fingerprint(2**64 - n, (n, 2**64 - 1), m.text.lower(), ("sha:1",)), "jalan-solo")


def joins(m: Mention, cluster: str, reason: str = "repost", changes: tuple[Any, ...] = ()) -> Decision:
    verdict = Verdict(cluster, reason, 0.9)
    return Decision(m.key, Fate.ATTACHED, None, verdict, (), changes, "rules0", because=reason)


def kept(m: Mention, lane: str = "chatter") -> Decision:
    verdict = Verdict(m.key, "new")
    return Decision(m.key, Fate.LANE, lane, verdict, (), (), "rules0", extraction(), None, f"lane {lane}")


def repost(original: Mention, **given: Any) -> Mention:
    return mention(original.text, kind=MentionKind.REPOST, repost_of=original.key, **given)


def tell(ticket: Ticket, size: int) -> Sequence[Event]:
    return [Event(f"T-{ticket.id}|x{size}", "log", ticket.department, ticket.id, f"T-{ticket.id} x{size}", "lihat")]


# --- doing ---------------------------------------------------------------------------------------


def watch(store: Store, *keys: str) -> Store:
    store.sync_accounts([account(key) for key in keys or ("x:solo",)], now=NOON)
    return store


def save(store: Store, *mentions: Mention, to: str = "x:solo", **page: Any) -> Any:
    return store.save_page(to, Page(mentions, **{"cursor": "", **page}), next_poll_at=LATER, now=NOON)


def settle(store: Store, *decisions: Decision) -> Any:
    return store.settle(decisions, announce=tell, now=LATER)


def told(store: Store, text: str = "Jalan berlubang di depan Pasar Legi", **given: Any) -> tuple[Mention, int]:
    """A complaint that has arrived and has a ticket: the mention and the ticket's number."""
    departments = given.pop("departments", ())
    sensitive = given.pop("sensitive", False)
    m = mention(text, **given)
    save(store, m)
    return m, settle(store, opens(m, *departments, sensitive=sensitive)).opened[-1]


def keys(mentions: Sequence[Mention]) -> list[str]:
    return [m.key for m in mentions]


def transition(ticket: Ticket, verb: str = "accept", **given: Any) -> Transition:
    fields: dict[str, Any] = {
        "ticket": ticket.id, "seen_version": ticket.version, "verb": verb, "actor": "alice",
        "changes": {"status": "diterima"}, "at": LATER,
    }
    return Transition(**{**fields, **given})


def fates(store: Store) -> dict[str, int]:
    """Everything that the ledger counts, over all accounts and days, without the zeros."""
    total: dict[str, int] = {}
    for row in store.ledger():
        assert row.balances, row
        for fate, n in row.fates.items():
            total[fate] = total.get(fate, 0) + n
    return {fate: n for fate, n in total.items() if n}
