"""What coordinators, operators and auditors watch: posts kept in lanes, and the health of the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from deciding import announcer, openings, to_people
from domain import Extraction, Mention, NotAllowed, OpenTicket, Refused
from inbox.desk import desk
from inbox.labels import FACT, label
from inbox.masks import gist
from inbox.pages import moment, page, zone
from inbox.views.accounts import failing, ranked, worst_of
from routing.route import route
from storage.records import LaneCheck

LANE_ROWS = 100
SAMPLED = 0.05  # of a day's lanes, for a person to look at
LIFTED = "lajur-salah"


def _only_overseers(request: HttpRequest) -> None:
    if not request.user.oversees:
        raise NotAllowed("lanes and health are for coordinators, operators and auditors")


def local_day(at: datetime) -> date:
    return at.astimezone(zone()).date()


def lane(request: HttpRequest) -> HttpResponse:
    """Posts that opened no ticket, newest first, each with its lane and reason."""
    _only_overseers(request)
    rows = desk().store.lane(LANE_ROWS)
    lanes = sorted({str(row.get("lane")) for row in rows})
    chosen = request.GET.get("lajur", "")
    shown = [row for row in rows if not chosen or row.get("lane") == chosen]
    lines = [(row, gist(str(row.get("text") or ""), official=desk().official_handles, chars=400)) for row in shown]
    yesterday = local_day(timezone.now()) - timedelta(days=1)
    drawn = desk().store.lane_sample(yesterday, share=SAMPLED, now=timezone.now())
    return page(request, "lane.html", {
        "lines": lines, "lanes": lanes, "chosen": chosen, "limit": LANE_ROWS, "day": yesterday,
        "drawn": [(row, gist(str(row["text"] or ""), official=desk().official_handles, chars=400)) for row in drawn],
        "rate": desk().store.lane_rate(yesterday - timedelta(days=6), yesterday),
        "may_check": request.user.may_act,
    })


def check_lane(request: HttpRequest) -> HttpResponse:
    """A person's word on one drawn post. A wrong lane opens the tickets that the rules of today would open."""
    _only_overseers(request)
    if not request.user.may_act:
        raise NotAllowed("this role checks no lanes")
    key, right = request.POST.get("kiriman", "")[:200], request.POST.get("lajur") == "benar"
    store, rules = desk().store, desk().rules
    found = None if right else store.extraction_of(key)
    opened = () if found is None else tuple(_openings(*found))
    try:
        numbers = store.check_lane(request.user.actor, LaneCheck(key, right, opened, rules.hash),
                                   announce=announcer(rules), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ", ".join(f"T-{number}" for number in numbers)
        messages.success(request, _("Dicatat: lajur salah, dibuka %(said)s.") % {"said": said} if said
                         else _("Dicatat: lajur benar."))
    return redirect("lane")


def _openings(mention: Mention, extraction: Extraction | None) -> Iterable[OpenTicket]:
    rules = desk().rules
    if extraction is None:
        return (to_people(mention, LIFTED, rules),)
    return openings(mention, extraction, route(mention, extraction, rules), rules)


def health(request: HttpRequest) -> HttpResponse:
    """One line per account, worst first, and the numbers that say whether the daemon keeps up.

    Amber: something is the matter, known, and in somebody's hands. Red: an account has been blind for a day.
    """
    _only_overseers(request)
    stood = ranked(request)
    return page(request, "health.html", {
        "accounts": [(standing.account, standing.light) for standing in stood],
        "worst": worst_of(stood), "facts": _figures(desk().store.facts()), "failing": failing(stood),
    })


def _figures(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a person at a desk wants to know, in the order of FACT; the rest is for `kentongan doctor`."""
    shown = []
    for name in FACT:
        value = facts.get(name)
        if isinstance(value, datetime):
            shown.append((name, moment(value)))
        elif name == "bytes":
            shown.append((name, filesizeformat(value)))
        elif isinstance(value, Mapping):
            shown.append((name, ", ".join(f"{label('status', key)} {n}" for key, n in value.items()) or "0"))
        elif value is not None:
            shown.append((name, str(value)))
    return shown
