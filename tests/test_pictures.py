"""Pictures on their whole way: asked for with the post, looked at, folded by, told as old ones; and never in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain import Actor, Author, Media, Page
from harvester.archive import ArchiveConnector
from harvester.media import MediaError, MediaFetcher, Source, limits_of
from pipeline import fetch_pictures, process_batch
from run_daemon import build_judge, compose
from simulators.day import load_day
from simulators.pictures import jpeg, passed_on, scene, screenshot
from simulators.server import serve
from simulators.world import World
from storage import open_store
from storage.records import TicketQuery
from tests.builders import NOON, account, mention
from tests.paths import DAY1, ROOT
from tests.test_threads import key_of

EVERYONE = Actor("tester", all_departments=True)
LATER = NOON + timedelta(days=400)
ROOF = "Atap SD di Kelurahan Pajang Laweyan ambruk, anak-anak belajar di teras, mohon segera diperbaiki"
FILES = {
    "atap": jpeg(scene("atap"), quality=85),
    "atap-lagi": jpeg(passed_on(scene("atap")), quality=60),
    "atap-layar": jpeg(screenshot(scene("atap"), ROOF, seed="a"), quality=70),
    "lain": jpeg(scene("lain"), quality=85),
    "rusak": b"\xff\xd8\xff\xe0" + bytes(50),
}


class Album:
    """Pictures as a fetcher brings them; the name stands in the address."""

    def __init__(self):
        self.asked = []

    def fetch(self, platform, url):
        name = url.rsplit("/", 1)[1]
        self.asked.append((platform, name))
        if name not in FILES:
            raise MediaError("Deadline")
        return FILES[name]


def showing(text, *names, **given):
    return mention(text, media=tuple(Media("photo", f"https://pbs.twimg.com/media/{name}") for name in names), **given)


def settle(store, judge, *mentions, limit=200, restart=False, per_hour=1000, album=None):
    """The posts arrive, their pictures are looked at, they are judged; returns the tickets by their story."""
    store.save_page("x:solo", Page(mentions, "c"), next_poll_at=LATER, now=NOON,
                    pictures_until=LATER + timedelta(seconds=30))
    while fetch_pictures(store, album or Album(), platforms={"x:solo": "x"}, per_hour=per_hour, now=lambda: LATER):
        pass
    while process_batch(store, judge, limit=limit, now=LATER):
        if restart:
            judge.forget()
    assert store.verify() == []
    return {row.ticket.cluster: row.ticket for row in store.tickets(EVERYONE, TicketQuery(limit=500))}


def clusters(store, *mentions):
    found = store.clusters_of([m.key for m in mentions])
    return [found[m.key] for m in mentions]


def test_a_re_upload_and_a_screenshot_join_the_story_they_show(store, judge):
    """Hardly a word with them: the picture says what they are about."""
    first = showing(ROOF, "atap")
    again, screen = showing("min tolong ini 🙏", "atap-lagi"), showing("lagi rame di grup", "atap-layar")
    other = showing("min tolong yang ini", "lain")

    settle(store, judge, first, again, screen, other)

    assert clusters(store, first, again, screen, other) == [first.key, first.key, first.key, other.key]


def test_a_restart_between_two_copies_changes_nothing(store, judge, tmp_path):
    """The memory of pictures is a replica of the store: batches and restarts leave the same books."""
    posts = [showing(ROOF, "atap"), showing("min tolong ini", "atap-lagi"), showing("lagi rame", "atap-layar"),
             showing("Rumah warga Brebes ambruk kena banjir bandang, butuh bantuan", "atap-lagi"),
             showing("Gorong-gorong di Demak ambles, jalan putus total", "lain", "atap")]
    books = []
    for name, limit, restart in (("one", 200, False), ("two", 1, True), ("three", 2, True)):
        own = open_store(tmp_path / f"{name}.db")
        own.sync_accounts([account()], now=NOON)
        judge.forget()
        settle(own, judge, *posts, limit=limit, restart=restart)
        books.append(([*own.export_tickets()], clusters(own, *posts)))
        own.close()

    assert books[0] == books[1] == books[2]
    assert {row["cluster"] for row in books[0][0] if row["old_pictures"]} == {posts[3].key, posts[4].key}


def test_an_old_picture_under_a_new_story_is_told_and_stays_its_own(store, judge):
    """Four months later, passed on, in another town: a ticket like any other, and the desk reads where it was seen."""
    old = showing(ROOF, "atap", at=NOON - timedelta(days=120))
    new = showing("Sekolah di Brebes ambruk barusan!! tolong sebarkan, banyak anak-anak", "atap-lagi")

    tickets = settle(store, judge, old, new)

    assert set(tickets) == {old.key, new.key}
    [flag] = store.ticket(EVERYONE, tickets[new.key].id).old_pictures
    assert (flag.seen_at, [t.id for t in flag.tickets]) == (old.posted_at, [tickets[old.key].id])
    assert store.ticket(EVERYONE, tickets[old.key].id).old_pictures == ()
    untouched = settle(store, judge, replace(new, key="x:post:77", native_id="77", media=(), author=Author("z")))
    assert (untouched[new.key].urgency, untouched[new.key].due_at is None) == (
        tickets[new.key].urgency, tickets[new.key].due_at is None)


def test_one_picture_in_two_towns_on_one_day_is_two_stories(store, judge):
    """The same words and the same picture under other towns: that is how old floods travel."""
    first = showing("Banjir bandang di Guci Tegal, rumah warga hanyut, tolong", "atap")
    second = showing("Banjir bandang di Sirampog Brebes, rumah warga hanyut, tolong", "atap-lagi")

    tickets = settle(store, judge, first, second)

    assert clusters(store, first, second) == [first.key, second.key]
    assert store.ticket(EVERYONE, tickets[second.key].id).old_pictures


def test_a_town_and_its_own_district_are_no_two_towns(store, judge):
    """Laweyan lies in Solo: who passes the picture on names the larger place."""
    first, copy = showing(ROOF, "atap"), showing("pak ini warga Solo minta tolong lho", "atap-lagi")

    settle(store, judge, first, copy)

    assert clusters(store, first, copy) == [first.key, first.key]


def test_the_first_of_many_appearances_is_named(store, judge):
    """A meme goes round for years; the desk reads where it began."""
    posts = [showing(f"Atap sekolah di {town} ambruk, murid belajar di luar, mohon bantuan", "atap",
                     at=NOON - timedelta(days=days))
             for town, days in (("Kudus", 300), ("Tegal", 200), ("Brebes", 100))]

    tickets = settle(store, judge, *posts)

    [flag] = store.ticket(EVERYONE, tickets[posts[2].key].id).old_pictures
    assert flag.seen_at == posts[0].posted_at


@pytest.mark.parametrize("name", ["rusak", "tidak-ada"])
def test_a_picture_that_does_not_come_loses_no_post(store, judge, name):
    """Broken or unreachable: the post is judged by its words, in the same turn as the others."""
    good, bad = showing(ROOF, "atap"), showing("Jalan berlubang di Jl. Veteran Serengan Solo, tolong", name)

    tickets = settle(store, judge, good, bad)

    assert set(tickets) == {good.key, bad.key}


def test_the_hourly_budget_bounds_what_is_asked_and_nothing_else(store, judge):
    """Beyond it posts are judged without their pictures; the budget counts what earlier runs asked."""
    album = Album()
    posts = [showing(f"Lampu jalan mati di Jl. Mawar nomor {n} Laweyan Solo", "lain", "atap") for n in range(1, 4)]

    tickets = settle(store, judge, *posts, per_hour=3, album=album)

    assert len(album.asked) == 3
    assert len(tickets) == 3
    settle(store, judge, showing("Sampah menumpuk di Pasar Legi Solo", "lain"), per_hour=3, album=album)
    assert len(album.asked) == 3


def test_a_daemon_that_stops_begins_no_further_look(store, judge):
    """What was not looked at waits for the next start, and then no post is lost."""
    album, post = Album(), showing(ROOF, "atap")
    store.save_page("x:solo", Page((post,), "c"), next_poll_at=LATER, now=NOON, pictures_until=LATER)
    fetch_pictures(store, album, platforms={"x:solo": "x"}, per_hour=9, now=lambda: NOON, stopped=lambda: True)

    assert album.asked == []
    assert [one.mention for one in store.pictures_waiting(9)] == [post.key]
    assert set(settle(store, judge)) == {post.key}


def test_no_byte_of_a_picture_is_stored(store, judge, tmp_path):
    """Hashes only: neither the file nor a shrunk form of it is anywhere in the database."""
    settle(store, judge, showing(ROOF, "atap", "lain"))

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("k.db*"))
    for name in ("atap", "lain"):
        data = FILES[name]
        assert not any(data[at:at + 32] in stored for at in range(0, len(data) - 32, 4096))


# --- the invented day -------------------------------------------------------------------------------


@pytest.mark.slow
def test_screenshots_of_the_invented_day_join_the_story_they_show(tmp_path, settings):
    """All that tells a story is attached to it, and the picture from Demak that turns up in Brebes is told."""
    dawn = datetime.combine(date(2026, 11, 2), time(6), tzinfo=ZoneInfo("Asia/Jakarta"))
    world = World(load_day(ROOT / "simulators" / "day"), dawn, 1.0, lambda: dawn)
    posts = {key_of(world, post): post for post in world.day.posts if post.expect}
    patient = settings.model_copy(update={"media": settings.media.model_copy(update={"wait_seconds": 600})})
    server, store = serve(world), open_store(tmp_path / "day.db")
    watched = patient.watching(ArchiveConnector(DAY1).accounts())
    daemon = compose(patient, store, replay=DAY1, judge=build_judge(watched))
    sources = {name: Source(frozenset(fetch.hosts), server.url) for name, fetch in settings.media.fetch.items()}
    daemon.media = MediaFetcher(sources, limits_of(settings.media))
    daemon.run_once()

    told = {key: posts[cluster].id for key, cluster in store.clusters_of(posts).items() if cluster in posts}
    expected = {key: posts[key].expect.get("story", posts[key].id) for key in told}
    flagged = {row["members"][0] for row in store.export_tickets() if row["old_pictures"]}
    server.stop()
    store.close()

    assert {posts[key].id: story for key, story in told.items() if story != expected[key]} == {}
    assert sum(posts[key].expect["fate"] == "attached" for key in told) == 182
    assert {posts[key].id for key in flagged} == {"videolama-sirampog"}
