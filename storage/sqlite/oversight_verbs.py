"""The verbs of `storage.oversight.OversightStore` on SQLite; the facade takes them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from domain import Actor
from storage.oversight import BigStory, Bounce, Sieve, Standing, Took, Touch
from storage.records import TicketRow
from storage.sqlite import oversight
from storage.sqlite.connection import Connections


class OversightVerbs:
    """One verb, one snapshot."""

    connections: Connections

    def tally(self, actor: Actor, sieve: Sieve, by: Sequence[str] = ()) -> dict[tuple[Any, ...], int]:
        with self.connections.read() as connection:
            return oversight.tally(connection, actor, sieve, by)

    def counted(self, actor: Actor, sieve: Sieve, *, limit: int, skip: int = 0) -> list[TicketRow]:
        with self.connections.read() as connection:
            return oversight.counted(connection, actor, sieve, limit=limit, skip=skip)

    def took(self, actor: Actor, sieve: Sieve) -> list[Took]:
        with self.connections.read() as connection:
            return oversight.took(connection, actor, sieve)

    def bounces(self, actor: Actor, sieve: Sieve, *, limit: int) -> list[Bounce]:
        with self.connections.read() as connection:
            return oversight.bounces(connection, actor, sieve, limit=limit)

    def touches(self, actor: Actor, *, until: datetime) -> list[Touch]:
        with self.connections.read() as connection:
            return oversight.touches(connection, actor, until=until)

    def standing(self, actor: Actor, sieve: Sieve) -> Mapping[str, Standing]:
        with self.connections.read() as connection:
            return oversight.standing(connection, actor, sieve)

    def big_stories(self, actor: Actor, *, since: datetime, until: datetime, limit: int) -> list[BigStory]:
        with self.connections.read() as connection:
            return oversight.big_stories(connection, actor, since=since, until=until, limit=limit)

    def lane_samples(self, first: date, last: date) -> list[Mapping[str, Any]]:
        with self.connections.read() as connection:
            return list(oversight.lane_samples(connection, first, last))
