"""Who is called next, as a function of open tickets, pages sent and the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import PageSent, Status, Ticket
from routing.calls import Calls, Step, digest_day, digests, escalations, pages
from routing.clocks import WIB

NIGHT = datetime(2026, 11, 3, 23, 0, tzinfo=WIB)
CALLS = Calls(
    quiet=(time(21), time(6)), digest=time(7), max_pages=5, late_after=timedelta(hours=4),
    chains={"solo": (Step(("log", "piket"), timedelta(minutes=10)), Step(("log", "kepala"), timedelta(minutes=15))),
            "bpbd-solo": (Step(("log", "bpbd"), timedelta(minutes=5)),)},
    heads={"dpupr-solo": (("log", "kadis"),)},
    governments={"dpupr-solo": "solo", "bpbd-solo": "solo", "inspektorat-solo": "solo", "kominfo-solo": "solo"},
    coordinators={"solo": "kominfo-solo"},
    desks={"kominfo-solo": (("log", "kominfo"),), "dpupr-solo": (("log", "dpupr"),)},
    names={"dpupr-solo": "DPUPR Kota Surakarta"},
)


def ticket(number: int = 1, department: str = "dpupr-solo", **given) -> Ticket:
    fields = {"id": number, "cluster": "x:post:1", "department": department, "status": Status.BARU,
              "priority": "segera", "topic": "bencana", "urgency": "darurat", "version": 1,
              "opened_at": NIGHT.astimezone(UTC), "due_at": None, "due_rule": None, "parent": None,
              "sensitive": False, "ruleset": "r", "rule": "r"}
    return Ticket(**{**fields, **given})


def sent(n: int, at: datetime, number: int = 1, cluster: str = "x:post:1") -> PageSent:
    return PageSent(cluster, number, n, at)


def addresses(events) -> list[str]:
    return [event.address for event in events]


def test_a_key_says_ticket_step_and_address():
    """What the store takes once: the same step asked for again has the same key."""
    assert [e.key for e in pages([ticket()], [sent(1, NIGHT)], CALLS, NIGHT + timedelta(minutes=10))] == [
        "T-1|page|2|log:kepala"]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.BARU])
def test_whatever_a_person_did_stops_the_pages(status):
    assert pages([ticket(status=status)], [], CALLS, NIGHT) == []


def test_the_maximum_counts_the_case_and_not_the_ticket():
    """Two desks of one story: what one has had of the five, the other has not."""
    before = [sent(n, NIGHT, number=1) for n in (1, 2, 3, 4)]

    events = pages([ticket(2, "bpbd-solo"), ticket(1)], before, CALLS, NIGHT + timedelta(hours=2))

    assert [event.ticket for event in events] == [1]


def test_two_desks_that_share_a_chain_do_not_call_the_same_person_twice():
    """The lower number calls; when it is taken the other one does."""
    both = [ticket(1), ticket(2, "kominfo-solo")]

    assert [e.ticket for e in pages(both, [], CALLS, NIGHT)] == [1]
    assert [e.ticket for e in pages(both[1:], [sent(1, NIGHT)], CALLS, NIGHT)] == [2]


def test_a_department_with_a_chain_of_its_own_is_called_on_it():
    assert addresses(pages([ticket(department="bpbd-solo")], [], CALLS, NIGHT)) == ["bpbd"]


def test_a_secret_is_called_out_on_no_chain_but_its_own():
    """Whom it is about may be on duty tonight."""
    assert pages([ticket(department="inspektorat-solo", sensitive=True)], [], CALLS, NIGHT) == []
    assert addresses(pages([ticket(department="bpbd-solo", sensitive=True)], [], CALLS, NIGHT)) == ["bpbd"]


def test_a_ticket_that_watches_over_others_pages_nobody():
    assert pages([ticket(coordinates=True)], [], CALLS, NIGHT) == []


def test_a_clock_set_back_silences_nobody():
    """The last page lies in the future: the next one is due, not a day of silence."""
    assert addresses(pages([ticket()], [sent(1, NIGHT + timedelta(days=1))], CALLS, NIGHT)) == ["kepala"]


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=60))
def test_whatever_the_clock_does_each_look_sends_one_step_and_the_case_has_its_maximum(jumps):
    """Asked at any moments in any order: numbers go up by one, never more than five."""
    history: list[PageSent] = []
    for seconds in jumps:
        now = NIGHT + timedelta(seconds=seconds)
        found = pages([ticket()], history, CALLS, now)
        assert len(found) <= 1
        history += [sent(int(event.key.split("|")[2]), now) for event in found]

    assert [page.n for page in history] == list(range(1, len(history) + 1))
    assert 1 <= len(history) <= 5


@pytest.mark.parametrize(("hour", "minute", "quiet"), [
    (20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (5, 59, True), (6, 0, False), (12, 0, False)])
@pytest.mark.parametrize("month", [1, 3, 7, 10])  # no month in which Europe or America moves its clocks matters
def test_quiet_hours_are_those_of_jakarta_the_year_round(month, hour, minute, quiet):
    assert CALLS.is_quiet(datetime(2026, month, 28, hour, minute, tzinfo=WIB).astimezone(UTC)) is quiet


def test_without_quiet_hours_it_is_never_quiet():
    assert not replace(CALLS, quiet=None).is_quiet(NIGHT)


@pytest.mark.parametrize(("hour", "due"), [(0, False), (6, False), (7, True), (20, True), (21, False)])
def test_a_digest_is_due_from_its_hour_until_it_is_quiet(hour, due):
    assert (digest_day(CALLS, NIGHT.replace(hour=hour)) is not None) is due


NOON = NIGHT.replace(hour=12)


@pytest.mark.parametrize(("late", "told"), [
    (timedelta(hours=3, minutes=59), []), (timedelta(hours=4), ["kadis"]), (timedelta(days=7), ["kadis"]),
    (timedelta(days=7, minutes=1), []),
])
def test_a_limit_is_late_from_four_hours_to_a_week(late, told):
    assert addresses(escalations([ticket(due_at=NOON - late)], CALLS, NOON)) == told


def test_a_department_without_a_head_has_its_coordinator_but_not_for_secrets():
    late = ticket(department="bpbd-solo", due_at=NOON - timedelta(hours=5))

    assert addresses(escalations([late], CALLS, NOON)) == ["kominfo"]
    assert escalations([replace(late, sensitive=True)], CALLS, NOON) == []


def test_an_escalation_of_the_night_is_held_until_morning():
    event, = escalations([ticket(due_at=NIGHT - timedelta(hours=5))], CALLS, NIGHT)

    assert event.not_before == NIGHT.replace(day=4, hour=7)


def test_a_digest_names_numbers_by_what_is_to_do_and_counts_secrets():
    """Untaken, due today, overdue; a secret's number stands nowhere."""
    day = NOON.date()
    live = [
        ticket(1), ticket(2, status=Status.DITERIMA, due_at=NOON + timedelta(hours=1)),
        ticket(3, status=Status.DIKERJAKAN, due_at=NOON - timedelta(days=1)), ticket(4, sensitive=True),
        ticket(5, status=Status.DITERIMA, due_at=NOON + timedelta(days=3)),
    ]

    _, letter = digests(live, CALLS, day)

    assert letter.address == "dpupr"
    assert letter.body.splitlines() == [
        "DPUPR Kota Surakarta", "Belum ditanggapi: 1 (T-1)", "Jatuh tempo hari ini: 1 (T-2)",
        "Lewat batas waktu: 1 (T-3)", "Tiket rahasia: 1"]


def test_a_full_cupboard_makes_a_short_letter():
    """Thirty numbers, the newest first, and how many more."""
    _, letter = digests([ticket(n) for n in range(1, 101)], CALLS, NOON.date())

    assert "T-100, T-99" in letter.body
    assert letter.body.endswith("T-71, dan 70 lagi)")
