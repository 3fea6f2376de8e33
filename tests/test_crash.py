"""FIELD O2: `kill -9` at random points of a replay, restart, and the same tickets to the byte.

The parent process loads everything once and forks children that replay. Half of them are killed after a
random time, which falls into the reading of texts mostly; the other half at a random SQL statement, so
in the middle of transactions. Both end by a real SIGKILL, and the next child goes on with the same
store, until one of them reaches the end. Tickets, fates and notices must then equal those of a replay that
nobody disturbed; and after each single kill the books must balance with whatever is there.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing

import orjson
import pytest

from harvester.archive import ArchiveConnector
from run_daemon import build_judge, compose
from settings import load
from storage import open_store
from storage.sqlite import SqliteStore
from tests.paths import DAY1, ROOT
from tests.storage.faulty import Disk

KILLS = 200
SEED = 20261102


class PowerCut(Disk):
    """Counts statements; the process that executes number `at` is gone before it begins."""

    def __init__(self, at=None):
        super().__init__()
        self.at, self.count = at, 0

    def touch(self, sql):
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def settings():
    return load(ROOT / "config.yaml")


@pytest.fixture(scope="module")
def judge(settings):
    """Loaded once; every child gets its own copy by fork."""
    return build_judge(settings.watching(ArchiveConnector(DAY1).accounts()))


@pytest.fixture
def replay(settings, judge):
    """replay(path, cut): in a child of its own, the whole `kentongan run --once --replay`; its process id."""

    def start(path, cut):
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            store = SqliteStore(path, connect=cut.connect)
            judge.forget()
            compose(settings, store, replay=DAY1, judge=judge).run_once()
            store.close()
            path.with_suffix(".statements").write_text(str(cut.count))
            code = 0
        finally:
            os._exit(code)

    return start


def ended_well(child):
    """Wait for it: True when it reached the end, False when a SIGKILL ended it; it ends in no other way."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code == 0


def killed_after(seconds, child):
    """Kill it after so many seconds; False when it had already ended well."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return not ended_well(child)


def stage(path, end):
    """What the killed child was at, told from what is stored. The books are whole, whatever it was."""
    store = open_store(path)
    try:
        assert store.verify() == []
        seen, backlog = store.facts()["seen"], store.facts()["backlog"]
    finally:
        store.close()
    if seen < end["seen"]:
        return "harvesting"
    return "judging" if backlog else "telling"


def books(path):
    """Tickets to the byte, where each post of each account ended, how much there is of everything, who was told."""
    store = open_store(path)
    try:
        assert store.verify() == []
        assert all(row.balances for row in store.ledger())
        facts = {key: store.facts()[key] for key in ("seen", "backlog", "failed", "unsent", "quarantine", "tickets")}
        with closing(sqlite3.connect(path)) as shell:
            told = shell.execute("SELECT key, sent_at IS NOT NULL FROM outbox ORDER BY key").fetchall()
        return [*map(orjson.dumps, store.export_tickets())], store.ledger(), facts, told
    finally:
        store.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_kill_at_any_point_changes_no_ticket(tmp_path, replay, monkeypatch):
    """Two hundred power cuts later every ticket is there, once, with the same number and the same words."""
    monkeypatch.setattr("run_daemon.BATCH", 25)  # more transactions, so more places to stop at
    monkeypatch.setattr("harvester.archive.PAGE_MENTIONS", 25)
    begun = time.monotonic()
    assert ended_well(replay(tmp_path / "untouched.db", PowerCut()))
    whole = time.monotonic() - begun
    statements = int((tmp_path / "untouched.statements").read_text())
    tickets, _, end, told = expected = books(tmp_path / "untouched.db")
    assert len(tickets) > 100
    assert end["backlog"] == end["failed"] == end["unsent"] == 0
    assert told

    rng = random.Random(SEED)

    def after_a_time(path):
        return killed_after(rng.uniform(0, whole * 0.6), replay(path, PowerCut()))

    def at_a_statement(path):
        return not ended_well(replay(path, PowerCut(at=rng.randint(1, statements // 3))))

    runs, stages = 0, Counter()
    while stages.total() < KILLS:
        path = tmp_path / f"{runs}.db"
        while rng.choice((after_a_time, at_a_statement))(path):
            stages[stage(path, end)] += 1
        runs += 1
        assert books(path) == expected, f"seed {SEED}, run {runs}, after {stages.total()} kills"
        path.unlink()
    assert stages["harvesting"] > 5
    assert stages["judging"] > 50
