"""The verbs of the Store that watch over the reading itself: blind windows, breakers, money, silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from domain import BlindWindow, Breaker, Spend
from storage.records import HistoryEntry


class WatchStore(Protocol):
    """How the harvest goes, apart from what it brings."""

    def blind_windows(self, *, since: datetime, account: str | None = None) -> list[BlindWindow]:
        """Windows that were open after `since`, the youngest first; those still open are always among them."""

    def go_blind(self, keys: Sequence[str], *, kind: str, cause: str, now: datetime) -> None:
        """These are not asked for now: a window opens where none is open, from what was read last."""

    def pause(self, keys: Sequence[str], *, reason: str, until: datetime, now: datetime) -> list[str]:
        """No money for these: `paused_budget` until then, and blind. Returns those that were not paused before."""

    def unpause(self, platform: str, *, reason: str, now: datetime) -> list[str]:
        """There is money again: those whose reason for the pause begins so are due."""

    def fell_silent(self, account: str, *, since: datetime, cause: str, now: datetime) -> bool:
        """It is read and brings nothing, against all habit; True the first time. Closed by the next post."""

    def account_history(self, account: str, *, limit: int = 20) -> list[HistoryEntry]:
        """What was noted of an account, newest first: names it had, who resumed it, what its platform refused."""

    def breakers(self) -> dict[str, Breaker]: ...

    def save_breaker(self, breaker: Breaker) -> None: ...

    def spends(self, now: datetime, *, days: int = 14) -> dict[str, Spend]:
        """Platform -> what it cost in the month of `now`, and on each of the last days."""

    def heard(self, *, since: datetime) -> dict[str, dict[int, int]]:
        """Account -> hour of posting (whole hours since 1970) -> posts; nothing posted before `since`."""

    def ask_backfill(
        self, keys: Sequence[str], *, since: datetime | None, now: datetime, actor: str = "ops"
    ) -> list[str]:
        """Read these again from `since`, at once; None: from what was read last, which a window may be waiting for.

        Who waited for a person or for money goes on with it. Returns the keys that are polled at all.
        """

    def to_recheck(self, account: str, *, since: datetime, limit: int) -> dict[str, str]:
        """Native id -> key of the account's posts since then whose story has an open ticket, oldest first."""

    def swept(self, account: str, *, now: datetime) -> None:
        """Note that they were asked after."""

    def sweeps_due(self, keys: Iterable[str], *, before: datetime) -> list[str]:
        """Those of the accounts that were never swept, or before that moment."""

    def attend(self, account: str, attention: str) -> None:
        """Put a person's eye on an account that is read all the same; "" when it is dealt with."""
