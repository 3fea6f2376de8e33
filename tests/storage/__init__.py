"""Tests of the store. The contract stands in modules of its own, whose assertions pytest should explain too."""

import pytest

pytest.register_assert_rewrite(*(
    f"tests.storage.{name}_contract" for name in ("harvest", "judging", "people", "books")
))
