"""Tickets by area: Jawa Tengah by kabupaten and kota, Solo by kelurahan, as a scheme of tiles and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import areas
from inbox.counting import KEYS, WORDS, Choice, place_in_words
from inbox.desk import desk
from inbox.filters import platforms
from inbox.pages import page
from inbox.tiles import layouts, tile_map
from inbox.views.briefs import surroundings
from inbox.views.queue import departments_of
from storage.oversight import EXACTLY, NOWHERE, Sieve
from workbench.brief import Count

PROVINCE, CITY = "33", "33.72"
SHOWN = ("arrived", "open", "late", "closed")


@dataclass(frozen=True, slots=True)
class Row:
    short: str  # as the tile says on a phone; "" for what has no tile
    name: str
    count: Count
    share: float


def show(request: HttpRequest) -> HttpResponse:
    choice = Choice.of(request.GET, departments=departments_of(request.user))
    asked = WORDS.get(request.GET.get("apa", ""), "arrived")
    what = asked if asked in SHOWN else "arrived"
    area = request.GET.get("wilayah", "")
    area = area if area in layouts() else _home(request)
    sieve = choice.sieve(what, now=timezone.now(), place=area if area == CITY else None)
    found = _counts(request, sieve, "village" if area == CITY else "regency")
    drawn = tile_map(area, {code: n for code, n in found.items() if code}, areas.name_of)
    on, off = _rows(area, found, sieve)
    return page(request, "map.html", {
        **surroundings(request, choice), "area": area, "what": what, "whats": [(key, KEYS[key]) for key in SHOWN],
        "map": drawn, "rows": on, "elsewhere": off, "platforms": platforms(desk()),
        "total": Count(sum(found.values()), sieve), "link": {row.count.sieve.place: row.count for row in on},
        "title": _("Kota Surakarta menurut kelurahan") if area == CITY
        else _("Jawa Tengah menurut kabupaten dan kota"),
        "areas": ((PROVINCE, _("Jawa Tengah")), (CITY, _("Kota Surakarta"))),
    })


def _home(request: HttpRequest) -> str:
    """Who works for the city alone sees the city first."""
    user = request.user
    roots = areas.roots(desk().settings, user.departments)
    return CITY if not user.all_departments and roots == (CITY,) else PROVINCE


def _counts(request: HttpRequest, sieve: Sieve, by: str) -> dict[str | None, int]:
    return {code: n for (code,), n in desk().store.tally(request.user.actor, sieve, (by,)).items()}


def _rows(area: str, found: Mapping[str | None, int], sieve: Sieve) -> tuple[list[Row], list[Row]]:
    """Those with a tile, most first; and what the tiles cannot show: no place, a wider one, another province."""
    tiles = layouts()[area]
    whole = sum(found.values()) or 1
    on = [Row(short, areas.name_of(code), Count(found.get(code, 0), replace(sieve, place=code)),
              found.get(code, 0) / whole) for code, (_x, _y, short) in tiles.items()]
    off = []
    for code, n in sorted(found.items(), key=lambda item: -item[1]):
        if code not in tiles:
            place = NOWHERE if code is None else f"{EXACTLY}{code}" if area.startswith(code) or area == CITY else code
            off.append(Row("", place_in_words(place), Count(n, replace(sieve, place=place)), n / whole))
    return sorted(on, key=lambda row: (-row.count.n, row.name)), off
