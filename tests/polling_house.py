"""The daemon's polling over one store and the real libraries, with a clock that the test turns."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain import Account, BlindWindow
from harvester.base import Connector
from harvester.facebook import Facebook
from harvester.wire import Limits
from harvester.x import X
from pipeline import Judge, process_batch
from polling import Poller, configured_accounts
from settings import AccountSettings, PlatformSettings, Settings
from simulators.server import Server
from storage.store import Store
from tests.simulators.worlds import Clock

NEVER = timedelta(days=100_000)
QUICK = Limits(connect_seconds=1, read_seconds=0.3, total_seconds=0.5)
IDS = {"x:solo": "9002", "x:jateng": "9001", "facebook:solo": "8001"}


class House:
    """Two accounts on X, one on Facebook, unless the test names others."""

    def __init__(self, store: Store, server: Server, clock: Clock, settings: Settings, *keys: str, **x: Any) -> None:
        self.store, self.server, self.clock = store, server, clock
        self.base = settings
        self.keys = keys or tuple(IDS)
        self.x = {"monthly_usd": 100.0, **x}
        self.reserved: tuple[str, ...] = ()
        self.rng = random.Random(7)
        self.sit_down()

    def sit_down(self) -> None:
        """A new process on the same store: nothing is remembered that is not stored."""
        platforms = {
            "x": PlatformSettings(base_url=self.server.url, token_env="TEST_X_TOKEN", **self.x),
            "facebook": PlatformSettings(base_url=self.server.url, token_env="TEST_GRAPH_TOKEN"),
        }
        accounts = tuple(AccountSettings(key=key, platform=key.split(":")[0], native_id=IDS[key], handle="kota_contoh",
                                         government="solo", reserve=key in self.reserved) for key in self.keys)
        self.settings = self.base.model_copy(update={"platforms": platforms, "accounts": accounts})
        self.connectors: Mapping[str, Connector] = {
            "x": X(platforms["x"], name_every=NEVER, recheck_every=NEVER, limits=QUICK),
            "facebook": Facebook(platforms["facebook"], name_every=NEVER, limits=QUICK),
        }
        self.store.sync_accounts(configured_accounts(self.settings), now=self.clock())
        self.poller = Poller(self.store, self.settings, self.connectors, self.clock, self.rng)

    def round(self, clock: str) -> int:
        """What is due at that time is asked; how many requests that took."""
        before = len(self.server.requests)
        self.clock.set(clock)
        for accounts in self.poller.due().values():
            self.poller.poll(accounts)
        return len(self.server.requests) - before

    def through(self, begin: str, end: str) -> None:
        """What is due every five minutes, as a daemon that is at work all the time."""
        hours = [int(hour) * 60 + int(minute) for hour, minute in (clock.split(":") for clock in (begin, end))]
        for at in range(hours[0], hours[1] + 1, 5):
            self.round(f"{at // 60:02}:{at % 60:02}")

    def told(self) -> list[tuple[str, str]]:
        """Notices that ops have not had yet: subject and text."""
        self.poller.oversee()
        due = self.store.due_events(100, now=self.clock() + timedelta(days=1))
        for event in due:
            self.store.mark_sent(event.event.key, now=self.clock())
        return [(event.event.subject, event.event.body) for event in due if event.event.address == "ops"]

    def standing(self, key: str = "x:solo") -> Account:
        return next(one for one in self.store.accounts() if one.key == key)

    def windows(self, key: str = "x:solo") -> list[BlindWindow]:
        return self.store.blind_windows(since=self.clock() - timedelta(days=60), account=key)

    def texts(self) -> list[str]:
        return sorted(m.text for m in self.store.unprocessed(1000, now=self.clock() + timedelta(days=1)))

    def judge(self, judge: Judge) -> None:
        while process_batch(self.store, judge, limit=100, now=self.clock()):
            pass
