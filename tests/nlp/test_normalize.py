"""Spelling is brought to one form, and every sign still knows where it came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalize import canonical, fold, folded, hashtag_words, without_clitic

SPELLING = {"gk": "tidak", "rs": "rumah sakit", "jln": "jalan"}
KNOWN = frozenset(("lampu", "jalan", "banjir", "solo", "rusak", "gorong"))


@pytest.mark.parametrize(("raw", "form"), [
    ("TOLOOONG", "tolong"), ("maaf", "maaf"), ("Jum’at", "jumat"), ("café", "cafe"), ("𝗧𝗼𝗹𝗼𝗻𝗴", "tolong"),
    ("ru\u200bsak", "rusak"), ("", ""),
])
def test_folding_changes_signs_only(raw, form):
    """Capitals, accents, stretched and decorated letters do not hide a word."""
    assert fold(raw) == form


@pytest.mark.parametrize(("word", "form"), [
    ("gk", "tidak"), ("rs", "rumah sakit"), ("lampunya", "lampu"), ("lampune", "lampu"), ("banjire", "banjir"),
    ("gorong2", "gorong gorong"), ("rame", "rame"), ("punya", "punya"),
])
def test_canonical_form_knows_slang_doubling_and_clitics(word, form):
    """Slang becomes a word, "2" doubles, -nya and the Javanese -e fall off where a known word stays."""
    assert canonical(word, SPELLING, KNOWN) == form


def test_a_clitic_stays_where_the_rest_is_no_known_word():
    """Nothing is cut by chance."""
    assert without_clitic("sate", KNOWN) == "sate"


@pytest.mark.parametrize(("tag", "parts"), [
    ("JalanRusakSolo", ["Jalan", "Rusak", "Solo"]), ("jalanrusaksolo", ["jalan", "rusak", "solo"]), ("xyzzy", ["xyzzy"]),
])
def test_hashtags_fall_into_words(tag, parts):
    """Capitals or known words show where the words of a hashtag begin."""
    assert [tag[start:end] for start, end in hashtag_words(tag, KNOWN)] == parts


def test_smg_and_gg_keep_their_local_sense():
    """General slang lists read smg as semoga and gg as enggak; here they are Semarang and gang."""
    from nlp import LANGUAGES

    spelling = LANGUAGES["id"].spelling
    assert "smg" not in spelling
    assert spelling["gg"] == "gang"
    assert spelling["kel"] == "kelurahan"


@given(st.text())
def test_folded_text_points_back_into_the_original(text):
    """Whatever the signs, each one knows its place and places never run backwards."""
    form = folded(text)
    assert len(form.offsets) == len(form.text) + 1
    assert list(form.offsets) == sorted(form.offsets)
    assert form.offsets[-1] == len(text)
