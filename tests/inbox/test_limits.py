"""The page's second clock card: every limit with its rule, time at each department, pauses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import time_machine

from storage.store import Store
from tests.builders import NOON
from tests.inbox.casework import open_case


def card(browser: Any, number: int) -> str:
    page = browser.get(f"/tiket/{number}").content.decode()
    return re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="limits-title"'):page.index("</section>", page.index(
        'id="limits-title"'))])


def test_rerouting_from_desk_to_desk_keeps_the_due_date_and_shows_who_held_it(store: Store, browser_of: Any) -> None:
    """A, B, C: the citizen's date stands, and the time at each desk can be read by everybody."""
    number = open_case(store, "Lampu jalan mati di Pasar Legi, tolong", due_in=timedelta(days=4))
    citra = browser_of("citra")
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        citra.post(f"/tiket/{number}/reroute", {"version": "1", "to_department": "dishub-solo", "note": "PJU"})
    with time_machine.travel(NOON + timedelta(hours=9), tick=False):
        citra.post(f"/tiket/{number}/reroute", {"version": "2", "to_department": "pln", "note": "tiang PLN"})

    with time_machine.travel(NOON + timedelta(hours=12), tick=False):
        shown = card(citra, number)

    assert "6 Nov 2026 12.00 WIB jatuh tempo tiket ini" in re.sub(r"\s+", " ", shown)
    for held in ("DPUPR Kota Surakarta 5 jam", "Dishub Kota Surakarta 4 jam", "PLN"):
        assert held in re.sub(r"\s+", " ", shown)


def test_waiting_for_the_reporter_is_shown_and_moves_no_date(store: Store, browser_of: Any) -> None:
    """The desk's pause stands beside the due date; the citizen's date is the same as before."""
    number = open_case(store, "Lampu mati, tolong", due_in=timedelta(days=4))
    alice = browser_of("alice")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        alice.post(f"/tiket/{number}/ask", {"version": "1", "note": "di mana?"})

    with time_machine.travel(NOON + timedelta(hours=4), tick=False):
        shown = re.sub(r"\s+", " ", card(alice, number))

    assert "Menunggu pelapor 3 jam, dihitung 3 jam." in shown
    assert "Dengan jeda: 6 Nov 2026 15.00 WIB" in shown
    assert "6 Nov 2026 12.00 WIB jatuh tempo tiket ini" in shown
