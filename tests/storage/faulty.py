"""A SQLite connection whose n-th statement fails as on a broken disk. Stands in for sqlite3.connect."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Disk:
    """Counts down; the statement that meets zero fails, later ones work."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.failed = ""

    def fail_at(self, n: int) -> None:
        self.left, self.failed = n, ""

    @contextmanager
    def spared(self) -> Iterator[None]:
        """What runs in the block is not counted."""
        left, self.left = self.left, None
        yield
        self.left = left

    def connect(self, *args: Any, **given: Any) -> sqlite3.Connection:
        disk = self

        class Faulty(sqlite3.Connection):
            def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
                disk.touch(sql)
                return super().execute(sql, parameters)

            def executemany(self, sql: str, rows: Iterable[Any]) -> sqlite3.Cursor:
                disk.touch(sql)
                return super().executemany(sql, rows)

        return sqlite3.connect(*args, factory=Faulty, **given)

    def touch(self, sql: str) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left == 0:
            self.left, self.failed = None, sql
            raise sqlite3.OperationalError("disk I/O error")
