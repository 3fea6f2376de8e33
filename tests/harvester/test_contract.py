"""What every connector has to do, whatever its platform: each against its own simulator, over a real store.

Runs over `CONNECTORS` by itself. A platform that is added here needs a Bench (simulators/bench.py) and passes, or
its connector is not done. What only one platform has stands in that platform's own tests.
"""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import logs
from domain import Account, AccountState, Page
from harvester import CONNECTORS
from harvester.base import AccountBlocked, HarvestError, RateLimited, Transient
from polling import harvest_one
from simulators.bench import BENCHES, FAULTS
from storage import open_store
from tests.ops.command import untouched
from tests.simulators.worlds import Clock, event, post, world_of
from tests.tiers import few

MEANS = {"throttled": RateLimited, "token": AccountBlocked}  # what else goes wrong is Transient
CURSORS = ["garbage", "{}", "[]", "null", '{"uid": "x", "todo": 7, "seen": [], "newest_id": {}}', '{"node": null}']
platforms = pytest.mark.parametrize("name", sorted(CONNECTORS))


class House:
    """One account of the platform, its simulator, a store, and the daemon's way between them."""

    def __init__(self, name: str, folder: Path, *posts: Any, events: tuple[Any, ...] = ()) -> None:
        self.name, self.bench, self.folder = name, BENCHES[name], folder
        self.clock = Clock()
        self.world = world_of(*posts, events=events, clock=self.clock)
        self.world.options.graph_page_size = 10
        self.server = self.bench.serve(self.world)
        self.url = self.server.url
        self.store = open_store(folder / "house.db")
        self.key = f"{name}:solo"
        self.store.sync_accounts([Account(self.key, name, self.bench.native_id, self.bench.handle, "solo")], now=self.clock())
        self.connector = self.made()

    def made(self) -> Any:
        """A connector of a process that has just started."""
        return self.bench.connector(self.name, self.url, self.folder)

    @property
    def account(self) -> Account:
        return next(a for a in self.store.accounts() if a.key == self.key)

    def set(self, clock: str) -> None:
        self.clock.set(clock)

    def fault(self, what: str, times: int = 1, **args: Any) -> None:
        self.world.faults.add(f"{self.bench.on}:solo", self.bench.faults.get(what, what), times=times, **args)

    def save(self, page: Page) -> Any:
        return self.store.save_page(self.key, page, next_poll_at=self.clock(), now=self.clock())

    def round(self, clock: str) -> int:
        """What is due is asked; how many requests that took."""
        before = len(self.server.requests)
        self.set(clock)
        for due in self.store.accounts_due(self.clock()):
            harvest_one(due, connector=self.connector, store=self.store, now=self.clock, rng=random.Random(1),
                        poll_every=timedelta(minutes=2))
        return len(self.server.requests) - before

    def texts(self) -> list[str]:
        """What citizens said, as it stands in the store."""
        waiting = self.store.unprocessed(1000, now=self.clock() + timedelta(days=2))
        return sorted(m.text.removeprefix("Laporan warga").strip() for m in waiting if not m.own)

    def counted(self) -> int:
        assert self.store.verify() == []
        return sum(row.seen for row in self.store.ledger())


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., House]]:
    for name, bench in BENCHES.items():
        monkeypatch.setenv(f"BENCH_{name.upper()}", bench.token)
    with ExitStack() as stack:
        def build(name: str, *posts: Any, **given: Any) -> House:
            built = House(name, tmp_path, *posts, **given)
            stack.callback(built.store.close)
            stack.callback(built.server.stop)
            return built
        yield build


def some(name: str, count: int, hour: int = 7) -> list[Any]:
    bench = BENCHES[name]
    return [post(f"p-{hour}-{n:03}", f"{hour:02}:{n * 59 // count:02}",
                 f"lubang nomor {hour}.{n}", on=bench.on, kind=bench.kind) for n in range(count)]


def said(count: int, hour: int = 7) -> list[str]:
    return [f"lubang nomor {hour}.{n}" for n in range(count)]


def test_every_connector_has_a_bench():
    """A platform without a simulator is a promise, not a connector."""
    assert set(BENCHES) == set(CONNECTORS)


@platforms
def test_many_posts_come_once_though_the_process_dies_before_and_after_every_page(house, name):
    """kill -9 after a fetch loses its page, one after the store has it does not; each post is there once."""
    count = BENCHES[name].paged
    here = house(name, *some(name, count))
    here.set("09:00")

    pages: list[Page] = []
    while not pages or pages[-1].more:
        assert len(pages) < 200, "a reading that does not end"
        here.made().fetch(here.account, now=here.clock())  # and the machine dies
        pages.append(here.made().fetch(here.account, now=here.clock()))
        here.save(pages[-1])

    assert here.texts() == sorted(said(count))
    assert len(pages) > 1


@platforms
def test_what_was_read_is_not_told_again_and_what_comes_later_is(house, name):
    """Inclusive cursors, overlapping windows, a last mail that is named again: nothing of it is new to the books."""
    here = house(name, *some(name, 3), *some(name, 2, hour=10))
    here.round("09:00")
    counted = here.counted()

    again = [here.round(clock) for clock in ("09:10", "09:20")]
    seen = here.counted()
    here.round("11:00")

    assert all(again)
    assert seen == counted
    assert here.texts() == sorted(said(3) + said(2, hour=10))


@platforms
@pytest.mark.parametrize("fault", few(FAULTS, fast=3))
def test_a_failure_is_one_of_four_answers_and_costs_nothing(house, name, fault):
    """What it means is the same everywhere; nobody is asked before his time; afterwards everything is there."""
    here = house(name, *some(name, 3))
    here.fault(fault, seconds=5)
    here.set("09:00")

    with pytest.raises(MEANS.get(fault, Transient)):
        here.connector.fetch(here.account, now=here.clock())
    here.fault(fault, seconds=5)
    here.round("09:00")
    held = here.account

    assert held.state is (AccountState.NEEDS_HUMAN if fault == "token" else AccountState.BACKOFF)
    assert held.state_reason
    if fault == "token":
        assert " — " in held.state_reason  # cause, and what a person has to do
        assert "kentongan " in held.state_reason  # ... with the very command
        assert here.round("10:00") == 0
        here.store.resume(here.key, now=here.clock())
    else:
        assert here.round("09:00") == 0
    here.round("12:00")
    here.round("12:30")
    assert here.account.state is AccountState.OK
    assert here.texts() == sorted(said(3))
    assert here.store.verify() == []


@platforms
def test_a_server_that_is_not_there_is_transient(house, name):
    here = house(name, *some(name, 1))
    here.server.stop()

    with pytest.raises(Transient):
        here.connector.fetch(here.account, now=here.clock())


@platforms
def test_a_malformed_item_is_set_aside_once_and_costs_no_other(house, name):
    """Kept whole with a reason, counted in the ledger, and not again when the window is read again."""
    bench = BENCHES[name]
    here = house(name, *some(name, 3), post("rusak", "07:30", "x", on=bench.on, kind=bench.kind) if bench.on == "mail" else
                 post("lain", "05:59", "sapa", on=bench.on, own=True, kind="mention"),
                 events=(event("07:30", f"{bench.on}:solo", "malformed_item"),))

    for clock in ("09:00", "09:10", "09:20"):
        here.round(clock)

    assert here.texts() == sorted(said(3))
    assert sum(row.fates.get("quarantined", 0) for row in here.store.ledger()) == 1
    assert here.store.verify() == []


@platforms
@pytest.mark.parametrize("cursor", few(CURSORS))
def test_a_cursor_that_is_no_cursor_starts_over(house, name, cursor):
    """A store of an older version, a hand that edited it: what is read again is known by its key."""
    here = house(name, *some(name, 3))
    here.round("09:00")
    here.save(Page((), cursor))

    here.round("09:10")
    here.round("12:00")

    assert here.texts() == sorted(said(3))
    assert here.account.state is AccountState.OK


@platforms
def test_whatever_comes_back_a_fetch_ends_as_a_page_or_as_one_of_four_errors(house, name):
    """Bodies that no platform should send: nothing else escapes, and nothing is lost by them."""
    here = house(name, *some(name, 2))
    here.set("09:00")
    for body in here.bench.bodies:
        here.fault("body", body=body)
        with suppress(HarvestError):
            assert isinstance(here.connector.fetch(here.account, now=here.clock()), Page)
    here.world.faults.clear()

    here.connector = here.made()
    here.round("15:00")

    assert here.texts() == sorted(said(2))


@platforms
@pytest.mark.parametrize("fault", ["token", "outage", "truncate"])
def test_the_secret_is_in_no_log_no_reason_and_not_in_the_store(house, name, fault, tmp_path):
    """Every library at DEBUG, failing and then reading."""
    here = house(name, *some(name, 2))
    here.fault(fault)
    out = io.StringIO()
    with untouched():
        logs.configure(stream=out, level="DEBUG")
        logging.getLogger("urllib3").setLevel(logging.DEBUG)
        here.round("09:00")
        reason = here.account.state_reason
        here.store.resume(here.key, now=here.clock())
        here.round("12:00")
    here.store.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.glob("house.db*"))
    assert b"lubang nomor" in kept
    assert here.bench.token not in out.getvalue() + reason
    assert here.bench.token.encode() not in kept


@platforms
def test_a_mention_says_which_account_and_platform_it_is_of(house, name):
    """The key is platform, class and native id; the kind follows from the post; times are aware, and in UTC."""
    here = house(name, *some(name, 1))
    here.round("09:00")

    mention, = (m for m in here.store.unprocessed(9, now=here.clock()) if not m.own)

    platform, of, native_id = mention.key.split(":", 2)
    assert (mention.platform, mention.account) == (platform, here.key)
    assert of in ("post", "comment")
    assert native_id
    assert mention.posted_at.utcoffset() == timedelta(0)
    assert mention.posted_at <= mention.seen_at
