"""What is remembered between posts makes reading faster and changes no judgement, however much was read before."""

from __future__ import annotations

import gc
import pickle
import random
import re
from dataclasses import FrozenInstanceError
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import Place, Reason, Span
from nlp import linear, place_names, tokens, values
from nlp.collector import spare_the_collector
from nlp.extract import Extractor
from nlp.gazetteer import gazetteer
from nlp.place_choice import Choices
from nlp.place_names import Candidate
from nlp.tokens import WordTable, cut
from tests.builders import mention

OPENINGS = ("Min tolong", "Nuwun sewu pak", "", "@dinas_contoh", "Selamat pagi,", "WKWK", "Kok ngene to.")
MATTERS = (
    "jalan berlubang di Jl. {a} Raya dekat pasar {b}, sudah {n} minggu",
    "lampu PJU mati {n} titik di desa {a} kec. {b} RT {n}/RW 02, gelap banget",
    "banjir di {a} masuk rumah, ora ono sing nulung, dari kemarin",
    "disukoharjo dan {a} {b} aman, tidak banjir. Terima kasih",
    "TOLONG!! pohon tumbang di {a} km {n}\nhub 0812 3456 78{n}",
    "{b}, kota {a}: tulung bolong lancar banget ya #Jalan{a}",
)
SIGNS = st.text(alphabet=st.characters(exclude_categories=("Cs",)))


def posts(count: int, seed: int) -> list[str]:
    """Invented posts with real names; the same seed gives the same."""
    dice = random.Random(seed)
    names = sorted(area.name for area in gazetteer().areas.values() if area.lat)
    return [
        f"{dice.choice(OPENINGS)} "
        + dice.choice(MATTERS).format(a=dice.choice(names), b=dice.choice(names), n=dice.randint(10, 99))
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def probes():
    return [mention(text, key=f"x:post:{i}") for i, text in enumerate(posts(60, seed=1))]


@pytest.mark.slow
def test_a_post_is_judged_alike_alone_in_a_batch_and_after_thousands_of_others(rules, probes):
    """What was read before, and what is read beside it, changes not a digit."""
    fresh = Extractor(rules)
    together = fresh.extract_many(probes)

    assert [Extractor(rules).extract(probe) for probe in probes[:3]] == together[:3]
    assert [fresh.extract(probe) for probe in reversed(probes)] == together[::-1]
    fresh.extract_many([mention(text) for text in posts(1_500, seed=2)])
    assert fresh.extract_many(probes) == together


def test_tables_that_are_full_start_anew_and_change_no_judgement(rules, probes, monkeypatch):
    """With room for a handful of words, every table is emptied all the time; the judgements stay."""
    expected = Extractor(rules).extract_many(probes)
    monkeypatch.setattr(tokens, "TABLE_LIMIT", 7)
    monkeypatch.setattr(place_names, "REMEMBERED", 7)
    monkeypatch.setattr(linear, "REMEMBERED", 7)
    cramped = Extractor(rules)
    model = cramped.nlp.learnt.model
    model._terms.clear()

    assert cramped.extract_many(probes) == expected
    table, places = cramped.nlp.phrasebook.table, cramped.nlp.get_pipe("kentongan_places")
    for remembered in (table.pieces, table._forms, places.named._starts, model._terms):
        assert 0 < len(remembered) <= 7


def test_what_is_remembered_is_bounded(extractor):
    """Names are no more than the gazetteer has; spans and reasons that were made once are forgotten in turn."""
    extractor.extract_many([mention(text) for text in posts(300, seed=3)])
    choices = extractor.nlp.get_pipe("kentongan_places").choices

    assert {key for key, _ in choices._names} <= set(gazetteer().keys())
    for made in (values.span_of, values.two_digits, values.plain_reason):
        assert made.cache_info().maxsize == values.REMEMBERED


def test_a_record_made_quickly_is_as_any_other():
    """It is equal to one of its own constructor, has the same defaults, and stays frozen."""
    place = values.quick(Place)(0, 4, "Solo", "kabupaten_kota", "33.72", "Kota Surakarta", 0.9)

    assert place == Place(0, 4, "Solo", "kabupaten_kota", "33.72", "Kota Surakarta", 0.9)
    assert (type(place), place.runner_up) == (Place, None)
    assert len({place, pickle.loads(pickle.dumps(place))}) == 1
    assert values.quick(Reason)(what="rule:own", spans=(Span(0, 4),)) == Reason("rule:own", 0.0, (Span(0, 4),))
    with pytest.raises(FrozenInstanceError):
        place.name = "Solo"


def test_a_name_that_is_not_weighed_could_not_have_been_chosen():
    """Leaving everyday names out spares time, and takes away no place that weighing them would have found."""
    table = gazetteer()
    quick, thorough = Choices(table, 0.4), Choices(table, 0.0)
    everyday = [(key, table.readings(key)) for key in sorted(table.stops)[::2] if table.readings(key)]
    spared = chosen = 0
    for key, readings in everyday:
        parents = {reading.area[:size] for reading in readings for size in (5, 8)}
        for hundredths in range(-4, 80, 2):
            name = Candidate(0, 1, 0, len(key), key, readings, cues=[("cue", hundredths / 100)],
                             cued=hundredths / 100)
            for said in ((), parents):
                (_, one), = quick.decisions([name], said)
                (_, other), = thorough.decisions([name], said)
                assert one == other or max(one.score, other.score) < 0.4
                spared, chosen = spared + (one != other), chosen + (other.score >= 0.4)
    assert min(spared, chosen) > 10 * len(everyday)


@given(SIGNS)
def test_no_digit_escapes_the_count(text):
    """What looks for numbers is left out only where no number can be."""
    words = cut(text, WordTable({}, frozenset()))

    assert words.digits >= len(re.findall(r"\d", text))
    assert words.digits or not any(sign.isdigit() for fold in words.fold for sign in fold)


@given(st.one_of(SIGNS, st.lists(st.sampled_from(("a", "jalan", ".", "rusak.", "?", "\n", " ", "x y z"))).map(" ".join)))
def test_every_word_is_where_the_joined_text_says(text):
    """Phrases are found in the joined text and told by words; the two have to agree."""
    words = cut(text, WordTable({}, frozenset(("jalan",))))

    assert [words.joined[at : at + len(form)] for at, form in zip(words.at, words.form, strict=True)] == words.form
    for (here, there), (begin, end) in zip(pairwise(words.sentence), pairwise(words.at), strict=True):
        assert (" . " in words.joined[begin:end]) == (here != there)


def test_the_collector_leaves_alone_what_is_built():
    """A process that judges has its names and weights frozen, and is interrupted seldom."""
    before = gc.get_threshold()
    try:
        spare_the_collector()

        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] >= 10_000
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
