"""Full-text search over tickets: the words of each story's first mention, without personal data.

Own FTS5 table, rowid = ticket. What a person types is taken as words, never as FTS5 syntax: each is
quoted, and the last one matches as a beginning, so that typing narrows the list.

Beside the words stand marks, which no text can hold and nobody can type: the desk, and whether the ticket is live.
So a word that half the posts have costs a small desk no more than the desk is large (ADR 12). A mark only narrows;
who may see a ticket is asked of the ticket itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from domain import Extraction
from storage.sqlite.folding import tokens

NUMBERS = re.compile(r"\S*\d[\d .\-]{4,}\d\S*")  # where no extraction says what is personal: long numbers
PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")  # private use: letters to FTS5; marks are made of them
MARK = "\ue000"
NOWHERE = f'"{MARK}"'  # no ticket has this one
MAX_TERMS = 12
SHORTEST_BEGINNING = 3  # letters; "di" as a beginning would be every third word there is


def words(text: str, extraction: Extraction | None) -> str:
    """What of a text may be searched: NIK, phone numbers and the like are cut out."""
    if extraction is None:
        return PRIVATE.sub(" ", NUMBERS.sub(" ", text))
    return _without(text, [(pii.start, pii.end) for pii in extraction.pii])


def words_of_first(connection: sqlite3.Connection, cluster: str) -> str:
    """The same for a story whose first mention was judged earlier."""
    text, stored = connection.execute(
        "SELECT m.text, j.extraction FROM cluster c JOIN mention m ON m.key = c.first"
        " LEFT JOIN judgement j ON j.mention = m.key WHERE c.id = ?", (cluster,)).fetchone()
    if stored is None:
        return words(text, None)
    found: list[dict[str, Any]] = orjson.loads(stored)["pii"]
    return _without(text, [(pii["start"], pii["end"]) for pii in found])


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text if text.isascii() else PRIVATE.sub(" ", text)


def put(connection: sqlite3.Connection, indexed: Mapping[int, str], *, fresh: set[int]) -> None:
    """Index tickets; those not in `fresh` are in the index already and get new words. Marks follow by trigger."""
    old = [(ticket,) for ticket in indexed if ticket not in fresh]
    connection.executemany("DELETE FROM ticket_text WHERE rowid = ?", old)
    connection.executemany(  # plain VALUES: see bulk.py
        "INSERT INTO ticket_text (rowid, text, marks) VALUES (?1, ?2, (SELECT marks FROM ticket WHERE id = ?1))",
        sorted(indexed.items()))


# --- asking -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person typed, folded as the index folds texts: runs of words, the last a beginning if `open_end`."""

    runs: tuple[str, ...]
    open_end: bool

    @property
    def expression(self) -> str:
        """For FTS5."""
        return " ".join(f'"{run}"' for run in self.runs) + ("*" if self.open_end else "")

    def fits(self, text: str) -> bool:
        """Whether the index would find this text."""
        if text.isascii():  # folding such a text is making it small: most are out at a glance
            small = text.lower()
            if not all(word in small for run in self.runs for word in run.split()):
                return False
        said = f" {' '.join(tokens(text))} "
        last = len(self.runs) - 1
        return all((f" {run}" if place == last and self.open_end else f" {run} ") in said
                   for place, run in enumerate(self.runs))


def wanted(typed: str) -> Wanted | None:
    """None where there is nothing to look for."""
    cleaned = PRIVATE.sub(" ", typed.encode("utf-8", "ignore").decode())
    runs = [run for run in (" ".join(tokens(term)) for term in cleaned.split()) if run][:MAX_TERMS]
    if not runs:
        return None
    return Wanted(tuple(runs), len(runs[-1].rpartition(" ")[2]) >= SHORTEST_BEGINNING)


def at(department: str | None, *, live: bool | None) -> str:
    """The mark of a desk's live tickets or of its closed ones, of all live ones, as FTS5 asks for it; "" for all."""
    if department is None:
        return f'"{MARK}l"' if live else ""
    name = f"{MARK}{department.encode().hex()}"
    return f'"{name}l"' if live else f'"{name}z"' if live is not None else f'("{name}l" OR "{name}z")'
