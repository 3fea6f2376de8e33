"""Gathers the words that our own written posts use in small letters: what is none of them may be a name.

    python -m scripts.build_spoken_words

Rewrites `nlp/data/spoken_words.txt` from `evaluation/written`; the same posts give the same bytes. A word is taken that
stands in small letters in three posts or more, hardly ever with a capital within a sentence, and is no name of the
gazetteer. No text that somebody else wrote is read.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path

from evaluation.written import written
from nlp.gazetteer import gazetteer
from nlp.tokens import Words, WordTable, cut

FILE = Path(__file__).parent.parent / "nlp" / "data" / "spoken_words.txt"
LEAST_POSTS, MOST_CAPITALS = 3, 0.03
HEAD = """\
# Words that the posts of evaluation/written use in small letters, in three of them or more, and that are no name of the
# gazetteer. Made by scripts/build_spoken_words.py; edit common_words.txt instead.
"""


def spoken() -> list[str]:
    table, small, capital = WordTable({}, frozenset()), Counter[str](), Counter[str]()
    for post in written():
        words = cut(post.mention.text, table)
        small.update({word for word, raw in zip(words.fold, words.raw, strict=True) if raw.islower()})
        capital.update({words.fold[i] for i, raw in enumerate(words.raw) if raw.istitle() and _within(words, i)})
    known = gazetteer()
    return sorted(
        word for word, posts in small.items()
        if posts >= LEAST_POSTS and capital[word] <= MOST_CAPITALS * posts and word.isascii() and word.isalpha()
        and len(word) > 1 and not known.readings(word)
    )


def _within(words: Words, i: int) -> bool:
    return i > 0 and words.sentence[i] == words.sentence[i - 1]


def main() -> None:
    body = textwrap.fill(" ".join(spoken()), 134, break_on_hyphens=False, break_long_words=False)
    FILE.write_text(f"{HEAD}{body}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
