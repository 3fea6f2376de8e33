"""Which cases of a long walk run while one works, and which only before a landing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def few(values: Iterable[Any], *, fast: int = 2) -> list[Any]:
    """The first cases belong to the fast tests, the rest to the slow ones: `make test` and CI run all of them."""
    return [value if at < fast else pytest.param(value, marks=pytest.mark.slow) for at, value in enumerate(values)]
