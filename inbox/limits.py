"""The limits, stays and pauses of one ticket, prepared for its page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import Ticket
from routing.clocks import DISPOSITION, FOLLOW_UP, Due
from routing.course import Pauses, Stay, Step, pauses, stays
from routing.rules import Rules
from settings import ClockSettings, Settings
from storage.records import HistoryEntry

FOLLOWED_UP = "finish"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit beside the others. `at` None: it runs from something that has not happened yet."""

    name: str
    clock: ClockSettings | None  # None: a later file no longer knows it
    at: datetime | None
    cited: bool  # the ticket's due date is this one


@dataclass(frozen=True, slots=True)
class Limits:
    lines: Sequence[Limit]
    stays: Sequence[Stay]
    pauses: Pauses | None
    cap_days: int | None
    fair_due: datetime | None  # the due date with the counted pauses added: shown, never stored


def limits(
    ticket: Ticket, history: Sequence[HistoryEntry], *, rules: Rules, settings: Settings, now: datetime
) -> Limits:
    steps = [Step(entry.at, entry.before, entry.after) for entry in sorted(history, key=lambda entry: entry.at)]
    waited = pauses(steps, now=now, cap_days=rules.pause_days)
    fair = ticket.due_at + waited.counted if ticket.due_at and waited.counted else None
    return Limits(list(_lines(ticket, history, rules, settings)), stays(steps, opened_at=ticket.opened_at, now=now),
                  waited if waited.total > timedelta(0) else None, rules.pause_days, fair)


def _lines(ticket: Ticket, history: Sequence[HistoryEntry], rules: Rules, settings: Settings) -> Iterator[Limit]:
    """Every limit that binds, nearest first, the cited one always among them; then what has not begun to run."""
    clocks = {clock.name: clock for clock in settings.clocks}
    if ticket.department not in rules.departments:
        return
    dues = list(rules.dues(ticket.department, opened_at=ticket.opened_at))
    for starts, verb in ((DISPOSITION, "dispose"), (FOLLOW_UP, FOLLOWED_UP)):
        if begun := max((entry.at for entry in history if entry.verb == verb), default=None):
            dues += rules.dues_from(starts, ticket.department, at=begun)
    if ticket.due_at is not None and ticket.due_rule is not None:
        dues = [due for due in dues if due.rule != ticket.due_rule] + [Due(ticket.due_at, ticket.due_rule)]
    for due in sorted(dues, key=lambda due: (due.at, due.rule)):
        yield Limit(due.rule, clocks.get(due.rule), due.at, due.rule == ticket.due_rule)
    running = {due.rule for due in dues}
    for due in rules.dues_from(FOLLOW_UP, ticket.department, at=ticket.opened_at):
        if due.rule not in running:
            yield Limit(due.rule, clocks.get(due.rule), None, cited=False)
