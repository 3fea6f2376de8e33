"""How long the Monday brief, the figures and the maps take at a million tickets.

    python -m bench.brief [--tickets 1000000] [--store /tmp/kentongan-brief.db] [--rounds 7]

Fills a store as `bench.queue` does, then answers, closes, re-routes and retells its invented tickets (kept at --store
for the next run), and asks what the pages ask, as a head and as a coordinator. Prints median and most of the
processor's time in milliseconds, which other work on the machine does not lengthen; the store stands in memory, as it
does where it is used. No HTTP, no template. 1,440 tickets a day: twenty times what LaporGub had in 2022.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.queue import ALL, DAY, DESKS, MINUTE, ONE, SMALL, START, TOPICS, fill
from domain import Actor
from routing.rules import Rules, compile_rules
from settings import load
from storage.oversight import Sieve
from storage.sqlite import SqliteStore
from storage.sqlite.rows import moment
from workbench.brief import brief
from workbench.periods import Period, today

CLOSED = "('selesai', 'ditolak', 'digabung')"


def work(store: SqliteStore, count: int) -> None:
    """Three in four tickets answered within days, the closed ones closed; one in fifty sent on, twice or more."""
    chance = random.Random(12)
    hours = [int(chance.expovariate(1 / 20) * 60) * MINUTE for _ in range(10_000)]
    with store.connections.write() as connection:
        connection.create_function("wait", 1, lambda n: hours[n % len(hours)])
        connection.execute("UPDATE ticket SET answered_at = opened_at + wait(id) WHERE status <> 'baru'")
        connection.execute(f"UPDATE ticket SET closed_at = answered_at + 3 * wait(id * 7) WHERE status IN {CLOSED}")
        connection.execute("DROP TRIGGER ticket_first_answered")
        connection.execute("DROP TRIGGER desk_touched")
        connection.executemany(
            "INSERT INTO audit (at, actor, verb, ticket, before, after, hash)"
            " VALUES (?, 'alice', 'reroute', ?, ?, ?, '')",
            (row for n in range(50, count + 1, 50) for row in moves(chance, n)))
        connection.executemany(
            "INSERT INTO spread_minute VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING",
            ((f"x:post:{n}", START // MINUTE + n + later, chance.randrange(1, 9))
             for n in range(20, count + 1, 20) for later in chance.sample(range(4_000), 6)))
        connection.executemany(
            "INSERT INTO desk_touch VALUES (?, 0, ?, ?, 40)",
            ((desk, day, day * DAY, ) for desk in DESKS[:-2]
             for day in range(START // DAY, (START + count * MINUTE) // DAY)))
        connection.execute("ANALYZE")


def moves(chance: random.Random, n: int) -> Iterator[tuple[int, int, str, str]]:
    desks = chance.sample(DESKS, chance.randrange(2, 5))
    for step, (one, other) in enumerate(pairwise(desks), 1):
        yield (START + n * MINUTE + step * DAY, n, f'{{"department":"{one}"}}', f'{{"department":"{other}"}}')


def questions(store: SqliteStore, rules: Rules, count: int) -> Iterator[tuple[str, Callable[[Actor], Any]]]:
    now = moment(START + count * MINUTE)
    last = today(now)
    week, past, quarter = (Period(last - timedelta(days=days - 1 + back), last - timedelta(days=back))
                           for days, back in ((7, 0), (7, 140), (92, 0)))
    for name, period in (("brief of this week", week), ("brief of a week 20 weeks ago", past), ("brief of 92 days", quarter)):
        yield name, lambda actor, period=period: brief(store, rules, actor, period, now=now, lanes=True)
    for name, period in (("week", week), ("92 days", quarter)):
        arrived = Sieve("arrived", period.since, period.end(now))
        for what in ("arrived", "closed", "answered", "open", "late"):
            sieve = Sieve(what, period.since, period.end(now))
            yield f"{what} of a {name} by department", lambda actor, sieve=sieve: store.tally(actor, sieve, ("department",))
        yield f"map of a {name}", lambda actor, sieve=arrived: store.tally(actor, sieve, ("regency",))
    late = Sieve("late", week.since, week.end(now), topic=TOPICS[4])
    yield "list behind a number: late, a topic", lambda actor: store.counted(actor, late, limit=51)
    yield "map of what is open", lambda actor: store.tally(actor, Sieve("open", week.since, week.end(now)), ("regency",))


def timed(work: Callable[[], Any], *, rounds: int) -> tuple[float, float]:
    spent = []
    work()
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - began))
    return sorted(spent)[rounds // 2], max(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, default=Path("/tmp/kentongan-brief.db"))
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    fresh = not options.store.exists()
    store = SqliteStore(options.store)
    if fresh:
        fill(store, options.tickets)
        work(store, options.tickets)
    rules = compile_rules(load("config.yaml"))
    print(f"{'':<40}{'one desk':>16}{'small desk':>16}{'all desks':>16}   median / most, ms of processor")
    for name, ask in questions(store, rules, options.tickets):
        cells = [timed(lambda a=actor, ask=ask: ask(a), rounds=options.rounds) for actor in (ONE, SMALL, ALL)]
        print(f"{name:<40}" + "".join(f"{median:>9.1f} /{slow:>6.1f}" for median, slow in cells), flush=True)
    store.close()


if __name__ == "__main__":
    main()
