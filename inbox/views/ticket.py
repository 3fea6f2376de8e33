"""The ticket page, and the one-time look at its personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import LIVE_STATUSES, URGENCIES, Actor, MentionState, NotAllowed, Status, Ticket
from inbox import closers, counting
from inbox.asking import question
from inbox.casefile import case_file
from inbox.desk import desk
from inbox.display import Due, due, span_in_words
from inbox.fieldwork import located
from inbox.limits import limits
from inbox.masks import gist, harmless
from inbox.pages import page, zone
from inbox.people import colleagues_of
from inbox.presence import Looking, look, others
from inbox.sketch import in_km, sketch
from inbox.spreading import spread_card
from inbox.suggested import suggested
from inbox.trial import trial_routes
from nlp.related import WITHIN
from personal_data import restored
from routing.packet import Packet, letter, packet
from routing.tickets import allowed
from storage.records import HistoryEntry, TicketView

# the order in which actions are offered; the first that is allowed is the big button
OFFERED = ("accept", "start", "finish", "reopen", "assign", "reroute", "hand_over", "ask", "reject", "note")
READINGS = ("set_topic", "set_urgency")  # beside what the machine read
PRIVACY = ("secret", "lift_secret")  # in a card of their own, beside the blotting of words
SHORTEST_REASON = 5
# entries of the history that leave the ticket's version as it was
LOOKS_ON = frozenset(("open", "view", "attach", "answer", "addition", "page", "escalate", "apart", "gone",
                      "disposition_held"))


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
    if unmasked:
        view = unsealed(request.user.actor, view)
    context = {
        "view": view,
        "ticket": view.ticket,
        "case": case_file(view, official=desk().official_handles, unmasked=unmasked),
        "media": [(media, gist(media.alt or "", official=desk().official_handles)) for media in view.mention.media],
        "unmasked": unmasked,
        "due": _due(view.ticket) if view.ticket.status in LIVE_STATUSES else None,
        "clock": _clock(view.ticket.due_rule),
        "spread": spread_card(view.spread, official=desk().official_handles, zone=zone(), now=timezone.now()),
        "limits": limits(view.ticket, view.history, rules=desk().rules, settings=desk().settings, now=timezone.now()),
        "in_words": span_in_words,
        "proposed": trial_routes(desk(), view),
        "rules_version": desk().store.version_numbers().get(view.ticket.ruleset),
        "error": error,
        "tried": tried,
        "typed": request.POST if error else {},
        "may_see": request.user.may_see,
        "merged_into": _visible(request, view.ticket.merged_into),
        "looking": looking(request, number),
        **_evidence(request, number),
        **_where(view),
        "independent": closers.demanded(view.ticket),
        "reread": {entry.verb for entry in view.history if entry.verb in READINGS},
        "closes": closers.may_close(request.user, view.ticket, view.history),
        **_regrouping(request, view),
        **_choices(request, view.ticket),
    }
    if "ask" in context["verbs"]:
        context["question"] = question(view, office=desk().rules.department_name(view.ticket.department),
                                       answered=bool(context["case"].answered))
    return page(request, "ticket.html", context, status=status)


def _where(view: TicketView) -> dict[str, Any]:
    code, other = located(view)
    return {"map": sketch(code, other), "in_km": in_km, "counting": counting}


def unsealed(actor: Actor, view: TicketView) -> TicketView:
    """With the words that staff blotted. Only for who has said why: the look is in the audit before this is called."""
    pieces = desk().store.sealed(actor, view.ticket.id)
    return replace(view, mention=replace(view.mention, text=restored(view.mention.text, pieces)))


def _regrouping(request: HttpRequest, view: TicketView) -> dict[str, Any]:
    """What may be put together or taken apart here; nothing for who only looks, or on a ticket that is closed."""
    if not request.user.may_act or view.ticket.status not in LIVE_STATUSES:
        return {"regroupable": False}
    store, actor = desk().store, request.user.actor
    head = store.heads([view.ticket.cluster])[view.ticket.cluster]
    candidates = store.candidates(actor, view.ticket.id, within=WITHIN)
    chosen = request.POST.getlist("mention") if request.method == "POST" else ()
    official = desk().official_handles
    tellings = store.tellings(actor, view.ticket.id) if view.size > 1 else []
    return {"regroupable": True, "chosen": chosen, "suggested": suggested(head, candidates, official=official),
            "tellings": [(mention, gist(mention.text, official=official)) for mention in tellings]}


def _evidence(request: HttpRequest, number: int) -> dict[str, Any]:
    """Closing photos. Of a ticket elsewhere only its number is told, and only to who may see it."""
    given = desk().store.evidence(request.user.actor, number)
    earlier = {int(key.partition(":")[2]) for one in given for key in one.doubts if key.startswith("reused:")}
    return {"proofs": given, "known_tickets": {ticket for ticket in earlier if _visible(request, ticket)},
            "may_decide": request.user.may_verify}


def looking(request: HttpRequest, number: int) -> list[Looking]:
    """Who else has the ticket open; whoever may act on it is noted for the others. Call it for visible tickets only."""
    name, now = request.user.username, timezone.now()
    return look(number, name, now=now) if request.user.may_act else others(number, name, now=now)


def presence(request: HttpRequest, number: int) -> HttpResponse:
    """What an open ticket page asks every few seconds: who else is here, and whether the ticket has moved on."""
    history = desk().store.ticket(request.user.actor, number)
    moved = since(history.ticket, history.history, request.GET.get("version", ""))
    return page(request, "ticket_presence.html", {
        "looking": looking(request, number), "ticket": history.ticket,
        "moved": [entry for entry in moved if entry.actor != request.user.username],
    })


def since(ticket: Ticket, history: Sequence[HistoryEntry], version: str) -> list[HistoryEntry]:
    """What made the ticket what it is, since it had this version; newest first. Empty where that is not known."""
    if not (version.isascii() and version.isdigit()) or len(version) > 9:
        return []
    steps = [entry for entry in sorted(history, key=lambda entry: entry.at, reverse=True) if entry.verb not in LOOKS_ON]
    return steps[:max(0, ticket.version - int(version))]


def _visible(request: HttpRequest, number: int | None) -> bool:
    if number is None:
        return False
    try:
        desk().store.ticket(request.user.actor, number)
    except NotAllowed:
        return False
    return True


def _due(ticket: Any) -> Due | None:
    return due(ticket.due_at, opened_at=ticket.opened_at, now=timezone.now())


def _choices(request: HttpRequest, ticket: Any) -> dict[str, Any]:
    settings = desk().settings
    possible = allowed(ticket) if request.user.may_act else ()
    inside = [k for k, d in settings.departments.items() if not d.outside and k != ticket.department]
    outside = [k for k, d in settings.departments.items() if d.outside]
    return {
        "verbs": [verb for verb in OFFERED if verb in possible],
        "readings": {verb: choices for verb, choices in zip(READINGS, (settings.topics, URGENCIES), strict=True)
                     if verb in possible},
        "privacy": [verb for verb in PRIVACY if verb in possible],
        "inside": inside,
        "outside": outside,
        "reject_reasons": settings.reject_reasons,
        "colleagues": colleagues_of(ticket.department) if "assign" in possible else [],
        "contact": settings.departments[ticket.department].contact if ticket.department in settings.departments
        else "",
    }


def _clock(due_rule: str | None) -> Any:
    """The limit of law that the due date cites, where config.yaml still has it."""
    return next((clock for clock in desk().settings.clocks if clock.name == due_rule), None)


def handed_over(request: HttpRequest, number: int) -> HttpResponse:
    """The packet for the outside body, to print or to copy: without the reporter."""
    view = desk().store.ticket(request.user.actor, number)
    lines = [harmless(line) for line in letter(packet_of(view))]
    return page(request, "packet.html", {"ticket": view.ticket, "lines": lines})


def packet_of(view: TicketView) -> Packet:
    """What goes out of a ticket; NotAllowed where it was handed over to nobody."""
    ticket = view.ticket
    if not ticket.outside and ticket.status is not Status.DITERUSKAN:
        raise NotAllowed(f"ticket {ticket.id} is not handed over to anybody")
    gone = view.mention.state in (MentionState.GONE, MentionState.WITHHELD)
    return packet("" if gone else view.mention.text, department=ticket.department, rules=desk().rules,
                  extraction={} if gone else view.extraction or {},
                  route=next((r for r in view.routes if r["department"] == ticket.department), None),
                  arrived_at=ticket.opened_at, number=f"T-{ticket.id}",
                  whom="" if ticket.outside else ticket.reason or "")
