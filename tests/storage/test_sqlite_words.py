"""Searching equals looking at every text, whichever way is taken; and nobody finds what they may not see."""

from __future__ import annotations

import re
import shutil
import sqlite3
import unicodedata
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import LIVE_STATUSES, Actor, Status
from storage import open_store
from storage.records import Counted, TicketQuery
from storage.sqlite import finding, search
from storage.sqlite.folding import TOKENIZER, tokens
from tests.builders import NOON
from tests.storage.decisions import ALICE, CHARLIE, MACHINE, mention, opens, save, settle, transition, watch
from tests.tiers import few

CITRA = Actor("citra", ("solo-dinsos",), all_departments=True)
DESKS = ("solo-dpupr", "solo-dinsos")
SAID = ("jalan", "Jalanan", "berlubang", "kafé", "KAFE", "RT.05", "rt 05", "di", "lampu-lampu", "\ue000l", "air")
TYPED = ("jalan", "jal", "berlubang", "kafe", "rt.05", "05", "di", "d", "lampu", "air jalan", "jalan ka", "\ue000l",
         '"air" OR', "di jalan", "lampu di", "ja")
WAYS = ({"FEW_HITS": 2_000, "NEAR": 300}, {"FEW_HITS": 0, "NEAR": 2, "FAR": 3, "LOOK": 2},
        {"FEW_HITS": 1, "NEAR": 3, "FAR": 1_000, "LOOK": 5})


@dataclass
class Case:
    text: str
    department: str
    sensitive: bool
    status: Status
    due: int


cases = st.builds(
    Case, text=st.lists(st.sampled_from(SAID), min_size=1, max_size=4).map(" ".join), department=st.sampled_from(DESKS),
    sensitive=st.booleans(), status=st.sampled_from((Status.BARU, Status.DITERIMA, Status.SELESAI, Status.DITOLAK)),
    due=st.integers(1, 40))


@dataclass
class Oracle:
    """Every ticket as it was put in, and a search that looks at all of them with rules of its own."""

    known: dict[int, Case] = field(default_factory=dict)

    def finds(self, actor: Actor, typed: str, statuses: tuple[Status, ...]) -> list[int]:
        return [number for number, case in sorted(self.known.items(), key=lambda item: (item[1].due, item[0]))
                if (case.department in actor.departments or (actor.all_departments and not case.sensitive))
                and (not statuses or case.status in statuses) and _says(case.text, typed)]


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(sign for sign in apart if not unicodedata.combining(sign))))


def _says(text: str, typed: str) -> bool:
    terms = [term for term in map(_plain, typed.replace("\ue000", " ").split()) if term]
    if not terms:
        return False
    text = f" {_plain(text.replace(chr(0xe000), ' '))} "
    *whole, last = (f" {term}" for term in terms)
    return all(f"{term} " in text for term in whole) and (last if len(terms[-1].split()[-1]) >= 3 else f"{last} ") in text


def filled(store, given_cases) -> Oracle:
    oracle = Oracle()
    posts = [mention(case.text) for case in given_cases]
    save(store, *posts)
    settled = settle(store, *(opens(post, case.department, sensitive=case.sensitive, due_at=NOON + timedelta(days=case.due))
                              for post, case in zip(posts, given_cases, strict=True)))
    for number, case in zip(settled.opened, given_cases, strict=True):
        oracle.known[number] = case
        if case.status != "baru":
            store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket, changes={"status": str(case.status)}))
    return oracle


@pytest.mark.parametrize("way", few(WAYS, fast=1), ids=["looked up", "walked a little", "walked"])
@given(given_cases=st.lists(cases, min_size=1, max_size=14), typed=st.sampled_from(TYPED),
       statuses=st.sampled_from((LIVE_STATUSES, (), (Status.SELESAI,), (Status.BARU, Status.SELESAI))))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_a_look_at_every_text_finds(tmp_path, empty_store, way, given_cases, typed, statuses):
    """Own and foreign desks, secrets, closed tickets, accents, beginnings: the same tickets, due ones first, by pages."""
    path = tmp_path / "k.db"
    path.unlink(missing_ok=True)
    with closing(watch(open_store(empty_store(path)))) as store, patch.multiple(finding, **way):
        oracle = filled(store, given_cases)
        for actor in (ALICE, CHARLIE, CITRA):
            expected = oracle.finds(actor, typed, statuses)
            pages, before = [], None
            while page := store.tickets(actor, TicketQuery(text=typed, statuses=statuses, limit=3, before=before)):
                pages += [row.ticket.id for row in page]
                before = str(pages[-1])
            assert pages == expected
            rows, counted = store.page(actor, TicketQuery(text=typed, statuses=statuses, limit=3), most=4)
            assert [row.ticket.id for row in rows] == expected[:3]
            assert counted.n <= len(expected)
            assert counted.more == (len(expected) > counted.n)
        assert store.verify() == []


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_words_are_cut_as_the_index_cuts_them(text):
    """Any signs at all: FTS5 itself says what its words are."""
    text = text.encode("utf-8", "ignore").decode().replace("\0", " ")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE one USING fts5(text, tokenize = '{TOKENIZER}')")
        connection.execute("CREATE VIRTUAL TABLE term USING fts5vocab(one, instance)")
        connection.execute("INSERT INTO one VALUES (?)", (text,))
        found = [term for term, in connection.execute("SELECT term FROM term ORDER BY offset").fetchall()]

    assert tokens(text) == found


def test_marks_follow_the_desk_and_the_end_of_a_ticket(tmp_path):
    """Moved, closed, opened again: the index knows where each ticket is to be looked for."""
    with closing(watch(open_store(tmp_path / "k.db"))) as store:
        post = mention("Jalan berlubang")
        save(store, post)
        number, = settle(store, opens(post)).opened
        found = TicketQuery(text="berlubang", statuses=LIVE_STATUSES)

        for changes, seen_by in (({"status": "diterima"}, ALICE), ({"department": "solo-dinsos"}, CHARLIE),
                                 ({"status": "selesai"}, None), ({"status": "dikerjakan"}, CHARLIE)):
            store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket, changes=changes))
            for actor in (ALICE, CHARLIE):
                assert [row.ticket.id for row in store.tickets(actor, found)] == ([number] if actor is seen_by else [])
            wrong = store.connections.connection().execute(
                "SELECT t.id FROM ticket t JOIN ticket_text w ON w.rowid = t.id WHERE t.marks IS NOT w.marks").fetchall()
            assert wrong == []


def test_a_file_from_before_marks_learns_them(tmp_path, empty_store):
    """What an older version indexed is found by the desks that have it, and counted for who sees all."""
    path = tmp_path / "k.db"
    with closing(watch(open_store(empty_store(path)))) as store:
        filled(store, [Case("jalan berlubang", "solo-dpupr", False, Status.BARU, 1),
                       Case("jalan gelap", "solo-dinsos", True, Status.SELESAI, 2)])
    before_marks(path)

    with closing(open_store(path)) as store:
        assert [row.ticket.id for row in store.tickets(ALICE, TicketQuery(text="jalan", statuses=LIVE_STATUSES))] == [1]
        assert [row.ticket.id for row in store.tickets(CHARLIE, TicketQuery(text="jalan"))] == [2]
        assert store.page(CITRA, TicketQuery(text="jalan"), most=9)[1] == Counted(2)
        assert sum(tally.n for tally in store.tallies(CITRA)) == 2
        assert sum(tally.n for tally in store.tallies(Actor("dewi", all_departments=True))) == 1
        assert store.verify() == []
    assert shutil.copy(path, tmp_path / "again.db")
    with closing(open_store(tmp_path / "again.db")) as store:
        assert len(store.tickets(MACHINE, TicketQuery(text="jalan"))) == 2


def before_marks(path):
    """Make the file what m011b left behind."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("""
            DROP TRIGGER ticket_marked; DROP INDEX ticket_status; ALTER TABLE ticket DROP COLUMN marks;
            CREATE INDEX ticket_due ON ticket(due_sort, id);
            DROP TRIGGER ticket_counted_in; DROP TRIGGER ticket_counted_over; DROP TRIGGER ticket_counted_out;
            DROP TABLE ticket_count_all;
            CREATE TRIGGER ticket_counted_in AFTER INSERT ON ticket BEGIN SELECT 1; END;
            CREATE TRIGGER ticket_counted_over AFTER UPDATE OF department ON ticket BEGIN SELECT 1; END;
            CREATE TRIGGER ticket_counted_out AFTER DELETE ON ticket BEGIN SELECT 1; END;
            CREATE VIRTUAL TABLE plain USING fts5(text, tokenize = "unicode61 remove_diacritics 2");
            INSERT INTO plain (rowid, text) SELECT rowid, text FROM ticket_text;
            DROP TABLE ticket_text;
            ALTER TABLE plain RENAME TO ticket_text;
            DELETE FROM _sqlite_migrations WHERE name = 'm015_marks';
        """)


@pytest.mark.parametrize(("typed", "runs", "open_end"), [
    ("jalan", ("jalan",), True), ("di", ("di",), False), ("RT.05 Jebres", ("rt 05", "jebres"), True), ("jl 05", ("jl", "05"), False),
    ('NEAR("a" OR b)', ("near a", "or", "b"), False)])
def test_what_is_typed_is_words_alone(typed, runs, open_end):
    """No sign of FTS5's language does anything, and short endings are words, not beginnings."""
    assert search.wanted(typed) == search.Wanted(runs, open_end)


@pytest.mark.parametrize("typed", ["", "  ", "!?", "\ue000", "😀", "\0"])
def test_nothing_to_look_for_finds_nothing(typed):
    assert search.wanted(typed) is None
