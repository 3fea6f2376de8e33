"""The Monday brief, the lists behind its numbers, and the sample behind its rate. For heads and those who oversee."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from domain import LIVE_STATUSES
from harvester.notices import cause_of
from inbox import areas, counting
from inbox.counting import Choice, address, in_words, sieve_of
from inbox.desk import desk
from inbox.display import due
from inbox.masks import gist
from inbox.pages import page
from inbox.views.queue import departments_of
from storage.records import TicketRow
from workbench.brief import SILENT_DAYS, Brief, brief
from workbench.brief_sheet import as_csv
from workbench.periods import today

ROWS = 50
SHOWN = ("arrived", "answered", "closed", "open", "untouched", "late")


def show(request: HttpRequest) -> HttpResponse:
    choice = Choice.of(request.GET, departments=departments_of(request.user))
    told = _brief(request, choice)
    most = max((change.now.n for _topic, change in told.topics), default=1)
    return page(request, "brief.html", {
        **surroundings(request, choice), "brief": told, "shown": SHOWN, "most": most or 1,
        "longest": max((line.times.p90 for line in told.channels), default=None),
        "may_open_lanes": request.user.oversees, "silent_days": SILENT_DAYS, "cause_of": cause_of,
    })


def surroundings(request: HttpRequest, choice: Choice) -> dict[str, Any]:
    """What every page of figures has: its choices, its neighbours in time, the words for numbers."""
    return {"choice": choice, "departments": departments_of(request.user), "list_of": address, "counting": counting,
            "earlier": choice.moved(-1), "later": choice.moved(1), "today": today(timezone.now()),
            "topics": desk().settings.topics, "place_name": areas.name_of}


def _brief(request: HttpRequest, choice: Choice) -> Brief:
    return brief(desk().store, desk().rules, request.user.actor, choice.period, now=timezone.now(),
                 department=choice.department or None, lanes=request.user.oversees)


def sheet(request: HttpRequest) -> HttpResponse:
    """The brief as CSV: Indonesian, whatever language the page is read in, for it is handed on."""
    choice = Choice.of(request.GET, departments=departments_of(request.user))
    name = choice.period.week or f"{choice.period.first}_{choice.period.last}"
    return HttpResponse(
        as_csv(_brief(request, choice), desk().rules), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="laporan-senin-{name}.csv"'})


def counted(request: HttpRequest) -> HttpResponse:
    """The tickets that a number counts, all of them, fifty a page."""
    sieve = sieve_of(request.GET, desk(), departments=_countable(request))
    actor, store = request.user.actor, desk().store
    total = store.tally(actor, sieve)[()]
    place = request.GET.get("halaman", "")
    number = min(int(place), max(1, -(-total // ROWS))) if place.isascii() and place.isdigit() and place != "0" \
        and len(place) < 8 else 1
    rows = store.counted(actor, sieve, limit=ROWS, skip=(number - 1) * ROWS)
    return page(request, "counted.html", {
        "sieve": sieve, "total": total, "said": in_words(sieve), "lines": [_line(row) for row in rows],
        "first": (number - 1) * ROWS + 1, "here_address": address(sieve), "number": number,
        "more": number * ROWS < total, "departments": departments_of(request.user),
    })


def _countable(request: HttpRequest) -> list[str]:
    """Also what no longer stands in config.yaml: its tickets are counted, so they have to be found."""
    known = departments_of(request.user)
    asked = request.GET.get("dinas", "")
    return [*known, asked] if request.user.all_departments and asked else known


def _line(row: TicketRow) -> dict[str, Any]:
    ticket = row.ticket
    live = ticket.status in LIVE_STATUSES
    return {"row": row, "gist": gist(row.text, official=desk().official_handles),
            "due": due(ticket.due_at, opened_at=ticket.opened_at, now=timezone.now()) if live else None}


def sample(request: HttpRequest) -> HttpResponse:
    """The lane posts that the false-trivial rate was reckoned from, the wrong ones first."""
    choice = Choice.of(request.GET, departments=())
    last = min(choice.period.last, today(timezone.now()))
    store = desk().store
    rows = store.lane_samples(choice.period.first, last)
    return page(request, "brief_sample.html", {
        **surroundings(request, choice), "rate": store.lane_rate(choice.period.first, last),
        "lines": [(row, gist(str(row["text"] or ""), official=desk().official_handles, chars=400)) for row in rows],
    })
