"""Many rows in few statements.

A statement that fires triggers or may replace rows opens a savepoint of its own, with a copy of every page that it
touches: 10 us of a ticket's 27. `executemany` is a statement a row, this is one for ROWS rows (8: 17.5 us a ticket,
16: 16.1, 64: 16.8).

FTS5 writes down what it has gathered at every savepoint, so rows of `ticket_text` go in by plain VALUES, after
everything else of a transaction: 3 us a row instead of 21.
"""

# ruff: noqa: S608  only our own statements; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

ROWS = 16


def insert(connection: sqlite3.Connection, into: str, rows: Sequence[tuple[Any, ...]], then: str = "") -> None:
    """`into`: INSERT INTO ... (columns); `then`: what follows the values."""
    _in_chunks(connection, into + " VALUES {}" + then, rows)


def update(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]],
    also: str = "",
) -> None:
    """Set `columns`; the last value of each of `rows` is the rowid that it is for. `also`: ", column = value"."""
    named = ", ".join((*columns, "row"))
    assignments = ", ".join(f"{column} = told.{column}" for column in columns)
    _in_chunks(connection, f"WITH told({named}) AS (VALUES {{}}) UPDATE {table} SET {assignments}{also} FROM told"
               f" WHERE {table}.rowid = told.row", rows)


def _in_chunks(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) // ROWS * ROWS
    together = statement.format(", ".join([one] * ROWS))
    for start in range(0, whole, ROWS):
        connection.execute(together, [*chain.from_iterable(rows[start:start + ROWS])])
    connection.executemany(statement.format(one), rows[whole:])
