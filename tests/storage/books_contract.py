"""The contract of the books, and a day of 48 posts to fill them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from domain import (
    Mention,
    RaiseUrgency,
)
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import (
    ALICE,
    joins,
    kept,
    mention,
    opens,
    repost,
    save,
    settle,
    told,
    transition,
    watch,
)

EVERYTHING = TicketQuery(limit=1000)



class BooksContract:
    """Export, rules, numbers."""

    def test_an_export_is_plain_data_and_complete(self, store: Store):
        """Everything that another system needs, without a clock of ours in it."""
        m, _ = told(watch(store), url="https://x.example/9")
        copy = repost(m)
        save(store, copy)
        settle(store, joins(copy, m.key))

        row, = store.export_tickets()

        assert row["members"] == sorted([m.key, copy.key])
        assert (row["text"], row["url"], row["platform"], row["size"]) == (m.text, m.url, "x", 2)
        assert (row["place"], row["location"]["code"]) == ("Banjarsari", "33.72.04")
        assert (row["opened_at"], row["due_rule"]) == (m.seen_at.isoformat(), "SP4N")

    def test_rules_are_kept_once_by_hash(self, store: Store):
        """Saving the same rules again changes nothing."""
        for _ in range(2):
            store.save_ruleset("abc", {"topics": {}}, reason="start", now=NOON)

        assert store.verify() == []

    def test_versions_of_the_rules_are_numbered_and_audited(self, store: Store):
        """The same rules again make no version, a save and a rollback do; each names who and why."""
        first = store.save_ruleset("abc", {"topics": {}}, reason="start", now=NOON, text="a: 1")
        again = store.save_ruleset("abc", {"topics": {}}, reason="start", now=NOON)
        second = store.save_ruleset("def", {"topics": {"x": 1}}, reason="banjir", now=NOON, actor="oki", gate={"broken": 2})
        back = store.save_ruleset("abc", {"topics": {}}, reason="kembali", now=NOON, actor="oki", always=True)

        assert (first, again, second, back) == (1, 1, 2, 3)
        assert [(v.n, v.hash, v.actor, v.reason) for v in store.rules_versions()] == [
            (3, "abc", "oki", "kembali"), (2, "def", "oki", "banjir"), (1, "abc", "kentongan", "start")]
        assert store.rules_versions()[1].gate == {"broken": 2}
        assert store.version_numbers() == {"abc": 1, "def": 2}
        assert store.rules_text(1) == ("a: 1", {"topics": {}})
        assert store.rules_text(2) == (None, {"topics": {"x": 1}})
        assert store.rules_text(9) is None
        assert store.verify() == []

    def test_history_gives_back_what_was_read_in_the_order_in_which_it_came(self, store: Store):
        """Copies and deleted posts are left out; the newest can be asked for alone."""
        first, _ = told(watch(store))
        second, _ = told(store, "Pohon tumbang di Laweyan")
        copy = repost(first)
        save(store, copy)
        settle(store, joins(copy, first.key))

        assert [past.mention.key for past in store.past_mentions()] == [first.key, second.key]
        assert [past.mention.key for past in store.past_mentions(newest=1)] == [second.key]
        assert [past.mention.key for past in store.past_mentions(after=second.posted_at)] == [second.key]
        assert store.newest_post_at() == copy.posted_at
        save(store, gone=(second.key,))
        assert [past.mention.key for past in store.past_mentions()] == [first.key]

    def test_outcomes_tell_what_people_made_of_a_ticket(self, store: Store):
        """The desk of now, and each correction with what stood before."""
        _, number = told(watch(store))
        ticket = store.ticket(ALICE, number).ticket
        label = {"kind": "department", "before": "solo-dpupr", "after": "solo-dishub"}
        store.apply(ALICE, transition(ticket, "reroute", changes={"department": "solo-dishub"}, correction=label))

        outcome, = store.outcomes()

        assert (outcome.ticket, outcome.department, outcome.status) == (number, "solo-dishub", "baru")
        assert outcome.corrections == (("department", "solo-dpupr", "solo-dishub"),)

    def test_facts_count_what_ops_ask_for(self, store: Store):
        """Backlog, tickets, unsent events and the schema, at a glance."""
        told(watch(store))
        save(store, mention())

        facts = store.facts()

        assert (facts["backlog"], facts["tickets"], facts["unsent"]) == (1, {"baru": 1}, 1)
        assert facts["oldest_waiting_at"] is not None
        assert facts["schema"]

    def test_a_good_store_verifies(self, store: Store):
        """No false alarm."""
        play_a_day(store, set())

        assert store.verify() == []


def play_a_day(store: Store, cuts: set[int]) -> None:
    """48 posts of a day: stories, storms, lanes, raised urgencies, several desks; settled in the given batches."""
    posts = [
        replace(mention(f"kiriman {n}"), key=f"x:post:d{n:02}", native_id=f"d{n:02}", seen_at=NOON,
                posted_at=NOON + timedelta(seconds=n), author=None) for n in range(48)
    ]
    watch(store)
    save(store, *posts)
    decisions = [_decided(n, m, posts) for n, m in enumerate(posts)]
    bounds = [0, *sorted(cuts), len(decisions)]
    for start, end in pairwise(bounds):
        settle(store, *decisions[start:end])


def _decided(n: int, m: Mention, posts: list[Mention]):
    if n in (0, 7, 30):
        return opens(m, "solo-dpupr", "solo-dishub") if n == 7 else opens(m)
    if n % 9 == 5:
        return kept(m)
    if n in (12, 20, 21):
        return joins(m, posts[0].key, changes=(RaiseUrgency(1, ("tinggi", "darurat")[n % 2], "korban"),))
    if n % 11 == 3:
        return replace(opens(m, "solo-dishub"), verdict=joins(m, posts[7].key).verdict)
    return joins(m, posts[0].key if n < 40 else posts[30].key)
