"""Extractions by hand: what the NLP would have seen, said in one line."""

from __future__ import annotations

from typing import Any

from domain import Extraction, Location, Place, Reason, Relevance, Span, Topic, Urgency


def seen(topics: str = "", at: str | None = None, **given: Any) -> Extraction:
    """`topics` is "jalan_jembatan lampu_jalan:0.6" (0.9 unless said), `at` a Kemendagri code.

    Given: detail, actionable, vulnerable, sensitive, urgency, places, topic_spans, location_score.
    """
    labels = [entry.partition(":")[::2] for entry in topics.split()]
    spans = given.get("topic_spans", ())
    actionable = given.get("actionable", True)
    detail = given.get("detail", "laporan" if actionable else "obrolan")
    because = tuple(Reason(f"vulnerable:{kind}", 1.0) for kind in given.get("vulnerable", ()))
    score = given.get("location_score", 0.9)
    location = None if at is None else Location(at, at, "desa_kelurahan", -7.5, 110.8, score)
    return Extraction(
        language="id", register=None,
        relevance=Relevance("actionable" if actionable else "not_actionable", detail, 0.9, (), because),
        topics=tuple(Topic(label, float(sure or 0.9), () if n else spans) for n, (label, sure) in enumerate(labels)),
        places=given.get("places", ()), location=location, urgency=Urgency(given.get("urgency", "normal"), 0.8),
        sensitive=given.get("sensitive", False), pii=(),
    )


def place(text: str, name: str, code: str | None, **given: Any) -> Place:
    """A place where `name` first stands in `text`."""
    start = text.index(name)
    return Place(start, start + len(name), name, "desa_kelurahan", code, name, given.get("score", 0.8))


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))
