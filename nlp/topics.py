"""What a post complains about: operators' keywords, weighed so that a person can redo the sum.

Observations. Complaints are full of words that tell where and who, not what: "lubang di depan SMP", "anak
sekolah lewat sini", "setelah lampu merah", "kata Pak RT". Counted like the rest they win against the thing
that is broken, and they open a second ticket at a desk that has nothing to do.

Theory. Each keyword counts once, the more the longer it is (one word 1, two 2, three 2.8), a repeat
half. A word that belongs to several topics is shared out among them. Words in the first two sentences
weigh a little more, because people name their matter first. Then the words around decide what it is worth:
- after a word of place, or inside the name of a road, a village or a landmark one is *at*: 0.3;
- in a phrase that only tells who came by ("bocah sekolah"): 0.3;
- a word that mostly tells where or who (the packs' `setting` list: kelurahan, sekolah, polsek, kabel): 0.4;
- within a few words of something broken or needed: 1.5.
Where nothing but incidental words stands, they are the matter after all and the sums are lifted to one
full word. A topic's `unless` phrases and the metaphors take away the keywords they overlap; an `unless`
phrase elsewhere in the sentence takes those of that sentence. The score is 1 - exp(-sum / 2), lessened by
the share that stronger topics hold. A second topic needs a defect or a need of its own.

Measurement. On the development half of a city portal (3,629 complaints): single words without context .71,
with context and the hand-merged lists .81; on the other half .77, so four points of it are the words of
that half. The setting list came from its statistics: words that stand in every topic's complaints.

Known failures. Of two real matters the one with fewer words may fall under the second threshold. "Sampah"
in a river is waste to this module and drainage to many offices; a broken drain cover in the road is one
or the other by taste.

Refuses to guess: a text without a keyword has no topic here. The trained component joins in `nlp.blend`;
keywords keep their weight there, so that a new one works at once.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from domain import Place, Span, Topic
from nlp.context import located
from nlp.languages import word_set
from nlp.phrases import Hit, Hits
from nlp.post import Component, Post
from nlp.tokens import Words
from nlp.values import quick
from settings import Settings

WEIGHTS = {1: 1.0, 2: 2.0, 3: 2.8}
LONGEST = 3.2
REPEAT = 0.5
EARLY = 1.15
_topic = quick(Topic)
MOST = 4  # topics of one post
REST = "lainnya"  # what fits nowhere else: its keywords count a fifth, so that a real topic goes first
REST_WEIGHT = 0.2
LOCATED, SETTING, BYSTANDER = 0.3, 0.4, 0.3
BACKED, REACH = 1.5, 4  # a keyword this many words from something broken or missing is what is broken
NAMES = frozenset(("jalan", "desa_kelurahan", "kecamatan", "sub_desa"))
PREPOSITIONS = word_set("di ke dari ing neng nang ning saking seko sekang menyang")
SOLID = 1.0  # under this, a topic stands on incidental words alone


class Named(NamedTuple):
    """A topic that keywords name. `own`: something broken or needed stands beside them, not beside another's."""

    label: str
    score: float
    own: bool
    spans: tuple[Span, ...]


class Topics(Component):
    """spaCy component: `doc._.topics`, best first, and `doc._.named`: every label that keywords name."""

    def __init__(self, settings: Settings) -> None:
        self.least = settings.thresholds.topic
        self.least_second = settings.thresholds.second_topic

    def note(self, post: Post) -> None:
        hits, words = post.hits, post.words
        if found := hits.get("topic"):
            post.named = self.named(standing(found, hits, words), hits, words, post.places)
            post.topics = self.chosen(post.named)

    def chosen(self, named: Sequence[Named]) -> tuple[Topic, ...]:
        """The topics among what keywords name: the first, and others that have a harm of their own."""
        return tuple([
            _topic(name.label, round(name.score, 3), name.spans)
            for rank, name in enumerate(named)
            if name.score >= (self.least if rank == 0 else self.least_second) and (rank == 0 or name.own)
        ])

    def named(
        self, found: Sequence[Hit], hits: Hits, words: Words, places: Sequence[Place] = ()
    ) -> tuple[Named, ...]:
        """What the standing keywords add up to, best first; `places` as found in the same text."""
        if not found:
            return ()
        shared: dict[tuple[int, int], int] = {}
        for hit in found:
            shared[hit.first, hit.last] = shared.get((hit.first, hit.last), 0) + 1
        harms = [*hits.get("defect", ()), *hits.get("cue:need", ())]
        sums: dict[str, float] = defaultdict(float)
        own: dict[str, bool] = defaultdict(bool)
        spans: dict[str, list[Span]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        for hit in found:
            _, label, phrase, size, first, last = hit
            weight = WEIGHTS.get(size, LONGEST) / shared[first, last]
            if label == REST:
                weight *= REST_WEIGHT
            if (label, phrase) in seen:
                weight *= REPEAT
            seen.add((label, phrase))
            incidental = _incidental(hit, hits, words, places)
            backed = _backed(hit, harms, words)
            weight *= incidental
            if backed and incidental > LOCATED:
                weight *= BACKED
            own[label] = own[label] or (backed and incidental == 1.0)
            sums[label] += weight * (EARLY if words.sentence[first] < 2 else 1.0)
            spans[label].append(hit.span(words))
        order = sorted(sums, key=lambda label: (-sums[label], label))
        top = sums[order[0]]
        if top < SOLID and order[0] != REST:  # nothing but incidental words: then they are the matter
            sums = {label: total / top for label, total in sums.items()}
            top = 1.0
        return tuple([
            Named(label, (1 - math.exp(-sums[label] / 2)) * (0.5 + 0.5 * sums[label] / top), own[label],
                  tuple(spans[label]))
            for label in order[:MOST]
        ])


def _incidental(hit: Hit, hits: Hits, words: Words, places: Sequence[Place]) -> float:
    """How much of a keyword's weight is left where it only tells where, or who came by."""
    if "cue:bystander" in hits and any(hit.touches(cue) for cue in hits["cue:bystander"]):
        return BYSTANDER
    factor = 1.0
    for cue in hits.get("cue:setting", ()):
        if cue.first == hit.first and cue.last == hit.last:
            factor = SETTING
    if located(hit, words, hits):
        return min(factor, LOCATED)
    if hit.size == 1 and places:
        start, end = words.starts[hit.first], words.ends[hit.last - 1]
        for place in places:
            if place.start <= start and end <= place.end and (
                place.type in NAMES or (place.type == "landmark" and _after_preposition(place, words))
            ):
                return min(factor, LOCATED)
    return factor


def _after_preposition(place: Place, words: Words) -> bool:
    first = bisect_left(words.starts, place.start)
    return first > 0 and words.fold[first - 1] in PREPOSITIONS


def _backed(hit: Hit, harms: Sequence[Hit], words: Words) -> bool:
    """Whether something broken or needed stands in the keyword or a few words from it."""
    sentence = words.sentence
    for harm in harms:
        near = harm.first - hit.last < REACH and hit.first - harm.last < REACH - 1
        if near and sentence[harm.first] == sentence[hit.first]:
            return True
    return False


def standing(found: Sequence[Hit], hits: Hits, words: Words) -> list[Hit]:
    """The topic hits that no metaphor and no `unless` phrase takes away."""
    metaphors = hits.get("metaphors", ())
    unless = hits.get("unless", ())
    longer = [hit for hit in found if hit.size > 1] if len(found) > 1 else []
    if longer:
        found = [hit for hit in found if not any(_holds(other, hit) for other in longer)]
    if not metaphors and not unless:
        return list(found)
    return [
        hit for hit in found
        if not any(hit.touches(metaphor) for metaphor in metaphors)
        and not any(
            u.label == hit.label and words.sentence[u.first] == words.sentence[hit.first] for u in unless
        )
    ]


def _holds(longer: Hit, hit: Hit) -> bool:
    """ "Padam" in "listrik padam" is no street lamp: the longer keyword of another topic says what is meant."""
    return (longer.label != hit.label and longer.size > hit.size
            and longer.first <= hit.first and hit.last <= longer.last)
