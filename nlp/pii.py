"""Personal data in a text: NIK, family-card number, telephone, e-mail, number plate, bank account, handle.

Digits alone prove nothing: prices, ticket and meter numbers look the same. A NIK begins with a province,
carries a date of birth (day + 40 for women) and ends in a serial; a telephone number begins with 08, 62 8
or an area code and does not stand behind "Rp" or "tiket". What passes these checks is masked by default
elsewhere; a number masked for nothing costs less than one shown.
"""

from __future__ import annotations

import re

from domain import Pii
from nlp.languages import word_set
from nlp.post import Component, Post
from nlp.tokens import Words

SIXTEEN = re.compile(r"(?<![\d.,/-])\d(?:[ .\-]?\d){15}(?![\d])")
PHONE = re.compile(
    r"(?<![\w/])(?:\+?62[\s\-.]?|0)8\d(?:[\s\-.]?\d){7,10}(?!\d)"
    r"|(?<![\w/.,-])\(?0(?:2[1-9]\d?|3[1-9]\d?|[4-7]\d{2})\)?[\s\-.]\d(?:[\s\-]?\d){5,7}(?!\d)"
)
EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{2,24}){1,3}")
PLATE = re.compile(
    r"(?<!\w)(A[ABDEG]|B[ABDEGHKLMNPR]|D[ABCDEGHKLMNRSTW]|E[ABD]|K[BHTU]|P[ABS]|[ABDEFGHKLMNPRSTWZ])"
    r"[ .\-]?\d{1,4}[ .\-]?[A-Z]{1,3}(?!\w)"
)
ACCOUNT = re.compile(r"(?<![\d.,/+-])\d(?:[ \-.]?\d){8,15}(?!\d)")
BANK = re.compile(
    r"(?i)\b(?:rek(?:ening)?|norek|bri|bca|bni|mandiri|btn|bsi|bank jateng|an\.|a/n|transfer|dana|ovo|gopay)\b"
)
NOT_A_PHONE = re.compile(
    r"(?i)(?:\brp\.?|\bidr|\bti(?:ck|k)et|\blaporan no\.?|\bid ?pel\w*|\bresi|\bT-|#"
    r"|\bno\.? ?(?:tiket|laporan|resi|pelanggan|meter\w*|aduan))\s*[:#.]?\s*$"
)
FAMILY_CARD = re.compile(r"(?i)\b(?:kk|kartu keluarga|no\.? ?kk|nokk)\b[^\d]{0,20}$")
OFFICES = frozenset(("BP2MI", "BP3MI"))  # for workers abroad: shaped like a plate of Batam
PLATE_CUE = re.compile(
    r"(?i)\b(?:plat|nopol|no\.? ?pol|nomor polisi|mobil|motor|truk|bus|angkot|avanza|pick ?up|xenia|nmax|beat"
    r"|vario)\b[^\d\n]{0,24}$"
)
PROVINCES = word_set("""
11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96
""")
SHORTEST = 7  # digits of a number that is looked at
DIGITS = re.compile(rf"(?:\d[ .\-()]{{0,2}}){{{SHORTEST}}}")
LOOK_BACK = 40


def personal_data(words: Words, official: frozenset[str]) -> tuple[Pii, ...]:
    """Spans of personal data in text order, none overlapping; `official` handles are nobody's."""
    text = words.text
    found: list[Pii] = []
    if "@" in text:
        found += [Pii(m.start(), m.end(), "email") for m in EMAIL.finditer(text)]
        found += [Pii(start, end, "handle") for start, end in words.handles
                  if text[start + 1 : end].casefold() not in official]
    if words.digits:
        if words.digits >= SHORTEST and DIGITS.search(text):
            found += _numbers(text)
        found += _plates(text)
    return _apart(found) if len(found) > 1 else tuple(found)


def _numbers(text: str) -> list[Pii]:
    found = []
    for match in SIXTEEN.finditer(text):
        kind = _identity(text, match)
        if kind:
            found.append(Pii(match.start(), match.end(), kind))
    found += [Pii(m.start(), m.end(), "phone") for m in PHONE.finditer(text) if not _follows(NOT_A_PHONE, m, text)]
    found += [Pii(m.start(), m.end(), "account") for m in ACCOUNT.finditer(text) if _follows(BANK, m, text)]
    return found


def _follows(cue: re.Pattern[str], match: re.Match[str], text: str) -> bool:
    """Whether `cue` stands in the forty signs before `match`."""
    return cue.search(text, max(0, match.start() - LOOK_BACK), match.start()) is not None


def _identity(text: str, match: re.Match[str]) -> str | None:
    """ "nik", "kk", or None where province or date cannot be."""
    digits = re.sub(r"\D", "", match.group())
    day, month = int(digits[6:8]), int(digits[8:10])
    woman = 41 <= day <= 71
    if digits[:2] not in PROVINCES or digits[12:] == "0000" or not 1 <= month <= 12:
        return None
    if not (1 <= day <= 31 or woman):
        return None
    card = _follows(FAMILY_CARD, match, text)
    return "kk" if card and not woman else "nik"


def _plates(text: str) -> list[Pii]:
    """Number plates: two blocks of letters round digits; a single letter each asks for a cue before it."""
    found = []
    for match in PLATE.finditer(text):
        sign = re.sub(r"[ .\-]", "", match.group())
        if sign in OFFICES:
            continue
        cue = _follows(PLATE_CUE, match, text)
        if cue or (len(match[1]) == 2 and len(sign) >= 5) or (len(sign) >= 7 and sign[-2:].isalpha()):
            found.append(Pii(match.start(), match.end(), "plate"))
    return found


def _apart(found: list[Pii]) -> tuple[Pii, ...]:
    order = ("nik", "kk", "phone", "email", "account", "plate", "handle")
    kept: list[Pii] = []
    for pii in sorted(found, key=lambda p: (order.index(p.type), p.start)):
        if all(pii.end <= other.start or other.end <= pii.start for other in kept):
            kept.append(pii)
    return tuple(sorted(kept, key=lambda p: p.start))


class PersonalData(Component):
    """spaCy component: `doc._.pii`."""

    def __init__(self, official: frozenset[str]) -> None:
        self._official = official

    def note(self, post: Post) -> None:
        post.pii = personal_data(post.words, self._official)
