"""Machine code says what the sources say, and is taken up for no other sources than its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from nlp.machine_code import DIGEST, FOLDER, SWITCH, digest_of, folder_of, is_current, sources_of, take_up
from ops.doctor import diagnose
from tests.paths import ROOT

READ = """
import hashlib, json, sys
from datetime import timedelta
import nlp.guard, nlp.places
from bench.extract import Extractor, load, posts
from bench.rough import rough
from nlp.duplicates import Folder
from pathlib import Path

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
WHERE = "import nlp.guard; print(nlp.guard.__file__)"


def answered(code: str, at: Path, **environment: str) -> str:
    """What a process prints that finds our modules below `at` first, and those that are not there in the checkout."""
    known = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", SWITCH}}
    path = os.pathsep.join(map(str, dict.fromkeys((at, ROOT))))
    done = subprocess.run([sys.executable, "-c", code, str(ROOT / "config.yaml")], cwd=at, check=True, text=True,
                          capture_output=True, env={**known, "PYTHONPATH": path, **environment})
    return done.stdout.strip()


def copied(at: Path) -> Path:
    """The sources that machine code is made from and leans upon."""
    for folder in ("nlp", "settings", "scripts"):
        shutil.copytree(ROOT / folder, at / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "domain.py", at)
    shutil.copy(ROOT / "pyproject.toml", at)
    return at


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.skipif(not (shutil.which("gcc") or shutil.which("cc")), reason="no C compiler")
@pytest.mark.skipif(find_spec("mypyc") is None, reason="no mypyc")
def test_machine_code_says_what_the_sources_say_and_gives_way_to_an_edit(tmp_path):
    """Extractions and verdicts are the same to the sign. Not optimized, which is quicker to make and says the same."""
    at = copied(tmp_path)
    plain = json.loads(answered(READ, at))
    answered("from scripts.machine_code import main; main()", at, MYPYC_OPT_LEVEL="0")
    quick = json.loads(answered(READ, at))

    assert all(file.endswith(".py") for file in plain["files"])
    assert all(file.startswith(str(at / FOLDER)) and file.endswith((".so", ".pyd")) for file in quick["files"])
    assert quick["said"] == plain["said"]
    assert plain["copies"] > 500
    assert answered(WHERE, at, **{SWITCH: "no"}).endswith("guard.py")

    with (at / "nlp" / "guard.py").open("a") as file:
        file.write("\nEDITED = True\n")
    assert answered("import nlp.guard; print(nlp.guard.EDITED)", at) == "True"


def made(root: Path, said: str) -> Path:
    """A folder that claims to be machine code of sources with that digest."""
    folder = folder_of(root)
    folder.mkdir(parents=True)
    (folder / DIGEST).write_text(said)
    return folder


def sources(root: Path) -> Path:
    (root / "nlp").mkdir(parents=True)
    (root / "nlp" / "guard.py").write_text("LEAST = 1\n")
    (root / "domain.py").write_text("")
    return root


def test_an_edit_or_a_new_name_makes_it_stale(tmp_path):
    root = sources(tmp_path)
    made(root, digest_of(sources_of(root)))
    assert is_current(root)

    guard = root / "nlp" / "guard.py"
    guard.write_text("LEAST = 2\n")
    assert not is_current(root)

    guard.write_text("LEAST = 1\n")
    assert is_current(root)
    guard.rename(guard.with_name("watch.py"))
    assert not is_current(root)


def test_the_digest_knows_nothing_of_where_the_sources_lie(tmp_path):
    one, two = sources(tmp_path / "one"), sources(tmp_path / "two")

    assert digest_of(sources_of(one)) == digest_of(sources_of(two))


def test_what_cannot_be_loaded_here_leaves_the_sources(tmp_path, monkeypatch):
    """A folder copied from another machine."""
    monkeypatch.delenv(SWITCH)
    monkeypatch.setattr(sys, "path", [*sys.path])
    root = sources(tmp_path)
    folder = made(root, digest_of(sources_of(root)))
    (folder / "kentongan__mypyc.so").write_bytes(b"not for this machine")
    search = ["nlp"]

    assert take_up(search, root) is False
    assert search == ["nlp"]
    assert str(folder) not in sys.path


def test_doctor_tells_of_code_that_has_grown_old(tmp_path, monkeypatch):
    root = sources(tmp_path / "checkout")
    monkeypatch.setattr("nlp.machine_code.ROOT", root)

    def told() -> list[tuple[str, bool]]:
        findings = diagnose(ROOT / "config.yaml", tmp_path / "k.db")
        return [(finding.level, "make machine-code" in finding.remedy) for finding in findings
                if "membaca" in finding.what]

    assert told() == [("baik", False)]
    made(root, "of older sources")
    assert told() == [("awas", True)]


def test_no_machine_code_stands_beside_the_sources():
    """Whoever edits a module here runs what they wrote."""
    assert [file for ending in ("so", "pyd") for file in (ROOT / "nlp").rglob(f"*.{ending}")] == []
