"""The operators' workbench: try, edit, compare, save with a reason, roll back; for operators and coordinators."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain import Actor
from inbox import drafts
from inbox.desk import Desk, desk, renew, set_up
from routing.rules import compile_rules
from settings import Settings, load
from settings.files import Watch
from storage.store import Store
from tests.inbox.casework import open_case
from tests.inbox.conftest import CONFIG

ROUTE = "  - {name: jalan-kota, when: {topic: jalan_jembatan, government: solo}, to: dpupr-solo}"


@pytest.fixture
def config(office: Settings, store: Store, tmp_path: Path) -> Path:
    """The office's file as a file of this test's own, with which the desk is set up."""
    path = Path(shutil.copy(CONFIG, tmp_path / "config.yaml"))
    settings = load(path).model_copy(update={"inbox": office.inbox})
    store.save_ruleset(settings.ruleset, settings.rules(), reason="mulai", text=path.read_text(),
                       now=datetime(2026, 11, 2, tzinfo=UTC))
    set_up(Desk(settings, compile_rules(settings), store, path))
    return path


def routes_moved(path: Path) -> str:
    """The part `routes` with roads sent to the traffic desk, as it would be typed."""
    lines = path.read_text().split("routes:\n")[1].split("clocks:")[0]
    assert ROUTE in lines
    return "routes:\n" + lines.replace(ROUTE, ROUTE.replace("to: dpupr-solo", "to: dishub-solo"))


def compared(oki: Any, answer: Any) -> str:
    """The draft's page, once it is through."""
    key = answer["Location"].rstrip("/").split("/")[-1]
    assert drafts._drafts[key].done.wait(60)
    return oki.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("name", "status"), [("oki", 200), ("citra", 200), ("alice", 404), ("ayu", 404), (None, 302)])
def test_the_workbench_is_for_operators_and_coordinators(browser_of: Any, config: Path, name: str, status: int) -> None:
    """A reviewer and an auditor have no business there, and see no link to it."""
    browser = browser_of(name)

    answers = [browser.get(address) for address in ("/bengkel", "/bengkel/sunting", "/bengkel/riwayat")]

    assert {answer.status_code for answer in answers} == {status}
    if name:
        assert ("/bengkel" in browser.get("/").content.decode()) is (status == 200)


def test_a_text_is_tried_with_its_reasons_and_not_kept(browser_of: Any, config: Path) -> None:
    """Desk, rule and deciding words are shown; personal data is masked; the text stands in no address."""
    oki = browser_of("oki")

    shown = oki.post("/bengkel", {"teks": "Tolong jalan berlubang di Laweyan Solo, hubungi 081234567890", "akun": "instagram:solo"})

    page = shown.content.decode()
    card = page.split('id="card-title"')[1]
    assert "DPUPR Kota Surakarta" in card
    assert "<code>jalan-kota</code>" in card
    assert "081234567890" not in card
    assert re.search(r"m-topic[^>]*>[^<]*berlubang", card) or "berlubang" in card


def test_an_edit_is_compared_then_saved_with_a_reason_then_rolled_back(
    browser_of: Any, config: Path, store: Store
) -> None:
    """The way of an operator: nothing is live before it is saved; the file keeps its comments; all is in the history."""
    open_case(store, "Tolong jalan berlubang di Laweyan Solo", words=("jalan", "berlubang"), place="Laweyan")
    oki, before = browser_of("oki"), config.read_text()

    answer = oki.post("/bengkel/sunting", {"bagian": "routes", "isi": routes_moved(config).replace("\n", "\r\n")})
    page = compared(oki, answer)

    assert config.read_text() == before
    assert "Dishub Kota Surakarta" in page
    assert "T-1" in page
    save = f"{answer['Location']}/simpan"
    assert oki.post(save, {"alasan": "x"}).status_code == 422
    assert oki.post(save, {"alasan": "jalan kini urusan dishub"}).status_code == 302
    assert config.read_text() == before.replace(ROUTE, ROUTE.replace("to: dpupr-solo", "to: dishub-solo"))
    newest = store.rules_versions()[0]
    assert (newest.n, newest.actor, newest.reason) == (2, "oki", "jalan kini urusan dishub")
    set_up(Desk(load(config), compile_rules(load(config)), store, config))
    back = oki.post("/bengkel/riwayat/1/kembalikan")
    compared(oki, back)
    assert oki.post(f"{back['Location']}/simpan", {"alasan": "kembali dulu"}).status_code == 302
    assert config.read_text() == before


def test_a_new_name_of_a_place_shows_which_tickets_it_would_place(
    browser_of: Any, config: Path, store: Store
) -> None:
    """Old place and new one stand beside the ticket as a suggestion; a wrong code is refused with its line."""
    config.write_text(config.read_text() + "\nplaces: []\n")
    set_up(Desk(load(config), compile_rules(load(config)), store, config))
    open_case(store, "Tolong jalan berlubang neng ngarep omah semar", words=("jalan", "berlubang"))
    oki, name = browser_of("oki"), 'places:\n  - {name: Omah Semar, code: "33.72.01.%s"}\n'

    page = compared(oki, oki.post("/bengkel/sunting", {"bagian": "places", "isi": name % "1005"}))
    wrong = compared(oki, oki.post("/bengkel/sunting", {"bagian": "places", "isi": name % "1099"}))

    assert "Usulan tempat" in page
    assert "tanpa tempat → <code>33.72.01.1005</code> Penumping" in page
    assert "maksud Anda" in wrong


def test_breaking_what_staff_confirmed_has_to_be_ticked_off(browser_of: Any, config: Path, store: Store) -> None:
    """An accepted ticket would lose its desk: the page names it and asks before it saves."""
    number = open_case(store, "Tolong jalan berlubang di Laweyan Solo", words=("jalan", "berlubang"), place="Laweyan")
    browser_of("alice").post(f"/tiket/{number}/accept", {"version": "1"})
    oki = browser_of("oki")

    answer = oki.post("/bengkel/sunting", {"bagian": "routes", "isi": routes_moved(config)})
    page = compared(oki, answer)

    assert f"T-{number}" in page.split('id="broken-title"')[1]
    save = f"{answer['Location']}/simpan"
    assert oki.post(save, {"alasan": "dinas digabung"}).status_code == 422
    assert oki.post(save, {"alasan": "dinas digabung", "paksa": "ya"}).status_code == 302
    assert store.rules_versions()[0].gate["forced"] is True


def test_a_draft_that_does_not_load_says_where(browser_of: Any, config: Path) -> None:
    """Line and hint, as the command line has them; there is nothing to save."""
    oki = browser_of("oki")
    typed = routes_moved(config).replace("dishub-solo}", "dishub-sol}")

    page = compared(oki, oki.post("/bengkel/sunting", {"bagian": "routes", "isi": typed}))

    assert "maksud Anda &#39;dishub-solo&#39;?" in page
    assert re.search(r"config\.yaml:\d+:\d+: routes\.0\.to", page)
    assert "/simpan" not in page


def test_somebody_elses_draft_and_a_stale_one_are_refused(browser_of: Any, config: Path) -> None:
    """Drafts are their author's, and nobody overwrites what a colleague saved meanwhile."""
    oki, citra = browser_of("oki"), browser_of("citra")
    answer = oki.post("/bengkel/sunting", {"bagian": "routes", "isi": routes_moved(config)})
    compared(oki, answer)

    assert citra.get(answer["Location"]).status_code == 404
    config.write_text(config.read_text().replace("keywords: {id: [bansos, ", "keywords: {id: [bansos, sembako, "))
    refused = oki.post(f"{answer['Location']}/simpan", {"alasan": "dinas digabung"})
    assert refused.status_code == 422
    assert "sudah diubah orang lain" in refused.content.decode()


def test_a_changed_file_is_taken_in_and_a_broken_one_raises_the_red_banner(
    browser_of: Any, config: Path, store: Store
) -> None:
    """The pages follow the file; a broken one leaves the rules as they were, and says so to who can mend it."""
    watch, good = Watch(config), config.read_text()

    config.write_text(good.replace(ROUTE, ROUTE.replace("to: dpupr-solo", "to: nobody")))
    for _ in range(2):
        renew(watch)

    assert desk().settings.routes[0].to == "dpupr-solo"
    shown = browser_of("citra").get("/status").content.decode()
    assert "Berkas pengaturan rusak" in shown
    assert "nobody" in shown
    assert "Berkas pengaturan rusak" not in browser_of("alice").get("/").content.decode()
    config.write_text(good.replace(ROUTE, ROUTE.replace("to: dpupr-solo", "to: dishub-solo")))
    for _ in range(2):
        renew(watch)
    assert desk().settings.routes[0].to == "dishub-solo"
    assert "Berkas pengaturan rusak" not in browser_of("citra").get("/status").content.decode()


def test_a_broken_file_can_be_mended_or_left_from_the_workbench(browser_of: Any, config: Path) -> None:
    """When it is needed most: its parts are still there to edit, and versions to bring back."""
    oki, whole = browser_of("oki"), config.read_text()
    config.write_text(whole.replace("routes:\n", "routes: [\n"))

    mendable = oki.get("/bengkel/sunting?bagian=routes")
    config.write_text(f"extends: {CONFIG}\nversion: 1\naccounts: [\n")
    elsewhere = oki.get("/bengkel/sunting", follow=True)

    assert "routes: [" in mendable.content.decode()
    assert elsewhere.status_code == 200
    assert "Perbaiki di server, atau kembalikan satu versi." in elsewhere.content.decode()


def test_a_rule_in_suggest_stands_on_the_ticket_and_does_not_act(browser_of: Any, config: Path, store: Store) -> None:
    """Staff see where a rule on trial would have sent it; the ticket stays where it is."""
    trial = ROUTE.replace("jalan-kota", "jalan-dishub").replace("to: dpupr-solo}", "to: dishub-solo, mode: suggest}")
    config.write_text(config.read_text().replace(ROUTE, f"{trial}\n{ROUTE}"))
    settings = load(config)
    assert settings.ruleset == desk().settings.ruleset
    set_up(Desk(settings, compile_rules(settings), store, config))
    number = open_case(store, "Tolong jalan berlubang di Laweyan Solo", words=("jalan", "berlubang"), place="Laweyan")

    page = browser_of("alice").get(f"/tiket/{number}").content.decode()

    assert "Usulan aturan" in page
    assert "<b>Dishub Kota Surakarta</b> <code>jalan-dishub</code>" in page
    assert store.ticket(Actor("citra", all_departments=True), number).ticket.department == "dpupr-solo"


def test_a_ticket_names_the_version_that_decided_it(browser_of: Any, config: Path, store: Store) -> None:
    """A reviewer reads v2 where the hash alone would say nothing."""
    store.save_ruleset("cafe0123", {}, reason="percobaan", now=datetime(2026, 11, 2, tzinfo=UTC))
    number = open_case(store, "Tolong jalan berlubang di Laweyan", words=("berlubang",))

    assert "<b>v2</b> <code>cafe0123</code>" in browser_of("alice").get(f"/tiket/{number}").content.decode()
