"""Texts are cut into words, and nothing of them is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp import tokens as cutting
from nlp.tokens import WordTable, cut, tokens

TABLE = WordTable({"tdk": "tidak"}, frozenset(("mati", "jalan", "rusak")))


def test_words_carry_their_place_and_their_form():
    """Every word says where it stands in the text and what it is read as."""
    words = cut("Jln tdk rusak 😂 @dinas #JalanRusak", TABLE)

    assert words.form == ["jln", "tidak", "rusak", "jalan", "rusak"]
    assert [words.text[s:e] for s, e in zip(words.starts, words.ends, strict=True)] == [
        "Jln", "tdk", "rusak", "Jalan", "Rusak"]
    assert words.tagged == {3, 4}
    assert [words.text[s:e] for s, e in words.handles] == ["@dinas"]


def test_spaced_letters_are_one_word():
    """"M A T I" is read as mati."""
    words = cut("PJU M A T I total", TABLE)

    assert words.form == ["pju", "mati", "total"]
    assert (words.starts[1], words.ends[1]) == (4, 11)


def test_an_abbreviation_does_not_end_a_sentence():
    """The stop in "Jl. Veteran" ends nothing; the one after "rusak" does."""
    words = cut("Jl. Veteran rusak. Gelap", TABLE)

    assert words.sentence == [0, 0, 0, 1]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_the_tokens_give_the_text_back(text):
    """Not a sign is lost or moved, whatever it is."""
    words, (orths, spaces) = cut(text, TABLE), tokens(text, TABLE)

    assert Doc(Vocab(), words=orths, spaces=spaces).text == text
    assert all(s < e for s, e in zip(words.starts, words.ends, strict=True))


SIGNS = st.sampled_from(("a", "B", "jl", ".", "?", " ", "  ", "\n", "\u00a0", "@", "#", "1", ",", "'", "http://x.id/a", "é", "😂", "/"))


@given(st.one_of(st.text(alphabet=st.characters(exclude_categories=("Cs",))), st.lists(SIGNS).map("".join)))
def test_cutting_between_blanks_is_cutting_the_whole(text):
    """Pieces that are cut by themselves and remembered say the same as the text cut as one piece."""
    words, (orths, spaces) = cut(text, TABLE), tokens(text, TABLE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "SPACED", re.compile(""))
        assert (cut(text, TABLE), tokens(text, TABLE)) == (words, (orths, spaces))
