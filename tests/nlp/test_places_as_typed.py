"""Names as thumbs type them: small letters, dialect, hashtags, roads of heroes, and what only looks like a place."""

from __future__ import annotations

import pytest


def placed(extraction):
    return {(p.text, p.type) for p in extraction.places}


@pytest.mark.parametrize(("text", "place"), [
    ("bnjir sak dengkul ning pasarkliwon", ("pasarkliwon", "kecamatan")),
    ("banjir ning pasar kliwon kidul alun-alun", ("pasar kliwon", "kecamatan")),
    ("dalan rusak wonten Jatisrono", ("Jatisrono", "kecamatan")),
    ("jl slamet riyadi depan sgm aspal mengelupas", ("jl slamet riyadi", "jalan")),
    ("jalan gajah mada gelap", ("jalan gajah mada", "jalan")),
    ("lampu mati di RS Kasih Ibu", ("RS Kasih Ibu", "landmark")),
    ("lor e RS Kasih Ibu Solo macet", ("RS Kasih Ibu Solo", "landmark")),
    ("KM 432 tol Semarang-Solo berlubang", ("tol Semarang-Solo", "landmark")),
    ("jl Kaliurang RT05/RW 12 lampunya mati", ("jl Kaliurang", "jalan")),
    ("#JalanRusakKartasura parah min", ("Kartasura", "kecamatan")),
])
def test_a_place_is_found_as_people_type_it(read_shipped, text, place):
    assert place in placed(read_shipped(text, account="x:none"))


@pytest.mark.parametrize("text", [
    "ada yang lempar batu tadi malam", "semen sama batu sudah datang", "kalau lewat gang sih banyak sampah",
    "besok bawa batu buat pondasi",
    "mi instan habis bos", "#JalanRusak parah min", "gereja gegara hujan bocor", "jalan terus pantang mundur",
])
def test_what_looks_like_a_place_is_none(read_shipped, text):
    assert placed(read_shipped(text, account="x:none")) == set()


def test_a_lady_called_ning_is_a_person_and_ning_is_in(read_shipped):
    """"Ning" is a title with a capital and a preposition without."""
    assert ("jajar", "desa_kelurahan") in placed(read_shipped("lampu mati ning jajar", account="x:solo"))
    assert placed(read_shipped("matur nuwun Ning Jajar sudah dibantu", account="x:solo")) == set()


@pytest.mark.parametrize(("text", "town"), [
    ("jl slamet riyadi macet", "33.72"), ("simpang lima macet", "33.74"), ("Simpang lima Purwodadi macet", "33.15"), ("Simpang lima Blora macet", "33.16"),
    ("KM 432 tol Semarang-Solo berlubang", None), ("kecelakaan di tol Batang", "33.25"),
])
def test_a_spot_lies_where_its_town_is_and_not_where_another_is_named(read_shipped, text, town):
    """Every town has a Simpang Lima; between two towns lies neither."""
    location = read_shipped(text, account="x:none").location

    assert (location.code[:5] if location else None) == town
