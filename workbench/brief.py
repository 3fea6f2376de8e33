"""The Monday brief: what a head or coordinator reads before the meeting. Every number holds the sieve that made it.

The inbox shows it with links to the tickets behind each number, `kentongan brief` prints it; both say the same,
because both get it here. Counts what the actor may see and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import sqrt

from domain import Actor, BlindWindow
from routing.clocks import WIB, is_working_day
from routing.course import Stay, Step, stays
from routing.rules import Rules
from storage.oversight import BigStory, Sieve, Standing, Took
from storage.records import LaneRate
from storage.store import Store
from workbench.periods import Period, today

TOPICS, BOUNCED, STORIES = 10, 10, 8
SILENT_DAYS = 3  # working days without a hand on any ticket: as long as SP4N gives for forwarding one
Z = 1.96  # 95 %
AT_END = "open", "untouched", "late"


@dataclass(frozen=True, slots=True)
class Count:
    n: int
    sieve: Sieve


@dataclass(frozen=True, slots=True)
class Change:
    """A count beside that of the stretch before."""

    now: Count
    before: Count

    @property
    def share(self) -> float | None:
        """0.5: half as many again; None where there was nothing before."""
        return (self.now.n - self.before.n) / self.before.n if self.before.n else None


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took from arrival to a person's first decision. `count` of how many."""

    count: Count
    median: timedelta
    p90: timedelta


@dataclass(frozen=True, slots=True)
class DeskLine:
    department: str
    counts: Mapping[str, Count]  # by what: arrived answered closed open untouched late
    times: Times | None
    outside: bool  # handed over, and watched: its hands are not seen here


@dataclass(frozen=True, slots=True)
class ChannelLine:
    department: str
    platform: str
    times: Times


@dataclass(frozen=True, slots=True)
class Bounced:
    """A ticket that went from desk to desk, and how long each held it; the due date stayed."""

    ticket: int
    topic: str
    department: str
    due_at: datetime | None
    moves: int
    stays: Sequence[Stay]


@dataclass(frozen=True, slots=True)
class Silent:
    """Open tickets, and nobody touched one for `days` working days. `last_at` None: never."""

    department: str
    open: Count
    last_at: datetime | None
    days: int


@dataclass(frozen=True, slots=True)
class FalseTrivial:
    rate: LaneRate
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Brief:
    period: Period
    department: str | None
    at: datetime  # when the figures stand
    running: bool  # the period has not ended
    totals: Mapping[str, Count | Change]
    topics: Sequence[tuple[str, Change]]
    desks: Sequence[DeskLine]
    channels: Sequence[ChannelLine]
    bounces: Count
    bounced: Sequence[Bounced]
    silent: Sequence[Silent]
    lanes: FalseTrivial | None  # None: not for this reader
    blind: Sequence[BlindWindow]
    stories: Sequence[BigStory]


def brief(
    store: Store, rules: Rules, actor: Actor, period: Period, *, now: datetime, department: str | None = None,
    lanes: bool = False,
) -> Brief:
    """`department` narrows to one; `lanes` for those who may see what opened no ticket."""
    end = period.end(now)
    whole = Sieve("arrived", period.since, end, department)
    before = replace(whole, since=period.before(now)[0], until=period.before(now)[1])
    stand = store.standing(actor, whole)
    took = store.took(actor, replace(whole, what="answered"))
    arrived = store.tally(actor, whole, ("department", "topic"))
    earlier = {topic: n for (topic,), n in store.tally(actor, before, ("topic",)).items()}
    closed = store.tally(actor, replace(whole, what="closed"), ("department",))
    by_desk: dict[str, Mapping[str, int]] = {
        "arrived": _summed((key[0], n) for key, n in arrived.items()),
        "answered": _summed((one.department, len(one.seconds)) for one in took),
        "closed": {key: n for (key,), n in closed.items()},
        **{what: {key: getattr(one, what) for key, one in stand.items()} for what in AT_END}}
    totals: dict[str, Count | Change] = {
        what: Count(sum(found.values()), replace(whole, what=what)) for what, found in by_desk.items()}
    topics = _topics(_summed((key[1], n) for key, n in arrived.items()), earlier, whole, before)
    totals["arrived"] = Change(Count(sum(arrived.values()), whole), Count(sum(earlier.values()), before))
    return Brief(
        period, department, end, end < period.until, totals, topics, _desks(by_desk, took, whole, rules),
        _channels(took, whole), Count(store.tally(actor, replace(whole, what="bounced"))[()],
                                      replace(whole, what="bounced")),
        list(_bounced(store, actor, whole, now)), _silent(store, rules, actor, whole, stand),
        false_trivial(store.lane_rate(period.first, min(period.last, today(end)))) if lanes else None,
        _blind(store, rules, actor, whole), _stories(store, actor, whole))


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return found


def _topics(
    now: Mapping[str, int], then: Mapping[str, int], whole: Sieve, before: Sieve
) -> list[tuple[str, Change]]:
    first = sorted(now, key=lambda topic: (-now[topic], topic))[:TOPICS]
    return [(topic, Change(Count(now[topic], replace(whole, topic=topic)),
                           Count(then.get(topic, 0), replace(before, topic=topic)))) for topic in first]


# --- desks -----------------------------------------------------------------------------------


def _desks(
    by_desk: Mapping[str, Mapping[str, int]], took: Iterable[Took], whole: Sieve, rules: Rules
) -> list[DeskLine]:
    """Where most is overdue, first; then where most is open."""
    spans: dict[str, list[int]] = {}
    for one in took:
        spans.setdefault(one.department, []).extend(one.seconds)
    keys = {key for found in by_desk.values() for key in found}
    lines = [DeskLine(key, {what: Count(found.get(key, 0), replace(whole, what=what, department=key))
                            for what, found in by_desk.items()},
                      _times(sorted(spans.get(key, ())), replace(whole, what="answered", department=key)),
                      _is_outside(rules, key))
             for key in keys]
    return sorted(lines, key=lambda line: (-line.counts["late"].n, -line.counts["open"].n, line.department))


def _is_outside(rules: Rules, department: str) -> bool:
    return department in rules.departments and rules.departments[department].outside


def _channels(took: Iterable[Took], whole: Sieve) -> list[ChannelLine]:
    lines = []
    for one in took:
        sieve = replace(whole, what="answered", department=one.department, platform=one.platform)
        if times := _times(one.seconds, sieve):
            lines.append(ChannelLine(one.department, one.platform, times))
    return lines


def _times(seconds: Sequence[int], sieve: Sieve) -> Times | None:
    if not seconds:
        return None
    return Times(Count(len(seconds), sieve), quantile(seconds, 0.5), quantile(seconds, 0.9))


def quantile(seconds: Sequence[int], share: float) -> timedelta:
    """Of sorted values, the least that `share` of them do not exceed: one that really took that long."""
    place = max(0, -(-len(seconds) * round(share * 100) // 100) - 1)
    return timedelta(seconds=seconds[place])


# --- what went wrong --------------------------------------------------------------------------


def _bounced(store: Store, actor: Actor, whole: Sieve, now: datetime) -> Iterable[Bounced]:
    for one in store.bounces(actor, whole, limit=BOUNCED):
        ticket = one.ticket
        steps = [Step(entry.at, entry.before, entry.after) for entry in one.history if entry.at < whole.until]
        held = stays(steps, opened_at=ticket.opened_at, now=min(now, whole.until))
        yield Bounced(ticket.id, ticket.topic, ticket.department, ticket.due_at, one.moves, held)


def _silent(store: Store, rules: Rules, actor: Actor, whole: Sieve, stand: Mapping[str, Standing]) -> list[Silent]:
    """Inside departments alone: an outside body works on its tickets where we do not see it."""
    last = {touch.department: touch.last_at for touch in store.touches(actor, until=whole.until)}
    found = []
    for key, one in stand.items():
        if _is_outside(rules, key):
            continue
        since = max(one.oldest, last[key]) if key in last else one.oldest
        if (days := working_days(since, whole.until)) >= SILENT_DAYS:
            sieve = replace(whole, what="open", department=key)
            found.append(Silent(key, Count(one.open, sieve), last.get(key), days))
    return sorted(found, key=lambda silent: (-silent.days, silent.department))


def working_days(since: datetime, until: datetime) -> int:
    """Whole working days after the day of `since` and before that of `until`."""
    first, last = since.astimezone(WIB).date(), until.astimezone(WIB).date()
    return sum(is_working_day(date.fromordinal(n)) for n in range(first.toordinal() + 1, last.toordinal()))


def false_trivial(rate: LaneRate) -> FalseTrivial:
    """With the interval of Wilson, which also holds for few posts and for none wrong."""
    if not rate.checked:
        return FalseTrivial(rate, None, None)
    n, p = rate.checked, rate.wrong / rate.checked
    middle, half = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return FalseTrivial(rate, max(0.0, (middle - half) / (1 + Z * Z / n)), min(1.0, (middle + half) / (1 + Z * Z / n)))


def _blind(store: Store, rules: Rules, actor: Actor, whole: Sieve) -> list[BlindWindow]:
    """Of accounts that may bring the reader's departments something: their own, and their government's."""
    mine: Collection[str] = (whole.department,) if whole.department else actor.departments
    everything = (actor.all_departments or actor.system) and not whole.department
    governments = {rules.departments[key].government for key in mine if key in rules.departments}
    known = {account.key: account for account in store.accounts()}
    return [
        window for window in store.blind_windows(since=whole.since)
        if window.since < whole.until and window.account in known and (
            everything or known[window.account].department in mine
            or (known[window.account].department is None and known[window.account].government in governments))]


def _stories(store: Store, actor: Actor, whole: Sieve) -> Sequence[BigStory]:
    found = store.big_stories(actor, since=whole.since, until=whole.until, limit=STORIES)
    return [story for story in found if whole.department in (None, story.department)]
