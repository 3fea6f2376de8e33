"""How times, distances to a due date and spreads are put into words and shapes. Pure but for the language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext as _

PLATFORM_HOSTS = {
    "x.com", "twitter.com", "mobile.twitter.com", "www.instagram.com", "instagram.com", "www.facebook.com",
    "facebook.com", "m.facebook.com", "web.facebook.com",
}
X_STATUS = re.compile(r"^/[^/]+/status/(\d{1,20})/?$")
URL_SIGNS = "/%:@!$&()*+,;=~-._?"
SPREAD_HOURS = 48
HURRY = timedelta(hours=6)


def local_time(at: datetime, *, zone: ZoneInfo) -> str:
    """"21 Nov 2026 14.05 WIB": the office's clock, named."""
    local = at.astimezone(zone)
    return f"{dateformat.format(local, 'j M Y H.i')} {local.tzname()}"


def span_in_words(delta: timedelta) -> str:
    """The largest unit that fits, rounded down, one minute at least."""
    minutes = max(1, int(delta.total_seconds() // 60))
    if minutes < 60:
        return str(_("%(n)d mnt") % {"n": minutes})
    if minutes < 48 * 60:
        return str(_("%(n)d jam") % {"n": minutes // 60})
    return str(_("%(n)d hari") % {"n": minutes // (24 * 60)})


@dataclass(frozen=True, slots=True)
class Due:
    """How near a due date is: `nearness` is late, near, soon or calm.

    A limit of one day would paint every new ticket red, and a colour that is always there says
    nothing. So the share of the time that is left counts too: near is a day and half of the time,
    soon three days and three quarters of it. Six hours are near whatever the limit was.
    """

    nearness: str
    words: str


def due(due_at: datetime | None, *, opened_at: datetime, now: datetime) -> Due | None:
    if due_at is None:
        return None
    left, whole = due_at - now, due_at - opened_at
    if left < timedelta(0):
        return Due("late", _("lewat %(span)s") % {"span": span_in_words(-left)})
    near, soon = max(HURRY, min(timedelta(days=1), whole / 2)), min(timedelta(days=3), whole * 0.75)
    nearness = "near" if left < near else "soon" if left < soon else "calm"
    return Due(nearness, _("sisa %(span)s") % {"span": span_in_words(left)})


def source_link(url: str | None) -> str | None:
    """The post's address, only https and only on a platform we know; X's without the author's handle."""
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or host not in PLATFORM_HOSTS or port not in (None, 443) or parts.username:
        return None
    status = X_STATUS.match(parts.path)
    if host in ("x.com", "twitter.com", "mobile.twitter.com") and status:
        return f"https://x.com/i/status/{status[1]}"
    path, query = quote(parts.path, safe=URL_SIGNS), quote(parts.query, safe=URL_SIGNS)
    return urlunsplit(("https", host, path, query, ""))


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one hour each, in a box of 480 by 96; `peak` posts reach the top."""

    bars: tuple[Bar, ...]
    first: str
    last: str
    peak: int


def spread_chart(spread: Sequence[tuple[datetime, int]], *, zone: ZoneInfo) -> Chart | None:
    """Posts per hour from the first to the last, at most two days; None where one hour says it all."""
    counts = {hour: n for hour, n in spread if n > 0}
    if len(counts) < 2:
        return None
    first = min(counts)
    hours = min(SPREAD_HOURS, int((max(counts) - first) / timedelta(hours=1)) + 1)
    peak = max(counts.values())
    step = 480 / hours
    bars = []
    for i in range(hours):
        at = first + timedelta(hours=i)
        height = round(92 * counts.get(at, 0) / peak, 1)
        label = f"{local_time(at, zone=zone)}: {counts.get(at, 0)}"
        bars.append(Bar(round(i * step + step * 0.1, 2), round(96 - height, 1), round(step * 0.8, 2), height, label))
    last = first + timedelta(hours=hours - 1)
    return Chart(tuple(bars), local_time(first, zone=zone), local_time(last, zone=zone), peak)
