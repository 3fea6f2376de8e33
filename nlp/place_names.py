"""Which of the words are names of the gazetteer, and what stands around each of them.

Observations. On comments an exact match is right in a quarter of its hits: villages are named Dari, Jadi,
Banget. On a city's complaints 61 % of posts hit a bare village name and only 6 % have a cue word before it. So a
name that is found here is a candidate and no place yet; `nlp.place_choice` says which of its readings is meant, if any.

Theory. What is said before a name ("di", "kec.", "Bupati", "Pak"), its capital, a hashtag and several words are cues,
each with a weight; the weights were chosen with those of `nlp.place_choice`. What a word can begin is looked up once
and remembered: most words begin no name, and a post has few that do.

Thumbs add, drop, swap or miss a letter, and Javanese hangs its suffix on a name: "kartsura", "kebonane",
"wonogiriku". A word that nobody uses otherwise (`gazetteer.spoken_words`, 9,642 of our own posts and all of the lists)
is a name of ours behind a suffix, or one letter away from a town or a kecamatan (`nlp.slips`). A short form of a town
begins longer names ("pwt utara"). On 226 posts written for it, read by nobody who mends (the fifth gold set's half kept
aside), places' recall .81 -> .88 at precision .98 with these, more spots and more openings of names.

Known failures. A village's name with a letter wrong is not seen, nor one joined with a word other than "di" and "ke".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from nlp.gazetteer import TOWNS, Gazetteer, Reading
from nlp.languages import word_set
from nlp.place_patterns import ADMIN, JUNCTIONS
from nlp.slips import Slips
from nlp.tokens import Words

PREPOSED, CAPITAL, SMALL, MANY_WORDS, IN_TAG, CAMEL, ALONE = 0.12, 0.1, -0.04, 0.12, 0.1, 0.1, 0.15
PERSON = -0.4
OWNED, MISSPELT, ANOTHER_TOWN = -0.02, -0.08, -0.5
ALONE_IN = {"solo": word_set("riding rider travel traveling traveler traveller touring player karir album gitar")}
SEATS = JUNCTIONS | word_set("puskesmas pkm polsek koramil stasiun terminal kantor")
JOGJAS = frozenset(("kemantren", "kapanewon"))  # what a kecamatan is called there; one village is called so too
SUFFIXES = ("nya", "ku", "ne", "an", "e")
TYPED_LETTERS = 6  # of a name that is known behind a suffix
NAME_WORDS, NAME_LETTERS = 4, 3  # words of a name at the most, letters of each at the least
GLUED = ("di", "ke")
REMEMBERED = 50_000  # words that are kept with what they can begin; the table starts anew when chatter has filled it
PREPOSITIONS = word_set("""
di ke dari daerah wilayah kawasan arah seputar sekitar sekitaran ning neng nang ing wonten menyang menuju saking seko
saka teko tekan warga masyarakat wong tiyang dr sampai sampe
""")
PLACED = word_set("di neng nang ning ing wonten")
# Where one may be without naming a village: behind a preposition these need their capital.
SPOTS = word_set("bumi sumber candi tugu panggung kraton pesantren bendungan dukuh joglo kuningan")
PERSONS = word_set("""
pak bu bapak ibu mas mbak mbah bang kang bp bpk pakde bude om tante gus kyai nyai mbok h hj ning almarhum alm
""")
TITLES = word_set("""
bupati walikota wali walkot gubernur wagub wabup pemkot pemkab pemda pemprov pemerintah polres polresta polda
dprd kodim kejari dinas dinkes dishub dpupr disdik dinsos satpol bpbd korem bkpsdm bpksdm disdukcapil
dispendukcapil depnaker disnaker diskominfo humas persis psis kapolres kapolresta kapolsek kapolda kajari dandim
danramil camat sekda kadis kepala dinkop
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
    person: bool = False  # stands behind "pak", "mbak"
    inside: bool = False  # part of a road's or a landmark's name: evidence, no place of its own
    seat: bool = False  # part of the name of what a kecamatan has one of: "puskesmas Sadang"
    cues: list[tuple[str, float]] = field(default_factory=list)
    cued: float = 0.0  # what the cues weigh together
    pointed: int = 0  # how many signs say that a place is meant: a capital within a sentence, "di" or "neng" before it
    within: frozenset[str] = frozenset()  # what kabupaten or kecamatan the name right behind may mean

    def add(self, cue: str, weight: float) -> None:
        self.cues.append((cue, weight))
        self.cued += weight


class Start(NamedTuple):
    """What a word can begin: a name by itself, a longer one, one behind a preposition whose blank was forgotten."""

    alone: tuple[Reading, ...]
    follows: frozenset[str]  # first letters of words that may go on with the longer one
    glued: tuple[Reading, ...]
    key: str = ""  # the name itself where the word is another form of it: "kebonane", "kartsura"
    typed: tuple[str, float] | None = None  # the cue of such a form


NOTHING = Start((), frozenset(), ())


class Names:
    """Finds the names of a gazetteer. Built once; what a word can begin is looked up once and remembered.

    A word of `spoken` is no name with a suffix or a slip of the thumb in it.
    """

    def __init__(self, table: Gazetteer, spoken: frozenset[str] = frozenset()) -> None:
        self._table = table
        self._keys = sorted(table.keys())
        self._spoken = spoken
        self._slips = Slips(table)
        self._starts: dict[str, Start] = {}

    def candidates(self, words: Words, covered: Mapping[int, str], *, capitals: bool) -> list[Candidate]:
        """Every name of the gazetteer in the text, longest first at each word, in text order.

        `covered`: which words are part of a road's or a landmark's name, and what told so.
        """
        found: list[Candidate] = []
        starts = self._starts
        behind = 0
        folds = words.fold
        for i, word in enumerate(folds):
            start = starts.get(word) or self._start(word)
            if start is NOTHING or i < behind:
                continue
            if not (start.alone or start.glued or "".join(folds[i + 1 : i + 2])[:NAME_LETTERS] in start.follows):
                continue
            candidate = self._at(words, i, start)
            if candidate is not None and not _is_no_name(words, candidate, self._table.faint):
                candidate.inside = i in covered
                candidate.seat = covered.get(i, "").removeprefix("designator:") in SEATS
                self._look_around(candidate, words, capitals)
                found.append(candidate)
                behind = candidate.last
        return found

    def _start(self, word: str) -> Start:
        if len(self._starts) >= REMEMBERED:
            self._starts.clear()
        start = self._starts[word] = self._looked_up(word)
        return start

    def _looked_up(self, word: str) -> Start:
        if len(word) < NAME_LETTERS or not word.isascii() or not word[0].isalpha():
            return NOTHING
        table = self._table
        alone, follows, glued = table.readings(word), self._follows(table.short.get(word, word)), self._glued(word)
        if alone or glued or (follows and table.may_begin(word)):
            return Start(alone, follows, glued)
        return self._as_typed(word, follows)

    def _as_typed(self, word: str, follows: frozenset[str]) -> Start:
        """A name of ours behind a suffix or a slip: "kebonane", "wonogiriku", "kartsura"."""
        table = self._table
        if len(word) >= TYPED_LETTERS and word not in self._spoken:
            for suffix in SUFFIXES:
                stem = word.removesuffix(suffix)
                if stem != word and len(stem) >= TYPED_LETTERS and (readings := table.ours(stem)):
                    return Start(readings, follows, (), stem, ("with a suffix", OWNED))
            if key := self._slips.name_like(word):
                return Start(table.ours(key), follows, (), key, ("spelt like", MISSPELT))
        return Start((), follows, ()) if follows else NOTHING

    def _follows(self, word: str) -> frozenset[str]:
        size, found = len(word), set[str]()
        for at in range(bisect_right(self._keys, word), len(self._keys)):
            key = self._keys[at]
            if not key.startswith(word):
                break
            found.add(key[size:size + NAME_LETTERS])
        return frozenset(letters for letters in found if len(letters) == NAME_LETTERS)

    def _glued(self, word: str) -> tuple[Reading, ...]:
        """ "disukoharjo": the blank was forgotten."""
        if not word.startswith(GLUED) or len(word) <= 7 or word[2:] in self._table.stops:
            return ()
        return tuple(r for r in self._table.readings(word[2:]) if r.type in TOWNS)

    def _at(self, words: Words, i: int, start: Start) -> Candidate | None:
        readings, last = start.alone, i + 1
        longest = words.fold[i]
        key = self._table.short.get(longest, longest)
        for j in range(i + 1, min(i + NAME_WORDS, len(words.fold))) if start.follows else ():
            word = words.fold[j]
            key += word
            if not self._table.may_begin(key) or len(word) < NAME_LETTERS or not word.isalpha():
                break
            if words.gap(j) not in {" ", "-", ""}:
                break
            if meant := self._table.readings(key):
                readings, longest, last = meant, key, j + 1
        if readings:
            candidate = Candidate(i, last, words.starts[i], words.ends[last - 1], longest, readings)
            if start.typed and readings is start.alone:
                candidate.key = start.key
                candidate.cues.append(start.typed)
            return candidate
        if start.glued:
            return Candidate(i, i + 1, words.starts[i] + 2, words.ends[i], words.fold[i][2:], start.glued,
                             cues=[("preposition", PREPOSED)])
        return None

    def _look_around(self, candidate: Candidate, words: Words, capitals: bool) -> None:
        i, cues = candidate.first, candidate.cues
        before = _before(words, i)
        if before in ADMIN:
            candidate.designated = ADMIN[before]
            if candidate.designated == "kabupaten_kota":
                if full := self._table.short.get(candidate.key):  # "kab smg" is not the city
                    candidate.key, candidate.readings = full, self._table.readings(full)
                cues.append(("kind:Kota" if before.startswith("kota") else "kind:Kabupaten", 0.0))
            before = _before(words, i - 1)
        if before in TITLES or (before == "kota" and _before(words, i - 1) in {"wali", "pemerintah", "pemkot"}):
            candidate.title = True
        if before in PREPOSITIONS:
            cues.append((f"before:{before}", PREPOSED))
            candidate.pointed += before in PLACED and (candidate.key not in SPOTS or words.raw[i][0].isupper())
        if before in PERSONS and not candidate.designated and not _is_in(before, words, i):
            candidate.person = True
            cues.append((f"person:{before}", PERSON))
        if candidate.inside:
            cues.append(("in a landmark's name", PREPOSED))
            candidate.pointed += 1
        raw = words.raw[i]
        if raw[0].isupper():
            if capitals and (i == 0 or words.sentence[i] != words.sentence[i - 1]):
                cues.append(("capital at the start", CAPITAL / 2))
            elif capitals:
                cues.append(("capital", CAPITAL))
                candidate.pointed += 1
        elif capitals:
            cues.append(("no capital", SMALL))
        if candidate.last - i > 1 and candidate.key not in self._table.stops:
            cues.append(("several words", MANY_WORDS))
        if len(raw) > 5 and raw[1:].lower() != raw[1:] and not raw.isupper():
            cues.append(("capital inside", CAMEL))
        if candidate.last - i == len(words.raw):
            cues.append(("the whole post", ALONE))
        if i in words.tagged:
            cues.append(("hashtag", IN_TAG))
        candidate.cued = sum([weight for _, weight in cues])


def _is_no_name(words: Words, candidate: Candidate, faint: Container[str]) -> bool:
    """ "Solo riding", "kemantren jetis", "tgl 5": here the word is something else."""
    folds, i = words.fold, candidate.first
    if candidate.last > i + 1 or candidate.last >= len(folds):
        return False
    word, behind = folds[i], folds[candidate.last]
    return behind in ALONE_IN.get(word, ()) or (word in JOGJAS and behind.isalpha()) or (
        word in faint and behind[0].isdigit())


def _is_in(before: str, words: Words, i: int) -> bool:
    """ "Ning" with a capital is a lady, "ning" is "in"."""
    return before in PLACED and words.raw[i - 1].islower()


def _before(words: Words, i: int) -> str:
    """The word before word `i`, if nothing but a blank or an abbreviation's stop stands between."""
    if i <= 0:
        return ""
    gap = words.gap(i)
    return words.fold[i - 1] if gap == " " or (gap.strip() in {"", ".", ":"} and "\n" not in gap) else ""


def told_what_follows(found: Sequence[Candidate]) -> None:
    """Tell every name which towns are named right behind it: "Karanganyar Demak", "Tirto, Pekalongan"."""
    for candidate, behind in pairwise(found):
        if candidate.last == behind.first and behind.start - candidate.end <= 2 and not behind.title:
            candidate.within = frozenset([r.area for r in behind.readings if r.type in TOWNS])
            if candidate.readings[0].code is None and _far_apart(candidate.readings, behind.readings):
                candidate.add("another town follows", ANOTHER_TOWN)


def _far_apart(spots: Sequence[Reading], behind: Sequence[Reading]) -> bool:
    """ "Simpang Lima Purwodadi": every town has one, and the one that is known lies elsewhere."""
    towns = {r.area[:5] for r in behind if r.type in TOWNS}
    return bool(towns) and all(spot.area[:5] not in towns for spot in spots)
