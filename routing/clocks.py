"""Says by when a ticket is due, and which rule says so. Pure; holidays come from the `holidays` library.

Hours run on the wall clock, nights and holidays included. Working days are those of a government office
in WIB: not Saturday, Sunday, a national holiday or a day of cuti bersama. The day on which the matter
reached us does not count, whatever the hour, so a post of Friday 16:30 has Monday for its first day; the
limit falls at the end (23:59:59 WIB) of the last day. Every due date names the clock that it follows;
the nearest that is law wins. Source of the limits: `routing/data/clocks.yaml`, each with its basis and its time.

Known weakness: holidays of a coming year stand only after the joint decree of three ministers (SKB) is
out, usually in autumn, and in the library some weeks later. Until then `missing_years` names the year,
and a limit that reaches into it may fall too early, never too late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

import holidays

WIB = ZoneInfo("Asia/Jakarta")
STARTS = ARRIVAL, DISPOSITION, FOLLOW_UP = "tiba", "disposisi", "tindak_lanjut"
COMPLAINT, OVERSIGHT = "pengaduan", "pengawasan"
SATURDAY = 5
END_OF_DAY = time(23, 59, 59)
BY_NEARNESS = attrgetter("at", "rule")


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit of law. Exactly one of `hours` and `working_days` is given."""

    name: str
    government: str | None  # None: binds every government
    outside: bool  # True: binds the handing over to an outside body
    hours: int | None
    working_days: int | None
    valid_from: str  # ISO date in WIB
    valid_to: str | None = None  # the last day; None: until further notice
    starts: str = ARRIVAL  # tiba disposisi tindak_lanjut
    kind: str | None = None  # pengaduan pengawasan informasi; None: every class of matter
    legal: bool = True  # False: a target of the house, never the due date

    def in_force(self, day: str) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Due:
    """`at` in UTC, `rule` the name of the clock."""

    at: datetime
    rule: str
    legal: bool = True


def binding(
    clocks: Iterable[Clock], *, government: str | None, outside: bool, unassigned: bool, starts: str = ARRIVAL,
    kind: str = COMPLAINT,
) -> tuple[Clock, ...]:
    """The clocks that bind a desk from the event `starts` on, whatever the day.

    `unassigned` is triage: nobody knows yet whose matter it is, so the strictest clock of any
    government counts; a re-routed ticket keeps its due date, and then it must not be too late.
    """
    return tuple(
        clock for clock in clocks
        if clock.outside == outside and clock.starts == starts and clock.kind in (None, kind)
        and (unassigned or clock.government in (None, government))
    )


def limits(bound: Iterable[Clock], *, opened_at: datetime) -> tuple[Due, ...]:
    """Every limit of the clocks that bind, nearest first; in force is what was so on that day."""
    begun, today = opened_at.astimezone(UTC), opened_at.astimezone(WIB).date()
    iso = today.isoformat()
    dues = [Due(_limit(clock, begun, today), clock.name, clock.legal) for clock in bound if clock.in_force(iso)]
    dues.sort(key=BY_NEARNESS)
    return tuple(dues)


def _limit(clock: Clock, begun: datetime, today: date) -> datetime:
    if clock.hours is not None:
        return begun + timedelta(hours=clock.hours)
    assert clock.working_days is not None  # settings give exactly one
    return _end_of_working_day(today, clock.working_days)


def end_of_working_day(opened_at: datetime, *, days: int) -> datetime:
    """The end, in UTC, of the `days`-th working day after the WIB day of `opened_at`."""
    return _end_of_working_day(opened_at.astimezone(WIB).date(), days)


@lru_cache(maxsize=4096)  # all the posts of a day share it; counting 60 working days costs 60 us
def _end_of_working_day(day: date, days: int) -> datetime:
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, END_OF_DAY, tzinfo=WIB).astimezone(UTC)


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _days_off(day.year)


@lru_cache(maxsize=64)
def _days_off(year: int) -> frozenset[date]:
    """National holidays and cuti bersama of one year."""
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


@lru_cache(maxsize=64)
def _has_joint_leave(year: int) -> bool:
    return bool(holidays.country_holidays("ID", years=year, categories=("government",)))


def missing_years(now: datetime) -> tuple[int, ...]:
    """Of this year and the next, those whose cuti bersama the library does not know yet."""
    year = now.astimezone(WIB).year
    return tuple(y for y in (year, year + 1) if not _has_joint_leave(y))


def holiday_warnings(now: datetime) -> tuple[str, ...]:
    """What ops must know, in Indonesian; empty when both years are there."""
    return tuple(
        f"Hari libur dan cuti bersama {year} belum lengkap: jatuh tempo hari kerja bisa keliru. "
        "Perbarui paket holidays setelah SKB tiga menteri terbit."
        for year in missing_years(now)
    )
