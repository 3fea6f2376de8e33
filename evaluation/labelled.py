"""Reads labelled texts, row by row, and says which half a row belongs to.

Every set is split by a stable hash of the row's id: words and weights are chosen on `dev` (even), `held` is only ever
reported. A model that is shipped learns from both; figures of record come from one that learnt from `dev` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import xxhash

from domain import Mention, MentionKind

Row = dict[str, Any]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
URGENT = frozenset(("darurat", "tinggi"))


def half_of(row: Row) -> str:
    """"dev" or "held", the same on every machine and for ever."""
    return "dev" if xxhash.xxh64_intdigest(str(row["id"]).encode()) % 2 == 0 else "held"


def rows_of(path: Path, half: str) -> Iterator[Row]:
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            if half == "all" or half_of(row) == half:
                yield row


def mention_of(row: Row) -> Mention:
    key = f"eval:post:{row['id']}"
    return Mention(key, "", "eval", MentionKind.MENTION, str(row["id"]), row["text"], EPOCH, EPOCH)
