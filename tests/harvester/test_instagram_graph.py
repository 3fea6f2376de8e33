"""Instagram's official API on the wire: facebook-sdk against the simulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import MentionKind, MentionState
from harvester.base import AccountBlocked, Transient
from harvester.graph_cursor import Cursor, Step
from harvester.instagram_graph import InstagramGraph
from simulators.day import Watched
from tests.builders import account
from tests.harvester.conftest import Harvest, settings_for
from tests.simulators.worlds import Clock, event, post, world_of

NEVER = timedelta(days=100_000)


def account_of(server, *, name_every=NEVER, **given):
    settings = settings_for(server.url, "TEST_GRAPH_TOKEN", **given)
    solo = account("instagram:solo", platform="instagram_graph", native_id="7001", handle="kota_contoh")
    return Harvest(InstagramGraph(settings, name_every=name_every), solo)


def on_instagram(slug, at, text="Jalan berlubang", **given):
    return post(slug, at, text, **{"on": "instagram", "kind": "tag", **given})


def test_tagged_posts_own_posts_and_comments_arrive(wire):
    """What the official API can see of Instagram."""
    clock = Clock()
    reading = account_of(wire(world_of(
        on_instagram("own", "07:00", "Selamat pagi", own=True, kind="mention"),
        on_instagram("tag", "07:01", "Banjir di Jl Contoh @kota_contoh #banjir"),
        on_instagram("c", "07:02", "lampu mati juga", kind="comment", of="own"),
        on_instagram("r", "07:03", "betul", kind="comment", of="c"), clock=clock)))

    reading.cycle(clock.set("08:00"))

    by_text = {m.text: m for m in reading.stored.values()}
    tag = by_text["Banjir di Jl Contoh @kota_contoh #banjir"]
    assert (tag.kind, tag.platform, tag.hashtags, tag.handles) == (
        MentionKind.TAG, "instagram", ("banjir",), ("kota_contoh",))
    assert tag.url == f"https://www.instagram.com/p/{tag.native_id}/"
    assert by_text["Selamat pagi"].own
    comment, answer = by_text["lampu mati juga"], by_text["betul"]
    assert comment.key == f"instagram:comment:{comment.native_id}"
    assert comment.native_id.startswith("c")
    assert comment.thread == by_text["Selamat pagi"].key
    assert answer.reply_to == comment.key


def test_the_key_is_the_shortcode_that_instaloader_knows(wire):
    """The same post read by either connector is one mention."""
    clock = Clock()
    world = world_of(on_instagram("tag", "07:01"), clock=clock)
    reading = account_of(wire(world))

    reading.cycle(clock.set("08:00"))

    (item,) = world.visible("instagram", "solo")
    assert list(reading.stored) == [f"instagram:post:{item.shortcode}"]


def test_many_tags_are_walked_and_told_once(wire):
    """Several pages of tagged posts; the next cycle tells only news."""
    clock = Clock()
    tags = [on_instagram(f"t{n:03d}", f"07:{n // 60:02d}:{n % 60:02d}", f"foto {n}") for n in range(120)]
    reading = account_of(wire(world_of(*tags, on_instagram("new", "08:30", "baru"), clock=clock)))
    reading.cycle(clock.set("08:00"))

    again = reading.cycle(clock.set("09:00"))

    assert len(reading.stored) == 121
    assert [m.text for page in again for m in page.mentions] == ["baru"]


def test_edited_captions_and_deleted_posts_are_noticed(wire):
    """The newest posts are read again each time."""
    clock = Clock()
    reading = account_of(wire(world_of(
        on_instagram("ubah", "07:00", "Jl Anu", edit=("07:30", "Jl Contoh")),
        on_instagram("hapus", "07:01", "salah kirim", deleted_at="07:30"),
        on_instagram("own", "07:02", "Halo", own=True),
        on_instagram("c1", "07:03", "ditarik", kind="comment", of="own", deleted_at="07:30"),
        on_instagram("c2", "07:04", "tetap", kind="comment", of="own"), clock=clock)))
    reading.cycle(clock.set("07:15"))

    reading.cycle(clock.set("07:45"))
    reading.cycle(clock.set("07:55"))

    assert {reading.stored[key].text for key in reading.gone} == {"salah kirim", "ditarik"}
    edited = next(m for m in reading.stored.values() if m.state is MentionState.EDITED)
    assert edited.text == "Jl Contoh"


def test_comments_are_asked_for_only_where_their_number_moved(wire):
    """A quiet account costs two requests a cycle."""
    clock = Clock()
    server = wire(world_of(on_instagram("own", "07:00", "Halo", own=True),
                           on_instagram("c", "07:01", "hai", kind="comment", of="own"), clock=clock))
    reading = account_of(server)
    reading.cycle(clock.set("08:00"))
    asked = len(server.requests)

    reading.cycle(clock.set("08:10"))

    assert len(server.requests) - asked == 2


def test_a_renamed_account_is_followed(wire):
    """The id stays; the handle is corrected."""
    clock = Clock()
    reading = account_of(wire(world_of(clock=clock, events=(
        event("07:00", "instagram:solo", "rename", handle="kota_baru"),))), name_every=timedelta(minutes=1))

    reading.cycle(clock.set("08:00"))

    assert reading.account.handle == "kota_baru"


def test_posts_of_a_named_account_are_read_and_never_called_gone(wire):
    """Business discovery shows what a fan page posts, without a name for each post that could be asked after."""
    clock = Clock()
    fan = on_instagram("fan", "07:00", "Banjir di Pajang, kiriman warga", own=True, to=("fan",))
    gone = on_instagram("fan2", "07:05", "Dihapus", own=True, to=("fan",), deleted_at="08:30")
    server = wire(world_of(fan, gone, on_instagram("tag", "07:10"), clock=clock,
                           accounts={("instagram", "fan"): Watched("fan", "instagram", "7009", "info_contoh", "Info")}))
    reading = account_of(server, discover={"instagram:solo": ("@Info_Contoh", "tak_ada")})
    first = reading.cycle(clock.set("08:00"))

    again = reading.cycle(clock.set("09:00"))

    by_text = {m.text: m for m in reading.stored.values()}
    found = by_text["Banjir di Pajang, kiriman warga"]
    assert (found.kind, found.own, found.author.handle) == (MentionKind.MENTION, False, "info_contoh")
    assert found.key == f"instagram:post:{found.native_id}"
    assert len(by_text) == 3
    assert reading.gone == []
    assert [m for page in again for m in page.mentions] == []
    [refused] = [note for page in first for note in page.notes]
    assert refused.kind == "endpoint_refused"
    assert "110" in refused.detail


def test_what_a_webhook_named_by_id_is_asked_for(wire):
    """A caption and a comment that name the account: the id comes by webhook, the words from here."""
    clock = Clock()
    world = world_of(
        on_instagram("foto", "07:00", "Got mampet di Jl Contoh, tolong @kota_contoh", kind="mention"),
        on_instagram("komentar", "07:05", "setuju @kota_contoh", kind="comment", of="foto"),
        on_instagram("hapus", "07:06", "@kota_contoh salah", kind="mention", deleted_at="07:30"), clock=clock)
    ids = {name: world.item(world.posts[name]).graph_id for name in ("foto", "komentar", "hapus")}
    reading = account_of(wire(world))
    now = clock.set("08:00")
    cursor = Cursor(node="7001", since=now.timestamp(), started=now.timestamp())
    cursor.push(Step("mentioned_media", ids["foto"]), Step("mentioned_media", ids["hapus"]),
                Step("mentioned_comment", ids["komentar"], about={"media": ids["foto"]}))
    reading.account = replace(reading.account, cursor=cursor.dump())

    reading.cycle(now)

    by_text = {m.text: m for m in reading.stored.values()}
    photo, comment = by_text["Got mampet di Jl Contoh, tolong @kota_contoh"], by_text["setuju @kota_contoh"]
    assert (photo.kind, photo.handles, photo.author.handle) == (MentionKind.MENTION, ("kota_contoh",), "warga_foto")
    assert photo.url == f"https://www.instagram.com/p/{photo.native_id}/"
    assert (comment.kind, comment.thread) == (MentionKind.COMMENT, photo.key)
    assert len(by_text) == 2
    assert reading.gone == []


@pytest.mark.parametrize(("fault", "error"), [
    ("token", AccountBlocked), ("outage", Transient), ("empty", Transient)])
def test_failures_are_told_as_on_facebook(wire, fault, error):
    """The same client, the same four answers."""
    clock = Clock()
    server = wire(world_of(clock=clock))
    server.world.faults.add("instagram:solo", fault)

    with pytest.raises(error):
        account_of(server).page(clock.set("08:00"))


def test_an_instagram_account_needs_its_number(wire):
    """A page token does not say which Instagram account is meant."""
    clock = Clock()
    reading = account_of(wire(world_of(clock=clock)))
    reading.account = account("instagram:solo", platform="instagram_graph", native_id="")

    with pytest.raises(AccountBlocked, match="native_id"):
        reading.page(clock.set("08:00"))
