"""The Store: domain verbs, each one transaction. The only way to the data, for every process.

A verb either happens whole or not at all, and repeating one changes nothing that has happened.
No verb calls the network or spaCy, and no caller holds a transaction. `tests/storage/contract.py`
says in code what every implementation must do; SQLite is the first, PostgreSQL will join it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from domain import (
    Account,
    AccountState,
    Actor,
    Case,
    Decision,
    Event,
    Extraction,
    Mention,
    Page,
    Picture,
    Regrouping,
    Ticket,
)
from storage.auditing import AuditStore
from storage.erasures import ErasureStore
from storage.feeding import Feed
from storage.oversight import OversightStore
from storage.records import (
    Counted,
    DueEvent,
    Evidence,
    Head,
    HistoryEntry,
    KnownPhoto,
    LaneCheck,
    LaneRate,
    LedgerRow,
    Outcome,
    PastMention,
    Receipt,
    RulesVersion,
    Saved,
    SavedView,
    Settled,
    Shown,
    Standing,
    Story,
    Tally,
    TicketQuery,
    TicketRow,
    TicketView,
    Transition,
    Unanswered,
    Wanted,
)
from storage.redaction import Redact
from storage.regrouping import Candidate, Merge, PairLabel, Split, Undo
from storage.spread import NO_SURGE, Surge
from storage.watching import WatchStore


class Announce(Protocol):
    """Whom to tell about a ticket whose story now counts `size` mentions. Pure."""

    def __call__(self, ticket: Ticket, size: int) -> Sequence[Event]: ...


class Store(AuditStore, WatchStore, OversightStore, ErasureStore, Protocol):
    """Everything that Kentongan remembers."""

    # --- accounts and harvesting
    def sync_accounts(self, accounts: Sequence[Account], *, now: datetime) -> None:
        """Make the configured accounts exist; keep cursors and states; others are never due."""

    def accounts(self) -> list[Account]: ...

    def accounts_due(self, now: datetime) -> list[Account]:
        """Accounts to poll now, longest waiting first; never one that needs a human or is disabled."""

    def save_page(
        self, account: str, page: Page, *, next_poll_at: datetime, now: datetime,
        pictures_until: datetime | None = None, polled: bool = False, beside: bool = False,
    ) -> Saved:
        """Mentions, sightings, quarantine, gone, cursor, handle, budget and ledger: one transaction.

        A key already known counts as a further sighting of the account that was shown it. A known
        key with another text is a revision: the old text is kept, the mention waits again. A key
        in `page.gone` loses text, author, media and revisions; its ticket stays.

        With `pictures_until`, the pictures of new and edited posts are asked for, and such a post is not
        judged before they were looked at or that moment is past.

        `polled`: the page is part of a reading of the account; where that ends, blind windows close. `beside`: it
        is not (a sweep, a push): cursor, state and next turn of the account stay as they are.
        Inquiries that it brings make an account that is well due at once. A text in `page.firsts` revises nothing; an
        edit that was made before the one we know is no news either.
        """

    def receipts(
        self, accounts: Iterable[str], *, native_ids: Sequence[str] | None = None, since: datetime | None = None,
        until: datetime | None = None, limit: int = 1000,
    ) -> list[Receipt]:
        """How reports of these channels stand, newest first, those posted between the two or of these numbers."""

    def save_failure(
        self, account: str, *, state: AccountState, next_poll_at: datetime, reason: str, now: datetime
    ) -> None:
        """Count the failure; the account is blind from what was read last until it is read again."""

    def resume(self, account: str, *, now: datetime) -> bool:
        """A person has done what an account waited for: it is due now. False where it waited for nobody."""

    def shift_polls(self, seconds: float, *, latest: datetime) -> None:
        """Move every poll time after a jump of the wall clock; none beyond `latest`."""

    # --- pictures
    def pictures_waiting(self, limit: int) -> list[Wanted]:
        """Pictures that nobody has looked at, those first whose post has waited longest; some are past their time."""

    def save_pictures(self, seen: Sequence[tuple[Wanted, Picture]], *, now: datetime) -> None:
        """What looking brought. One whose post was deleted, or edited to other pictures, meanwhile is dropped."""

    def pictures_tried(self, *, since: datetime) -> int:
        """How many pictures were asked of the platforms: the hourly budget survives a restart."""

    def pictures_of(self, keys: Iterable[str]) -> dict[str, dict[int, Picture]]:
        """Mention key -> place in its media -> picture, those that were looked at."""

    def hashed_since(self, seq: int) -> Iterator[list[tuple[int, bytes]]]:
        """(seq, views) of every picture hashed after `seq`, by seq, in pages; views of 16 bytes each, packed."""

    def shown(self, seqs: Iterable[int]) -> list[Shown]:
        """The pictures of these numbers that are still there."""

    # --- judging
    def unprocessed(self, limit: int, *, now: datetime) -> list[Mention]:
        """Waiting or due-again failed mentions, in an order that no restart changes.

        First what is new, then echoes (reposts of a post that was known when they came), both by (posted_at, key).
        Where more is new than `limit`, an eighth of it goes to echoes whose original has its fate.
        One whose pictures are still being fetched is left out until then, or until its time for that is past.
        """

    def stories_since(self, seq: int, *, after: datetime) -> Iterator[Story]:
        """Clusters changed after `seq` whose first mention is younger than `after`, by seq."""

    def clusters_of(self, keys: Iterable[str]) -> dict[str, str]:
        """Mention key -> cluster, also for originals known only by what reposted them."""

    def standings(self, clusters: Iterable[str]) -> dict[str, Standing]: ...

    def heads(self, clusters: Iterable[str]) -> dict[str, Head]:
        """Cluster -> its first mention; a cluster that does not exist is left out."""

    def settle(
        self, decisions: Sequence[Decision], *, announce: Announce, now: datetime, surge: Surge = NO_SURGE,
    ) -> Settled:
        """Fate, cluster, tickets, audit and outbox of a batch: one transaction, safe to repeat.

        A mention whose fate is no longer waiting or failed is skipped, and so is one whose text is no
        longer the `judged_text` of its decision: it was edited meanwhile and comes again. One that was
        judged before keeps its cluster, unless the verdict says `left`: then it heads a story of its own.

        `announce` is pure; its events become outbox rows in the same transaction. It is called with size 1
        for a ticket that opens, and once with 10, 100, 1000 ... when the ticket's story has been told so often.

        A story that surges has the urgency of its live tickets raised one step, once, at most to `tinggi`.
        """

    def fail(self, keys: Sequence[str], *, error: str, retry_at: datetime, now: datetime) -> list[str]:
        """Count a failed attempt; returns the keys that have failed five times."""

    # --- telling
    def due_events(self, limit: int, *, now: datetime) -> list[DueEvent]: ...

    def mark_sent(self, key: str, *, now: datetime) -> None: ...

    def mark_failed(self, key: str, *, error: str, retry_at: datetime | None, now: datetime) -> None:
        """`retry_at` None: permanent, shown to ops, never tried again."""

    # --- calling
    def unanswered(self, *, told_after: datetime, due_after: datetime, due_before: datetime) -> Unanswered:
        """Tickets that nobody took: dangers to life whose story was told after `told_after`, and limits missed between.

        What was escalated before is left out; the pages of all tickets of an urgent story are with it.
        """

    def live_tickets(self) -> list[Ticket]:
        """Every ticket that somebody still has to finish, by number; for the digest, never for a page."""

    def is_told(self, key: str) -> bool:
        """Whether an event of this key was ever put on its way."""

    def call(self, events: Sequence[Event], *, now: datetime) -> list[str]:
        """Put pages, escalations and digests on their way; the keys that are new.

        A key is taken once, and what is about a ticket only while nobody has taken that ticket: an acknowledgement
        and a page can not cross. What was put stands in the ticket's history. Pages that could not be delivered yet
        are withdrawn where somebody has taken the ticket meanwhile.
        """

    # --- people
    def tickets(self, actor: Actor, query: TicketQuery) -> list[TicketRow]:
        """Rows that the actor may see; sensitive ones only to the owning department."""

    def ticket(self, actor: Actor, ticket_id: int) -> TicketView:
        """Raises NotAllowed for another department's ticket and for one that does not exist alike."""

    def counts(self, actor: Actor) -> dict[str, int]:
        """Status -> number of tickets that the actor may see."""

    def page(self, actor: Actor, query: TicketQuery, *, most: int) -> tuple[list[TicketRow], Counted]:
        """Such rows, and how many tickets the query finds: counted up to `most`, or as far as that is cheap."""

    def newest_entry(self) -> int:
        """The newest link of the audit chain. While it stays, no ticket was opened or changed by anybody."""

    def tallies(self, actor: Actor, department: str | None = None) -> list[Tally]:
        """Exact counts by status, topic and urgency at any size; no other filter narrows them."""

    def saved_views(self, actor: Actor) -> list[SavedView]:
        """The lists that this person named, by name."""

    def save_view(self, actor: Actor, view: SavedView) -> None:
        """Keep it; one of the same name is replaced. Raises Refused where the person has too many."""

    def forget_view(self, actor: Actor, name: str) -> None: ...

    def apply(self, actor: Actor, transition: Transition) -> Ticket:
        """Compare and swap on `seen_version`: raises Conflict where somebody was first.

        What makes a ticket secret, or lifts that, does it to every ticket of its story: they show the same posts.
        """

    def redact(self, actor: Actor, given: Redact) -> Ticket:
        """Blot words in every post of the ticket's story, told already or later; what stood there is sealed.

        No other verb gives the words any more. Raises Conflict where somebody was first, Refused where no post has
        them.
        """

    def sealed(self, actor: Actor, ticket_id: int) -> list[tuple[int, str]]:
        """What was blotted in the text of the story's first post: (start, words). For a page that asked why before."""

    # --- stories put together and taken apart
    def case(self, actor: Actor, ticket_id: int) -> Case:
        """The ticket's whole story, for the rules of regrouping. Refuses as `ticket` does."""

    def members(self, actor: Actor, ticket_id: int, keys: Sequence[str]) -> list[Mention]:
        """Those of `keys` that tell the ticket's story, by (posted_at, key). What is another's is left out."""

    def tellings(self, actor: Actor, ticket_id: int, *, limit: int = 50) -> list[Mention]:
        """Posts that may be split off, newest first: no reposts, none that is gone, not the story's first.

        Nor the first of a story that was merged into it: that merge is undone instead.
        """

    def merge(self, actor: Actor, merge: Merge) -> Ticket:
        """Two stories become one; returns the ticket that goes on. Raises Conflict where anything has moved.

        What was told for the story that went in, or will be, belongs to the other; `undo` knows it apart.
        """

    def split(self, actor: Actor, split: Split) -> Ticket:
        """Mentions become a story of their own; returns its ticket. Reposts and copies of them go along.

        The head waits to be judged again, by its own words. Raises Refused where the story's first mention
        would leave with them.
        """

    def regrouping(self, actor: Actor, number: int) -> Regrouping:
        """A merge or split that stands and whose tickets the actor may see; else NotAllowed."""

    def undo(self, actor: Actor, undo: Undo) -> Ticket:
        """Restore what a merge or split changed and nobody has changed since; returns the ticket of the page."""

    def candidates(self, actor: Actor, ticket_id: int, *, within: timedelta) -> list[Candidate]:
        """Live tickets of other stories, of the same desk or topic, opened `within` of this one: at most 120.

        Only what the actor may see, and nothing that staff have called another incident.
        """

    def part(self, actor: Actor, ticket_id: int, other: int, *, now: datetime) -> None:
        """Staff say that two tickets are not one incident: a label, and no candidate again."""

    def pair_labels(self) -> list[PairLabel]:
        """What merges, splits, undoings and dismissals say about pairs of stories, the latest word a pair."""

    # --- closing photos
    def evidence(self, actor: Actor, ticket_id: int) -> list[Evidence]:
        """The photos of a ticket that the actor may see, oldest first."""

    def known_photos(self, actor: Actor, ticket_id: int) -> list[KnownPhoto]:
        """What a new one is held against: the complaint's own pictures, then every earlier closing photo."""

    def hand_in(self, actor: Actor, photo: Evidence, transition: Transition) -> Ticket:
        """Keep the photo and apply the transition, as one. With doubts it waits; one photo a ticket may wait."""

    def decide_evidence(self, actor: Actor, photo: int, transition: Transition, *, accepted: bool) -> Ticket:
        """A second person's word on a photo that waits. Raises Refused where it was handed in by the same person."""

    def record_view(self, actor: Actor, ticket_id: int, *, what: str, reason: str, now: datetime) -> None:
        """Audit that personal data was unmasked."""

    def feed(self, actor: Actor, *, after: int, limit: int) -> Feed:
        """What happened since the entry `after` to tickets that the actor may see, oldest first.

        Of a ticket that went to another desk since, only that it left.
        """

    def export_listed(
        self, actor: Actor, query: TicketQuery, *, public: bool = False, newest_first: bool = False,
        number: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """What a list of this query holds, by number, as `export_tickets` has it, at most `query.limit`.

        Read page by page: any size in bounded memory. `public`: nothing that is secret. `number`: that
        ticket alone. Masking is the caller's duty.
        """

    def record_export(self, actor: Actor, *, what: Mapping[str, Any], now: datetime) -> None:
        """Audit that a list was taken out, before its first byte leaves."""

    def note_access(
        self, actor: Actor, verb: str, *, subject: str, detail: Mapping[str, str], now: datetime
    ) -> None:
        """Audit a sign-in, a refused one, a session that was ended: about a person's account, about no ticket."""

    def access_history(self, subject: str, *, limit: int) -> list[HistoryEntry]:
        """What was audited of a person's account, newest first."""

    # --- books
    def export_tickets(self) -> Iterator[dict[str, Any]]:
        """Every ticket by id, as plain data, the same bytes for the same story: no wall clock in it."""

    def ledger(self, day: date | None = None) -> list[LedgerRow]: ...

    def verify(self) -> list[str]:
        """What is wrong: broken audit chain, unbalanced ledger, integrity. Empty when all is well."""

    # --- rules
    def save_ruleset(
        self, ruleset: str, rules: Mapping[str, Any], *, reason: str, now: datetime, actor: str = "kentongan",
        text: str | None = None, gate: Mapping[str, Any] | None = None, always: bool = False,
    ) -> int:
        """Note which rules are in force from now on; the number of their version.

        The rules are stored once by hash. A version is added where the newest one has another hash, or
        `always`; its `text` is the operators' file, its `gate` what the diff said.
        """

    def rules_versions(self) -> list[RulesVersion]:
        """Newest first."""

    def rules_text(self, n: int) -> tuple[str | None, Mapping[str, Any]] | None:
        """The file and the normalised rules of version `n`; None where there is no such version."""

    def version_numbers(self) -> dict[str, int]:
        """Ruleset hash -> number of the first version that had it: what a ticket's page calls its rules."""

    def past_mentions(self, *, after: datetime | None = None, newest: int | None = None) -> Iterator[PastMention]:
        """Mentions that were read and judged, in the order in which they came; at most the `newest` so many."""

    def newest_post_at(self) -> datetime | None:
        """When the newest judged mention was posted: history is counted back from there, not from a clock."""

    def outcomes(self) -> list[Outcome]:
        """Every ticket with what people made of it, by number."""

    def quarantine(self, limit: int = 100) -> list[Mapping[str, Any]]: ...

    def facts(self) -> dict[str, Any]:
        """Numbers for doctor and metrics: backlog, lag, tickets by status, schema version, size."""

    def lane(self, limit: int = 100) -> list[Mapping[str, Any]]:
        """Mentions in lanes, newest first, with lane and reason."""

    def lane_sample(self, day: date, *, share: float, now: datetime) -> list[Mapping[str, Any]]:
        """The day's random share of the lanes, for people to check: drawn once, by day and key alone."""

    def check_lane(self, actor: Actor, given: LaneCheck, *, announce: Announce, now: datetime) -> list[int]:
        """Keep a person's word; a wrong lane opens the tickets given. Raises Refused where it was checked before."""

    def lane_rate(self, first: date, last: date) -> LaneRate: ...

    def extraction_of(self, mention: str) -> tuple[Mention, Extraction | None] | None:
        """A post and what was seen in it, as it was judged."""

    def compact(self) -> None:
        """Remove what deletions left behind in index and log; needed within a day of one."""

    def close(self) -> None: ...
