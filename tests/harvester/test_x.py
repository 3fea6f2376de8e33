"""X on the wire: tweepy against the simulator."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from domain import ConfigError, MentionKind, MentionState
from harvester.base import AccountBlocked, BudgetSpent, RateLimited, Transient
from harvester.wire import Limits
from harvester.x import X
from settings import PlatformSettings
from simulators.day import Picture, Spot
from tests.builders import account
from tests.harvester.conftest import Harvest, settings_for
from tests.simulators.worlds import DAWN, Clock, event, post, world_of

pytestmark = pytest.mark.filterwarnings("ignore:The 'warn' method:DeprecationWarning:tweepy")
NEVER = timedelta(days=100_000)
TOKEN = "demo-x-bearer"


def solo(**given):
    return account("x:solo", native_id="9002", handle="kota_contoh", **given)


def harvest(server, *, name_every=NEVER, recheck_every=NEVER, limits=None, **given):
    settings = settings_for(server.url, "TEST_X_TOKEN", **given)
    return Harvest(X(settings, name_every=name_every, recheck_every=recheck_every, limits=limits), solo())


def many(count):
    return [post(f"p{n:03d}", f"07:{n // 60:02d}:{n % 60:02d}", f"lubang nomor {n}") for n in range(count)]


# --- paging and the cursor -----------------------------------------------------------------------


def test_pages_are_walked_until_everything_new_is_here(wire):
    """A busy morning spans several pages; all posts arrive, each once."""
    clock = Clock()
    server = wire(world_of(*many(230), clock=clock))
    reading = harvest(server)
    reading.cycle(clock.set("08:00"))

    again = reading.cycle(clock.set("08:02"))

    assert len(reading.stored) == 230
    assert [len(p.mentions) for p in reading.pages] == [100, 100, 30, 0]
    assert again[0].mentions == ()


def test_a_crash_between_two_pages_loses_and_doubles_nothing(wire):
    """The machine dies after the first of three pages; posts that come meanwhile are not forgotten."""
    clock = Clock()
    late = post("late", "08:30", "baru datang")
    server = wire(world_of(*many(230), late, clock=clock))
    reading = harvest(server)
    reading.page(clock.set("08:00"))

    after = Harvest(harvest(server).connector, reading.account)  # a new process, with what was stored
    after.cycle(clock.set("08:50"))
    after.cycle(clock.set("08:52"))

    assert len(reading.stored.keys() & after.stored.keys()) == 0
    assert len(reading.stored | after.stored) == 231
    assert "baru datang" in after.texts()


def test_the_ground_moves_only_with_the_last_page(wire):
    """A page that was fetched but never stored is fetched again."""
    clock = Clock()
    server = wire(world_of(*many(150), clock=clock))
    reading = harvest(server)
    first = reading.page(clock.set("08:00"))
    lost = reading.connector.fetch(reading.account, now=clock.at)  # answered, then the machine died

    reading.cycle(clock.at)

    assert first.more
    assert len(lost.mentions) == 50
    assert len(reading.stored) == 150


def test_an_inclusive_since_id_doubles_nothing(wire):
    """X may send the last known post once more; nobody is told twice."""
    clock = Clock()
    world = world_of(*many(3), post("new", "08:30", "baru"), clock=clock)
    world.options.x_since_inclusive = True
    reading = harvest(wire(world))
    reading.cycle(clock.set("08:00"))

    again = reading.cycle(clock.set("08:45"))

    assert [m.text for page in again for m in page.mentions] == ["baru"]


def test_a_page_token_that_x_has_forgotten_starts_the_cycle_over(wire):
    """After a long night off the page token is stale; the reading begins again at the known ground."""
    clock = Clock()
    server = wire(world_of(*many(150), clock=clock))
    reading = harvest(server)
    reading.page(clock.set("08:00"))
    token = server.world.faults
    token.add("x:solo", "error", status=400, detail="Invalid pagination_token")

    reading.cycle(clock.at)

    assert len(reading.stored) == 150


def test_an_unreadable_cursor_begins_anew(wire):
    """A damaged cursor costs a re-reading, not the account."""
    clock = Clock()
    reading = harvest(wire(world_of(*many(3), clock=clock)))
    reading.account = solo(cursor="{broken")

    reading.cycle(clock.set("08:00"))

    assert len(reading.stored) == 3


def test_an_account_known_by_handle_only_is_looked_up_once(wire):
    """Operators may leave out the number behind a handle."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    reading = harvest(server)
    reading.account = account("x:solo", native_id="", handle="kota_contoh")
    reading.cycle(clock.set("08:00"))

    reading.cycle(clock.set("08:02"))

    assert len(reading.stored) == 2
    assert [r.path for r in server.requests].count("/2/users/by/username/kota_contoh") == 1


# --- what the timeline no longer shows ---------------------------------------------------------------


def storm(count, at="08:{:02d}:{:02d}", tenths=4):
    """Mentions by name, several within a second."""
    return [post(f"s{n:04d}", at.format(n // 60 // tenths, n // tenths % 60), f"@kota_contoh banjir nomor {n}")
            for n in range(count)]


def test_more_mentions_than_the_timeline_holds_are_found_by_search(wire):
    """After a night off X shows the newest 800; the 130 before them come from recent search, each once."""
    clock = Clock()
    server = wire(world_of(post("before", "07:00", "@kota_contoh pagi"), *storm(930), clock=clock))
    reading = harvest(server)
    reading.cycle(clock.set("07:30"))

    reading.cycle(clock.set("09:00"))
    asked = [r for r in server.requests if r.path.endswith("/search/recent")]
    reading.cycle(clock.set("09:02"))

    assert len(reading.stored) == 931
    assert len(asked) == 2
    assert {r.query["query"] for r in asked} == {"@kota_contoh -is:retweet"}
    assert sum(r.path.endswith("/search/recent") for r in server.requests) == 2
    assert sum(len(page.mentions) for page in reading.pages) == 931


def test_a_search_that_fails_holds_up_nothing_and_comes_again(wire):
    """Search is down, then refused: mentions go on; the gap is filled once it answers, across a restart too."""
    clock = Clock()
    server = wire(world_of(post("before", "07:00", "@kota_contoh pagi"), *storm(930),
                           post("new", "09:10", "@kota_contoh baru"), clock=clock))
    reading = harvest(server)
    reading.cycle(clock.set("07:30"))
    server.world.faults.add("x:search", "outage")
    server.world.faults.add("x:search", "forbidden")
    reading.cycle(clock.set("09:00"))

    reading.cycle(clock.set("09:15"))
    after = Harvest(harvest(server).connector, reading.account)
    after.cycle(clock.set("09:20"))
    refused_for_an_hour = sum(r.path.endswith("/search/recent") for r in server.requests)
    after.cycle(clock.set("10:20"))

    assert "@kota_contoh baru" in reading.texts()
    assert [note.kind for page in reading.pages for note in page.notes] == ["endpoint_refused"]
    assert refused_for_an_hour == 2
    assert len(reading.stored | after.stored) == 932


def test_a_kill_in_the_middle_of_a_search_loses_and_doubles_nothing(wire):
    """The machine dies after the first page of the search."""
    clock = Clock()
    server = wire(world_of(post("before", "07:00", "@kota_contoh pagi"), *storm(1150), clock=clock))
    reading = harvest(server)
    reading.cycle(clock.set("07:30"))
    for _ in range(9):
        reading.page(clock.set("09:00"))

    after = Harvest(harvest(server).connector, reading.account)
    after.cycle(clock.at)

    assert len(reading.stored.keys() & after.stored.keys()) == 0
    assert len(reading.stored | after.stored) == 1151


def test_what_is_older_than_a_week_is_said_to_be_lost(wire):
    """After nine days off, search reaches back seven; the rest is named, not passed over in silence."""
    clock = Clock()
    week = [post(f"w{n:04d}", f"{30 + n // 6}:{n % 6 * 10:02d}", f"@kota_contoh lubang {n}") for n in range(1300)]
    server = wire(world_of(post("before", "07:00", "@kota_contoh pagi"), *week, clock=clock))
    reading = harvest(server, max_pages=20)
    reading.cycle(clock.set("07:30"))

    reading.cycle(clock.set("247:00"))

    [note] = {note for page in reading.pages for note in page.notes}
    assert note.kind == "gap"
    assert "2026-11-02 00:00 to 2026-11-05" in note.detail
    reached = [p for p in week if p.at >= clock.at - timedelta(days=7) + timedelta(minutes=5) - DAWN]
    assert len(reading.stored) == 1 + len(reached) > 1000
    assert all(r.query.get("start_time") for r in server.requests if r.path.endswith("/search/recent"))


# --- what a post becomes ---------------------------------------------------------------------------


def rich_day():
    long_text = "@kota_contoh " + "Lubang di Jalan Contoh makin dalam & lebar. " * 12
    return [
        post("asli", "07:00", long_text, media=(Picture("photo", "lubang"),),
             place=Spot("Laweyan, Surakarta", -7.56, 110.79)),
        post("sebar", "07:05", "", kind="repost", of="asli"),
        post("kutip", "07:06", "Betul ini", kind="quote", of="asli"),
        post("jawab", "07:07", "@kota_contoh kapan? #jalanrusak", kind="reply", of="asli"),
        post("ubah", "07:10", "Lampu mati di Jl Anu", edit=("07:20", "Lampu mati di Jl Contoh")),
    ], long_text


@pytest.mark.parametrize("profile", ["v2.166", "v2.167"])
def test_long_posts_quotes_replies_and_reposts_arrive_whole(wire, profile):
    """Cut texts are completed from what X sends beside them."""
    clock = Clock()
    posts, long_text = rich_day()
    reading = harvest(wire(world_of(*posts, clock=clock)), api_version=profile)

    reading.cycle(clock.set("07:15"))

    by_kind = {m.kind: m for m in reading.stored.values() if "Lampu" not in m.text}
    original = by_kind[MentionKind.MENTION]
    assert original.text == long_text
    assert original.media[0].url == "https://pbs.twimg.com/media/lubang.jpg"
    assert (original.place.name, round(original.place.lat, 2)) == ("Laweyan, Surakarta", -7.56)
    assert original.author.handle == "warga_asli"
    assert original.lang_hint == "id"
    assert original.metrics["reposts"] == 1
    assert by_kind[MentionKind.REPOST].text == long_text
    assert by_kind[MentionKind.REPOST].repost_of == original.key
    assert by_kind[MentionKind.QUOTE].quote_of == original.key
    assert by_kind[MentionKind.REPLY].reply_to == original.key
    assert by_kind[MentionKind.REPLY].thread == original.key
    assert by_kind[MentionKind.REPLY].hashtags == ("jalanrusak",)
    assert by_kind[MentionKind.REPLY].handles == ("kota_contoh",)


def test_both_vocabularies_tell_the_same(wire):
    """X renames its fields; a mention does not change by it."""
    clock = Clock()
    server = wire(world_of(*rich_day()[0], clock=clock))
    old, new = harvest(server, api_version="v2.166"), harvest(server, api_version="v2.167")
    now = clock.set("07:30")

    old.cycle(now)
    new.cycle(now)

    assert old.stored == new.stored
    assert len(old.stored) == 5


def test_a_refused_vocabulary_is_switched_once(wire):
    """The day X turns the old words off, reading goes on in the new ones."""
    clock = Clock()
    world = world_of(*many(3), clock=clock)
    world.options.x_vocabulary = "v2.167"
    server = wire(world)
    reading = harvest(server)

    reading.cycle(clock.set("08:00"))
    reading.cycle(clock.set("08:02"))

    assert len(reading.stored) == 3
    assert reading.connector.profile == "v2.167"
    assert sum("tweet.fields" in r.query for r in server.requests) == 1


def test_an_edit_is_one_mention_with_a_revision(wire):
    """A corrected post keeps its place; its new words replace the old ones."""
    clock = Clock()
    reading = harvest(wire(world_of(post("ubah", "07:10", "Lampu mati di Jl Anu",
                                         edit=("07:20", "Lampu mati di Jl Contoh")), clock=clock)))
    reading.cycle(clock.set("07:15"))
    (before,) = reading.stored.values()

    reading.cycle(clock.set("07:25"))

    (after,) = reading.stored.values()
    assert after.key == before.key
    assert (after.text, after.state) == ("Lampu mati di Jl Contoh", MentionState.EDITED)
    assert after.revision_of == before.native_id != after.native_id
    assert after.posted_at == before.posted_at < after.edited_at


def test_a_deleted_post_is_reported_gone_by_the_re_read(wire):
    """Who takes a complaint back is not kept on file."""
    clock = Clock()
    reading = harvest(wire(world_of(post("hapus", "07:10", "salah kirim", deleted_at="07:20"),
                                    post("tetap", "07:11", "tetap ada"), clock=clock)),
                      recheck_every=timedelta(minutes=5))
    reading.cycle(clock.set("07:15"))
    doomed = next(m for m in reading.stored.values() if m.text == "salah kirim")

    reading.cycle(clock.set("07:25"))
    reading.cycle(clock.set("07:35"))

    assert reading.gone == [doomed.key]


def test_an_edit_that_the_timeline_does_not_show_is_found_by_the_re_read(wire):
    """Even an edit that reaches nobody's timeline is seen within minutes."""
    clock = Clock()
    server = wire(world_of(post("ubah", "07:10", "lama", edit=("07:20", "baru")), clock=clock))
    reading = harvest(server, recheck_every=timedelta(minutes=5))
    reading.cycle(clock.set("07:15"))
    server.world.faults.add("x:solo", "empty_timeline")

    reading.cycle(clock.set("07:25"))

    assert reading.texts() == ["baru"]


def test_a_failing_re_read_does_not_keep_mentions_from_coming(wire):
    """The look-up of old posts is down; new complaints arrive all the same."""
    clock = Clock()
    server = wire(world_of(*many(2), post("new", "08:30", "baru"), clock=clock))
    reading = harvest(server, recheck_every=timedelta(0))
    server.world.faults.add("x:tweets", "outage", times=9)
    reading.cycle(clock.set("08:00"))

    reading.cycle(clock.set("09:00"))

    assert "baru" in reading.texts()


def test_partial_errors_name_what_is_gone_and_cost_nothing_else(wire):
    """A reply to a deleted post arrives; the deleted post is reported."""
    clock = Clock()
    reading = harvest(wire(world_of(
        post("asli", "07:00", "akan dihapus", deleted_at="07:10"),
        post("jawab", "07:05", "@kota_contoh setuju", kind="reply", of="asli"), clock=clock)))

    reading.cycle(clock.set("07:30"))

    (reply,) = reading.stored.values()
    assert reply.text == "@kota_contoh setuju"
    assert reading.gone == [reply.reply_to]


def test_a_time_without_fraction_is_read(wire):
    """tweepy's own reader would lose the whole page here."""
    clock = Clock()
    world = world_of(*many(2), clock=clock)
    world.options.x_created_at_fraction = False
    reading = harvest(wire(world))

    reading.cycle(clock.set("08:00"))

    assert [m.posted_at.second for m in reading.stored.values()] == [0, 1]


def test_a_malformed_item_is_set_aside_whole_and_the_page_stands(wire):
    """One broken post costs itself and nothing else."""
    clock = Clock()
    server = wire(world_of(*many(3), events=(event("07:30", "x:solo", "malformed_item"),), clock=clock))
    reading = harvest(server)

    (page,) = reading.cycle(clock.set("08:00"))

    assert len(page.mentions) == 3
    (broken,) = page.quarantined
    assert broken.key.startswith("x:post:")
    assert "kemarin sore" in broken.raw
    assert broken.reason == "created_at: not a time"


def test_a_post_without_its_author_is_still_a_mention(wire):
    """X does not always say who wrote."""
    clock = Clock()
    world = world_of(*many(1), clock=clock)
    world.options.x_expand = False
    reading = harvest(wire(world))

    reading.cycle(clock.set("08:00"))

    (mention,) = reading.stored.values()
    assert mention.author.handle is None


def test_the_accounts_own_posts_are_marked(wire):
    """What the government itself writes is no complaint."""
    clock = Clock()
    reading = harvest(wire(world_of(post("own", "07:00", "Halo dari @kota_contoh", own=True), clock=clock)))

    reading.cycle(clock.set("08:00"))

    assert [m.own for m in reading.stored.values()] == [True]


def test_reads_and_cost_are_counted(wire):
    """The bill can be followed: posts, included posts and users."""
    clock = Clock()
    reading = harvest(wire(world_of(*many(3), clock=clock)))

    (page,) = reading.cycle(clock.set("08:00"))

    assert page.reads == 6
    assert page.cost_usd == pytest.approx(3 * 0.005 + 3 * 0.010)


# --- the account itself ----------------------------------------------------------------------------


def test_a_renamed_account_goes_on_under_its_new_name(wire):
    """The number behind the handle stays; so does the stream of mentions."""
    clock = Clock()
    server = wire(world_of(*many(1), post("new", "09:30", "masih terbaca"), clock=clock, events=(
        event("09:00", "x:solo", "rename", handle="kota_baru"),
        event("09:00", "x:solo", "handle_taken", handle="kota_contoh"))))
    reading = harvest(server, name_every=timedelta(minutes=30))
    reading.cycle(clock.set("08:00"))

    pages = reading.cycle(clock.set("10:00"))

    assert reading.account.handle == "kota_baru"
    assert [note.kind for page in pages for note in page.notes] == ["renamed", "handle_taken"]
    assert "masih terbaca" in reading.texts()


# --- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "error"), [
    ({"what": "unauthorized"}, AccountBlocked),
    ({"what": "forbidden"}, AccountBlocked),
    ({"what": "credits"}, BudgetSpent),
    ({"what": "usage_cap"}, BudgetSpent),
    ({"what": "rate_limit"}, RateLimited),
    ({"what": "outage"}, Transient),
    ({"what": "html"}, Transient),
    ({"what": "html", "status": 502}, Transient),
    ({"what": "truncate"}, Transient),
    ({"what": "blank"}, Transient),
    ({"what": "empty"}, Transient),
    ({"what": "body", "body": b"[1, 2]"}, Transient),
    ({"what": "body", "body": b"[" * 100_000}, Transient),
    ({"what": "error", "status": 409}, Transient),
    ({"what": "error", "status": 400}, AccountBlocked),
    ({"what": "error", "status": 404}, AccountBlocked),
])
def test_every_failure_is_one_request_and_one_of_four_answers(wire, fault, error):
    """The daemon knows what to do with each; nothing is tried twice in a row."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("x:solo", times=5, **fault)

    with pytest.raises(error) as caught:
        harvest(server).page(clock.set("08:00"))

    assert type(caught.value) is error or error is AccountBlocked
    assert len(server.requests) == 1


def test_a_rate_limit_carries_the_time_that_x_gave(wire):
    """We wait exactly as long as X says."""
    clock = Clock()
    server = wire(world_of(clock=clock))
    until = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    server.world.faults.add("x:solo", "rate_limit", until=until)

    with pytest.raises(RateLimited) as caught:
        harvest(server).page(clock.set("08:00"))

    assert caught.value.until == until


@pytest.mark.parametrize("fault", [{"what": "hang", "seconds": 30}, {"what": "trickle", "seconds": 0.05}])
def test_a_server_that_keeps_us_waiting_is_cut_off(wire, fault):
    """Neither silence nor one byte at a time holds the daemon."""
    clock = Clock()
    server = wire(world_of(*many(20), clock=clock))
    server.world.faults.add("x:solo", **fault)
    limits = Limits(connect_seconds=1, read_seconds=0.3, total_seconds=0.5)

    with pytest.raises(Transient):
        harvest(server, limits=limits).page(clock.set("08:00"))


def test_a_wrong_token_needs_a_person_and_is_told_nowhere(wire, monkeypatch, caplog):
    """The message says whom to call and what to do, and never the token."""
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    monkeypatch.setenv("TEST_X_TOKEN", "AAAAwrongwrongwrongwrong")
    server = wire(world_of(clock=clock))

    with pytest.raises(AccountBlocked) as caught:
        harvest(server).page(clock.set("08:00"))

    assert "kentongan accounts resume x:solo" in caught.value.remedy
    told = "".join(traceback.format_exception(caught.value)) + caught.value.reason + caught.value.remedy
    assert "AAAAwrong" not in told + caplog.text


def test_the_token_is_in_no_log_even_at_debug(wire, caplog):
    """tweepy would print it."""
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    reading = harvest(server, api_version="v2.167")
    server.world.faults.add("x:solo", "outage", after=1)
    reading.cycle(clock.set("08:00"))

    with pytest.raises(Transient):
        reading.page(clock.set("08:02"))

    assert TOKEN not in caplog.text


def test_a_missing_token_needs_a_person(wire, monkeypatch):
    """No token is a matter of set-up; the daemon runs on for the other platforms."""
    monkeypatch.delenv("TEST_X_TOKEN")
    clock = Clock()

    with pytest.raises(AccountBlocked, match="token"):
        harvest(wire(world_of(clock=clock))).page(clock.set("08:00"))


def test_x_is_not_built_without_an_agreement():
    """Governments need X's agreement; without it the connector does not exist."""
    with pytest.raises(ConfigError):
        X(PlatformSettings(enabled=True))
    with pytest.raises(ConfigError):
        X(PlatformSettings(enabled=False, agreement="ENT-1"))
    with pytest.raises(ConfigError):
        X(PlatformSettings(enabled=True, base_url="https://api.example.org"))

    assert X(PlatformSettings(enabled=True, agreement="ENT-1")).platform == "x"
