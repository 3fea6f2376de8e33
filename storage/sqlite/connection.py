"""Connections, pragmas, transactions. `write()` is the only way to change a store, `read()` to look.

Each thread has its own connection. Every write transaction holds the file lock, begins IMMEDIATE
and ends whole or not at all; a read is one snapshot and fetches everything before it returns, for
an open cursor would keep the write-ahead log from shrinking. Knows no table.

What SQLite raises when it cannot write leaves here as StoreFault or StoreBusy with the cause named;
what it raises because our SQL is wrong (IntegrityError, a missing column) stays as it is.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from domain import StoreBusy, StoreFault
from storage.sqlite.lock import WriteLock

BUSY_SECONDS = 5.0  # the lock comes first: only a foreign tool can make SQLite itself wait
OLDEST = (3, 38, 0)  # STRICT tables, ->>
PRAGMAS = (
    "PRAGMA synchronous = NORMAL",  # safe against kill; a power cut may cost the last commits, whole ones
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is purged is overwritten
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -16384",
)
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
HINTS = {
    sqlite3.SQLITE_FULL: "disk penuh: kosongkan ruang, lalu tidak ada lagi yang perlu dilakukan",
    sqlite3.SQLITE_IOERR: "kesalahan baca/tulis: periksa disk dan kuota",
    sqlite3.SQLITE_CANTOPEN: "berkas tidak dapat dibuka: periksa folder dan izin",
    sqlite3.SQLITE_READONLY: "tidak boleh menulis: periksa pemilik dan izin berkas serta foldernya",
    sqlite3.SQLITE_CORRUPT: "berkas rusak: hentikan semua proses, simpan salinannya, pulihkan cadangan",
    sqlite3.SQLITE_NOTADB: "berkas ini bukan basis data Kentongan",
}

Connect = Callable[..., sqlite3.Connection]


class Connections:
    """One connection a thread to the database at `path`; `connect` is sqlite3's, or stands in for it."""

    def __init__(
        self, path: Path, *, lock_seconds: float, read_only: bool, connect: Connect = sqlite3.connect,
        durable: bool = False,
    ) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise StoreFault(f"SQLite {sqlite3.sqlite_version} terlalu lama", hint="perlu 3.38 atau lebih baru")
        self.path = path
        self.read_only = read_only
        self._pragmas = (*PRAGMAS, "PRAGMA synchronous = FULL") if durable else PRAGMAS
        self._connect = connect
        self._lock = WriteLock(path, seconds=lock_seconds)
        self._mine = threading.local()
        self._all: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._guard = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One write transaction under the lock; rolled back if the block raises."""
        if self.read_only:
            raise StoreFault(f"{self.path}: dibuka hanya untuk dibaca", hint="buka tanpa read_only")
        with self._lock.held(), translated(self.path):
            connection = self.connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for the block: the numbers that it reads belong together."""
        with translated(self.path):
            connection = self.connection()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                self._roll_back(connection)

    @contextmanager
    def outside_transaction(self) -> Iterator[sqlite3.Connection]:
        """The lock without a transaction, for checkpoints."""
        with self._lock.held(), translated(self.path):
            yield self.connection()

    def connection(self) -> sqlite3.Connection:
        """The calling thread's connection, opened on first use."""
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._opened()
            self._mine.connection = connection
            with self._guard:
                self._all.append((threading.current_thread(), connection))
            self._close_those_of_dead_threads()
        return connection

    def close(self) -> None:
        """Close every thread's connection. The last close checkpoints, so a writer closes under the lock."""
        with self._lock.held() if self._all and not self.read_only else nullcontext(), self._guard:
            for _, connection in self._all:
                connection.close()
            self._all.clear()
            self._mine = threading.local()

    def _opened(self) -> sqlite3.Connection:
        if not self.read_only:
            _create_private(self.path)
        address = self.path.resolve().as_uri() + ("?mode=ro" if self.read_only else "?mode=rw")
        connection = self._connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        if self.read_only:
            connection.execute("PRAGMA query_only = ON")
        for pragma in self._pragmas:
            connection.execute(pragma)
        return connection

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        """Undo what is open. SQLite may have done so itself (disk full); a connection that cannot is dropped."""
        if not connection.in_transaction:
            return
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            with self._guard:
                self._all = [pair for pair in self._all if pair[1] is not connection]
            self._mine.connection = None
            with suppress(sqlite3.Error):
                connection.close()

    def _close_those_of_dead_threads(self) -> None:
        with self._guard:
            dead = [connection for thread, connection in self._all if not thread.is_alive()]
            self._all = [pair for pair in self._all if pair[0].is_alive()]
        for connection in dead:  # never the last connection, so no checkpoint: the lock is not needed
            connection.close()


def _create_private(path: Path) -> None:
    """Citizens' words are not for every user of the machine; SQLite gives its side files the same mode.

    A database that exists is not opened here, for closing it would drop the POSIX locks of this process's other
    connections to it (sqlite.org/howtocorrupt.html, 2.2): another process would take itself for the last one,
    and remove the write-ahead log under us.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreFault(f"{path}: {error.strerror}", hint="periksa folder, izin, dan ruang disk") from error


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise what SQLite says about the world in our words; let what it says about our SQL pass."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
        if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG):
            raise
        if code in BUSY:
            raise StoreBusy(f"{path}: {error}", hint="proses lain memegang basis data; coba lagi") from error
        raise StoreFault(f"{path}: {error}", hint=HINTS.get(code, "periksa disk: kentongan doctor")) from error
