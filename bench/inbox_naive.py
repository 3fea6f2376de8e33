"""The same lists as `storage.sqlite.listing` gives them and as they are commonly asked for, side by side in one run.

Commonly: `COUNT(*)` over the filter, `ORDER BY due date LIMIT 51 OFFSET n`, search ordered by bm25. No HTTP, no template.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain import LIVE_STATUSES, Actor, Status
from storage import open_store
from storage.records import TicketQuery

COLUMNS = "t.id, t.version, t.department, t.status, t.topic, t.urgency, t.opened_at, t.due_at, m.text, c.size"
FROM = "FROM ticket t JOIN cluster c ON c.id = t.cluster JOIN mention m ON m.key = c.first"
ROUNDS = 5


def naive(connection: sqlite3.Connection, desk: str | None, statuses: tuple[Status, ...], words: str, offset: int) -> None:
    where, values = ["true"], []
    if desk:
        where, values = ["t.department = ?"], [desk]
    if statuses:
        where.append(f"t.status IN ({', '.join('?' * len(statuses))})")
        values += [str(status) for status in statuses]
    source, order = FROM, "t.due_sort, t.id"
    if words:
        source, order = "FROM ticket_text f CROSS JOIN ticket t ON t.id = f.rowid" + FROM.removeprefix("FROM ticket t"), "bm25(ticket_text)"
        where.append("ticket_text MATCH ?")
        values.append(" ".join(f'"{word}"' for word in words.split()) + "*")
    condition = " AND ".join(where)
    connection.execute(f"SELECT count(*) {source} WHERE {condition}", values).fetchall()
    connection.execute(f"SELECT {COLUMNS} {source} WHERE {condition} ORDER BY {order} LIMIT 51 OFFSET ?",
                       (*values, offset)).fetchall()


def compare(database: Path) -> None:
    from bench.inbox import SEARCHES, Invented

    store, desk = open_store(database), Invented(5).desks[0]
    plain = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    plain.execute("PRAGMA cache_size = -16384")
    one, everybody = Actor("alice", (desk,)), Actor("citra", ("triage",), all_departments=True)
    print(f"{'store alone, ms':<40}{'ours':>9}{'naive':>9}{'ratio':>8}")
    for who, actor, key in (("one desk", one, desk), ("all desks", everybody, None)):
        for name, statuses, words, page in (
            ("to be handled", LIVE_STATUSES, "", 0), ("to be handled, page 100", LIVE_STATUSES, "", 100),
            ("everything, page 100", (), "", 100), *((name, LIVE_STATUSES, words, 0) for name, words in SEARCHES.items()),
            ("everything: common word", (), SEARCHES["common word"], 0),
        ):
            query = TicketQuery(statuses=statuses, text=words, limit=51)
            if page:  # keyset paging stands on the last row of the page above
                ids = [id_ for id_, in plain.execute(
                    f"SELECT t.id FROM ticket t WHERE {'t.department = ?' if key else '? IS NULL'}"
                    f"{' AND t.status IN (' + ', '.join(repr(str(s)) for s in statuses) + ')' if statuses else ''}"
                    " ORDER BY t.due_sort, t.id LIMIT 1 OFFSET ?", (key, page * 50))]
                query = TicketQuery(statuses=statuses, limit=51, before=str(ids[0]) if ids else None)
            ours = timed(lambda q=query, a=actor: asked(store, a, q))
            theirs = timed(lambda s=statuses, w=words, p=page, k=key: naive(plain, k, s, w, p * 50), rounds=1)
            print(f"{who + ': ' + name:<40}{ours:>9.1f}{theirs:>9.1f}{theirs / ours:>7.0f}x", flush=True)
    plain.close()
    store.close()


def asked(store: Any, actor: Actor, query: TicketQuery) -> None:
    """What the queue's page asks of the store."""
    if query.text:
        store.page(actor, query, most=1_000)
    else:
        store.tickets(actor, query)
        store.tallies(actor)


def timed(work: Callable[[], None], *, rounds: int = ROUNDS) -> float:
    """The median of some rounds, in milliseconds."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - began))
    return sorted(spent)[rounds // 2]
