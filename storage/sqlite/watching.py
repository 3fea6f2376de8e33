"""How far an account was read, and when it was not: see `watch_schema`.

A reading may take several pages, and time passes between the first and the last: what it has read for certain is what
was posted before it *began*. So `read_until` is the begin of the last reading that came to its end, and a blind window
runs from there to the begin of the next one that does. A reading that began before the failure and ended after it
closes nothing; it only moves the window's start.
"""

# ruff: noqa: S608  only our own conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import orjson

from domain import BlindWindow, Breaker, Mention, MentionKind, Page, Spend
from storage.sqlite.rows import SECOND, keys_json, maybe_micros, maybe_moment, micros, moment
from storage.sqlite.schema import LIVE

OVERDUE = 600 * SECOND  # a poll that comes so much later than planned was not late but missing
LATE = 1800 * SECOND  # platforms index with delay; a post that shows later than this was missed before
HOUR = 3600 * SECOND
# Whose time of posting says when they were to be seen. A tag may be put on an old post, and comments of old posts
# are read in turns: late is how those come.
ON_TIME = (MentionKind.MENTION, MentionKind.REPLY, MentionKind.QUOTE, MentionKind.REPOST, MentionKind.VISITOR_POST)
DOWN = "daemon tidak berjalan"
SHOWN_LATE = "baru tampil saat dibaca ulang"


def ensure(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    connection.executemany("INSERT INTO watch (account) VALUES (?) ON CONFLICT DO NOTHING", [(key,) for key in keys])


def entered(connection: sqlite3.Connection, key: str, *, now: datetime) -> None:
    """The account's state has changed."""
    ensure(connection, [key])
    connection.execute("UPDATE watch SET state_at = ? WHERE account = ?", (micros(now), key))


def polled(
    connection: sqlite3.Connection, account: str, page: Page, new: Sequence[Mention], *, planned: int | None,
    now: datetime,
) -> None:
    """A page that was polled: count what it brought of blind times; at the end of the reading close them."""
    ensure(connection, [account])
    began, before, first = connection.execute(
        "SELECT began_at, read_until, first_at FROM watch WHERE account = ?", (account,)).fetchone()
    at = micros(now)
    began = at if began is None or began > at else began
    if before is not None and planned is not None and at - planned > OVERDUE:
        _open(connection, account, since=before, kind="down", cause=DOWN, at=at)
    posted = [(micros(m.posted_at), m.kind) for m in new if not m.own]
    _found(connection, account, posted, began=began, before=before, first=first, at=at)
    if page.more or page.unfinished:
        connection.execute("UPDATE watch SET began_at = ? WHERE account = ?", (began, account))
        return
    connection.execute("UPDATE blind_window SET since_at = max(since_at, ?1) WHERE account = ?2 AND until_at IS NULL"
                       " AND kind <> 'silent' AND opened_at > ?1", (began, account))
    connection.execute("UPDATE blind_window SET until_at = max(since_at, ?1) WHERE account = ?2 AND until_at IS NULL"
                       " AND kind <> 'silent' AND opened_at <= ?1", (began, account))
    connection.execute(
        "UPDATE watch SET began_at = NULL, read_until = ?1, first_at = ifnull(first_at, ?1), backfill_from = NULL"
        " WHERE account = ?2", (began, account))


def told(connection: sqlite3.Connection, account: str, page: Page) -> None:
    """Quota, expiry of the token and a taken handle, where the page tells of them."""
    ensure(connection, [account])
    if page.quota is not None:
        quota = {**asdict(page.quota), "resets_at": maybe_micros(page.quota.resets_at)}
        connection.execute("UPDATE watch SET quota = ? WHERE account = ?", (orjson.dumps(quota).decode(), account))
    if page.token_expires_at is not None:
        connection.execute("UPDATE watch SET token_expires_at = ? WHERE account = ?",
                           (micros(page.token_expires_at), account))


def attend(connection: sqlite3.Connection, account: str, attention: str) -> None:
    ensure(connection, [account])
    connection.execute("UPDATE watch SET attention = ? WHERE account = ?", (attention, account))


# --- blind windows -------------------------------------------------------------------------------


def go_blind(connection: sqlite3.Connection, accounts: Iterable[str], *, kind: str, cause: str, now: datetime) -> None:
    """See WatchStore. A later cause that asks for a person, or for money, takes the place of a passing one."""
    keys = [*accounts]
    ensure(connection, keys)
    at = micros(now)
    for key in keys:
        read, = connection.execute("SELECT read_until FROM watch WHERE account = ?", (key,)).fetchone()
        _open(connection, key, since=at if read is None else read, kind=kind, cause=cause, at=at)


def blame(connection: sqlite3.Connection, account: str, *, kind: str, cause: str) -> None:
    """The open window is this cause's, whatever it began with."""
    connection.execute("UPDATE blind_window SET kind = ?, cause = ? WHERE account = ? AND until_at IS NULL"
                       " AND kind <> 'silent'", (kind, cause, account))


def _open(connection: sqlite3.Connection, account: str, *, since: int, kind: str, cause: str, at: int) -> None:
    connection.execute("INSERT INTO blind_window (account, since_at, kind, cause, opened_at) VALUES (?, ?, ?, ?, ?)"
                       " ON CONFLICT DO NOTHING", (account, min(since, at), kind, cause, at))


def _found(
    connection: sqlite3.Connection, account: str, posted: Sequence[tuple[int, MentionKind]], *, began: int,
    before: int | None, first: int | None, at: int,
) -> None:
    """Count posts in the windows of their time; those of a time that passed for read make a window of their own."""
    if not posted:
        return
    connection.execute("UPDATE blind_window SET until_at = ? WHERE account = ? AND kind = 'silent'"
                       " AND until_at IS NULL", (max(at_ for at_, _ in posted), account))
    ours = connection.execute(
        "SELECT id, since_at, ifnull(until_at, ?1) FROM blind_window WHERE account = ?2 AND kind NOT IN"
        " ('silent', 'late') AND ifnull(until_at, ?1) > ?3 ORDER BY since_at DESC",
        (began, account, min(at_ for at_, _ in posted))).fetchall()
    hidden: Counter[int] = Counter()
    late = []
    for moment_, kind in posted:
        window = next((id_ for id_, since, until in ours if since <= moment_ < until), None)
        if window is not None:
            hidden[window] += 1
        elif before is not None and first is not None and first <= moment_ < before - LATE and kind in ON_TIME:
            late.append(moment_)
    connection.executemany("UPDATE blind_window SET found = found + ? WHERE id = ?",
                           [(n, id_) for id_, n in hidden.items()])
    if late:
        _late(connection, account, late, at=at)


def _late(connection: sqlite3.Connection, account: str, posted: Sequence[int], *, at: int) -> None:
    """One row a day of noticing, stretched over what was late."""
    since, until = min(posted), max(posted) + 1
    changed = connection.execute(
        "UPDATE blind_window SET since_at = min(since_at, ?1), until_at = max(until_at, ?2), found = found + ?3"
        " WHERE id = (SELECT id FROM blind_window WHERE account = ?4 AND kind = 'late' AND opened_at > ?5"
        " ORDER BY opened_at DESC LIMIT 1)", (since, until, len(posted), account, at - 24 * HOUR)).rowcount
    if not changed:
        connection.execute(
            "INSERT INTO blind_window (account, since_at, until_at, kind, cause, opened_at, found)"
            " VALUES (?, ?, ?, 'late', ?, ?, ?)", (account, since, until, SHOWN_LATE, at, len(posted)))


def windows(connection: sqlite3.Connection, *, since: datetime, account: str | None) -> list[BlindWindow]:
    rows = connection.execute(
        "SELECT account, since_at, until_at, kind, cause, found FROM blind_window"
        " WHERE (until_at IS NULL OR until_at >= ?1) AND (?2 IS NULL OR account = ?2) ORDER BY since_at DESC, account",
        (micros(since), account)).fetchall()
    return [BlindWindow(key, moment(start), maybe_moment(end), kind, cause, found)
            for key, start, end, kind, cause, found in rows]


def shift(connection: sqlite3.Connection, by: int) -> None:
    """The clock jumped: moments that are still compared with it move along; those that are over stay as they were."""
    connection.execute("UPDATE watch SET began_at = began_at + ?1, read_until = read_until + ?1", (by,))
    connection.execute("UPDATE blind_window SET since_at = since_at + ?1, opened_at = opened_at + ?1"
                       " WHERE until_at IS NULL", (by,))


# --- silence, money, breakers ------------------------------------------------------------------------


def fell_silent(connection: sqlite3.Connection, account: str, *, since: datetime, cause: str, now: datetime) -> bool:
    done = connection.execute(
        "INSERT INTO blind_window (account, since_at, kind, cause, opened_at) VALUES (?, ?, 'silent', ?, ?)"
        " ON CONFLICT DO NOTHING", (account, micros(since), cause, micros(now)))
    return bool(done.rowcount)


def count_heard(connection: sqlite3.Connection, account: str, new: Iterable[Mention]) -> None:
    hours = Counter(micros(m.posted_at) // HOUR for m in new if not m.own)
    connection.executemany("INSERT INTO heard VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
                           [(account, hour, n) for hour, n in hours.items()])


def heard(connection: sqlite3.Connection, *, since: datetime) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for account, hour, n in connection.execute("SELECT account, hour, n FROM heard WHERE hour >= ? ORDER BY hour",
                                               (micros(since) // HOUR,)).fetchall():
        found.setdefault(account, {})[hour] = n
    return found


def spends(connection: sqlite3.Connection, now: datetime, *, days: int) -> dict[str, Spend]:
    month = {platform: (usd, reads) for platform, reads, usd in connection.execute(
        "SELECT platform, reads, cost_usd FROM budget WHERE month = ?", (f"{now:%Y-%m}",)).fetchall()}
    daily: dict[str, list[tuple[str, float]]] = {}
    for platform, day, usd in connection.execute(
        "SELECT a.platform, s.day, sum(s.cost_usd) FROM spend s JOIN account a ON a.key = s.account WHERE s.day >= ?"
        " GROUP BY 1, 2 ORDER BY 2", (f"{now - timedelta(days=days):%Y-%m-%d}",)).fetchall():
        daily.setdefault(platform, []).append((day, usd))
    return {
        platform: Spend(platform, *month.get(platform, (0.0, 0)),
                        tuple((datetime.fromisoformat(day).date(), usd) for day, usd in daily.get(platform, ())))
        for platform in {*month, *daily}
    }


def breakers(connection: sqlite3.Connection) -> dict[str, Breaker]:
    rows = connection.execute("SELECT platform, blocks, stumbles, open_until, opened, reason FROM breaker").fetchall()
    return {row[0]: Breaker(row[0], row[1], row[2], maybe_moment(row[3]), row[4], row[5]) for row in rows}


def save_breaker(connection: sqlite3.Connection, breaker: Breaker) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO breaker VALUES (?, ?, ?, ?, ?, ?)",
        (breaker.platform, breaker.blocks, breaker.stumbles, maybe_micros(breaker.open_until), breaker.opened,
         breaker.reason))


def close_breaker(connection: sqlite3.Connection, platforms: Iterable[str]) -> None:
    """A person has acted: ask again, all of them."""
    connection.execute("DELETE FROM breaker WHERE platform IN (SELECT value FROM json_each(?))",
                       (keys_json(platforms),))


# --- posts with open tickets ---------------------------------------------------------------------------


def to_recheck(connection: sqlite3.Connection, account: str, *, since: datetime, limit: int) -> dict[str, str]:
    rows = connection.execute(
        "SELECT m.native_id, m.key FROM ticket t JOIN mention m ON m.cluster = t.cluster"
        f" WHERE t.status IN {LIVE} AND t.opened_at >= ?1 AND m.seen_at >= ?1 AND m.state NOT IN ('gone')"
        "  AND m.kind <> 'repost' AND m.account = ?2"
        " GROUP BY m.key ORDER BY min(m.seen_at), m.key LIMIT ?3", (micros(since), account, limit)).fetchall()
    return dict(rows)


def swept(connection: sqlite3.Connection, account: str, *, now: datetime) -> None:
    ensure(connection, [account])
    connection.execute("UPDATE watch SET swept_at = ? WHERE account = ?", (micros(now), account))


def sweeps_due(connection: sqlite3.Connection, accounts: Iterable[str], *, before: datetime) -> list[str]:
    return [key for key, in connection.execute(
        "SELECT a.key FROM account a LEFT JOIN watch w ON w.account = a.key"
        " WHERE a.key IN (SELECT value FROM json_each(?)) AND ifnull(w.swept_at, 0) <= ? ORDER BY a.key",
        (keys_json(accounts), micros(before))).fetchall()]
