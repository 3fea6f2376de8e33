"""The whole way, page to durable commit: posts a second of originals, of reposts, and of a mixed storm.

    python -m bench.pipeline [--posts 20000]

One process, real store on disk, real NLP, shipped config.yaml; only the network is left out.
Figures of record stand in docs/benchmarks.md; they are ratios to live with, not asserts.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bench.storm import storm
from domain import Mention, MentionKind, Page
from pipeline import process_batch
from run_daemon import build_judge
from settings import load
from storage import open_store
from tests.builders import account

PAGE = 200
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=20_000)
    count = parser.parse_args().posts
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    drops = [drop.mention for drop in storm(count, seed=7)]
    originals = [drop.mention for drop in storm(count, seed=8, copies=0.0, hard=0.0)]
    first = originals[0]
    reposts = [
        replace(first, key=f"x:post:r{n}", native_id=f"r{n}", kind=MentionKind.REPOST, repost_of=first.key)
        for n in range(count)
    ]
    for name, posts in (("originals", originals), ("mixed, 40 % copies", drops), ("reposts by reference", [first, *reposts])):
        seconds = run(posts)
        print(f"{name:24} {len(posts) / seconds:8.0f} posts/s  {1e6 * seconds / len(posts):6.0f} us")
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def run(posts: Sequence[Mention]) -> float:
    """Seconds of CPU time of this process for storing, judging and settling `posts`."""
    judge = build_judge(load("config.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "k.db")
        store.sync_accounts([account()], now=NOW)
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
