"""`kentongan run`: becomes the daemon. Nothing is imported upwards; one process replaces the other."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    once: Annotated[bool, typer.Option("--once", help="kerjakan yang jatuh tempo, lalu selesai")] = False,
    replay: Annotated[Path | None, typer.Option("--replay", help="folder arsip, tanpa jaringan")] = None,
    store: StoreOption = None,
) -> None:
    """Jalankan daemon: memantau akun, mengekstrak, melipat kiriman ulang, membuka tiket.

    Contoh: kentongan run --once --replay fixtures/day1
    """
    arguments = ["--config", str(config)]
    arguments += ["--once"] if once else []
    arguments += ["--replay", str(replay)] if replay else []
    arguments += ["--store", str(store)] if store else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "run_daemon", *arguments])  # noqa: S606 our own module
