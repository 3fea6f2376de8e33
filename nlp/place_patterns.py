"""Finds places that stand in no table: roads, junctions, landmarks, hamlets, RT/RW, kilometre marks.

Observations. No road list for these cities may be shipped, and people name a place by what stands there:
"sebelum bangjo Masjid ...", "etan kreteg ...". What gives a name away is the word before it. How far the
name reaches is told by capitals, where the writer uses them at all, else by the first everyday word.

Theory. A designator opens a name; words follow while they are capitalised (or, in a text without
capitals, while they are not everyday words, at most two). "jalan" alone is weak: it also means to walk
and stands before every "rusak"; it needs a capital, a title ("jend", "raya") or a known name behind it, one that
roads bear everywhere ("jalan gajah mada") or, on the way there ("di jalan wirobrojo"), a word that nobody uses
otherwise. The same unheard word is a river's or a hill's name ("kali bodri"), and a hamlet's behind RT and RW. Who
begins a post small writes no title: there a capital means more.

Known failures. A lower-case road name that is an everyday word ("jalan damai") is missed after a bare
"jalan"; a shop's name of more than three lower-case words is cut short.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from nlp import LANGUAGES
from nlp.gazetteer import TOWNS, Gazetteer, key_of, listed
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
HOUSE_ROW = re.compile(r"r[tw]\d")  # "RT05"
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
polres koramil kodim rm hotel pasar psr jembatan kreteg apotek bendungan perlintasan
""")
# Everyday words too: in small letters they need a known name behind them.
WEAK_LANDMARKS = word_set("""
taman kali kampus pondok pesantren kantor balai gedung mall mal toko pom lapangan makam pabrik pt gunung bukit
griya graha villa warung cafe bank dealer diler swalayan alun tk paud kolam situ telaga kawasan jalan tol exit
tanjakan turunan bendung tanggul klinik plaza
""")
ADMIN = {
    **dict.fromkeys(("desa", "ds", "kelurahan", "kel", "kalurahan"), "desa_kelurahan"),
    **dict.fromkeys(("kecamatan", "kec", "kapanewon", "kemantren"), "kecamatan"),
    **dict.fromkeys(("kabupaten", "kab", "kota", "kotamadya"), "kabupaten_kota"),
    **dict.fromkeys(("provinsi", "prov", "propinsi"), "provinsi"),
}
# Of the everyday ones those that a name follows more often than not: a word that nobody uses otherwise is one.
NAMED = word_set("""
taman kali kampus pondok gunung bukit griya graha villa situ telaga tanjakan bendung klinik tanggul lapangan makam
""")
WAYS = word_set("tol exit")  # landmarks that may run from town to town: "tol Semarang-Solo"
BETWEEN = "between towns"
# Parts of road and school names that are no name alone.
PARTS = word_set("""
raya jend jendral jenderal jendr letjen mayjen brigjen kolonel kol kapten kapt mayor letkol dr prof ir kh ki h
hj rm ra st urip jalur lingkar ring road tol n negeri islam muhammadiyah al nurul besar agung mas sultan raden
pangeran panglima adi ahmad
""")
# What roads are called after everywhere; in small letters a name behind "jl" or "jalan", elsewhere often a word.
CALLED_AFTER = word_set("""
slamet riyadi sudirman yani dahlan hasyim asyari wahid wahidin sudirohusodo sutomo soetomo supomo soepomo cipto
mangunkusumo setiabudi hasanuddin hasanudin bonjol teuku umar cut nyak dien pattimura hajar dewantara sumoharjo juanda
djuanda sutami haryono tendean katamso parman suprapto yos sudarso sucipto adisucipto gatot subroto ronggowarsito
ranggawarsita honggowongso radjiman rajiman mulyadi monginsidi wolter sartika martadinata samanhudi patimura sutoyo
panjaitan soekarno sukarno hatta syahrir thamrin kartini diponegoro gajah mada hayam wuruk pahlawan veteran pemuda
merdeka kemerdekaan tentara pelajar perintis bhayangkara majapahit pajajaran siliwangi brawijaya airlangga sriwijaya
pandanaran sisingamangaraja maulana malik ibrahim kalijaga bonang muria ampel giri hadiwijaya sambernyawa
mawar melati kenanga anggrek kamboja flamboyan cempaka dahlia teratai kemuning seruni bougenville sakura
merpati rajawali garuda elang kutilang kepodang cendrawasih merak mangga nangka durian rambutan manggis
""")
ENDINGS = word_set("timur barat utara selatan lor kidul wetan kulon tengah dalam raya lama baru")
RELATIVE = word_set("""
sebelum sesudah setelah depan dekat samping belakang sebelah seberang utara selatan timur barat lor kidul wetan
etan kulon ngarep mburi cedhak cedak cerak sandhing sanding pinggir kilen ngajeng wingking sakdurunge sadurunge
bar sisih prapatan dpn
""")
GENERIC = word_set("""
bangjo kreteg jembatan masjid mesjid musholla mushola langgar gereja pasar sekolah sekolahan rel tugu gapura gapuro
makam kuburan lapangan balaidesa puskesmas terminal stasiun indomaret alfamart pom spbu prapatan perempatan
pertigaan pertelon
""")
# Those spoken to: "Sungai Banjir Kanal Timur, Bu"; no name ends in them.
SPOKEN_TO = word_set("bu pak min mas mbak kak bos bro gan lur")
MOST_CAPITALS, MOST_CAPITALS_SMALL = 0.6, 0.8  # share of words; of who begins small
# Ranks: with a name that roads bear they are the road, "jend sudirman salatiga macet".
RANKS = word_set("jend jendral jenderal jendr letjen mayjen brigjen kolonel kol kapten kapt mayor letkol")
ON_THE_WAY = RELATIVE | word_set("di ke dari lewat liwat arah sepanjang ruas ning neng nang ing dr trotoar")
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

    def __init__(self, table: Gazetteer, known: frozenset[str], spoken: frozenset[str] = frozenset()) -> None:
        self._table = table
        self._spoken = spoken
        self._closed = frozenset(w for pack in LANGUAGES.values() for w in pack.function) - ENDINGS - {"kasih"}
        designators = ROADS | JUNCTIONS | HAMLETS | frozenset(ADMIN) | frozenset(("jalan", "rt", "rw", "km"))
        self._designators = designators
        self._everyday = (
            self._closed | frozenset(listed("common_words.txt")) | known | designators
        ) - PARTS - ENDINGS
        self._opens = (
            designators | STRONG_LANDMARKS | WEAK_LANDMARKS | BARE | GENERIC
            | frozenset(("rumah", "ring", "lampu", "pintu"))
        )
        self._begins = self._opens | RANKS | CALLED_AFTER

    def find(self, words: Words, *, capitals: bool) -> Iterator[Found]:
        """Places in text order, none overlapping another of these; `capitals`: whether they mean something here."""
        free, folds, opens = 0, words.fold, self._begins
        for i in [i for i, word in enumerate(folds) if word in opens]:
            if i >= free and (found := self._open(words, i, folds[i], capitals)):
                free = found.last
                yield found
        yield from _by_shape(words, self._unheard)

    def _open(self, words: Words, i: int, word: str, capitals: bool) -> Found | None:
        if word in ROADS:
            return self._named(words, i, i + 1, "jalan", capitals, 0.85, weak=False)
        if word == "jalan":
            return self._named(words, i, i + 1, "jalan", capitals, 0.75, weak=True)
        if word == "ring" and words.fold[i + 1 : i + 2] == ["road"]:
            return self._named(words, i, i + 2, "jalan", capitals, 0.8, weak=False) or _of(
                words, "jalan", i, i + 2, 0.5, "ring road")
        if word in RANKS or word in CALLED_AFTER:
            return self._without_designator(words, i)
        if word in JUNCTIONS or (word == "lampu" and words.fold[i + 1 : i + 2] == ["merah"]):
            begin = i + 2 if word == "lampu" else i + 1
            weak = word == "lampu"
            return self._named(words, i, begin, "jalan", capitals, 0.75, weak=weak) or _relative(words, i)
        if word in HAMLETS:
            return self._named(words, i, i + 1, "sub_desa", capitals, 0.6, weak=word == "kampung", inside=True)
        if word == "alun" and words.fold[i + 1 : i + 2] == ["alun"]:
            return self._named(words, i, i + 2, "landmark", capitals, 0.7, weak=True) or _of(
                words, "landmark", i, i + 2, 0.55, "designator:alun-alun")
        if word == "rumah" and words.fold[i + 1 : i + 2] == ["sakit"]:
            return self._named(words, i, i + 2, "landmark", capitals, 0.7, weak=True)
        if word == "pintu":
            gate = words.fold[i + 1 : i + 2] == ["air"]
            return self._named(words, i, i + 2, "landmark", capitals, 0.6, weak=False) if gate else None
        if word == "balai" and self._is_hall(words, i):
            return _of(words, "landmark", i, i + 2, 0.42, f"relative:{words.fold[i - 1]}")
        if word in BARE:
            return _of(words, "landmark", i, i + 1, 0.5, word)
        if self._is_area(words, i):
            return None
        if word in STRONG_LANDMARKS or word in WEAK_LANDMARKS:
            weak = word in WEAK_LANDMARKS
            found = self._named(words, i, i + 1, "landmark", capitals, 0.6, weak=weak, way=word in WAYS)
            return found or _relative(words, i)
        return _relative(words, i)

    def _is_hall(self, words: Words, i: int) -> bool:
        """ "Depan balai desa": of which village nobody says."""
        behind = words.fold[i + 2 : i + 3]
        named = bool(behind) and (self._unheard(behind[0]) or bool(self._table.readings(behind[0])))
        return words.fold[i + 1 : i + 2] == ["desa"] and i > 0 and words.fold[i - 1] in RELATIVE and not named

    def _unheard(self, word: str) -> bool:
        """Whether a word is none that people use, and no name of the gazetteer, which is looked for elsewhere."""
        return len(word) > 3 and word.isalpha() and word not in ABBREVIATIONS and not (
            word in self._spoken or word in self._everyday or word in self._opens or self._table.readings(word)
            or VERB.match(word))

    def _without_designator(self, words: Words, i: int) -> Found | None:
        """ "Jend sudirman macet", "lewat ahmad yani": a rank or a way to it makes the road."""
        behind = words.fold[i + 1 : i + 2]
        if not behind or behind[0] not in CALLED_AFTER or words.gap(i + 1) != " ":
            return None
        if words.fold[i] not in RANKS and not (i and words.fold[i - 1] in ON_THE_WAY):
            return None
        return _of(words, "jalan", i, i + 2, 0.5, "called like a road")

    def _is_area(self, words: Words, i: int) -> bool:
        """ "Pasar Kliwon" is a market by its words and a kecamatan by its name."""
        pair = "".join(words.fold[i : i + 2])
        return any(reading.type == "kecamatan" and reading.inside for reading in self._table.readings(pair))

    def _named(
        self, words: Words, opener: int, begin: int, kind: str, capitals: bool, score: float, *,
        weak: bool, inside: bool = False, way: bool = False,
    ) -> Found | None:
        end = self.name_end(words, begin, capitals=capitals, weak=weak, road=way or kind == "jalan")
        if end == begin:
            return None
        name = begin if inside else opener
        between = way and "-" in words.text[words.starts[begin] : words.ends[end - 1]]
        return _of(words, kind, name, end, score, BETWEEN if between else f"designator:{words.fold[opener]}")

    def name_end(self, words: Words, begin: int, *, capitals: bool, weak: bool, road: bool = False) -> int:
        """Index after the name that begins at `begin`; `begin` itself where none does."""
        end, small, named = begin, 0, False
        while end < len(words.raw) and end - begin < 6 and self._joined(words, end, begin, road):
            word, raw = words.fold[end], words.raw[end]
            numeral = word.isdigit() or (raw.isupper() and len(raw) <= 4 and set(word) <= set("ivx"))
            if numeral and (named or end > begin or not weak) and len(raw) <= 4:
                named = named or not weak
            elif word in PARTS or (word in ENDINGS and named) or (road and self._initial(words, end)):
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
            elif capitals and raw[0].isupper() and self._may_be_name(words, end):
                named = True
            elif self._small_name(words, end, weak, capitals, named, road):
                small, named = small + 1, True
                if small > 2:
                    break
            else:
                break
            end += 1
        return end if named and not (end == begin + 1 and words.fold[begin] in ENDINGS) else begin

    def _initial(self, words: Words, i: int) -> bool:
        """ "Jl a. yani": a letter before a name of the kind that roads bear."""
        behind = words.fold[i + 1 : i + 2]
        return len(words.fold[i]) == 1 and words.fold[i].isalpha() and bool(behind) and (
            behind[0] in CALLED_AFTER or behind[0] in PARTS)

    def _may_be_name(self, words: Words, i: int) -> bool:
        """Whether a capital makes a name of word `i`; in a hashtag every word has one."""
        word = words.fold[i]
        if word in self._closed or word in self._designators or HOUSE_ROW.match(word):
            return False
        return i not in words.tagged or words.form[i] not in self._everyday

    def _is_town(self, words: Words, i: int) -> bool:
        """ "Jl raya bandar-blado": a town where a road begins or ends, whatever else the word says."""
        tied = "-" in words.gap(i) or (i + 1 < len(words.raw) and "-" in words.gap(i + 1))
        return tied and any(r.inside and r.type in TOWNS for r in self._table.readings(words.fold[i]))

    def _is_city(self, word: str) -> bool:
        return any(reading.type == "kabupaten_kota" for reading in self._table.readings(word))

    def _small_name(self, words: Words, i: int, weak: bool, capitals: bool, named: bool, road: bool) -> bool:
        """Whether an uncapitalised word may be part of a name here."""
        word = words.fold[i]
        if road and word not in self._closed and words.sentence[i] == words.sentence[i - 1] and (
                word in CALLED_AFTER or self._is_town(words, i)):
            return True
        if word in self._everyday or words.sentence[i] != words.sentence[i - 1] or len(word) < 2:
            return False
        if not word.isalpha() or words.form[i] in self._everyday:
            return False
        if VERB.match(word) and not self._table.readings(key_of(word)):
            return False
        if weak and not named:
            known = self._table.readings(key_of(word)) and word not in self._table.stops
            unheard = self._takes_names(words, i - 1) and len(word) > 3 and word not in self._spoken
            return bool(known) or unheard or words.fold[i - 1] in PARTS
        return not (capitals and named and words.raw[i - 1][0].isupper())

    @staticmethod
    def _takes_names(words: Words, i: int) -> bool:
        """Whether a name that nobody has heard may follow: "kali bodri", "di jalan wirobrojo"; not "kalau jalan"."""
        return words.fold[i] in NAMED or (words.fold[i] == "jalan" and i > 0 and words.fold[i - 1] in ON_THE_WAY)

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
            before = words.fold[i - 1]
            return before in ABBREVIATIONS or before in PARTS or (road and len(before) == 1)
        return road and mark in "-–/" and i > begin


def uses_capitals(words: Words) -> bool:
    """Whether a capital means something here: some words have one, and not nearly all.

    Who begins small does not write titles: there a capital means more. "RS", "RT05" tell nothing of the rest.
    """
    sentence = words.sentence
    mixed = [i for i, raw in enumerate(words.raw[:61]) if raw.isalpha() and (len(raw) > 2 or not raw.isupper())]
    later = [i for i in mixed if i and not (sentence[i] != sentence[i - 1] and words.raw[i][0].isupper())]
    upper = sum(1 for i in later if words.raw[i][0].isupper())
    small = bool(words.raw) and words.raw[0][0].islower()
    return 0 < upper < (MOST_CAPITALS_SMALL if small else MOST_CAPITALS) * len(later)


def _relative(words: Words, i: int) -> Found | None:
    """ "etan kreteg", "depan pasar": a spot told by what it lies beside."""
    if i and words.fold[i] in GENERIC and words.fold[i - 1] in RELATIVE and not words.gap(i).strip():
        kind = "jalan" if words.fold[i] in JUNCTIONS else "landmark"
        return _of(words, kind, i, i + 1, 0.42, f"relative:{words.fold[i - 1]}")
    return None


def _of(words: Words, kind: str, first: int, last: int, score: float, because: str) -> Found:
    return Found(kind, first, last, words.starts[first], words.ends[last - 1], score, because)


def _hamlet_behind(words: Words, end: int, unheard: Callable[[str], bool]) -> Found | None:
    """ "Rt 3 rw 5 ngoresan": what stands behind the number and is no other word is the hamlet."""
    at = next((i for i, start in enumerate(words.starts) if start >= end), None)
    if at is None or words.text[end : words.starts[at]] != " " or not unheard(words.fold[at]):
        return None
    return _of(words, "sub_desa", at, at + 1, 0.5, "behind RT/RW")


def _by_shape(words: Words, unheard: Callable[[str], bool]) -> Iterator[Found]:
    """RT/RW and kilometre marks, which are told by their digits; `unheard`: whether a word can only be a name."""
    folds = " " + " ".join(words.fold)
    if " rt" in folds or " rw" in folds:
        for match in RT_RW.finditer(words.text):
            yield Found("rt_rw", -1, -1, match.start(), match.end(), 0.9, "shape:rt/rw")
            if hamlet := _hamlet_behind(words, match.end(), unheard):
                yield hamlet
    if " km" in folds:
        for match in KM.finditer(words.text):
            yield Found("landmark", -1, -1, match.start(), match.end(), 0.6, "shape:km")
