"""Putting stories together and taking them apart: merge, split, undo, "not the same incident". POST with a version.

`routing.stories` says what is allowed and what it changes; the Store writes it whole. A number that is hostile,
unknown or another department's is refused in the same words, so that nobody can count foreign tickets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import Actor, Conflict, Event, NotAllowed, Refused, Regrouping, Ticket, TicketChange
from inbox.desk import desk
from inbox.views.actions import NOTE_CHARS, conflict, sentence, unchanged
from inbox.views.ticket import ticket_page
from nlp.duplicates import own_fingerprint
from routing.notices import facts
from routing.stories import merged, refuse_undo, split_off
from storage.regrouping import Merge, Split, Undo

NUMBER = re.compile(r"\s*(?:[Tt]\s*-?\s*)?([1-9][0-9]{0,14})\s*", re.ASCII)
MOST_MENTIONS = 200
T = TypeVar("T")


def regroup(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    actor = request.user.actor
    if not request.user.may_act or verb not in VERBS:
        raise NotAllowed(f"no regrouping {verb} for this role")
    try:
        said, onward = regroup_as(actor, number, request.POST.get("version", ""), verb, request.POST)
    except Refused as refusal:
        return ticket_page(request, number, error=sentence(refusal), tried=verb, status=422)
    except Conflict:
        return conflict(request, actor, number)
    messages.success(request, said)
    return redirect(reverse("ticket", args=[onward]))


def regroup_as(actor: Actor, number: int, version: str, verb: str, form: QueryDict) -> tuple[str, int]:
    """Do it to the ticket as it was seen: what to say, and the ticket to go on with. Raises as `perform` does."""
    return VERBS[verb](form, unchanged(actor, number, version).ticket, actor)


def _merge(form: QueryDict, ticket: Ticket, actor: Actor) -> tuple[str, int]:
    store, now = desk().store, timezone.now()
    goes_on = _other(form, actor)
    cases = store.case(actor, ticket.id), store.case(actor, goes_on.id)
    changes = _allowed(lambda: merged(ticket, goes_on, cases, actor=actor, now=now))
    everybody = {t.id: t for case in cases for t in case.tickets}
    store.merge(actor, Merge(
        ticket.id, goes_on.id, cases[0].story, cases[1].story, frozenset(everybody), changes, actor.name, now,
        _reason(form), tuple(_told_merge(changes, everybody, actor))))
    said = _("T-%(one)s digabung ke T-%(other)s. Semua pelapor dan batas waktu terdekat ikut.")
    return said % {"one": ticket.id, "other": goes_on.id}, goes_on.id


def _split(form: QueryDict, ticket: Ticket, actor: Actor) -> tuple[str, int]:
    store = desk().store
    keys = list(dict.fromkeys(form.getlist("mention")))[:MOST_MENTIONS]
    mentions = store.members(actor, ticket.id, keys)
    if len(mentions) != len(keys):
        raise Refused(_("kiriman yang dipilih tidak ada di perkara ini"), hint=_("muat ulang halaman, lalu pilih lagi"))
    case = store.case(actor, ticket.id)
    head, opening = _allowed(lambda: split_off(ticket, case, mentions, actor=actor, rules=desk().rules))
    opened = store.split(actor, Split(
        ticket.id, ticket.version, head.key, tuple(keys), opening, own_fingerprint(head), ticket.ruleset, actor.name,
        timezone.now(), _reason(form)))
    said = _("Kiriman dipisah dari T-%(one)s menjadi T-%(other)s. Batas waktunya dihitung sejak kiriman itu masuk.")
    return said % {"one": ticket.id, "other": opened.id}, opened.id


def _undo(form: QueryDict, ticket: Ticket, actor: Actor) -> tuple[str, int]:
    store = desk().store
    found = NUMBER.fullmatch(form.get("regrouping", ""))
    standing = {r.id: r for r in store.ticket(actor, ticket.id).regroupings}
    regrouping = standing.get(int(found[1])) if found else None
    if regrouping is None:
        raise Refused(_("penggabungan atau pemisahan itu tidak ada lagi"), hint=_("muat ulang halaman"))
    _allowed(lambda: refuse_undo(regrouping, actor=actor))
    undone = store.undo(actor, Undo(regrouping.id, ticket.id, ticket.version, actor.name, timezone.now(), _reason(form),
                                    tuple(_told_undo(regrouping, actor))))
    return _("Diurungkan. Semua kembali seperti semula."), undone.merged_into or ticket.id


def _apart(form: QueryDict, ticket: Ticket, actor: Actor) -> tuple[str, int]:
    other = _other(form, actor)
    desk().store.part(actor, ticket.id, other.id, now=timezone.now())
    said = _("Dicatat: T-%(one)s dan T-%(other)s bukan kejadian yang sama.")
    return said % {"one": ticket.id, "other": other.id}, ticket.id


VERBS: Mapping[str, Callable[[QueryDict, Ticket, Actor], tuple[str, int]]] = {
    "merge": _merge, "split": _split, "undo": _undo, "apart": _apart,
}


def _other(form: QueryDict, actor: Actor) -> Ticket:
    """The ticket whose number was typed: "T-12", "t12", "12"."""
    found = NUMBER.fullmatch(form.get("other", "")[:40])
    try:
        return desk().store.ticket(actor, int(found[1]) if found else 0).ticket
    except NotAllowed as refusal:
        raise Refused(_("tiket itu tidak ada di meja Anda"),
                      hint=_("periksa nomornya, misalnya T-12, atau tanyakan koordinator")) from refusal


def _allowed(rule: Callable[[], T]) -> T:
    """A ticket that one may see and not act on: said on the page, where the person can go on."""
    try:
        return rule()
    except NotAllowed as refusal:
        raise Refused(_("Anda boleh melihat tiket itu, tetapi tidak mengubahnya"),
                      hint=_("minta dinas pemiliknya")) from refusal


def _reason(form: QueryDict) -> str | None:
    return form.get("note", "").replace("\0", "").strip()[:NOTE_CHARS] or None


def _told_merge(
    changes: Sequence[TicketChange], tickets: Mapping[int, Ticket], actor: Actor
) -> Iterator[Event]:
    for change in changes:
        into = change.changes.get("merged_into", change.ticket)
        yield from _tell(tickets[change.ticket], actor, f"Tiket T-{change.ticket} digabung: lihat T-{into}")


def _told_undo(regrouping: Regrouping, actor: Actor) -> Iterator[Event]:
    for ticket in regrouping.tickets:
        yield from _tell(ticket, actor, f"Tiket T-{ticket.id}: penggabungan atau pemisahannya diurungkan")


def _tell(ticket: Ticket, actor: Actor, subject: str) -> Iterator[Event]:
    """Tell a desk whose ticket changed and at which the person does not work; no word of a citizen's."""
    if ticket.department in actor.departments:
        return
    rules = desk().rules
    body = f"{rules.department_name(ticket.department)}: buka kotak masuk, tiket T-{ticket.id}."
    for kind, address in rules.addresses(ticket.department):
        key = f"T-{ticket.id}|v{ticket.version + 1}|{kind}|{address}"
        yield Event(key, kind, address, ticket.id, subject, body,
                    facts=facts(ticket, rules.department_name(ticket.department)))
