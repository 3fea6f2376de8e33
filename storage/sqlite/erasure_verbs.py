"""The verbs of `storage.erasures.ErasureStore` on SQLite; the facade takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage.erasures import Again, Erasure
from storage.sqlite import erasing
from storage.sqlite.connection import Connections
from storage.sqlite.rows import micros


class ErasureVerbs:
    """One verb, one transaction."""

    connections: Connections

    def erasures(self, *, since: datetime | None = None) -> list[Erasure]:
        with self.connections.read() as connection:
            return erasing.found(connection, since=micros(since) if since else 0)

    def erase_again(self, erasures: Sequence[Erasure], *, now: datetime) -> Again:
        with self.connections.write() as connection:
            return erasing.again(connection, erasures, now=now)
