"""The operators' names of places: which spellings are one name, and what may not stand in the file.

People call one junction "bangjo Gendengan" and "lampu merah Gendengan"; an operator writes one of them. The
spellings of a leading word that mean the same thing stand in `SAME`; nothing else is guessed.

The codes are checked against the table that the NLP reads: its data file, none of its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from settings.references import Problem, did_you_mean
from settings.shape import Settings

TABLES = Path(__file__).parent.parent / "nlp" / "data"
LEAST_LETTERS = 4
WORD = re.compile(r"[^\W_]+")
SAME = tuple(
    tuple(tuple(opener.split()) for opener in group.split(", ")) for group in (
        "bangjo, bangjone, abang ijo, lampu bangjo, lampu merah, lampu lalu lintas, traffic light",
        "perempatan, perempatane, prapatan, prapatane, prempatan, simpang empat, simpang 4",
        "pertigaan, pertelon, protelon, simpang tiga, simpang 3",
        "jembatan, jembatane, kreteg, kretege, brug",
        "bundaran, bunderan",
        "jalan, jl, jln, dalan",
        "pasar, peken",
        "masjid, mesjid",
        "stasiun, setasiun",
        "rumah sakit, rs",
    )
)
OPENERS = frozenset(word for group in SAME for opener in group for word in opener)


def words_of(name: str) -> tuple[str, ...]:
    return tuple(WORD.findall(name.casefold()))


def spellings(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The name itself, then those with another word of the same meaning in front."""
    words = tuple(words)
    for group in SAME:
        for opener in sorted(group, key=len, reverse=True):
            if words[: len(opener)] == opener and len(words) > len(opener):
                rest = words[len(opener) :]
                return tuple(dict.fromkeys((words, *((*other, *rest) for other in group))))
    return (words,)


def place_problems(settings: Settings) -> Iterator[Problem]:
    """What is wrong with `places`: (path, reason, hint)."""
    if not settings.places:
        return
    taken: dict[tuple[str, str], str] = {}  # kabupaten, spelling -> whose it is
    signs = OPENERS | _single_words(settings.signals.model_dump())
    ordinary = _ordinary() | signs | _single_words([topic.keywords for topic in settings.topics.values()])
    for i, place in enumerate(settings.places):
        if place.code not in official():
            yield ["places", i, "code"], f"kode wilayah '{place.code}' tidak dikenal", _code_meant(place.code)
        named = [(["places", i, "name"], place.name)]
        named += [(["places", i, "aliases", n], alias) for n, alias in enumerate(place.aliases)]
        for loc, name in named:
            if fault := _fault(name, ordinary, signs):
                yield loc, *fault
                continue
            keys = [(place.code[:5], "".join(spelling)) for spelling in spellings(words_of(name))]
            owner = next((taken[key] for key in keys if key in taken), None)
            if owner is not None:
                said = f"'{name}' sama dengan '{owner}' di kabupaten/kota yang sama"
                yield loc, said, "hapus salah satu; bangjo dan lampu merah, kreteg dan jembatan dianggap sama"
            taken.update({key: name for key in keys if key not in taken})


def _fault(name: str, ordinary: frozenset[str], signs: frozenset[str]) -> tuple[str, str] | None:
    words = words_of(name)
    if "," in name or ":" in name:
        return f"'{name}' memuat koma atau titik dua", "tulis ejaan lain di aliases"
    if sum(map(len, words)) < LEAST_LETTERS:
        return f"'{name}' terlalu pendek", f"paling sedikit {LEAST_LETTERS} huruf, misalnya 'bangjo Gendengan'"
    if (len(words) == 1 and words[0] in ordinary) or signs.issuperset(words):
        return f"'{name}' kata sehari-hari, bukan nama", "tambahkan namanya, misalnya 'perempatan Panggung'"
    return None


def _code_meant(code: str) -> str:
    """What was meant by a code that no area has: the area of that name, or the nearest code."""
    named = [f"{key} ({name})" for key, name in official().items() if name.casefold() == code.casefold()]
    if named:
        return f"tulis kodenya: {', '.join(named[:3])}"
    near = did_you_mean(code, [key for key in official() if key[:5] == code[:5]] or official())
    meant = re.search(r"[\d.]+", near)
    example = "tulis kode Kemendagri, seperti '33.72.01' atau '33.72.01.1005'"
    return f"{near} {official()[meant.group()]}" if meant else example


@lru_cache(maxsize=1)
def official() -> Mapping[str, str]:
    """Kemendagri code -> name of every kabupaten/kota, kecamatan and desa that a place may lie in."""
    rows = (line.split("\t") for line in (TABLES / "gazetteer.tsv").read_text(encoding="utf-8").splitlines())
    return {row[0]: row[1] for row in rows if "." in row[0]}


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    """Words of everyday language, names of villages that are such words among them."""
    texts = ((TABLES / name).read_text(encoding="utf-8") for name in ("common_words.txt", "stop_names.txt"))
    return frozenset(
        word for text in texts for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


def _single_words(lists: Any) -> frozenset[str]:
    """The single words of lists of the file. Phrases are left out: many topics hold a landmark by its name."""
    if isinstance(lists, str):
        words = words_of(lists)
        return frozenset(words if len(words) == 1 else ())
    inner = lists.values() if isinstance(lists, Mapping) else lists
    return frozenset(word for each in inner for word in _single_words(each))
