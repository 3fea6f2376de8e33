"""A breaker per platform: who refuses everybody is not asked by everybody. Pure; the store keeps its state.

Each account backs off by itself (`pacing`). That is not enough where the platform as a whole says no: with thirty
accounts, thirty dead tokens or thirty timeouts follow one another, and the platforms count those. So failures in a row
are counted over all accounts of a platform, with any answer setting the count back:

  * three refusals (blocked, or too often) open the breaker; of instaloader's Instagram one is enough, because the next
    step there is a locked account;
  * five passing faults open it too, for a shorter time;
  * what concerns one account alone (a permission, a private profile, a variable that is not set) does not count.

Open, nobody is asked. After that one account probes, the one that brings least; its answer closes the breaker, its
failure opens it again for twice as long. A person who resumes an account says that something was done: that closes it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from domain import Breaker
from harvester.base import AccountBlocked, BudgetSpent, HarvestError, RateLimited
from harvester.pacing import THROTTLED_WAIT, backoff

BLOCKS, STUMBLES = 3, 5
BLOCKS_OF = {"instagram": 1}
FIRST_OPEN = timedelta(minutes=15)
LONGEST_OPEN = timedelta(hours=24)


def is_open(breaker: Breaker, now: datetime) -> bool:
    return breaker.open_until is not None and now < breaker.open_until


def probes(breaker: Breaker, now: datetime) -> bool:
    """Whether exactly one account may ask now."""
    return breaker.open_until is not None and now >= breaker.open_until


def answered(breaker: Breaker) -> Breaker:
    """The platform has answered somebody."""
    return Breaker(breaker.platform)


def failed(breaker: Breaker, error: HarvestError, *, now: datetime, rng: random.Random) -> Breaker:
    """After a fetch that brought nothing; equal to `breaker` where the error says nothing of the platform."""
    if isinstance(error, BudgetSpent) or error.alone:
        return breaker  # money is the budget's matter
    blocked = isinstance(error, AccountBlocked | RateLimited)
    counted = replace(breaker, blocks=breaker.blocks + blocked, stumbles=0 if blocked else breaker.stumbles + 1,
                      reason=error.reason)
    full = counted.blocks >= BLOCKS_OF.get(breaker.platform, BLOCKS) or counted.stumbles >= STUMBLES
    if not full and breaker.open_until is None:
        return counted
    opened = replace(counted, opened=breaker.opened + 1)
    return replace(opened, open_until=_until(opened, error, now=now, rng=rng))


def _until(breaker: Breaker, error: HarvestError, *, now: datetime, rng: random.Random) -> datetime:
    if isinstance(error, RateLimited):
        return max(error.until or now + (error.wait or THROTTLED_WAIT), now + timedelta(seconds=1))
    if isinstance(error, AccountBlocked):
        if breaker.platform in BLOCKS_OF:
            return now + LONGEST_OPEN  # instaloader's: a day of peace
        return now + min(LONGEST_OPEN, FIRST_OPEN * (1 << min(breaker.opened - 1, 10)))
    return now + backoff(breaker.opened + 2, rng=rng)
