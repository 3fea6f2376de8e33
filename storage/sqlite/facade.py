"""SqliteStore: each verb of the Store protocol as one transaction. What a verb does stands in its module."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain import (
    Account,
    AccountState,
    Actor,
    Decision,
    Event,
    Extraction,
    Mention,
    Page,
    Picture,
    StoreFault,
    Ticket,
)
from storage.records import (
    DueEvent,
    Head,
    LaneCheck,
    LaneRate,
    LedgerRow,
    Outcome,
    PastMention,
    Receipt,
    RulesVersion,
    Saved,
    Settled,
    Shown,
    Standing,
    Story,
    Unanswered,
    Wanted,
)
from storage.spread import NO_SURGE, Surge
from storage.sqlite import accounts as account_table
from storage.sqlite import (
    books,
    calls,
    deliveries,
    export,
    harvest,
    judging,
    lanes,
    migrations,
    outbox,
    pictures,
    redacting,
    rulesets,
    settle,
)
from storage.sqlite.connection import Connect, Connections
from storage.sqlite.erasure_verbs import ErasureVerbs
from storage.sqlite.oversight_verbs import OversightVerbs
from storage.sqlite.people_verbs import PeopleVerbs
from storage.sqlite.watch_verbs import WatchVerbs
from storage.store import Announce


class SqliteStore(PeopleVerbs, WatchVerbs, OversightVerbs, ErasureVerbs):
    """One file. Serves any number of threads and processes of one machine."""

    def __init__(
        self, path: str | Path, *, lock_seconds: float = 5.0, read_only: bool = False,
        connect: Connect = sqlite3.connect, durable: bool = False,
    ) -> None:
        self.connections = Connections(Path(path), lock_seconds=lock_seconds, read_only=read_only, connect=connect,
                                       durable=durable)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        with self.connections.read() as connection:
            current = migrations.is_current(connection)
        if current:
            return
        if self.connections.read_only:
            raise StoreFault(f"{self.connections.path}: skema belum dimutakhirkan",
                             hint="jalankan dulu: kentongan run")
        with self.connections.outside_transaction() as connection:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        with self.connections.write() as connection:
            migrations.migrate(connection)

    # --- accounts and harvesting

    def sync_accounts(self, accounts: Sequence[Account], *, now: datetime) -> None:  # noqa: ARG002 the protocol's
        with self.connections.write() as connection:
            account_table.sync(connection, accounts)

    def accounts(self) -> list[Account]:
        with self.connections.read() as connection:
            return account_table.all_accounts(connection)

    def accounts_due(self, now: datetime) -> list[Account]:
        with self.connections.read() as connection:
            return account_table.due(connection, now)

    def save_page(
        self, account: str, page: Page, *, next_poll_at: datetime, now: datetime,
        pictures_until: datetime | None = None, polled: bool = False, beside: bool = False,
    ) -> Saved:
        with self.connections.write() as connection:
            return harvest.save_page(connection, account, page, next_poll_at=next_poll_at, now=now,
                                     pictures_until=pictures_until, polled=polled, beside=beside)

    def receipts(self, accounts: Iterable[str], **asked: Any) -> list[Receipt]:
        with self.connections.read() as connection:
            return deliveries.receipts(connection, accounts, **asked)

    def save_failure(
        self, account: str, *, state: AccountState, next_poll_at: datetime, reason: str, now: datetime
    ) -> None:
        with self.connections.write() as connection:
            account_table.failed(connection, account, state=state, next_poll_at=next_poll_at, reason=reason, now=now)

    def resume(self, account: str, *, now: datetime) -> bool:
        with self.connections.write() as connection:
            return account_table.resume(connection, account, now=now)

    def shift_polls(self, seconds: float, *, latest: datetime) -> None:
        with self.connections.write() as connection:
            account_table.shift(connection, seconds, latest=latest)

    # --- pictures

    def pictures_waiting(self, limit: int) -> list[Wanted]:
        with self.connections.read() as connection:
            return pictures.waiting(connection, limit)

    def save_pictures(self, seen: Sequence[tuple[Wanted, Picture]], *, now: datetime) -> None:
        with self.connections.write() as connection:
            pictures.save(connection, seen, now=now)

    def pictures_tried(self, *, since: datetime) -> int:
        with self.connections.read() as connection:
            return pictures.tried(connection, since=since)

    def pictures_of(self, keys: Iterable[str]) -> dict[str, dict[int, Picture]]:
        with self.connections.read() as connection:
            return pictures.of(connection, keys)

    def hashed_since(self, seq: int) -> Iterator[list[tuple[int, bytes]]]:
        return pictures.hashed_since(self.connections, seq)

    def shown(self, seqs: Iterable[int]) -> list[Shown]:
        with self.connections.read() as connection:
            return pictures.shown(connection, seqs)

    # --- judging

    def unprocessed(self, limit: int, *, now: datetime) -> list[Mention]:
        with self.connections.read() as connection:
            return judging.unprocessed(connection, limit, now=now)

    def stories_since(self, seq: int, *, after: datetime) -> Iterator[Story]:
        return judging.stories_since(self.connections, seq, after=after)

    def clusters_of(self, keys: Iterable[str]) -> dict[str, str]:
        with self.connections.read() as connection:
            return judging.clusters_of(connection, keys)

    def standings(self, clusters: Iterable[str]) -> dict[str, Standing]:
        with self.connections.read() as connection:
            return judging.standings(connection, clusters)

    def heads(self, clusters: Iterable[str]) -> dict[str, Head]:
        with self.connections.read() as connection:
            return judging.heads(connection, clusters)

    def settle(
        self, decisions: Sequence[Decision], *, announce: Announce, now: datetime, surge: Surge = NO_SURGE,
    ) -> Settled:
        if not decisions:
            return Settled()
        judgements = [settle.judgement_row(decision) for decision in decisions]
        with self.connections.write() as connection:
            settled = settle.settle(connection, decisions, judgements, announce=announce, now=now, surge=surge)
            redacting.follow(connection, (decision.mention for decision in decisions))
            return settled

    def fail(
        self, keys: Sequence[str], *, error: str, retry_at: datetime, now: datetime,  # noqa: ARG002 the protocol's
    ) -> list[str]:
        with self.connections.write() as connection:
            return judging.fail(connection, keys, error=error, retry_at=retry_at)

    # --- telling

    def due_events(self, limit: int, *, now: datetime) -> list[DueEvent]:
        with self.connections.read() as connection:
            return outbox.due(connection, limit, now=now)

    def mark_sent(self, key: str, *, now: datetime) -> None:
        with self.connections.write() as connection:
            outbox.sent(connection, key, now=now)

    def mark_failed(self, key: str, *, error: str, retry_at: datetime | None, now: datetime) -> None:
        with self.connections.write() as connection:
            outbox.failed(connection, key, error=error, retry_at=retry_at, now=now)

    # --- calling

    def unanswered(self, *, told_after: datetime, due_after: datetime, due_before: datetime) -> Unanswered:
        with self.connections.read() as connection:
            return calls.unanswered(connection, told_after=told_after, due_after=due_after, due_before=due_before)

    def live_tickets(self) -> list[Ticket]:
        with self.connections.read() as connection:
            return calls.live(connection)

    def is_told(self, key: str) -> bool:
        with self.connections.read() as connection:
            return calls.is_told(connection, key)

    def call(self, events: Sequence[Event], *, now: datetime) -> list[str]:
        with self.connections.write() as connection:
            return calls.put(connection, events, now=now)

    # --- books

    def export_tickets(self) -> Iterator[dict[str, Any]]:
        return export.export_tickets(self.connections)

    def ledger(self, day: date | None = None) -> list[LedgerRow]:
        with self.connections.read() as connection:
            return books.ledger(connection, day)

    def verify(self) -> list[str]:
        found: list[str] = []
        try:
            with self.connections.read() as connection:
                found.extend(books.problems(connection))
        except StoreFault as fault:  # a file too damaged to be read to the end is an answer, not an accident
            found.append(f"berkas: {fault}")
        return found

    def save_ruleset(
        self, ruleset: str, rules: Mapping[str, Any], *, reason: str, now: datetime, actor: str = "kentongan",
        text: str | None = None, gate: Mapping[str, Any] | None = None, always: bool = False,
    ) -> int:
        with self.connections.write() as connection:
            return rulesets.save(connection, ruleset, rules, reason=reason, now=now, actor=actor, text=text,
                                 gate=gate, always=always)

    def rules_versions(self) -> list[RulesVersion]:
        with self.connections.read() as connection:
            return rulesets.versions(connection)

    def rules_text(self, n: int) -> tuple[str | None, Mapping[str, Any]] | None:
        with self.connections.read() as connection:
            return rulesets.text(connection, n)

    def version_numbers(self) -> dict[str, int]:
        with self.connections.read() as connection:
            return rulesets.numbers(connection)

    def past_mentions(self, *, after: datetime | None = None, newest: int | None = None) -> Iterator[PastMention]:
        return rulesets.past_mentions(self.connections, after=after, newest=newest)

    def newest_post_at(self) -> datetime | None:
        with self.connections.read() as connection:
            return rulesets.newest_post_at(connection)

    def outcomes(self) -> list[Outcome]:
        with self.connections.read() as connection:
            return rulesets.outcomes(connection)

    def quarantine(self, limit: int = 100) -> list[Mapping[str, Any]]:
        with self.connections.read() as connection:
            return books.quarantine(connection, limit)

    def facts(self) -> dict[str, Any]:
        with self.connections.read() as connection:
            return books.facts(connection)

    def lane(self, limit: int = 100) -> list[Mapping[str, Any]]:
        with self.connections.read() as connection:
            return books.lane(connection, limit)

    def lane_sample(self, day: date, *, share: float, now: datetime) -> list[Mapping[str, Any]]:
        with self.connections.write() as connection:
            return lanes.sample(connection, day, share=share, now=now)

    def check_lane(self, actor: Actor, given: LaneCheck, *, announce: Announce, now: datetime) -> list[int]:
        with self.connections.write() as connection:
            return lanes.check(connection, actor, given, announce=announce, now=now)

    def lane_rate(self, first: date, last: date) -> LaneRate:
        with self.connections.read() as connection:
            return lanes.rate(connection, first, last)

    def extraction_of(self, mention: str) -> tuple[Mention, Extraction | None] | None:
        with self.connections.read() as connection:
            return judging.judged(connection, mention)

    def compact(self) -> None:
        """Overwrite what purged words have left in the search index and the write-ahead log. For the night."""
        with self.connections.write() as connection:
            connection.execute("INSERT INTO ticket_text(ticket_text) VALUES ('optimize')")
        with self.connections.outside_transaction() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self.connections.close()
