"""Any order of merges, splits, undoings and arrivals: the books hold at every step, and the way back is exact."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from domain import Conflict, NotAllowed, Refused
from storage import open_store
from tests.storage.decisions import MACHINE, joins, mention, opens, repost, save, settle, watch
from tests.storage.regroupings import exported, merge, split, undo

DESKS = ("solo-dpupr", "solo-dinsos", "solo-dishub")
STEPS = 40


class Staff:
    """Somebody who tries everything: what is refused must change nothing, what is done must be written down."""

    def __init__(self, store, rules, seed):
        self.store, self.rules, self.rng = store, rules, random.Random(seed)
        self.posts = {}
        self.refused = 0
        self.done = Counter()

    def begin(self):
        for n in range(5):
            m = mention(f"laporan {n}")
            self.posts[m.key] = m
            save(self.store, m)
            settle(self.store, opens(m, *self.rng.sample(DESKS, self.rng.choice((1, 1, 2)))))
            for _ in range(self.rng.randrange(3)):
                self.arrive(m.key)

    def arrive(self, home=None):
        home = home or self.rng.choice(sorted(self.posts))
        above = self.posts[home]
        m = repost(above) if self.rng.random() < 0.3 else mention(f"salinan {home}")
        known = self.store.clusters_of([home])[home]
        save(self.store, m)
        settle(self.store, joins(m, known, "near_duplicate"))
        if m.repost_of is None:
            self.posts[m.key] = m

    def number(self):
        return self.rng.choice([row["id"] for row in self.store.export_tickets()])

    def step(self, *verbs):
        verb = self.rng.choice(verbs)
        before = exported(self.store)
        try:
            self.do(verb)
        except (Refused, NotAllowed, Conflict):
            self.refused += 1
            assert exported(self.store) == before
        assert self.store.verify() == []

    def do(self, verb):
        if verb == "arrive":
            self.arrive()
        elif verb == "merge":
            merge(self.store, self.number(), self.number(), actor=MACHINE)
        elif verb == "split":
            number = self.number()
            tellings = self.store.tellings(MACHINE, number)
            split(self.store, number, *self.rng.sample(tellings, min(len(tellings), 2)), rules=self.rules,
                  actor=MACHINE)
        else:
            number = self.number()
            if not self.store.ticket(MACHINE, number).regroupings:
                return
            undo(self.store, number, actor=MACHINE)
        self.done[verb] += 1

    def undo_all(self):
        """As a person would: what is refused because of a later one is tried again after that."""
        for _ in range(200):
            open_ = [t["id"] for t in self.store.export_tickets()
                     if self.store.ticket(MACHINE, t["id"]).regroupings]
            if not open_:
                return
            number = self.rng.choice(open_)
            try:
                undo(self.store, number, actor=MACHINE)
            except Refused:
                continue
            assert self.store.verify() == []
        pytest.fail("something could not be undone")


@pytest.mark.parametrize("seed", [0, 3, 18, 40])
def test_whatever_staff_do_can_be_taken_back_to_the_byte(seed, tmp_path, empty_store, rules):
    """Merges upon splits upon merges, undone in any order that is allowed: the export of before them all."""
    with closing(watch(open_store(empty_store(tmp_path / "k.db")))) as store:
        staff = Staff(store, rules, seed)
        staff.begin()
        before = exported(store)
        for _ in range(STEPS):
            staff.step("merge", "merge", "split", "undo")

        staff.undo_all()

        assert exported(store) == before
        assert staff.done["merge"] > 1


@pytest.mark.parametrize("seed", [61, 78, 90])
def test_posts_that_arrive_between_are_never_lost(seed, tmp_path, empty_store, rules):
    """However stories move, every post that came stands in one story with a live ticket."""
    with closing(watch(open_store(empty_store(tmp_path / "k.db")))) as store:
        staff = Staff(store, rules, seed)
        staff.begin()
        for _ in range(STEPS):
            staff.step("merge", "split", "undo", "arrive")

        assert len(staff.done) > 2

        with closing(sqlite3.connect(tmp_path / "k.db")) as connection:
            lost = connection.execute(
                "SELECT key FROM mention m WHERE NOT EXISTS (SELECT 1 FROM ticket t WHERE t.cluster = m.cluster"
                " AND t.status = 'baru')").fetchall()
        assert lost == []


OLDER = (
    "DROP TABLE regrouping", "DROP INDEX mention_home", "DROP INDEX cluster_joined", "DROP INDEX ticket_desk_opened",
    "DROP INDEX ticket_topic_opened", "DROP INDEX correction_story", "ALTER TABLE mention DROP COLUMN home",
    "ALTER TABLE cluster DROP COLUMN joined", "ALTER TABLE cluster DROP COLUMN parted",
    "ALTER TABLE ticket DROP COLUMN merged_into", "DELETE FROM _sqlite_migrations WHERE name = 'm003_merges'",
)


def test_a_store_from_before_merges_learns_them(tmp_path, rules):
    """What an older version wrote is kept, and its stories can be put together, taken apart and back."""
    first, second, copy = mention(), mention("lain"), mention("salinan")
    with closing(watch(open_store(tmp_path / "k.db"))) as store:
        save(store, first, second, copy)
        settle(store, opens(first), opens(second), joins(copy, first.key))
    with closing(sqlite3.connect(tmp_path / "k.db")) as connection, connection:
        for statement in OLDER:
            connection.execute(statement)

    with closing(open_store(tmp_path / "k.db")) as store:
        before = exported(store)
        split(store, 1, copy, rules=rules, actor=MACHINE)
        merge(store, 2, 1, actor=MACHINE)
        undo(store, 2, actor=MACHINE)
        undo(store, 1, actor=MACHINE)

        assert exported(store) == before
        assert [row["merged_into"] for row in before] == [None, None]
        assert store.verify() == []
