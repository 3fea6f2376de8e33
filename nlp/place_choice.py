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

An everyday word before its own kabupaten is a kecamatan ("gabus pati", "wedi klaten"). A short form ("sgn", "tgl") is
its town only where something lies in it. Where a name may mean several villages of one kabupaten or kecamatan that much
is sure, and helps its neighbours.

Every fifth kelurahan of Solo is called like an everyday word (Jajar, Tipes, Kauman, Sewu). To the city addressed such a
word is its kelurahan where something points at it, a capital within a sentence or a "di"; a suburb's name needs both.
On the gold set's half kept aside location right .843 -> .882, places' precision .935 -> .937, recall .953 -> .972.

Weights were chosen on the development half of the labelled texts (`evaluation/score.py`).

Known failures. A short lower-case village name without any cue is missed unless its parents are known; a name
shared by a village and a person passes when a preposition stands before it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Container, Sequence
from functools import lru_cache
from typing import NamedTuple

from nlp.gazetteer import Gazetteer, Reading, in_a_kota
from nlp.languages import word_set
from nlp.place_names import Candidate, told_what_follows

BASE = {
    "provinsi": 0.6, "kabupaten_kota": 0.6, "kecamatan": 0.36, "desa_kelurahan": 0.27, "admin_lain": 0.45,
    "landmark": 0.5, "jalan": 0.5,
}
DESIGNATED, MISDESIGNATED = 0.5, -0.25
DISTINCT, DISTINCT_LETTERS = 0.14, 6  # a long name that is no everyday word names a place wherever it stands
LOCAL = frozenset(("kecamatan", "desa_kelurahan", "admin_lain"))
SHORT_NAME = 0.06  # a kecamatan of five letters or fewer that is no everyday word: "lasem", "kajen"
OF_A_CITY = 0.06  # a kelurahan of a kota is written of more often than its namesake village
ONLY, STOP, WEAK_NAME, BIG_CITY = 0.08, -0.6, -0.28, 0.05
STOP_AT_HOME = -0.15  # an everyday word that is a kelurahan of the city addressed, or a suburb of it, and pointed at
PARENT = {8: 0.34, 5: 0.24, 2: 0.06}  # by length of the parent's code: kecamatan, kabupaten, provinsi
CHILD = 0.12
FAINT, FAINT_BESIDE = -0.5, -0.05  # "tgl", "kbm": alone a date and a lesson, beside a place of theirs a town
WITHIN = 0.35  # "Karanganyar Demak": the kabupaten stands right behind
FAR, ELSEWHERE = -0.35, -0.15  # another province, another kabupaten than the watched account's; nothing else said
SUBURB = 0.08  # beyond the boundary of the account's city, but the same town to those who live there
CLOSE = 0.05  # readings of one level nearer than this are not told apart
SPOKEN_OF = 0.5  # from here on a name tells where its neighbours lie
CODE_LENGTHS = (2, 5, 8, 13)
CIRCUMSTANCES = 1  # the bit of what is known without the text; its names have the higher ones
NOWHERE: frozenset[str] = frozenset()
LISTENED = 60  # names of a text that may speak for others
# Kabupaten names that are words too: "batang pohon", "solo riding", krama "bali" = to go home.
WEAK_NAMES = word_set("""
batang pati bali tegal sala serang malang banjar bima dompu maros bone bangka riau kediri lebak agam solok buru
buton tapin dairi karo nias asahan palu kupang subang bitung sigi landak berau paser soppeng wajo barru muna
alor ende sikka ngada belu malaka ternate papua puncak batu metro
""")


class Choice(NamedTuple):
    """The reading that won, with the arithmetic."""

    reading: Reading
    score: float
    because: str
    runner_up: str | None
    sure: bool
    common: str  # code of the smallest area that holds all that it may mean; "" where there is none


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
    faint: bool  # a short form, a place only beside something that lies in it
    most: float  # what it can reach beside its cues without a designator and a kabupaten behind it
    near: bool  # an everyday word that may be a place of the city addressed
    nothing: Choice  # where that is too little


# A score and what made it, beside the cues: its reading, whether the designator fits, who or what supports it, what it
# gains as a long name, whether its kabupaten stands right behind.
Scored = tuple[float, Prospect, bool, str, float, bool]


class Evidence:
    """Areas that the text or its circumstances speak of, and who says so: sets of bits, one a speaker."""

    def __init__(self, given: Collection[str], table: Gazetteer) -> None:
        self.said: dict[str, int] = dict.fromkeys(given, CIRCUMSTANCES)
        self.speakers = CIRCUMSTANCES if given else 0  # all of them
        self.homes = frozenset([code[:5] for code in given]) if given else NOWHERE
        self.suburbs = table.suburbs(self.homes) if given else NOWHERE

    def add(self, code: str, by: int) -> bool:
        """Whether that was news."""
        said, news = self.said, False
        for length in CODE_LENGTHS:
            if len(code) >= length:
                speakers = said.get(code[:length], 0)
                news = news or not speakers & by
                said[code[:length]] = speakers | by
        self.speakers |= by
        return news

    def holds(self, area: str, by: int) -> bool:
        """Whether others than candidate `by` speak of something within an area."""
        others = ~by
        return any(code.startswith(area) and len(code) > len(area) and speakers & others
                   for code, speakers in self.said.items())

    def support(self, prospect: Prospect, by: int) -> tuple[str, float]:
        """The strongest support that others than candidate `by` give: (what, weight)."""
        said, others = self.said, ~by
        best = ("", 0.0)
        for parent, weight in prospect.parents:
            if said.get(parent, 0) & others:
                best = f"parent:{parent}", weight
                break
        if prospect.holds and best[1] < CHILD and self.holds(prospect.holds, by):
            best = f"holds another place of the text:{prospect.holds}", CHILD
        return best


class Choices:
    """Decides names by the arithmetic of this module's essay. Built once; what a name may mean is remembered.

    Nobody asks for the score of a choice that has less than `threshold`.
    """

    def __init__(self, table: Gazetteer, threshold: float) -> None:
        self._table = table
        self._least = min(threshold, SPOKEN_OF) or -math.inf  # a threshold of 0 takes every name
        self._names: dict[tuple[str, int], Name] = {}  # no more than the gazetteer has

    def decisions(self, found: Sequence[Candidate], given: Collection[str]) -> list[tuple[Candidate, Choice]]:
        """Every candidate with its choice; two passes, so that a village once found helps its neighbours."""
        if not found:
            return []
        told_what_follows(found)
        names = [self._name(candidate) for candidate in found]
        choices = [name.nothing for name in names]
        open_ = [at for at, name in enumerate(names) if not _hopeless(found[at], name, self._least)]
        if open_:
            evidence = Evidence(given, self._table)
            if len(found) > 1:  # nobody hears himself
                _gather(found, names, evidence)
            for at in open_:
                choices[at] = decide(found[at], names[at], 2 << at, evidence)
            if len(open_) > 1:
                told = [at for at in open_ if at < LISTENED and _tells(choices[at], 2 << at, evidence)]
                for at in open_ if told else ():
                    if told != [at]:
                        choices[at] = decide(found[at], names[at], 2 << at, evidence)
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
    town = any(r.inside and r.type == "kabupaten_kota" for r in readings)  # it is meant before its namesake villages
    long = len(key) >= DISTINCT_LETTERS and not everyday and not town
    prospects = tuple([_prospect(r, own, everyday=everyday, only=r is only, long=long) for r in readings])
    speaks = tuple([r for r in readings if r.type not in {"kecamatan", "desa_kelurahan"}])
    if not speaks and not everyday:
        speaks = tuple([r for r in readings if r.type == "kecamatan"])
    kinds = {r.name.split(" ")[0] for r in readings if r.type == "kabupaten_kota"}
    near = everyday and any(r.inside and r.type in LOCAL for r in readings)
    return Name(prospects, key in WEAK_NAMES, len(kinds) > 1, speaks if key not in table.faint else (),
                key in table.faint, _most(prospects) if everyday else math.inf, near,
                Choice(readings[0], 0.0, "everyday word", None, sure=True, common=readings[0].area))


def _prospect(reading: Reading, own: Container[str | None], *, everyday: bool, only: bool, long: bool) -> Prospect:
    kind, code, area, name = reading
    village = kind == "desa_kelurahan"
    distinct = SHORT_NAME if kind == "kecamatan" and reading.inside and not (everyday or long) else 0.0
    if long and kind in LOCAL and reading.inside:
        distinct = DISTINCT + (OF_A_CITY if code is not None and in_a_kota(code) else 0.0)
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
    if pointed and in_a_kota(area) and area[:5] in evidence.homes:
        return True
    return pointed > 1 and area[:8] in evidence.suburbs


def decide(candidate: Candidate, name: Name, by: int, evidence: Evidence) -> Choice:
    """The best reading of a candidate that has hope. `by`: its bit."""
    shared, designated, within = candidate.cued, candidate.designated, candidate.within
    heard, homes, suburbs = evidence.speakers & ~by, evidence.homes, evidence.suburbs
    weak = name.weak and shared <= 0
    scored: list[Scored] = []
    for prospect in name.prospects:
        reading, base, _, _, everyday, big_city, alone, distinct = prospect
        kind, _, area, _ = reading
        score = base + shared
        fits = False
        if designated:
            fits = designated == kind and _kind_fits(name, reading, candidate.cues)
            score += DESIGNATED if fits else MISDESIGNATED
        elif everyday and kind == "kecamatan" and (area[:5] in within or (heard and evidence.holds(area, by))):
            pass  # "gabus pati", "wedi klaten": the fish and the fear stand before no town of theirs
        elif everyday and candidate.seat and kind == "kecamatan":
            pass  # "pertigaan secang"
        elif everyday:
            score += STOP_AT_HOME if _at_home(area, candidate.pointed, evidence) else STOP
        elif weak:
            score += WEAK_NAME
        if big_city:
            score += BIG_CITY
        if alone:
            score += ONLY
        support, weight = evidence.support(prospect, by) if heard else ("", 0.0)
        if name.faint:
            score = base + (FAINT_BESIDE if heard and evidence.holds(area, by) else FAINT)
        if not weight and suburbs and area[:8] in suburbs:
            support, weight = "suburb of the account's city", SUBURB
        away = 0.0
        follows = bool(within) and ((area[:5] in within and len(area) > 5) or (area[:8] in within and len(area) > 8))
        if weight:
            score += weight
        elif homes and not follows and (away := _away(area[:5], kind == "desa_kelurahan", homes)):
            if kind == "kabupaten_kota" and shared > 0:  # "wong bantul" is from there, whoever is told
                away = max(away, ELSEWHERE)
            score += away
            support = "far from the account's area"
        if distinct and (away or candidate.person):
            distinct = 0.0
        elif distinct:
            score += distinct
        if follows:
            score += WITHIN
        scored.append((score, prospect, fits, support, distinct, follows))
    return _choice(scored, candidate)


def _because(won: Scored, candidate: Candidate) -> list[str]:
    """What spoke for and against the reading that won, in the order in which it was weighed."""
    _, prospect, fits, support, distinct, follows = won
    why = [cue for cue, _ in candidate.cues]
    if candidate.designated:
        why.append("designator" if fits else "other designator")
    elif prospect.everyday:
        why.append("everyday word")
    if prospect.alone:
        why.append("only place of this name")
    if support:
        why.append(support)
    if distinct:
        why.append("no everyday word")
    if follows:
        why.append("its kabupaten follows")
    return why


@lru_cache(maxsize=4096)
def _away(town: str, village: bool, homes: frozenset[str]) -> float:
    """What a name loses that means a place where the addressed government has no business."""
    if any(town.startswith(home) for home in homes):
        return 0.0
    if all(town[:2] != home[:2] for home in homes):
        return FAR
    return ELSEWHERE if village and all(len(home) > 2 for home in homes) else 0.0


def _kind_fits(name: Name, reading: Reading, cues: Sequence[tuple[str, float]]) -> bool:
    """ "kota X" and "kabupaten X" share a level; only the official kind fits where both exist."""
    if reading.type != "kabupaten_kota" or not name.kinds:
        return True
    said = next((cue for cue, _ in cues if cue.startswith("kind:")), "")
    return not said or reading.name.startswith(said[5:])


def _tells(choice: Choice, by: int, evidence: Evidence) -> bool:
    """Whether a choice is sure enough to help its neighbours, and tells them what they did not know."""
    return bool(choice.common and choice.score >= 0.6 and choice.reading.code and evidence.add(choice.common, by))


def _choice(scored: list[Scored], candidate: Candidate) -> Choice:
    sure, runner_up = True, None
    more: list[str] = []
    same: list[Reading] = []
    if len(scored) > 1:
        scored.sort(key=lambda s: (-s[0], s[1].reading.area))
        best, reading = scored[0][0], scored[0][1].reading
        rivals = [(score, prospect.reading) for score, prospect, *_ in scored[1:]
                  if prospect.reading.code != reading.code]
        same = [r for score, r in rivals if r.type == reading.type and best - score < CLOSE and r.code]
        sure = not same or reading.type == "kabupaten_kota"
        runner_up = rivals[0][1].code if rivals else None
        more = [] if sure else [f"one of {len(same) + 1} of this name"]
    score, prospect, *_ = scored[0]
    because = ", ".join(_because(scored[0], candidate) + more) or "name"
    meant = prospect.reading
    common = meant.area if sure else _common([meant, *same])
    return Choice(meant, max(0.0, min(1.0, score)), because, runner_up, sure, common)


def _common(readings: Sequence[Reading]) -> str:
    """Code of the kabupaten or kecamatan that holds them all, "" where none does."""
    for length in (8, 5):
        codes = {reading.area[:length] for reading in readings}
        if len(codes) == 1 and all(len(reading.area) > length for reading in readings):
            return codes.pop()
    return ""


def _gather(found: Sequence[Candidate], names: Sequence[Name], evidence: Evidence) -> None:
    """What the names of a text say of each other, before any of them is decided."""
    for at, (candidate, name) in enumerate(zip(found[:LISTENED], names, strict=False)):
        best = name.speaks
        if candidate.designated and candidate.designated != "kabupaten_kota":
            best = tuple(r for r in candidate.readings if r.type == candidate.designated)
        if len(best) > 3:
            continue
        if candidate.designated or not name.weak or candidate.cued > 0:
            for reading in best:
                evidence.add(reading.area, 2 << at)
