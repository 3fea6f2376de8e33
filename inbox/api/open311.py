"""The read side of Open311 GeoReport v2: what other cities' software asks for. JSON and XML.

Secret tickets do not exist here, and nothing of whoever reported: no account, address of a post, picture. The text is
masked. Errors have the form of the standard, not ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import orjson
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pydantic import BaseModel

from domain import Status
from inbox.api import records, shapes
from inbox.api.call import Call, Param
from inbox.desk import desk
from routing.handing_out import CLOSED, open311_of
from storage.records import TicketQuery

MOST = 1_000
SPAN = timedelta(days=90)
TIME = {"type": "string", "format": "date-time", "maxLength": 40}
JURISDICTION = Param("jurisdiction_id", "name of a government in config.yaml; taken where it is the desk's")
REQUESTS = (
    JURISDICTION, Param("service_request_id", "numbers of tickets, by commas", {"type": "string", "maxLength": 1_000}),
    Param("service_code", "keys of topics, by commas"), Param("status", "open, closed, or both by a comma"),
    Param("start_date", "reported at this time or later", TIME), Param("end_date", "reported before", TIME),
)


class NotFound(Exception):
    """What the standard calls 404, with a description."""


def services(call: Call) -> HttpResponse:
    try:
        _jurisdiction(call)
    except NotFound as missing:
        return _error(call, 404, str(missing))
    topics = desk().settings.topics
    told = [records.Service(service_code=key, service_name=desk().rules.topic_name(key),
                            description=desk().rules.topic_name(key), metadata=False, type="realtime", keywords="",
                            group="") for key in topics]
    return _told(call, told, "services", "service")


def requests(call: Call) -> HttpResponse:
    """At most a thousand, the newest first; of the last 90 days where no time is asked for."""
    try:
        _jurisdiction(call)
        found = [request_of(row) for row in _rows(call)]
    except NotFound as missing:
        return _error(call, 404, str(missing))
    except ValueError as wrong:
        return _error(call, 400, str(wrong))
    return _told(call, found, "service_requests", "request")


def request(call: Call) -> HttpResponse:
    number = _number(call.args["id"])
    rows = [] if number is None else [*_by_numbers(call, [number])]
    if not rows:
        return _error(call, 404, "service_request_id was not found")
    return _told(call, [request_of(row) for row in rows], "service_requests", "request")


def request_of(row: dict[str, Any]) -> records.ServiceRequest:
    out = {**row, **shapes.exported(row)}
    given = open311_of(out)
    return records.ServiceRequest(**{
        **given, "service_name": desk().rules.topic_name(row["topic"]), "status_notes": str(row["status"]),
        "agency_responsible": desk().rules.department_name(row["department"]), "service_notice": "",
        "updated_datetime": row["changed_at"], "address_id": "", "zipcode": "", "media_url": ""})


# --- what is asked -------------------------------------------------------------------------------


def _rows(call: Call) -> Iterator[dict[str, Any]]:
    if wanted := call.query.get("service_request_id"):
        numbers = [number for raw in wanted.split(",") if (number := _number(raw.strip())) is not None]
        yield from _by_numbers(call, numbers[:50])
        return
    codes = [code for code in call.query.get("service_code", "").split(",") if code]
    since, until = _moment(call, "start_date"), _moment(call, "end_date")
    if since is None and until is None:
        since = timezone.now() - SPAN
    elif since is None:
        since = until - SPAN if until else None
    query = TicketQuery(topic=codes[0] if len(codes) == 1 else None, statuses=_statuses(call), limit=10**9,
                        opened_from=since, opened_before=until)
    n = 0
    for row in desk().store.export_listed(call.actor, query, public=True, newest_first=True):
        if codes and row["topic"] not in codes:
            continue
        yield row
        n += 1
        if n == MOST:
            return


def _by_numbers(call: Call, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield from desk().store.export_listed(call.actor, TicketQuery(limit=1), public=True, number=number)


def _statuses(call: Call) -> tuple[Status, ...]:
    wanted = {part.strip() for part in call.query.get("status", "").split(",") if part.strip()}
    if wanted - {"open", "closed"}:
        raise ValueError("status: open or closed")
    if len(wanted) != 1:
        return ()
    return tuple(status for status in Status if (str(status) in CLOSED) == ("closed" in wanted))


def _moment(call: Call, name: str) -> datetime | None:
    raw = call.query.get(name)
    if not raw:
        return None
    read: datetime | None = parse_datetime(raw)  # raises ValueError for 2026-13-45
    if read is None:
        raise ValueError(f"{name}: a time as 2026-11-02T07:00:00Z")
    zoned: datetime = read if read.tzinfo else timezone.make_aware(read)
    return zoned


def _number(raw: str) -> int | None:
    digits = raw.removeprefix("T-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def _jurisdiction(call: Call) -> None:
    wanted = call.query.get("jurisdiction_id")
    department = desk().settings.departments.get(call.actor.departments[0])
    if wanted and (department is None or department.government != wanted):
        raise NotFound("jurisdiction_id provided was not found")


# --- how it is told ------------------------------------------------------------------------------


def _told(call: Call, rows: Sequence[BaseModel], root: str, one: str) -> HttpResponse:
    plain = [row.model_dump(mode="json") for row in rows]
    return _answer(call, plain, root, one, status=200)


def _error(call: Call, code: int, description: str) -> HttpResponse:
    return _answer(call, [{"code": code, "description": description}], "errors", "error", status=code)


def _answer(call: Call, rows: list[dict[str, Any]], root: str, one: str, *, status: int) -> HttpResponse:
    if call.endpoint.path.endswith(".xml"):
        body = "".join(_element(one, row) for row in rows)
        return HttpResponse(f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>{body}</{root}>\n',
                            content_type="text/xml; charset=utf-8", status=status)
    return HttpResponse(orjson.dumps(rows), content_type="application/json; charset=utf-8", status=status)


def _element(name: str, row: dict[str, Any]) -> str:
    inner = "".join(f"<{key}>{escape(_said(value))}</{key}>" for key, value in row.items())
    return f"<{name}>{inner}</{name}>"


def _said(value: Any) -> str:
    """As XML 1.0 can hold it: control signs went with `harmless`, and booleans are words."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
