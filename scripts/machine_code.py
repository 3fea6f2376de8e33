"""Makes machine code of the modules that `COMPILED` lists, in a minute; does nothing where it is current.

    python -m scripts.machine_code

All of them go into one group, so that they call each other directly; a class of the group has no subclass outside of
it. Left out: `nlp.extract`, whose functions spaCy inspects, and `nlp.gazetteer`, whose tables benchmarks exchange. What
was made takes the place of the last once it is whole. Nothing here is needed to run: without a compiler it says so.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from nlp.machine_code import DIGEST, FOLDER, GROUP, ROOT, digest_of, folder_of, is_current, sources_of

COMPILED = (
    "alignment", "blend", "comparing", "context", "duplicates", "evidence", "facts", "finder", "fingerprint",
    "grounds", "guard", "language", "linear", "local_names", "location", "new_facts", "normalize", "phrases", "pii",
    "place_choice", "place_names", "place_patterns", "places", "post", "relevance", "same_text", "shingle_index",
    "shingles", "slips", "stories", "tokens", "told", "tone", "topics", "urgency", "vulnerable",
)
OPTIMIZE = os.environ.get("MYPYC_OPT_LEVEL", "3")


def make(root: Path) -> None:
    """Machine code of the sources below `root`, and the digest that says of which."""
    (root / FOLDER).mkdir(exist_ok=True)
    digest = digest_of(sources_of(root))
    with tempfile.TemporaryDirectory(dir=root / FOLDER) as work:
        made = Path(work) / "made"
        _compile(root, Path(work), made)
        (made / DIGEST).write_text(digest, encoding="ascii")
        folder = folder_of(root)
        if folder.exists():  # who has it open keeps it
            folder.rename(Path(work) / "last")
        made.rename(folder)


def _compile(root: Path, work: Path, into: Path) -> None:
    from mypyc.build import mypycify
    from setuptools import Distribution  # type: ignore[import-untyped]
    from setuptools.command.build_ext import build_ext  # type: ignore[import-untyped]

    os.chdir(root)  # names of modules are told by paths below here
    with redirect_stdout(io.StringIO()):  # a line for every generator that it makes a list of
        extensions = mypycify(
            ["--no-incremental", *(f"nlp/{name}.py" for name in COMPILED)], opt_level=OPTIMIZE, debug_level="0",
            group_name=GROUP, target_dir=str(work / "c"),
        )
    command = build_ext(Distribution({"name": GROUP, "ext_modules": extensions}))
    command.build_lib, command.build_temp = str(into), str(work / "objects")
    command.ensure_finalized()
    command.run()


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    if is_current(ROOT):
        return 0
    if not (shutil.which("gcc") or shutil.which("cc")):
        tell("tanpa kompilator C: membaca dengan Python (apt-get install gcc python3-dev, lalu make machine-code)")
        return 0
    tell("menerjemahkan pembacaan ke kode mesin (sekali saja, semenit) ...")
    try:
        make(ROOT)
    except (Exception, SystemExit) as error:  # what a compiler lacks has many names; Python reads as well
        tell(f"kode mesin gagal dibuat, membaca dengan Python: {error}")
        return 1
    return 0


if __name__ == "__main__":
    os._exit(main())  # to take the compiler's trees apart, object by object, would be ten seconds more
