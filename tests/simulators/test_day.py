"""The invented day: reading it, and saying what is wrong with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simulators.day import clock_time, load_day
from tests.simulators.worlds import shipped_day

ACCOUNTS = """
accounts: {solo: {x: {id: "1", handle: kota}, facebook: {id: "2", handle: kota}}}
authors: {warga_01: {name: "Sri Contoh"}}
"""


def day_of(tmp_path, text):
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    (tmp_path / "posts.yaml").write_text(text, encoding="utf-8")
    return load_day(tmp_path)


def test_a_day_is_read_from_its_files(tmp_path):
    """Posts, authors and accounts of all files make one day, in order of time."""
    day = day_of(tmp_path, """
posts:
  - {id: b, at: "07:30", on: x, to: [solo], by: warga_02, kind: repost, of: a}
  - {id: a, at: "07:00:30", on: x, to: [solo], by: warga_01, text: "Jalan rusak",
     edit: {at: "07:10", text: "Jalan rusak parah"}, deleted_at: "09:00", media: [{photo: lubang}],
     place: {name: Solo, lat: -7.5, lng: 110.8}, expect: {fate: ticket}}
events: [{at: "08:00", account: "x:solo", what: rename, handle: baru}]
""")

    first, second = day.posts
    assert (first.id, first.at, first.edit.text) == ("a", timedelta(hours=1, seconds=30), "Jalan rusak parah")
    assert (second.kind, second.of) == ("repost", "a")
    assert day.authors == {"warga_01": "Sri Contoh"}
    assert day.events[0].args == {"handle": "baru"}


def test_a_repeat_is_written_out(tmp_path):
    """A viral storm is one entry in the file and forty posts on the day."""
    day = day_of(tmp_path, """
posts:
  - {id: a, at: "07:00", on: x, to: [solo], by: warga_01, text: "Jalan rusak"}
  - {id: s, at: "07:10", on: x, kind: repost, of: a, repeat: {count: 40, every_seconds: 20, by: "viral_{n:03d}"}}
""")

    storm = [post for post in day.posts if post.kind == "repost"]
    assert len(storm) == len({post.by for post in storm}) == 40
    assert storm[0].by == "viral_001"
    assert storm[1].at - storm[0].at == timedelta(seconds=20)
    assert {post.to for post in storm} == {("solo",)}


@pytest.mark.parametrize(("posts", "complaint"), [
    ('{id: a, at: "07:00", on: x, to: [solo], by: w, of: nobody, kind: reply}', "names no earlier post"),
    ('{id: a, at: "07:00", on: x, to: [kota], by: w}', "no account x:kota"),
    ('{id: a, at: "07:00", on: x, by: w}', "`to` is missing"),
    ('{id: a, at: "7", on: x, to: [solo], by: w}', "clock time"),
    ('{id: a, at: "07:00", on: tiktok, to: [solo], by: w}', "not known"),
    ('{id: a, at: "07:00", on: x, to: [solo], by: w, txt: halo}', "unknown keys"),
    ('{id: a, at: "07:00", on: x, to: [solo]}', "by"),
])
def test_what_is_wrong_with_a_post_is_said_with_its_name(tmp_path, posts, complaint):
    """Whoever writes the day learns where to look."""
    with pytest.raises(ValueError, match="a") as caught:
        day_of(tmp_path, f"posts: [{posts}]")

    assert complaint in str(caught.value)


def test_the_day_begins_at_six():
    """Clock times are counted from dawn."""
    assert clock_time("06:00") == timedelta(0)
    assert clock_time("22:00") == timedelta(hours=16)


def test_the_shipped_day_is_sound():
    """At least 300 posts on three platforms."""
    day = shipped_day()

    assert len(day.posts) >= 300
    assert {post.on for post in day.posts} == {"x", "facebook", "instagram"}
