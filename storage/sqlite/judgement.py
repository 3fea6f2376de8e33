"""What the NLP saw, as the store keeps it, and back. Pure.

Kept is JSON of `asdict(Extraction)`, but each reason is a list [what, weight, [start, end], ...] and each span a pair.
Reasons and spans are most of it: so a judgement takes 1.2 KB instead of 1.8, two fit a page of the file instead of one,
and a post costs 4.7 KB instead of 6.5. What an older version wrote, records throughout, is read as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from domain import Extraction, Location, Pii, Place, Reason, Relevance, Span, Topic, Urgency

Raw = Mapping[str, Any]


def text_of(extraction: Extraction) -> str:
    """As it is stored."""
    relevance, urgency = extraction.relevance, extraction.urgency
    return orjson.dumps({
        "language": extraction.language, "register": extraction.register,
        "relevance": {"label": relevance.label, "detail": relevance.detail, "score": relevance.score,
                      "because": _kept(relevance.because), "vulnerable": _kept(relevance.vulnerable)},
        "topics": [{"label": topic.label, "score": topic.score, "spans": [(s.start, s.end) for s in topic.spans]}
                   for topic in extraction.topics],
        "places": extraction.places, "location": extraction.location,
        "urgency": {"label": urgency.label, "score": urgency.score, "because": _kept(urgency.because)},
        "sensitive": extraction.sensitive, "pii": extraction.pii,
    }).decode()


def _kept(reasons: Iterable[Reason]) -> list[tuple[Any, ...]]:
    return [(reason.what, reason.weight, *[(span.start, span.end) for span in reason.spans]) for reason in reasons]


def seen_of(stored: str | bytes) -> dict[str, Any]:
    """`asdict` of the Extraction that was stored."""
    seen: dict[str, Any] = orjson.loads(stored)
    for judged in (seen.get("relevance") or {}, seen.get("urgency") or {}):
        for name in judged.keys() & {"because", "vulnerable"}:
            judged[name] = [_reason(kept) for kept in judged[name]]
    for topic in seen.get("topics") or ():
        topic["spans"] = [_span(kept) for kept in topic["spans"]]
    return seen


def _reason(kept: Raw | Sequence[Any]) -> Raw:
    if isinstance(kept, Mapping):
        return kept
    what, weight, *spans = kept
    return {"what": what, "weight": weight, "spans": [_span(span) for span in spans]}


def _span(kept: Raw | Sequence[int]) -> Raw:
    return kept if isinstance(kept, Mapping) else {"start": kept[0], "end": kept[1]}


def extraction_of(seen: Raw) -> Extraction:
    """The Extraction of what `seen_of` gave, equal to the one that was made."""
    relevance, urgency, location = seen["relevance"], seen["urgency"], seen["location"]
    return Extraction(
        language=seen["language"], register=seen["register"],
        relevance=Relevance(relevance["label"], relevance["detail"], relevance["score"],
                            _reasons(relevance["because"]), _reasons(relevance["vulnerable"])),
        topics=tuple(Topic(topic["label"], topic["score"], _spans(topic["spans"])) for topic in seen["topics"]),
        places=tuple(Place(**place) for place in seen["places"]),
        location=Location(**location) if location else None,
        urgency=Urgency(urgency["label"], urgency["score"], _reasons(urgency["because"])),
        sensitive=seen["sensitive"],
        pii=tuple(Pii(**item) for item in seen["pii"]),
    )


def _reasons(found: Iterable[Raw]) -> tuple[Reason, ...]:
    return tuple(Reason(reason["what"], reason["weight"], _spans(reason["spans"])) for reason in found)


def _spans(found: Iterable[Raw]) -> tuple[Span, ...]:
    return tuple(Span(span["start"], span["end"]) for span in found)
