"""To the government's identity provider and back. Not there unless config.yaml names one."""

from __future__ import annotations

import logging
from typing import Any

import requests
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from inbox import factor, oidc, trail
from inbox.desk import desk
from inbox.entering import enter
from inbox.views import problems
from inbox.views.account import local_path
from settings.signing_in import OidcSettings

WISHED = "oidc_next"
BY = "oidc"


def begin(request: HttpRequest) -> HttpResponse:
    settings = _settings()
    if request.user.is_authenticated:
        return redirect("queue")
    request.session[WISHED] = local_path(request, request.GET.get("next", ""))
    try:
        answer: HttpResponse = oidc.redirect_to_provider(settings, request,
                                                         request.build_absolute_uri(reverse("oidc_back")))
    except (requests.RequestException, ValueError) as error:
        return _unreachable(request, error)
    return answer


def back(request: HttpRequest) -> HttpResponse:
    """Whoever comes back is let in as their groups say. What is wrong is audited, and told without its details."""
    settings = _settings()
    wished = str(request.session.get(WISHED, "/"))
    try:
        claims = oidc.claims_of(settings, request)
        user = oidc.person_of(settings, claims)
    except requests.RequestException as error:
        return _unreachable(request, error)
    except oidc.Stranger as stranger:
        return _refused(request, stranger.why, _("Akun Anda belum diberi hak di sini. Hubungi pengelola aplikasi."))
    except Exception as error:  # Authlib, joserfc and a provider's nonsense raise many things: none of them opens
        logging.getLogger("inbox").warning("oidc refused: %s", type(error).__name__)
        return _refused(request, type(error).__name__,
                        _("Jawaban penyedia identitas tidak dapat dipercaya. Coba lagi."))
    second = oidc.gave_second_factor(settings, claims)
    if factor.required_of(user) and not second:
        return _refused(request, "no second factor",
                        _("Peran Anda memerlukan kode kedua. Pasang di penyedia identitas, lalu masuk lagi."))
    return enter(request, user, wished=wished, by=BY, second=second)


def _settings() -> OidcSettings:
    settings = desk().settings.inbox.oidc
    if not settings.on:
        raise Http404
    return settings


def _refused(request: HttpRequest, why: str, said: Any) -> HttpResponse:
    trail.note(request, "sign_in_failed", trail.UNKNOWN, by=BY, why=why)
    return problems.not_let_in(request, str(said))


def _unreachable(request: HttpRequest, error: Exception) -> HttpResponse:
    logging.getLogger("inbox").warning("oidc provider: %s", type(error).__name__)
    messages.error(request, _("Penyedia identitas tidak menjawab. Coba lagi sebentar lagi."))
    return redirect("login")
