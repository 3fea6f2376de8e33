"""What a token reads: its desk's lists, tickets, histories, search, the feed, packets. Texts are masked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from domain import LIVE_STATUSES, URGENCIES, NotAllowed, Status
from inbox import photos
from inbox.api import records, shapes
from inbox.api.call import Call, Param
from inbox.api.problems import Problem
from inbox.desk import desk
from inbox.filters import TABS, Filters, platforms
from inbox.views.ticket import OFFERED, PRIVACY, packet_of
from routing.handing_out import sp4n_of
from routing.tickets import allowed
from storage.records import TicketQuery, TicketView

DAY = {"type": "string", "format": "date", "pattern": r"\d{4}-\d{2}-\d{2}"}
FILTERS = (
    Param("status", "a tab of the queue", {"type": "string", "enum": list(map(str, TABS))}),
    Param("topik", "key of a topic"), Param("urgensi", "urgency", {"type": "string", "enum": list(URGENCIES)}),
    Param("tempat", "code of an area; finds what lies in it", {"type": "string", "pattern": r"[0-9.]{2,13}"}),
    Param("kanal", "platform"), Param("dari", "arrived on this day or later", DAY),
    Param("sampai", "arrived on this day or before", DAY), Param("cari", "words of the post"),
)
PAGE = (Param("sebelum", "`next` of the page before", {"type": "string", "pattern": r"[1-9][0-9]{0,14}"}),
        Param("limit", "tickets of a page, 50 where it is not said", {"type": "integer", "minimum": 1, "maximum": 200}))
SEARCH = tuple(replace(param, required=param.name == "cari") for param in FILTERS) + PAGE
FEED = (Param("after", "`next` of the answer before; 0 from the beginning",
              {"type": "integer", "minimum": 0, "maximum": 10**15}),
        Param("limit", "events of an answer", {"type": "integer", "minimum": 1, "maximum": 500}))


def me(call: Call) -> records.Me:
    token: Any = call.token
    return records.Me(name=token.name, department=token.department, scopes=list(token.scopes),
                      expires_at=token.expires_at, per_minute=token.per_minute)


def vocabulary(_call: Call) -> records.Vocabulary:
    settings = desk().settings
    return records.Vocabulary(
        departments=[records.Named(key=key, name=one.name) for key, one in settings.departments.items()],
        topics=[records.Named(key=key, name=desk().rules.topic_name(key)) for key in settings.topics],
        reject_reasons=[records.Named(key=key, name=said) for key, said in settings.reject_reasons.items()],
        statuses=[str(status) for status in Status], urgencies=list(URGENCIES), platforms=platforms(desk()))


def query_of(call: Call, *, limit: int) -> TicketQuery:
    """The filters of the queue by the names in its address. One that names nothing is refused, not left out."""
    given = {name: value.strip() for name, value in call.query.items() if name != "limit"}
    filters = Filters.of(given, desk(), departments=call.actor.departments)
    read = {**filters.fields, "sebelum": filters.before}
    wrong = [f"{name}: nothing of that name here" for name, value in given.items() if value and read[name] != value]
    if wrong:
        raise Problem("invalid", errors=wrong)
    return filters.query("", limit=limit)


def tickets(call: Call) -> records.Rows:
    limit = int(call.query.get("limit", "50"))
    query = query_of(call, limit=limit + 1)
    if query.before is not None:
        try:
            desk().store.ticket(call.actor, int(query.before))
        except NotAllowed as gone:  # the Store would begin anew, and a program would read for ever
            raise Problem("cursor-gone") from gone
    rows = desk().store.tickets(call.actor, query)
    more, rows = len(rows) > limit, rows[:limit]
    return records.Rows(tickets=[shapes.row(row) for row in rows], next=str(rows[-1].ticket.id) if more else None)


def ticket(call: Call) -> records.Ticket:
    store, actor, number = desk().store, call.actor, call.number
    view = store.ticket(actor, number)
    live = view.ticket.status in LIVE_STATUSES
    return shapes.ticket(
        view, tellings=store.tellings(actor, number) if live and view.size > 1 else (),
        photos=store.evidence(actor, number), possible=possible(view), now=timezone.now())


def possible(view: TicketView) -> list[str]:
    return [verb for verb in (*OFFERED, *PRIVACY) if verb in allowed(view.ticket)]


def history(call: Call) -> records.History:
    view = desk().store.ticket(call.actor, call.number)
    return records.History(number=call.number, version=view.ticket.version, history=shapes.changes(view.history))


def handed_over(call: Call) -> records.Packet:
    return shapes.packet(packet_of(desk().store.ticket(call.actor, call.number)))


def sp4n(call: Call) -> records.Sp4n:
    """The packet of one ticket, so that nobody types it again."""
    view = desk().store.ticket(call.actor, call.number)
    given = shapes.ticket(view, tellings=(), photos=(), possible=(), now=timezone.now())
    return records.Sp4n(**sp4n_of({
        "id": given.number, "text": given.text, "topic": given.topic, "department": given.department,
        "place": given.place, "opened_at": given.opened_at.isoformat(), "sensitive": given.sensitive}))


def photo(call: Call) -> HttpResponse:
    """A closing photo, written anew by us: no camera, no place in it."""
    found = next((one for one in desk().store.evidence(call.actor, call.number) if str(one.id) == call.args["photo"]),
                 None)
    path = photos.folder(desk().settings) / found.file if found else None
    if path is None or not path.exists():
        raise Problem("not-found")
    return HttpResponse(path.read_bytes(), content_type="image/jpeg")


def events(call: Call) -> records.Events:
    feed = desk().store.feed(call.actor, after=int(call.query.get("after", "0")),
                             limit=int(call.query.get("limit", "100")))
    return records.Events(
        events=[shapes.happening(one.id, one.ticket, one.version, one.entry) for one in feed.happenings],
        next=feed.last, more=feed.more)
