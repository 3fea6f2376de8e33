"""The store that a verb works on: named by --store or by the settings, closed when the verb ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from domain import ConfigError
from settings import load

if TYPE_CHECKING:
    from storage.store import Store


@contextmanager
def opened_store(config: Path, path: Path | None, *, create: bool = False) -> Iterator[Store]:
    """Open for reading, or for writing with `create`; a ConfigError where there is none to read."""
    from storage import open_store
    from storage.swap import refuse_unfinished

    settings = load(config)
    path = path or settings.store.path
    refuse_unfinished(path)
    if not create and not path.exists():
        raise ConfigError(f"{path}: belum ada basis data", hint="jalankan dulu: kentongan run (atau kentongan init)")
    path.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(path, lock_seconds=settings.store.lock_seconds, read_only=not create)
    try:
        yield store
    finally:
        store.close()
