"""How long a complaint waits that comes behind a storm of reposts: batches and CPU seconds until it has its ticket.

    python -m bench.backlog [--reposts 50000] [--complaints 20] [--steady 0]

Queues reposts of one known post, then the complaints, then judges in the daemon's batches until nothing waits. One
process, real store on disk, real NLP, shipped config.yaml; only the network is left out. `--steady` adds so many new
complaints before each batch, so that there is always more new than a batch holds: then the reposts live on their share.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog

from bench.pipeline import NOW, PAGE
from bench.storm import START, storm
from domain import Mention, MentionKind, Page
from nlp.collector import spare_the_collector
from pipeline import process_batch
from run_daemon import build_judge
from settings import load
from storage import open_store
from storage.store import Store
from tests.builders import account


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reposts", type=int, default=50_000)
    parser.add_argument("--complaints", type=int, default=20)
    parser.add_argument("--steady", type=int, default=0)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    posts = [drop.mention for drop in storm(1 + options.complaints, seed=8, copies=0.0, hard=0.0)]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "k.db")
        store.sync_accounts([account()], now=NOW)
        run(store, posts[0], posts[1:], reposts=options.reposts, steady=options.steady)
        store.close()


def run(store: Store, first: Mention, complaints: Sequence[Mention], *, reposts: int, steady: int) -> None:
    judge = build_judge(load("config.yaml"))
    spare_the_collector()
    save(store, [first])
    process_batch(store, judge, limit=PAGE, now=NOW)
    save(store, [replace(first, key=f"x:post:r{n}", native_id=f"r{n}", kind=MentionKind.REPOST, repost_of=first.key,
                         posted_at=START + timedelta(seconds=n / 14)) for n in range(reposts)])
    save(store, [replace(each, posted_at=START + timedelta(days=1, seconds=n)) for n, each in enumerate(complaints)])
    more, waiting, batches, begun = stream(steady), {each.key for each in complaints}, 0, time.process_time()
    while waiting or store.standings([first.key])[first.key].size <= reposts:
        save(store, [next(more) for _ in range(steady)])
        process_batch(store, judge, limit=PAGE, now=NOW)
        batches += 1
        if waiting and waiting <= store.clusters_of(waiting).keys():
            waiting.clear()
            tell(f"{len(complaints)} complaints", batches, begun)
    tell(f"{reposts} reposts", batches, begun)
    while process_batch(store, judge, limit=PAGE, now=NOW):
        batches += 1
    tell("everything", batches, begun)


def tell(what: str, batches: int, begun: float) -> None:
    print(f"{what:20} judged after {batches:5} batches, {time.process_time() - begun:6.2f} s")


def stream(steady: int) -> Iterator[Mention]:
    """Complaints without end, each with a place of its own."""
    for n, drop in enumerate(storm(10**9, seed=9, copies=0.0, hard=0.0) if steady else ()):
        yield replace(drop.mention, key=f"x:post:s{n}", native_id=f"s{n}",
                      posted_at=START + timedelta(days=2, seconds=n))


def save(store: Store, posts: Sequence[Mention]) -> None:
    for at in range(0, len(posts), PAGE):
        store.save_page("x:solo", Page(tuple(posts[at:at + PAGE]), "c"), next_poll_at=NOW, now=NOW)


if __name__ == "__main__":
    main()
