"""The goals for duplicates, on real rows where they are at hand. Skips cleanly elsewhere; prints no text."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from bench.duplicates import Tally
from bench.storm import Drop
from nlp.duplicates import Folder
from ops.rows import mention_of
from tests.paths import ROOT

LABELLED = ROOT.parent / "shared" / "data" / "labelled"
WINDOW = timedelta(days=14)
pytestmark = pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled rows are not on this machine")


def rows(name: str) -> list[dict]:
    with (LABELLED / name).open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


@pytest.mark.slow
def test_real_clusters_fold_to_the_goal():
    """Of 5,294 real posts copies fold, strangers stay apart, and no look-alike is merged."""
    told = sorted(((mention_of(row, key=row["id"], account=""), row) for row in rows("dedup.jsonl")),
                  key=lambda pair: (pair[0].posted_at, pair[0].key))
    folder, tally, clusters = Folder(threshold=0.72, window=WINDOW), Tally(), {}
    for post, row in told:
        clusters[post.key] = folder.fold(post)[0].cluster
        tally.note(Drop(post, row["cluster"], row["evidence"]), clusters[post.key], 0.0)

    sizes = Counter(clusters.values())
    merged = [row["id"] for _, row in told if row["evidence"].startswith("hard_negative") and sizes[clusters[row["id"]]] > 1]
    pair_precision, pair_recall = tally.pairs()
    assert merged == []
    assert pair_precision >= 0.97
    assert pair_recall >= 0.90
    assert tally.b_cubed()[2] >= 0.97


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_real_pairs_are_told_apart(order):
    """Every pair that people called different stays apart, every copy folds, whichever came first."""
    wrong = []
    for pair in rows("dedup_pairs.jsonl"):
        folder = Folder(threshold=0.72, window=WINDOW)
        texts = (pair["text_a"], pair["text_b"])
        reasons = [folder.fold(mention_of({"text": texts[n]}, key=str(n), account=""))[0].reason for n in order]
        if pair["label"] != "same_incident" and (reasons[1] != "new") != (pair["label"] == "same_message"):
            wrong.append(pair["id"])

    assert wrong == []
