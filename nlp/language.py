"""Which language a post speaks, and in Javanese which register: by function words, no model.

The share of Javanese among the words that only one of the two has: over 0.6 is Javanese, under 0.2
Indonesian, between them mixed. A post without such words is Indonesian if a third of its words
are known to the lists, else other. The register is a hint for the tone of an answer: one krama word among
ngoko ones counts three, because people who mix mean to be polite.
"""

from __future__ import annotations

from nlp import LANGUAGES
from nlp.post import Component, Post

JAVANESE_FROM, MIXED_FROM = 0.6, 0.2
REGISTER_WEIGHT = {"krama": 3, "ngapak": 2, "ngoko": 1}


class LanguageOf(Component):
    """spaCy component: `doc._.language`, `doc._.register`."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._id = LANGUAGES["id"].function
        self._jv = LANGUAGES["jv"].function
        self._registers = LANGUAGES["jv"].registers

    def note(self, post: Post) -> None:
        words = post.words
        if not words.raw:
            return
        folds = words.fold
        javanese = sum(map(self._jv.__contains__, folds))
        indonesian = sum(map(self._id.__contains__, folds))
        if not javanese and not indonesian:
            known = sum(map(self._known.__contains__, words.form))
            post.language = "id" if known * 3 >= len(words.form) else "other"
            return
        share = javanese / (javanese + indonesian)
        post.language = "jv" if share >= JAVANESE_FROM else "mixed" if share >= MIXED_FROM else "id"
        if javanese and post.language != "id":
            post.register = self._register(folds)

    def _register(self, folds: list[str]) -> str | None:
        counts = {
            name: weight * sum(map(self._registers[name].__contains__, folds))
            for name, weight in REGISTER_WEIGHT.items()
        }
        best = max(counts, key=lambda name: counts[name])
        return best if counts[best] else None
