"""The nouns of Kentongan: frozen records, no behaviour beyond naming, no imports of ours.

Every other module speaks in these words and `docs/glossary.md` explains them. A record is named
by its place in the flow, so what is known, what is decided and what is stored never share a type:

    Account --fetch--> Page of Mentions --extract--> Extraction --decide--> Decision --settle--> Ticket, Event

Times are aware UTC. Scores are 0..1. Offsets are code points into the *stored* text of a mention.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

URGENCIES = ("tidak_mendesak", "normal", "tinggi", "darurat")  # upwards
PRIORITIES = ("rendah", "normal", "tinggi", "segera")

# --- what we watch ---------------------------------------------------------------------------


class AccountState(StrEnum):
    """Whether an account is polled, and if not, who has to act."""

    OK = "ok"
    BACKOFF = "backoff"  # we wait; nobody has to act
    PAUSED_BUDGET = "paused_budget"  # money or quota; ops decide
    NEEDS_HUMAN = "needs_human"  # a token or a challenge; ops act
    DISABLED = "disabled"  # switched off in config.yaml


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An object that a webhook named by its id alone: the account's connector has to ask for it."""

    kind: str  # "mentioned_media" | "mentioned_comment"
    target: str  # the platform's id
    about: str = ""  # id of the post above


@dataclass(frozen=True, slots=True)
class Quota:
    """What the platform, or our own limit per hour, leaves an account until `resets_at`."""

    left: int
    of: int
    unit: str  # "permintaan" | "%"
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A monitored account and where its polling stands."""

    key: str  # "x:gubernur", chosen by the operator, stable over renames
    platform: str
    native_id: str  # the platform's own id: survives a renamed handle
    handle: str
    government: str  # key in settings.governments: the jurisdiction that answers here
    department: str | None = None  # set when the account belongs to one department
    cursor: str = ""  # opaque to all but the account's connector
    state: AccountState = AccountState.OK
    next_poll_at: datetime | None = None  # None: due now
    fail_count: int = 0
    state_reason: str = ""  # what ops read: cause and remedy
    last_success_at: datetime | None = None
    state_at: datetime | None = None  # since when it is in this state
    read_until: datetime | None = None  # what was posted before has been read: begin of the last reading that ended
    quota: Quota | None = None  # as the platform last told
    token_expires_at: datetime | None = None  # as the platform told
    attention: str = ""  # it is read, and yet a person has to look: cause and remedy
    backfill_from: datetime | None = None  # read again from here at the next turn
    inquiries: tuple[Inquiry, ...] = ()  # of an account that is due: what it still has to ask for


@dataclass(frozen=True, slots=True)
class AccountNote:
    """What a fetch learnt about the account itself: a new handle, a foreign owner."""

    kind: str  # "renamed" | "handle_taken" | "endpoint_refused" | "gap": what no back-fill reaches
    detail: str


@dataclass(frozen=True, slots=True)
class BlindWindow:
    """A stretch of time in which an account was not read. Closed by the first reading that reached its end."""

    account: str
    since: datetime  # all that was posted before was read
    until: datetime | None  # None: still blind
    kind: str  # failure | budget | platform | down | silent (read, and nothing came) | late (shown to us late)
    cause: str  # what ops read
    found: int = 0  # posts of that time that were read afterwards


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether a platform is asked at all. Counted over all its accounts, kept over a restart."""

    platform: str
    blocks: int = 0  # refusals in a row, no answer between
    stumbles: int = 0  # passing faults in a row
    open_until: datetime | None = None  # None: closed; past: one account may probe
    opened: int = 0  # times in a row that it opened
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spend:
    """What a platform has cost: this month, and day by day of late. Months and days are UTC, as platforms bill."""

    platform: str
    month_usd: float = 0.0
    month_reads: int = 0
    days: tuple[tuple[date, float], ...] = ()  # those on which it cost something, oldest first


# --- what reached us -------------------------------------------------------------------------


class MentionKind(StrEnum):
    """How a post reached us. Follows from the post, never from the endpoint that delivered it."""

    MENTION = "mention"
    REPLY = "reply"
    QUOTE = "quote"
    REPOST = "repost"
    TAG = "tag"
    COMMENT = "comment"
    VISITOR_POST = "visitor_post"
    FORM = "form"  # other channels: telephone log, Open311, CSV


class MentionState(StrEnum):
    LIVE = "live"
    EDITED = "edited"
    GONE = "gone"  # deleted at the source: text and author are purged
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it, as far as the platform says: Facebook often says nothing."""

    id: str | None = None
    handle: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or video attached to a post; of a video `url` is its still. Hashed where config.yaml says so."""

    type: str  # "photo" | "video" | "gif" | "link"
    url: str | None = None
    alt: str | None = None
    sha256: str | None = None
    phash: str | None = None  # 16 hex digits: a 64-bit perceptual hash
    views: tuple[str, ...] = ()  # 32 hex digits each: the picture whole, its inner part, its cuts (nlp.pictures)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a picture that was fetched: hashes, never the picture."""

    state: str  # "hashed" | "page" (words alone) | "blank" | "unreadable"; without a look: "refused" "failed" "late"
    sha256: str | None = None
    views: tuple[str, ...] = ()  # see Media.views; the first 16 digits of the first are Media.phash
    reason: str = ""  # of what could not be read or fetched; holds no address and no citizen's word


@dataclass(frozen=True, slots=True)
class PlaceHint:
    """Where the platform says a post was made. A hint, not a finding."""

    name: str | None = None
    lat: float | None = None
    lng: float | None = None
    address: str | None = None  # other channels ask for one


@dataclass(frozen=True, slots=True)
class Mention:
    """One post that reached us, platform-neutral.

    `key` is `platform:class:root`, class being `post` or `comment` and root the native id of the
    first version: an edited post keeps its key and moves its `native_id`.
    """

    key: str
    account: str
    platform: str
    kind: MentionKind
    native_id: str
    text: str
    posted_at: datetime
    seen_at: datetime
    url: str | None = None
    author: Author | None = None
    repost_of: str | None = None  # key of the original
    quote_of: str | None = None  # key
    reply_to: str | None = None  # key
    thread: str | None = None  # key of the conversation's root
    revision_of: str | None = None  # native id of the version that this one replaces
    edited_at: datetime | None = None
    state: MentionState = MentionState.LIVE
    own: bool = False  # written by the watched account itself
    media: tuple[Media, ...] = ()
    place: PlaceHint | None = None
    hashtags: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()  # accounts named in the text, without "@"
    lang_hint: str | None = None
    metrics: dict[str, int] = field(default_factory=dict)
    seen_by: tuple[str, ...] = ()  # every watched account that was shown this post


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A raw item that could not be read: kept whole and counted, never in the way of its page."""

    key: str  # platform:class:id where the id could be read, else platform:raw:<hash>
    account: str
    raw: str
    reason: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """What one fetch returned. `cursor` is stored in the transaction that stores the mentions."""

    mentions: tuple[Mention, ...]
    cursor: str
    more: bool = False  # fetch again at once
    unfinished: bool = False  # enough for this turn, but the reading goes on in the next
    quarantined: tuple[Quarantined, ...] = ()
    gone: tuple[str, ...] = ()  # keys that the platform says are deleted
    reads: int = 0  # billed units
    cost_usd: float = 0.0
    handle: str | None = None  # current handle, where the platform told
    notes: tuple[AccountNote, ...] = ()
    firsts: tuple[str, ...] = ()  # keys told in their first version, however late: never a revision of what is known
    flags: tuple[tuple[str, str], ...] = ()  # key, "hidden" | "unhidden": what the page's owner did to a live post
    inquiries: tuple[Inquiry, ...] = ()  # ids that a delivery told, to be asked for
    answered: tuple[str, ...] = ()  # targets of inquiries that are done with
    native_id: str = ""  # the id that was read under, where the connector knows it
    quota: Quota | None = None
    token_expires_at: datetime | None = None


# --- what the NLP saw ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: `what` decided, the words that did, and how much they weighed."""

    what: str  # "keyword:jalan berlubang", "rule:negation", "gazetteer:33.72.02"
    weight: float = 0.0
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Relevance:
    label: str  # "actionable" | "not_actionable"
    detail: str  # laporan keluhan_umum pertanyaan berita obrolan spam (and pujian, internally)
    score: float
    because: tuple[Reason, ...] = ()
    vulnerable: tuple[Reason, ...] = ()  # child, elderly, sick, ...: never a lane


@dataclass(frozen=True, slots=True)
class Topic:
    label: str
    score: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in the text. `code` is the Kemendagri code, or None where there is none."""

    start: int
    end: int
    text: str
    type: str  # kabupaten_kota kecamatan desa_kelurahan sub_desa rt_rw jalan landmark provinsi admin_lain
    code: str | None
    name: str
    score: float
    because: str = ""
    runner_up: str | None = None  # code of the next best reading


@dataclass(frozen=True, slots=True)
class Location:
    """Where the matter is: the best administrative area that the places agree on."""

    code: str
    name: str
    level: str
    lat: float
    lng: float
    score: float
    because: str = ""


@dataclass(frozen=True, slots=True)
class Urgency:
    label: str  # "darurat" | "tinggi" | "normal" | "tidak_mendesak"
    score: float
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Pii:
    start: int
    end: int
    type: str  # nik kk phone email plate account handle


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the NLP saw in one text. Every judgement carries spans and a score."""

    language: str  # id jv mixed other
    register: str | None
    relevance: Relevance
    topics: tuple[Topic, ...]  # best first
    places: tuple[Place, ...]  # in text order
    location: Location | None
    urgency: Urgency
    sensitive: bool
    pii: tuple[Pii, ...]


# --- what belongs together -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What duplicate detection keeps of a text; small, stable over restarts, storable.

    `exact` hashes the normalised text; `shingles` are sampled 64-bit hashes for candidate look-up;
    `body` is the normalised text itself, which the guard aligns.
    """

    exact: int
    shingles: tuple[int, ...]
    body: str
    media: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Same story or a new one, and why."""

    cluster: str  # key of the story's first mention
    reason: str  # new repost near_duplicate added same_media same_author; by reference quote thread; revision left
    similarity: float = 1.0


# --- what is decided -------------------------------------------------------------------------


class Fate(StrEnum):
    """What became of an item. Every item that a platform showed us has exactly one."""

    WAITING = "waiting"  # stored, not yet judged: a fate on the way, shown as such in the ledger
    TICKET = "ticket"
    ATTACHED = "attached"
    LANE = "lane"
    QUARANTINED = "quarantined"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Route:
    """One destination and why."""

    department: str
    owner: str  # "pusat" | "provinsi" | "kabupaten_kota" | "desa" | "unknown"
    priority: str
    rule: str
    score: float
    topic: str
    because: tuple[Reason, ...] = ()
    runner_up: str | None = None
    margin: float = 1.0
    outside: bool = False  # the owner has no inbox here: hand over, stay tracked


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A change: raise a ticket for `department` on the cluster."""

    department: str
    status: str
    priority: str
    topic: str
    urgency: str
    rule: str
    opened_at: datetime  # when the mention reached us: the citizen's clock starts there
    due_at: datetime | None = None
    due_rule: str | None = None
    coordinates: bool = False  # the parent that watches over several departments
    sensitive: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class AttachTo:
    """A change: one more mention tells the story of these tickets."""

    tickets: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RaiseUrgency:
    """A change: a later mention of the story is more urgent than its ticket says."""

    ticket: int | None  # None: every live ticket of the story
    urgency: str
    because: str


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A change: an answer, a comment or a quote says where the story is. Staff are told; nothing is re-routed."""

    by_reporter: bool
    location: Location | None  # None: named, but not on the map ("gang Kantil")
    suggested: tuple[str, ...] = ()  # departments that the completed story would go to


@dataclass(frozen=True, slots=True)
class ShowAgain:
    """A change: a picture of this mention was seen before, in another story. Told to staff; nothing follows from it."""

    place: int  # of the picture in the mention's media
    earlier: str  # key of the first mention that showed it
    distance: int  # bits of 128 that differ


@dataclass(frozen=True, slots=True)
class Dispose:
    """A change: a government's own account orders a department to take a story. It outranks what the machine chose.

    `opening` is what the department gets where it has no ticket of the story; its due date is the order's.
    """

    cluster: str
    opening: OpenTicket
    account: str  # key of the account that ordered


@dataclass(frozen=True, slots=True)
class Lift:
    """A change: somebody else says the same as a post that rests in a lane as trivial: a person looks at both."""

    opening: OpenTicket


@dataclass(frozen=True, slots=True)
class Reopen:
    """A change: a story whose tickets are all closed is told anew, in words of its own and after they were closed."""

    because: str


Change = OpenTicket | AttachTo | RaiseUrgency | NamePlace | ShowAgain | Dispose | Lift | Reopen


@dataclass(frozen=True, slots=True)
class Decision:
    """All that was decided for one mention. Applying it twice changes nothing."""

    mention: str
    fate: Fate
    lane: str | None  # doubt trivial chatter praise news spam question own edit gone
    verdict: Verdict
    routes: tuple[Route, ...]
    changes: tuple[Change, ...]
    ruleset: str  # hash of the rules in force
    extraction: Extraction | None = None  # None for reposts: the copy inherits
    fingerprint: Fingerprint | None = None  # kept for the first mention of a cluster
    because: str = ""
    judged_text: str | None = None  # what was read: an edit saved meanwhile has to be judged again


# --- what people work on ---------------------------------------------------------------------


class Status(StrEnum):
    BARU = "baru"
    DITERIMA = "diterima"
    DIKERJAKAN = "dikerjakan"
    SELESAI = "selesai"
    MENUNGGU = "menunggu_keterangan"
    DITERUSKAN = "diteruskan"  # handed to an outside body, still tracked
    DITOLAK = "ditolak"
    DIGABUNG = "digabung"


LIVE_STATUSES = (Status.BARU, Status.DITERIMA, Status.DIKERJAKAN, Status.MENUNGGU, Status.DITERUSKAN)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts on a ticket. The machine is `Actor("kentongan", system=True)`."""

    name: str
    departments: tuple[str, ...] = ()
    system: bool = False
    all_departments: bool = False  # coordinators, auditors


@dataclass(frozen=True, slots=True)
class Ticket:
    """Human work for one department on one cluster."""

    id: int
    cluster: str
    department: str
    status: Status
    priority: str
    topic: str
    urgency: str
    version: int
    opened_at: datetime
    due_at: datetime | None
    due_rule: str | None  # the clock's entry that due_at cites
    parent: int | None
    sensitive: bool
    ruleset: str
    rule: str
    coordinates: bool = False
    outside: bool = False
    closed_at: datetime | None = None
    reason: str | None = None  # why rejected, handed over, ...
    merged_into: int | None = None  # of a `digabung` ticket: the one that goes on
    assignee: str | None = None  # who of the department works on it


@dataclass(frozen=True, slots=True)
class Action:
    """What a person asks of a ticket."""

    # accept start reroute reject reopen hand_over ask finish note assign set_topic set_urgency secret lift_secret
    verb: str
    reason: str | None = None
    to_department: str | None = None
    note: str | None = None
    assignee: str | None = None  # of assign: who works on it; None: nobody any more
    value: str | None = None  # of set_topic and set_urgency: what the machine should have read


@dataclass(frozen=True, slots=True)
class Case:
    """A story as staff regroup it: every ticket of it, whoever owns it. For the rules; never for a page."""

    story: str  # the cluster
    first: str  # key of its first mention
    tickets: tuple[Ticket, ...]
    joined: Mapping[str, int] = field(default_factory=dict)  # first mention of a story merged in -> its ticket


@dataclass(frozen=True, slots=True)
class TicketChange:
    """What a regrouping makes of one ticket; compare and swap on `seen_version`."""

    ticket: int
    seen_version: int
    changes: Mapping[str, Any]  # columns, only those that change; "cluster" moves it to the other story


@dataclass(frozen=True, slots=True)
class Regrouping:
    """A merge or a split that stands: what its undoing has to look at."""

    id: int
    kind: str  # "merge": `ticket` went into `other`; "split": `other` was opened with mentions of `ticket`
    ticket: int
    other: int
    story: str
    other_story: str
    tickets: tuple[Ticket, ...]  # as they are now: all that it changed, and all of a split-off story
    at: datetime
    actor: str
    blocked_by: tuple[int, ...] = ()  # tickets whose later merge stands on this one


@dataclass(frozen=True, slots=True)
class Event:
    """A fact to tell someone: an outbox row. Carries no citizen's text."""

    key: str  # idempotency key, unique
    kind: str  # transport kind: "email" | "log" | "telegram" | "webhook"
    address: str
    ticket: int
    subject: str
    body: str
    not_before: datetime | None = None  # held until then; None: goes at once
    facts: tuple[tuple[str, str], ...] = ()  # department, urgency, due_at ...: for those who read by machine


@dataclass(frozen=True, slots=True)
class PageSent:
    """A call to somebody on duty that was put on its way: the `n`-th for its ticket."""

    cluster: str
    ticket: int
    n: int
    at: datetime


# --- how things fail -------------------------------------------------------------------------


class KentonganError(Exception):
    """Base of every error that we raise on purpose. `hint` tells the reader what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(KentonganError):
    """Settings or rules that cannot be used; `problems` lists every one, with its place."""

    exit_code = 2

    def __init__(self, message: str, *, problems: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class StoreBusy(KentonganError):
    """The write lock was not to be had in time, or another daemon holds the store."""

    exit_code = 75


class StoreFault(KentonganError):
    """The store could not write: disk full, I/O error. Nothing of the transaction stands."""


class Conflict(KentonganError):
    """Somebody changed the ticket first: the version that the caller saw is gone."""


class NotAllowed(KentonganError):
    """The actor may not see or do this."""


class Refused(KentonganError):
    """The state machine says no; the message says why."""
