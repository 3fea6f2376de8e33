"""Where the matter is, among the places that a text names.

Observations. People name more places than the one that they complain of: where they come from ("wong Wangon arep
bali"), where the road goes ("arah Bringin"), what is better elsewhere ("kalah karo Sleman"), which namesake they do not
mean ("dudu Klepu Kranggan"). The deepest name used to win, whatever it was named for.

Theory. Names vote for their kabupaten or kota, those in an office's title and in a landmark's name with less, and so do
the account that was addressed, a geo-tag and a road that does not leave a kabupaten. Within the one that wins the
deepest area counts. A name is passed by where the word before it says so (`PASSED`), and the rest of its address with
it: it votes with less, and is the place only where no other is. Names in landmarks stand for where those stand.

Measurement. Without that list and with it, location right on posts that nobody who mends has read: the fifth gold set's
half kept aside .774 -> .799, the first's .908 -> .915, the second's the same (.909 -> .939 of its regencies); of 100
posts written to name several places, which were read for this, .80 -> .85.

Known failures. "Dari Matesih naik Tawangmangu": of two on a way the one that is no end of it is not always where the
matter is. "Rumah Weru" is a home, "rumah warga Weru ambruk" the matter: only the first is passed by.

None where nothing was named, and outside Jawa Tengah and DIY, whose centroids are all we have: the places still tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain import Location, Place
from nlp.gazetteer import AREAS, Gazetteer
from nlp.languages import word_set
from nlp.local_names import SOURCE
from nlp.place_choice import Choice
from nlp.place_names import Candidate
from nlp.place_patterns import ADMIN, HAMLETS
from nlp.tokens import Words
from nlp.values import quick

Decided = Sequence[tuple[Candidate, Choice]]
ACCOUNT_ONLY = 0.3  # a road without a city: the account's city, if it is one
ALONG, HINTED = 0.5, 0.6  # a road within a kabupaten; a geo-tag or a hint of the platform
OFFICE, IN_A_NAME, PASSED_BY = 0.4, 0.8, 0.3  # what "Bupati X", "pasar X" and "arah X" tell of where the matter is
SHAPES = frozenset(("landmark", "jalan"))  # their code says what they are called after: evidence, no area of their own
# Before a name that is an end of a way, a home, a yardstick or another of that name.
PASSED = word_set("""
arah menuju jurusan dari dr seko saka saking teko sekang ke maring nyang tekan nganti sampai sampe wong orang tiyang
asal rumah omah kaya kayak koyo seperti kalah karo dudu bukan udu sanes ketimbang timbang
""")
ADJOINING = 2  # signs between the parts of an address: "wong brumbung jepon"
NOBODY: frozenset[int] = frozenset()
_spot = quick(Location)


class Told(NamedTuple):
    """What a text and its circumstances tell.

    `given` is area code -> why, `ways` the kabupaten that roads do not leave, `passed` where names begin that are
    passed by.
    """

    places: Sequence[Place]
    decided: Decided
    given: Mapping[str, str]
    ways: Sequence[str]
    passed: frozenset[int]


def passed(words: Words, places: Sequence[Place]) -> frozenset[int]:
    """Where those places begin that the word before them passes by, and with them the rest of the same address."""
    if len(places) < 2 or PASSED.isdisjoint(words.fold):
        return NOBODY
    at = {start: i for i, start in enumerate(words.starts)}
    found: set[int] = set()
    end = -ADJOINING - 1  # of the last place that is passed by
    for place in sorted(places, key=lambda place: place.start):
        if place.start - end <= ADJOINING or (place.start in at and _passes(words, at[place.start])):
            found.add(place.start)
            end = place.end
    return frozenset(found)


def _passes(words: Words, i: int) -> bool:
    i -= 1
    while i >= 0 and (words.fold[i] in ADMIN or words.fold[i] in HAMLETS):
        i -= 1
    return i >= 0 and words.fold[i] in PASSED and not words.gap(i + 1).strip()


class Locator:
    """Tells the location; pure."""

    def __init__(self, table: Gazetteer, threshold: float) -> None:
        self._table = table
        self._threshold = threshold

    def locate(self, told: Told) -> Location | None:
        votes, whys = self._named(told)
        if not votes and not told.given:
            return None
        if not told.places and not votes and all(why.startswith("account") for why in told.given.values()):
            return None
        for code, why in told.given.items():
            if len(code) >= 5 and not _elsewhere(code, told.decided, self._threshold):
                votes[code[:5]] += ACCOUNT_ONLY if why.startswith("account") else HINTED
                whys.setdefault(code[:5], why)
        return self._deepest(told, votes, whys) if votes else None

    def _named(self, told: Told) -> tuple[dict[str, float], dict[str, str]]:
        """Votes by kabupaten of what is named, and the first reason for each."""
        votes: dict[str, float] = defaultdict(float)
        whys: dict[str, str] = {}
        for code in told.ways:
            votes[code] += ALONG
            whys.setdefault(code, "a road within")
        for place in told.places:
            if place.code and place.because == SOURCE:
                votes[place.code[:5]] += place.score * _left(place.start, told)
                whys.setdefault(place.code[:5], f"named: {place.name}, {SOURCE}")
        for candidate, choice in told.decided:
            area = choice.common
            if choice.score < self._threshold or len(area) < 5:
                continue
            weight = OFFICE if candidate.title else IN_A_NAME if candidate.inside else 1.0
            votes[area[:5]] += choice.score * weight * _left(_whole(candidate, told.places), told)
            whys.setdefault(area[:5], f"named: {choice.reading.name}")
        for place in told.places:
            if place.code and place.because.endswith("spelt like"):
                votes[place.code[:5]] += place.score
        return votes, whys

    def _deepest(self, told: Told, votes: Mapping[str, float], whys: Mapping[str, str]) -> Location | None:
        city = max(sorted(votes), key=votes.__getitem__)
        share = votes[city] / sum(votes.values())
        code, score, because = city, min(1.0, votes[city]), whys.get(city, "")
        areas = [p for p in told.places if p.code and p.code.startswith(city) and len(p.code) > 5
                 and (p.type not in SHAPES or p.because == SOURCE)]
        stayed = [place for place in areas if place.start not in told.passed]
        near = [] if stayed else self._in_landmarks(told, city)
        if areas := stayed or ([] if near else areas):
            areas.sort(key=lambda p: (-len(p.code or ""), -p.score, p.start))
            code, score, because = areas[0].code or city, areas[0].score, f"named: {areas[0].name}"
            if areas[0].because == SOURCE:
                because += f", {SOURCE}"
            if any(p.code != code and len(p.code or "") == len(code) and p.score > 0.5 for p in areas):
                because += ", first of several"
        elif near:
            first = max(near, key=lambda choice: (len(choice.reading.area), choice.score))
            code, score, because = first.reading.area, first.score * IN_A_NAME, f"in a name: {first.reading.name}"
        area = self._table.areas.get(code)
        if area is None or area.lat == 0.0:
            return None
        return _spot(area.code, area.name, area.level, area.lat, area.lng, round(score * share, 3), because)

    def _in_landmarks(self, told: Told, city: str) -> list[Choice]:
        """The areas that landmarks are called after: "Puskesmas Baturetno" stands in Baturetno."""
        return [choice for candidate, choice in told.decided
                if candidate.inside and choice.sure and choice.score >= self._threshold
                and choice.reading.type in AREAS and choice.reading.area.startswith(city)
                and _whole(candidate, told.places) not in told.passed]


def _whole(candidate: Candidate, places: Sequence[Place]) -> int:
    """Where the place begins that a name is part of."""
    if candidate.inside:
        return next((p.start for p in places if p.start <= candidate.start < p.end), candidate.start)
    return candidate.start


def _left(start: int, told: Told) -> float:
    return PASSED_BY if start in told.passed else 1.0


def _elsewhere(city: str, decided: Decided, threshold: float) -> bool:
    """Whether a village is named that this city does not have, though it is not clear which one."""
    return any(
        not choice.sure and choice.score >= threshold
        and not any(reading.area.startswith(city) for reading in candidate.readings)
        for candidate, choice in decided
    )
