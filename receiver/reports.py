"""The doors of other systems: signed JSON, and an SMS gateway. A report comes in under its sender's own number:
one that comes twice is one, and other words under a number that is known are a revision.

A report that is rightly signed and cannot be read is set aside for a person to look at, and its sender is
told what is wrong with it: nothing is lost, and sending it again as it is would not help.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from domain import Account, Mention, Page, Quarantined
from harvester.foreign_json import loads
from harvester.forms import key_of
from harvester.hooks import reason_of, set_aside
from harvester.hooks_forms import id_of, json_report, reports, sms_report
from harvester.payload import Unreadable, why
from harvester.signatures import bearer_of, in_window, signed_body, signer
from receiver.desk import Channel, Desk, named, secrets_of
from receiver.web import Answer, Refused, Request

log = structlog.get_logger("receiver")

SIGNATURE, TIMESTAMP = "x-kentongan-signature", "x-kentongan-timestamp"
MOST = 500  # reports of one delivery
FORM = "application/x-www-form-urlencoded"

Read = Callable[[Any, Account, datetime], Mention]


def signed_json(desk: Desk, request: Request) -> Answer:
    account = _signer(desk, desk.json, request)
    if request.content_type() != "application/json":
        raise Refused(415, "send application/json")
    value = _parsed(desk, account, request.body)
    items = reports(value)
    if len(items) > MOST:
        raise Refused(413, f"more than {MOST} reports in one delivery")
    return _kept(desk, account, items, json_report, many=isinstance(value, list))


def sms(desk: Desk, request: Request) -> Answer:
    """JSON or a form; the gateway signs, or shows its secret as a bearer token or as a password."""
    account = _gateway(desk, request)
    kind = request.content_type()
    if kind not in ("application/json", FORM):
        raise Refused(415, f"send application/json or {FORM}")
    value = _parsed(desk, account, request.body) if kind == "application/json" else request.form()
    return _kept(desk, account, [value], _sms, many=False)


def _sms(value: Any, account: Account, seen_at: datetime) -> Mention:
    if not isinstance(value, dict):
        raise Unreadable(f"message: expected an object, got {type(value).__name__}")
    inner = value.get("payload")  # some gateways wrap the message
    return sms_report({**value, **inner} if isinstance(inner, dict) else value, account, seen_at)


# --- who it is -------------------------------------------------------------------------------------------


def _signer(desk: Desk, channels: tuple[Channel, ...], request: Request) -> Account:
    if not channels:
        raise Refused(404, "not here")
    stamp = request.headers.get(TIMESTAMP, "")
    key = signer(request.headers.get(SIGNATURE, ""), signed_body(stamp, request.body), secrets_of(channels))
    account = named(channels, key)
    if account is None:
        raise Refused(403, "the signature is missing or wrong: sha256=HMAC(secret, timestamp + '.' + body)")
    if not in_window(stamp, desk.now()):
        raise Refused(403, "the timestamp is not within five minutes: sign anew when you repeat")
    return account


def _gateway(desk: Desk, request: Request) -> Account:
    if SIGNATURE in request.headers or not desk.sms:
        return _signer(desk, desk.sms, request)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            given = ""
    account = named(desk.sms, bearer_of(given, secrets_of(desk.sms)))
    if account is None:
        raise Refused(403, "the gateway's secret is missing or wrong")
    return account


# --- what it says ----------------------------------------------------------------------------------------


def _parsed(desk: Desk, account: Account, body: bytes) -> Any:
    try:
        return loads(body)
    except (ValueError, RecursionError) as error:
        text = body.decode("utf-8", "backslashreplace")
        item = set_aside(text, account=account.key, platform=account.platform, reason=reason_of(error),
                         seen_at=desk.now())
        desk.intake.keep({account.key: Page((), "", quarantined=(item,))})
        raise Refused(400, f"{reason_of(error)}; kept for a person to look at") from error


def _kept(desk: Desk, account: Account, items: list[Any], read: Read, *, many: bool) -> Answer:
    now = desk.now()
    mentions: list[Mention] = []
    aside: list[Quarantined] = []
    told: list[dict[str, Any]] = []
    for item in items:
        try:
            mention = read(item, account, now)
        except Exception as error:  # one report, whatever is wrong with it, never costs the others
            aside.append(_aside(item, account, error, now))
            told.append({"status": "unreadable", "error": why(error), "kept": True})
        else:
            mentions.append(mention)
            told.append({"status": "kept", "id": mention.native_id, "key": mention.key})
    saved = desk.intake.keep({account.key: Page(tuple(mentions), "", quarantined=tuple(aside))})
    log.info("delivered", sender=account.key, new=saved.new, known=saved.known, revised=saved.revised,
             quarantined=saved.quarantined)
    if many:
        return Answer(value={"reports": told, "new": saved.new, "known": saved.known, "revised": saved.revised})
    return Answer(200 if mentions else 422, {**told[0], **({"new": bool(saved.new)} if mentions else {})})


def _aside(item: Any, account: Account, error: Exception, now: datetime) -> Quarantined:
    """Under its own number where that can be read: a better telling of it then takes its place."""
    found = set_aside(item, account=account.key, platform=account.platform, reason=why(error), seen_at=now)
    native_id = id_of(item)
    if native_id is None:
        return found
    key = key_of(account.platform, native_id, account.key, local=True)
    return Quarantined(key, found.account, found.raw, found.reason, now)
