"""What of a citizen's text a screen may show. Pure; knows no store, no template.

Essay. The NLP stores the spans of personal data that it found, and the inbox hides those. It hides
more, for two reasons: a list row carries the text without its extraction, and a recogniser that
missed a number once must not be the only thing between a citizen and a screenshot. So every text
that is shown goes through patterns that are wider than the NLP's: any run of ten digits or more, any
sixteen digits with separators, any phone number, e-mail address, plate, and every handle that is not
one of our own or a department's. Known failures: an amount written without separators in ten digits
is hidden (open the data to read it); a name inside the text is not found; a plate in lower case is
only found where the NLP found it, since "b 12 an" is also two ordinary words and a number.
The quantifiers are bounded, so a text of 5,000 characters costs a bounded number of steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

SHOWN_CHARS = 5_000
_JOINT = r"[ .\-\u200b-\u200f\u2060\ufeff]?"  # people, and copied web pages, put these between digits
_PLATE = (
    "A|AA|AB|AD|AE|AG|B|BA|BB|BD|BE|BG|BH|BK|BL|BM|BN|BP|D|DA|DB|DC|DD|DE|DG|DH|DK|DL|DM|DN|DP|DR|DS|DT|DW"
    "|E|EA|EB|ED|F|G|H|K|KB|KH|KT|KU|L|M|N|P|PA|PB|R|S|T|W|Z"
)
PATTERNS = (
    ("nik", re.compile(rf"(?<!\d)\d(?:{_JOINT}\d){{15}}(?!\d)")),
    ("phone", re.compile(rf"(?<!\d)(?:\+?62|0){_JOINT}8\d(?:{_JOINT}\d){{6,10}}(?!\d)")),
    ("email", re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}")),
    ("handle", re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{2,40}")),
    ("plate", re.compile(rf"\b(?:{_PLATE}) ?\d{{1,4}} ?[A-Z]{{1,3}}\b")),
    ("number", re.compile(r"(?<!\d)\d{10,40}(?!\d)")),
)


@dataclass(frozen=True, slots=True)
class Mask:
    """A stretch to hide, and what stands there: nik kk phone email plate account handle number."""

    start: int
    end: int
    type: str


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


def personal(text: str, stored: Iterable[Mask] = (), *, official: frozenset[str] = frozenset()) -> list[Mask]:
    """Everything to hide in `text`, disjoint, in order: the stored spans and what the patterns see.

    `official` are handles, lower case and without "@", that belong to governments and departments.
    """
    found = [mask for mask in stored if 0 <= mask.start < mask.end]
    found += [Mask(hit.start(), hit.end(), kind) for kind, pattern in PATTERNS for hit in pattern.finditer(text)]
    found = [mask for mask in found if not _is_official(text, mask, official)]
    return list(_disjoint(sorted(found, key=lambda mask: (mask.start, -mask.end))))


def _is_official(text: str, mask: Mask, official: frozenset[str]) -> bool:
    return mask.type == "handle" and text[mask.start:mask.end].lstrip("@").rstrip(".").lower() in official


def _disjoint(masks: Iterable[Mask]) -> Iterator[Mask]:
    last: Mask | None = None
    for mask in masks:
        if last is not None and mask.start < last.end:
            last = Mask(last.start, max(last.end, mask.end), last.type)
            continue
        if last is not None:
            yield last
        last = mask
    if last is not None:
        yield last


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
    kept: list[str] = []
    piled = 0
    for sign in unicodedata.normalize("NFC", text.replace("\u2028", "\n").replace("\u2029", "\n")):
        category = unicodedata.category(sign)
        piled = piled + 1 if category in ("Mn", "Me") else 0
        invisible = category in ("Cc", "Cf", "Cs", "Co") and sign not in "\n\t\u200d"
        if not invisible and piled <= 2:
            kept.append(sign)
    return "".join(kept)
