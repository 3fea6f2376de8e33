"""A story whose tickets are closed is told anew: FIELD's "can be reopened by the next mention", the whole way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.viral import told_to
from domain import Action, Actor, Author, MentionKind, Status
from routing.rules import compile_rules
from routing.tickets import transition
from storage.records import Transition
from tests.builders import NOON, mention
from tests.way import arrive

MACHINE = Actor("tester", system=True)
CLOSED = NOON + timedelta(hours=12)
BEFORE, AFTER = CLOSED - timedelta(hours=1), CLOSED + timedelta(hours=1)
HOLE = "Jalan di Banyuanyar Solo berlubang besar dekat SMP, sudah tiga orang jatuh, tolong diperbaiki"
TWO = "Jalan di Banyuanyar Solo berlubang besar dan lampu jalan mati semua, tolong diperbaiki pak wali"


@pytest.fixture
def close(store, settings):
    """Rejected, or accepted and finished, by a person."""
    rules = compile_rules(settings)
    steps = {"ditolak": [("reject", {"reason": "tidak_terbukti"})],
             "selesai": [("accept", {}), ("finish", {"note": "Sudah."})]}

    def run(ticket, how="ditolak", *, at=CLOSED):
        for verb, given in steps[how]:
            move = transition(ticket, Action(verb, **given), actor=MACHINE, rules=rules, now=at)
            ticket = store.apply(MACHINE, Transition(ticket.id, ticket.version, move.verb, "ani", move.changes, at))
        return ticket

    return run


def ticket_of(store, number):
    return store.ticket(MACHINE, number).ticket


@pytest.mark.parametrize("how", ["ditolak", "selesai"])
def test_the_same_words_of_another_person_open_it_again(settle, store, close, how):
    """New at its desk, with the number and the clock of before; the history says who closed it and what came."""
    first = mention(HOLE, at=NOON)
    [ticket] = settle(first)
    closed = close(ticket, how)

    again = mention(f"{HOLE} pak", at=AFTER)
    settle(again)

    now = ticket_of(store, ticket.id)
    assert (now.status, now.reason, now.closed_at) == (Status.BARU, None, None)
    assert (now.due_at, now.opened_at, now.version) == (ticket.due_at, ticket.opened_at, closed.version + 1)
    entry = next(e for e in store.ticket(MACHINE, ticket.id).history if e.verb == "reopen")
    assert (entry.actor, entry.before["status"], entry.after["mention"]) == ("kentongan", how, again.key)


def test_its_desk_is_told(store, judge, close, settings):
    """One notice to each address of the desk, by another key than that of the opening."""
    telling = replace(judge, rules=compile_rules(told_to(settings)))
    [ticket] = arrive(store, telling, mention(HOLE, at=NOON), now=NOON + timedelta(hours=1))
    close(ticket)

    arrive(store, telling, mention(f"{HOLE}!", at=AFTER), now=AFTER)

    keys = [due.event.key for due in store.due_events(99, now=AFTER + timedelta(days=9))]
    assert [key.split("|")[:2] for key in keys] == [[f"T-{ticket.id}", "x1"], [f"T-{ticket.id}", "x2"]]


def test_the_same_person_who_insists_is_heard(settle, store, close):
    """A rejection is no end for whom it struck."""
    who = Author("a1", "ani", "Ani")
    [ticket] = settle(mention(HOLE, author=who, at=NOON))
    close(ticket)

    settle(mention(f"{HOLE}.", author=who, at=AFTER))

    assert ticket_of(store, ticket.id).status is Status.BARU


def test_a_bare_repost_says_nothing_new(settle, store, close):
    """Nor does a post that was written before the closing and came late."""
    first = mention(HOLE, at=NOON)
    [ticket] = settle(first)
    close(ticket)

    settle(mention(HOLE, kind=MentionKind.REPOST, repost_of=first.key, at=AFTER), mention(f"{HOLE} min", at=BEFORE))

    assert ticket_of(store, ticket.id).status is Status.DITOLAK


def test_what_is_closed_twice_stays_closed(settle, store, close):
    """A text that goes round for weeks comes back once."""
    [ticket] = settle(mention(HOLE, at=NOON))
    close(ticket)
    settle(mention(f"{HOLE} pak", at=AFTER))
    close(ticket_of(store, ticket.id), at=AFTER + timedelta(hours=1))

    settle(mention(f"{HOLE} min", at=AFTER + timedelta(hours=2)))

    assert ticket_of(store, ticket.id).status is Status.DITOLAK


@pytest.mark.parametrize("limit", [1, 200])
def test_it_opens_once_whatever_the_batch(settle, store, close, limit):
    """Ten who say it in one batch are one reopening."""
    [ticket] = settle(mention(HOLE, at=NOON))
    closed = close(ticket)

    settle(*(mention(f"{HOLE} {word}", at=AFTER) for word in ("pak", "min", "bos", "lur")), limit=limit)

    assert ticket_of(store, ticket.id).version == closed.version + 1
    assert [entry.verb for entry in store.ticket(MACHINE, ticket.id).history].count("reopen") == 1


def test_what_one_desk_has_closed_stays_so_while_another_works(settle, store, close):
    """The lamp shines again; who repeats the whole text means the hole that is still there."""
    _, hole, lamp = settle(mention(TWO, at=NOON))
    close(lamp, "selesai")

    settle(mention(f"{TWO}!", at=AFTER))

    assert ticket_of(store, lamp.id).status is Status.SELESAI
    assert ticket_of(store, hole.id).status is Status.BARU
