"""`kentongan receive`: becomes the receiver's process, the only one that may face the internet."""

from __future__ import annotations

import os
import sys

from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption


def receive(config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None) -> None:
    """Jalankan penerima: webhook Meta dan X, JSON bertanda tangan, SMS, dan Open311.

    Contoh: kentongan receive --config config.yaml
    """
    arguments = ["--config", str(config), *(["--store", str(store)] if store else [])]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "receiver", *arguments])  # noqa: S606 our own module
