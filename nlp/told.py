"""A text and what comparing it asks for again and again: each worked out once, when it is first asked for.

A story is compared with post after post, so what is known of it stays with it as long as it stands unpacked
(`nlp.stories`). Pure; judges nothing.
"""

from __future__ import annotations

from nlp.facts import Facts, facts_of, telling
from nlp.fingerprint import Reading


class Told:
    """A post as a story, new or held: its key, its time, the names of its files (divided by blanks), its reading."""

    __slots__ = ("_facts", "_telling", "at", "cluster", "media", "reading", "words")

    def __init__(self, cluster: str, at: float, media: str, reading: Reading) -> None:
        self.cluster = cluster
        self.at = at
        self.media = media
        self.reading = reading
        self.words = reading.words
        self._facts: Facts | None = None
        self._telling = -1

    @property
    def facts(self) -> Facts:
        if self._facts is None:
            self._facts = facts_of(self.words)
        return self._facts

    @property
    def telling(self) -> int:
        """How many different words say something."""
        if self._telling < 0:
            self._telling = telling(self.words)
        return self._telling
