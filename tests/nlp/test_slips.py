"""A letter too many, too few, wrong or swapped still tells a town; no more than that, and no village."""

from __future__ import annotations

import pytest

from nlp.gazetteer import gazetteer
from nlp.slips import Slips


@pytest.fixture(scope="module")
def slips():
    return Slips(gazetteer())


@pytest.mark.parametrize(("word", "name"), [
    ("kartsura", "kartasura"), ("sukohajo", "sukoharjo"), ("purworjeo", "purworejo"), ("salatigo", "salatiga"),
    ("banyumaik", "banyumanik"), ("boyolalli", "boyolali"),
])
def test_one_slip_is_forgiven(slips, word, name):
    assert slips.name_like(word) == name


@pytest.mark.parametrize("word", ["krtsura", "artasura", "sukorahjoo", "makan", "melayani"])
def test_two_slips_or_another_first_letter_are_not(slips, word):
    assert slips.name_like(word) is None


def test_a_slip_between_two_places_means_neither():
    """A letter from either: nobody can tell which."""
    place = gazetteer().ours("kartasura")[0]

    class Twins:
        def keys(self):
            return {"karangayar", "karanganyar"}

        def ours(self, key):
            return (place._replace(area="33.01.01" if key == "karangayar" else "33.02.02"),)

    assert Slips(Twins()).name_like("karanganar") is None
    assert Slips(Twins()).name_like("karangannyar") == "karanganyar"


def test_a_word_that_people_use_is_no_slip(read_shipped):
    """"Sekarang" is a letter away from Semarang."""
    assert read_shipped("sekarang banjir terus, jalannya rusak", account="x:none").places == ()
