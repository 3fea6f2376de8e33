"""`kentongan poll`: what a person types after the new token, and what it answers."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from domain import AccountState
from ops.poll import since_of
from settings import load
from simulators.day import Day, check
from simulators.server import serve
from simulators.world import TOKENS, World
from storage import daemon_lease, open_store
from tests.ops.command import kentongan
from tests.paths import ROOT
from tests.simulators.worlds import ACCOUNTS, post

NOW = datetime(2026, 11, 2, 5, tzinfo=UTC)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """An account that waits for a token since ten minutes, two posts that nobody saw, and the platform."""
    monkeypatch.setenv("KENTONGAN_X_BEARER", TOKENS["x"])
    began = datetime.now(UTC) - timedelta(hours=2)
    world = World(check(Day((post("a", "06:10", "sebelum buta"), post("b", "07:50", "saat buta")), ACCOUNTS, {}, ())),
                  began, 1.0, lambda: datetime.now(UTC))
    server = serve(world)
    config = tmp_path / "config.yaml"
    base = os.path.relpath(ROOT / "config.yaml", tmp_path)
    config.write_text(f"""extends: {base}
version: 1
store: {{path: {tmp_path / 'k.db'}}}
platforms:
  x: {{enabled: true, agreement: uji, base_url: "{server.url}"}}
  facebook: {{enabled: false}}
  instagram_graph: {{enabled: false}}
accounts:
  - {{key: "x:solo", platform: x, native_id: "9002", handle: kota_contoh, government: solo}}
""")
    store = open_store(tmp_path / "k.db")
    from polling import configured_accounts

    store.sync_accounts(configured_accounts(load(config)), now=began)
    store.save_failure("x:solo", state=AccountState.NEEDS_HUMAN, next_poll_at=began, reason="X menolak token (401)",
                       now=datetime.now(UTC) - timedelta(hours=1))
    store.close()
    yield config, tmp_path
    server.stop()


def test_after_the_new_token_one_command_reads_what_was_missed(office):
    """The account goes on, the window is closed, and the answer says since when, why, and how much it brought."""
    config, folder = office

    done = kentongan("poll", "--backfill", "x:solo", "--json", "--config", config, cwd=folder)
    standing = kentongan("accounts", "--json", "--config", config, cwd=folder).rows()

    [row] = done.rows()
    assert done.code == 0
    assert (row["account"], row["read"], row["state"]) == ("x:solo", True, "ok")
    [window] = row["closed"]
    assert window["cause"] == "X menolak token (401)"
    assert window["found"] >= 1
    solo = next(row for row in standing if row["account"] == "x:solo")
    assert solo["light"] == "good"
    assert [w["until"] is not None for w in solo["blind"]] == [True]
    assert solo["quota"]["of"] == 450


def test_without_backfill_nobody_is_asked_who_waits_for_a_person(office):
    """A plain poll asks what is due; the dead token stays a person's matter, and the exit code says so."""
    config, folder = office

    done = kentongan("poll", "x:solo", "--config", config, cwd=folder)

    assert done.code == 1
    assert "X menolak token (401)" in done.err


def test_where_a_daemon_runs_it_is_handed_the_wish(office):
    """Two processes never poll at once: the wish waits in the store for the one that may."""
    config, folder = office

    with daemon_lease(folder / "k.db"):
        done = kentongan("poll", "--backfill", "--since", "12h", "--wait", "0", "x:solo", "--config", config, cwd=folder)

    store = open_store(folder / "k.db", read_only=True)
    [solo] = [a for a in store.accounts() if a.key == "x:solo"]
    store.close()
    assert "daemon sedang berjalan" in done.err
    assert solo.state is AccountState.OK
    assert solo.backfill_from is not None


@pytest.mark.parametrize(("given", "moment"), [
    ("12h", NOW - timedelta(hours=12)), ("3d", NOW - timedelta(days=3)),
    ("2026-11-02T02:10", datetime(2026, 11, 1, 19, 10, tzinfo=UTC)),
    ("2026-11-02", datetime(2026, 11, 1, 17, tzinfo=UTC)),
    ("2026-11-02T02:10+00:00", datetime(2026, 11, 2, 2, 10, tzinfo=UTC)),
])
def test_a_moment_without_a_zone_is_the_clock_on_the_wall(given, moment):
    """02:10 is 02:10 WIB, as ops say it."""
    assert since_of(given, now=NOW) == moment


def test_an_unknown_account_and_a_bad_moment_are_usage_errors(office):
    """A typo is named, with what to type instead."""
    config, folder = office

    for arguments in (("x:sola",), ("--since", "kemarin", "--backfill"), ("--since", "1h")):
        assert kentongan("poll", *arguments, "--config", config, cwd=folder).code == 2


def test_the_history_of_an_account_shows_who_read_it_again(office):
    """`accounts show` prints the audit of one account and its blind windows."""
    config, folder = office
    kentongan("poll", "--backfill", "x:solo", "--config", config, cwd=folder)

    shown = kentongan("accounts", "show", "x:solo", "--json", "--config", config, cwd=folder).rows()

    assert "backfill" in [row.get("verb") for row in shown]
    assert any(row.get("cause") == "X menolak token (401)" for row in shown)
