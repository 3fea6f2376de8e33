"""Full-text search over tickets: the words of each story's first mention, without personal data.

Own FTS5 table, rowid = ticket. What a person types is taken as words, never as FTS5 syntax: each is
quoted, and the last one matches as a beginning, so that typing narrows the list.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from domain import Extraction

NUMBERS = re.compile(r"\S*\d[\d .\-]{4,}\d\S*")  # where no extraction says what is personal: long numbers
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_TERMS = 12


def words(text: str, extraction: Extraction | None) -> str:
    """What of a text may be searched: NIK, phone numbers and the like are cut out."""
    if extraction is None:
        return NUMBERS.sub(" ", text)
    return _without(text, [(pii.start, pii.end) for pii in extraction.pii])


def words_of_first(connection: sqlite3.Connection, cluster: str) -> str:
    """The same for a story whose first mention was judged earlier."""
    text, stored = connection.execute(
        "SELECT m.text, j.extraction FROM cluster c JOIN mention m ON m.key = c.first"
        " LEFT JOIN judgement j ON j.mention = m.key WHERE c.id = ?", (cluster,)).fetchone()
    if stored is None:
        return NUMBERS.sub(" ", text)
    found: list[dict[str, Any]] = orjson.loads(stored)["pii"]
    return _without(text, [(pii["start"], pii["end"]) for pii in found])


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text


def put(connection: sqlite3.Connection, indexed: Mapping[int, str], *, fresh: set[int]) -> None:
    """Index tickets; those not in `fresh` are in the index already and get new words."""
    old = [(ticket,) for ticket in indexed if ticket not in fresh]
    connection.executemany("DELETE FROM ticket_text WHERE rowid = ?", old)
    connection.executemany("INSERT INTO ticket_text (rowid, text) VALUES (?, ?)", indexed.items())


def match(typed: str) -> str:
    """An FTS5 expression for what a person typed, empty where there is nothing to look for."""
    typed = CONTROL.sub(" ", typed.encode("utf-8", "ignore").decode())
    terms = [term.replace('"', '""') for term in typed.split() if any(c.isalnum() for c in term)][:MAX_TERMS]
    return " ".join(f'"{term}"' for term in terms) + ("*" if terms else "")
