"""What two readings are to each other: one voice, one text cut, one scene, enough words to come from one text.

The thresholds are argued in `nlp.duplicates`, whose judging this is a part of. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from nlp.cue_words import OBJECTS
from nlp.facts import telling
from nlp.fingerprint import Reading
from nlp.guard import compare_address, contradiction, new_places, share_a_place
from nlp.told import Told

TELLING = 5
TELLING_ADDRESS = 4
TELLING_REPOST = 3
TELLING_AUTHOR = 1
TELLING_UNPLACED = 8
BARE_NAMES = 4  # @names in the same order, from which a repost of nothing else is known


def enough(mine: Told, yours: Told, shared: Told) -> bool:
    """Whether the words of `shared`, one of the two, say so much that they can only come from one text."""
    ours, theirs = mine.reading, yours.reading
    if same_voice(ours, theirs):
        return True
    said = shared.telling
    if ours.author and ours.author == theirs.author:
        return said >= TELLING_AUTHOR or ours.bare
    if ours.bare or theirs.bare:
        return False
    if bool(ours.address) != bool(theirs.address):
        return said >= TELLING_UNPLACED
    if ours.reposted or theirs.reposted:
        return said >= TELLING_REPOST
    if ours.address:  # the same one, or we would not be here
        return said >= TELLING_ADDRESS
    if not ours.cut and said < TELLING_UNPLACED and new_places(yours, mine):
        return False
    return said >= TELLING


def overlap(ours: frozenset[str], theirs: Sequence[str]) -> float:
    """Jaccard: where two stories both contain a copy whole, the one that holds little else is closer."""
    return len(ours.intersection(theirs)) / max(1, len(ours.union(theirs)))


def same_voice(ours: Reading, theirs: Reading) -> bool:
    """Whether both, by their own word, repeat one author: a repost and its original, or two reposts."""
    if ours.reposts and ours.reposts in (theirs.handle, theirs.reposts):
        return True
    return bool(theirs.reposts) and theirs.reposts == ours.handle


def same_names(ours: Reading, theirs: Reading) -> bool:
    """Of posts without a word of their own: one voice, one author, or a repost of the same list of names."""
    if same_voice(ours, theirs) or (ours.author and ours.author == theirs.author):
        return True
    return ours.reposted != theirs.reposted and min(len(ours.words), len(theirs.words)) >= BARE_NAMES


def continues(ours: Reading, theirs: Reading) -> bool:
    """Whether one text is the other, or its beginning up to where it was cut."""
    shorter, longer = sorted((ours, theirs), key=lambda reading: len(reading.words))
    size = len(shorter.words)
    if size and shorter.words == longer.words[:size]:
        return size == len(longer.words) or shorter.cut
    if not size or not (shorter.cut or longer.cut) or shorter.words[:-1] != longer.words[:size - 1]:
        return False
    last, other = shorter.words[-1], longer.words[size - 1]
    if shorter.cut and other.startswith(last):
        return True
    return longer.cut and size == len(longer.words) and last.startswith(other)


def one_scene(mine: Told, yours: Told, *, soon: bool) -> bool:
    """Whether two texts with one picture may speak of one matter: no contradiction, and something in common.

    `soon`: told within MEDIA_WINDOW. An old picture under a new complaint needs the same place.
    """
    ours, theirs = mine.reading, yours.reading
    address = compare_address(ours, theirs)
    if address == "other" or contradiction(mine.facts, yours.facts):
        return False
    things, others = OBJECTS.intersection(ours.words), OBJECTS.intersection(theirs.words)
    if things and others and not things & others:
        return False
    if address == "same" or share_a_place(mine.facts, yours.facts):
        return True
    if not soon:
        return False
    common = telling([word for word in ours.words if word in theirs.words])
    return common >= 2 or min(0 if r.reading.bare else r.telling for r in (mine, yours)) < TELLING_ADDRESS


def reason_of(ours: Reading, theirs: Reading) -> str:
    if ours.reposted:
        return "repost"
    return "same_author" if ours.author and ours.author == theirs.author else "near_duplicate"
