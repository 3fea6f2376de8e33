"""The work order, to be printed or read on a phone. For whoever sees the ticket; it shows less than the ticket does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from domain import LIVE_STATUSES
from inbox import areas, counting
from inbox.desk import desk
from inbox.display import due
from inbox.fieldwork import work_order
from inbox.pages import page
from inbox.sketch import in_km, sketch


def show(request: HttpRequest, number: int) -> HttpResponse:
    view = desk().store.ticket(request.user.actor, number)
    ticket = view.ticket
    order = work_order(view, official=desk().official_handles, area_of=area_in_words)
    return page(request, "fieldwork.html", {
        "ticket": ticket, "order": order, "map": None if ticket.sensitive else sketch(order.code, order.other),
        "in_km": in_km, "counting": counting, "printed_at": timezone.now(),
        "due": due(ticket.due_at, opened_at=ticket.opened_at, now=timezone.now())
        if ticket.status in LIVE_STATUSES else None,
        "address": request.build_absolute_uri(reverse("ticket", args=[number])),
    })


def area_in_words(code: str) -> str:
    """"Jebres, Kota Surakarta": from the area up, without the province."""
    parts = code.split(".")
    return ", ".join(dict.fromkeys(areas.name_of(".".join(parts[:depth])) for depth in range(len(parts), 1, -1)))
