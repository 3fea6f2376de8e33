"""What the API gives, as records; what it takes stands in `given`. The OpenAPI document is written from both.

Texts are masked: a piece of personal data stands as `[phone]`, `[nik]`, `[redacted]` and the like. Names follow the
glossary; values that people choose from (status, topic, department) are those of config.yaml.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Problem(Told):
    """RFC 9457. `title` and `detail` follow Accept-Language; `reason` is the rule's own sentence, in Indonesian."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[str] | None = None
    reason: str | None = None
    possible: list[str] | None = None
    version: int | None = None
    changed: list[Change] | None = None


class Change(Told):
    """One entry of a ticket's history: who, when, what, why, before, after."""

    at: datetime
    actor: str
    verb: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None


class Me(Told):
    name: str
    department: str
    scopes: list[str]
    expires_at: datetime
    per_minute: int


class Named(Told):
    key: str
    name: str


class Vocabulary(Told):
    """What the keys in tickets stand for."""

    departments: list[Named]
    topics: list[Named]
    reject_reasons: list[Named]
    statuses: list[str]
    urgencies: list[str]
    platforms: list[str]


class State(Told):
    """A ticket without a word of a citizen."""

    number: int
    version: int
    status: str
    department: str
    topic: str
    urgency: str
    priority: str
    opened_at: datetime
    due_at: datetime | None
    due_rule: str | None
    closed_at: datetime | None
    assignee: str | None
    sensitive: bool
    coordinates: bool
    outside: bool
    merged_into: int | None


class Row(State):
    """As lists show it."""

    platform: str
    place: str | None
    posted_at: datetime
    size: int
    deleted: bool
    text: str


class Rows(Told):
    tickets: list[Row]
    next: Annotated[str | None, Field(description="`sebelum` of the next page; null at the end")]


class Piece(Told):
    """A piece of the text: words with what they decided, or what kind of thing is hidden there."""

    text: str
    kinds: list[str]
    mask: str | None


class Clue(Told):
    what: str
    weight: float
    words: list[str]


class Reason(Told):
    """The reason card."""

    rule: str | None
    ruleset: str
    department: str | None
    owner: str | None
    score: float | None
    runner_up: str | None
    margin: float | None
    clues: list[Clue]
    urgency_clues: list[Clue]


class Place(Told):
    code: str | None
    name: str
    level: str | None
    lat: float | None
    lng: float | None
    score: float | None


class Limit(Told):
    name: str
    at: datetime | None
    cited: bool


class Kin(Told):
    number: int
    department: str
    status: str


class Photo(Told):
    id: int
    at: datetime
    actor: str
    state: str
    doubts: list[str]
    second: str | None


class Telling(Told):
    key: str
    platform: str
    kind: str
    posted_at: datetime
    text: str


class Regrouped(Told):
    id: int
    kind: str
    ticket: int
    other: int
    at: datetime
    actor: str


class Spread(Told):
    posts: int
    voices: int
    peak_an_hour: int
    surged_at: datetime | None


class Ticket(Row):
    """As its page shows it."""

    pieces: list[Piece]
    source: str | None
    reason: Reason
    location: Place | None
    limits: list[Limit]
    spread: Spread
    kin: list[Kin]
    additions: list[Telling]
    tellings: Annotated[list[Telling], Field(description="posts that may be split off")]
    photos: list[Photo]
    regroupings: Annotated[list[Regrouped], Field(description="merges and splits that may be undone")]
    possible: Annotated[list[str], Field(description="actions of this status")]
    history: list[Change]


class History(Told):
    number: int
    version: int
    history: list[Change]


class Done(Told):
    """What an action made of the ticket. `onward`: the ticket to go on with (after a merge: the other one)."""

    ticket: State
    onward: int
    doubts: Annotated[list[str], Field(description="why a second person has to look at the photo")]


class Personal(Told):
    """What a reason opened, once; it stands in the audit."""

    number: int
    text: str
    author_name: str | None
    author_handle: str | None


class Packet(Told):
    """The hand-over to an outside body, without the reporter; `letter` is the same in lines."""

    number: str | None
    to: str
    contact: str
    topic: str
    urgency: str
    place: str | None
    code: str | None
    text: str
    letter: list[str]


class Sp4n(Told):
    nomor: str
    judul: str
    isi: str
    klasifikasi: str
    kategori: str
    instansi_tujuan: str
    lokasi: str
    tanggal: str
    lampiran: list[str]
    rahasia: bool
    anonim: bool


class Exported(Told):
    """A line of an export."""

    number: int
    department: str
    status: str
    topic: str
    urgency: str
    priority: str
    opened_at: datetime
    due_at: datetime | None
    due_rule: str | None
    closed_at: datetime | None
    assignee: str | None
    place: str | None
    platform: str
    posted_at: datetime
    size: int
    sensitive: bool
    text: str
    rule: str
    rules_version: int | None


class Happening(Change):
    id: int
    ticket: int
    version: Annotated[int | None, Field(description="of the ticket now; null where it left the desk")]


class Events(Told):
    events: list[Happening]
    next: Annotated[int, Field(description="`after` of the next request; moves on where nothing was to be told")]
    more: bool


class Service(Told):
    """A service of Open311 GeoReport v2: a topic."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime"]
    keywords: str
    group: str


class ServiceRequest(Told):
    """A request of Open311 GeoReport v2. Never a secret one, never who reported it."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str
    agency_responsible: str
    service_notice: str
    requested_datetime: datetime
    updated_datetime: datetime | None
    expected_datetime: datetime | None
    address: str
    address_id: str
    zipcode: str
    lat: float | None
    long: float | None
    media_url: str


class Open311Error(Told):
    code: int
    description: str


Problem.model_rebuild()
