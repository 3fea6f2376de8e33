"""What coordinators, operators and auditors watch: posts kept in lanes, and the health of the accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat

from domain import Account, AccountState, NotAllowed
from inbox.desk import desk
from inbox.labels import FACT, label
from inbox.masks import gist
from inbox.pages import moment, page

LANE_ROWS = 100
LIGHTS = {
    AccountState.OK: "good", AccountState.BACKOFF: "warn", AccountState.PAUSED_BUDGET: "warn",
    AccountState.NEEDS_HUMAN: "bad", AccountState.DISABLED: "off",
}
ORDER = ("bad", "warn", "good", "off")


def _only_overseers(request: HttpRequest) -> None:
    if not request.user.oversees:
        raise NotAllowed("lanes and health are for coordinators, operators and auditors")


def lane(request: HttpRequest) -> HttpResponse:
    """Posts that opened no ticket, newest first, each with its lane and reason."""
    _only_overseers(request)
    rows = desk().store.lane(LANE_ROWS)
    lanes = sorted({str(row.get("lane")) for row in rows})
    chosen = request.GET.get("lajur", "")
    shown = [row for row in rows if not chosen or row.get("lane") == chosen]
    lines = [(row, gist(str(row.get("text") or ""), official=desk().official_handles, chars=400)) for row in shown]
    return page(request, "lane.html", {"lines": lines, "lanes": lanes, "chosen": chosen, "limit": LANE_ROWS})


def health(request: HttpRequest) -> HttpResponse:
    """One line per account, worst first, and the numbers that say whether the daemon keeps up."""
    _only_overseers(request)
    accounts = sorted(desk().store.accounts(), key=lambda a: (ORDER.index(LIGHTS[a.state]), a.key))
    worst = next((LIGHTS[a.state] for a in accounts if LIGHTS[a.state] != "off"), "off")
    return page(request, "health.html", {
        "accounts": [(account, LIGHTS[account.state]) for account in accounts],
        "worst": worst,
        "facts": _figures(desk().store.facts()),
        "failing": sum(1 for account in accounts if _failing(account)),
    })


def _failing(account: Account) -> bool:
    return LIGHTS[account.state] in ("bad", "warn")


def _figures(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a person at a desk wants to know, in the order of FACT; the rest is for `kentongan doctor`."""
    shown = []
    for name in FACT:
        value = facts.get(name)
        if isinstance(value, datetime):
            shown.append((name, moment(value)))
        elif name == "bytes":
            shown.append((name, filesizeformat(value)))
        elif isinstance(value, Mapping):
            shown.append((name, ", ".join(f"{label('status', key)} {n}" for key, n in value.items()) or "0"))
        elif value is not None:
            shown.append((name, str(value)))
    return shown
