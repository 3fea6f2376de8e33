"""`kentongan session login` as a person meets it: at a terminal, against Instagram's own answers."""

from __future__ import annotations

import fcntl
import os
import pty
import stat
import subprocess
import sys
import termios
import time
from datetime import UTC, datetime

import orjson
import pytest

from domain import AccountState, ConfigError
from ops.session import _username
from settings import load
from simulators.instagram_login import CODE, COOKIES, PASSWORD, USERNAME
from storage import open_store
from tests.builders import account
from tests.ops.command import kentongan
from tests.paths import ROOT
from tests.simulators.worlds import running, world_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def instagram():
    with running(world_of()) as server:
        yield server


@pytest.fixture
def config(tmp_path, instagram):
    """The shipped file, Instagram at the simulator, and an account that waits for a session."""
    path = tmp_path / "config.yaml"
    base = os.path.relpath(ROOT / "config.yaml", tmp_path)
    path.write_text("\n".join([
        f"extends: {base}", "version: 1",
        f"platforms: {{instagram: {{base_url: '{instagram.url}', session_file: '{tmp_path / 'session.json'}'}}}}",
        f"store: {{path: '{tmp_path / 'k.db'}'}}",
    ]))
    store = open_store(tmp_path / "k.db")
    store.sync_accounts([account("instagram:solo")], now=NOW)
    store.save_failure("instagram:solo", state=AccountState.NEEDS_HUMAN, next_poll_at=NOW, reason="sesi mati", now=NOW)
    store.close()
    return path


def at_a_terminal(config, *typed):
    """Type each line when its question stands there; exit code and all that the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.main", "session", "login", USERNAME, "--config", str(config)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=ROOT,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0), env={**os.environ, "NO_COLOR": "1"},
    )
    os.close(theirs)
    shown, waiting, until = "", list(typed), time.monotonic() + 60
    try:
        while time.monotonic() < until:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # the terminal closes with its last process
                break
            if waiting and shown.rstrip().endswith(waiting[0][0]):
                os.write(ours, waiting.pop(0)[1].encode() + b"\n")
        return process.wait(timeout=20), shown
    finally:
        process.kill()
        os.close(ours)


@pytest.mark.slow
def test_a_person_logs_in_with_a_second_factor_and_the_account_goes_on(tmp_path, config, instagram):
    """14, 15: nothing typed is echoed; our JSON for its owner only, no pickle; who waited is polled again."""
    instagram.world.options.instagram_login = "two_factor"

    code, shown = at_a_terminal(config, ("kata sandi:", PASSWORD), ("kode dua langkah:", CODE))

    session = tmp_path / "session.json"
    assert code == 0, shown
    assert PASSWORD not in shown
    assert CODE not in shown
    assert stat.S_IMODE(session.stat().st_mode) == 0o600
    assert orjson.loads(session.read_bytes()) == {"username": USERNAME, "cookies": COOKIES}
    store = open_store(tmp_path / "k.db")
    assert [one.state for one in store.accounts()] == [AccountState.OK]
    store.close()
    assert "instagram:solo: dipantau lagi" in shown


@pytest.mark.slow
def test_a_checkpoint_prints_the_address_to_open(tmp_path, config, instagram):
    """14: exit 1, no session file, the account goes on waiting."""
    instagram.world.options.instagram_login = "checkpoint"

    code, shown = at_a_terminal(config, ("kata sandi:", PASSWORD))

    assert code == 1
    assert "https://www.instagram.com/challenge/demo/9/" in shown
    assert PASSWORD not in shown
    assert not (tmp_path / "session.json").exists()


def test_a_password_is_taken_from_a_terminal_only(tmp_path, config):
    """A pipe or a script must not hold one: `session import` is the way without a terminal."""
    done = kentongan("session", "login", USERNAME, "--config", config, stdin=PASSWORD.encode(), cwd=tmp_path)

    assert done.code == 2
    assert "session import" in done.err


def test_a_key_that_nobody_watches_is_named(config):
    """A typo in the key of an account is not sent to Instagram as a user name."""
    with pytest.raises(ConfigError, match="instagram:sola"):
        _username(load(config), "instagram:sola")
