"""Reads labelled texts, row by row, and says which half a row belongs to.

Every set is split by a stable hash of the row's id: words and weights are chosen on `dev` (even), `held` is only ever
reported. A model that is shipped learns from both; figures of record come from one that learnt from `dev` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import xxhash

from domain import Mention, MentionKind
from nlp.learnt import HAZARD

Row = dict[str, Any]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
URGENT = frozenset(("darurat", "tinggi"))
LOW = "low"  # what is not HAZARD
X_NAMES = frozenset(("x", "twitter", "tweepy", "tweet", "tweets"))
X_HOSTS = ("x.com", "twitter.com", "t.co")
ARCHIVES = frozenset(("import", "arsip"))  # the name before the account that an import belongs to


def half_of(row: Row) -> str:
    """"dev" or "held", the same on every machine and for ever."""
    return "dev" if xxhash.xxh64_intdigest(str(row["id"]).encode()) % 2 == 0 else "held"


def rows_of(path: Path, half: str) -> Iterator[Row]:
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            if half == "all" or half_of(row) == half:
                yield row


def labels_of(path: Path) -> Iterator[tuple[str, ...]]:
    """The fields of each line of a file of labels by id, without its comments."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line[:1] != "#":
            yield tuple(line.split("\t"))


def label_by_key(path: Path) -> dict[str, str]:
    """The label of each key of a file of labels that has two fields a line."""
    return {key: label for key, label in labels_of(path)}  # noqa: C416 - pairs, which `dict` cannot know


def height_of(urgency: str) -> str:
    """The answer to "is it a hazard" that an urgency gives."""
    return HAZARD if urgency in URGENT else LOW


def mention_of(row: Row) -> Mention:
    key = f"eval:post:{row['id']}"
    return Mention(key, "", "eval", MentionKind.MENTION, str(row["id"]), row["text"], EPOCH, EPOCH)


def may_be_learnt(row: Row) -> bool:
    """Whether the row's text may be trained on: nothing that came from X, whatever field says so."""
    return not any(names_x(str(row.get(name) or "")) for name in ("platform", "source", "account", "key", "id", "url"))


def names_x(told: str) -> bool:
    """Whether a platform, a source, an account, a key or an address is of X: "x:solo", "arsip:x.solo", "x_2025"."""
    told = told.strip().casefold()
    if "//" in told:
        host = urlsplit(told).hostname or ""
        return any(host == name or host.endswith(f".{name}") for name in X_HOSTS)
    parts = re.split(r"[^a-z0-9]+", told)
    return parts[0] in X_NAMES or (parts[0] in ARCHIVES and len(parts) > 1 and parts[1] in X_NAMES)
