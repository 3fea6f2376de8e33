"""What was taken away on purpose, told in a way that outlives the store: a restored copy forgets nothing anew.

An erasure holds no word of a citizen's. A post that was deleted is its key; a blot is where it stands in which post,
and the hash of the text that is left: a copy that still has the words knows from it which ones they are, and that
they are the same.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import orjson

from domain import StoreFault

UNDER_WAY = timedelta(minutes=10)  # what began so long ago may have been committed since the last look


@dataclass(frozen=True, slots=True)
class Erasure:
    """A post that is gone, or with `left` blots in one: (start, code points) of each, and the hash of what is left."""

    mention: str
    at: int  # microseconds since 1970, as the store has it
    pieces: tuple[tuple[int, int], ...] = ()
    left: str = ""

    @property
    def name(self) -> tuple[str, str]:
        """Two erasures of one name do the same."""
        return self.mention, self.left


@dataclass(frozen=True, slots=True)
class Again:
    """What doing erasures again came to: posts emptied, posts blotted, and posts whose blots staff have to set anew."""

    gone: int = 0
    blotted: int = 0
    undone: tuple[str, ...] = ()


class ErasureStore(Protocol):
    def erasures(self, *, since: datetime | None = None) -> list[Erasure]:
        """What was ever taken away, or since that moment, the oldest first."""

    def erase_again(self, erasures: Sequence[Erasure], *, now: datetime) -> Again:
        """Take away in this store, an older copy, what was taken away since. Repeating it changes nothing."""


class Journal:
    """A file of erasures beside the backups: only ever added to, a line each, flushed to the disk."""

    NAME = "erasures.jsonl"

    def __init__(self, folder: Path) -> None:
        self.path = folder / self.NAME
        self._names: set[tuple[str, str]] | None = None

    def read(self) -> list[Erasure]:
        """What stands in it; a line that a power cut has torn was never promised. StoreFault for another file."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        try:
            return [_erasure(orjson.loads(line)) for line in lines[:-1] if line]
        except (orjson.JSONDecodeError, TypeError, KeyError, ValueError) as error:
            hint = "pindahkan berkas itu, lalu coba lagi; cadangan berikutnya menulisnya dari awal"
            raise StoreFault(f"{self.path}: bukan catatan penghapusan ({error})", hint=hint) from error

    def note(self, erasures: Iterable[Erasure]) -> int:
        """Add those that it does not have; how many."""
        if self._names is None:
            self._names = {each.name for each in self.read()}
        fresh = [each for each in erasures if each.name not in self._names]
        if fresh:
            self._append(b"".join(orjson.dumps(asdict(each)) + b"\n" for each in fresh))
            self._names.update(each.name for each in fresh)
        return len(fresh)

    def _append(self, lines: bytes) -> None:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # the daemon and a backup may both be at it
            whole = os.lseek(file, 0, os.SEEK_END)
            while whole and os.pread(file, 1, whole - 1) != b"\n":  # a torn line goes before the next comes
                whole -= 1
            os.ftruncate(file, whole)
            os.lseek(file, whole, os.SEEK_SET)
            while lines:
                lines = lines[os.write(file, lines):]
            os.fsync(file)
        finally:
            os.close(file)


class Noting:
    """Keeps the journal up while a store is at work: the store may be lost before the next backup."""

    def __init__(self) -> None:
        self._journal: Journal | None = None
        self._since: datetime | None = None  # the first look takes all

    def note(self, store: ErasureStore, folder: Path | None, *, now: datetime) -> None:
        """Once a minute. A folder that is not there waits for its disk, or its first backup."""
        if folder is None or not folder.is_dir():
            return
        if self._journal is None or self._journal.path.parent != folder or not self._journal.path.exists():
            self._journal, self._since = Journal(folder), None
        self._journal.note(store.erasures(since=self._since))
        self._since = now - UNDER_WAY


def _erasure(row: Any) -> Erasure:
    return Erasure(row["mention"], row["at"], tuple((start, length) for start, length in row["pieces"]), row["left"])
