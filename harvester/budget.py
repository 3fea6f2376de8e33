"""Money for reads: how far this month's reaches, when to warn, and whom the last of it is kept for. Pure.

Only X bills a read today; the ledger is kept for every platform that names a price. The limit is the operators'
(`monthly_usd`), the month is UTC, as the bill is. What one answer costs is known when it is here: the stop may fall in
the middle of a cycle, and what was paid for is stored first.

The forecast is the mean of the last seven days, today counted as far as it has come: a storm of yesterday moves the
date by a seventh of its weight, and a change of habit is believed within a week. Fewer days of history count as those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from domain import Spend
from harvester.pacing import next_month

PRICED = ("x",)  # platforms that bill: there a limit of 0 means that nothing may be spent
WARN_AT = 0.8
PACE_DAYS = 7
OWN_LIMIT = "batas biaya"  # every reason of ours begins so: a raised limit lifts what it begins, a 402 it does not


@dataclass(frozen=True, slots=True)
class Purse:
    """What is left of a platform's month. `limit` None: nothing is billed, or nothing real."""

    platform: str
    limit: float | None
    spent: float
    reserve: float = 0.0  # share of the limit that is kept for the accounts marked in config.yaml
    per_day: float = 0.0
    empty_on: date | None = None  # None: it lasts to the end of the month
    month: str = ""

    @property
    def left(self) -> float:
        return max(0.0, (self.limit or 0.0) - self.spent)

    @property
    def used(self) -> float:
        """Share of the limit; a limit of nothing is used up."""
        if self.limit is None:
            return 0.0
        return self.spent / self.limit if self.limit else 1.0

    def closed_to(self, *, reserved: bool) -> str:
        """Why an account may not be read now, in words for ops; "" where it may."""
        if self.limit is None or self.used < 1 - (0.0 if reserved else self.reserve):
            return ""
        if self.used >= 1:
            return f"{OWN_LIMIT} {self.platform} bulan {self.month} habis (${self.limit:.2f})"
        return (f"{OWN_LIMIT} {self.platform} bulan {self.month} tinggal ${self.left:.2f}: "
                "disisihkan untuk akun bertanda reserve")


def purse(spend: Spend, *, monthly_usd: float, reserve: float, billed: bool, now: datetime) -> Purse:
    """`billed`: the platform's own servers answer. A simulator bills nobody, unless a limit is set to see it work."""
    now = now.astimezone(UTC)
    limit = monthly_usd if monthly_usd or (billed and spend.platform in PRICED) else None
    made = Purse(spend.platform, limit, spend.month_usd, reserve, pace(spend, now), None, f"{now:%Y-%m}")
    return replace(made, empty_on=_empty_on(made, now))


def pace(spend: Spend, now: datetime) -> float:
    """US$ a day, over the last PACE_DAYS days as far as there is history."""
    since = now - timedelta(days=PACE_DAYS)
    recent = [(day, usd) for day, usd in spend.days if day > since.date()]
    if not recent:
        return 0.0
    begin = datetime.combine(recent[0][0], time(), UTC)
    elapsed = max((now - begin) / timedelta(days=1), 0.25)  # the first hours of a ledger prove little
    return sum(usd for _, usd in recent) / elapsed


def _empty_on(purse: Purse, now: datetime) -> date | None:
    """The day on which the last dollar goes; None where that is after the month."""
    if purse.limit is None:
        return None
    if purse.left <= 0:
        return now.date()
    if purse.per_day <= 0:
        return None
    at = now + timedelta(days=min(purse.left / purse.per_day, 366))
    return at.date() if at < next_month(now) else None

