"""Pure Python; a wheel that is built under KENTONGAN_MYPYC=1 also holds machine code of the modules of COMPILED.

Machine code is made for wheels alone (ADR 18): beside the sources of a checkout it would hide every later edit of them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup

# Those in which reading and folding spend their time. All go into one group, so that they call each other directly; a
# class of the group has no subclass outside of it. Left out: `nlp.extract`, whose functions spaCy inspects.
COMPILED = (
    "alignment", "blend", "comparing", "context", "duplicates", "evidence", "facts", "finder", "fingerprint",
    "grounds", "guard", "language", "linear", "local_names", "new_facts", "normalize", "phrases", "pii",
    "place_choice", "place_names", "place_patterns", "places", "post", "relevance", "same_text", "shingle_index",
    "shingles", "stories", "tokens", "told", "tone", "topics", "urgency", "vulnerable",
)


BUILD = "build/wheel"


def extensions() -> list[Extension]:
    from mypyc.build import mypycify

    return mypycify(
        [f"nlp/{name}.py" for name in COMPILED], opt_level=os.environ.get("MYPYC_OPT_LEVEL", "3"), debug_level="0",
        group_name="kentongan", target_dir=f"{BUILD}/mypyc",
    )


def needed() -> list[str]:
    """For an isolated build: the compiler, and what our types speak of."""
    project = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8"))
    return ["mypy>=1.19", *project["project"]["dependencies"]]


asked, wheel = os.environ.get("KENTONGAN_MYPYC") == "1", "bdist_wheel" in sys.argv
if asked and "editable_wheel" in sys.argv:
    sys.exit("KENTONGAN_MYPYC=1 is for wheels: an editable installation would be hidden by what was compiled")
if wheel:  # what an earlier build left would go into this one, machine code of older sources with it
    shutil.rmtree(BUILD, ignore_errors=True)
setup(
    setup_requires=needed() if asked and find_spec("mypyc") is None else [],
    ext_modules=extensions() if asked and wheel else [],
    options={"build": {"build_base": BUILD}} if wheel else {},
)
