"""Blotting words out of a story: personal data that no pattern knows, above all names."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import Actor, Conflict, NotAllowed, Refused, Ticket
from inbox.desk import desk
from inbox.views.actions import NOTE_CHARS, conflict, sentence, unchanged
from inbox.views.ticket import ticket_page
from routing.tickets import redaction
from storage.redaction import Redact


def redact(request: HttpRequest, number: int) -> HttpResponse:
    actor, form = request.user.actor, request.POST
    if not request.user.may_act:
        raise NotAllowed("this role blots nothing")
    try:
        blot(actor, number, form.get("version", ""), words=form.get("words", ""), reason=form.get("note", ""))
    except Refused as refusal:
        return ticket_page(request, number, error=sentence(refusal), tried="redact", status=422)
    except Conflict:
        return conflict(request, actor, number, seen=form.get("version", ""))
    messages.success(request, _("T-%(n)s: kata itu ditutup di semua kiriman perkara ini, juga yang datang kemudian.")
                     % {"n": number})
    return redirect(reverse("ticket", args=[number]))


def blot(actor: Actor, number: int, version: str, *, words: str, reason: str) -> Ticket:
    """Do it to the ticket as the person saw it. Raises as `actions.perform` does."""
    ticket = unchanged(actor, number, version).ticket
    why = reason.replace("\0", "").strip()[:NOTE_CHARS]
    wanted = redaction(ticket, words.replace("\0", ""), why, actor=actor)
    return desk().store.redact(actor, Redact(number, ticket.version, wanted, actor.name, timezone.now(), why))
