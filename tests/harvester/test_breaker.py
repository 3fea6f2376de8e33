"""When a platform is left alone, for how long, and what closes the breaker."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from domain import Breaker
from harvester.base import AccountBlocked, BudgetSpent, RateLimited, Transient
from harvester.breaker import answered, failed, is_open, probes

NOW = datetime(2026, 11, 2, 5, tzinfo=UTC)
RESET = NOW + timedelta(minutes=40)
BLOCKED = AccountBlocked("token ditolak", remedy="token baru")


def after(*errors, platform="x", breaker=None):
    found = breaker or Breaker(platform)
    for error in errors:
        found = failed(found, error, now=NOW, rng=random.Random(1))
    return found


@pytest.mark.parametrize(("platform", "blocks"), [("x", 3), ("facebook", 3), ("instagram_graph", 3), ("instagram", 1)])
def test_so_many_refusals_in_a_row_open_it(platform, blocks):
    """Of instaloader's Instagram one is enough: the next step there is a locked account."""
    assert not is_open(after(*[BLOCKED] * (blocks - 1), platform=platform), NOW)
    assert is_open(after(*[BLOCKED] * blocks, platform=platform), NOW)


def test_five_passing_faults_open_it_for_minutes():
    """An outage is waited for; a refusal between sets the faults back and counts itself."""
    assert not is_open(after(*[Transient("503")] * 4), NOW)
    opened = after(*[Transient("503")] * 5)
    assert NOW < opened.open_until <= NOW + timedelta(minutes=60)
    assert after(*[Transient("503")] * 4, BLOCKED).stumbles == 0


def test_a_reset_decides_how_long_it_is_open():
    """The platform's own time wins over ours."""
    assert after(*[RateLimited("429", until=RESET)] * 3).open_until == RESET


def test_a_failed_probe_opens_it_twice_as_long_and_an_answer_closes_it():
    """15 minutes, 30, an hour, never more than a day."""
    waits, breaker = [], after(*[BLOCKED] * 3)
    for _ in range(10):
        waits.append(round((breaker.open_until - NOW).total_seconds() / 60))
        assert probes(breaker, breaker.open_until)
        breaker = after(BLOCKED, breaker=breaker)

    assert waits[:4] == [15, 30, 60, 120]
    assert max(waits) == 24 * 60
    assert answered(breaker) == Breaker("x")


@pytest.mark.parametrize("error", [BudgetSpent("402"), AccountBlocked("akun ini pribadi", alone=True)])
def test_money_and_what_concerns_one_account_do_not_count(error):
    """They say nothing of the platform."""
    before = after(BLOCKED, BLOCKED)

    assert after(error, breaker=before) == before


def test_a_block_of_instagram_rests_for_a_day():
    """A checkpoint is answered by a person, not by another request."""
    assert after(BLOCKED, platform="instagram").open_until == NOW + timedelta(hours=24)
    assert after(RateLimited("429", wait=timedelta(minutes=15)), platform="instagram").open_until == NOW + timedelta(
        minutes=15)
