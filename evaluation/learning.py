"""Fits all models to what may be learnt from a folder of labelled texts.

    python -m evaluation.learning DATA_DIR [--half dev|all] [--into nlp/models]

What is learnt from, and how much each row weighs, stands in `evaluation.rows`. `--half dev` leaves the other half of
the folder untouched, so that it can be scored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from evaluation.rows import DAY, PORTALS, Judged, Teaching, gathered
from evaluation.training import Sample, fit, fit_facts, out_of_fold
from evaluation.written import GROUP as WRITTEN
from nlp.extract import Extractor
from nlp.learnt import ASKS, GRUMBLES, HAZARD, MODEL, NEED, WEIGHTS, Learnt
from nlp.linear import LinearModel
from nlp.post import post_of
from nlp.relevance import RelevanceOf
from settings import Settings, load

# By question; 1 where nearly only what we wrote knows the answer.
WRITTEN_ASKED_WEIGHTS = {HAZARD: 0.45, GRUMBLES: 0.5, ASKS: 0.5}
PORTAL_NEED_WEIGHT = 0.3
BY_HAND = frozenset(("in_need", "news_like"))  # facts


def learn(data: Path, settings: Settings, half: str) -> tuple[Learnt, dict[str, Any]]:
    """What there is to learn in `data`, and the figures of relevance out of fold."""
    return learn_from(gathered(data, half), settings)


def learn_from(rows: Teaching, settings: Settings) -> tuple[Learnt, dict[str, Any]]:
    """What these rows teach, and the figures of relevance out of fold."""
    cut = Extractor(settings).nlp.tokenizer
    judged = rows.judged
    topics = [Sample(cut(m.text)._.words, label, weight, group) for m, label, weight, group in rows.topics]
    samples = [Sample(cut(each.mention.text)._.words, each.label, each.weight, each.group) for each in judged]
    asked = [
        [Sample(cut(m.text)._.words, label, _weight(question, group), group) for m, label, group in posts]
        for question, posts in rows.asked.items()]
    # words teach alike wherever strangers' texts come from
    evenly = [sample if sample.group == WRITTEN else replace(sample, weight=1.0) for sample in samples]
    model = fit(topics, evenly, asked)
    margins, _ = out_of_fold(evenly, odds=False)
    met = [i for i, sample in enumerate(samples) if sample.group != WRITTEN]  # posts as they come, for what facts weigh
    facts = facts_of([judged[i] for i in met], margins[met, 0].tolist(), model)
    weights, figures = fit_facts(facts, [samples[i] for i in met])
    return Learnt(model, weights), figures


def _weight(question: str, group: str) -> float:
    """Of an answer: what asks a portal for aid in the words of any family must not make need of them elsewhere."""
    if group == WRITTEN:
        return WRITTEN_ASKED_WEIGHTS.get(question, 1.0)
    return PORTAL_NEED_WEIGHT if question == NEED and group in PORTALS else 1.0


def facts_of(judged: Sequence[Judged], margins: Sequence[float], model: LinearModel) -> list[dict[str, float]]:
    """The facts of every post by name, with a margin for "reads" that comes from outside."""
    settings = load(DAY / "demo.yaml")  # its accounts are those that the invented day writes to
    extractor, relevance = Extractor(settings, Learnt(model, {})), RelevanceOf(settings, Learnt(model, {}))
    found = []
    docs = extractor.read([each.mention for each in judged], until="relevance")
    for doc, margin in zip(docs, margins, strict=True):
        evidence = relevance.evidence(post_of(doc))
        evidence.reads = margin
        values: dict[str, float] = {}
        for fact in evidence.facts():
            if fact.name in BY_HAND:  # the model has seen whose these are; their weights are set in `nlp.relevance`
                continue
            values[fact.name] = values.get(fact.name, 0.0) + fact.value
        found.append(values)
    return found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.learning", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("dev", "held", "all"), default="all")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--into", type=Path, default=Path("nlp/models"))
    given = parser.parse_args(arguments)
    learnt, figures = learn(given.data, load(given.config), given.half)
    if learnt.model is None:
        return 1
    given.into.mkdir(parents=True, exist_ok=True)
    (given.into / MODEL).write_bytes(learnt.model.to_bytes())
    written = {"weights": learnt.weights, "out of fold": figures}
    (given.into / WEIGHTS).write_bytes(orjson.dumps(written, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    for group, each in figures.items():
        line = "  ".join(f"{name} {value}" for name, value in each.items())
        sys.stdout.write(f"relevance {group:<24} {line}\n")
    sys.stdout.write(f"{learnt.model.meta}\ntemperature {learnt.model.temperature}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
