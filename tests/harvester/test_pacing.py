"""When an account is asked again: pure arithmetic."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import AccountState, Page
from harvester.base import AccountBlocked, BudgetSpent, RateLimited, Transient
from harvester.pacing import after_failure, after_success, backoff, next_month

NOW = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
RNG = random.Random(7)
EVERY = timedelta(seconds=120)
moments = st.integers(0, 10_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
seeds = st.integers(0, 2**32)


def test_more_pages_are_fetched_at_once():
    """A backlog is read without a pause."""
    page = Page((), "c", more=True)

    assert after_success(page, poll_every=EVERY, now=NOW, rng=RNG) == NOW


@given(seeds)
def test_after_a_last_page_the_interval_passes_give_or_take_a_tenth(seed):
    """Accounts drift apart instead of knocking together."""
    due = after_success(Page((), "c"), poll_every=EVERY, now=NOW, rng=random.Random(seed))

    assert EVERY * 0.9 <= due - NOW <= EVERY * 1.1


@given(st.integers(1, 10_000), seeds)
def test_backoff_doubles_to_an_hour_and_is_never_zero(failures, seed):
    """However often it fails, the next try comes within the hour and not at once."""
    wait = backoff(failures, rng=random.Random(seed))

    ceiling = min(timedelta(minutes=60), timedelta(minutes=1) * 2 ** min(failures - 1, 10))
    assert timedelta(seconds=1) <= wait <= ceiling


def test_backoff_uses_its_whole_range():
    """Full jitter: many accounts that fail together come back spread out."""
    waits = [backoff(7, rng=RNG) / timedelta(minutes=1) for _ in range(300)]

    assert min(waits) < 10
    assert max(waits) > 50


@given(moments, st.integers(1, 50), seeds)
def test_a_passing_trouble_backs_off(now, failures, seed):
    """Nobody has to act; the account says so."""
    outcome = after_failure(Transient("x"), failures=failures, now=now, rng=random.Random(seed))

    assert outcome.state is AccountState.BACKOFF
    assert now < outcome.next_poll_at <= now + timedelta(hours=1)


@given(moments, moments, st.integers(1, 50))
def test_the_platforms_own_reset_wins(now, until, failures):
    """No call before the reset, however often it failed; a reset in the past costs a second."""
    outcome = after_failure(RateLimited("429", until=until), failures=failures, now=now, rng=RNG)

    assert outcome.state is AccountState.BACKOFF
    assert outcome.next_poll_at == max(until, now + timedelta(seconds=1))


@pytest.mark.parametrize(("wait", "minutes"), [(timedelta(minutes=7), 7), (None, 15), (timedelta(0), 15)])
def test_without_a_reset_a_limit_waits_as_told_or_a_quarter_of_an_hour(wait, minutes):
    """The platforms' windows last 15 minutes."""
    outcome = after_failure(RateLimited("429", wait=wait), failures=1, now=NOW, rng=RNG)

    assert outcome.next_poll_at == NOW + timedelta(minutes=minutes)


def test_spent_money_pauses_until_the_next_month():
    """Nothing is asked that would have to be paid."""
    outcome = after_failure(BudgetSpent("402"), failures=1, now=NOW, rng=RNG)

    assert outcome.state is AccountState.PAUSED_BUDGET
    assert outcome.next_poll_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert outcome.reason == "402 — tambah kredit, lalu: kentongan accounts resume"


def test_spent_money_with_a_date_waits_for_that_date():
    """Where the platform names a day, that day counts."""
    until = NOW + timedelta(days=3)

    assert after_failure(BudgetSpent("402", until=until), failures=1, now=NOW, rng=RNG).next_poll_at == until


def test_a_blocked_account_needs_a_person_and_says_what_to_do():
    """One line: cause and remedy."""
    error = AccountBlocked("token ditolak", remedy="perbarui token")

    outcome = after_failure(error, failures=3, now=NOW, rng=RNG)

    assert outcome.state is AccountState.NEEDS_HUMAN
    assert outcome.reason == "token ditolak — perbarui token"


@given(moments)
def test_the_next_month_begins_on_its_first_day(now):
    """Also in December."""
    start = next_month(now)

    assert now < start <= now + timedelta(days=31)
    assert (start.day, start.hour, start.minute) == (1, 0, 0)


def test_a_failure_count_below_one_is_a_mistake_of_ours():
    """The count includes the failure at hand."""
    with pytest.raises(ValueError, match="counts this one"):
        after_failure(Transient("x"), failures=0, now=NOW, rng=RNG)
