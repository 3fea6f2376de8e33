"""Counts and response times of a department, a channel, a topic and a period: drawn, and as a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import Actor
from inbox import charts, counting
from inbox.counting import Choice
from inbox.desk import desk
from inbox.filters import platforms
from inbox.labels import label
from inbox.pages import page, zone
from inbox.views.briefs import surroundings
from inbox.views.queue import departments_of
from storage.oversight import Sieve
from workbench.brief import Count, Times, quantile
from workbench.periods import Period

MOST_DAYS = 31  # drawn day by day; more of them week by week
FLOW = ("arrived", "closed")
WHATS = ("arrived", "answered", "closed", "open", "late")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One bin of the drawings, one row of the table."""

    words: str
    counts: tuple[Count, Count]  # FLOW
    times: Times | None


@dataclass(frozen=True, slots=True)
class Line:
    """A department or a channel: its counts by WHATS, its response times and their bar in per cent."""

    key: str
    name: str
    counts: Sequence[Count]
    times: Times | None
    bar: tuple[float, float]


def figures(request: HttpRequest) -> HttpResponse:
    choice = Choice.of(request.GET, departments=departments_of(request.user))
    actor, now = request.user.actor, timezone.now()
    whole = choice.sieve("arrived", now=now)
    found = [_stretch(actor, sieve) for sieve in _bins(choice.period, whole)]
    drawn = charts.bars([_words(one) for one in found], [[one.counts[n].n for one in found] for n in (0, 1)])
    slow = charts.bars([_slow(one) for one in found], [
        [one.times.p90.total_seconds() if one.times else 0 for one in found],
        [one.times.median.total_seconds() if one.times else 0 for one in found]])
    return page(request, "figures.html", {
        **surroundings(request, choice), "platforms": platforms(desk()), "found": found, "drawn": drawn, "slow": slow,
        "most": max((count.n for one in found for count in one.counts), default=0),
        "slowest": max((one.times.p90 for one in found if one.times), default=None),
        "daily": choice.period.days <= MOST_DAYS, "whats": WHATS,
        "desks": _lines(actor, whole, "department", desk().rules.department_name),
        "channels": _lines(actor, whole, "platform", lambda key: label("platform", key)),
    })


def _bins(period: Period, whole: Sieve) -> list[Sieve]:
    """Days, or weeks from the first day on; none that has not begun."""
    step = timedelta(days=1 if period.days <= MOST_DAYS else 7)
    starts = [whole.since]
    while starts[-1] + step < whole.until:
        starts.append(starts[-1] + step)
    return [replace(whole, since=at, until=min(at + step, whole.until)) for at in starts]


def _stretch(actor: Actor, sieve: Sieve) -> Stretch:
    store = desk().store
    arrived, closed = (Count(store.tally(actor, one)[()], one)
                       for one in (replace(sieve, what=what) for what in FLOW))
    answered = replace(sieve, what="answered")
    seconds = sorted(value for one in store.took(actor, answered) for value in one.seconds)
    return Stretch(_when(sieve), (arrived, closed), _times(seconds, answered))


def _when(sieve: Sieve) -> str:
    first, last = sieve.since, sieve.until - timedelta(minutes=1)
    return counting.days(*(at.astimezone(zone()).date() for at in (first, last)))


def _times(seconds: Sequence[int], sieve: Sieve) -> Times | None:
    return Times(Count(len(seconds), sieve), quantile(seconds, 0.5), quantile(seconds, 0.9)) if seconds else None


def _words(one: Stretch) -> str:
    return str(_("%(when)s: %(arrived)d masuk, %(closed)d ditutup") % {
        "when": one.words, "arrived": one.counts[0].n, "closed": one.counts[1].n})


def _slow(one: Stretch) -> str:
    if one.times is None:
        return str(_("%(when)s: belum ada tanggapan") % {"when": one.words})
    return str(_("%(when)s: median %(median)s, 90 %% dalam %(p90)s") % {
        "when": one.words, "median": counting.took(one.times.median), "p90": counting.took(one.times.p90)})


def _lines(actor: Actor, whole: Sieve, by: str, name: Any) -> list[Line]:
    store = desk().store
    found = {what: {key: n for (key,), n in store.tally(actor, replace(whole, what=what), (by,)).items()}
             for what in WHATS}
    seconds: dict[str, list[int]] = {}
    answered = replace(whole, what="answered")
    for took in store.took(actor, answered):
        seconds.setdefault(getattr(took, by), []).extend(took.seconds)
    keys = sorted({key for counts in found.values() for key in counts if key},
                  key=lambda key: (-found["arrived"].get(key, 0), key))
    times = [_times(sorted(seconds.get(key, ())), replace(answered, **{by: key})) for key in keys]
    bar = charts.spans([(t.median.total_seconds(), t.p90.total_seconds()) if t else None for t in times])
    return [Line(key, name(key), [Count(found[what].get(key, 0), replace(whole, what=what, **{by: key}))
                                  for what in WHATS], times[n], bar[n]) for n, key in enumerate(keys)]

