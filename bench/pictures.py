"""How well and how fast pictures are known again: `python -m bench.pictures [--pictures 200] [--photos DIR] [--million]`.

Draws scenes (`simulators.pictures`), or takes the photographs of a folder that is no part of the product, changes
each in the ways in which people pass pictures on, and prints for
each way how many are known again: by our views, by the 64 bits of a plain dHash, and, where ImageHash is
installed (`pip install ImageHash`; it is no dependency), by its pHash. Then the nearest pairs of different
pictures, which bound the thresholds from above, pictures a second, and with --million what one look-up
costs among a million pictures.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from nlp.gallery import FIRST, Gallery
from nlp.pictures import VIEW_DISTANCE, distance, look
from simulators.pictures import jpeg, passed_on, scene, screenshot

try:
    import imagehash
except ImportError:
    imagehash = None

PLAIN_DISTANCE = 10  # of 64 bits, for dHash and pHash alike
Change = Callable[[Image.Image, random.Random], tuple[Image.Image, int]]


def cut(most: float, *, side: str = "") -> Change:
    def change(picture: Image.Image, rng: random.Random) -> tuple[Image.Image, int]:
        wide, high = picture.size
        left, top = (rng.uniform(0, most), rng.uniform(0, most)) if side == "any" else (most / 2, most / 2)
        right, bottom = most - left, most - top
        if side == "left":
            left, top, right, bottom = most, 0.0, 0.0, 0.0
        return picture.crop((int(wide * left), int(high * top), int(wide * (1 - right)), int(high * (1 - bottom)))), 80

    return change


def strip(share: float, *, over: bool = False) -> Change:
    def change(picture: Image.Image, rng: random.Random) -> tuple[Image.Image, int]:
        wide, high = picture.size
        made = Image.new("RGB", (wide, high if over else int(high * (1 + share))), (200, 30, 30))
        made.paste(picture, (0, 0))
        draw = ImageDraw.Draw(made)
        top = int(high * (1 - share)) if over else high
        draw.rectangle((0, top, wide, made.height), fill=(200, 30, 30))
        draw.text((rng.randint(10, 60), top + 4), "VIRAL! SEBARKAN", fill="white", font_size=int(high * share * 0.6))
        return made, 80

    return change


def on_screen(picture: Image.Image, rng: random.Random) -> tuple[Image.Image, int]:
    words = "Jembatan jebol, tolong segera " * rng.randint(1, 8)
    return screenshot(picture, words, seed=str(rng.random())), rng.choice((40, 60, 80))


CHANGES: dict[str, Change] = {
    "JPEG 15": lambda p, _: (p, 15), "JPEG 30": lambda p, _: (p, 30), "JPEG 90": lambda p, _: (p, 90),
    "half size": lambda p, _: (p.resize((p.width // 2, p.height // 2)), 80),
    "a sixth of the size": lambda p, _: (p.resize((p.width // 6, p.height // 6)), 80),
    "cut by 2 %": cut(0.02), "cut by 5 %": cut(0.05), "cut by 10 %": cut(0.10),
    "cut by 10 %, off centre": cut(0.10, side="any"), "cut by 10 % at the left": cut(0.10, side="left"),
    "cut by 20 %, off centre": cut(0.20, side="any"),
    "strip of 8 % below": strip(0.08), "strip of 18 % below": strip(0.18), "strip of 18 % over it": strip(0.18, over=True),
    "brighter": lambda p, _: (ImageEnhance.Brightness(p).enhance(1.4), 80),
    "darker": lambda p, _: (ImageEnhance.Brightness(p).enhance(0.6), 80),
    "grey": lambda p, _: (p.convert("L"), 80),
    "turned by 2 degrees": lambda p, _: (p.rotate(2), 80), "turned by 5 degrees": lambda p, _: (p.rotate(5), 80),
    "passed on for years": lambda p, _: (passed_on(p), 60),
    "screenshot of the post": on_screen,
    "screenshot, cut picture": lambda p, rng: on_screen(cut(0.12)(p, rng)[0], rng),
    "mirrored": lambda p, _: (p.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 80),
}


class Known:
    """One picture in every way of knowing it."""

    def __init__(self, data: bytes) -> None:
        self.views = look(data).views
        self.theirs = imagehash.phash(Image.open(io.BytesIO(data))) if imagehash else None

    def bits(self, other: Known) -> tuple[int, int, int]:
        """(of our views, of a plain dHash, of their pHash); 128 or 64 where there is nothing to compare."""
        both = self.views and other.views
        plain = (int(self.views[0][:16], 16) ^ int(other.views[0][:16], 16)).bit_count() if both else 64
        return distance(self.views, other.views), plain, int(self.theirs - other.theirs) if imagehash else 64


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__.split("\n")[0])
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--photos", type=Path, help="a folder of photographs instead of drawn scenes")
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args(given)
    shown = photographs(options.photos) if options.photos else {f"s{n}": None for n in range(options.pictures)}
    names = list(shown)
    picture: Callable[[str], Image.Image] = lambda name: shown[name] or scene(name)  # noqa: E731 drawn anew each time
    files = [jpeg(picture(name), quality=85) for name in names]
    known = [Known(data) for data in files]
    print(f"known again of {len(names)}    views <= {VIEW_DISTANCE}   dHash <= {PLAIN_DISTANCE}   pHash <= {PLAIN_DISTANCE}"
          f"{'' if imagehash else ' (ImageHash is not installed)'}   median and most bits of the views")
    for title, change in CHANGES.items():
        print(_row(title, [_changed(change, picture(name), name).bits(known[n]) for n, name in enumerate(names)]))
    _others(known, names)
    _nights(100)
    _speed(files)
    if options.million:
        _million()
    return 0


def photographs(folder: Path) -> dict[str, Image.Image]:
    """Name -> photograph, in alphabetical order; what is larger than a phone sends is brought to its size."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            found[path.stem] = Image.open(path).convert("RGB")
            found[path.stem].thumbnail((1600, 1600))
    return found


def _changed(change: Change, picture: Image.Image, seed: str) -> Known:
    changed, quality = change(picture, random.Random(seed))
    return Known(jpeg(changed, quality=quality))


def _row(title: str, bits: list[tuple[int, int, int]]) -> str:
    views, plain, theirs = (np.array(column) for column in zip(*bits, strict=True))
    return (f"{title:<26} {np.mean(views <= VIEW_DISTANCE):10.2f} {np.mean(plain <= PLAIN_DISTANCE):12.2f}"
            f" {np.mean(theirs <= PLAIN_DISTANCE):12.2f} {int(np.median(views)):10d} {views.max():6d}")


def _others(known: list[Known], names: Sequence[str]) -> None:
    bits = [one.bits(other) for one, other in combinations(known, 2)]
    near = sorted((pair[0], *both) for pair, both in zip(bits, combinations(names, 2), strict=True))[:3]
    print("nearest others by views:", ", ".join(f"{one} and {other} {apart}" for apart, one, other in near))
    for title, column in zip(("views", "dHash", "pHash"), zip(*bits, strict=True), strict=True):
        print(f"nearest of {len(bits)} pairs of other pictures, {title}: {sorted(column)[:5]}")


def night(name: str) -> Image.Image:
    """A dark sky, a lamp or five, perhaps a road in their light, and a sensor that guesses."""
    rng, high = random.Random(f"night {name}"), 480
    picture = Image.new("L", (640, high), rng.randint(4, 18))
    draw = ImageDraw.Draw(picture)
    for _ in range(rng.randint(1, 5)):
        x, y, size = rng.randint(0, 640), rng.randint(0, 330), rng.randint(3, 14)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=rng.randint(150, 255))
        if rng.random() < 0.6:
            light = [(x, y), (x - rng.randint(20, 120), high), (x + rng.randint(20, 120), high)]
            draw.polygon(light, fill=rng.randint(20, 60))
    if rng.random() < 0.5:
        draw.rectangle((rng.randint(0, 300), rng.randint(150, 300), rng.randint(320, 640), high), fill=rng.randint(14, 40))
    lit = np.asarray(picture.filter(ImageFilter.GaussianBlur(6)), float)
    guessed = np.random.default_rng(rng.randrange(1 << 32)).normal(0, rng.choice((1.5, 3, 5)), lit.shape)
    return Image.fromarray(np.clip(lit + guessed, 0, 255).astype(np.uint8))


def _nights(count: int) -> None:
    looks = [look(jpeg(night(str(n)), quality=80)) for n in range(count)]
    told = [one.views for one in looks if one.views]
    pairs = [distance(one, other) for one, other in combinations(told, 2)]
    alike = sum(bits <= VIEW_DISTANCE for bits in pairs)
    print(f"of {count} nights {len(told)} are compared: {alike} of {len(pairs)} pairs taken for one picture")


def _speed(files: list[bytes]) -> None:
    ways: dict[str, Callable[[bytes], Any]] = {"ours, decoded small, all views": look}
    if imagehash:
        ways["ImageHash pHash"] = lambda data: imagehash.phash(Image.open(io.BytesIO(data)))
    for title, way in ways.items():
        began = time.perf_counter()
        for data in files:
            way(data)
        print(f"{title}: {len(files) / (time.perf_counter() - began):.0f} pictures/s of {len(files[0]) // 1024} kB")


def _million() -> None:
    gallery, rng = Gallery(), np.random.default_rng(1)
    for column, width in ((gallery._firsts, FIRST), (gallery._others, 5)):
        column._views = rng.integers(0, 1 << 64, 1_000_000 * width, np.uint64)
        column._numbers = np.repeat(np.arange(1_000_000, dtype=np.uint32), width)
        column.size = len(column._views)
    sought = [f"{view:016x}{0:016x}" for view in rng.integers(0, 1 << 64, 7, np.uint64)]
    began = time.perf_counter()
    for _ in range(10):
        gallery.near(sought)
    print(f"a look-up among 1,000,000 pictures: {(time.perf_counter() - began) * 100:.0f} ms, {gallery.nbytes >> 20} MB")


if __name__ == "__main__":
    sys.exit(main())
