"""The whole way, page to durable commit: posts a second of originals, of reposts, and of a mixed storm.

    python -m bench.pipeline [--posts 20000] [--only originals] [--stages]

One process, real store on disk, real NLP, shipped config.yaml, the collector of garbage set as the daemon sets it; only
the network is left out. `--stages` adds what each stage costs, and how long the transactions hold the lock that a
form of the inbox waits for. All of it is CPU time, so that a busy machine says the same.
Figures of record stand in docs/adr/0002-sqlite-one-lock.md; they are ratios to live with, not asserts.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

import pipeline
from bench.storm import storm
from domain import Mention, MentionKind, Page
from nlp.collector import spare_the_collector
from nlp.machine_code import SWITCH, in_use
from pipeline import Judge, process_batch
from run_daemon import build_judge
from settings import load
from storage import open_store
from storage.store import Store
from tests.builders import account

PAGE = 200
NOW = datetime(2026, 11, 21, tzinfo=UTC)
HOLD_THE_LOCK = ("save_page", "settle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--only", choices=("originals", "mixed", "reposts"))
    parser.add_argument("--stages", action="store_true")
    options = parser.parse_args()
    if options.stages and in_use():
        parser.error(f"--stages looks into Python: {SWITCH}=no python -m bench.pipeline --stages")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name, posts in streams(options.posts).items():
        if options.only in (None, name.split(",")[0].split(" ")[0]):
            stages = Stages() if options.stages else None
            seconds = run(posts, stages)
            print(f"{name:24} {len(posts) / seconds:8.0f} posts/s  {1e6 * seconds / len(posts):6.0f} us")
            if stages:
                stages.tell(len(posts))
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def streams(count: int) -> dict[str, Sequence[Mention]]:
    originals = [drop.mention for drop in storm(count, seed=8, copies=0.0, hard=0.0)]
    first = originals[0]
    reposts = [
        replace(first, key=f"x:post:r{n}", native_id=f"r{n}", kind=MentionKind.REPOST, repost_of=first.key)
        for n in range(count)
    ]
    return {"originals": originals, "mixed, 40 % copies": [drop.mention for drop in storm(count, seed=7)],
            "reposts by reference": [first, *reposts]}


class Stages:
    """Seconds of CPU time of each call of the functions that it was put around."""

    def __init__(self) -> None:
        self.calls: dict[str, list[float]] = defaultdict(list)

    def around(self, judge: Judge, store: Store) -> None:
        self._time(judge.folder, "fold")
        self._time(judge.extractor, "extract_many")
        self._time(judge, "catch_up")
        for name in ("save_page", "unprocessed", "clusters_of", "standings", "settle"):
            self._time(store, name)
        for name in ("decide", "judge_batch"):
            self._time(pipeline, name)

    def _time(self, owner: Any, name: str) -> None:
        inner: Callable[..., Any] = getattr(owner, name)
        inner = getattr(inner, "inner", inner)  # of the run before

        def timed(*args: Any, **given: Any) -> Any:
            begun = time.process_time()
            try:
                return inner(*args, **given)
            finally:
                self.calls[name].append(time.process_time() - begun)

        timed.inner = inner  # type: ignore[attr-defined]
        setattr(owner, name, timed)

    def tell(self, posts: int) -> None:
        for name, seconds in self.calls.items():
            print(f"    {name:16} {1e6 * sum(seconds) / posts:7.1f} us a post")
        for name in HOLD_THE_LOCK:
            held = sorted(1e3 * each for each in self.calls[name])
            print(f"    {name} holds the lock for {held[len(held) // 2]:.0f} ms of CPU time, p99 {held[-1 - len(held) // 100]:.0f}")


def run(posts: Sequence[Mention], stages: Stages | None = None) -> float:
    """Seconds of CPU time of this process for storing, judging and settling `posts`."""
    judge = build_judge(load("config.yaml"))
    spare_the_collector()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "k.db")
        store.sync_accounts([account()], now=NOW)
        if stages:
            stages.around(judge, store)
        begun = time.process_time()
        for start in range(0, len(posts), PAGE):
            page = Page(tuple(posts[start:start + PAGE]), str(start))
            store.save_page("x:solo", page, next_poll_at=NOW, now=NOW)
            while process_batch(store, judge, limit=PAGE, now=NOW):
                pass
        seconds = time.process_time() - begun
        store.close()
    return seconds


if __name__ == "__main__":
    main()
