"""From a right password to a session: the code of the second factor in between, where the person has one.

Until the code is right nobody is signed in: the session before it holds who gave the password, for five minutes, and
opens no page. The factor counts as given for as long as the session lasts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import login as start_session
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from inbox import factor, trail
from inbox.middleware import LANGUAGE, LOGIN_AT, SECOND, SEEN_AT
from inbox.models import Session, User

PENDING = "pending"
PATIENCE = timedelta(minutes=5)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def admit(request: HttpRequest, user: Any, *, wished: str, by: str = "password", second: bool = False) -> HttpResponse:
    """Let the person in, or ask for the code first. `wished`: a path of ours. `second`: asked for by whom we trust."""
    if factor.device_of(user) is None or second:
        return enter(request, user, wished=wished, by=by, second=second)
    chosen = request.session.get(LANGUAGE)
    request.session.flush()
    request.session[PENDING] = {"user": user.pk, "at": timezone.now().isoformat(), "next": wished, "by": by,
                                "seal": user.get_session_auth_hash()}
    if chosen:
        request.session[LANGUAGE] = chosen
    return redirect("code")


def pending(request: HttpRequest) -> tuple[Any, dict[str, Any]] | None:
    """Who waits for the code in this browser; None where nobody does, not any more, or no longer may."""
    held = request.session.get(PENDING)
    if not held or timezone.now() - datetime.fromisoformat(held["at"]) > PATIENCE:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None or not constant_time_compare(held["seal"], user.get_session_auth_hash()):
        return None
    return user, held


def locked(request: HttpRequest, name: str) -> bool:
    """Five wrong passwords or codes for a name from one address, and a quarter of an hour is nothing looked at."""
    return not AxesProxyHandler.is_allowed(request, {"username": name})


def count_failure(request: HttpRequest, name: str, what: str, *, counted: bool = False) -> None:
    """A wrong password or code. The fifth says besides that the door is shut; what is tried at a shut one is not
    written. `counted`: Django's own sign-in has told axes already, which answers 429 from the fifth."""
    if not counted:
        user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)
    trail.note_failure(request, "sign_in_failed", name, by=what)
    if getattr(request, "axes_locked_out", False):
        trail.note_failure(request, "locked_out", name)


def enter(request: HttpRequest, user: Any, *, wished: str, by: str, second: bool) -> HttpResponse:
    """A session under a new id. Noted first: where that cannot be, nobody comes in."""
    trail.note(request, "sign_in", user.username, by=by)
    chosen = request.session.get(LANGUAGE)
    request.session.flush()
    start_session(request, user, backend=BACKEND)
    now = timezone.now().isoformat()
    request.session.update({
        LOGIN_AT: now, SEEN_AT: now, "from": trail.address_of(request), "with": trail.device_of(request),
        **({LANGUAGE: chosen} if chosen else {}), **({SECOND: True} if second else {}),
    })
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return redirect(wished)
