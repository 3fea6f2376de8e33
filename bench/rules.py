"""`kentongan rules diff` over a long history: seconds, posts read anew, and whether two runs say the same.

The history is made here: posts of the storm (`bench.storm`) in which one in five has the words of an
example of a topic before it, each judged by the shipped rules and settled as the daemon would.

    python -m bench.rules [--posts 50000] [--store FILE] [--jobs 2]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.storm import START, storm
from deciding import decide
from domain import Account, Mention, Page, Ticket, Verdict
from nlp.extract import Extractor
from routing.rules import compile_rules
from settings import Settings, load
from storage import open_store
from storage.store import Store
from workbench.diff import rules_diff

BATCH = 1_000
ACCOUNT = "x:solo"


def posts(n: int, settings: Settings, *, seed: int) -> Iterator[Mention]:
    """Originals and near-originals only: what is folded away costs a replay nothing."""
    draw = random.Random(seed)
    examples = [text for topic in settings.topics.values() for text in (*topic.examples, *topic.not_)]
    made = 0
    for drop in storm(4 * n, seed=seed):
        if drop.kind not in ("original", "edited") and not drop.kind.startswith("hard_"):
            continue
        text = drop.mention.text
        if draw.random() < 0.2:
            text = f"{draw.choice(examples)} {text[: draw.randrange(20, 90)]}"
        yield replace(drop.mention, text=text, posted_at=START + timedelta(minutes=made), key=f"x:post:{made}",
                      native_id=str(made), account=ACCOUNT)
        made += 1
        if made == n:
            return


def fill(path: Path, settings: Settings, n: int, *, seed: int) -> None:
    store, extractor, rules = open_store(path), Extractor(settings), compile_rules(settings)
    now = START
    store.save_ruleset(rules.hash, settings.rules(), reason="bench", now=now)
    store.sync_accounts([Account(ACCOUNT, "x", "1", "solo", "solo")], now=now)
    batch: list[Mention] = []
    for mention in posts(n, settings, seed=seed):
        batch.append(mention)
        if len(batch) == BATCH:
            _settle(store, batch, extractor, rules, now)
            batch = []
    if batch:
        _settle(store, batch, extractor, rules, now)
    store.close()


def _settle(store: Store, batch: list[Mention], extractor: Extractor, rules: Any, now: datetime) -> None:
    store.save_page(ACCOUNT, Page(tuple(batch), "c"), next_poll_at=now, now=now)
    decisions = [decide(m, verdict=Verdict(m.key, "new"), extraction=seen, standing=None, rules=rules)
                 for m, seen in zip(batch, extractor.extract_many(batch), strict=True)]
    store.settle(decisions, announce=quiet, now=now)


def quiet(_ticket: Ticket, _size: int) -> tuple[()]:
    return ()


def cpu_seconds() -> float:
    """Of this process and of those that it has waited for: what a busy machine cannot stretch."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def edits(settings: Settings) -> dict[str, Settings]:
    """What operators do: a rare word, a frequent one, a rule, a threshold that makes everything be read again."""

    def edited(change: Any) -> Settings:
        plain = settings.model_dump(mode="json", by_alias=True)
        change(plain)
        return Settings.model_validate(plain)

    return {
        "a rare keyword": edited(lambda p: p["topics"]["bencana"]["keywords"]["id"].append("dapur umum")),
        "a frequent keyword taken out": edited(lambda p: p["topics"]["lampu_jalan"]["keywords"]["id"].remove("lampu jalan")),
        "a rule taken out": edited(lambda p: p["routes"].remove(next(r for r in p["routes"] if r["name"] == "solo-jalan"))),
        "a threshold": edited(lambda p: p["thresholds"].update(topic=0.45)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--store", type=Path, help="kept and used again where it is there")
    given = parser.parse_args()
    settings = load("config.yaml")
    with tempfile.TemporaryDirectory() as folder:
        path = given.store or Path(folder) / "rules.db"
        if not path.exists():
            begun = time.perf_counter()
            fill(path, settings, given.posts, seed=given.seed)
            print(f"history of {given.posts:,} posts made in {time.perf_counter() - begun:.0f} s")
        store = open_store(path, read_only=True)
        for name, new in edits(settings).items():
            runs = []
            for _ in range(2):
                begun, spent = time.perf_counter(), cpu_seconds()
                report = rules_diff(store, settings, new, since=timedelta(days=90), jobs=given.jobs)
                runs.append((time.perf_counter() - begun, cpu_seconds() - spent, json.dumps(report.plain())))
            same = runs[0][2] == runs[1][2]
            walls, cpus = (", ".join(f"{run[i]:.1f}" for run in runs) for i in (0, 1))
            print(f"{name:<30} {walls} s, of CPU {cpus} s; read anew {report.read:,} of {report.mentions:,};"
                  f" changes {len(report.changes):,}; same bytes twice: {same}", flush=True)


if __name__ == "__main__":
    main()
