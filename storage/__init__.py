"""Everything that Kentongan remembers. Callers open a Store here and know it by its Protocol only.

The engine is imported when a store is opened, so that reading the Protocol costs no database.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from domain import Extraction
from storage.store import Store


def open_store(
    path: str | Path, *, lock_seconds: float = 5.0, read_only: bool = False, durable: bool = False
) -> Store:
    """Open the store at `path`; bring its schema up to date, under the write lock, unless `read_only`.

    `lock_seconds` bounds the wait for the write lock: StoreBusy after that, and while the store is being
    restored. Raises StoreFault for a file that is no store of ours or that a newer version has written. One
    Store serves any number of threads. `durable`: a commit survives a power cut too, for those who tell a
    sender that it need not send again.
    """
    from storage.sqlite import SqliteStore
    from storage.swap import refuse_unfinished

    refuse_unfinished(Path(path))
    return SqliteStore(path, lock_seconds=lock_seconds, read_only=read_only, durable=durable)


def daemon_lease(path: str | Path) -> AbstractContextManager[None]:
    """Hold the place of the one daemon on this store; a second one gets StoreBusy with the holder's pid."""
    from storage.sqlite.lock import daemon_lease as lease

    return lease(Path(path))


def stored_extraction(seen: bytes) -> Extraction:
    """The Extraction that a store kept as JSON, equal to the one that was made."""
    from storage.sqlite.judgement import extraction_of, seen_of

    return extraction_of(seen_of(seen))


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite library that this Python brings."""
    import sqlite3

    return sqlite3.sqlite_version_info
