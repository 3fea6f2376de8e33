"""What staff decided becomes rows to learn from; what came from X, is gone or has no author never does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import Account, Action, Actor, Author
from evaluation.corrections import taught_by_staff, topics_of_desks
from evaluation.labelled import may_be_learnt, names_x
from pipeline import process_batch
from routing.tickets import transition as move_of
from run_daemon import build_judge
from settings import load
from storage import open_store
from storage.records import TicketQuery, Transition
from tests.builders import NOON, mention
from tests.paths import ROOT
from tests.storage.decisions import save

CITRA = Actor("citra", departments=("triage",), all_departments=True)
POTHOLE = "Jalan berlubang di {place} Solo, tolong diperbaiki"
PLACES = ("Laweyan", "Jebres", "Banjarsari", "Serengan", "Pasar Kliwon", "Sumber", "Mojosongo", "Kadipiro")


@pytest.fixture(scope="module")
def settings():
    return load(ROOT / "config.yaml")


@pytest.fixture
def office(tmp_path, settings):
    """A pothole in each place, posted as `given` says; (store, rules, tickets by their post's place)."""

    def filled(*given, platform="instagram"):
        store = open_store(tmp_path / f"{platform}.db")
        key = f"{platform}:solo"
        store.sync_accounts([Account(key, platform, "900", "pemkot_solo", "solo")], now=NOON)
        judge = build_judge(settings.watching(store.accounts()))
        posts = [mention(POTHOLE.format(place=place), account=key, at=NOON + timedelta(hours=n),
                         **{"platform": platform, "author": Author(f"u{n}"), **each})
                 for n, (place, each) in enumerate(zip(PLACES, given, strict=False))]
        save(store, *posts, to=key)
        while process_batch(store, judge, limit=50, now=NOON + timedelta(days=1)):
            pass
        rows = [row for row in store.tickets(CITRA, TicketQuery(limit=50)) if not row.ticket.coordinates]
        tickets = {place: row.ticket for row in rows for place in PLACES if place in row.text}
        return store, judge.rules, posts, tickets

    return filled


def act(store, rules, ticket, action):
    now = NOON + timedelta(days=2)
    move = move_of(ticket, action, actor=CITRA, rules=rules, now=now)
    store.apply(CITRA, Transition(ticket.id, ticket.version, move.verb, "citra", move.changes, now, move.reason,
                                  move.correction))


def single_topic_desk(settings):
    return next((desk, topic) for desk, (topic, *more) in topics_of_desks(settings).items()
                if not more and topic != "jalan_jembatan" and not settings.departments[desk].outside
                and desk.endswith("-solo"))


def test_decisions_of_staff_become_rows(office, settings):
    """Taken: a report with its topic. Re-routed: the topic of the desk. Rejected: no report. Untouched: nothing."""
    store, rules, posts, tickets = office({}, {}, {}, {})
    desk, topic = single_topic_desk(settings)
    act(store, rules, tickets["Laweyan"], Action("accept"))
    act(store, rules, tickets["Jebres"], Action("reroute", to_department=desk))
    act(store, rules, tickets["Banjarsari"], Action("reject", reason="bukan_keluhan"))

    rows, left_out = taught_by_staff(store, settings)

    said = {row.mention.text: (row.topic, row.relevance, row.urgency, row.corrected) for row in rows}
    assert said == {
        posts[0].text: ("jalan_jembatan", "actionable", None, False),
        posts[1].text: (topic, "actionable", None, True),
        posts[2].text: (None, "not_actionable", None, True),
    }
    assert {row.group for row in rows} == {"petugas_instagram"}
    assert not left_out


def test_what_staff_set_right_is_taught_as_they_set_it(office, settings):
    """A topic, whether or not the ticket was taken; an urgency beside the acceptance."""
    store, rules, posts, tickets = office({}, {}, {})
    act(store, rules, tickets["Laweyan"], Action("set_topic", value="banjir_drainase"))
    act(store, rules, tickets["Jebres"], Action("set_urgency", value="darurat"))
    jebres = next(row.ticket for row in store.tickets(CITRA, TicketQuery(limit=50)) if row.ticket.id == tickets["Jebres"].id)
    act(store, rules, jebres, Action("accept"))

    rows, _ = taught_by_staff(store, settings)

    assert {row.mention.text: (row.topic, row.relevance, row.urgency, row.corrected) for row in rows} == {
        posts[0].text: ("banjir_drainase", "actionable", None, True),
        posts[1].text: ("jalan_jembatan", "actionable", "high", True),
    }


def test_x_the_gone_the_unnamed_and_a_second_post_teach_nothing(office, settings):
    """However a post of X came in, by platform or by its address; what is left out is counted."""
    store, rules, posts, tickets = office(
        {}, {"url": "https://x.com/warga/status/1"}, {}, {"author": None}, {"author": Author("u0")})
    for place in PLACES[:5]:
        act(store, rules, tickets[place], Action("accept"))
    save(store, to="instagram:solo", gone=(posts[2].key,))

    rows, left_out = taught_by_staff(store, settings)

    assert len(rows) == 1
    assert rows[0].mention.text in {posts[0].text, posts[4].text}
    assert dict(left_out) == {"X": 1, "pengirim tidak diketahui": 1, "orang yang sama": 1}


def test_the_platform_x_teaches_nothing(office, settings):
    """A whole store of X, every ticket accepted, gives no row."""
    store, rules, _, tickets = office({}, {}, platform="x")
    for ticket in tickets.values():
        act(store, rules, ticket, Action("accept"))

    assert taught_by_staff(store, settings) == ([], {"X": 2})


@pytest.mark.parametrize("told", ["x", "X", "x:solo", "arsip:x.solo", "import:x-v2", "twitter", "x_infra_2025", "x:post:17",
                                  "https://x.com/a/status/1", "https://mobile.twitter.com/a", "https://t.co/abc"])
def test_x_is_known_by_any_of_its_names(told):
    """Platform, account, archive, source, key, address."""
    assert names_x(told)
    assert not may_be_learnt({"text": "a", "source": told})


@pytest.mark.parametrize("told", ["", "instagram:solo", "semarang_ig", "import:csv", "xenia_kota", "https://box.com/x",
                                  "https://instagram.com/p/x"])
def test_others_are_not_taken_for_x(told):
    """A letter in a name is no platform."""
    assert not names_x(told)
