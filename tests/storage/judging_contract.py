"""The contract of judging: order, stories, settling, failing, the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import (
    Fate,
    Fingerprint,
    MentionState,
    NamePlace,
    Quarantined,
    RaiseUrgency,
    Verdict,
)
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.storage.books_contract import play_a_day
from tests.storage.decisions import (
    ALICE,
    LATER,
    MACHINE,
    extraction,
    fates,
    joins,
    kept,
    keys,
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



class JudgingContract:
    """Order, stories, settling, failing."""

    def test_posts_wait_in_an_order_that_no_restart_changes(self, store: Store):
        """Oldest first; those of one second by key."""
        b, a = mention(at=NOON, native_id="b"), mention(at=NOON, native_id="a")
        old = mention(at=NOON - timedelta(days=1))
        save(watch(store), b, a, old)

        assert keys(store.unprocessed(10, now=LATER)) == keys([old, a, b])
        assert keys(store.unprocessed(1, now=LATER)) == [old.key]

    def test_one_story_has_one_ticket_a_department(self, store: Store):
        """However often two posts ask for the same desk, one ticket stands there."""
        m, ticket = told(watch(store))
        again = mention("Sama persis")
        save(store, again)

        settled = settle(store, replace(opens(again), verdict=joins(again, m.key).verdict))

        assert settled.opened == ()
        assert [row.ticket.id for row in store.tickets(MACHINE, EVERYTHING)] == [ticket]
        assert store.standings([m.key])[m.key].size == 2

    def test_a_finished_complaint_may_return(self, store: Store):
        """Once a ticket is closed, the same story can open a new one."""
        m, ticket = told(watch(store))
        store.apply(ALICE, transition(store.ticket(ALICE, ticket).ticket, "finish", changes={"status": "selesai"}))
        save(store, replace(m, native_id="88888", text="Berlubang lagi"))

        settled = settle(store, opens(store.unprocessed(1, now=LATER)[0]))

        assert len(settled.opened) == 1
        assert settled.opened[0] > ticket

    def test_settling_again_changes_nothing(self, store: Store):
        """A crash after the commit costs a repetition, not a second ticket or notice."""
        m = mention()
        save(watch(store), m)
        settle(store, opens(m))
        before = [list(store.export_tickets()), store.due_events(10, now=LATER), store.ledger()]

        again = settle(store, opens(m), opens(m))

        assert (again.settled, again.skipped) == (0, 2)
        assert [list(store.export_tickets()), store.due_events(10, now=LATER), store.ledger()] == before

    def test_a_decision_about_an_unknown_post_is_skipped(self, store: Store):
        """Nothing is settled that was never stored."""
        assert settle(watch(store), opens(mention())).skipped == 1

    def test_a_batch_whose_notices_cannot_be_written_settles_nothing(self, store: Store):
        """Ticket and notice are one fact: no ticket without its notice."""
        m = mention()
        save(watch(store), m)

        def broken(ticket, size):
            raise KeyError(ticket.department)

        with pytest.raises(KeyError):
            store.settle([opens(m)], announce=broken, now=LATER)

        assert fates(store) == {"waiting": 1}
        assert list(store.export_tickets()) == []
        assert settle(store, opens(m)).opened == (1,)

    def test_two_complaints_in_one_post_get_a_parent_that_watches(self, store: Store):
        """Pothole and street light: two desks work, one coordinates, and the numbers tell which came first."""
        _, last = told(watch(store), departments=("solo-dpupr", "solo-dishub"))

        rows = list(store.export_tickets())

        assert last == 3
        assert [(r["id"], r["department"], r["parent"], r["coordinates"]) for r in rows] == [
            (1, "solo-setda", None, True), (2, "solo-dpupr", 1, False), (3, "solo-dishub", 1, False)]

    def test_urgency_is_raised_never_lowered(self, store: Store):
        """A later post reports an injury; a calmer one after it does not calm the ticket."""
        m, ticket = told(watch(store))
        others = [mention(f"salinan {n}") for n in range(3)]
        save(store, *others)

        settle(store, *(
            joins(other, m.key, changes=(RaiseUrgency(ticket, urgency, "korban"),))
            for other, urgency in zip(others, ("darurat", "tinggi", "darurat"), strict=True)))

        view = store.ticket(ALICE, ticket)
        assert (view.ticket.urgency, view.ticket.version) == ("darurat", 2)
        assert [entry.verb for entry in view.history] == ["open", "raise_urgency"]

    def test_a_story_without_a_ticket_number_is_raised_whole(self, store: Store):
        """A reply in the batch that opens the tickets cannot know their numbers: all of them rise, once."""
        first, later = mention(), mention("ada korban")
        save(watch(store), first, later)

        settled = settle(store, opens(first, "solo-dpupr", "solo-dishub"), joins(
            later, first.key, "quote", changes=(RaiseUrgency(None, "tinggi", "korban"),)))

        assert len(settled.opened) == 3
        assert {row.ticket.urgency for row in store.tickets(MACHINE, EVERYTHING)} == {"tinggi"}
        assert store.verify() == []

    def test_a_named_place_is_told_to_every_ticket_of_the_story(self, store: Store):
        """In the history, by its official name; the words stay with the reply, and go with it."""
        m, ticket = told(watch(store))
        answer = mention("Jl. Nias 5", author=m.author)
        save(store, answer)
        location = extraction().location

        settle(store, replace(joins(answer, m.key, "thread", changes=(NamePlace(True, location, ("solo-dinsos",)),)),
                              extraction=extraction(place="Jl. Nias 5")))

        view = store.ticket(ALICE, ticket)
        assert (view.history[-1].verb, dict(view.history[-1].after)) == ("answer", {
            "mention": answer.key, "place": location.name, "location": location.code, "suggested": ["solo-dinsos"]})
        assert [(a.mention.key, a.by_reporter, a.extraction["places"][0]["text"]) for a in view.additions] == [
            (answer.key, True, "Jl. Nias 5")]
        save(store, gone=(answer.key,))
        assert "Nias" not in str(store.ticket(ALICE, ticket))

    def test_copies_are_no_additions(self, store: Store):
        """A repost says nothing new; a stranger's quote does, and is not called the reporter's."""
        m, ticket = told(watch(store))
        copy, quote = repost(m), mention("nomor 12")
        save(store, copy, quote)

        settle(store, joins(copy, m.key), joins(quote, m.key, "quote"))

        assert [(a.mention.key, a.by_reporter) for a in store.ticket(ALICE, ticket).additions] == [(quote.key, False)]

    def test_a_story_hands_out_its_first_post_and_what_was_seen_in_it(self, store: Store):
        """Equal to what was stored, field by field; a deleted post has nothing left."""
        m, _ = told(watch(store))

        head = store.heads([m.key, "x:post:unknown"])[m.key]

        assert (head.mention.key, head.mention.text, head.mention.author) == (m.key, m.text, m.author)
        assert head.extraction == opens(m).extraction
        save(store, gone=(m.key,))
        assert store.heads([m.key])[m.key].extraction is None

    def test_a_revision_that_left_its_story_opens_one_of_its_own(self, store: Store):
        """An edit made another matter of a reply: the old story is one shorter, the ledger balances."""
        m, _ = told(watch(store))
        said = mention("betul min")
        save(store, said)
        settle(store, joins(said, m.key, "thread"))
        save(store, replace(said, text="Lampu mati di Mojosongo", native_id="99999"))
        again = store.unprocessed(1, now=LATER)[0]

        settled = settle(store, replace(opens(again, "solo-dishub"), verdict=Verdict(said.key, "left"), fingerprint=None))

        assert len(settled.opened) == 1
        assert store.clusters_of([said.key]) == {said.key: said.key}
        assert {c: s.size for c, s in store.standings([m.key, said.key]).items()} == {m.key: 1, said.key: 1}
        assert fates(store) == {"ticket": 2}
        assert store.verify() == []

    def test_a_story_told_ten_times_is_announced_once_more(self, store: Store):
        """The desk hears when a story is new and when it has grown tenfold, not with every repost."""
        m, ticket = told(watch(store))
        copies = [repost(m) for _ in range(11)]
        save(store, *copies)

        settle(store, *(joins(copy, m.key) for copy in copies[:5]))
        settle(store, *(joins(copy, m.key) for copy in copies[5:]))

        assert [due.event.key for due in store.due_events(10, now=LATER)] == [f"T-{ticket}|x1", f"T-{ticket}|x10"]
        assert store.standings([m.key])[m.key].size == 12

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(cuts=st.sets(st.integers(1, 47)))
    def test_batch_size_does_not_matter(self, fresh_store, cuts):
        """However the day is cut into batches, the same tickets come out, byte for byte."""
        whole, split = fresh_store(), fresh_store()

        play_a_day(whole, set())
        play_a_day(split, cuts)

        assert list(split.export_tickets()) == list(whole.export_tickets())
        assert split.ledger() == whole.ledger()
        assert split.due_events(999, now=LATER) == whole.due_events(999, now=LATER)
        assert split.verify() == whole.verify() == []

    def test_stories_are_told_to_duplicate_detection_by_change(self, store: Store):
        """After a restart the memory of stories is read back as it was written."""
        watch(store)
        m, _ = told(store)
        other, _ = told(store, "Lampu jalan padam")

        stories = list(store.stories_since(0, after=NOON))

        assert [story.cluster for story in stories] == [m.key, other.key]
        assert stories[0].fingerprint == opens(m).fingerprint
        assert stories[0].author == m.author.id
        assert [s.cluster for s in store.stories_since(stories[0].seq, after=NOON)] == [other.key]
        assert list(store.stories_since(0, after=LATER)) == []

    @pytest.mark.parametrize("shingles", [(), (-(2**63), -1, 0, 2**63 - 1), (0, 2**63, 2**64 - 1)])
    def test_a_fingerprint_comes_back_number_by_number(self, store: Store, shingles):
        """Signed or unsigned, as duplicate detection made it: one altered bit and copies are missed."""
        m = mention()
        save(watch(store), m)
        fingerprint = Fingerprint(2**64 + 5, shingles, "- -\n\njalan 😀", ("a", "b"))

        settle(store, replace(opens(m), fingerprint=fingerprint))

        assert [story.fingerprint for story in store.stories_since(0, after=NOON)] == [fingerprint]

    def test_a_deleted_first_post_leaves_only_hashes_to_duplicate_detection(self, store: Store):
        """The words are gone, and who holds them in memory is told that the story changed."""
        m, _ = told(watch(store))
        before, = store.stories_since(0, after=NOON)

        save(store, gone=(m.key,))

        after, = store.stories_since(before.seq, after=NOON)
        assert (after.fingerprint.body, after.author) == ("", None)
        assert after.fingerprint.exact == before.fingerprint.exact

    def test_an_original_known_by_its_repost_has_a_story(self, store: Store):
        """We were shown only the share; the next share of the same post costs one look-up."""
        share = mention(repost_of="x:post:unseen")
        save(watch(store), share)
        settle(store, opens(share))

        assert store.clusters_of(["x:post:unseen", share.key, "x:post:other"]) == {
            "x:post:unseen": share.key, share.key: share.key}

    def test_a_standing_shows_live_tickets_only(self, store: Store):
        """A closed ticket takes no further posts."""
        m, ticket = told(watch(store), departments=("solo-dpupr", "solo-dishub"))
        store.apply(MACHINE, transition(store.ticket(MACHINE, ticket).ticket, changes={"status": "selesai"}))

        standing = store.standings([m.key, "x:post:unknown"])

        assert list(standing) == [m.key]
        assert [t.department for t in standing[m.key].tickets] == ["solo-setda", "solo-dpupr"]
        assert (standing[m.key].size, standing[m.key].fate) == (1, "ticket")

    def test_a_poisonous_post_is_named_after_five_attempts(self, store: Store):
        """It is tried again for a while, then handed to a person; it never blocks the others."""
        m = mention()
        save(watch(store), m)

        named = [store.fail([m.key], error="ValueError", retry_at=LATER, now=NOON) for _ in range(5)]

        assert named == [[], [], [], [], [m.key]]
        assert store.unprocessed(10, now=NOON) == []
        assert keys(store.unprocessed(10, now=LATER)) == [m.key]
        assert fates(store) == {"failed": 1}
        assert settle(store, opens(m)).settled == 1

    def test_a_post_deleted_while_it_was_judged_is_looked_at_again(self, store: Store):
        """What was read from it before the deletion must not be written after it."""
        m = mention()
        save(watch(store), m)
        decision = opens(m)
        save(store, gone=(m.key,))

        settled = settle(store, decision)

        assert (settled.settled, settled.skipped) == (0, 1)
        assert store.unprocessed(10, now=LATER)[0].state is MentionState.GONE

    def test_every_fate_is_in_the_ledger_and_it_balances(self, store: Store):
        """Seen equals the sum of fates, for each account."""
        watch(store)
        posts = [mention(f"kiriman {n}") for n in range(5)]
        save(store, *posts, quarantined=(Quarantined("x:raw:1", "x:solo", "{", "?", NOON),))
        settle(store, opens(posts[0]), joins(posts[1], posts[0].key), kept(posts[2]))
        store.fail([posts[3].key], error="KeyError", retry_at=LATER, now=NOON)

        row, = store.ledger()

        assert (row.seen, row.balances) == (6, True)
        assert row.fates == dict.fromkeys(Fate, 1)
        assert [(r["key"], r["lane"], r["reason"]) for r in store.lane()] == [
            (posts[2].key, "chatter", "lane chatter")]


class TellingContract:
    """The outbox."""

    def test_an_event_is_due_until_it_is_sent(self, store: Store):
        """At least once, and never again after the mark."""
        told(watch(store))
        due, = store.due_events(10, now=LATER)

        store.mark_sent(due.event.key, now=LATER)

        assert store.due_events(10, now=LATER) == []

    def test_a_failed_delivery_waits_and_a_permanent_one_is_given_up(self, store: Store):
        """A mail server that is down is asked later; an address that does not exist is shown to ops."""
        told(watch(store))
        key = store.due_events(10, now=LATER)[0].event.key

        store.mark_failed(key, error="451", retry_at=LATER + timedelta(minutes=5), now=LATER)
        early, late = (store.due_events(10, now=LATER + timedelta(minutes=n)) for n in (4, 5))
        store.mark_failed(key, error="550", retry_at=None, now=LATER)

        assert early == []
        assert [due.attempts for due in late] == [1]
        assert store.due_events(10, now=LATER + timedelta(days=9)) == []
        assert store.facts()["given_up"] == 1
