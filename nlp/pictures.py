"""Reads a picture down to a handful of hashes by which it is known again. Pure; keeps no picture.

Observations. A picture that matters is passed on: every platform writes it anew in its own size and quality,
people cut its edges, put a strip with words above or below it, photograph the screen, or show it inside the
screenshot of a post. Nothing of the file survives that, the arrangement of light and dark does.

Theory. dHash (Krawetz 2013): shrink to a few cells and note which of two neighbours is brighter; here across
and down, 64 bits each, so a change of brightness, colour or size costs nothing. A cut moves the cells, and a
frame takes most of them; so each picture is hashed in several *views*: the whole, its inner part where a
frame stands around it, and both without their edge and without a tenth at each side. Two pictures are one
where any two of their views differ in at most VIEW_DISTANCE of 128 bits.

The inner part. What surrounds a picture on a screen or a banner is paper: one exact brightness, with words on
it. The longest run of rows, and in it of columns, that are mostly not paper is the inner part, provided that
what is outside of it is paper indeed. A sky is no paper: its brightness wanders.

What says nothing is not compared. A *page* is a screenshot of words alone: all of them look alike in 128 bits, so
only the very same file is the same (its words are read by nobody); so is a picture in which few neighbouring cells
differ, such as a night with one lamp. A *blank* (a lens cap, a black frame) is not even that. Anything else that is
no JPEG, PNG, WebP or GIF, is cut short, or claims more than MAX_PIXELS is *unreadable*: HTML with the name of a
picture, SVG, a decompression bomb. Of animations the first frame counts.

Thresholds, and what chose them (`python -m bench.pictures`; 100 drawn scenes, 23 changes each; known again by
views within 20 bits | by the first 64 bits alone within 10, a plain dHash | by ImageHash's pHash within 10):
- JPEG 15 to 90, sizes down to a sixth, cuts of 2 %, brightness, grey: 1.00 | 1.00 | 1.00; most bits apart 9
- cut by 10 %: 1.00 | 0.38 | 0.53; at one side only 1.00 | 0.01 | 0.31; off centre 0.84 | 0.10 | 0.19
- strip of 8 % below 1.00 | 0.79 | 0.46; of 18 % 0.98 | 0.02 | 0.04; of 18 % over the picture 1.00 | 0.98 | 0.67
- turned by 2 degrees 1.00 | 0.93 | 0.88; passed on for years 1.00 | 0.95 | 0.99
- screenshot of the post 1.00 | 0.00 | 0.00; with the picture cut by 12 % in it 1.00 | 0.00 | 0.00
- of 4,950 pairs of other scenes the nearest differ in 30 of 128 bits over all views (14 of 64 in a dHash). So 20,
  half way between the worst copy that matters (17, a cut picture in a screenshot) and the nearest stranger; 24 would
  know more of the cuts off centre and leave 6 bits to chance, in a store that may hold a million pictures.
- TONE 3 / 5 / 6 / 8: a frame is seen where none is in 0 / 3 / 8 / 13 of 30 scenes (harmless: six views more). All
  know 30 of 30 screenshots; at JPEG 15 and half the size the worst is 17 bits apart with 3, 10 with 5. Bridging gaps
  of a sixtieth of the height took lines of words for the picture in 5 of 60 screenshots, half of that in none.
A look costs 9 ms of processor time for a JPEG of 177 kB, half of it for decoding small. Beside four other jobs on two
cores 55 pictures/s (pHash: 42).

Photographs (`--photos` with the 18 that scikit-image and scikit-learn bring; what a phone sends, in small) found two
faults that drawn scenes had not. A wall of bricks and a starry sky were taken for pages and never known again: EXACT,
because .93 and more of a page's paper lies within 1 of its brightness, even at JPEG 15, and .34 to .74 of a night's or
a wall's. And of 4,278 pairs of drawn nights 677 were taken for one picture, the bits of a dark sky being chance:
LEAST_STEPS, with which none is (65 of 128 in the flattest photograph, 36 in half of the nights; 11 of 120 nights are
still compared). Then all 18 are known again after JPEG 15, half and a sixth of the size, cuts of 10 %, a screenshot of
the post, brightness; 17 passed on for years and at a cut of 5 %; 16 with a strip below. Darkened, 15: the flattest say
too little then. Of 153 pairs the nearest differ in 18, 31 and 42 bits; the 18 are two views of one motorcycle, a hand
apart, which are one scene to us.

Known failures. Nights with a lamp or two are known by their file alone. Mirrored pictures (0.00), turns of 5 degrees
(0.81), cuts of a fifth off centre (0.03). Two photographs of one object are two pictures. A screenshot whose paper is
as bright as most of the picture in it; a photograph of a screen taken at an angle. The thresholds have been tried on no
photograph of a citizen.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from domain import Picture

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 24_000_000
SIDE = 320  # everything below looks at a picture of this longest side
TONE = 5  # brightness that paper may wander, after compression
PLAIN = 0.5  # a row with more paper than this belongs to the frame
FRAME = 0.6  # how much of the frame has to be paper
INNER_AREA = (0.15, 0.92)
LEAST_SIDE = 24
PAGE = 0.6
EXACT = 0.85  # how much of a page's paper has its brightness within 1
CELL = 8
SOLID = 0.08  # share of cells without paper that a page may have: bars, buttons, a portrait
CONTRAST = 4.0
STEP, LEAST_STEPS = 3, 60  # brightness that two cells must differ by, and how many of 128 pairs must, to say something
CUT = 0.1
VIEW_DISTANCE = 20  # of 128 bits
COARSE_DISTANCE = 12  # of the first 64 bits of two views: what a look-up by those may pass over

Grey = NDArray[np.uint8]
Box = tuple[float, float, float, float]


class Match(NamedTuple):
    """Which of the earlier pictures, and how many of 128 bits differ; 0 for the same file."""

    place: int
    distance: int


# --- reading -------------------------------------------------------------------------------------


def look(data: bytes) -> Picture:
    """The hashes of a picture file. Never raises: what cannot be read is "unreadable", with the reason."""
    try:
        small = _small(data)
    except Exception as error:
        return Picture("unreadable", reason=type(error).__name__)
    grey = np.asarray(small)
    if min(grey.shape) < LEAST_SIDE:
        return Picture("unreadable", reason="too small")
    if float(grey.std()) < CONTRAST:
        return Picture("blank")
    digest = hashlib.sha256(data).hexdigest()
    inner = inner_part(grey)
    if inner is None and is_page(grey):
        return Picture("page", digest)
    seen = tuple(f"{view:032x}" for view in views(small, inner))
    return Picture("hashed", digest, seen) if seen else Picture("page", digest)


def _small(data: bytes) -> Image.Image:
    """The picture in grey, upright, at most SIDE long; JPEGs are decoded small, which is four times as fast."""
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    picture.draft("L", (SIDE, SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    grey = upright.convert("L")
    grey.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return grey


def views(small: Image.Image, inner: Box | None) -> list[int]:
    """128-bit hashes: the whole first, then the inner part, then the cuts of both; each once, none that says little."""
    whole = (0, 0, *small.size)
    boxes = [whole, *cuts(*whole)]
    if inner is not None:
        boxes = [whole, inner, *cuts(*whole), *cuts(*inner)]
    hashes = (dhash(small, box) for box in boxes)
    return list(dict.fromkeys(view for view in hashes if view is not None))


def cuts(left: float, top: float, right: float, bottom: float) -> list[Box]:
    """The box without its edge, and without a tenth at each of its sides."""
    x, y = (right - left) * CUT, (bottom - top) * CUT
    return [(left + x / 2, top + y / 2, right - x / 2, bottom - y / 2), (left + x, top, right, bottom),
            (left, top, right - x, bottom), (left, top + y, right, bottom), (left, top, right, bottom - y)]


def dhash(picture: Image.Image, box: Box) -> int | None:
    """Which of two neighbouring cells is brighter: 64 bits across, which are a dHash-64, then 64 down.

    None where too few neighbours differ at all: the bits of a dark sky are all 0, or chance.
    """
    across = np.asarray(picture.resize((9, 8), Image.Resampling.BOX, box=box), np.int16)
    down = np.asarray(picture.resize((8, 9), Image.Resampling.BOX, box=box), np.int16)
    steps = np.concatenate((np.diff(across).ravel(), np.diff(down, axis=0).ravel()))
    if int((np.abs(steps) >= STEP).sum()) < LEAST_STEPS:
        return None
    return int.from_bytes(np.packbits(steps > 0).tobytes(), "big")


# --- frames and pages ----------------------------------------------------------------------------


def inner_part(grey: Grey) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the picture that a frame of paper surrounds; None where there is no frame."""
    plain = on_paper(grey)
    high, wide = grey.shape
    top, bottom = _longest(plain.mean(axis=1) < PLAIN, gap=high // 120)
    if bottom - top < LEAST_SIDE:
        return None
    left, right = _longest(plain[top:bottom].mean(axis=0) < PLAIN, gap=wide // 120)
    if right - left < LEAST_SIDE:
        return None
    area = (bottom - top) * (right - left)
    if not INNER_AREA[0] <= area / grey.size <= INNER_AREA[1]:
        return None
    outside = (plain.sum() - plain[top:bottom, left:right].sum()) / (grey.size - area)
    return (left, top, right, bottom) if outside >= FRAME else None


def is_page(grey: Grey) -> bool:
    """Whether it is words on plain paper: one brightness nearly everywhere, exactly so, and nothing solid besides.

    A night and a wall have one brightness too; it wanders, as a camera's does.
    """
    paper = paper_of(grey)
    away = np.abs(grey.astype(np.int16) - paper)
    plain = away <= TONE
    if plain.mean() < PAGE or (away <= 1).sum() < EXACT * plain.sum():
        return False
    high, wide = (side // CELL * CELL for side in grey.shape)
    cells = plain[:high, :wide].reshape(high // CELL, CELL, wide // CELL, CELL).mean(axis=(1, 3))
    return float((cells < 0.1).mean()) < SOLID


def on_paper(grey: Grey) -> NDArray[np.bool_]:
    """Which pixels have the commonest brightness: of a frame, a page or a screen that is its paper."""
    return np.abs(grey.astype(np.int16) - paper_of(grey)) <= TONE


def paper_of(grey: Grey) -> int:
    return int(np.convolve(np.bincount(grey.ravel(), minlength=256), (1, 1, 1), "same").argmax())


def _longest(flags: NDArray[np.bool_], *, gap: int) -> tuple[int, int]:
    """Start and end of the longest run of set flags that bridges up to `gap` unset ones."""
    best, start, last = (0, 0), 0, -1 - gap - 1
    for at in np.flatnonzero(flags).tolist():
        start = at if at - last > gap + 1 else start
        last = at
        best = max(best, (start, at + 1), key=lambda run: run[1] - run[0])
    return best


# --- comparing -----------------------------------------------------------------------------------


def distance(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Fewest bits in which two views differ, 128 where a side has none. Crossing all views is what sees a cut."""
    mine, yours = ([int(view, 16) for view in side] for side in (ours, theirs))
    return min(((a ^ b).bit_count() for a in mine for b in yours), default=128)


def reused(picture: Picture, earlier: Iterable[Picture]) -> Match | None:
    """The earlier picture that this one shows again, the nearest of them; None where it is new.

    For a closing photo: `earlier` are those that were handed in before, or the complaint's own.
    """
    best: Match | None = None
    for place, other in enumerate(earlier):
        same_file = picture.sha256 is not None and picture.sha256 == other.sha256
        differ = 0 if same_file else distance(picture.views, other.views)
        if differ <= VIEW_DISTANCE and (best is None or differ < best.distance):
            best = Match(place, differ)
    return best
