"""Due dates: working days around weekends, Lebaran and the end of the year. Times in WIB."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.clocks import (
    Clock,
    binding,
    end_of_working_day,
    holiday_warnings,
    is_working_day,
    limits,
    missing_years,
)

WIB = ZoneInfo("Asia/Jakarta")


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


GOLDEN = [
    # reached us, working days, last day
    ("2026-11-02 09:00", 3, "2026-11-05"),  # an ordinary Monday
    ("2026-11-02 09:00", 5, "2026-11-09"),  # over one weekend
    ("2026-11-06 16:30", 3, "2026-11-11"),  # Friday afternoon: Monday is the first day
    ("2026-11-06 16:30", 5, "2026-11-13"),
    ("2026-11-07 10:00", 3, "2026-11-11"),  # Saturday counts from Monday as well
    ("2026-11-08 23:59", 5, "2026-11-13"),  # Sunday, last minute
    ("2026-11-09 00:01", 5, "2026-11-16"),  # Monday, first minutes: Tuesday is the first day
    ("2026-03-13 16:30", 3, "2026-03-25"),  # before Nyepi and Lebaran 2026: 18-24 March are off
    ("2026-03-13 16:30", 5, "2026-03-27"),
    ("2026-03-17 08:00", 5, "2026-03-31"),  # the last working day before Lebaran
    ("2026-05-13 10:00", 3, "2026-05-20"),  # Ascension and its joint leave
    ("2026-05-26 16:30", 3, "2026-06-03"),  # Idul Adha, joint leave, Vesak on Sunday, Pancasila
    ("2026-08-14 12:00", 5, "2026-08-24"),  # Independence Day on a Monday
    ("2026-12-23 16:30", 3, "2026-12-30"),  # Christmas and its joint leave
    ("2026-12-30 09:00", 5, "2027-01-08"),  # over New Year; Isra Mikraj on 5 January
    ("2026-11-02 09:00", 14, "2026-11-20"),
    ("2026-11-02 09:00", 60, "2027-01-29"),
    ("2025-03-27 16:00", 5, "2025-04-14"),  # Lebaran 2025: 28 March to 7 April
]


@pytest.mark.parametrize(("opened", "days", "last"), GOLDEN)
def test_working_days_skip_weekends_holidays_and_joint_leave(opened, days, last):
    """The limit falls at the end of the last working day, by the calendar of the ministers' decree."""
    due = end_of_working_day(wib(opened), days=days)

    assert due.tzinfo is UTC
    assert due.astimezone(WIB) == wib(f"{last} 23:59:59")


def test_the_day_is_counted_in_wib_not_in_utc():
    """23:30 UTC on Sunday is Monday morning in Solo: Tuesday is the first day."""
    due = end_of_working_day(datetime(2026, 11, 8, 23, 30, tzinfo=UTC), days=1)

    assert due.astimezone(WIB).date() == date(2026, 11, 10)


def test_hours_run_through_nights_and_holidays():
    """1x24 h of Friday 16:30 ends on Saturday 16:30."""
    clock = Clock("1x24", None, False, 24, None, "2019-02-23")
    friday = wib("2026-11-06 16:30")

    (due,) = limits(binding([clock], government="jateng", outside=False, unassigned=False), opened_at=friday)

    assert due.at == wib("2026-11-07 16:30")
    assert due.at.tzinfo is UTC


CLOCKS = (
    Clock("provinsi", "jateng", False, 24, None, "2019-01-01"),
    Clock("kota", "solo", False, 48, None, "2019-01-01"),
    Clock("semua", None, False, None, 5, "2019-01-01"),
    Clock("luar", None, True, None, 3, "2019-01-01"),
    Clock("nanti", None, False, 1, None, "2027-01-01"),
)


@pytest.mark.parametrize(("government", "outside", "unassigned", "names"), [
    ("jateng", False, False, ["provinsi", "semua"]),
    ("solo", False, False, ["kota", "semua"]),
    (None, True, False, ["luar"]),
    ("solo", True, False, ["luar"]),
    (None, False, True, ["provinsi", "kota", "semua"]),
])
def test_the_nearest_of_the_clocks_that_bind_comes_first(government, outside, unassigned, names):
    """Each government its own, the hand-over its own, triage the strictest; none before it is in force."""
    dues = limits(binding(CLOCKS, government=government, outside=outside, unassigned=unassigned),
                  opened_at=wib("2026-11-02 09:00"))

    assert [due.rule for due in dues] == names


def test_a_clock_counts_from_the_day_on_which_it_is_in_force():
    """The first minute of 2027 in WIB is still 2026 in UTC."""
    dues = limits(binding(CLOCKS, government="solo", outside=False, unassigned=False), opened_at=wib("2027-01-01 00:01"))

    assert dues[0].rule == "nanti"


def test_a_year_whose_joint_leave_is_unknown_is_named():
    """Ops read it before a due date is wrong, not after."""
    assert missing_years(wib("2025-06-01 08:00")) == ()
    assert missing_years(wib("2090-06-01 08:00")) == (2090, 2091)
    (first, _) = holiday_warnings(wib("2090-06-01 08:00"))
    assert first.startswith("Hari libur dan cuti bersama 2090 belum lengkap")


@given(st.integers(0, 1600 * 24 * 60), st.integers(1, 60))
def test_a_limit_is_a_working_day_and_never_early(minutes, days):
    """Whatever the moment: the last day is one on which offices work, and enough of them lie before it."""
    opened_at = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    last = end_of_working_day(opened_at, days=days).astimezone(WIB).date()

    first = opened_at.astimezone(WIB).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert is_working_day(last)
    assert sum(map(is_working_day, between)) == days
