"""The dead man's alarm: an account that is read without a fault and brings nothing, against all its habit. Pure.

Observations. "No errors in the log for twelve days" is how the social channel was lost before: a rename, a changed
field, a filter at the platform, and every poll answers 200 with an empty list. An error tells of itself; an emptiness
does not. What gives it away is only that this account, at this hour, is never empty.

Theory. How much an account brings is no quantity to put a bell curve on. Posts come in storms (a viral case brings
nine thousand in an hour and would raise any mean for a month), and quietly by night. So counts are not looked at, only
whether an hour brought anything at all: a storm then weighs as much as a single post. For each hour of the day in
Jakarta, over the last four weeks, `p` is the share of days on which it brought something (Jeffreys' half added to
each side, so that no hour is ever certain). If hours were independent, the chance of a silence is the product of
`1 - p` over its hours: for an account that is heard at nine of ten working hours, four silent ones are a chance of a
ten-thousandth, while a silent night costs next to nothing.

They are not independent: holidays and weekends are quiet as a whole, and the product is too small for them. So a
second condition stands beside the first: the silence must be longer than every one of the four weeks before. A quiet
Sunday has then been seen four times, and Lebaran rings at most once. Both have to hold:

    chance < 1 in 10,000        and        longer than the longest silence of four weeks

An alarm asks a person to look and reads the account again from where it was last heard; it stops nothing. A first
fortnight is not judged: there is no habit yet.

Measured on invented accounts (thirty seeds of each kind, looked at every hour for four weeks; heard at 30, 70 and 95 %
of the hours by day): at 1 in 1,000 there were 3.9, 1.7 and 0.9 false alarms an account and year; at 1 in 10,000 none
in those 2,520 account-days, one in 560 others, and an account cut off at a random hour rang after 34, 14 and 11 hours
(median), the night among them. Hence 10,000.

Known failures. An account with a post a day will not ring for days: its habit is silence. One that falls silent bit
by bit (comments are lost, mentions still come) does not ring; for that the platforms' own counts would be needed. A
blind time that was never read again looks like silence in the four weeks, and makes the alarm deafer, never louder.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HISTORY = timedelta(days=28)
HABIT_DAYS = 14
CHANCE = 0.0001
WIB_HOURS = 7  # Asia/Jakarta has had no other offset since 1964
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Silence:
    """What rang: since when, how many whole hours, in how many of those there usually is something."""

    since: datetime
    hours: int
    usual: float
    chance: float

    @property
    def cause(self) -> str:
        return (f"dibaca tanpa gangguan, tetapi {self.hours} jam tanpa kiriman; biasanya {self.usual:.0f} dari "
                f"{self.hours} jam ini ada")


def silence(heard: Mapping[int, int], *, read_until: datetime) -> Silence | None:
    """The silence that an account is in, if it is out of all habit. `heard`: hour of posting since 1970 -> posts."""
    end = int(read_until.timestamp()) // HOUR  # the hour under way has not been read to its end
    begin = end - int(HISTORY.total_seconds()) // HOUR
    known = sorted(hour for hour, n in heard.items() if begin <= hour < end and n)
    if not known or end - known[0] < HABIT_DAYS * 24:
        return None
    last = known[-1]
    silent = range(last + 1, end)
    longest = max((b - a - 1 for a, b in itertools.pairwise(known)), default=0)
    if len(silent) <= longest:
        return None
    share = _habit(known, end=last + 1)
    chance = 1.0
    for hour in silent:
        chance *= 1 - share[_of_day(hour)]
    if chance >= CHANCE:
        return None
    usual = sum(share[_of_day(hour)] for hour in silent)
    return Silence(datetime.fromtimestamp((last + 1) * HOUR, UTC), len(silent), usual, chance)


def _habit(known: list[int], *, end: int) -> list[float]:
    """Hour of the day in Jakarta -> share of days on which it brought something, from the first that did to `end`."""
    days, heard = [0] * 24, [0] * 24
    for hour in range(known[0], end):
        days[_of_day(hour)] += 1
    for hour in known:
        heard[_of_day(hour)] += 1
    return [(k + 0.5) / (n + 1) for k, n in zip(heard, days, strict=True)]


def _of_day(hour: int) -> int:
    return (hour + WIB_HOURS) % 24
