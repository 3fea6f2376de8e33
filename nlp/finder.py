"""The first judge of a post: which phrases of the lists stand in it.

A module of its own because it is compiled with the other judges (ADR 22), and `nlp.extract` cannot be.
"""

from __future__ import annotations

from nlp.phrases import Phrasebook
from nlp.post import Component, Post


class Finder(Component):
    """spaCy component: `doc._.hits`."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook

    def note(self, post: Post) -> None:
        post.hits = self._phrasebook.hits(post.words)
