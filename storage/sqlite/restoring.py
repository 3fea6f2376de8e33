"""What a copy needs before it takes the place of a store, and whether that place is free."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from domain import StoreBusy, StoreFault
from storage.erasures import Erasure
from storage.sqlite import erasing, migrations
from storage.sqlite.backup import looked_at
from storage.sqlite.connection import BUSY, translated

SESSIONS = "inbox_session"


def refuse_newer(path: Path) -> None:
    with looked_at(path) as connection, translated(path):
        migrations.is_current(connection)


def refuse_in_use(path: Path) -> None:
    """Whoever has a WAL database open, be it idle, holds its lock shared: only who is alone gets it whole.

    What the write-ahead log still held goes into the file on this occasion, so that the file is the whole store. A
    damaged one is in nobody's use as far as it matters: it is about to be put aside.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY:
                raise StoreBusy(f"{path}: sedang dipakai proses lain (kotak masuk, penerima, atau perintah lain)",
                                hint="hentikan kentongan run, inbox, dan receive, lalu coba lagi") from error


def salvaged(path: Path) -> list[Erasure]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return erasing.found(connection)
    except sqlite3.DatabaseError as error:
        hint = "penghapusan sesudah cadangan hanya dapat dibaca dari catatannya"
        raise StoreFault(f"{path}: {error}", hint=hint) from error


def end_sessions(auth: Path) -> int:
    with closing(sqlite3.connect(auth, isolation_level=None)) as connection, translated(auth):
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (SESSIONS,)).fetchone()
        return connection.execute(f"DELETE FROM {SESSIONS}").rowcount if known else 0  # noqa: S608 our own word


def made_ready(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection, translated(path):
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
