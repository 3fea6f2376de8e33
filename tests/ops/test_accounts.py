"""`kentongan accounts` and `kentongan session`: what a person does when an account waits for one."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import orjson
import pytest

from domain import AccountState
from storage import open_store
from tests.builders import account
from tests.ops.command import kentongan
from tests.paths import ROOT

CONFIG = ("--config", ROOT / "config.yaml")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
COOKIES = {"sessionid": "s3cret-session", "csrftoken": "c", "ds_user_id": "1"}


@pytest.fixture
def waiting(tmp_path):
    """A store in which one account waits for a new token."""
    path = tmp_path / "k.db"
    store = open_store(path)
    store.sync_accounts([account("x:solo")], now=NOW)
    store.save_failure("x:solo", state=AccountState.NEEDS_HUMAN, next_poll_at=NOW, reason="token mati", now=NOW)
    store.close()
    return path


def test_an_account_that_waits_says_why_and_goes_on_when_told(waiting, tmp_path):
    """Ops see cause and remedy; after `resume` the account is polled again."""
    before = kentongan("accounts", "--json", *CONFIG, "--store", waiting, cwd=tmp_path)
    resumed = kentongan("accounts", "resume", "x:solo", *CONFIG, "--store", waiting, cwd=tmp_path)
    after = kentongan("accounts", "--json", *CONFIG, "--store", waiting, cwd=tmp_path)

    assert (before.rows()[0]["state"], before.rows()[0]["reason"]) == ("needs_human", "token mati")
    assert resumed.code == 0
    assert after.rows()[0]["state"] == "ok"


def test_the_history_of_an_account_can_be_kept_in_a_file(waiting, tmp_path):
    """`kentongan accounts show x:solo > riwayat.txt`; what has none says so, and not into the file."""
    nothing = kentongan("accounts", "show", "x:solo", *CONFIG, "--store", waiting, cwd=tmp_path)
    kentongan("accounts", "resume", "x:solo", *CONFIG, "--store", waiting, cwd=tmp_path)
    shown = kentongan("accounts", "show", "x:solo", *CONFIG, "--store", waiting, cwd=tmp_path)

    assert b"dilanjutkan" in shown.out
    assert b"None" not in shown.out
    assert bool(nothing.out) != ("belum ada riwayat" in nothing.err)


def test_resuming_an_account_that_is_not_watched_is_a_usage_error(waiting, tmp_path):
    """A typo is named, with the way to the list."""
    done = kentongan("accounts", "resume", "x:sola", *CONFIG, "--store", waiting, cwd=tmp_path)

    assert done.code == 2
    assert "x:sola" in done.err
    assert "kentongan accounts" in done.err


def test_a_session_is_kept_where_nobody_else_can_read_it(tmp_path):
    """The cookies go into a 0600 JSON file and nowhere else."""
    done = kentongan("session", "import", "--username", "pemantau", *CONFIG, stdin=orjson.dumps(COOKIES), cwd=tmp_path)

    [path] = tmp_path.rglob("*.json")
    assert done.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert orjson.loads(path.read_bytes())["cookies"] == COOKIES
    assert "s3cret" not in done.err + done.out.decode()


@pytest.mark.parametrize("given", [b"not json", b"[1]", b'{"sessionid": "x"}'])
def test_cookies_that_are_no_session_are_refused(tmp_path, given):
    """What is missing is said; no file is written."""
    done = kentongan("session", "import", "--username", "pemantau", *CONFIG, stdin=given, cwd=tmp_path)

    assert done.code == 2
    assert "saran:" in done.err
    assert list(tmp_path.rglob("*.json")) == []
