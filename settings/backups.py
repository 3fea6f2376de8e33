"""The section `backup:`: where copies of everything are kept, and how many."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from settings.model import Model


class BackupSettings(Model):
    """`kentongan backup` without `--to` goes to `dir`, and the daemon keeps the erasure journal there."""

    dir: Path | None = None
    keep: int = Field(0, ge=0, le=10_000)  # whole ones; 0: none is ever dropped
