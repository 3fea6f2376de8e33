"""What stands around a phrase and turns its sense: negation, condition, the past.

"Tidak banjir", "kalau hujan pasti banjir", "dulu sini banjir" hold the word and no flood. A cue reaches
forward over a few words of its own sentence and no farther than a comma or a word that opens a new
thought ("karena", "tapi"): "tidak bisa lewat karena banjir" is a flood. `located` tells a landmark from the
matter: "depan SMP", "arah terminal", "ngarep puskesmas".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nlp.phrases import Hit, Hits
from nlp.tokens import Words

NEGATION_REACH = 3  # words between the negator and the phrase, itself counted
CONDITION_REACH = 8
PAST_REACH = 9
ASKED_REACH = 12
LOCATED_REACH = 1  # words that may stand between a word of place and what lies there


class Turn(NamedTuple):
    """What turned a phrase, and what is left of its weight."""

    what: str
    factor: float
    hit: Hit


# Kinds of cues, the strongest first; how far each reaches, and what it does.
TURNING = (
    ("cue:negator", NEGATION_REACH, "rule:negation"), ("cue:condition", CONDITION_REACH, "rule:condition"),
    ("cue:past", PAST_REACH, "rule:past"), ("cue:wondering", ASKED_REACH, "rule:asked about"),
)
WEIGHT_LEFT = {"rule:negation": 0.0, "rule:condition": 0.25, "rule:past": 0.4, "rule:asked about": 0.3}


def turn_of(hit: Hit, words: Words, hits: Hits) -> Turn | None:
    """The strongest cue that turns `hit`, None where it means what it says."""
    for kind, reach, what in TURNING:
        cue = _before(hit, hits[kind], words, hits, reach) if kind in hits else None
        if cue and not (kind == "cue:past" and _same_sentence(hit, hits.get("cue:now", ()), words)):
            return Turn(what, WEIGHT_LEFT[what], cue)
    return None


def is_done(hit: Hit, words: Words, hits: Hits) -> bool:
    """ "Sudah diperbaiki" asks for nothing: a word for done stands right before the phrase."""
    sentence = words.sentence
    return "cue:done" in hits and any(
        cue.last == hit.first and sentence[cue.first] == sentence[hit.first] for cue in hits["cue:done"]
    )


def located(hit: Hit, words: Words, hits: Hits) -> bool:
    """ "Depan SMP", "arah terminal": a word of place right before it makes a thing a landmark."""
    for cue in hits.get("cue:beside", ()):
        near = 0 <= hit.first - cue.last <= LOCATED_REACH
        if near and words.sentence[cue.first] == words.sentence[hit.first] and (
            cue.last == hit.first or "," not in words.gap(hit.first)
        ):
            return True
    return False


def _before(hit: Hit, cues: Sequence[Hit], words: Words, hits: Hits, reach: int) -> Hit | None:
    for cue in cues:
        if not (cue.last <= hit.first and hit.first - cue.last < reach):
            continue
        if words.sentence[cue.first] != words.sentence[hit.first]:
            continue
        if not _broken(cue.last, hit.first, words, hits, whole=cue.kind == "cue:negator"):
            return cue
    return None


def _broken(start: int, end: int, words: Words, hits: Hits, *, whole: bool) -> bool:
    """Whether a new thought begins between two words; a comma ends a negation, not a condition."""
    if any(start <= b.first < end for b in hits.get("cue:breaker", ())):
        return True
    return whole and any("," in words.gap(i) or ";" in words.gap(i) for i in range(start, end + 1))


def _same_sentence(hit: Hit, cues: Sequence[Hit], words: Words) -> bool:
    return any(words.sentence[cue.first] == words.sentence[hit.first] for cue in cues)
