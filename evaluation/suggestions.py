"""Measures "the same incident in other words" where somebody knows the answer, and where there is none.

    python -m evaluation.suggestions LABELLED [--config config.yaml] [--day simulators/day]

`dedup.jsonl`, city portal: stories that the folder has left apart and that the city's own address and topic put
together within 14 days. The address is kept from the machine. For each story the 120 nearest in time are
candidates, as the store would offer them. `dedup_pairs.jsonl`: each pair alone. The invented day: nearly every
ticket is an incident of its own, so what is shown there is the noise of an ordinary day.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import xxhash

from domain import Mention, MentionKind
from evaluation.day import desks_of, mention_of, posts_of
from nlp.duplicates import Folder
from nlp.extract import Extractor
from nlp.related import SHOWN, THRESHOLD, WITHIN, Telling, ranked, suggestions
from settings import Settings, load

STEPS = (0.40, THRESHOLD, 0.50, 0.55, 0.60)
NEAREST = 120
AT = datetime(2026, 1, 1, tzinfo=UTC)

Shown = tuple[bool, float]  # whether it is a twin, score


def portal(folder: Path, settings: Settings) -> list[tuple[str, Telling]]:
    """(cluster, story) of what the folder leaves apart, by time."""
    rows = [orjson.loads(line) for line in (folder / "dedup.jsonl").read_bytes().splitlines()]
    rows = sorted((row for row in rows if row["source"] == "surabaya_wargaku"), key=lambda row: row["created_at"])
    memory = Folder(threshold=settings.thresholds.near_duplicate, window=timedelta(days=30))
    mentions = [_mention(row["id"], row["text"], datetime.fromisoformat(row["created_at"]).replace(tzinfo=UTC))
                for row in rows]
    kept = [(row["cluster"], m) for row, m in zip(rows, mentions, strict=True) if memory.fold(m)[0].cluster == m.key]
    seen = Extractor(settings).extract_many([m for _, m in kept])
    return [(cluster, Telling(m, extraction)) for (cluster, m), extraction in zip(kept, seen, strict=True)]


def _mention(key: str, text: str, at: datetime) -> Mention:
    return Mention(key, "form:kota", "form", MentionKind.FORM, key, text, at, at)


def asked(stories: Sequence[tuple[str, Telling]], half: str) -> Iterator[tuple[bool, list[Shown]]]:
    """For each story of a half: whether it has a twin among its candidates, and what heads the list."""
    for cluster, ours in stories:
        if (xxhash.xxh64_intdigest(cluster.encode()) % 2 == 0) != (half == "dev"):
            continue
        near = sorted((abs(t.mention.posted_at - ours.mention.posted_at), n, c, t)
                      for n, (c, t) in enumerate(stories) if t is not ours)
        candidates = [(c, t) for gap, _, c, t in near[:NEAREST] if gap <= WITHIN]
        top = ranked(ours, [t for _, t in candidates])[:SHOWN]
        yield any(c == cluster for c, _ in candidates), [(candidates[x.at][0] == cluster, x.score) for x in top]


def report(half: str, answers: Sequence[tuple[bool, list[Shown]]]) -> Iterator[str]:
    twins = [shown for has, shown in answers if has]
    for step in STEPS:
        shown = [right for _, top in answers for right, score in top if score >= step]
        found = sum(any(right and score >= step for right, score in top) for top in twins)
        yield (f"portal {half} {step:.2f}: shown {len(shown)}, right {sum(shown)}"
               f" ({sum(shown) / max(1, len(shown)):.3f}); found {found} of {len(twins)}"
               f" ({found / max(1, len(twins)):.3f})")


def pairs(folder: Path, settings: Settings) -> Iterator[str]:
    """Each pair among all other texts of the file: what is rare shows only beside others."""
    rows = [orjson.loads(line) for line in (folder / "dedup_pairs.jsonl").read_bytes().splitlines()]
    texts = {row[f"text_{side}"]: None for row in rows for side in "ab"}
    mentions = [_mention(f"pair:{n}", text, AT) for n, text in enumerate(texts)]
    seen = Extractor(settings).extract_many(mentions)
    told = {m.text: Telling(m, extraction) for m, extraction in zip(mentions, seen, strict=True)}
    counts: dict[str, list[bool]] = {}
    for row in rows:
        one, other = told[row["text_a"]], told[row["text_b"]]
        others = [telling for telling in told.values() if telling is not one]
        liked = [others[x.at] for x in ranked(one, others) if x.score >= THRESHOLD]
        counts.setdefault(row["label"], []).append(other in liked)
    for label, shown in sorted(counts.items()):
        yield f"pairs {label}: {sum(shown)} of {len(shown)} suggested"


def day(folder: Path, settings: Settings) -> Iterator[str]:
    posts = [post for post in posts_of(folder) if post["expect"]["fate"] == "ticket"]
    mentions = [mention_of(post, settings) for post in posts]
    stories = [Telling(m, seen) for m, seen in zip(mentions, Extractor(settings).extract_many(mentions), strict=True)]
    shown: dict[str, list[tuple[str, float]]] = {}
    for post, ours in zip(posts, stories, strict=True):
        others = [(p, t) for p, t in zip(posts, stories, strict=True) if p is not post and _meet(post, p)]
        for likeness in suggestions(ours, [t for _, t in others]):
            shown.setdefault(post["id"], []).append((others[likeness.at][0]["id"], likeness.score))
    yield f"day: {len(posts)} tickets, {len(shown)} show a suggestion"
    for id_, found in shown.items():
        yield f"  {id_}: " + ", ".join(f"{other} {score:.2f}" for other, score in found)


def _meet(one: Any, other: Any) -> bool:
    a, b = one["expect"], other["expect"]
    return bool(desks_of(a) & desks_of(b)) or a.get("topic") == b.get("topic")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.suggestions", description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--day", type=Path, default=Path("simulators/day"))
    parser.add_argument("--day-config", type=Path, default=Path("simulators/demo.yaml"))
    given = parser.parse_args(arguments)
    settings = load(given.config)
    stories = portal(given.labelled, settings)
    for half in ("dev", "held"):
        for line in report(half, list(asked(stories, half))):
            sys.stdout.write(line + "\n")
    for line in (*pairs(given.labelled, settings), *day(given.day, load(given.day_config))):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
