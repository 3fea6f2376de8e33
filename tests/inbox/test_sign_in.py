"""Signing in, staying in, being put out: passwords, lock-out, sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.inbox.conftest import PASSWORD

MORNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def sign_in(browser: Any, name: str = "alice", password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/masuk", {"username": name, "password": password, **more})


def test_signing_in_opens_the_queue_under_a_new_session_id(browser_of: Any) -> None:
    """A session id that somebody planted beforehand is worth nothing after signing in."""
    browser = browser_of(None)
    browser.post("/bahasa", {"language": "id", "next": "/masuk"})
    before = browser.cookies["kentongan"].value

    response = sign_in(browser)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert browser.cookies["kentongan"].value != before
    assert browser.get("/").status_code == 200


def test_a_wrong_password_says_so_in_indonesian_and_keeps_the_name(browser_of: Any) -> None:
    """The person reads what to do, and does not learn whether the name exists."""
    wrong = sign_in(browser_of(None), password="salah").content.decode()
    nobody = sign_in(browser_of(None), name="tidak-ada").content.decode()

    assert "Nama pengguna atau sandi salah." in wrong
    assert 'value="alice"' in wrong
    assert wrong.count("sandi salah") == nobody.count("sandi salah")


def test_the_fifth_failure_locks_the_door_even_for_the_right_password(browser_of: Any, people: Any) -> None:
    """Guessing ends after five tries; another person at another name is not touched."""
    browser = browser_of(None)

    answers = [sign_in(browser, password=f"salah-{n}").status_code for n in range(5)]

    assert answers == [422, 422, 422, 422, 429]
    locked = sign_in(browser)
    assert locked.status_code == 429
    assert "Terlalu banyak percobaan" in locked.content.decode()
    assert int(locked["Retry-After"]) == 900
    assert sign_in(browser_of(None), name="bob").status_code == 302


def test_the_lock_opens_again_after_a_quarter_of_an_hour(browser_of: Any) -> None:
    """Nobody has to call the administrator because of a typing error."""
    with time_machine.travel(MORNING, tick=False) as clock:
        browser = browser_of(None)
        for n in range(5):
            sign_in(browser, password=f"salah-{n}")
        assert sign_in(browser).status_code == 429

        clock.shift(timedelta(minutes=16))

        assert sign_in(browser).status_code == 302


@pytest.mark.parametrize("wished", ["https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\example.org"])
def test_signing_in_never_leads_to_another_site(wished: str, browser_of: Any) -> None:
    """A link in a mail cannot use our sign-in page to send staff elsewhere."""
    assert sign_in(browser_of(None), next=wished)["Location"] == "/"


def test_signing_in_returns_to_the_page_that_was_asked_for(browser_of: Any) -> None:
    """Who opened a ticket from a notice lands on that ticket."""
    browser = browser_of(None)

    assert browser.get("/tiket/7")["Location"] == "/masuk?next=/tiket/7"
    assert sign_in(browser, next="/tiket/7")["Location"] == "/tiket/7"


def test_signing_out_ends_the_session_on_the_server(browser_of: Any) -> None:
    """A copied cookie is dead after signing out."""
    alice, thief = browser_of("alice"), browser_of(None)
    thief.cookies = alice.cookies.copy()
    assert thief.get("/").status_code == 200

    alice.post("/keluar")

    assert thief.get("/").status_code == 302


# --- limits ----------------------------------------------------------------------------------------


def test_half_an_hour_of_rest_ends_the_session(browser_of: Any) -> None:
    """A desk that was left alone locks itself, and says why."""
    with time_machine.travel(MORNING, tick=False) as clock:
        alice = browser_of("alice")
        clock.shift(timedelta(minutes=29))
        assert alice.get("/").status_code == 200
        clock.shift(timedelta(minutes=29))
        assert alice.get("/").status_code == 200

        clock.shift(timedelta(minutes=31))

        assert alice.get("/").status_code == 302
        assert "Sesi Anda berakhir" in alice.get("/masuk").content.decode()


def test_the_page_s_own_questions_do_not_keep_a_desk_open(browser_of: Any) -> None:
    """The live queue asks for news every few seconds; that is not a person at work."""
    with time_machine.travel(MORNING, tick=False) as clock:
        alice = browser_of("alice")
        for _ in range(3):
            clock.shift(timedelta(minutes=9))
            assert alice.get("/fragment/queue").status_code == 200

        clock.shift(timedelta(minutes=4))

        assert alice.get("/fragment/queue").status_code == 302


def test_twelve_hours_end_the_session_of_the_busiest(browser_of: Any) -> None:
    """However much somebody works, once a day they sign in."""
    with time_machine.travel(MORNING, tick=False) as clock:
        alice = browser_of("alice")
        for _ in range(36):
            assert alice.get("/").status_code == 200
            clock.shift(timedelta(minutes=20))

        clock.shift(timedelta(minutes=1))

        assert alice.get("/").status_code == 302


def test_disabling_a_person_ends_their_sessions_at_once(browser_of: Any, people: Any) -> None:
    """Who leaves the office is out with the next click, on every device."""
    from inbox.people import disable

    desk, phone, bob = browser_of("alice"), browser_of("alice"), browser_of("bob")
    assert desk.get("/").status_code == 200

    ended = disable("alice")

    assert ended == 2
    assert [b.get("/").status_code for b in (desk, phone, bob)] == [302, 302, 200]
    assert sign_in(browser_of(None)).status_code == 422


# --- the own password ------------------------------------------------------------------------------


def new_password(browser: Any, old: str, new: str, again: str | None = None) -> Any:
    return browser.post("/sandi", {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_a_one_time_password_has_to_be_changed_before_anything_else(browser_of: Any, people: Any) -> None:
    """The administrator's slip of paper opens one door only: the one to an own password."""
    people["alice"].must_change_password = True
    people["alice"].save()
    alice = browser_of("alice")
    for path in ("/", "/tiket/1", "/fragment/queue", "/lajur"):
        assert alice.get(path)["Location"] == "/sandi"
    assert alice.post("/tiket/1/accept", {"version": "1"})["Location"] == "/sandi"

    response = new_password(alice, PASSWORD, "ronda-malam-kampung-sewu")

    assert response["Location"] == "/"
    assert alice.get("/").status_code == 200
    assert sign_in(browser_of(None), password=PASSWORD).status_code == 422
    assert sign_in(browser_of(None), password="ronda-malam-kampung-sewu").status_code == 302


@pytest.mark.parametrize(("old", "new", "again", "said"), [
    ("bukan-itu", "ronda-malam-kampung", None, "Sandi lama tidak cocok"),
    (PASSWORD, PASSWORD, None, "harus berbeda"),
    (PASSWORD, "pendek", None, "12"),
    (PASSWORD, "password1234", None, "umum"),
    (PASSWORD, "839201748392", None, "angka"),
    (PASSWORD, "ronda-malam-kampung", "ronda-malam-kampong", "Dua bidang sandi tidak cocok"),
])
def test_a_weak_or_mistaken_new_password_is_refused_with_the_reason(
    old: str, new: str, again: str | None, said: str, browser_of: Any
) -> None:
    """Short, common, all digits, unchanged, mistyped: each is explained."""
    response = new_password(browser_of("alice"), old, new, again)

    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_new_password_ends_the_other_sessions_of_that_person(browser_of: Any) -> None:
    """Who fears that somebody knows the password changes it, and the other one is out."""
    desk, elsewhere = browser_of("alice"), browser_of("alice")
    assert elsewhere.get("/").status_code == 200

    new_password(desk, PASSWORD, "ronda-malam-kampung-sewu")

    assert desk.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
