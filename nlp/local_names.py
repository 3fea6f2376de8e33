"""The operators' own names of places, found in a text: "bangjo Gendengan" and all that is written for it.

Observations. People name a spot by what everybody in town knows; the Ministry's table knows none of these, and
the shipped lists say at best the town. An operator knows the kelurahan by heart.

Theory. A name that an operator wrote down needs no cue of its own, only its words side by side. What it does
need is the right town: "Pasar Legi" stands in Solo and elsewhere. A name counts where the text and its
circumstances (the account that was addressed, a geo-tag, a town named beside it) speak of its
kabupaten/kota, or of none at all; a town right behind the name decides alone. Of several places of one name
the one that is spoken of counts; where that leaves two, none does.

Known failures. A name inside a longer name ("toko Gendengan Jaya") is taken for the spot. Who writes to the
province about another town without saying which is believed to mean the operator's place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nlp.tokens import ABBREVIATIONS, Words, split_words
from settings import PlaceSettings
from settings.places import spellings

SOURCE = "from the operator's file"
SCORE = 0.9  # above every guess: somebody who knows the town wrote it down
MAX_WORDS = 8


class LocalName(NamedTuple):
    """Words `first` to `last` (excluded) are a name of one of `meant`."""

    first: int
    last: int
    start: int
    end: int
    meant: tuple[PlaceSettings, ...]

    def within(self, towns: frozenset[str]) -> PlaceSettings | None:
        """The place that is meant where a text speaks of `towns`; None where that does not tell."""
        fitting = [place for place in self.meant if not towns or place.code[:5] in towns]
        return fitting[0] if len(fitting) == 1 else None


class LocalNames:
    """Built once for a file; `find` is pure. Keys are folded words without blanks, as in the gazetteer."""

    def __init__(self, places: Iterable[PlaceSettings]) -> None:
        meant: dict[str, list[PlaceSettings]] = defaultdict(list)
        for place in places:
            for name in (place.name, *place.aliases):
                for key in ("".join(words) for words in spellings(split_words(name))):
                    if place not in meant[key]:
                        meant[key].append(place)
        self.meant = {key: tuple(found) for key, found in meant.items()}
        self._beginnings = frozenset(key[:length] for key in self.meant for length in range(1, len(key) + 1))

    def find(self, words: Words) -> Iterator[LocalName]:
        """The longest name at each word, in text order, none overlapping another."""
        free, begins = 0, self._beginnings
        if begins.isdisjoint(words.fold):
            return
        for i in [i for i, word in enumerate(words.fold) if word in begins]:
            if i >= free and (found := self._at(words, i)):
                free = found.last
                yield found

    def _at(self, words: Words, i: int) -> LocalName | None:
        key, found = "", None
        for j in range(i, min(i + MAX_WORDS, len(words.fold))):
            if j > i and not _joined(words, j):
                break
            key += words.fold[j]
            if key not in self._beginnings:
                break
            if key in self.meant:
                found = LocalName(i, j + 1, words.starts[i], words.ends[j], self.meant[key])
        return found


def _joined(words: Words, i: int) -> bool:
    """Whether word `i` may go on with a name: a blank, a hyphen, the stop of an abbreviation between."""
    gap = words.gap(i)
    if "\n" in gap:
        return False
    mark = gap.strip()
    return mark in {"", "-"} or (mark == "." and words.fold[i - 1] in ABBREVIATIONS)
