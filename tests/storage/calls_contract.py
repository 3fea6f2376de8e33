"""The contract of calling: what is asked every half minute, and that nothing is put on its way twice."""

from __future__ import annotations

from datetime import timedelta

from domain import Event
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import LATER, MACHINE, mention, opens, save, settle, told, transition, watch

DAY = timedelta(days=1)


def page(number: int, n: int = 1, address: str = "piket") -> Event:
    return Event(f"T-{number}|page|{n}|log:{address}", "log", address, number, "subject", "body")


def danger(store: Store) -> int:
    m = mention()
    save(store, m)
    return settle(store, opens(m, urgency="darurat")).opened[-1]


def unanswered(store: Store, **given):
    return store.unanswered(**{"told_after": NOON - DAY, "due_after": NOON - DAY, "due_before": NOON - DAY, **given})


class CallsContract:
    """Pages, escalations, digests."""

    def test_open_dangers_to_life_are_asked_for_and_nothing_else(self, store: Store):
        told(watch(store))
        number = danger(store)

        assert [t.id for t in unanswered(store).urgent] == [number]

    def test_a_danger_whose_story_is_old_is_left_out(self, store: Store):
        watch(store)
        danger(store)

        assert unanswered(store, told_after=NOON + DAY).urgent == ()

    def test_a_danger_that_somebody_took_is_left_out(self, store: Store):
        watch(store)
        store.apply(MACHINE, transition(store.ticket(MACHINE, danger(store)).ticket))

        assert unanswered(store).urgent == ()

    def test_a_page_is_put_once_and_known_afterwards(self, store: Store):
        """With its number and moment; the history of the ticket tells it once."""
        watch(store)
        number = danger(store)

        first = store.call([page(number)], now=LATER)
        again = store.call([page(number), page(number, 2)], now=LATER + DAY)

        assert (first, again) == ([page(number).key], [page(number, 2).key])
        assert [(p.ticket, p.n, p.at) for p in unanswered(store).pages] == [(number, 1, LATER), (number, 2, LATER + DAY)]
        history = store.ticket(MACHINE, number).history
        assert [entry.after["to"] for entry in history if entry.verb == "page"] == ["log:piket"] * 2
        assert store.verify() == []

    def test_no_page_is_put_for_a_ticket_that_was_taken_meanwhile(self, store: Store):
        """Somebody accepts between the look and the writing."""
        watch(store)
        number = danger(store)
        store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket))

        assert store.call([page(number)], now=LATER) == []
        assert page(number).key not in [due.event.key for due in store.due_events(10, now=LATER)]

    def test_a_page_that_could_not_go_out_is_withdrawn_when_the_ticket_is_taken(self, store: Store):
        """The mail server comes back after the acknowledgement: nobody is woken for nothing."""
        watch(store)
        number, other = danger(store), danger(store)
        store.call([page(number), page(other)], now=LATER)
        store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket))

        store.call([], now=LATER)

        waiting = [due.event.key for due in store.due_events(10, now=LATER) if "|page|" in due.event.key]
        assert waiting == [page(other).key]

    def test_pages_of_ticket_1_are_not_those_of_ticket_12(self, store: Store):
        """Keys are looked up by their beginning."""
        watch(store)
        numbers = [danger(store) for _ in range(12)]
        store.call([page(numbers[-1])], now=LATER)

        assert [p.ticket for p in unanswered(store).pages] == [numbers[-1]]

    def test_a_missed_limit_is_asked_for_until_it_was_escalated(self, store: Store):
        _, number = told(watch(store))
        due = store.ticket(MACHINE, number).ticket.due_at
        assert due is not None
        span = {"due_after": due - DAY, "due_before": due}

        before = unanswered(store, **span).late
        store.call([Event(f"T-{number}|late|log:head", "log", "head", number, "s", "b")], now=LATER)

        assert [t.id for t in before] == [number]
        assert unanswered(store, **span).late == ()
        assert unanswered(store, due_after=due, due_before=due - DAY).late == ()

    def test_an_event_that_waits_is_not_due_before_its_hour(self, store: Store):
        watch(store)
        number = danger(store)
        held = Event(f"T-{number}|late|log:head", "log", "head", number, "s", "b", not_before=LATER + DAY)

        store.call([held], now=LATER)

        def due(now):
            return held.key in [d.event.key for d in store.due_events(10, now=now)]

        assert (due(LATER), due(LATER + DAY)) == (False, True)

    def test_a_digest_is_of_no_ticket_and_known_by_its_key(self, store: Store):
        watch(store)
        digest = Event("digest|2026-11-03", "log", "", 0, "s", "")

        before = store.is_told(digest.key)
        store.call([digest], now=LATER)

        assert (before, store.is_told(digest.key)) == (False, True)

    def test_live_tickets_are_those_that_somebody_has_to_finish(self, store: Store):
        _, first = told(watch(store))
        _, second = told(store, "Lampu jalan mati di Manahan")
        closed = transition(store.ticket(MACHINE, first).ticket, changes={"status": "selesai", "closed_at": LATER})
        store.apply(MACHINE, closed)

        assert [t.id for t in store.live_tickets()] == [second]
