"""`kentongan backup`: a copy of everything, beside a running daemon and inbox, checked before it counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from domain import ConfigError, StoreFault
from ops import backup_folder as folders
from ops.backup_folder import AUTH, MANIFEST, PHOTOS, STORE, Manifest, Written
from ops.backup_parts import Part, settings_parts
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, progress, say, write_row
from settings import Settings, load
from storage.backup import Contents, copy_database, copy_store, damage, is_older, photos_of, salvaged
from storage.erasures import Journal
from storage.swap import refuse_unfinished

LOOK_SECONDS = 0.2


def backup(
    to: Annotated[Path | None, typer.Option("--to", help="folder cadangan; kosong: backup.dir di pengaturan")] = None,
    keep: Annotated[int | None, typer.Option(
        "--keep", min=0, help="sisakan sekian cadangan utuh, buang yang tertua; 0: semua; kosong: backup.keep")] = None,
    with_secrets: Annotated[bool, typer.Option(
        "--with-secrets", help="sertakan kunci kotak masuk dan sesi Instagram")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Salin tiket, akun petugas, foto penutup, dan pengaturan, selagi semuanya berjalan; lalu periksa salinannya.

    Contoh: kentongan backup --to /srv/cadangan --keep 14
    """
    settings = load(config)
    place = to or settings.backup.dir
    if place is None:
        raise ConfigError("belum ada folder cadangan", hint="tulis backup.dir di pengaturan, atau pakai --to FOLDER")
    begun = time.monotonic()
    with folders.alone(place):
        taken = take(Taking(settings, config, store or settings.store.path, with_secrets), place, now=datetime.now(UTC))
        keeping = settings.backup.keep if keep is None else keep
        dropped = folders.drop_oldest(place, keep=keeping, store=taken.manifest.store)
    manifest, size = taken.manifest, sum(file.bytes for file in taken.manifest.files)
    for name in taken.missing:
        say(f"AWAS: foto {name} disebut tiket tetapi tidak ada di folder {PHOTOS}")
    if json:
        write_row({"folder": str(taken.folder), "bytes": size, "seconds": round(time.monotonic() - begun, 1),
                   "audit": manifest.audit, "day": manifest.day, "counts": manifest.counts,
                   "missing": taken.missing, "dropped": [str(each) for each in dropped]})
        return
    for each in dropped:
        say(f"dibuang: {each}")
    say(f"utuh: {taken.folder} ({size >> 20} MiB, {manifest.counts['mention']} kiriman, {manifest.counts['ticket']} "
        f"tiket)\nmata rantai audit: {manifest.audit}")


@dataclass(frozen=True, slots=True)
class Taking:
    """Of what a backup is taken."""

    settings: Settings
    config: Path
    store: Path
    with_secrets: bool = False

    @property
    def photos(self) -> Path:
        return self.store.parent / PHOTOS


@dataclass(frozen=True, slots=True)
class Taken:
    folder: Path
    manifest: Manifest
    missing: list[str]  # photos that a ticket names and that are not there


def take(what: Taking, place: Path, *, now: datetime) -> Taken:
    """One backup in `place`, where nobody else is at work. It is there whole, or not at all."""
    refuse_unfinished(what.store)
    if not what.store.exists():
        raise ConfigError(f"{what.store}: belum ada basis data", hint="jalankan dulu: kentongan run")
    parts = settings_parts(what.settings, what.config, with_secrets=what.with_secrets)
    folders.refuse_without_space(place, _size(what, parts))
    at = now.astimezone(ZoneInfo(what.settings.timezone)).replace(microsecond=0)
    with folders.new(place, at=at) as (part, whole):
        contents, missing = _copied(what, parts, part)
        files = tuple(_checked(part))
        manifest = Manifest(version("kentongan"), contents.schema, at, str(what.store.resolve()), parts[0].name,
                            f"{contents.link.id}:{contents.link.hash}", contents.day, dict(contents.counts), files)
        folders.write_private(part / MANIFEST, manifest.as_json())
    Journal(place).note(salvaged(what.store))  # an older backup can be asked of it what was erased until now
    return Taken(whole, manifest, missing)


def before_migration(settings: Settings, config: Path, store: Path) -> None:
    """A store of an older version is copied before the daemon changes its tables, where a folder is configured."""
    place = settings.backup.dir
    if place and store.exists() and store.stat().st_size and is_older(store):
        with folders.alone(place):
            taken = take(Taking(settings, config, store), place, now=datetime.now(UTC))
        say(f"cadangan sebelum pemutakhiran skema: {taken.folder}")


def _size(what: Taking, parts: list[Part]) -> int:
    files = [what.store, what.store.with_name(f"{what.store.name}-wal"), what.settings.inbox.auth_db,
             *(part.source for part in parts), *(what.photos.iterdir() if what.photos.is_dir() else ())]
    return sum(file.stat().st_size for file in files if file.is_file())


def _copied(what: Taking, parts: list[Part], part: Path) -> tuple[Contents, list[str]]:
    """The store first: every photo that its copy knows has been written before."""
    say(f"menyalin {what.store} ({what.store.stat().st_size >> 20} MiB)")
    with _shown("menyalin", what.store, part / STORE):
        contents = copy_store(what.store, part / STORE)
    auth = what.settings.inbox.auth_db
    if auth.exists():
        copy_database(auth, part / AUTH)
    missing = []
    for name in photos_of(part / STORE):
        try:
            folders.write_private(part / PHOTOS / name, (what.photos / name).read_bytes())
        except FileNotFoundError:
            missing.append(name)
    for each in parts:
        folders.write_private(part / each.name, each.source.read_bytes())
    return contents, missing


def _checked(part: Path) -> Iterator[Written]:
    """Every file as it lies on the disk, by name; the databases are looked through meanwhile. Raises StoreFault."""
    names = sorted(str(path.relative_to(part).as_posix()) for path in part.rglob("*") if path.is_file())
    total = sum((part / name).stat().st_size for name in names)
    say(f"memeriksa salinan: {len(names)} berkas")
    with ThreadPoolExecutor(1) as beside, progress("memeriksa MiB", total=total >> 20) as advance:
        looked = [(name, beside.submit(damage, part / name, thorough=False)) for name in (STORE, AUTH) if name in names]
        for name in names:
            found = folders.written(part, name)
            advance(found.bytes >> 20)
            yield found
        for name, answer in looked:
            if problems := answer.result():
                raise StoreFault(f"salinan {name} rusak: {problems[0]}", hint="periksa disk, lalu: kentongan verify")


@contextmanager
def _shown(what: str, source: Path, target: Path) -> Iterator[None]:
    """A bar that follows the growing file, on a terminal; the copy itself is one step, in one transaction."""
    size, ended = source.stat().st_size, threading.Event()
    with progress(f"{what} MiB", total=size >> 20) as advance:
        follower = threading.Thread(target=_follow, args=(target, advance, ended), daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()


def _follow(target: Path, advance: Callable[[int], None], ended: threading.Event) -> None:
    told = 0
    while not ended.wait(LOOK_SECONDS):
        now = target.stat().st_size >> 20 if target.exists() else 0
        advance(now - told)
        told = now
