"""The trained model is small, readable, and knows no name of a person's street."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from nlp.gazetteer import gazetteer
from nlp.learnt import MODEL, shipped
from nlp.linear import NUMBER, LinearModel, features_of, token_of, vocabulary_of
from nlp.tokens import Words, WordTable, cut


def words(text: str) -> Words:
    return cut(text, WordTable({}, frozenset()))


def model(**weights: tuple[float, float]) -> LinearModel:
    """A model of two topics and one question over the words given; the second number is the question's."""
    names = sorted(weights)
    columns = np.array([[weights[name][0], -weights[name][0], weights[name][1]] for name in names], np.float32)
    return LinearModel(("a", "b"), {name: at for at, name in enumerate(names)}, np.ones(len(names), np.float32),
                       columns, np.zeros(3, np.float32), questions=("asked",))


def test_scores_add_up_and_the_words_that_did_it_are_named():
    """Whoever reads a score can ask which words brought it."""
    made = model(lampu=(2.0, 0.0), mati=(1.0, 0.5), pasar=(-3.0, 0.0))
    reading = made.read(words("lampu mati"))

    assert sum(reading.scores.values()) == pytest.approx(1.0)
    assert reading.scores["a"] > 0.9
    assert reading.margins == {"asked": pytest.approx(0.5 / 2**0.5)}
    shares = made.shares(reading, "a")
    assert shares[0] == pytest.approx(2 * shares[1])
    assert sum(shares) == pytest.approx(float(reading.values @ made.weights[reading.ids, 0]))


def test_a_pair_counts_for_both_its_words():
    """ "Lampu merah" is another thing than a lamp that is red."""
    made = model(**{"lampu merah": (2.0, 0.0)})
    shares = made.shares(made.read(words("lampu merah mati")), "a")

    assert shares[0] == shares[1] > 0
    assert shares[2] == 0


def test_the_first_words_count_a_second_time():
    """People name their matter first; the same word behind eight others is an aside."""
    made = model(**{"^lampu": (2.0, 0.0)})
    first, late = made.read(words("lampu mati")), made.read(words("saya mau ke pasar lewat sana dan lihat lampu"))

    assert first.scores["a"] > 0.8
    assert late.scores["a"] == pytest.approx(0.5)
    assert made.shares(first, "a") == [pytest.approx(2.0), 0]


def test_what_is_learnt_is_what_is_read():
    """The features that a vocabulary is made of are those that a text is read by."""
    text = words("lampu jalan mati di depan pasar besar sejak kemarin malam, lampu")
    vocabulary, idf = vocabulary_of([[text]], gazetteer(), least=1)
    made = LinearModel((), vocabulary, idf, np.zeros((len(idf), 0), np.float32), np.zeros(0, np.float32))

    assert sorted(set(made.features([made.terms(text)]).ids.tolist())) == sorted(vocabulary.values())


def test_words_of_a_metaphor_are_left_out():
    """What is only a figure of speech speaks for no topic."""
    made = model(banjir=(2.0, 0.0))

    assert made.read(words("banjir order")).scores["a"] > 0.8
    assert made.read(words("banjir order"), frozenset({0, 1})).scores["a"] == pytest.approx(0.5)


def test_what_a_text_is_read_as_does_not_hang_on_its_neighbours():
    """Read together or alone, first, last or beside texts without a known word: not a bit differs."""
    known = shipped().model
    assert known is not None
    texts = [known.terms(words(text)) for text in (
        "", "lampu jalan mati mati mati", "zzz", "", "jalan rusak parah di depan pasar", "banjir", "")]
    together = known.read_all(texts * 9)

    for i, reading in enumerate(together):
        alone = known.read_all([texts[i % len(texts)]])[0]
        assert (reading.scores, reading.margins, reading.known) == (alone.scores, alone.margins, alone.known)
        assert reading.ids.tolist() == alone.ids.tolist()
        assert reading.values.tolist() == alone.values.tolist()


def test_an_empty_text_and_a_text_of_strange_words_are_no_evidence():
    """Nothing known, nothing said: the labels are equal."""
    made = model(lampu=(2.0, 0.0))

    for text in ("", "zzz qqq", "123"):
        assert made.read(words(text)).scores == {"a": pytest.approx(0.5), "b": pytest.approx(0.5)}


def test_the_file_gives_the_same_model_and_the_same_bytes():
    """A model that is written, read and written again is the same file."""
    made = model(lampu=(2.0, 0.25), mati=(-1.0, 0.5))
    stored = made.to_bytes()
    again = LinearModel.from_bytes(stored)

    assert again.to_bytes() == stored
    assert again.read(words("lampu mati")).scores == pytest.approx(made.read(words("lampu mati")).scores, abs=0.02)


def test_names_of_places_and_numbers_are_not_learnt():
    """One city's streets are no topic of the next, and a house number is nobody's business."""
    table = gazetteer()

    assert token_of("kartasura", table) == ""
    assert token_of("17", table) == NUMBER
    assert token_of("banget", table) == "banget"  # a village's name that is an everyday word
    assert not [f for f in features_of(words("lampu di kartasura mati"), table) if "kartasura" in f]


def test_a_feature_needs_five_different_texts():
    """What only a few people wrote, a name or a turn of phrase, does not get into a model."""
    texts = [words(f"lampu mati {name}") for name in ("satu", "dua", "tiga", "empat", "lima")]
    vocabulary, _ = vocabulary_of([texts], gazetteer(), least=5)

    assert {"lampu", "mati", "lampu mati"} <= set(vocabulary)
    assert not {"satu", "dua", "mati satu"} & set(vocabulary)


def test_our_own_texts_do_not_help_a_strangers_turn_of_phrase_in():
    """Four strangers and one of ours are no five strangers; what stands in five of ours is our own to keep."""
    strangers = [words(f"lampu mati {name}") for name in ("satu", "dua", "tiga", "empat")]
    ours = [words(f"lampu padam {name}") for name in ("lima", "enam", "tujuh", "delapan", "sembilan")]
    vocabulary, _ = vocabulary_of([strangers, ours], gazetteer(), least=5)

    assert {"padam", "lampu padam"} <= set(vocabulary)
    assert not {"mati", "lampu mati"} & set(vocabulary)


def test_the_shipped_model_keeps_its_promises():
    """Small, with a card, and without a name of a place."""
    stored = (files("nlp") / "models" / MODEL).read_bytes()
    learnt = shipped().model

    assert len(stored) < 10_000_000
    assert learnt.questions == ("actionable", "high", "need", "danger", "news", "grumbles", "asks")
    assert not [name for name in learnt.vocabulary if name in {"surabaya", "kartasura", "purbalingga", "wonokromo"}]
    card = (files("nlp") / "models" / "README.md").read_text(encoding="utf-8")
    assert f"{len(learnt.vocabulary):,} features" in card
    assert f"{learnt.meta['topic rows']:,}" in card
