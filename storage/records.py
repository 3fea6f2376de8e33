"""What the Store gives and takes beside the nouns of `domain`: plain frozen records, one for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain import (
    LIVE_STATUSES,
    Event,
    Extraction,
    Fingerprint,
    Mention,
    OpenTicket,
    PageSent,
    Picture,
    Regrouping,
    Status,
    Ticket,
)
from storage.spread import Spread


@dataclass(frozen=True, slots=True)
class Saved:
    """What a page brought: counts of sightings, for logs and the ledger."""

    new: int = 0
    known: int = 0
    revised: int = 0
    gone: int = 0
    quarantined: int = 0

    def __add__(self, other: Saved) -> Saved:
        return Saved(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a report stands that another channel handed over: what may be told to anybody, no word of the report."""

    key: str
    account: str
    native_id: str
    seen_at: datetime
    fate: str
    state: str
    open: bool = True  # somebody still works on it, or it waits to be judged
    department: str | None = None
    topic: str | None = None
    due_at: datetime | None = None
    closed_at: datetime | None = None
    sensitive: bool = False

    def with_ticket(
        self, *, status: str, department: str, topic: str, due_at: datetime | None, closed_at: datetime | None,
        sensitive: bool,
    ) -> Receipt:
        """With one more ticket of its story; the first that somebody works on speaks for all."""
        live = status in LIVE_STATUSES
        sensitive = sensitive or self.sensitive
        if self.department is not None and (self.open or not live):
            return replace(self, sensitive=sensitive)
        return replace(self, open=live, department=department, topic=topic, due_at=due_at,
                       closed_at=None if live else closed_at, sensitive=sensitive)


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster as duplicate detection needs it; `seq` grows with every change."""

    cluster: str
    fingerprint: Fingerprint
    author: str | None
    posted_at: datetime
    seq: int
    parted: str | None = None  # the story that staff split it from


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that a post shows and nobody has looked at yet."""

    mention: str
    place: int  # in the mention's media
    url: str
    account: str  # its platform says whether and where the picture may be fetched
    until: datetime  # from then on the post is judged without


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that was hashed, and the post that showed it. `cluster` is None while that waits to be judged."""

    mention: str
    posted_at: datetime
    cluster: str | None
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OldPicture:
    """What a ticket page says of a picture that another story showed before."""

    place: int  # of the picture in its post's media
    mention: str  # the post of this ticket's story that shows it
    seen_at: datetime  # when the first post that showed it was posted
    tickets: tuple[Ticket, ...] = ()  # of that story; the reader knows of them, but may not be one to open them


@dataclass(frozen=True, slots=True)
class Standing:
    """How a story stands when a mention is judged: its live tickets and how often it was told."""

    cluster: str
    tickets: tuple[Ticket, ...] = ()
    size: int = 0
    fate: str = "ticket"  # fate of the story's first mention


@dataclass(frozen=True, slots=True)
class Head:
    """A story's first mention and what was seen in it: what replies and quotes are compared with."""

    mention: Mention
    extraction: Extraction | None  # None: deleted, or never read


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settle did. `opened` are ids of new tickets, in the order of the decisions."""

    settled: int = 0
    skipped: int = 0  # already had a fate: a repeated settle
    opened: tuple[int, ...] = ()
    seq: tuple[int, int] = (0, 0)  # of the newest story before it, and after it


@dataclass(frozen=True, slots=True)
class DueEvent:
    event: Event
    attempts: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One account on one day (WIB). `seen` is counted apart from the rows that `fates` counts."""

    account: str
    day: date
    seen: int
    fates: Mapping[str, int]

    @property
    def balances(self) -> bool:
        return self.seen == sum(self.fates.values())


@dataclass(frozen=True, slots=True)
class TicketQuery:
    """What a list shows. `before` is the keyset cursor of the last row of the page above."""

    department: str | None = None
    statuses: tuple[Status, ...] = ()
    topic: str | None = None
    urgency: str | None = None
    text: str = ""
    limit: int = 50
    before: str | None = None
    place: str | None = None  # code of an area: finds what lies in it
    platform: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tickets have this status, topic and urgency."""

    status: str
    topic: str
    urgency: str
    n: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many tickets a list finds: all of them, or at least so many."""

    n: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list that somebody named for themselves: the query of its address."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo that a ticket is closed with. `doubts` say why a second person has to look: "reused:88" and the like."""

    ticket: int
    at: datetime
    actor: str
    file: str  # its name in the folder of photos
    picture: Picture  # hashes of what was handed in
    doubts: tuple[str, ...] = ()
    note: str | None = None
    state: str = "accepted"  # "pending": nobody has looked yet; "refused": somebody has
    id: int = 0
    second: str | None = None
    second_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A picture that a closing photo is held against: an earlier closing photo of `ticket`, or the complaint's own."""

    picture: Picture
    ticket: int | None  # None: the complaint's own


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as a list shows it. `size` counts every mention of the story."""

    ticket: Ticket
    text: str
    platform: str
    state: str
    size: int
    place: str | None
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One link of the audit chain that concerns a ticket: who, when, what, before, after."""

    at: datetime
    actor: str
    verb: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Addition:
    """A reply or quote of the story, with what was seen in it: new facts stand here, not in copies."""

    mention: Mention
    by_reporter: bool  # the author of the story's first mention wrote it
    extraction: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its page shows it."""

    ticket: Ticket
    mention: Mention  # the story's first
    extraction: Mapping[str, Any] | None  # asdict(Extraction)
    routes: Sequence[Mapping[str, Any]]
    copies: Sequence[Mention]  # newest first, at most 50
    size: int
    spread: Spread
    siblings: Sequence[Ticket]
    history: Sequence[HistoryEntry]
    additions: Sequence[Addition] = ()  # newest first, at most 200; they stand among the copies as well
    old_pictures: Sequence[OldPicture] = ()  # one for each earlier story, longest ago first
    regroupings: Sequence[Regrouping] = ()  # merges and splits of this ticket that stand, newest first


@dataclass(frozen=True, slots=True)
class Transition:
    """What a person's action makes of a ticket; computed by routing.tickets, pure."""

    ticket: int
    seen_version: int
    verb: str
    actor: str
    changes: Mapping[str, Any]  # ticket columns -> new value
    at: datetime
    reason: str | None = None
    correction: Mapping[str, Any] | None = None  # becomes a label: {"kind", "before", "after"}
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class PastMention:
    """A mention that was judged by reading it, as a replay needs it."""

    mention: Mention
    cluster: str
    first: bool  # its story is named after it; others joined by reference
    verdict: str
    ruleset: str | None
    seen: bytes  # JSON of the Extraction that was stored


@dataclass(frozen=True, slots=True)
class Outcome:
    """What people made of a ticket: how it stands, and what they corrected, oldest first."""

    ticket: int
    cluster: str
    department: str
    status: str
    reason: str | None
    topic: str
    urgency: str
    rule: str
    coordinates: bool
    platform: str
    corrections: tuple[tuple[str, Any, Any], ...] = ()  # kind, before, after


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One numbered version of the rules. Several may have one hash: a rollback is a version of its own."""

    n: int
    hash: str
    at: datetime
    actor: str
    reason: str
    gate: Mapping[str, Any] | None
    has_text: bool


@dataclass(frozen=True, slots=True)
class LaneCheck:
    """A person's word on a drawn post: `right`, or the tickets that it should have had."""

    mention: str
    right: bool
    openings: tuple[OpenTicket, ...] = ()
    ruleset: str = ""


@dataclass(frozen=True, slots=True)
class LaneRate:
    """Of the drawn posts of some days: how many, how many a person has checked, how many were wrong."""

    drawn: int
    checked: int
    wrong: int

    @property
    def share(self) -> float | None:
        """False-trivial rate; None where nobody has checked any."""
        return self.wrong / self.checked if self.checked else None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Tickets that wait for a first person: dangers to life, missed limits, and the pages of the former's stories."""

    urgent: tuple[Ticket, ...]
    late: tuple[Ticket, ...]
    pages: tuple[PageSent, ...]
