"""Says what keeps two similar readings apart: another place, number, object or sense. Pure.

Observations. Complaints are written from templates: "lampu jalan mati di Jl X, mohon diperbaiki" and
the same of Jl Y share nine words of ten, and one citizen greets eighteen departments with the same
thirty words. Copies differ elsewhere: something is put before or after, a sentence is moved or cut,
words are spelt otherwise. So similarity says which stories to look at, and the *difference* decides.

Theory. The words are aligned (longest common subsequence). Between aligned words lie gaps; each gap
has left-over words of one side or of both.
- spelling variants, words moved elsewhere in the text and empty words (HARMLESS) are taken away first;
- a gap in the middle with left-overs on both sides is a replacement: two texts. Only where the same
  address is given for both may plain words be replaced, never numbers, places or objects;
- left-overs of one side in the middle are harmless unless they bring a number, a place or turn the
  sense (tidak, belum, sudah);
- at either end anything may be added that brings no place, and replaced where what is shared is long.
Beside that every *fact* (cue and value: rt 3, km 12, jalan veteran) is compared wherever it stands,
so that swapped numbers do not hide as moved words. The side that knows more places must not be the
later one: a text without a place would otherwise swallow one complaint after the other. A cut text
may lack anything after its cut.

Chosen on half of the labelled clusters and by the tables of tests/nlp/test_duplicates_pairs.py. Of the
look-alikes in a storm of 20,000 posts 90 in 100 merge without the guard and none with it (3 of 29,000 in
one of 200,000); edited copies missed are 0.3 % either way. Guard and storm came from one hand: plan with
worse on streets that nobody foresaw.

Known failures. Two names of which one lacks a letter of the other (Kaliboto, Kaliboo) count as one
misspelt. A place called like an empty word is not seen where no gazetteer word is given ("Desa Banget").
A name without cue at an end of a long text passes as a call. Copies that replace plain words in the
middle are missed, on purpose: prefer a missed copy to a false merge. A digit counts as a letter only
inside a word whose letters the other text has in that place ("j3mbatan", not "jebo1").
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence
from functools import lru_cache
from itertools import pairwise

from nlp.alignment import Alignment, Gap
from nlp.cue_words import GLUED, HARMLESS, NEAR, NO_NAMES, OBJECTS, POLARITY, REGION, TITLES
from nlp.facts import FROM, NONE, PLACED, TO, Facts, facts_of, telling
from nlp.facts import is_number as is_number  # and to be had here, as before
from nlp.fingerprint import Reading
from nlp.told import Told

SAME_SPOT_METRES = 60
LONG = 12  # shared telling words from which a changed greeting or call at the end is no evidence


# --- what the difference means -------------------------------------------------------------------


def apart(
    alignment: Alignment, ours: Told, theirs: Told, *, same_address: bool = False,
    place_words: frozenset[str] = frozenset(),
) -> str | None:
    """Why the two are different stories, in a word or two; None if nothing in their difference keeps them apart.

    `ours` is the post to be judged, `theirs` the story it may belong to. Facts are for `facts_apart`.
    """
    for gap in alignment.gaps:
        if not gap.ours or not gap.theirs:
            if not (gap.at_start or gap.at_end) and (reason := _put_in(gap.ours or gap.theirs, alignment.moved)):
                return reason
            continue
        if (joined := "".join(gap.ours)) == "".join(gap.theirs) and joined.isalpha():
            continue  # "di adakan", "pasar kliwon" written as one word
        if gap.at_end and ours.reading.cut:  # half a word
            gap = gap._replace(ours=gap.ours[:-1])
        if gap.at_end and theirs.reading.cut:
            gap = gap._replace(theirs=gap.theirs[:-1])
        mine, yours = _left_over(gap, alignment.moved)
        if (mine or yours) and (reason := _gap_reason(gap, mine, yours, alignment, ours, same_address=same_address,
                                                      place_words=place_words)):
            return reason
    if not (same_address or theirs.reading.cut) and (more := new_places(ours, theirs)):
        return f"adds a place: {more}"
    return None


def _put_in(words: Sequence[str], moved: Container[str]) -> str | None:
    """What words that only one side has in its middle change; put before or after a text they change nothing."""
    for word in words:
        if word in HARMLESS or word in moved:
            continue
        if is_number(word):
            return f"number: {word}"
        if word in POLARITY and len(words) <= 3:
            return f"sense: {word}"
    return None


def _left_over(gap: Gap, moved: Container[str]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """What remains of a gap, each word with whether a place cue stands right before it."""
    mine = [(w, _cued(gap.ours, i, gap.ours_before)) for i, w in enumerate(gap.ours)]
    yours = [(w, _cued(gap.theirs, i, gap.theirs_before)) for i, w in enumerate(gap.theirs)]
    for item in list(mine):
        for other in yours:
            if same_word(item[0], other[0], strict=item[1] or other[1]):
                mine.remove(item)
                yours.remove(other)
                break
    _unglue(mine, yours)
    _unglue(yours, mine)
    return ([i for i in mine if i[0] not in HARMLESS and i[0] not in moved],
            [i for i in yours if i[0] not in HARMLESS and i[0] not in moved])


def _unglue(joined: list[tuple[str, bool]], parted: list[tuple[str, bool]]) -> None:
    """Take away what one side writes as one word and the other as two ("harilalu")."""
    for item in list(joined):
        for at, (first, second) in enumerate(pairwise(parted)):
            if item[0].isalpha() and first[0] + second[0] == item[0]:
                joined.remove(item)
                del parted[at:at + 2]
                break


def _cued(words: Sequence[str], at: int, before: str) -> bool:
    previous = words[at - 1] if at else before
    return previous in PLACED or previous in NEAR or previous in TITLES


def _gap_reason(
    gap: Gap, mine: list[tuple[str, bool]], yours: list[tuple[str, bool]], alignment: Alignment, ours: Told, *,
    same_address: bool, place_words: frozenset[str],
) -> str | None:
    outer = gap.at_start or gap.at_end
    both = bool(mine) and bool(yours)
    for word, cued in (*mine, *yours):
        if is_number(word) and (both or not outer):
            return f"number: {word}"
        if (cued or word in place_words) and both:
            return f"place: {word}"
        if word in POLARITY and not outer and max(len(gap.ours), len(gap.theirs)) <= 3:
            return f"sense: {word}"
    if not both:
        return None
    if any(w in OBJECTS for w, _ in mine) and any(w in OBJECTS for w, _ in yours):
        return f"object: {mine[0][0]}, {yours[0][0]}"
    if same_address or (gap.at_end and not gap.at_start and max(len(mine), len(yours)) >= 3
                        and _shared(alignment, ours) >= LONG):
        return None
    return f"replaced: {mine[0][0]}, {yours[0][0]}"


def _shared(alignment: Alignment, ours: Told) -> int:
    """Telling words of `ours` that the other text has too."""
    left = {word for gap in alignment.gaps for word in gap.ours} - alignment.moved.keys()
    return telling([word for word in ours.words if word not in left])


# --- facts ---------------------------------------------------------------------------------------


def facts_apart(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str | None:
    """A cue that both texts have, with values that cannot be the same ones."""
    return contradiction(facts_of(ours), facts_of(theirs))


def contradiction(mine: Facts, yours: Facts) -> str | None:
    """The same of the facts of two texts."""
    if not mine or not yours:
        return None
    if FROM in mine and TO in mine and mine[FROM] & yours.get(TO, NONE) and mine[TO] & yours.get(FROM, NONE):
        return "the other way"
    for cue, values in mine.items():
        others = yours.get(cue, NONE)
        if not others or values == others or cue in (FROM, TO):
            continue
        only_mine, only_yours = values - others, others - values
        if only_mine and only_yours:
            alone, other = _unlike(only_mine, only_yours), _unlike(only_yours, only_mine)
            if alone and other:
                return f"{cue}: {alone[0]}, {other[0]}"
    return None


def new_places(ours: Told, theirs: Told) -> str | None:
    """A place that `ours` states and `theirs` does not."""
    known = frozenset(theirs.words) if ours.facts else NONE
    for cue, values in ours.facts.items():
        if cue in (FROM, TO) or values <= known:
            continue
        # "jalan berlubag" names no street where the other text has "jalan berlubang"
        after = {word for before, word in pairwise(theirs.words) if before == cue}
        for value in _unlike(values - known, theirs.facts.get(cue, NONE) | after):
            return f"{cue} {value}"
    return None


def share_a_place(mine: Facts, yours: Facts) -> bool:
    return any(mine[cue] & yours[cue] for cue in (mine.keys() & yours.keys()) - {FROM, TO})


def _unlike(values: frozenset[str], others: frozenset[str]) -> list[str]:
    """The values that are none of the others, misspelt."""
    return sorted(v for v in values if not any(same_word(v, w, strict=True) for w in others))


# --- addresses ---------------------------------------------------------------------------------



def compare_address(ours: Reading, theirs: Reading) -> str:
    """"same", "other", or "unknown" where a side gives none. One may be less complete, never in its numbers."""
    if not ours.address or not theirs.address:
        return "unknown"
    if ours.address == theirs.address:
        return "same"
    if (metres := _metres_apart(ours.address[0], theirs.address[0])) is not None:
        return "same" if metres <= SAME_SPOT_METRES else "other"
    mine, yours = ([w for w in side.address if w not in REGION and w[:4] != "geo:"] for side in (ours, theirs))
    if not mine or not yours:
        return "unknown"  # coordinates here, an address there
    if [w for w in mine if _house_number(w)] != [w for w in yours if _house_number(w)]:
        return "other"
    smaller, larger = sorted((set(mine), set(yours)), key=len)
    return "same" if len(smaller) >= 2 and smaller <= larger else "other"


def _metres_apart(one: str, other: str) -> float | None:
    """Between two "geo:lat:lng"; None where either is a word. Flat enough for a city."""
    if one[:4] != "geo:" or other[:4] != "geo:":
        return None
    try:
        (a, b), (c, d) = (tuple(map(float, spot.split(":")[1:3])) for spot in (one, other))
    except ValueError:
        return None
    return math.hypot(a - c, (b - d) * math.cos(math.radians(a))) * 111_320


def _house_number(word: str) -> bool:
    """A number other than a postcode."""
    return is_number(word) and len(word) < 5


# --- words ---------------------------------------------------------------------------------------

PREFIXES = (
    "memper", "diper", "meng", "meny", "peng", "mem", "men", "ber", "ter", "per", "pem", "pen", "me", "di", "ke", "se",
    "pe",
)
SUFFIXES = ("kannya", "annya", "nya", "kan", "an", "ne", "ku", "mu", "lah", "i", "e")


@lru_cache(maxsize=65_536)
def same_word(one: str, other: str, *, strict: bool) -> bool:
    """One word in two spellings, or of one root. `strict`, for names: letters swapped or missed, no roots."""
    if one == other:
        return True
    if is_number(one) or is_number(other):
        return not _disguised(one).isdisjoint(_disguised(other))
    shorter = min(len(one), len(other))
    if _misspelt(one, other) or _misspelt(other, one):
        return True
    if not {one, other}.isdisjoint(POLARITY):
        return False
    if not strict and shorter >= 3 and root(one) == root(other):
        return True
    slip = _slip(one, other) if shorter >= 5 else ""
    if strict or not {one, other}.isdisjoint(OBJECTS):
        if slip == "missed":
            return one[0] == other[0] and (shorter >= 6 or (not strict and _bones(one) == _bones(other)))
        return one[0] == other[0] and slip == "swapped"
    if slip:
        return True
    return shorter >= 3 and one[0] == other[0] and len(one) != len(other) and _bones(one) == _bones(other)


KNOWN = HARMLESS | POLARITY | NEAR | NO_NAMES | PLACED | OBJECTS | REGION
REAL = frozenset(("susah", "malah", "tangan", "tampa", "kapel", "sayur", "lebak", "tanam"))  # a key away from those
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {
    key: frozenset("".join(line[max(0, at - 1):at + 2] for line in (above, row, below)))
    for above, row, below in (("", *KEYS[:2]), KEYS, (*KEYS[1:], "")) for at, key in enumerate(row)
}


def _misspelt(one: str, other: str) -> bool:
    """Whether `one` is a slip of the everyday word `other` and no word of its own, so that neither is a name.

    Fingers slip to keys beside the right one: "dejat" is dekat, and "Lebak" is not lebar.
    """
    if other not in KNOWN or one in KNOWN or one in REAL or min(len(one), len(other)) < 5 or one[0] != other[0]:
        return False
    slip = _slip(one, other)
    if slip != "replaced":
        return bool(slip)
    at = next(at for at, sign in enumerate(one) if sign != other[at])
    return one[at] in BESIDE.get(other[at], ())


DISGUISED = re.compile(r"([a-z]+)(?:[013457][a-z]+)+")
DISGUISES = tuple(str.maketrans("013457", letters) for letters in ("oieast", "oleast"))


def _disguised(word: str) -> frozenset[str]:
    """What "j3mbatan" may stand for: digits inside letters, against a filter. A house number or "gg5a" is none.

    Only ever compared with the word that stands in its place, so a digit is explained away where both
    texts then say the same, and nowhere else.
    """
    if word.isalpha():
        return frozenset((word,))
    found = DISGUISED.fullmatch(word) if len(word) > 4 else None
    if found is None or found[1] in PLACED or found[1] in GLUED:
        return frozenset()
    return frozenset(word.translate(letters) for letters in DISGUISES)


def _slip(one: str, other: str) -> str:
    """The one slip of the finger between two words: "swapped" neighbours, a letter "missed", "replaced"; or ""."""
    if abs(len(one) - len(other)) > 1:
        return ""
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    a, b = one[at:], other[at:]
    if a[:2] == b[1::-1] and a[2:] == b[2:]:
        return "swapped"
    if a[1:] == b or a == b[1:]:
        return "missed"
    return "replaced" if a[1:] == b[1:] else ""


@lru_cache(maxsize=65_536)
def root(word: str) -> str:
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= (3 if suffix == "nya" else 4):
            word = word[: -len(suffix)]
            break
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 4:
            return word[len(prefix):]
    return word


def _bones(word: str) -> str:
    return word[0] + "".join(sign for sign in word[1:] if sign not in "aeiou")
