"""What a later telling adds, on invented posts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nlp.duplicates import Folder
from nlp.new_facts import new_facts
from tests.builders import mention

STORY = "Tiang listrik miring di Jalan Kenanga RT 3, warga takut lewat. Tolong segera ditangani"


def told(text: str, known: str = STORY) -> list[tuple[str, str]]:
    return [(fact.kind, text[fact.start:fact.end]) for fact in new_facts(text, known)]


@pytest.mark.parametrize(("text", "facts"), [
    ("Itu depan rumah nomor 12 pak", [("number", "nomor 12")]),
    ("RT 3 RW 5 ya min", [("number", "RW 5")]),
    ("itu rt03 rw05", [("number", "rw05")]),
    ("Dekat masjid Alhidayah", [("place", "masjid Alhidayah")]),
    ("Kejadian jam 6 tadi pagi, dua orang luka", [("time", "jam 6"), ("hurt", "dua orang luka")]),
    ("Kabelnya belum, tapi kabel di bawahnya putus", [("thing", "kabel")]),
    ("Sudah ada yang terluka kemarin", [("hurt", "terluka")]),
    ("Ujung jalan raya Cempaka", [("place", "jalan raya Cempaka")]),
])
def test_what_is_new_is_found_and_where_it_stands(text, facts):
    """A number, a road, an hour, somebody hurt or another thing, each with its own words."""
    assert told(text) == facts


@pytest.mark.parametrize("text", [
    "Betul sekali, tiap hari lewat sini", "Up up up, tolong disebar!!", "Tiang listrik di Jln Kenanga rt03 itu memang miring",
    "", "🙏🙏", "Nggih leres, warga wedi liwat", STORY, "Wkwk jembatan rasa wahana, jalan kayak bubur", "Gang mirip sungai",
])
def test_assent_and_repetition_are_no_news(text):
    """What the story has said already, in whatever spelling, is not new."""
    assert told(text) == []


def test_a_fact_is_told_once():
    """Twice the same number in one post is one fact."""
    assert told("nomor 12, iya nomor 12") == [("number", "nomor 12")]


def test_a_copy_that_adds_a_fact_says_so():
    """The folded text with somebody hurt at its end is no mere copy."""
    folder = Folder(threshold=0.72, window=timedelta(days=14))
    folder.fold(mention(STORY))

    plain, _ = folder.fold(mention(f"Viral!! {STORY} 🙏"))
    added, _ = folder.fold(mention(f"{STORY}. Tadi jam 6 ada dua orang luka kejatuhan"))

    assert (plain.reason, added.reason) == ("near_duplicate", "added")
    assert plain.cluster == added.cluster
