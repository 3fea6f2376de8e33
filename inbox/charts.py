"""Bars and spans as plain rectangles for an SVG: the policy of the pages allows no style and no script. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, ROOM = 720.0, 160.0, 152.0  # of a drawing; ROOM is what the highest bar takes
LEAST = 1.5  # height of what is not nothing


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bin:
    """One place on the axis: its words for a pointer, and a bar for each series (None: nothing there)."""

    words: str
    bars: Sequence[Rect | None]


def bars(words: Sequence[str], series: Sequence[Sequence[float]]) -> list[Bin]:
    """Side by side, all on one scale."""
    most = max((value for values in series for value in values), default=0) or 1
    step = WIDTH / max(1, len(words))
    wide = step * 0.84 / len(series)
    return [Bin(said, [_bar(step * (place + 0.08) + n * wide, wide, values[place] / most)
                       for n, values in enumerate(series)]) for place, said in enumerate(words)]


def _bar(x: float, width: float, share: float) -> Rect | None:
    if not share:
        return None
    height = max(LEAST, ROOM * share)
    return Rect(round(x, 2), round(HEIGHT - height, 1), round(width, 2), round(height, 1))


def spans(pairs: Sequence[tuple[float, float] | None]) -> list[tuple[float, float]]:
    """Each pair as shares of the longest, in per cent: a median, and what lies beyond it."""
    longest = max((pair[1] for pair in pairs if pair), default=0) or 1
    return [(round(100 * pair[0] / longest, 1), round(100 * (pair[1] - pair[0]) / longest, 1)) if pair else (0.0, 0.0)
            for pair in pairs]
