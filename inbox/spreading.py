"""A story's spread, prepared for its card: the curve, its table, who carried it. Pure.

Counts stand here and no names: a post that others repeated is shown with its platform and time, its author
only where the handle is an office's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext as _

from domain import MentionState
from inbox.display import local_time, source_link
from storage.spread import Amplifier, Bin, Spread

WIDTH, HEIGHT, ROOM = 480.0, 96.0, 92.0  # of the drawing; ROOM is what the highest bar takes
LEAST = 1.5  # height of a bar that is not empty: one post beside ten thousand is still seen
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: all posts, and in its lower part those of voices that were new."""

    x: float
    width: float
    y: float
    height: float
    new_y: float
    new_height: float
    label: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """A post of the story that others repeated."""

    official: str | None  # "@handle" of an office
    platform: str
    posted_at: datetime
    repeats: int
    link: str | None


@dataclass(frozen=True, slots=True)
class SpreadCard:
    spread: Spread
    bars: tuple[Bar, ...]  # empty where one bar would say it all
    rows: tuple[tuple[str, int, int], ...]  # the same as a table: when, posts, new voices
    width: str
    first: str
    last: str
    highest: int
    pace: int
    ways: Sequence[tuple[str, int, int]]
    platforms: Sequence[tuple[str, int, int]]
    accounts: Sequence[tuple[str, int, int]]
    carriers: tuple[Carrier, ...]
    campaign: tuple[int, int] | None


def spread_card(spread: Spread, *, official: frozenset[str], zone: ZoneInfo, now: datetime) -> SpreadCard:
    several = len(spread.bins) > 1
    return SpreadCard(
        spread=spread,
        bars=_bars(spread.bins, spread.width, zone) if several else (),
        rows=tuple((_when(b, spread.width, zone), b.posts, b.voices) for b in spread.bins if b.posts),
        width=_span(spread.width),
        first=local_time(spread.first_at, zone=zone),
        last=local_time(spread.last_at, zone=zone),
        highest=max(b.posts for b in spread.bins),
        pace=spread.per_hour(now),
        ways=spread.by("way"),
        platforms=spread.by("platform"),
        accounts=spread.by("account"),
        carriers=tuple(_carrier(one, official) for one in spread.amplifiers),
        campaign=spread.campaign,
    )


def _bars(bins: Sequence[Bin], width: timedelta, zone: ZoneInfo) -> tuple[Bar, ...]:
    highest, step = max(b.posts for b in bins), WIDTH / len(bins)
    bars = []
    for place, one in enumerate(bins):
        if not one.posts:
            continue
        height = max(LEAST, ROOM * one.posts / highest)
        new = height * min(one.voices, one.posts) / one.posts
        label = _("%(when)s: %(posts)d kiriman, %(voices)d suara baru") % {
            "when": _when(one, width, zone), "posts": one.posts, "voices": one.voices}
        bars.append(Bar(round(step * (place + 0.1), 2), round(step * 0.8, 2), round(HEIGHT - height, 1),
                        round(height, 1), round(HEIGHT - new, 1), round(new, 1), label))
    return tuple(bars)


def _when(one: Bin, width: timedelta, zone: ZoneInfo) -> str:
    """A day where a bar is a day, else day and time of the office's clock."""
    local = one.at.astimezone(zone)
    return str(dateformat.format(local, "j M Y" if width >= DAY else "j M H.i"))


def _span(width: timedelta) -> str:
    minutes = int(width.total_seconds()) // 60
    if minutes < 60:
        return str(_("%(n)d menit") % {"n": minutes})
    if minutes < 1440:
        return str(_("%(n)d jam") % {"n": minutes // 60})
    return str(_("%(n)d hari") % {"n": minutes // 1440})


def _carrier(one: Amplifier, official: frozenset[str]) -> Carrier:
    mention = one.mention
    gone = mention.state in (MentionState.GONE, MentionState.WITHHELD)
    handle = (mention.author.handle or "").lstrip("@") if mention.author and not gone else ""
    return Carrier(f"@{handle}" if handle and handle.lower() in official else None, mention.platform,
                   mention.posted_at, one.repeats, None if gone else source_link(mention.url))
