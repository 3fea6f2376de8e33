"""`/metrics`: how the house stands, as Prometheus reads it. Counts, and keys of accounts; no word of a citizen's.

Ends before any session is looked at. The token comes from the environment; without one the address does not exist, for
a proxy would show it to everybody.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.utils import timezone

from domain import StoreBusy, StoreFault
from inbox.desk import desk
from inbox.pages import zone
from polling import Standing, standings
from storage.records import LedgerRow

PLAIN = "text/plain; version=0.0.4; charset=utf-8"
LIGHTS = {"good": 0, "off": 0, "warn": 1, "bad": 2}
Next = Callable[[HttpRequest], HttpResponse]
Sample = tuple[Mapping[str, str], float | None]  # labels, value; None: not known, and left out


def metrics(get_response: Next) -> Next:
    """A middleware that answers the one address."""

    def reply(request: HttpRequest) -> HttpResponse:
        return _answered(request) if request.path_info == "/metrics" else get_response(request)

    return reply


def _answered(request: HttpRequest) -> HttpResponse:
    wanted = desk().settings.inbox.metrics_token()
    if wanted is None:
        return HttpResponseNotFound("not found\n", content_type=PLAIN)
    kind, _, sent = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), wanted.get_secret_value().encode()):
        refused = HttpResponse("token diperlukan\n", content_type=PLAIN, status=401)
        refused["WWW-Authenticate"] = 'Bearer realm="kentongan"'
        return refused
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "HEAD"))
    try:
        return HttpResponse("".join(exposed()), content_type=PLAIN)
    except (StoreBusy, StoreFault):
        return HttpResponse("basis data tidak terbaca\n", content_type=PLAIN, status=503)


def exposed() -> Iterator[str]:
    """The page, family by family."""
    store, now = desk().store, timezone.now()
    yield from of_the_house(store.facts(), now=now)
    yield from of_accounts(standings(store, desk().settings, now=now))
    yield from of_the_day(store.ledger(now.astimezone(zone()).date()))


def of_the_house(facts: Mapping[str, Any], *, now: datetime) -> Iterator[str]:
    def age(at: datetime | None) -> float:
        return max(0.0, (now - at).total_seconds()) if at else 0.0

    for name, about, value in (
        ("posts_waiting", "Posts that are not judged yet.", facts["backlog"]),
        ("posts_failed", "Posts whose judging failed and is tried again.", facts["failed"]),
        ("oldest_waiting_seconds", "How long the oldest of them has waited; 0: none waits.",
         age(facts["oldest_waiting_at"])),
        ("notices_waiting", "Notices that are not sent yet.", facts["unsent"]),
        ("notices_given_up", "Notices that were tried in vain.", facts["given_up"]),
        ("oldest_notice_seconds", "How long the oldest notice is due; 0: none is.", age(facts["oldest_unsent_at"])),
        ("quarantined", "Items that could not be read, kept whole.", facts["quarantine"]),
        ("posts_seen", "Posts that accounts were shown, of all days.", facts["seen"]),
        ("store_bytes", "Size of the database.", facts["bytes"]),
    ):
        yield from family(name, about, [({}, value)])
    yield from family("tickets", "Tickets by status.", [({"status": s}, n) for s, n in facts["tickets"].items()])
    month = max((row["month"] for row in facts["budget"]), default=None)
    yield from family("spent_usd", "What platforms cost in the latest month.",
                      [({"platform": r["platform"]}, r["cost_usd"]) for r in facts["budget"] if r["month"] == month])


def of_accounts(stood: Sequence[Standing]) -> Iterator[str]:
    def each(value: Callable[[Standing], float | None]) -> list[Sample]:
        return [({"account": one.account.key}, value(one)) for one in stood]

    yield from family("account_light", "0 green or switched off, 1 amber, 2 red.", each(lambda one: LIGHTS[one.light]))
    yield from family("account_blind", "1 while the account is not read.", each(lambda one: int(bool(one.blind_since))))
    yield from family("account_lag_seconds", "Since what was read last.",
                      each(lambda one: one.lag.total_seconds() if one.lag is not None else None))
    yield from family("account_quota_left", "What the platform leaves, in its own unit.",
                      each(lambda one: one.account.quota.left if one.account.quota else None))


def of_the_day(rows: Iterable[LedgerRow]) -> Iterator[str]:
    listed = list(rows)
    yield from family("today", "Today's posts (WIB) by account and fate.", [
        ({"account": row.account, "fate": fate}, n) for row in listed for fate, n in row.fates.items()])
    yield from family("ledger_balanced", "0 where today's equation does not hold.",
                      [({"account": row.account}, int(row.balances)) for row in listed])


def family(name: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    """One gauge: all of them can fall, by retention or by work that is done."""
    yield f"# HELP kentongan_{name} {about}\n# TYPE kentongan_{name} gauge\n"
    for labels, value in samples:
        if value is not None:
            told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"kentongan_{name}{f'{{{told}}}' if told else ''} {value:.10g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
