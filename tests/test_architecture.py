"""The plan of the house, kept by a test: rows, fences, file sizes, names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ROWS = {
    "domain": 0, "personal_data": 0,
    "settings": 1, "logs": 1,
    "harvester": 2, "nlp": 2, "routing": 2, "storage": 2, "notify": 2,
    "deciding": 3,
    "pipeline": 4, "polling": 4, "workbench": 4,
    "inbox": 5, "ops": 5, "evaluation": 5, "receiver": 5,
    "run_daemon": 6, "simulators": 6,
}
FENCES = {
    "tweepy": "harvester", "instaloader": "harvester", "facebook": "harvester",
    "spacy": "nlp",
    "sqlite3": "storage", "sqlite_utils": "storage", "psycopg": "storage",
    "django": "inbox",
}
ARGUED_FOR = {
    "domain.py": "the nouns stand in one file, so that one reading gives the whole vocabulary",
}
MAX_LINES = 400


def sources() -> list[Path]:
    return sorted(
        path for name in ROWS for path in ([ROOT / f"{name}.py"] if (ROOT / f"{name}.py").exists()
                                           else (ROOT / name).rglob("*.py"))
    )


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Top-level names that a file imports, with the line; imports for type checking count too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0], node.lineno


def home(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_from_strictly_lower_rows(path):
    """Nothing reaches up or sideways, so a stranger can read the house from the bottom."""
    wrong = [
        f"line {line}: {home(path)} (row {ROWS[home(path)]}) imports {name} (row {ROWS[name]})"
        for name, line in imports(path)
        if name in ROWS and name != home(path) and ROWS[name] >= ROWS[home(path)]
    ]

    assert wrong == []


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_library_stays_behind_its_fence(path):
    """A platform library, spaCy, SQLite and Django each have one home."""
    wrong = [
        f"line {line}: {name} belongs to {FENCES[name]}/"
        for name, line in imports(path)
        if name in FENCES and FENCES[name] != home(path)
    ]

    assert wrong == []


def test_the_plan_knows_every_package():
    """A new package at the top has to be given its row."""
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests", "bench", "scripts"}
    modules = {p.stem for p in ROOT.glob("*.py")} - {"setup"}  # which only builds

    assert packages | modules == set(ROWS)


def test_files_are_short_or_argued_for():
    """A file over 400 lines is a design question; the answers stand in this test."""
    long = {
        str(path.relative_to(ROOT)) for path in sources()
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES
    }

    assert long == set(ARGUED_FOR)


def test_no_root_name_shadows_the_standard_library():
    """`python run_daemon.py` puts this folder first on the path."""
    assert set(ROWS) & set(sys.stdlib_module_names) == set()


def test_the_decision_is_pure():
    """`decide` names no store, no connector, no clock and no chance."""
    tree = ast.parse((ROOT / "deciding.py").read_text(encoding="utf-8"))
    decide = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "decide")
    names = {n.id for n in ast.walk(decide) if isinstance(n, ast.Name)}

    assert names & {"store", "connector", "now", "utc_now", "rng", "random", "datetime", "log"} == set()
