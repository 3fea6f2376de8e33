"""The contract of closing photos: one step or two people, never one person twice; nobody else's business."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain import Actor, Conflict, NotAllowed, Picture, Refused, Status
from storage.records import Evidence, KnownPhoto
from storage.store import Store
from tests.storage.decisions import ALICE, CHARLIE, LATER, MACHINE, told, transition, watch

BOB = Actor("bob", ALICE.departments)
PICTURE = Picture("hashed", "sha-1", ("0f" * 16, "a0" * 16))
DONE = {"status": "selesai", "closed_at": LATER}


def photo(ticket: int, *doubts: str, file: str = "a.jpg", actor: str = "alice") -> Evidence:
    return Evidence(ticket, LATER, actor, file, PICTURE, doubts, "ditambal")


class EvidenceContract:
    """Alice and Bob share a desk, Charlie has another."""

    def test_a_photo_without_doubts_finishes_the_ticket_in_one_step(self, store: Store):
        """Photo and closing stand or fall together."""
        _, number = told(watch(store))
        ticket = store.ticket(ALICE, number).ticket

        with pytest.raises(Conflict):
            store.hand_in(ALICE, photo(number), replace(transition(ticket, "finish", changes=DONE), seen_version=9))
        assert store.evidence(ALICE, number) == []
        done = store.hand_in(ALICE, photo(number), transition(ticket, "finish", changes=DONE))

        assert done.status is Status.SELESAI
        given, = store.evidence(ALICE, number)
        assert (given.state, given.file, given.picture, given.note) == ("accepted", "a.jpg", PICTURE, "ditambal")
        assert store.verify() == []

    def test_a_doubtful_one_waits_for_somebody_else(self, store: Store):
        """Until then nobody finishes the ticket; the one who handed it in least of all."""
        _, number = told(watch(store))
        ticket = store.ticket(ALICE, number).ticket
        waiting = store.hand_in(ALICE, photo(number, "reused:7"), transition(ticket, "evidence", changes={}))
        finish = transition(waiting, "finish", changes=DONE)

        assert waiting.status is Status.BARU
        for attempt in (lambda: store.apply(ALICE, finish),
                        lambda: store.decide_evidence(ALICE, 1, finish, accepted=True),
                        lambda: store.hand_in(BOB, photo(number, file="b.jpg"), finish)):
            with pytest.raises(Refused):
                attempt()
        for actor, error in ((CHARLIE, NotAllowed), (BOB, Refused)):
            with pytest.raises(error):
                store.decide_evidence(actor, 1 if actor is CHARLIE else 99, finish, accepted=True)
        done = store.decide_evidence(BOB, 1, replace(finish, actor="bob"), accepted=True)

        given, = store.evidence(BOB, number)
        assert done.status is Status.SELESAI
        assert (given.state, given.second, given.second_at, given.doubts) == ("accepted", "bob", LATER, ("reused:7",))
        assert store.verify() == []

    def test_a_refused_one_leaves_the_ticket_open_and_is_held_against_nobody(self, store: Store):
        """Its owner may withdraw it, too."""
        _, number = told(watch(store))
        ticket = store.ticket(ALICE, number).ticket
        waiting = store.hand_in(ALICE, photo(number, "undated"), transition(ticket, "evidence", changes={}))

        after = store.decide_evidence(ALICE, 1, transition(waiting, "evidence_refused", changes={}), accepted=False)

        assert after.status is Status.BARU
        assert store.evidence(ALICE, number)[0].state == "refused"
        assert store.known_photos(ALICE, number) == []
        store.hand_in(ALICE, photo(number, file="b.jpg"), transition(after, "finish", changes=DONE))
        assert store.known_photos(MACHINE, number) == [KnownPhoto(PICTURE, number)]

    def test_photos_of_a_foreign_ticket_are_nobody_s(self, store: Store):
        """Neither seen, nor held against, nor handed in."""
        _, number = told(watch(store))
        ticket = store.ticket(ALICE, number).ticket

        for attempt in (lambda: store.evidence(CHARLIE, number), lambda: store.known_photos(CHARLIE, number),
                        lambda: store.hand_in(CHARLIE, photo(number), transition(ticket, "finish", changes=DONE))):
            with pytest.raises(NotAllowed):
                attempt()
