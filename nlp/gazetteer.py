"""The names of places: every desa of Jawa Tengah and DIY, kabupaten and kota of all Indonesia, spoken names.

Names are kept under a key of folded letters without blanks, because the official spelling joins what
people write apart (Pasarkliwon, "pasar kliwon") and the other way round. The codes are those of the
Ministry of Home Affairs; a parent's code begins its children's. Says which readings a name has, never
which one is meant: that is `nlp.places`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, KeysView
from functools import lru_cache
from importlib.resources import files
from math import cos, hypot, radians
from typing import NamedTuple

import numpy as np

from nlp.normalize import fold

LEVELS = ("provinsi", "kabupaten_kota", "kecamatan", "desa_kelurahan")
KIND = re.compile(r"^(?:Kabupaten|Kota Administrasi|Kota|Daerah Istimewa|Daerah Khusus Ibukota) ")
# Two neighbouring kelurahan share a first name that people use alone: Tlogosari Kulon and Wetan.
SIDE = re.compile(r"^(.{5,}) (?:Kulon|Wetan|Lor|Kidul|Tengah|Barat|Timur|Utara|Selatan)$")
TOWNS = frozenset(("kabupaten_kota", "kecamatan"))  # levels whose names tell where others lie
AREAS = frozenset(("kecamatan", "desa_kelurahan"))
CODED = AREAS | TOWNS
INSIDE = ("33", "34")
SPOKEN_SHORT = {"pwt": "purwokerto", "slw": "slawi", "kjn": "kajen"}  # towns that a kabupaten is not called after
LETTERS = re.compile(r"[^a-z]")
SUBURBAN = 12.0  # km
FIRST_LETTERS = 9


class Reading(NamedTuple):
    """One thing that a name may mean. `code` is None for spots that have none; `area` is where it lies."""

    type: str
    code: str | None
    area: str
    name: str

    @property
    def inside(self) -> bool:
        return self.area.startswith(INSIDE)


class Area(NamedTuple):
    """An administrative area: its official name, level and centroid (0, 0 outside the two provinces)."""

    code: str
    name: str
    level: str
    lat: float
    lng: float


def key_of(name: str) -> str:
    return LETTERS.sub("", fold(name))


class Gazetteer:
    """`readings(key)` for names, `areas` by code, `stops` for names that are everyday words.

    `short` holds short forms of towns with the letters that they begin in a longer name ("pwt utara"); those in `faint`
    name their town only beside something that lies in it ("krikilan sgn").
    """

    def __init__(self) -> None:
        self.areas: dict[str, Area] = {}
        found: dict[str, list[Reading]] = defaultdict(list)
        sides: dict[str, set[str]] = defaultdict(set)
        for code, name, lat, lng in [*_rows("gazetteer.tsv"), *((*r, "0", "0") for r in _rows("outside.tsv"))]:
            level = LEVELS[code.count(".")]
            self.areas[code] = Area(code, name, level, float(lat), float(lng))
            plain = KIND.sub("", name)
            found[key_of(plain)].append(Reading(level, code, code, name))
            side = SIDE.match(plain) if level == "desa_kelurahan" and code[9] == "1" else None
            if side:
                sides[side[1]].add(code[:8])
        for name, kind, code in [*_rows("aliases.tsv"), *_rows("spots.tsv")]:
            own = kind in LEVELS
            official = self.areas[code].name if own else name
            found[key_of(name)].append(Reading(kind, code if own else None, code, official))
        for name, parents in sides.items():
            if key_of(name) not in found and len(parents) == 1:
                found[key_of(name)].append(Reading("admin_lain", None, parents.pop(), name))
        self.short: dict[str, str] = dict(SPOKEN_SHORT)
        known = frozenset(found)
        for code, forms in _rows("short_towns.tsv"):
            for form in forms.split():
                self.short.setdefault(form, key_of(KIND.sub("", self.areas[code].name)))
                if form not in known:
                    found[form].append(Reading("kabupaten_kota", code, code, self.areas[code].name))
        self.faint = frozenset(self.short) - known
        self._found = {key: tuple(readings) for key, readings in found.items()}
        self._below: dict[str, dict[str, Area]] = defaultdict(dict)
        for area in self.areas.values():
            key, parts = key_of(area.name), area.code.split(".")
            for depth in range(1, len(parts)):
                self._below[".".join(parts[:depth])][key] = area
        self._towns = {key: codes for key, readings in self._found.items() if (codes := _town_codes(key, readings))}
        # what names begin with, letter by letter: spares most look-ups
        self._beginnings = frozenset(key[:size] for key in self._found for size in range(1, FIRST_LETTERS + 1))
        self.stops = frozenset(key_of(name) for name in listed("stop_names.txt"))
        inside = [area for area in self.areas.values() if area.level == "desa_kelurahan"]
        self._around: dict[str, frozenset[str]] = {}
        self._codes = [area.code for area in inside]
        self._points = np.array([(area.lat, area.lng) for area in inside])

    def keys(self) -> KeysView[str]:
        return self._found.keys()

    def readings(self, key: str) -> tuple[Reading, ...]:
        return self._found.get(key, ())

    def ours(self, key: str) -> tuple[Reading, ...]:
        """The areas of Jawa Tengah and DIY that a name means, none where it is an everyday word."""
        if key in self.stops:
            return ()
        return tuple(r for r in self.readings(key) if r.inside and r.type in CODED)

    def town_words(self) -> dict[str, tuple[str, ...]]:
        """One-word names of our kabupaten, kota and kecamatan that are no everyday words -> what they may mean."""
        named = [(KIND.sub("", area.name), area.code) for area in self.areas.values()
                 if area.level in TOWNS and area.code.startswith(INSIDE)]
        named += [(name, code) for name, kind, code in _rows("aliases.tsv") if kind == "kabupaten_kota"]
        found: dict[str, tuple[str, ...]] = {}
        for name, code in named:
            if " " not in name and len(name) > 3 and key_of(name) not in self.stops:
                found[name.lower()] = (*found.get(name.lower(), ()), code)
        return found

    def may_begin(self, letters: str) -> bool:
        """Whether any name begins with the first nine of `letters`."""
        return letters[:FIRST_LETTERS] in self._beginnings

    def name_of(self, code: str) -> str:
        area = self.areas.get(code)
        return area.name if area else code

    def nearest(self, lat: float, lng: float) -> Area | None:
        """The desa whose centroid is nearest, None where that is more than some 10 km away."""
        away = (self._points[:, 0] - lat) ** 2 + (self._points[:, 1] - lng) ** 2
        best = int(away.argmin())
        return self.areas[self._codes[best]] if away[best] < 0.01 else None

    def around(self, city: str) -> frozenset[str]:
        """Codes of the kecamatan beyond a kota's boundary that people count as its town: 12 km from its middle."""
        if city not in self._around:
            middle = self.areas[city]
            self._around[city] = frozenset(
                area.code for area in self.areas.values()
                if area.level == "kecamatan" and area.lat and not area.code.startswith(city)
                and _kilometres(area, middle) < SUBURBAN
            ) if _is_kota(city) else frozenset()
        return self._around[city]

    def suburbs(self, homes: Iterable[str]) -> frozenset[str]:
        """Codes of the kecamatan that count as the town of one of `homes`."""
        around = [self.around(home) for home in homes if home in self.areas]
        return around[0] if len(around) == 1 else frozenset().union(*around)

    def town_in(self, letters: str) -> str | None:
        """Code of the kabupaten or kota of ours whose name the letters of a handle hold, None where none does.

        A kota goes before the kabupaten of its name unless the letters say "kab".
        """
        longest = max((key for key in self._towns if key in letters), key=len, default=None)
        if longest is None:
            return None
        return min(self._towns[longest], key=lambda code: in_a_kota(code) == ("kab" in letters))

    def children_named(self, parent: str) -> dict[str, Area]:
        """Key -> area of everything below `parent`, for names spelt wrong within a known kabupaten."""
        return self._below.get(parent, {})


def _is_kota(code: str) -> bool:
    return len(code) == len("33.72") and in_a_kota(code)


def in_a_kota(area: str) -> bool:
    """Whether an area is a kota or lies in one."""
    return area[3:4] == "7"


def _kilometres(one: Area, other: Area) -> float:
    east = (one.lng - other.lng) * cos(radians(other.lat))
    return 111.0 * hypot(one.lat - other.lat, east)


def _town_codes(key: str, readings: tuple[Reading, ...]) -> list[str]:
    """The kabupaten and kota of ours that a name of four letters or more may mean."""
    return [r.code for r in readings if r.code and r.inside and r.type == "kabupaten_kota" and len(key) >= 4]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The shipped table, read once per process."""
    return Gazetteer()


@lru_cache(maxsize=1)
def spoken_words() -> frozenset[str]:
    """Words that people write in small letters and that no gazetteer has: a name that looks like one is none."""
    return frozenset(listed("spoken_words.txt"))


def listed(name: str) -> list[str]:
    """The words of a list file; lines that begin with # are comments."""
    text = (files("nlp") / "data" / name).read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def _rows(name: str) -> list[tuple[str, ...]]:
    text = (files("nlp") / "data" / name).read_text(encoding="utf-8")
    rows = [tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")]
    return rows[1:] if rows[0][0] == "code" else rows
