"""The same incident in other words: what is suggested, with which reasons, and what keeps two stories apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Author, PlaceHint
from nlp.extract import Extractor
from nlp.related import SHOWN, THRESHOLD, Telling, apart, ranked, suggestions
from settings import load
from tests.builders import NOON, mention
from tests.paths import ROOT

LEGI = "lubang besar dekat Pasar Legi Solo, motor saya jatuh tadi pagi @pemkot_contoh"
OTHERS = (
    "Lampu PJU di Jl. Slamet Riyadi Solo padam sejak kemarin @pemkot_contoh",
    "Got di kampung Mutihan Sondakan mampet, baunya sampai rumah @pemkot_contoh",
    "jalan bergelombang di Mojosongo dekat kantor kelurahan @pemkot_contoh",
    "Aspal ambles di Jalan Kapten Mulyadi Pasar Kliwon, truk miring @pemkot_contoh",
)


@pytest.fixture(scope="module")
def tell():
    extractor = Extractor(load(ROOT / "config.yaml"))

    def told(*texts, **given):
        posts = [mention(text, **{"at": NOON, **given}) for text in texts]
        return [Telling(m, seen) for m, seen in zip(posts, extractor.extract_many(posts), strict=True)]

    return told


def why(ours, theirs, *others):
    """The reasons for one of several; empty where it is not suggested."""
    found = [x for x in suggestions(ours, [theirs, *others]) if x.at == 0]
    return {reason.what: reason.detail for reason in found[0].reasons} if found else {}


def test_two_neighbours_on_one_hole_are_suggested_to_each_other(tell):
    """Other words, the same place, topic and morning: each reason can be read."""
    ours, theirs, *others = tell(LEGI, "Jalan di depan Pasar Legi bolong, sudah dua orang jatuh @pemkot_contoh", *OTHERS)

    reasons = why(ours, theirs, *others)

    assert reasons["place"] == "Pasar Legi Solo"
    assert reasons["topic"] == "jalan_jembatan"
    assert reasons["time"] == "0"
    assert "jatuh" in reasons["words"]
    assert why(theirs, ours, *others)


@pytest.mark.parametrize(("one", "other"), [
    ("Jalan berlubang di Jl. Kahar Muzakir Semanggi Solo, tolong ditambal",
     "Jalan berlubang di Jl. Sungai Serang Semanggi Solo, tolong ditambal"),
    ("Lampu PJU padam di Jl. Veteran Solo RT 3, gelap sekali", "Lampu PJU padam di Jl. Veteran Solo RT 5, gelap sekali"),
    ("Jembatan kampung Ngoresan Jebres lantainya jebol, bahaya", "Jembatan kampung Krajan Mojosongo lantainya jebol, bahaya"),
    ("Jalan rusak parah di Laweyan Solo, sudah banyak yang jatuh", "Jalan rusak parah di Tegal, sudah banyak yang jatuh"),
    ("Jalan berlubang di depan Stasiun Balapan Solo", "Banjir di depan Stasiun Balapan Solo, air sampai lutut"),
])
def test_a_template_with_another_place_or_thing_is_never_suggested(one, other, tell):
    """Whatever else they share, two roads are two holes."""
    ours, theirs, *others = tell(one, other, *OTHERS)

    assert why(ours, theirs, *others) == {}
    assert apart(ours, theirs) is not None


def test_two_persons_cases_are_two_cases(tell):
    """Two families without their aid are not one matter; one person who writes twice may be."""
    texts = ("Bantuan PKH saya di Serengan Solo dicoret, tolong", "PKH ibu saya di Serengan Solo juga dicoret, tolong")
    ours, theirs = tell(*texts)
    ani = Author("a1", "ani", "Ani")
    same = [Telling(replace(t.mention, author=ani), t.extraction) for t in (ours, theirs)]

    assert apart(ours, theirs) == "a case of one's own"
    assert apart(*same) is None


def test_coordinates_far_apart_are_two_places(tell):
    """The platform's own place says it where the words do not."""
    ours, = tell(LEGI, place=PlaceHint(lat=-7.5619, lng=110.8243))
    near, = tell(LEGI, place=PlaceHint(lat=-7.5621, lng=110.8244))
    far, = tell(LEGI, place=PlaceHint(lat=-7.6119, lng=110.8243))

    assert apart(ours, near) is None
    assert apart(ours, far) == "distance"


def test_words_that_every_story_has_are_no_reason(tell):
    """The desk's own tickets say what is common: a shared "jalan rusak" of forty weighs less than of two."""
    ours, theirs, *others = tell(*["jalan rusak, tolong"] * 2, *OTHERS)
    crowd = tell(*["jalan rusak sekali pak"] * 40)

    def weight(among):
        found, = (x for x in ranked(ours, among) if x.at == 0)
        return sum(reason.weight for reason in found.reasons if reason.what == "words")

    assert weight([theirs, *others]) > weight([theirs, *crowd]) * 1.5
    assert suggestions(ours, [theirs, *crowd]) == []


def test_time_fades(tell):
    """The same words a fortnight later weigh less than an hour later."""
    ours, = tell(LEGI)
    soon, late = (tell(LEGI, at=NOON + timedelta(days=days))[0] for days in (0, 13))

    assert [x.at for x in ranked(ours, [late, soon])] == [1, 0]


def test_never_more_than_three_and_the_likeliest_first(tell):
    """A list that is longer is not read."""
    ours, *others = tell(*[LEGI] * 6)

    found = suggestions(ours, others)

    assert len(found) == SHOWN
    assert [x.score for x in found] == sorted((x.score for x in found), reverse=True)
    assert found[-1].score >= THRESHOLD


@pytest.mark.parametrize("text", ["", "   ", "@pemkot_contoh", "🙏🙏", "\x00", "a" * 100_000, "\ud83d"])
def test_nothing_to_compare_is_no_suggestion(text, tell):
    """Empty, huge and broken posts: no error and no guess."""
    ours, = tell(LEGI)
    odd = Telling(mention(text, at=NOON))

    assert suggestions(odd, [ours]) == []
    assert suggestions(ours, [odd, Telling(mention(text, at=NOON))]) == []
