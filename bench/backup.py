"""How long a backup takes beside a writer at full speed, and what writer and readers wait for meanwhile.

    python -m bench.backup --store STORE [--folder /tmp/kentongan-backup] [--seconds 20]

STORE (made by `python -m bench.inbox` or `bench.inbox_store`) is copied into --folder first; nothing is written to the
given one. Then, for so many seconds and once more while a backup is taken: a process saves and settles batches of ten as
fast as the store takes them, another reads a page of the queue. Prints seconds a GB, CPU seconds, and milliseconds a
write and a read took, with and without the backup. The machine's other work counts in: say the load with the figures.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import sys
import time
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from bench.store import announce, mentions, original
from domain import Account, Actor, Page
from ops import backup_folder
from ops.backup import Taking, take
from settings import load
from storage import open_store
from storage.records import TicketQuery

NOW = datetime(2026, 11, 26, tzinfo=UTC)
BATCH = 10
FIRST = 500_000_000  # number of a post that no store has
ALL = Actor("bench", all_departments=True)


def write(path: Path, stop: Event, waits: Any, first: int) -> None:
    store = open_store(path, lock_seconds=60)
    store.sync_accounts([Account("x:solo", "x", "900", "kota", "solo")], now=NOW)
    found = []
    while not stop.is_set():
        batch = mentions(BATCH, start=first)
        first += BATCH
        begun = time.perf_counter()
        store.save_page("x:solo", Page(tuple(batch), ""), next_poll_at=NOW, now=NOW)
        store.settle([original(each) for each in batch], announce=announce, now=NOW)
        found.append(time.perf_counter() - begun)
    waits.put(found)
    store.close()


def read(path: Path, stop: Event, waits: Any, _: int) -> None:
    store = open_store(path, read_only=True)
    found = []
    while not stop.is_set():
        begun = time.perf_counter()
        store.tickets(ALL, TicketQuery(limit=50))
        found.append(time.perf_counter() - begun)
        time.sleep(0.02)
    waits.put(found)


def beside(path: Path, first: int, job: Any) -> dict[str, list[float]]:
    """What writer and reader waited while the job ran."""
    context = multiprocessing.get_context("spawn")
    stop, found = context.Event(), {}
    queues = {name: context.SimpleQueue() for name in ("write", "read")}
    processes = [context.Process(target=each, args=(path, stop, queues[each.__name__], first)) for each in (write, read)]
    for process in processes:
        process.start()
    time.sleep(3)  # they have begun
    job()
    stop.set()
    for name, queue in queues.items():
        found[name] = queue.get()
    for process in processes:
        process.join()
    return found


def told(what: str, waits: dict[str, list[float]]) -> None:
    for name, each in waits.items():
        each = sorted(each)
        marks = ", ".join(f"{label} {each[min(len(each) - 1, int(len(each) * at))] * 1000:.1f}"
                          for label, at in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)))
        print(f"{what:<9} {name:<6} {len(each):>6} times, ms: {marks}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/kentongan-backup"))
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "store.db"
    shutil.copyfile(options.store, path)
    settings = load(options.config)
    place = options.folder / "backups"

    def one() -> None:
        begun, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        with backup_folder.alone(place):
            taken = take(Taking(settings, options.config, path), place, now=datetime.now(UTC))
        seconds, now = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
        gigabytes = sum(file.bytes for file in taken.manifest.files) / 1e9
        cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        print(f"backup: {gigabytes:.2f} GB in {seconds:.1f} s, {seconds / gigabytes:.1f} s/GB; CPU {cpu:.1f} s, "
              f"{cpu / gigabytes:.1f} s/GB; largest write-ahead log {_wal(path) / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}")

    try:
        told("without", beside(path, FIRST, lambda: time.sleep(options.seconds)))
        told("with", beside(path, FIRST + 10_000_000, one))
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)


def _wal(path: Path) -> int:
    return path.with_name(f"{path.name}-wal").stat().st_size


if __name__ == "__main__":
    sys.exit(main())
