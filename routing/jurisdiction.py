"""Says on whose ground a matter stands: a government that works here, an outside body, or nobody known.

Observations. Wrong ground is the normal case: of 1,266 road reports to the province 17 % were about its
roads, and the mayor of Solo gets Kartasura, Colomadu and Palur every day. A third of all complaints name
no administrative place at all.

Theory. The place decides, because the law gives matters to governments by place; the account that a post
was sent to is only where the citizen hoped to be heard. So, in this order:
1. the location that the NLP agreed on; else the one kabupaten that every place named in the text shares;
2. a suburb that calls itself Solo, where the location says no more than "Solo" or nothing: with a part of
   the city named beside it ("Ngemplak Banjarsari") it is the city's;
3. no place: the government of the account that was addressed, the city's before the province's, since
   the governor is often added to give a local matter weight; then an official handle in the text;
4. nothing at all (imports): the first province.
National and provincial matters on that ground are told by words, in config.yaml; `may_serve` then keeps
every department inside the area of its own government, whatever a rule says.

The ends of a way are no place ("dari Kartasura ke Solo macet", "dari Colomadu lewat Jajar"): where another place
stands in the text, that one counts; where only ends do, nobody knows which stretch is meant, and the account decides,
with the other end as runner-up (`routing.ways`).

Suburbs and roads come from `routing/data/grounds.yaml`, each with its time and its source.

Known failures. A bare "Grogol" or "Ngemplak" with
no other place is taken for the suburb, which is right for Solo's accounts and a guess for the governor's.
Who owns a road is known by words and for the few roads of the table; one that nobody has verified moves no ticket.
The scores below are judgements, not measurements: they order evidence for the reason card and move no
ticket by themselves. Reads plain records, writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from domain import Extraction, Location, Mention, Place, Reason, Span
from routing.clocks import WIB
from routing.rules import Department, Road, Rules
from routing.ways import ends_of
from routing.words import Found

AREA = "kabupaten_kota"
AREA_PARTS = 2  # "33.72": province and kabupaten/kota
SUBURB_SCORE = 0.8
ACCOUNT_SCORES = {"kabupaten_kota": 0.7, "provinsi": 0.5}  # 17 % of what reaches the province is the province's
HANDLE_SCORE = 0.5
DEFAULT_SCORE = 0.3
WAY_SCORE = 0.35  # somewhere between two ends


@dataclass(frozen=True, slots=True)
class Ground:
    """Who answers for local matters where this happened. At most one of `government`, `outside` is set."""

    code: str | None  # as precise as known; None: no place
    government: str | None
    outside: str | None  # outside department that answers for the area
    score: float
    because: tuple[Reason, ...]
    runner_up: str | None = None  # outside department of the other end of a way


def covers(area: str | None, code: str | None) -> bool:
    """Whether `code` lies in `area`; a Kemendagri code is compared part by part."""
    return area is not None and code is not None and (code == area or code.startswith(f"{area}."))


def ground_of(mention: Mention, extraction: Extraction, found: Found, rules: Rules) -> Ground:
    """The ground by place, else by the account, else the home government's."""
    day = day_of(mention)
    codes = _codes_named(extraction, found, rules, day)
    if codes and (ends := ends_of(mention.text)) and (way := _beside_the_way(mention, codes, rules, ends)):
        return way
    code, score, because = _place(extraction, rules)
    inside = code is not None and extraction.location is not None and _names_a_part(extraction.location)
    if not inside and (suburb := _suburb(code, found, rules, day)):
        word, code = suburb
        score, because = SUBURB_SCORE, Reason(f"suburb:{word.strip()}", SUBURB_SCORE, (found.span(word),))
    if code is not None and because is not None:
        return _ground_at(code, score, because, rules)
    return _addressed(mention, rules)


def day_of(mention: Mention) -> str:
    """The WIB day on which a mention reached us: what was in force then decides."""
    return _day_at(mention.seen_at)


@lru_cache(maxsize=1024)  # a page arrives at one moment, and each of its posts asks several times
def _day_at(moment: datetime) -> str:
    return moment.astimezone(WIB).date().isoformat()


def _beside_the_way(
    mention: Mention, codes: Mapping[str, tuple[str, str]], rules: Rules, ends: tuple[Span, ...]
) -> Ground | None:
    """The place that is no end of a way; with ends alone the account's ground. None: no end is a known place."""
    named = list(_named(mention.text, codes))
    at_end = [(span, code, what) for span, code, what in named if any(_meet(span, end) for end in ends)]
    beside = [(span, code, what) for span, code, what in named if not any(_meet(span, end) for end in ends)]
    if not at_end:
        return None
    areas = {area_of(code) for _, code, _ in beside}
    if len(areas) == 1:
        span, code, what = max(beside, key=lambda one: (len(one[1]), -one[0].start))
        return _ground_at(code, SUBURB_SCORE, Reason(f"place:{code} {what}", SUBURB_SCORE, (span,)), rules)
    if beside or len({area_of(code) for _, code, _ in at_end}) < 2:
        return None
    addressed = _addressed(mention, rules)
    way = Reason("way:somewhere between two ends", WAY_SCORE, tuple(span for span, _, _ in at_end))
    other = next((body for _, code, _ in at_end if (body := _ground_at(code, 0.0, way, rules).outside)), None)
    return Ground(None, addressed.government, None, WAY_SCORE, (way, *addressed.because), other)


def _codes_named(extraction: Extraction, found: Found, rules: Rules, day: str) -> dict[str, tuple[str, str]]:
    """Every place of the text that has a code, and every suburb: how it is written -> code and name."""
    codes = {place.text: (place.code, place.name) for place in extraction.places
             if place.code and len(place.code.split(".")) >= AREA_PARTS and place.score >= rules.thresholds.place}
    for word in found.words & rules.suburbs.keys():
        if code := suburb_code(word, rules, day):
            codes.setdefault(word.strip(), (code, word.strip()))
    return codes


def _named(said: str, codes: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Span, str, str]]:
    """The same, wherever their names stand."""
    for text, (code, name) in sorted(codes.items()):
        pattern = r"\W+".join(map(re.escape, text.split()))
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", said, re.IGNORECASE):
            yield Span(*match.span()), code, name


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _place(extraction: Extraction, rules: Rules) -> tuple[str | None, float, Reason | None]:
    location = extraction.location
    if (address := _address(extraction, rules)) is not None:
        code, place = address
        return code, place.score, Reason(f"place:{code} {place.name}", place.score, (Span(place.start, place.end),))
    if location is not None and location.score >= rules.thresholds.place:
        return location.code, location.score, Reason(
            f"place:{location.code} {location.name}", location.score, _spans_in(extraction, location.code))
    coded = [place for place in extraction.places if place.code and place.score >= rules.thresholds.place]
    areas = {area_of(place.code) for place in coded if place.code}
    if len(areas) != 1:
        return None, 0.0, None
    best = max(coded, key=lambda place: (place.score, -place.start))
    span = Span(best.start, best.end)
    return best.code, best.score, Reason(f"place:{best.code} {best.name}", best.score, (span,))


def _address(extraction: Extraction, rules: Rules) -> tuple[str, Place] | None:
    """ "Secang Magelang", "Pasar Kliwon Kudus": the kabupaten behind a name says which of that name is meant.

    Not where it is a city that works here: its suburbs are written with its name.
    """
    for first, second in pairwise(extraction.places):
        close = 0 < second.start - first.end <= 2  # a blank, or a comma and a blank
        if not (close and first.code and second.code and second.type == AREA):
            continue
        located = extraction.location.code if extraction.location else None
        if second.code in rules.served or (located != second.code and covers(second.code, located)):
            continue
        areas = {second.code, second.runner_up}
        meant = next((code for code in (first.code, first.runner_up) if code and area_of(code) in areas), None)
        return (meant, first) if meant else (second.code, second)
    return None


def _spans_in(extraction: Extraction, code: str) -> tuple[Span, ...]:
    """Where the text names a place that holds `code` or lies in it."""
    return tuple(Span(p.start, p.end) for p in extraction.places if covers(code, p.code) or covers(p.code, code))


def area_of(code: str) -> str:
    """The kabupaten/kota, or the province where the code says no more."""
    return ".".join(code.split(".")[:AREA_PARTS])


def _suburb(code: str | None, found: Found, rules: Rules, day: str) -> tuple[str, str] | None:
    """The longest suburb name in the text, where the place says no more than a served government's area."""
    if code is not None and all(code != government.code for government in rules.governments.values()):
        return None
    for word in sorted(found.words & rules.suburbs.keys(), key=lambda word: (-len(word), word)):
        if known := suburb_code(word, rules, day):
            return word, known
    return None


def suburb_code(word: str, rules: Rules, day: str) -> str | None:
    """Suburbs mean something only to a file that serves their neighbour and knows their own government."""
    return next((suburb.code for suburb in rules.suburbs[word]
                 if suburb.force.on(day) and area_of(suburb.code) in rules.areas), None)


def road_of(found: Found, rules: Rules, day: str) -> tuple[Road, str] | None:
    """A road of the table that the text names, with the name; the verified first."""
    if rules.road_names.isdisjoint(found.words):
        return None
    named = [(road, min(road.names & found.words)) for road in rules.roads
             if road.force.on(day) and road.names & found.words and (not road.near or road.near & found.words)]
    return min(named, key=lambda pair: not pair[0].verified, default=None)


def _names_a_part(location: Location) -> bool:
    """Whether a place below the kabupaten/kota was named: "Ngemplak Banjarsari" is the city's."""
    said = location.because.removeprefix("named: ")
    return said != location.because and not said.startswith(("Kota ", "Kabupaten "))


def _ground_at(code: str, score: float, because: Reason, rules: Rules) -> Ground:
    """The most precise area that holds `code`: a government served here or an outside body."""
    parts = code.split(".")
    for size in range(len(parts), 0, -1):
        area = ".".join(parts[:size])
        if area in rules.served:
            return Ground(code, rules.served[area], None, score, (because,))
        if area in rules.areas:
            return Ground(code, None, rules.areas[area], score, (because,))
    return Ground(code, None, None, score, (because,))


def _addressed(mention: Mention, rules: Rules) -> Ground:
    """No place: whoever was addressed, the more local first."""
    known = [(owner[0], key) for key in (mention.account, *mention.seen_by) if (owner := rules.belongs(key))]
    local = [pair for pair in known if rules.governments[pair[0]].level != "provinsi"]
    for government, key in (*local, *known):
        score = ACCOUNT_SCORES[rules.governments[government].level]
        return Ground(None, government, None, score, (Reason(f"account:{key}", score),))
    for handle in map(str.lower, mention.handles):
        if handle in rules.handles:
            government, _ = rules.handles[handle]
            return Ground(None, government, None, HANDLE_SCORE, (Reason(f"handle:{handle}", HANDLE_SCORE),))
    unknown = Reason("default:no place and no known account", DEFAULT_SCORE)
    return Ground(None, rules.home, None, DEFAULT_SCORE, (unknown,))


def departments_addressed(mention: Mention, rules: Rules) -> Iterator[str]:
    """Departments whose own account or handle the citizen chose: a weak hint, for when no rule speaks."""
    keys = [owner[1] for key in (mention.account, *mention.seen_by) if (owner := rules.belongs(key))]
    handles = [rules.handles[h][1] for h in map(str.lower, mention.handles) if h in rules.handles]
    yield from (department for department in (*keys, *handles) if department)


def may_serve(department: Department, ground: Ground, rules: Rules) -> bool:
    """Whether the law lets `department` act on this ground: nobody works in another's area."""
    if department.area is None:
        return True
    if ground.code is not None:
        return covers(department.area, ground.code)
    own = rules.governments.get(ground.government or "")
    return own is not None and covers(department.area, own.code)


def province_over(ground: Ground, rules: Rules) -> Ground | None:
    """The same ground seen by the served province that holds it, None outside of every one."""
    for key, government in rules.governments.items():
        if government.level == "provinsi" and covers(government.code, ground.code):
            return Ground(ground.code, key, None, ground.score, ground.because)
    return None


def owner_level(department: Department, found: Found, rules: Rules) -> str:
    """pusat, provinsi, kabupaten_kota, desa or unknown: who has to act by law."""
    if department.outside and department.level == "kabupaten_kota" and found.words & rules.village_words:
        return "desa"
    return department.level
