"""What holds for every test."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from pipeline import Judge
from run_daemon import build_judge
from settings import Settings, load
from storage import open_store
from storage.store import Store
from tests.builders import NOON, account
from tests.paths import ROOT
from tests.way import Settle, arrive


@pytest.fixture(autouse=True)
def _plain_logs():
    """Logs as plain lines: the default of the library draws tracebacks with every local variable, for seconds."""
    structlog.configure(processors=[
        structlog.processors.add_log_level, structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer(),
    ])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Puts an empty store at a path: copying takes 1 ms, making the schema 20, some three hundred times."""
    made = tmp_path_factory.mktemp("empty") / "k.db"
    open_store(made).close()
    return lambda path: Path(shutil.copy(made, path))


# --- the whole way, by the shipped file ----------------------------------------------------------------


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(ROOT / "config.yaml")


@pytest.fixture(scope="session")
def shared_judge(settings: Settings) -> Judge:
    """Building one costs a second; `judge` gives it with an empty memory."""
    return build_judge(settings)


@pytest.fixture
def judge(shared_judge: Judge) -> Judge:
    shared_judge.forget()
    return shared_judge


@pytest.fixture
def store(tmp_path: Path, empty_store: Callable[[Path], Path]) -> Iterator[Store]:
    store = open_store(empty_store(tmp_path / "k.db"))
    store.sync_accounts([account()], now=NOON)
    yield store
    store.close()


@pytest.fixture
def settle(store: Store, judge: Judge) -> Settle:
    """Mentions arrive and are judged; returns the tickets that stand afterwards, by number."""
    return lambda *mentions, **given: arrive(store, judge, *mentions, **given)


def pytest_collection_finish() -> None:
    """What the imports left behind stays; the collector need not walk through it at every turn."""
    gc.collect()
    gc.freeze()
