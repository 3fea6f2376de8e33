"""Backups on disk: a folder each, named by its time, whole as soon as it has its name.

What is being written has a name with a dot in front and becomes whole by one renaming; so does, the other way round,
what is being dropped. A process that dies leaves such a name behind, and the next one clears it away: only one is at
work in a folder at a time. Files that are none of ours are never touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from domain import ConfigError, StoreBusy, StoreFault
from storage.auditing import Link
from storage.swap import flush

MANIFEST = "manifest.json"
FORMAT = 1
NAME = re.compile(r"\d{4}-\d\d-\d\d_\d{6}(-\d+)?")
PART = re.compile(rf"\.{NAME.pattern}\.part")
STORE, AUTH, PHOTOS = "kentongan.db", "auth.db", "bukti"
CONFIG, SHIPPED, MODEL, SECRETS = "pengaturan", "bawaan", "model", "rahasia"
KEY = "inbox_secret_key"  # lies beside auth_db


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a backup; `name` with slashes, below the backup's folder."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `store` is the path that it was taken of, `config` the name of its settings."""

    program: str
    schema: str
    at: datetime
    store: str
    config: str
    audit: str
    day: str | None
    counts: dict[str, int]
    files: tuple[Written, ...]

    def as_json(self) -> bytes:
        """Always in this order."""
        row = {
            "format": FORMAT, "program": self.program, "schema": self.schema, "at": self.at.isoformat(),
            "store": self.store, "config": self.config, "audit": self.audit, "day": self.day,
            "counts": dict(sorted(self.counts.items())),
            "files": [{"name": f.name, "bytes": f.bytes, "sha256": f.sha256} for f in self.files],
        }
        return orjson.dumps(row, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @property
    def link(self) -> Link:
        """Of a store in which nothing was noted yet: 0 and no hash."""
        number, _, seal = self.audit.partition(":")
        return Link(int(number), seal)

    def has(self, name: str) -> bool:
        return any(file.name == name for file in self.files)

    def below(self, folder: str) -> list[Written]:
        return [file for file in self.files if file.name.startswith(f"{folder}/")]


def manifest_of(folder: Path) -> Manifest:
    """Raises ConfigError where there is no backup, StoreFault where its manifest is damaged."""
    path = folder / MANIFEST
    try:
        row = orjson.loads(path.read_bytes())
        if row["format"] > FORMAT:
            raise StoreFault(f"{folder}: ditulis Kentongan {row['program']}, bentuknya lebih baru",
                             hint=f"pasang Kentongan {row['program']} atau lebih baru")
        files = tuple(Written(f["name"], f["bytes"], f["sha256"]) for f in row["files"])
        if any(PurePosixPath(f.name).is_absolute() or ".." in PurePosixPath(f.name).parts for f in files):
            raise ValueError("a file outside of the folder")
        return Manifest(row["program"], row["schema"], datetime.fromisoformat(row["at"]), row["store"], row["config"],
                        row["audit"], row["day"], row["counts"], files)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(f"{folder}: bukan cadangan", hint=_hint(folder)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreFault(f"{path}: rusak", hint="pilih cadangan lain") from error


def _hint(folder: Path) -> str:
    newest = next(reversed(wholes(folder)), None)
    return f"pilih salah satu, mis. {newest}" if newest else "sebut folder yang memuat manifest.json"


def wholes(folder: Path) -> list[Path]:
    """The whole backups in it, oldest first."""
    return sorted((each for each in _entries(folder) if NAME.fullmatch(each.name) and (each / MANIFEST).is_file()),
                  key=lambda each: _order(each.name))


def _order(name: str) -> tuple[str, int]:
    """The second one of a second stands behind the first."""
    return name[:17], int(name[18:] or 0)


def _entries(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make the folder, be the only one at work in it, and clear away what others left behind when they died."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(f"{folder}: cadangan lain sedang dibuat di sini", hint="tunggu sampai selesai") from error
        for each in _entries(folder):
            if PART.fullmatch(each.name):
                shutil.rmtree(each)
        yield
    finally:
        os.close(lock)


@contextmanager
def new(folder: Path, *, at: datetime) -> Iterator[tuple[Path, Path]]:
    """(where to write, what it is called when the block has ended well). Only inside `alone`."""
    stem = f"{at:%Y-%m-%d_%H%M%S}"
    taken = (Path(folder, stem if n == 1 else f"{stem}-{n}") for n in range(1, 10_000))
    whole = next(each for each in taken if not each.exists())
    part = folder / f".{whole.name}.part"
    part.mkdir(mode=0o700)
    try:
        yield part, whole
        for inside in (*(each for each in part.rglob("*") if each.is_dir()), part):
            flush(inside)
        part.rename(whole)
        flush(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def drop_oldest(folder: Path, *, keep: int, store: str) -> list[Path]:
    """Drop what is beyond the newest `keep` of this store's. What cannot be read is nobody's to drop."""
    ours = [each for each in wholes(folder) if _is_of(each, store)]
    dropped = ours[:-keep] if keep else []
    for each in dropped:
        part = each.with_name(f".{each.name}.part")
        each.rename(part)
        shutil.rmtree(part)
    return dropped


def _is_of(folder: Path, store: str) -> bool:
    try:
        return manifest_of(folder).store == store
    except (ConfigError, StoreFault):
        return False


# --- files ---------------------------------------------------------------------------------------


def written(folder: Path, name: str) -> Written:
    """The file as it stands on the disk, flushed to it."""
    with (folder / name).open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Written(name, file.tell(), digest)


def write_private(path: Path, content: bytes) -> None:
    """A new file, for its owner alone, flushed to the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def copy_checked(folder: Path, file: Written, target: Path) -> None:
    """Copy a file of a backup, for its owner alone. Raises StoreFault where it is not what the manifest says."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with (folder / file.name).open("rb") as source, os.fdopen(
            os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb"
        ) as copy:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError as error:
        raise StoreFault(f"{folder / file.name}: hilang dari cadangan", hint="pilih cadangan lain") from error
    if digest.hexdigest() != file.sha256:
        raise StoreFault(f"{folder / file.name}: tidak sama dengan manifest", hint="rusak; pilih cadangan lain")


def refuse_without_space(folder: Path, needed: int) -> None:
    """Raise StoreFault before anything is written, rather than in the middle."""
    place: Any = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(place).free
    if free < needed + (64 << 20):
        raise StoreFault(f"{folder}: ruang kosong {free >> 20} MiB, perlu {(needed >> 20) + 64} MiB",
                         hint="kosongkan ruang, atau pilih folder di disk lain dengan --to")
