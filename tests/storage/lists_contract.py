"""The contract of lists: what narrows them, what counts them, whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Actor, Location, NamePlace, Refused, Status
from storage.records import Counted, SavedView, Tally, TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import (
    ALICE,
    CHARLIE,
    LATER,
    MACHINE,
    extraction,
    joins,
    mention,
    opens,
    save,
    settle,
    told,
    transition,
    watch,
)

EVERYTHING = TicketQuery(limit=1000)
CITRA = Actor("citra", ("solo-setda",), all_departments=True)


def location(code: str) -> Location:
    return Location(code, f"wilayah {code}", "kecamatan", -7.5, 110.8, 0.9)


def lies(store: Store, code: str | None, *departments: str, text: str = "Jalan berlubang", **given: object) -> int:
    """A ticket whose place is the area of this code."""
    m = mention(text)
    save(store, m)
    seen = extraction(location=location(code) if code else None)
    return settle(store, replace(opens(m, *departments, **given), extraction=seen)).opened[-1]


def found(store: Store, actor: Actor = ALICE, **query: object) -> list[int]:
    return [row.ticket.id for row in store.tickets(actor, TicketQuery(**query))]


class ListsContract:
    """Every filter alone and with others, for one desk and for who sees them all."""

    def test_an_area_finds_what_lies_in_it(self, store: Store):
        """A kabupaten's list holds its kecamatan and kelurahan, and no neighbour whose code begins alike."""
        watch(store)
        town, village, kelurahan, neighbour, none = (
            lies(store, code) for code in ("33.72", "33.72.02", "33.72.02.1003", "33.720", None))

        assert found(store, place="33.72") == [town, village, kelurahan]
        assert found(store, place="33.72.02") == [village, kelurahan]
        assert found(store, place="33.72.02.1003") == [kelurahan]
        assert found(store) == [town, village, kelurahan, neighbour, none]

    def test_platform_arrival_and_person_narrow_the_list(self, store: Store):
        """Where it came from, when, and who has it."""
        watch(store, "x:solo", "instagram:solo")
        _, first = told(store, at=NOON)
        later = mention(platform="instagram", at=NOON + timedelta(hours=5))
        save(store, later, to="instagram:solo")
        second, = settle(store, opens(later)).opened
        store.apply(ALICE, transition(store.ticket(ALICE, second).ticket, "assign", changes={"assignee": "bob"}))

        assert found(store, platform="x") == [first]
        assert found(store, opened_from=NOON + timedelta(hours=1)) == [second]
        assert found(store, opened_before=NOON + timedelta(hours=5)) == [first]
        assert found(store, opened_from=NOON, opened_before=NOON + timedelta(hours=6), platform="instagram") == [second]
        assert found(store, assignee="bob") == [second]
        assert store.ticket(ALICE, second).ticket.assignee == "bob"
        assert found(store, assignee="bob", platform="x") == []

    def test_a_place_that_the_reporter_names_later_is_found(self, store: Store):
        """The answer below a post without a place puts the ticket on the map, and a stranger's does not."""
        watch(store)
        ticket = lies(store, None)
        first = store.ticket(ALICE, ticket).mention
        for by_reporter, code in ((False, "33.10"), (True, "33.72.05")):
            answer = mention("di Banjarsari", reply_to=first.key)
            save(store, answer)
            settle(store, joins(answer, first.key, "thread", (NamePlace(by_reporter, location(code)),)))

        assert found(store, place="33.72") == [ticket]
        assert found(store, place="33.10") == []

    def test_an_edit_moves_the_ticket_to_the_place_that_it_names(self, store: Store):
        """The list follows the text."""
        watch(store)
        ticket = lies(store, "33.72.02")
        m = store.ticket(ALICE, ticket).mention
        save(store, replace(m, native_id="77777", text="Bukan di Jebres, di Laweyan", seen_by=()))
        again, = store.unprocessed(1, now=LATER)

        settle(store, replace(opens(again), extraction=extraction(location=location("33.72.01"))))

        assert found(store, place="33.72.01") == [ticket]
        assert found(store, place="33.72.02") == []

    def test_many_desks_and_statuses_make_one_list(self, store: Store):
        """Who sees all desks reads one list by due date, whatever the status, page by page."""
        watch(store)
        desks = ("solo-dpupr", "solo-dinsos", "solo-dishub")
        posts = [mention(f"kiriman {n}") for n in range(12)]
        save(store, *posts)
        settle(store, *(opens(m, desks[n % 3], due_at=NOON + timedelta(days=(n * 7) % 12))
                        for n, m in enumerate(posts)))
        for number in (2, 5, 9):
            store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket, changes={"status": "selesai"}))
        expected = [row.ticket.id for row in sorted(store.tickets(CITRA, EVERYTHING), key=lambda row: row.ticket.due_at)]

        pages, before = [], None
        while page := found(store, CITRA, limit=5, before=before):
            pages += page
            before = str(page[-1])

        assert pages == expected
        assert sorted(pages) == list(range(1, 13))
        live = found(store, CITRA, statuses=(Status.BARU, Status.DITERIMA))
        assert live == [number for number in expected if number not in (2, 5, 9)]
        assert found(store, CITRA, department="solo-dinsos", statuses=(Status.SELESAI,)) == [
            number for number in expected if number in (2, 5)]

    def test_a_page_after_a_hidden_ticket_is_the_first_page(self, store: Store):
        """Paging tells nobody where a foreign or a secret ticket would stand in their list."""
        watch(store)
        mine = [told(store, f"Jalan berlubang {n}")[1] for n in range(3)]
        _, secret = told(store, departments=("solo-dinsos",), sensitive=True)

        for actor in (ALICE, CITRA):
            assert found(store, actor, before=str(secret)) == found(store, actor, before="4711") == mine
        assert found(store, before=str(mine[0])) == mine[1:]

    def test_tallies_follow_every_change_and_hide_what_is_hidden(self, store: Store):
        """Counts by status, topic and urgency, exact after each action; a foreign or sensitive ticket is in none."""
        watch(store)
        _, first = told(store)
        told(store, "Lampu padam", departments=("solo-dinsos",), sensitive=True)
        store.apply(ALICE, transition(store.ticket(ALICE, first).ticket, changes={
            "status": "diterima", "topic": "air", "urgency": "tinggi"}))

        assert store.tallies(ALICE) == [Tally("diterima", "air", "tinggi", 1)]
        assert store.tallies(CITRA) == [Tally("diterima", "air", "tinggi", 1)]
        assert store.tallies(CHARLIE) == [Tally("baru", "jalan", "normal", 1)]
        assert store.tallies(MACHINE, "solo-dinsos") == [Tally("baru", "jalan", "normal", 1)]
        assert store.tallies(ALICE, "solo-dinsos") == []
        assert store.verify() == []

    def test_what_matches_is_counted_up_to_a_limit(self, store: Store):
        """A filter says how many it finds without counting a million."""
        watch(store)
        for n in range(7):
            told(store, f"Jalan berlubang nomor {n}")

        assert store.page(ALICE, TicketQuery(text="berlubang"), most=5)[1] == Counted(5, more=True)
        assert store.page(ALICE, TicketQuery(text="nomor 3"), most=5)[1] == Counted(1)
        assert store.page(CHARLIE, EVERYTHING, most=5)[1] == Counted(0)

    def test_the_newest_entry_moves_with_every_ticket_that_opens_or_changes(self, store: Store):
        """And with nothing else, so that a list need not be read again to see that it is the same."""
        watch(store)
        _, number = told(store)
        before = store.newest_entry()
        store.ticket(ALICE, number)
        assert store.newest_entry() == before
        store.apply(ALICE, transition(store.ticket(ALICE, number).ticket))
        changed = store.newest_entry()
        told(store, "Lampu padam", departments=("solo-dinsos",))

        assert before < changed < store.newest_entry()

    def test_saved_views_are_their_owners(self, store: Store):
        """A view has one name a person, can be replaced and forgotten, and is nobody else's."""
        store.save_view(ALICE, SavedView("Laweyan", "tempat=33.72.01"))
        store.save_view(ALICE, SavedView("Darurat", "urgensi=darurat"))
        store.save_view(ALICE, SavedView("Laweyan", "tempat=33.72.01&platform=x"))
        store.save_view(CHARLIE, SavedView("Laweyan", "status=semua"))
        store.forget_view(CHARLIE, "Darurat")

        assert store.saved_views(ALICE) == [SavedView("Darurat", "urgensi=darurat"),
                                            SavedView("Laweyan", "tempat=33.72.01&platform=x")]
        store.forget_view(ALICE, "Darurat")
        assert [view.name for view in store.saved_views(ALICE)] == ["Laweyan"]
        for n in range(29):
            store.save_view(ALICE, SavedView(f"nomor {n}", "status=semua"))
        with pytest.raises(Refused):
            store.save_view(ALICE, SavedView("satu lagi", "status=semua"))
