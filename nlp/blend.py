"""Joins what keywords name with what a trained model reads; both stay visible.

Observations. On a city's portal a linear model reads topics better than hand-made lists (.85 against .80), because
letters of fifty words hold more than their keywords. On comments of ten words, in the spelling of another town, and
on matters that the portal hardly knows (landslides, markets), the lists win (.82 against .68).

Theory. A label's strength is the model's score plus the keywords' score times a trust in keywords: little where the
model knows nearly every word, more with each word it does not know and in short texts, double for labels it saw in a
handful of texts or never. The strengths rank; the score shown is 1 - (1 - model)(1 - keywords), so that either alone
can carry a topic. A second topic needs keywords with a harm of their own, as it does without a model. Where nobody can
act on a post, the model only weighs what keywords found: small talk is full of words that fit somewhere.

Measurement. The lists know the half that they were written on, so the trust was looked at where they did not: on half
of the portal's other half (1,777 complaints), and on 200 letters and comments that the model had not seen, in folds.
Accuracy there by the model alone .852 / .765, by this trust .845 / .895, by 0.1 with 3.0 for unknown words .848 / .890:
the more a text is the portal's, the less the lists add. It stays, because an operator's own examples ("mati lampu" at
home is no street lamp) hold with it and not with less. Of those complaints every ninth was judged to be nothing to act
on; to let the model name its topic from .3 on and not from .6 brought half a point, from .2 on over three words another
third of a point in five folds of the development half (.859 to .862; naming it always: .864). Figures on texts kept
aside: `nlp/models/README.md`.

Known failures. What the model reads in a short plea without any keyword is a guess, and its score says so. The labels
of the portal are noisy: of its groups of identical texts every fourth bears several topics.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set

from domain import Topic
from nlp.grounds import grounds_of
from nlp.linear import LinearModel, Reading
from nlp.phrases import Hits
from nlp.post import Component, Post
from nlp.tokens import Words
from nlp.topics import MOST, REST, Named
from nlp.values import quick
from settings import Settings

TRUST, UNKNOWN_WORDS, SHORTNESS, SHORT_WORDS = 0.3, 2.0, 1.0, 10
RARE_ROWS, RARE_MOST = 15, 2.0  # trust grows by 15 / rows of the label in training, to twice at the most
TALK_SURE, TALK_WORDS = 0.2, 3  # where nobody can act, a model so sure over so many words may still name the topic
LEAST_SHOWN = 0.18  # a weaker guess is none: "min, tolong" under a picture
_topic = quick(Topic)
NO_WORDS: frozenset[int] = frozenset()
# "Mati lampu" is the dark at home: the portal wrote of street lamps alone in such words. Lamps that no keyword names
# yield to a power cut that one does.
LAMPS, CURRENT, DARK_AT_HOME = "lampu_jalan", "listrik_telekom", 0.3


class Reader(Component):
    """spaCy component: `doc._.reading`, what the trained model makes of the words that are no metaphor."""

    def __init__(self, model: LinearModel | None) -> None:
        self.model = model

    def note_all(self, posts: Sequence[Post]) -> None:
        if self.model is None:
            return
        posts = [post for post in posts if post.words.raw]
        readings = self.model.read_all([self.model.terms(post.words, _spoken(post.hits)) for post in posts])
        for post, reading in zip(posts, readings, strict=True):
            post.reading = reading


def _spoken(hits: Hits) -> frozenset[int]:
    """The words of metaphors and of what topics name as not theirs."""
    if "metaphors" not in hits and "unless" not in hits:
        return NO_WORDS
    spoken = [*hits.get("metaphors", ()), *hits.get("unless", ())]
    return frozenset(i for hit in spoken for i in range(hit.first, hit.last))


class Blend(Component):
    """spaCy component: `doc._.topics` anew, after relevance is known."""

    def __init__(self, settings: Settings, model: LinearModel | None) -> None:
        self.model = model
        self.strange = frozenset(model.labels if model else ()).difference(settings.topics)
        self.least_second = settings.thresholds.second_topic

    def note(self, post: Post) -> None:
        words, reading = post.words, post.reading
        if self.model is None or reading is None:
            return
        free = post.relevance.label == "actionable" or (
            reading.known >= TALK_WORDS and max(reading.scores.values()) >= TALK_SURE)
        only = None if free else {topic.label for topic in post.topics}
        post.topics = self.topics(post.named, words, reading, self.model, only=only)

    def topics(
        self, named: Sequence[Named], words: Words, reading: Reading, model: LinearModel, *,
        only: Set[str] | None = None,
    ) -> tuple[Topic, ...]:
        """Topics of a text, best first; `only` these labels, where given."""
        by_keywords = {name.label: name for name in named}
        strength = self._strengths(by_keywords, reading, model)
        labels = sorted(strength if only is None else only & strength.keys())
        order = sorted(labels, key=strength.__getitem__, reverse=True)
        topics: list[Topic] = []
        for label in order[:MOST]:
            name = by_keywords.get(label)
            score = 1 - (1 - reading.scores.get(label, 0.0)) * (1 - (name.score if name else 0.0))
            if score < LEAST_SHOWN or (topics and not (name and name.own and name.score >= self.least_second)):
                continue
            score = min(score, topics[-1].score) if topics else score
            spans = name.spans if name else grounds_of(model, words, reading, label)
            topics.append(_topic(label, round(score, 3), spans))
        return tuple(topics)

    def _strengths(self, named: Mapping[str, Named], reading: Reading, model: LinearModel) -> dict[str, float]:
        tokens = len(reading.terms)
        trust = TRUST + UNKNOWN_WORDS * (1 - reading.known / max(1, tokens))
        trust += SHORTNESS * math.exp(-tokens / SHORT_WORDS)
        rows: Mapping[str, int] = model.meta.get("labels", {})
        strength = reading.scores.copy()
        for label in self.strange:  # the model knows a topic that these settings do not have
            strength.pop(label, None)
        for label, name in named.items():
            rare = 1.0 if label == REST else min(RARE_MOST, 1 + RARE_ROWS / max(1, rows.get(label, 0)))
            strength[label] = strength.get(label, 0.0) + trust * rare * name.score
        if LAMPS in strength and LAMPS not in named and CURRENT in named:
            strength[LAMPS] *= DARK_AT_HOME
        return strength
