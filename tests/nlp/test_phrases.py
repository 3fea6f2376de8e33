"""Operators' phrases are found, whole words only, in any spelling that people use."""

from __future__ import annotations

import pytest

from nlp.phrases import Phrasebook
from nlp.tokens import cut


def found(phrases, text):
    book = Phrasebook([("topic", "a", phrase) for phrase in phrases])
    words = cut(text, book.table)
    return [text[hit.span(words).start : hit.span(words).end] for hit in book.hits(words).get("topic", [])]


@pytest.mark.parametrize(("phrase", "text", "match"), [
    ("jalan berlubang", "jln berlubang bgt", "jln berlubang"),
    ("lampu jalan", "lampunya jalan", "lampunya jalan"),
    ("gorong-gorong", "gorong2 mampet", "gorong2"),
    ("gorong-gorong", "GORONG GORONG mampet", "GORONG GORONG"),
    ("tidak menyala", "gak menyalaaa", "gak menyalaaa"),
    ("dalan bolong", "dalane bolong", "dalane bolong"),
    ("jalan rusak", "😀 #JalanRusak", "JalanRusak"),
])
def test_a_phrase_is_found_in_the_spellings_of_the_street(phrase, text, match):
    """Slang, clitics, doubling and hashtags do not hide a keyword, and the span is what was written."""
    assert found([phrase], text) == [match]


@pytest.mark.parametrize(("phrase", "text"), [
    ("bus", "rebus air"), ("got", "gotong royong"), ("jalan rusak", "di jalan. Rusak hatiku"),
])
def test_a_phrase_matches_whole_words_of_one_sentence(phrase, text):
    """No part of a word, and not across the end of a sentence."""
    assert found([phrase], text) == []


def test_the_longest_of_nested_phrases_counts():
    """"jalan berlubang" is one finding, not two."""
    assert found(["berlubang", "jalan berlubang"], "jalan berlubang") == ["jalan berlubang"]


def test_no_phrases_find_nothing():
    """An empty book is legal."""
    assert found([], "jalan rusak") == []


@pytest.mark.parametrize(("kind", "phrase", "text", "match"), [
    ("question", "caranya", "gimana caranya min", True), ("question", "caranya", "carane piye", True),
    ("question", "caranya", "dengan cara apa", False), ("news", "terangnya", "lampu kurang terang", False),
    ("topic", "pohonnya", "pohon miring", True), ("news", "terang", "lampu kurang terang", True),
])
def test_a_clitic_that_makes_the_meaning_has_to_be_there(kind, phrase, text, match):
    """"Caranya" asks, "cara" does not; a tree is a tree with a clitic and without."""
    book = Phrasebook([(kind, "x", phrase), *(("praise", "", word) for word in ("cara", "terang", "pohon"))])

    assert (kind in book.hits(cut(text, book.table))) is match
