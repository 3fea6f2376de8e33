"""Every endpoint of the API. What is not here does not exist; `docs/openapi.json` is written from it."""

from __future__ import annotations

from typing import Any

from inbox.api import acting, exports, given, open311, openapi, reading, records
from inbox.api.call import JSON, Endpoint
from inbox.api.tokens import ACT, PERSONAL, READ

XML = "text/xml"
TICKET = "/api/v1/tickets/{number}"


def get(path: str, name: str, about: str, view: Any, gives: Any, **more: Any) -> Endpoint:
    return Endpoint("GET", path, name, about, view, READ, gives, **more)


def post(verb: str, about: str, view: Any, body: type[given.Given], **more: Any) -> Endpoint:
    return Endpoint("POST", f"{TICKET}/actions/{verb}", f"act_{verb}", about, view, ACT, records.Done, body=body,
                    once=True, **more)


READING = (
    get("/api/v1/me", "me", "Which token this is, and what it may.", reading.me, records.Me),
    get("/api/v1/vocabulary", "vocabulary", "Names of departments, topics, reasons.", reading.vocabulary,
        records.Vocabulary),
    get("/api/v1/tickets", "tickets", "The desk's tickets as the queue has them: due first.", reading.tickets,
        records.Rows, query=reading.FILTERS + reading.PAGE, also=(410,)),
    get("/api/v1/search", "search", "Tickets whose post has these words; the last one may be a beginning.",
        reading.tickets, records.Rows, query=reading.SEARCH, also=(410,)),
    get(TICKET, "ticket", "One ticket, as its page shows it.", reading.ticket, records.Ticket),
    get(f"{TICKET}/history", "history", "Who did what to it, when, why, before and after.", reading.history,
        records.History),
    get(f"{TICKET}/packet", "packet", "The hand-over to an outside body; 404 where there is none.",
        reading.handed_over, records.Packet),
    get(f"{TICKET}/sp4n", "sp4n", "The packet of SP4N-LAPOR.", reading.sp4n, records.Sp4n),
    get(f"{TICKET}/photos/{{photo}}", "photo", "A closing photo.", reading.photo, None, media="image/jpeg"),
    get("/api/v1/events", "events", "What happened to the desk's tickets since.", reading.events, records.Events,
        query=reading.FEED),
)
ACTING = (
    *(post(verb, about, acting.act(verb), body) for verb, about, body in (
        ("accept", "Take it.", given.Step), ("start", "Begin the work.", given.Step),
        ("ask", "The citizen was asked; a person sends the question.", given.Step),
        ("reopen", "Open it again.", given.Step), ("note", "Add a note.", given.Note),
        ("assign", "Say who works on it.", given.Assign),
        ("set_topic", "What it is about, where the machine read it wrongly.", given.SetTopic),
        ("set_urgency", "How much it presses, the same way.", given.SetUrgency),
        ("reroute", "To another desk.", given.Reroute),
        ("hand_over", "To an outside body; stays tracked.", given.HandOver),
        ("reject", "With a reason from the list; reopen undoes it.", given.Reject),
        ("secret", "Need to know: the whole story.", given.Secrecy),
        ("lift_secret", "Show the story to all desks' overseers again.", given.Secrecy))),
    post("finish", "Close it, with a photo where there is one.", acting.finish, given.Finish, photo=True),
    post("redact", "Blot words in every post of the story.", acting.redact, given.Redact),
    post("merge", "Put its story into that of another ticket.", acting.regroup("merge"), given.Merge),
    post("split", "Take posts out into a story of their own.", acting.regroup("split"), given.Split),
    post("undo", "Take a merge or split back.", acting.regroup("undo"), given.Undo),
    post("apart", "Say that two tickets are not one incident.", acting.regroup("apart"), given.Merge),
    Endpoint("POST", f"{TICKET}/photos/{{photo}}/refuse", "refuse_photo",
             "Set a doubtful photo aside. Accepting one takes a person, on the page.", acting.refuse_photo, ACT,
             records.Done, body=given.Seen, once=True),
    Endpoint("POST", f"{TICKET}/unmask", "unmask", "The text and its author unmasked, once, for a reason; audited.",
             acting.unmask, PERSONAL, records.Personal, body=given.Unmask),
)
EXPORTS = tuple(
    get(f"/api/v1/exports/tickets.{form}", f"export_{form.replace('.', '_')}", about, exports.export, gives,
        query=reading.FILTERS, media=media)
    for form, media, gives, about in (
        ("csv", "text/csv", None, "The filtered list as CSV; no cell is a formula."),
        ("jsonl", "application/x-ndjson", records.Exported, "The filtered list, a JSON object a line."),
        ("sp4n.jsonl", "application/x-ndjson", records.Sp4n, "The filtered list as packets of SP4N-LAPOR, one a line."))
)
OPEN311 = tuple(
    get(f"/api/v1/open311/{path}.{form}", f"open311_{name}_{form}", about, view, gives, query=query,
        media=JSON if form == "json" else XML, also=(404,))
    for form in ("json", "xml")
    for path, name, about, view, gives, query in (
        ("services", "services", "Open311: topics.", open311.services, list[records.Service],
         (open311.JURISDICTION,)),
        ("requests", "requests", "Open311: tickets, none of them secret.", open311.requests,
         list[records.ServiceRequest], open311.REQUESTS),
        ("requests/{id}", "request", "Open311: one ticket.", open311.request, list[records.ServiceRequest],
         (open311.JURISDICTION,)))
)
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/api/v1/openapi.json", "openapi", "This document.", openapi.served, None),
    *READING, *ACTING, *EXPORTS, *OPEN311,
)
