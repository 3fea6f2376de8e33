"""What a monitoring system reads: numbers of the house for who has the token, and nothing for anybody else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain import AccountState
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, open_case

TOKEN = "t0ken-untuk-pemantau"
LINE = re.compile(r'kentongan_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+')


@pytest.fixture
def asked(browser_of: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KENTONGAN_METRICS_TOKEN", TOKEN)
    return lambda token=TOKEN: browser_of(None).get("/metrics", HTTP_AUTHORIZATION=f"Bearer {token}")


def test_every_line_is_a_help_a_type_or_a_sample(asked: Any, store: Store) -> None:
    """Prometheus drops the whole page for one line that it cannot read."""
    open_case(store, "Jalan berlubang di Banjarsari, tolong")

    response = asked()

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = response.content.decode().splitlines()
    assert [line for line in lines if not line.startswith(("# HELP kentongan_", "# TYPE kentongan_"))
            and not LINE.fullmatch(line)] == []
    assert len(lines) == len(set(lines))


def test_lag_quota_queue_and_fates_are_told(asked: Any, store: Store) -> None:
    """A ticket, an account that waits for a person, and today's equation."""
    open_case(store, "Jalan berlubang di Banjarsari, tolong")
    store.save_failure(ACCOUNT, state=AccountState.NEEDS_HUMAN, next_poll_at=NOON, reason="token", now=NOON)

    told = asked().content.decode()

    assert 'kentongan_tickets{status="baru"} 1\n' in told
    assert "kentongan_posts_waiting 0\n" in told
    assert f'kentongan_account_light{{account="{ACCOUNT}"}} ' in told
    assert f'kentongan_account_blind{{account="{ACCOUNT}"}} 1\n' in told
    for name in ("account_lag_seconds", "account_quota_left", "today", "ledger_balanced", "oldest_waiting_seconds"):
        assert f"# TYPE kentongan_{name} gauge\n" in told


def test_no_word_and_no_name_of_a_citizen_is_told(asked: Any, store: Store) -> None:
    """What goes to another system is numbers."""
    open_case(store, mention("Jalan rusak, hubungi 0812-3456-7890", platform="instagram", account=ACCOUNT, at=NOON))

    told = asked().content.decode()

    assert "0812" not in told
    assert "rusak" not in told


@pytest.mark.parametrize("token", ["", "lain", TOKEN[:-1], f"{TOKEN}x", "é"])
def test_without_the_token_nothing_is_told(asked: Any, token: str) -> None:
    """Neither a wrong one nor a piece of the right one."""
    response = asked(token)

    assert response.status_code == 401
    assert b"kentongan_" not in response.content


def test_a_house_without_a_token_has_no_such_address(
    asked: Any, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody switched it on: not for a stranger, nor for who is signed in."""
    monkeypatch.delenv("KENTONGAN_METRICS_TOKEN")

    assert asked().status_code == 404
    assert browser_of("citra").get("/metrics").status_code == 404
