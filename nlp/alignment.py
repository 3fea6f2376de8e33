"""Lays two texts side by side: which words they share, in order, and what lies between. Pure; judges nothing.

The longest common subsequence by Hunt and Szymanski (1977), which is quick where words are mostly
different from each other; common beginning and end are taken off first, for copies share most.
Sentences in another order are found in what is left over. A word that stands more than eight times
in a text counts at its first eight places: enough for people, and no one can make it slow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress, count, pairwise
from operator import ne
from typing import NamedTuple

NOTHING: Mapping[str, int] = {}


class Gap(NamedTuple):
    """What lies between two aligned words. `before` is the last word ahead of the left-over, per side."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    ours_before: str
    theirs_before: str
    at_start: bool
    at_end: bool


class Alignment(NamedTuple):
    """Two texts laid side by side; `similarity` is the share of the shorter one that is in the longer."""

    matched: int
    runs: int  # stretches of aligned words, at most
    similarity: float
    gaps: tuple[Gap, ...]
    moved: Mapping[str, int]  # words in stretches of three and more that stand elsewhere in the other text


def align(ours: Sequence[str], theirs: Sequence[str], *, cut: bool = False) -> Alignment:
    """Find the longest common subsequence (Hunt and Szymanski 1977) and what lies between.

    `cut`: a last word that begins one of the other side counts as that word.
    """
    if cut:
        ours, theirs = _completed(ours, theirs), _completed(theirs, ours)
    limit = min(len(ours), len(theirs))
    start = _alike(ours, theirs)
    end = min(_alike(ours[::-1], theirs[::-1]), limit - start) if start < limit else 0
    if start + end == limit:
        return _one_gap(ours, theirs, start, end)
    inner = _common(ours[start:len(ours) - end], theirs[start:len(theirs) - end])
    pairs = [(start - 1, start - 1), *((start + i, start + j) for i, j in inner), (len(ours) - end, len(theirs) - end)]
    gaps = [
        Gap(tuple(ours[i + 1:k]), tuple(theirs[j + 1:m]), ours[i] if i >= 0 else "", theirs[j] if j >= 0 else "",
            at_start=i < 0, at_end=k == len(ours) or m == len(theirs))
        for (i, j), (k, m) in pairwise(pairs) if k - i > 1 or m - j > 1
    ]
    moved = _moved([w for gap in gaps for w in gap.ours], [w for gap in gaps for w in gap.theirs])
    matched = start + end + len(inner) + len(moved)
    return Alignment(matched, len(gaps) + 1, matched / max(1, limit), tuple(gaps), Counter(moved) if moved else NOTHING)


def _alike(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many words both begin with."""
    return next(compress(count(), map(ne, ours, theirs)), min(len(ours), len(theirs)))


def _one_gap(ours: Sequence[str], theirs: Sequence[str], start: int, end: int) -> Alignment:
    """One text is the other with something put in, before or after: most copies are."""
    if len(ours) == len(theirs):
        return Alignment(start + end, 1, float(start + end > 0), (), NOTHING)
    upto, yours = len(ours) - end, len(theirs) - end
    gap = Gap(tuple(ours[start:upto]), tuple(theirs[start:yours]), ours[start - 1] if start else "",
              theirs[start - 1] if start else "", at_start=not start, at_end=not end)
    return Alignment(start + end, 2, float(start + end > 0), (gap,), NOTHING)


def _moved(ours: list[str], theirs: list[str]) -> list[str]:
    """Words that both left-overs share in stretches of three or more: sentences in another order."""
    found: list[str] = []
    for _ in range(3):
        if min(len(ours), len(theirs)) < 3:
            break
        if not (long := _stretches(_common(ours, theirs))):
            break
        found += [ours[i] for i, _ in long]
        mine, yours = {i for i, _ in long}, {j for _, j in long}
        ours = [word for i, word in enumerate(ours) if i not in mine]
        theirs = [word for j, word in enumerate(theirs) if j not in yours]
    return found


def _stretches(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs that follow one another on both sides, by three and more."""
    long: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(pairs) + 1):
        if end == len(pairs) or pairs[end] != (pairs[end - 1][0] + 1, pairs[end - 1][1] + 1):
            if end - start >= 3:
                long += pairs[start:end]
            start = end
    return long


def _completed(words: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    """`words` with a half last word replaced by the word of `other` that follows the same neighbour."""
    if len(words) < 2 or len(words) > len(other) + 3:
        return words
    stump, before = words[-1], words[-2]
    if before not in other:
        return words
    for at in range(1, len(other)):
        if other[at - 1] == before and other[at] != stump and other[at].startswith(stump):
            return (*words[:-1], other[at])
    return words


def _common(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Index pairs of a longest common subsequence. A word counts at its first eight places only."""
    shared = set(ours).intersection(theirs)
    if not shared:
        return []
    places: dict[str, list[int]] = {word: [] for word in shared}
    for j, word in enumerate(theirs):
        if word in shared and len(places[word]) < 8:
            places[word].append(j)
    ends: list[int] = []  # smallest last j of a chain of each length
    links: list[tuple[int, int, int]] = []  # (i, j, link of the chain before)
    heads: list[int] = []
    for i, word in enumerate(ours):
        if word not in shared:
            continue
        for j in reversed(places[word]):
            length = bisect_left(ends, j)
            links.append((i, j, heads[length - 1] if length else -1))
            if length == len(ends):
                ends.append(j)
                heads.append(len(links) - 1)
            else:
                ends[length] = j
                heads[length] = len(links) - 1
    chain, at = [], heads[-1] if heads else -1
    while at >= 0:
        i, j, at = links[at]
        chain.append((i, j))
    return chain[::-1]
