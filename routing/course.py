"""How long each department has held a ticket, and how long the citizen was waited for. Pure; reads audit steps.

The citizen's due date never moves: it runs from the moment at which the matter reached us, whoever holds the ticket.
So ping-pong shows as dwell, a department after the other, and asking back shows as a pause. A pause is counted up to
a cap (working days, `pauses` of `routing/data/clocks.yaml`), all pauses of a ticket together: a desk that asks three
times wins no more time than one that asks once. Counted pauses are shown beside the due date and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain import LIVE_STATUSES, Status
from routing.clocks import WIB, end_of_working_day, is_working_day

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a ticket's history: columns that changed."""

    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stay:
    """A department held the ticket from `since`; `until` None: it does so still."""

    department: str
    since: datetime
    until: datetime | None
    span: timedelta


@dataclass(frozen=True, slots=True)
class Pauses:
    """`total` of all waiting, `counted` up to the cap, `open` while the citizen is waited for."""

    total: timedelta
    counted: timedelta
    capped: bool
    open: bool


def stays(steps: Sequence[Step], *, opened_at: datetime, now: datetime) -> list[Stay]:
    """Department by department, in order; the last one ends where the ticket was closed."""
    held = [(step.at, str(step.after["department"])) for step in steps if step.after.get("department")]
    moves = [pair for n, pair in enumerate(held) if n == 0 or pair[1] != held[n - 1][1]]
    end = _closed_at(steps)
    found = []
    for n, (at, department) in enumerate(moves):
        since = opened_at if n == 0 else at
        until = moves[n + 1][0] if n + 1 < len(moves) else end
        found.append(Stay(department, since, until, (until or now) - since))
    return found


def _closed_at(steps: Iterable[Step]) -> datetime | None:
    """When the ticket left the living for the last time; None where it lives."""
    closed: datetime | None = None
    for step in steps:
        if status := step.after.get("status"):
            closed = None if Status(status) in LIVE_STATUSES else closed or step.at
    return closed


def pauses(steps: Sequence[Step], *, now: datetime, cap_days: int | None) -> Pauses:
    """All waiting for the citizen's answer, added up."""
    total = counted = NOTHING
    left, capped, still = cap_days, False, False
    for since, until in _waits(steps):
        end = until or now
        still = until is None
        stop = end
        if left is not None:
            limit = end_of_working_day(since, days=left) if left > 0 else since
            stop = min(end, limit)
            capped = capped or end > limit
            left -= min(left, _working_days(since, stop))
        total += end - since
        counted += stop - since
    return Pauses(total, counted, capped, still)


def _waits(steps: Iterable[Step]) -> Iterator[tuple[datetime, datetime | None]]:
    since: datetime | None = None
    for step in steps:
        status = step.after.get("status")
        if status == Status.MENUNGGU and since is None:
            since = step.at
        elif status is not None and status != Status.MENUNGGU and since is not None:
            yield since, step.at
            since = None
    if since is not None:
        yield since, None


def _working_days(since: datetime, until: datetime) -> int:
    """Office days after the day of `since`, up to that of `until`."""
    first, last = since.astimezone(WIB).date(), until.astimezone(WIB).date()
    return sum(is_working_day(date.fromordinal(day)) for day in range(first.toordinal() + 1, last.toordinal() + 1))
