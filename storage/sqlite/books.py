"""The books: the daily equation, what is kept aside, the numbers for ops, and whether all of it is true."""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain import Fate
from storage.records import LedgerRow
from storage.sqlite import audit, migrations
from storage.sqlite.oversight_schema import FIRST_ANSWER
from storage.sqlite.rows import maybe_moment, moment

NO_FATES = {str(fate): 0 for fate in Fate}


# --- ledger ------------------------------------------------------------------------------------


def ledger(connection: sqlite3.Connection, day: date | None) -> list[LedgerRow]:
    """One row an account and day of which either side of the equation knows, by day and account."""
    only, values = ("WHERE day = ?", (day.isoformat(),)) if day else ("", ())
    counted = connection.execute(f"SELECT account, day, n FROM seen_count {only}", values).fetchall()
    seen: dict[tuple[str, str], int] = {(of_day, account): n for account, of_day, n in counted}
    fates: dict[tuple[str, str], dict[str, int]] = {key: dict(NO_FATES) for key in seen}
    for account, of_day, fate, n in connection.execute(
        f"SELECT account, day, fate, n FROM fate_count {only}", values
    ).fetchall():
        fates.setdefault((of_day, account), dict(NO_FATES))[fate] += n
    return [LedgerRow(key[1], date.fromisoformat(key[0]), seen.get(key, 0), fates[key]) for key in sorted(fates)]


# --- proof -------------------------------------------------------------------------------------


AUDITED = ("cluster", "merged_into", "department", "status", "priority", "topic", "urgency", "opened_at", "due_at",
           "due_rule", "parent", "sensitive", "outside", "rule", "ruleset", "closed_at", "reason")
# what the audit last said of each field of a ticket; max() takes j.value from the same row
_NOT_AS_AUDITED = (
    "SELECT DISTINCT 'T-' || t.id FROM ("
    "SELECT a.ticket, j.key, j.value, max(a.id) FROM audit a, json_each(a.after) j"
    f" WHERE a.ticket IS NOT NULL AND j.key IN {AUDITED} GROUP BY a.ticket, j.key"
    f") said JOIN ticket t ON t.id = said.ticket WHERE said.value IS NOT CASE said.key"
    f"{''.join(f' WHEN {name!r} THEN t.{name}' for name in AUDITED)} END"
)
CHECKS = (
    ("tiket tanpa laporan", "SELECT 'T-' || t.id FROM ticket t LEFT JOIN cluster c ON c.id = t.cluster"
     " LEFT JOIN mention m ON m.key = c.first WHERE m.key IS NULL"),
    ("kiriman bernasib tiket tanpa tiket", "SELECT m.key FROM mention m WHERE m.fate = 'ticket'"
     " AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.cluster = m.cluster)"),
    ("kiriman bernasib tanpa cerita", "SELECT key FROM mention WHERE fate IN ('ticket', 'attached', 'lane')"
     " AND cluster IS NULL"),
    ("kiriman tanpa akun yang melihatnya", "SELECT m.key FROM mention m LEFT JOIN sighting s ON s.mention = m.key"
     " WHERE s.mention IS NULL"),
    ("besar cerita tidak sama dengan anggotanya", "SELECT c.id FROM cluster c LEFT JOIN"
     " (SELECT cluster, count(*) AS n FROM mention WHERE cluster IS NOT NULL GROUP BY cluster) m"
     " ON m.cluster = c.id"
     " WHERE c.size <> ifnull(m.n, 0)"),
    ("tiket tanpa catatan pembukaan", "SELECT 'T-' || t.id FROM ticket t WHERE NOT EXISTS"
     " (SELECT 1 FROM audit a WHERE a.ticket = t.id AND a.verb = 'open')"),
    ("tiket hilang", "SELECT 'T-' || a.ticket FROM audit a LEFT JOIN ticket t ON t.id = a.ticket"
     " WHERE a.verb = 'open' AND t.id IS NULL"),
    ("tiket tidak sama dengan catatan auditnya", _NOT_AS_AUDITED),
    ("saat ditanggapi tidak sama dengan catatan auditnya",
     f"SELECT 'T-' || id FROM ticket WHERE answered_at IS NOT ({FIRST_ANSWER})"),
    ("hitungan tiket salah", "SELECT department || ' ' || status FROM ("
     "SELECT department, status, sensitive, topic, urgency, n FROM ticket_count WHERE n > 0 EXCEPT"
     " SELECT department, status, sensitive, topic, urgency, count(*) FROM ticket GROUP BY 1, 2, 3, 4, 5)"
     " UNION ALL SELECT '* ' || status FROM (SELECT status, topic, urgency, n FROM ticket_count_all WHERE n > 0 EXCEPT"
     " SELECT status, topic, urgency, count(*) FROM ticket WHERE sensitive = 0 GROUP BY 1, 2, 3)"),
)
SHOWN = 5


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """Everything that is wrong, in words for ops; a row that is missing shows in the ledger."""
    for answer, in connection.execute("PRAGMA quick_check").fetchall():
        if answer != "ok":
            yield f"berkas: {answer}"
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    for table, parent in sorted({(row[0], row[2]) for row in broken}):
        yield f"rujukan putus: {table} menunjuk {parent} yang tidak ada"
    for row in ledger(connection, None):
        if not row.balances:
            yield f"neraca {row.account} {row.day}: terlihat {row.seen}, nasib {sum(row.fates.values())}"
    for what, sql in CHECKS:
        if found := [str(name) for name, in connection.execute(sql).fetchall()]:
            more = f" dan {len(found) - SHOWN} lagi" if len(found) > SHOWN else ""
            yield f"{what}: {', '.join(found[:SHOWN])}{more}"
    yield from audit.problems(connection)


# --- kept aside --------------------------------------------------------------------------------


def quarantine(connection: sqlite3.Connection, limit: int) -> list[Mapping[str, Any]]:
    rows = connection.execute(
        "SELECT key, account, raw, reason, seen_at FROM quarantine ORDER BY seen_at DESC, key LIMIT ?", (limit,)
    ).fetchall()
    return [{"key": key, "account": account, "raw": raw, "reason": reason, "seen_at": moment(seen_at)}
            for key, account, raw, reason, seen_at in rows]


def lane(connection: sqlite3.Connection, limit: int) -> list[Mapping[str, Any]]:
    names = ("key", "account", "platform", "lane", "reason", "text", "state", "cluster", "posted_at")
    rows = connection.execute(
        "SELECT key, account, platform, lane, reason, text, state, cluster, posted_at FROM mention"
        " WHERE lane IS NOT NULL ORDER BY posted_at DESC LIMIT ?", (limit,)).fetchall()
    return [dict(zip(names, (*row[:-1], moment(row[-1])), strict=True)) for row in rows]


# --- numbers ---------------------------------------------------------------------------


def facts(connection: sqlite3.Connection) -> dict[str, Any]:
    """Numbers that cost little at any size: counters, partial indexes, small tables."""

    def one(sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = connection.execute(sql).fetchone()
        return row

    waiting, failed, oldest = one("SELECT waiting, failed, oldest_seen_at FROM metric_backlog")
    unsent, given_up, oldest_event = one("SELECT unsent, given_up, oldest_due_at FROM metric_outbox")
    pages, page_size = one("PRAGMA page_count"), one("PRAGMA page_size")
    return {
        "schema": migrations.version(connection), "sqlite": sqlite3.sqlite_version, "bytes": pages[0] * page_size[0],
        "backlog": waiting, "failed": failed, "oldest_waiting_at": maybe_moment(oldest),
        "unsent": unsent, "given_up": given_up, "oldest_unsent_at": maybe_moment(oldest_event),
        "quarantine": one("SELECT count(*) FROM quarantine")[0],
        "seen": one("SELECT ifnull(sum(n), 0) FROM seen_count")[0],
        "tickets": dict(connection.execute("SELECT status, n FROM metric_ticket WHERE n > 0").fetchall()),
        "accounts": dict(connection.execute("SELECT state, count(*) FROM account GROUP BY state").fetchall()),
        "budget": [dict(zip(("month", "platform", "reads", "cost_usd"), row, strict=True)) for row in
                   connection.execute("SELECT month, platform, reads, cost_usd FROM metric_budget").fetchall()],
    }
