"""Several tickets at once: each done or left by itself, each with its own entry, and a page that says which."""

from __future__ import annotations

from typing import Any

import pytest

from storage.store import Store
from tests.inbox.casework import open_case


@pytest.fixture
def three(store: Store) -> list[int]:
    return [open_case(store, f"Jalan berlubang nomor {n}") for n in (1, 2, 3)]


def post(browser: Any, verb: str, *picks: str, **fields: str) -> str:
    response = browser.post("/massal", {"verb": verb, "pick": picks, **fields})
    assert response.status_code == 200
    return str(response.content.decode())


def parts(page: str) -> tuple[str, str]:
    """What was done and what was left."""
    done, _, left = page.partition("bulk-left")
    return done, left


def test_each_ticket_gets_its_own_entry(three: list[int], store: Store, browser_of: Any, people: Any) -> None:
    """Accepting three is three acceptances in three histories."""
    page = post(browser_of("alice"), "accept", *(f"{n}:1" for n in three))

    assert "3 tiket selesai diproses" in page
    for number in three:
        view = store.ticket(people["alice"].actor, number)
        assert (view.ticket.status, view.ticket.version) == ("diterima", 2)
        assert [(entry.verb, entry.actor) for entry in view.history][-1] == ("accept", "alice")
    assert store.verify() == []


def test_who_was_first_keeps_the_ticket_and_the_others_are_done(
    three: list[int], store: Store, browser_of: Any, people: Any
) -> None:
    """A ticket that a colleague changed is left as it stands, by name; so is one that the action does not fit."""
    browser_of("bob").post(f"/tiket/{three[0]}/accept", {"version": "1"})
    browser_of("bob").post(f"/tiket/{three[1]}/reject", {"version": "1", "reason": "ganda"})

    done, left = parts(post(browser_of("alice"), "accept", f"{three[0]}:1", f"{three[1]}:2", f"{three[2]}:1"))

    assert f"T-{three[2]}" in done
    assert f"T-{three[2]}" not in left
    assert f"T-{three[0]}</a></strong> Diubah orang lain" in left
    assert f"T-{three[1]}</a></strong>" in left
    assert "jadi tidak bisa" in left
    alice = people["alice"].actor
    assert [store.ticket(alice, n).ticket.version for n in three] == [2, 2, 2]


def test_rejecting_needs_a_listed_reason_for_every_one(three: list[int], store: Store, browser_of: Any, people: Any) -> None:
    """Without a reason nothing is rejected; with one all are, and each says why."""
    picks = [f"{n}:1" for n in three]
    alice = browser_of("alice")

    refused = post(alice, "reject", *picks, reason="karena-saya-mau")
    assert "3 tiket tidak diubah" in refused
    assert "Pilih alasan penolakan dari daftar" in refused

    assert "3 tiket selesai" in post(alice, "reject", *picks, reason="ganda", **{"note-reject": "sama dengan T-9"})
    history = store.ticket(people["alice"].actor, three[0]).history[-1]
    assert (history.verb, history.reason) == ("reject", "Laporan ganda: sama dengan T-9")


def test_rerouted_tickets_leave_the_desk_with_their_clock(three: list[int], store: Store, browser_of: Any, people: Any) -> None:
    """They are told by number alone, because they are no longer this desk's to open."""
    before = store.ticket(people["alice"].actor, three[0]).ticket
    page = post(browser_of("alice"), "reroute", *(f"{n}:1" for n in three), to_department="dinsos-jateng",
                **{"note-reroute": "bukan jalan", "note-reject": "tidak dipakai"})

    assert "3 tiket selesai" in page
    assert 'href="/tiket/' not in page
    moved = store.ticket(people["charlie"].actor, three[0])
    assert (moved.ticket.department, moved.ticket.due_at) == ("dinsos-jateng", before.due_at)
    assert moved.history[-1].reason == "bukan jalan"


def test_assigning_goes_to_a_colleague_of_the_desk_only(three: list[int], store: Store, browser_of: Any, people: Any) -> None:
    """Bob gets them; Charlie, who works elsewhere, and Oki, who does not act on tickets, do not."""
    alice = browser_of("alice")

    assert "2 tiket selesai" in post(alice, "assign", f"{three[0]}:1", f"{three[1]}:1", assignee="bob")
    for stranger in ("charlie", "oki", "nobody"):
        assert "tidak bekerja di dinas" in parts(post(alice, "assign", f"{three[2]}:1", assignee=stranger))[1]

    assert store.ticket(people["alice"].actor, three[0]).ticket.assignee == "bob"
    assert f'data-ticket="{three[0]}"' in browser_of("bob").get("/?petugas=saya").content.decode()
    assert f'data-ticket="{three[2]}"' not in browser_of("bob").get("/?petugas=saya").content.decode()


def test_who_works_at_several_desks_assigns_to_each_desk_s_own(store: Store, browser_of: Any, people: Any) -> None:
    """Colleagues stand by desk; a ticket goes to somebody of its own desk, whatever was chosen with it."""
    road, aid = open_case(store, "Jalan berlubang"), open_case(store, "Bansos belum cair", topic="bansos", department="dinsos-jateng")
    citra = browser_of("citra")

    page = citra.get("/").content.decode()
    done, left = parts(post(citra, "assign", f"{road}:1", f"{aid}:1", assignee="bob"))

    assert '<optgroup label="Dinas' in page
    assert (f"T-{road}" in done, f"T-{aid}" in left) == (True, True)
    assert store.ticket(people["alice"].actor, road).ticket.assignee == "bob"


def test_the_work_of_a_colleague_is_a_list(three: list[int], store: Store, browser_of: Any) -> None:
    """A head sees what Bob has, in the list, in words above it, and as a file."""
    alice = browser_of("alice")
    post(alice, "assign", f"{three[1]}:1", assignee="bob")

    page = alice.get("/?petugas=bob").content.decode()
    sheet = b"".join(alice.get("/ekspor/tiket.csv?petugas=bob").streaming_content).decode()

    assert [n for n in three if f'data-ticket="{n}"' in page] == [three[1]]
    assert "petugas bob</p>" in page
    assert '<option value="bob" selected>' in page
    assert ("berlubang nomor 2" in sheet, "berlubang nomor 1" in sheet) == (True, False)


def test_foreign_and_missing_tickets_are_left_in_the_same_words(three: list[int], store: Store, browser_of: Any) -> None:
    """A hand-made list of numbers tells Charlie nothing about what exists."""
    left = parts(post(browser_of("charlie"), "accept", f"{three[0]}:1", "4711:1"))[1]

    said = [line for line in left.split("<li>") if "T-" in line]
    assert len({line.replace(f"T-{three[0]}", "T").replace("T-4711", "T").split("</li>")[0] for line in said}) == 1


@pytest.mark.parametrize(("name", "verb", "status"), [
    ("alice", "finish", 403), ("alice", "", 403), ("oki", "accept", 403), ("ayu", "reject", 403), ("alice", "accept", 422)])
def test_who_may_not_or_asks_for_nothing_is_refused(
    name: str, verb: str, status: int, three: list[int], browser_of: Any
) -> None:
    """Only four actions are for many at once, only for those who act, and only for chosen tickets."""
    picks = [] if status == 422 else [f"{three[0]}:1"]

    assert browser_of(name).post("/massal", {"verb": verb, "pick": picks}).status_code == status


@pytest.mark.parametrize("pick", ["x", "1", "1:", ":1", "0:1", "1:1:1", "١:1", "9" * 40 + ":1", "1:-1", "<script>:1"])
def test_a_choice_that_is_none_is_no_choice(pick: str, three: list[int], browser_of: Any) -> None:
    """Forged values of the boxes change nothing and break nothing."""
    assert browser_of("alice").post("/massal", {"verb": "accept", "pick": [pick]}).status_code == 422


def test_those_who_only_look_have_no_boxes(three: list[int], browser_of: Any) -> None:
    """An auditor's queue has nothing to choose with."""
    assert "name=\"pick\"" in browser_of("alice").get("/").content.decode()
    assert "name=\"pick\"" not in browser_of("ayu").get("/").content.decode()
    assert "id=\"bulk\"" not in browser_of("ayu").get("/").content.decode()
