"""Keywords and the trained model judge together; neither can silence the other."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.extract import Extractor
from nlp.learnt import Learnt, shipped
from nlp.linear import LinearModel
from settings import Settings, load
from tests.builders import mention
from tests.paths import ROOT

# Somebody can act on it, and no list of any topic has a word of it.
WORDLESS = "tulung pak, omahku RT 03 RW 02 Semanggi Solo kudu ditinjau"


def believing(label: str, strength: float = 5.0) -> LinearModel:
    """A model that takes everything for `label`."""
    labels = ("air_bersih", "jalan_jembatan", "kesehatan")
    bias = np.array([strength * (name == label) for name in labels] + [0.0, 0.0], np.float32)
    return LinearModel(labels, {"zzz": 0}, np.ones(1, np.float32), np.zeros((1, 5), np.float32), bias,
                       questions=("actionable", "high"))


@pytest.fixture(scope="module")
def shipped_settings() -> Settings:
    return load(ROOT / "config.yaml")


@pytest.fixture
def read_with(shipped_settings):
    def read(text: str, model: LinearModel | None):
        learnt = Learnt(model, shipped().weights)
        return Extractor(shipped_settings, learnt).extract(mention(text))

    return read


def test_without_a_model_keywords_decide_alone(read_with):
    """A house that trusts no model still gets topics."""
    text = "jalan berlubang di depan Pasar Kliwon, sudah ada yang jatuh"

    assert read_with(text, None).topics[0].label == "jalan_jembatan"


def test_a_clear_keyword_outweighs_a_model_that_knows_none_of_the_words(read_with):
    """Trust in keywords grows with every word that the model has never seen."""
    text = "jalan berlubang di depan Pasar Kliwon, sudah ada yang jatuh"

    assert read_with(text, believing("kesehatan", 0.05)).topics[0].label == "jalan_jembatan"


def test_a_sure_model_speaks_where_no_keyword_does(read_with):
    """A complaint in words that no list holds gets the topic that the model reads, with the words that told it."""
    found = read_with(WORDLESS, believing("air_bersih"))

    assert [topic.label for topic in found.topics] == ["air_bersih"]


def test_a_weak_guess_is_no_topic(read_with):
    """Where the model is as unsure as chance, nothing is said."""
    flat = LinearModel(tuple(f"t{i}" for i in range(19)), {"zzz": 0}, np.ones(1, np.float32),
                       np.zeros((1, 21), np.float32), np.zeros(21, np.float32), questions=("actionable", "high"))

    assert read_with(WORDLESS, flat).topics == ()


def test_a_label_that_the_operators_removed_is_never_said(shipped_settings):
    """The model may know more topics than config.yaml; only those of config.yaml exist."""
    topics = {name: topic for name, topic in shipped_settings.topics.items() if name != "air_bersih"}
    settings = shipped_settings.model_copy(update={"topics": topics})
    extractor = Extractor(settings, Learnt(believing("air_bersih"), shipped().weights))

    found = extractor.extract(mention(WORDLESS))
    assert "air_bersih" not in [topic.label for topic in found.topics]
