"""Signing in and out, the own password, the language. The only pages open to strangers: sign-in and language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox import factor, sessions, trail
from inbox.configuration import LANGUAGES
from inbox.entering import admit, count_failure, enter, locked, pending
from inbox.middleware import LANGUAGE
from inbox.pages import page
from inbox.presence import forget
from inbox.views import problems


class SignIn(AuthenticationForm):  # type: ignore[misc]  # Django has no types
    """Django's form; its own refusal reads "nama pengguna username" in Indonesian."""

    error_messages: ClassVar[dict[str, Any]] = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("Nama pengguna atau sandi salah. Huruf besar dan huruf kecil dibedakan."),
    }


def login(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST goes on to the code or signs in. Axes answers 429 from the fifth failure."""
    if request.user.is_authenticated:
        return redirect("queue")
    if request.method != "POST":
        return page(request, "login.html", {"errors": [], "name": "", "next": request.GET.get("next", "")})
    given = _trimmed(request.POST)
    if locked(request, given["username"]):
        return problems.locked_out(request)
    form = SignIn(request, data=given)
    if not form.is_valid():
        count_failure(request, given["username"], "password", counted=True)
        context = {"errors": _errors(form), "name": form.data.get("username", ""),
                   "next": request.POST.get("next", "")}
        return page(request, "login.html", context, status=422)
    return admit(request, form.get_user(), wished=local_path(request, request.POST.get("next", "")))


def code(request: HttpRequest) -> HttpResponse:
    """The second half of signing in. A wrong code counts as a wrong password does: five, then 429."""
    found = pending(request)
    if request.user.is_authenticated or found is None:
        if not request.user.is_authenticated:
            messages.info(request, _("Masukkan lagi nama dan sandi Anda."))
        return redirect("queue" if request.user.is_authenticated else "login")
    user, held = found
    if request.method != "POST":
        return page(request, "code.html", {"errors": []})
    if locked(request, user.username):
        return problems.locked_out(request)
    if wait := factor.wait_of(factor.device_of(user)) if factor.device_of(user) else 0:
        return problems.too_fast(request, wait)
    way = factor.right(user, request.POST.get("code", "")[:40])
    if way:
        if way == "paper":
            left = factor.paper_left(user)
            trail.note(request, "paper_code", user.username, left=str(left))
        answer = enter(request, user, wished=held["next"], by=f"{held['by']}+{way}", second=True)
        if way == "paper":
            messages.warning(request, _("Kode kertas terpakai. Tersisa %(n)d kode.") % {"n": left})
        return answer
    count_failure(request, user.username, "code")
    return page(request, "code.html", {"errors": [_("Kode salah atau sudah dipakai.")]}, status=422)


def logout(request: HttpRequest) -> HttpResponse:
    chosen = request.session.get(LANGUAGE)
    trail.note(request, "sign_out", request.user.username)
    forget(request.user.get_username())
    end_session(request)
    if chosen:
        request.session[LANGUAGE] = chosen
    messages.info(request, _("Anda sudah keluar."))
    return redirect("login")


def password(request: HttpRequest) -> HttpResponse:
    """Set a new password. Changing it ends the person's other sessions."""
    user = request.user
    if request.method != "POST":
        return page(request, "password.html", {"errors": [], "forced": user.must_change_password})
    form = SetPasswordForm(user, data=request.POST)
    if locked(request, user.username):
        return problems.locked_out(request)
    errors = []
    if not user.check_password(request.POST.get("old_password", "")[:256]):
        count_failure(request, user.username, "password")
        errors = [_("Sandi lama tidak cocok.")]
    if form.is_valid() and user.check_password(form.cleaned_data["new_password1"]):
        errors.append(_("Sandi baru harus berbeda dari sandi lama."))
    errors += _errors(form)
    if errors:
        context = {"errors": errors, "forced": user.must_change_password}
        return page(request, "password.html", context, status=422)
    trail.note(request, "password_changed", user.username)
    user.set_password(form.cleaned_data["new_password1"])
    user.must_change_password = False
    user.save()
    update_session_auth_hash(request, user)
    sessions.end_others(user, request.session.session_key)
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
