"""Reads back what the NLP saw. Pure; the way there is `orjson.dumps` of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain import Extraction, Location, Pii, Place, Reason, Relevance, Span, Topic, Urgency

Raw = Mapping[str, Any]


def extraction_of(seen: Raw) -> Extraction:
    """The Extraction that was stored, equal to the one that was made."""
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
