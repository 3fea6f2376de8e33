"""What stands around a phrase and turns its sense: negation, condition, the past, what is over, what is only a figure.

"Tidak banjir", "kalau hujan pasti banjir", "dulu sini banjir" hold the word and no flood. A cue reaches
forward over a few words of its own sentence and no farther than a comma or a word that opens a new
thought ("karena", "tapi"): "tidak bisa lewat karena banjir" is a flood. `located` tells a landmark from the
matter: "depan SMP", "arah terminal", "ngarep puskesmas".

What comes behind counts too: "banjir ... sudah surut", "lubang ... sudah ditambal" are over, unless something stands
behind that takes it back ("tapi", "masih", a plea). "Dulu sering banjir, sekarang aman" is past though it says "now",
because the now comes after and nothing there grew worse. "Katanya tidak banjir, nyatanya ..." denies nothing. A film, a
dream, a thesis hold no hazard, nor does what something is only like ("macet koyo Palur"). Whether there is a flood
("banjir nggak di situ?", "apakah macet?") is asked; why or since when is not, since that takes it for granted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nlp.languages import word_set
from nlp.phrases import Hit, Hits
from nlp.tokens import Words

NEGATION_REACH = 3  # words between the negator and the phrase, itself counted
CONDITION_REACH = 8
PAST_REACH = 9
ASKED_REACH = 12
POTENTIAL_REACH = 4
OVER_REACH = 10  # words behind the phrase
ALIKE_REACH = 3
SEEMS = "nya"  # "sepertinya akan roboh" is a guess, no figure
TALK_WORDS = 25  # longer posts that name a film or a dream tell of something real beside it
LOCATED_REACH = 1  # words that may stand between a word of place and what lies there


class Turn(NamedTuple):
    """What turned a phrase, and what is left of its weight."""

    what: str
    factor: float
    hit: Hit


# Kinds of cues that stand before, the strongest first; how far each reaches, and what it does.
TURNING = (
    ("cue:negator", NEGATION_REACH, "rule:negation"), ("cue:condition", CONDITION_REACH, "rule:condition"),
    ("cue:past", PAST_REACH, "rule:past"), ("cue:wondering", ASKED_REACH, "rule:asked about"),
    ("cue:alike", ALIKE_REACH, "rule:only alike"),
)
WEIGHT_LEFT = {
    "rule:negation": 0.0, "rule:condition": 0.25, "rule:past": 0.4, "rule:asked about": 0.3, "rule:only alike": 0.3,
    "rule:only feared": 0.5, "rule:over": 0.2, "rule:not of this world": 0.2,
}
NONE_LEFT = frozenset(("rule:negation", "rule:over", "rule:not of this world"))  # nothing to act on is left
LACKS = word_set("habis kosong mati padam hilang putus kering asat nunggak entek tidak belum ora durung kehabisan")
ASKING = word_set("apa apakah opo adakah benarkah masihkah sudahkah emang memang beneran")
OR_NOT = word_set("tidak ora mboten belum durung dereng")
ASKERS = frozenset(("ada info", "ada yang", "ada kabar", "info banjir", "apa benar", "apa iya", "ada yg"))


def turn_of(hit: Hit, words: Words, hits: Hits) -> Turn | None:
    """The strongest cue that turns `hit`, None where it means what it says."""
    passed = ("cue:over" in hits or "cue:gone" in hits) and _over(hit, words, hits)
    for kind, reach, what in TURNING:
        if passed and kind != "cue:negator":
            break
        cue = _before(hit, hits[kind], words, hits, reach) if kind in hits else None
        if cue and not _taken_back(kind, cue, hit, words, hits):
            return Turn(what, WEIGHT_LEFT[what], cue)
    if passed:
        return Turn("rule:over", WEIGHT_LEFT["rule:over"], passed)
    if "cue:unreal" in hits and len(words.raw) <= TALK_WORDS and (cue := _beside(hit, hits["cue:unreal"], words)):
        return Turn("rule:not of this world", WEIGHT_LEFT["rule:not of this world"], cue)
    if words.asks and (cue := _whether(hit, words)):
        return Turn("rule:asked about", WEIGHT_LEFT["rule:asked about"], cue)
    return None


def feared(hit: Hit, words: Words, hits: Hits) -> Turn | None:
    """The word that makes of a hazard what may come of the matter: "bisa menyebabkan banjir"."""
    cue = _before(hit, hits.get("cue:potential", ()), words, hits, POTENTIAL_REACH)
    return Turn("rule:only feared", WEIGHT_LEFT["rule:only feared"], cue) if cue else None


def _taken_back(kind: str, cue: Hit, hit: Hit, words: Words, hits: Hits) -> bool:
    """Whether the text itself says that the cue does not hold."""
    if kind == "cue:past":
        return _still(hit, words, hits)
    if kind == "cue:negator":
        return "cue:contrary" in hits and _behind(hit, hits["cue:contrary"], words) is not None
    return kind == "cue:alike" and words.fold[cue.first].endswith(SEEMS)


def _still(hit: Hit, words: Words, hits: Hits) -> bool:
    """Whether what is told of the past is said to last: a "now" before it, or one behind that grew worse."""
    sentence = words.sentence[hit.first]
    for now in hits.get("cue:now", ()):
        if words.sentence[now.first] == sentence and (
            now.first < hit.first or _behind(now, hits.get("cue:worse", ()), words)
        ):
            return True
    return False


def _over(hit: Hit, words: Words, hits: Hits) -> Hit | None:
    """What says behind `hit` that it has passed, and is not taken back."""
    ends = hits.get("cue:over", [])
    if "cue:gone" in hits and LACKS.isdisjoint(hit.phrase.split()):
        ends = [*ends, *hits["cue:gone"]]
    for cue in ends:
        behind = hit.last <= cue.first < hit.last + OVER_REACH
        if behind and words.sentence[cue.first] - words.sentence[hit.first] <= 1 and not (
            (_broken(hit.last, cue.first, words, hits, whole=False) and "cue:past" not in hits)
            or _behind(cue, hits.get("cue:contrast", ()), words)
        ):
            return cue
    return None


def _behind(hit: Hit, cues: Sequence[Hit], words: Words) -> Hit | None:
    """The first of `cues` that stands behind `hit` in its sentence."""
    sentence = words.sentence[hit.first]
    return next((cue for cue in cues if cue.first >= hit.last and words.sentence[cue.first] == sentence), None)


def _beside(hit: Hit, cues: Sequence[Hit], words: Words) -> Hit | None:
    """The first of `cues` in the sentence of `hit`, and not inside it."""
    sentence = words.sentence[hit.first]
    return next((cue for cue in cues if words.sentence[cue.first] == sentence and not cue.touches(hit)), None)


def _whether(hit: Hit, words: Words) -> Hit | None:
    """The word that asks whether `hit` is so: "apakah" at the head, "nggak" or "belum" behind it, before the mark."""
    first, last = hit.first, hit.last
    sentence = words.sentence[first]
    while first and words.sentence[first - 1] == sentence:
        first -= 1
    while last < len(words.form) and words.sentence[last] == sentence:
        last += 1
    if "?" not in words.text[words.ends[last - 1] : words.starts[last] if last < len(words.starts) else None]:
        return None
    head = next((i for i in range(first, min(first + 3, hit.first)) if words.form[i] in ASKING), None)
    if head is None and " ".join(words.form[first : first + 2]) in ASKERS:
        head = first
    if head is None:
        head = next((i for i in range(hit.last, last) if words.form[i] in OR_NOT and i >= last - 4), None)
    return None if head is None else Hit("cue:whether", "", words.form[head], 1, head, head + 1)


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
        if not (cue.first < hit.first and hit.first - cue.last < reach):  # "tidak ada" reaches into "ada korban"
            if not _inside(cue, hit):
                continue
            return cue
        if words.sentence[cue.first] != words.sentence[hit.first]:
            continue
        if not _broken(cue.last, hit.first, words, hits, whole=cue.kind == "cue:negator"):
            return cue
    return None


def _inside(cue: Hit, hit: Hit) -> bool:
    """ "Jembatan Bacem tidak putus": a negator between a thing and its defect, where the phrase itself has none."""
    return (cue.kind == "cue:negator" and hit.first < cue.first and cue.last == hit.last - 1
            and hit.last - hit.first > hit.size and cue.phrase not in hit.phrase)


def _broken(start: int, end: int, words: Words, hits: Hits, *, whole: bool) -> bool:
    """Whether a new thought begins between two words; a comma ends a negation, not a condition."""
    if any(start <= b.first < end for b in hits.get("cue:breaker", ())):
        return True
    return whole and any("," in words.gap(i) or ";" in words.gap(i) for i in range(start, end + 1))
