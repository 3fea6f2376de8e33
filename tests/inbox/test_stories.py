"""Merging, splitting and undoing by the page's forms: what it makes, who may, what is refused and how it is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import Decision, Fate, Verdict
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, arrive, open_case, quiet, retell

HOLE = "Jalan berlubang di depan Pasar Legi"


def post(text: str, **given: Any) -> Any:
    return mention(text, platform="instagram", account=ACCOUNT, at=given.pop("at", NOON), **given)


def fold(store: Store, original: Any, text: str) -> Any:
    """One more telling that the folder took for a copy."""
    copy = post(text, at=NOON + timedelta(hours=2))
    arrive(store, copy)
    store.settle([Decision(copy.key, Fate.ATTACHED, None, Verdict(original.key, "near_duplicate"), (), (),
                           "cafe0123")], announce=quiet, now=NOON)
    return copy


def version(store: Store, people: Any, number: int, name: str = "alice") -> str:
    return str(store.ticket(people[name].actor, number).ticket.version)


@pytest.fixture
def two(store: Store) -> tuple[int, int]:
    """Two neighbours on one hole: the first due in five days, the second in two."""
    first = open_case(store, HOLE, words=("berlubang",), place="Pasar Legi", kind="landmark")
    second = open_case(store, "Lubang besar dekat Pasar Legi, motor jatuh", words=("Lubang",), place="Pasar Legi", kind="landmark",
                       due_in=timedelta(days=2))
    return first, second


@pytest.mark.parametrize("typed", ["T-{}", "t{}", " {} ", "T {}"])
def test_a_number_as_people_type_it_merges(
    typed: str, two: tuple[int, int], store: Store, browser_of: Any, people: Any
) -> None:
    """The ticket goes into the other, whose page opens, with the nearer date; its own page says where it went."""
    first, second = two
    alice = browser_of("alice")

    response = alice.post(f"/tiket/{second}/perkara/merge", {
        "version": "1", "other": typed.format(first), "note": "lubang yang sama"})

    page = alice.get(f"/tiket/{first}").content.decode()
    gone = alice.get(f"/tiket/{second}").content.decode()
    assert response["Location"] == f"/tiket/{first}"
    assert f"T-{second} digabung ke T-{first}." in page
    assert "2 kiriman" in page
    assert "lubang yang sama" in page
    assert f'Pelapornya ikut dilayani di <a href="/tiket/{first}">' in gone
    assert f'action="/tiket/{second}/accept"' not in gone
    assert store.ticket(people["alice"].actor, first).ticket.due_at == NOON + timedelta(days=2)
    assert store.verify() == []


def test_the_button_in_the_history_puts_everything_back(
    two: tuple[int, int], store: Store, browser_of: Any, people: Any
) -> None:
    """Undone from either page; both tickets are as they were and the history tells of it."""
    first, second = two
    before = list(store.export_tickets())
    alice = browser_of("alice")
    alice.post(f"/tiket/{second}/perkara/merge", {"version": "1", "other": f"T-{first}"})
    offered = store.ticket(people["alice"].actor, second).regroupings[0]
    assert f'name="regrouping" value="{offered.id}"' in alice.get(f"/tiket/{second}").content.decode()

    response = alice.post(f"/tiket/{second}/perkara/undo", {"version": "2", "regrouping": str(offered.id)})

    assert response.status_code == 302
    assert list(store.export_tickets()) == before
    page = alice.get(f"/tiket/{second}").content.decode()
    assert "mengurungkan penggabungan" in page
    assert "Urungkan" not in page


@pytest.mark.parametrize("typed", ["{foreign}", "T-{foreign}", "99999", "0", "-1", "T-", "", "1 OR 1=1", "١٢",
                                   "9" * 40, "<script>alert(1)</script>"])
def test_foreign_unknown_and_hostile_numbers_are_refused_in_the_same_words(
    typed: str, two: tuple[int, int], store: Store, browser_of: Any
) -> None:
    """Nobody finds out by typing which numbers the other desks have."""
    foreign = open_case(store, "Bantuan terlambat", department="dinsos-jateng")
    before = list(store.export_tickets())

    response = browser_of("alice").post(f"/tiket/{two[0]}/perkara/merge", {
        "version": "1", "other": typed.format(foreign=foreign)})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Tiket itu tidak ada di meja Anda. Periksa nomornya, misalnya T-12, atau tanyakan koordinator." in page
    assert "<script>alert" not in page
    assert list(store.export_tickets()) == before


def test_what_cannot_be_merged_says_why(two: tuple[int, int], store: Store, browser_of: Any) -> None:
    """With itself, with a closed one: the form comes back open with what was typed."""
    first, second = two
    alice = browser_of("alice")
    itself = alice.post(f"/tiket/{first}/perkara/merge", {"version": "1", "other": str(first), "note": "ganda"})
    alice.post(f"/tiket/{second}/reject", {"version": "1", "reason": "ganda"})
    closed = alice.post(f"/tiket/{first}/perkara/merge", {"version": "1", "other": str(second)})

    assert "tidak bisa digabung ke dirinya sendiri" in itself.content.decode()
    assert 'value="ganda"' in itself.content.decode()
    assert "berstatus &#39;ditolak&#39;, jadi tidak bisa digabung" in closed.content.decode()
    assert itself.status_code == closed.status_code == 422


def test_a_stale_page_merges_nothing(two: tuple[int, int], store: Store, browser_of: Any) -> None:
    """Bob has accepted meanwhile: Alice reads that he was first."""
    first, second = two
    browser_of("bob").post(f"/tiket/{second}/accept", {"version": "1"})
    before = list(store.export_tickets())

    response = browser_of("alice").post(f"/tiket/{second}/perkara/merge", {"version": "1", "other": str(first)})

    assert response.status_code == 409
    assert "bob" in response.content.decode()
    assert list(store.export_tickets()) == before


@pytest.mark.parametrize(("name", "status"), [("charlie", 403), ("oki", 403), ("ayu", 403)])
def test_only_the_desk_regroups(name: str, status: int, two: tuple[int, int], store: Store, browser_of: Any) -> None:
    """Another department does not find the ticket; operator and auditor change nothing and see no forms."""
    browser = browser_of(name)

    for verb in ("merge", "split", "undo", "apart", "drop"):
        response = browser.post(f"/tiket/{two[0]}/perkara/{verb}", {"version": "1", "other": str(two[1])})
        assert response.status_code == status
    assert "/perkara/" not in browser.get(f"/tiket/{two[0]}").content.decode()
    assert store.verify() == []


def test_a_wrongly_folded_post_is_split_off_by_its_box(store: Store, browser_of: Any, people: Any) -> None:
    """It gets its own ticket at this desk; undoing takes it back."""
    original = post(HOLE)
    number = open_case(store, original)
    wrong = fold(store, original, "Jalan berlubang di depan Pasar Gede")
    before = list(store.export_tickets())
    alice = browser_of("alice")
    assert f'type="checkbox" name="mention" value="{wrong.key}"' in alice.get(f"/tiket/{number}").content.decode()

    response = alice.post(f"/tiket/{number}/perkara/split", {"version": "1", "mention": [wrong.key], "note": "lain pasar"})

    opened = int(response["Location"].rsplit("/", 1)[1])
    page = alice.get(f"/tiket/{opened}").content.decode()
    assert opened != number
    assert "Pasar Gede" in page
    assert "Pasar Legi" not in page
    assert f"menjadi T-{opened}" in page
    mark = store.ticket(people["alice"].actor, number).regroupings[0].id
    undone = alice.post(f"/tiket/{opened}/perkara/undo", {"version": "1", "regrouping": str(mark)})
    assert undone["Location"] == f"/tiket/{number}"
    assert list(store.export_tickets()) == before
    withdrawn = alice.get(f"/tiket/{opened}")
    assert withdrawn.status_code == 200
    assert f'dilayani di <a href="/tiket/{number}">' in withdrawn.content.decode()
    assert store.verify() == []


def test_the_first_post_and_foreign_posts_cannot_be_split_off(store: Store, browser_of: Any) -> None:
    """Keys that a form of ours never offered are refused; without a choice the person is told to make one."""
    original = post(HOLE)
    number = open_case(store, original)
    wrong = fold(store, original, "Jalan berlubang di depan Pasar Gede")
    elsewhere = post("Lampu padam")
    open_case(store, elsewhere, department="dinsos-jateng")
    alice = browser_of("alice")

    def said(*keys: str) -> str:
        response = alice.post(f"/tiket/{number}/perkara/split", {"version": "1", "mention": list(keys)})
        assert response.status_code == 422
        return str(response.content.decode())

    assert "Kiriman pertama tidak dapat dipisahkan" in said(original.key, wrong.key)
    assert "Kiriman yang dipilih tidak ada di perkara ini" in said(elsewhere.key)
    assert "Kiriman yang dipilih tidak ada di perkara ini" in said("x:post:tidak-ada")
    assert "Pilih kiriman yang dipisahkan" in said()
    assert f'value="{wrong.key}" checked' in said(wrong.key, original.key)


def test_reposts_are_no_boxes(store: Store, browser_of: Any) -> None:
    """What repeats a post goes where the post goes: there is nothing to choose."""
    original = post(HOLE)
    number = open_case(store, original)
    retell(store, original, times=3)

    assert 'type="checkbox"' not in browser_of("alice").get(f"/tiket/{number}").content.decode()


# --- suggestions -------------------------------------------------------------------------------------


def test_the_same_incident_in_other_words_is_suggested_with_its_reasons(
    two: tuple[int, int], store: Store, browser_of: Any
) -> None:
    """A suggestion merges nothing by itself; its button does."""
    first, second = two
    alice = browser_of("alice")

    page = alice.get(f"/tiket/{second}").content.decode()

    assert "Mungkin kejadian yang sama" in page
    assert f"Gabungkan ke T-{first}" in page
    assert "tempat yang sama: Pasar Legi" in page
    assert "topik yang sama:" in page
    assert [row["status"] for row in store.export_tickets()] == ["baru", "baru"]


def test_a_dismissed_suggestion_does_not_come_again_and_is_a_label(
    two: tuple[int, int], store: Store, browser_of: Any
) -> None:
    """Neither here nor on the other ticket; evaluation reads the pair as different."""
    first, second = two
    alice = browser_of("alice")

    alice.post(f"/tiket/{second}/perkara/apart", {"version": "1", "other": f"T-{first}"})

    for number in two:
        assert "Mungkin kejadian yang sama" not in alice.get(f"/tiket/{number}").content.decode()
    label, = store.pair_labels()
    assert (label.same, label.actor) == (False, "alice")
    assert "bukan kejadian yang sama" in alice.get(f"/tiket/{first}").content.decode()


def test_a_suggestion_hides_what_is_personal(store: Store, browser_of: Any) -> None:
    """The other ticket's text is masked as on its own page."""
    open_case(store, HOLE + ", hubungi 081234567890", words=("berlubang",), place="Pasar Legi", kind="landmark")
    second = open_case(store, "Lubang dekat Pasar Legi berlubang parah", words=("berlubang",), place="Pasar Legi", kind="landmark")

    page = browser_of("alice").get(f"/tiket/{second}").content.decode()

    assert "Mungkin kejadian yang sama" in page
    assert "081234567890" not in page


def test_another_desk_s_ticket_is_never_suggested(store: Store, browser_of: Any) -> None:
    """Not by its text, not by its number."""
    open_case(store, HOLE, department="dinsos-jateng", words=("berlubang",), place="Pasar Legi", kind="landmark")
    second = open_case(store, HOLE + " parah", words=("berlubang",), place="Pasar Legi", kind="landmark")

    assert "Mungkin kejadian yang sama" not in browser_of("alice").get(f"/tiket/{second}").content.decode()


def test_the_coordinator_merges_across_departments_and_the_desk_is_told(
    store: Store, browser_of: Any, people: Any
) -> None:
    """Citra sees both; the desks that she does not work at read of it, without a word of the citizens'."""
    first = open_case(store, HOLE)
    second = open_case(store, "Lubang dekat Pasar Legi", department="dishub-solo")

    response = browser_of("citra").post(f"/tiket/{second}/perkara/merge", {"version": "1", "other": f"T-{first}"})

    assert response["Location"] == f"/tiket/{first}"
    told = [due.event for due in store.due_events(10, now=NOON.replace(year=2030))]
    assert {event.ticket for event in told} <= {first, second}
    assert "Pasar" not in repr(told)
    assert store.ticket(people["citra"].actor, second).ticket.merged_into == first
