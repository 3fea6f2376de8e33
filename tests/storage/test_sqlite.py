"""The contract on SQLite."""

from __future__ import annotations

from itertools import count

import pytest

from storage import open_store
from tests.storage.contract import StoreContract


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path, empty_store):
        store = open_store(empty_store(tmp_path / "kentongan.db"))
        yield store
        store.close()

    @pytest.fixture
    def fresh_store(self, tmp_path, empty_store):
        numbers = count()
        opened = []

        def fresh():
            opened.append(open_store(empty_store(tmp_path / f"fresh{next(numbers)}.db")))
            return opened[-1]

        yield fresh
        for store in opened:
            store.close()
