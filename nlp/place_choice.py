"""Which of a name's readings is meant in a text, if it is a place there at all.

Observations. 44 % of the village names are shared between kabupaten, Karanganyar by 37 places; villages are named
Dari, Jadi, Banget.

Theory. A reading starts from how often its level is meant when a name stands alone (kabupaten often,
village seldom) and gains by evidence: a designator of its level, a preposition, a capital where capitals
mean something, two words, being the only place of that name, and above all its parents: a kabupaten or
kecamatan named elsewhere in the text, the area that the watched account answers for, the place hint.
Everyday words and persons' names lose more than all of that but a designator gives back. A name of six
letters or more that is no everyday word gains without any cue: of 31 such words in 1,834 comments 28 named
the place, in the letters of another city's portal nearly all, and the rest went to `stop_names.txt`. What stays
under `thresholds.place` is no place. Where two readings of one level are nearly equal the place keeps its
span and says the runner-up, but no code: a wrong village is worse than none.

A kabupaten that stands right behind a name decides it ("Karanganyar Demak"). Where the watched account is
known, a name that means only a place in another province, or a village in another kabupaten, loses: people
name quarters and parks that are villages elsewhere ("Balekambang", "Singosaren").

What is true of a name wherever it stands (its parents, whether it is an everyday word, whether it is the only place
of its name) is a `Prospect`, reckoned once a name; a post adds up what its own words say. Two in five of the names that
are found are everyday words without a designator ("dari", "banget") that cannot reach the threshold whatever the rest
of the text says: their readings are not weighed at all.

Every fifth kelurahan of Solo is called like an everyday word (Jajar, Tipes, Kauman, Sewu). To the city addressed such a
word is its kelurahan where something points at it, a capital within a sentence or a "di"; a suburb's name needs both.
On the gold set's half kept aside location right .843 -> .882, places' precision .935 -> .937, recall .953 -> .972.

Weights were chosen on the development half of the labelled texts (`evaluation/score.py`).

Known failures. A short lower-case village name without any cue is missed unless its parents are known; a name
shared by a village and a person passes when a preposition stands before it.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from nlp.gazetteer import Gazetteer, Reading
from nlp.languages import word_set
from nlp.place_names import Candidate

BASE = {
    "provinsi": 0.6, "kabupaten_kota": 0.6, "kecamatan": 0.36, "desa_kelurahan": 0.27, "admin_lain": 0.45,
    "landmark": 0.5, "jalan": 0.5,
}
DESIGNATED, MISDESIGNATED = 0.5, -0.25
DISTINCT, DISTINCT_LETTERS = 0.14, 6  # a long name that is no everyday word names a place wherever it stands
LOCAL = frozenset(("kecamatan", "desa_kelurahan", "admin_lain"))
OF_A_CITY = 0.06  # a kelurahan of a kota is written of more often than its namesake village
ONLY, STOP, WEAK_NAME, BIG_CITY = 0.08, -0.6, -0.28, 0.05
STOP_AT_HOME = -0.15  # an everyday word that is a kelurahan of the city addressed, or a suburb of it, and pointed at
PARENT = {8: 0.34, 5: 0.24, 2: 0.06}  # by length of the parent's code: kecamatan, kabupaten, provinsi
CHILD = 0.12
WITHIN = 0.35  # "Karanganyar Demak": the kabupaten stands right behind
FAR, ELSEWHERE = -0.35, -0.15  # another province, another kabupaten than the watched account's; nothing else said
SUBURB = 0.08  # beyond the boundary of the account's city, but the same town to those who live there
CLOSE = 0.05  # readings of one level nearer than this are not told apart
SPOKEN_OF = 0.5  # from here on a name tells where its neighbours lie
LISTENED = 60  # names of a text that may speak for others
# Kabupaten names that are words too: "batang pohon", "solo riding", krama "bali" = to go home.
WEAK_NAMES = word_set("""
batang pati bali tegal sala serang malang banjar bima dompu maros bone bangka riau kediri lebak agam solok buru
buton tapin dairi karo nias asahan palu kupang subang bitung sigi landak berau paser soppeng wajo barru muna
alor ende sikka ngada belu malaka ternate papua puncak
""")


class Choice(NamedTuple):
    """The reading that won, with the arithmetic."""

    reading: Reading
    score: float
    because: str
    runner_up: str | None
    sure: bool


class Prospect(NamedTuple):
    """A reading of a name, and what is true of it wherever the name stands."""

    reading: Reading
    base: float
    parents: tuple[tuple[str, float], ...]  # code -> weight, the strongest first; none that the name itself may mean
    holds: str  # its code, where places may lie within it
    everyday: bool
    big_city: bool
    alone: bool  # the only place of its name
    distinct: float  # what it gains where the name is long and the account's area not far


class Name(NamedTuple):
    """All that a name may mean."""

    prospects: tuple[Prospect, ...]
    weak: bool
    kinds: bool  # "kota X" and "kabupaten X" both exist
    speaks: tuple[Reading, ...]  # those that it is evidence for; its kecamatan only where it is no everyday word
    most: float  # what it can reach beside its cues without a designator and a kabupaten behind it
    near: bool  # an everyday word that may be a place of the city addressed
    nothing: Choice  # where that is too little


class Evidence:
    """Areas that the text or its circumstances speak of, and who says so (a candidate, or -1)."""

    def __init__(self, given: Iterable[str], table: Gazetteer) -> None:
        self.said: dict[str, set[int]] = {code: {-1} for code in given}
        self.homes = frozenset(code[:5] for code in self.said)
        self.suburbs = table.suburbs(self.homes) if self.homes else frozenset()

    def add(self, code: str, by: int) -> bool:
        """Whether that was news."""
        news = False
        for length in (2, 5, 8, 13):
            if len(code) >= length:
                speakers = self.said.setdefault(code[:length], set())
                news = news or by not in speakers
                speakers.add(by)
        return news

    def support(self, prospect: Prospect, by: int) -> tuple[str, float]:
        """The strongest support that others than candidate `by` give: (what, weight)."""
        said = self.said
        for parent, weight in prospect.parents:
            speakers = said.get(parent)
            if speakers and (len(speakers) > 1 or by not in speakers):
                return f"parent:{parent}", weight
        holds = prospect.holds
        if holds:
            for code, speakers in said.items():
                if code.startswith(holds) and code != holds and (len(speakers) > 1 or by not in speakers):
                    return f"holds another place of the text:{holds}", CHILD
        return "", 0.0


class Choices:
    """Decides names by the arithmetic of this module's essay. Built once; what a name may mean is remembered.

    Nobody asks for the score of a choice that has less than `threshold`.
    """

    def __init__(self, table: Gazetteer, threshold: float) -> None:
        self._table = table
        self._least = min(threshold, SPOKEN_OF) or -math.inf  # a threshold of 0 takes every name
        self._names: dict[tuple[str, int], Name] = {}  # no more than the gazetteer has

    def decisions(self, found: Sequence[Candidate], given: Iterable[str]) -> list[tuple[Candidate, Choice]]:
        """Every candidate with its choice; two passes, so that a village once found helps its neighbours."""
        if not found:
            return []
        _followed(found)
        names = [self._name(candidate) for candidate in found]
        if all(_hopeless(candidate, name, self._least) for candidate, name in zip(found, names, strict=True)):
            return [(candidate, name.nothing) for candidate, name in zip(found, names, strict=True)]
        evidence = _gathered(found, names, Evidence(given, self._table))
        choices = [decide(candidate, names[at], at, evidence, self._least) for at, candidate in enumerate(found)]
        told = [at for at, choice in enumerate(choices[:LISTENED])
                if choice.sure and choice.score >= 0.6 and choice.reading.code
                and evidence.add(choice.reading.code, at)]
        for at, candidate in enumerate(found) if told else ():
            if told != [at]:  # nobody hears himself
                choices[at] = decide(candidate, names[at], at, evidence, self._least)
        return list(zip(found, choices, strict=True))

    def _name(self, candidate: Candidate) -> Name:
        key = candidate.key, len(candidate.readings)  # behind a preposition glued to it a name has fewer readings
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = name_of(candidate.key, candidate.readings, self._table)
        return name


def name_of(key: str, readings: tuple[Reading, ...], table: Gazetteer) -> Name:
    """What is true of a name wherever it stands."""
    everyday = key in table.stops
    own = {r.code for r in readings}
    villages = [r for r in readings if r.type == "desa_kelurahan" and r.inside]
    only = villages[0] if len(villages) == 1 and not everyday else None
    long = len(key) >= DISTINCT_LETTERS and not everyday
    prospects = tuple([_prospect(r, own, everyday=everyday, only=r is only, long=long) for r in readings])
    speaks = tuple([r for r in readings if r.type not in {"kecamatan", "desa_kelurahan"}])
    if not speaks and not everyday:
        speaks = tuple([r for r in readings if r.type == "kecamatan"])
    kinds = {r.name.split(" ")[0] for r in readings if r.type == "kabupaten_kota"}
    near = everyday and any(r.inside and r.type in LOCAL for r in readings)
    return Name(prospects, key in WEAK_NAMES, len(kinds) > 1, speaks, _most(prospects) if everyday else math.inf, near,
                Choice(readings[0], 0.0, "everyday word", None, sure=True))


def _prospect(reading: Reading, own: Container[str | None], *, everyday: bool, only: bool, long: bool) -> Prospect:
    kind, code, area, name = reading
    village = kind == "desa_kelurahan"
    distinct = 0.0
    if long and kind in LOCAL and reading.inside:
        distinct = DISTINCT + (OF_A_CITY if code is not None and code[3] == "7" else 0.0)
    return Prospect(
        reading, BASE[kind],
        # a kecamatan is no proof of its namesake village
        tuple([(area[:size], weight) for size, weight in PARENT.items()
               if len(area) > size and area[:size] not in own]),
        code if code and not village else "",
        everyday and kind != "kabupaten_kota",
        name.startswith("Kota "),
        only and not (len(area) > 8 and area[:8] in own),  # "Delanggu" is desa and kecamatan
        distinct,
    )


def _most(prospects: Sequence[Prospect]) -> float:
    """The most that a name can reach beside its cues; no limit where one of its readings is no everyday word."""
    if not all(prospect.everyday for prospect in prospects):
        return math.inf
    help_ = (*PARENT.values(), CHILD, SUBURB)
    return max(prospect.base for prospect in prospects) + STOP + max(help_) + 0.01  # room for rounding


def _hopeless(candidate: Candidate, name: Name, least: float) -> bool:
    """Whether it cannot reach `least`, whatever the rest of the text says."""
    return (name.most + candidate.cued < least and not candidate.designated and not candidate.within
            and not (candidate.pointed and name.near))


def _at_home(area: str, pointed: int, evidence: Evidence) -> bool:
    """Whether an area lies where the addressed city's people point to: "di Jajar" written to Solo is its kelurahan."""
    if pointed and area[3:4] == "7" and area[:5] in evidence.homes:
        return True
    return pointed > 1 and area[:8] in evidence.suburbs


def decide(candidate: Candidate, name: Name, at: int, evidence: Evidence, least: float) -> Choice:
    """The best reading of a candidate, whatever has less than `least` being none."""
    if _hopeless(candidate, name, least):
        return name.nothing
    shared, designated, within = candidate.cued, candidate.designated, candidate.within
    cues = [cue for cue, _ in candidate.cues]
    scored: list[tuple[float, Reading, list[str]]] = []
    for prospect in name.prospects:
        reading = prospect.reading
        score, why = prospect.base + shared, cues.copy()
        if designated:
            fits = designated == reading.type and _kind_fits(name, reading, cues)
            score += DESIGNATED if fits else MISDESIGNATED
            why.append("designator" if fits else "other designator")
        elif prospect.everyday:
            score += STOP_AT_HOME if _at_home(reading.area, candidate.pointed, evidence) else STOP
            why.append("everyday word")
        elif name.weak and shared <= 0:
            score += WEAK_NAME
        if prospect.big_city:
            score += BIG_CITY
        if prospect.alone:
            score += ONLY
            why.append("only place of this name")
        support, weight = evidence.support(prospect, at) if evidence.said else ("", 0.0)
        if not weight and evidence.suburbs and reading.area[:8] in evidence.suburbs:
            support, weight = "suburb of the account's city", SUBURB
        away = 0.0
        if weight:
            score += weight
            why.append(support)
        elif evidence.homes and (away := _away(reading.area[:5], reading.type == "desa_kelurahan", evidence.homes)):
            score += away
            why.append("far from the account's area")
        if prospect.distinct and not away and not candidate.person:
            score += prospect.distinct
            why.append("no everyday word")
        if within and reading.area[:5] in within and len(reading.area) > 5:
            score += WITHIN
            why.append("its kabupaten follows")
        scored.append((score, reading, why))
    return _choice(scored)


@lru_cache(maxsize=4096)
def _away(town: str, village: bool, homes: frozenset[str]) -> float:
    """What a name loses that means a place where the addressed government has no business."""
    if any(town.startswith(home) for home in homes):
        return 0.0
    if all(town[:2] != home[:2] for home in homes):
        return FAR
    return ELSEWHERE if village and all(len(home) > 2 for home in homes) else 0.0


def _followed(found: Sequence[Candidate]) -> None:
    """Tell every name which kabupaten is named right behind it: "Karanganyar Demak", "Tirto, Pekalongan"."""
    for candidate, behind in pairwise(found):
        if candidate.last == behind.first and behind.start - candidate.end <= 2 and not behind.title:
            candidate.within = frozenset(r.area for r in behind.readings if r.type == "kabupaten_kota")


def _kind_fits(name: Name, reading: Reading, cues: Sequence[str]) -> bool:
    """ "kota X" and "kabupaten X" share a level; only the official kind fits where both exist."""
    if reading.type != "kabupaten_kota" or not name.kinds:
        return True
    said = next((cue for cue in cues if cue.startswith("kind:")), "")
    return not said or reading.name.startswith(said[5:])


def _choice(scored: list[tuple[float, Reading, list[str]]]) -> Choice:
    if len(scored) > 1:
        scored.sort(key=lambda s: (-s[0], s[1].area))
    score, reading, why = scored[0]
    rivals = [s for s in scored[1:] if s[1].code != reading.code]
    same = [s for s in rivals if s[1].type == reading.type and score - s[0] < CLOSE and s[1].code]
    sure = not same or reading.type == "kabupaten_kota"
    if not sure:
        why.append(f"one of {len(same) + 1} of this name")
    because = ", ".join(why) or "name"
    return Choice(reading, max(0.0, min(1.0, score)), because, rivals[0][1].code if rivals else None, sure)


def _gathered(found: Sequence[Candidate], names: Sequence[Name], evidence: Evidence) -> Evidence:
    """What the names of a text say of each other, before any of them is decided."""
    for at, (candidate, name) in enumerate(zip(found[:LISTENED], names, strict=False)):
        best = name.speaks
        if candidate.designated and candidate.designated != "kabupaten_kota":
            best = tuple(r for r in candidate.readings if r.type == candidate.designated)
        if len(best) > 3:
            continue
        if candidate.designated or not name.weak or candidate.cued > 0:
            for reading in best:
                evidence.add(reading.area, at)
    return evidence
