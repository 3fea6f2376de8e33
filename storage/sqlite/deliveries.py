"""What is delivered rather than fetched: inquiries that it leaves, what a page's owner did, how a report stands.

An inquiry is an id that a webhook told without the words; it stands until the account's connector has asked,
and is taken away in the transaction that saves the answer.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain import Inquiry, Page
from storage.records import Receipt
from storage.sqlite import audit
from storage.sqlite.rows import keys_json, maybe_moment, micros, moment

TABLES = """
CREATE TABLE IF NOT EXISTS inquiry ( -- an id that a webhook told without words; the account's connector asks for it
  account TEXT NOT NULL,
  target TEXT NOT NULL,             -- the platform's id
  kind TEXT NOT NULL,
  about TEXT NOT NULL,              -- id of the post above, or empty
  asked_at INTEGER NOT NULL,
  PRIMARY KEY (account, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mention_form ON mention(account, posted_at) WHERE kind = 'form';
CREATE INDEX IF NOT EXISTS audit_subject ON audit(subject, id) WHERE verb IN ('hidden', 'unhidden');
"""
LISTED = "IN (SELECT value FROM json_each(?))"
AT_ONCE = 20  # inquiries of an account that one turn takes along
RECEIPT = ("SELECT m.key, m.account, m.native_id, m.seen_at, m.fate, m.state, t.status, t.department, t.topic,"
           " t.due_at, t.closed_at, t.sensitive FROM mention m"
           " LEFT JOIN ticket t ON t.cluster = m.cluster AND t.coordinates = 0")


def noted(connection: sqlite3.Connection, account: str, page: Page, *, now: datetime) -> None:
    """Keep what is still to be asked, drop what was, and write into the chain, and so into the tickets' history, what
    a page's owner did to a post."""
    connection.executemany("DELETE FROM inquiry WHERE account = ? AND target = ?",
                           [(account, target) for target in page.answered])
    if page.inquiries:
        connection.executemany(
            "INSERT INTO inquiry VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(account, one.target, one.kind, one.about, micros(now)) for one in page.inquiries])
        connection.execute("UPDATE account SET next_poll_at = NULL WHERE key = ? AND state = 'ok'", (account,))
    for key, flag in page.flags:
        last = connection.execute("SELECT verb FROM audit WHERE subject = ? AND verb IN ('hidden', 'unhidden')"
                                  " ORDER BY id DESC LIMIT 1", (key,)).fetchone()
        if (last[0] if last else "unhidden") != flag:
            tickets = connection.execute("SELECT t.id FROM mention m JOIN ticket t ON t.cluster = m.cluster"
                                         " WHERE m.key = ? ORDER BY t.id", (key,)).fetchall()
            audit.append(connection, [audit.Entry(now, audit.MACHINE, flag, ticket, key)
                                      for ticket, in tickets or [(None,)]])


def inquiries(connection: sqlite3.Connection, accounts: Sequence[str]) -> dict[str, tuple[Inquiry, ...]]:
    """Account -> what it has to ask for, longest waiting first."""
    found: dict[str, tuple[Inquiry, ...]] = {}
    rows = connection.execute(
        f"SELECT account, kind, target, about FROM inquiry WHERE account {LISTED} ORDER BY asked_at, target",
        (keys_json(accounts),)).fetchall()
    for account, *inquiry in rows:
        if len(found.get(account, ())) < AT_ONCE:
            found[account] = (*found.get(account, ()), Inquiry(*inquiry))
    return found


def receipts(
    connection: sqlite3.Connection, accounts: Iterable[str], *, native_ids: Sequence[str] | None = None,
    since: datetime | None = None, until: datetime | None = None, limit: int = 1000,
) -> list[Receipt]:
    """Reports of these accounts and how each stands, newest first; no word of them. A report of several desks
    counts as one: it is open while any of them works on it."""
    named = "true" if native_ids is None else f"m.native_id {LISTED}"
    values: list[object] = [keys_json(accounts), *([keys_json(native_ids)] if native_ids is not None else [])]
    rows = connection.execute(
        f"{RECEIPT} WHERE m.key IN (SELECT key FROM mention m WHERE m.kind = 'form' AND m.account {LISTED} AND {named}"
        " AND m.posted_at BETWEEN ? AND ? ORDER BY m.posted_at DESC, m.key LIMIT ?)"
        " ORDER BY m.posted_at DESC, m.key, t.id",
        (*values, micros(since) if since else 0, micros(until) if until else 1 << 62, limit)).fetchall()
    found: dict[str, Receipt] = {}
    for key, account, native_id, seen_at, fate, state, *ticket in rows:
        held = found.get(key) or Receipt(key, account, native_id, moment(seen_at), fate, state)
        found[key] = held if ticket[0] is None else held.with_ticket(
            status=ticket[0], department=ticket[1], topic=ticket[2], due_at=maybe_moment(ticket[3]),
            closed_at=maybe_moment(ticket[4]), sensitive=bool(ticket[5]))
    return list(found.values())
