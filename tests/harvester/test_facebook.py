"""Facebook pages on the wire: facebook-sdk against the simulator."""

from __future__ import annotations

import contextlib
import json
import logging
import traceback
from datetime import timedelta

import pytest

from domain import MentionKind, MentionState
from harvester.base import AccountBlocked, RateLimited, Transient
from harvester.facebook import Facebook
from harvester.graph import usage_of
from harvester.wire import Limits
from simulators.day import Picture, Spot
from tests.builders import account
from tests.harvester.conftest import Harvest, settings_for
from tests.simulators.worlds import Clock, event, post, world_of

NEVER = timedelta(days=100_000)
TOKEN = "demo-page-token"


def page_of(server, *, name_every=NEVER, limits=None, **given):
    settings = settings_for(server.url, "TEST_GRAPH_TOKEN", **given)
    return Harvest(Facebook(settings, name_every=name_every, limits=limits), solo())


def solo(**given):
    return account("facebook:solo", **{"native_id": "8001", "handle": "kotacontoh", **given})


def on_page(slug, at, text="Jalan berlubang", **given):
    return post(slug, at, text, **{"on": "facebook", "kind": "visitor_post", **given})


def many(count, **given):
    return [on_page(f"p{n:03d}", f"07:{n // 60:02d}:{n % 60:02d}", f"lubang {n}", **given) for n in range(count)]


# --- paging and the window -------------------------------------------------------------------------


@pytest.mark.parametrize("with_token", [True, False])
def test_pages_are_walked_even_where_next_lacks_the_token(wire, with_token):
    """Graph leaves the token out of its links now and then; facebook-sdk alone would fall over it."""
    clock = Clock()
    world = world_of(*many(130), clock=clock)
    world.options.graph_next_with_token, world.options.graph_page_size = with_token, 50
    reading = page_of(wire(world))

    reading.cycle(clock.set("08:00"))

    assert len(reading.stored) == 130


def test_todays_graph_version_is_asked(wire):
    """facebook-sdk knows no version that is still alive."""
    clock = Clock()
    server = wire(world_of(*many(1), clock=clock))

    page_of(server).cycle(clock.set("08:00"))

    assert {r.path.split("/")[1] for r in server.requests} == {"v26.0"}


def test_a_second_cycle_tells_only_what_is_new(wire):
    """The window is read again each time; nobody is told twice."""
    clock = Clock()
    reading = page_of(wire(world_of(*many(5), on_page("new", "08:30", "baru"), clock=clock)))
    reading.cycle(clock.set("08:00"))

    again = reading.cycle(clock.set("09:00"))

    assert [m.text for page in again for m in page.mentions] == ["baru"]


def test_a_crash_in_mid_cycle_loses_nothing(wire):
    """The machine dies between two pages of a feed; the rest comes after the restart."""
    clock = Clock()
    world = world_of(*many(90), on_page("late", "08:30", "baru datang"), clock=clock)
    world.options.graph_page_size = 40
    server = wire(world)
    reading = page_of(server)
    reading.page(clock.set("08:00"))

    after = page_of(server)
    after.account = reading.account
    after.cycle(clock.set("09:00"))
    after.cycle(clock.set("09:05"))

    assert len(reading.stored | after.stored) == 91
    assert not reading.stored.keys() & after.stored.keys()


def test_more_posts_than_a_cycle_takes_are_owed_and_not_lost(wire):
    """A flood of posts is read over several cycles; the ground does not move over unread ones."""
    clock = Clock()
    world = world_of(*many(100), clock=clock)
    world.options.graph_page_size = 20
    reading = page_of(wire(world), max_pages=2)

    for minute in ("08:00", "12:00", "16:00", "20:00"):
        reading.cycle(clock.set(minute))

    assert len(reading.stored) == 100


# --- what a post becomes ---------------------------------------------------------------------------


def test_posts_are_told_apart_by_what_they_are(wire):
    """A visitor's post, a post that tags the page, a comment and the page's own post."""
    clock = Clock()
    reading = page_of(wire(world_of(
        on_page("own", "07:00", "Pengumuman", own=True, kind="mention"),
        on_page("visit", "07:01", "Lampu mati", media=(Picture("photo", "lampu"),),
                place=Spot("Solo", -7.5, 110.8)),
        on_page("tag", "07:02", "Kota Contoh tolong", kind="mention"),
        on_page("comment", "07:03", "kapan diperbaiki?", kind="comment", of="own"), clock=clock)))

    reading.cycle(clock.set("08:00"))

    by_text = {m.text: m for m in reading.stored.values()}
    assert by_text["Pengumuman"].own
    assert by_text["Lampu mati"].kind is MentionKind.VISITOR_POST
    assert by_text["Lampu mati"].media[0].url.endswith("/lampu.jpg")
    assert (by_text["Lampu mati"].place.lat, by_text["Lampu mati"].place.lng) == (-7.5, 110.8)
    assert by_text["Kota Contoh tolong"].kind is MentionKind.MENTION
    assert by_text["kapan diperbaiki?"].kind is MentionKind.COMMENT
    assert by_text["kapan diperbaiki?"].thread == by_text["Pengumuman"].key
    assert [m.own for m in reading.stored.values()].count(True) == 1


def test_a_withheld_author_costs_nothing(wire):
    """Facebook mostly does not say who wrote; the complaint counts all the same, once."""
    clock = Clock()
    reading = page_of(wire(world_of(*many(3), clock=clock)))

    reading.cycle(clock.set("08:00"))
    again = reading.cycle(clock.set("08:05"))

    assert {m.author for m in reading.stored.values()} == {None}
    assert len(reading.stored) == 3
    assert [m for page in again for m in page.mentions] == []


def test_all_comments_of_a_busy_post_arrive(wire):
    """More comments than come with the post are fetched page by page."""
    clock = Clock()
    comments = [on_page(f"c{n:03d}", f"07:10:{n % 60:02d}" if n < 60 else f"07:11:{n - 60:02d}", f"komentar {n}",
                        kind="comment", of="own") for n in range(110)]
    reading = page_of(wire(world_of(on_page("own", "07:00", "Pengumuman", own=True), *comments, clock=clock)))

    reading.cycle(clock.set("08:00"))

    assert sum(m.kind is MentionKind.COMMENT for m in reading.stored.values()) == 110


def test_a_comment_on_an_old_post_is_found(wire):
    """People answer under posts of yesterday."""
    clock = Clock()
    reading = page_of(wire(world_of(
        on_page("own", "07:00", "Pengumuman", own=True),
        on_page("late", "15:00", "masih rusak", kind="comment", of="own"), clock=clock)))
    reading.cycle(clock.set("08:00"))
    reading.cycle(clock.set("14:00"))

    reading.cycle(clock.set("15:30"))

    assert "masih rusak" in reading.texts()


def test_of_many_old_posts_the_one_that_moved_is_read_again_at_once(wire):
    """Sixty posts of yesterday, one new comment: the next cycle has it, for two requests more than a quiet one."""
    clock = Clock()
    server = wire(world_of(*many(60), on_page("late", "15:00", "masih rusak", kind="comment", of="p007"), clock=clock))
    reading = page_of(server)
    for quiet in ("08:00", "13:00", "14:00"):
        before = len(server.requests)
        reading.cycle(clock.set(quiet))
    in_a_quiet_cycle = len(server.requests) - before

    before = len(server.requests)
    reading.cycle(clock.set("15:05"))

    assert "masih rusak" in reading.texts()
    assert len(server.requests) - before <= in_a_quiet_cycle + 1
    assert in_a_quiet_cycle <= 5


def test_an_edit_of_an_old_post_is_found(wire):
    """Who corrects the address in the evening is heard in the evening."""
    clock = Clock()
    reading = page_of(wire(world_of(on_page("ubah", "07:10", "Jl Anu", edit=("15:00", "Jl Contoh")), *many(40),
                                    clock=clock)))
    for before in ("08:00", "13:00", "14:00"):
        reading.cycle(clock.set(before))

    again = reading.cycle(clock.set("15:05"))

    assert [(m.text, m.state) for page in again for m in page.mentions] == [("Jl Contoh", MentionState.EDITED)]


def test_all_comments_of_an_old_post_that_moved_arrive_across_a_restart(wire):
    """Ninety comments under a post of the morning; the machine dies after each page."""
    clock = Clock()
    comments = [on_page(f"c{n:03d}", f"15:{n // 60:02d}:{n % 60:02d}", f"komentar {n}", kind="comment", of="own")
                for n in range(90)]
    server = wire(world_of(on_page("own", "07:00", "Pengumuman", own=True), *comments, clock=clock))
    reading = page_of(server)
    for before in ("08:00", "13:00", "14:00"):
        reading.cycle(clock.set(before))

    clock.set("15:05")
    for _ in range(12):
        after = page_of(server)
        after.account, after.stored = reading.account, reading.stored
        after.page(clock.at)
        reading = after

    assert sum(m.kind is MentionKind.COMMENT for m in reading.stored.values()) == 90


def test_an_edit_keeps_the_post_and_brings_the_new_words(wire):
    """A corrected post is the same post."""
    clock = Clock()
    reading = page_of(wire(world_of(on_page("ubah", "07:10", "Jl Anu", edit=("07:20", "Jl Contoh")), clock=clock)))
    reading.cycle(clock.set("07:15"))
    (before,) = reading.stored.values()

    reading.cycle(clock.set("07:30"))

    (after,) = reading.stored.values()
    assert (after.key, after.text, after.state) == (before.key, "Jl Contoh", MentionState.EDITED)
    assert after.revision_of == before.native_id


def test_a_post_whose_comments_moved_is_not_called_edited(wire):
    """Facebook moves the time of change with every comment."""
    clock = Clock()
    reading = page_of(wire(world_of(on_page("p", "07:10", "Jl Contoh"),
                                    on_page("c", "07:20", "setuju", kind="comment", of="p"), clock=clock)))
    reading.cycle(clock.set("07:15"))

    again = reading.cycle(clock.set("07:30"))

    assert [(m.text, m.state) for page in again for m in page.mentions] == [("setuju", MentionState.LIVE)]


def test_a_deleted_post_and_its_comments_are_gone(wire):
    """Only what Facebook says does not exist is called gone."""
    clock = Clock()
    reading = page_of(wire(world_of(
        on_page("hapus", "07:10", "salah kirim", deleted_at="07:20"), on_page("tetap", "07:11", "tetap ada"),
        on_page("c", "07:12", "komentar", kind="comment", of="hapus"),
        on_page("d", "07:13", "ditarik", kind="comment", of="tetap", deleted_at="07:20"), clock=clock)))
    reading.cycle(clock.set("07:15"))

    reading.cycle(clock.set("07:30"))
    reading.cycle(clock.set("07:40"))

    gone = {reading.stored[key].text for key in reading.gone}
    assert gone == {"salah kirim", "komentar", "ditarik"}
    assert len(reading.gone) == 3


def test_an_empty_answer_deletes_nothing(wire):
    """A feed that suddenly shows nothing is asked after, post by post; nothing is purged on a hunch."""
    clock = Clock()
    server = wire(world_of(*many(3), clock=clock))
    reading = page_of(server)
    reading.cycle(clock.set("08:00"))
    server.world.faults.add("facebook:solo", "body", body=b'{"data": []}', times=2)

    reading.cycle(clock.set("08:05"))

    assert reading.gone == []


def test_a_malformed_item_is_set_aside_once(wire):
    """The window is read again and again; its broken item is reported a single time."""
    clock = Clock()
    reading = page_of(wire(world_of(*many(2), clock=clock,
                                    events=(event("07:30", "facebook:solo", "malformed_item"),))))

    reading.cycle(clock.set("08:00"))
    reading.cycle(clock.set("08:05"))

    broken = [item for page in reading.pages for item in page.quarantined]
    assert [item.key for item in broken] == ["facebook:post:8001_9000000000000000"]
    assert "bukan teks" in broken[0].raw
    assert len(reading.stored) == 2


def test_a_renamed_page_goes_on_under_its_id(wire):
    """A page may change its name; nothing is lost by it."""
    clock = Clock()
    reading = page_of(wire(world_of(*many(1), clock=clock, events=(
        event("07:30", "facebook:solo", "rename", handle="kotabaru"),))), name_every=timedelta(minutes=5))

    pages = reading.cycle(clock.set("08:00"))

    assert reading.account.handle == "kotabaru"
    assert [note.kind for page in pages for note in page.notes] == ["renamed"]


def test_a_page_without_id_in_the_config_is_found_by_its_token(wire):
    """Operators may leave the number out: a page token knows its page."""
    clock = Clock()
    reading = page_of(wire(world_of(*many(2), clock=clock)))
    reading.account = solo(native_id="")

    reading.cycle(clock.set("08:00"))

    assert len(reading.stored) == 2


# --- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "error"), [
    ({"what": "error", "code": 1}, Transient),
    ({"what": "error", "code": 2}, Transient),
    *(({"what": "error", "code": code}, RateLimited) for code in (4, 17, 32, 341, 613, 80000, 80002, 80008)),
    *(({"what": "error", "code": code}, AccountBlocked) for code in (3, 102, 203, 299, 803, 2500)),
    *(({"what": "error", "code": 190, "subcode": subcode}, AccountBlocked) for subcode in (458, 460, 467, 492)),
    ({"what": "error", "code": 80001}, RateLimited),
    ({"what": "error", "code": 10}, AccountBlocked),
    ({"what": "error", "code": 200}, AccountBlocked),
    ({"what": "error", "code": 100}, AccountBlocked),
    ({"what": "error", "code": 100, "subcode": 33}, AccountBlocked),
    ({"what": "error", "code": 190, "subcode": 463}, AccountBlocked),
    ({"what": "error", "code": 190, "subcode": 459}, AccountBlocked),
    ({"what": "error", "code": 368}, AccountBlocked),
    ({"what": "error", "code": 99999}, Transient),
    ({"what": "token"}, AccountBlocked),
    ({"what": "outage"}, Transient),
    ({"what": "html"}, Transient),
    ({"what": "html", "status": 502}, Transient),
    ({"what": "blank"}, Transient),
    ({"what": "empty"}, Transient),
    ({"what": "truncate"}, Transient),
    ({"what": "body", "body": b"[]"}, Transient),
    ({"what": "body", "body": b"[" * 100_000}, Transient),
])
def test_every_failure_is_one_request_and_one_of_four_answers(wire, fault, error):
    """The daemon knows what to do with each; nothing is tried twice in a row."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("facebook:solo", times=5, **fault)

    with pytest.raises(error):
        page_of(server).page(clock.set("08:00"))

    assert len(server.requests) == 1


def test_a_hanging_graph_is_cut_off(wire):
    """Silence does not hold the daemon."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("facebook:solo", "hang", seconds=30)

    with pytest.raises(Transient):
        page_of(server, limits=Limits(1, 0.3, 0.5)).page(clock.set("08:00"))


def test_high_usage_pauses_before_the_error(wire):
    """At 95 percent of the allowance we stop by ourselves, for as long as Meta estimates."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("facebook:solo", "usage", percent=95, regain_minutes=7)
    reading = page_of(server)
    now = clock.set("08:00")
    reading.page(now)

    with pytest.raises(RateLimited) as caught:
        reading.page(now)

    assert caught.value.until == now + timedelta(minutes=7)
    assert len(server.requests) == 1
    assert len(reading.stored) == 2
    assert reading.cycle(clock.set("08:08"))


@pytest.mark.parametrize(("header", "told", "percent", "minutes"), [
    ("x-app-usage", {"call_count": 28, "total_time": 79, "total_cputime": 25}, 79, None),
    ("x-app-usage", {"call_count": 80, "total_time": 1, "total_cputime": 1}, 80, None),
    ("x-page-usage", {"call_count": 5, "total_time": 5, "total_cputime": 81}, 81, None),
    ("x-business-use-case-usage", {"8001": [{"type": "pages", "call_count": 12, "total_cputime": 1, "total_time": 95,
                                             "estimated_time_to_regain_access": 7}]}, 95, 7),
    ("x-app-usage", "no object", 0, None),
    ("x-app-usage", {"call_count": "viel"}, 0, None),
])
def test_every_usage_header_counts_by_its_worst_figure(header, told, percent, minutes):
    """Percentages of three kinds in three headers; the time to recover in minutes."""
    usage = usage_of({header: json.dumps(told)})

    assert usage.percent == percent
    assert usage.regain == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(("percent", "asked"), [(79, 2), (80, 1)])
def test_at_eighty_percent_we_stop(wire, percent, asked):
    """Not at seventy-nine, and not at the error."""
    clock = Clock()
    world = world_of(*many(2), clock=clock)
    world.options.graph_usage_percent = percent
    server = wire(world)
    reading = page_of(server)
    reading.page(clock.set("08:00"))

    with contextlib.suppress(RateLimited):
        reading.page(clock.at)

    assert len(server.requests) == asked


def test_a_refused_edge_is_noted_and_the_others_go_on(wire):
    """A permission that is missing for tagged posts costs the tagged posts only."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("facebook:solo", "forbidden", after=1)
    reading = page_of(server)

    pages = reading.cycle(clock.set("08:00"))

    assert [note.kind for page in pages for note in page.notes] == ["endpoint_refused"]
    assert len(reading.stored) == 2


def test_a_refused_edge_is_left_alone_for_an_hour(wire):
    """Asking for what is not ours, every two minutes, is how an app gets noticed."""
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("facebook:solo", "forbidden", after=1)
    reading = page_of(server)

    asked = []
    for minute in ("08:00", "08:10", "08:50", "09:01"):
        before = len(server.requests)
        reading.cycle(clock.set(minute))
        asked.append([r.path.rsplit("/", 1)[1] for r in server.requests[before:]].count("tagged"))

    assert asked == [1, 0, 0, 1]


def test_comments_that_could_not_be_read_are_read_in_the_next_cycle(wire):
    """A stumble in the middle of the comments loses none of them."""
    clock = Clock()
    comments = [on_page(f"c{n}", f"07:10:{n:02d}", f"komentar {n}", kind="comment", of="own") for n in range(40)]
    server = wire(world_of(on_page("own", "07:00", "Pengumuman", own=True), *comments, clock=clock))
    reading = page_of(server)
    server.world.faults.add("facebook:solo", "outage", after=2)
    reading.cycle(clock.set("08:00"))

    reading.cycle(clock.set("08:05"))

    assert sum(m.kind is MentionKind.COMMENT for m in reading.stored.values()) == 40


def test_a_page_may_have_a_token_of_its_own(wire, monkeypatch):
    """Every page has its own key; the platform's is only the fallback."""
    clock = Clock()
    monkeypatch.setenv("TEST_GRAPH_TOKEN", "EAAwrong")
    monkeypatch.setenv("TEST_GRAPH_TOKEN_SOLO", TOKEN)
    reading = page_of(wire(world_of(*many(2), clock=clock)))

    reading.cycle(clock.set("08:00"))

    assert len(reading.stored) == 2


def test_a_page_that_is_too_heavy_is_asked_for_in_smaller_pieces(wire):
    """'Please reduce the amount of data' would otherwise come back for ever."""
    clock = Clock()
    server = wire(world_of(*many(50), clock=clock))
    reading = page_of(server)
    server.world.faults.add("facebook:solo", "error", code=1, message="Please reduce the amount of data you're "
                                                                      "asking for, then retry your request")

    reading.cycle(clock.set("08:00"))

    assert [len(p.mentions) for p in reading.pages][:3] == [20, 20, 10]


@pytest.mark.parametrize("fault", ["outage", "hang", "blank", "truncate", "html", "token"])
def test_tokens_are_in_no_error_and_in_no_log(wire, caplog, fault):
    """Graph takes its token in the address, and libraries like to print addresses."""
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    server = wire(world_of(*many(2), clock=clock))
    server.world.faults.add("facebook:solo", fault)

    with pytest.raises((Transient, AccountBlocked)) as caught:
        page_of(server, limits=Limits(1, 0.2, 0.3)).page(clock.set("08:00"))

    told = "".join(traceback.format_exception(caught.value)) + caught.value.reason + caught.value.remedy
    assert TOKEN not in told + caplog.text


def test_a_token_that_graph_repeats_in_its_message_is_cut_out(wire, monkeypatch, caplog):
    """'Malformed access token EAA...' is what Graph answers."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("TEST_GRAPH_TOKEN", "EAAtokenofyesterday123456")
    clock = Clock()

    with pytest.raises(AccountBlocked) as caught:
        page_of(wire(world_of(clock=clock))).page(clock.set("08:00"))

    assert "yesterday" not in caught.value.reason + caught.value.remedy + caplog.text
    assert "kentongan accounts resume facebook:solo" in caught.value.remedy
