"""A fortnight of invented work on the demo's tickets, for the pictures of briefs and figures: a copy, never the demo.

    python -m scripts.fortnight var/demo/config.yaml var/fortnight

The demo plays one day, and nobody in it decides anything; a brief of it is one bar and no response time. This takes a
copy of its store, spreads the arrival of the tickets over fourteen days that end today, and lets invented people
accept, finish, re-route and reject by the rules of the house, by lot, the same each time. Prints the copy's settings.
The copy's audit chain does not verify: its tickets were moved in time. It is good for pictures and for nothing else.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain import LIVE_STATUSES, Action, Actor, KentonganError
from routing.rules import Rules, compile_rules
from routing.tickets import transition
from settings import load
from storage import open_store
from storage.records import TicketQuery, Transition
from storage.store import Store

DAYS = 14
HOUR = timedelta(hours=1)
QUIET = ("dinsos-solo", "bpbd-solo")  # nobody there touches anything


def main(arguments: list[str]) -> int:
    config, folder = Path(arguments[0]), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    settings = load(config)
    for path in (settings.store.path, settings.inbox.auth_db):
        shutil.copy(path, folder / path.name)
    copy = folder / "config.yaml"
    copy.write_text(config.read_text(encoding="utf-8").replace(str(settings.store.path.parent), str(folder)),
                    encoding="utf-8")
    path = load(copy).store.path
    if path.parent != folder:
        raise SystemExit(f"{config}: its store is not where the copy can find it")
    spread(path)
    with closing(open_store(path)) as store:
        work(store, compile_rules(settings), datetime.now(UTC))
    print(copy)  # noqa: T201 the answer
    return 0


def spread(path: Path) -> None:
    """Each ticket and its story to a day of the fortnight, more of them in the second week."""
    chance = random.Random(4)  # noqa: S311 the same pictures each time
    with closing(sqlite3.connect(path)) as connection, connection:
        for cluster, in connection.execute("SELECT DISTINCT cluster FROM ticket ORDER BY 1").fetchall():
            back = int(min(chance.random(), chance.random() * 1.3) * DAYS) * 86_400_000_000
            connection.execute("UPDATE ticket SET opened_at = opened_at - ?1, due_at = due_at - ?1 WHERE cluster = ?2",
                               (back, cluster))
            connection.execute("UPDATE spread_minute SET minute = minute - ?1 / 60000000 WHERE cluster = ?2",
                               (back, cluster))
            connection.execute("UPDATE mention SET posted_at = posted_at - ? WHERE cluster = ?", (back, cluster))


def work(store: Store, rules: Rules, now: datetime) -> None:
    chance = random.Random(5)  # noqa: S311 the same pictures each time
    machine = Actor("kentongan", system=True)
    for row in store.tickets(machine, TicketQuery(limit=1000)):
        department = row.ticket.department
        if row.ticket.outside or department in QUIET or chance.random() < 0.12:
            continue
        pace = 4 + sum(map(ord, department)) % 23  # some desks are quick
        at = row.ticket.opened_at + chance.expovariate(1 / pace) * HOUR
        for verb in verbs(chance):
            if at > now:
                break
            act(store, rules, machine, row.ticket.id, verb, at=at, chance=chance)
            at += chance.expovariate(1 / (2 * pace)) * HOUR


def verbs(chance: random.Random) -> tuple[str, ...]:
    return chance.choices((("accept", "start", "finish"), ("accept", "finish"), ("accept",), ("reject",),
                           ("reroute", "accept"), ("reroute", "reroute", "accept")), (34, 30, 20, 6, 6, 4))[0]


def act(
    store: Store, rules: Rules, machine: Actor, number: int, verb: str, *, at: datetime, chance: random.Random
) -> None:
    ticket = store.ticket(machine, number).ticket
    if ticket.status not in LIVE_STATUSES:
        return
    desks = [key for key, one in rules.departments.items() if not one.outside and key != ticket.department]
    given = {"reroute": {"to_department": chance.choice(desks[:8]), "note": "bukan wewenang kami"},
             "reject": {"reason": next(iter(rules.reject_reasons))}}.get(verb, {})
    try:
        move = transition(ticket, Action(verb, **given), actor=machine, rules=rules, now=at)
        store.apply(machine, Transition(number, ticket.version, verb, "petugas", move.changes, at, move.reason))
    except KentonganError:
        return  # what the rules refuse, the invented person leaves


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
