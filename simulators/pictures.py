"""Draws the pictures of the invented day, and serves them as the platforms' media hosts do.

Nobody's photograph is in here: a scene is drawn from its name, so the same name gives the same picture
on every machine. Each platform sends its own size and JPEG quality, so copies of one picture never are
one file. A picture with `screenshot_of` is drawn as a telephone's screen that shows the post and its first
picture; one with `copy_of` is that other picture, as it looks after years of being passed on.
"""

from __future__ import annotations

import io
import random
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from simulators.server import Request, Response

if TYPE_CHECKING:
    from simulators.world import World

HOSTS = ("pbs.twimg.com", "scontent.xx.fbcdn.net", "scontent.cdninstagram.com")
SENT = {  # longest side, JPEG quality
    "pbs.twimg.com": (1200, 85), "scontent.xx.fbcdn.net": (960, 71), "scontent.cdninstagram.com": (1080, 78),
}
SIZE = (960, 720)
SCREEN = (720, 1440)
Colour = tuple[int, int, int]


# --- drawing -------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def scene(name: str) -> Image.Image:
    """The photograph of that name: a street under a sky, with what stands about in it."""
    rng = random.Random(f"scene:{name}")
    width, height = SIZE
    horizon = int(height * rng.uniform(0.25, 0.6))
    picture = _gradient(_colour(rng, 120, 235), _colour(rng, 90, 220), SIZE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, horizon, width, height), fill=_colour(rng, 60, 150))
    for _ in range(rng.randint(4, 9)):  # houses and trees along the horizon
        left, wide, high = rng.randint(-80, width - 40), rng.randint(90, 340), rng.randint(70, horizon)
        box = (left, horizon - high, left + wide, horizon + rng.randint(0, 60))
        (draw.rectangle if rng.random() < 0.6 else draw.ellipse)(box, fill=_colour(rng, 20, 230))
    middle = rng.randint(width // 5, width * 4 // 5)
    draw.polygon(((middle - 60, horizon), (middle + 60, horizon), (rng.randint(width // 2, width + 400), height),
                  (rng.randint(-400, width // 2), height)), fill=_colour(rng, 40, 120))
    for _ in range(rng.randint(3, 8)):  # holes, puddles, rubbish, people
        x, y = rng.randint(0, width), rng.randint(horizon, height)
        wide, high = rng.randint(40, 320), rng.randint(30, 200)
        (draw.ellipse if rng.random() < 0.7 else draw.rectangle)((x, y, x + wide, y + high), fill=_colour(rng, 5, 250))
    patches = np.random.default_rng(rng.randrange(1 << 32)).normal(128, 26, (12, 16)).clip(0, 255).astype(np.uint8)
    light = Image.fromarray(patches).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")
    picture = Image.blend(picture, light, 0.25)
    grain = np.random.default_rng(rng.randrange(1 << 32)).integers(-14, 15, (height, width, 1), np.int16)
    noisy = np.asarray(picture.filter(ImageFilter.BoxBlur(1))) + grain
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def screenshot(shown: Image.Image | None, text: str, *, seed: str) -> Image.Image:
    """A telephone's screen with a post in it: bars above and below, a name, the words, the picture, buttons."""
    rng = random.Random(f"screen:{seed}")
    width, height = SCREEN
    dark = rng.random() < 0.4
    paper, ink = ((21, 24, 28), (225, 228, 232)) if dark else ((255, 255, 255), (20, 24, 28))
    screen = Image.new("RGB", SCREEN, paper)
    draw = ImageDraw.Draw(screen)
    draw.text((24, 14), f"{rng.randint(6, 22):02d}.{rng.randint(0, 59):02d}", fill=ink, font=_font(22))
    draw.line((0, 56, width, 56), fill=(128, 128, 128))
    draw.ellipse((24, 76, 96, 148), fill=_colour(rng, 60, 200))
    draw.text((116, 84), "warga", fill=ink, font=_font(26))
    y = 170
    for line in _lines(text, 46):
        draw.text((24, y), line, fill=ink, font=_font(26))
        y += 36
    margin = rng.choice((0, 20, 32))
    if shown is not None:
        wide = width - 2 * margin
        small = shown.resize((wide, wide * shown.height // shown.width))
        screen.paste(small, (margin, y + 16))
        y += 16 + small.height
    draw.text((40, y + 24), "balas      ulang      suka      bagikan", fill=(128, 128, 128), font=_font(24))
    draw.rectangle((0, height - 84, width, height), fill=(40, 44, 50) if dark else (245, 246, 248))
    return screen


def passed_on(picture: Image.Image) -> Image.Image:
    """As it looks after it went from group to group: cut at the edges, smaller, badly compressed."""
    cut = picture.crop((picture.width // 40, picture.height // 30, picture.width * 39 // 40, picture.height * 29 // 30))
    return Image.open(io.BytesIO(jpeg(cut.resize((640, 640 * cut.height // cut.width)), quality=38)))


def jpeg(picture: Image.Image, *, quality: int) -> bytes:
    written = io.BytesIO()
    picture.convert("RGB").save(written, "JPEG", quality=quality)
    return written.getvalue()


def _gradient(above: Colour, below: Colour, size: tuple[int, int]) -> Image.Image:
    ramp = np.linspace(0, 1, size[1])[:, None, None]
    rows = np.array(above) * (1 - ramp) + np.array(below) * ramp
    return Image.fromarray(np.broadcast_to(rows, (size[1], size[0], 3)).astype(np.uint8))


def _colour(rng: random.Random, low: int, high: int) -> Colour:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def _lines(text: str, width: int) -> list[str]:
    plain = text.encode("ascii", "replace").decode()
    return [plain[at:at + width] for at in range(0, len(plain), width)][:16]


# --- serving -------------------------------------------------------------------------------------


def handle(world: World, request: Request) -> Response:
    """The picture that the last part of the path names, as this host would send it."""
    sent = file_of(world, PurePosixPath(request.path).stem, request.host)
    if sent is None:
        return Response(404, {"content-type": "text/plain"}, b"not found")
    return Response(200, {"content-type": "image/jpeg", "cache-control": "max-age=1209600"}, sent)


@lru_cache(maxsize=256)
def _encoded(name: str, copy_of: str | None, screen_text: str | None, host: str) -> bytes:
    longest, quality = SENT[host]
    if screen_text is not None:
        picture = screenshot(scene(copy_of) if copy_of else None, screen_text, seed=name)
    else:
        picture = passed_on(scene(copy_of)) if copy_of else scene(name)
    if max(picture.size) > longest:
        picture = picture.copy()
        picture.thumbnail((longest, longest))
    return jpeg(picture, quality=quality)


def file_of(world: World, name: str, host: str) -> bytes | None:
    """None for a picture of no post."""
    for post in world.day.posts:
        for picture in post.media:
            if picture.name == name:
                shown = world.posts.get(picture.screenshot_of or "")
                if shown is None:
                    return _encoded(name, picture.copy_of, None, host)
                first = shown.media[0].name if shown.media else None
                return _encoded(name, first, shown.text, host)
    return None
