"""What turns the sense of a word: what is over, only asked, only feared, only like something. Take the turn away and
the word counts."""

from __future__ import annotations

import pytest

HIGH = ("tinggi", "darurat")


@pytest.mark.parametrize(("turned", "plain"), [
    ("Dulu Kadipiro sering banjir, sekarang aman", "Kadipiro sering banjir, tolong pak"),
    ("Banjir di Kadipiro sudah surut", "Banjir di Kadipiro belum surut"),
    ("Pohon tumbang di Manahan sudah dipotong petugas", "Pohon tumbang di Manahan belum dipotong petugas"),
    ("Apakah Kadipiro banjir malam ini?", "Kadipiro banjir malam ini"),
    ("Jembatan Bacem tidak putus", "Jembatan Bacem putus"),
    ("Semalam mimpi rumah kebakaran", "Semalam rumah kebakaran"),
    ("Untung tidak ada korban jiwa", "Ada korban jiwa"),
    ("Kretege biyen meh ambruk, saiki wis didandani", "Kretege meh ambruk, durung didandani"),
])
def test_taking_the_turn_away_makes_the_hazard_count(read_shipped, turned, plain):
    """Each pair differs in the words that deny, end, ask or dream; they alone decide."""
    assert read_shipped(turned).urgency.label not in HIGH
    assert read_shipped(plain).urgency.label in HIGH


@pytest.mark.parametrize("text", [
    "Dulu sering banjir, sekarang malah tambah parah sampai masuk rumah",
    "Katanya sudah tidak banjir, nyatanya barusan air masuk rumah lagi",
    "Lubangnya sudah ditambal tapi kemarin ada yang jatuh lagi, bahaya",
    "Sepertinya pohon itu mau roboh, akarnya sudah terangkat",
    "Kenapa banjir di Kadipiro belum surut juga ya?",
])
def test_what_is_taken_back_or_only_guessed_still_counts(read_shipped, text):
    """An end that the text itself revokes is none, and a question why takes the harm for granted."""
    assert read_shipped(text, account="x:solo").urgency.label in HIGH


@pytest.mark.parametrize(("text", "detail"), [
    ("Banjir di Kadipiro sudah surut, terima kasih petugas pompa", "pujian"),
    ("Ada info banjir di sekitar Kadipiro?", "pertanyaan"),
    ("Apakah jalan Palur macet jam segini?", "pertanyaan"),
    ("Polres Blora ungkap pencurian sapi, dua tersangka diamankan", "berita"),
    ("Terima jasa perbaikan atap bocor, harga terjangkau, bisa nego", "spam"),
])
def test_what_is_over_asked_told_or_sold_is_no_report(read_shipped, text, detail):
    """Each has its lane, and hurries nobody."""
    seen = read_shipped(text, account="x:solo")

    assert (seen.relevance.label, seen.relevance.detail) == ("not_actionable", detail)
    assert seen.urgency.label not in HIGH


def test_the_reasons_of_an_urgency_name_what_turned_it(read_shipped):
    """Staff see that the end was read, and where it stands."""
    text = "Banjir di Kadipiro sudah surut"
    over = next(r for r in read_shipped(text).urgency.because if r.what == "rule:over")

    assert text[over.spans[0].start : over.spans[0].end] == "sudah surut"
