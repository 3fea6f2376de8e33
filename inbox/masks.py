"""How a citizen's text is shown: cut at every edge of a mask or a mark, and made harmless. Pure.

What has to be hidden says `personal_data`; this module knows no store and no template.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from personal_data import Mask, personal

__all__ = ["Mark", "Mask", "Segment", "gist", "harmless", "personal", "segments", "words"]

SHOWN_CHARS = 5_000
PLAIN = re.compile(r"[ -~\n\t]*")  # most texts: nothing in them has to be looked at sign by sign


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch that decided something: topic, place, urgency, relevance."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a shown text: a word-run with what it decided, or a mask in its place."""

    text: str
    kinds: tuple[str, ...] = ()
    mask: str | None = None


def segments(text: str, masks: Sequence[Mask] = (), marks: Sequence[Mark] = ()) -> list[Segment]:
    """Cut `text` at every edge; what stands under a mask is gone from the result.

    Offsets are those of the stored text; each piece is made harmless after the cut, so that
    dropping a control character cannot shift a span.
    """
    end = min(len(text), SHOWN_CHARS)
    hidden = [mask for mask in masks if mask.start < end]
    edges = {0, end} | {edge for mask in hidden for edge in (mask.start, mask.end)}
    edges |= {edge for mark in marks for edge in (mark.start, mark.end)}
    cuts = sorted(edge for edge in edges if 0 <= edge <= end)
    pieces: list[Segment] = []
    for start, stop in pairwise(cuts):
        mask = next((m for m in hidden if m.start <= start < m.end), None)
        if mask is None:
            kinds = tuple(sorted({m.kind for m in marks if m.start <= start and stop <= m.end}))
            pieces.append(Segment(harmless(text[start:stop]), kinds))
        elif mask.start == start:
            pieces.append(Segment("", mask=mask.type))
    return [piece for piece in pieces if piece.text or piece.mask]


def gist(text: str, *, official: frozenset[str] = frozenset(), chars: int = 200) -> list[Segment]:
    """The beginning of a text on one line, with its personal data hidden."""
    line = " ".join(harmless(text[: chars * 4]).split())
    pieces = segments(line[:chars], personal(line, official=official))
    return [*pieces, Segment("…")] if len(line) > chars else pieces


def words(text: str, start: int, end: int, masks: Sequence[Mask]) -> str:
    """The words of a span for a list of reasons, or "" where they touch personal data."""
    if not 0 <= start < end <= len(text) or any(mask.start < end and start < mask.end for mask in masks):
        return ""
    return harmless(text[start:end])


def harmless(text: str) -> str:
    """Drop what changes how the rest is shown: controls, bidi marks, zero-width signs, piled accents.

    The stored original stays whole. NFC, so that the same word looks the same everywhere.
    """
    if PLAIN.fullmatch(text):
        return text
    kept: list[str] = []
    piled = 0
    for sign in unicodedata.normalize("NFC", text.replace("\u2028", "\n").replace("\u2029", "\n")):
        category = unicodedata.category(sign)
        piled = piled + 1 if category in ("Mn", "Me") else 0
        invisible = category in ("Cc", "Cf", "Cs", "Co") and sign not in "\n\t\u200d"
        if not invisible and piled <= 2:
            kept.append(sign)
    return "".join(kept)
