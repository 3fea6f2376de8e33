"""R5: two people on one ticket. The second sees who has it; who saves later is refused and told what changed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from storage.store import Store
from tests.builders import NOON
from tests.inbox.casework import open_case


@pytest.fixture
def number(store: Store) -> int:
    return open_case(store, "Jalan berlubang di Jebres")


def test_the_second_sees_who_has_it_and_the_first_keeps_it(number: int, browser_of: Any) -> None:
    """Alice opens first; Bob is told so, and Alice hears of Bob within seconds."""
    alice, bob = browser_of("alice"), browser_of("bob")
    assert 'class="flash flash-warning looking"' not in alice.get(f"/tiket/{number}").content.decode()

    page = bob.get(f"/tiket/{number}").content.decode()

    assert re.search(r"<strong>alice</strong>\s*sedang membuka tiket ini", page)
    assert "<strong>bob</strong>" in alice.get(f"/fragment/tiket/{number}/hadir?version=1").content.decode()


def test_who_left_is_no_longer_named(number: int, browser_of: Any) -> None:
    """A closed page is forgotten after a minute or so; one that stays open keeps asking."""
    with time_machine.travel(NOON, tick=False):
        alice, bob = browser_of("alice"), browser_of("bob")
        alice.get(f"/tiket/{number}")
    for second in (20, 40, 60, 80):
        with time_machine.travel(NOON + timedelta(seconds=second), tick=False):
            alice.get(f"/fragment/tiket/{number}/hadir?version=1")
    with time_machine.travel(NOON + timedelta(seconds=90), tick=False):
        assert "<strong>alice</strong>" in bob.get(f"/tiket/{number}").content.decode()
    with time_machine.travel(NOON + timedelta(seconds=80 + 76), tick=False):
        assert "<strong>alice</strong>" not in bob.get(f"/fragment/tiket/{number}/hadir?version=1").content.decode()


def test_who_only_reads_is_not_in_anybody_s_way(number: int, browser_of: Any) -> None:
    """An auditor sees who works on it and is not named; signing out ends one's own name at once."""
    browser_of("ayu").get(f"/tiket/{number}")
    alice = browser_of("alice")
    assert "sedang membuka" not in alice.get(f"/tiket/{number}").content.decode()
    assert "<strong>alice</strong>" in browser_of("ayu").get(f"/tiket/{number}").content.decode()

    alice.post("/keluar")

    assert "sedang membuka" not in browser_of("bob").get(f"/tiket/{number}").content.decode()


def test_another_department_learns_nothing_by_asking_who_looks(number: int, browser_of: Any) -> None:
    """For Charlie the ticket does not exist, and looking leaves no trace of him."""
    assert browser_of("charlie").get(f"/fragment/tiket/{number}/hadir?version=1").status_code == 404
    assert browser_of("charlie").get(f"/tiket/{number}").status_code == 404
    assert "sedang membuka" not in browser_of("alice").get(f"/tiket/{number}").content.decode()


def test_an_open_page_hears_that_the_ticket_has_moved_on(number: int, browser_of: Any) -> None:
    """Before Alice types a word she reads what Bob did; her own changes are no news to her."""
    alice = browser_of("alice")
    browser_of("bob").post(f"/tiket/{number}/accept", {"version": "1"})

    heard = alice.get(f"/fragment/tiket/{number}/hadir?version=1").content.decode()

    assert "sudah berubah" in heard
    assert "bob menerima" in heard
    assert "sudah berubah" not in alice.get(f"/fragment/tiket/{number}/hadir?version=2").content.decode()
    assert "sudah berubah" not in browser_of("bob").get(f"/fragment/tiket/{number}/hadir?version=1").content.decode()
    for odd in ("", "x", "-1", "9" * 30, "0"):
        assert alice.get(f"/fragment/tiket/{number}/hadir?version={odd}").status_code == 200


def test_a_stale_save_is_refused_with_what_changed_and_gives_the_words_back(
    number: int, store: Store, browser_of: Any, people: Any
) -> None:
    """Nothing is merged blindly: who, what from what to what, and the note that was typed."""
    bob = browser_of("bob")
    bob.post(f"/tiket/{number}/accept", {"version": "1"})
    bob.post(f"/tiket/{number}/note", {"version": "2", "note": "sudah saya telepon bengkel"})

    response = browser_of("alice").post(f"/tiket/{number}/finish", {"version": "1", "note": "ditambal kemarin"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "bob</strong> menerima" in page
    assert re.search(r"<del>Baru</del> → <ins>Diterima</ins>", page)
    assert "bob</strong> mencatat" in page
    assert ">ditambal kemarin</textarea>" in page
    assert store.ticket(people["alice"].actor, number).ticket.status == "diterima"
