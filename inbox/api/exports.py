"""A list taken out of the house: CSV, JSON Lines, SP4N packets. Streamed by two hundreds, masked, noted in the audit.

No row holds an account, an address or a key of a post: whoever gets the file need not know who reported.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

from domain import Actor
from inbox.api import records, shapes
from inbox.api.call import Call
from inbox.api.reading import query_of
from inbox.desk import desk
from routing.handing_out import harmless, sp4n_of
from storage.records import TicketQuery

EVERYTHING = 10**9
COLUMNS = tuple(records.Exported.model_fields)
Rows = Iterable[Mapping[str, Any]]


def export(call: Call) -> HttpResponse:
    asked = {name: value for name, value in call.query.items() if name != "cari"}
    form = call.endpoint.path.partition("tickets.")[2]
    return stream(call.actor, query_of(call, limit=EVERYTHING), form, asked=asked)


def stream(actor: Actor, query: TicketQuery, form: str, *, asked: Mapping[str, str]) -> HttpResponse:
    """Whoever asked, and for what, stands in the audit before the first byte. Searched words do not: they may name."""
    media, write = FORMS[form]
    what = {"form": form, **asked, **({"words": True} if query.text else {})}
    desk().store.record_export(actor, what=what, now=timezone.now())
    rows = (shapes.exported(row) for row in desk().store.export_listed(actor, query))
    response = StreamingHttpResponse(_in_pieces(write(rows)), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="tiket.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _csv(rows: Rows) -> Iterator[str]:
    """Every cell quoted, none of them a formula; a mark at the beginning tells sheets that it is UTF-8."""
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    line.write("\ufeff")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([harmless(row.get(name)) for name in COLUMNS])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def _jsonl(rows: Rows) -> Iterator[str]:
    for row in rows:
        yield orjson.dumps({name: row.get(name) for name in COLUMNS}).decode() + "\n"


def _sp4n(rows: Rows) -> Iterator[str]:
    for row in rows:
        yield orjson.dumps(sp4n_of({**row, "id": row["number"]})).decode() + "\n"


def _in_pieces(lines: Iterator[str], *, least: int = 1 << 14) -> Iterator[bytes]:
    """Some kilobytes at a time: a write for each line would cost more than reading it."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= least:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


FORMS: dict[str, tuple[str, Callable[[Rows], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "jsonl": ("application/x-ndjson", _jsonl),
    "sp4n.jsonl": ("application/x-ndjson", _sp4n),
}
