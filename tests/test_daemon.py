"""The daemon as ops run it: a process of its own against the simulated platforms, stopped by signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest

from domain import Actor, StoreFault
from harvester.instagram_session import write_session
from simulators.day import load_day
from simulators.instagram_web import COOKIES, USERNAME
from simulators.server import serve
from simulators.world import TOKENS, World
from storage import open_store
from storage.records import TicketQuery
from tests.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
EVERYONE = Actor("tester", all_departments=True)
PLATFORMS = ("x", "facebook", "instagram_graph", "instagram")
ENVIRONMENT = {
    "KENTONGAN_X_BEARER": TOKENS["x"], "KENTONGAN_FB_TOKEN": TOKENS["facebook"], "KENTONGAN_IG_TOKEN": TOKENS["instagram"],
}


@pytest.fixture
def world():
    """The invented day in under a minute."""
    return World(load_day(ROOT / "simulators" / "day"), datetime.now(UTC), 1200.0, lambda: datetime.now(UTC))


@pytest.fixture
def platforms(world):
    """X, Graph and Instagram on loopback."""
    server = serve(world, 0)
    yield server.url
    server.stop()


@pytest.fixture
def config(tmp_path, platforms):
    session = tmp_path / "session.json"
    write_session(session, USERNAME, COOKIES)
    base = os.path.relpath(ROOT / "simulators" / "demo.yaml", tmp_path)
    lines = [f"extends: {base}", "version: 1", "platforms:"]
    lines += [f"  {name}: {{base_url: '{platforms}', session_file: '{session}', poll_seconds: 1}}" for name in PLATFORMS]
    lines += [f"store: {{path: '{tmp_path / 'k.db'}'}}"]
    path = tmp_path / "config.yaml"
    path.write_text("\n".join(lines))
    return path


def daemon(config, *arguments):
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run_daemon.py"), "--config", str(config), *arguments],
        stderr=subprocess.PIPE, text=True, env={**os.environ, **ENVIRONMENT}, cwd=ROOT,
    )


def wait_for_tickets(path, wanted, *, seconds):
    until, rows = time.monotonic() + seconds, []
    while time.monotonic() < until:
        with suppress(StoreFault):  # the file is there a moment before its tables are
            if path.exists():
                with closing(open_store(path, read_only=True)) as store:
                    rows = store.tickets(EVERYONE, TicketQuery(limit=500))
                if wanted(rows):
                    return rows
        time.sleep(0.5)
    raise AssertionError(f"{len(rows)} tickets after {seconds} s")


def test_a_mention_on_the_wire_becomes_a_ticket_and_a_signal_ends_it_well(tmp_path, config):
    """Posts of all three platforms reach desks; SIGTERM drains in under ten seconds; the books balance."""
    process = daemon(config)
    try:
        rows = wait_for_tickets(
            tmp_path / "k.db", lambda rows: len(rows) > 60 and {"x", "facebook", "instagram"} <= {r.platform for r in rows},
            seconds=100,
        )
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
        took = time.monotonic() - begun
    finally:
        process.kill()

    assert process.returncode == 0, log[-2000:]
    assert took < 10
    assert len({r.ticket.department for r in rows}) > 10
    store = open_store(tmp_path / "k.db")
    assert store.verify() == []
    assert all(row.balances for row in store.ledger())
    store.close()
    for token in {*TOKENS.values(), *COOKIES.values()} - {"demo", "1", "1920", ""}:
        assert token not in log
    assert [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def test_a_platform_that_hangs_delays_no_stop(tmp_path, config, world):
    """SIGTERM ends the daemon in under ten seconds although an answer is outstanding; it says what it left."""
    world.faults.add("x:*", "trickle", times=1000, seconds=2)  # no pause is long enough to give up on
    process = daemon(config)
    try:
        wait_for_tickets(tmp_path / "k.db", lambda rows: "facebook" in {r.platform for r in rows}, seconds=60)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
        took = time.monotonic() - begun
    finally:
        process.kill()

    assert process.returncode == 0, log[-2000:]
    assert took < 10
    assert json.loads(log.splitlines()[-1])["abandoned"] == ["x"]
    with closing(open_store(tmp_path / "k.db")) as store:
        assert store.verify() == []


def test_a_second_daemon_on_the_same_store_is_refused(tmp_path, config):
    """Two daemons would poll twice; the second ends with 75 and names the first. One that was killed holds nothing."""
    first = daemon(config)
    try:
        wait_for_tickets(tmp_path / "k.db", lambda rows: True, seconds=60)
        second = daemon(config, "--once")
        _, log = second.communicate(timeout=110)
    finally:
        first.kill()
        first.communicate(timeout=20)
    third = daemon(config, "--once")
    _, after = third.communicate(timeout=110)

    assert second.returncode == 75
    assert str(first.pid) in log
    assert third.returncode == 0, after[-2000:]


def test_a_broken_config_is_a_usage_error_with_its_place(tmp_path):
    """Exit code 2, file, line and column, and no traceback."""
    config = tmp_path / "config.yaml"
    config.write_text("version: 1\nplatforms: [\n")
    done = daemon(config, "--once")
    _, log = done.communicate(timeout=60)

    assert done.returncode == 2
    assert f"{config}:" in log
    assert "Traceback" not in log
