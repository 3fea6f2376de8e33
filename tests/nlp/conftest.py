"""One extractor a session: on the small rules for mechanics, on the shipped rules for the named traps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from domain import Extraction
from nlp.extract import Extractor
from nlp.learnt import Learnt
from settings import Settings, load
from tests.builders import mention
from tests.paths import ROOT


@pytest.fixture(scope="session")
def rules() -> Settings:
    return load(Path(__file__).parent / "rules.yaml")


@pytest.fixture(scope="session")
def extractor(rules: Settings) -> Extractor:
    return Extractor(rules)


@pytest.fixture(scope="session")
def shipped() -> Extractor:
    return Extractor(load(ROOT / "config.yaml"))


@pytest.fixture
def read(extractor: Extractor) -> Callable[..., Extraction]:
    """read("text", account=...) on the small rules; no account unless given."""
    return lambda text, **given: extractor.extract(mention(text, **{"account": "x:none", **given}))


@pytest.fixture
def read_shipped(shipped: Extractor) -> Callable[..., Extraction]:
    return lambda text, **given: shipped.extract(mention(text, **given))


def of_before(learnt: Learnt, questions: int) -> Learnt:
    """The same model as one that was trained when it was asked no more than its first so many questions."""
    model = learnt.model
    assert model is not None
    kept = [*range(len(model.labels) + questions)]
    old = replace(model, weights=model.weights[:, kept], intercept=model.intercept[kept],
                  questions=model.questions[:questions])
    return replace(learnt, model=old)


def told_by(found: Extraction) -> set[str]:
    """What the reasons of its relevance are called."""
    return {reason.what for reason in (*found.relevance.because, *found.relevance.vulnerable)}
