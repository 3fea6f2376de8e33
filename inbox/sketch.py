"""The small map of a ticket: where the machine believes it is, how wide of it that may be, what else it may have meant.

A sketch from middle points: the gazetteer has no boundary and no street, so none is drawn. Around the place stand the
middles of its neighbours, by which a person who knows the town finds their way; the dashed circle is how far the spot
may be from the point, which is the middle of an area and not the spot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, hypot, radians
from typing import Any

import numpy as np

from nlp.gazetteer import KIND, LEVELS, Area, gazetteer

WIDTH, HEIGHT = 320.0, 240.0
EDGE = 8.0
RADIUS_SHARE = 0.52  # of half the height, for the circle
MOST_NAMES = 9
LETTER, LINE = 5.9, 13.0  # of a label, roughly: enough to keep labels apart
KM_PER_DEGREE = 111.2
LEAST_KM = 0.3
SCALES = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Spot:
    """A middle point on the drawing; `anchor` is where its label stands."""

    name: str
    x: float
    y: float
    anchor: str = "start"
    label_x: float = 0.0


@dataclass(frozen=True, slots=True)
class Sketch:
    code: str
    name: str
    level: str
    radius_km: float
    radius: float
    spots: Sequence[Spot]
    other: Spot | None  # the runner-up, at the edge where it lies beyond
    other_km: float
    other_inside: bool
    scale_km: float
    scale: float
    x: float = WIDTH / 2
    y: float = HEIGHT / 2


def sketch(code: str | None, runner_up: str | None = None) -> Sketch | None:
    """None where there is no place, or one without a point: a province's middle says nothing."""
    area = gazetteer().areas.get(code or "")
    if area is None or not area.lat or area.level == "provinsi":
        return None
    return _drawn(area.code, runner_up if runner_up != code else None)


@lru_cache(maxsize=2048)
def _drawn(code: str, runner_up: str | None) -> Sketch:
    area = gazetteer().areas[code]
    reach = uncertainty_km(code)
    per_km = RADIUS_SHARE * HEIGHT / 2 / reach
    other = gazetteer().areas.get(runner_up or "")
    other = other if other is not None and other.lat else None
    scale_km = max((one for one in SCALES if one * per_km <= WIDTH / 4), default=SCALES[0])
    placed, away, inside = _placed(area, other, per_km) if other else (None, 0.0, False)
    return Sketch(code, area.name, area.level, reach, round(reach * per_km, 1),
                  _neighbours(area, per_km, placed if inside else None), placed, away, inside, scale_km,
                  round(scale_km * per_km, 1))


def uncertainty_km(code: str) -> float:
    """How far a spot in the area may be from its middle, as its points tell.

    An area with parts reaches to the farthest middle of a part; one without, to the nearest middle of its like.
    """
    area = gazetteer().areas[code]
    if parts := _below(code):
        return max(LEAST_KM, max(kilometres(area, part) for part in parts))
    codes, points = _level(area.level)
    away = _away(area, points)
    away[codes.index(code)] = np.inf
    return max(LEAST_KM, float(away.min()))


def kilometres(one: Area, other: Area) -> float:
    return hypot(*_offset(one, other))


def _offset(one: Area, other: Area) -> tuple[float, float]:
    """Kilometres to the east and to the south."""
    return ((other.lng - one.lng) * cos(radians(one.lat)) * KM_PER_DEGREE, (one.lat - other.lat) * KM_PER_DEGREE)


@lru_cache(maxsize=512)
def _below(code: str) -> tuple[Area, ...]:
    return tuple(area for area in gazetteer().areas.values() if area.code.rpartition(".")[0] == code and area.lat)


@lru_cache(maxsize=4)
def _level(level: str) -> tuple[list[str], Any]:
    found = [area for area in gazetteer().areas.values() if area.level == level and area.lat]
    return [area.code for area in found], np.array([(area.lat, area.lng) for area in found])


def _away(area: Area, points: Any) -> Any:
    east = (points[:, 1] - area.lng) * cos(radians(area.lat))
    return KM_PER_DEGREE * np.hypot(points[:, 0] - area.lat, east)


def _neighbours(area: Area, per_km: float, other: Spot | None) -> list[Spot]:
    """The nearest middles of its like, or of parts where it has some; as many as their names leave each other room."""
    level = LEVELS[LEVELS.index(area.level) + 1] if _below(area.code) else area.level
    codes, points = _level(level)
    away = _away(area, points)
    middle = (WIDTH / 2, HEIGHT / 2)
    taken = [_box(*middle, area.name, "middle", dy=12), _box(*middle, "pin", "middle", dy=-13),
             (0, HEIGHT - 30, 120, HEIGHT), (WIDTH - 32, 0, WIDTH, 44)]  # scale and north
    if other:  # its own name stands there
        taken.append(_box(other.label_x, other.y, other.name, other.anchor))
    spots: list[Spot] = []
    for place in np.argsort(away)[:60]:
        one = gazetteer().areas[codes[place]]
        if one.code == area.code:
            continue
        east, south = (km * per_km for km in _offset(area, one))
        x, y = WIDTH / 2 + east, HEIGHT / 2 + south
        if not (EDGE < x < WIDTH - EDGE and EDGE + LINE < y < HEIGHT - EDGE):
            continue
        spot = _labelled(KIND.sub("", one.name), x, y)
        box = _box(spot.label_x, y, spot.name, spot.anchor)
        if any(_touch(box, other_box) for other_box in taken):
            spots.append(Spot("", round(x, 1), round(y, 1)))
            continue
        taken.append(box)
        spots.append(spot)
        if sum(1 for spot in spots if spot.name) >= MOST_NAMES:
            break
    return spots


def _labelled(name: str, x: float, y: float) -> Spot:
    """To the right of its dot, or to the left where the frame ends."""
    right = x + 6 + len(name) * LETTER < WIDTH - 2
    return Spot(name, round(x, 1), round(y, 1), "start" if right else "end", round(x + 6 if right else x - 6, 1))


def _box(x: float, y: float, name: str, anchor: str, dy: float = 0) -> tuple[float, float, float, float]:
    wide = len(name) * LETTER
    left = x if anchor == "start" else x - wide if anchor == "end" else x - wide / 2
    return left, y + dy - LINE / 2, left + wide, y + dy + LINE / 2


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _placed(area: Area, other: Area, per_km: float) -> tuple[Spot, float, bool]:
    """Where the runner-up stands; beyond the frame, at the edge on the way to it."""
    east, south = _offset(area, other)
    away = hypot(east, south)
    x, y = east * per_km, south * per_km
    room_x, room_y = WIDTH / 2 - 2 * EDGE, HEIGHT / 2 - 2 * EDGE
    beyond = max(abs(x) / room_x, abs(y) / room_y, 1.0)
    spot = _labelled(KIND.sub("", other.name), WIDTH / 2 + x / beyond, HEIGHT / 2 + y / beyond)
    return spot, round(away, 1), beyond == 1.0


def in_km(km: float) -> float:
    """Rounded up to what the points can bear: 100 m below 2 km, else whole kilometres."""
    return ceil(km * 10) / 10 if km < 2 else float(ceil(km))
