"""The errors on gold posts, each with the words that led there: what whoever mends has to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain import Extraction, Reason
from evaluation.labelled import Row
from evaluation.score import topic_of

Error = tuple[float, str]  # how sure the wrong judgement was, and the line


def errors(pairs: Sequence[tuple[Row, Extraction]]) -> Iterator[str]:
    """Every wrong judgement, the surest errors of each component first."""
    for judge in (_relevance, _topic, _urgency, _location, _places, _language, _sensitive):
        found = [error for row, e in pairs if (error := judge(row, e))]
        yield from (line for _, line in sorted(found, key=lambda error: -error[0]))


def _line(part: str, row: Row, gold: object, guess: object, why: str) -> str:
    return f"{part}\t{row['id']}\t{gold} -> {guess}\t{why}\t{row['text']!r}"


def _relevance(row: Row, e: Extraction) -> Error | None:
    if row["relevance"] == e.relevance.label:
        return None
    sure = e.relevance.score if e.relevance.label == "actionable" else 1 - e.relevance.score
    return sure, _line("relevance", row, row["detail"], e.relevance.detail, _why(e.relevance.because, row))


def _topic(row: Row, e: Extraction) -> Error | None:
    if row["relevance"] != "actionable" or set(row["topics"]) == {t.label for t in e.topics}:
        return None
    first = e.topics[0].score if e.topics and topic_of(e) != row["topics"][0] else 0.0
    guess = ", ".join(f"{t.label} {t.score:.2f} {[row['text'][s.start:s.end] for s in t.spans]}" for t in e.topics)
    return first, _line("topic", row, ", ".join(row["topics"]), guess or "-", "")


def _urgency(row: Row, e: Extraction) -> Error | None:
    if row["urgency"] == e.urgency.label:
        return None
    return e.urgency.score, _line("urgency", row, row["urgency"], e.urgency.label, _why(e.urgency.because, row))


def _location(row: Row, e: Extraction) -> Error | None:
    guess = e.location.code if e.location else None
    if "location" not in row or (guess or "").startswith(row["location"] or "-") or guess == row["location"]:
        return None
    score, why = (e.location.score, e.location.because) if e.location else (0.0, "")
    return score, _line("location", row, row["location"], guess, why)


def _places(row: Row, e: Extraction) -> Error | None:
    if "spans" not in row:
        return None
    gold = {(s["start"], s["end"], s.get("kode")) for s in row["spans"]}
    missed = [row["text"][s:t] for s, t, _ in gold if not any(p.start < t and s < p.end for p in e.places)]
    extra = [p.text for p in e.places if not any(p.start < t and s < p.end for s, t, _ in gold)]
    wrong = [f"{p.text}: {p.code}, not {code}" for p in e.places for s, t, code in gold
             if code and p.start < t and s < p.end and p.code != code]
    if not missed and not extra and not wrong:
        return None
    return float(len(extra) + len(wrong)), _line("places", row, f"missed {missed}", f"extra {extra}", "; ".join(wrong))


def _language(row: Row, e: Extraction) -> Error | None:
    if "language" not in row:
        return None
    gold, guess = (row["language"], row.get("register")), (e.language, e.register)
    if gold[0] == guess[0] and gold[1] in (None, guess[1]):
        return None
    return 0.0, _line("language", row, gold, guess, "")


def _sensitive(row: Row, e: Extraction) -> Error | None:
    if row.get("sensitive", e.sensitive) == e.sensitive:
        return None
    return 0.0, _line("sensitive", row, row["sensitive"], e.sensitive, "")


def _why(because: Sequence[Reason], row: Row) -> str:
    return "; ".join(f"{r.what} {r.weight:+.2f} {[row['text'][s.start:s.end] for s in r.spans]}" for r in because)
