"""Lay the areas of a map out as hexagons of one size: `python -m scripts.build_tiles` rewrites inbox/data/tiles.json.

We hold a middle point for every area and no boundary, so a drawing of boundaries would be invented. Equal hexagons say
openly that they are a scheme, give a kota of 33 km2 the same room as a kabupaten of 2,000, and leave room to read and
to touch. Each area takes the cell next to its middle point at which all of them together are moved least, weighed with
how well directions between neighbours are kept. Origin: the points of nlp/data/gazetteer.tsv (see nlp/data/SOURCES.md).
"""

from __future__ import annotations

import itertools
import json
import sys
from math import cos, radians, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from nlp.gazetteer import KIND, Area, gazetteer

OUT = Path(__file__).parent.parent / "inbox" / "data" / "tiles.json"
MAPS = {"33": "kabupaten_kota", "33.72": "desa_kelurahan"}
NEIGHBOURS = 5
Array = Any


def main() -> int:
    laid = {}
    for code, level in MAPS.items():
        areas = [a for a in gazetteer().areas.values() if a.level == level and a.code.startswith(code)]
        short = abbreviations(areas)
        laid[code] = {key: (*cell, short[key]) for key, cell in layout(areas).items()}
    OUT.parent.mkdir(exist_ok=True)
    lines = (f' "{code}": {json.dumps(tiles, separators=(",", ":"))}' for code, tiles in laid.items())
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 0


def layout(areas: list[Area]) -> dict[str, tuple[int, int]]:
    """Code -> column and row; odd rows stand half a cell to the right."""
    points = projected(areas)
    best: tuple[float, dict[str, tuple[int, int]]] | None = None
    room = sqrt(float(np.prod(np.ptp(points, axis=0))) / len(areas))
    for size, right, down in itertools.product(np.linspace(0.7, 1.15, 10), (0, .25, .5, .75), (0, .25, .5, .75)):
        step = room * size
        cells, middles = grid(points, step, (right, down))
        away = ((points[:, None, :] - middles[None, :, :]) ** 2).sum(axis=2)
        rows, chosen = linear_sum_assignment(away)
        moved = float(away[rows, chosen].mean()) / step**2
        cost = turned(points, middles[chosen]) + 0.12 * moved + holes(cells, chosen)
        if best is None or cost < best[0]:
            best = cost, {area.code: cells[cell] for area, cell in zip(areas, chosen, strict=True)}
    assert best is not None
    left, top = (min(cell[axis] for cell in best[1].values()) for axis in (0, 1))
    top -= top % 2  # which rows are odd has to stay
    return {code: (column - left, row - top) for code, (column, row) in sorted(best[1].items())}


def abbreviations(areas: list[Area]) -> dict[str, str]:
    """Three letters for a tile on a phone: the first, and two of those that follow, consonants before vowels.

    A kota and the kabupaten of its name have the same, as people say the same; the drawing tells them apart.
    """
    taken: dict[str, str] = {}  # letters -> name
    found = {}
    for area in areas:
        name = KIND.sub("", area.name)
        words = name.upper().split()
        tail = "".join(words[1:])[:1] if len(words) > 1 else ""
        body = words[0]
        rest = [letter for letter in body[1:] if letter not in "AIUEO"] + [sign for sign in body[1:] if sign in "AIUEO"]
        choices = (body[0] + "".join(pair) + tail for pair in itertools.combinations(rest, 2 - len(tail)))
        found[area.code] = next(one for one in choices if taken.setdefault(one, name) == name)
    return found


def projected(areas: list[Area]) -> Array:
    middle = cos(radians(sum(area.lat for area in areas) / len(areas)))
    return np.array([(area.lng * middle, -area.lat) for area in areas])


def grid(points: Array, step: float, offset: tuple[float, float]) -> tuple[list[tuple[int, int]], Array]:
    low, high = points.min(axis=0) - 2 * step, points.max(axis=0) + 2 * step
    tall = step * sqrt(3) / 2
    cells = [(column, row) for row in range(int((high[1] - low[1]) / tall) + 1)
             for column in range(int((high[0] - low[0]) / step) + 1)]
    middles = np.array([(low[0] + step * (c + offset[0] + r % 2 / 2), low[1] + tall * (r + offset[1]))
                        for c, r in cells])
    return cells, middles


def turned(points: Array, tiles: Array) -> float:
    """How far the directions from each area to its nearest ones are off: 0 as on the map, 2 all reversed."""
    away = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    off = []
    for one, row in enumerate(away):
        for other in np.argsort(row)[1:NEIGHBOURS + 1]:
            true, drawn = points[other] - points[one], tiles[other] - tiles[one]
            off.append(1 - float(true @ drawn) / float(np.linalg.norm(true) * np.linalg.norm(drawn)))
    return float(np.mean(off))


def holes(cells: list[tuple[int, int]], chosen: Array) -> float:
    """Empty cells between tiles of a row look like a lake."""
    rows: dict[int, list[int]] = {}
    for cell in chosen:
        rows.setdefault(cells[cell][1], []).append(cells[cell][0])
    return 0.02 * sum(max(r) - min(r) + 1 - len(r) for r in rows.values())


if __name__ == "__main__":
    sys.exit(main())
