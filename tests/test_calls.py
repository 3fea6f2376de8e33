"""FIELD B16: danger to life at 23:00 pages the chain until somebody answers; a pothole at 23:00 is a line at 07:00.

Whole way, store and pipeline as shipped, time invented: the test walks a night minute by minute, nobody sleeps.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from deciding import announcer
from domain import Event
from pipeline import Judge, call_due, deliver_due
from routing.clocks import WIB
from run_daemon import Daemon, Heartbeat, build_judge, compose
from settings import Settings
from settings.shape import CallSettings
from storage import open_store
from storage.store import Store
from tests.builders import mention
from tests.paths import DAY1
from tests.storage.decisions import MACHINE, transition
from tests.way import arrive

ELEVEN = datetime(2026, 11, 3, 23, 0, tzinfo=WIB)  # Tuesday; Wednesday follows
SEVEN = datetime(2026, 11, 4, 7, 0, tzinfo=WIB)
DANGER = "Tolong, kebakaran di Pasar Gede Solo, ada orang terjebak di dalam, cepat kirim bantuan!"
POTHOLE = "Jalan berlubang di depan Pasar Legi Solo, tolong diperbaiki"
CHAIN = ["piket", "kepala"]


class Inboxes:
    """Stands where the mail server stands; keeps what went out and when, in Jakarta's time."""

    def __init__(self) -> None:
        self.now = ELEVEN
        self.sent: list[tuple[datetime, Event]] = []

    def send(self, event: Event) -> None:
        if event.address:
            self.sent.append((self.now, event))

    def pages(self) -> list[tuple[str, str]]:
        return [(f"{at:%H:%M}", event.address) for at, event in self.sent if "|page|" in event.key]

    def others(self) -> list[tuple[str, Event]]:
        return [(f"{at:%H:%M}", event) for at, event in self.sent if "|page|" not in event.key]


@pytest.fixture(scope="module")
def night_judge(settings: Settings) -> Judge:
    """The shipped rules, every desk with an address and the city with a chain of two."""
    desks = {key: d.model_copy(update={"notify": (f"log:{key}",)}) for key, d in settings.departments.items()}
    calls = CallSettings.model_validate({"chains": {
        "solo": [{"to": "log:piket", "minutes": 10}, {"to": "log:kepala", "minutes": 15}]}})
    return build_judge(settings.model_copy(update={"departments": desks, "calls": calls}))


@pytest.fixture
def night(store: Store, night_judge: Judge) -> Iterator[SimpleNamespace]:
    night_judge.forget()
    inboxes = Inboxes()

    def tell(*texts: str, at: datetime = ELEVEN):
        return arrive(store, night_judge, *(mention(text, at=at) for text in texts), now=at)

    def pass_until(end: datetime, every: timedelta = timedelta(minutes=1)) -> None:
        while inboxes.now <= end:
            call_due(store, night_judge.rules.calls, now=inboxes.now)
            deliver_due(store, {"log": inboxes}, limit=100, now=inboxes.now, rng=random.Random(1))
            inboxes.now += every

    def accept(number: int) -> None:
        store.apply(MACHINE, transition(store.ticket(MACHINE, number).ticket))

    yield SimpleNamespace(store=store, tell=tell, until=pass_until, accept=accept, inboxes=inboxes,
                          calls=night_judge.rules.calls)
    assert store.verify() == []


def test_danger_to_life_at_eleven_pages_the_chain_up_to_the_maximum(night):
    """The one on duty, ten minutes later the head, a quarter of an hour later from the top; five and no more."""
    ticket, = night.tell(DANGER)

    night.until(SEVEN - timedelta(minutes=1))

    assert ticket.urgency == "darurat"
    assert night.inboxes.pages() == [
        ("23:00", "piket"), ("23:10", "kepala"), ("23:25", "piket"), ("23:35", "kepala"), ("23:50", "piket")]


def test_an_acknowledgement_stops_the_pages(night):
    """Somebody takes the ticket at 23:12: the phone is silent for the rest of the night."""
    ticket, = night.tell(DANGER)
    night.until(ELEVEN + timedelta(minutes=11))

    night.accept(ticket.id)
    night.until(SEVEN - timedelta(minutes=1))

    assert night.inboxes.pages() == [("23:00", "piket"), ("23:10", "kepala")]


def test_the_desk_itself_hears_of_danger_at_once(night):
    """Quiet hours are for what can wait."""
    ticket, = night.tell(DANGER)

    night.until(ELEVEN)

    assert [(at, event.address) for at, event in night.inboxes.others()] == [("23:00", ticket.department)]


def test_a_pothole_at_eleven_is_a_line_in_the_morning_and_nothing_else(night):
    """No page, no notice; at 07:00 its desk gets one letter with the number and not a word of the citizen's."""
    ticket, = night.tell(POTHOLE)

    night.until(SEVEN + timedelta(hours=3))

    (at, digest), = night.inboxes.others()
    assert night.inboxes.pages() == []
    assert (at, digest.address) == ("07:00", ticket.department)
    assert f"T-{ticket.id}" in digest.body
    assert "Pasar Legi" not in digest.subject + digest.body


def test_a_pothole_at_noon_is_told_at_once(night):
    night.inboxes.now = noon = ELEVEN - timedelta(hours=11)
    ticket, = night.tell(POTHOLE, at=noon)

    night.until(noon)

    told = [event.key for _, event in night.inboxes.others() if event.key.startswith("T-")]
    assert told == [f"T-{ticket.id}|x1|log|{ticket.department}"]


def test_restarts_page_nobody_twice_and_digest_once_a_day(night):
    """Nothing is remembered outside of the store: a second daemon that asks again changes nothing."""
    night.tell(DANGER)
    night.until(ELEVEN)

    again = [call_due(night.store, night.calls, now=ELEVEN + timedelta(seconds=n)) for n in range(5)]
    night.until(SEVEN)
    after = [call_due(night.store, night.calls, now=SEVEN + timedelta(hours=n)) for n in range(1, 13)]

    assert again == [0] * 5
    assert after == [0] * 12


def test_a_clock_that_jumps_ahead_sends_one_step(night):
    """The machine slept for six hours: one page, then the chain waits its minutes again."""
    night.tell(DANGER)
    night.until(ELEVEN)

    night.inboxes.now = jumped = ELEVEN + timedelta(hours=6)
    night.until(jumped + timedelta(minutes=5))

    assert night.inboxes.pages() == [("23:00", "piket"), ("05:00", "kepala")]


def test_a_daemon_that_was_down_at_seven_makes_up_for_the_digest(night):
    night.tell(POTHOLE)

    night.inboxes.now = SEVEN + timedelta(hours=2)
    night.until(SEVEN + timedelta(hours=4))

    assert [(at, event.key.split("|")[0]) for at, event in night.inboxes.others()] == [("09:00", "digest")]


def test_a_morning_with_nothing_to_say_has_no_letter_and_none_comes_later(night):
    """A ticket of ten o'clock has its notice; a late digest would tell it a second time."""
    night.inboxes.now = SEVEN
    night.until(SEVEN)
    ticket, = night.tell(POTHOLE, at=SEVEN + timedelta(hours=3))

    night.until(SEVEN + timedelta(hours=4))

    assert [event.key.split("|")[0] for _, event in night.inboxes.others()] == [f"T-{ticket.id}"]


def test_a_page_that_the_mail_server_held_back_is_not_sent_after_the_answer(night):
    """The ticket is taken while the server is down; when it comes back the phone stays silent."""
    ticket, = night.tell(DANGER)
    call_due(night.store, night.calls, now=ELEVEN)

    night.accept(ticket.id)
    night.until(ELEVEN + timedelta(hours=1))

    assert night.inboxes.pages() == []


def test_what_was_posted_days_ago_pages_nobody(night, night_judge):
    """An archive that is read in tonight tells of dangers that are over."""
    old = ELEVEN - timedelta(days=3)
    arrive(night.store, night_judge, mention(DANGER, at=old, seen_at=ELEVEN), now=ELEVEN)

    night.until(SEVEN - timedelta(minutes=1))

    assert night.inboxes.pages() == []


def test_a_missed_limit_is_told_to_the_coordinator_once_and_by_day(night):
    """Four hours after the limit nobody has taken the ticket; in quiet hours the letter waits for 07:00."""
    ticket, = night.tell(POTHOLE)
    night.inboxes.now = ticket.due_at.astimezone(WIB)

    night.until(night.inboxes.now + timedelta(hours=12), every=timedelta(minutes=10))

    late = [(at, event.address) for at, event in night.inboxes.others() if "|late|" in event.key]
    assert [(at[:4], address) for at, address in late] == [("07:0", "diskominfosp-solo")]


def test_the_history_of_the_ticket_shows_whom_was_called(night):
    ticket, = night.tell(DANGER)

    night.until(ELEVEN + timedelta(minutes=10))

    history = night.store.ticket(MACHINE, ticket.id).history
    assert [entry.after["to"] for entry in history if entry.verb == "page"] == ["log:piket", "log:kepala"]


def test_growth_in_the_night_waits_for_the_morning(night, night_judge):
    """A story that reaches ten at night wakes nobody; at noon the same notice goes at once."""
    ticket, = night.tell(POTHOLE)

    by_night = announcer(night_judge.rules, now=ELEVEN)(ticket, 10)
    by_day = announcer(night_judge.rules, now=SEVEN)(ticket, 10)

    assert [event.not_before for event in by_night] == [SEVEN]
    assert [event.not_before for event in by_day] == [None]


def beat(store: Store, judge: Judge, settings: Settings, *, replaying: bool) -> Inboxes:
    """The heartbeat over ten minutes of a night in which a danger is waiting."""
    inboxes = Inboxes()
    daemon = Daemon(settings, store, {}, judge, {"log": inboxes}, replaying=replaying)
    with time_machine.travel(ELEVEN, tick=False) as traveller:
        heart = Heartbeat(daemon, wall=lambda: datetime.now(WIB).timestamp(),
                          monotonic=lambda: datetime.now(WIB).timestamp())
        for second in range(0, 660, 5):
            inboxes.now = ELEVEN + timedelta(seconds=second)
            traveller.move_to(inboxes.now)
            heart.tick()
    return inboxes


@pytest.mark.parametrize(("replaying", "pages"), [(False, ["piket", "kepala"]), (True, [])])
def test_the_heartbeat_calls_and_a_replay_does_not(night, night_judge, settings, replaying, pages):
    night.tell(DANGER)

    inboxes = beat(night.store, night_judge, settings, replaying=replaying)

    assert [address for _, address in inboxes.pages()] == pages


def test_a_replay_at_night_tells_what_it_tells_by_day(night, night_judge, settings):
    """Its books are compared with those of another hour: a replay has no quiet hours."""
    daemon = compose(settings, night.store, replay=DAY1, judge=night_judge)

    arrive(night.store, daemon.judge, mention(POTHOLE, at=ELEVEN), now=ELEVEN)

    assert [due.event.key.split("|")[1] for due in night.store.due_events(10, now=ELEVEN)] == ["x1"]


def test_another_process_goes_on_where_the_killed_one_was(night, tmp_path):
    """The chain is in the file: the second daemon takes the second step, at its time and not before."""
    night.tell(DANGER)
    call_due(night.store, night.calls, now=ELEVEN)

    with closing(open_store(tmp_path / "k.db")) as second:
        put = [call_due(second, night.calls, now=ELEVEN + timedelta(minutes=n)) for n in (9, 10, 11)]

    assert put == [0, 1, 0]
