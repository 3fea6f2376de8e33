"""The daily sample of the lanes: who is drawn, what a person's word does, and the weekly rate."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from domain import Actor
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.inbox.casework import delete_at_source, keep_in_lane

MACHINE = Actor("tester", system=True)
DAY = NOON.date()
NEXT_DAY = NOON + timedelta(days=1)
SHARE = 0.05


@pytest.fixture
def lanes(store: Store) -> Store:
    for n in range(60):
        keep_in_lane(store, f"Jalan berlubang nomor {n} di Banjarsari kata orang")
    return store


def drawn(store: Store, share: float = SHARE, now: Any = NEXT_DAY) -> list[str]:
    return [row["key"] for row in store.lane_sample(DAY, share=share, now=now)]


def test_a_twentieth_is_drawn_and_stays_drawn(lanes: Store) -> None:
    """Three of sixty, the same whenever and however often it is asked."""
    first = drawn(lanes)

    assert len(first) == 3
    assert drawn(lanes, share=0.5, now=NEXT_DAY + timedelta(days=3)) == first


def test_a_day_that_is_not_over_is_not_drawn(lanes: Store) -> None:
    """Else the evening would never be looked at."""
    assert drawn(lanes, now=NOON) == []
    assert len(drawn(lanes)) == 3


def test_a_single_post_in_a_lane_is_drawn(store: Store) -> None:
    """Few are rounded up: a quiet day is looked at too."""
    keep_in_lane(store, "sandal hilang")

    assert len(drawn(store)) == 1


def test_what_may_be_in_need_is_seen_whole_and_first(lanes: Store) -> None:
    """No lot decides whether somebody looks; how often the machine is wrong is told of the drawn ones alone."""
    doubts = {keep_in_lane(lanes, f"sepatu adikku tinggal sebelah {n}", lane="doubt") for n in range(5)}

    shown = drawn(lanes)

    assert set(shown[:5]) == doubts
    assert len(shown) == 5 + 3
    assert lanes.lane_rate(DAY, DAY).drawn == 3
    assert lanes.lane_samples(DAY, DAY) != []
    assert not doubts & {row["key"] for row in lanes.lane_samples(DAY, DAY)}


def test_a_wrong_lane_becomes_a_ticket_and_counts(lanes: Store, browser_of: Any) -> None:
    """The person's word lifts the post, opens its ticket, and the week's rate says one of two."""
    citra = browser_of("citra")
    with time_machine.travel(NEXT_DAY, tick=False):
        page = citra.get("/lajur").content.decode()
        keys = re.findall(r'name="kiriman" value="([^"]+)"', page)
        citra.post("/lajur/periksa", {"kiriman": keys[0], "lajur": "salah"})
        citra.post("/lajur/periksa", {"kiriman": keys[1], "lajur": "benar"})
        after = citra.get("/lajur").content.decode()

    [row] = lanes.tickets(MACHINE, TicketQuery())
    assert (row.ticket.department, row.ticket.cluster) == ("dpupr-solo", keys[0])
    assert keys[0] not in [kept["key"] for kept in lanes.lane()]
    rate = lanes.lane_rate(DAY - timedelta(days=6), DAY)
    assert (rate.drawn, rate.checked, rate.wrong, rate.share) == (3, 2, 1, 0.5)
    assert '<strong id="false-trivial">50 %</strong>' in after
    assert lanes.verify() == []


def test_a_deleted_post_says_so_in_words(store: Store, browser_of: Any) -> None:
    """What the machine calls gone was deleted by who wrote it."""
    delete_at_source(store, keep_in_lane(store, "sandal hilang"))

    page = browser_of("citra").get("/lajur").content.decode()

    assert "<span>dihapus penulis</span>" in page
    assert "<span>gone</span>" not in page


def test_a_post_is_checked_once(lanes: Store, browser_of: Any) -> None:
    """Two people press at once: the first word counts, and no ticket is opened twice."""
    key = drawn(lanes)[0]
    citra = browser_of("citra")

    for verdict in ("salah", "salah", "benar"):
        citra.post("/lajur/periksa", {"kiriman": key, "lajur": verdict})

    assert len(lanes.tickets(MACHINE, TicketQuery())) == 1
    assert lanes.lane_rate(DAY, DAY).wrong == 1


def test_who_does_not_oversee_checks_no_lanes(lanes: Store, browser_of: Any) -> None:
    """Lanes hold posts of all desks."""
    key = drawn(lanes)[0]

    assert browser_of("charlie").post("/lajur/periksa", {"kiriman": key, "lajur": "salah"}).status_code in (403, 404)
    assert lanes.tickets(MACHINE, TicketQuery()) == []
