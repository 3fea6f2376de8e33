"""The contract on stories that staff put together, take apart, and put back as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Actor, Conflict, Fate, MentionState, NotAllowed, Refused, Status, Verdict
from routing.rules import Rules
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import (
    ALICE,
    CHARLIE,
    LATER,
    fates,
    joins,
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
from tests.storage.regroupings import BOTH, desk_of, exported, keys_of, merge, merge_of, split, split_of, ticket, undo

OTHER = "Lubang besar di jalan depan Pasar Legi"


class StoriesContract:
    """Alice owns the roads' desk, Charlie the social one, Dewi works at both."""

    # --- merging

    def test_a_merged_story_is_told_by_the_other_ticket(self, store: Store):
        """All who told either count on the ticket that goes on; the other says where it went."""
        first, a = told(watch(store))
        second, b = told(store, OTHER)
        share = repost(second)
        save(store, share)
        settle(store, joins(share, second.key))

        said = mention("betul, di situ", reply_to=second.key)
        save(store, said)
        settle(store, joins(said, second.key, "thread"))

        merge(store, b, a, actor=ALICE)

        view = store.ticket(ALICE, a)
        assert view.size == 4
        assert keys(store.tellings(ALICE, a)) == [said.key]  # no repost, and neither story's first post
        assert keys_of([view.mention, *view.copies]) == keys_of([first, second, share, said])
        assert (ticket(store, b).status, ticket(store, b).merged_into) == (Status.DIGABUNG, a)
        assert [row.ticket.id for row in store.tickets(ALICE, TicketQuery(statuses=(Status.BARU,)))] == [a]
        assert store.verify() == []
        assert fates(store) == {"ticket": 2, "attached": 2}

    def test_the_nearer_due_date_goes_on_and_the_other_stays_on_its_row(self, store: Store):
        """Neither citizen's clock is lost: the ticket that goes on cites the stricter limit."""
        watch(store)
        first, second = mention(), mention(OTHER)
        save(store, first, second)
        settle(store, opens(first, due_at=NOON + timedelta(days=9), due_rule="SP4N"),
               opens(second, due_at=NOON + timedelta(days=2), due_rule="24 jam", urgency="tinggi"))

        merge(store, 2, 1)

        kept, gone = ticket(store, 1), ticket(store, 2)
        assert (kept.due_at, kept.due_rule, kept.urgency) == (NOON + timedelta(days=2), "24 jam", "tinggi")
        assert (gone.due_at, gone.opened_at) == (NOON + timedelta(days=2), second.seen_at)
        assert kept.opened_at == first.seen_at

    def test_merge_then_undo_exports_the_same_bytes(self, store: Store):
        """Also where both stories had several desks, and a merge had gone before."""
        watch(store)
        a = desk_of(store, told(store, departments=("solo-dpupr", "solo-dinsos"))[1], "solo-dpupr")
        b = desk_of(store, told(store, OTHER, departments=("solo-dpupr", "solo-dishub"))[1], "solo-dpupr")
        c = told(store, "Aspal bolong Pasar Legi")[1]
        before = exported(store)

        merge(store, c, b)
        between = exported(store)
        merge(store, b, a)
        undo(store, b)
        assert exported(store) == between
        undo(store, c)

        assert exported(store) == before
        assert store.verify() == []
        verbs = [entry.verb for entry in store.ticket(ALICE, c).history]
        assert verbs == ["open", "merge", "undo_merge"]

    def test_no_desk_loses_its_work(self, store: Store):
        """A desk's second ticket goes into its first; a desk that had none on the other story moves over, live."""
        watch(store)
        first, one = told(store, departments=("solo-dpupr", "solo-dinsos"))
        _, two = told(store, OTHER, departments=("solo-dpupr", "solo-dishub", "solo-dinsos"))
        ours = {desk: desk_of(store, one, desk) for desk in ("solo-dpupr", "solo-dinsos", "solo-setda")}
        theirs = {desk: desk_of(store, two, desk) for desk in (*ours, "solo-dishub")}

        merge(store, theirs["solo-dpupr"], ours["solo-dpupr"])

        moved = ticket(store, theirs["solo-dishub"])
        assert (moved.status, moved.cluster, moved.parent) == (Status.BARU, first.key, ours["solo-setda"])
        assert {desk: ticket(store, theirs[desk]).merged_into for desk in ours} == ours
        assert store.verify() == []

    def test_later_tellings_of_either_story_reach_the_ticket_that_goes_on(self, store: Store):
        """A copy of the merged story, a reply to it and its edited first post open nothing new."""
        first, a = told(watch(store))
        second, b = told(store, OTHER)
        merge(store, b, a)
        copy, reply = mention(OTHER), mention("masih bolong", reply_to=second.key)
        save(store, copy, reply)

        standing = store.standings([second.key])[second.key]
        settle(store, joins(copy, second.key, "near_duplicate"), joins(reply, second.key, "thread"))

        assert [t.id for t in standing.tickets] == [a]
        assert store.ticket(ALICE, a).size == 4
        assert store.clusters_of([copy.key, second.key, first.key]) == {
            copy.key: second.key, second.key: second.key, first.key: first.key}
        assert store.heads([second.key])[second.key].mention.key == second.key
        save(store, replace(second, text="Lubang di Pasar Legi sudah 2 meter", state=MentionState.EDITED))
        edited = replace(opens(second), verdict=Verdict(second.key, "revision"), judged_text=None)
        assert settle(store, edited).opened == ()
        assert store.verify() == []

    def test_what_came_meanwhile_goes_where_it_was_told_for(self, store: Store):
        """After undoing, a copy of the merged story is with that story, one of the other stays there."""
        first, a = told(watch(store))
        second, b = told(store, OTHER)
        merge(store, b, a)
        of_first, of_second = mention(), mention(OTHER)
        save(store, of_first, of_second)
        settle(store, joins(of_first, first.key), joins(of_second, second.key))

        undo(store, a)

        assert keys_of(store.ticket(ALICE, a).copies) == {of_first.key}
        assert keys_of(store.ticket(ALICE, b).copies) == {of_second.key}
        assert (store.ticket(ALICE, a).size, store.ticket(ALICE, b).size) == (2, 2)
        assert store.verify() == []

    def test_who_was_first_wins(self, store: Store):
        """A merge of what somebody has just changed, or of a story that got another ticket, is refused whole."""
        _, a = told(watch(store))
        second, b = told(store, OTHER)
        stale = merge_of(store, b, a)
        store.apply(ALICE, transition(ticket(store, a)))
        before = exported(store)

        with pytest.raises(Conflict):
            store.merge(BOTH, stale)

        late = merge_of(store, b, a)
        save(store, replace(second, text="Lubang di Pasar Legi, lampunya mati", state=MentionState.EDITED))
        settle(store, replace(opens(second, "solo-dishub"), verdict=Verdict(second.key, "revision")))
        with pytest.raises(Conflict):
            store.merge(BOTH, late)
        assert [row["status"] for row in exported(store)][:2] == [row["status"] for row in before]
        assert store.verify() == []

    def test_nobody_merges_what_they_may_not_see(self, store: Store):
        """Another department's ticket is refused in the words of one that does not exist."""
        _, a = told(watch(store))
        _, b = told(store, OTHER, departments=("solo-dinsos",))

        with pytest.raises(NotAllowed, match=f"tiket T-{b} tidak ada"):
            store.case(ALICE, b)
        with pytest.raises(NotAllowed):
            store.merge(ALICE, merge_of(store, b, a))
        with pytest.raises(NotAllowed):
            store.part(CHARLIE, a, b, now=LATER)

    def test_a_secret_story_makes_the_other_secret_and_undoing_makes_it_public_again(self, store: Store):
        """Need to know: nobody outside the desk sees the page that now holds a secret report."""
        _, a = told(watch(store))
        secret, b = told(store, OTHER, sensitive=True)
        auditor = Actor("ayu", all_departments=True)
        before = exported(store)

        merge(store, b, a, actor=ALICE)

        with pytest.raises(NotAllowed):
            store.ticket(auditor, a)
        assert secret.key in keys(store.ticket(ALICE, a).copies)
        undo(store, a, actor=ALICE)
        assert store.ticket(auditor, a).copies == []
        assert exported(store) == before

    def test_what_opens_later_on_a_story_with_a_secret_in_it_is_secret(self, store: Store):
        """An edited post asks for one more desk: its page shows the whole story, so no auditor sees that either."""
        first, a = told(watch(store))
        _, b = told(store, OTHER, sensitive=True)
        merge(store, b, a, actor=ALICE)
        save(store, replace(first, text="Jalan berlubang, lampunya mati", state=MentionState.EDITED))

        opened, = settle(store, replace(opens(first, "solo-dishub"), verdict=Verdict(first.key, "revision"))).opened

        assert ticket(store, opened).sensitive
        assert store.verify() == []

    def test_a_closed_ticket_of_a_merged_story_cannot_come_alive_beside_it(self, store: Store):
        """Reopening it would make a second live ticket for one incident: the message says where to go."""
        watch(store)
        _, a = told(store)
        _, social = told(store, OTHER, departments=("solo-dpupr", "solo-dinsos"))
        store.apply(BOTH, transition(ticket(store, social), "reject", changes={"status": Status.DITOLAK}))
        merge(store, desk_of(store, social, "solo-dpupr"), a)
        closed = ticket(store, social)

        with pytest.raises(Refused, match=f"sudah digabung ke T-{a}"):
            store.apply(BOTH, transition(closed, "reopen", changes={"status": Status.BARU}))

    # --- splitting

    def test_a_mention_that_was_folded_wrongly_gets_its_own_ticket(self, store: Store, rules: Rules):
        """Same desk, new there, with the clock from when that post reached us; it waits to be read by itself."""
        first, a = told(watch(store))
        wrong, right = mention("Jalan berlubang di depan Pasar Gede"), mention()
        save(store, wrong, right)
        settle(store, joins(wrong, first.key, "near_duplicate"), joins(right, first.key, "near_duplicate"))

        opened = split(store, a, wrong, rules=rules)

        assert (opened.department, opened.status, opened.opened_at) == ("solo-dpupr", Status.BARU, wrong.seen_at)
        assert store.ticket(ALICE, opened.id).mention.key == wrong.key
        assert (store.ticket(ALICE, a).size, store.ticket(ALICE, opened.id).size) == (2, 1)
        assert keys(store.unprocessed(9, now=LATER)) == [wrong.key]
        assert store.clusters_of([wrong.key]) == {wrong.key: wrong.key}
        assert [row.ticket.id for row in store.tickets(ALICE, TicketQuery(text="Gede"))] == [opened.id]
        assert store.verify() == []

    def test_memory_of_stories_learns_of_the_new_one(self, store: Store, rules: Rules):
        """Its fingerprint comes with the next look, marked as parted from the old story; after a restart too."""
        first, a = told(watch(store))
        wrong = mention("Jalan berlubang di depan Pasar Gede")
        save(store, wrong)
        settle(store, joins(wrong, first.key))
        seq = max(story.seq for story in store.stories_since(0, after=NOON))

        split(store, a, wrong, rules=rules)

        story, = store.stories_since(seq, after=NOON)
        assert (story.cluster, story.parted, story.fingerprint.body) == (wrong.key, first.key, wrong.text.lower())

    def test_reposts_and_answers_go_with_what_they_repeat(self, store: Store, rules: Rules):
        """So a deletion of the original still finds all its copies; alone they cannot leave."""
        first, a = told(watch(store))
        wrong = mention("Jalan berlubang di depan Pasar Gede")
        share, answer, stays = repost(wrong), mention("betul", reply_to=wrong.key), mention()
        save(store, wrong, share, answer, stays)
        settle(store, joins(wrong, first.key), joins(share, first.key), joins(answer, first.key, "thread"),
               joins(stays, first.key))

        with pytest.raises(Refused, match="kiriman aslinya"):
            split(store, a, share, rules=rules)
        opened = split(store, a, wrong, rules=rules)

        assert keys_of(store.ticket(ALICE, opened.id).copies) == keys_of([share, answer])
        assert keys_of(store.ticket(ALICE, a).copies) == {stays.key}
        save(store, gone=(wrong.key,))
        assert {m.key: m.text for m in store.ticket(ALICE, opened.id).copies} == {share.key: "", answer.key: "betul"}
        assert store.verify() == []

    def test_reposts_of_an_unseen_original_leave_together(self, store: Store, rules: Rules):
        """What repeats one post is one telling; where it opened the story, it stays."""
        first, a = told(watch(store))
        one, two = mention(repost_of="x:post:unseen"), mention(repost_of="x:post:unseen")
        save(store, one, two)
        settle(store, joins(one, first.key), joins(two, first.key))

        opened = split(store, a, two, rules=rules)

        assert store.ticket(ALICE, opened.id).size == 2
        assert store.clusters_of(["x:post:unseen"]) == {"x:post:unseen": two.key}
        undo(store, opened.id)
        assert store.clusters_of(["x:post:unseen"]) == {"x:post:unseen": first.key}

    def test_the_first_mention_cannot_leave_its_own_story(self, store: Store, rules: Rules):
        """The story is named by it: the others can be split off instead."""
        first, a = told(watch(store))
        other = mention()
        save(store, other)
        settle(store, joins(other, first.key))

        with pytest.raises(Refused, match="kiriman pertama"):
            split_of(store, a, first, other, rules=rules)
        sly = replace(split_of(store, a, other, rules=rules), mentions=(first.key, other.key))
        with pytest.raises(Refused, match="kiriman pertama"):
            store.split(BOTH, sly)
        foreign = replace(sly, mentions=("x:post:elsewhere",))
        with pytest.raises(Conflict):
            store.split(BOTH, foreign)
        assert store.verify() == []

    def test_split_then_undo_exports_the_same_bytes(self, store: Store, rules: Rules):
        """Before the daemon has read the new story and after; what came for it stays with the old one."""
        first, a = told(watch(store))
        wrong = mention("Jalan berlubang di depan Pasar Gede")
        save(store, wrong)
        settle(store, joins(wrong, first.key, "near_duplicate"))
        before, books = exported(store), fates(store)
        opened = split(store, a, wrong, rules=rules)
        undo(store, opened.id)
        assert (exported(store), fates(store)) == (before, books)

        again = split(store, a, wrong, rules=rules)
        settle(store, replace(opens(wrong, "solo-dpupr", "solo-dishub"), verdict=Verdict(wrong.key, "original")))
        assert len(store.standings([wrong.key])[wrong.key].tickets) == 3
        undo(store, a)
        assert (exported(store), fates(store)) == (before, books)
        late = mention("Jalan berlubang di depan Pasar Gede!")
        save(store, late)
        settle(store, joins(late, wrong.key, "near_duplicate"))

        assert again.id != opened.id
        assert store.ticket(ALICE, a).size == 3
        assert store.ticket(ALICE, again.id).ticket.status is Status.DIGABUNG
        assert store.verify() == []

    def test_undoing_is_refused_where_people_have_gone_on(self, store: Store, rules: Rules):
        """Work done since has answered somebody: the message says what to do instead."""
        first, a = told(watch(store))
        _, b = told(store, OTHER)
        wrong = mention("Jalan berlubang di depan Pasar Gede")
        save(store, wrong)
        settle(store, joins(wrong, first.key))
        opened = split(store, a, wrong, rules=rules)
        store.apply(ALICE, transition(opened))
        with pytest.raises(Refused, match=f"T-{opened.id} sudah berstatus 'diterima'"):
            undo(store, opened.id)

        merge(store, b, a)
        store.apply(ALICE, transition(ticket(store, a), "finish", changes={"status": Status.SELESAI}))
        with pytest.raises(Refused, match=f"buka|T-{a} berstatus 'selesai'"):
            undo(store, b)

    def test_the_later_merge_is_undone_first(self, store: Store):
        """Where two merges changed one due date, or the story went on into a third, order matters."""
        watch(store)
        posts = [mention(f"lubang {n}") for n in range(3)]
        save(store, *posts)
        settle(store, *(opens(m, due_at=NOON + timedelta(days=9 - n)) for n, m in enumerate(posts)))
        before = exported(store)
        merge(store, 2, 1)
        merge(store, 3, 1)

        with pytest.raises(Refused, match="T-3 digabung"):
            undo(store, 2)
        undo(store, 3)
        undo(store, 2)
        assert exported(store) == before

        merge(store, 2, 1)
        merge(store, 1, 3)
        with pytest.raises(Refused, match="T-1 digabung"):
            undo(store, 2)
        undo(store, 1)
        undo(store, 2)
        assert exported(store) == before
        assert store.verify() == []

    def test_undoing_twice_is_refused(self, store: Store):
        """Two people press the button: the second learns that it is done."""
        _, a = told(watch(store))
        _, b = told(store, OTHER)
        merge(store, b, a)
        number = store.ticket(ALICE, a).regroupings[0].id
        undo(store, a)

        with pytest.raises(NotAllowed):
            store.regrouping(ALICE, number)
        assert not store.ticket(ALICE, a).regroupings

    # --- what may be the same, and what staff said

    def test_candidates_are_near_in_time_and_of_the_same_desk_or_topic(self, store: Store):
        """A closed one, a foreign one, one of the same story and one of last year are none."""
        watch(store)
        _, a = told(store, departments=("solo-dinsos", "solo-dpupr"))
        _, near = told(store, OTHER)
        _, closed = told(store, "Lubang lain")
        store.apply(ALICE, transition(ticket(store, closed), "reject", changes={"status": Status.DITOLAK}))
        told(store, "Bantuan terlambat", departments=("solo-dinsos",))
        told(store, "Lubang lama", at=NOON - timedelta(days=400))

        found = store.candidates(ALICE, a, within=timedelta(days=14))

        assert [c.ticket.id for c in found] == [near]
        assert found[0].mention.text == OTHER
        assert found[0].extraction is not None

    def test_what_staff_have_called_another_incident_is_no_candidate_again(self, store: Store):
        """Neither from the one side nor from the other."""
        _, a = told(watch(store))
        _, b = told(store, OTHER)

        store.part(ALICE, a, b, now=LATER)

        assert store.candidates(ALICE, a, within=timedelta(days=14)) == []
        assert store.candidates(ALICE, b, within=timedelta(days=14)) == []
        assert store.ticket(ALICE, a).history[-1].verb == "apart"

    def test_corrections_read_as_labels_of_pairs(self, store: Store, rules: Rules):
        """The latest word about two stories stands, whichever way round it was said."""
        first, a = told(watch(store))
        second, b = told(store, OTHER)
        third, c = told(store, "Lampu mati")
        wrong = mention("Jalan berlubang di depan Pasar Gede")
        save(store, wrong)
        settle(store, joins(wrong, first.key))

        merge(store, b, a)
        store.part(ALICE, c, a, now=LATER)
        split(store, a, wrong, rules=rules)
        said = {frozenset((label.one, label.other)): label.same for label in store.pair_labels()}
        undo(store, b)
        after = {frozenset((label.one, label.other)): label.same for label in store.pair_labels()}

        assert said == {frozenset((second.key, first.key)): True, frozenset((third.key, first.key)): False,
                        frozenset((wrong.key, first.key)): False}
        assert after[frozenset((second.key, first.key))] is False

    def test_an_untouched_fate_survives(self, store: Store, rules: Rules):
        """The split-off head gets its old fate and verdict back, so the ledger tells the same day."""
        first, a = told(watch(store))
        wrong = mention("Jalan berlubang di depan Pasar Gede")
        save(store, wrong)
        settle(store, joins(wrong, first.key, "near_duplicate"))

        opened = split(store, a, wrong, rules=rules)
        assert fates(store) == {"ticket": 1, "waiting": 1}
        settle(store, replace(opens(wrong), verdict=Verdict(wrong.key, "original")))
        assert fates(store) == {str(Fate.TICKET): 2}
        undo(store, opened.id)

        assert fates(store) == {"ticket": 1, "attached": 1}
