"""`kentongan train`: learn anew from labelled rows and staff's corrections. Becomes the evaluation's process.

The rows are the caller's; what is written is a model of words that stand in five texts or more, and its card.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from domain import ConfigError
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption

SHORTEST_REASON = 8


def train(
    data: Annotated[Path, typer.Option("--data", help="folder berisi baris berlabel (JSON Lines)")],
    into: Annotated[Path | None, typer.Option("--into", help="folder model baru; tanpa ini `models` di pengaturan")]
    = None,
    force: Annotated[bool, typer.Option("--force", help="pakai walau tidak lebih baik; tercatat di kartunya")] = False,
    reason: Annotated[str, typer.Option("--reason", help="alasan; wajib dengan --force")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Latih model bacaan dari baris berlabel dan koreksi petugas; dipakai hanya bila lebih baik pada bagian yang
    disisihkan. Tidak pernah belajar dari X. Keluar 1 bila tidak lebih baik.

    Contoh: kentongan train --data berlabel --into var/model
    """
    if not data.is_dir():
        raise ConfigError(f"{data}: bukan folder", hint="beri folder yang memuat topic.jsonl, relevance.jsonl, ...")
    if force != bool(reason.strip()) or (force and len(reason.strip()) < SHORTEST_REASON):
        raise ConfigError("--force dan --reason hanya bersama-sama",
                          hint="tulis alasan untuk yang membaca kartu model nanti")
    if find_spec("sklearn") is None:
        raise ConfigError("scikit-learn belum terpasang", hint="pasang dulu: pip install 'kentongan[train]'")
    arguments = [str(data), "--config", str(readable(config)), *(["--store", str(store)] if store else []),
                 *(["--into", str(into)] if into else []), *(["--json"] if json else []),
                 *(["--reason", reason.strip()] if force else [])]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "evaluation.retrain", *arguments])  # noqa: S606 our own module
