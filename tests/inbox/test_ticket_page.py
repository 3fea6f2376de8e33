"""The ticket page: what it shows, what it hides, and the one look behind the masks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from domain import Author, Event, Media
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, answer, delete_at_source, keep_in_lane, open_case, retell

TEXT = ("Paving jebol di Banjarsari, tadi ada yang jatuh. Hubungi 0812-3456-7890 atau @warga_uji, "
        "motor AD 4821 KX, siti@surat.example.id. Tolong @pemkot_contoh")
AUTHOR = Author("u77", "warga_uji_akun", "Siti Uji")


def post(text: str = TEXT, **given: Any) -> Any:
    return mention(text, platform="instagram", account=ACCOUNT, at=NOON, author=AUTHOR, **given)


def a_case(store: Store, **given: Any) -> int:
    return open_case(store, post(**given), words=("Paving jebol",), urgency="tinggi", urgent=("jatuh",),
                     place="Banjarsari", pii=(("phone", "0812-3456-7890"),))


def test_the_words_that_decided_are_marked_each_in_its_kind(store: Store, browser_of: Any) -> None:
    """The reviewer sees at a glance which words made topic, place and urgency."""
    page = browser_of("alice").get(f"/tiket/{a_case(store)}").content.decode()

    marks = dict(re.findall(r'<mark class="m-(\w+) " title="[^"]*">([^<]*)</mark>', page))
    assert marks == {"topic": "Paving jebol", "place": "Banjarsari", "urgency": "jatuh"}
    assert page.count('<p class="legend">') == 1


def test_the_reason_card_says_rule_words_place_arithmetic_and_runner_up(store: Store, browser_of: Any) -> None:
    """Why this desk: everything that a reviewer would ask for stands on one card."""
    page = browser_of("alice").get(f"/tiket/{a_case(store)}").content.decode()
    card = page[page.index('id="why-title"'):page.index('id="history-title"')]

    for said in ("DPUPR Kota Surakarta", "82 %", "Dishub Kota Surakarta", "71 %", "jalan-kota", "cafe0123",
                 "Jalan dan jembatan", "33.72.02", "satu-satunya di Surakarta", "jatuh", "+0.60", "jumlah bobot"):
        assert said in card


def test_a_wrong_reading_is_set_right_beside_the_reading(store: Store, browser_of: Any, people: Any) -> None:
    """The machine's word stays to be seen, the person's stands under it; clocks and desk are what they were."""
    number, alice = a_case(store), browser_of("alice")
    before = store.ticket(people["alice"].actor, number).ticket
    assert f"/tiket/{number}/set_urgency" not in browser_of("ayu").get(f"/tiket/{number}").content.decode()

    alice.post(f"/tiket/{number}/set_urgency", {"version": "1", "value": "normal"})
    page = alice.get(f"/tiket/{number}").content.decode()
    card = page[page.index('id="why-title"'):page.index('id="history-title"')]

    after = store.ticket(people["alice"].actor, number)
    assert (after.ticket.urgency, after.ticket.due_at, after.ticket.department) == ("normal", before.due_at, before.department)
    assert (after.history[-1].before, after.history[-1].after) == ({"urgency": "tinggi"}, {"urgency": "normal"})
    assert "<b>Tinggi</b>" in card
    assert "kini, diubah petugas: <b>Normal</b>" in card
    assert alice.post(f"/tiket/{number}/set_urgency", {"version": "2", "value": "normal"}).status_code == 422
    assert store.verify() == []


def test_the_clock_names_date_zone_and_its_rule(store: Store, browser_of: Any) -> None:
    """The due date stands in the office's time, with the law that it comes from."""
    page = browser_of("alice").get(f"/tiket/{a_case(store)}").content.decode()

    assert "7 Nov 2026 12.00 WIB" in page
    assert "Peraturan contoh, pasal 7" in page
    assert "belum diverifikasi" in page


def test_personal_data_and_the_author_are_masked_by_default(store: Store, browser_of: Any) -> None:
    """Opening a ticket shows no number, handle, address or name of a citizen, not even in the page's source."""
    alice = browser_of("alice")
    number = a_case(store)

    for path in (f"/tiket/{number}", "/", "/fragment/queue"):
        page = alice.get(path).content.decode()
        for secret in ("0812-3456-7890", "@warga_uji", "AD 4821 KX", "siti@surat", "Siti Uji", "warga_uji_akun"):
            assert secret not in page
        assert "@pemkot_contoh" in page


def test_unmasking_asks_for_a_reason_shows_once_and_is_recorded(store: Store, browser_of: Any, people: Any) -> None:
    """Who looked at whose data, when and why, stands in the history for good."""
    alice = browser_of("alice")
    number = a_case(store)

    page = alice.post(f"/tiket/{number}/data-pribadi", {"reason": "memastikan alamat lewat telepon"}).content.decode()

    for open_now in ("0812-3456-7890", "@warga_uji", "AD 4821 KX", "Siti Uji", "@warga_uji_akun"):
        assert open_now in page
    entry = store.ticket(people["alice"].actor, number).history[-1]
    assert (entry.actor, entry.verb, entry.reason) == ("alice", "view", "memastikan alamat lewat telepon")
    again = alice.get(f"/tiket/{number}").content.decode()
    assert "0812-3456-7890" not in again
    assert "membuka data pribadi" in again
    assert "<ins>data pribadi</ins>" in again


@pytest.mark.parametrize("reason", ["", "    ", "abc"])
def test_unmasking_without_a_reason_is_refused_and_leaves_no_trace(
    reason: str, store: Store, browser_of: Any, people: Any
) -> None:
    """No reason, no look."""
    number = a_case(store)

    response = browser_of("alice").post(f"/tiket/{number}/data-pribadi", {"reason": reason})

    assert response.status_code == 422
    assert "0812-3456-7890" not in response.content.decode()
    assert [entry.verb for entry in store.ticket(people["alice"].actor, number).history] == ["open"]


def test_what_staff_type_into_the_history_is_masked_as_well(store: Store, browser_of: Any) -> None:
    """A phone number in a note is as private as one in a post."""
    alice = browser_of("alice")
    number = a_case(store)

    alice.post(f"/tiket/{number}/note", {"version": "1", "note": "sudah ditelepon di 081298765432"})

    page = alice.get(f"/tiket/{number}").content.decode()
    assert "sudah ditelepon di" in page
    assert "081298765432" not in page


def test_the_legend_names_the_colours_that_are_to_be_seen(store: Store, browser_of: Any) -> None:
    """A word that counts twice has one colour; no colour is explained that the text does not show."""
    number = open_case(store, post(), words=("Paving jebol",), urgency="tinggi", urgent=("Paving jebol", "jatuh"))

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    legend = page[page.index('class="legend"'):]
    assert re.findall(r'class="m-(\w+)"', legend[:legend.index("</p>")]) == ["urgency"]


def test_a_long_story_says_how_many_of_its_posts_are_listed(store: Store, browser_of: Any) -> None:
    """Fifty rows are not passed off as the whole of sixty."""
    original = post(key="instagram:post:viral")
    number = open_case(store, original)
    retell(store, original, times=60)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    assert re.search(r'Kiriman lain dalam perkara ini <span class="count">60</span>', page)
    assert "50 yang terbaru ditampilkan." in page


def test_the_reporters_answer_stands_below_the_post_with_its_place(store: Store, browser_of: Any) -> None:
    """Staff see that the question is answered, where it is, and which desk the place points to; the number is hidden."""
    original = post(key="instagram:post:tanya", text="jalan depan rumah bolong")
    number = open_case(store, original)
    answer(store, original, "di Banjarsari bu, telepon 0812-3456-7890", place="Banjarsari", author=AUTHOR)
    answer(store, original, "saya juga lewat Laweyan", place="Laweyan")

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    card = page[page.index('id="additions-title"'):page.index('id="act-title"')]
    assert card.count("Jawaban pelapor") == 1
    assert card.count("Warga lain") == 1
    assert '<span class="place">Banjarsari</span>' in card
    assert "0812" not in page
    assert "Banjarsari" in page[:page.index('id="post-title"')]
    history = page[page.index('id="history-title"'):]
    assert "jawaban pelapor menyebut tempat" in history
    assert "Dishub Kota Surakarta" in history


def test_a_deleted_answer_shows_its_fact_and_not_its_words(store: Store, browser_of: Any) -> None:
    """Its author took it back: that somebody answered stays."""
    original = post(key="instagram:post:tanya2", text="jalan depan rumah bolong")
    number = open_case(store, original)
    said = answer(store, original, "di gang mawar Banjarsari", place="Banjarsari", author=AUTHOR)
    delete_at_source(store, said.key)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    assert "gang mawar" not in page
    assert "jawaban pelapor menyebut tempat" in page


def test_spread_and_copies_are_shown_without_their_authors(store: Store, browser_of: Any) -> None:
    """How often the story was told, hour by hour, and by which posts."""
    original = post(url="https://www.instagram.com/p/abc/")
    number = open_case(store, original)
    retell(store, original, times=3)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    assert "4 kiriman" in page
    assert page.count('class="chart-bar"') == 4
    assert page.count("· bagikan ulang ·") == 3
    assert "warga_" not in re.sub(r"@?pemkot_contoh", "", page)


@pytest.mark.parametrize(("url", "shown"), [
    ("https://www.instagram.com/p/abc/", "https://www.instagram.com/p/abc/"),
    ("https://x.com/warga_uji/status/123456", "https://x.com/i/status/123456"),
    ("https://twitter.com/warga_uji/status/123456?s=20", "https://x.com/i/status/123456"),
    ("http://www.instagram.com/p/abc/", None),
    ("https://instagram.com.evil.example/p/abc/", None),
    ("https://user@x.com/a/status/1", None),
    ("javascript:alert(1)", None),
    ("https://[broken", None),
    (None, None),
])
def test_the_source_link_goes_to_known_platforms_only(url: str | None, shown: str | None, store: Store,
                                                      browser_of: Any) -> None:
    """A link leads to the post, carries nothing along, and does not name the author."""
    page = browser_of("alice").get(f"/tiket/{open_case(store, post(url=url))}").content.decode()

    links = re.findall(r'href="(https?:[^"]*)" target="_blank" rel="noopener noreferrer"', page)
    assert set(links) == ({shown} if shown else set())


def test_pictures_are_listed_and_never_loaded(store: Store, browser_of: Any) -> None:
    """The vantage point of a photo can give a reporter away; it stays behind a warning."""
    number = open_case(store, post(media=(Media("photo", "https://cdn.example/a.jpg", "lubang"), Media("video"))))

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    assert page.count("ditahan, tidak dimuat") == 2
    assert "cdn.example" not in page
    assert "lubang" in page


def test_a_post_deleted_by_its_author_is_gone_and_the_ticket_stays(store: Store, browser_of: Any) -> None:
    """The text is no longer shown anywhere; number, topic and clocks remain."""
    original = post(url="https://www.instagram.com/p/abc/")
    number = open_case(store, original, words=("Paving jebol",))

    delete_at_source(store, original.key, now=NOON + timedelta(hours=1))

    alice = browser_of("alice")
    page = alice.get(f"/tiket/{number}").content.decode()
    assert "dihapus penulis" in page
    assert "Paving jebol" not in page
    assert "instagram.com" not in page
    assert "Jalan dan jembatan" in page
    assert "dihapus penulis" in alice.get("/").content.decode()


def test_a_huge_text_is_cut_with_a_note(store: Store, browser_of: Any) -> None:
    """A post of 100,000 signs does not break the page."""
    number = open_case(store, post("lubang jalan " * 8_000))

    response = browser_of("alice").get(f"/tiket/{number}")

    assert len(response.content) < 60_000
    assert "Teks dipotong pada 5.000 karakter" in response.content.decode()


def test_lanes_show_masked_texts_with_their_reason(store: Store, browser_of: Any) -> None:
    """What became no ticket can be looked through by a coordinator, without names and numbers."""
    keep_in_lane(store, "Sandal hilang di masjid, kabari 081234567890")
    keep_in_lane(store, "Terima kasih, jalannya mulus", lane="praise")
    citra = browser_of("citra")

    page = citra.get("/lajur").content.decode()

    assert "Sandal hilang di masjid" in page
    assert "081234567890" not in page
    assert "barang hilang: arahkan ke polisi" in page
    assert "Terima kasih" not in citra.get("/lajur?lajur=trivial").content.decode()


def test_the_history_says_who_was_called_out(store: Store, browser_of: Any) -> None:
    """Whoever asks in the morning why nobody came reads whom the machine called, and when."""
    number = a_case(store)
    store.call([Event(f"T-{number}|page|1|log:piket-kota", "log", "piket-kota", number, "s", "b")], now=NOON)

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    history = page[page.index('id="history-title"'):]
    assert "memanggil petugas piket" in history
    assert "log:piket-kota" in history
