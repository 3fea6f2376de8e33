"""Counting for heads: what was answered and when, who sees what, in the index alone, and in a file of before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Actor
from storage import open_store
from storage.oversight import BY, WHATS, Sieve
from storage.records import Transition
from storage.sqlite import oversight
from tests.builders import NOON
from tests.storage.decisions import ALICE, CHARLIE, MACHINE, joins, mention, opens, repost, save, settle, told, watch

CITRA = Actor("citra", all_departments=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = Sieve("arrived", NOON - DAY, NOON + 6 * DAY)


@pytest.fixture
def store(tmp_path):
    with closing(watch(open_store(tmp_path / "k.db"))) as store:
        yield store


@pytest.fixture
def thirty(store):
    """Thirty tickets at two desks, every fifth one sensitive, due in turn; some answered, some closed, one bounced."""
    posts = [mention(f"Jalan berlubang nomor {n}") for n in range(30)]
    save(store, *posts)
    settle(store, *(opens(m, ("solo-dpupr", "solo-dinsos")[n % 2], due_at=NOON + n * HOUR, sensitive=n % 5 == 0,
                          topic=("jalan", "lampu", "sampah")[n % 3]) for n, m in enumerate(posts)))
    for number in range(1, 30, 4):
        store.apply(MACHINE, act(store, number, "accept", status="diterima"))
    for number in (1, 9):
        store.apply(MACHINE, act(store, number, "finish", at=2 * DAY, status="selesai", closed_at=NOON + 2 * DAY))
    for n, desk in enumerate(("solo-dinsos", "solo-dpupr", "solo-dinsos")):
        store.apply(MACHINE, act(store, 3, "reroute", at=(12 + n) * HOUR, department=desk))
    return store


def act(store, number, verb, at=12 * HOUR, **changes):
    return Transition(number, store.ticket(MACHINE, number).ticket.version, verb, "alice", changes, NOON + at)


@pytest.mark.parametrize("actor", [ALICE, CHARLIE, CITRA, MACHINE], ids=lambda actor: actor.name)
@pytest.mark.parametrize("what", WHATS)
def test_a_count_is_the_length_of_its_list_however_it_is_split(thirty, what, actor):
    """By each of BY, alone and in pairs; page by page; and nobody counts what they cannot open."""
    sieve = replace(WEEK, what=what, until=NOON + 20 * HOUR if what in ("late", "open") else WEEK.until)
    listed = [row.ticket.id for row in thirty.counted(actor, sieve, limit=100)]
    seen = {number for number in range(1, 31) if visible(thirty, actor, number)}

    assert thirty.tally(actor, sieve) == {(): len(listed)}
    assert set(listed) <= seen
    assert len(set(listed)) == len(listed)
    for one in BY:
        assert sum(thirty.tally(actor, sieve, (one,)).values()) == len(listed)
        assert sum(thirty.tally(actor, sieve, (one, "department")).values()) == len(listed)
    pages = [thirty.counted(actor, sieve, limit=4, skip=skip) for skip in range(0, 32, 4)]
    assert [row.ticket.id for page in pages for row in page] == listed


def visible(store, actor, number):
    try:
        return bool(store.ticket(actor, number))
    except Exception:
        return False


def test_each_word_means_what_it_says(thirty):
    """Answered by a person's first decision; open and late as it stood then, also when it was closed since."""
    def numbers(what, **given):
        return {row.ticket.id for row in thirty.counted(MACHINE, replace(WEEK, what=what, **given), limit=100)}

    assert numbers("answered") == {*range(1, 30, 4), 3}
    assert numbers("closed") == {1, 9}
    assert numbers("bounced") == {3}
    assert numbers("bounced", until=NOON + 13 * HOUR) == set()  # once is no ping-pong
    assert 1 in numbers("open", until=NOON + DAY)
    assert 1 not in numbers("open", until=NOON + 3 * DAY)
    assert numbers("late", until=NOON + 10 * HOUR) == set(range(1, 11))
    assert numbers("untouched") == set(range(1, 31)) - {*range(1, 30, 4), 3}
    assert numbers("arrived", place="33.72") == set(range(1, 31))
    assert numbers("arrived", place="=33.72") == numbers("arrived", place="-") == set()


def test_what_stands_is_three_tallies_at_once(thirty):
    """The brief reads what is open once; it says what the three lists say."""
    sieve = replace(WEEK, until=NOON + 9 * HOUR)
    for actor in (ALICE, CITRA, MACHINE):
        stand = thirty.standing(actor, sieve)
        for what in ("open", "untouched", "late"):
            tallied = {key: n for (key,), n in thirty.tally(actor, replace(sieve, what=what), ("department",)).items()}
            assert {key: getattr(one, what) for key, one in stand.items() if getattr(one, what)} == tallied


def test_times_run_from_arrival_to_the_first_decision(thirty):
    """Whatever came afterwards: three re-routes count once, by the first."""
    took = thirty.took(MACHINE, replace(WEEK, what="answered"))
    arrived = {n: thirty.ticket(MACHINE, n).ticket.opened_at for n in (*range(1, 30, 4), 3)}

    assert sorted(second for one in took for second in one.seconds) == sorted(
        (NOON + 12 * HOUR - at) // timedelta(seconds=1) for at in arrived.values())
    assert all(list(one.seconds) == sorted(one.seconds) for one in took)


def test_hands_on_a_department_are_noted_where_they_were(thirty):
    """A re-route is work of the desk that sends; reading personal data is none."""
    before = {touch.department: touch.last_at for touch in thirty.touches(MACHINE, until=NOON + 7 * DAY)}
    thirty.record_view(ALICE, 5, what="pii", reason="uji", now=NOON + 5 * DAY)
    thirty.apply(MACHINE, act(thirty, 5, "reroute", at=6 * DAY, department="solo-dinsos"))
    after = {touch.department: touch.last_at for touch in thirty.touches(MACHINE, until=NOON + 7 * DAY)}

    assert after["solo-dinsos"] == before["solo-dinsos"]
    assert after["solo-dpupr"] == NOON + 6 * DAY
    assert {touch.department for touch in thirty.touches(CITRA, until=NOON - 2 * DAY)} == set()


@pytest.mark.parametrize("what", ["arrived", "answered", "closed", "open", "late", "untouched"])
def test_counting_reads_an_index_and_no_ticket(thirty, what):
    """At a million tickets this is the difference between 50 ms and a minute: bench/brief.py."""
    with thirty.connections.read() as connection:
        for arm, values in oversight._selects(CITRA, replace(WEEK, what=what)):
            for by in ("department", "topic", "platform", "urgency", "substr(place, 1, 5)"):
                plan = [row[3] for row in connection.execute(
                    f"EXPLAIN QUERY PLAN SELECT {by}, count(*) FROM ({arm}) GROUP BY 1", values)]
                assert any("COVERING INDEX" in step for step in plan), plan


def test_big_stories_are_those_told_most_in_the_stretch(store):
    """Told once is no story; posts of before the stretch do not count; a secret one is its own department's."""
    def stories(actor, since=WEEK.since, until=WEEK.until):
        return [(one.ticket, one.told, one.size) for one in store.big_stories(actor, since=since, until=until, limit=5)]

    told(store)
    bridge, number = told(store, "Jembatan retak", sensitive=True)
    again = [repost(bridge, at=NOON + n * DAY) for n in range(1, 5)]
    save(store, *again)
    settle(store, *(joins(one, bridge.key) for one in again))

    assert stories(ALICE) == [(number, 5, 5)]
    assert stories(ALICE, since=NOON + 2 * DAY - HOUR, until=NOON + 4 * DAY - HOUR) == [(number, 2, 5)]
    assert stories(CITRA) == stories(CHARLIE) == []


def test_a_file_from_before_is_counted_from_its_audit_chain(tmp_path):
    """Answers and hands of an older file are found again; the next ones are noted as they come."""
    path = tmp_path / "k.db"
    with closing(watch(open_store(path))) as store:
        told(store)
        store.apply(MACHINE, act(store, 1, "accept", status="diterima"))
        expected = store.took(MACHINE, replace(WEEK, what="answered")), store.touches(MACHINE, until=WEEK.until)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("""
            DROP INDEX ticket_opened; DROP INDEX ticket_open; DROP INDEX ticket_answered; DROP INDEX ticket_closed;
            DROP INDEX audit_moved; DROP INDEX audit_moved_at; DROP INDEX spread_minute_at;
            DROP TRIGGER ticket_first_answered; DROP TRIGGER desk_touched; DROP TABLE desk_touch;
            ALTER TABLE ticket DROP COLUMN answered_at;
            DELETE FROM _sqlite_migrations WHERE name = 'm013_oversight';
        """)

    with closing(open_store(path)) as store:
        assert (store.took(MACHINE, replace(WEEK, what="answered")), store.touches(MACHINE, until=WEEK.until)) == expected
        assert len(expected[0]) == len(expected[1]) == 1
        assert store.verify() == []
