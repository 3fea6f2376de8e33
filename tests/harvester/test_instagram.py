"""Instagram through the real instaloader, on the wire, against the simulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from domain import MentionKind
from harvester.base import RateLimited
from harvester.instagram import Instagram
from harvester.instagram_cursor import Cursor
from simulators.day import Edit, Event
from tests.harvester.instagram_day import ACCOUNT, DAWN, comment, instagram, mentions, own, spot, tag

HOURS = timedelta(hours=1)


def test_a_photo_tag_becomes_a_mention_with_all_that_the_post_tells(tmp_path):
    """Text, author, time, place, picture and link of a citizen's photo arrive."""
    with instagram(tmp_path, tag(5, place=spot())) as ig:
        pages, _ = ig.cycle()

    (mention,) = mentions(pages)
    assert mention.key == f"instagram:post:{mention.native_id}"
    assert mention.kind is MentionKind.TAG
    assert mention.text == "Lampu jalan mati di gang 5 #lampu @gubernur_contoh"
    assert (mention.author.handle, mention.hashtags) == ("warga_5", ("lampu",))
    assert mention.handles == ("gubernur_contoh",)
    assert mention.posted_at.isoformat() == "2026-11-01T23:05:00+00:00"
    assert mention.url == f"https://www.instagram.com/p/{mention.native_id}/"
    assert (mention.place.name, mention.place.lat, mention.place.lng) == ("Pasar Legi", -7.561, 110.822)
    assert mention.media[0].url.endswith("lampu-5.jpg")
    assert not mention.own


def test_photo_tags_on_several_pages_all_arrive(tmp_path):
    """Thirteen photos stand on two pages of Instagram."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 14)]) as ig:
        page = ig.connector.fetch(ACCOUNT, now=ig.now)

        tagged_requests = [r for r in ig.server.requests if r.query.get("query_hash")]

    assert len(page.mentions) == 13
    assert len(tagged_requests) == 2
    assert page.handle == "gubernur_contoh"


def test_reading_stops_at_what_is_known(tmp_path):
    """A second look at sixty known photos reads one page of twelve, not five."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 61)], tag(16 * 60 + 1)) as ig:
        _, account = ig.cycle()
        ig.later(hours=1)
        before = ig.asked()

        page = ig.connector.fetch(account, now=ig.now)

    assert ig.asked() - before == 2  # the account's metadata and one page
    assert [m.text for m in page.mentions if "961" in m.text]
    assert len(page.mentions) == 12


def test_more_new_photos_than_one_fetch_reads_are_read_by_the_next(tmp_path):
    """A storm of 40 photos between two looks loses none, although a fetch reads only two pages."""
    storm = [tag(16 * 60 + n) for n in range(1, 41)]
    with instagram(tmp_path, *[tag(n) for n in range(1, 31)], *storm, max_pages=2) as ig:
        _, account = ig.cycle()
        ig.later(hours=1)

        pages, account = ig.cycle(account)

    keys = {m.key for m in mentions(pages)}
    assert len([m for m in mentions(pages) if int(m.author.handle.removeprefix("warga_")) > 960]) >= 40
    assert len(keys) >= 40
    assert Cursor.of(account.cursor).frozen is None


# --- long back-fills -----------------------------------------------------------------------------------


def back_to(minutes):
    """An account that is to be read again down to that minute of the day, as `poll --backfill` asks."""
    since = DAWN + timedelta(minutes=minutes)
    return replace(ACCOUNT, cursor=Cursor(last_date_utc=since.isoformat()).dump())


def rest_of(ig, account):
    """Fetch on with a new connector each time, as if the daemon were killed after every page."""
    pages = []
    while True:
        connector = Instagram(ig.connector.settings)
        pages.append(connector.fetch(account, now=ig.now))
        account = replace(account, cursor=pages[-1].cursor)
        if not pages[-1].more:
            return pages, account


def test_a_long_back_fill_goes_on_over_restarts_and_ends_where_it_was_asked_to(tmp_path):
    """Ninety photos, two pages a fetch, a new process for each: down to minute 30, the place kept in the cursor."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 91)], max_pages=2) as ig:
        pages, account = rest_of(ig, back_to(30))
        tagged = [r for r in ig.server.requests if r.query.get("query_hash")]
        fresh, _ = ig.cycle(account)

    handles = [int(m.author.handle.removeprefix("warga_")) for m in mentions(pages)]
    assert set(range(31, 91)) <= set(handles)
    assert 1 not in handles
    assert len(handles) - len(set(handles)) == len([p for p in pages if p.mentions]) - 1  # the last comes once more
    assert len(tagged) < 20
    assert len(mentions(fresh)) == 12  # and afterwards a look is one page again


def test_a_place_that_is_a_month_old_is_forgotten_and_nothing_lost(tmp_path):
    """Instagram's page marks do not live longer than 29 days: the reading begins at the top again."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 61)], max_pages=2) as ig:
        first = ig.connector.fetch(back_to(0), now=ig.now)
        frozen = Cursor.of(first.cursor).frozen
        late = replace(Cursor.of(first.cursor), frozen={**frozen, "best_before": ig.now.timestamp() - 1})

        pages, _ = rest_of(ig, replace(ACCOUNT, cursor=late.dump()))

    assert len({m.key for m in mentions(pages)}) == 60
    assert first.mentions[0].key == pages[0].mentions[0].key


@pytest.mark.parametrize("change", [{"context_username": "lain"}, {"query_referer": "https://www.instagram.com/lama/"},
                                    {"remaining_data": None}, {"unknown": 1}])
def test_a_place_that_belongs_to_another_reading_is_not_taken_up(tmp_path, change):
    """Another session, another name of the account, another version of the library: from the top."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 61)], max_pages=2) as ig:
        first = ig.connector.fetch(back_to(0), now=ig.now)
        cursor = Cursor.of(first.cursor)
        foreign = replace(cursor, frozen={**cursor.frozen, **change})

        pages, _ = rest_of(ig, replace(ACCOUNT, cursor=foreign.dump()))

    assert len({m.key for m in mentions(pages)}) == 60


def test_a_back_fill_longer_than_the_hour_keeps_what_it_read(tmp_path):
    """Six requests an hour: every hour brings its pages, none is read and thrown away."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 91)], requests_per_hour=6) as ig:
        account, got, hours = back_to(0), [], 0
        while hours < 5:
            try:
                page = ig.connector.fetch(account, now=ig.now)
            except RateLimited:
                ig.later(hours=1, seconds=1)
                hours += 1
                continue
            got += page.mentions
            account = replace(account, cursor=page.cursor)
            if not page.more:
                break

    assert len({m.key for m in got}) == 90
    assert hours <= 2


def test_comments_arrive_alike_on_both_paths(tmp_path):
    """Few comments come from one address of Instagram, many from another: the same ids, as text."""
    few = [comment(n) for n in range(30, 40)]
    with instagram(tmp_path, own(), *few) as ig:
        by_few = {m.text: m.key for m in mentions(ig.cycle()[0]) if m.kind is MentionKind.COMMENT}
        assert not [r for r in ig.server.requests if r.host == "i.instagram.com"]
    with instagram(tmp_path, own(), *few, *[comment(n) for n in range(40, 60)]) as ig:
        pages, _ = ig.cycle()
        by_many = {m.text: m.key for m in mentions(pages) if m.kind is MentionKind.COMMENT}
        mobile = [r for r in ig.server.requests if r.host == "i.instagram.com"]

    assert len(by_few) == 10
    assert len(by_many) == 30
    assert len(mobile) == 2  # fifteen a page
    assert by_few.items() <= by_many.items()
    assert all(key.startswith("instagram:comment:c") for key in by_many.values())


@pytest.mark.parametrize("others", [0, 12])
def test_answers_stand_under_the_comment_they_answer(tmp_path, others):
    """A comment's answers are read as well, on both paths, however many came with it."""
    answers = [comment(40 + n, of="komentar-30") for n in range(3)]
    more = [comment(60 + n) for n in range(others)]
    with instagram(tmp_path, own(), comment(30), *answers, *more) as ig:
        found = {m.text: m for m in mentions(ig.cycle()[0])}

    parent = found["Air mati sejak pukul 30"]
    assert {found[f"Air mati sejak pukul {40 + n}"].reply_to for n in range(3)} == {parent.key}
    assert parent.reply_to == parent.thread == found["Selamat pagi, warga."].key


def test_comments_are_read_again_only_when_their_number_changed(tmp_path):
    """An hour without a new comment costs no request for comments; a new one is found."""
    with instagram(tmp_path, own(), comment(30), comment(16 * 60 + 90)) as ig:
        _, account = ig.cycle()
        ig.later(hours=1)
        quiet, account = ig.cycle(account)
        ig.later(hours=1)
        busy, _ = ig.cycle(account)

    assert not [m for m in mentions(quiet) if m.kind is MentionKind.COMMENT]
    assert len([m for m in mentions(busy) if m.kind is MentionKind.COMMENT]) == 2


def test_own_posts_and_own_answers_are_marked_as_own(tmp_path):
    """What the government itself writes is no complaint."""
    reply = comment(31, by=None, own=True, text="Terima kasih, kami cek.")
    with instagram(tmp_path, own(), comment(30), reply) as ig:
        found = mentions(ig.cycle()[0])

    assert {m.text for m in found if m.own} == {"Selamat pagi, warga.", "Terima kasih, kami cek."}
    assert {m.text for m in found if not m.own} == {"Air mati sejak pukul 30"}


def test_an_edited_caption_keeps_its_key(tmp_path):
    """A citizen who corrects a caption does not file a second complaint."""
    with instagram(tmp_path, tag(5, edit=Edit(timedelta(hours=17), "Lampu mati di gang 6, bukan 5"))) as ig:
        first, account = ig.cycle()
        ig.later(hours=2)
        second, _ = ig.cycle(account)

    assert mentions(first)[0].key == mentions(second)[0].key
    assert mentions(second)[0].text == "Lampu mati di gang 6, bukan 5"


def test_a_deleted_post_counts_as_gone_after_three_cycles(tmp_path):
    """One refusal looks like a deletion; three, while all else answers, are one."""
    with instagram(tmp_path, tag(1), tag(2, deleted_at=timedelta(hours=17)), tag(3)) as ig:
        first, account = ig.cycle()
        gone = []
        for _ in range(4):
            ig.later(hours=2)
            pages, account = ig.cycle(account)
            gone.append([key for page in pages for key in page.gone])

    key = next(m.key for m in mentions(first) if "gang 2" in m.text)
    assert gone == [[], [], [key], []]


def test_an_empty_list_accuses_nobody(tmp_path):
    """When Instagram shows no photo at all, that is a block and not the deletion of everything."""
    with instagram(tmp_path, *[tag(n, deleted_at=timedelta(hours=17)) for n in range(1, 4)]) as ig:
        _, account = ig.cycle()
        for _ in range(4):
            ig.later(hours=2)
            pages, account = ig.cycle(account)

            assert not [key for page in pages for key in page.gone]


def test_a_malformed_post_costs_only_itself(tmp_path):
    """One unreadable photo among three is quarantined under its name, and the others arrive."""
    broken = Event(timedelta(minutes=2), "instagram:gubernur", "malformed_item", {})
    with instagram(tmp_path, *[tag(n) for n in range(1, 4)], events=(broken,)) as ig:
        page = ig.connector.fetch(ACCOUNT, now=ig.now)

    assert len(page.mentions) == 3
    assert [q.key for q in page.quarantined] == ["instagram:post:Rusak0"]
    assert "Rusak0" in page.quarantined[0].raw


def test_a_block_in_the_middle_keeps_what_was_read_before(tmp_path):
    """Comments are refused: the photos stand, and the next look goes on with the comments."""
    with instagram(tmp_path, own(), tag(1), comment(30)) as ig:
        tagged = ig.connector.fetch(ACCOUNT, now=ig.now)
        listed = ig.connector.fetch(replace(ACCOUNT, cursor=tagged.cursor), now=ig.now)
        stopped = replace(ACCOUNT, cursor=listed.cursor)
        ig.world.faults.add("instagram:gubernur", "rate_limit")
        with pytest.raises(RateLimited):
            ig.connector.fetch(stopped, now=ig.now)

        page = ig.connector.fetch(stopped, now=ig.now)

    assert [m.text for m in page.mentions] == ["Air mati sejak pukul 30"]


def test_an_account_without_a_number_is_found_by_its_name(tmp_path):
    """The public profile page tells the number, and the cursor keeps it."""
    with instagram(tmp_path, tag(1)) as ig:
        page = ig.connector.fetch(replace(ACCOUNT, native_id=""), now=ig.now)

    assert len(page.mentions) == 1
    assert orjson.loads(page.cursor)["id"] == "7002"


def test_a_renamed_account_is_still_read(tmp_path):
    """The number stays; the new name is told to the people who run this."""
    rename = Event(timedelta(hours=1), "instagram:gubernur", "rename", {"handle": "gubernur_baru"})
    with instagram(tmp_path, tag(1), own(), events=(rename,)) as ig:
        pages, _ = ig.cycle()

    assert pages[0].handle == "gubernur_baru"
    assert [note.kind for note in pages[0].notes] == ["renamed"]
    assert [m.own for m in mentions(pages)] == [False, True]


def test_a_foreign_cursor_is_a_fresh_start(tmp_path):
    """A cursor that cannot be read costs a second look at known posts, and nothing else."""
    with instagram(tmp_path, tag(1)) as ig:
        for cursor in ("", "not json", '{"newest_id": "5"}', '{"step": "format_disk"}', "[1, 2]"):
            page = ig.connector.fetch(replace(ACCOUNT, cursor=cursor), now=ig.now)

            assert len(page.mentions) == 1
