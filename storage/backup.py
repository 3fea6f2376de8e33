"""Copies of a store: what is in one, whether it is whole, and how it takes the place of the store that was.

The engine is imported where it is needed, as in `storage.open_store`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.auditing import Link
from storage.erasures import Erasure


@dataclass(frozen=True, slots=True)
class Contents:
    """What a store held at one moment. `day`: the newest of the ledger."""

    schema: str
    counts: Mapping[str, int]
    link: Link
    day: str | None


def copy_store(source: Path, target: Path) -> Contents:
    """Copy a store, as it stands at one moment, to a new file; nobody who writes waits for it.

    What was copied is compared with what was there. A store of an older version is copied as it is. The file is not
    flushed to the disk yet. Raises StoreFault.
    """
    from storage.sqlite.backup import copied_store

    return copied_store(source, target)


def photos_of(path: Path) -> list[str]:
    """The names of the closing photos that a copy knows."""
    from storage.sqlite.backup import photos_of as found

    return found(path)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database of another part of the product (people and sessions), which may be in use."""
    from storage.sqlite.backup import copied_file

    copied_file(source, target)


def is_older(path: Path) -> bool:
    """Whether an older version of this program has written the store last. Raises StoreFault for a newer one."""
    from storage.sqlite.backup import is_older as asked

    return asked(path)


def damage(path: Path, *, thorough: bool) -> list[str]:
    """What is wrong with a copied database that nobody writes: its pages; `thorough`: its indexes too."""
    from storage.sqlite.backup import damage as found

    return found(path, thorough=thorough)


def contents_of(path: Path) -> Contents:
    """What a copy that nobody writes holds. Raises StoreFault for a file that is none of ours."""
    from storage.sqlite.backup import contents_of as found

    return found(path)


def refuse_newer(path: Path) -> None:
    """Raise StoreFault where a newer version of this program wrote the copy, or another program."""
    from storage.sqlite.restoring import refuse_newer as refuse

    refuse(path)


def refuse_in_use(path: Path) -> None:
    """Raise StoreBusy where any process has this store open, be it idle."""
    from storage.sqlite.restoring import refuse_in_use as refuse

    refuse(path)


def salvaged(path: Path) -> list[Erasure]:
    """Erasures out of a store that may be damaged or of an older version. Raises StoreFault where none can be read."""
    from storage.sqlite.restoring import salvaged as read

    return read(path)


def end_sessions(auth: Path) -> int:
    """In a copy of people and sessions: nobody is signed in any more; how many were."""
    from storage.sqlite.restoring import end_sessions as end

    return end(auth)


def made_ready(path: Path) -> None:
    """The last touch to a copy before it serves: in the mode in which it is written, as one file."""
    from storage.sqlite.restoring import made_ready as ready

    ready(path)
