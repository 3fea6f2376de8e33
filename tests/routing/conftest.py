from __future__ import annotations

import pytest

from routing.rules import Rules, compile_rules
from settings import Settings, load
from tests.paths import ROOT


@pytest.fixture(scope="session")
def shipped() -> Settings:
    """The operators' file as it is shipped."""
    return load(ROOT / "config.yaml")


@pytest.fixture(scope="session")
def rules(shipped: Settings) -> Rules:
    return compile_rules(shipped)
