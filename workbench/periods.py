"""Stretches of days that heads look at: an ISO week, or any days of a quarter. Pure; days are WIB days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain import ConfigError
from routing.clocks import WIB

MOST_DAYS = 92
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # with room on both sides: a period has neighbours
WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.ASCII)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return midnight(self.first)

    @property
    def until(self) -> datetime:
        return midnight(self.last + DAY)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def week(self) -> str:
        """2026-W48, or "" for what is no week from Monday to Sunday."""
        year, week, weekday = self.first.isocalendar()
        return f"{year}-W{week:02}" if weekday == 1 and self.days == 7 else ""

    def moved(self, lengths: int) -> Period | None:
        """So many of its own lengths later; None beyond the calendar."""
        first, last = (day + lengths * self.days * DAY for day in (self.first, self.last))
        return Period(first, last) if first >= EARLIEST and last <= LATEST else None

    def end(self, now: datetime) -> datetime:
        """When its figures stand: at its end, or as far as it has come, to the minute that has begun."""
        minute = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        return max(self.since, min(self.until, minute))

    def before(self, now: datetime) -> tuple[datetime, datetime]:
        """The stretch that it is compared with: as long as it has come so far, one length earlier."""
        return self.since - self.days * DAY, self.end(now) - self.days * DAY


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, WIB).astimezone(UTC)


def today(now: datetime) -> date:
    return now.astimezone(WIB).date()


def week_of(day: date) -> Period:
    monday = day - day.weekday() * DAY
    return Period(monday, monday + 6 * DAY)


def usual(now: datetime) -> Period:
    """The week that yesterday belongs to: on a Monday the one that has ended, else the one under way."""
    return week_of(today(now) - DAY)


def week(text: str) -> Period:
    """Of "2026-W48". Raises ConfigError for what is no week."""
    found = WEEK.fullmatch(text.strip())
    try:
        if found and EARLIEST <= (monday := date.fromisocalendar(int(found[1]), int(found[2]), 1)) < LATEST:
            return week_of(monday)
    except ValueError:
        pass
    raise ConfigError(f"{text}: bukan minggu", hint="tulis seperti 2026-W48")


def between(first: date, last: date) -> Period:
    """Those days, at most MOST_DAYS of them, the last ones; in whatever order they were given."""
    first, last = (min(max(day, EARLIEST), LATEST) for day in (min(first, last), max(first, last)))
    return Period(max(first, last - (MOST_DAYS - 1) * DAY), last)
