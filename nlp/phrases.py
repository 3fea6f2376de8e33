"""Finds every phrase of every list in one scan: operators' keywords, signals and the packs' cues.

All lists share one Aho-Corasick automaton over the canonical words of a text, so the cost does not grow
with their number and a keyword that an operator adds works at once. A phrase matches whole words only.
What a hit means is for the components to say; this module only says where it stands.

A word that a list holds with its clitic is found with one only, where the clitic makes the meaning: "caranya" asks,
"terangnya" is a newsman's, "cara" and "terang" say nothing. Of things it does not ("pohonnya" lists trees).

A keyword or an urgent phrase of a thing and a defect ("jalan rusak") is also found with words between: "jalan di
kampung kami sudah lama rusak". The thing must not be part of another topic's longer keyword ("lampu merah ... mati"
is no dead street light), and both stand in one sentence, at most six words apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from domain import Span
from nlp import LANGUAGES
from nlp.gazetteer import gazetteer
from nlp.normalize import canonical, fold
from nlp.tokens import Words, WordTable, split_words
from nlp.values import span_of
from settings import Settings


class Hit(NamedTuple):
    """A phrase of list `kind` (and `label` within it) on words `first` to `last`, `last` excluded."""

    kind: str
    label: str
    phrase: str
    size: int  # words of the phrase
    first: int
    last: int

    def span(self, words: Words) -> Span:
        return span_of(words.starts[self.first], words.ends[self.last - 1])

    def touches(self, other: Hit) -> bool:
        return self.first < other.last and other.first < self.last


_hit = tuple.__new__  # Hit(...) in a third of the time: a dozen a post are made
SPLIT = frozenset(("topic", "urgency"))  # lists whose phrases of a thing and a defect are found apart
# lists of things, persons and what ails them: with a clitic they mean the same
OF_THINGS = frozenset((
    "topic", "unless", "defect", "request", "vulnerable", "sensitive", "cue:near", "cue:ill", "cue:schooling",
    "cue:burden", "cue:beside",
))
THING = "thing"  # the first part of a keyword that ends in a defect
APART = 6  # words between a thing and its defect

Hits = Mapping[str, list[Hit]]
EMPTY: Hits = {}


class _Entry(NamedTuple):
    """The part of a hit that is the same wherever the phrase stands."""

    kind: str
    label: str
    phrase: str
    size: int


class Phrasebook:
    """Every phrase list in force, ready to be searched; `table` is the word table that belongs to it."""

    def __init__(self, lists: Iterable[tuple[str, str, str]]) -> None:
        given = [(kind, label, phrase, split_words(phrase)) for kind, label, phrase in lists]
        spelling = {variant: word for pack in LANGUAGES.values() for variant, word in pack.spelling.items()}
        known = {word for *_, parts in given for part in parts for word in spelling.get(part, part).split()}
        self.table = WordTable(spelling, frozenset(known), frozenset(gazetteer().town_words()))
        entries: dict[str, dict[tuple[str, str], _Entry]] = defaultdict(dict)
        possessed: dict[str, dict[tuple[str, str], _Entry]] = defaultdict(dict)
        for kind, label, phrase, parts in given:
            form = " ".join(canonical(part, spelling, known) for part in parts)
            if form:
                with_clitic = len(parts) == 1 and _has_clitic(parts[0], form) and kind not in OF_THINGS
                found = (possessed if with_clitic else entries)[f" {form} "]
                found.setdefault((kind, label), _Entry(kind, label, phrase, form.count(" ") + 1))
        self._split = self._split_forms(entries)
        for form in {thing for thing, _ in self._split}:
            entries[f" {form} "].setdefault((THING, form), _Entry(THING, form, form, form.count(" ") + 1))
        # what is searched, for comparison with another file's lists
        self.forms = frozenset((entry.kind, entry.label, form.strip(), entry.phrase)
                               for some in (entries, possessed) for form, found in some.items()
                               for entry in found.values())
        for form in possessed:
            entries.setdefault(form, {})
        # of each form its words, what it means, and what it means where a clitic hangs on its one word
        self._entries = [(form.count(" ") - 1, tuple(found.values()),
                          tuple((possessed[form] | found).values()) if form in possessed else ())
                         for form, found in entries.items()]
        self._automaton = AhoCorasick(list(entries)) if entries else None

    def hits(self, words: Words) -> Hits:
        """List kind -> hits in text order; within a list and label the longest of nested hits stays."""
        if self._automaton is None or not words.raw:
            return EMPTY
        found: dict[str, list[Hit]] = {}
        at, entries = words.at, self._entries
        for which, start, end in self._automaton.find_matches_as_indexes(words.joined, overlapping=True):
            first = bisect_right(at, start + 1) - 1
            size, meant, possessed = entries[which]
            if possessed and _has_clitic(words.fold[first], words.form[first]):
                meant = possessed
            last = first + 1 if size == 1 else bisect_right(at, end - 2, first)
            where = first, last
            for entry in meant:
                hit = _hit(Hit, entry + where)
                hits = found.get(entry[0])
                if hits is None:
                    found[entry[0]] = [hit]
                elif hits[-1].last <= first:
                    hits.append(hit)
                else:
                    _add(hits, hit)
        if THING in found and "defect" in found:
            for hit in list(self._apart(found, words)):
                _add(found.setdefault(hit.kind, []), hit)
        return found

    @staticmethod
    def _split_forms(entries: Mapping[str, Mapping[tuple[str, str], _Entry]]) -> dict[tuple[str, str], list[_Entry]]:
        """(thing, defect) -> the topics' keywords and the urgent phrases that are made of both."""
        defects = {form.strip() for form, found in entries.items() if ("defect", "") in found}
        split: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
        for form, found in entries.items():
            parts = form.split()
            for cut_at in range(1, len(parts)):
                head, tail = " ".join(parts[:cut_at]), " ".join(parts[cut_at:])
                if tail in defects and head not in defects:
                    split[head, tail] += [entry for (kind, _), entry in found.items() if kind in SPLIT]
        return {pair: found for pair, found in split.items() if found}

    def _apart(self, found: Mapping[str, list[Hit]], words: Words) -> Iterator[Hit]:
        """Keywords of a thing and its defect that stand apart in one sentence."""
        longer = [hit for hit in found.get("topic", ()) if hit.size > 1]
        sentence, defects = words.sentence, [(hit.first, hit) for hit in found["defect"]]
        for thing in found[THING]:
            behind, here = thing.last, sentence[thing.first]
            near = [hit for first, hit in defects if 0 < first - behind <= APART and sentence[first] == here]
            if not near or any(hit.touches(thing) for hit in longer):
                continue
            for defect in near:
                form = " ".join(words.form[defect.first : defect.last])
                for entry in self._split.get((thing.label, form), ()):
                    yield Hit(entry.kind, entry.label, entry.phrase, 2, thing.first, defect.last)


def _has_clitic(word: str, form: str) -> bool:
    return len(word) > len(form) and word.startswith(form)


def _add(hits: list[Hit], new: Hit) -> None:
    """Matches come by their end: a longer one swallows those inside it, a shorter one is inside or apart."""
    for i in range(len(hits) - 1, -1, -1):
        old = hits[i]
        if old.last <= new.first:
            break
        if old.label == new.label:
            if old.first >= new.first and old.last <= new.last:
                del hits[i]
            elif new.first >= old.first and new.last <= old.last:
                return
    hits.append(new)


def lists_of(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """(kind, label, phrase) of everything that the settings and the language packs list."""
    for name, topic in settings.topics.items():
        for listed in topic.keywords.values():
            yield from (("topic", name, phrase) for phrase in listed)
        yield from (("unless", name, phrase) for phrase in topic.unless)
    signals = settings.signals
    for kind in ("urgency", "vulnerable", "sensitive", "trivial"):
        for label, listed in getattr(signals, kind).items():
            yield from ((kind, label, phrase) for phrase in listed)
    for kind in ("defect", "request", "question", "praise", "spam", "news", "metaphors"):
        yield from ((kind, "", phrase) for phrase in getattr(signals, kind))
    for pack in LANGUAGES.values():
        for cue, listed in pack.cues.items():
            yield from ((f"cue:{cue}", "", phrase) for phrase in listed)


def reading(phrase: str) -> str:
    """The folded words of a phrase, for messages and tests."""
    return " ".join(fold(part) for part in split_words(phrase))
