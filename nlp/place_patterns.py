"""Finds places that stand in no table: roads, junctions, landmarks, hamlets, RT/RW, kilometre marks.

Observations. No road list for these cities may be shipped, and people name a place by what stands there:
"sebelum bangjo Masjid ...", "etan kreteg ...". What gives a name away is the word before it. How far the
name reaches is told by capitals, where the writer uses them at all, else by the first everyday word.

Theory. A designator opens a name; words follow while they are capitalised (or, in a text without
capitals, while they are not everyday words, at most two). "jalan" alone is weak: it also means to walk
and stands before every "rusak"; it needs a capital, a title ("jend", "raya") or a known name behind it.

Known failures. A lower-case road name that is an everyday word ("jalan damai") is missed after a bare
"jalan"; a shop's name of more than three lower-case words is cut short.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from nlp import LANGUAGES
from nlp.gazetteer import Gazetteer, key_of, listed
from nlp.languages import word_set
from nlp.tokens import ABBREVIATIONS, Words

RT_RW = re.compile(
    r"(?<!\w)rt\s?\.?\s?(?:\d{1,3}|[ivx]{1,4}\b)"
    r"(?:(?:\s?[/.,\-]\s?(?:rw\s?\.?\s?)?|\s?rw\s?\.?\s?)(?:\d{1,3}|[ivx]{1,4}\b))?"
    r"|(?<!\w)rw\s?\.?\s?(?:\d{1,3}|[ivx]{1,4}\b)",
    re.IGNORECASE,
)
# Verbs and nouns made from verbs; a village that looks so is known to the gazetteer.
VERB = re.compile(
    r"(?:di|ter|ber|meng|mem|men|meny|pem|pen|peng)[a-z]{4,}|(?:ke|pe|per)[a-z]{3,}an$|[a-z]{4,}(?:nya|kan)$"
)
KM = re.compile(r"(?<![\d\w])(?<!\d )km\.?\s?\d{1,3}(?:[.,+]\d{1,3})?(?!\w)", re.IGNORECASE)
ROADS = word_set("jl jln gg gang ringroad flyover underpass overpass")
JUNCTIONS = word_set("""
perempatan prempatan prapatan pertigaan pertelon protelon simpang simpangan bangjo bundaran bunderan perlimaan
""")
HAMLETS = word_set("dusun dsn dukuh dk dkh kampung kp kmp padukuhan pedukuhan grumbul lingk")
STRONG_LANDMARKS = word_set("""
terminal stasiun rsud rsup rsia rs puskesmas pkm sd sdn sdit smp smpn sma sman smk smkn mi mts man universitas
masjid mesjid musholla mushola gereja klenteng sungai bengawan waduk embung bandara pelabuhan perum perumahan
perumnas ponpes spbu gor stadion tpu tpa monumen tugu museum candi pantai rusun rusunawa halte shelter polsek
polres koramil kodim rm hotel pasar jembatan kreteg apotek bendungan perlintasan
""")
# Everyday words too: in small letters they need a known name behind them.
WEAK_LANDMARKS = word_set("""
taman kali kampus pondok pesantren kantor balai gedung mall mal toko pom lapangan makam pabrik pt gunung bukit
griya graha villa warung cafe bank dealer diler swalayan alun tk paud kolam situ telaga kawasan jalan tol exit
""")
ADMIN = {
    **dict.fromkeys(("desa", "ds", "kelurahan", "kel", "kalurahan"), "desa_kelurahan"),
    **dict.fromkeys(("kecamatan", "kec", "kapanewon", "kemantren"), "kecamatan"),
    **dict.fromkeys(("kabupaten", "kab", "kota", "kotamadya"), "kabupaten_kota"),
    **dict.fromkeys(("provinsi", "prov", "propinsi"), "provinsi"),
}
# Parts of road and school names that are no name alone.
PARTS = word_set("""
raya jend jendral jenderal jendr letjen mayjen brigjen kolonel kol kapten kapt mayor letkol dr prof ir kh ki h
hj rm ra st urip jalur lingkar ring road tol n negeri islam muhammadiyah al nurul besar agung mas sultan raden
pangeran panglima adi ahmad
""")
ENDINGS = word_set("timur barat utara selatan lor kidul wetan kulon tengah dalam raya lama baru")
RELATIVE = word_set("""
sebelum sesudah setelah depan dekat samping belakang sebelah seberang utara selatan timur barat lor kidul wetan
etan kulon ngarep mburi cedhak cedak cerak sandhing sanding pinggir kilen ngajeng wingking sakdurunge sadurunge
bar sisih prapatan dpn
""")
GENERIC = word_set("""
bangjo kreteg jembatan masjid mesjid musholla mushola gereja pasar sekolah sekolahan rel tugu gapura gapuro
makam kuburan lapangan balaidesa puskesmas terminal stasiun indomaret alfamart pom spbu prapatan perempatan
pertigaan pertelon
""")
# Those spoken to: "Sungai Banjir Kanal Timur, Bu"; no name ends in them.
SPOKEN_TO = word_set("bu pak min mas mbak kak bos bro gan lur")
BARE = frozenset(("balaikota", "lapas", "balekota"))


class Found(NamedTuple):
    """A place found by its shape, on words `first` to `last` (excluded) and code points `start` to `end`."""

    type: str
    first: int
    last: int
    start: int
    end: int
    score: float
    because: str


class Patterns:
    """Built once with the words that no name may hold; `find` is pure."""

    def __init__(self, table: Gazetteer, known: frozenset[str]) -> None:
        self._table = table
        self._closed = frozenset(w for pack in LANGUAGES.values() for w in pack.function) - ENDINGS
        designators = ROADS | JUNCTIONS | HAMLETS | frozenset(ADMIN) | frozenset(("jalan", "rt", "rw", "km"))
        self._designators = designators
        self._everyday = (
            self._closed | frozenset(listed("common_words.txt")) | known | designators
        ) - PARTS - ENDINGS
        self._opens = (
            designators | STRONG_LANDMARKS | WEAK_LANDMARKS | BARE | GENERIC | frozenset(("rumah", "ring", "lampu"))
        )

    def find(self, words: Words, *, capitals: bool) -> Iterator[Found]:
        """Places in text order, none overlapping another of these; `capitals`: whether they mean something here."""
        free, folds, opens = 0, words.fold, self._opens
        for i in [i for i, word in enumerate(folds) if word in opens]:
            if i >= free and (found := self._open(words, i, folds[i], capitals)):
                free = found.last
                yield found
        yield from _by_shape(words)

    def _open(self, words: Words, i: int, word: str, capitals: bool) -> Found | None:
        if word in ROADS:
            return self._named(words, i, i + 1, "jalan", capitals, 0.85, weak=False)
        if word == "jalan":
            return self._named(words, i, i + 1, "jalan", capitals, 0.75, weak=True)
        if word == "ring" and words.fold[i + 1 : i + 2] == ["road"]:
            return self._named(words, i, i + 2, "jalan", capitals, 0.8, weak=False) or _of(
                words, "jalan", i, i + 2, 0.5, "ring road")
        if word in JUNCTIONS or (word == "lampu" and words.fold[i + 1 : i + 2] == ["merah"]):
            begin = i + 2 if word == "lampu" else i + 1
            weak = word == "lampu"
            return self._named(words, i, begin, "jalan", capitals, 0.75, weak=weak) or _relative(words, i)
        if word in HAMLETS:
            return self._named(words, i, i + 1, "sub_desa", capitals, 0.6, weak=word == "kampung", inside=True)
        if word == "alun" and words.fold[i + 1 : i + 2] == ["alun"]:
            return self._named(words, i, i + 2, "landmark", capitals, 0.7, weak=True) or _of(
                words, "landmark", i, i + 2, 0.55, "alun-alun")
        if word == "rumah" and words.fold[i + 1 : i + 2] == ["sakit"]:
            return self._named(words, i, i + 2, "landmark", capitals, 0.7, weak=True)
        if word in BARE:
            return _of(words, "landmark", i, i + 1, 0.5, word)
        if self._is_area(words, i):
            return None
        if word in STRONG_LANDMARKS or word in WEAK_LANDMARKS:
            weak = word in WEAK_LANDMARKS
            return self._named(words, i, i + 1, "landmark", capitals, 0.6, weak=weak) or _relative(words, i)
        return _relative(words, i)

    def _is_area(self, words: Words, i: int) -> bool:
        """ "Pasar Kliwon" is a market by its words and a kecamatan by its name."""
        pair = "".join(words.fold[i : i + 2])
        return any(reading.type == "kecamatan" and reading.inside for reading in self._table.readings(pair))

    def _named(
        self, words: Words, opener: int, begin: int, kind: str, capitals: bool, score: float, *,
        weak: bool, inside: bool = False,
    ) -> Found | None:
        end = self.name_end(words, begin, capitals=capitals, weak=weak, road=kind == "jalan")
        if end == begin:
            return None
        name = begin if inside else opener
        return _of(words, kind, name, end, score, f"designator:{words.fold[opener]}")

    def name_end(self, words: Words, begin: int, *, capitals: bool, weak: bool, road: bool = False) -> int:
        """Index after the name that begins at `begin`; `begin` itself where none does."""
        end, small, named = begin, 0, False
        while end < len(words.raw) and end - begin < 6 and self._joined(words, end, begin, road):
            word, raw = words.fold[end], words.raw[end]
            numeral = word.isdigit() or (raw.isupper() and len(raw) <= 4 and set(word) <= set("ivx"))
            if numeral and (named or end > begin or not weak) and len(raw) <= 4:
                named = named or not weak
            elif word in PARTS or (word in ENDINGS and named):
                pass
            elif road and named and not words.gap(end).strip() and self._is_city(word):
                break  # "Jl. Veteran Solo": the city is a place of its own
            elif word in self._opens and not (capitals and raw[0].isupper()) and end > begin:
                break  # the next landmark begins
            elif word in self._opens and word not in self._designators:
                pass  # "bangjo Masjid Sholihin": part of a name, no name alone
            elif raw.isupper() and (named or weak) and words.form[end] in self._everyday:
                break  # "jalan PJU", "JALAN FATMAWATI BOLONG"
            elif named and word in SPOKEN_TO:
                break
            elif capitals and raw[0].isupper() and word not in self._closed and word not in self._designators:
                named = True
            elif self._small_name(words, end, weak, capitals, named):
                small, named = small + 1, True
                if small > 2:
                    break
            else:
                break
            end += 1
        return end if named and not (end == begin + 1 and words.fold[begin] in ENDINGS) else begin

    def _is_city(self, word: str) -> bool:
        return any(reading.type == "kabupaten_kota" for reading in self._table.readings(word))

    def _small_name(self, words: Words, i: int, weak: bool, capitals: bool, named: bool) -> bool:
        """Whether an uncapitalised word may be part of a name here."""
        word = words.fold[i]
        if word in self._everyday or words.sentence[i] != words.sentence[i - 1] or len(word) < 2:
            return False
        if not word.isalpha() or words.form[i] in self._everyday:
            return False
        if VERB.match(word) and not self._table.readings(key_of(word)):
            return False
        if weak and not named:
            known = self._table.readings(key_of(word)) and word not in self._table.stops
            return bool(known) or words.fold[i - 1] in PARTS
        return not (capitals and named and words.raw[i - 1][0].isupper())

    def _joined(self, words: Words, i: int, begin: int, road: bool) -> bool:
        """Whether word `i` follows its forerunner closely enough to share a name with it."""
        if i == 0:
            return False
        gap = words.gap(i)
        if gap == " ":
            return True
        if "\n" in gap:
            return False
        mark = gap.strip()
        if not mark:
            return True
        if mark == ".":
            return words.fold[i - 1] in ABBREVIATIONS or words.fold[i - 1] in PARTS
        return road and mark in "-–/" and i > begin


def uses_capitals(words: Words) -> bool:
    """Whether a capital means something here: some words have one, and not nearly all."""
    sentence = words.sentence
    firsts = [raw[0] for raw in words.raw[1:61]]
    upper, letters = sum(map(str.isupper, firsts)), sum(map(str.isalpha, firsts))
    if sentence and sentence[-1] != sentence[0]:  # what begins a sentence has a capital anyway
        openers = [sign for sign, here, before in zip(firsts, sentence[1:], sentence, strict=False) if here != before]
        upper, letters = upper - sum(map(str.isupper, openers)), letters - sum(map(str.isalpha, openers))
    return 0 < upper < 0.6 * letters


def _relative(words: Words, i: int) -> Found | None:
    """ "etan kreteg", "depan pasar": a spot told by what it lies beside."""
    if i and words.fold[i] in GENERIC and words.fold[i - 1] in RELATIVE and not words.gap(i).strip():
        kind = "jalan" if words.fold[i] in JUNCTIONS else "landmark"
        return _of(words, kind, i, i + 1, 0.42, f"relative:{words.fold[i - 1]}")
    return None


def _of(words: Words, kind: str, first: int, last: int, score: float, because: str) -> Found:
    return Found(kind, first, last, words.starts[first], words.ends[last - 1], score, because)


def _by_shape(words: Words) -> Iterator[Found]:
    """RT/RW and kilometre marks, which are told by their digits."""
    folds = " " + " ".join(words.fold)
    if " rt" in folds or " rw" in folds:
        for match in RT_RW.finditer(words.text):
            yield Found("rt_rw", -1, -1, match.start(), match.end(), 0.9, "shape:rt/rw")
    if " km" in folds:
        for match in KM.finditer(words.text):
            yield Found("landmark", -1, -1, match.start(), match.end(), 0.6, "shape:km")
