"""Says what a later telling adds to a story: a number, a road, an hour, somebody hurt, another thing. Pure.

Observations. Of what people write under a complaint or around its copied text most is assent ("betul", "up"), and
in a storm there are thousands of these. What a crew needs is short and has a form: "nomor 12", "RT 3 RW 5", "depan
toko Sinar", "jam 6 tadi pagi", "dua orang luka", "kabelnya juga putus". It stands at the beginning or the end of
the copied text.

Theory. Words are compared in their one spelling (`nlp.fingerprint.spelled`), so "rt03" is no news where "RT 3" was
said. A fact is a cue with its value (the guard's cues), a word for somebody hurt, or a thing that breaks; it is
new where the story's own words do not have it. Values count for themselves: "jam 6" is news after "nomor 6". No
model, no list of names: a name without a cue ("Manahan") is left to the gazetteer, whose places stand beside these
facts.

Chosen on invented posts (tests/nlp/test_new_facts.py), not measured on real ones. Known failures. A negated fact
("tidak ada korban") counts as one, because it is worth reading; a landmark without a cue is missed; "jalan rusak
parah" after a story that said "aspal" counts as a new thing. Contact details are personal data and are masked, so
none is told here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from nlp.cue_words import HARMLESS, NAMED, NO_NAMES, NO_STREET, NUMBERED, OBJECTS, TITLES, words
from nlp.facts import is_number
from nlp.fingerprint import spelled
from nlp.guard import same_word

TOKEN = re.compile(r"\w+")
HOURS = words("jam")
HURT = words("""
    luka terluka cedera meninggal tewas wafat pingsan patah terjebak tertimpa terperosok hanyut tenggelam tersetrum
    kesetrum terbakar keracunan korban kejatuhan keseleo berdarah
""")
COUNTED = words("orang korban rumah motor mobil warga anak kk keluarga bayi lansia")
SPEAKING = HOURS | HURT | NUMBERED | NAMED | OBJECTS  # and numbers: no fact begins with another word
NO_VALUE = HARMLESS | NO_NAMES | NAMED | OBJECTS


class NewFact(NamedTuple):
    """A stretch of the later text, in code points, and what it tells: number, place, time, hurt, thing."""

    kind: str
    start: int
    end: int


class Said(NamedTuple):
    word: str  # in its one spelling
    start: int
    end: int


def new_facts(text: str, known: str) -> tuple[NewFact, ...]:
    """What `text` tells and `known`, the story's first text, does not; in text order, none overlapping another."""
    told = said(text)
    heard = [one.word for one in said(known)]
    return tuple(NewFact(kind, told[first].start, told[last].end)
                 for kind, first, last in facts_added([one.word for one in told], heard))


def said(text: str) -> list[Said]:
    """The words of a text in their one spelling, each with its place. "rt03" gives two words of one place."""
    return [Said(word, found.start(), found.end())
            for found in TOKEN.finditer(text) for word in spelled(found[0].lower())]


def facts_added(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, int, int]]:
    """(kind, first word, last word) of the facts of `ours` that `theirs` lacks. Both in their one spelling."""
    found: list[tuple[str, int, int]] = []
    if not (facts := list(_facts(ours))):
        return found
    heard, known = set(_heard(tuple(theirs))), frozenset(theirs)
    for (kind, value), first, last, alone in facts:
        if (kind, value) in heard or (alone and _known(value, known)) or (found and first <= found[-1][2]):
            continue
        found.append((kind, first, last))
        heard.add((kind, value))
    return found


@lru_cache(maxsize=4_096)
def _heard(theirs: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Kind and value of every fact: many copies are compared with one story."""
    return frozenset(key for key, _, _, _ in _facts(theirs))


def _known(value: str, known: frozenset[str]) -> bool:
    """Whether the story has the word, in this or another spelling: a slip of the finger is no news."""
    return value in known or any(same_word(value, word, strict=False) for word in known)


def _facts(said: Sequence[str]) -> Iterator[tuple[tuple[str, str], int, int, bool]]:
    """((kind, value), first word, last word, whether the value alone makes it known) of every fact."""
    for at in [at for at, word in enumerate(said) if word in SPEAKING or word.isdigit()]:
        word = said[at]
        value_at = _value_at(said, at)
        value = said[value_at] if value_at else ""
        if word in HOURS and is_number(value):
            yield ("time", value), at, value_at, False
        elif word in NUMBERED and value and is_number(value):
            yield ("number", f"{word} {value}"), at, value_at, False
        elif (word in NAMED and value and not is_number(value) and value not in NO_VALUE
              and not (word == "jalan" and at and said[at - 1] in NO_STREET)):
            yield ("place", value), at, value_at, True
        elif word.isdigit() and at + 1 < len(said) and said[at + 1] in COUNTED:
            hurt = at + 2 < len(said) and said[at + 2] in HURT
            kind = "hurt" if hurt or said[at + 1] == "korban" else "number"
            yield (kind, f"{word} {said[at + 1]}"), at, at + 1 + hurt, False
        elif word in HURT:
            yield ("hurt", word), at, at, True
        elif word in OBJECTS and word not in NAMED:
            yield ("thing", word), at, at, True


def _value_at(said: Sequence[str], at: int) -> int:
    """Where the value of a cue stands, past titles ("jalan raya Kenanga"); 0 for none."""
    place = at + 1
    while place < len(said) and place < at + 3 and said[place] in TITLES:
        place += 1
    return place if place < len(said) else 0
