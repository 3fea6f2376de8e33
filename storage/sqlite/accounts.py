"""Accounts and when they are due. Due-ness lives here, so a restart loses nothing."""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from domain import Account, AccountState, Page
from storage.sqlite import audit, deliveries
from storage.sqlite.rows import ACCOUNT, SECOND, account_of, json_of, keys_json, micros

NOT_CONFIGURED = "tidak ada di config.yaml"


def sync(connection: sqlite3.Connection, accounts: Sequence[Account]) -> None:
    """Configured accounts exist, others are switched off. A known handle gives way to a new configured one only.

    The platform may have told us of a rename that config.yaml does not know yet; writing the old
    handle back at each start would make the next page look like another rename.
    """
    connection.executemany(
        "INSERT INTO account (key, platform, native_id, handle, configured_handle, government, department, state)"
        " VALUES (:key, :platform, :native_id, :handle, :handle, :government, :department, :state)"
        " ON CONFLICT (key) DO UPDATE SET platform = excluded.platform, government = excluded.government,"
        "  department = excluded.department,"
        "  native_id = CASE excluded.native_id WHEN '' THEN native_id ELSE excluded.native_id END,"
        "  handle = CASE WHEN excluded.handle IN (handle, configured_handle) THEN handle ELSE excluded.handle END,"
        "  configured_handle = CASE excluded.handle WHEN handle THEN configured_handle ELSE excluded.handle END,"
        "  state = CASE WHEN 'disabled' IN (state, excluded.state) THEN excluded.state ELSE state END,"
        "  state_reason = CASE WHEN 'disabled' IN (state, excluded.state) THEN '' ELSE state_reason END,"
        "  next_poll_at = CASE WHEN state = 'disabled' THEN NULL ELSE next_poll_at END",
        [{"key": a.key, "platform": a.platform, "native_id": a.native_id, "handle": a.handle,
          "government": a.government, "department": a.department,
          "state": "disabled" if a.state is AccountState.DISABLED else "ok"} for a in accounts],
    )
    connection.execute(
        "UPDATE account SET state = 'disabled', state_reason = ?"
        " WHERE state <> 'disabled' AND key NOT IN (SELECT value FROM json_each(?))",
        (NOT_CONFIGURED, keys_json(account.key for account in accounts)),
    )


def resume(connection: sqlite3.Connection, key: str, *, now: datetime) -> bool:
    """Due at once, with its cursor kept and its failures forgotten; the audit log says that a person did it."""
    changed = connection.execute(
        "UPDATE account SET state = 'ok', state_reason = '', fail_count = 0, next_poll_at = NULL"
        " WHERE key = ? AND state IN ('needs_human', 'paused_budget', 'backoff')", (key,)
    ).rowcount
    if changed:
        audit.append(connection, [audit.Entry(now, "ops", "resume", subject=key)])
    return bool(changed)


def ensure(connection: sqlite3.Connection, keys: Sequence[str]) -> None:
    """A page may come for a channel that is not polled (an import): it stands in the books all the same."""
    connection.executemany(
        "INSERT INTO account (key, platform, native_id, handle, configured_handle, government, state, state_reason)"
        " VALUES (?1, ?2, '', '', '', '', 'disabled', ?3) ON CONFLICT DO NOTHING",
        [(key, key.split(":")[0], NOT_CONFIGURED) for key in keys],
    )


def all_accounts(connection: sqlite3.Connection) -> list[Account]:
    return [account_of(row) for row in connection.execute(f"SELECT {ACCOUNT} FROM account ORDER BY key").fetchall()]


def due(connection: sqlite3.Connection, now: datetime) -> list[Account]:
    rows = connection.execute(
        f"SELECT {ACCOUNT} FROM account WHERE state IN ('ok', 'backoff', 'paused_budget')"
        " AND (next_poll_at IS NULL OR next_poll_at <= ?) ORDER BY next_poll_at, key", (micros(now),)
    ).fetchall()  # nulls come first in SQLite: never polled is the longest wait
    asked = deliveries.inquiries(connection, [row[0] for row in rows])
    return [replace(account_of(row), inquiries=asked.get(row[0], ())) for row in rows]


def fetched(connection: sqlite3.Connection, key: str, page: Page, *, next_poll_at: datetime, now: datetime) -> None:
    """Cursor, handle, notes and state after a page. An empty cursor is no news and keeps the old one."""
    handle, notes = connection.execute("SELECT handle, notes FROM account WHERE key = ?", (key,)).fetchone()
    entries = []
    if page.handle and page.handle != handle:
        entries.append(audit.Entry(now, audit.MACHINE, "renamed", subject=key, before={"handle": handle},
                                   after={"handle": page.handle}, reason="nama akun berubah di platform"))
    known_notes = orjson.loads(notes)
    told = [[note.kind, note.detail] for note in page.notes]
    entries += [
        audit.Entry(now, audit.MACHINE, f"note:{kind}", subject=key, after={"detail": detail})
        for kind, detail in told
        if [kind, detail] not in known_notes and not (kind == "renamed" and entries)
    ]
    audit.append(connection, entries)
    connection.execute(
        "UPDATE account SET cursor = CASE ?1 WHEN '' THEN cursor ELSE ?1 END, handle = ?2, notes = ?3,"
        " state = CASE state WHEN 'disabled' THEN state ELSE 'ok' END,"
        " state_reason = CASE state WHEN 'disabled' THEN state_reason ELSE '' END,"
        " fail_count = 0, last_success_at = ?4, next_poll_at = ?5 WHERE key = ?6",
        (page.cursor, page.handle or handle, json_of(told) if told else notes, micros(now), micros(next_poll_at),
         key),
    )


def failed(
    connection: sqlite3.Connection, key: str, *, state: AccountState, next_poll_at: datetime, reason: str
) -> None:
    """Count the failure; an account switched off meanwhile stays off."""
    connection.execute(
        "UPDATE account SET state = CASE state WHEN 'disabled' THEN state ELSE ?1 END, next_poll_at = ?2,"
        " state_reason = ?3, fail_count = fail_count + 1 WHERE key = ?4",
        (str(state), micros(next_poll_at), reason, key),
    )


def shift(connection: sqlite3.Connection, seconds: float, *, latest: datetime) -> None:
    """Move what waits for a wall-clock time by a jump of that clock; none beyond `latest`.

    Retries of mentions and events wait for the same clock and move too. Not moved: an account that
    waits for a new month's money, and due dates of law.
    """
    by, bound = round(seconds * SECOND), micros(latest)
    connection.execute(
        "UPDATE account SET next_poll_at = min(next_poll_at + ?, ?)"
        " WHERE next_poll_at IS NOT NULL AND state <> 'paused_budget'", (by, bound),
    )
    connection.execute("UPDATE mention SET retry_at = min(retry_at + ?, ?) WHERE fate IN ('waiting', 'failed')"
                       " AND retry_at IS NOT NULL", (by, bound))
    connection.execute("UPDATE outbox SET due_at = min(due_at + ?, ?)"
                       " WHERE sent_at IS NULL AND given_up_at IS NULL", (by, bound))


def spend(connection: sqlite3.Connection, account: str, page: Page, *, now: datetime) -> None:
    """Book what a page cost: per UTC month and platform, as platforms bill."""
    if page.reads or page.cost_usd:
        connection.execute(
            "INSERT INTO budget SELECT ?, platform, ?, ? FROM account WHERE key = ?"
            " ON CONFLICT (month, platform) DO UPDATE SET reads = reads + excluded.reads,"
            " cost_usd = cost_usd + excluded.cost_usd",
            (f"{now:%Y-%m}", page.reads, page.cost_usd, account),
        )
