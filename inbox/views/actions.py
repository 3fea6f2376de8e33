"""What staff do to a ticket. Every action is a POST with the version that the person saw.

`routing.tickets.transition` says what an action means, the Store writes it; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import Action, Actor, Conflict, Event, NotAllowed, Refused, Ticket
from inbox import closers
from inbox.casefile import step_of
from inbox.desk import desk
from inbox.labels import label
from inbox.people import colleagues_of
from inbox.views import problems
from inbox.views.account import local_path
from inbox.views.ticket import OFFERED, PRIVACY, READINGS, since, ticket_page
from routing.notices import facts
from routing.tickets import transition
from storage.records import TicketView, Transition

NOTE_CHARS = 2_000
UNLISTED = "-"  # the form's "another body, named in the note"


def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    actor = request.user.actor
    if not request.user.may_act or verb not in (*OFFERED, *READINGS, *PRIVACY):
        raise NotAllowed(f"no action {verb} for this role")
    if verb == "finish" and "photo" in request.FILES:
        from inbox.views.closing import hand_in  # it stands on this module

        return hand_in(request, number)
    action = action_of(request.POST, verb)
    try:
        changed = perform(actor, number, request.POST.get("version", ""), action)
    except Refused as refusal:
        return ticket_page(request, number, error=said(refusal, action), tried=verb, status=422)
    except Conflict:
        return conflict(request, actor, number, seen=request.POST.get("version", ""))
    messages.success(request, f"T-{number}: {label('done', verb)}")
    return redirect(_onward(request, changed))


def perform(actor: Actor, number: int, version: str, action: Action) -> Ticket:
    """Do it to the ticket as the person saw it. Raises Conflict, Refused or NotAllowed, and then nothing is changed."""
    ticket = unchanged(actor, number, version).ticket
    if action.verb == "assign" and action.assignee and action.assignee not in colleagues_of(ticket.department):
        raise Refused(_("orang itu tidak bekerja di dinas pemilik tiket"), hint=_("pilih dari daftar"))
    if action.verb == "finish" and closers.demanded(ticket):
        raise Refused(_("tiket dinas ini ditutup dengan foto bukti yang disahkan orang kedua"), hint=_("sertakan foto"))
    return desk().store.apply(actor, transition_of(ticket, action, actor))


def unchanged(actor: Actor, number: int, version: str) -> TicketView:
    """The ticket, where it still is as the person saw it; else Conflict."""
    view = desk().store.ticket(actor, number)
    if version != str(view.ticket.version):
        raise Conflict(f"tiket T-{number} sudah diubah orang lain", hint="muat ulang halaman, lalu coba lagi")
    return view


def said(refusal: Refused, action: Action) -> str:
    if action.verb == "reject" and action.reason not in desk().settings.reject_reasons:
        return str(
            _("Pilih alasan penolakan dari daftar. Bukan wewenang dinas Anda? Alihkan atau teruskan, jangan tolak.")
        )
    return sentence(refusal)


def sentence(refusal: Refused) -> str:
    """What was refused and what would be possible, as a person reads it."""
    text = str(refusal)
    return f"{text[:1].upper()}{text[1:]}. {refusal.hint[:1].upper()}{refusal.hint[1:]}".removesuffix(" ") + "."


def action_of(form: Mapping[str, Any], verb: str) -> Action:
    def field(name: str) -> str | None:
        return str(form.get(name, "")).replace("\0", "").strip()[:NOTE_CHARS] or None

    to = field("to_department")
    return Action(verb, reason=field("reason"), to_department=None if to == UNLISTED else to, note=field("note"),
                  assignee=field("assignee"), value=field("value"))


def transition_of(ticket: Ticket, action: Action, actor: Actor) -> Transition:
    now = timezone.now()
    move = transition(ticket, action, actor=actor, rules=desk().rules, now=now)
    return Transition(
        ticket=ticket.id, seen_version=ticket.version, verb=move.verb, actor=actor.name, changes=move.changes, at=now,
        reason=move.reason, correction=move.correction, events=_events(ticket, move.changes),
    )


def _events(ticket: Ticket, changes: Mapping[str, Any]) -> tuple[Event, ...]:
    """Tell the department that a ticket moved to, with number and topic and no word of the citizen's."""
    department = changes.get("department")
    if not department or department == ticket.department:
        return ()
    rules = desk().rules
    subject = f"Tiket T-{ticket.id} dialihkan kepada Anda: {rules.topic_name(ticket.topic)} ({ticket.urgency})"
    body = f"{rules.department_name(department)}: buka kotak masuk, tiket T-{ticket.id}."
    return tuple(
        Event(f"T-{ticket.id}|v{ticket.version + 1}|{kind}|{address}", kind, address, ticket.id, subject, body,
              facts=facts(ticket, rules.department_name(department), department=department))
        for kind, address in rules.addresses(department)
    )


def conflict(request: HttpRequest, actor: Actor, number: int, *, seen: str = "") -> HttpResponse:
    """Say who was first and what they changed, and give back what was typed.

    Where the ticket left this desk meanwhile, the Store's refusal says it.
    """
    view = desk().store.ticket(actor, number)
    latest = max(view.history, key=lambda entry: entry.at, default=None)
    who = latest.actor if latest is not None and latest.actor != actor.name else ""
    typed = request.POST.get("note", "").replace("\0", "").strip()[:NOTE_CHARS]
    return problems.conflict(
        request, link=reverse("ticket", args=[number]), who=who, typed=typed,
        steps=[step_of(entry, desk().official_handles) for entry in since(view.ticket, view.history, seen)],
        reject_reasons=desk().settings.reject_reasons)


def _onward(request: HttpRequest, ticket: Ticket) -> str:
    """Back to where the person came from; to the queue when the ticket is no longer theirs to see."""
    if wished := request.POST.get("next"):
        return local_path(request, wished)
    return str(reverse("ticket", args=[ticket.id]) if request.user.may_see(ticket) else reverse("queue"))
