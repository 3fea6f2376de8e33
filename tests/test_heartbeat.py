"""The clockwork: what `schedule` would do alone, and does not do here."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from structlog.testing import capture_logs

from run_daemon import Daemon, Heartbeat, Stop, guarded
from tests.paths import ROOT


class Clock:
    """A wall clock that can jump and a monotonic one that cannot."""

    def __init__(self):
        self.elapsed = 0.0
        self.jumped = 0.0

    def wall(self):
        return 1_790_000_000 + self.elapsed + self.jumped

    def monotonic(self):
        return self.elapsed


class Work:
    """Stands where the daemon stands; counts what the heartbeat asks of it."""

    def __init__(self, failing=False):
        self.calls = {"harvest": 0, "pictures": 0, "process": 0, "deliver": 0}
        self.failing = failing
        self.shifts = []
        self.store = self

    def harvest_due(self):
        self.calls["harvest"] += 1
        if self.failing:
            raise RuntimeError("the platform's library went mad")

    def pictures_due(self):
        self.calls["pictures"] += 1

    def process(self):
        self.calls["process"] += 1

    def deliver(self):
        self.calls["deliver"] += 1

    def calls(self):
        pass

    def compact(self):
        pass

    def reload(self):
        pass

    def oversee(self):
        pass

    def shift_polls(self, seconds, *, latest):
        self.shifts.append(round(seconds))


def beats(work, seconds, *, jump_at=None, jump=0.0):
    """Run the heartbeat over `seconds` of invented time in steps of a tenth."""
    import time_machine

    clock = Clock()
    with time_machine.travel(clock.wall(), tick=False) as traveller:
        heart = Heartbeat(work, wall=clock.wall, monotonic=clock.monotonic)
        for step in range(int(seconds * 10)):
            clock.elapsed = step / 10
            if jump_at is not None and clock.elapsed >= jump_at:
                clock.jumped = jump
            traveller.move_to(clock.wall())
            heart.tick()
    return work


def test_every_job_gets_its_turn():
    """Fetching and judging every second, telling every two."""
    work = beats(Work(), 30)

    assert work.calls["harvest"] == pytest.approx(29, abs=3)
    assert work.calls["process"] == pytest.approx(29, abs=3)
    assert work.calls["pictures"] == pytest.approx(29, abs=3)
    assert work.calls["deliver"] == pytest.approx(14, abs=2)


def test_a_job_that_always_fails_starves_no_other():
    """One broken platform does not stop the judging."""
    work = beats(Work(failing=True), 30)

    assert work.calls["process"] == pytest.approx(29, abs=3)


@pytest.mark.parametrize("jump", [-24 * 3600, 72 * 3600])
def test_a_jump_of_the_clock_stops_nothing(jump):
    """Set back a day or ahead three, the daemon goes on and moves the poll times along."""
    work = beats(Work(), 30, jump_at=10, jump=jump)

    assert work.calls["harvest"] == pytest.approx(29, abs=3)
    assert work.shifts == [jump]


def test_a_guarded_job_never_raises():
    """What a job raises is logged, not passed on."""
    ran = threading.Event()

    def job():
        ran.set()
        raise ValueError("no")

    guarded(job, name="job")()

    assert ran.is_set()


def test_the_wait_between_two_beats_is_short_enough_for_a_stop():
    """SIGTERM is noticed within a second."""
    heart = Heartbeat(Work(), wall=time.time, monotonic=time.monotonic)

    assert 0 < heart.tick() <= 1.0


def test_a_stop_waits_for_a_page_at_hand_and_not_for_a_stuck_one(monkeypatch):
    """A poller that is about to store its page may; one that hangs is left after the time that is granted."""
    monkeypatch.setattr("run_daemon.DRAIN_SECONDS", 0.5)
    stored, never = threading.Event(), threading.Event()
    daemon = Daemon(*[None] * 5)
    daemon.pollers = {
        "stuck": threading.Thread(target=never.wait, daemon=True),
        "storing": threading.Thread(target=lambda: time.sleep(0.2) or stored.set(), daemon=True),
    }
    for poller in daemon.pollers.values():
        poller.start()
    begun = time.monotonic()

    with capture_logs() as said:
        daemon.drain()

    assert time.monotonic() - begun < 5
    assert stored.is_set()
    assert said[-1]["abandoned"] == ["stuck"]
    never.set()


# --- being stopped ----------------------------------------------------------------------------------

STORM = """
import os, signal, sys
from run_daemon import Stop, stop_on_signals

stop, daemon = Stop(), os.getpid()
stop_on_signals(stop)
sender = os.fork()
if not sender:
    for _ in range(10_000):
        os.kill(daemon, signal.SIGINT)
        os.kill(daemon, signal.SIGTERM)
    os._exit(0)
while os.waitpid(sender, os.WNOHANG) == (0, 0):
    for _ in range(2_000):  # what a handler interrupts is, most often, the work of another one
        stop.set()
sys.exit(0 if stop.wait(60) else 1)
"""


@pytest.mark.slow
def test_signals_in_quick_succession_stop_it_once_and_never_hang_it():
    """Thousands of SIGINT and SIGTERM, also into the setting of the flag itself: it ends, and ends well."""
    done = subprocess.run([sys.executable, "-c", STORM], cwd=ROOT, timeout=60, check=False)

    assert done.returncode == 0


def test_whoever_waits_for_the_flag_looks_up_soon():
    """A raised flag ends a long wait at once or a fifth of a second later; a short wait ends by itself."""
    stop = Stop()
    assert stop.wait(0.01) is False
    threading.Timer(0.05, stop.set).start()
    begun = time.monotonic()

    assert stop.wait(30) is True
    assert time.monotonic() - begun < 5
