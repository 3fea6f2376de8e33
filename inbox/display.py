"""How times, distances to a due date and spreads are put into words and shapes. Pure but for the language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.utils import dates
from django.utils.translation import get_language
from django.utils.translation import gettext as _

PLATFORM_HOSTS = {
    "x.com", "twitter.com", "mobile.twitter.com", "www.instagram.com", "instagram.com", "www.facebook.com",
    "facebook.com", "m.facebook.com", "web.facebook.com",
}
X_STATUS = re.compile(r"^/[^/]+/status/(\d{1,20})/?$")
URL_SIGNS = "/%:@!$&()*+,;=~-._?"
HURRY = timedelta(hours=6)


@lru_cache(maxsize=64)
def month(_language: str, number: int) -> str:
    """Its name in three letters, in the reader's language."""
    return str(dates.MONTHS_3[number]).title()


def local_time(at: datetime, *, zone: ZoneInfo) -> str:
    """"21 Nov 2026 14.05 WIB": the office's clock, named."""
    local = at.astimezone(zone)
    return f"{local.day} {month(get_language(), local.month)} {local:%Y %H.%M} {local.tzname()}"


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
