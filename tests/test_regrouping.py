"""Staff take stories apart and put them together while the daemon goes on judging what arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Actor, Author, MentionKind, Page
from nlp.duplicates import Folder, own_fingerprint
from pipeline import process_batch
from storage.records import TicketQuery
from tests.builders import NOON, mention
from tests.storage.regroupings import exported, merge, split, undo

LATER = NOON + timedelta(hours=12)
CITRA = Actor("citra", departments=("dpupr-solo", "dlh-solo", "dishub-solo"), all_departments=True)
HOLE = ("Pak, jalan berlubang dalam sekali di depan Pasar Legi Banjarsari Solo, kemarin dua motor jatuh karena malam"
        " gelap dan tidak ada tanda bahaya sama sekali, tolong segera ditambal")
ADDED = HOLE + ". Lampu jalan di sana juga mati semua sejak minggu lalu"
OTHER = "Aspal ambles di Jalan Kapten Mulyadi Pasar Kliwon Solo, truk sampai miring. Mohon diperbaiki @pemkot_contoh"


@pytest.fixture
def settle(store, judge):
    def run(*mentions):
        store.save_page("x:solo", Page(mentions, "c"), next_poll_at=LATER, now=LATER)
        while process_batch(store, judge, limit=200, now=LATER):
            pass
        assert store.verify() == []
        return {row.ticket.id: row.ticket for row in store.tickets(CITRA, TicketQuery(limit=500))}

    return run


def clusters(store, *mentions):
    found = store.clusters_of([m.key for m in mentions])
    return [found[m.key] for m in mentions]


def by(name, text, **given):
    return mention(text, author=Author(name, name, name), **given)


@pytest.mark.parametrize("restarted", [False, True])
def test_what_staff_split_off_is_not_folded_back(settle, store, judge, restarted):
    """Later copies of the split-off text find the new story, copies of the old one the old; a restart changes nothing."""
    first, second = by("ani", HOLE), by("budi", ADDED)
    settle(first, second)
    assert clusters(store, second) == [first.key]
    split(store, 1, second, rules=judge.rules, actor=CITRA, fingerprint=own_fingerprint(second))

    if restarted:
        judge.forget()
    settle()
    of_second, of_first = by("cici", "Viral! " + ADDED), by("dedi", "Bantu viralkan: " + HOLE)
    settle(of_second, of_first)

    assert clusters(store, second, of_second, of_first) == [second.key, second.key, first.key]


def test_the_daemon_finds_the_desks_that_the_old_story_hid(settle, store, judge):
    """The split-off post is read by its own words: the lamps get their ticket too, with the clock of that post."""
    first, second = by("ani", HOLE), by("budi", ADDED)
    settle(first, second)
    opened = split(store, 1, second, rules=judge.rules, actor=CITRA, fingerprint=own_fingerprint(second))
    before = set(store.standings([second.key])[second.key].tickets)

    settle()

    standing = store.standings([second.key])[second.key]
    assert opened in before
    assert {t.id for t in standing.tickets} >= {opened.id}
    assert all(t.opened_at == second.seen_at for t in standing.tickets)
    assert store.heads([second.key])[second.key].extraction is not None
    assert store.unprocessed(9, now=LATER) == []


def test_undoing_a_split_takes_along_what_the_daemon_made_of_it(settle, store, judge):
    """The same bytes as before, though the new story had been read, routed and told again."""
    first, second = by("ani", HOLE), by("budi", ADDED)
    settle(first, second)
    before = exported(store)
    opened = split(store, 1, second, rules=judge.rules, actor=CITRA, fingerprint=own_fingerprint(second))
    settle()

    undo(store, opened.id, actor=CITRA)

    assert exported(store) == before
    settle(by("cici", "Viral! " + ADDED))
    assert store.ticket(CITRA, 1).size == 3
    assert store.verify() == []


def test_copies_and_replies_of_both_stories_reach_the_ticket_that_goes_on(settle, store, judge):
    """And after undoing, each is with its own."""
    first, second = by("ani", HOLE), by("budi", OTHER)
    tickets = settle(first, second)
    one, two = (next(t.id for t in tickets.values() if t.cluster == m.key) for m in (first, second))
    merge(store, two, one, actor=CITRA)
    copy = by("cici", "RT dong " + OTHER)
    answer = by("dedi", "masih ambles sampai sekarang", kind=MentionKind.REPLY, reply_to=second.key, thread=second.key)
    share = replace(by("eko", OTHER), repost_of=second.key, kind=MentionKind.REPOST)

    settle(copy, answer, share)

    assert store.ticket(CITRA, one).size == 5
    undo(store, two, actor=CITRA)
    assert (store.ticket(CITRA, one).size, store.ticket(CITRA, two).size) == (1, 4)
    assert clusters(store, copy, answer, share) == [second.key] * 3
    assert store.verify() == []


def test_a_story_that_others_were_split_from_is_compared_with_both():
    """A sure copy of the old story is still looked up among what was split off; the closer one wins."""
    first, second = by("ani", HOLE), by("budi", ADDED)
    again = by("cici", ADDED.replace("semua", "total semua"))

    def verdict(parted):
        folder = Folder(threshold=0.72, window=timedelta(days=14))
        folder.remember(first.key, own_fingerprint(first), author=None, at=first.posted_at)
        folder.remember(second.key, own_fingerprint(second), author=None, at=second.posted_at, parted=parted)
        return folder.fold(again)[0].cluster

    assert verdict(None) == first.key  # the older one: neither is known to be another matter
    assert verdict(first.key) == second.key
