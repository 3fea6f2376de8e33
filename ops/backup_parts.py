"""Which files a backup takes besides the databases, and what they are called in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ops.backup_folder import CONFIG, KEY, MODEL, SECRETS, SHIPPED
from settings import Settings
from settings.models import MODEL as READING
from settings.models import WEIGHTS
from settings.reading import SHIPPED as PROGRAM
from settings.reading import layer_paths


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    source: Path


def settings_parts(settings: Settings, config: Path, *, with_secrets: bool) -> list[Part]:
    """The operators' file first, then those that it extends or includes, learnt files, and secrets where asked for.

    Files keep their places to each other, so that `extends` and `include` find them again. Data files that come with
    the program are kept as a record of what was in force; a restored installation reads those of its own version.
    """
    layers = list(dict.fromkeys(path.resolve() for path in layer_paths(config)))
    own = [path for path in layers if _shipped(path) is None]
    root = Path(os.path.commonpath([path.parent for path in own]))
    parts = [Part(f"{CONFIG}/{path.relative_to(root).as_posix()}", path) for path in own]
    parts += [Part(f"{SHIPPED}/{name}", path) for path in layers if (name := _shipped(path))]
    if settings.models.folder:
        parts += [Part(f"{MODEL}/{name}", settings.models.folder / name) for name in (READING, WEIGHTS)]
    return [*parts, *(secret_parts(settings) if with_secrets else ())]


def secret_parts(settings: Settings) -> list[Part]:
    """What signs sessions and paper codes, and the sessions that people handed over; those of them that exist."""
    parts = [Part(f"{SECRETS}/{KEY}", settings.inbox.auth_db.with_name(KEY))]
    parts += [Part(f"{SECRETS}/{name}.json", platform.session_file)
              for name, platform in sorted(settings.platforms.items()) if platform.session_file]
    return [part for part in parts if part.source.exists()]


def _shipped(path: Path) -> str | None:
    """The name of a data file of the program's below its folder."""
    return next((path.relative_to(root.resolve()).as_posix() for root in PROGRAM
                 if path.is_relative_to((root / "routing").resolve())), None)
