"""Says how near a careful reader comes to the labels of the folder: what no extractor can be expected to beat by much.

    python -m evaluation.reader DATA_DIR

A reader of this project judged rows by the page of definitions alone (`labels/reader_*.tsv`, ids and labels). Scored
like an extractor, by source and half. The reader leans as people do, to calling a plea a report; the extractor's
figures stand beside these in `nlp/models/README.md`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluation.labelled import half_of, height_of, label_by_key, rows_of
from evaluation.rows import LABELS
from evaluation.score import multiclass, two_class
from evaluation.written import REPORTS
from nlp.learnt import HAZARD, REPORT

KINDS = ("relevance", "urgency", "topic")
SOUGHT = {"relevance": REPORT, "urgency": HAZARD}
Pairs = dict[tuple[str, str], list[tuple[str, str]]]  # (source, half) -> (label, what the reader says)


def pairs_of(data: Path, kind: str) -> Pairs:
    read = label_by_key(LABELS / f"reader_{kind}.tsv")
    pairs: Pairs = defaultdict(list)
    for row in rows_of(data / f"{kind}.jsonl", "all"):
        if said := read.get(row["id"]):
            pairs[row["source"], half_of(row)].append(_alike(kind, row["label"], said))
    return dict(sorted(pairs.items()))


def _alike(kind: str, label: str, said: str) -> tuple[str, str]:
    """Both in the words that are scored."""
    if kind == "relevance":
        return label, REPORT if said == REPORTS else f"not_{REPORT}"
    if kind == "urgency":
        return height_of(label), height_of(said)
    return label, said


def lines(data: Path) -> Iterator[str]:
    for kind in KINDS:
        for (source, half), pairs in pairs_of(data, kind).items():
            found = multiclass(pairs) if kind == "topic" else two_class(pairs, SOUGHT[kind])
            told = "  ".join(f"{name} {value:.3f}" for name, value in found.items())
            yield f"{kind:<10} {source:<24} {half:<5} n={len(pairs):<5} {told}"


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("pakai: python -m evaluation.reader DATA_DIR\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in lines(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
