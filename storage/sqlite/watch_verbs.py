"""The verbs of `storage.watching.WatchStore` on SQLite; the facade takes them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain import BlindWindow, Breaker, Spend
from storage.records import HistoryEntry
from storage.sqlite import accounts, audit, watching
from storage.sqlite.connection import Connections


class WatchVerbs:
    """One verb, one transaction."""

    connections: Connections

    def blind_windows(self, *, since: datetime, account: str | None = None) -> list[BlindWindow]:
        with self.connections.read() as connection:
            return watching.windows(connection, since=since, account=account)

    def go_blind(self, keys: Sequence[str], *, kind: str, cause: str, now: datetime) -> None:
        with self.connections.write() as connection:
            watching.go_blind(connection, keys, kind=kind, cause=cause, now=now)

    def pause(self, keys: Sequence[str], *, reason: str, until: datetime, now: datetime) -> list[str]:
        with self.connections.write() as connection:
            return accounts.pause(connection, keys, reason=reason, until=until, now=now)

    def unpause(self, platform: str, *, reason: str, now: datetime) -> list[str]:
        with self.connections.write() as connection:
            return accounts.unpause(connection, platform, reason=reason, now=now)

    def fell_silent(self, account: str, *, since: datetime, cause: str, now: datetime) -> bool:
        with self.connections.write() as connection:
            return watching.fell_silent(connection, account, since=since, cause=cause, now=now)

    def account_history(self, account: str, *, limit: int = 20) -> list[HistoryEntry]:
        with self.connections.read() as connection:
            return audit.of_subject(connection, account, limit=limit)

    def breakers(self) -> dict[str, Breaker]:
        with self.connections.read() as connection:
            return watching.breakers(connection)

    def save_breaker(self, breaker: Breaker) -> None:
        with self.connections.write() as connection:
            watching.save_breaker(connection, breaker)

    def spends(self, now: datetime, *, days: int = 14) -> dict[str, Spend]:
        with self.connections.read() as connection:
            return watching.spends(connection, now, days=days)

    def heard(self, *, since: datetime) -> dict[str, dict[int, int]]:
        with self.connections.read() as connection:
            return watching.heard(connection, since=since)

    def ask_backfill(
        self, keys: Sequence[str], *, since: datetime | None, now: datetime, actor: str = "ops"
    ) -> list[str]:
        with self.connections.write() as connection:
            return accounts.ask_backfill(connection, keys, since=since, now=now, actor=actor)

    def to_recheck(self, account: str, *, since: datetime, limit: int) -> dict[str, str]:
        with self.connections.read() as connection:
            return watching.to_recheck(connection, account, since=since, limit=limit)

    def swept(self, account: str, *, now: datetime) -> None:
        with self.connections.write() as connection:
            watching.swept(connection, account, now=now)

    def sweeps_due(self, keys: Iterable[str], *, before: datetime) -> list[str]:
        with self.connections.read() as connection:
            return watching.sweeps_due(connection, keys, before=before)

    def attend(self, account: str, attention: str) -> None:
        with self.connections.write() as connection:
            watching.attend(connection, account, attention)
