"""Options and small readings that the verbs of `kentongan rules` share."""

from __future__ import annotations

import os
import pwd
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from domain import ConfigError
from workbench.versions import Author

SPAN = re.compile(r"(\d{1,5})([dhw])")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "w": timedelta(weeks=1)}

SinceOption = Annotated[
    str, typer.Option("--since", help="riwayat: 90d, 12h, 2w (dihitung dari kiriman terbaru), tanggal, atau all")
]
MaxBrokenOption = Annotated[
    int | None, typer.Option("--max-broken", min=0, help="paling banyak sekian keputusan petugas boleh rusak")
]


def since_of(given: str) -> timedelta | datetime | None:
    """A span, a day in UTC, or None for all of history; ConfigError for anything else."""
    if given == "all":
        return None
    if found := SPAN.fullmatch(given.strip().lower()):
        return int(found[1]) * UNITS[found[2]]
    try:
        day = datetime.fromisoformat(given)
    except ValueError as error:
        raise ConfigError(f"--since {given}: bukan rentang", hint="tulis 90d, 12h, 2w, 2026-08-01, atau all") from error
    return day if day.tzinfo else day.replace(tzinfo=UTC)


def author_of(reason: str) -> Author:
    """Who sits at this terminal, for the history."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container whose user has no name
        name = str(os.getuid())
    return Author(f"terminal:{name}", reason, datetime.now(UTC))


def jobs() -> int:
    """Processes for the reading: one a core, four at the most."""
    return max(1, min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))
