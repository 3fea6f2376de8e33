"""The shipped rules, for what staff do to stories."""

from __future__ import annotations

import pytest

from routing.rules import Rules, compile_rules
from settings import load
from tests.paths import ROOT


@pytest.fixture(scope="session")
def rules() -> Rules:
    return compile_rules(load(ROOT / "config.yaml"))
