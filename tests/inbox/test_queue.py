"""The queue: filters, pages, counters, the live fragment, empty lists."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, open_case


def numbers(browser: Any, path: str) -> list[int]:
    """Ticket numbers in the order of the list."""
    return [int(n) for n in re.findall(r'data-ticket="(\d+)"', browser.get(path).content.decode())]


@pytest.fixture
def three(store: Store) -> tuple[int, int, int]:
    hole = open_case(store, "Jalan berlubang di Jebres", place="Jebres", due_in=timedelta(days=3))
    bridge = open_case(store, "Jembatan roboh di Laweyan", urgency="darurat", urgent=("roboh",),
                       due_in=timedelta(days=1))
    aid = open_case(store, "Bansos belum cair", topic="bansos", due_in=timedelta(days=2))
    return hole, bridge, aid


def test_the_nearest_due_date_comes_first(three: tuple[int, int, int], browser_of: Any) -> None:
    """What the law wants soonest stands on top."""
    hole, bridge, aid = three

    assert numbers(browser_of("alice"), "/") == [bridge, aid, hole]


def test_each_filter_narrows_the_list(three: tuple[int, int, int], browser_of: Any) -> None:
    """Urgency, topic, words, status, department: alone and together."""
    hole, bridge, aid = three
    alice = browser_of("alice")

    assert numbers(alice, "/?urgensi=darurat") == [bridge]
    assert numbers(alice, "/?topik=bansos") == [aid]
    assert numbers(alice, "/?cari=jalan+jebres") == [hole]
    assert numbers(alice, "/?cari=jebres&urgensi=darurat") == []
    assert numbers(alice, "/?status=selesai") == []
    assert numbers(browser_of("citra"), "/?dinas=dinsos-jateng") == []
    assert sorted(numbers(browser_of("citra"), "/?dinas=dpupr-solo")) == sorted(three)


def test_another_department_in_the_address_is_ignored(three: tuple[int, int, int], browser_of: Any) -> None:
    """Alice cannot widen her list by editing the address."""
    assert numbers(browser_of("charlie"), "/?dinas=dpupr-solo") == []


def test_a_row_says_number_urgency_topic_place_size_age_and_due_date(store: Store, browser_of: Any) -> None:
    """Everything to decide by, without opening the ticket."""
    from django.utils import timezone

    now = timezone.now() - timedelta(hours=3, minutes=5)
    number = open_case(store, "Jalan berlubang di Jebres", place="Jebres", urgency="tinggi", now=now,
                       due_in=timedelta(hours=9))

    row = browser_of("alice").get("/").content.decode()

    for said in (f"T-{number}", "Tinggi", "Jalan dan jembatan", "Jebres", "Instagram", "3 jam", "sisa 5 jam", "d-near"):
        assert said in row


def test_fifty_rows_a_page_and_every_ticket_once(store: Store, browser_of: Any) -> None:
    """Going on shows the rest, without gap or double."""
    made = [open_case(store, f"Jalan berlubang nomor {n}", due_in=timedelta(hours=n)) for n in range(1, 62)]
    alice = browser_of("alice")

    first = numbers(alice, "/")
    onward = re.search(r'rel="next" href="([^"]+)"', alice.get("/").content.decode())
    assert onward
    second = numbers(alice, onward[1].replace("&amp;", "&"))

    assert len(first) == 50
    assert first + second == made
    assert 'rel="next"' not in alice.get(onward[1]).content.decode()


def test_counters_say_how_many_stand_where(three: tuple[int, int, int], browser_of: Any) -> None:
    """Each status carries its number; what is to be handled carries the sum."""
    alice = browser_of("alice")
    alice.post(f"/tiket/{three[0]}/accept", {"version": "1"})
    alice.post(f"/tiket/{three[1]}/reject", {"version": "1", "reason": "ganda"})

    page = alice.get("/").content.decode()

    found = dict(re.findall(r'>\s*([A-Z][a-z ]+) <span class="count">(\d+)</span>', page))
    assert {k: found[k] for k in ("Perlu ditangani", "Baru", "Diterima", "Ditolak", "Semua")} == {
        "Perlu ditangani": "2", "Baru": "1", "Diterima": "1", "Ditolak": "1", "Semua": "3"}


def test_the_live_fragment_answers_only_when_something_changed(store: Store, browser_of: Any) -> None:
    """A desk that looks every few seconds costs nothing while nothing happens, and sees a new ticket at once."""
    import time_machine

    alice = browser_of("alice")
    with time_machine.travel(NOON, tick=False):
        alice = browser_of("alice")
        open_case(store, "Jalan berlubang di Jebres")
        page = alice.get("/fragment/queue").content.decode()
        mark = re.search(r'data-mark="(\w+)"', page)
        assert mark
        assert "<html" not in page
        assert alice.get(f"/fragment/queue?tanda={mark[1]}").status_code == 204

        fresh = open_case(store, "Aspal rusak di Laweyan")

        response = alice.get(f"/fragment/queue?tanda={mark[1]}")
        assert response.status_code == 200
        assert f'data-ticket="{fresh}"' in response.content.decode()


def test_an_open_queue_reads_no_list_while_nothing_was_written(store: Store, browser_of: Any, monkeypatch: Any) -> None:
    """Fifty open tabs ask who wrote last and nothing else; another person, list or minute is another question."""
    import time_machine

    read: list[str] = []
    tickets = store.tickets
    monkeypatch.setattr(store, "tickets", lambda actor, query: read.append(actor.name) or tickets(actor, query))
    with time_machine.travel(NOON, tick=False) as clock:
        alice, citra = browser_of("alice"), browser_of("citra")
        open_case(store, "Jalan berlubang di Jebres")
        marks = {who: re.findall(r'data-mark="(\w+)"', client.get("/").content.decode())[0]
                 for who, client in (("alice", alice), ("citra", citra))}
        read.clear()
        for _ in range(3):
            assert alice.get(f"/fragment/queue?tanda={marks['alice']}").status_code == 204
        assert read == []

        assert alice.get(f"/fragment/queue?status=ditolak&tanda={marks['alice']}").status_code == 200
        open_case(store, "Lampu padam", department="dinsos-jateng")
        assert alice.get(f"/fragment/queue?tanda={marks['alice']}").status_code == 204
        assert alice.get(f"/fragment/queue?tanda={marks['alice']}").status_code == 204
        assert citra.get(f"/fragment/queue?tanda={marks['citra']}").status_code == 200
        assert read == ["alice", "alice", "citra"]
        clock.shift(60)
        assert alice.get(f"/fragment/queue?tanda={marks['alice']}").status_code == 200


def test_accepting_from_a_live_row_returns_to_the_page_and_not_to_the_fragment(store: Store, browser_of: Any) -> None:
    """A row that arrived live behaves like any other."""
    open_case(store, "Jalan berlubang di Jebres")

    page = browser_of("alice").get("/fragment/queue?status=baru").content.decode()

    assert 'name="next" value="/?status=baru"' in page


@pytest.mark.parametrize(("path", "said"), [
    ("/", "Semua sudah ditangani"), ("/?cari=tidak-ada", "Tidak ada yang cocok"), ("/?status=selesai", "Belum ada tiket")])
def test_an_empty_list_says_why_and_what_to_do(path: str, said: str, browser_of: Any) -> None:
    """No bare page: done for today, nothing matches, or nothing yet."""
    assert said in browser_of("alice").get(path).content.decode()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.sampled_from(["status", "topik", "urgensi", "dinas", "cari", "sebelum", "tanda", "tempat", "kanal", "dari",
                                                "sampai", "petugas"]),
                              st.text(max_size=40)))
def test_no_filter_whatever_is_typed_breaks_the_page(values: dict[str, str], store: Store, browser_of: Any) -> None:
    """Quotes, operators, emoji, control signs: the list answers, with rows or without."""
    browser = browser_of("alice")

    assert browser.get("/", values).status_code == 200


@pytest.fixture
def placed(store: Store) -> dict[str, int]:
    """One ticket a place, on two platforms, a day apart."""
    day = timedelta(days=1)
    rows = {"jebres": ("Jalan berlubang di Jebres", "Jebres", NOON), "nowhere": ("Jalan berlubang lagi", "", NOON + day)}
    return {name: open_case(store, mention(text, platform="instagram", account=ACCOUNT, at=at), place=place, now=at)
            for name, (text, place, at) in rows.items()}


def test_place_platform_and_days_narrow_the_list(placed: dict[str, int], browser_of: Any) -> None:
    """The filters behind the fold, alone, together, and with words."""
    alice = browser_of("alice")
    jebres, nowhere = placed["jebres"], placed["nowhere"]
    day, next_day = (f"{at:%Y-%m-%d}" for at in (NOON, NOON + timedelta(days=1)))

    assert numbers(alice, "/?tempat=33.72") == numbers(alice, "/?tempat=33.72.02") == [jebres]
    assert numbers(alice, "/?tempat=33.72.01") == []
    assert numbers(alice, "/?kanal=instagram") == [jebres, nowhere]
    assert numbers(alice, f"/?dari={next_day}") == [nowhere]
    assert numbers(alice, f"/?sampai={day}") == [jebres]
    assert numbers(alice, f"/?dari={day}&sampai={next_day}&cari=lagi") == [nowhere]
    assert numbers(alice, "/?petugas=saya") == []


@pytest.mark.parametrize("query", ["tempat=99.99", "tempat=33.72'--", "kanal=myspace", "dari=kemarin",
                                   "sampai=2026-02-31", "petugas=charlie", "petugas=oki", "topik=tidak-ada", "dari=9999-12-31x"])
def test_a_filter_that_does_not_exist_narrows_nothing(query: str, placed: dict[str, int], browser_of: Any) -> None:
    """An old or mistyped link shows the whole list rather than a wrong one; nobody asks for whom another desk's staff work."""
    assert numbers(browser_of("alice"), f"/?{query}") == list(placed.values())


def test_the_last_day_of_the_calendar_is_a_day(placed: dict[str, int], browser_of: Any) -> None:
    """Whatever a date field can hold gives a list."""
    assert numbers(browser_of("alice"), "/?sampai=9999-12-31") == list(placed.values())
    assert numbers(browser_of("alice"), "/?dari=9999-12-31&sampai=0001-01-01") == []


def test_choices_carry_what_they_would_find(three: tuple[int, int, int], browser_of: Any) -> None:
    """Topic and urgency say how many tickets each choice has, given the other; the tabs follow."""
    page = browser_of("alice").get("/?urgensi=normal").content.decode()

    options = dict(re.findall(r"<option[^>]*>([A-Z][^<(]+) \((\d+)\)</option>", page))
    assert {k: options[k] for k in ("Jalan dan jembatan", "Bantuan sosial", "Lainnya", "Darurat", "Normal", "Tinggi")} == {
        "Jalan dan jembatan": "1", "Bantuan sosial": "1", "Lainnya": "0", "Darurat": "1", "Normal": "2", "Tinggi": "0"}
    assert re.search(r'Perlu ditangani <span class="count">2<', page)


def test_what_the_counters_do_not_know_is_counted_up_to_a_limit(
    three: tuple[int, int, int], browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search says how many it found; beyond the limit it says so instead of counting a million."""
    alice = browser_of("alice")
    assert "1 tiket cocok" in alice.get("/?cari=jebres").content.decode()
    assert "tiket cocok" not in alice.get("/").content.decode()

    monkeypatch.setattr("inbox.views.queue.COUNTED_TO", 1)

    assert "Lebih dari 1 tiket cocok" in alice.get("/?dari=2020-01-01").content.decode()


def test_places_go_down_step_by_step(office: Any) -> None:
    """A city's people choose among its kecamatan; who chose one sees its kelurahan and the way back up."""
    from inbox.areas import choices

    city, province, both = ["dpupr-solo"], ["dinsos-jateng"], ["dpupr-solo", "dinsos-jateng"]

    assert [name for _, name, _ in choices(office, city, "")] == [
        "Banjarsari", "Jebres", "Laweyan", "Pasar Kliwon", "Serengan"]
    assert len(choices(office, province, "")) == 35
    assert choices(office, both, "") == choices(office, province, "")
    below = choices(office, province, "33.72.04")
    assert [(name, depth) for _, name, depth in below[:3]] == [
        ("Jawa Tengah", 0), ("Kota Surakarta", 1), ("Jebres", 2)]
    assert all(code.startswith("33.72.04.") and depth == 3 for code, _, depth in below[3:])
    assert choices(office, city, "33.01")[0] == ("33.01", "Kabupaten Cilacap", 0)


def test_a_saved_view_is_kept_as_filters_and_is_its_owner_s(three: tuple[int, int, int], browser_of: Any) -> None:
    """What the address says is read anew: nothing that is no filter is kept, and nobody else sees the name."""
    alice, bob = browser_of("alice"), browser_of("bob")

    alice.post("/tampilan", {"name": " Darurat  saja ", "query": "?urgensi=darurat&x=<script>&sebelum=3&dinas=triage"})

    page = alice.get("/").content.decode()
    assert 'href="/?urgensi=darurat" >Darurat saja</a>' in page
    assert "aria-current=\"true\">Darurat saja" in alice.get("/?urgensi=darurat").content.decode()
    assert "Darurat saja" not in bob.get("/").content.decode()
    bob.post("/tampilan/hapus", {"name": "Darurat saja"})
    assert "Darurat saja" in alice.get("/").content.decode()
    alice.post("/tampilan/hapus", {"name": "Darurat saja"})
    assert "Darurat saja</a>" not in alice.get("/").content.decode()


def test_a_view_without_a_name_or_beyond_the_limit_is_refused_in_words(browser_of: Any) -> None:
    """Thirty lists are enough for anybody; none is lost by trying to add one."""
    alice = browser_of("alice")
    for n in range(30):
        alice.post("/tampilan", {"name": f"nomor {n}", "query": "?status=semua"})

    assert "Beri nama" in alice.post("/tampilan", {"name": " ", "query": ""}, follow=True).content.decode()
    full = alice.post("/tampilan", {"name": "satu lagi", "query": "?status=semua"}, follow=True).content.decode()
    assert "sudah penuh" in full
    assert "nomor 29" in full
