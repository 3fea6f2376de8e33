"""The media hosts of the invented day: one picture a name, every platform its own file, screenshots of posts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nlp.pictures import look, reused
from simulators.pictures import HOSTS, file_of, handle
from simulators.server import Request
from simulators.world import World
from tests.simulators.worlds import DAWN, shipped_day


def world():
    return World(shipped_day(), DAWN, 1.0, lambda: DAWN + timedelta(hours=16))


def asked(name, host=HOSTS[0]):
    return handle(world(), Request(host, "GET", f"/media/{name}.jpg", {}, {}, b""))


def test_one_picture_is_another_file_on_each_platform():
    """Hashes of files differ, the picture is the same: what folding has to cope with."""
    sent = [look(asked("jpo-ngoresan", host).body) for host in HOSTS]

    assert len({picture.sha256 for picture in sent}) == len(HOSTS)
    assert all(reused(picture, sent[:1]) for picture in sent)


def test_a_screenshot_shows_the_posts_picture_and_an_old_video_its_origin():
    """What the invented citizens passed on is recognisably what they say it is."""
    assert reused(look(asked("tangkapan-viral-asli").body), [look(asked("jpo-ngoresan").body)])
    assert reused(look(asked("bandang-lama").body), [look(asked("wulan-rembes").body)])
    assert not reused(look(asked("jpo-ngoresan").body), [look(asked("wulan-rembes").body)])


def test_a_picture_that_no_post_shows_is_not_there():
    """A typing error in a test is a 404, no drawing."""
    assert file_of(world(), "tidak-ada", HOSTS[0]) is None
    assert asked("tidak-ada").status == 404


@pytest.mark.slow
def test_every_picture_of_the_day_can_be_told_from_every_other():
    """No two invented citizens took the same picture by chance."""
    invented = world()
    names = sorted({p.name for post in invented.day.posts for p in post.media
                    if not p.copy_of and not p.screenshot_of})[:24]
    seen = [look(file_of(invented, name, HOSTS[1])) for name in names]

    assert [reused(picture, seen).place for picture in seen] == list(range(len(seen)))
    assert not any(reused(picture, seen[:n]) for n, picture in enumerate(seen))
