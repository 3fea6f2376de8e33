"""FIELD O6: a complaint that 50,000 people repeat in one hour is one case, through the real pipeline and store."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bench.viral import HOUR, MACHINE_ACCOUNTS, growth, replay, told_to, viral
from run_daemon import build_judge
from settings import load
from storage import open_store
from tests.paths import ROOT
from tests.storage.decisions import MACHINE

FAR = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings():
    return told_to(load(ROOT / "config.yaml"))


def told(path, settings, posts):
    """(tickets, notices of ticket 1, the first ticket's page, how the replay went)."""
    with closing(open_store(path)) as store:
        outcome = replay(store, build_judge(settings), posts)
        assert store.verify() == []
        assert store.facts()["backlog"] == 0
        notices = [due.event.key for due in store.due_events(1_000, now=FAR)]
        tickets = list(store.export_tickets())
        return tickets, [key for key in notices if key.startswith("T-1|")], store.ticket(MACHINE, 1), outcome


def check(tickets, notices, view, outcome, *, size, milestones):
    assert len(tickets) == 1
    assert [key.split("|")[1] for key in notices] == [f"x{n}" for n in milestones]
    assert view.size == view.spread.posts == size
    assert view.spread.peak > 0.9 * size
    assert {name for name, *_ in view.spread.by("platform")} == set(MACHINE_ACCOUNTS)
    assert {"first", "repost", "same", "copy", "quote"} == {name for name, *_ in view.spread.by("way")}
    assert outcome.lag < timedelta(minutes=5)


@pytest.mark.slow
def test_a_thousand_tellings_in_every_way_and_on_three_platforms_are_one_ticket(tmp_path, settings):
    """Native reposts, quotes, cut and edited copies fold into one; the desk hears at 1, 10, 100 and 1,000."""
    posts = list(viral(1_000, seed=11))

    found = told(tmp_path / "k.db", settings, posts)

    check(*found, size=1_000, milestones=(1, 10, 100, 1_000))
    assert found[2].ticket.urgency == "tinggi"
    assert any((entry.reason or "").startswith("menyebar cepat") for entry in found[2].history)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_fifty_thousand_tellings_in_an_hour_are_one_ticket(tmp_path, settings):
    """One ticket, five notices, every post judged within five minutes, memory flat."""
    posts = list(viral(50_000, seed=7))
    assert posts[-1][0].posted_at - posts[0][0].posted_at < HOUR

    found = told(tmp_path / "k.db", settings, posts)

    check(*found, size=50_000, milestones=(1, 10, 100, 1_000, 10_000))
    assert growth(found[3].rss_mb) < 48  # two connections of SQLite fill their caches of 16 MB each; nothing else grows


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_complaints_inside_a_storm_get_their_tickets(tmp_path, settings):
    """What other citizens report during the storm is neither folded into it nor left behind."""
    posts = list(viral(10_000, seed=5, others=100))

    tickets, notices, view, outcome = told(tmp_path / "k.db", settings, posts)

    assert view.size == 9_900
    assert len(outcome.wait) == 100
    assert max(outcome.wait) < 300
    assert len({ticket["cluster"] for ticket in tickets}) > 60  # some of the others read as chatter
    assert len(notices) == 4
