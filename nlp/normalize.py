"""Brings informal spelling to one form; pure functions on strings, no state but caches.

Two levels. `fold` changes signs only (case, compatibility letters, accents, stretched letters), so a
name stays a name. `canonical` also knows words: slang and abbreviations of the language packs, doubled
words ("anak2"), clitics ("lampunya", Javanese "lampune"). Text that has to be matched as a whole goes
through `folded`, which keeps an offset per sign: spans always point into the text as stored.

Refuses to stem: prefixes (me-, di-, ber-) carry meaning that keyword lists rely on ("dibantu" is no
"membantu"), and a stemmer costs more per unseen word than everything else here together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

# Three or more of a kind are stretched ("tolooong"); two may be spelling ("maaf", "saat").
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
DOUBLED = re.compile(r"([^\W\d_]{3,})(?:2|²)([^\W\d_]{0,3})")
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
BETWEEN_BARS = re.compile(r"[^_]+")
APOSTROPHES = re.compile("['’`‘ʼ]")
# Longest first. "-e" and "-ne" are Javanese, "-ipun" krama; they ask for a longer stem because short
# Indonesian words end in -e by chance.
CLITICS = (("ipun", 4), ("nya", 3), ("lah", 3), ("pun", 3), ("ku", 3), ("mu", 3), ("ne", 3), ("e", 4))
ENDINGS = tuple(clitic for clitic, _ in CLITICS)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets[i]` is the code point of the original that sign `i` came from.

    One more entry closes the map, so `offsets[start], offsets[end]` bound any slice.
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that `text[start:end]` came from."""
        return self.offsets[start], (self.offsets[end - 1] + 1 if end > start else self.offsets[start])


def folded(text: str) -> Folded:
    """Fold every sign of `text` and remember where it came from. White space becomes one blank."""
    signs: list[str] = []
    offsets: list[int] = []
    for at, sign in enumerate(text):
        for made in " " if sign.isspace() else _plain(sign):
            if made == " " and signs and signs[-1] == " ":
                continue
            signs.append(made)
            offsets.append(at)
    whole = "".join(signs)
    dropped = {i for m in STRETCHED.finditer(whole) for i in range(m.start() + 1, m.end())}
    if dropped:
        whole = "".join(s for i, s in enumerate(signs) if i not in dropped)
        offsets = [o for i, o in enumerate(offsets) if i not in dropped]
    return Folded(whole, (*offsets, len(text)))


def fold(word: str) -> str:
    """One word in lower case, without accents, zero-width signs, apostrophes or stretched letters.

    Compatibility letters (full width, mathematical bold) become plain ones.
    """
    if not word.isascii():
        word = _plain(word)
    word = word.lower()
    if not (word.isascii() and word.isalpha()):
        word = APOSTROPHES.sub("", word)
    return STRETCHED.sub(r"\1", word)


@lru_cache(maxsize=4096)
def _plain(signs: str) -> str:
    parts = unicodedata.normalize("NFKD", signs).lower()
    return "".join(s for s in parts if not unicodedata.combining(s) and unicodedata.category(s) != "Cf")


def canonical(word: str, spelling: Mapping[str, str], known: Collection[str]) -> str:
    """The form of a folded word that phrases are matched on; may hold several words.

    `spelling` maps slang to words, `known` holds the words that phrases use: a clitic is cut only
    where a known word stays, so nothing is cut by chance.
    """
    doubled = None if word.isalpha() else DOUBLED.fullmatch(word)
    if doubled:
        root = without_clitic(spelling.get(doubled[1], doubled[1]), known)
        return f"{root} {root}"
    word = spelling.get(word) or _without_stress(word, known)
    if not word.endswith(ENDINGS) and " " not in word:
        return word
    return " ".join(without_clitic(part, known) for part in word.split(" "))


def _without_stress(word: str, known: Collection[str]) -> str:
    """Javanese stresses by a "u" behind the first letter: "buanjir", "muacet", "puanas"."""
    stressed = len(word) > 4 and word[1] == "u" and word[2] in "aeio" and word not in known
    plain = word[0] + word[2:] if stressed else word
    return plain if stressed and plain in known else word


def without_clitic(word: str, known: Collection[str]) -> str:
    """`word` without -nya, -ku, -mu, -lah, -pun and the Javanese -e, -ne, -ipun, where the rest is known."""
    for clitic, shortest in CLITICS:
        if word.endswith(clitic) and len(word) - len(clitic) >= shortest:
            stem = word[: -len(clitic)]
            if stem in known:
                return stem
    return word


def hashtag_words(tag: str, known: Collection[str]) -> list[tuple[int, int]]:
    """Where the words of a hashtag (without "#") stand: by capitals, else by known words, else whole."""
    parts = [(m.start(), m.end()) for m in CAMEL.finditer(tag)] if not tag.islower() else []
    if len(parts) > 1 and sum(end - start for start, end in parts) == len(tag.replace("_", "")):
        return parts
    if "_" in tag.strip("_"):
        return [(m.start() + begin, m.start() + end) for m in BETWEEN_BARS.finditer(tag)
                for begin, end in hashtag_words(m.group(), known)]
    small = tag.lower()
    parts = _by_known_words(small, known) if len(small) == len(tag) else []
    return parts or [(0, len(tag))]


def _by_known_words(tag: str, known: Collection[str], at: int = 0, depth: int = 0) -> list[tuple[int, int]]:
    """Longest known word first, at most five words; empty where letters are left over."""
    if depth == 5 or len(tag) > 40:
        return []
    for end in range(len(tag), at + 2, -1):
        if tag[at:end] in known:
            rest = _by_known_words(tag, known, end, depth + 1)
            if rest or end == len(tag):
                return [(at, end), *rest]
    return []
