"""What holds for every request: language, session limits, a first password, no caching, plain answers to errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from domain import Conflict, NotAllowed, StoreBusy, StoreFault
from inbox.configuration import ABSOLUTE, IDLE, LANGUAGES
from inbox.factor import required_of
from inbox.views import problems

Next = Callable[[HttpRequest], HttpResponse]
STAMP_EVERY = timedelta(minutes=1)
LOGIN_AT, SEEN_AT, LANGUAGE, SECOND = "login_at", "seen_at", "language", "second"


def no_store(get_response: Next) -> Next:
    """Pages hold citizens' words: no cache keeps them. Assets answer earlier and may be kept."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Cache-Control"] = "no-store"
        return response

    return answer


def language(get_response: Next) -> Next:
    """The session's language, else the office's. The browser's wish is not asked: Indonesian comes first."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.session.get(LANGUAGE)
        code = chosen if chosen in dict(LANGUAGES) else django_settings.LANGUAGE_CODE
        with translation.override(code):
            response = get_response(request)
        response["Content-Language"] = code
        return response

    return answer


def session_limits(get_response: Next) -> Next:
    """End a session that rested for IDLE or is older than ABSOLUTE.

    The queue asks for news by itself every few seconds; that is not a person at work, so a request
    for a fragment never renews the stamp. The stamp is written at most once a minute.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            began, seen = _stamp(request, LOGIN_AT), _stamp(request, SEEN_AT)
            if began is None or seen is None or now - began > ABSOLUTE or now - seen > IDLE:
                chosen = request.session.get(LANGUAGE)
                logout(request)
                if chosen:
                    request.session[LANGUAGE] = chosen
                messages.info(request, _("Sesi Anda berakhir. Silakan masuk lagi."))
            elif now - seen > STAMP_EVERY and not request.path.startswith("/fragment/"):
                request.session[SEEN_AT] = now.isoformat()
        return get_response(request)

    return answer


def _stamp(request: HttpRequest, name: str) -> datetime | None:
    raw = request.session.get(name)
    return datetime.fromisoformat(raw) if raw else None


class PassedOn:
    """What Django asks of a middleware that has its say later: at the view, or at an error."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class PasswordFirst(PassedOn):
    """Who got a one-time password sets an own one before anything else."""

    FREE = ("password", "logout", "login", "set_language")

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        user = request.user
        if user.is_authenticated and user.must_change_password and request.resolver_match.url_name not in self.FREE:
            return redirect("password")
        return None


class SecondFactorFirst(PassedOn):
    """Whose role needs a second factor enrols one before anything else."""

    FREE = (*PasswordFirst.FREE, "code", "second_factor", "oidc", "oidc_back")

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or request.session.get(SECOND) or request.resolver_match.url_name in self.FREE:
            return None
        return redirect("second_factor") if required_of(user) else None


class Answers(PassedOn):
    """Our own errors become pages; whatever else is raised becomes Django's 500 page and a log line."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return problems.refused(request) if request.method == "POST" else problems.not_found(request)
        if isinstance(error, Conflict):
            return problems.conflict(request)
        if isinstance(error, StoreBusy | OperationalError):
            return problems.busy(request)
        if isinstance(error, StoreFault):
            return problems.fault(request)
        return None
