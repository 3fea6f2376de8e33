"""The contract of blots and secrets: what staff hide is hidden from every reader, and stays so whatever arrives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain import Actor, Conflict, Media, NotAllowed, Pii, Refused
from storage.records import TicketQuery
from storage.redaction import Redact
from storage.store import Store
from tests.storage.decisions import (
    ALICE,
    CHARLIE,
    LATER,
    MACHINE,
    joins,
    mention,
    opening,
    opens,
    repost,
    save,
    settle,
    told,
    transition,
    watch,
)

NAME = "Siti Rahayu"
SAID = "Anak bu Siti Rahayu jatuh di lubang depan Pasar Legi, tolong"
BLOTTED = "Anak bu ████ ██████ jatuh di lubang depan Pasar Legi, tolong"
ALL = Actor("citra", ("triage",), all_departments=True)


def blot(store: Store, number: int, words: str = NAME, actor: Actor = ALICE, **given: object) -> Redact:
    version = store.ticket(actor, number).ticket.version
    wanted = Redact(number, version, words, actor.name, LATER, "nama anak")
    return replace(wanted, **given)  # type: ignore[arg-type]


def texts(store: Store, number: int) -> list[str]:
    view = store.ticket(ALICE, number)
    return [view.mention.text, *(copy.text for copy in view.copies)]


class RedactionContract:
    """Alice blots a name; Charlie has another desk."""

    def test_a_blot_stands_in_everything_that_is_read(self, store: Store):
        """Page, list, export, search, replay, duplicates: none has the name, and every span stays where it was."""
        first, number = told(watch(store), SAID)
        copy = repost(first)
        save(store, copy)
        settle(store, joins(copy, first.key))

        after = store.redact(ALICE, blot(store, number))

        assert after.version == 2
        assert texts(store, number) == [BLOTTED, BLOTTED]
        assert [row.text for row in store.tickets(ALICE, TicketQuery())] == [BLOTTED]
        assert store.tickets(ALICE, TicketQuery(text="rahayu")) == []
        assert len(store.tickets(ALICE, TicketQuery(text="lubang"))) == 1
        assert [row["text"] for row in store.export_tickets()] == [BLOTTED]
        assert [past.mention.text for past in store.past_mentions()] == [BLOTTED]
        assert store.verify() == []

    def test_who_when_why_before_after_and_not_a_word_of_it(self, store: Store):
        """The history tells of the blot, to every desk of the story, without saying what it hid."""
        _, number = told(watch(store), SAID, departments=("solo-dpupr", "solo-dinsos"))
        tickets = [row.ticket.id for row in store.tickets(MACHINE, TicketQuery())]
        number = next(row.ticket.id for row in store.tickets(ALICE, TicketQuery()))

        store.redact(ALICE, blot(store, number))

        for one in tickets:
            entry = store.ticket(MACHINE, one).history[-1]
            assert (entry.verb, entry.actor, entry.at, entry.reason) == ("redact", "alice", LATER, "nama anak")
            assert entry.after == {"blotted": 1}
            assert "Siti" not in repr(store.ticket(MACHINE, one).history)

    def test_the_same_post_again_is_no_edit(self, store: Store):
        """Every poll brings it with the name: nothing comes back, nothing is judged again."""
        first, number = told(watch(store), SAID)
        store.redact(ALICE, blot(store, number))

        saved = save(store, first)

        assert (saved.known, saved.revised) == (1, 0)
        assert texts(store, number) == [BLOTTED]

    def test_an_edit_and_a_copy_that_come_later_are_blotted_too(self, store: Store):
        """The words are known by the story, so that the third copy does not undo what was done to the first."""
        first, number = told(watch(store), SAID)
        store.redact(ALICE, blot(store, number))
        copy = mention(f"Kasihan. {SAID.upper()}", media=(Media("photo", "https://e.x/1", alt="foto Siti Rahayu"),))
        save(store, copy)
        settle(store, joins(copy, first.key, "near_duplicate"))

        save(store, replace(first, text=f"{SAID} ya pak. SITI  RAHAYU!", native_id=first.native_id))

        assert texts(store, number) == [
            f"{BLOTTED} ya pak. ████  ██████!", "Kasihan. ANAK BU ████ ██████ JATUH DI LUBANG DEPAN PASAR LEGI, TOLONG"]
        assert store.ticket(ALICE, number).copies[0].media[0].alt == "foto ████ ██████"
        assert [words for _, words in store.sealed(ALICE, number)] == ["Siti Rahayu", "SITI  RAHAYU"]

    def test_what_stood_there_is_sealed_for_the_desk_alone(self, store: Store):
        """Unmasking can show it; another desk cannot ask."""
        _, number = told(watch(store), SAID)
        store.redact(ALICE, blot(store, number))

        assert store.sealed(ALICE, number) == [(8, "Siti Rahayu")]
        with pytest.raises(NotAllowed):
            store.sealed(CHARLIE, number)

    def test_a_stale_page_a_foreign_desk_and_words_that_are_not_there_change_nothing(self, store: Store):
        """All or nothing, as with every action."""
        _, number = told(watch(store), SAID)
        before = store.ticket(ALICE, number)

        for wanted, actor, error in ((blot(store, number, seen_version=9), ALICE, Conflict),
                                     (blot(store, number), CHARLIE, NotAllowed),
                                     (blot(store, number, "Sit"), ALICE, Refused)):
            with pytest.raises(error):
                store.redact(actor, wanted)

        assert store.ticket(ALICE, number) == before

    def test_a_post_deleted_at_the_source_takes_its_sealed_words_along(self, store: Store):
        """Deletion is honoured below the blot too."""
        first, number = told(watch(store), SAID)
        store.redact(ALICE, blot(store, number))

        save(store, gone=(first.key,))

        assert store.sealed(ALICE, number) == []
        assert texts(store, number) == [""]

    def test_a_place_read_out_of_the_words_goes_with_them(self, store: Store):
        """What the machine saw is shown too: a street by its name would tell it."""
        m = mention("Gang Mawar 7 gelap")
        save(watch(store), m)
        decision = opens(m, pii=(Pii(0, 4, "address"),))
        place = replace(decision.extraction.places[0], start=0, end=10, text="Gang Mawar", name="Gang Mawar", code=None)
        area = replace(decision.extraction.location, because="named: gang mawar")
        seen = replace(decision.extraction, places=(place,), location=area)
        number, = settle(store, replace(decision, extraction=seen)).opened

        store.redact(ALICE, blot(store, number, "Gang Mawar"))

        assert "mawar" not in repr(store.ticket(ALICE, number).extraction).lower()

    # --- secrets

    def test_a_secret_is_the_secret_of_all_the_story(self, store: Store):
        """Every ticket of it shows the same posts: who only sees all sees none of them, each desk sees its own."""
        told(watch(store), SAID, departments=("solo-dpupr", "solo-dinsos"))
        mine, = store.tickets(ALICE, TicketQuery())
        secret = transition(mine.ticket, "secret", changes={"sensitive": True}, reason="korban anak")
        assert len(store.tickets(ALL, TicketQuery())) == 3

        store.apply(ALICE, secret)

        assert store.tickets(ALL, TicketQuery()) == []
        theirs, = store.tickets(CHARLIE, TicketQuery())
        assert (theirs.ticket.sensitive, theirs.ticket.version) == (True, 2)
        entry = store.ticket(CHARLIE, theirs.ticket.id).history[-1]
        assert (entry.verb, entry.actor, entry.reason) == ("secret", "alice", "korban anak")
        assert (entry.before, entry.after) == ({"sensitive": 0}, {"sensitive": 1})
        assert sum(store.counts(ALL).values()) == 0
        assert store.verify() == []

    def test_a_secret_that_was_closed_comes_back_as_one(self, store: Store):
        """Somebody tells it again after it was rejected: the new ticket shows the same posts."""
        first, number = told(watch(store), SAID)
        ticket = store.ticket(ALICE, number).ticket
        ticket = store.apply(ALICE, transition(ticket, "secret", changes={"sensitive": True}, reason="korban anak"))
        store.apply(ALICE, transition(ticket, "reject", changes={"status": "ditolak", "closed_at": LATER}))
        again = mention(f"{SAID} ya")
        save(store, again)

        number, = settle(store, joins(again, first.key, "near_duplicate", (opening(again),))).opened

        assert store.ticket(ALICE, number).ticket.sensitive
        assert store.tickets(ALL, TicketQuery()) == []

    def test_lifting_a_secret_shows_the_story_again(self, store: Store):
        """The way back, in one step, with its own entry."""
        _, number = told(watch(store), SAID, sensitive=True)
        assert store.tickets(ALL, TicketQuery()) == []
        ticket = store.ticket(ALICE, number).ticket

        store.apply(ALICE, transition(ticket, "lift_secret", changes={"sensitive": False}, reason="bukan rahasia"))

        assert [row.ticket.id for row in store.tickets(ALL, TicketQuery())] == [number]
