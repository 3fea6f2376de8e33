"""Words in a list: which of its tickets say them, in the list's own order, whatever the size of the desk.

Three ways, chosen by how often the words are said at the desks asked about (the index knows by its marks):

- seldom: the hits are looked up and sorted;
- often: the list is walked in its order and each text looked at, so a page costs about as many looks as one ticket in
  how many says the word. No index is read that is as long as the word is common;
- a beginning that may be common ("jal"): FTS5 gathers all words that begin so before it gives the first hit, so the
  list is walked a little first.

Whatever way is taken finds the same tickets: `tests/storage/test_sqlite_words.py`.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from storage.records import Counted
from storage.sqlite.search import Wanted

FEW_HITS = 2_000  # looked up and sorted
NEAR = 300  # tickets looked at before a common beginning is gathered
FAR = 6_000  # tickets looked at for a word that is said often
LOOK = 100  # texts read at a time


@dataclass(frozen=True, slots=True)
class Found:
    """One SELECT of (due_sort, id), with its parameters."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A list to be narrowed by words: as a list, and by an FTS5 expression."""

    wanted: Wanted
    marks: str  # of the desks asked about; "" for all
    marked_alone: bool  # nothing but marks narrows the list: a hit is a ticket of it
    in_order: Callable[[], Found]
    by_hits: Callable[[str], Found]  # in no order

    def expression(self, *, whole: bool = False) -> str:
        said = (replace(self.wanted, open_end=False) if whole else self.wanted).expression
        return f"({said}) AND ({self.marks})" if self.marks else said


def page(connection: sqlite3.Connection, asked: Asked, *, limit: int, most: int) -> tuple[list[int], Counted]:
    """The first `limit` tickets, and how many there are: up to `most`, and exact as far as that is cheap."""
    often = _hits(connection, asked) > FEW_HITS
    if often or asked.wanted.open_end:
        found, ended = _walked(connection, asked, limit=limit, looks=FAR if often else NEAR)
        if ended:
            return found, Counted(min(len(found), most), more=len(found) > most)
        if len(found) >= limit:
            return found, _count(connection, asked, often=often, most=most)
    hits = asked.by_hits(asked.expression())
    listed = ids(connection, Found(f"{hits.sql} ORDER BY 1, 2", hits.values), max(limit, most + 1))
    return listed[:limit], Counted(min(len(listed), most), more=len(listed) > most)


def _count(connection: sqlite3.Connection, asked: Asked, *, often: bool, most: int) -> Counted:
    """How many there are of what fills a page. A whole word's hits are its beginning's too: a lower bound."""
    if often and asked.marked_alone and most <= FEW_HITS:
        return Counted(most, more=True)
    hits = asked.by_hits(asked.expression(whole=True))
    n, = connection.execute(f"SELECT count(*) FROM ({hits.sql} LIMIT ?)", (*hits.values, most + 1)).fetchone()
    if n > most:
        return Counted(most, more=True)
    if not asked.wanted.open_end:
        return Counted(n)
    near, ended = _walked(connection, asked, limit=most + 1, looks=NEAR)
    if ended:
        return Counted(min(len(near), most), more=len(near) > most)
    return Counted(max(0, len(near) - 1) // 10 * 10, more=True)


def ids(connection: sqlite3.Connection, found: Found, limit: int) -> list[int]:
    rows = connection.execute(f"{found.sql} LIMIT ?", (*found.values, limit)).fetchall()
    return [id_ for _, id_ in rows]


def _hits(connection: sqlite3.Connection, asked: Asked) -> int:
    """Of the whole words alone, counted as far as it matters."""
    n, = connection.execute("SELECT count(*) FROM (SELECT 1 FROM ticket_text WHERE ticket_text MATCH ? LIMIT ?)",
                            (asked.expression(whole=True), FEW_HITS + 1)).fetchone()
    return int(n)


def _walked(connection: sqlite3.Connection, asked: Asked, *, limit: int, looks: int) -> tuple[list[int], bool]:
    """Those among the list's next `looks` tickets that say the words, up to `limit`; whether the list ended there."""
    found: list[int] = []
    seen, list_ = 0, asked.in_order()
    with closing(connection.execute(f"{list_.sql} LIMIT ?", (*list_.values, looks))) as rows:  # read as far as we go
        while some := rows.fetchmany(LOOK):
            seen += len(some)
            found += [id_ for id_, text in _texts(connection, [id_ for _, id_ in some]) if asked.wanted.fits(text)]
            if len(found) >= limit:
                return found[:limit], False
    return found, seen < looks


def _texts(connection: sqlite3.Connection, listed: list[int]) -> list[tuple[int, str]]:
    """From the table that FTS5 keeps its texts in: by rowid, a quarter of the price of asking FTS5 itself."""
    return connection.execute(
        "SELECT w.id, w.c0 FROM json_each(?) page CROSS JOIN ticket_text_content w ON w.id = page.value"
        " ORDER BY page.key", (f"[{','.join(map(str, listed))}]",)).fetchall()
