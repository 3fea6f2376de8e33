"""The person's own safety: the second factor, and where they are signed in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import factor, sessions, trail
from inbox.entering import count_failure, locked
from inbox.middleware import SECOND
from inbox.pages import page
from inbox.views import problems

ALL = "semua"


def second_factor(request: HttpRequest) -> HttpResponse:
    """Enrol a phone, get new paper codes, or do without. Each step asks for a code; enrolling for the password too."""
    user = request.user
    if request.method != "POST" or user.provided:
        return _page(request)
    device = factor.device_of(user)
    waiting = device or factor.begin(user)
    if wait := factor.wait_of(waiting):
        return problems.too_fast(request, wait)
    verb = request.POST.get("verb", "")
    if device is None:
        return _enrol(request)
    if verb == "off" and factor.required_of(user):
        return _page(request, _("Peran Anda memerlukan kode kedua."))
    if verb not in ("off", "paper"):
        return _page(request, _("Tindakan ini tidak dikenal."))
    if not factor.right(user, request.POST.get("code", "")[:40], paper=False):
        trail.note(request, "code_failed", user.username)
        return _page(request, _("Kode salah atau sudah dipakai."))
    if verb == "paper":
        trail.note(request, "paper_renewed", user.username)
        return _page(request, codes=factor.new_paper(user))
    trail.note(request, "factor_off", user.username)
    factor.forget(user)
    request.session.pop(SECOND, None)
    messages.success(request, _("Kode kedua dimatikan."))
    return redirect("second_factor")


def _enrol(request: HttpRequest) -> HttpResponse:
    user = request.user
    if locked(request, user.username):
        return problems.locked_out(request)
    if not user.check_password(request.POST.get("password", "")[:256]):
        count_failure(request, user.username, "password")
        return _page(request, _("Sandi tidak cocok."))
    if not factor.right(user, request.POST.get("code", "")[:40], paper=False, confirmed=False):
        return _page(request, _("Kode salah atau sudah dipakai. Periksa jam telepon Anda."))
    trail.note(request, "factor_on", user.username)
    codes = factor.confirm(user)
    sessions.end_others(user, request.session.session_key)
    request.session[SECOND] = True
    return _page(request, codes=codes)


def _page(request: HttpRequest, error: str = "", *, codes: list[str] | None = None) -> HttpResponse:
    """`codes` are shown this once; the page that shows them is kept by no cache."""
    user = request.user
    device = factor.device_of(user)
    context: dict[str, Any] = {
        "errors": [error] if error else [], "codes": codes or [], "on": device is not None,
        "provided": bool(user.provided), "required": factor.required_of(user), "left": factor.paper_left(user),
    }
    if device is None and not user.provided:
        waiting = factor.begin(user)
        context.update(picture=factor.picture(waiting), spelled=factor.spelled(waiting))
    return page(request, "second_factor.html", context, status=422 if error else 200)


def own_sessions(request: HttpRequest) -> HttpResponse:
    return page(request, "sessions.html", {
        "sessions": sessions.of(request.user, request.session.session_key), "trail": trail.of(request.user.username)})


def end_sessions(request: HttpRequest) -> HttpResponse:
    """One of the own sessions, or all but this one."""
    handle, user = request.POST.get("sesi", "")[:64], request.user
    trail.note(request, "sessions_ended", user.username, which="others" if handle == ALL else "one")
    ended = sessions.end_others(user, request.session.session_key) if handle == ALL else sessions.end(user, handle)
    messages.success(request, ngettext("%(n)d sesi diakhiri.", "%(n)d sesi diakhiri.", ended) % {"n": ended})
    return redirect("sessions")
