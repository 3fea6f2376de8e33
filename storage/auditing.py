"""The audit chain for those who ask: who looked at personal data, who did what, and a link to keep elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which rows; what is None does not narrow. `until` is not in it. `views`: rows about a look at personal data."""

    views: bool = False
    ticket: int | None = None
    actor: str | None = None
    verb: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link of the chain as it stands; `subject` is an account or a mention where no ticket is meant."""

    id: int
    at: datetime
    actor: str
    verb: str
    ticket: int | None
    subject: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str | None
    hash: str


class Link(NamedTuple):
    """A row's number and hash. Kept where the machine's owner cannot write, it holds all rows up to it."""

    id: int
    hash: str


class AuditStore(Protocol):
    def audit(self, query: AuditQuery) -> Iterator[AuditRow]:
        """Rows, oldest first; more may come while it is read."""

    def audit_head(self) -> Link:
        """The last link; number 0 where nothing was noted yet."""

    def verify_link(self, link: Link) -> list[str]:
        """What speaks against the chain still being the one that this link was taken from."""
