"""The wheel with machine code says what the sources say, and machine code comes nowhere but into a wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.paths import ROOT

SOURCES = ("*.py", "pyproject.toml", "README.md", "config.yaml")
READ = """
import hashlib, json, sys
from datetime import timedelta
from pathlib import Path
import nlp.guard, nlp.places
from bench.extract import Extractor, load, posts
from bench.rough import rough
from nlp.duplicates import Folder

config = load(Path(sys.argv[1]))
extractions = Extractor(config).extract_many(list(posts(1_500)))
folder = Folder(threshold=0.72, window=timedelta(days=30))
verdicts = [said for at in range(0, 3_000, 200)
            for said in folder.fold_all([drop.mention for drop in rough(3_000, seed=23)][at:at + 200])]
print(json.dumps({
    "files": [nlp.guard.__file__, nlp.places.__file__],
    "said": [hashlib.sha256(repr(said).encode()).hexdigest() for said in (extractions, verdicts)],
    "copies": sum(verdict.reason != "new" for verdict, _ in verdicts),
}))
"""


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more


def said(*path: Path, at: Path) -> dict[str, object]:
    """What a process says that looks for our modules along `path`."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(ROOT / "config.yaml")], cwd=at, check=True, capture_output=True, text=True,
        env=environment(PYTHONPATH=os.pathsep.join(map(str, path))),
    )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def compiled(at: Path) -> Path:
    """The wheel of a copy of the sources, unpacked. Not optimized, which is quicker to build and says the same."""
    copy, wheel = at / "sources", at / "wheel"
    shutil.copytree(ROOT / "nlp", copy / "nlp", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("settings", "routing", "harvester", "storage", "notify", "inbox", "ops", "receiver", "polling"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for pattern in SOURCES:
        for file in ROOT.glob(pattern):
            shutil.copy(file, copy)
    subprocess.run(
        [sys.executable, "-c", "from setuptools.build_meta import build_wheel; build_wheel('made')"], cwd=copy, check=True,
        env=environment(KENTONGAN_MYPYC="1", MYPYC_OPT_LEVEL="0"), capture_output=True,
    )
    with zipfile.ZipFile(next((copy / "made").glob("*.whl"))) as made:
        made.extractall(wheel)
    return wheel


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.skipif(not (shutil.which("gcc") or shutil.which("cc")), reason="no C compiler")
@pytest.mark.skipif(find_spec("mypyc") is None, reason="no mypyc")
def test_machine_code_says_what_the_sources_say(tmp_path):
    """Extractions and verdicts are the same to the sign; `bench` comes from the checkout either way."""
    wheel, plain = compiled(tmp_path), said(ROOT, at=tmp_path)
    quick = said(wheel, ROOT, at=tmp_path)

    assert all(file.startswith(str(wheel)) and file.endswith((".so", ".pyd")) for file in quick["files"])
    assert all(file.endswith(".py") for file in plain["files"])
    assert quick["said"] == plain["said"]
    assert plain["copies"] > 500


def test_an_editable_installation_is_refused(tmp_path):
    """What was compiled beside the sources would hide every later edit of them."""
    shutil.copy(ROOT / "setup.py", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = subprocess.run(
        [sys.executable, "setup.py", "editable_wheel"], cwd=tmp_path, env=environment(KENTONGAN_MYPYC="1"),
        capture_output=True, text=True, check=False,
    )

    assert done.returncode != 0
    assert "KENTONGAN_MYPYC=1 is for wheels" in done.stderr


def test_no_machine_code_stands_beside_the_sources():
    """Whoever edits a module here runs what they wrote."""
    assert [file for ending in ("so", "pyd") for file in (ROOT / "nlp").rglob(f"*.{ending}")] == []
