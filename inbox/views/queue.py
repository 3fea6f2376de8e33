"""The queue: what waits for this person's departments, filtered, fifty a page, and its live fragment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from domain import LIVE_STATUSES, URGENCIES, Status
from inbox.desk import desk
from inbox.display import Due, due
from inbox.masks import Segment, gist
from inbox.pages import page
from routing.tickets import allowed
from storage.records import TicketQuery, TicketRow

ROWS = 50
MOST_URGENT_FIRST = tuple(reversed(URGENCIES))
ACTIVE, ALL = "aktif", "semua"
TABS = (ACTIVE, *LIVE_STATUSES, Status.SELESAI, Status.DITOLAK, ALL)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for. Anything unknown falls back to no filter: a bad link shows more, not less."""

    tab: str = ACTIVE
    topic: str = ""
    urgency: str = ""
    department: str = ""
    text: str = ""
    before: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Filters:
        def one_of(name: str, known: Any, default: str = "") -> str:
            value = request.GET.get(name, default)
            return value if value in known else default

        return cls(
            tab=one_of("status", TABS, ACTIVE),
            topic=one_of("topik", desk().settings.topics),
            urgency=one_of("urgensi", URGENCIES),
            department=one_of("dinas", departments_of(request.user)),
            text=request.GET.get("cari", "").replace("\0", "").strip()[:200],
            before=request.GET.get("sebelum", "")[:200],
        )

    def address(self, **other: str) -> str:
        """The same list with something changed; a changed filter starts at the top again."""
        fields = {"status": self.tab, "topik": self.topic, "urgensi": self.urgency, "dinas": self.department,
                  "cari": self.text, **other}
        return "?" + urlencode({k: v for k, v in fields.items() if v and (k, v) != ("status", ACTIVE)})

    @property
    def narrowed(self) -> bool:
        return bool(self.topic or self.urgency or self.department or self.text)

    def query(self) -> TicketQuery:
        statuses: tuple[Status, ...] = {ACTIVE: LIVE_STATUSES, ALL: ()}.get(self.tab, ())
        if self.tab not in (ACTIVE, ALL):
            statuses = (Status(self.tab),)
        return TicketQuery(self.department or None, statuses, self.topic or None, self.urgency or None, self.text,
                           limit=ROWS + 1, before=self.before or None)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the list shows it."""

    row: TicketRow
    gist: Sequence[Segment]
    due: Due | None
    can_accept: bool


def queue(request: HttpRequest) -> HttpResponse:
    return page(request, "queue.html", _context(request))


def fragment(request: HttpRequest) -> HttpResponse:
    """The list alone, or 204 where the browser already shows this very state (`tanda`)."""
    context = _context(request)
    if request.GET.get("tanda") == context["mark"]:
        return HttpResponse(status=204)
    return page(request, "queue_list.html", context)


def departments_of(user: Any) -> list[str]:
    """Keys that the person may filter by, in the order of config.yaml."""
    known = desk().settings.departments
    return [key for key in known if user.all_departments or key in user.departments]


def _context(request: HttpRequest) -> dict[str, Any]:
    filters = Filters.of(request)
    actor = request.user.actor
    rows = desk().store.tickets(actor, filters.query())
    counts = desk().store.counts(actor)
    more, rows = len(rows) > ROWS, rows[:ROWS]
    return {
        "filters": filters,
        "lines": _lines(rows, may_act=request.user.may_act),
        "next": filters.address(sebelum=cursor(rows[-1])) if more else "",
        "tabs": [(tab, _count(tab, counts)) for tab in TABS],
        "departments": departments_of(request.user),
        "topics": desk().settings.topics,
        "urgencies": MOST_URGENT_FIRST,
        "mark": _mark(rows, counts),
    }


def _lines(rows: Sequence[TicketRow], *, may_act: bool) -> list[Line]:
    now = timezone.now()
    official = desk().official_handles
    return [
        Line(row, gist(row.text, official=official),
             due(row.ticket.due_at, opened_at=row.ticket.opened_at, now=now)
             if row.ticket.status in LIVE_STATUSES else None,
             may_act and "accept" in allowed(row.ticket))
        for row in rows
    ]


def _count(tab: str, counts: dict[str, int]) -> int:
    if tab == ALL:
        return sum(counts.values())
    return sum(counts.get(status.value, 0) for status in LIVE_STATUSES) if tab == ACTIVE else counts.get(tab, 0)


def _mark(rows: Sequence[TicketRow], counts: dict[str, int]) -> str:
    """Names the shown state: rows, versions, counts, and the minute, because ages are part of what is shown."""
    state = [get_language(), int(timezone.now().timestamp() // 60), sorted(counts.items())]
    state += [(row.ticket.id, row.ticket.version, row.size, row.state) for row in rows]
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def cursor(row: TicketRow) -> str:
    return str(row.ticket.id)
