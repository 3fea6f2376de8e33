"""What a post complains about: operators' keywords, weighed so that a person can redo the sum.

Theory. Each keyword counts once, the more the longer it is (one word 1, two 2, three 2.8), a repeat
half. A word that belongs to several topics is shared out among them. Words in the first two sentences
weigh a little more, because people name their matter first. A topic's `unless` phrases and the metaphors
take away the keywords they overlap; an `unless` phrase elsewhere in the sentence takes those of that
sentence. The score is 1 - exp(-sum / 2), lessened by the share that stronger topics hold.

Refuses to guess: a text without a keyword has no topic. A trained component joins later; keywords keep
their weight then, so that a new one works at once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from spacy.tokens import Doc

from domain import Topic
from nlp.phrases import Hit, Hits
from nlp.tokens import Words
from settings import Settings

WEIGHTS = {1: 1.0, 2: 2.0, 3: 2.8}
LONGEST = 3.2
REPEAT = 0.5
EARLY = 1.15
MOST = 4  # topics of one post
REST = "lainnya"  # what fits nowhere else: its keywords count a fifth, so that a real topic goes first
REST_WEIGHT = 0.2


class Topics:
    """spaCy component: `doc._.topics`, best first."""

    def __init__(self, settings: Settings) -> None:
        self.least = settings.thresholds.topic
        self.least_second = settings.thresholds.second_topic

    def __call__(self, doc: Doc) -> Doc:
        hits: Hits = doc._.hits
        found = hits.get("topic")
        if found:
            doc._.topics = self.score(standing(found, hits, doc._.words), doc._.words)
        return doc

    def score(self, found: Sequence[Hit], words: Words) -> tuple[Topic, ...]:
        places = Counter((hit.first, hit.last) for hit in found)
        sums: dict[str, float] = defaultdict(float)
        hits: dict[str, list[Hit]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        for hit in found:
            weight = WEIGHTS.get(hit.size, LONGEST) / places[hit.first, hit.last]
            if hit.label == REST:
                weight *= REST_WEIGHT
            if (hit.label, hit.phrase) in seen:
                weight *= REPEAT
            seen.add((hit.label, hit.phrase))
            sums[hit.label] += weight * (EARLY if words.sentence[hit.first] < 2 else 1.0)
            hits[hit.label].append(hit)
        order = sorted(sums, key=lambda label: (-sums[label], label))
        top = sums[order[0]] if order else 0.0
        topics = []
        for rank, label in enumerate(order[:MOST]):
            score = (1 - math.exp(-sums[label] / 2)) * (0.5 + 0.5 * sums[label] / top)
            if score >= (self.least if rank == 0 else self.least_second):
                spans = tuple(hit.span(words) for hit in hits[label])
                topics.append(Topic(label, round(score, 3), spans))
        return tuple(topics)


def standing(found: Sequence[Hit], hits: Hits, words: Words) -> list[Hit]:
    """The topic hits that no metaphor and no `unless` phrase takes away."""
    metaphors = hits.get("metaphors", ())
    unless = hits.get("unless", ())
    if not metaphors and not unless:
        return list(found)
    return [
        hit for hit in found
        if not any(hit.touches(metaphor) for metaphor in metaphors)
        and not any(
            u.label == hit.label and words.sentence[u.first] == words.sentence[hit.first] for u in unless
        )
    ]
