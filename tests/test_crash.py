"""FIELD O2: `kill -9` at random points of a replay, restart, and the same tickets to the byte.

The parent process loads everything once and forks children that replay; a child is killed by a
real SIGKILL after a random time, and the next one goes on with the same store, until one of them
reaches the end. The export must then equal that of a replay that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import signal
import time

import orjson
import pytest

from harvester.archive import ArchiveConnector
from run_daemon import build_judge, compose
from settings import load
from storage import open_store
from tests.paths import DAY1, ROOT

KILLS = 200
SEED = 20261102


@pytest.fixture(scope="module")
def settings():
    return load(ROOT / "config.yaml")


@pytest.fixture(scope="module")
def judge(settings):
    """Loaded once; every child gets its own copy by fork."""
    return build_judge(settings.watching(ArchiveConnector(DAY1).accounts()))


def replay(path, settings, judge):
    """In a child of its own: the whole `kentongan run --once --replay`. Returns its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        store = open_store(path)
        judge.forget()
        compose(settings, store, replay=DAY1, judge=judge).run_once()
        store.close()
        code = 0
    finally:
        os._exit(code)


def killed(child, after):
    """Kill the child after so many seconds; False when it had already ended well."""
    until = time.monotonic() + after
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def books(path):
    store = open_store(path)
    try:
        assert store.verify() == []
        return b"\n".join(orjson.dumps(row) for row in store.export_tickets())
    finally:
        store.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_kill_at_any_point_changes_no_ticket(tmp_path, settings, judge):
    """Two hundred power cuts later every ticket is there, once, with the same number and the same words."""
    untouched = tmp_path / "untouched.db"
    begun = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(replay(untouched, settings, judge), 0)[1]) == 0
    whole = time.monotonic() - begun
    expected = books(untouched)
    assert expected.count(b"\n") > 100

    rng = random.Random(SEED)
    kills = runs = 0
    while kills < KILLS:
        path = tmp_path / f"{runs}.db"
        while killed(replay(path, settings, judge), rng.uniform(0, whole * 0.6)):
            kills += 1
        runs += 1
        assert books(path) == expected, f"seed {SEED}, run {runs}, after {kills} kills"
        path.unlink()
