"""Which texts a change of the operators' file can touch at all. Pure.

Observations. Reading a post costs a quarter of a millisecond, deciding it a fifth of that, and an edit is
mostly a handful of keywords. Fifty thousand posts read twice would be half a minute of two cores for a word
that occurs in forty of them.

Theory. What the NLP makes of a text follows from its words as the word table spells them, from the phrases
of the lists that stand in it, from which of its words the lists know, and from a few settings that are no
lists (`_structure`). So two files read a text alike if their structure is the same and the text holds
- no word that the two tables spell differently (a clitic is cut only where the rest is a known word),
- no word that one file knows and the other does not,
- not all words of any phrase that only one of them searches. All words anywhere, not side by side: a thing
  and its defect are found apart, and the defect may be what is new,
- no name of a place that only one file has, or has otherwise.
What is called affected may still come out the same; what is not cannot come out otherwise. A test reads a
mixed corpus both ways, for edits of every list, and compares.

Known limit. Clusters stand as they were folded: thresholds of duplicate detection act on new posts only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nlp.extract import MAX_CHARS
from nlp.local_names import LocalNames
from nlp.phrases import Phrasebook, lists_of
from nlp.tokens import TOKEN, WordTable, cut
from settings import Settings

Phrase = tuple[str, str, str, str]  # list, label, canonical words, as the file has them


@dataclass(frozen=True, slots=True)
class Touched:
    """How a change touches a text: `read` anew, and the changed phrases whose words stand in it."""

    read: bool
    phrases: tuple[str, ...] = ()


UNTOUCHED = Touched(read=False)


class Affected:
    """The difference of two files, ready to be held against texts."""

    def __init__(self, old: Settings, new: Settings) -> None:
        ours, theirs = Phrasebook(lists_of(old)), Phrasebook(lists_of(new))
        self.everything = _structure(old) != _structure(new)
        self.routing = routing_part(old) != routing_part(new)
        self.added, self.removed = theirs.forms - ours.forms, ours.forms - theirs.forms
        self._names = _changed_names(old, new)
        self.reading = self.everything or bool(self.added or self.removed or self._names)
        self._old, self._new = ours.table, theirs.table
        self._known = ours.table.known ^ theirs.table.known
        self._signs = {**dict.fromkeys(self.added, "+"), **dict.fromkeys(self.removed, "-")}
        self._by_word: dict[str, list[tuple[frozenset[str], Phrase]]] = defaultdict(list)
        for phrase in sorted(self._signs):
            words = frozenset(phrase[2].split())
            self._by_word[min(words)].append((words, phrase))
        self._same: dict[str, str | None] = {}  # word as written -> its form, None where the tables disagree

    def touched(self, text: str) -> Touched:
        """Whether `text` has to be read anew, and which changed phrases have to do with it."""
        if not self.reading:
            return UNTOUCHED
        names = self._names_in(text[:MAX_CHARS])
        forms = self._forms(text[:MAX_CHARS])
        if forms is None:
            return Touched(True, (*self._phrases(self._both(text[:MAX_CHARS])), *names))
        phrases = (*self._phrases(forms), *names)
        return Touched(self.everything or bool(phrases), phrases)

    def _forms(self, text: str) -> set[str] | None:
        """The canonical words of `text`; None where the two files do not agree on them."""
        forms: set[str] = set()
        for raw in self._words(text):
            form = self._same[raw] if raw in self._same else self._agreed(raw)
            if form is None:
                return None
            forms.update(form.split(" "))
        return forms

    def _names_in(self, text: str) -> tuple[str, ...]:
        """Changed names of places whose letters stand in `text`, as "+place:bangjo Gendengan".

        A name is found in neighbouring words without the blanks, so it stands in all words written together.
        """
        if not self._names:
            return ()
        letters = "".join(self._old.forms(raw)[0] for raw in self._words(text))
        return tuple(sorted({name for key, name in self._names.items() if key in letters}))

    def _words(self, text: str) -> Iterable[str]:
        """The words as written, as `nlp.tokens.cut` finds them; a hashtag's depend on what a table knows."""
        if "#" in text:
            yield from cut(text, self._old).raw
            if self._known:
                yield from cut(text, self._new).raw
            return
        for match in TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "word" or kind == "number":
                yield match.group()
            elif kind == "spaced":
                yield match.group().replace(" ", "")

    def _agreed(self, raw: str) -> str | None:
        folded, form = self._old.forms(raw)
        same = self._new.forms(raw) == (folded, form)
        strange = folded in self._known or form in self._known or not self._known.isdisjoint(form.split(" "))
        if len(self._same) > 500_000:
            self._same.clear()
        self._same[raw] = form if same and not strange else None
        return self._same[raw]

    def _both(self, text: str) -> set[str]:
        forms = {form for table in (self._old, self._new) for form in _cut_forms(text, table)}
        return {part for form in forms for part in form.split(" ")}

    def _phrases(self, forms: set[str]) -> tuple[str, ...]:
        """Changed phrases all of whose words are among `forms`, as "+topic:bencana:pengungsian"."""
        found = [phrase for word in forms if word in self._by_word
                 for words, phrase in self._by_word[word] if words <= forms]
        return tuple(f"{self._signs[p]}{':'.join(filter(None, (p[0], p[1], p[3])))}" for p in sorted(found))


def _cut_forms(text: str, table: WordTable) -> Iterable[str]:
    return cut(text, table).form


def _changed_names(old: Settings, new: Settings) -> dict[str, str]:
    """Key of every operators' name that the two files do not have alike -> how a person is told of it."""
    ours, theirs = LocalNames(old.places).meant, LocalNames(new.places).meant
    return {
        key: f"{'+' if key in theirs else '-'}place:{theirs.get(key, ours.get(key, ()))[0].name}"
        for key in sorted(ours.keys() | theirs.keys()) if ours.get(key) != theirs.get(key)
    }


def _structure(settings: Settings) -> tuple[Any, ...]:
    """What the NLP reads in the file beside its lists."""
    limits = settings.thresholds
    departments = {handle for d in settings.departments.values() for handle in d.handles}
    handles = sorted(departments | {a.handle for a in settings.accounts})
    areas = {key: government.code for key, government in settings.governments.items()}
    return (limits.relevance, limits.topic, limits.place, limits.second_topic, tuple(settings.topics), handles,
            sorted((a.key, areas[a.government]) for a in settings.accounts), settings.models.hash)


COSMETIC = ("name", "short", "aliases", "notify", "contact")  # of a department: seen by people, read by no rule
READING = ("places", "models")  # read by the NLP alone; `_names_in` and `_structure` look after them
READ_ONLY = ("name", "keywords", "unless", "examples", "not")  # of a topic: read by the NLP or by nobody


def routing_part(settings: Settings) -> dict[str, Any]:
    """All that may decide beside what was read: whatever a later version adds counts until it is named above."""
    rules = settings.rules()
    return {
        **_without(rules, READING),
        "departments": {key: _without(given, COSMETIC) for key, given in rules["departments"].items()},
        "topics": [(label, _without(given, READ_ONLY)) for label, given in rules["topics"].items()],
        "accounts": [(a.key, a.government, a.department, a.handle) for a in settings.accounts],
    }


def _without(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}
