"""Finds the words that routing rules ask for, all of them in one pass over a post. Pure.

One Aho-Corasick automaton holds every word of every rule, so the cost of a post does not grow with
the number of rules. Texts and words are folded alike: tokens of letters and digits, lower case, one
blank between them, so "Solo-Purwodadi" meets "solo purwodadi" and "pln" never meets "explna".
Refuses: spelling correction and stemming. Those belong to the NLP; a rule says what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import ahocorasick_rs

from domain import Span

TOKEN = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Lower-case tokens with one blank between them and one at either end."""
    return f" {' '.join(TOKEN.findall(text)).lower()} "


class Found:
    """The words that stand in one text, and where; spans are made only when somebody asks."""

    __slots__ = ("_places", "_spans", "_text", "words")

    def __init__(self, text: str, places: dict[str, tuple[int, int]]) -> None:
        self.words = frozenset(places)
        self._text = text
        self._places = places  # word -> first and last token
        self._spans: list[tuple[int, int]] | None = None

    def span(self, word: str) -> Span:
        """Where `word` first stands in the text as given, in code points."""
        if self._spans is None:
            self._spans = [match.span() for match in TOKEN.finditer(self._text)]
        first, last = self._places[word]
        return Span(self._spans[first][0], self._spans[last][1])

    def spans(self, words: Iterable[str]) -> tuple[Span, ...]:
        return tuple(sorted((self.span(word) for word in words), key=lambda span: (span.start, span.end)))


class Lexicon:
    """An automaton over folded words; immutable once made."""

    __slots__ = ("_automaton", "_words")

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if word.strip()})
        self._automaton = ahocorasick_rs.AhoCorasick(self._words) if self._words else None

    def find(self, text: str) -> Found:
        """Every word of the lexicon that stands in `text`, first standing first."""
        if self._automaton is None:
            return Found(text, {})
        line = folded(text)
        matches = self._automaton.find_matches_as_indexes(line, overlapping=True)
        return Found(text, dict(_first_standings(line, matches, self._words)))


def _first_standings(
    line: str, matches: Iterable[tuple[int, int, int]], words: list[str]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """Word -> its first and last token. A match begins and ends on the blanks around its tokens."""
    seen: set[int] = set()
    for index, start, end in matches:
        if index not in seen:
            seen.add(index)
            first = line.count(" ", 0, start + 1) - 1
            yield words[index], (first, first + line.count(" ", start + 1, end - 1))
