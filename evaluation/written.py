"""Posts that we wrote to be learnt from: what the labelled sets lack, each with its labels.

`evaluation/written/*.tsv`, a post a line: detail, topics (the main one first, "-": none), urgency, "y" where somebody
vulnerable is in need, text. Labels mean what they mean in the gold sets (`evaluation/gold/README.md`), whose posts
other people wrote; no post of theirs stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import xxhash

from domain import Mention
from evaluation.labelled import mention_of

FOLDER = Path(__file__).parent / "written"
GROUP = "written"
REPORTS = "laporan"  # the detail of what can be acted on


@dataclass(frozen=True, slots=True)
class Written:
    """One post as it stands in a file."""

    mention: Mention
    detail: str
    topics: tuple[str, ...]
    urgency: str
    need: bool

    @property
    def reports(self) -> bool:
        return self.detail == REPORTS


@lru_cache(maxsize=2)
def written(folder: Path = FOLDER) -> tuple[Written, ...]:
    """All of them, in the order of files and lines. Raises ValueError at a line that has not five fields."""
    return tuple(post for path in sorted(folder.glob("*.tsv")) for post in _posts(path))


def _posts(path: Path) -> Iterator[Written]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split("\t")
        if len(fields) != 5:
            raise ValueError(f"{path}:{number}: {len(fields)} fields, not five")
        detail, topics, urgency, need, text = fields
        key = xxhash.xxh64_hexdigest(text.encode())
        yield Written(mention_of({"id": f"{GROUP}-{key}", "text": text}), detail,
                      () if topics == "-" else tuple(topics.split(",")), urgency, need == "y")
