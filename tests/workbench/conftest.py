"""A store that holds the invented day, judged by the shipped rules; each test works on a copy or only reads."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from run_daemon import compose
from settings import Settings, load
from storage import open_store
from storage.store import Store
from tests.paths import ROOT


@pytest.fixture(scope="session")
def shipped() -> Settings:
    return load(ROOT / "config.yaml")


@pytest.fixture(scope="session")
def day_file(tmp_path_factory: pytest.TempPathFactory, shipped: Settings) -> Path:
    path = tmp_path_factory.mktemp("day") / "k.db"
    store = open_store(path)
    compose(shipped, store, replay=ROOT / "fixtures" / "day1", judge=None).run_once()
    store.close()
    return path


@pytest.fixture(scope="module")
def day(day_file: Path) -> Iterator[Store]:
    """The invented day, to be read."""
    store = open_store(day_file, read_only=True)
    yield store
    store.close()


@pytest.fixture
def own_day(day_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy, to be worked on."""
    store = open_store(shutil.copy(day_file, tmp_path / "k.db"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def edited(shipped: Settings) -> Callable[..., Settings]:
    """The shipped rules with lists, routes or thresholds replaced: `edited(topics={"bencana": {...}})`."""

    def edit(**changes: Any) -> Settings:
        plain = shipped.model_dump(mode="json", by_alias=True)
        for path, value in changes.items():
            *parents, last = path.split("__")
            node = plain
            for parent in parents:
                node = node[int(parent)] if isinstance(node, list) else node[parent]
            node[last] = value(node[last]) if callable(value) else value
        return Settings.model_validate(plain)

    return edit


