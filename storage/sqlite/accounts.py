"""Accounts and when they are due. Due-ness lives here, so a restart loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from domain import Account, AccountState, Page
from storage.sqlite import audit, deliveries, watching
from storage.sqlite.rows import ACCOUNT, SECOND, account_of, json_of, keys_json, maybe_micros, micros

NOT_CONFIGURED = "tidak ada di config.yaml"
FROM = "FROM account a LEFT JOIN watch w ON w.account = a.key"


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
        "  cursor = iif('' IN (native_id, excluded.native_id) OR excluded.native_id = native_id, cursor, ''),"
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
    looked_at = connection.execute("UPDATE watch SET attention = '' WHERE account = ? AND attention <> ''",
                                   (key,)).rowcount
    if changed:
        watching.entered(connection, key, now=now)
        watching.close_breaker(connection, [platform_of(connection, key)])
    if changed or looked_at:
        audit.append(connection, [audit.Entry(now, "ops", "resume", subject=key)])
    return bool(changed or looked_at)


def platform_of(connection: sqlite3.Connection, key: str) -> str:
    return str(connection.execute("SELECT platform FROM account WHERE key = ?", (key,)).fetchone()[0])


def pause(
    connection: sqlite3.Connection, keys: Sequence[str], *, reason: str, until: datetime, now: datetime
) -> list[str]:
    """See WatchStore.pause. An account that waits for a person goes on waiting for that."""
    paused = [key for key, in connection.execute(
        "UPDATE account SET state = 'paused_budget', state_reason = ?, next_poll_at = ?"
        " WHERE state IN ('ok', 'backoff') AND key IN (SELECT value FROM json_each(?)) RETURNING key",
        (reason, micros(until), keys_json(keys))).fetchall()]
    for key in paused:
        watching.entered(connection, key, now=now)
    watching.go_blind(connection, paused, kind="budget", cause=reason, now=now)
    return paused


def unpause(connection: sqlite3.Connection, platform: str, *, reason: str, now: datetime) -> list[str]:
    freed = [key for key, in connection.execute(
        "UPDATE account SET state = 'ok', state_reason = '', fail_count = 0, next_poll_at = NULL"
        " WHERE state = 'paused_budget' AND platform = ?1 AND substr(state_reason, 1, length(?2)) = ?2"
        " RETURNING key", (platform, reason)).fetchall()]
    for key in freed:
        watching.entered(connection, key, now=now)
    return freed


def ask_backfill(
    connection: sqlite3.Connection, keys: Sequence[str], *, since: datetime | None, now: datetime, actor: str
) -> list[str]:
    """See WatchStore.ask_backfill."""
    polled = [key for key, in connection.execute(
        "UPDATE account SET state = 'ok', state_reason = '', fail_count = 0, next_poll_at = NULL"
        " WHERE state <> 'disabled' AND key IN (SELECT value FROM json_each(?)) RETURNING key",
        (keys_json(keys),)).fetchall()]
    for key in polled:
        watching.entered(connection, key, now=now)
    connection.execute(
        "UPDATE watch SET backfill_from = ifnull(?1, (SELECT min(since_at) FROM blind_window b WHERE b.account ="
        " watch.account AND b.until_at IS NULL)) WHERE account IN (SELECT value FROM json_each(?2))",
        (maybe_micros(since), keys_json(polled)))
    watching.close_breaker(connection, {platform_of(connection, key) for key in polled})
    audit.append(connection, [audit.Entry(now, actor, "backfill", subject=key,
                                          after={"since": maybe_micros(since)}) for key in polled])
    return polled


def ensure(connection: sqlite3.Connection, keys: Sequence[str]) -> None:
    """A page may come for a channel that is not polled (an import): it stands in the books all the same."""
    connection.executemany(
        "INSERT INTO account (key, platform, native_id, handle, configured_handle, government, state, state_reason)"
        " VALUES (?1, ?2, '', '', '', '', 'disabled', ?3) ON CONFLICT DO NOTHING",
        [(key, key.split(":")[0], NOT_CONFIGURED) for key in keys],
    )


def all_accounts(connection: sqlite3.Connection) -> list[Account]:
    return [account_of(row) for row in connection.execute(f"SELECT {ACCOUNT} {FROM} ORDER BY key").fetchall()]


def due(connection: sqlite3.Connection, now: datetime) -> list[Account]:
    rows = connection.execute(
        f"SELECT {ACCOUNT} {FROM} WHERE state IN ('ok', 'backoff', 'paused_budget')"
        " AND (next_poll_at IS NULL OR next_poll_at <= ?) ORDER BY next_poll_at, key", (micros(now),)
    ).fetchall()  # nulls come first in SQLite: never polled is the longest wait
    asked = deliveries.inquiries(connection, [row[0] for row in rows])
    return [replace(account_of(row), inquiries=asked.get(row[0], ())) for row in rows]


def fetched(connection: sqlite3.Connection, key: str, page: Page, *, next_poll_at: datetime, now: datetime) -> None:
    """Cursor, handle, notes and state after a page. An empty cursor is no news and keeps the old one."""
    handle, notes, state = connection.execute(
        "SELECT handle, notes, state FROM account WHERE key = ?", (key,)).fetchone()
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
    if taken := [detail for kind, detail in told if kind == "handle_taken" and [kind, detail] not in known_notes]:
        watching.attend(connection, key, f"{taken[0]} — perbarui handle di config.yaml, lalu: "
                                         f"kentongan accounts resume {key}")
    connection.execute(
        "UPDATE account SET cursor = CASE ?1 WHEN '' THEN cursor ELSE ?1 END, handle = ?2, notes = ?3,"
        " state = CASE state WHEN 'disabled' THEN state ELSE 'ok' END,"
        " state_reason = CASE state WHEN 'disabled' THEN state_reason ELSE '' END,"
        " fail_count = 0, last_success_at = ?4, next_poll_at = ?5 WHERE key = ?6",
        (page.cursor, page.handle or handle, json_of(told) if told else notes, micros(now), micros(next_poll_at),
         key),
    )
    connection.execute("UPDATE account SET native_id = ? WHERE key = ? AND native_id = ''", (page.native_id, key))
    if state not in ("ok", "disabled"):
        watching.entered(connection, key, now=now)
    watching.told(connection, key, page)


FOR_PEOPLE = (AccountState.NEEDS_HUMAN, AccountState.PAUSED_BUDGET)


def failed(
    connection: sqlite3.Connection, key: str, *, state: AccountState, next_poll_at: datetime, reason: str, now: datetime
) -> None:
    """Count the failure; from what was read last on the account is blind. One switched off meanwhile stays off."""
    before = connection.execute("SELECT state FROM account WHERE key = ?", (key,)).fetchone()
    if before is not None and before[0] != "disabled":
        kind = "budget" if state is AccountState.PAUSED_BUDGET else "failure"
        watching.go_blind(connection, [key], kind=kind, cause=reason, now=now)
        if state in FOR_PEOPLE:
            watching.blame(connection, key, kind=kind, cause=reason)
        if before[0] != state:
            watching.entered(connection, key, now=now)
    connection.execute(
        "UPDATE account SET state = CASE state WHEN 'disabled' THEN state ELSE ?1 END, next_poll_at = ?2,"
        " state_reason = ?3, fail_count = fail_count + 1 WHERE key = ?4",
        (str(state), micros(next_poll_at), reason, key),
    )


def shift(connection: sqlite3.Connection, seconds: float, *, latest: datetime) -> None:
    """Move what waits for a wall-clock time by a jump of that clock; none beyond `latest`.

    Breakers, retries of mentions and events wait for the same clock and move too. Not moved: an account that
    waits for a new month's money, and due dates of law.
    """
    by, bound = round(seconds * SECOND), micros(latest)
    connection.execute(
        "UPDATE account SET next_poll_at = min(next_poll_at + ?, ?)"
        " WHERE next_poll_at IS NOT NULL AND state <> 'paused_budget'", (by, bound),
    )
    watching.shift(connection, by)
    connection.execute("UPDATE breaker SET open_until = min(open_until + ?, ?) WHERE open_until IS NOT NULL",
                       (by, bound))
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
        connection.execute(
            "INSERT INTO spend VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET reads = reads + excluded.reads,"
            " cost_usd = cost_usd + excluded.cost_usd", (f"{now:%Y-%m-%d}", account, page.reads, page.cost_usd))
