"""The areas that a list can be narrowed to: a step down from where one stands, so no choice is too long.

The names come from the shipped gazetteer, read once per process on the first list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from nlp.gazetteer import Area, gazetteer
from settings import Settings


@cache
def children(code: str) -> tuple[Area, ...]:
    """What lies right below an area, by name."""
    below = (area for area in gazetteer().areas.values() if area.code.rpartition(".")[0] == code)
    return tuple(sorted(below, key=lambda area: area.name))


def known(code: str) -> bool:
    return code in gazetteer().areas


def name_of(code: str) -> str:
    return gazetteer().name_of(code)


def roots(settings: Settings, departments: Collection[str]) -> tuple[str, ...]:
    """Where the governments of these departments end: a city's people choose among its kecamatan."""
    governments: Mapping[str, str] = {key: one.code for key, one in settings.governments.items()}
    asked = [one.government for key, one in settings.departments.items() if key in departments]
    codes = {governments[name] for name in asked if name and name in governments} or set(governments.values())
    return tuple(sorted(code for code in codes if not any(code.startswith(f"{other}.") for other in codes)))


def choices(settings: Settings, departments: Collection[str], chosen: str) -> list[tuple[str, str, int]]:
    """(code, name, depth) to choose from: the way down to `chosen`, and what lies below it."""
    tops = roots(settings, departments)
    top = next((code for code in tops if chosen == code or chosen.startswith(f"{code}.")), "")
    rows: list[tuple[str, str, int]] = []
    if not chosen or not top:
        rows = [(chosen, name_of(chosen), 0)] if chosen else []
        return rows + [row for code in tops for row in _under(code, depth=0, whole=len(tops) > 1)]
    parts = chosen.split(".")
    way = [".".join(parts[:n]) for n in range(top.count(".") + 1, len(parts) + 1)]
    rows = [(code, name_of(code), depth) for depth, code in enumerate(way)]
    return rows + [(area.code, area.name, len(way)) for area in children(chosen)]


def _under(code: str, *, depth: int, whole: bool) -> list[tuple[str, str, int]]:
    head = [(code, name_of(code), depth)] if whole else []
    return head + [(area.code, area.name, depth + len(head)) for area in children(code)]
