"""The hand-over packet: everything that the body needs, nothing of who reported."""

from __future__ import annotations

from typing import Any

from domain import Author
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, open_case

TEXT = "Tiang listrik miring di Banjarsari, tolong. Hubungi 0812-3456-7890 atau @warga_uji"


def outside_case(store: Store, browser_of: Any) -> int:
    post = mention(TEXT, platform="instagram", account=ACCOUNT, at=NOON, author=Author("u9", "siti_uji", "Siti Uji"),
                   url="https://www.instagram.com/p/rahasia/")
    number = open_case(store, post, place="Banjarsari", words=("Tiang listrik",))
    browser_of("alice").post(f"/tiket/{number}/hand_over", {"version": "1", "to_department": "pln", "note": "tiang PLN"})
    return number


def test_the_packet_says_what_where_why_by_when_and_whom_to_call(store: Store, browser_of: Any) -> None:
    """A stranger at PLN can act on it."""
    number = outside_case(store, browser_of)

    page = browser_of("citra").get(f"/tiket/{number}/penerusan").content.decode()

    for said in (f"T-{number}", "PLN UP3 Surakarta", "Telepon 123", "Tiang listrik miring", "Banjarsari",
                 "pemerintah pusat", "02-11-2026 12.00 WIB"):
        assert said in page, said
    assert f"/tiket/{number}/penerusan" in browser_of("citra").get(f"/tiket/{number}").content.decode()


def test_the_packet_tells_nothing_of_the_reporter(store: Store, browser_of: Any) -> None:
    """No name, handle, number, nor a link that leads to them."""
    page = browser_of("citra").get(f"/tiket/{outside_case(store, browser_of)}/penerusan").content.decode()

    for secret in ("Siti", "siti_uji", "warga_uji", "0812", "/p/rahasia", "instagram.com"):
        assert secret not in page


def test_who_may_not_see_the_ticket_may_not_see_the_packet(store: Store, browser_of: Any) -> None:
    """Charlie's desk has nothing to do with it."""
    assert browser_of("charlie").get(f"/tiket/{outside_case(store, browser_of)}/penerusan").status_code == 404


def test_a_body_that_is_not_in_the_list_is_named_by_the_note(store: Store, browser_of: Any) -> None:
    """Not the own office: a letter to oneself helps nobody."""
    number = open_case(store, "Lampu taman perumahan padam di Banjarsari, tolong")
    browser_of("alice").post(f"/tiket/{number}/hand_over", {
        "version": "1", "to_department": "-", "note": "Pengelola Perumahan Melati, hub. 0812-3456-7890"})

    page = browser_of("alice").get(f"/tiket/{number}/penerusan").content.decode()

    assert "Kepada      Pengelola Perumahan Melati, hub. [phone]" in page
    assert "Kontak      belum ada, perlu diisi petugas" in page
    assert "Wewenang    belum jelas\n" in page


def test_a_ticket_of_this_house_has_no_packet(store: Store, browser_of: Any) -> None:
    """Nothing is handed over that stays here."""
    number = open_case(store, "Jalan berlubang di Banjarsari, tolong")

    response = browser_of("alice").get(f"/tiket/{number}/penerusan")

    assert response.status_code == 404
