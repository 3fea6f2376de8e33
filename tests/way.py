"""The way of a mention in one call: it arrives, is judged, and its tickets stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from domain import Actor, Mention, Page, Ticket
from pipeline import Judge, process_batch
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON

MACHINE = Actor("tester", system=True)
LATER = NOON + timedelta(hours=12)

Settle = Callable[..., list[Ticket]]


def arrive(
    store: Store, judge: Judge, *mentions: Mention, limit: int = 200, now: datetime = LATER, **page: Any
) -> list[Ticket]:
    """One page an account, `page` going with the first; returns all tickets of the store, by number."""
    by_account: dict[str, list[Mention]] = defaultdict(list)
    for each in mentions:
        by_account[each.account].append(each)
    for account, posts in by_account.items() or {"x:solo": []}.items():
        store.save_page(account, Page(tuple(posts), "c", **page), next_poll_at=now, now=now)
        page = {}
    while process_batch(store, judge, limit=limit, now=now):
        pass
    assert store.verify() == []
    return sorted((row.ticket for row in store.tickets(MACHINE, TicketQuery(limit=500))), key=lambda t: t.id)
