"""Signing in and out, the own password, the language. The only pages open to strangers: sign-in and language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.configuration import LANGUAGES
from inbox.middleware import LANGUAGE, LOGIN_AT, SEEN_AT
from inbox.models import Session
from inbox.pages import page
from inbox.presence import forget


class SignIn(AuthenticationForm):  # type: ignore[misc]  # Django has no types
    """Django's form; its own refusal reads "nama pengguna username" in Indonesian."""

    error_messages: ClassVar[dict[str, Any]] = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("Nama pengguna atau sandi salah. Huruf besar dan huruf kecil dibedakan."),
    }


def login(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST signs in, with a new session id. Axes answers 429 from the fifth failure."""
    if request.user.is_authenticated:
        return redirect("queue")
    if request.method != "POST":
        return page(request, "login.html", {"errors": [], "name": "", "next": request.GET.get("next", "")})
    form = SignIn(request, data=_trimmed(request.POST))
    if not form.is_valid():
        context = {"errors": _errors(form), "name": form.data.get("username", ""),
                   "next": request.POST.get("next", "")}
        return page(request, "login.html", context, status=422)
    chosen = request.session.get(LANGUAGE)
    start_session(request, form.get_user())
    now = timezone.now().isoformat()
    request.session.update({LOGIN_AT: now, SEEN_AT: now, **({LANGUAGE: chosen} if chosen else {})})
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return redirect(local_path(request, request.POST.get("next", "")))


def logout(request: HttpRequest) -> HttpResponse:
    chosen = request.session.get(LANGUAGE)
    forget(request.user.get_username())
    end_session(request)
    if chosen:
        request.session[LANGUAGE] = chosen
    messages.info(request, _("Anda sudah keluar."))
    return redirect("login")


def password(request: HttpRequest) -> HttpResponse:
    """Set a new password. Changing it ends the person's other sessions: their hash no longer fits."""
    user = request.user
    if request.method != "POST":
        return page(request, "password.html", {"errors": [], "forced": user.must_change_password})
    form = SetPasswordForm(user, data=request.POST)
    errors = [] if user.check_password(request.POST.get("old_password", "")) else [_("Sandi lama tidak cocok.")]
    if form.is_valid() and user.check_password(form.cleaned_data["new_password1"]):
        errors.append(_("Sandi baru harus berbeda dari sandi lama."))
    errors += _errors(form)
    if errors:
        context = {"errors": errors, "forced": user.must_change_password}
        return page(request, "password.html", context, status=422)
    user.set_password(form.cleaned_data["new_password1"])
    user.must_change_password = False
    user.save()
    stamps = {name: request.session.get(name) for name in (LOGIN_AT, SEEN_AT)}
    update_session_auth_hash(request, user)
    request.session.update(stamps)
    messages.success(request, _("Sandi baru tersimpan."))
    return redirect("queue")


def set_language(request: HttpRequest) -> HttpResponse:
    if request.POST.get("language") in dict(LANGUAGES):
        request.session[LANGUAGE] = request.POST["language"]
    return redirect(local_path(request, request.POST.get("next", "")))


def local_path(request: HttpRequest, wished: str) -> str:
    """`wished` where it stays on this host, else the queue."""
    safe = url_has_allowed_host_and_scheme(wished, {request.get_host()}, require_https=request.is_secure())
    return wished if safe and wished.startswith("/") else "/"


def _trimmed(data: Any) -> dict[str, str]:
    return {"username": data.get("username", "").strip()[:80], "password": data.get("password", "")[:256]}


def _errors(form: Any) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


