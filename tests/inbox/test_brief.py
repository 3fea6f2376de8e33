"""The Monday brief: every number opens the list of exactly those tickets, for each reader what that reader may see."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from domain import Action, BlindWindow, Page
from inbox.desk import desk
from routing.tickets import transition
from storage.records import LaneCheck, Transition
from storage.store import Store
from tests.builders import mention
from tests.inbox.casework import ACCOUNT, keep_in_lane, open_case, quiet, retell
from tests.tiers import few

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 09:00 WIB, week 45
NOW = MONDAY + timedelta(days=4, hours=6)  # Friday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOLDEN = Path(__file__).parents[1] / "fixtures" / "brief_2026-W45.csv"
WEEK = "/laporan?minggu=2026-W45"
NUMBER = re.compile(r'<a class="n[^"]*" href="(/laporan/tiket[^"]+)">(\d+)</a>')
TILE = re.compile(r'<a class="tile-link" href="(/laporan/tiket[^"]+)" aria-label="[^"]+: (\d+)">')


@pytest.fixture
def friday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def head(people: dict[str, Any], password_hash: str) -> str:
    """Hana heads the city's roads department."""
    from inbox.models import User

    User.objects.create(username="hana", role="head", departments=["dpupr-solo"], password=password_hash)
    people["hana"] = User.objects.get(username="hana")
    return "hana"


def act(store: Store, actor: Any, number: int, verb: str, *, at: datetime, **given: Any) -> None:
    ticket = store.ticket(actor, number).ticket
    move = transition(ticket, Action(verb, **given), actor=actor, rules=desk().rules, now=at)
    store.apply(actor, Transition(number, ticket.version, verb, actor.name, move.changes, at, move.reason, move.correction))


@pytest.fixture
def week(store: Store, people: dict[str, Any]) -> dict[str, int]:
    """Two weeks of an invented office: potholes, lamps, a secret, one ticket that nobody wants."""
    alice, charlie, citra = (people[name].actor for name in ("alice", "charlie", "citra"))
    found = {"before": open_case(store, "Jalan rusak di Jebres", place="Jebres", now=MONDAY - 5 * DAY)}
    found["prompt"] = open_case(store, "Jalan berlubang di Jebres", place="Jebres", now=MONDAY, due_in=DAY)
    found["slow"] = open_case(store, "Trotoar pecah di Jebres", place="Jebres", now=MONDAY + HOUR, due_in=2 * DAY)
    found["done"] = open_case(store, "Aspal mengelupas", now=MONDAY + 2 * HOUR, due_in=9 * DAY)
    found["social"] = open_case(store, "Bansos belum cair", department="dinsos-jateng", topic="bansos", now=MONDAY + DAY)
    found["secret"] = open_case(store, "Tetangga dipukuli suaminya", department="dinsos-jateng", topic="bansos",
                                sensitive=True, now=MONDAY + DAY, due_in=HOUR)
    found["ball"] = open_case(store, "Pohon tumbang menimpa kabel", department="dpupr-solo", now=MONDAY + HOUR)
    act(store, alice, found["prompt"], "accept", at=MONDAY + 3 * HOUR)
    act(store, alice, found["done"], "accept", at=MONDAY + 4 * HOUR)
    act(store, alice, found["done"], "finish", at=MONDAY + 2 * DAY)
    act(store, charlie, found["secret"], "accept", at=MONDAY + DAY + HOUR)
    act(store, alice, found["ball"], "reroute", at=MONDAY + 6 * HOUR, to_department="dinsos-jateng")
    act(store, charlie, found["ball"], "reroute", at=MONDAY + 2 * DAY, to_department="dpupr-solo", note="bukan kami")
    story = mention("Jembatan retak di Jebres", platform="instagram", account=ACCOUNT, at=MONDAY + HOUR)
    found["story"] = open_case(store, story, place="Jebres", now=MONDAY + HOUR)
    retell(store, story, times=6, now=MONDAY + HOUR)
    assert citra.all_departments
    return found


def links(page: str) -> list[tuple[str, int]]:
    return [(unescape(address), int(n)) for address, n in (*NUMBER.findall(page), *TILE.findall(page))]


def what(address: str) -> str:
    return parse_qs(urlsplit(address).query)["apa"][0]


def total(browser: Any, address: str) -> tuple[int, set[int]]:
    """What the list says, and the tickets on all its pages."""
    page = browser.get(address).content.decode()
    said = int(re.search(r'<span id="total">(\d+)</span>', page)[1])  # type: ignore[index]
    tickets: set[int] = set()
    number = 1
    while True:
        tickets |= {int(n) for n in re.findall(r'data-ticket="(\d+)"', page)}
        number += 1
        if f"halaman={number}" not in page:
            return said, tickets
        page = browser.get(f"{address}&halaman={number}").content.decode()


@pytest.mark.parametrize("name", few(["hana", "citra", "ayu", "oki"]))
@pytest.mark.parametrize("path", [WEEK, "/laporan?dari=2026-10-26&sampai=2026-11-08", "/angka?minggu=2026-W45", "/angka?dari=2026-09-01&sampai=2026-11-08",
                                  "/peta?minggu=2026-W45&wilayah=33", "/peta?minggu=2026-W45&wilayah=33.72&apa=terbuka"])
def test_every_number_is_the_length_of_the_list_that_it_opens(
    path: str, name: str, week: Any, head: str, friday: None, browser_of: Any
) -> None:
    """A head, a coordinator, an auditor, an operator; each of them follows each link of each page."""
    browser = browser_of(name)

    found = links(browser.get(path).content.decode())

    assert len(found) > (1 if "peta" in path else 5)
    wrong = [(address, n, total(browser, address)) for address, n in found
             if total(browser, address)[0] != n or len(total(browser, address)[1]) != n]
    assert wrong == []


def test_the_brief_says_what_the_week_was(week: dict[str, int], head: str, friday: None, browser_of: Any) -> None:
    """The numbers, one by one, as somebody with a pencil has counted them."""
    browser = browser_of(head)
    page = browser.get(WEEK).content.decode()
    tickets = {what(address): total(browser, address)[1] for address, _ in reversed(links(page))
               if "dinas" not in address and "topik" not in address and "sejak=2026-11-02" in address}

    assert tickets["masuk"] == {week[key] for key in ("prompt", "slow", "done", "ball", "story")}
    assert tickets["lewat"] == {week["prompt"], week["slow"], week["before"]}
    assert tickets["ditutup"] == {week["done"]}
    assert tickets["ditanggapi"] == {week[key] for key in ("prompt", "done", "ball")}
    assert tickets["belum"] == {week[key] for key in ("before", "slow", "story")}
    assert tickets["pantulan"] == {week["ball"]}
    assert "+400 %" in page  # five after one in the stretch as long of the week before
    assert "7" in re.search(rf'/tiket/{week["story"]}#spread-title">(\d+)<', page)[1]  # type: ignore[index]


def test_ping_pong_shows_how_long_each_desk_held_the_ticket(week: Any, head: str, friday: None, browser_of: Any) -> None:
    """R4: there and back, with the time at each; the due date is the first one."""
    page = browser_of(head).get(WEEK).content.decode()
    way = re.sub(r"<[^>]+>|\s+", " ", page[page.index('<ol class="way">'):page.index("</ol>", page.index('<ol class="way">'))])

    assert re.search(r"5[,.]0 jam.*4\d jam.*2[,.]\d hari|5[,.]0 jam.*42 jam.*", way)


def test_a_secret_is_in_no_number_of_a_stranger(week: Any, head: str, friday: None, browser_of: Any, people: Any) -> None:
    """Coordinator, auditor and head of another department count without it; its own department counts it."""
    from inbox.models import User

    User.objects.filter(username="charlie").update(role="head")
    counted = {}
    for name in ("charlie", "citra", "ayu"):
        people.update({user.username: user for user in User.objects.all()})
        browser = browser_of(name)
        page = browser.get(f"{WEEK}&dinas=dinsos-jateng").content.decode()
        counted[name] = set().union(*(total(browser, address)[1] for address, _ in links(page)))

    assert week["secret"] in counted["charlie"]
    assert week["secret"] not in counted["citra"] | counted["ayu"]
    for address in (f"/laporan/tiket?apa={word}&sejak=2026-11-01T00:00&hingga=2026-11-09T00:00" for word in
                    ("masuk", "terbuka", "lewat", "ditanggapi", "belum")):
        assert week["secret"] not in total(browser_of("citra"), address)[1]
        assert week["secret"] not in total(browser_of(head), address)[1]


def test_another_s_department_cannot_be_asked_for(week: Any, head: str, friday: None, browser_of: Any) -> None:
    """A head who writes another department into the address sees her own."""
    address = "/laporan/tiket?apa=masuk&sejak=2026-11-01T00:00&hingga=2026-11-09T00:00&dinas=dinsos-jateng"

    assert week["social"] not in total(browser_of(head), address)[1]
    assert "Bansos" not in browser_of(head).get(f"{WEEK}&dinas=dinsos-jateng").content.decode()


def test_a_department_where_nobody_does_anything_is_named(
    week: Any, friday: None, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing touched for three working days; a weekend between is none, and one act ends the silence."""
    browser = browser_of("citra")
    assert "0</span></h2>" in silent(browser.get(WEEK).content.decode())

    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(days=8))
    page = silent(browser_of("citra").get("/laporan?minggu=2026-W46").content.decode())

    assert "PUPR" in page
    assert re.search(r'<td class="r">3</td>', page)  # Thursday, Friday, Monday after Wednesday's last act


def silent(page: str) -> str:
    return page[page.index('id="silent-title"'):page.index('id="times-title"')]


def test_the_rate_of_the_lanes_has_its_interval_or_says_that_nobody_looked(
    store: Store, week: Any, head: str, friday: None, browser_of: Any, people: Any
) -> None:
    """B5: recomputed from the checked sample; for those who may see the lanes."""
    for n in range(40):
        keep_in_lane(store, f"Sandal hilang nomor {n}", now=MONDAY + n * timedelta(minutes=1))
    drawn = store.lane_sample(date(2026, 11, 2), share=0.25, now=NOW)
    browser = browser_of("citra")
    assert "belum diperiksa" in browser.get(WEEK).content.decode()

    for n, row in enumerate(drawn):
        store.check_lane(people["citra"].actor, LaneCheck(row["key"], n != 0, (), "x"), announce=quiet, now=NOW)
    page = browser.get(WEEK).content.decode()

    assert len(drawn) == 10
    assert "10,0 %" in page
    assert "1,8 % sampai 40,4 %" in page  # Wilson, 1 of 10
    sample = browser.get("/laporan/sampel?minggu=2026-W45").content.decode()
    assert (sample.count("data-verdict"), sample.count('data-verdict="salah"')) == (10, 1)
    assert "false-trivial" not in browser_of(head).get(WEEK).content.decode()
    assert browser_of(head).get("/laporan/sampel").status_code == 404


def test_a_blind_account_is_told_of(store: Store, week: Any, head: str, friday: None, browser_of: Any) -> None:
    """A head reads of the accounts that bring her department something."""
    store.save_page(ACCOUNT, Page((), "c"), next_poll_at=NOW, now=MONDAY, polled=True)
    store.go_blind([ACCOUNT], kind="failure", cause="token dicabut — kentongan accounts resume", now=MONDAY + DAY)
    windows: list[BlindWindow] = store.blind_windows(since=MONDAY)

    page = browser_of(head).get(WEEK).content.decode()

    assert len(windows) == 1
    assert "token dicabut" in page
    assert "accounts resume" not in page  # a head has no terminal
    assert "masih buta" in page
    assert "token dicabut" not in browser_of(head).get("/laporan?minggu=2026-W40").content.decode()


def test_the_sheet_has_the_same_numbers_and_no_formula(week: Any, friday: None, browser_of: Any) -> None:
    """Opens by a double click; every row says what it is about."""
    answer = browser_of("citra").get("/laporan/csv?minggu=2026-W45")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="laporan-senin-2026-W45.csv"' in answer["Content-Disposition"]
    assert ["ringkasan", "semua", "masuk", "6"] in rows
    assert {row[0] for row in rows} >= {"topik", "dinas", "kanal", "pantulan", "perkara terbesar", "lajur"}
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


def test_the_brief_of_the_week_is_its_golden_file(week: Any, friday: None, browser_of: Any) -> None:
    """B18: whatever changes in how the week is told shows here, line by line."""
    told = browser_of("citra").get("/laporan/csv?minggu=2026-W45").content.decode("utf-8-sig")

    assert told.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("query", ["minggu=2026-W99", "minggu=x", "dari=9999-12-31", "dari=0001-01-01&sampai=0001-01-01", "dari=2026-13-40",
                                   "apa=%00", "sejak=2026-99-99T99:99", "halaman=-1", "halaman=99999999999", "tempat==33.72", "dinas=%27%3B--", "tempat=zz"])
def test_a_broken_address_shows_a_page(query: str, week: Any, friday: None, browser_of: Any) -> None:
    """Old, cut and invented links fall back to what is usual."""
    browser = browser_of("citra")

    assert {path: browser.get(f"{path}?{query}").status_code for path in
            ("/laporan", "/laporan/csv", "/laporan/tiket", "/laporan/sampel", "/angka", "/peta")} == dict.fromkeys(
                ("/laporan", "/laporan/csv", "/laporan/tiket", "/laporan/sampel", "/angka", "/peta"), 200)


@pytest.mark.parametrize("page", ["/laporan", "/angka", "/peta"])
def test_a_stretch_that_is_too_long_says_what_is_shown_instead(page: str, week: Any, friday: None, browser_of: Any) -> None:
    """Nobody reads a quarter and takes it for the year."""
    year = browser_of("citra").get(f"{page}?dari=2026-01-01&sampai=2026-12-31").content.decode()
    quarter = browser_of("citra").get(f"{page}?dari=2026-10-01&sampai=2026-12-31").content.decode()

    assert "Paling panjang 92 hari. Yang tampil 1 Okt 2026" in year
    assert "bukan seluruh 365 hari yang diminta" in year
    assert "Paling panjang" not in quarter


def test_reviewers_have_a_queue_and_no_brief(week: Any, browser_of: Any) -> None:
    browser = browser_of("alice")

    assert browser.get("/laporan").status_code == 404
    assert "/laporan" not in browser.get("/").content.decode()
