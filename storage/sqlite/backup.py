"""Copies of a database beside those who write it, and whether a copy is whole.

`Connection.backup(pages=-1)` copies in one read transaction: with fewer pages a step it begins anew whenever another
process commits, and never ends beside a daemon at work. Writers go on, as the write-ahead log takes what they write;
it cannot shrink for so long. A copy is taken out of WAL mode, so that it is one file and a folder that may only be
read can be looked at.
"""

# ruff: noqa: S608  only our own table names are written into SQL

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from domain import StoreFault
from storage.backup import Contents
from storage.sqlite import audit, migrations
from storage.sqlite.connection import BUSY_SECONDS, translated

COUNTED = ("account", "audit", "cluster", "correction", "evidence", "mention", "outbox", "quarantine",
           "ruleset_version", "sighting", "ticket", "tombstone")
MAPPED = 1 << 40  # a copy is read through once, from end to end: let the system's cache serve, not a second one


def copied_store(source: Path, target: Path) -> Contents:
    with _opened(source) as connection, translated(source):
        connection.execute("BEGIN")  # what is counted is what is copied
        seen = contents(connection)
        _write_copy(connection, target)
    with looked_at(target) as copy, translated(target):
        if contents(copy) != seen:
            raise StoreFault(f"{target}: salinan tidak sama dengan aslinya", hint="periksa disk, lalu coba lagi")
    return seen


def copied_file(source: Path, target: Path) -> None:
    """Copy another database, of which nothing is known."""
    with _opened(source) as connection, translated(source):
        _write_copy(connection, target)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with translated(path):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS,
                                     isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _write_copy(source: sqlite3.Connection, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    with translated(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # who calls flushes the whole file, once, before it counts
        copy.execute("PRAGMA journal_mode = OFF").fetchall()
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()


def contents(connection: sqlite3.Connection) -> Contents:
    """How much of what is in it; tables that an older version does not know are left out. StoreFault: none of ours."""
    tables = {name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    counts = {table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
              for table in COUNTED if table in tables}
    if not {"mention", "seen_count", "audit_head"} <= tables:
        raise StoreFault("basis data ini bukan milik Kentongan", hint="periksa store.path di config.yaml")
    day, = connection.execute("SELECT max(day) FROM seen_count").fetchone()
    return Contents(migrations.version(connection), counts, audit.head(connection), day)


def is_older(path: Path) -> bool:
    with _opened(path) as connection, translated(path):
        return not migrations.is_current(connection)


def damage(path: Path, *, thorough: bool) -> list[str]:
    """What SQLite finds wrong with a copy that nobody writes; `thorough`: indexes against their tables too."""
    check = "integrity_check" if thorough else "quick_check"
    with looked_at(path) as connection:
        try:
            return [answer for answer, in connection.execute(f"PRAGMA {check}").fetchall() if answer != "ok"]
        except sqlite3.DatabaseError as error:
            return [str(error)]


def contents_of(path: Path) -> Contents:
    with looked_at(path) as connection, translated(path):
        return contents(connection)


def photos_of(path: Path) -> list[str]:
    with looked_at(path) as connection, translated(path):
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'evidence'").fetchone():
            return []
        return [name for name, in connection.execute("SELECT file FROM evidence ORDER BY file").fetchall()]


@contextmanager
def looked_at(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy that nobody writes: no lock is taken and no file appears beside it."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute(f"PRAGMA mmap_size = {MAPPED}")
    try:
        yield connection
    finally:
        connection.close()
