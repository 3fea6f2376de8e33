"""Names of towns and kecamatan that a slip of the thumb has changed: a letter too many, too few, wrong, or two swapped.

Villages are left out: every third word of Javanese is a letter away from one of 8,563. Whoever asks has made sure that
the word is none that people use. The first letter is never the wrong one. Two names a slip away that mean the same
place are one ("kartasura", "kartosura").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from nlp.gazetteer import TOWNS, Gazetteer

LETTERS = 7  # of a name at the least: shorter ones have too many neighbours


class Slips:
    """Built once; a look-up costs as many set look-ups as the word has letters."""

    def __init__(self, table: Gazetteer) -> None:
        self._table = table
        self._names: dict[str, set[str]] = defaultdict(set)  # a name and it without each letter -> the names
        for key in sorted(table.keys()):
            if len(key) >= LETTERS and any(reading.type in TOWNS for reading in table.ours(key)):
                for part in _shortened(key):
                    self._names[part].add(key)

    def name_like(self, word: str) -> str | None:
        """The key of the one place whose name is a slip away; None where there is none, or where several are."""
        near = {name for part in _shortened(word) for name in self._names.get(part, ()) if _a_slip_away(word, name)}
        meant = {frozenset(reading.area[:8] for reading in self._table.ours(name)) for name in near}
        return min(near) if len(meant) == 1 else None


def _shortened(word: str) -> Iterator[str]:
    yield word
    yield from {word[:at] + word[at + 1 :] for at in range(1, len(word))}


def _a_slip_away(word: str, name: str) -> bool:
    if word[0] != name[0] or abs(len(word) - len(name)) > 1:
        return False
    if len(word) != len(name):
        longer, shorter = (word, name) if len(word) > len(name) else (name, word)
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(1, len(longer)))
    apart = [at for at in range(len(word)) if word[at] != name[at]]
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and (
        word[apart[0]] == name[apart[1]] and word[apart[1]] == name[apart[0]])
    return len(apart) == 1 or swapped
