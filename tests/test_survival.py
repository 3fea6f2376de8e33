"""Nothing goes blind unseen: what a failure does to an account, who is told, and what closes the gap again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import Account, AccountState, Page
from harvester.base import AccountBlocked
from polling import harvest_one, standings
from simulators.world import TOKENS
from tests.polling_house import NEVER, House
from tests.simulators.worlds import DAWN, Clock, event, post, running, world_of

POLL = timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _tokens(monkeypatch):
    monkeypatch.setenv("TEST_X_TOKEN", TOKENS["x"])
    monkeypatch.setenv("TEST_GRAPH_TOKEN", TOKENS["facebook"])


@pytest.fixture
def house(store, settings):
    """Builds a house over an invented day; its simulator stops after the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        def build(*posts, events=(), keys=(), **x):
            clock = Clock()
            server = stack.enter_context(running(world_of(*posts, events=tuple(events), clock=clock)))
            return House(store, server, clock, settings, *keys, **x)
        yield build


# --- a dead token (O4) --------------------------------------------------------------------------------


def test_a_dead_token_is_told_once_and_the_gap_closes_after_the_new_one(house):
    """At 09:10 the token dies, at 12:40 a person has a new one: one notice, then a window that says what it hid."""
    home = house(
        post("a", "08:00", "sebelum"), post("b", "10:00", "di saat buta"), post("c", "12:00", "juga di saat buta"),
        post("d", "12:45", "sesudah"), keys=("x:solo",),
        events=[event("09:10", "x:solo", "token_dies"), event("12:40", "x:solo", "token_renewed")])
    home.round("09:08")
    home.round("09:11")  # the first poll after its death
    first, quiet = home.told(), home.told()
    [amber] = standings(home.store, home.settings, now=home.clock())
    silent_requests = [home.round(clock) for clock in ("09:15", "10:00", "12:30")]

    home.clock.set("12:42")
    home.store.ask_backfill(["x:solo"], since=None, now=home.clock())
    home.round("12:42")

    [(subject, body)] = first
    assert "x:solo" in subject
    assert "X menolak token (401)" in body
    assert "kentongan poll --backfill x:solo" in body
    assert quiet == []
    assert (amber.light, amber.todo) == ("warn", ("human",))
    assert silent_requests == [0, 0, 0]
    assert home.texts() == ["di saat buta", "juga di saat buta", "sebelum"]
    [window] = home.windows()
    assert (window.kind, window.found) == ("failure", 2)
    assert window.cause.startswith("X menolak token (401)")
    assert window.since == DAWN + timedelta(hours=3, minutes=8)
    assert window.until == DAWN + timedelta(hours=6, minutes=42)
    assert home.standing().state is AccountState.OK
    assert home.told() == []


def test_while_it_lasts_the_window_is_open_and_names_the_cause(house):
    """Whoever looks at noon sees since when, and why."""
    home = house(keys=("x:solo",), events=[event("09:10", "x:solo", "token_dies")])
    home.round("09:08")
    home.round("09:11")

    [window] = home.windows()

    assert window.until is None
    assert "401" in window.cause


def test_a_token_that_dies_again_is_told_again(house):
    """The person resumed with a wrong token: that is news."""
    home = house(keys=("x:solo",), events=[event("09:10", "x:solo", "token_dies")])
    home.round("09:11")
    first = home.told()
    home.clock.set("09:30")
    home.store.resume("x:solo", now=home.clock())
    home.round("09:30")

    again = home.told()

    assert len(first) == len(again) == 1


def test_a_daemon_that_was_down_says_so_and_has_missed_nothing(house):
    """Six hours without electricity: the posts come at the next start, and the list says when nobody looked."""
    home = house(post("a", "08:00", "sebelum"), post("b", "11:00", "saat mati"), keys=("x:solo",))
    home.round("09:00")

    home.sit_down()
    home.round("15:00")

    [window] = home.windows()
    assert (window.kind, window.found) == ("down", 1)
    assert window.until - window.since == timedelta(hours=6)
    assert home.texts() == ["saat mati", "sebelum"]


def test_a_late_poll_is_no_blind_window(house):
    """Some minutes more than planned are a busy machine."""
    home = house(keys=("x:solo",))
    home.round("09:00")
    home.round("09:09")

    assert home.windows() == []


def test_a_reading_that_was_cut_closes_no_window_before_its_end(house):
    """Three pages, the second fails: what was posted before the first is read when the third is here, not earlier."""
    home = house(*(post(f"p{n:03}", "08:00", f"lubang nomor {n}") for n in range(250)), keys=("x:solo",))
    home.round("07:00")
    home.server.world.faults.add("x:solo", "outage", after=1)
    home.round("09:00")
    between = home.windows()
    home.round("10:30")

    assert [w.until for w in between] == [None]
    assert len(home.texts()) == 250
    assert len(home.windows()) == 1


# --- somebody asks to read again --------------------------------------------------------------------------


def test_a_backfill_from_a_moment_finds_what_was_hidden(house):
    """X showed nothing for an hour and called it success; reading again from before brings it, and says it was late."""
    home = house(post("a", "08:00", "pertama"), post("b", "08:30", "tersembunyi"), post("c", "09:30", "ketiga"),
                 keys=("x:solo",))
    home.round("08:10")
    home.connectors["x"]._overlap_every = NEVER
    home.server.world.faults.add("x:solo", "empty_timeline", times=6)
    home.through("08:15", "08:40")
    home.store.save_page("x:solo", Page((), _beyond(home, "b")), next_poll_at=home.clock(), now=home.clock())
    home.through("08:45", "09:35")
    missed = "tersembunyi" not in home.texts()

    home.store.ask_backfill(["x:solo"], since=DAWN, now=home.clock())
    home.round("09:40")

    assert missed
    assert home.texts() == ["ketiga", "pertama", "tersembunyi"]
    assert [(w.kind, w.found) for w in home.windows()] == [("late", 1)]
    assert home.standing().backfill_from is None
    assert home.store.verify() == []


def _beyond(home, slug):
    """The account's cursor, its ground pushed past a post that it has never seen."""
    import orjson

    world = home.server.world
    held = orjson.loads(home.standing().cursor)
    return orjson.dumps({**held, "newest_id": str(int(world.item(world.posts[slug]).root_id) + 1)}).decode()


def test_an_hourly_re_reading_finds_a_late_post_without_being_asked(house):
    """What X indexed late lies below the ground; the overlap of two hours finds it within the hour."""
    home = house(post("a", "08:00", "pertama"), post("b", "08:30", "terlambat"), keys=("x:solo",))
    home.round("08:10")
    home.store.save_page("x:solo", Page((), _beyond(home, "b")), next_poll_at=home.clock(), now=home.clock())
    home.through("08:15", "09:05")
    missed = "terlambat" not in home.texts()

    home.through("09:10", "09:15")

    assert missed
    assert "terlambat" in home.texts()


def test_a_facebook_page_is_read_down_to_the_moment_although_all_on_top_is_known(house):
    """A tag that was missed lies below a page of known ones."""
    posts = [post(f"k{n:03}", "08:00", f"kabar {n}", on="facebook", kind="visitor_post") for n in range(120)]
    home = house(*posts, keys=("facebook:solo",))
    home.round("09:00")
    home.store.ask_backfill(["facebook:solo"], since=DAWN, now=home.clock())

    asked = home.round("09:02")

    assert len(home.texts()) == 120
    assert asked >= 3  # two pages of the feed, one at least of the tags
    assert home.standing("facebook:solo").backfill_from is None


# --- too often (O5) ------------------------------------------------------------------------------------


def test_nobody_is_asked_before_the_reset_and_the_others_go_on(house):
    """429 until 10:00 for one account: not one request of its; the other is read on, and what is left is shown."""
    home = house(post("a", "08:00", to=("jateng",)), keys=("x:solo", "x:jateng"))
    home.server.world.faults.add("x:solo", "rate_limit", until=DAWN + timedelta(hours=4))
    home.round("09:00")

    asked = [home.round(f"09:{minute:02}") for minute in range(3, 60, 3)]
    of_solo = [r for r in home.server.requests if "/9002/" in r.path]
    home.round("10:01")

    assert sum(asked) >= 10
    assert len(of_solo) == 1
    assert home.standing().state is AccountState.OK
    quota = home.standing("x:jateng").quota
    assert (quota.of, quota.unit) == (450, "permintaan")
    assert 0 < quota.left < 450


def test_a_reset_is_a_moment_of_their_clock(house):
    """Our clock is an hour ahead: by it the reset is past, and still nobody asks before it."""
    home = house(keys=("x:solo",))
    true = home.clock.set("09:00")
    home.server.world.faults.add("x:solo", "rate_limit", until=true + timedelta(minutes=15))
    home.poller.now = lambda: home.clock() + timedelta(hours=1)

    home.round("09:00")

    waits = home.standing().next_poll_at - home.poller.now()
    assert timedelta(minutes=14, seconds=58) <= waits <= timedelta(minutes=15, seconds=2)


# --- money ------------------------------------------------------------------------------------------


def test_money_ends_in_the_middle_of_a_page_and_no_further_request_is_made(house):
    """A limit of a dollar: what was paid for is stored, then nothing is asked until the limit is raised."""
    home = house(*(post(f"p{n:03}", "08:00", f"lubang nomor {n}") for n in range(250)), keys=("x:solo",),
                 monthly_usd=1.0)

    first = home.round("09:00")
    later = [home.round(clock) for clock in ("09:30", "12:00")]
    told = home.told()
    stored = len(home.texts())
    home.x["monthly_usd"] = 100.0
    home.sit_down()
    home.round("12:10")

    assert (first, later, stored) == (1, [0, 0], 100)
    assert [subject for subject, _ in told] == ["Anggaran x terpakai 150%", "Anggaran: x berhenti dibaca"]
    assert "monthly_usd" in told[1][1]
    assert home.standing().state is AccountState.OK
    assert len(home.texts()) == 250
    assert [(w.kind, w.until is not None) for w in home.windows()] == [("budget", True)]


def test_near_the_end_of_the_money_only_the_reserved_accounts_are_read(house):
    """The last 50 % are the governor's; the city waits, and is told why."""
    home = house(*(post(f"p{n:02}", "08:00", f"lubang {n}") for n in range(40)),
                 *(post(f"q{n:02}", "09:30", f"aduan {n}", to=("jateng",)) for n in range(3)),
                 keys=("x:solo", "x:jateng"), monthly_usd=1.0, reserve_percent=50)
    home.reserved = ("x:jateng",)
    home.sit_down()
    home.round("09:00")

    asked = home.round("10:00")

    assert home.standing("x:solo").state is AccountState.PAUSED_BUDGET
    assert "disisihkan" in home.standing("x:solo").state_reason
    assert home.standing("x:jateng").state is AccountState.OK
    assert asked >= 1
    assert "aduan 2" in home.texts()


def test_without_credit_the_whole_platform_pauses_and_the_rest_goes_on(house):
    """402 to one account: the others on X do not ask to hear the same, Facebook is read, one notice goes out."""
    home = house(post("f", "08:00", "di halaman", on="facebook", kind="visitor_post"))
    home.server.world.faults.add("x:*", "credits", times=9)

    home.round("09:00")
    on_x = [r for r in home.server.requests if r.host == "api.twitter.com"]
    told = home.told()

    assert len(on_x) == 1
    assert {home.standing(k).state for k in ("x:solo", "x:jateng")} == {AccountState.PAUSED_BUDGET}
    assert home.standing("facebook:solo").state is AccountState.OK
    assert "di halaman" in home.texts()
    assert len(told) == 1
    assert "x:solo" in told[0][1]
    assert "x:jateng" in told[0][1]


# --- the breaker ---------------------------------------------------------------------------------------


def test_three_refusals_in_a_row_leave_the_platform_alone_also_after_a_restart(house, monkeypatch):
    """Three dead tokens: no fourth account is asked; a new process asks nobody; one probes, and its answer opens all."""
    monkeypatch.setattr("tests.polling_house.IDS", {**_ids(), "x:a": "9101", "x:b": "9102", "x:c": "9103"})
    home = house(post("p", "08:00"), keys=("x:a", "x:b", "x:c", "x:solo"))
    home.server.world.faults.add("x:unknown", "unauthorized", times=3)

    first = home.round("09:00")
    home.sit_down()
    after_restart = home.round("09:05")
    home.poller.poll(home.store.accounts_due(home.clock()))  # as `run --once` does
    asked_at_once = len(home.server.requests) - first
    seen = home.windows()
    probe = home.round("09:20")

    assert first == 3
    assert (after_restart, asked_at_once) == (0, 0)
    assert [w.kind for w in seen] == ["platform"]
    assert probe >= 1
    assert home.standing("x:solo").state is AccountState.OK
    assert home.store.breakers()["x"].open_until is None
    assert [w.until is not None for w in home.windows()] == [True]


def _ids():
    from tests.polling_house import IDS

    return IDS


# --- names ----------------------------------------------------------------------------------------------


def test_a_renamed_account_is_read_on_and_history_shows_both_names(house):
    """The id is the same: no post is missed, no window opens (O9)."""
    home = house(post("a", "08:00", "sebelum"), post("b", "10:00", "sesudah"), keys=("x:solo",),
                 events=[event("09:00", "x:solo", "rename", handle="kota_baru")])
    home.connectors["x"]._name_every = timedelta(0)
    home.through("08:10", "10:10")

    assert home.texts() == ["sebelum", "sesudah"]
    assert home.windows() == []
    assert home.standing().handle == "kota_baru"
    assert [(e.before, e.after) for e in home.store.account_history("x:solo")] == [
        ({"handle": "kota_contoh"}, {"handle": "kota_baru"})]
    assert home.told() == []


def test_a_handle_that_a_stranger_took_is_told_and_never_followed(house):
    """@kota_contoh is another id's now: the account is read on under its own id, and a person is asked to look."""
    home = house(post("a", "10:00", "tetap terbaca"), keys=("x:solo",),
                 events=[event("09:00", "x:solo", "rename", handle="kota_baru"),
                         event("09:00", "x:solo", "handle_taken", handle="kota_contoh")])
    home.connectors["x"]._name_every = timedelta(0)
    home.round("08:50")
    home.round("10:10")
    told = home.told()

    assert "tetap terbaca" in home.texts()
    assert "kota_contoh" in home.standing().attention
    [(subject, body)] = told
    assert subject.startswith("Perlu petugas: x:solo")
    assert "kentongan accounts resume x:solo" in body
    home.store.resume("x:solo", now=home.clock())
    assert home.standing().attention == ""


def test_another_id_behind_the_account_is_never_stored_as_its_own(store):
    """The connector was led elsewhere: the page is refused whole, and a person has to say which is right."""
    class Elsewhere:
        platform = "x"

        def fetch(self, account: Account, *, now) -> Page:
            return Page((), "neu", native_id="666")

    clock = Clock()
    store.sync_accounts([Account("x:solo", "x", "900", "kota_contoh", "solo")], now=clock())
    [before] = store.accounts()

    done = harvest_one(before, connector=Elsewhere(), store=store, poll_every=POLL, now=clock, rng=None)

    [after] = store.accounts()
    assert done is None
    assert (after.state, after.cursor, after.native_id) == (AccountState.NEEDS_HUMAN, "", "900")
    assert "666" in after.state_reason


def test_an_id_that_was_learnt_is_kept_and_a_new_one_in_the_file_starts_anew(store):
    """`native_id` may be left out of config.yaml: from the first contact on the id counts, not the name."""
    account = Account("x:solo", "x", "", "kota_contoh", "solo")
    store.sync_accounts([account], now=DAWN)
    store.save_page("x:solo", Page((), "hier", native_id="900"), next_poll_at=DAWN, now=DAWN)
    store.sync_accounts([account], now=DAWN)
    learnt = store.accounts()[0]

    store.sync_accounts([Account("x:solo", "x", "901", "kota_contoh", "solo")], now=DAWN)

    assert (learnt.native_id, learnt.cursor) == ("900", "hier")
    assert (store.accounts()[0].native_id, store.accounts()[0].cursor) == ("901", "")


def test_a_connector_that_breaks_is_not_asked_every_second(store):
    """A fault of our own is logged, and waits like a passing fault of the platform."""
    class Broken:
        platform = "x"

        def fetch(self, account: Account, *, now) -> Page:
            raise KeyError("bug")

    clock = Clock()
    store.sync_accounts([Account("x:solo", "x", "900", "kota_contoh", "solo")], now=clock())

    from random import Random
    harvest_one(store.accounts()[0], connector=Broken(), store=store, poll_every=POLL, now=clock, rng=Random(1))

    [after] = store.accounts()
    assert after.state is AccountState.BACKOFF
    assert after.next_poll_at > clock()
    assert "KeyError" in after.state_reason
    assert "bug" not in after.state_reason


# --- tokens that will end, posts with open tickets ----------------------------------------------------------


def test_a_token_that_will_end_is_told_days_before(house):
    """Facebook says when its token ends: a week before, and once more on the last day."""
    home = house(keys=("facebook:solo",))
    home.server.world.options.graph_token_ends = int((DAWN + timedelta(days=6)).timestamp())
    home.round("09:00")
    first, again = home.told(), home.told()
    home.clock.at = DAWN + timedelta(days=5, hours=1)

    last = home.told()

    assert home.standing("facebook:solo").token_expires_at == DAWN + timedelta(days=6)
    assert [len(first), again, len(last)] == [1, [], 1]
    assert "Token berakhir 2026-11-07" in first[0][0]


def test_a_deletion_under_an_open_ticket_is_found_within_the_day(house, judge):
    """More posts came after it than the connector watches; the hourly look at open tickets finds it all the same."""
    hole = "Jalan berlubang parah di Jl. RM Said Solo depan Pasar Legi, tolong diperbaiki"
    home = house(post("tiket", "08:00", hole, deleted_at="09:30"),
                 *(post(f"p{n:03}", "08:30", f"selamat pagi nomor {n}") for n in range(130)), keys=("x:solo",))
    home.round("08:10")
    home.judge(judge)
    home.round("09:00")
    home.judge(judge)
    before = {m.cluster for m in home.store.past_mentions()}

    home.round("10:30")

    key = home.server.world.item(home.server.world.posts["tiket"]).root_id
    mention, _ = home.store.extraction_of(f"x:post:{key}")
    assert f"x:post:{key}" in before
    assert mention.state == "gone"
    assert mention.text == ""


def test_the_breaker_does_not_count_what_concerns_one_account(house):
    """Three accounts without a token variable are three accounts without a token variable."""
    from domain import Breaker
    from harvester.breaker import failed

    error = AccountBlocked("token X belum ada", alone=True)

    assert failed(Breaker("x", blocks=2), error, now=DAWN, rng=None) == Breaker("x", blocks=2)
