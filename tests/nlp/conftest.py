"""One extractor a session: on the small rules for mechanics, on the shipped rules for the named traps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from domain import Extraction
from nlp.extract import Extractor
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


def told_by(found: Extraction) -> set[str]:
    """What the reasons of its relevance are called."""
    return {reason.what for reason in (*found.relevance.because, *found.relevance.vulnerable)}
