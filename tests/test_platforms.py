"""What the platforms do to an account: from the wire through the real libraries into the store.

The numbers in the docstrings are those of the list of tests that every connector has to pass.
"""

from __future__ import annotations

import io
import logging
import random
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

import logs
from domain import AccountState, Fate, Inquiry, Page
from harvester.base import Connector
from harvester.facebook import Facebook
from harvester.instagram import Instagram
from harvester.instagram_graph import InstagramGraph
from harvester.instagram_session import write_session
from harvester.wire import Limits
from harvester.x import X
from pipeline import process_batch
from polling import harvest_one
from settings import PlatformSettings
from simulators.instagram_web import COOKIES, USERNAME
from simulators.server import serve
from simulators.world import TOKENS
from storage import open_store
from storage.records import TicketQuery
from tests.builders import account
from tests.ops.command import untouched
from tests.simulators.worlds import Clock, post, world_of
from tests.way import MACHINE

NEVER = timedelta(days=100_000)
QUICK = Limits(connect_seconds=1, read_seconds=0.3, total_seconds=0.5)
HOLE = "Jalan berlubang parah di Jl. RM Said Solo depan Pasar Legi, tolong diperbaiki"


class House:
    """The daemon's harvesting over one store, with a clock that the test turns."""

    def __init__(self, folder, server, clock):
        self.server, self.clock = server, clock
        self.path = folder / "house.db"
        self.store = open_store(self.path)
        session = folder / "session.json"
        write_session(session, USERNAME, COOKIES)

        def given(token):
            return PlatformSettings(base_url=server.url, token_env=token, session_file=session)
        self.connectors: dict[str, Connector] = {
            "x": X(given("TEST_X_TOKEN"), name_every=NEVER, recheck_every=NEVER, limits=QUICK),
            "facebook": Facebook(given("TEST_GRAPH_TOKEN"), name_every=NEVER, limits=QUICK),
            "instagram_graph": InstagramGraph(given("TEST_GRAPH_TOKEN"), name_every=NEVER, limits=QUICK),
            "instagram": Instagram(given("")),
        }

    def watch(self, *keys):
        ids = {"x": "9002", "facebook": "8001", "instagram_graph": "7001", "instagram": "7001"}
        self.store.sync_accounts(
            [account(key, native_id=ids[key.split(":")[0]]) for key in keys], now=self.clock())
        return self

    def round(self, clock):
        """What is due at that time is asked, as the daemon does it; how many requests that took."""
        before = len(self.server.requests)
        self.clock.set(clock)
        for due in self.store.accounts_due(self.clock()):
            harvest_one(due, connector=self.connectors[due.platform], store=self.store, now=self.clock,
                        poll_every=timedelta(minutes=2), rng=random.Random(1))
        return len(self.server.requests) - before

    def standing(self, key="x:solo"):
        return next(one for one in self.store.accounts() if one.key == key)

    def texts(self):
        return [m.text for m in self.store.unprocessed(1000, now=self.clock() + timedelta(days=1))]


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Starts the simulators of some posts and a store beside them."""
    monkeypatch.setenv("TEST_X_TOKEN", TOKENS["x"])
    monkeypatch.setenv("TEST_GRAPH_TOKEN", TOKENS["facebook"])
    opened = []

    def build(*posts):
        clock = Clock()
        server = serve(world_of(*posts, clock=clock))
        opened.append(House(tmp_path, server, clock))
        return opened[-1]

    yield build
    for one in opened:
        one.server.stop()
        one.store.close()


def many(count):
    return [post(f"p{n:03d}", f"07:{n // 60:02d}:{n % 60:02d}", f"lubang nomor {n}") for n in range(count)]


# --- X ---------------------------------------------------------------------------------------------


def test_a_cut_between_two_pages_loses_and_doubles_nothing_in_the_store(house):
    """1, 2: the connection breaks after the first page; since_id is inclusive; the books hold each post once."""
    here = house(*many(150), post("late", "08:30", "baru datang")).watch("x:solo")
    here.server.world.options.x_since_inclusive = True
    here.server.world.faults.add("x:solo", "truncate", after=1)

    here.round("08:00")
    cut = here.standing()
    for clock in ("08:02", "08:10", "09:00", "09:05"):
        here.round(clock)

    assert cut.state is AccountState.BACKOFF
    assert sorted(here.texts()) == sorted([*(f"lubang nomor {n}" for n in range(150)), "baru datang"])
    assert sum(row.seen for row in here.store.ledger()) == 151


def test_a_429_with_reset_waits_until_then(house):
    """6: exactly one request, none before the reset, then the reading goes on."""
    here = house(*many(2)).watch("x:solo")
    reset = datetime(2026, 11, 2, 1, 20, tzinfo=UTC)  # 08:20
    here.server.world.faults.add("x:solo", "rate_limit", until=reset)

    asked = [here.round(clock) for clock in ("08:00", "08:05", "08:19")]
    held = here.standing()
    after = here.round("08:20")

    assert asked == [1, 0, 0]
    assert (held.state, held.next_poll_at) == (AccountState.BACKOFF, reset)
    assert after == 1
    assert here.standing().state is AccountState.OK


def test_a_429_without_reset_is_the_usage_cap(house):
    """6: one request, and then money is a matter for people: nothing is asked for the rest of the month."""
    here = house(*many(2)).watch("x:solo")
    here.server.world.faults.add("x:solo", "usage_cap", times=9)

    asked = [here.round(clock) for clock in ("08:00", "08:05", "20:00")]

    assert asked == [1, 0, 0]
    assert here.standing().state is AccountState.PAUSED_BUDGET
    assert here.standing().next_poll_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_402_pauses_x_alone_and_is_told_once(house, capsys):
    """7: out of credits: one alert instead of one per cycle, and Facebook goes on."""
    here = house(*many(2), post("fb", "07:00", "lampu mati", on="facebook", kind="visitor_post"))
    here.watch("x:solo", "facebook:solo")
    here.server.world.faults.add("x:solo", "credits", times=9)

    for clock in ("08:00", "08:05", "08:10"):
        here.round(clock)

    assert here.standing().state is AccountState.PAUSED_BUDGET
    assert "402" in here.standing().state_reason
    assert sum(r.host == "api.twitter.com" for r in here.server.requests) == 1
    assert capsys.readouterr().out.count("402") == 1
    assert here.standing("facebook:solo").state is AccountState.OK
    assert here.texts() == ["lampu mati"]


@pytest.mark.parametrize("fault", [
    {"what": "hang", "seconds": 30}, {"what": "html"}, {"what": "html", "status": 502}, {"what": "outage"},
])
@pytest.mark.parametrize(("key", "about"), [("x:solo", "x:solo"), ("facebook:solo", "facebook:solo"),
                                            ("instagram_graph:solo", "instagram:solo")])
def test_what_passes_by_itself_backs_off(house, fault, key, about):
    """8, 9: a hang, HTML with 200 or with 502: one request, a wait of minutes, then all is read."""
    here = house(*many(2), post("fb", "07:00", on="facebook", kind="visitor_post"),
                 post("ig", "07:00", on="instagram", kind="tag")).watch(key)
    here.server.world.faults.add(about, **fault)

    asked = here.round("08:00")
    held = here.standing(key)
    here.round("08:02")

    assert asked == 1
    assert held.state is AccountState.BACKOFF
    assert timedelta(0) < held.next_poll_at - here.clock() + timedelta(minutes=2) <= timedelta(minutes=1)
    assert here.standing(key).state is AccountState.OK
    assert here.texts()


# --- Instagram -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "state"), [
    ("rate_limit", AccountState.BACKOFF), ("wait", AccountState.NEEDS_HUMAN), ("forbidden", AccountState.NEEDS_HUMAN),
    ("checkpoint", AccountState.NEEDS_HUMAN), ("challenge", AccountState.NEEDS_HUMAN),
    ("feedback", AccountState.NEEDS_HUMAN), ("login_page", AccountState.NEEDS_HUMAN),
    ("bad_request", AccountState.NEEDS_HUMAN), ("soft_block", AccountState.NEEDS_HUMAN),
    ("html", AccountState.BACKOFF), ("outage", AccountState.BACKOFF),
])
def test_each_block_of_instagram_is_one_request_and_a_state(house, fault, state):
    """11: nothing escapes to the loop; who needs a person says what to do, and then is quiet."""
    here = house(post("ig", "07:00", on="instagram", kind="tag")).watch("instagram:solo")
    here.server.world.faults.add("instagram:solo", fault, times=9)

    asked = here.round("08:00")
    held = here.standing("instagram:solo")
    quiet = here.round("08:01") + here.round("12:00") if state is AccountState.NEEDS_HUMAN else 0

    assert (asked, quiet) == (1, 0)
    assert held.state is state
    assert ("—" in held.state_reason) == (state is AccountState.NEEDS_HUMAN)  # cause — remedy


def test_what_a_webhook_names_by_id_is_asked_for_once(house):
    """A stumble leaves the question standing; an answer, or a post that is gone, ends it."""
    here = house(post("foto", "07:00", "Got mampet, tolong @kota_contoh", on="instagram", kind="mention"),
                 post("hapus", "07:01", "@kota_contoh salah", on="instagram", kind="mention", deleted_at="07:30"))
    here.watch("instagram_graph:solo")
    world = here.server.world
    photo, gone = (world.item(world.posts[name]).graph_id for name in ("foto", "hapus"))
    asked = Page((), "", inquiries=(Inquiry("mentioned_media", photo, photo), Inquiry("mentioned_media", gone, gone)))
    here.store.save_page("instagram_graph:solo", asked, next_poll_at=here.clock(), now=here.clock.set("08:00"),
                         beside=True)
    world.faults.add("instagram:solo", "outage", after=2)  # /tags and /media answer

    standing = []
    for clock in ("08:00", "08:10", "08:20"):
        here.round(clock)
        here.clock.set("23:00")
        standing.append(sum(len(one.inquiries) for one in here.store.accounts_due(here.clock())))

    assert standing == [1, 0, 0]
    assert "Got mampet, tolong @kota_contoh" in here.texts()
    assert sum("mentioned_media" in r.query.get("fields", "") for r in here.server.requests) == 3


# --- Facebook --------------------------------------------------------------------------------------


def test_a_post_without_an_author_is_stored_once_and_gets_its_ticket(house, judge):
    """17: Facebook withholds who wrote; the window is read twice; one ticket stands."""
    here = house(post("fb", "07:00", HOLE, on="facebook", kind="visitor_post")).watch("facebook:solo")
    here.round("08:00")
    here.round("08:05")

    process_batch(here.store, judge, limit=50, now=here.clock())

    [row] = here.store.tickets(MACHINE, TicketQuery())
    assert row.ticket.department == "dpupr-solo"
    assert {entry.fates[Fate.TICKET] for entry in here.store.ledger()} == {1}
    assert here.store.verify() == []


@pytest.mark.parametrize("fault", ["outage", "token", "truncate", "rate_limit", "blank"])
def test_tokens_are_in_no_log_no_reason_and_not_in_the_database(house, fault, tmp_path):
    """18: every library at DEBUG, every account failing and then reading: no token in any byte that is kept."""
    here = house(*many(2), post("fb", "07:00", on="facebook", kind="visitor_post"),
                 post("ig", "07:00", on="instagram", kind="tag"))
    here.watch("x:solo", "facebook:solo", "instagram_graph:solo", "instagram:solo")
    for about, times in (("x:solo", 1), ("facebook:solo", 1), ("instagram:solo", 2)):  # two read Instagram
        here.server.world.faults.add(about, fault, times=times)
    out = io.StringIO()
    with untouched():
        logs.configure(stream=out, level="DEBUG")
        for name in ("tweepy", "urllib3", "instaloader"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        here.round("08:00")
        reasons = " ".join(one.state_reason for one in here.store.accounts())
        for one in here.store.accounts():
            here.store.resume(one.key, now=here.clock())
        here.round("08:30")
    here.store.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.glob("house.db*"))
    assert b"lubang nomor 1" in kept
    assert out.getvalue().count("fetch failed") == 4
    for secret in {*TOKENS.values(), COOKIES["sessionid"], COOKIES["csrftoken"]}:
        assert secret not in out.getvalue() + reasons
        assert secret.encode() not in kept
    with closing(open_store(here.path)) as again:
        assert again.verify() == []
