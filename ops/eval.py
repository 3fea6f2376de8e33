"""`kentongan eval`: how well the reading and the folding do on labelled rows. Becomes the evaluation's process.

The rows are the caller's: nothing of them is kept, and texts go only into the file that `--worst` names. With `--gold`
the rows are our own invented posts instead, which come with the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from domain import ConfigError
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption

DUPLICATES = "duplicates"
READING = ("topic", "relevance", "places", "urgency")
ALL = "all"


def evaluate(
    data: Annotated[Path | None, typer.Option("--data", help="folder berisi baris berlabel (JSON Lines)")] = None,
    gold: Annotated[bool, typer.Option("--gold", help="nilai kiriman karangan kami sendiri, bukan --data")] = False,
    what: Annotated[str, typer.Option("--what", help="duplicates, topic, relevance, places, urgency, atau all")] = ALL,
    half: Annotated[str, typer.Option("--half", help="dev, held, atau all: bagian baris yang dinilai")] = "held",
    worst: Annotated[Path | None, typer.Option("--worst", help="berkas untuk kesalahan beserta sebabnya")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Ukur mutu pada baris berlabel: salinan, topik, relevansi, tempat, urgensi.

    Contoh: kentongan eval --what duplicates --data berlabel --half all
    """
    if half not in ("dev", "held", "all"):
        raise ConfigError(f"--half {half}: tidak dikenal", hint="pilih dev, held atau all")
    if gold:
        _gold(half, worst, config)
    if data is None or not data.is_dir():
        raise ConfigError(f"{data or '--data'}: bukan folder", hint="beri folder berisi dedup.jsonl, ..., atau --gold")
    if what not in (DUPLICATES, *READING, ALL):
        raise ConfigError(f"--what {what}: tidak dikenal", hint=f"pilih {DUPLICATES}, {', '.join(READING)} atau {ALL}")
    if half == "all" and what != DUPLICATES:
        raise ConfigError("--half all hanya untuk duplicates", hint="model belajar dari separuhnya: dev atau held")
    common = [str(data), "--half", half, "--config", str(readable(config))]
    sys.stdout.flush()
    if what in READING:
        _become("evaluation.score", *common, "--part", what)
    duplicates = [*common, *(["--worst", str(worst)] if worst else [])]
    if what == ALL and subprocess.run([sys.executable, "-m", "evaluation.score", *common]).returncode:  # noqa: S603 ours
        raise typer.Exit(1)
    _become("evaluation.duplicates", *duplicates)


def _gold(half: str, worst: Path | None, config: Path) -> None:
    if worst and half != "dev":
        raise ConfigError("--worst hanya untuk --half dev", hint="separuh yang disisihkan tidak dibaca siapa pun")
    shown = ["--worst", str(worst)] if worst else []
    _become("evaluation.gold", "--half", half, "--config", str(readable(config)), *shown)


def _become(module: str, *arguments: str) -> None:
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 our own module
