"""Says when an account is asked again, and what state it is in until then. Pure: no clock, no store.

Rule of the house: a time that the platform gave wins over any of ours, in both directions but never
into the past; money and tokens are matters for people, so nothing is asked again until they act.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain import AccountState, Page
from harvester.base import AccountBlocked, BudgetSpent, HarvestError, RateLimited

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=60)
SHORTEST_WAIT = timedelta(seconds=1)  # full jitter may draw zero; a hot loop helps nobody
THROTTLED_WAIT = timedelta(minutes=15)  # the platforms' own window, where they name no time
JITTER = 0.1  # of the poll interval: accounts drift apart instead of knocking together


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a failed fetch makes of an account. `reason` is for ops."""

    state: AccountState
    next_poll_at: datetime
    reason: str


def after_success(page: Page, *, poll_every: timedelta, now: datetime, rng: random.Random) -> datetime:
    """Due at once while there is more, else after the interval, a tenth sooner or later."""
    if page.more:
        return now
    return now + poll_every * rng.uniform(1 - JITTER, 1 + JITTER)


def after_failure(error: HarvestError, *, failures: int, now: datetime, rng: random.Random) -> Outcome:
    """State, time and reason after the `failures`-th failure in a row; raises ValueError below 1."""
    if failures < 1:
        raise ValueError(f"failures counts this one, got {failures}")
    reason = f"{error.reason} — {error.remedy}" if error.remedy else error.reason
    if isinstance(error, AccountBlocked):
        return Outcome(AccountState.NEEDS_HUMAN, now + LONGEST_WAIT, reason)
    if isinstance(error, BudgetSpent):
        return Outcome(AccountState.PAUSED_BUDGET, _after(error.until, now) or next_month(now), reason)
    if isinstance(error, RateLimited):
        return Outcome(AccountState.BACKOFF, _throttled_until(error, now), reason)
    return Outcome(AccountState.BACKOFF, now + backoff(failures, rng=rng), reason)


def backoff(failures: int, *, rng: random.Random) -> timedelta:
    """Full jitter over a ceiling that doubles from 1 to 60 minutes.

    Source: Brooker 2015, "Exponential Backoff and Jitter".
    """
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, 10)))
    return max(SHORTEST_WAIT, ceiling * rng.random())


def next_month(now: datetime) -> datetime:
    """First moment of the next month, UTC: quotas and bills turn over there."""
    at = now.astimezone(UTC)
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)


def _throttled_until(error: RateLimited, now: datetime) -> datetime:
    wait = error.wait if error.wait is not None and error.wait > timedelta(0) else THROTTLED_WAIT
    return _after(error.until, now) or now + wait


def _after(until: datetime | None, now: datetime) -> datetime | None:
    """A reset that has passed already, by our clock, still costs a moment."""
    return None if until is None else max(until, now + SHORTEST_WAIT)
