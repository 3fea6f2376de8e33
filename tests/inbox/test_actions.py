"""What staff do to tickets: each action by its form, who was first, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from domain import StoreBusy, StoreFault
from inbox.desk import Desk, desk, set_up
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.inbox.casework import open_case

FAR = NOON.replace(year=2030)


@pytest.fixture
def number(store: Store) -> int:
    return open_case(store, "Jalan berlubang di depan Pasar Legi")


def ticket(store: Store, people: Any, number: int, name: str = "alice") -> Any:
    return store.ticket(people[name].actor, number).ticket


def test_a_ticket_goes_its_way_by_its_buttons(number: int, store: Store, browser_of: Any, people: Any) -> None:
    """Accept, start, finish, reopen: each moves the ticket on and is written down with its person."""
    alice = browser_of("alice")

    for version, (verb, status) in enumerate([("accept", "diterima"), ("start", "dikerjakan"), ("finish", "selesai"),
                                              ("reopen", "baru")], start=1):
        response = alice.post(f"/tiket/{number}/{verb}", {"version": str(version), "note": "sudah dicek"})
        assert (response.status_code, response["Location"]) == (302, f"/tiket/{number}")
        assert ticket(store, people, number).status == status

    history = store.ticket(people["alice"].actor, number).history
    assert [(entry.actor, entry.verb) for entry in history[1:]] == [
        ("alice", "accept"), ("alice", "start"), ("alice", "finish"), ("alice", "reopen")]
    page = alice.get(f"/tiket/{number}").content.decode()
    assert "mulai mengerjakan" in page
    assert "sudah dicek" in page


def test_only_what_is_possible_is_offered(number: int, browser_of: Any) -> None:
    """A new ticket can be accepted and not finished; an accepted one the other way round."""
    alice = browser_of("alice")
    fresh = alice.get(f"/tiket/{number}").content.decode()
    alice.post(f"/tiket/{number}/accept", {"version": "1"})
    accepted = alice.get(f"/tiket/{number}").content.decode()

    assert f'action="/tiket/{number}/accept"' in fresh
    assert f'action="/tiket/{number}/finish"' not in fresh
    assert f'action="/tiket/{number}/accept"' not in accepted
    assert f'action="/tiket/{number}/finish"' in accepted


def test_accepting_in_the_queue_returns_to_the_same_list(number: int, browser_of: Any) -> None:
    """One key accepts; the filters stay as they were; a short line says what happened."""
    alice = browser_of("alice")

    response = alice.post(f"/tiket/{number}/accept", {"version": "1", "next": "/?status=baru&cari=Legi"})

    assert response["Location"] == "/?status=baru&cari=Legi"
    assert f"T-{number}: Tiket diterima." in alice.get("/").content.decode()
    assert f"T-{number}: Tiket diterima." not in alice.get("/").content.decode()


@pytest.mark.parametrize("version", ["1", "", "x", "99"])
def test_a_stale_form_is_refused_and_says_who_was_first(
    version: str, number: int, store: Store, browser_of: Any, people: Any
) -> None:
    """Bob's click does not overwrite Alice's; he reads that she was first and gets a link."""
    browser_of("alice").post(f"/tiket/{number}/accept", {"version": "1"})

    response = browser_of("bob").post(f"/tiket/{number}/reject", {"version": version, "reason": "ganda"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Sudah diubah orang lain" in page
    assert "alice" in page
    assert f'href="/tiket/{number}"' in page
    assert ticket(store, people, number).status == "diterima"


@pytest.mark.parametrize("reason", ["", "bukan-dari-daftar"])
def test_rejecting_without_a_listed_reason_is_refused(
    reason: str, number: int, store: Store, browser_of: Any, people: Any
) -> None:
    """The form comes back open, with the note still in it, and the ticket is untouched."""
    response = browser_of("alice").post(f"/tiket/{number}/reject",
                                        {"version": "1", "reason": reason, "note": "catatan saya"})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert "Pilih alasan penolakan dari daftar." in page
    assert "catatan saya" in page
    assert ticket(store, people, number).version == 1


def test_rejecting_with_a_reason_can_be_found_and_undone(number: int, store: Store, browser_of: Any, people: Any) -> None:
    """Nothing is lost by a rejection: it has its own list and a way back."""
    alice = browser_of("alice")
    alice.post(f"/tiket/{number}/reject", {"version": "1", "reason": "ganda"})
    assert "Pasar Legi" not in alice.get("/").content.decode()
    assert "Pasar Legi" in alice.get("/?status=ditolak").content.decode()
    assert "Laporan ganda" in alice.get(f"/tiket/{number}").content.decode()

    alice.post(f"/tiket/{number}/reopen", {"version": "2", "note": "ternyata lain tempat"})

    assert ticket(store, people, number).status == "baru"


def test_rerouting_moves_the_ticket_tells_the_new_desk_and_keeps_the_clock(
    number: int, store: Store, browser_of: Any, people: Any
) -> None:
    """The ticket leaves this desk with its due date; the new department is told without the citizen's words."""
    before = ticket(store, people, number)

    response = browser_of("alice").post(f"/tiket/{number}/reroute", {
        "version": "1", "to_department": "dishub-solo", "note": "marka, bukan aspal"})

    after = ticket(store, people, number, "citra")
    assert response["Location"] == "/"
    assert (after.department, after.due_at) == ("dishub-solo", before.due_at)
    assert browser_of("alice").get(f"/tiket/{number}").status_code == 404
    events = [due.event for due in store.due_events(10, now=FAR)]
    assert [event.ticket for event in events] == [number]
    assert "Pasar Legi" not in repr(events)


def test_handing_over_asks_for_a_note_and_stays_tracked(number: int, store: Store, browser_of: Any, people: Any) -> None:
    """What another body has to do is handed over with words, and is still somebody's to watch."""
    alice = browser_of("alice")
    assert alice.post(f"/tiket/{number}/hand_over", {"version": "1"}).status_code == 422

    alice.post(f"/tiket/{number}/hand_over", {"version": "1", "to_department": "pln", "note": "tiang listrik miring"})

    handed = ticket(store, people, number, "citra")
    assert (handed.department, handed.status) == ("pln", "diteruskan")
    assert "Pasar Legi" in browser_of("citra").get("/?status=diteruskan").content.decode()


def test_asking_and_noting_keep_their_words(number: int, browser_of: Any) -> None:
    """What is to be asked of the citizen, and what a colleague should know, stand in the history."""
    alice = browser_of("alice")

    alice.post(f"/tiket/{number}/ask", {"version": "1", "note": "di dekat toko apa?"})
    alice.post(f"/tiket/{number}/note", {"version": "2", "note": "sudah pernah ada tahun lalu"})

    page = alice.get(f"/tiket/{number}").content.decode()
    assert "di dekat toko apa?" in page
    assert "sudah pernah ada tahun lalu" in page


def test_a_note_s_markup_stays_text(number: int, browser_of: Any) -> None:
    """What colleagues type is escaped like what citizens type."""
    alice = browser_of("alice")

    alice.post(f"/tiket/{number}/note", {"version": "1", "note": "<script>alert(1)</script>{{ 7*7 }}"})

    page = alice.get(f"/tiket/{number}").content.decode()
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page


# --- when the store cannot -------------------------------------------------------------------------


class Faulty:
    """The store, with one verb that fails as the real one does when the lock is held or the disk is full."""

    def __init__(self, store: Store, error: Exception, *verbs: str) -> None:
        self._store, self._error, self._verbs = store, error, verbs

    def __getattr__(self, name: str) -> Any:
        if name in self._verbs:
            return self._fail
        return getattr(self._store, name)

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise self._error


@pytest.mark.parametrize(("error", "said"), [
    (StoreBusy("locked"), "Sedang sibuk, coba lagi"), (StoreFault("disk full"), "Belum dapat menyimpan")])
def test_a_store_that_cannot_write_says_what_to_do(
    error: Exception, said: str, number: int, store: Store, browser_of: Any, people: Any
) -> None:
    """Busy or full: nothing half saved, a page in Indonesian, no technical words."""
    alice = browser_of("alice")
    set_up(Desk(desk().settings, desk().rules, Faulty(store, error, "apply")))

    response = alice.post(f"/tiket/{number}/accept", {"version": "1"})

    assert response.status_code == 503
    assert said in response.content.decode()
    assert str(error) not in response.content.decode()
    assert ticket(store, people, number).status == "baru"


def test_an_error_of_ours_is_a_plain_page_without_a_trace(number: int, store: Store, browser_of: Any) -> None:
    """Staff read that the fault is ours; the details stand in the log."""
    browser = browser_of("alice", raise_request_exception=False)
    set_up(Desk(desk().settings, desk().rules, Faulty(store, RuntimeError("boom in line 7"), "tickets")))

    response = browser.get("/")

    page = response.content.decode()
    assert response.status_code == 500
    assert "Terjadi kesalahan" in page
    assert "boom" not in page
    assert "Traceback" not in page


def test_the_store_is_asked_as_the_person(number: int, store: Store, people: Any) -> None:
    """The desk holds no wider view of its own: what Charlie may not see, his queue cannot hold."""
    assert store.tickets(people["charlie"].actor, TicketQuery()) == []
