"""Pictures are known again however they were passed on, others are not taken for them, and no file stops a batch."""

from __future__ import annotations

import io
import random
import struct
import zlib
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from bench.pictures import night
from nlp.gallery import Gallery
from nlp.pictures import MAX_PIXELS, VIEW_DISTANCE, distance, is_page, look, reused
from simulators.pictures import jpeg, passed_on, scene, screenshot

SCENES = [f"pemandangan-{n}" for n in range(8)]


@pytest.fixture(scope="module")
def known():
    return {name: look(jpeg(scene(name), quality=85)) for name in SCENES}


def cut(picture, share):
    wide, high = picture.size
    return picture.crop((int(wide * share / 2), int(high * share / 2), int(wide * (1 - share / 2)),
                         int(high * (1 - share / 2))))


def with_strip(picture, share, *, above):
    strip = int(picture.height * share)
    made = Image.new("RGB", (picture.width, picture.height + strip), (190, 20, 30))
    made.paste(picture, (0, strip if above else 0))
    ImageDraw.Draw(made).text((30, 4 if above else picture.height + 4), "VIRAL! SEBARKAN", fill="white",
                              font_size=max(10, strip // 2))
    return made


PASSED_ON = {
    "JPEG of quality 15": lambda p: (p, 15),
    "a quarter of the size": lambda p: (p.resize((p.width // 4, p.height // 4)), 80),
    "2 % cut": lambda p: (cut(p, 0.02), 80),
    "5 % cut": lambda p: (cut(p, 0.05), 80),
    "10 % cut": lambda p: (cut(p, 0.10), 80),
    "a strip below": lambda p: (with_strip(p, 0.08, above=False), 80),
    "a wide strip above": lambda p: (with_strip(p, 0.18, above=True), 80),
    "brighter": lambda p: (ImageEnhance.Brightness(p).enhance(1.3), 80),
    "darker": lambda p: (ImageEnhance.Brightness(p).enhance(0.6), 80),
    "grey": lambda p: (p.convert("L"), 80),
    "turned by 2 degrees": lambda p: (p.rotate(2), 80),
    "years of being passed on": lambda p: (passed_on(p), 70),
}


@pytest.mark.parametrize("change", PASSED_ON)
def test_a_picture_that_was_passed_on_is_known_again(known, change):
    """Every scene, as other people's uploads would show it."""
    for name in SCENES:
        picture, quality = PASSED_ON[change](scene(name))
        again = look(jpeg(picture, quality=quality))

        assert reused(again, known.values()).place == SCENES.index(name)
        assert again.sha256 != known[name].sha256


def test_a_screenshot_of_a_post_shows_the_picture_in_it(known):
    """Bars, words, buttons, dark mode or light: the picture inside is what counts."""
    found = [reused(look(jpeg(screenshot(scene(name), "Jembatan jebol, tolong " * 5, seed=name), quality=60)),
                    known.values()) for name in SCENES]

    assert [match and match.place for match in found] == list(range(len(SCENES)))


def test_other_pictures_are_other_pictures(known):
    """Streets under a sky, all drawn alike: none comes near another."""
    nearest = min(distance(known[one].views, known[other].views) for one, other in combinations(SCENES, 2))

    assert nearest > VIEW_DISTANCE + 4


def test_screenshots_of_words_are_pages_that_only_their_own_file_equals():
    """All pages of one telephone look alike: 128 bits of such a thing would fold strangers."""
    one, other = (jpeg(screenshot(None, text * 6, seed="hp"), quality=80) for text in ("Lampu mati di gang ", "Air keruh "))

    first, second = look(one), look(other)

    assert (first.state, first.views) == (second.state, second.views) == ("page", ())
    assert reused(second, [first]) is None
    assert reused(look(one), [first]).distance == 0


def test_two_nights_are_not_one_picture():
    """The bits of a dark sky are chance: different lamps in it must not make an old photo of a new one."""
    told = [found.views for found in (look(jpeg(night(str(n)), quality=80)) for n in range(60)) if found.views]

    assert len(told) > 2
    assert min(distance(one, other) for one, other in combinations(told, 2)) > VIEW_DISTANCE


def test_a_wall_is_a_picture_though_it_has_one_brightness():
    """Paper has its brightness exactly; a wall's wanders as a camera's does."""
    chance = np.random.default_rng(1)
    bricks = np.kron(chance.normal(98, 3.5, (8, 8)), np.ones((75, 100)))
    bricks[::75] = bricks[1::75] = bricks[2::75] = 60  # mortar
    wall = (bricks + chance.normal(0, 3, bricks.shape)).astype(np.uint8)
    paper = np.asarray(screenshot(None, "Lampu mati di gang " * 6, seed="hp").convert("L").resize((320, 569)))

    assert (is_page(wall), is_page(paper)) == (False, True)


@pytest.mark.parametrize("shade", [0, 8, 128, 255])
def test_a_picture_of_nothing_says_nothing(shade):
    """A lens cap and a black frame are no evidence, not even where the file is the same."""
    blank = look(jpeg(Image.new("RGB", (900, 700), (shade,) * 3), quality=70))

    assert (blank.state, blank.sha256) == ("blank", None)
    assert reused(blank, [blank]) is None


def test_a_closing_photo_that_was_used_before_names_the_nearest(known):
    """The pure check behind the upload form: which earlier photo, and how near."""
    closing = look(jpeg(cut(scene(SCENES[2]), 0.04), quality=50))

    assert reused(closing, [known[SCENES[0]], known[SCENES[2]]]).place == 1
    assert reused(closing, [known[SCENES[0]]]) is None
    assert reused(closing, []) is None


# --- files that mean harm -------------------------------------------------------------------------


def png(width, height, data=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def animated():
    written = io.BytesIO()
    frames = [scene(name).resize((200, 150)) for name in SCENES[:3]]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


HOSTILE = {
    "nothing": b"",
    "HTML with the name of a picture": b"<html><body>masuk dulu</body></html>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "a bomb of 900 megapixels": png(30_000, 30_000, bytes(1000)),
    "just too many pixels": png(6_000, MAX_PIXELS // 6_000 + 1, bytes(1000)),
    "cut short": jpeg(scene("x"), quality=80)[:4000],
    "a head without a body": b"\xff\xd8\xff\xe0" + bytes(64),
    "a pixel": png(1, 1, b"\0\0\0\0\0"),
    "TIFF": b"II*\0" + bytes(100),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_cannot_be_read_is_unreadable_and_no_accident(what):
    """A reason for ops, no hash, no exception."""
    seen = look(HOSTILE[what])

    assert (seen.state, seen.sha256, seen.views) == ("unreadable", None, ())
    assert seen.reason


def test_chance_damage_never_raises():
    """Any byte of a good file may be wrong."""
    rng = random.Random(5)
    whole = jpeg(scene("rusak").resize((320, 240)), quality=70)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 40)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)

        assert look(bytes(damaged)).state in ("hashed", "page", "blank", "unreadable")


def test_of_an_animation_the_first_frame_counts():
    """A GIF of three scenes is known by how it begins."""
    first = look(jpeg(scene(SCENES[0]), quality=80))

    assert reused(look(animated()), [first])


def test_a_transparent_picture_is_seen_on_white():
    """What no layer covers is paper, not black."""
    drawn = Image.new("RGBA", (960, 720), (0, 0, 0, 0))
    drawn.paste(scene("tembus").convert("RGBA").crop((0, 0, 960, 500)), (0, 0))
    written = io.BytesIO()
    drawn.save(written, "PNG")

    on_white = Image.new("RGB", (960, 720), "white")
    on_white.paste(scene("tembus").crop((0, 0, 960, 500)), (0, 0))
    assert distance(look(written.getvalue()).views, look(jpeg(on_white, quality=90)).views) <= 4


# --- the gallery ------------------------------------------------------------------------------------


def test_the_gallery_offers_the_picture_among_many(known):
    """A cut copy meets its original by any of its views; what is offered is in the order of arrival."""
    rng = random.Random(1)
    gallery = Gallery()
    gallery.add([(number, rng.randbytes(16 * (number % 9))) for number in range(1, 3_001)])
    gallery.add([(number, bytes.fromhex("".join(picture.views))) for number, picture in enumerate(known.values(), 5_000)])

    for number, name in enumerate(SCENES, 5_000):
        assert number in gallery.near(look(jpeg(cut(scene(name), 0.09), quality=40)).views)
    assert gallery.near([f"{rng.getrandbits(128):032x}"]) == []
