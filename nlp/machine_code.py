"""Machine code of the modules in which reading and folding spend their time, where it belongs to these very sources.

`make setup` makes it (`scripts.machine_code`, ADR 22): half as fast again, the same judgements to the sign. It lies
in a folder of its own, by interpreter and platform, with a digest of all that it was made from or leans upon. Whoever
edits one of those files runs what they wrote, in Python, until it is made anew; so does who has no C compiler.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

SWITCH = "KENTONGAN_MACHINE_CODE"  # "no" in the environment: Python, whatever lies there
FOLDER, DIGEST, GROUP = ".machine", "sources", "kentongan"
ROOT = Path(__file__).parent.parent
LEANS_ON = ("domain.py", "nlp/**/*.py", "settings/**/*.py")


def folder_of(root: Path) -> Path:
    return root / FOLDER / str(sysconfig.get_config_var("SOABI"))


def sources_of(root: Path) -> Iterator[Path]:
    for pattern in LEANS_ON:
        yield from sorted(root.glob(pattern))


def digest_of(files: Iterable[Path]) -> str:
    """Of what stands in the files and what they are called, wherever their folder lies."""
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Whether there is machine code of the sources as they are."""
    try:
        made_from = (folder_of(root) / DIGEST).read_text(encoding="ascii")
    except OSError:
        return False
    return made_from == digest_of(sources_of(root))


def take_up(search: list[str], root: Path = ROOT) -> bool:
    """Let the modules of `nlp` be found as machine code first, if there is any that holds; `search`: its `__path__`."""
    if os.environ.get(SWITCH) == "no" or not is_current(root):
        return False
    folder = folder_of(root)
    sys.path.append(str(folder))
    try:
        import_module(f"{GROUP}__mypyc")  # the code itself; the modules are doors to it
    except ImportError:  # made for another machine: a folder that was copied
        sys.path.remove(str(folder))
        return False
    search.insert(0, str(folder / "nlp"))
    return True


def in_use() -> bool:
    """Whether this process reads by machine code."""
    return f"{GROUP}__mypyc" in sys.modules
