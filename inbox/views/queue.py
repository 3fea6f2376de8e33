"""The queue: what waits for this person's departments, filtered, fifty a page, its live fragment, its saved views."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from domain import LIVE_STATUSES, URGENCIES, Refused
from inbox import areas
from inbox.desk import desk
from inbox.display import Due, due
from inbox.filters import MINE, ROWS, TABS, Filters, counts, platforms, read_address
from inbox.masks import Segment, gist
from inbox.pages import page
from inbox.people import colleagues
from routing.tickets import allowed
from storage.records import SavedView, TicketRow

MOST_URGENT_FIRST = tuple(reversed(URGENCIES))
COUNTED_TO = 1_000  # what the counters do not know is counted so far
NAME_CHARS = 40
MOST_POLLS = 5_000
_polls: dict[tuple[Any, ...], tuple[int, int]] = {}  # who, which list, in which state -> when it was so


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the list shows it."""

    row: TicketRow
    gist: Sequence[Segment]
    due: Due | None
    can_accept: bool


def queue(request: HttpRequest) -> HttpResponse:
    filters = filters_of(request)
    kept = desk().store.saved_views(request.user.actor)
    context = _context(request, filters)
    teams = colleagues(context["departments"])
    return page(request, "queue.html", {
        **context,
        "lines": _lines(context["rows"], request.user),
        "topics": desk().settings.topics,
        "urgencies": MOST_URGENT_FIRST,
        "platforms": platforms(desk()),
        "places": areas.choices(desk().settings, request.user.departments, filters.place),
        "views": [(view, f"?{view.query}" if view.query else "") for view in kept],
        "teams": teams,
        "names": [name for name in names_of(teams) if name != request.user.username],
        **_bulk_choices(),
        "view": next((view.name for view in kept if f"?{view.query}" == filters.address()), ""),
    })


def _bulk_choices() -> dict[str, Any]:
    """What the bar below the queue offers, beside the colleagues."""
    settings = desk().settings
    return {
        "inside": [key for key, one in settings.departments.items() if not one.outside],
        "reject_reasons": settings.reject_reasons,
    }


def fragment(request: HttpRequest) -> HttpResponse:
    """The list alone, or 204 where the browser already knows this very state (`tanda`).

    Every open queue asks every few seconds. While nothing was written since it last asked, its list is not read.
    """
    filters, mark = filters_of(request), request.GET.get("tanda", "")
    if mark and _polls.get(_poll(request, filters, mark)) == _moment():
        return HttpResponse(status=204)
    context = _context(request, filters)
    if mark == context["mark"]:
        return HttpResponse(status=204)
    return page(request, "queue_list.html", {**context, "lines": _lines(context["rows"], request.user)})


def save_view(request: HttpRequest) -> HttpResponse:
    """Name the list that is shown, for this person alone. What the address says is read anew, never kept as typed."""
    filters = _filters(read_address(request.POST.get("query", "")), request.user)
    back = reverse("queue") + filters.address()
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:NAME_CHARS]
    if not name:
        messages.error(request, _("Beri nama untuk tampilan ini."))
        return redirect(back)
    try:
        desk().store.save_view(request.user.actor, SavedView(name, filters.address().removeprefix("?")))
    except Refused:
        messages.error(request, _("Tampilan tersimpan sudah penuh. Hapus dulu yang tidak dipakai."))
        return redirect(back)
    messages.success(request, _("Tampilan “%(name)s” tersimpan.") % {"name": name})
    return redirect(back)


def forget_view(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("name", "")[:NAME_CHARS]
    desk().store.forget_view(request.user.actor, name)
    messages.success(request, _("Tampilan “%(name)s” dihapus.") % {"name": name})
    return redirect("queue")


def filters_of(request: HttpRequest) -> Filters:
    return _filters(request.GET, request.user)


def _filters(given: Mapping[str, str], user: Any) -> Filters:
    """Colleagues are asked for only where the address names one: open queues poll by it every few seconds."""
    departments = departments_of(user)
    named = given.get("petugas", "") not in ("", MINE)
    names = names_of(colleagues(departments)) if named else ()
    return Filters.of(given, desk(), departments=departments, colleagues=names)


def names_of(teams: Mapping[str, Sequence[str]]) -> list[str]:
    """Each name once, though its bearer works at several desks."""
    return sorted({name for team in teams.values() for name in team})


def departments_of(user: Any) -> list[str]:
    """Keys that the person may filter by, in the order of config.yaml."""
    known, every, own = desk().settings.departments, user.all_departments, frozenset(user.departments)
    return [key for key in known if every or key in own]


def _context(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    """All but the lines themselves: whoever finds `mark` unchanged need not make them."""
    actor, store, at = request.user.actor, desk().store, _moment()
    query = filters.query(actor.name)
    found = None
    if filters.counted or filters.before:  # what was found is said above its first page
        rows = store.tickets(actor, query)
    else:
        rows, found = store.page(actor, query, most=COUNTED_TO)
    counted = counts(store.tallies(actor, filters.department or None) if filters.counted else (), filters)
    more, rows = len(rows) > ROWS, rows[:ROWS]
    mark = _mark(rows, counted, found)
    _remember(_poll(request, filters, mark), at)
    return {
        "filters": filters,
        "rows": rows,
        "next": filters.address(sebelum=cursor(rows[-1])) if more else "",
        "tabs": TABS,
        "counts": counted,
        "found": found,
        "place_name": areas.name_of,
        "departments": departments_of(request.user),
        "mark": mark,
    }


def _lines(rows: Sequence[TicketRow], user: Any) -> list[Line]:
    now, may_act = timezone.now(), bool(user.may_act)
    official = desk().official_handles
    return [
        Line(row, gist(row.text, official=official),
             due(row.ticket.due_at, opened_at=row.ticket.opened_at, now=now)
             if row.ticket.status in LIVE_STATUSES else None,
             may_act and "accept" in allowed(row.ticket))
        for row in rows
    ]


def _poll(request: HttpRequest, filters: Filters, mark: str) -> tuple[Any, ...]:
    return request.user.actor, filters, mark


def _moment() -> tuple[int, int]:
    """What was written last, and the minute, because ages are part of what is shown.

    A copy that joins a story writes no entry, so the number of its posts may be a minute old.
    """
    return desk().store.newest_entry(), int(timezone.now().timestamp() // 60)


def _remember(poll: tuple[Any, ...], at: tuple[int, int]) -> None:
    """This person's list of this address was in the state `mark` at that moment: read after it was looked at."""
    if len(_polls) >= MOST_POLLS:
        _polls.clear()
    _polls[poll] = at


def _mark(rows: Sequence[TicketRow], *counted: Any) -> str:
    """Names the shown state: rows, versions, counts, and the minute, because ages are part of what is shown."""
    state: list[Any] = [get_language(), int(timezone.now().timestamp() // 60), counted]
    state += [(row.ticket.id, row.ticket.version, row.size, row.state) for row in rows]
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def cursor(row: TicketRow) -> str:
    return str(row.ticket.id)
