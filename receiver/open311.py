"""Open311 GeoReport v2: services, a citizen's report by form, and how it stands. JSON only.

What is read here is open to everybody, as the standard wants it: that a report exists, what it is about, who
works on it and until when. No word, place, picture or name of a citizen; a secret case is only open or closed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from domain import Page
from harvester.hooks_forms import BadRequest, open311_report
from harvester.signatures import bearer_of
from receiver.desk import Desk, named, secrets_of
from receiver.web import Answer, Refused, Request
from storage.records import Receipt

log = structlog.get_logger("receiver")

FORM = "application/x-www-form-urlencoded"
SPAN = timedelta(days=90)  # the standard's own: at most 90 days and 1000 requests
MOST = 1000
MOST_IDS = 50
NOTICE = "Laporan diterima dan akan dibaca petugas. Ini bukan layanan darurat: hubungi 112."


class Told(Refused):
    """An error as GeoReport writes it: a list with code and description."""


def services(desk: Desk, _request: Request) -> Answer:
    _on(desk)
    return Answer(value=[
        {"service_code": code, "service_name": topic.name, "description": topic.name, "metadata": False,
         "type": "realtime", "keywords": "", "group": ""}
        for code, topic in desk.settings.topics.items()
    ])


def service(desk: Desk, _request: Request, code: str) -> Answer:
    """A definition exists only of services with attributes of their own, and none of ours has any."""
    _on(desk)
    if code not in desk.settings.topics:
        raise Told(404, "service_code was not found")
    raise Told(400, "this service has no metadata")


def post(desk: Desk, request: Request) -> Answer:
    _on(desk)
    if request.content_type() != FORM:
        raise Told(415, f"send {FORM}")
    try:
        given = request.form()
    except Refused as error:
        raise Told(error.status, error.told) from error
    account = named(desk.open311, bearer_of(given.get("api_key", ""), secrets_of(desk.open311)))
    if account is None:
        raise Told(403, "api_key is missing or not known")
    names = {code: topic.name for code, topic in desk.settings.topics.items()}
    try:
        mention = open311_report(given, account, desk.now(), services=names)
    except BadRequest as error:
        raise Told(error.code, error.description) from error
    saved = desk.intake.keep({account.key: Page((mention,), "")})
    log.info("delivered", sender=account.key, new=saved.new, known=saved.known)
    return Answer(value=[{"service_request_id": mention.native_id, "service_notice": NOTICE, "account_id": None}])


def one(desk: Desk, _request: Request, request_id: str) -> Answer:
    _on(desk)
    found = _receipts(desk, native_ids=[request_id])
    if not found:
        raise Told(404, "service_request_id was not found")
    return Answer(value=[_shown(desk, receipt) for receipt in found])


def many(desk: Desk, request: Request) -> Answer:
    _on(desk)
    asked = request.query
    if ids := asked.get("service_request_id"):
        listed = [part.strip() for part in ids.split(",") if part.strip()]
        if len(listed) > MOST_IDS:
            raise Told(400, f"more than {MOST_IDS} numbers")
        return Answer(value=[_shown(desk, receipt) for receipt in _receipts(desk, native_ids=listed)])
    until = _time(asked.get("end_date"), "end_date") or desk.now()
    since = _time(asked.get("start_date"), "start_date") or until - SPAN
    since = max(since, until - SPAN)
    codes, states = _listed(asked.get("service_code")), _listed(asked.get("status"))
    if unknown := states - {"open", "closed"}:
        raise Told(400, f"status: open or closed, not {sorted(unknown)[0][:40]}")
    shown = (_shown(desk, receipt) for receipt in _receipts(desk, since=since, until=until)
             if not receipt.sensitive and receipt.state != "gone")
    return Answer(value=[row for row in shown if (not codes or row["service_code"] in codes)
                         and (not states or row["status"] in states)])


def error_answer(status: int, told: str) -> list[dict[str, Any]]:
    return [{"code": status, "description": told}]


def _on(desk: Desk) -> None:
    if not desk.open311:
        raise Told(404, "not here")


def _receipts(desk: Desk, **asked: Any) -> list[Receipt]:
    accounts = [channel.account.key for channel in desk.open311]
    return desk.intake.store.receipts(accounts, limit=MOST, **asked)


def _shown(desk: Desk, receipt: Receipt) -> dict[str, Any]:
    """What may be told to anybody. A post in a lane was read and needs nobody's work: closed."""
    rests = receipt.fate == "lane"
    row: dict[str, Any] = {
        "service_request_id": receipt.native_id, "status": "open" if receipt.open and not rests else "closed",
        "status_notes": "tidak memerlukan tindak lanjut" if rests else None, "service_code": None,
        "service_name": None, "description": None, "agency_responsible": None,
        "requested_datetime": _text(receipt.seen_at), "updated_datetime": _text(receipt.closed_at or receipt.seen_at),
        "expected_datetime": None, "address": None, "lat": None, "long": None, "media_url": None,
    }
    if receipt.sensitive or receipt.department is None:
        return row
    department = desk.settings.departments.get(receipt.department)
    topic = desk.settings.topics.get(receipt.topic or "")
    return {**row, "service_code": receipt.topic if topic else None, "service_name": topic.name if topic else None,
            "agency_responsible": department.name if department else receipt.department,
            "expected_datetime": _text(receipt.due_at) if receipt.due_at else None}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(value: str | None, name: str) -> datetime | None:
    """W3C format, as the standard writes it; a `+` in a query has often become a blank."""
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value.strip().replace(" ", "+") if "T" in value else value.strip())
    except ValueError as error:
        raise Told(400, f"{name}: not a time like 2026-11-02T08:00:00Z") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _listed(value: str | None) -> set[str]:
    return {part.strip() for part in (value or "").split(",") if part.strip()}
