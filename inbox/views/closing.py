"""Closing with a photo as evidence, and the second person's word where the photo is in doubt.

A photo that was used before, is the complaint's own or does not say when it was taken closes nothing by itself: the
closing waits until somebody else of those who may act on the ticket has looked. Nothing is refused by machine alone.
Where a department demands an independent closer every photo waits for one (`inbox.closers`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from domain import Action, Actor, Conflict, NotAllowed, Refused, Ticket
from inbox import closers, photos
from inbox.desk import desk
from inbox.labels import label
from inbox.pages import zone
from inbox.views.actions import NOTE_CHARS, conflict, sentence, transition_of, unchanged
from inbox.views.ticket import ticket_page
from storage.records import Evidence, Transition

DECISIONS = {"sahkan": True, "tolak": False}
REFUSED = "evidence_refused"


def hand_in(request: HttpRequest, number: int) -> HttpResponse:
    actor, version = request.user.actor, request.POST.get("version", "")
    try:
        doubts = close_with(actor, number, version, note=request.POST.get("note", ""), upload=request.FILES["photo"])
    except Refused as refusal:
        return ticket_page(request, number, error=sentence(refusal), tried="finish", status=422)
    except Conflict:
        return conflict(request, actor, number, seen=version)
    if doubts:
        messages.warning(request, _("Foto tersimpan. Tiket belum ditutup: orang kedua perlu memeriksa fotonya."))
    else:
        messages.success(request, f"T-{number}: {label('done', 'finish')}")
    return redirect(reverse("ticket", args=[number]))


def close_with(actor: Actor, number: int, version: str, *, note: str, upload: Any) -> tuple[str, ...]:
    """Finish the ticket with a photo. With a doubtful one the finishing waits for a second person: the doubts."""
    said = note.replace("\0", "").strip()[:NOTE_CHARS] or None
    ticket = unchanged(actor, number, version).ticket
    finishing = transition_of(ticket, Action("finish", note=said), actor)
    photo = photos.read(upload, zone=zone())
    known = desk().store.known_photos(actor, number)
    doubts = tuple(photos.doubts(photo, known, opened_at=ticket.opened_at, now=finishing.at))
    doubts += (closers.INDEPENDENT,) if closers.demanded(ticket) else ()
    given = Evidence(number, finishing.at, actor.name, photos.keep(desk().settings, photo), photo.picture, doubts, said)
    _put(actor, given, finishing)
    return doubts


def _put(actor: Actor, given: Evidence, finishing: Transition) -> None:
    """The file is there before the row that names it; where the row cannot be, neither is the file."""
    waiting = Transition(given.ticket, finishing.seen_version, "evidence", actor.name, {}, finishing.at)
    try:
        desk().store.hand_in(actor, given, waiting if given.doubts else finishing)
    except BaseException:
        photos.drop(desk().settings, given.file)
        raise


def decide(request: HttpRequest, number: int, photo: int, verb: str) -> HttpResponse:
    """Somebody else has looked: the ticket is finished as it was asked, or the photo is set aside."""
    actor, version = request.user.actor, request.POST.get("version", "")
    if verb not in DECISIONS:
        raise NotAllowed(f"no decision {verb} on a photo")
    accepted = DECISIONS[verb]
    try:
        decide_as(actor, number, photo, version, accepted_by=request.user if accepted else None)
    except Refused as refusal:
        return ticket_page(request, number, error=sentence(refusal), status=422)
    except Conflict:
        return conflict(request, actor, number, seen=version)
    said = _("Foto disahkan dan tiket selesai.") if accepted else _("Foto ditolak. Tiket tetap terbuka.")
    messages.success(request, f"T-{number}: {said}")
    return redirect(reverse("ticket", args=[number]))


def decide_as(actor: Actor, number: int, photo: int, version: str, *, accepted_by: Any | None) -> Ticket:
    """Do it to the ticket as the person saw it; nobody accepts: the photo is set aside. Raises as `perform` does."""
    view, accepted = unchanged(actor, number, version), accepted_by is not None
    given = _one(actor, number, photo)
    if accepted and not closers.may_close(accepted_by, view.ticket, view.history):
        raise Refused(_("yang mengesahkan di sini verifikator atau kepala yang tidak menangani tiket ini"),
                      hint=_("minta orang lain memeriksanya"))
    action = Action("finish", note=given.note) if accepted else Action("note", note=REFUSED)
    transition = transition_of(view.ticket, action, actor)
    if not accepted:
        transition = replace(transition, verb=REFUSED, reason=None)
    return desk().store.decide_evidence(actor, photo, transition, accepted=accepted)


def show(request: HttpRequest, number: int, photo: int) -> HttpResponse:
    """The photo, for who may see the ticket."""
    given = _one(request.user.actor, number, photo)
    try:
        data = (photos.folder(desk().settings) / given.file).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(data, content_type="image/jpeg")
    response["Content-Disposition"] = f'inline; filename="bukti-T-{number}-{photo}.jpg"'
    return response


def _one(actor: Actor, number: int, photo: int) -> Evidence:
    found = next((one for one in desk().store.evidence(actor, number) if one.id == photo), None)
    if found is None:
        raise NotAllowed(f"no photo {photo} of ticket {number}")
    return found
