"""The dead man's alarm: what rings, and what does not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from harvester.silence import silence

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)  # 07:00 WIB


def hour(at):
    return int(at.timestamp()) // 3600


def habit(*, days=28, until=MONDAY, chance=0.95, busy=range(7, 22), seed=1):
    """An office account: posts in nearly every hour of the day in Jakarta, few by night."""
    rng = random.Random(seed)
    heard = {}
    at = until - timedelta(days=days)
    while at < until:
        local = (at + timedelta(hours=7)).hour
        if rng.random() < (chance if local in busy else 0.05):
            heard[hour(at)] = rng.randint(1, 9)
        at += timedelta(hours=1)
    return heard


def test_a_silent_morning_of_a_busy_account_rings():
    """Twelve hours by day without a post, where there is one in nineteen hours of twenty."""
    heard = habit()

    rung = silence(heard, read_until=MONDAY + timedelta(hours=12, minutes=5))

    assert rung is not None
    assert rung.hours >= 12
    assert rung.chance < 0.001
    assert "tanpa kiriman" in rung.cause


def test_a_silent_night_does_not():
    """From 22:00 to 06:00 it is always quiet."""
    evening = MONDAY + timedelta(hours=15)  # 22:00 WIB
    heard = habit(until=evening)

    assert silence(heard, read_until=evening + timedelta(hours=8)) is None


def test_accounts_that_live_as_always_hardly_ever_ring():
    """Fifteen accounts, a fortnight each, looked at every third hour: luck and bad luck alone ring at most once."""
    rung = set()
    for seed in range(15):
        whole = habit(days=42, chance=0.7, seed=seed)
        for n in range(0, 14 * 24, 3):
            at = MONDAY - timedelta(days=14) + timedelta(hours=n)
            if silence({h: n for h, n in whole.items() if h < hour(at)}, read_until=at):
                rung.add(seed)

    assert len(rung) <= 1


def test_a_storm_raises_no_expectation():
    """Nine thousand posts in one hour are one hour in which something came."""
    quiet = habit(chance=0.3)
    stormy = {**quiet, max(quiet): 9_000}
    after = MONDAY + timedelta(hours=9)

    assert silence(quiet, read_until=after) == silence(stormy, read_until=after)


def test_a_quiet_weekend_that_was_seen_before_does_not_ring():
    """Every Sunday is silent: the fifth one is a Sunday."""
    heard = {h: n for h, n in habit(until=MONDAY).items()
             if datetime.fromtimestamp(h * 3600 + 7 * 3600, UTC).weekday() != 6}
    sunday_evening = MONDAY - timedelta(hours=12)
    seen = {h: n for h, n in heard.items() if h < hour(sunday_evening)}

    assert silence(seen, read_until=sunday_evening) is None


@pytest.mark.parametrize("days", [0, 3, 13])
def test_the_first_fortnight_is_not_judged(days):
    """No habit, no alarm."""
    assert silence(habit(days=days), read_until=MONDAY + timedelta(hours=14)) is None


def test_what_was_not_read_is_not_called_silent():
    """The reading came to an end yesterday: today's emptiness is blindness, which has its own list."""
    assert silence(habit(), read_until=MONDAY) is None
