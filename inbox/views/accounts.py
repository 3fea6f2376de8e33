"""The accounts, one card each: how far they were read, when they were blind and why, what a person has to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from domain import Account, BlindWindow, NotAllowed
from harvester.budget import Purse
from harvester.notices import cause_of, without_command
from inbox.desk import desk
from inbox.display import local_time
from inbox.pages import page, zone
from polling import Standing, standings
from storage.records import HistoryEntry

ORDER = ("bad", "warn", "good", "off")
WINDOWS = 6
TOLD = ("renamed", "note:handle_taken", "note:endpoint_refused", "note:gap", "resume", "backfill")


@dataclass(frozen=True, slots=True)
class Card:
    """An account, in the reader's language."""

    standing: Standing
    todo: tuple[tuple[str, str], ...]  # what is the matter, and the command that belongs to it, if there is one
    money: str
    windows: tuple[tuple[str, str, str], ...]  # span, cause, what was found afterwards
    more: int
    history: tuple[tuple[datetime, str, str], ...]  # when, what, detail


def accounts(request: HttpRequest) -> HttpResponse:
    """Worst first. For those who oversee: a reviewer's desk is the queue."""
    if not request.user.oversees:
        raise NotAllowed("the accounts are for coordinators, operators and auditors")
    stood = ranked(request)
    return page(request, "accounts.html", {
        "cards": [_card(standing) for standing in stood], "worst": worst_of(stood), "failing": failing(stood),
    })


def ranked(_request: HttpRequest) -> list[Standing]:
    found = standings(desk().store, desk().settings, now=timezone.now())
    return sorted(found, key=lambda s: (ORDER.index(s.light), s.account.key))


def worst_of(stood: list[Standing]) -> str:
    return next((s.light for s in stood if s.light != "off"), "off")


def failing(stood: list[Standing]) -> int:
    return sum(1 for s in stood if s.light in ("bad", "warn"))


def _card(standing: Standing) -> Card:
    account = standing.account
    windows = tuple((_span(w), cause_of(w.cause), _found(w)) for w in standing.windows[:WINDOWS])
    told = [e for e in desk().store.account_history(account.key, limit=30) if e.verb in TOLD][:WINDOWS]
    return Card(standing, tuple(_todo(name, standing) for name in standing.todo), money_in_words(standing.purse),
                windows, max(0, len(standing.windows) - WINDOWS), tuple((e.at, e.verb, _detail(e)) for e in told))


def _todo(name: str, standing: Standing) -> tuple[str, str]:
    """Words, and a command to copy."""
    account = standing.account
    read_again = f"kentongan poll --backfill {account.key}"
    commands = {"human": read_again, "silent": read_again, "overdue": "kentongan run",
                "attention": f"kentongan accounts resume {account.key}"}
    words = {
        "human": without_command(account.state_reason), "attention": account.attention, "budget": account.state_reason,
        "backoff": _in_words_backoff(account),
        "overdue": _("Sudah waktunya ditanya, tetapi tidak: daemon mati?"),
        "platform": _("Platform ini dibiarkan sampai %(at)s: %(why)s") % {
            "at": _at(standing.breaker.open_until), "why": standing.breaker.reason},
        "silent": _("Dibaca tanpa gangguan, tetapi sunyi di luar kebiasaan. Bandingkan dengan platformnya."),
        "token": _("Token berakhir %(day)s: buat yang baru.") % {"day": standing.token_end},
        "money": _("Anggaran hampir habis."),
    }
    return words[name], commands.get(name, "")


def _in_words_backoff(account: Account) -> str:
    words = {"why": account.state_reason, "at": _at(account.next_poll_at)}
    return str(_("%(why)s; dicoba lagi sendiri %(at)s") % words)


def money_in_words(purse: Purse) -> str:
    """Spent, of how much, and how long it lasts; "" where nothing is billed."""
    if purse.limit is None:
        return ""
    spent = _("$%(spent).2f dari $%(limit).2f") % {"spent": purse.spent, "limit": purse.limit}
    if purse.used >= 1:
        return str(_("%(spent)s: habis") % {"spent": spent})
    if purse.empty_on is not None:
        return str(_("%(spent)s: habis tanggal %(day)d") % {"spent": spent, "day": purse.empty_on.day})
    return str(_("%(spent)s: cukup sampai akhir bulan") % {"spent": spent})


def _span(window: BlindWindow) -> str:
    if window.until is None:
        return str(_("sejak %(at)s") % {"at": _at(window.since)})
    return str(_("%(since)s sampai %(until)s") % {"since": _at(window.since), "until": _at(window.until)})


def _found(window: BlindWindow) -> str:
    if window.until is None:
        return str(_("masih buta") if window.kind != "silent" else _("masih sunyi"))
    return str(ngettext("%(n)d kiriman disusulkan", "%(n)d kiriman disusulkan", window.found) % {"n": window.found})


def _detail(entry: HistoryEntry) -> str:
    sides = [str(side) for side in (*entry.before.values(), *entry.after.values()) if side is not None]
    return " → ".join(sides) if entry.verb == "renamed" else entry.actor if entry.verb in ("resume", "backfill") else (
        " ".join(sides))


def _at(at: datetime | None) -> str:
    return local_time(at, zone=zone()) if at else "–"
