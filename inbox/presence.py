"""Who has a ticket open: a soft lock, in this process's memory. It hinders nobody; the version of a ticket does that.

One process serves the inbox (`inbox/__main__.py`), so its memory is all there is; a restart forgets who was looking,
and an open page says so again within seconds. Nothing is written down: when a colleague looked at what is nobody's
record. Only those who may act are noted.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

GONE_AFTER = timedelta(seconds=75)  # a page that is open asks every 20


@dataclass(frozen=True, slots=True)
class Looking:
    """A person at a ticket. Who came first has it."""

    name: str
    since: datetime
    last: datetime


_lock = threading.Lock()
_tickets: dict[int, dict[str, Looking]] = {}


def look(ticket: int, name: str, *, now: datetime) -> list[Looking]:
    """Note that this person looks; returns the others who do, first come first."""
    with _lock:
        here = _still(ticket, now)
        since = here[name].since if name in here else now
        here[name] = Looking(name, since, now)
        _tickets[ticket] = here
        _sweep(now)
        return _others(here, name)


def others(ticket: int, name: str, *, now: datetime) -> list[Looking]:
    """Who else looks, for somebody who is not noted."""
    with _lock:
        return _others(_still(ticket, now), name)


def forget(name: str) -> None:
    """They signed out."""
    with _lock:
        for here in _tickets.values():
            here.pop(name, None)


def _others(here: dict[str, Looking], name: str) -> list[Looking]:
    return sorted((one for one in here.values() if one.name != name), key=lambda one: (one.since, one.name))


def _still(ticket: int, now: datetime) -> dict[str, Looking]:
    return {name: one for name, one in _tickets.get(ticket, {}).items() if now - one.last <= GONE_AFTER}


def _sweep(now: datetime) -> None:
    """Tickets that everybody left; looked for when there are many, so that a day of work leaves nothing behind."""
    if len(_tickets) > 500:
        for ticket in [ticket for ticket in _tickets if not _still(ticket, now)]:
            del _tickets[ticket]
