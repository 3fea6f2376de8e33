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

Known failures. "Dari Kartasura ke Solo macet" is taken for Kartasura. A bare "Grogol" or "Ngemplak" with
no other place is taken for the suburb, which is right for Solo's accounts and a guess for the governor's.
A road is told from its class by words only: who owns Jalan Slamet Riyadi stands in no file here.
The scores below are judgements, not measurements: they order evidence for the reason card and move no
ticket by themselves. Reads plain records, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain import Extraction, Location, Mention, Reason, Span
from routing.jurisdiction_names import SUBURBS, VILLAGE_WORDS
from routing.rules import Department, Rules
from routing.words import Found, folded

AREA_PARTS = 2  # "33.72": province and kabupaten/kota
SUBURB_SCORE = 0.8
ACCOUNT_SCORES = {"kabupaten_kota": 0.7, "provinsi": 0.5}  # 17 % of what reaches the province is the province's
HANDLE_SCORE = 0.5
DEFAULT_SCORE = 0.3

SUBURB_CODES: Mapping[str, str] = {folded(name): code for name, code in SUBURBS.items()}
VILLAGE = frozenset(map(folded, VILLAGE_WORDS))


@dataclass(frozen=True, slots=True)
class Ground:
    """Who answers for local matters where this happened. At most one of `government`, `outside` is set."""

    code: str | None  # as precise as known; None: no place
    government: str | None
    outside: str | None  # outside department that answers for the area
    score: float
    because: tuple[Reason, ...]


def covers(area: str | None, code: str | None) -> bool:
    """Whether `code` lies in `area`; a Kemendagri code is compared part by part."""
    return area is not None and code is not None and (code == area or code.startswith(f"{area}."))


def ground_of(mention: Mention, extraction: Extraction, found: Found, rules: Rules) -> Ground:
    """The ground by place, else by the account, else the home government's."""
    code, score, because = _place(extraction, rules)
    inside = code is not None and extraction.location is not None and _names_a_part(extraction.location)
    if not inside and (suburb := _suburb(code, found, rules)):
        word, code = suburb
        score, because = SUBURB_SCORE, Reason(f"suburb:{word.strip()}", SUBURB_SCORE, (found.span(word),))
    if code is not None and because is not None:
        return _ground_at(code, score, because, rules)
    return _addressed(mention, rules)


def _place(extraction: Extraction, rules: Rules) -> tuple[str | None, float, Reason | None]:
    location = extraction.location
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


def _spans_in(extraction: Extraction, code: str) -> tuple[Span, ...]:
    """Where the text names a place that holds `code` or lies in it."""
    return tuple(Span(p.start, p.end) for p in extraction.places if covers(code, p.code) or covers(p.code, code))


def area_of(code: str) -> str:
    """The kabupaten/kota, or the province where the code says no more."""
    return ".".join(code.split(".")[:AREA_PARTS])


def _suburb(code: str | None, found: Found, rules: Rules) -> tuple[str, str] | None:
    """The longest suburb name in the text, where the place says no more than a served government's area."""
    if code is not None and all(code != government.code for government in rules.governments.values()):
        return None
    named = sorted(found.words & SUBURB_CODES.keys(), key=lambda word: (-len(word), word))
    return next(((word, SUBURB_CODES[word]) for word in named if _known(SUBURB_CODES[word], rules)), None)


def _names_a_part(location: Location) -> bool:
    """Whether a place below the kabupaten/kota was named: "Ngemplak Banjarsari" is the city's."""
    said = location.because.removeprefix("named: ")
    return said != location.because and not said.startswith(("Kota ", "Kabupaten "))


def _known(code: str, rules: Rules) -> bool:
    """Suburbs mean something only to a file that serves their neighbour and knows their own government."""
    return area_of(code) in rules.areas


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


def owner_level(department: Department, found: Found) -> str:
    """pusat, provinsi, kabupaten_kota, desa or unknown: who has to act by law."""
    if department.outside and department.level == "kabupaten_kota" and found.words & VILLAGE:
        return "desa"
    return department.level
