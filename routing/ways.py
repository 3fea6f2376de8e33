"""Finds the ends of a way in a text: "dari A ke B". Pure; knows words, no places.

Observation. Who complains of traffic says where they come from and where they go ("dari Kartasura ke Solo macet",
"saking Palur menyang Jebres"), and a place after such a word is not where the matter is. "Masuk" and "lewat" are no
such words: who comes from Colomadu and enters Jajar means Jajar.

The end is everything up to the next word of way, three words at most, so that "ke arah Solo Baru" is covered whole.

Known failures. "Dari Pak RT" (a person), "dari tahun lalu" (a time): no place stands there, so nothing follows.
"Jalan ke Colomadu rusak" has one end alone, and that one counts: see `jurisdiction`.
"""

from __future__ import annotations

import re

from domain import Span

FROM = frozenset(("dari", "saking", "seko", "saka", "sekang", "sekin"))
TO = frozenset(("ke", "menuju", "arah", "menyang", "dhateng", "nang", "neng", "maring", "tekan", "nganti", "sampai",
                "hingga", "tumuju", "mring"))
STOPS = frozenset(("masuk", "mlebu", "lewat", "liwat", "via", "melalui", "di", "ning", "ing", "wonten", "begitu"))
TOKEN = re.compile(r"[^\W_]+|[.,;:!?\n]")
LONGEST = 3


def ends_of(text: str) -> tuple[Span, ...]:
    """Where the ends of the ways in `text` stand; empty unless somebody comes from somewhere."""
    small = text.lower()
    if not any(word in small for word in FROM):  # most posts come from nowhere
        return ()
    tokens = [(match.group().lower(), match.start(), match.end()) for match in TOKEN.finditer(text)]
    ends: list[Span] = []
    for i, (word, _, _) in enumerate(tokens):
        if word in FROM:
            end, i_next = _end(tokens, i + 1)
            ends += end
            if i_next < len(tokens) and tokens[i_next][0] in TO:
                ends += _end(tokens, i_next + 1)[0]
    return tuple(ends)


def _end(tokens: list[tuple[str, int, int]], first: int) -> tuple[list[Span], int]:
    """The name that begins at token `first`, and the index of the token behind it."""
    while first < len(tokens) and tokens[first][0] in TO:  # "ke arah"
        first += 1
    last = first
    while last < min(first + LONGEST, len(tokens)):
        word = tokens[last][0]
        if word in FROM or word in TO or word in STOPS or not word[0].isalnum():
            break
        last += 1
    return ([Span(tokens[first][1], tokens[last - 1][2])] if last > first else []), last
