"""What a list is narrowed to, as its address says it: read from it, written into it, put to the Store.

Anything unknown falls back to no filter: a bad or an old link shows more, not less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from domain import LIVE_STATUSES, URGENCIES, Status
from inbox import areas
from inbox.desk import Desk
from inbox.pages import zone
from storage.records import Tally, TicketQuery

ROWS = 50
ACTIVE, ALL = "aktif", "semua"
TABS = (ACTIVE, *LIVE_STATUSES, Status.SELESAI, Status.DITOLAK, ALL)
MINE = "saya"


@dataclass(frozen=True, slots=True)
class Filters:
    tab: str = ACTIVE
    topic: str = ""
    urgency: str = ""
    department: str = ""
    place: str = ""
    platform: str = ""
    since: str = ""  # days of arrival, 2026-11-02, both included
    until: str = ""
    assignee: str = ""  # MINE, or a colleague's name
    text: str = ""
    before: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str], desk: Desk, *, departments: Collection[str],
           colleagues: Collection[str] = ()) -> Filters:
        def one_of(name: str, known: Any, default: str = "") -> str:
            value = given.get(name, default)
            return value if value in known else default

        place = given.get("tempat", "")
        return cls(
            tab=one_of("status", TABS, ACTIVE),
            topic=one_of("topik", desk.settings.topics),
            urgency=one_of("urgensi", URGENCIES),
            department=one_of("dinas", departments),
            place=place if areas.known(place) else "",
            platform=one_of("kanal", platforms(desk)),
            since=_day(given.get("dari", "")),
            until=_day(given.get("sampai", "")),
            assignee=one_of("petugas", (MINE, *colleagues)),
            text=given.get("cari", "").replace("\0", "").strip()[:200],
            before=given.get("sebelum", "")[:200],
        )

    @property
    def fields(self) -> dict[str, str]:
        """By their names in an address."""
        return {"status": self.tab, "topik": self.topic, "urgensi": self.urgency, "dinas": self.department,
                "tempat": self.place, "kanal": self.platform, "dari": self.since, "sampai": self.until,
                "petugas": self.assignee, "cari": self.text}

    def address(self, **other: str) -> str:
        """The same list with something changed; a changed filter starts at the top again."""
        fields = {**self.fields, **other}
        return "?" + urlencode({k: v for k, v in fields.items() if v and (k, v) != ("status", ACTIVE)})

    @property
    def narrowed(self) -> bool:
        return any(value for name, value in self.fields.items() if name != "status")

    @property
    def counted(self) -> bool:
        """Whether the counters know every filter, so that each count is exact at any size."""
        return not (self.text or self.more)

    @property
    def more(self) -> int:
        """How many of the filters are set that lie behind the fold."""
        return sum(bool(value) for value in (self.place, self.platform, self.since, self.until, self.assignee))

    def query(self, person: str, *, limit: int = ROWS + 1) -> TicketQuery:
        return TicketQuery(
            self.department or None, statuses(self.tab), self.topic or None, self.urgency or None, self.text,
            limit=limit, before=self.before or None, place=self.place or None, platform=self.platform or None,
            opened_from=_midnight(self.since), opened_before=_midnight(self.until, after=1),
            assignee=person if self.assignee == MINE else self.assignee or None,
        )


def read_address(query: str) -> Mapping[str, str]:
    """The fields of an address that was kept: the last of each name, as a browser's request has them."""
    return {name: str(value) for name, value in QueryDict(query.removeprefix("?")[:2_000]).items()}


def platforms(desk: Desk) -> list[str]:
    """Where posts come from, in the order of config.yaml: by whatever way Instagram is read, it is Instagram."""
    return [*dict.fromkeys(account.platform.removesuffix("_graph") for account in desk.settings.accounts)]


def statuses(tab: str) -> tuple[Status, ...]:
    if tab == ACTIVE:
        return LIVE_STATUSES
    return () if tab == ALL else (Status(tab),)


@dataclass(frozen=True, slots=True)
class Counts:
    """What each choice would find, as far as the counters know; None where a filter is set that they do not."""

    tabs: Mapping[str, int] | None
    topics: Mapping[str, int] | None
    urgencies: Mapping[str, int] | None


def counts(tallies: Iterable[Tally], filters: Filters) -> Counts:
    if not filters.counted:
        return Counts(None, None, None)
    by_status: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    urgencies: Counter[str] = Counter()
    wanted = {str(status) for status in statuses(filters.tab) or Status}
    for row in tallies:  # each choice is counted under the filters other than its own
        status, topic, urgency, n = row.status, row.topic, row.urgency, row.n
        of_status, of_topic = status in wanted, filters.topic in ("", topic)
        of_urgency = filters.urgency in ("", urgency)
        if of_topic and of_urgency:
            by_status[status] += n
        if of_status and of_urgency:
            topics[topic] += n
        if of_status and of_topic:
            urgencies[urgency] += n
    tabs = {str(tab): sum(by_status[str(status)] for status in statuses(tab) or Status) for tab in TABS}
    return Counts(tabs, topics, urgencies)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _midnight(day: str, *, after: int = 0) -> datetime | None:
    """When a day of the office begins; `after` so many days later. None for a day beyond the calendar."""
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=after), time.min, zone()) if day else None
    except OverflowError:
        return None
