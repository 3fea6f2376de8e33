"""A number on a page and the list behind it: a `Sieve` written into an address and read from it, and put into words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import dateformat, formats, timezone
from django.utils.translation import gettext as _

from domain import URGENCIES, ConfigError
from inbox import areas
from inbox.desk import Desk, desk
from inbox.filters import platforms
from inbox.labels import label
from inbox.pages import zone
from storage.oversight import EXACTLY, NOWHERE, WHATS, Sieve
from workbench.periods import Period, between, usual, week

WORDS = dict(zip(("masuk", "ditanggapi", "ditutup", "terbuka", "belum", "lewat", "pantulan"), WHATS, strict=True))
KEYS = {what: word for word, what in WORDS.items()}
FIELDS = (("dinas", "department"), ("topik", "topic"), ("kanal", "platform"), ("tempat", "place"),
          ("urgensi", "urgency"))
SEEN_BY_CLOCK = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page of figures is about, as its address says it. Anything unknown is no choice."""

    period: Period
    department: str = ""
    topic: str = ""
    platform: str = ""
    days_asked: int = 0  # of the stretch that the address named; 0: it named none that can be read

    @classmethod
    def of(cls, given: Mapping[str, str], *, departments: Collection[str]) -> Choice:
        def one_of(name: str, known: Collection[str]) -> str:
            return given.get(name, "") if given.get(name, "") in known else ""

        asked = period_asked(given)
        period = between(*asked) if asked else usual(timezone.now())
        days = (asked[1] - asked[0]).days + 1 if asked else 0
        return cls(period, one_of("dinas", departments), one_of("topik", desk().settings.topics),
                   one_of("kanal", platforms(desk())), days)

    def fields(self, **other: str) -> dict[str, str]:
        period = self.period
        days = {"minggu": period.week} if period.week else {
            "dari": period.first.isoformat(), "sampai": period.last.isoformat()}
        fields = {**days, "dinas": self.department, "topik": self.topic, "kanal": self.platform, **other}
        return {name: value for name, value in fields.items() if value}

    def address(self, **other: str) -> str:
        return "?" + urlencode(self.fields(**other))

    def moved(self, lengths: int) -> str:
        """The same for the period before or after; "" where there is none, or it lies ahead."""
        period = self.period.moved(lengths)
        if period is None or period.since > timezone.now():
            return ""
        return Choice(period, self.department, self.topic, self.platform).address()

    def sieve(self, what: str, *, now: datetime, **other: Any) -> Sieve:
        return Sieve(what, self.period.since, self.period.end(now), **{
            "department": self.department or None, "topic": self.topic or None, "platform": self.platform or None,
            **other})


def period_asked(given: Mapping[str, str]) -> tuple[date, date] | None:
    """First and last day that an address names; None where it names none, or none that is in the calendar."""
    try:
        if text := given.get("minggu"):
            found = week(text)
            return found.first, found.last
        if given.get("dari") or given.get("sampai"):
            first, last = sorted(date.fromisoformat(given.get(name) or given[other])
                                 for name, other in (("dari", "sampai"), ("sampai", "dari")))
            return first, last
    except (ConfigError, ValueError):
        pass
    return None


def address(sieve: Sieve) -> str:
    """The list of exactly the tickets that the sieve keeps."""
    fields = {"apa": KEYS[sieve.what], "sejak": _minute(sieve.since), "hingga": _minute(sieve.until)}
    fields |= {name: value for name, field in FIELDS if (value := getattr(sieve, field))}
    return f"{reverse('counted')}?{urlencode(fields)}"


def sieve_of(given: Mapping[str, str], at: Desk, *, departments: Collection[str]) -> Sieve:
    """What an address asks for; what it does not say, or says wrongly, is the usual week."""
    period = usual(timezone.now())
    known: dict[str, Collection[str]] = {
        "dinas": departments, "topik": at.settings.topics, "kanal": platforms(at), "urgensi": URGENCIES}
    chosen = {field: given[name] for name, field in FIELDS if given.get(name) and (
        given[name] in known[name] if name in known
        else given[name] == NOWHERE or areas.known(given[name].removeprefix(EXACTLY)))}
    since = _moment(given.get("sejak", "")) or period.since
    until = _moment(given.get("hingga", "")) or period.end(timezone.now())
    return Sieve(WORDS.get(given.get("apa", ""), "arrived"), since, max(since, until), **chosen)


def _minute(at: datetime) -> str:
    return at.astimezone(zone()).strftime(SEEN_BY_CLOCK)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, SEEN_BY_CLOCK).replace(tzinfo=zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- words -------------------------------------------------------------------------------------


def in_words(sieve: Sieve) -> list[str]:
    """What the list shows, beside its name: stretch and filters."""
    said = [stretch(sieve)]
    if sieve.department:
        said.append(desk().rules.department_name(sieve.department))
    if sieve.topic:
        said.append(desk().rules.topic_name(sieve.topic))
    if sieve.platform:
        said.append(label("platform", sieve.platform))
    if sieve.urgency:
        said.append(label("urgency", sieve.urgency))
    if sieve.place:
        said.append(place_in_words(sieve.place))
    return said


def place_in_words(place: str) -> str:
    if place == NOWHERE:
        return str(_("tanpa tempat"))
    name = areas.name_of(place.removeprefix(EXACTLY))
    return str(_("hanya disebut %(name)s") % {"name": name}) if place.startswith(EXACTLY) else name


def stretch(sieve: Sieve) -> str:
    """"16–22 Nov 2026" for whole days; what is asked of one moment says that moment."""
    if sieve.what in ("open", "untouched", "late"):
        return str(_("per %(at)s") % {"at": clock(sieve.until)})
    since, until = (at.astimezone(zone()) for at in (sieve.since, sieve.until))
    if (until.hour, until.minute) == (0, 0):
        return days(since.date(), (until - timedelta(minutes=1)).date())
    return str(_("%(first)s sampai %(at)s") % {"first": day(since.date()), "at": clock(sieve.until)})


def days(first: date, last: date) -> str:
    if first == last:
        return day(first)
    if first.year == last.year and first.month == last.month:
        return f"{first.day}–{day(last)}"
    return f"{day(first)} – {day(last)}"


def day(one: date) -> str:
    return str(dateformat.format(one, "j M Y"))


def clock(at: datetime) -> str:
    local = at.astimezone(zone())
    if (local.hour, local.minute) == (0, 0):  # the end of a day belongs to that day
        return f"{day((local - timedelta(minutes=1)).date())} 24.00 {local.tzname()}"
    return f"{dateformat.format(local, 'j M Y H.i')} {local.tzname()}"


def took(span: timedelta) -> str:
    """Two digits that matter: minutes, hours up to two days, then days."""
    hours = span.total_seconds() / 3600
    if hours < 1:
        return str(_("%(n)d mnt") % {"n": round(span.total_seconds() / 60)})
    if hours < 48:
        return str(_("%(n)s jam") % {"n": decimal(hours)})
    return str(_("%(n)s hari") % {"n": decimal(hours / 24)})


def decimal(value: float) -> str:
    digits = 1 if value < 10 else 0
    return str(formats.number_format(round(value, digits), digits, use_l10n=True))  # by itself it cuts off


def percent(share: float, *, signed: bool = False) -> str:
    """"+12 %"; a true minus sign, so that it is as wide as the plus."""
    sign = ("+" if share > 0 else "−" if share < 0 else "±") if signed else ""
    return f"{sign}{abs(round(100 * share))} %"


def tenth_percent(share: float) -> str:
    return f"{formats.number_format(round(100 * share, 1), 1, use_l10n=True)} %"
