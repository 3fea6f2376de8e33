"""The configuration that comes with the package, and when it serves in place of the operators' own."""

from __future__ import annotations

import sys
from pathlib import Path

from ops.terminal import DEFAULT_CONFIG, say

PLACES = (Path(__file__).parent.parent / "config.yaml", Path(sys.prefix) / "share" / "kentongan" / "config.yaml")
SHIPPED = next((path for path in PLACES if path.exists()), PLACES[0])


def readable(config: Path) -> Path:
    """`config`, or the shipped file where nobody named one and this folder has none.

    For verbs that only read and judge. What writes a store or polls an account asks for its own file:
    the shipped one is somebody else's city.
    """
    if config != DEFAULT_CONFIG or config.exists():
        return config
    say(f"{config} tidak ada di sini: dipakai pengaturan bawaan (tulis milik sendiri: kentongan config init)")
    return SHIPPED
