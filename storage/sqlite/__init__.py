"""The Store on SQLite: one file, one write lock, many readers. `facade` is the whole of it at a glance."""

from storage.sqlite.facade import SqliteStore

__all__ = ["SqliteStore"]
