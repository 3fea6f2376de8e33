"""A text tried on the rules in force, as its reason card: what `kentongan explain --text` says, for a page."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from domain import Extraction, Mention, MentionKind, Reason, Route, Span, Verdict
from inbox.casefile import Clue
from inbox.desk import Desk
from inbox.masks import Mark, Mask, Segment, personal, segments, words
from routing.route import route
from storage import stored_extraction
from storage.records import TicketView

if TYPE_CHECKING:
    from nlp.extract import Extractor

_lock = threading.Lock()
_extractors: dict[str, Extractor] = {}  # by ruleset; the newest one alone


@dataclass(frozen=True, slots=True)
class Tried:
    """The card: fate or lane, destinations with their clues, and what was seen in the text."""

    text: list[Segment]
    fate: str
    lane: str | None
    because: str
    routes: list[tuple[Route, list[Clue]]]
    seen: Extraction
    urgency_clues: list[Clue]
    relevance_clues: list[Clue]


def tried(desk: Desk, text: str, account: str, *, now: datetime) -> Tried:
    from deciding import decide  # brings spaCy along, as below

    platform = account.partition(":")[0] or "import"
    mention = Mention("text", account, platform, MentionKind.MENTION, "text", text, now, now)
    with _lock:  # spaCy's pipeline is not made for two threads at once
        seen = _extractor(desk).extract(mention)
    decision = decide(mention, verdict=Verdict("text", "new"), extraction=seen, standing=None, rules=desk.rules)
    hidden = personal(text, [Mask(p.start, p.end, p.type) for p in seen.pii], official=desk.official_handles)

    def clues(reasons: Iterable[Reason]) -> list[Clue]:
        return [Clue(r.what, r.weight, _words(text, r.spans, hidden, r.what)) for r in reasons]

    routes = decision.routes or route(mention, seen, desk.rules)
    return Tried(
        segments(text, hidden, list(_marks(seen))), str(decision.fate), decision.lane, decision.because,
        [(each, clues(each.because)) for each in routes], seen, clues(seen.urgency.because),
        clues(seen.relevance.because),
    )


def trial_routes(desk: Desk, view: TicketView) -> list[tuple[str, str]]:
    """(department, rule) that rules in `suggest` would have chosen for this story; nothing of it acts."""
    if desk.suggesting is None or not view.extraction:
        return []
    names = {each.name for each in desk.settings.routes if each.mode == "suggest"}
    routes = route(view.mention, stored_extraction(orjson.dumps(view.extraction)), desk.suggesting)
    return [(each.department, each.rule) for each in routes
            if each.rule in names and each.department != view.ticket.department]


def _extractor(desk: Desk) -> Extractor:
    from nlp.extract import Extractor  # spaCy: seconds and memory that an inbox without operators never needs

    key = desk.settings.ruleset
    if key not in _extractors:
        _extractors.clear()
        _extractors[key] = Extractor(desk.settings)
    return _extractors[key]


def _words(text: str, spans: Iterable[Span], hidden: list[Mask], what: str) -> tuple[str, ...]:
    found = (words(text, span.start, span.end, hidden) for span in spans)
    return tuple(dict.fromkeys(word for word in found if word and not what.lower().endswith(word.lower())))


def _marks(seen: Extraction) -> Iterable[Any]:
    for topic in seen.topics:
        yield from (Mark(span.start, span.end, "topic") for span in topic.spans)
    yield from (Mark(place.start, place.end, "place") for place in seen.places)
    yield from (Mark(span.start, span.end, "urgency") for reason in seen.urgency.because for span in reason.spans)
