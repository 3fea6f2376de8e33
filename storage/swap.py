"""Fresh files take the place of old ones, all of them or none, whenever the process dies.

A note beside the store says what is about to move. Until it says so there is nothing to undo; from then on whoever
looks next finishes what it says. While it lies there `storage.open_store` opens nothing, so nobody sees half of it.
Old files are renamed, with what SQLite keeps beside them, and never deleted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from domain import StoreBusy, StoreFault

BESIDE = ("-wal", "-shm", "-journal")


class Move(NamedTuple):
    """`fresh` becomes `target`; what stood there becomes `aside`. All three in one folder."""

    fresh: Path
    target: Path
    aside: Path


def note_of(store: Path) -> Path:
    return store.with_name(f"{store.name}.restoring")


def refuse_unfinished(store: Path) -> None:
    """Raise StoreBusy while files of this store are being swapped, or where that was cut short."""
    if note_of(store).exists():
        raise StoreBusy(f"{store}: sedang dipulihkan, atau pemulihannya terputus",
                        hint="tunggu sampai selesai; bila terputus: kentongan restore --finish")


def announce(store: Path) -> None:
    """From here on nobody opens the store anew; nothing has moved yet."""
    _write(note_of(store), [])


def withdraw(store: Path) -> None:
    note_of(store).unlink(missing_ok=True)


def swap(store: Path, moves: Sequence[Move]) -> None:
    """Move all of them; the moment that counts is the renaming of the note."""
    _write(note_of(store), [[str(path.absolute()) for path in move] for move in moves])
    finish(store)


def finish(store: Path) -> bool:
    """Do what a note of this store still asks for; whether there were moves in it."""
    note = note_of(store)
    try:
        moves = [Move(*map(Path, row)) for row in orjson.loads(note.read_bytes())]
    except FileNotFoundError:
        return False
    except (orjson.JSONDecodeError, TypeError) as error:
        raise StoreFault(f"{note}: tidak terbaca", hint="berkas ini tidak ditulis oleh kentongan restore") from error
    for move in moves:
        _moved(move)
    note.unlink()
    flush(note.parent)
    return bool(moves)


def _moved(move: Move) -> None:
    if not move.fresh.exists():
        if not move.target.exists():
            raise StoreFault(f"{move.fresh}: hilang", hint=f"yang lama ada di {move.aside}")
        return  # done before the process died
    if move.target.exists() and not move.aside.exists():
        move.target.rename(move.aside)
    for ending in BESIDE:
        beside = move.target.with_name(move.target.name + ending)
        if beside.exists():
            beside.rename(move.aside.with_name(move.aside.name + ending))
    move.fresh.rename(move.target)
    flush(move.target.parent)


def _write(note: Path, moves: list[list[str]]) -> None:
    draft = note.with_name(f"{note.name}.draft")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(orjson.dumps(moves))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(note)
    flush(note.parent)


def flush(folder: Path) -> None:
    """The names in it outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
