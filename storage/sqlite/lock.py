"""Two advisory file locks beside the database: one for a write transaction, one for a daemon's life.

SQLite's own busy handler polls and is unfair: beside a daemon that commits back to back, another
process waited for seconds. And before SQLite 3.51.3 a commit that meets a checkpoint can lose data.
One `flock` around every write cures both (docs/adr/0002). `flock` belongs to the open file, so the
lock file is opened anew each time and excludes threads of one process as well as processes.

Does not work on network file systems, and does not bind tools that do not know it: the `sqlite3`
shell must not write to a live store.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain import StoreBusy, StoreFault


class WriteLock:
    """The lock that every write transaction holds; waits at most `seconds`, then StoreBusy."""

    def __init__(self, database: Path, *, seconds: float) -> None:
        self.path = database.with_name(database.name + ".lock")
        self.seconds = seconds

    @contextmanager
    def held(self) -> Iterator[None]:
        file = _open(self.path)
        if not _try(file):
            file = self._waited_for(file)
        try:
            yield
        finally:
            os.close(file)  # closing the only descriptor releases the lock

    def _waited_for(self, file: int) -> int:
        """Let a helper thread block: polling with LOCK_NB waits ten times longer (OPERATIONS 2.2)."""
        waiter = _Waiter(file)
        threading.Thread(target=waiter.run, name="write-lock", daemon=True).start()
        try:
            granted = waiter.granted.wait(self.seconds)
        except BaseException:  # Ctrl-C while we wait: nobody would give the lock back
            if not waiter.abandon():
                os.close(file)
            raise
        if granted or not waiter.abandon():
            return file
        raise StoreBusy(
            f"{self.path}: kunci tulis tidak didapat dalam {self.seconds:g} detik",
            hint="proses lain sedang menulis; coba lagi",
        )


class _Waiter:
    """Blocks for the lock in its own thread; gives it back at once where the caller has given up."""

    def __init__(self, file: int) -> None:
        self.file = file
        self.granted = threading.Event()
        self._abandoned = False
        self._turn = threading.Lock()

    def run(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_EX)
        with self._turn:
            if self._abandoned:
                os.close(self.file)
            else:
                self.granted.set()

    def abandon(self) -> bool:
        """Give up; False where the lock came in the last moment and is ours after all."""
        with self._turn:
            self._abandoned = not self.granted.is_set()
            return self._abandoned


@contextmanager
def daemon_lease(database: Path) -> Iterator[None]:
    """Hold `<database>.daemon` until the block ends, or the process does.

    Raises StoreBusy that names the holder's pid. The file stays behind: removing it would let two
    daemons lock two files of one name.
    """
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = database.with_name(database.name + ".daemon")
    file = _open(path)
    try:
        if not _try(file):
            holder = os.pread(file, 64, 0).decode("ascii", "replace").strip() or "?"
            raise StoreBusy(f"{database}: daemon lain sedang berjalan (pid {holder})",
                            hint=f"hentikan dulu: kill -TERM {holder}")
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreFault(f"{path}: {error.strerror}", hint="periksa folder, izin, dan ruang disk") from error


def _try(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
