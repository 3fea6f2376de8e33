"""One action on several tickets, each with its own version and audit entry; the page says how each one went.

A ticket that somebody changed meanwhile, or that the action does not fit, stays as it is and is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from domain import Action, Actor, Conflict, NotAllowed, Refused
from inbox.filters import ROWS
from inbox.pages import page
from inbox.views.account import local_path
from inbox.views.actions import action_of, perform, said

VERBS = ("accept", "assign", "reroute", "reject")
PICK = re.compile(r"([1-9][0-9]{0,14}):([1-9][0-9]{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Result:
    """How it went with one ticket. `why` is empty where it was done."""

    number: int
    why: str = ""
    visible: bool = True  # still on the person's desk


def bulk(request: HttpRequest) -> HttpResponse:
    verb = request.POST.get("verb", "")
    if not request.user.may_act or verb not in VERBS:
        raise NotAllowed(f"no action {verb} on many tickets for this role")
    found = [PICK.fullmatch(pick) for pick in request.POST.getlist("pick")]
    picks = {pick[1]: pick[2] for pick in found if pick}
    action = action_of(_form_of(request, verb), verb)
    actor = request.user.actor
    results = [_done(request, actor, int(number), version, action) for number, version in [*picks.items()][:ROWS]]
    return page(request, "bulk.html", {
        "verb": verb, "done": [result for result in results if not result.why],
        "left": [result for result in results if result.why],
        "back": local_path(request, request.POST.get("next", "")),
    }, status=200 if results else 422)


def _form_of(request: HttpRequest, verb: str) -> dict[str, Any]:
    """The fields of one action: all forms of the bar travel together, so each has a note of its own."""
    return {**request.POST.dict(), "note": request.POST.get(f"note-{verb}", "")}


def _done(request: HttpRequest, actor: Actor, number: int, version: str, action: Action) -> Result:
    try:
        ticket = perform(actor, number, version, action)
    except Conflict:
        return Result(number, _("Diubah orang lain sejak Anda melihatnya. Lihat dulu yang terbaru."))
    except Refused as refusal:
        return Result(number, said(refusal, action))
    except NotAllowed:  # in the words for a ticket that does not exist: nobody counts foreign tickets this way
        return Result(number, _("Tiket ini tidak ada, atau bukan milik dinas Anda."), visible=False)
    return Result(number, visible=request.user.may_see(ticket))
