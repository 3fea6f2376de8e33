"""Two models on the same rows: figures of each, rows that get better or worse, and whether the new one may be taken.

Test. Both models read the same rows, so only those count that one has right and the other wrong. If neither were
better, each such row would fall to either side like a coin; `chance` is the probability that so many or more would
fall to the side that won (exact, one-sided sign test, which for pairs of right and wrong is McNemar's). Worse beyond
noise: the new model loses more rows than it wins at a chance under .05 over all rows of a component or over its
reports ("actionable", "high": a missed report is the worse error), or under .01 in one source, of which there are many.
Better: it wins more than it loses at a chance under .05 over a component.

Known limit. On thirty rows only a large loss can be told from noise: five rows worse and none better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import comb
from typing import Any

from domain import Extraction
from evaluation.labelled import height_of
from evaluation.rows import Teaching
from evaluation.score import multiclass, topic_of, two_class
from nlp.extract import Extractor
from nlp.learnt import HAZARD, REPORT, Learnt
from settings import Settings

NOISE, NOISE_OF_A_SOURCE = 0.05, 0.01
ALL, REPORTS = "semua", "semua, yang positif"
COMPONENTS = ("topic", "relevance", "urgency")
POSITIVE = {"relevance": REPORT, "urgency": HAZARD}


@dataclass(frozen=True, slots=True)
class Line:
    """One component and source: figures before and after, and how many rows changed to which side."""

    component: str
    source: str
    rows: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    better: int
    worse: int

    @property
    def chance(self) -> float:
        """Of so one-sided a change where neither model is better; 1 where none is ahead."""
        ahead, n = max(self.better, self.worse), self.better + self.worse
        if self.better == self.worse:
            return 1.0
        return float(sum(comb(n, k) for k in range(ahead, n + 1)) / 2**n)

    @property
    def verdict(self) -> str:
        """"better", "worse" or "alike"."""
        noise = NOISE if self.source in (ALL, REPORTS) else NOISE_OF_A_SOURCE
        if self.chance >= noise:
            return "alike"
        return "better" if self.better > self.worse else "worse"

    def plain(self) -> dict[str, Any]:
        rounded = {name: {key: round(value, 4) for key, value in figures.items()}
                   for name, figures in (("before", self.before), ("after", self.after))}
        return {**asdict(self), **rounded, "chance": round(self.chance, 4), "verdict": self.verdict}


def compared(held: Teaching, settings: Settings, before: Learnt, after: Learnt) -> list[Line]:
    """Every component and source of the rows, read by either model."""
    old, new = Extractor(settings, before), Extractor(settings, after)
    rows = {
        "topic": [(mention, label, group) for mention, label, _, group in held.topics],
        "relevance": [(each.mention, each.label, each.group) for each in held.judged],
        "urgency": held.hazards,
    }
    found = []
    for component, kept in rows.items():
        mentions = [mention for mention, _, _ in kept]
        was, now = ([guess(component, e) for e in extractor.extract_many(mentions)] for extractor in (old, new))
        found += _lines(component, [(label, group) for _, label, group in kept], was, now)
    return found


def guess(component: str, extraction: Extraction) -> str:
    if component == "topic":
        return topic_of(extraction)
    if component == "relevance":
        return extraction.relevance.label
    return height_of(extraction.urgency.label)


def _lines(component: str, gold: Sequence[tuple[str, str]], was: Sequence[str], now: Sequence[str]) -> list[Line]:
    wanted = POSITIVE.get(component)
    parts = {ALL: list(range(len(gold)))}
    if wanted:
        parts[REPORTS] = [i for i, (label, _) in enumerate(gold) if label == wanted]
    for source in sorted({group for _, group in gold}):
        parts[source] = [i for i, (_, group) in enumerate(gold) if group == source]
    return [_line(component, source, [(gold[i][0], was[i], now[i]) for i in at]) for source, at in parts.items() if at]


def _line(component: str, source: str, rows: Sequence[tuple[str, str, str]]) -> Line:
    before = figures_of(component, [(label, was) for label, was, _ in rows])
    after = figures_of(component, [(label, now) for label, _, now in rows])
    better = sum(was != label == now for label, was, now in rows)
    worse = sum(was == label != now for label, was, now in rows)
    return Line(component, source, len(rows), before, after, better, worse)


def figures_of(component: str, pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    if component == "topic":
        return multiclass(pairs)
    right = sum(label == guessed for label, guessed in pairs)
    return {"accuracy": right / len(pairs), "F1": two_class(pairs, POSITIVE[component])["F1"]}


def refusals(lines: Sequence[Line]) -> list[str]:
    """Why the new model may not be taken, in the operator's words; empty where it may."""
    worse = [f"{line.component} ({line.source}) memburuk: {line.worse} baris memburuk, {line.better} membaik, "
             f"p = {line.chance:.3f}" for line in lines if line.verdict == "worse"]
    if worse or any(line.verdict == "better" and line.source == ALL for line in lines):
        return worse
    return ["tidak satu pun komponen membaik melebihi kebetulan"]
