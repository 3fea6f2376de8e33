"""What a post is that nobody can act on: spam, news, a question, praise, criticism, or talk. Pure.

Observations. Staff look through lanes by what they are called, and half of what lists called criticism was talk:
"jalanan macet demi ketemu ayang" names a matter and means none. A question often has no mark, and a plea often has
one.

Theory. Spam, what is retold and figures of speech are known by their marks. The rest is asked of the model, which
learnt two questions from what nobody can act on alone, comments and our written posts (ADR 21): does it grumble, does
it ask? The louder yes decides, with marks that words do not show. Where an office's own model was never asked, lists
decide.

Measurement. In folds over 1,600 comments that a reader of ours had sorted, right in .75 (by lists .70), of 61 others
.85 (.79); on the half kept aside, reports included, .79 (.74); on the gold sets' talk .84 to .93 (.57 to .79). The
numbers below were chosen in folds, with the gold sets' dev halves in sight.

Known failures. A wish that everybody has ("semoga jalannya mulus semua") is criticism to one reader and talk to the
next: ours and the labels' own agree on .91 of 285 comments, and differ there above all.
"""

from __future__ import annotations

from nlp.evidence import Evidence, distinct
from nlp.learnt import ASKS, GRUMBLES

MATTER = 0.6  # a topic this strong is a matter of its own, trifles beside it or not
# The tone of what nobody can act on: the model's questions, the margins from which on they answer yes, what a question
# mark or a questioning word adds, what praise or chat takes from criticism, and what a matter of government adds to it.
ASKED_FROM, GRUMBLED_FROM, ASK_MARKED, PLEASED, MEANT = 0.4, 0.2, 0.3, 0.3, 0.2
FEW = 3  # words without a matter that grumble at nothing: "halo semua"
MARKS_OF_QUESTIONS = frozenset(("cue:wondering", "question", "cue:question"))
LIKELY_NEWS = 1.0  # of `news_like`: below it short plain sentences of witnesses read so too


def detail(e: Evidence) -> str:
    """The class of what is not actionable."""
    offers = len(distinct(e.hits.get("spam", ())))
    if offers > 1 or (offers and not e.requests and not e.defects):
        return "spam"
    linked = e.words.urls and e.top >= MATTER and "cue:self" not in e.hits
    if e.retold or linked:
        return "berita"
    if e.metaphors and not e.topics:
        return "obrolan"
    if GRUMBLES in e.margins and ASKS in e.margins:
        return _tone(e)
    return _tone_by_lists(e)


def _tone(e: Evidence) -> str:
    """News, a question, criticism or mere talk: what the model hears, helped by marks that words alone do not show."""
    if e.news_like >= LIKELY_NEWS:
        return "berita"
    marked = e.asked or e.words.asks or not e.hits.keys().isdisjoint(MARKS_OF_QUESTIONS)
    asks = e.margins[ASKS] + (ASK_MARKED if marked else 0.0) - ASKED_FROM
    praised, matter = "praise" in e.hits, bool(e.topics or e.defects)
    grumbles = e.margins[GRUMBLES] + (MEANT if matter else 0.0) - GRUMBLED_FROM
    if praised or "cue:chatty" in e.hits:
        grumbles -= PLEASED
    if len(e.words.raw) <= FEW and not matter:
        grumbles = 0.0
    if max(asks, grumbles) > 0:
        return "pertanyaan" if asks > grumbles else "keluhan_umum"
    return "pujian" if praised and not e.live and "cue:irony" not in e.hits else "obrolan"


def _tone_by_lists(e: Evidence) -> str:
    """The same where an office's own model was never asked for the tone."""
    if e.asked or ((e.words.asks or "cue:wondering" in e.hits) and not e.defects):
        return "pertanyaan"
    if "praise" in e.hits and not e.live and "cue:irony" not in e.hits:
        return "pujian"
    if e.news_like >= LIKELY_NEWS:
        return "berita"
    if (e.topics or e.defects) and "cue:chatty" not in e.hits:
        return "keluhan_umum"
    return "obrolan"
