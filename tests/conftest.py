"""What holds for every test."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # whoever hands the tests out to others loads nothing that reads posts
    from pipeline import Judge
    from settings import Settings
    from storage.store import Store
    from tests.way import Settle

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
IN_MEMORY = pytest.StashKey[Path]()

# half of the collection, and of each verb that starts a process, is compiling what the run before has compiled
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# the sources are what is tested; that machine code says the same is a test of its own
os.environ["KENTONGAN_MACHINE_CODE"] = "no"


def pytest_configure(config: pytest.Config) -> None:
    """Stores of tests lie in memory where there is room: each of 1,700 would wait 20 ms for the disk when it is closed."""
    if config.option.basetemp or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return
    for left in MEMORY.glob("kentongan-*-*"):  # by a run that failed or was killed
        if not Path(f"/proc/{left.name.split('-')[1]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    config.stash[IN_MEMORY] = Path(tempfile.mkdtemp(prefix=f"kentongan-{os.getpid()}-", dir=MEMORY))
    config.option.basetemp = str(config.stash[IN_MEMORY] / "tests")  # of a worker: a folder in this one


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What failed may be looked at until the next run; the rest gives its memory back."""
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and IN_MEMORY in session.config.stash:
        shutil.rmtree(session.config.stash[IN_MEMORY], ignore_errors=True)


@pytest.fixture(autouse=True)
def _plain_logs():
    """Logs as plain lines: the default of the library draws tracebacks with every local variable, for seconds."""
    import structlog

    structlog.configure(processors=[
        structlog.processors.add_log_level, structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer(),
    ])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Puts an empty store at a path: copying takes 1 ms, making the schema 20, some three hundred times."""
    from storage import open_store

    made = tmp_path_factory.mktemp("empty") / "k.db"
    open_store(made).close()
    return lambda path: Path(shutil.copy(made, path))


# --- the whole way, by the shipped file ----------------------------------------------------------------


@pytest.fixture(scope="session")
def settings() -> Settings:
    from settings import load
    from tests.paths import ROOT

    return load(ROOT / "config.yaml")


@pytest.fixture(scope="session")
def shared_judge(settings: Settings) -> Judge:
    """Building one costs a second; `judge` gives it with an empty memory."""
    from run_daemon import build_judge

    return build_judge(settings)


@pytest.fixture
def judge(shared_judge: Judge) -> Judge:
    shared_judge.forget()
    return shared_judge


@pytest.fixture
def store(tmp_path: Path, empty_store: Callable[[Path], Path]) -> Iterator[Store]:
    from storage import open_store
    from tests.builders import NOON, account

    store = open_store(empty_store(tmp_path / "k.db"))
    store.sync_accounts([account()], now=NOON)
    yield store
    store.close()


@pytest.fixture
def settle(store: Store, judge: Judge) -> Settle:
    """Mentions arrive and are judged; returns the tickets that stand afterwards, by number."""
    from tests.way import arrive

    return lambda *mentions, **given: arrive(store, judge, *mentions, **given)


def pytest_collection_finish() -> None:
    """What the imports left behind stays; the collector looks as seldom as in the daemon."""
    from nlp.collector import spare_the_collector

    gc.collect()
    spare_the_collector()
