"""How far the money reaches: the stop, the reserve, the forecast."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain import Spend
from harvester.budget import purse
from harvester.notices import forecast

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def spend(per_day, *, month=None, days=7, platform="x"):
    """The same every day, noon of today included."""
    rows = tuple((NOON.date() - timedelta(days=n), per_day / 2 if n == 0 else per_day) for n in range(days - 1, -1, -1))
    return Spend(platform, sum(usd for _, usd in rows) if month is None else month, 100, rows)


def of(spent, limit=100.0, *, reserve=0.0, billed=True, now=NOON):
    return purse(spent, monthly_usd=limit, reserve=reserve, billed=billed, now=now)


def test_the_forecast_names_the_day_on_which_it_is_empty():
    """Five dollars a day, 57.50 left of a hundred at noon of the tenth: gone on the 22nd (11.5 days)."""
    found = of(spend(5.0, month=42.5))

    assert found.per_day == pytest.approx(5.0)
    assert found.empty_on == date(2026, 11, 22)
    assert forecast(found) == "$42.50 dari $100.00, $5.00 sehari: habis tanggal 22"


def test_money_that_lasts_says_so():
    """Two dollars a day reach beyond the month, where the count begins anew."""
    found = of(spend(2.0, month=20.0))

    assert found.empty_on is None
    assert "cukup sampai akhir bulan" in forecast(found)


def test_a_storm_moves_the_date_by_a_seventh_of_its_weight():
    """Forty dollars in a day: the mean of the week goes up, and not to forty."""
    calm = spend(2.0, month=20.0)
    stormy = Spend("x", 58.0, 100, (*calm.days[:-2], (calm.days[-2][0], 40.0), calm.days[-1]))

    assert of(stormy).per_day == pytest.approx((2.0 * 5 + 40.0 + 1.0) / 6.5)


@pytest.mark.parametrize(("spent", "citizen", "governor"), [(80.0, True, True), (84.9, True, True), (85.0, False, True),
                                                            (99.99, False, True), (100.0, False, False), (120.0, False, False)])
def test_the_last_of_it_is_kept_for_the_reserved(spent, citizen, governor):
    """From 85 % on the marked accounts are read alone; at the limit nobody is."""
    found = of(spend(1.0, month=spent), reserve=0.15)

    assert (not found.closed_to(reserved=False), not found.closed_to(reserved=True)) == (citizen, governor)


def test_zero_means_nothing_where_reads_cost_and_no_limit_where_they_do_not():
    """X with monthly_usd 0 is read not at all; Facebook has no price; a simulator bills nobody."""
    assert of(Spend("x"), 0.0).closed_to(reserved=True)
    assert of(Spend("facebook"), 0.0).limit is None
    assert of(spend(9.0), 0.0, billed=False).closed_to(reserved=False) == ""


def test_a_first_day_proves_little():
    """One dollar in the first hour is not 24 a day: six hours at least are counted."""
    early = NOON.replace(hour=1)
    found = of(Spend("x", 1.0, 10, ((NOON.date(), 1.0),)), now=early)

    assert found.per_day == pytest.approx(4.0)
