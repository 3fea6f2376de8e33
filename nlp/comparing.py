"""Compares a post with one story: whether it is a copy, by what, and how alike the two are. Pure.

The thresholds are argued in `nlp.duplicates`, whose judging this is a part of.
"""

from __future__ import annotations

from typing import NamedTuple

from nlp.alignment import align
from nlp.guard import apart, compare_address, contradiction
from nlp.new_facts import facts_added
from nlp.same_text import continues, enough, reason_of, same_names, same_voice
from nlp.told import Told

COPIES = ("near_duplicate", "same_author")  # which become `added` where they tell more than the story


class Match(NamedTuple):
    """A story that a post may belong to; `voice`: both repeat one author by their own word."""

    cluster: str
    reason: str
    similarity: float
    voice: bool = False


class Comparing:
    """How posts are compared; `place_words` are those that the guard takes for places."""

    def __init__(self, threshold: float, place_words: frozenset[str]) -> None:
        self.threshold = threshold
        self.place_words = place_words

    def may_be(self, ours: frozenset[str], theirs: tuple[str, ...]) -> bool:
        """Whether a post and a story share so many words, wherever they stand, that a closer look pays."""
        return len(ours.intersection(theirs)) >= (self.threshold - 0.08) * min(len(ours), len(theirs))

    def same_words(self, mine: Told, yours: Told) -> Match | None:
        """Whether both have the same words and address, and enough of them."""
        ours, theirs = mine.reading, yours.reading
        same = theirs.words == ours.words and theirs.address == ours.address
        return Match(yours.cluster, reason_of(ours, theirs), 1.0) if same and enough(mine, yours, mine) else None

    def compare(self, mine: Told, yours: Told) -> tuple[Match | None, float]:
        """The match, if it is one, and the containment of the shorter text in the longer."""
        ours, theirs = mine.reading, yours.reading
        address = compare_address(ours, theirs) if ours.address and theirs.address else "unknown"
        if address == "other":
            return None, 0.0
        if ours.bare or theirs.bare:
            same = ours.bare and theirs.bare and same_names(ours, theirs) and continues(ours, theirs)
            return (Match(yours.cluster, reason_of(ours, theirs), 1.0) if same else None), float(same)
        facts, voice = contradiction(mine.facts, yours.facts), same_voice(ours, theirs)
        if facts and not voice:
            return None, 0.0
        alignment = align(ours.words, theirs.words, cut=ours.cut or theirs.cut)
        similarity = min(1.0, alignment.similarity)
        reason = reason_of(ours, theirs)
        if voice and continues(ours, theirs):
            return Match(yours.cluster, reason, similarity, voice), similarity
        if facts or similarity < self.threshold or alignment.matched < 3 * alignment.runs - 3:
            return None, similarity  # scattered words of a long text hold many a short one
        shorter = mine if len(ours.words) <= len(theirs.words) else yours
        if not enough(mine, yours, shorter):
            return None, similarity
        if apart(alignment, mine, yours, same_address=address == "same", place_words=self.place_words):
            return None, similarity
        if reason in COPIES and any(gap.ours for gap in alignment.gaps) and facts_added(ours.words, theirs.words):
            reason = "added"
        return Match(yours.cluster, reason, similarity, voice), similarity
