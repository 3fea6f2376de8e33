"""What holds for every test."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from storage import open_store


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


def pytest_collection_finish() -> None:
    """What the imports left behind stays; the collector need not walk through it at every turn."""
    gc.collect()
    gc.freeze()
