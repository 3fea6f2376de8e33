"""What the feed tells: entries of the audit chain, for software that follows a desk."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import HistoryEntry


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the feed. `version` is that of the ticket now; None where it has left the reader's desk."""

    id: int
    ticket: int
    version: int | None
    entry: HistoryEntry


@dataclass(frozen=True, slots=True)
class Feed:
    """A stretch of the feed; the next one is asked for with `last`, which moves on where nothing was to be told."""

    happenings: tuple[Happening, ...]
    last: int
    more: bool  # there is something behind it already
