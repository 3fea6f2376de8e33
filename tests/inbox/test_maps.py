"""The maps: every area once, about where it lies, nothing that pretends to be a boundary; the sketch of a ticket."""

from __future__ import annotations

from datetime import UTC, datetime
from math import hypot
from typing import Any

import pytest

from inbox import areas
from inbox.sketch import HEIGHT, WIDTH, kilometres, sketch, uncertainty_km
from inbox.tiles import layouts, tile_map
from nlp.gazetteer import gazetteer
from storage.store import Store
from tests.builders import NOON
from tests.inbox.casework import open_case

LEVEL = {"33": "kabupaten_kota", "33.72": "desa_kelurahan"}


@pytest.mark.parametrize(("area", "n"), [("33", 35), ("33.72", 54)])
def test_every_area_has_one_tile_of_its_own(area: str, n: int) -> None:
    """Neither forgotten nor on top of another; short names differ, but for a kota and the kabupaten around it."""
    tiles = layouts()[area]

    assert set(tiles) == {a.code for a in gazetteer().areas.values() if a.code.startswith(area) and a.level == LEVEL[area]}
    assert len({(x, y) for x, y, _ in tiles.values()}) == len(tiles) == n
    shorts: dict[str, set[str]] = {}
    for code, (_x, _y, short) in tiles.items():
        shorts.setdefault(short, set()).add(areas.name_of(code).removeprefix("Kabupaten ").removeprefix("Kota "))
    assert [short for short, names in shorts.items() if len(names) > 1] == []


@pytest.mark.parametrize("area", ["33", "33.72"])
def test_tiles_lie_about_where_their_areas_do(area: str) -> None:
    """Of the pairs that are far apart, nearly all stand in their true direction, none is turned round."""
    drawn = {tile.code: tile for tile in tile_map(area, {}, areas.name_of).tiles}
    known = {code: gazetteer().areas[code] for code in drawn}
    right = []
    for one in known:
        for other in known:
            true = known[other].lng - known[one].lng, known[one].lat - known[other].lat
            shown = drawn[other].x - drawn[one].x, drawn[other].y - drawn[one].y
            if one != other and hypot(*shown) > 250:
                right.append((true[0] * shown[0] + true[1] * shown[1]) / hypot(*true) / hypot(*shown))

    assert sum(cosine > 0.8 for cosine in right) / len(right) > 0.93
    assert min(right) > 0


def test_the_shades_hold_every_count_between_them() -> None:
    """Nothing is pale, the most is darkest; the legend has no gap and no overlap."""
    for most in (0, 1, 2, 3, 7, 40, 1000, 99_999):
        drawn = tile_map("33", {"33.72": most, "33.01": min(1, most), "33.02": most // 2}, areas.name_of)
        shades = {tile.code: tile.shade for tile in drawn.tiles}

        assert shades["33.72"] == (5 if most else 0)
        assert shades["33.03"] == 0
        assert all(low <= high for _, low, high in drawn.steps)
        assert [low for _, low, _ in drawn.steps[1:]] == [high + 1 for _, _, high in drawn.steps[:-1]]
        for tile in drawn.tiles:
            assert tile.n == 0 or next(s for s, low, high in drawn.steps if low <= tile.n <= high) == tile.shade


def test_a_map_adds_up_to_its_total(store: Store, browser_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no tile can show stands below the table: no place, or no nearer than the kecamatan."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 4, tzinfo=UTC))
    open_case(store, "Jalan rusak di Jebres", place="Jebres", now=NOON)
    open_case(store, "Jalan rusak entah di mana", now=NOON)

    province = browser_of("citra").get("/peta?wilayah=33&minggu=2026-W45").content.decode()
    city = browser_of("citra").get("/peta?wilayah=33.72&minggu=2026-W45").content.decode()

    assert 'aria-label="Kota Surakarta: 1"' in province
    assert "tanpa tempat" in province
    assert "hanya disebut Serengan" in city
    assert "tile-link" not in city
    assert all("Bukan batas wilayah" in page for page in (province, city))


@pytest.mark.parametrize(("code", "least", "most"), [
    ("33.72.02.1004", 0.3, 1.5), ("33.72.02", 0.5, 3), ("33.72", 2, 8), ("33.01", 20, 70)])
def test_the_circle_grows_with_what_is_not_known(code: str, least: float, most: float) -> None:
    """A kelurahan is a matter of hundreds of metres, Cilacap of half an hour by car."""
    assert least < uncertainty_km(code) < most


@pytest.mark.parametrize("code", ["33.72.02.1004", "33.72", "33.01.01.2001", "33.20", "34.71"])
def test_all_of_a_sketch_lies_inside_its_frame(code: str) -> None:
    for other in (None, "33.72.05", "33.29"):
        drawn = sketch(code, other)
        assert drawn is not None
        spots = [*drawn.spots, *([drawn.other] if drawn.other else [])]
        assert all(0 < spot.x < WIDTH and 0 < spot.y < HEIGHT for spot in spots)
        assert 0 < drawn.radius < HEIGHT / 2
        assert drawn.scale <= WIDTH / 4


def test_a_runner_up_far_away_is_told_with_its_distance() -> None:
    drawn = sketch("33.72.02.1004", "33.29")

    assert drawn is not None
    assert drawn.other is not None
    assert not drawn.other_inside
    assert abs(drawn.other_km - kilometres(gazetteer().areas["33.72.02.1004"], gazetteer().areas["33.29"])) < 0.1


@pytest.mark.parametrize("code", [None, "", "33", "32.73", "99.99"])
def test_no_point_no_pin(code: str | None) -> None:
    """The middle of a province, a place beyond our table, no place: nothing is drawn."""
    assert sketch(code) is None
