"""Can somebody act on this post? Actionable or not, in which class, and which words say so.

Observations. Under a city's Instagram posts 7 % of the comments are actionable. What makes them so is not
anger and not a topic word but a handle: a place below the city, the writer's own case, a plea, a number
that only a witness knows (since when, how deep, which house), an office called by name. On a complaint
portal everything is actionable; there the pleas are formal. Where people talk among themselves the same
words ("jalan rusak", "banjir") are politics, fiction and news.

Theory. A sum of facts (`nlp.evidence`), turned into a probability by the logistic function; `thresholds.relevance`
cuts. Facts that a negation, a condition or the past turns count less (`nlp.context`). One fact is what a linear model
over words and letters makes of the text ("reads like a report"): it knows the register of portals and comments. Four
things decide before the sum: a threat against oneself, a vulnerable or beaten person in need (always actionable,
`nlp.vulnerable`), trivia without a matter of their own, and posts that hold nothing but signs.

The weights of the facts are a logistic regression over comments under a city's posts, portal complaints and the
invented day (`evaluation.training`), one number a fact, in `nlp/models/relevance.json`. Set by hand they gave F1 .63
on 1,747 comments and called .77 of a portal's complaints actionable; learnt, in five folds, P .59 R .79 on 2,051
comments, among them thirty hard ones that only a second reader settled (.66 and .81 without them, before), and .94 of
the complaints. On the half kept aside: comments P .80 R .44 (nine to act on), a regency's portal R .97, 201 posts that
a search on X found P .23 R .70 (.07 and .70 before handles and news). The cut lies where a report missed and two and a
half false tickets are as likely (`evaluation.training`). In folds no better: an own fact for place times model, trees
over the facts, a second margin by odds, a fact for "names nothing to begin with" (fewer false reports on X, but every
tenth report of the gold sets with them), news left out of "reads like a report" (comments F1 .70 -> .68).

Need. One more fact is what the model makes of somebody in need (ADR 19): nothing below a margin of -0.2, all from 0.3
on. Its weight, 2.0, was set where in five folds over comments and our written posts six more of 1,790 comments to be
left alone become a report and need is found in .87 for .72 (1.5 from 0.1 on at once: two, .84; up to 3.0, steeper,
from -0.3 on: sixteen, .91). A margin under -0.4 takes the lift from listed words: of what they alone lift a third was
right. Between -0.4 and -0.2 a post that makes no report is shown to people whole (the lane `doubt`: 42 of 1,834
comments; from -0.5 on half as many more, and no more of the third set's need).

News and talk among others (ADR 20). A second such fact is what the model makes of news, learnt from what we wrote:
nothing below a margin of -0.5, three points off for each 0.7 above, six at the most; a link counts as 0.3 more. A
witness writes as short and plain as a paper ("Banjir selutut di Semanggi pagi ini"): without a link, newsmen's words
or fifteen words, or sent to us, it takes 0.75 at the most (1.2 cost "listrik padam di Jajar dari subuh"). Whose a
handle in the text is (`nlp.handles`) is learnt from comments; that a post which calls nobody's office is talk weighs
-1.5 at least. Both limits were set with half of 400 posts of X in sight.

Plain danger. "Kudus banjir", "kebakaran di Semanggi" sent to the office has no plea and no person in it, and the model
hears a paper. Where a danger stands with a place, without a link, a question or a newsman's word, "reads like a
report" takes no more than a margin of -0.2 away where it was sent to us (-0.6 below the town elsewhere) and news
nothing. Of 55 plain posts of ours twelve had lain in a lane and four do (an earthquake that was felt, prices, what is
scarce); no figure of the gold sets fell by it, one rose. A need that the model hears half or more may lack 0.05 of the
cut.

Known failures. Irony without one of the known turns; news of a few words without a link; a complaint told as a story
among friends, fiction and idle talk with a hazard in it are taken for reports: three of four tickets that a search on
X would raise are none; a place-less "jalan rusak" of somebody who means his own street is left in a lane unless it was
sent to us; so do comments of four words that only say where the water stands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from domain import Mention, MentionKind, Reason, Relevance, Span
from nlp.context import turn_of
from nlp.evidence import IN_NEED, NO_MARGINS, PLAIN, WIDE, Evidence, weighing
from nlp.grounds import URGENT, grounds_of
from nlp.handles import official_handles
from nlp.languages import word_set
from nlp.learnt import NEED, NEWS, REPORT, Learnt
from nlp.linear import Reading
from nlp.phrases import Hits
from nlp.post import Component, Post
from nlp.tokens import Words
from nlp.tone import MATTER, detail
from nlp.urgency import settled
from nlp.values import quick, two_digits
from nlp.vulnerable import grave, lifts, vulnerable
from settings import Settings

GREETING, GREETING_WORDS = "greeting", 8  # letters begin with a greeting too: only a bare one is a trifle
SURE_NEED = 1.4  # of `in_need`: a margin of 0.5
SEEN = 0.05  # what weighs less is not worth a line on the reason card
BIAS = "bias"
# What the labelled texts cannot teach, as the least that a fact weighs: none of them came by a form; irony with a
# place is for people to look at; a danger is heard even where most who speak of one retell it; and a capital behind a
# preposition is a place to the one who wrote it.
AT_LEAST = {"form": 2.4, "irony": 2.8, "darurat": 1.2, "tinggi": 0.0, "spot": 0.5, "addressed": 0.5,
            "in_need": 2.0}
# News and adverts are rare among comments and complaints, and are known by their marks all the same.
AT_MOST = {"told": -1.0, "headline": -0.7, "link": -0.6, "news": -0.5, "retold": -0.7, "spam": -1.5, "no_harm": -0.5,
           "over": -1.6, "whether": -1.2, "thanks": -0.8, "others": -1.5, "news_like": -3.0}
HALF_NEED, LEEWAY = 0.5, 0.05  # of `in_need`; so near to the cut a need that is heard this well is put before a person
# Margins of the model from which on a need is in doubt, begins to weigh, and weighs whole.
DOUBT, NO_NEED, WHOLE_NEED = -0.4, -0.2, 0.3
PLAIN_TOLD, PLAIN_SAID = -0.2, -0.6  # least margin of "reads like a report" for a plainly told danger: to us, to others
TELLING = 9  # words; what fewer say by everyday words alone is no need: "punya saya"
EVERYDAY = PLAIN | word_set("aku ku di ya maaf bu pak min kak kakak bapak ibu mas mbak")
# The same of news, and what a link adds; how much of it counts at most, of a witness and of others, and how many words
# a witness seldom makes.
NO_NEWS, WHOLE_NEWS, LINKED = -0.5, 0.2, 0.3
WITNESS, SURE_NEWS, TOLD_AT_LENGTH = 0.25, 2.0, 15
_relevance = quick(Relevance)
DIRECT_KINDS = frozenset((MentionKind.MENTION, MentionKind.VISITOR_POST, MentionKind.TAG))


class RelevanceOf(Component):
    """spaCy component: `doc._.relevance`, `doc._.sensitive`."""

    def __init__(self, settings: Settings, learnt: Learnt) -> None:
        self._threshold = settings.thresholds.relevance
        self._model, weights = learnt.model, learnt.weights
        self._watched = frozenset(account.key for account in settings.accounts)
        self._offices = official_handles(settings)
        self._weights = {
            **weights, **{name: max(least, weights.get(name, 0.0)) for name, least in AT_LEAST.items()},
            **{name: min(most, weights.get(name, 0.0)) for name, most in AT_MOST.items()},
        }

    def note(self, post: Post) -> None:
        words, hits = post.words, post.hits
        if "sensitive" in hits:
            post.sensitive = any(turn_of(hit, words, hits) is None for hit in hits["sensitive"])
        if any(word[0].isalpha() for word in words.fold):
            post.relevance = self.judge(self.evidence(post))
            post.urgency = settled(post.urgency, post.relevance, matter=bool(post.topics))
        else:
            post.relevance = _without_words(post.mention)

    def evidence(self, post: Post) -> Evidence:
        mention = post.mention
        direct = mention is not None and mention.kind in DIRECT_KINDS and mention.account in self._watched
        reading = post.reading
        reads = reading.margins[REPORT] if reading else 0.0
        margin = reading.margins.get(NEED) if reading else None  # an office's own model may not ask that
        pleading: tuple[Span, ...] = ()
        if margin is not None and margin >= DOUBT and reading and self._model:
            pleading = grounds_of(self._model, post.words, reading, NEED)
            if len(post.words.raw) < TELLING and all(_says_little(post.words.text[s.start : s.end]) for s in pleading):
                pleading, margin = (), NO_NEED
        in_need = 0.0 if margin is None else (margin - NO_NEED) / (WHOLE_NEED - NO_NEED)
        news_like = _news_like(reading, post.words, post.hits, direct=direct)
        if _witnessed(post, direct=direct):
            reads, news_like = max(reads, PLAIN_TOLD if direct else PLAIN_SAID), 0.0 if direct else news_like
        return Evidence(post.words, post.hits, post.topics, post.places, mention, direct=direct, reads=reads,
                        in_need=in_need, pleading=pleading, news_like=news_like, urgency=post.urgency.label,
                        offices=self._offices, margins=reading.margins if reading else NO_MARGINS)

    def judge(self, evidence: Evidence) -> Relevance:
        persons = vulnerable(evidence)
        if evidence.in_need < 0 and not evidence.pleading and not grave(persons):
            persons = ()  # "anakku tidak takut lagi sama dokter"
        known = self._weights.get
        weighed = [(what, span, known(name, 0.0) * value) for name, what, value, span in evidence.facts()]
        total = sum([weight for _, _, weight in weighed]) + known(BIAS, 0.0)
        reasons = [weighing(what, span, weight) for what, span, weight in weighed if abs(weight) >= SEEN]
        if persons and lifts(evidence, persons):
            return _relevance("actionable", "laporan", 0.9, persons + tuple(reasons), persons)
        trifles = trivial(evidence)
        if trifles and not persons:
            return _relevance("not_actionable", "obrolan", 0.9, trifles, ())
        score = 1 / (1 + math.exp(-total))
        if evidence.pleading and evidence.in_need >= HALF_NEED and score >= self._threshold - LEEWAY:
            score = max(score, self._threshold)
        if evidence.pleading and not persons and score >= self._threshold:
            persons = self._in_need(evidence, total)
        if _bare_plea(evidence):
            score = max(score, self._threshold)
        if score >= self._threshold or trifles:
            return _relevance("actionable", "laporan", round(score, 3), tuple(reasons), persons)
        because = tuple(reasons) + _doubt(evidence, reasons)
        return _relevance("not_actionable", detail(evidence), round(1 - score, 3), because, persons)

    def _in_need(self, evidence: Evidence, total: float) -> tuple[Reason, ...]:
        """Somebody whom no list found but the model: where it is sure, or where nothing else makes a report of it."""
        weight = min(1.0, evidence.in_need) * self._weights["in_need"]
        if evidence.in_need < SURE_NEED and 1 / (1 + math.exp(weight - total)) >= self._threshold:
            return ()
        return (Reason("vulnerable:in_need", two_digits(weight), evidence.pleading),)


def _says_little(told: str) -> bool:
    """Whether it is made of words that stand in any sentence: "punya saya"."""
    return EVERYDAY.issuperset(told.casefold().split())


def _witnessed(post: Post, *, direct: bool) -> bool:
    """ "Kudus banjir" sent to us, "banjir di Sayung" under a post: danger and where, and no word more than that.

    Papers and idle talk are as plain, so the model hears neither plea nor person in it and says no loudly.
    """
    words, places = post.words, post.places
    if post.urgency.label not in URGENT or words.urls or words.asks or "news" in post.hits:
        return False
    near = places if direct else [place for place in places if place.type not in WIDE]
    return bool(near) and len(words.raw) < TOLD_AT_LENGTH


def _news_like(reading: Reading | None, words: Words, hits: Hits, *, direct: bool) -> float:
    """How much of news the model hears, from 0 to SURE_NEWS; a link makes it surer.

    "Banjir selutut di Semanggi pagi ini" reads like a paper too: what is short or was sent to us, without a link and
    without a word of newsmen, may be a witness, and keeps most of its weight.
    """
    margin = reading.margins.get(NEWS) if reading else None  # an office's own model may not ask that
    if margin is None:
        return 0.0
    much = (margin + (LINKED if words.urls else 0.0) - NO_NEWS) / (WHOLE_NEWS - NO_NEWS)
    marked = bool(words.urls) or "news" in hits or (not direct and len(words.raw) >= TOLD_AT_LENGTH)
    return max(0.0, min(SURE_NEWS if marked else WITNESS, much))


def _doubt(e: Evidence, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """A touch of need too faint to weigh: no report, and no chatter either (`routing.lanes`)."""
    told = not e.pleading or any(reason.what == IN_NEED for reason in reasons)
    return () if told else (Reason(IN_NEED, 0.0, e.pleading),)


def trivial(e: Evidence) -> tuple[Reason, ...]:
    """Trifles, where no matter of its own stands beside them."""
    if e.top >= MATTER:
        return ()
    more = bool(e.topics or e.defects or e.places) or len(e.words.raw) > GREETING_WORDS
    return tuple(
        Reason(f"trivial:{hit.label}", -3.0, (hit.span(e.words),))
        for hit in e.hits.get("trivial", ())
        if hit.label != GREETING or not more
    )


def _without_words(mention: Mention | None) -> Relevance:
    """Nothing but signs. A picture sent to us says what words do not: a person looks at it."""
    if mention is not None and mention.media and mention.kind is not MentionKind.COMMENT:
        return _relevance("actionable", "laporan", 0.5, (Reason("rule:picture without words"),))
    return _relevance("not_actionable", "obrolan", 0.97, (Reason("rule:no words"),))


def _bare_plea(e: Evidence) -> bool:
    """ "min, tolong" under a picture."""
    return bool(e.mention is not None and e.mention.media and "request" in e.hits and len(e.words.raw) <= 6)
