"""How long the inbox's lists take at a million tickets: by filter, by person, with and without words.

    python -m bench.queue [--tickets 1000000] [--store /tmp/queue.db] [--rounds 15]

Fills a store with invented tickets once (kept at --store for the next run), then asks for the lists that people
ask for, through the Store as the inbox does. Prints median and slowest in milliseconds. No HTTP, no template.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from domain import LIVE_STATUSES, Actor, Status
from storage.records import TicketQuery
from storage.sqlite import SqliteStore

DESKS = [f"dinas-{n:02}" for n in range(30)]
TOPICS = [f"topik-{n:02}" for n in range(20)]
WORDS = [f"kata{n}" for n in range(5_000)]
STATUSES = {"baru": 4, "diterima": 4, "dikerjakan": 6, "menunggu_keterangan": 2, "diteruskan": 4, "selesai": 70,
            "ditolak": 8, "digabung": 2}
URGENCIES = {"tidak_mendesak": 10, "normal": 60, "tinggi": 25, "darurat": 5}
START, MINUTE, DAY = 1_700_000_000_000_000, 60_000_000, 86_400_000_000
ONE = Actor("alice", (DESKS[0],))
SMALL = Actor("bob", (DESKS[-1],))
ALL = Actor("citra", ("triage",), all_departments=True)


def fill(store: SqliteStore, count: int) -> None:
    chance = random.Random(11)
    weights = [1 / (n + 1) for n in range(30)]
    with store.connections.write() as connection:
        rows = range(1, count + 1)
        connection.executemany(
            "INSERT INTO mention (key, fate, account, platform, kind, native_id, state, own, posted_at, seen_at, text)"
            " VALUES (?1, 'ticket', 'x:solo', ?2, 'mention', ?1, 'live', 0, ?3, ?3, ?4)",
            ((f"x:post:{n}", chance.choice(("x", "instagram", "facebook")), START + n * MINUTE, text(chance))
             for n in rows))
        connection.executemany(
            "INSERT INTO cluster (id, first, size, first_at, seq) VALUES (?1, ?1, 1, ?2, ?3)",
            ((f"x:post:{n}", START + n * MINUTE, n) for n in rows))
        connection.executemany(
            "INSERT INTO ticket (id, cluster, department, status, priority, topic, urgency, opened_at, due_at,"
            " coordinates, sensitive, outside, rule, ruleset, place, platform)"
            " VALUES (?, ?, ?, ?, 'normal', ?, ?, ?, ?, 0, ?, 0, 'r', 'h', ?,"
            " (SELECT platform FROM mention WHERE key = ?2))",
            ((n, f"x:post:{n}", chance.choices(DESKS, weights)[0], one_of(chance, STATUSES),
              chance.choices(TOPICS, weights[:20])[0], one_of(chance, URGENCIES), START + n * MINUTE,
              START + n * MINUTE + chance.randrange(1, 60) * DAY, int(chance.random() < 0.03), place(chance))
             for n in rows))
        connection.execute("INSERT INTO ticket_text (rowid, text, marks) SELECT t.id, m.text, t.marks FROM ticket t"
                           " JOIN mention m ON m.key = t.cluster")


def one_of(chance: random.Random, weighed: dict[str, int]) -> str:
    return chance.choices([*weighed], [*weighed.values()])[0]


def place(chance: random.Random) -> str | None:
    if chance.random() < 0.2:
        return None
    return f"33.{chance.randrange(1, 36):02}.{chance.randrange(1, 20):02}.{chance.randrange(1000, 1012)}"


def text(chance: random.Random) -> str:
    """Fourteen words, the first of them far more often than the last; "umum" in three of five."""
    common = "umum " if chance.random() < 0.6 else ""
    return common + " ".join(WORDS[int(5_000 ** chance.random()) - 1] for _ in range(14))


def queries() -> Iterator[tuple[str, dict[str, Any]]]:
    live, done = {"statuses": LIVE_STATUSES}, {"statuses": (Status.SELESAI,)}
    yield "to be handled", live
    yield "to be handled, page 21", {**live, "before": "page"}
    yield "everything", {}
    yield "topic and urgency", {**live, "topic": TOPICS[3], "urgency": "tinggi"}
    yield "a kabupaten, one platform", {**live, "place": "33.07", "platform": "x"}
    yield "a kelurahan", {**live, "place": "33.07.04.1003"}
    yield "finished in a kelurahan", {**done, "place": "33.07.04.1003"}
    yield "rare word", {**live, "text": WORDS[4_000]}
    yield "word of one post in a hundred", {**live, "text": WORDS[60]}
    yield "word of three posts in five", {**live, "text": "umum"}
    yield "two words and a topic", {**live, "text": f"umum {WORDS[8]}", "topic": TOPICS[1]}


def timed(work: Callable[[], Any], *, rounds: int) -> tuple[float, float]:
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - began))
    return sorted(spent)[rounds // 2], max(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, default=Path("/tmp/kentongan-queue.db"))
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    fresh = not options.store.exists()
    store = SqliteStore(options.store)
    if fresh:
        fill(store, options.tickets)
    print(f"{'':<34}{'one desk':>16}{'small desk':>16}{'all desks':>16}   median / slowest, ms")
    for name, given in queries():
        cells = []
        for actor in (ONE, SMALL, ALL):
            asked = dict(given)
            if "before" in asked:
                asked["before"] = str(store.tickets(actor, TicketQuery(limit=1000, **{**asked, "before": None}))[-1].ticket.id)
            cells.append(timed(lambda a=actor, q=asked: store.tickets(a, TicketQuery(limit=51, **q)), rounds=options.rounds))
        print(f"{name:<34}" + "".join(f"{median:>9.1f} /{slow:>6.1f}" for median, slow in cells))
    cells = [timed(lambda a=actor: store.tallies(a), rounds=options.rounds) for actor in (ONE, SMALL, ALL)]
    print(f"{'counts':<34}" + "".join(f"{median:>9.1f} /{slow:>6.1f}" for median, slow in cells))
    store.close()


if __name__ == "__main__":
    main()
