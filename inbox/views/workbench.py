"""The operators' workbench: try a text, edit a part of the rules, see what would change, save with a reason.

Nothing is saved that was not compared first: saving goes by a draft whose comparison is through, a rollback
is a draft like any other. Works without a script: a page that waits asks again by itself.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from domain import KentonganError, NotAllowed
from inbox import drafts
from inbox.desk import Desk, desk
from inbox.pages import page
from inbox.trial import tried
from settings.files import layer_texts, part, part_names, with_part
from workbench import versions

TEXT_CHARS, PART_CHARS = 5_000, 200_000
NEWEST = 5_000
SHOWN = 60
PATIENCE_SECONDS = 2.0  # most edits touch few posts: answer at once where that is possible


def _only_operators(request: HttpRequest) -> None:
    if not request.user.tends_rules:
        raise NotAllowed("the workbench is for operators and coordinators")


def workbench(request: HttpRequest) -> HttpResponse:
    """Try a text on the rules in force. The text is not stored and does not stand in the address."""
    _only_operators(request)
    text = request.POST.get("teks", "").replace("\0", "").strip()[:TEXT_CHARS]
    account = request.POST.get("akun", "")
    settings = desk().settings
    known = [each.key for each in settings.accounts]
    card = tried(desk(), text, account if account in known else "", now=timezone.now()) if text else None
    return page(request, "workbench.html", {
        "tab": "try", "text": text, "account": account, "accounts": known, "card": card,
        "version": versions.in_force(desk().store),
    })


def edit(request: HttpRequest) -> HttpResponse:
    """One part of the file in a box. A POST makes a draft of it and goes on to its effect."""
    _only_operators(request)
    found = _config(desk())
    texts = layer_texts(found)
    names = part_names(texts)
    if not names:  # it is broken, and its parts stand in files that it extends
        messages.error(request, _("Berkas pengaturan tidak terbaca. Perbaiki di server, atau kembalikan satu versi."))
        return redirect("rules_history")
    name = request.POST.get("bagian") or request.GET.get("bagian") or (names[0] if names else "")
    if name not in names:
        raise Http404
    if request.method == "POST":
        lines = request.POST.get("isi", "").replace("\r\n", "\n").replace("\0", "")[:PART_CHARS]
        newest = None if request.POST.get("riwayat") == "90d" else NEWEST
        draft = drafts.start(desk(), author=request.user.username, text=with_part(texts, name, lines), newest=newest,
                             part=name, lines=lines)
        draft.done.wait(PATIENCE_SECONDS)
        return redirect("draft", key=draft.key)
    kept = drafts.of(request.GET.get("rancangan", ""), request.user.username)
    lines = kept.lines if kept is not None and kept.part == name else part(texts, name)
    return page(request, "workbench_edit.html", {"tab": "edit", "names": names, "name": name, "lines": lines,
                                                 "newest": NEWEST})


def draft(request: HttpRequest, key: str) -> HttpResponse:
    """What a draft would do; while it is being compared, a page that asks again."""
    _only_operators(request)
    return _draft_page(request, _own(request, key))


def _draft_page(request: HttpRequest, found: drafts.Draft, *, error: str = "", status: int = 200) -> HttpResponse:
    report = found.report
    return page(request, "workbench_draft.html", {
        "tab": "edit", "draft": found, "waiting": not found.done.is_set(), "report": report,
        "changes": report.changes[:SHOWN] if report else (),
        "more": max(0, len(report.changes) - SHOWN) if report else 0,
        "error": error, "typed": request.POST.get("alasan", ""),
    }, status=status)


def save(request: HttpRequest, key: str) -> HttpResponse:
    """Make the draft the operators' file. What staff confirmed and it would break has to be ticked off."""
    _only_operators(request)
    found = _own(request, key)
    if found.report is None:
        return redirect("draft", key=key)
    reason = request.POST.get("alasan", "").replace("\0", "").strip()[:500]
    author = versions.Author(request.user.username, reason, timezone.now())
    try:
        gate = versions.gate(found.report, max_broken=0, force=request.POST.get("paksa") == "ya")
        n, settings = versions.save(desk().store, _config(desk()), found.text, author, seen=found.seen, gate=gate)
    except KentonganError as refusal:
        return _draft_page(request, found, error=f"{refusal}. {refusal.hint}".removesuffix(" "), status=422)
    del settings
    messages.success(request, _("Versi v%(n)d disimpan. Berlaku dalam beberapa detik.") % {"n": n})
    return redirect("rules_history")


def history(request: HttpRequest) -> HttpResponse:
    _only_operators(request)
    return page(request, "workbench_history.html", {
        "tab": "history", "versions": desk().store.rules_versions(), "now": desk().settings.ruleset,
    })


def rollback(request: HttpRequest, number: int) -> HttpResponse:
    """A version of the past as a draft: compared and saved like any other."""
    _only_operators(request)
    try:
        text = versions.rolled_back(desk().store, _config(desk()), number)
    except KentonganError as refusal:
        messages.error(request, f"{refusal}. {refusal.hint}")
        return redirect("rules_history")
    found = drafts.start(desk(), author=request.user.username, text=text, newest=NEWEST, part=f"v{number}")
    found.done.wait(PATIENCE_SECONDS)
    return redirect(reverse("draft", kwargs={"key": found.key}))


def _own(request: HttpRequest, key: str) -> drafts.Draft:
    found = drafts.of(key, request.user.username)
    if found is None:
        raise Http404
    return found


def _config(at: Desk) -> Any:
    if at.config is None:
        raise Http404
    return at.config
