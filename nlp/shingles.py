"""Hashes runs of three words, and chooses those under which a story is known. Pure.

All hashes are xxh3 of the words, so they survive a restart and another machine. A word is hashed by its skeleton:
people drop vowels before anything else ("jlan", "perbakan", "tdak"), and a coarser key finds more candidates; the
guard, which sees whole words, decides.

Decides nothing about similarity.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

MAX_SHINGLES = 24  # stored per story; each run of PER_SHINGLE words (more in long texts) gives one
PER_SHINGLE = 3

Keys = NDArray[np.uint64]
T = TypeVar("T")

VOWELS = dict.fromkeys(map(ord, "aeiou"))
MIX = np.array((0x165667B19E3779F9, 0xC2B2AE3D27D4EB4F, 0x9E3779B97F4A7C15), np.uint64)


class Remembered(dict[str, T]):
    """A function of a word with its answers: people use few words, often. Begins anew when chatter has filled it."""

    def __init__(self, function: Callable[[str], T], limit: int) -> None:
        super().__init__()
        self.function = function
        self.limit = limit

    def __missing__(self, word: str) -> T:
        if len(self) >= self.limit:
            self.clear()
        found = self[word] = self.function(word)
        return found


def hash64(text: str) -> int:
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def signed(value: int) -> int:
    """SQLite's integers end at 63 bits and a sign."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _word_hash(word: str) -> int:
    if len(word) > 3 and word.isalpha():
        word = word[0] + word[1:].translate(VOWELS)
    return hash64(word)


WORD_HASH = Remembered(_word_hash, 131_072)


def shingle_keys(texts: Sequence[Sequence[str]]) -> tuple[Keys, list[int]]:
    """Hash every run of three words of each text, in text order; a text of one or two words is one run.

    Returns the keys of all texts one after the other, and how many each has: none for a text without words.
    """
    hashes = array("Q", map(WORD_HASH.__getitem__, chain.from_iterable(texts)))
    if not hashes:
        return np.empty(0, np.uint64), [0] * len(texts)
    if len(texts) == 1 and len(hashes) > 2:
        return np.convolve(np.frombuffer(hashes, np.uint64), MIX, "valid"), [len(hashes) - 2]
    hashes.extend((0, 0))  # so that every word begins a run
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(sizes)
    begins = np.ones(len(hashes) - 2, np.bool_)
    begins[ends[sizes > 1] - 1] = False
    begins[ends[sizes > 2] - 2] = False
    keys = np.convolve(np.frombuffer(hashes, np.uint64), MIX, "valid")[begins]
    counts = np.where(sizes > 2, sizes - 2, sizes > 0)
    short = np.flatnonzero((sizes == 1) | (sizes == 2))
    for at, key in zip(short.tolist(), (np.cumsum(counts) - counts)[short].tolist(), strict=True):
        keys[key] = hash64(" ".join(texts[at]))
    return keys, counts.tolist()


def sample(ranked: Sequence[int]) -> Iterable[int]:
    """One of every PER_SHINGLE consecutive shingles of a text, the least; all where it has no more than four.

    Who ranks puts those first that fewest stories have. A later post that shares any run of 7 words with the story (of
    length / 24 * 2 + 2 in texts of more than 74 words) therefore meets one of them: a post is looked up by all of its.
    """
    count = len(ranked)
    if count <= 4:
        return ranked
    width = max(PER_SHINGLE if count > 8 else 2, -(-count // MAX_SHINGLES))
    whole = count - count % width
    least: Iterable[int] = map(min, *[ranked[at:whole:width] for at in range(width)])
    return chain(least, (min(ranked[whole:]),)) if whole < count else least
