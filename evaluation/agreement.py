"""Says how far two readings of the same texts agree, from the labels by id alone; no text is needed.

    python -m evaluation.agreement

Of each `labels/*_second.tsv`: the share of texts with the same label, Cohen's kappa, the same without texts that either
reading left open ("unsure"), how often the readings meet where either saw the rare label, and how many labels a third
look changed. Comments first called actionable were drawn whole and others by lot, so they are weighed back to what a
plain draw would show. `relevance_again` is all the comments, read a second time later. `x_relevance` and `urgency_held`
are measures alone: where their readers differ the label is left open, and nothing is learnt from them. Both readings
are this project's own: two strangers would agree less.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluation.labelled import labels_of
from evaluation.rows import LABELS

UNSURE = "unsure"
Pair = tuple[str, str]  # the first label and the second


@dataclass(frozen=True, slots=True)
class Twice:
    """A set that was read twice; `stands_for` is how many texts a row speaks for, by its first label (else 1)."""

    name: str
    rare: str
    stands_for: dict[str, float]
    default: str | None = None  # the label of what the file of first labels does not name
    labels: str = ""  # that file, where it is not called as the set

    @property
    def first(self) -> Path:
        return LABELS / f"{self.labels or self.name}.tsv"

    @property
    def second(self) -> Path:
        return LABELS / f"{self.name}_second.tsv"


OTHERS = 1739 / 205  # comments not first called actionable, and how many of them were drawn
SETS = (
    Twice("relevance", "actionable", {"not_actionable": OTHERS, UNSURE: OTHERS}, default="not_actionable"),
    Twice("relevance_again", "actionable", {}, default="not_actionable", labels="relevance"),
    Twice("urgency", "high", {}),
    Twice("portal_urgency", "tinggi", {}),
    Twice("portal_need", "y", {}),
    Twice("x_relevance", "actionable", {}),
    Twice("urgency_held", "tinggi", {}),
)


def kappa(pairs: list[Pair], weights: list[float]) -> float:
    """Agreement beyond what two readers with these habits would reach by chance; 1 where nobody ever differed."""
    whole = sum(weights)
    met = sum(weight for (one, two), weight in zip(pairs, weights, strict=True) if one == two) / whole
    chance = 0.0
    for label in {label for pair in pairs for label in pair}:
        shares = [sum(w for pair, w in zip(pairs, weights, strict=True) if pair[i] == label) / whole for i in (0, 1)]
        chance += shares[0] * shares[1]
    return 1.0 if chance == 1.0 else (met - chance) / (1.0 - chance)


def figures(pairs: list[Pair], rare: str, stands_for: dict[str, float]) -> dict[str, float]:
    """What one set comes to, by name."""
    even = [1.0] * len(pairs)
    decided = [pair for pair in pairs if UNSURE not in pair]
    seen = sum(pair.count(rare) for pair in pairs)
    found = {
        "same label": sum(one == two for one, two in pairs) / len(pairs),
        "kappa": kappa(pairs, even),
        "kappa, decided": kappa(decided, even[:len(decided)]),
        f"both {rare}": 2 * pairs.count((rare, rare)) / seen if seen else 0.0,
    }
    if stands_for:
        weights = [stands_for.get(one, 1.0) for one, _ in pairs]
        same = sum(weight for (one, two), weight in zip(pairs, weights, strict=True) if one == two)
        found |= {"same label, plain draw": same / sum(weights), "kappa, plain draw": kappa(pairs, weights)}
    return found


def changed(each: Twice) -> Iterator[tuple[str, ...]]:
    """The keys whose final label is not the first one."""
    final = {tuple(key): label for *key, label in labels_of(each.first)}
    for *key, one, _ in labels_of(each.second):
        if final.get(tuple(key), each.default) != one:
            yield tuple(key)


def pairs_of(each: Twice) -> list[Pair]:
    return [(one, two) for *_, one, two in labels_of(each.second)]


def main() -> int:
    for each in SETS:
        pairs = pairs_of(each)
        open_to_doubt = sum(UNSURE in pair for pair in pairs)
        sys.stdout.write(f"{each.name:<15} read twice {len(pairs)}, unsure to either {open_to_doubt},"
                         f" labels changed {len(list(changed(each)))}\n")
        for name, value in figures(pairs, each.rare, each.stands_for).items():
            sys.stdout.write(f"{each.name:<15} {name:<24} {value:.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
