"""When requests left for Instagram with one session: a small file beside it, on the wall clock.

instaloader's own controller counts on a clock that ends with its process, and believes that nothing was
asked before it started; its documentation names restarts as a cause of 429. A file that cannot be read is
an empty one; one that cannot be written costs the memory of the next start and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import structlog

log = structlog.get_logger("harvester.instagram")


def history_of(session_file: Path | None) -> Path | None:
    """Where the history of that session stands."""
    return session_file.with_name(f"{session_file.name}.requests") if session_file else None


def read_history(path: Path | None) -> list[datetime]:
    if path is None:
        return []
    try:
        return sorted(datetime.fromtimestamp(second, UTC) for second in orjson.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, OverflowError):
        return []


def write_history(path: Path | None, taken: Iterable[datetime]) -> None:
    if path is None:
        return
    try:
        write_private(path, orjson.dumps([at.timestamp() for at in taken]), durable=False)
    except OSError as error:
        log.warning("the history of requests is not kept", error=type(error).__name__)


def write_private(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace the file, whole or not at all, readable by its owner only; `durable`: also if the power fails now."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        if durable:
            os.fsync(file.fileno())
    fresh.replace(path)
