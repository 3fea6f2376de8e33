"""Tickets as the API's records: what the ticket page shows, with the same masks, from the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from domain import Mention, MentionState, Ticket
from inbox.api import records
from inbox.casefile import CaseFile, Clue, Said, case_file, step_of
from inbox.desk import desk
from inbox.limits import limits
from inbox.masks import SHOWN_CHARS, Segment, gist, harmless
from inbox.pages import EPOCH
from personal_data import Mask, masked
from routing.packet import Packet, letter
from storage.records import Evidence, HistoryEntry, TicketRow, TicketView

LIST_CHARS = 400
TRUTHS = ("sensitive", "outside", "coordinates")
GONE = (MentionState.GONE, MentionState.WITHHELD)


def plain(pieces: Iterable[Segment]) -> str:
    """Pieces as one text; what is hidden says what it is, the same in every language."""
    return "".join(f"[{piece.mask}]" if piece.mask else piece.text for piece in pieces)


def short(text: str, *, chars: int = LIST_CHARS) -> str:
    return plain(gist(text, official=desk().official_handles, chars=chars))


def state(ticket: Ticket) -> records.State:
    return records.State(**_state(ticket))


def _state(t: Ticket) -> dict[str, Any]:
    return {
        "number": t.id, "version": t.version, "status": str(t.status), "department": t.department, "topic": t.topic,
        "urgency": t.urgency, "priority": t.priority, "opened_at": t.opened_at, "due_at": t.due_at,
        "due_rule": t.due_rule, "closed_at": t.closed_at, "assignee": t.assignee, "sensitive": t.sensitive,
        "coordinates": t.coordinates, "outside": t.outside, "merged_into": t.merged_into,
    }


def row(found: TicketRow) -> records.Row:
    deleted = found.state in GONE
    return records.Row(
        **_state(found.ticket), platform=found.platform, place=found.place, posted_at=found.posted_at,
        size=found.size, deleted=deleted, text="" if deleted else short(found.text))


def change(entry: HistoryEntry) -> records.Change:
    """An entry of the history, as the page shows it: inner columns left out, what was typed masked."""
    return records.Change(**_change(entry))


def _change(entry: HistoryEntry) -> dict[str, Any]:
    step = step_of(entry, desk().official_handles)
    return {"at": entry.at, "actor": harmless(entry.actor), "verb": entry.verb,
            "before": {key: _said(key, before) for key, before, _ in step.changes if before is not None},
            "after": {key: _said(key, after) for key, _, after in step.changes if after is not None},
            "reason": plain(step.reason) or None}


def happening(id_: int, ticket: int, version: int | None, entry: HistoryEntry) -> records.Happening:
    return records.Happening(id=id_, ticket=ticket, version=version, **_change(entry))


def _said(key: str, value: Any) -> Any:
    """A column as the ticket itself has it: the chain holds times as microseconds and truth as 0 and 1."""
    if isinstance(value, int) and key.endswith("_at"):
        return (EPOCH + timedelta(microseconds=value)).isoformat().replace("+00:00", "Z")
    if key in TRUTHS:
        return bool(value)
    return short(value, chars=2_000) if isinstance(value, str) else value


def changes(history: Sequence[HistoryEntry]) -> list[records.Change]:
    return [change(entry) for entry in sorted(history, key=lambda entry: entry.at)]


def ticket(
    view: TicketView, *, tellings: Sequence[Mention], photos: Sequence[Evidence], possible: Sequence[str], now: Any
) -> records.Ticket:
    case = case_file(view, official=desk().official_handles)
    first = view.mention
    place = case.why.location["name"] if case.why.location else case.answered
    dues = limits(view.ticket, view.history, rules=desk().rules, settings=desk().settings, now=now)
    return records.Ticket(
        **_state(view.ticket), platform=first.platform, place=place, posted_at=first.posted_at, size=view.size,
        deleted=case.gone, text=plain(case.text),
        pieces=[records.Piece(text=p.text, kinds=list(p.kinds), mask=p.mask) for p in case.text],
        source=case.link, reason=_reason(view, case), location=_place(case.why.location),
        limits=[records.Limit(name=line.name, at=line.at, cited=line.cited) for line in dues.lines],
        spread=records.Spread(posts=view.spread.posts, voices=view.spread.voices, peak_an_hour=view.spread.peak,
                              surged_at=view.spread.surged_at),
        kin=[records.Kin(number=t.id, department=t.department, status=str(t.status)) for t in view.siblings],
        additions=[_added(said) for said in case.additions], tellings=[telling(m) for m in tellings],
        photos=[records.Photo(id=p.id, at=p.at, actor=p.actor, state=p.state, doubts=list(p.doubts), second=p.second)
                for p in photos],
        regroupings=[records.Regrouped(id=r.id, kind=r.kind, ticket=r.ticket, other=r.other, at=r.at, actor=r.actor)
                     for r in view.regroupings],
        possible=list(possible), history=changes(view.history))


def _reason(view: TicketView, case: CaseFile) -> records.Reason:
    route: Mapping[str, Any] = case.why.route or {}
    return records.Reason(
        rule=route.get("rule"), ruleset=view.ticket.ruleset, department=route.get("department"),
        owner=route.get("owner"), score=route.get("score"), runner_up=route.get("runner_up"),
        margin=route.get("margin"), clues=_clues(case.why.clues), urgency_clues=_clues(case.why.urgency_clues))


def _clues(clues: Iterable[Clue]) -> list[records.Clue]:
    return [records.Clue(what=short(clue.what), weight=clue.weight, words=list(clue.words)) for clue in clues]


def _place(location: Mapping[str, Any] | None) -> records.Place | None:
    return None if location is None else records.Place(
        code=location.get("code"), name=location["name"], level=location.get("level"), lat=location.get("lat"),
        lng=location.get("lng"), score=location.get("score"))


def telling(mention: Mention) -> records.Telling:
    return records.Telling(key=mention.key, platform=mention.platform, kind=str(mention.kind),
                           posted_at=mention.posted_at, text="" if mention.state in GONE else short(mention.text))


def _added(said: Said) -> records.Telling:
    return telling(said.copy.mention)


def packet(sent: Packet) -> records.Packet:
    return records.Packet(
        number=sent.number, to=sent.to, contact=sent.contact, topic=sent.topic, urgency=sent.urgency,
        place=sent.place, code=sent.code, text=harmless(sent.text), letter=[harmless(line) for line in letter(sent)])


def exported(found: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `Store.export_listed` as it may leave: masked, harmless, without account, address or key of a post."""
    spans = [Mask(pii["start"], pii["end"], pii["type"]) for pii in found["pii"]]
    gone = found["state"] in GONE
    text = "" if gone else masked(found["text"][:SHOWN_CHARS], spans, official=desk().official_handles)
    kept = {name: found[name] for name in records.Exported.model_fields if name in found}
    return {**kept, "number": found["id"], "text": harmless(text)}
