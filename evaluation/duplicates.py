"""Scores the folding of copies: pair precision and recall, B-cubed, look-alikes merged, and what a person should see.

    python -m evaluation.duplicates DATA_DIR [--half dev|held|all] [--worst FILE] [--config config.yaml]

DATA_DIR holds dedup.jsonl (`id, text, author, created_at, cluster, evidence`; rows whose evidence begins with
"hard_negative" must stay alone) and, where at hand, dedup_pairs.jsonl (`id, text_a, text_b, label`). Posts are
folded in the order of their times, as the daemon would. A cluster lies wholly in one half, by a hash of its name.
Prints figures; texts go only into FILE, which the caller names, as JSON Lines: every wrong merge and every miss
with both texts.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import orjson

from domain import Author, Mention, MentionKind
from evaluation.labelled import EPOCH, Row, half_of
from nlp.duplicates import Folder
from settings import load

HARD = "hard_negative"
SAME, DIFFERENT = "same_message", "different"  # "same_incident" is a suggestion to staff: neither right nor wrong


@dataclass(frozen=True, slots=True)
class Report:
    """What one run came to; `worst` are wrong merges and misses, (kind, row, row that it was told apart from)."""

    rows: int
    pair_precision: float
    pair_recall: float
    b_cubed: tuple[float, float, float]
    hard: int
    hard_merged: int
    worst: tuple[tuple[str, Row, Row], ...]

    def lines(self) -> list[str]:
        precision, recall, f1 = self.b_cubed
        return [
            f"duplicates pairs                   n={self.rows:<5} P {self.pair_precision:.3f}"
            f"  R {self.pair_recall:.3f}",
            f"duplicates b-cubed                 n={self.rows:<5} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}",
            f"duplicates hard negatives merged   n={self.hard:<5} {self.hard_merged}",
        ]


def folded(rows: Sequence[Row], folder: Folder) -> list[tuple[Row, str]]:
    """Every row with the story that it was folded into, in the order of their times."""
    posts = sorted(((mention_of(row), row) for row in rows), key=lambda pair: (pair[0].posted_at, pair[0].key))
    return [(row, folder.fold(mention)[0].cluster) for mention, row in posts]


def report(found: Sequence[tuple[Row, str]]) -> Report:
    both = Counter((row["cluster"], story) for row, story in found)
    truth, stories = Counter(row["cluster"] for row, _ in found), Counter(story for _, story in found)
    total = max(1, len(found))
    precision = sum(n * n / stories[story] for (_, story), n in both.items()) / total
    recall = sum(n * n / truth[cluster] for (cluster, _), n in both.items()) / total
    hard = [story for row, story in found if str(row.get("evidence", "")).startswith(HARD)]
    right = _pairs(both.values())
    return Report(
        len(found), right / max(1, _pairs(stories.values())), right / max(1, _pairs(truth.values())),
        (precision, recall, 2 * precision * recall / (precision + recall or 1.0)),
        len(hard), sum(stories[story] > 1 for story in hard), tuple(_worst(found)),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _worst(found: Sequence[tuple[Row, str]]) -> Iterable[tuple[str, Row, Row]]:
    """Against the first row of the story that it joined, or of the cluster that it should have joined."""
    first_of_story: dict[str, Row] = {}
    first_of_cluster: dict[str, tuple[Row, str]] = {}
    for row, story in found:
        head = first_of_story.setdefault(story, row)
        kin, home = first_of_cluster.setdefault(row["cluster"], (row, story))
        if head["cluster"] != row["cluster"]:
            yield "wrong_merge", row, head
        elif home != story:
            yield "miss", row, kin


def pair_lines(pairs: Sequence[Row], threshold: float, window: timedelta) -> list[str]:
    """How many labelled pairs come out right, whichever text came first."""
    right: Counter[str] = Counter()
    for pair in pairs:
        right[pair["label"]] += all(
            _folds(pair[one], pair[other], Folder(threshold=threshold, window=window)) == (pair["label"] == SAME)
            for one, other in (("text_a", "text_b"), ("text_b", "text_a")))
    counts = Counter(pair["label"] for pair in pairs)
    return [f"duplicates {label:<24} n={counts[label]:<5} right {right[label]}" for label in (SAME, DIFFERENT)]


def _folds(one: str, other: str, folder: Folder) -> bool:
    stories = [folder.fold(mention_of({"id": n, "text": text}))[0].cluster for n, text in enumerate((one, other))]
    return stories[0] == stories[1]


def mention_of(row: Row) -> Mention:
    author = str(row.get("author") or "")
    at = _moment(row.get("created_at"))
    platform = str(row.get("platform") or "eval")
    return Mention(f"eval:post:{row['id']}", "", platform, MentionKind.MENTION, str(row["id"]), row["text"], at, at,
                   author=Author(author, author) if author else None)


def _moment(value: Any) -> datetime:
    """ISO 8601, or as X and mail write it; a row without a time stands at the beginning."""
    for read in (datetime.fromisoformat, parsedate_to_datetime, _as_x_writes):
        try:
            at = read(str(value))
        except ValueError:
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return EPOCH


def _as_x_writes(value: str) -> datetime:
    return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")


def rows_of(path: Path, half: str) -> list[Row]:
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()] if path.exists() else []
    return [row for row in rows if half == "all" or half_of({"id": row.get("cluster", row["id"])}) == half]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.duplicates", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("dev", "held", "all"), default="all")
    parser.add_argument("--worst", type=Path, help="file for wrong merges and misses, with their texts")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    given = parser.parse_args(arguments)
    rows, pairs = (rows_of(given.data / name, given.half) for name in ("dedup.jsonl", "dedup_pairs.jsonl"))
    if not rows and not pairs:
        sys.stderr.write(f"{given.data}: tidak memuat dedup.jsonl atau dedup_pairs.jsonl\n")
        return 1
    limits = load(given.config).thresholds
    window = timedelta(days=limits.duplicate_window_days)
    if rows:
        scored = report(folded(rows, Folder(threshold=limits.near_duplicate, window=window)))
        sys.stdout.write("\n".join(scored.lines()) + "\n")
        if given.worst:
            given.worst.write_bytes(b"".join(
                orjson.dumps({"kind": kind, "id": row["id"], "text": row["text"], "other": other["id"],
                              "other_text": other["text"]}) + b"\n" for kind, row, other in scored.worst))
    if pairs:
        sys.stdout.write("\n".join(pair_lines(pairs, limits.near_duplicate, window)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
