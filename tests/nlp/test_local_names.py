"""The operators' own names of places: found as people write them, in the town that is spoken of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain import Extraction
from nlp.extract import Extractor
from settings import PlaceSettings, Settings
from tests.builders import mention

PLACES = (
    PlaceSettings(name="bangjo Gendengan", code="33.72.01.1005", type="jalan", aliases=("Gendengan",)),
    PlaceSettings(name="Kreteg Mojo", code="33.72.03.1002"),
    PlaceSettings(name="Pasar Legi", code="33.72.05.1004"),
    PlaceSettings(name="Pasar Legi", code="33.12"),
    PlaceSettings(name="Stadion Manahan", code="33.72.05.1011", aliases=("GOR Manahan",)),
    PlaceSettings(name="Simpang 4 Panggung", code="33.72.04", type="jalan"),
)


@pytest.fixture(scope="module")
def read(rules: Settings) -> Callable[..., Extraction]:
    extractor = Extractor(rules.model_copy(update={"places": PLACES}))
    return lambda text, account="x:none": extractor.extract(mention(text, account=account))


def own(seen: Extraction) -> list[tuple[str, str | None]]:
    return [(place.text, place.code) for place in seen.places if place.because == "from the operator's file"]


@pytest.mark.parametrize(("text", "said", "code"), [
    ("bangjo Gendengan mati min", "bangjo Gendengan", "33.72.01.1005"),
    ("macet di LAMPU MERAH GENDENGAN", "LAMPU MERAH GENDENGAN", "33.72.01.1005"),
    ("traffic light gendengan error", "traffic light gendengan", "33.72.01.1005"),
    ("banjir neng gendengan", "gendengan", "33.72.01.1005"),
    ("jembatan mojo berlubang", "jembatan mojo", "33.72.03.1002"),
    ("kretege Mojo ambrol", "kretege Mojo", "33.72.03.1002"),
    ("prapatan Panggung macet", "prapatan Panggung", "33.72.04"),
    ("lampu mati #GorManahan", "GorManahan", "33.72.05.1011"),
    ("sampah numpuk sebelah stadionmanahan", "stadionmanahan", "33.72.05.1011"),
])
def test_a_name_is_found_however_its_first_word_is_said(read, text, said, code):
    """The matter lies where the operator said, and the reason says who knew it."""
    seen = read(text)

    assert own(seen) == [(said, code)]
    assert text[seen.places[0].start : seen.places[0].end] == said
    assert (seen.location.code, seen.location.because.partition(", ")[2]) == (code, "from the operator's file")


@pytest.mark.parametrize("text", [
    "Jl. Stadion Manahan rusak", "pasar ramai sekali, legi rasane", "Gendeng tenan min", "stadion\nManahan raya macet",
])
def test_words_that_only_look_like_the_name_are_left_alone(read, text):
    """A road named after the stadium, the words apart, another word."""
    assert own(read(text)) == []


@pytest.mark.parametrize(("text", "account", "code"), [
    ("sampah di Pasar Legi", "x:solo", "33.72.05.1004"),
    ("sampah di Pasar Legi Wonogiri", "x:solo", "33.12"),
    ("sampah di Pasar Legi, Solo", "x:jateng", "33.72.05.1004"),
    ("sampah di Pasar Legi", "x:jateng", None),
    ("banjir di Gendengan", "x:semarang", None),
    ("banjir di Gendengan Semarang", "x:jateng", None),
    ("wong Sragen, banjir di Gendengan", "x:solo", "33.72.01.1005"),
])
def test_a_name_counts_in_the_town_that_is_spoken_of(read, text, account, code):
    """Two markets share a name; one that the text does not tell apart, or of another town, resolves to nothing."""
    assert [found for _, found in own(read(text, account))] == ([code] if code else [])


def test_a_neighbour_is_looked_for_in_the_same_town(read):
    """Mojosongo is in Boyolali and in Solo; beside a place of Solo it is Solo's."""
    codes = {place.text: place.code for place in read("dari GOR Manahan ke Mojosongo lampunya mati").places}

    assert codes["Mojosongo"] == "33.72.04.1011"


def test_without_names_nothing_changes(read, rules):
    """A text that holds none of the names reads as before."""
    text = "jalan rusak di kec. Laweyan, sebelah Masjid Kottabarat"

    assert read(text) == Extractor(rules).extract(mention(text, account="x:none"))
