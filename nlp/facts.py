"""What a text states by a cue and its value: "rt 3", "km 12", "jalan veteran", "dari solo". Pure; judges nothing.

Words are in their one spelling (`nlp.fingerprint`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from nlp.cue_words import HARMLESS, NAMED, NO_NAMES, NO_STREET, NUMBERED, TITLES

PLACED = NAMED | NUMBERED
WAYS_TO = frozenset(("dari", "ke", "arah", "menuju", "tujuan"))
CUES = PLACED | WAYS_TO
FROM, TO = "<dari", ">ke"  # facts that only count where they are swapped
NO_PLACE = HARMLESS | PLACED | NO_NAMES

Facts: TypeAlias = Mapping[str, frozenset[str]]  # cue -> values
NONE: frozenset[str] = frozenset()


def telling(words: Sequence[str]) -> int:
    """How many different words say something: what broke, where, since when."""
    return len(set(words) - HARMLESS)


@lru_cache(maxsize=1 << 16)
def is_number(word: str) -> bool:
    """Numbers, house numbers ("12a"), letters of blocks."""
    return len(word) == 1 or any(sign.isdigit() for sign in word)


@lru_cache(maxsize=4_096)
def facts_of(words: tuple[str, ...]) -> Facts:
    """The facts of a text."""
    found: dict[str, frozenset[str]] = {}
    for at in [at for at, word in enumerate(words) if word in CUES]:
        for cue, value in _values(words, at):
            found[cue] = found[cue] | {value} if cue in found else frozenset((value,))
    return found


def _values(words: Sequence[str], at: int) -> list[tuple[str, str]]:
    """What the cue at this place states: at most two things."""
    cue, said = words[at], list[tuple[str, str]]()
    if cue in WAYS_TO and at + 1 < len(words):
        said.append((FROM if cue == "dari" else TO, words[at + 1]))
    if cue not in PLACED or (cue == "jalan" and at and words[at - 1] in NO_STREET):
        return said
    following = [word for word in words[at + 1:at + 4] if word not in TITLES]
    value = following[0] if following else ""
    if cue in NUMBERED and value and is_number(value):
        said.append((cue, value))
        if cue == "rt" and len(following) > 1 and is_number(following[1]):
            said.append(("rw", following[1]))  # "rt 3/5"
    elif cue in NAMED and value and value not in NO_PLACE:
        said.append((cue, value))
    return said
