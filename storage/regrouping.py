"""What staff ask of the Store when they put stories together or take them apart, and what they get to read.

What is allowed, and what it changes, `routing.stories` has computed before; the Store writes it whole or
refuses it because somebody was first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain import Event, Extraction, Fingerprint, Mention, OpenTicket, Ticket, TicketChange


@dataclass(frozen=True, slots=True)
class Merge:
    """`ticket` goes into `into`, its story into the other's. `known`: every ticket of both stories as it was seen."""

    ticket: int
    into: int
    story: str
    into_story: str
    known: frozenset[int]
    changes: tuple[TicketChange, ...]
    actor: str
    at: datetime
    reason: str | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """`mentions` leave the story of `ticket` and become one of their own, headed by `head`, with `opening`."""

    ticket: int
    seen_version: int
    head: str
    mentions: tuple[str, ...]
    opening: OpenTicket
    fingerprint: Fingerprint  # of the head: by it, later copies find the new story
    ruleset: str
    actor: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Take a regrouping back. `ticket` and `seen_version`: the page from which it is asked."""

    regrouping: int
    ticket: int
    seen_version: int
    actor: str
    at: datetime
    reason: str | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live ticket of another story that might tell the same incident: what a comparison needs of it."""

    ticket: Ticket
    mention: Mention  # the story's first
    extraction: Extraction | None  # without reasons


@dataclass(frozen=True, slots=True)
class PairLabel:
    """Staff's word on two posts, the first ones of two stories: one incident or not. The latest word stands."""

    one: str
    other: str
    same: bool
    at: datetime
    actor: str
