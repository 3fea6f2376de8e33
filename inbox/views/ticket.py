"""The ticket page, and the one-time look at its personal data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import LIVE_STATUSES, NotAllowed
from inbox.casefile import case_file
from inbox.desk import desk
from inbox.display import Due, due, spread_chart
from inbox.masks import gist
from inbox.pages import page, zone
from inbox.trial import suggested
from routing.tickets import allowed

# the order in which actions are offered; the first that is allowed is the big button
OFFERED = ("accept", "start", "finish", "reopen", "reroute", "hand_over", "ask", "reject", "note")
SHORTEST_REASON = 5


def ticket(request: HttpRequest, number: int) -> HttpResponse:
    return ticket_page(request, number)


def unmask(request: HttpRequest, number: int) -> HttpResponse:
    """Show personal data once, after the reason stands in the audit log. A reload asks again."""
    if not request.user.may_unmask:
        raise NotAllowed("this role opens no personal data")
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < SHORTEST_REASON:
        return ticket_page(request, number, error=_("Tulis alasan membuka data pribadi."), tried="unmask", status=422)
    store, actor = desk().store, request.user.actor
    store.ticket(actor, number)  # refuses before anything is written
    store.record_view(actor, number, what="pii", reason=reason, now=timezone.now())
    return ticket_page(request, number, unmasked=True)


def ticket_page(request: HttpRequest, number: int, *, unmasked: bool = False, error: str = "", tried: str = "",
                status: int = 200) -> HttpResponse:
    """The page; `error` and `tried` come back from a refused action, with what was typed still there."""
    view = desk().store.ticket(request.user.actor, number)
    context = {
        "view": view,
        "ticket": view.ticket,
        "case": case_file(view, official=desk().official_handles, unmasked=unmasked),
        "media": [(media, gist(media.alt or "", official=desk().official_handles)) for media in view.mention.media],
        "unmasked": unmasked,
        "due": _due(view.ticket) if view.ticket.status in LIVE_STATUSES else None,
        "clock": _clock(view.ticket.due_rule),
        "proposed": suggested(desk(), view),
        "rules_version": desk().store.version_numbers().get(view.ticket.ruleset),
        "chart": spread_chart(view.spread, zone=zone()),
        "error": error,
        "tried": tried,
        "typed": request.POST if error else {},
        "may_see": request.user.may_see,
        **_choices(request, view.ticket),
    }
    return page(request, "ticket.html", context, status=status)


def _due(ticket: Any) -> Due | None:
    return due(ticket.due_at, opened_at=ticket.opened_at, now=timezone.now())


def _choices(request: HttpRequest, ticket: Any) -> dict[str, Any]:
    settings = desk().settings
    possible = allowed(ticket) if request.user.may_act else ()
    inside = [k for k, d in settings.departments.items() if not d.outside and k != ticket.department]
    outside = [k for k, d in settings.departments.items() if d.outside]
    return {
        "verbs": [verb for verb in OFFERED if verb in possible],
        "inside": inside,
        "outside": outside,
        "reject_reasons": settings.reject_reasons,
        "contact": settings.departments[ticket.department].contact if ticket.department in settings.departments
        else "",
    }


def _clock(due_rule: str | None) -> Any:
    """The limit of law that the due date cites, where config.yaml still has it."""
    return next((clock for clock in desk().settings.clocks if clock.name == due_rule), None)
