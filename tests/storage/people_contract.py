"""The contract towards people. Alice owns the desk, Charlie has another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import (
    Actor,
    Conflict,
    Event,
    NotAllowed,
    Pii,
    Refused,
    Status,
)
from storage.auditing import AuditQuery
from storage.records import TicketQuery, Transition
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import (
    ALICE,
    CHARLIE,
    LATER,
    MACHINE,
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

EVERYTHING = TicketQuery(limit=1000)



class PeopleContract:
    """Alice owns the desk, Charlie has another."""

    def test_a_desk_sees_its_own_tickets(self, store: Store):
        """Lists, counters and pages of one department know nothing of another's."""
        _, ticket = told(watch(store))

        assert [row.ticket.id for row in store.tickets(ALICE, EVERYTHING)] == [ticket]
        assert store.counts(ALICE) == {"baru": 1}
        assert store.tickets(CHARLIE, EVERYTHING) == []
        assert store.tickets(CHARLIE, TicketQuery(department="solo-dpupr")) == []
        assert store.counts(CHARLIE) == {}

    @pytest.mark.parametrize("number", [1, 4711])
    def test_a_foreign_ticket_and_a_missing_one_are_refused_alike(self, store: Store, number):
        """Nobody can find out by trying which numbers the other desk has."""
        _, ticket = told(watch(store))
        ours = store.ticket(ALICE, ticket).ticket

        with pytest.raises(NotAllowed) as seen:
            store.ticket(CHARLIE, number)
        with pytest.raises(NotAllowed):
            store.apply(CHARLIE, transition(replace(ours, id=number)))
        with pytest.raises(NotAllowed):
            store.record_view(CHARLIE, number, what="phone", reason="?", now=LATER)

        assert str(seen.value) == f"tiket T-{number} tidak ada di meja Anda"

    def test_a_sensitive_ticket_belongs_to_its_desk_alone(self, store: Store):
        """Not even who sees all departments sees it; the machine does."""
        m, ticket = told(watch(store), departments=("solo-dinsos", "solo-dpupr"), sensitive=True)
        auditor = Actor("auditor", all_departments=True)

        assert store.tickets(auditor, EVERYTHING) == []
        assert store.counts(auditor) == {}
        assert store.tickets(auditor, TicketQuery(text="berlubang")) == []
        assert [row.ticket.department for row in store.tickets(CHARLIE, EVERYTHING)] == ["solo-dinsos"]
        assert store.ticket(ALICE, ticket).siblings == []
        assert len(store.tickets(MACHINE, EVERYTHING)) == 3
        assert m.key in store.standings([m.key])

    def test_the_list_goes_by_due_date_and_pages_without_gaps(self, store: Store):
        """What is due first stands first, what has no date stands last, and paging skips none."""
        watch(store)
        posts = [mention(f"kiriman {n}") for n in range(7)]
        save(store, *posts)
        dues = [5, None, 2, 2, 9, None, 1]
        settle(store, *(opens(m, due_at=None if due is None else NOON + timedelta(days=due))
                        for m, due in zip(posts, dues, strict=True)))

        pages, before = [], None
        while page := store.tickets(ALICE, TicketQuery(limit=2, before=before)):
            pages += [row.ticket.id for row in page]
            before = str(page[-1].ticket.id)

        assert pages == [7, 3, 4, 1, 5, 2, 6]

    def test_a_danger_to_life_stands_above_all_until_somebody_has_taken_it(self, store: Store):
        """An emergency that is due tomorrow comes before a pothole that is due today; once taken, it queues."""
        watch(store)
        posts = [mention(f"kiriman {n}") for n in range(3)]
        save(store, *posts)
        settle(store, opens(posts[0], due_at=NOON), opens(posts[1], due_at=NOON + timedelta(days=1), urgency="darurat"),
               opens(posts[2], due_at=None, urgency="darurat"))
        untaken = [row.ticket.id for row in store.tickets(ALICE, EVERYTHING)]

        for ticket in (2, 3):
            store.apply(ALICE, Transition(ticket, 1, "accept", "alice", {"status": Status.DITERIMA}, LATER))

        assert untaken == [2, 3, 1]
        assert [row.ticket.id for row in store.tickets(ALICE, EVERYTHING)] == [1, 2, 3]

    def test_filters_narrow_the_list(self, store: Store):
        """Status, topic, urgency and words, alone and together."""
        watch(store)
        told(store, "Lampu jalan padam di Gang Melati", sensitive=False)
        _, second = told(store, "Jalan berlubang di depan Pasar Legi")
        store.apply(ALICE, transition(store.ticket(ALICE, second).ticket))

        def found(**query):
            return [row.ticket.id for row in store.tickets(ALICE, TicketQuery(**query))]

        assert found(statuses=(Status.DITERIMA, Status.SELESAI)) == [2]
        assert found(topic="jalan", urgency="normal", text="padam") == [1]
        assert found(topic="air") == []
        assert found(text="MELATI gang") == [1]
        assert found(text="berlub") == [2]
        assert found(text="berlubang", statuses=(Status.BARU,)) == []

    @pytest.mark.parametrize("typed", [
        '"', '""', "*", "a* OR b", "NEAR(", "text:x", "-", "a AND", "'; DROP", "\x00x", "\ud800", "^", "{a}:b", "(",
        "a" * 5000, "😀", "   ", "½ ² ٣",
    ])
    def test_what_people_type_is_words_never_syntax(self, store: Store, typed):
        """A stray quote in the search box is no error page."""
        told(watch(store))

        assert store.tickets(ALICE, TicketQuery(text=typed, before=typed)) in (
            [], store.tickets(ALICE, EVERYTHING))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(typed=st.text(alphabet=st.characters(codec=None), max_size=20))
    def test_no_text_breaks_the_search(self, store: Store, typed):
        """Whatever is typed, a list comes back."""
        assert store.tickets(ALICE, TicketQuery(text=typed, topic=typed.encode(errors="ignore").decode())) == []

    def test_personal_data_cannot_be_searched(self, store: Store):
        """Nobody finds a citizen by typing a number that stood in the post."""
        m = mention("Hubungi 081234567890 soal jalan berlubang")
        save(watch(store), m)
        settle(store, opens(m, pii=(Pii(8, 20, "phone"),)))

        assert store.tickets(ALICE, TicketQuery(text="081234567890")) == []
        assert len(store.tickets(ALICE, TicketQuery(text="hubungi soal"))) == 1

    def test_the_words_of_an_edited_post_are_found_and_the_old_ones_not(self, store: Store):
        """The search follows the text."""
        m, ticket = told(watch(store))
        save(store, replace(m, native_id="77777", text="Trotoar rusak di Gang Melati"))

        settle(store, opens(store.unprocessed(1, now=LATER)[0]))

        assert [r.ticket.id for r in store.tickets(ALICE, TicketQuery(text="trotoar"))] == [ticket]
        assert store.tickets(ALICE, TicketQuery(text="berlubang")) == []

    def test_a_ticket_page_has_all_that_it_shows(self, store: Store):
        """Text, why it was routed, copies, how it spread, the other desks, and its history."""
        m, ticket = told(watch(store), departments=("solo-dpupr", "solo-dishub"))
        copies = [repost(m, at=NOON + timedelta(hours=n)) for n in (3, 2, 3)]
        save(store, *copies)
        settle(store, *(joins(copy, m.key) for copy in copies))

        view = store.ticket(MACHINE, ticket)

        assert view.mention == replace(m, seen_by=("x:solo",))
        assert view.extraction["location"]["name"] == "Banjarsari"
        assert [route["department"] for route in view.routes] == ["solo-dpupr", "solo-dishub"]
        assert keys(view.copies) == keys([copies[2], copies[0], copies[1]])
        assert view.size == 4
        assert (view.spread.posts, view.spread.voices, view.spread.peak) == (4, 4, 2)
        assert [t.department for t in view.siblings] == ["solo-setda", "solo-dpupr"]
        assert [(entry.verb, entry.after["department"]) for entry in view.history] == [("open", "solo-dishub")]

    def test_an_action_is_written_with_before_after_and_reason(self, store: Store):
        """Who changed what, when and why stands in the history, and a correction becomes a label."""
        _, ticket = told(watch(store))
        event = Event("T-1|accept", "log", "", ticket, "diterima", "lihat")

        changed = store.apply(ALICE, transition(
            store.ticket(ALICE, ticket).ticket, reason="benar", events=(event,),
            correction={"kind": "urgency", "before": "normal", "after": "tinggi"},
            changes={"status": Status.DITERIMA, "urgency": "tinggi", "due_at": LATER}))

        entry = store.ticket(ALICE, ticket).history[-1]
        assert (changed.status, changed.version, changed.due_at) == (Status.DITERIMA, 2, LATER)
        assert (entry.verb, entry.actor, entry.reason, entry.at) == ("accept", "alice", "benar", LATER)
        assert (entry.before["status"], entry.after["status"]) == ("baru", "diterima")
        assert store.counts(ALICE) == {"diterima": 1}
        assert event in [due.event for due in store.due_events(10, now=LATER)]
        assert store.verify() == []

    def test_the_chain_can_be_asked_who_looked_and_who_acted(self, store: Store):
        """FIELD R7: every look at personal data with its reason; by ticket, person, deed and time as well."""
        _, ticket = told(watch(store))
        store.record_view(ALICE, ticket, what="pii", reason="menelepon pelapor", now=LATER)
        store.apply(ALICE, transition(store.ticket(ALICE, ticket).ticket))

        look, = store.audit(AuditQuery(views=True))

        assert (look.actor, look.ticket, look.after, look.reason) == (
            "alice", ticket, {"what": "pii"}, "menelepon pelapor")
        assert [row.verb for row in store.audit(AuditQuery(ticket=ticket))] == ["open", "view", "accept"]
        assert [row.verb for row in store.audit(AuditQuery(actor="alice", since=LATER))] == ["view", "accept"]
        assert [row.verb for row in store.audit(AuditQuery(verb="accept"))] == ["accept"]
        assert list(store.audit(AuditQuery(ticket=ticket, until=NOON))) == []
        assert [row.id for row in store.audit(AuditQuery())][-1] == store.audit_head().id

    def test_the_second_of_two_people_is_told_so(self, store: Store):
        """Nothing is overwritten unseen."""
        _, ticket = told(watch(store))
        seen = store.ticket(ALICE, ticket).ticket
        store.apply(ALICE, transition(seen))

        with pytest.raises(Conflict):
            store.apply(ALICE, transition(seen, "reject", changes={"status": "ditolak"}))

        assert store.ticket(ALICE, ticket).ticket.status is Status.DITERIMA

    def test_a_rerouted_ticket_keeps_its_number_and_its_clock(self, store: Store):
        """The citizen's waiting time does not start anew with each desk."""
        _, ticket = told(watch(store))
        before = store.ticket(ALICE, ticket).ticket

        after = store.apply(ALICE, transition(before, "reroute", changes={"department": "solo-dinsos"}))

        assert (after.id, after.opened_at, after.due_at) == (ticket, before.opened_at, before.due_at)
        assert store.tickets(ALICE, EVERYTHING) == []
        assert store.counts(CHARLIE) == {"baru": 1}

    @pytest.mark.parametrize(("first", "then"), [
        ("baru", {"department": "solo-dpupr"}), ("selesai", {"status": "baru"}),
    ])
    def test_a_desk_never_gets_the_same_story_twice(self, store: Store, first, then):
        """Re-routed there, or reopened beside its successor: refused, with the number of the other ticket."""
        m, _ = told(watch(store), departments=("solo-dinsos", "solo-dpupr"))
        number = 2 if "department" in then else 3
        store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket, changes={"status": first}))
        if first == "selesai":
            save(store, replace(m, native_id="66666", text="Lagi"))
            settle(store, opens(store.unprocessed(1, now=LATER)[0]))

        with pytest.raises(Refused, match=r"T-\d"):
            store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket, changes=then))

    def test_unmasking_is_recorded(self, store: Store):
        """Who looked at a phone number, and why."""
        _, ticket = told(watch(store))

        store.record_view(ALICE, ticket, what="phone", reason="menghubungi pelapor", now=LATER)

        entry = store.ticket(ALICE, ticket).history[-1]
        assert (entry.verb, entry.actor, entry.after, entry.reason) == (
            "view", "alice", {"what": "phone"}, "menghubungi pelapor")
