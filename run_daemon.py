"""Composition root and clockwork: settings -> Store -> connectors, NLP, rules; then the heartbeat.

    python run_daemon.py [--config FILE] [--once] [--replay FOLDER]        the same as `kentongan run`

What is due lives in the store (`account.next_poll_at`, waiting mentions, unsent events); the clock
here only asks. So a restart loses nothing, and a stop needs no more than to finish the transaction
at hand: SIGTERM ends the daemon within ten seconds, `kill -9` at any point costs a repetition.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import schedule
import structlog

import logs
from domain import KentonganError
from harvester import build_connectors
from harvester.archive import ArchiveConnector
from harvester.base import Connector
from harvester.media import MediaFetcher, build_media
from harvester.wire import Limits
from nlp.collector import spare_the_collector
from nlp.extract import Extractor
from notify import build_transports
from notify.base import Transport
from ops import backup
from pipeline import Judge, build_judge, call_due, deliver_due, fetch_pictures, process_batch, surge_of
from polling import Poller, configured_accounts
from routing.rules import compile_rules
from settings import Settings, load
from settings.files import Watch, needs_restart
from storage import daemon_lease, open_store
from storage.erasures import Noting
from storage.store import Store

log = structlog.get_logger("daemon")

JUMP_SECONDS = 30.0  # a larger step of the wall clock against the monotonic one is a jump
LONGEST_WAIT = timedelta(hours=24)  # no account waits longer than this because of a failure: no platform asks for more
BATCH = 200  # mentions a transaction: 152 us a post against 532 us one by one (docs/adr/0001)
DRAIN_SECONDS = 8.0
LOOK_SECONDS = 0.2


def utc_now() -> datetime:
    return datetime.now(UTC)


# --- the parts --------------------------------------------------------------------------------


class Stop:
    """A flag that a signal handler may raise at any point, as often as it likes.

    `threading.Event` may not: its `set` takes a lock that the interrupted code, or the handler of the
    signal before, may hold. Nobody is woken: who waits looks up every LOOK_SECONDS.
    """

    def __init__(self) -> None:
        self._raised = False

    def set(self) -> None:
        self._raised = True

    def is_set(self) -> bool:
        return self._raised

    def wait(self, seconds: float) -> bool:
        """Until the flag is raised, at most so long; whether it is."""
        until = time.monotonic() + seconds
        while not self._raised and (left := until - time.monotonic()) > 0:
            time.sleep(min(LOOK_SECONDS, left))
        return self._raised


@dataclass
class Daemon:
    """Everything that runs, wired. `stop` ends it; every wait in here is a wait for that flag."""

    settings: Settings
    store: Store
    connectors: Mapping[str, Connector]
    judge: Judge
    transports: Mapping[str, Transport]
    rng: random.Random = field(default_factory=random.SystemRandom)
    stop: Stop = field(default_factory=Stop)
    media: MediaFetcher = field(default_factory=lambda: MediaFetcher({}, Limits()))
    pollers: dict[str, threading.Thread] = field(default_factory=dict)
    replaying: bool = False
    config: Watch | None = None  # the operators' file, where it may change under us
    listened_at: datetime | None = None  # when silences were last looked for
    erased: Noting = field(default_factory=Noting)

    @property
    def poller(self) -> Poller:
        """By the settings in force: a poll that has begun keeps those it began with."""
        return Poller(
            self.store, self.settings, self.connectors, utc_now, self.rng, self.stop.is_set, live=not self.replaying,
            pictures_within=lambda platform: self.patience if self.media.serves(platform) else None)

    def harvest_due(self) -> None:
        """Start one thread for each platform that has accounts due; a slow one delays no other."""
        poller = self.poller
        for platform, accounts in poller.due().items():
            running = self.pollers.get(platform)
            if not (running and running.is_alive()):
                thread = threading.Thread(
                    target=guarded(lambda a=accounts: poller.poll(a), name=f"poll {platform}"),  # type: ignore[misc]
                    name=f"poll-{platform}", daemon=True,
                )
                self.pollers[platform] = thread
                thread.start()

    def oversee(self) -> None:
        """Ops are told of accounts that need them; an archive needs nobody."""
        if not self.replaying:
            poller = replace(self.poller, listened_at=self.listened_at)
            poller.oversee()
            self.listened_at = poller.listened_at

    @property
    def patience(self) -> timedelta:
        return timedelta(seconds=self.settings.media.wait_seconds)

    def pictures_due(self) -> None:
        """Start the one thread that looks at pictures, unless it is at work: no ticket waits for its network."""
        running = self.pollers.get("pictures")
        if self.media.sources and not (running and running.is_alive()):
            looker = threading.Thread(target=guarded(self.look_at_pictures, name="pictures"), name="pictures",
                                      daemon=True)
            self.pollers["pictures"] = looker
            looker.start()

    def look_at_pictures(self) -> None:
        platforms = {account.key: account.platform for account in self.store.accounts()}
        while not self.stop.is_set() and fetch_pictures(
            self.store, self.media, platforms=platforms, per_hour=self.settings.media.per_hour, now=utc_now,
            stopped=self.stop.is_set,
        ):
            pass

    def process(self, *, seconds: float = 0.5) -> None:
        """Judge what waits, for a while: the heartbeat goes on between two turns of a storm."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stop.is_set():
            if not process_batch(self.store, self.judge, limit=BATCH, now=utc_now()):
                return

    def reload(self) -> None:
        """Take in a changed file, whole: built first, then put in place between two batches, so each knows one version.

        A broken file leaves the old version in force; said once for each state of the file.
        """
        if self.config is None:
            return
        before = self.config.problem
        changed = self.config.look()
        if (problem := self.config.problem) is not None and problem is not before:
            log.error("config.yaml is broken; the rules before it stay in force", rules=self.judge.rules.hash,
                      problems=list(problem.problems[:5]) or [str(problem)])
        if changed is not None:
            self.take_in(changed)

    def take_in(self, settings: Settings) -> None:
        now = utc_now()
        connectors = self.connectors if self.replaying else build_connectors(settings)
        transports = build_transports(settings)
        judge = renewed_judge(self.judge, self.settings, settings.watching(self.store.accounts()))
        judge = at_any_hour(judge) if self.replaying else judge
        text = self.config.path.read_text(encoding="utf-8") if self.config else None
        reason = "config.yaml diubah" if settings.models == self.settings.models else "model bacaan diganti"
        self.store.save_ruleset(judge.rules.hash, settings.rules(), reason=reason, text=text, now=now)
        if not self.replaying:
            self.store.sync_accounts(configured_accounts(settings), now=now)
        restart = needs_restart(self.settings, settings)
        logs.protect(settings.secret_values())
        self.connectors, self.transports, self.judge, self.settings = connectors, transports, judge, settings
        log.info("new rules in force", rules=judge.rules.hash)
        if restart:
            log.warning("these sections need a restart", sections=list(restart))

    def calls(self) -> None:
        """An archive calls nobody: what it tells of is over."""
        if not self.replaying:
            call_due(self.store, self.judge.rules.calls, now=utc_now())

    def deliver(self) -> None:
        deliver_due(self.store, self.transports, limit=100, now=utc_now(), rng=self.rng, worries=self.worries())

    def worries(self) -> list[tuple[str, str]]:
        """Whom the operators have named to hear of what needs a person."""
        return [(kind, address) for kind, _, address in (each.partition(":") for each in self.settings.ops.notify)]

    def run_once(self) -> None:
        """Everything that is due now, to the end: first all fetching, then all judging.

        In this order a replay gives the same tickets whatever interrupted it before.
        """
        due = self.store.accounts() if self.replaying else self.store.accounts_due(utc_now())
        for platform in self.connectors:
            self.poller.poll([account for account in due if account.platform == platform])
        self.look_at_pictures()
        while not self.stop.is_set() and process_batch(self.store, self.judge, limit=BATCH, now=utc_now()):
            pass
        self.calls()
        self.oversee()
        while not self.stop.is_set() and deliver_due(
            self.store, self.transports, limit=100, now=utc_now(), rng=self.rng, worries=self.worries()
        ):
            pass

    def run(self) -> None:
        heartbeat = Heartbeat(self, wall=time.time, monotonic=time.monotonic)
        log.info("running", accounts=len(self.store.accounts()), rules=self.judge.rules.hash)
        while not self.stop.is_set():
            self.stop.wait(heartbeat.tick())
        self.drain()

    def drain(self) -> None:
        """Let pollers finish the page at hand; a stuck one is left: its cursor has not moved."""
        until = time.monotonic() + DRAIN_SECONDS
        for poller in self.pollers.values():
            poller.join(max(0.0, until - time.monotonic()))
        log.info("stopped", abandoned=[n for n, p in self.pollers.items() if p.is_alive()])


def guarded(job: Callable[[], None], *, name: str) -> Callable[[], None]:
    """Log what `job` raises: a raising job would keep its place in `schedule` and starve the rest."""

    def run() -> None:
        try:
            job()
        except KentonganError as error:
            log.error("job failed", job=name, error=str(error), hint=error.hint)
        except Exception:
            log.exception("job failed", job=name)

    return run


class Heartbeat:
    """`schedule`, made safe against its own traps (docs/adr/0001): raising jobs and clock jumps.

    `schedule` knows the wall clock only: set back by a day it would be silent for a day. Each tick
    compares wall and monotonic time; on a jump all jobs are registered anew and the poll times,
    which are wall-clock times in the store, are moved by the same amount.
    """

    def __init__(
        self, daemon: Daemon, *, wall: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self.daemon = daemon
        self.wall = wall
        self.monotonic = monotonic
        self.jobs: tuple[tuple[str, int, Callable[[], None]], ...] = (
            ("harvest", 1, daemon.harvest_due),
            ("pictures", 1, daemon.pictures_due),
            ("process", 1, daemon.process),
            ("calls", 30, daemon.calls),
            ("oversee", 15, daemon.oversee),
            ("deliver", 2, daemon.deliver),
            ("reload", 2, daemon.reload),  # two looks: live within five seconds of the last write
            ("erasures", 60, lambda: daemon.erased.note(daemon.store, daemon.settings.backup.dir, now=utc_now())),
            ("compact", 6 * 3600, daemon.store.compact),  # shreds of deleted words leave index and log
        )
        self.offset = wall() - monotonic()
        self.scheduler = self._registered()

    def _registered(self) -> schedule.Scheduler:
        scheduler = schedule.Scheduler()
        for name, seconds, job in self.jobs:
            scheduler.every(seconds).seconds.do(guarded(job, name=name))
        return scheduler

    def tick(self) -> float:
        """Run what is due; returns the seconds until the next look, at most one."""
        jump = self.wall() - self.monotonic() - self.offset
        if abs(jump) > JUMP_SECONDS:
            log.warning("the clock jumped", seconds=round(jump))
            self.offset += jump
            latest = datetime.fromtimestamp(self.wall(), UTC) + LONGEST_WAIT
            guarded(lambda: self.daemon.store.shift_polls(jump, latest=latest), name="shift polls")()
            self.scheduler = self._registered()
            self.scheduler.run_all()
        else:
            self.scheduler.run_pending()
        return min(1.0, max(0.05, self.scheduler.idle_seconds or 0.05))


# --- wiring --------------------------------------------------------------------------------------


def compose(
    settings: Settings, store: Store, *, replay: Path | None = None, judge: Judge | None = None,
    config: Path | None = None,
) -> Daemon:
    """Build the daemon. With `replay`, archives take the place of every platform."""
    now = utc_now()
    connectors: Mapping[str, Connector]
    if replay is not None:
        archive = ArchiveConnector(replay)
        watched = archive.accounts()
        connectors = {account.platform: archive for account in watched}
    else:
        connectors = build_connectors(settings)
        watched = configured_accounts(settings)
    judge = judge or build_judge(settings.watching(watched))
    judge = at_any_hour(judge) if replay else judge
    text = config.read_text(encoding="utf-8") if config else None
    store.save_ruleset(judge.rules.hash, settings.rules(), reason="daemon dijalankan", text=text, now=now)
    store.sync_accounts(watched, now=now)
    media = MediaFetcher({}, Limits()) if replay else build_media(settings)  # an archive's addresses have expired
    return Daemon(settings, store, connectors, judge, build_transports(settings), replaying=replay is not None,
                  media=media, config=Watch(config) if config else None)


def at_any_hour(judge: Judge) -> Judge:
    """Without quiet hours: a replay gives the same books by night as by day."""
    rules = judge.rules
    return replace(judge, rules=replace(rules, calls=replace(rules.calls, quiet=None)))


def renewed_judge(judge: Judge, before: Settings, settings: Settings) -> Judge:
    """A judge by new rules that remembers the same stories, unless what makes two posts one story changed."""
    window = timedelta(days=settings.thresholds.duplicate_window_days)
    old, new = before.thresholds, settings.thresholds
    if (old.near_duplicate, old.duplicate_window_days) != (new.near_duplicate, new.duplicate_window_days):
        return build_judge(settings)
    return replace(judge, extractor=Extractor(settings), rules=compile_rules(settings), window=window,
                   surge=surge_of(settings))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done or stopped by a signal, 2 usage or config, 75 another daemon runs."""
    parser = argparse.ArgumentParser(prog="run_daemon.py", description=__doc__.split("\n")[0])
    parser.add_argument("--config", default="config.yaml", type=Path)
    parser.add_argument("--once", action="store_true", help="do what is due, then end")
    parser.add_argument("--replay", type=Path, metavar="FOLDER", help="read archives instead of platforms")
    parser.add_argument("--store", type=Path, help="another store than the config names")
    options = parser.parse_args(argv)
    logs.configure()
    logs.catch_uncaught()
    try:
        return _run(options)
    except KentonganError as error:
        for problem in getattr(error, "problems", ()):
            print(problem, file=sys.stderr)  # noqa: T201 the operator's terminal, not a log
        log.error("not running", error=str(error), hint=error.hint)
        return error.exit_code


def stop_on_signals(stop: Stop) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def _run(options: argparse.Namespace) -> int:
    settings = load(options.config)
    logs.protect(settings.secret_values())
    path = options.store or settings.store.path
    with daemon_lease(path) or nullcontext():
        backup.before_migration(settings, options.config, path)
        store = open_store(path, lock_seconds=settings.store.lock_seconds)
        daemon = compose(settings, store, replay=options.replay, config=options.config)
        stop_on_signals(daemon.stop)
        spare_the_collector()  # names, weights and stories stay
        try:
            daemon.run_once() if options.once else daemon.run()
        finally:
            store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
