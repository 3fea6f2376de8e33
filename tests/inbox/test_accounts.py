"""The accounts screen: what those who oversee see of an account that is blind, silent, short of money or renamed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from domain import Account, AccountState, Page, Quota
from storage.store import Store


@pytest.fixture
def watched(store: Store) -> Store:
    """An account that was read an hour ago."""
    store.sync_accounts([Account("instagram:solo", "instagram", "900", "pemkot_contoh", "solo")], now=timezone.now())
    hour_ago = timezone.now() - timedelta(hours=1)
    store.save_page("instagram:solo", Page((), "c", quota=Quota(12, 30, "permintaan")),
                    next_poll_at=timezone.now() + timedelta(minutes=5), now=hour_ago, polled=True)
    return store


def dies(store: Store, hours: float = 0) -> None:
    store.save_failure(
        "instagram:solo", state=AccountState.NEEDS_HUMAN, next_poll_at=timezone.now(),
        reason="sesi ditolak (401) — simpan sesi baru, lalu: kentongan accounts resume instagram:solo",
        now=timezone.now() - timedelta(hours=hours))


def test_a_dead_session_is_amber_with_cause_command_and_window(watched: Store, browser_of: Any) -> None:
    """Who opens the page on the phone sees why, since when, and what to type."""
    dies(watched)
    citra = browser_of("citra")

    page, health = (citra.get(path).content.decode() for path in ("/akun", "/health"))

    assert "l-warn" in page
    assert "l-bad" not in page
    assert "sesi ditolak (401)" in page
    assert "simpan sesi baru" in page
    assert "kentongan poll --backfill instagram:solo" in page
    assert "accounts resume" not in page  # one command and not two
    assert "masih buta" in page
    assert "12 / 30 permintaan" in page
    assert 'verdict"><span class="light l-warn"' in health


def test_a_day_without_sight_is_red(store: Store, browser_of: Any) -> None:
    """Amber may wait for the morning; a day may not."""
    store.sync_accounts([Account("instagram:solo", "instagram", "900", "pemkot_contoh", "solo")], now=timezone.now())
    dies(store, hours=30)

    assert 'verdict"><span class="light l-bad"' in browser_of("ayu").get("/health").content.decode()


def test_a_healthy_account_is_green_and_a_stopped_daemon_is_not(watched: Store, browser_of: Any) -> None:
    """Nothing failed, and nobody asks: the page says so while the daemon cannot."""
    oki = browser_of("oki")
    before = oki.get("/akun").content.decode()
    watched.save_page("instagram:solo", Page((), "c"), next_poll_at=timezone.now() - timedelta(hours=2),
                      now=timezone.now() - timedelta(hours=3), polled=True)

    after = oki.get("/akun").content.decode()

    assert 'verdict"><span class="light l-good"' in before
    assert 'verdict"><span class="light l-warn"' in after
    assert "kentongan run" in after


def test_a_closed_window_and_both_names_stay_in_sight(watched: Store, browser_of: Any) -> None:
    """After the back-fill the list says how long, why and what was caught up; the history holds both handles."""
    dies(watched)
    watched.ask_backfill(["instagram:solo"], since=None, now=timezone.now())
    watched.save_page("instagram:solo", Page((), "c", handle="pemkot_baru"), now=timezone.now(), polled=True,
                      next_poll_at=timezone.now() + timedelta(minutes=5))

    page = browser_of("citra").get("/akun").content.decode()

    assert "0 kiriman disusulkan" in page
    assert "pemkot_contoh → pemkot_baru" in page
    assert "l-good" in page


def test_the_screen_speaks_english_when_asked(watched: Store, browser_of: Any) -> None:
    """Labels and numbers; what the daemon wrote stays as it was written."""
    dies(watched)
    citra = browser_of("citra")
    citra.post("/bahasa", {"language": "en", "next": "/"})

    page = citra.get("/akun").content.decode()

    assert "still blind" in page
    assert "Quota left" in page
