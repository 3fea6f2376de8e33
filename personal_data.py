"""What of a citizen's text nobody has to see: numbers, addresses, plates, handles. Pure; shared by every exit.

Essay. The NLP stores the spans of personal data that it found, and every exit (page, export) hides
those. It hides more, for two reasons: a list row carries the text without its extraction, and a
recogniser that missed a number once must not be the only thing between a citizen and a screenshot.
So every text that leaves goes through patterns that are wider than the NLP's: any run of ten digits
or more, any sixteen digits with separators, any phone number, e-mail address, plate, and every
handle that is not one of our own or a department's. Known failures: an amount written without
separators in ten digits is hidden (open the data to read it); a name inside the text is not found;
a plate in lower case is only found where the NLP found it, since "b 12 an" is also two ordinary
words and a number. The quantifiers are bounded, so a text costs a bounded number of steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_JOINT = r"[ .\-\u200b-\u200f\u2060\ufeff]?"  # people, and copied web pages, put these between digits
_PLATE = (
    "A|AA|AB|AD|AE|AG|B|BA|BB|BD|BE|BG|BH|BK|BL|BM|BN|BP|D|DA|DB|DC|DD|DE|DG|DH|DK|DL|DM|DN|DP|DR|DS|DT|DW"
    "|E|EA|EB|ED|F|G|H|K|KB|KH|KT|KU|L|M|N|P|PA|PB|R|S|T|W|Z"
)
BLOT = "█"  # stands, sign for sign, where staff blotted something: spans into the text stay true
PATTERNS = (
    ("redacted", re.compile(rf"{BLOT}[{BLOT} ]{{0,400}}{BLOT}|{BLOT}")),
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


def masked(text: str, stored: Iterable[Mask] = (), *, official: frozenset[str] = frozenset()) -> str:
    """`text` with every stretch of `personal` replaced by its kind: `[phone]`, `[nik]`, `[redacted]` ..."""
    pieces: list[str] = []
    last = 0
    for mask in personal(text, stored, official=official):
        pieces += [text[last:mask.start], f"[{mask.type}]"]
        last = mask.end
    return "".join([*pieces, text[last:]])


# --- what staff blot by hand -----------------------------------------------------------------------

_INVISIBLE = "[\u00ad\u200b-\u200f\u2060\ufeff]*"  # a page does not show them, so nobody types them


def blotted(text: str, words: Iterable[str]) -> tuple[str, list[tuple[int, str]]]:
    """`text` with every occurrence of the words blotted, and what stood there: (start, words) in order.

    Upper and lower case, the width of gaps, and signs that nobody sees make no difference; a word within another word
    does: "Ana" leaves "bencana" alone. Blanks stay, so that the text breaks its lines as before.
    """
    taken: list[tuple[int, str]] = []
    for given in sorted(set(words), key=len, reverse=True):
        pattern = _pattern(given)
        taken += [(found.start(), found[0]) for found in pattern.finditer(text)] if pattern else []
        text = pattern.sub(_blot, text) if pattern else text
    return text, sorted(taken)


def restored(text: str, pieces: Iterable[tuple[int, str]]) -> str:
    """The text as it was before `blotted` took the pieces out of it."""
    for start, words in pieces:
        text = f"{text[:start]}{words}{text[start + len(words):]}"
    return text


def _blot(found: re.Match[str]) -> str:
    return re.sub(r"\S", BLOT, found[0])


def _pattern(words: str) -> re.Pattern[str] | None:
    """However it was typed or stored: composed accents, and letters with accents of their own, are one."""
    forms = {unicodedata.normalize(form, words) for form in ("NFC", "NFD")}
    choices = []
    for form in sorted(forms, key=len, reverse=True):
        parts = [_INVISIBLE.join(map(re.escape, part)) for part in form.split()]
        if parts:
            choices.append(rf"{_INVISIBLE}\s+{_INVISIBLE}".join(parts))
    edge = (r"(?<!\w)" if words.strip()[:1].isalnum() else "", r"(?!\w)" if words.strip()[-1:].isalnum() else "")
    return re.compile(f"{edge[0]}(?:{'|'.join(choices)}){edge[1]}", re.IGNORECASE) if choices else None
