"""What a connector is. It talks to one platform and knows no store: cursor in, Page out.

A fetch ends as a Page or as one of the four errors below, and no other way. Nothing sleeps in here:
a wait is a time that goes back to the caller, because the daemon has to stay able to stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, runtime_checkable

from domain import Account, KentonganError, Page


class Connector(Protocol):
    """One platform. Made once per process; `fetch` is called for one account at a time."""

    platform: ClassVar[str]

    def fetch(self, account: Account, *, now: datetime) -> Page:
        """Read what came since `account.cursor`; raises HarvestError, nothing else, within its deadline."""
        ...


@runtime_checkable
class Rewinds(Protocol):
    """A connector whose reading can be set back in time: for back-fill."""

    def rewind(self, cursor: str, *, since: datetime) -> str:
        """A cursor from which everything since that moment is read again. Pure; what is known costs a repetition."""
        ...


@runtime_checkable
class Rechecks(Protocol):
    """A connector that can ask after single posts: for edits and deletions of posts with open tickets."""

    def recheck(self, account: Account, posts: Mapping[str, str], *, now: datetime) -> Page:
        """What became of posts, native id -> key: edits as mentions, deletions in `gone`. Moves no cursor."""
        ...


class HarvestError(KentonganError):
    """A fetch that brought nothing. `reason` is for ops: no token, no citizen's text.

    `alone`: it concerns this account and says nothing of the platform.
    """

    alone = False

    def __init__(self, reason: str, *, remedy: str = "", alone: bool | None = None) -> None:
        super().__init__(reason, hint=remedy)
        self.reason = reason
        self.remedy = remedy
        if alone is not None:
            self.alone = alone


class RateLimited(HarvestError):
    """The platform, or our own budget per hour, asks us to wait."""

    def __init__(self, reason: str, *, until: datetime | None = None, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.until = until
        self.wait = wait


class Transient(HarvestError):
    """Worth trying again: 5xx, a hang, HTML for JSON, a cut connection."""


class BudgetSpent(HarvestError):
    """Money or monthly quota is gone; nothing is asked before `until`."""

    def __init__(self, reason: str, *, until: datetime | None = None) -> None:
        super().__init__(reason, remedy="tambah kredit, lalu: kentongan accounts resume")
        self.until = until


class AccountBlocked(HarvestError):
    """A person has to act: a dead token, a challenge, a permission withdrawn. `remedy` says what to do."""
