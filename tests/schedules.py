"""A morning on one platform in which everything goes wrong, by seed: what the harvest makes of it.

The real libraries talk to the real simulators; only time is invented. Two clocks run: the platform's, which is true, and
ours, which jumps. A person brings a new token some time after it is asked for, and buys credit some time after it is gone.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain import Account, AccountState, Page
from harvester import connector as connector_of
from harvester.base import Connector, HarvestError, RateLimited
from harvester.instagram_session import write_session
from harvester.wire import Limits
from polling import Poller
from settings import PlatformSettings, Settings
from simulators.day import Day, Post, check
from simulators.instagram_web import COOKIES, USERNAME
from simulators.server import Server, serve
from simulators.world import World
from storage import open_store
from storage.store import Store
from tests.builders import account
from tests.simulators.worlds import ACCOUNTS, DAWN, Clock, clock_time

QUICK = Limits(connect_seconds=1, read_seconds=0.06, total_seconds=0.12)
MINUTE = timedelta(minutes=1)
POSTED = (10, 240)  # minutes after dawn between which citizens post
END = timedelta(hours=5)
POLL = timedelta(minutes=30)
PLATFORMS = {"x": ("x:solo", "x:jateng"), "facebook": ("facebook:solo",), "instagram_graph": ("instagram_graph:solo",),
             "instagram": ("instagram:solo",)}
PASSING = ("hang", "trickle", "truncate", "html", "html502", "outage")
REFUSING = {
    "x": ("rate_limit", "usage_cap", "credits", "unauthorized"),
    "facebook": ("rate_limit", "unauthorized", "code4", "code2"),
    "instagram_graph": ("rate_limit", "unauthorized", "code4", "code2"),
    "instagram": ("rate_limit", "wait", "feedback"),
}
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "hang": ("hang", {"seconds": 1}), "trickle": ("trickle", {"seconds": 0.02}), "html502": ("html", {"status": 502}),
    "code4": ("error", {"code": 4}), "code2": ("error", {"code": 2}),
}


@dataclass
class Morning:
    """What became of one seed."""

    seed: int
    platform: str
    posts: int = 0
    requests: int = 0
    faults: int = 0
    jumps: int = 0
    failures: Counter[str] = field(default_factory=Counter)  # how fetches ended that brought nothing
    problems: list[str] = field(default_factory=list)


class Watched:
    """The connector, and what its platform asked for: nobody may knock before that, by the platform's clock."""

    def __init__(self, inner: Connector, true: Clock, morning: Morning) -> None:
        self.inner, self.true, self.morning = inner, true, morning
        self.platform = inner.platform
        self.shut: dict[str, datetime] = {}

    def fetch(self, account: Account, *, now: datetime) -> Page:
        shut = self.shut.get(account.key)
        if shut is not None and self.true() < shut:
            self.morning.problems.append(f"{account.key} asked at {self.true():%H:%M:%S}, not before {shut:%H:%M:%S}")
        if account.state not in (AccountState.OK, AccountState.BACKOFF):
            self.morning.problems.append(f"{account.key} asked while {account.state}")
        try:
            return self.inner.fetch(account, now=now)
        except HarvestError as error:
            self.morning.failures[type(error).__name__] += 1
            if isinstance(error, RateLimited):
                wait = (error.until - now) if error.until else error.wait or timedelta(minutes=15)
                self.shut[account.key] = self.true() + wait - timedelta(seconds=1)
            raise

    def rewind(self, cursor: str, *, since: datetime) -> str:
        return self.inner.rewind(cursor, since=since)


def morning_of(seed: int, folder: Path, settings: Settings) -> Morning:
    """Live through the morning of this seed and compare what was stored with what citizens posted."""
    path, empty = folder / f"{seed}.db", folder / "empty.db"
    if not empty.exists():
        made = folder / f"empty-{seed}.db"
        open_store(made).close()
        made.rename(empty)
    shutil.copy(empty, path)
    rng = random.Random(seed)
    platform = tuple(PLATFORMS)[seed % len(PLATFORMS)]
    morning = Morning(seed, platform)
    true = Clock()
    day = Day(tuple(_posts(rng, platform)), ACCOUNTS, {}, ())
    world = World(check(day), DAWN, 1.0, true)
    with _served(world) as server:
        store = open_store(path)
        try:
            _live(rng, morning, true, store, server, settings, folder)
            _compare(morning, store, world)
        finally:
            store.close()
        morning.requests = len(server.requests)
    return morning


@contextmanager
def _served(world: World) -> Iterator[Server]:
    server = serve(world)
    try:
        yield server
    finally:
        server.stop()


def _posts(rng: random.Random, platform: str) -> Iterator[Post]:
    """A dozen posts of invented citizens; under the account's own post, comments."""
    on = platform.removesuffix("_graph")
    kinds = {"x": ("mention",), "facebook": ("visitor_post", "mention", "comment"), "instagram": ("tag", "comment")}[on]
    if on != "x":
        yield Post("salam", clock_time("06:02"), on, ("solo",), None, "mention", "Selamat pagi, warga.", own=True)
    for n in range(rng.randint(8, 16)):
        kind = rng.choice(kinds)
        to = rng.choice(("solo", "jateng")) if on == "x" else "solo"
        at = timedelta(minutes=rng.uniform(*POSTED))
        yield Post(f"p{n}", at, on, (to,), f"warga_{n}", kind, f"Aduan nomor {n}: jalan berlubang di gang {n}",
                   of="salam" if kind == "comment" else None)


def _live(
    rng: random.Random, morning: Morning, true: Clock, store: Store, server: Server, settings: Settings, folder: Path
) -> None:
    keys = PLATFORMS[morning.platform]
    on = morning.platform.removesuffix("_graph")
    ids = {f"{morning.platform}:{name}": (w.id, w.handle) for (p, name), w in ACCOUNTS.items() if p == on}
    offset = timedelta(0)

    def ours() -> datetime:
        return true() + offset

    connector = _connector(morning, server, folder, true)
    given = settings.model_copy(update={"platforms": {morning.platform: PlatformSettings(
        base_url=server.url, poll_seconds=int(POLL.total_seconds()))}, "accounts": ()})
    poller = Poller(store, given, {morning.platform: connector}, ours, rng)
    store.sync_accounts([account(k, platform=morning.platform, native_id=ids[k][0], handle=ids[k][1]) for k in keys],
                        now=ours())
    jumps = sorted(DAWN + MINUTE * rng.uniform(20, 280) for _ in range(rng.randint(0, 2)))
    strikes = sorted(DAWN + MINUTE * rng.uniform(5, 260) for _ in range(rng.randint(3, 6)))
    helped: dict[str, datetime] = {}
    while true() < DAWN + END or not _through(store, offset, true):
        if true() > DAWN + timedelta(days=40):
            morning.problems.append("never came to its end")
            return
        while jumps and jumps[0] <= true():
            jumps.pop(0)
            morning.jumps += 1
            by = rng.choice((-1, 1)) * timedelta(hours=1)
            offset += by
            store.shift_polls(by.total_seconds(), latest=ours() + timedelta(hours=24))
        while strikes and strikes[0] <= true():
            strikes.pop(0)
            _strike(rng, morning, server, true)
        if true() >= DAWN + END:
            server.world.faults.clear()
        for accounts in poller.due().values():
            poller.poll(accounts)
        _people(rng, store, helped, true, ours)
        true.at = _next(store, true, offset, [*jumps, *strikes, *helped.values()])


def _connector(morning: Morning, server: Server, folder: Path, true: Clock) -> Any:
    session = folder / f"session-{morning.seed}.json"
    if morning.platform == "instagram":
        write_session(session, USERNAME, COOKIES)
    token = "TEST_X_TOKEN" if morning.platform == "x" else "TEST_GRAPH_TOKEN"
    made = connector_of(morning.platform, PlatformSettings(
        base_url=server.url, token_env=token, session_file=session, poll_seconds=int(POLL.total_seconds())))
    for name in ("_adapter", "adapter"):
        if hasattr(made, name):
            getattr(made, name).limits = QUICK
    return Watched(made, true, morning)


def _strike(rng: random.Random, morning: Morning, server: Server, true: Clock) -> None:
    """The next requests of an account go wrong, now or a little later."""
    chosen = rng.choice((*PASSING, *REFUSING[morning.platform], *REFUSING[morning.platform]))
    what, more = FAULTS.get(chosen, (chosen, {}))
    if what == "rate_limit":
        more = {"until": true() + MINUTE * rng.uniform(3, 40)}
    key = f"{morning.platform.removesuffix('_graph')}:{rng.choice(PLATFORMS[morning.platform]).split(':')[1]}"
    times = rng.choice((1, 1, 2, 3)) if chosen in PASSING and what not in ("hang", "trickle") else 1
    server.world.faults.add(key, what, times=times, after=rng.randint(0, 3), **more)
    morning.faults += times


def _people(rng: random.Random, store: Store, helped: dict[str, datetime], true: Clock, ours: Any) -> None:
    """Who waits for a person gets one, after a while; a third of them only says `resume`."""
    for each in store.accounts():
        if each.state not in (AccountState.NEEDS_HUMAN, AccountState.PAUSED_BUDGET):
            helped.pop(each.key, None)
        elif each.key not in helped:
            helped[each.key] = true() + MINUTE * rng.uniform(5, 60)
        elif helped[each.key] <= true():
            del helped[each.key]
            if rng.random() < 1 / 3:
                store.resume(each.key, now=ours())
            else:
                store.ask_backfill([each.key], since=None, now=ours())


def _next(store: Store, true: Clock, offset: timedelta, moments: list[datetime]) -> datetime:
    """The next moment at which anything may happen, on the true clock."""
    waits = [a.next_poll_at - offset for a in store.accounts() if a.next_poll_at and a.state is not AccountState.NEEDS_HUMAN]
    waits += [b.open_until - offset for b in store.breakers().values() if b.open_until]
    later = [at for at in [*waits, *moments] if at > true()]
    return max(true() + timedelta(seconds=1), min([*later, true() + POLL]))


def _through(store: Store, offset: timedelta, true: Clock) -> bool:
    """Whether every account has been read to its end since the last post."""
    until = DAWN + END
    return all(a.state is AccountState.OK and a.read_until is not None and a.read_until - offset >= until
               for a in store.accounts())


def _compare(morning: Morning, store: Store, world: World) -> None:
    """Every post that was shown to an account stands in the store, once; and nothing else does."""
    on = morning.platform.removesuffix("_graph")
    wanted = []
    for key in PLATFORMS[morning.platform]:
        wanted += [_key(on, item) for item in world.visible(on, key.split(":")[1])]
    stored = [m.key for m in store.unprocessed(10_000, now=world.now() + timedelta(days=400))]
    seen = sum(row.seen for row in store.ledger())
    morning.posts = len(wanted)
    if lost := sorted(set(wanted) - set(stored)):
        morning.problems.append(f"lost {lost}")
    if strange := sorted(set(stored) - set(wanted)):
        morning.problems.append(f"nobody posted {strange}")
    if not len(stored) == len(set(stored)) == seen == len(wanted):
        morning.problems.append(f"{len(wanted)} posted, {len(stored)} stored, {seen} counted")
    morning.problems += store.verify()
    still = [w for w in store.blind_windows(since=DAWN) if w.until is None and w.kind != "silent"]
    if still:
        morning.problems.append(f"still blind: {still}")


def _key(on: str, item: Any) -> str:
    if on == "x":
        return f"x:post:{item.root_id}"
    if item.kind == "comment":
        return f"{on}:comment:{'c' if on == 'instagram' else ''}{item.graph_id}"
    return f"{on}:post:{item.shortcode if on == 'instagram' else item.graph_id}"
