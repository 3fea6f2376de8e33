"""Maps of equal hexagons, one an area, as `scripts/build_tiles.py` laid them out. Pure.

A scheme and no border: the gazetteer knows the middle of each area and not its edge, so no edge is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

DATA = Path(__file__).parent / "data" / "tiles.json"
SIZE = 100.0  # from edge to edge; rows stand 0.866 of it apart
GAP = 2.5
CLASSES = 5
LONG = 13  # a longer name is broken where it has a blank


@dataclass(frozen=True, slots=True)
class Tile:
    code: str
    name: str
    short: str
    points: str  # of the polygon
    inner: str  # of the ring of a kota, else ""
    x: float
    y: float
    lines: Sequence[str]
    n: int
    shade: int  # 0 nothing, CLASSES most


@dataclass(frozen=True, slots=True)
class TileMap:
    width: float
    height: float
    tiles: Sequence[Tile]
    steps: Sequence[tuple[int, int, int]]  # shade, from, to: the legend


@cache
def layouts() -> Mapping[str, Mapping[str, tuple[int, int, str]]]:
    found = json.loads(DATA.read_text(encoding="utf-8"))
    return {area: {code: (x, y, short) for code, (x, y, short) in tiles.items()} for area, tiles in found.items()}


def tile_map(area: str, counts: Mapping[str, int], name_of: Callable[[str], str]) -> TileMap:
    cells = layouts()[area]
    first = min(row for _, row, _ in cells.values())
    limits = _limits(max((counts.get(code, 0) for code in cells), default=0))
    left = min(column + row % 2 / 2 for column, row, _ in cells.values())
    tiles = []
    for code, (column, row, short) in sorted(cells.items(), key=lambda item: (item[1][1], item[1][0])):
        x = SIZE * (column + row % 2 / 2 - left + 0.5)
        y = SIZE * ((row - first) * sqrt(3) / 2 + 1 / sqrt(3))
        n, name = counts.get(code, 0), name_of(code)
        city = len(code) == len("33.72") and code[3] == "7"
        tiles.append(Tile(code, name, short, _hexagon(x, y, SIZE / 2 - GAP),
                          _hexagon(x, y, SIZE / 2 - 8) if city else "", round(x, 1), round(y, 1), _lines(name), n,
                          _shade(n, limits)))
    wide = max(tile.x for tile in tiles) + SIZE / 2
    high = max(tile.y for tile in tiles) + SIZE / sqrt(3)
    return TileMap(round(wide, 1), round(high, 1), tiles, _steps(limits))


def _hexagon(x: float, y: float, half: float) -> str:
    """Standing on a corner; `half` is from the middle to an edge."""
    arm = 2 * half / sqrt(3)
    corners = ((0, -arm), (half, -arm / 2), (half, arm / 2), (0, arm), (-half, arm / 2), (-half, -arm / 2))
    return " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)


def _lines(name: str) -> list[str]:
    """A kabupaten by its bare name; "Kota" stays, above it."""
    bare = name.removeprefix("Kabupaten ")
    first, _blank, rest = bare.partition(" ")
    return [first, rest] if rest and (first == "Kota" or len(bare) > LONG - 3) else [bare]


def _limits(most: int) -> list[int]:
    """Upper ends of the shades, growing by one factor, so that one big place does not make all others pale."""
    found: list[int] = []
    for step in range(1, CLASSES + 1):
        limit = max(round(most ** (step / CLASSES)), found[-1] + 1 if found else 1)
        if limit <= most:
            found.append(limit)
    if found:
        found[-1] = most
    return found


def _shade(n: int, limits: Sequence[int]) -> int:
    """The last limit is always the darkest."""
    if not n:
        return 0
    place = next(place for place, limit in enumerate(limits) if n <= limit)
    return CLASSES - len(limits) + place + 1


def _steps(limits: Sequence[int]) -> list[tuple[int, int, int]]:
    return [(CLASSES - len(limits) + place + 1, limits[place - 1] + 1 if place else 1, limit)
            for place, limit in enumerate(limits)]
