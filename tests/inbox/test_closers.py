"""R11, the independent closer: where config.yaml says so, a verifier or head who did not handle the ticket closes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain import ConfigError
from inbox.desk import desk, set_up
from settings import load
from storage.store import Store
from tests.inbox.conftest import CONFIG
from tests.inbox.test_closing import accepted, drawing, finish

APPROVE = "Sahkan dan tutup tiket"


@pytest.fixture
def demanding(store: Store, album: Path, people: dict[str, Any], password_hash: str) -> Callable[..., None]:
    """Vera verifies at the roads desk, Hadi is its head, Vito verifies elsewhere; the desk demands an independent closer."""
    from inbox.models import User

    for name, role, department in (("vera", "verifier", "dpupr-solo"), ("hadi", "head", "dpupr-solo"),
                                   ("vito", "verifier", "dinsos-jateng")):
        people[name] = User.objects.create(username=name, role=role, departments=[department], password=password_hash)

    def demand(*departments: str) -> None:
        inbox = desk().settings.inbox.model_copy(update={"second_closer": departments})
        set_up(replace(desk(), settings=desk().settings.model_copy(update={"inbox": inbox})))

    demand("dpupr-solo")
    return demand


def state(store: Store, people: Any, number: int) -> tuple[str, int]:
    ticket = store.ticket(people["alice"].actor, number).ticket
    return str(ticket.status), ticket.version


def approve(browser: Any, number: int, *, version: int = 3, verb: str = "sahkan") -> int:
    return int(browser.post(f"/tiket/{number}/bukti/1/{verb}", {"version": str(version)}).status_code)


def test_a_flawless_photo_waits_for_a_verifier_or_head_who_did_not_handle_it(
    demanding: Any, store: Store, browser_of: Any, people: Any
) -> None:
    """Alice hands in; Bob, a reviewer like her, sees no button and is refused; Vera closes."""
    alice, bob, vera = browser_of("alice"), browser_of("bob"), browser_of("vera")
    number = accepted(store, alice)
    assert "wajib, disahkan orang kedua" in alice.get(f"/tiket/{number}").content.decode()

    page = finish(alice, number, drawing(31)).content.decode()

    assert state(store, people, number) == ("diterima", 3)
    assert "verifikator atau kepala yang tidak menanganinya" in page
    for browser in (alice, bob):
        assert APPROVE not in browser.get(f"/tiket/{number}").content.decode()
        assert approve(browser, number) == 422
    assert approve(browser_of("vito"), number) == 403
    assert approve(browser_of("ayu"), number) == 403
    assert state(store, people, number) == ("diterima", 3)
    assert APPROVE in vera.get(f"/tiket/{number}").content.decode()

    assert approve(vera, number) == 302

    assert state(store, people, number)[0] == "selesai"
    last = store.ticket(people["alice"].actor, number).history[-1]
    assert (last.verb, last.actor, last.reason) == ("finish", "vera", "ditambal")
    assert store.verify() == []


@pytest.mark.parametrize("part", ["accept", "note", "assigned"])
def test_a_head_who_had_a_part_in_it_closes_nothing(
    part: str, demanding: Any, store: Store, browser_of: Any, people: Any
) -> None:
    """Accepted it, wrote a note or is its officer: a part in it; having read it is none."""
    alice, hadi = browser_of("alice"), browser_of("hadi")
    number = accepted(store, hadi if part == "accept" else alice)
    hadi.get(f"/tiket/{number}")
    if part == "note":
        hadi.post(f"/tiket/{number}/note", {"version": "2", "note": "sudah dicek"})
    elif part == "assigned":
        alice.post(f"/tiket/{number}/assign", {"version": "2", "assignee": "hadi"})
    version = state(store, people, number)[1]
    finish(alice, number, drawing(32), version=version)

    assert APPROVE not in hadi.get(f"/tiket/{number}").content.decode()
    assert approve(hadi, number, version=version + 1) == 422
    assert state(store, people, number)[0] == "diterima"
    assert approve(browser_of("vera"), number, version=version + 1) == 302


def test_a_head_who_only_looked_closes(demanding: Any, store: Store, browser_of: Any, people: Any) -> None:
    """Opening the page and the personal data is looking."""
    alice, hadi = browser_of("alice"), browser_of("hadi")
    number = accepted(store, alice)
    hadi.post(f"/tiket/{number}/data-pribadi", {"reason": "memeriksa laporan"})
    finish(alice, number, drawing(33))

    assert approve(hadi, number) == 302
    assert state(store, people, number)[0] == "selesai"


def test_without_a_photo_such_a_ticket_does_not_close(demanding: Any, store: Store, browser_of: Any, people: Any) -> None:
    """There is no way around: neither without a photo nor by a head alone; other desks close as before."""
    alice = browser_of("alice")
    number = accepted(store, alice)

    answer = alice.post(f"/tiket/{number}/finish", {"version": "2", "note": "beres"})

    assert answer.status_code == 422
    assert "orang kedua" in answer.content.decode()
    assert browser_of("hadi").post(f"/tiket/{number}/finish", {"version": "2"}).status_code == 422
    assert state(store, people, number) == ("diterima", 2)
    demanding("dinsos-jateng")
    assert alice.post(f"/tiket/{number}/finish", {"version": "2", "note": "beres"}).status_code == 302
    assert state(store, people, number)[0] == "selesai"


def test_a_verifier_does_nothing_but_verify(demanding: Any, store: Store, browser_of: Any, people: Any) -> None:
    """No accepting, rejecting, unmasking or handing in; refusing a photo sends the ticket back to work."""
    alice, vera = browser_of("alice"), browser_of("vera")
    number = accepted(store, alice)
    for path in ("start", "reject", "note", "finish", "data-pribadi", "perkara/merge"):
        assert vera.post(f"/tiket/{number}/{path}", {"version": "2", "note": "x", "reason": "ingin tahu"}).status_code == 403
    finish(alice, number, drawing(34))

    assert approve(vera, number, verb="tolak") == 302

    assert state(store, people, number)[0] == "diterima"
    finish(alice, number, drawing(36), version=4)
    assert vera.post(f"/tiket/{number}/bukti/2/sahkan", {"version": "5"}).status_code == 302
    alice.post(f"/tiket/{number}/reopen", {"version": "6"})
    alice.post(f"/tiket/{number}/accept", {"version": "7"})
    finish(alice, number, drawing(37), version=8)
    assert vera.post(f"/tiket/{number}/bukti/3/sahkan", {"version": "9"}).status_code == 302
    assert state(store, people, number)[0] == "selesai"


def test_who_handles_it_meanwhile_comes_too_late_to_close(demanding: Any, store: Store, browser_of: Any, people: Any) -> None:
    """Hadi has the page open, then writes a note: the page that he opened before closes nothing."""
    alice, hadi = browser_of("alice"), browser_of("hadi")
    number = accepted(store, alice)
    finish(alice, number, drawing(35))
    hadi.post(f"/tiket/{number}/note", {"version": "3", "note": "sudah dicek"})

    assert approve(hadi, number, version=3) == 409
    assert approve(hadi, number, version=4) == 422


def test_an_unknown_department_is_named_when_the_file_is_read(tmp_path: Path) -> None:
    """A typing error would let one person close alone."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.read_text().replace("inbox: {port: 0}", "inbox: {port: 0, second_closer: [dpupr-sola]}"))

    with pytest.raises(ConfigError) as refusal:
        load(path)

    assert "inbox.second_closer.0: department 'dpupr-sola' tidak dikenal" in str(refusal.value.problems)
    assert "dpupr-solo" in str(refusal.value.problems)
