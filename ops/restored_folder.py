"""A backup restored into a folder of its own: another machine, or a drill beside the one that serves."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson

from domain import ConfigError, KentonganError
from ops import backup_folder as folders
from ops.backup_folder import AUTH, CONFIG, KEY, MODEL, PHOTOS, SECRETS, STORE, Manifest
from ops.restored_copy import Proved, Since, proved_auth, proved_store
from ops.terminal import say
from settings import load
from storage.swap import flush

HEAD = """# Ditulis kentongan restore dari cadangan {name}: pengaturan cadangan itu, dengan tempat di folder ini.
# Hapus baris `extends` dan seterusnya bila berkas di {config} sudah disesuaikan dengan tempat yang baru.
"""


def restore_folder(source: Path, manifest: Manifest, to: Path, since: Since) -> Proved:
    """Everything in the new folder `to`, which appears by one renaming. Nothing in it leads out of it."""
    to = to.absolute()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise ConfigError(f"{to}: sudah ada isinya", hint="sebut folder baru")
    part = to.with_name(f".{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        folders.refuse_without_space(part, sum(file.bytes for file in manifest.files))
        proved = proved_store(source, manifest, part / STORE, since)
        sessions = proved_auth(source, manifest, part / AUTH)
        for file in manifest.files:
            folder = file.name.partition("/")[0]
            if folder in (PHOTOS, CONFIG, MODEL, SECRETS):
                target = KEY if file.name == f"{SECRETS}/{KEY}" else file.name
                folders.copy_checked(source, file, part / target)
        folders.write_private(part / "config.yaml", overlay(source.name, manifest, to).encode())
        flush(part)
        part.rename(to)
        flush(to.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _look_at(to / "config.yaml")
    return Proved(to / STORE, proved.again, sessions)


def overlay(name: str, manifest: Manifest, to: Path) -> str:
    """Settings over those of the backup: every place is in this folder, and no backup goes where the real ones go."""
    rows: dict[str, object] = {
        "extends": manifest.config, "store": {"path": str(to / STORE)}, "inbox": {"auth_db": str(to / AUTH)},
        "backup": {"dir": None},
    }
    if manifest.below(MODEL):
        rows["models"] = MODEL
    sessions = [Path(file.name) for file in manifest.below(SECRETS) if file.name.endswith(".json")]
    if sessions:
        rows["platforms"] = {path.stem: {"session_file": str(to / path)} for path in sessions}
    lines = [f"{key}: {orjson.dumps(value).decode()}\n" for key, value in rows.items()]
    return HEAD.format(name=name, config=manifest.config) + "".join(lines)


def _look_at(config: Path) -> None:
    """Old settings that this version does not take are no reason to have no tickets."""
    try:
        load(config)
    except KentonganError as error:
        say(f"AWAS: {error}; periksa: kentongan config check {config}")
