"""One ticket, prepared for its page: marked text, reason card, clocks, spread, history. Pure.

What a mask hides in the text is hidden in every list of words too: `masks.words` gives nothing for a
span that touches personal data, and what was typed into the history is masked like a post.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain import Mention, MentionState
from inbox.display import source_link
from inbox.masks import SHOWN_CHARS, Mark, Mask, Segment, gist, personal, segments, words
from nlp.new_facts import new_facts
from storage.records import Addition, HistoryEntry, TicketView

Raw = Mapping[str, Any]
ADDITIONS = 20
KINDS = ("urgency", "place", "topic", "relevance")
PLUMBING = {"version", "id", "cluster", "mention", "ruleset", "rule"}  # true, kept, and of no use at a desk


@dataclass(frozen=True, slots=True)
class Clue:
    """One line of evidence: what decided (a key, see `wording`), how much it weighed, which words it saw."""

    what: str
    weight: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The reason card."""

    route: Raw | None
    clues: tuple[Clue, ...]
    topics: Sequence[Raw]
    places: Sequence[Raw]
    location: Raw | None
    relevance: Raw | None
    relevance_clues: tuple[Clue, ...]
    urgency: Raw | None
    urgency_clues: tuple[Clue, ...]

    @property
    def urgency_sum(self) -> float:
        return sum(clue.weight for clue in self.urgency_clues)


@dataclass(frozen=True, slots=True)
class Copy:
    """Another post of the story, without its author."""

    mention: Mention
    gist: Sequence[Segment]
    link: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A reply or quote that adds to the story, and the places that it names."""

    copy: Copy
    by_reporter: bool
    places: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()  # (kind, words) that the story's first post does not have
    text: Sequence[Segment] = ()  # with those words marked, where there are any


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history: `changes` are (field, before, after)."""

    entry: HistoryEntry
    changes: Sequence[tuple[str, Any, Any]]
    reason: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class CaseFile:
    text: Sequence[Segment]
    kinds: tuple[str, ...]  # kinds of marks whose colour the text shows, for the legend
    masked: int
    cut: bool
    gone: bool
    link: str | None
    why: Why
    copies: Sequence[Copy]
    additions: Sequence[Said]
    answered: str | None  # the area that the reporter's latest answer names
    steps: Sequence[Step]


def case_file(view: TicketView, *, official: frozenset[str], unmasked: bool = False) -> CaseFile:
    mention = view.mention
    gone = mention.state in (MentionState.GONE, MentionState.WITHHELD)
    text = "" if gone else mention.text
    extraction = view.extraction or {}
    hidden = personal(text, _stored(extraction), official=official)
    pieces = segments(text, () if unmasked else hidden, list(_marks(extraction)))
    return CaseFile(
        text=pieces,
        kinds=_seen(pieces),
        masked=sum(1 for piece in pieces if piece.mask),
        cut=len(text) > SHOWN_CHARS,
        gone=gone,
        link=None if gone else source_link(mention.url),
        why=_why(view, extraction, text, hidden),
        copies=[_copy(copy, official) for copy in view.copies if copy.key != mention.key],
        answered=next(_answered(view), None),
        additions=_telling([_said(addition, text, official) for addition in view.additions]),
        steps=[step_of(entry, official) for entry in view.history],
    )


def _seen(pieces: Sequence[Segment]) -> tuple[str, ...]:
    """What a piece shows where it bears several marks is the first of KINDS; the stylesheet has the same order."""
    shown = {next(kind for kind in KINDS if kind in piece.kinds) for piece in pieces if piece.kinds}
    return tuple(kind for kind in KINDS if kind in shown)


def _stored(extraction: Raw) -> Iterator[Mask]:
    for found in extraction.get("pii") or ():
        yield Mask(found["start"], found["end"], found["type"])


def _marks(extraction: Raw) -> Iterator[Mark]:
    for topic in extraction.get("topics") or ():
        yield from (Mark(*_edges(span), "topic") for span in topic.get("spans") or ())
    for place in extraction.get("places") or ():
        yield Mark(place["start"], place["end"], "place")
    for kind in ("urgency", "relevance"):
        for reason in (extraction.get(kind) or {}).get("because") or ():
            yield from (Mark(*_edges(span), kind) for span in reason.get("spans") or ())


def _edges(span: Any) -> tuple[int, int]:
    return (span["start"], span["end"]) if isinstance(span, Mapping) else (span[0], span[1])


def _why(view: TicketView, extraction: Raw, text: str, hidden: Sequence[Mask]) -> Why:
    def clues(reasons: Iterable[Raw] | None) -> tuple[Clue, ...]:
        return tuple(_clue(reason, text, hidden) for reason in reasons or ())

    route = _route_of(view)
    relevance, urgency = extraction.get("relevance"), extraction.get("urgency")
    return Why(
        route=route,
        clues=clues(route.get("because")) if route else (),
        topics=extraction.get("topics") or (),
        places=extraction.get("places") or (),
        location=extraction.get("location"),
        relevance=relevance,
        relevance_clues=clues(relevance.get("because")) if relevance else (),
        urgency=urgency,
        urgency_clues=clues(urgency.get("because")) if urgency else (),
    )


def _route_of(view: TicketView) -> Raw | None:
    """The route that opened this ticket; after a re-route, the best the machine had."""
    ticket = view.ticket
    for fits in ("department", "rule"):
        for route in view.routes:
            if route.get(fits) == getattr(ticket, fits):
                return route
    return view.routes[0] if view.routes else None


def _clue(reason: Raw, text: str, hidden: Sequence[Mask]) -> Clue:
    what = str(reason.get("what", ""))
    seen = (words(text, *_edges(span), hidden) for span in reason.get("spans") or ())
    distinct = tuple(dict.fromkeys(word for word in seen if word and not what.lower().endswith(word.lower())))
    return Clue(what, float(reason.get("weight") or 0.0), distinct)


def _copy(mention: Mention, official: frozenset[str]) -> Copy:
    gone = mention.state in (MentionState.GONE, MentionState.WITHHELD)
    if gone:
        return Copy(mention, (), None)
    return Copy(mention, gist(mention.text, official=official), source_link(mention.url))


def _answered(view: TicketView) -> Iterator[str]:
    for addition in view.additions:
        if addition.by_reporter and (location := (addition.extraction or {}).get("location")):
            yield location["name"]


def _telling(additions: Iterable[Said]) -> list[Said]:
    """What tells something new first, each fact once; then the rest, newest first, as far as there is room."""
    told: set[tuple[str, str]] = set()
    news: list[Said] = []
    rest: list[Said] = []
    for said in reversed(list(additions)):  # the first to say it is the one to read
        facts = {(kind, words.casefold()) for kind, words in said.facts} - told
        told |= facts
        (news if facts else rest).insert(0, said if facts else replace(said, facts=(), text=()))
    return [*news[:ADDITIONS], *rest[:max(0, ADDITIONS - len(news))]]


def _said(addition: Addition, first: str, official: frozenset[str]) -> Said:
    """Places and facts that touch personal data are left out, as everywhere."""
    copy = _copy(addition.mention, official)
    extraction = addition.extraction or {}
    text = addition.mention.text
    hidden = personal(text, _stored(extraction), official=official)
    named = (words(text, place["start"], place["end"], hidden) for place in extraction.get("places") or ())
    if not copy.gist:
        return Said(copy, addition.by_reporter, ())
    added = new_facts(text, first)
    facts = tuple((fact.kind, said) for fact in added if (said := words(text, fact.start, fact.end, hidden)))
    marked = segments(text, hidden, [Mark(fact.start, fact.end, "new") for fact in added]) if facts else ()
    return Said(copy, addition.by_reporter, tuple(dict.fromkeys(filter(None, named))), facts, marked)


def step_of(entry: HistoryEntry, official: frozenset[str]) -> Step:
    keys = [*entry.after, *(key for key in entry.before if key not in entry.after)]
    changes = [
        (key, entry.before.get(key), entry.after.get(key))
        for key in keys
        if key not in PLUMBING and entry.before.get(key) != entry.after.get(key)
    ]
    return Step(entry, changes, gist(entry.reason or "", official=official, chars=2_000))
