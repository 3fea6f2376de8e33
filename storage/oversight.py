"""What heads and coordinators count: which tickets a number stands for, and the verbs of the Store that count them.

A number and the list behind it are one `Sieve`, put once to `tally` and once to `counted`: they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from domain import Actor, Ticket
from storage.records import HistoryEntry, TicketRow

WHATS = (
    "arrived",  # reached us in the stretch
    "answered",  # a person first decided on it in the stretch
    "closed",  # finished, rejected or merged in the stretch, and not opened again
    "open",  # not closed at the end of the stretch
    "untouched",  # open, and nobody had decided anything yet
    "late",  # open, and its nearest legal due date had passed
    "bounced",  # re-routed in the stretch, and for the second time or more
)
NOWHERE, EXACTLY = "-", "="  # as a place: without any; before a code: that area and nothing within it
BY = ("department", "topic", "platform", "urgency", "regency", "village", "day")


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which tickets. `since` and `until` bound the stretch, half open; what stands at its end is asked at `until`.

    A ticket is counted where it is today: for the department that has it now. What was opened again counts as open.
    """

    what: str
    since: datetime
    until: datetime
    department: str | None = None
    topic: str | None = None
    platform: str | None = None
    place: str | None = None  # code of an area: what lies in it; "=33.72": known no nearer than that; NOWHERE
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class Took:
    """How long tickets of one department and channel took, in seconds, sorted."""

    department: str
    platform: str
    seconds: Sequence[int]


@dataclass(frozen=True, slots=True)
class Bounce:
    """A ticket, how often it was re-routed, and what happened to it."""

    ticket: Ticket
    moves: int
    history: Sequence[HistoryEntry]


@dataclass(frozen=True, slots=True)
class BigStory:
    """A story by how often it was told in a stretch; `ticket` is one that the asker sees."""

    ticket: int
    department: str
    topic: str
    place: str | None
    told: int
    size: int  # told in all


@dataclass(frozen=True, slots=True)
class Standing:
    """How a department stands at the end of a stretch: what is open, untouched and late, and since when the oldest."""

    open: int
    untouched: int
    late: int
    oldest: datetime

    def __add__(self, other: Standing) -> Standing:
        return Standing(self.open + other.open, self.untouched + other.untouched, self.late + other.late,
                        min(self.oldest, other.oldest))


@dataclass(frozen=True, slots=True)
class Touch:
    """When people last worked on a department's tickets."""

    department: str
    last_at: datetime


class OversightStore(Protocol):
    """Counts of what an actor may see; sensitive tickets of others are in none of them."""

    def tally(self, actor: Actor, sieve: Sieve, by: Sequence[str] = ()) -> dict[tuple[Any, ...], int]:
        """How many, by each of BY that is asked; {(): n} without. `day` is in whole WIB days since 1970."""

    def counted(self, actor: Actor, sieve: Sieve, *, limit: int, skip: int = 0) -> list[TicketRow]:
        """The tickets that `tally` counts, in a fixed order."""

    def took(self, actor: Actor, sieve: Sieve) -> list[Took]:
        """From arrival to the first decision ("answered") or to the end ("closed")."""

    def bounces(self, actor: Actor, sieve: Sieve, *, limit: int) -> list[Bounce]:
        """Those that changed desks most often, first."""

    def touches(self, actor: Actor, *, until: datetime) -> list[Touch]: ...

    def standing(self, actor: Actor, sieve: Sieve) -> Mapping[str, Standing]:
        """Department -> the same as three tallies, at once."""

    def big_stories(self, actor: Actor, *, since: datetime, until: datetime, limit: int) -> list[BigStory]:
        """Stories that were told more than once in the stretch, the most told first."""

    def lane_samples(self, first: date, last: date) -> list[Mapping[str, Any]]:
        """What was drawn from the lanes of these days: what `lane_rate` counts."""
