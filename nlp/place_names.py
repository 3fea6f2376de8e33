"""Which of the words are names of the gazetteer, and which of a name's readings is meant.

Observations. On comments an exact match is right in a quarter of its hits: villages are named Dari, Jadi,
Banget; 44 % of the village names are shared between kabupaten, Karanganyar by 37 places. On a city's
complaints 61 % of posts hit a bare village name and only 6 % have a cue word before it.

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

Weights were chosen on the development half of the labelled texts (`evaluation/score.py`).

Known failures. A short lower-case village name without any cue is missed unless its parents are known; a name
shared by a village and a person passes when a preposition stands before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nlp.gazetteer import Gazetteer, Reading
from nlp.languages import word_set
from nlp.place_patterns import ADMIN
from nlp.tokens import Words

BASE = {
    "provinsi": 0.6, "kabupaten_kota": 0.6, "kecamatan": 0.36, "desa_kelurahan": 0.27, "admin_lain": 0.45,
    "landmark": 0.5, "jalan": 0.5,
}
DESIGNATED, MISDESIGNATED = 0.5, -0.25
DISTINCT, DISTINCT_LETTERS = 0.14, 6  # a long name that is no everyday word names a place wherever it stands
LOCAL = frozenset(("kecamatan", "desa_kelurahan", "admin_lain"))
OF_A_CITY = 0.06  # a kelurahan of a kota is written of more often than its namesake village
PREPOSED, CAPITAL, SMALL, MANY_WORDS, ONLY, IN_TAG, CAMEL, ALONE = 0.12, 0.1, -0.04, 0.12, 0.08, 0.1, 0.1, 0.15
STOP, PERSON, WEAK_NAME, BIG_CITY = -0.6, -0.4, -0.28, 0.05
PARENT = {2: 0.06, 5: 0.24, 8: 0.34}  # by length of the parent's code: provinsi, kabupaten, kecamatan
CHILD = 0.12
WITHIN = 0.35  # "Karanganyar Demak": the kabupaten stands right behind
FAR, ELSEWHERE = -0.35, -0.15  # another province, another kabupaten than the watched account's; nothing else said
SUBURB = 0.08  # beyond the boundary of the account's city, but the same town to those who live there
CLOSE = 0.05  # readings of one level nearer than this are not told apart
NAME_WORDS = 4
GLUED = ("di", "ke")
PREPOSITIONS = word_set("""
di ke dari daerah wilayah arah seputar sekitar ning neng nang ing menuju warga masyarakat wong tiyang dr sampai
sampe
""")
PERSONS = word_set("""
pak bu bapak ibu mas mbak mbah bang kang bp bpk pakde bude om tante gus kyai nyai mbok h hj ning almarhum alm
""")
TITLES = word_set("""
bupati walikota wali walkot gubernur wagub wabup pemkot pemkab pemda pemprov pemerintah polres polresta polda
dprd kodim kejari dinas dinkes dishub dpupr disdik dinsos satpol bpbd korem bkpsdm bpksdm disdukcapil
dispendukcapil depnaker disnaker diskominfo humas persis psis kapolres kapolresta kapolsek kapolda kajari dandim
danramil camat sekda kadis kepala dinkop
""")
# Kabupaten names that are words too: "batang pohon", "solo riding", krama "bali" = to go home.
WEAK_NAMES = word_set("""
batang pati bali tegal sala serang malang banjar bima dompu maros bone bangka riau kediri lebak agam solok buru
buton tapin dairi karo nias asahan palu kupang subang bitung sigi landak berau paser soppeng wajo barru muna
alor ende sikka ngada belu malaka ternate papua puncak
""")


@dataclass(slots=True)
class Candidate:
    """A name of the gazetteer in the text and everything around it that speaks for or against."""

    first: int
    last: int
    start: int
    end: int
    key: str
    readings: tuple[Reading, ...]
    designated: str | None = None  # level that the word before it names
    title: bool = False  # names an office: "Bupati Sragen"
    inside: bool = False  # part of a road's or a landmark's name: evidence, no place of its own
    cues: list[tuple[str, float]] = field(default_factory=list)
    within: frozenset[str] = frozenset()  # kabupaten that is named right behind


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading that won, with the arithmetic."""

    reading: Reading
    score: float
    because: str
    runner_up: str | None
    sure: bool


def candidates(words: Words, table: Gazetteer, covered: frozenset[int], *, capitals: bool) -> list[Candidate]:
    """Every name of the gazetteer in the text, longest first at each word, in text order."""
    found: list[Candidate] = []
    behind = 0
    for i, word in enumerate(words.fold):
        if i < behind or not _may_name(word, table):
            continue
        candidate = _at(words, table, i)
        if candidate is not None:
            candidate.inside = candidate.first in covered
            _look_around(candidate, words, table, capitals)
            found.append(candidate)
            behind = candidate.last
    return found


def _may_name(word: str, table: Gazetteer) -> bool:
    """Whether a name can begin at the word: most words are none, and are asked for first."""
    if not table.may_begin(word) and not word.startswith(GLUED):
        return False
    return len(word) >= 3 and word.isascii() and word[0].isalpha()


def _at(words: Words, table: Gazetteer, i: int) -> Candidate | None:
    folds, key, last = words.fold, "", 0
    readings: tuple[Reading, ...] = ()
    longest = ""
    for j in range(i, min(i + NAME_WORDS, len(folds))):
        word = folds[j]
        if j > i and (words.gap(j) not in {" ", "-", ""} or not word.isalpha() or len(word) < 3):
            break
        key += word
        if not table.may_begin(key):
            break
        if meant := table.readings(key):
            readings, longest, last = meant, key, j + 1
    if readings:
        return Candidate(i, last, words.starts[i], words.ends[last - 1], longest, readings)
    return _glued(words, table, i)


def _glued(words: Words, table: Gazetteer, i: int) -> Candidate | None:
    """ "disukoharjo": the blank was forgotten."""
    word = words.fold[i]
    if not word.startswith(GLUED) or len(word) <= 7 or word[2:] in table.stops:
        return None
    readings = tuple(r for r in table.readings(word[2:]) if r.type in {"kabupaten_kota", "kecamatan"})
    if not readings:
        return None
    return Candidate(i, i + 1, words.starts[i] + 2, words.ends[i], word[2:], readings,
                     cues=[("preposition", PREPOSED)])


def _look_around(candidate: Candidate, words: Words, table: Gazetteer, capitals: bool) -> None:
    i, cues = candidate.first, candidate.cues
    before = _before(words, i)
    if before in ADMIN:
        candidate.designated = ADMIN[before]
        if candidate.designated == "kabupaten_kota":
            cues.append(("kind:Kota" if before.startswith("kota") else "kind:Kabupaten", 0.0))
        before = _before(words, i - 1)
    if before in TITLES or (before == "kota" and _before(words, i - 1) in {"wali", "pemerintah", "pemkot"}):
        candidate.title = True
    if before in PREPOSITIONS:
        cues.append((f"before:{before}", PREPOSED))
    if before in PERSONS and not candidate.designated:
        cues.append((f"person:{before}", PERSON))
    if candidate.inside:
        cues.append(("in a landmark's name", PREPOSED))
    raw = words.raw[i]
    if raw[0].isupper():
        if capitals and (i == 0 or words.sentence[i] != words.sentence[i - 1]):
            cues.append(("capital at the start", CAPITAL / 2))
        elif capitals:
            cues.append(("capital", CAPITAL))
    elif capitals:
        cues.append(("no capital", SMALL))
    if candidate.last - i > 1 and candidate.key not in table.stops:
        cues.append(("several words", MANY_WORDS))
    if len(raw) > 5 and raw[1:].lower() != raw[1:] and not raw.isupper():
        cues.append(("capital inside", CAMEL))
    if candidate.last - i == len(words.raw):
        cues.append(("the whole post", ALONE))
    if i in words.tagged:
        cues.append(("hashtag", IN_TAG))


def _before(words: Words, i: int) -> str:
    """The word before word `i`, if nothing but a blank or an abbreviation's stop stands between."""
    if i <= 0:
        return ""
    gap = words.gap(i)
    return words.fold[i - 1] if gap.strip() in {"", ".", ":"} and "\n" not in gap else ""


class Evidence:
    """Areas that the text or its circumstances speak of, and who says so (a candidate, or -1)."""

    def __init__(self, given: Iterable[str], table: Gazetteer) -> None:
        self._said: dict[str, set[int]] = {code: {-1} for code in given}
        self.homes = frozenset(code[:5] for code in self._said)
        self.suburbs = frozenset(code for home in self.homes if home in table.areas for code in table.around(home))

    def add(self, code: str, by: int) -> None:
        for length in (2, 5, 8, 13):
            if len(code) >= length:
                self._said.setdefault(code[:length], set()).add(by)

    def for_reading(self, reading: Reading, by: int, own: frozenset[str]) -> tuple[str, float]:
        """The strongest support that others than candidate `by` give: (what, weight).

        `own` are the codes that the name itself may mean: a kecamatan is no proof of its namesake village.
        """
        best, why = 0.0, ""
        if not self._said:
            return why, best
        for length, weight in PARENT.items():
            parent = reading.area[:length]
            if len(reading.area) <= length or weight <= best or parent in own:
                continue
            if self._said.get(parent, set()) - {by}:
                best, why = weight, f"parent:{parent}"
        if reading.code and not best and any(
            len(code) > len(reading.code) and code.startswith(reading.code) and said - {by}
            for code, said in self._said.items()
        ):
            return f"holds another place of the text:{reading.code}", CHILD
        return why, best


def decide(candidate: Candidate, at: int, evidence: Evidence, table: Gazetteer) -> Choice:
    """The best reading of a candidate by the arithmetic of this module's essay."""
    inside = [r for r in candidate.readings if r.inside and r.type == "desa_kelurahan"]
    shared = sum(weight for _, weight in candidate.cues)
    codes = frozenset(r.code for r in candidate.readings if r.code)
    distinct = _is_distinct(candidate, table)
    scored: list[tuple[float, Reading, list[str]]] = []
    cues = [cue for cue, _ in candidate.cues]
    for reading in candidate.readings:
        score, why = BASE[reading.type] + shared, cues.copy()
        if candidate.designated:
            fits = candidate.designated == reading.type and _kind_fits(candidate, reading)
            score += DESIGNATED if fits else MISDESIGNATED
            why.append("designator" if fits else "other designator")
        elif reading.type != "kabupaten_kota" and candidate.key in table.stops:
            score += STOP
            why.append("everyday word")
        elif candidate.key in WEAK_NAMES and shared <= 0:
            score += WEAK_NAME
        if reading.name.startswith("Kota "):
            score += BIG_CITY
        namesake = reading.area[:8] in codes and len(reading.area) > 8  # "Delanggu" is desa and kecamatan
        alone = reading.type == "desa_kelurahan" and len(inside) == 1 and not namesake
        if alone and candidate.key not in table.stops:
            score += ONLY
            why.append("only place of this name")
        support, weight = evidence.for_reading(reading, at, codes)
        if not weight and reading.area[:8] in evidence.suburbs:
            support, weight = "suburb of the account's city", SUBURB
        away = 0.0 if weight else _away(reading, evidence.homes)
        if weight:
            score += weight
            why.append(support)
        elif away:
            score += away
            why.append("far from the account's area")
        if distinct and not away and reading.inside and reading.type in LOCAL:
            score += DISTINCT + (OF_A_CITY if _in_a_city(reading) else 0.0)
            why.append("no everyday word")
        if reading.area[:5] in candidate.within and len(reading.area) > 5:
            score += WITHIN
            why.append("its kabupaten follows")
        scored.append((score, reading, why))
    scored.sort(key=lambda s: (-s[0], s[1].area))
    return _choice(scored)


def _is_distinct(candidate: Candidate, table: Gazetteer) -> bool:
    """Whether the name is long and no everyday word: "kaligawe", not "dari"; persons are named otherwise."""
    return (
        len(candidate.key) >= DISTINCT_LETTERS and candidate.key not in table.stops
        and not any(cue.startswith("person:") for cue, _ in candidate.cues)
    )


def _in_a_city(reading: Reading) -> bool:
    return reading.code is not None and reading.code[3] == "7"


def _away(reading: Reading, homes: frozenset[str]) -> float:
    """What a name loses that means a place where the addressed government has no business."""
    if not homes or any(reading.area.startswith(home) for home in homes):
        return 0.0
    if all(reading.area[:2] != home[:2] for home in homes):
        return FAR
    return ELSEWHERE if reading.type == "desa_kelurahan" and all(len(home) > 2 for home in homes) else 0.0


def _followed(found: Sequence[Candidate]) -> None:
    """Tell every name which kabupaten is named right behind it: "Karanganyar Demak", "Tirto, Pekalongan"."""
    for candidate, behind in pairwise(found):
        if candidate.last == behind.first and behind.start - candidate.end <= 2 and not behind.title:
            candidate.within = frozenset(r.area for r in behind.readings if r.type == "kabupaten_kota")


def _kind_fits(candidate: Candidate, reading: Reading) -> bool:
    """ "kota X" and "kabupaten X" share a level; only the official kind fits where both exist."""
    kinds = {r.name.split(" ")[0] for r in candidate.readings if r.type == "kabupaten_kota"}
    if reading.type != "kabupaten_kota" or len(kinds) < 2:
        return True
    said = next((cue for cue, _ in candidate.cues if cue.startswith("kind:")), "")
    return not said or reading.name.startswith(said[5:])


def _choice(scored: Sequence[tuple[float, Reading, list[str]]]) -> Choice:
    score, reading, why = scored[0]
    rivals = [s for s in scored[1:] if s[1].code != reading.code]
    rival = rivals[0] if rivals else None
    same = [s for s in rivals if s[1].type == reading.type and score - s[0] < CLOSE and s[1].code]
    sure = not same or reading.type == "kabupaten_kota"
    if not sure:
        why.append(f"one of {len(same) + 1} of this name")
    because = ", ".join(why) or "name"
    return Choice(reading, max(0.0, min(1.0, score)), because, rival[1].code if rival else None, sure)


def gather(found: Sequence[Candidate], given: Iterable[str], table: Gazetteer) -> Evidence:
    """What the names of a text say of each other, before any of them is decided."""
    evidence = Evidence(given, table)
    for at, candidate in enumerate(found[:60]):
        best = [r for r in candidate.readings if r.type not in {"kecamatan", "desa_kelurahan"}]
        if candidate.designated and candidate.designated != "kabupaten_kota":
            best = [r for r in candidate.readings if r.type == candidate.designated]
        elif not best and candidate.key not in table.stops:
            best = [r for r in candidate.readings if r.type == "kecamatan"]
        if candidate.designated or candidate.key not in WEAK_NAMES or sum(weight for _, weight in candidate.cues) > 0:
            for reading in best if len(best) <= 3 else ():
                evidence.add(reading.area, at)
    return evidence


def decisions(
    found: Sequence[Candidate], given: Iterable[str], table: Gazetteer
) -> Iterator[tuple[Candidate, Choice]]:
    """Every candidate with its choice; two passes, so that a village once found helps its neighbours."""
    _followed(found)
    evidence = gather(found, given, table)
    first = [decide(candidate, at, evidence, table) for at, candidate in enumerate(found)]
    learnt = [(choice.reading.code, at) for at, choice in enumerate(first[:60])
              if choice.sure and choice.score >= 0.6 and choice.reading.code]
    for code, at in learnt:
        evidence.add(code, at)
    again = learnt and len(found) > 1
    for at, candidate in enumerate(found):
        yield candidate, (decide(candidate, at, evidence, table) if again else first[at])
