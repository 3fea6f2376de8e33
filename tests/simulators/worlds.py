"""Small invented worlds for tests: a day in one line, a clock that the test turns, a server that stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from simulators.__main__ import DAY
from simulators.day import Day, Edit, Event, Post, Watched, check, clock_time, load_day
from simulators.server import Server, serve
from simulators.world import World

DAWN = datetime(2026, 11, 1, 23, 0, tzinfo=UTC)  # Monday 06:00 WIB
ACCOUNTS = {
    ("x", "solo"): Watched("solo", "x", "9002", "kota_contoh", "Kota Contoh"),
    ("x", "jateng"): Watched("jateng", "x", "9001", "gubernur_contoh", "Gubernur Contoh"),
    ("facebook", "solo"): Watched("solo", "facebook", "8001", "kotacontoh", "Kota Contoh"),
    ("instagram", "solo"): Watched("solo", "instagram", "7001", "kota_contoh", "Kota Contoh"),
}


@cache
def shipped_day() -> Day:
    """The day of `make run`, read once: it is YAML for a third of a second, and frozen."""
    return load_day(DAY)


class Clock:
    """The wall clock of a test; speed 1, so the invented day is the real one."""

    def __init__(self) -> None:
        self.at = DAWN

    def __call__(self) -> datetime:
        return self.at

    def set(self, clock: str) -> datetime:
        """Turn to a clock time of the invented day."""
        self.at = DAWN + clock_time(clock)
        return self.at


def post(slug: str, at: str, text: str = "Jalan berlubang", **given: Any) -> Post:
    """A mention of the city on X by an invented citizen, unless the test says otherwise."""
    by = "warga_" + slug.replace("-", "_")
    fields: dict[str, Any] = {"on": "x", "to": ("solo",), "by": by, "kind": "mention"}
    edit = given.pop("edit", None)
    deleted_at = given.pop("deleted_at", None)
    if given.get("own"):
        fields["by"] = None
    return Post(id=slug, at=clock_time(at), text=text, edit=Edit(clock_time(edit[0]), edit[1]) if edit else None,
                deleted_at=clock_time(deleted_at) if deleted_at else None, **{**fields, **given})


def event(at: str, account: str, what: str, **args: Any) -> Event:
    return Event(clock_time(at), account, what, args)


def world_of(
    *posts: Post, events: tuple[Event, ...] = (), clock: Clock | None = None,
    accounts: Mapping[tuple[str, str], Watched] | None = None,
) -> World:
    return World(check(Day(posts, {**ACCOUNTS, **(accounts or {})}, {}, events)), DAWN, 1.0, clock or Clock())


@contextmanager
def running(world: World) -> Iterator[Server]:
    server = serve(world)
    try:
        yield server
    finally:
        server.stop()
