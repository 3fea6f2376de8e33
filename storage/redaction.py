"""What staff ask of the Store when they blot words out of a story. Which words may be, says `routing.tickets`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Redact:
    """Blot `words` in every post of the ticket's story, also in those that are told later."""

    ticket: int
    seen_version: int
    words: str
    actor: str
    at: datetime
    reason: str
