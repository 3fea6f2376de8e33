"""The words that made the model speak: whoever reads a reason sees what in the post it rests on.

A model's answer is a sum over words, so the words that brought most of it can be named. The last component puts them on
the reason cards, where the model weighed enough to decide something. Where it spoke against ("reads unlike a report"),
the words are those that pulled the sum down.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain import Reason, Relevance, Span, Urgency
from nlp.evidence import NEWS_LIKE, REPORT_LIKE
from nlp.learnt import ASKS, DANGER, GRUMBLES, HAZARD, NEWS, REPORT
from nlp.linear import LinearModel, Reading
from nlp.post import Component, Post
from nlp.tokens import Words
from nlp.urgency import HAZARD_LIKE, LIFE_LIKE
from nlp.values import quick, span_of

SHOWN_SHARE, SHOWN_WORDS = 0.35, 4  # words that brought a third of what the best word did, four at the most
DECIDING = 1.0  # points from which on a reason turns judgements; of what weighs less nobody asks the words
ASKED = {REPORT_LIKE: REPORT, NEWS_LIKE: NEWS, HAZARD_LIKE: HAZARD, LIFE_LIKE: DANGER}  # reason -> question
URGENT = frozenset(("darurat", "tinggi"))  # what makes nothing urgent rests on no words
# Of what nobody can act on the detail is the judgement, and it weighs nothing: detail -> question, reason.
TONES = {"pertanyaan": (ASKS, "model:reads like a question"),
         "keluhan_umum": (GRUMBLES, "model:reads like general criticism")}
_relevance, _urgency, _reason = quick(Relevance), quick(Urgency), quick(Reason)


def grounds_of(
    model: LinearModel, words: Words, reading: Reading, label: str, *, against: bool = False
) -> tuple[Span, ...]:
    """The words that speak loudest for a label or a question, or against it, in text order; neighbours are one span."""
    shares = model.shares(reading, label, against=against)
    least = SHOWN_SHARE * max(shares, default=0.0)
    if least <= 0:
        return ()
    loud = [place for place, share in enumerate(shares) if share >= least]
    if len(loud) > SHOWN_WORDS:
        loud = sorted(sorted(loud, key=shares.__getitem__, reverse=True)[:SHOWN_WORDS])
    spans: list[Span] = []
    before = -2
    for place in loud:
        i = reading.terms[place][0]
        begin = spans.pop().start if i == before + 1 else words.starts[i]
        spans.append(span_of(begin, words.ends[i]))
        before = i
    return tuple(spans)


class Grounds(Component):
    """spaCy component: `doc._.relevance` and `doc._.urgency` anew, with the words that the model's reasons rest on."""

    def __init__(self, model: LinearModel | None) -> None:
        self.model = model

    def note(self, post: Post) -> None:
        if self.model is None or post.reading is None:
            return
        model, reading, words = self.model, post.reading, post.words
        relevance, urgency = post.relevance, post.urgency
        told, tone = _told(relevance.because, model, words, reading), _tone(relevance, model, words, reading)
        if told or tone:
            post.relevance = _relevance(relevance.label, relevance.detail, relevance.score,
                                        (told or relevance.because) + tone, relevance.vulnerable)
        if urgency.label in URGENT and (because := _told(urgency.because, model, words, reading)):
            post.urgency = _urgency(urgency.label, urgency.score, because)


def _told(because: Sequence[Reason], model: LinearModel, words: Words, reading: Reading) -> tuple[Reason, ...]:
    """The reasons with words where the model's had none; () where nothing changes."""
    decided = [i for i, reason in enumerate(because) if reason.what in ASKED and abs(reason.weight) >= DECIDING]
    if not decided:
        return ()
    told = list(because)
    for i in decided:
        told[i] = _with_words(because[i], model, words, reading)
    return tuple(told)


def _with_words(reason: Reason, model: LinearModel, words: Words, reading: Reading) -> Reason:
    against = reason.weight < 0 and reason.what != NEWS_LIKE  # what is news weighs less, by the words of news
    return _reason(reason.what, reason.weight,
                   grounds_of(model, words, reading, ASKED[reason.what], against=against))


def _tone(relevance: Relevance, model: LinearModel, words: Words, reading: Reading) -> tuple[Reason, ...]:
    """Why what nobody can act on is called a question or criticism, where the model was asked and has a word for it."""
    if relevance.label == "actionable" or relevance.detail not in TONES:
        return ()
    question, what = TONES[relevance.detail]
    spans = grounds_of(model, words, reading, question) if question in model.questions else ()
    return (_reason(what, 0.0, spans),) if spans else ()
