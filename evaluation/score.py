"""Scores the extraction on labelled texts: topic, relevance, places, urgency, each per source.

    python -m evaluation.score DATA_DIR [--half dev|held] [--fit] [--config config.yaml]

DATA_DIR holds topic.jsonl, relevance.jsonl, location.jsonl and urgency.jsonl; it is no part of the product and
nothing of it is kept. The shipped models have learnt from both halves: with `--fit` new ones learn from the half that
is not scored, and only such figures say how well strangers are read. Texts come without account and author, as
`kentongan analyze` gets them. Prints figures, never a text.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain import Extraction
from evaluation.labelled import URGENT, Row, height_of, labels_of, mention_of, rows_of
from evaluation.learning import learn
from evaluation.rows import LABELS
from nlp.extract import Extractor
from settings import load


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the report: precision, recall and F1, or accuracy and macro-F1, over `rows`."""

    part: str
    source: str
    rows: int
    figures: dict[str, float]

    def line(self) -> str:
        figures = "  ".join(f"{name} {value:.3f}" for name, value in self.figures.items())
        return f"{self.part:<10} {self.source:<24} n={self.rows:<5} {figures}"


def extracted(extractor: Extractor, rows: Sequence[Row]) -> list[Extraction]:
    return extractor.extract_many([mention_of(row) for row in rows])


def by_source(rows: Sequence[Row], found: Sequence[Extraction]) -> dict[str, list[tuple[Row, Extraction]]]:
    groups: dict[str, list[tuple[Row, Extraction]]] = defaultdict(list)
    for row, extraction in zip(rows, found, strict=True):
        groups[row.get("source") or "all"].append((row, extraction))
    return dict(sorted(groups.items()))


def topic_scores(rows: Sequence[Row], found: Sequence[Extraction]) -> list[Score]:
    return [
        Score("topic", source, len(pairs), multiclass([(row["label"], topic_of(e)) for row, e in pairs]))
        for source, pairs in by_source(rows, found).items()
    ]


def topic_of(extraction: Extraction) -> str:
    return extraction.topics[0].label if extraction.topics else "lainnya"


def multiclass(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    right = sum(gold == guess for gold, guess in pairs)
    labels = {gold for gold, _ in pairs}
    f1 = [prf(*_counts(pairs, label))["F1"] for label in labels]
    return {"accuracy": right / len(pairs), "macro-F1": sum(f1) / len(f1)}


def _counts(pairs: Sequence[tuple[str, str]], label: str) -> tuple[int, int, int]:
    both = sum(gold == label == guess for gold, guess in pairs)
    return both, sum(guess == label for _, guess in pairs), sum(gold == label for gold, _ in pairs)


def prf(right: int, guessed: int, gold: int) -> dict[str, float]:
    precision = right / guessed if guessed else 0.0
    recall = right / gold if gold else 0.0
    return {"P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall) if right else 0.0}


def two_class(pairs: Sequence[tuple[str, str]], wanted: str) -> dict[str, float]:
    """Precision, recall and F1 of one label over (gold, guess)."""
    return prf(*_counts(pairs, wanted))


def relevance_scores(rows: Sequence[Row], found: Sequence[Extraction]) -> list[Score]:
    result = []
    for source, pairs in by_source(rows, found).items():
        labels = [(row["label"], e.relevance.label) for row, e in pairs]
        figures = prf(*_counts(labels, "actionable"))
        figures["detail"] = sum(row["detail"] == e.relevance.detail for row, e in pairs) / len(pairs)
        result.append(Score("relevance", source, len(pairs), figures))
    return result


def urgency_scores(rows: Sequence[Row], found: Sequence[Extraction]) -> list[Score]:
    result = []
    for source, pairs in [*by_source(rows, found).items(), ("together", list(zip(rows, found, strict=True)))]:
        labels = [(height_of(row["label"]), height_of(e.urgency.label))
                  for row, e in pairs]
        figures = prf(*_counts(labels, "high"))
        figures["exact"] = sum(row["label"] == e.urgency.label for row, e in pairs) / len(pairs)
        result.append(Score("urgency", source, len(pairs), figures))
    return result


def twice_read(part: str, extractor: Extractor, data: Path, half: str) -> Iterator[Score]:
    """Scores on texts that two readers of ours labelled alike, by their id; nothing is ever learnt from them."""
    if part not in TWICE_READ or not (data / TWICE_READ[part][1]).exists():
        return
    labels, file, source = TWICE_READ[part]
    known = {key: label for *_, key, label in labels_of(LABELS / labels) if label != "unsure"}
    rows = [{**row, "label": known[row["id"]]} for row in rows_of(data / file, half) if row["id"] in known]
    if rows:
        found = extracted(extractor, rows)
        judged = [e.relevance.label if part == "relevance" else e.urgency.label for e in found]
        pairs = [(row["label"], label) for row, label in zip(rows, judged, strict=True)]
        figures = two_class([(_two(gold), _two(guess)) for gold, guess in pairs], WANTED)
        if part == "urgency":
            figures["exact"] = sum(gold == guess for gold, guess in pairs) / len(pairs)
        yield Score(part, source, len(rows), figures)


def _two(label: str) -> str:
    return WANTED if label in URGENT or label == "actionable" else ""


def place_scores(rows: Sequence[Row], found: Sequence[Extraction]) -> list[Score]:
    result = []
    for source, pairs in by_source(rows, found).items():
        tally: Counter[str] = Counter()
        for row, extraction in pairs:
            tally.update(place_tally(row, extraction))
        figures = _overlap(tally)
        if tally["coded"]:
            figures["code right"] = tally["code right"] / tally["coded"]
        result.append(Score("places", source, len(pairs), figures))
    return result


def _overlap(tally: Counter[str]) -> dict[str, float]:
    precision = tally["guess right"] / tally["guesses"] if tally["guesses"] else 0.0
    recall = tally["found"] / tally["gold"] if tally["gold"] else 0.0
    return {"P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall or 1.0)}


def place_tally(row: Row, extraction: Extraction) -> Counter[str]:
    """Counts of one row. Rows not annotated fully count guesses only; guesses on `ignore` not at all."""
    gold, tally = row["spans"], Counter[str]()
    guesses = [p for p in extraction.places if not any(_touch(p, span) for span in row["ignore"])]
    tally["guesses"] = len(guesses)
    tally["guess right"] = sum(any(_touch(p, span) for span in gold) for p in guesses)
    if row.get("annotated_fully", True):
        tally["gold"] = len(gold)
        tally["found"] = sum(any(_touch(p, span) for p in guesses) for span in gold)
    for span in gold:
        if span.get("kode") and (over := [p for p in guesses if _touch(p, span)]):
            tally["coded"] += 1
            tally["code right"] += any(p.code == span["kode"] for p in over)
    return tally


def _touch(place: Any, span: Row) -> bool:
    return bool(place.start < span["end"] and span["start"] < place.end)


OTHER = {"dev": "held", "held": "dev"}
WANTED = "wanted"
TWICE_READ = {  # part -> labels by id, the file of their texts, what to call them
    "relevance": ("x_relevance.tsv", "unlabelled_x_infra.jsonl", "x, twice read"),
    "urgency": ("urgency_held.tsv", "topic.jsonl", "city portal, twice read"),
}
PARTS = {
    "topic": topic_scores, "relevance": relevance_scores, "location": place_scores, "urgency": urgency_scores,
}


def report(extractor: Extractor, data: Path, half: str, parts: Sequence[str] = tuple(PARTS)) -> Iterator[Score]:
    """Every score that the files in `data` allow."""
    for name in parts:
        scores = PARTS[name]
        path = data / f"{name}.jsonl"
        rows = list(rows_of(path, half)) if path.exists() else []
        if rows:
            yield from scores(rows, extracted(extractor, rows))
        yield from twice_read(name, extractor, data, half)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.score", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("dev", "held"), default="dev")
    parser.add_argument("--part", choices=("topic", "relevance", "places", "urgency"), help="this alone")
    parser.add_argument("--fit", action="store_true", help="learn from the other half first")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    given = parser.parse_args(arguments)
    settings = load(given.config)
    learnt = learn(given.data, settings, OTHER[given.half])[0] if given.fit else None
    parts = [{"places": "location"}.get(given.part, given.part)] if given.part else list(PARTS)
    scores = list(report(Extractor(settings, learnt), given.data, given.half, parts))
    for score in scores:
        sys.stdout.write(score.line() + "\n")
    if not scores:
        sys.stderr.write(f"{given.data}: holds none of {', '.join(f'{name}.jsonl' for name in PARTS)}\n")
    return 0 if scores else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
