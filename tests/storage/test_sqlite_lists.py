"""How lists are found: in the index alone, in both ways to look for words, and in a file of before."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from domain import Actor, Status
from storage import open_store
from storage.records import TicketQuery
from storage.sqlite import finding, listing
from tests.builders import NOON
from tests.storage.decisions import ALICE, MACHINE, mention, opens, save, settle, told, watch

CITRA = Actor("citra", all_departments=True)
LIVE = (Status.BARU, Status.DITERIMA)


@pytest.fixture
def store(tmp_path):
    with closing(watch(open_store(tmp_path / "k.db"))) as store:
        yield store


@pytest.fixture
def hundred(store):
    """A hundred tickets at two desks, each third one about a lamp, due in no order."""
    posts = [mention(f"{'Lampu padam' if n % 3 == 0 else 'Jalan berlubang'} nomor {n}") for n in range(100)]
    save(store, *posts)
    settle(store, *(opens(m, ("solo-dpupr", "solo-dinsos")[n % 2], due_at=NOON + timedelta(hours=n * 37 % 100))
                    for n, m in enumerate(posts)))
    return store


@pytest.mark.parametrize("few", [2_000, 0], ids=["rare word", "common word"])
@pytest.mark.parametrize("actor", [ALICE, CITRA, MACHINE], ids=lambda actor: actor.name)
def test_words_are_found_the_same_in_both_ways(hundred, monkeypatch, few, actor):
    """A rare word and one that every post has give lists by due date, page by page, whichever way is taken."""
    monkeypatch.setattr(finding, "FEW_HITS", few)
    everything = hundred.tickets(actor, TicketQuery(limit=1000))
    expected = [row.ticket.id for row in everything if "Lampu" in row.text]

    pages, before = [], None
    while page := hundred.tickets(actor, TicketQuery(text="lampu", statuses=LIVE, limit=7, before=before)):
        pages += [row.ticket.id for row in page]
        before = str(page[-1].ticket.id)

    assert pages == expected
    assert len(expected) > 10
    assert hundred.tickets(actor, TicketQuery(text="berlubang padam")) == []


def test_more_desks_than_can_be_merged_make_the_same_list(hundred, monkeypatch):
    """A whole country's coordinator reads along all tickets instead."""
    query = TicketQuery(statuses=LIVE, topic="jalan", limit=1000)
    expected = [row.ticket.id for row in hundred.tickets(CITRA, query)]

    monkeypatch.setattr(listing, "MOST_STRETCHES", 1)

    assert [row.ticket.id for row in hundred.tickets(CITRA, query)] == expected
    assert len(expected) == 100


@pytest.mark.parametrize("query", [
    TicketQuery(statuses=LIVE), TicketQuery(), TicketQuery(topic="jalan", urgency="normal", statuses=LIVE),
    TicketQuery(platform="x", assignee="bob", opened_from=NOON, opened_before=NOON, before="3"),
], ids=["live", "all", "counted filters", "every filter"])
@pytest.mark.parametrize("actor", [ALICE, CITRA], ids=lambda actor: actor.name)
def test_a_list_is_read_from_one_index_in_its_order(hundred, actor, query):
    """No table is scanned and nothing is sorted, however many tickets there are."""
    connection = hundred.connections.connection()
    found = listing._merged(connection, actor, query)

    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {found.sql}", found.values).fetchall()]

    searches = [step for step in plan if re.match(r"(SEARCH|SCAN)", step)]
    assert searches
    assert all(re.search(r"ticket_desk \(department=\? AND status=\?", step) for step in searches), plan
    assert not [step for step in plan if "TEMP B-TREE" in step]


@pytest.mark.parametrize("few", [5_000, 0], ids=["few there", "many there"])
def test_a_place_is_found_the_same_in_both_ways(hundred, monkeypatch, few):
    """A hamlet's tickets are looked up, a city's are read along the list; with words, too."""
    monkeypatch.setattr(listing, "FEW_IN_PLACE", few)
    expected = [row.ticket.id for row in hundred.tickets(CITRA, TicketQuery(limit=1000))]

    assert [row.ticket.id for row in hundred.tickets(CITRA, TicketQuery(place="33.72", limit=1000))] == expected
    assert hundred.tickets(CITRA, TicketQuery(place="33.7")) == []
    monkeypatch.setattr(finding, "FEW_HITS", 0)
    assert len(hundred.tickets(ALICE, TicketQuery(place="33.72.04", text="lampu", limit=1000))) == 17


def older(path):
    """Make the file what m007 left behind."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("""
            DROP INDEX ticket_opened; DROP INDEX ticket_open; DROP INDEX ticket_answered; DROP INDEX ticket_closed;
            DROP INDEX ticket_desk; DROP INDEX ticket_place; DROP VIEW metric_ticket; DROP TABLE saved_view; DROP TABLE ticket_count; DROP TABLE ticket_count_all;
            DROP TRIGGER ticket_counted_in; DROP TRIGGER ticket_counted_over; DROP TRIGGER ticket_counted_out;
            DROP INDEX ticket_status; CREATE INDEX ticket_due ON ticket(due_sort, id);
            DROP TRIGGER ticket_marked; ALTER TABLE ticket DROP COLUMN marks;
            CREATE VIRTUAL TABLE plain USING fts5(text, tokenize = "unicode61 remove_diacritics 2");
            INSERT INTO plain (rowid, text) SELECT rowid, text FROM ticket_text;
            DROP TABLE ticket_text; ALTER TABLE plain RENAME TO ticket_text;
            ALTER TABLE ticket DROP COLUMN platform; ALTER TABLE ticket DROP COLUMN place;
            ALTER TABLE ticket DROP COLUMN assignee;
            DROP TRIGGER ticket_first_answered; DROP TRIGGER desk_touched; DROP TABLE desk_touch;
            ALTER TABLE ticket DROP COLUMN answered_at;
            CREATE INDEX ticket_desk ON ticket(department, status, due_sort, id);
            CREATE TABLE ticket_count (department TEXT NOT NULL, status TEXT NOT NULL, sensitive INTEGER NOT NULL,
              n INTEGER NOT NULL, PRIMARY KEY (department, status, sensitive)) STRICT, WITHOUT ROWID;
            CREATE TRIGGER ticket_counted_in AFTER INSERT ON ticket BEGIN SELECT 1; END;
            CREATE TRIGGER ticket_counted_over AFTER UPDATE OF department ON ticket BEGIN SELECT 1; END;
            CREATE TRIGGER ticket_counted_out AFTER DELETE ON ticket BEGIN SELECT 1; END;
            CREATE VIEW metric_ticket AS SELECT status, sum(n) AS n FROM ticket_count GROUP BY status;
            DELETE FROM _sqlite_migrations WHERE name IN ('m011_queue', 'm013_oversight', 'm015_marks');
        """)


def index_of_places(path):
    with closing(sqlite3.connect(path)) as shell:
        return shell.execute("SELECT sql FROM sqlite_master WHERE name = 'ticket_place'").fetchone()[0]


def test_the_index_of_places_of_an_older_file_is_made_anew(tmp_path, empty_store):
    """m017: it held the place alone, so every other filter looked into each ticket."""
    path = tmp_path / "k.db"
    open_store(path).close()
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.executescript("""
            DROP INDEX ticket_place; CREATE INDEX ticket_place ON ticket(place) WHERE place IS NOT NULL;
            DELETE FROM _sqlite_migrations WHERE name = 'm017_places';
        """)

    open_store(path).close()

    made, new = map(index_of_places, (path, empty_store(tmp_path / "new.db")))
    assert made == new
    assert "topic" in made


def test_a_file_from_before_learns_where_its_tickets_are(tmp_path):
    """Tickets that an older version wrote are found by place and platform, and counted, as new ones are."""
    with closing(watch(open_store(tmp_path / "k.db"))) as store:
        told(store)
        told(store)
    older(tmp_path / "k.db")

    with closing(open_store(tmp_path / "k.db")) as store:
        told(store)

        assert len(store.tickets(ALICE, TicketQuery(place="33.72.04", platform="x"))) == 3
        assert len(store.tickets(ALICE, TicketQuery(text="berlubang", statuses=LIVE))) == 3
        assert [(tally.status, tally.n) for tally in store.tallies(ALICE)] == [("baru", 3)]
        assert store.facts()["tickets"] == {"baru": 3}
        assert store.verify() == []
