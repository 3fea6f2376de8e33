"""An installation in a folder, whose backups tests take and restore; and processes that die on their way."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import chdir, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from storage import open_store
from tests.ops.command import kentongan
from tests.paths import ROOT
from tests.storage.decisions import mention, opens, save, settle, watch

TOUCHES = frozenset((  # calls that change what is on the disk, or let the process see it
    "rename", "replace", "unlink", "mkdir", "rmdir", "open", "write", "fsync", "ftruncate", "execute", "executemany",
    "backup"))


TEXTS = ("Jalan berlubang di depan Pasar Legi", "Lampu jalan padam di Laweyan")
OURS = {"path: var/kentongan.db": "path: var/k.db", "  dir: null": "  dir: cadangan", "  keep: 14": "  keep: 0",
        "session_file: var/instagram-session.json": "session_file: var/sesi.json"}


@dataclass
class House:
    """`folder` is where an operator stands: config.yaml, var/k.db, var/auth.db, var/bukti."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "var" / "k.db"

    @property
    def auth(self) -> Path:
        return self.folder / "var" / "auth.db"

    @property
    def shelf(self) -> Path:
        return self.folder / "cadangan"

    def say(self, *arguments: Any):
        """`kentongan ARGUMENTS`, said in this folder."""
        return kentongan(*arguments, cwd=self.folder)

    def backup(self, *arguments: Any) -> Path:
        done = self.say("backup", "--json", *arguments)
        assert (done.code, done.err.count("galat")) == (0, 0), done.err
        return self.folder / done.rows()[0]["folder"]

    def complain(self, *texts: str) -> list[str]:
        """Each text becomes a ticket; the keys of the posts."""
        with closing(watch(open_store(self.store))) as store:
            posts = [mention(text) for text in texts]
            save(store, *posts)
            settle(store, *(opens(post) for post in posts))
            return [post.key for post in posts]

    def delete(self, *keys: str) -> None:
        with closing(open_store(self.store)) as store:
            save(store, gone=keys)

    def hire(self, name: str) -> None:
        """Somebody gets an account, and is signed in; as much of it as a backup can see."""
        with closing(sqlite3.connect(self.auth)) as people:
            people.execute("CREATE TABLE IF NOT EXISTS inbox_user (name TEXT)")
            people.execute("CREATE TABLE IF NOT EXISTS inbox_session (name TEXT)")
            people.execute("INSERT INTO inbox_user VALUES (?)", (name,))
            people.execute("INSERT INTO inbox_session VALUES (?)", (name,))
            people.commit()

    def state(self) -> tuple[list[str], list[str]]:
        """Texts of all tickets, names of all people: what is there, as somebody would see it."""
        return texts_of(self.store), people_of(self.auth)


def built(folder: Path, empty_store: Callable[[Path], Path]) -> House:
    house = House(folder)
    house.store.parent.mkdir(parents=True)
    empty_store(house.store)
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    for shipped, ours in OURS.items():
        assert shipped in text
        text = text.replace(shipped, ours, 1)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    house.complain(*TEXTS)
    house.hire("sri")
    return house


def texts_of(store: Path) -> list[str]:
    with closing(open_store(store, read_only=True)) as books:
        assert books.verify() == []
        return [row["text"] for row in books.export_tickets()]


def exported(store: Path) -> list[bytes]:
    with closing(open_store(store, read_only=True)) as books:
        return [orjson.dumps(row) for row in books.export_tickets()]


def people_of(auth: Path) -> list[str]:
    if not auth.exists():
        return []
    with closing(sqlite3.connect(f"{auth.as_uri()}?mode=ro", uri=True)) as people:
        return [name for name, in people.execute("SELECT name FROM inbox_user ORDER BY name").fetchall()]


def photo(house: House, name: str, content: bytes = b"dots") -> None:
    """A closing photo that the store knows, and its file."""
    with closing(sqlite3.connect(house.store)) as shell:
        shell.execute("INSERT INTO evidence (ticket, at, actor, file, sha256, doubts, state)"
                      " VALUES (1, 0, 'sri', ?, '', '[]', 'accepted')", (name,))
        shell.commit()
    if content:
        (house.store.parent / "bukti").mkdir(exist_ok=True)
        (house.store.parent / "bukti" / name).write_bytes(content)


# --- dying -------------------------------------------------------------------------------------------


def calls_of(folder: Path, *arguments: Any, at: int | None = None) -> tuple[int, int]:
    """`kentongan ARGUMENTS` in a child that is killed before its `at`-th touch of the disk: (exit code, touches).

    Driven by what it does and not by a clock: every place is met, however busy the machine.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            _die(folder, arguments, at, theirs)
        finally:
            os._exit(99)
    os.close(theirs)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(ours) as pipe:
        told = pipe.read()
    return code, int(told or 0)


def _die(folder: Path, arguments: tuple[Any, ...], at: int | None, theirs: int) -> None:
    count = 0

    def look(_frame: Any, event: str, called: Any) -> None:
        nonlocal count
        if event == "c_call" and called.__name__ in TOUCHES:
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

    with chdir(folder):
        sys.setprofile(look)
        done = kentongan(*arguments, cwd=folder)
        sys.setprofile(None)
    os.write(theirs, str(count).encode())
    os._exit(done.code)


def spread(whole: int, most: int) -> list[int]:
    """At most so many places out of the first `whole`, the first and the last among them."""
    if whole <= most:
        return list(range(1, whole + 1))
    return sorted({1 + round(n * (whole - 1) / (most - 1)) for n in range(most)})
