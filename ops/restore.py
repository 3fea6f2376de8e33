"""`kentongan restore`: a backup takes the place of what was there, whole or not at all, after it was proved sound."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain import ConfigError, KentonganError, StoreFault
from ops import backup_folder as folders
from ops.backup_folder import KEY, PHOTOS, SECRETS, Manifest
from ops.restored_copy import Proved, Since, proved_auth, proved_store
from ops.restored_folder import restore_folder
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, say, write_row
from settings import Settings, load
from storage import daemon_lease
from storage.backup import refuse_in_use, salvaged
from storage.erasures import Erasure, Journal
from storage.swap import BESIDE, Move, announce, finish, note_of, swap, withdraw


def restore(
    source: Annotated[Path | None, typer.Argument(metavar="FROM", help="folder satu cadangan")] = None,
    to: Annotated[Path | None, typer.Option(
        "--to", help="pulihkan ke folder baru yang berdiri sendiri, mis. untuk latihan")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="sisihkan (ganti nama) yang sudah ada")] = False,
    with_problems: Annotated[bool, typer.Option(
        "--with-problems", help="meski neraca atau rantai auditnya tidak cocok; berkas rusak tetap ditolak")] = False,
    unfinished: Annotated[bool, typer.Option("--finish", help="selesaikan pemulihan yang terputus")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Pulihkan cadangan sesudah memeriksanya, dan terapkan lagi penghapusan yang terjadi sesudah cadangan itu.

    Contoh: kentongan restore /srv/cadangan/2026-11-26_023000 --replace
    """
    if unfinished:
        settings = load(config)
        with daemon_lease(settings.store.path):
            say("pemulihan diselesaikan" if finish(settings.store.path) else "tidak ada pemulihan yang terputus")
        return
    if source is None or (to and replace):
        raise ConfigError("sebut folder cadangan; --to tidak bersama --replace",
                          hint="mis. kentongan restore /srv/cadangan/2026-11-26_023000 --to latihan")
    manifest = folders.manifest_of(source)
    say(f"memeriksa {source}: Kentongan {manifest.program}, {manifest.at:%Y-%m-%d %H:%M}, "
        f"{manifest.counts.get('mention', 0)} kiriman, {manifest.counts.get('ticket', 0)} tiket")
    now = datetime.now(UTC)
    if to:
        since = Since(_erased(source, _live_store(config)), now, with_problems)
        proved = restore_folder(source, manifest, to, since)
    else:
        proved = restore_in_place(source, manifest, load(config), replace=replace, tolerant=with_problems, now=now)
    _tell(proved, json=json)
    if to:
        say(f"jalankan dari sana: kentongan verify --config {to / 'config.yaml'}")


def _tell(proved: Proved, *, json: bool) -> None:
    if json:
        write_row({"store": str(proved.store), "gone": proved.again.gone, "blotted": proved.again.blotted,
                   "undone": list(proved.again.undone), "sessions_ended": proved.sessions,
                   "aside": [str(path) for path in proved.aside]})
    for key in proved.again.undone:
        say(f"AWAS: kata yang dihitamkan petugas di {key} tidak dapat dihitamkan lagi; hitamkan di halaman tiketnya")
    for path in proved.aside:
        say(f"disisihkan: {path}")
    say(f"pulih dan utuh: {proved.store}; diterapkan lagi: {proved.again.gone} kiriman dihapus, "
        f"{proved.again.blotted} dihitamkan; {proved.sessions} sesi petugas diakhiri")


# --- what was erased since -----------------------------------------------------------------------


def _live_store(config: Path) -> Path | None:
    """The store that is in use here, for a copy that is restored elsewhere; on another machine there is none."""
    with suppress(KentonganError):
        return load(config).store.path
    return None


def _erased(source: Path, store: Path | None) -> list[Erasure]:
    """What the journal beside the backups knows, and the store that is there, if it still can be read."""
    erased = Journal(source.resolve().parent).read()
    if store and store.exists():
        try:
            erased += salvaged(store)
        except StoreFault as fault:
            say(f"AWAS: {fault}; {fault.hint}: {Journal(source.resolve().parent).path}")
    return list({each.name: each for each in erased}.values())


# --- in place ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parts of an installation lie."""

    store: Path
    auth: Path

    @property
    def key(self) -> Path:
        return self.auth.with_name(KEY)

    @property
    def photos(self) -> Path:
        return self.store.parent / PHOTOS


def restore_in_place(
    source: Path, manifest: Manifest, settings: Settings, *, replace: bool, tolerant: bool, now: datetime
) -> Proved:
    """Where the settings say. Nothing that serves is touched before the copy is proved."""
    place = Place(settings.store.path, settings.inbox.auth_db)
    with daemon_lease(place.store):
        if finish(place.store):
            say("pemulihan sebelumnya, yang terputus, diselesaikan dulu")
        there = [path for path in (place.store, place.auth) if path.exists()]
        if there and not replace:
            raise ConfigError(f"{there[0]}: sudah ada", hint="pakai --replace: yang lama disisihkan, tidak dihapus")
        _refuse_in_use(place)
        fresh = {target: target.with_name(f"{target.name}.incoming")
                 for target in (place.store, place.auth, place.key)}
        _clear(fresh.values())
        _clear(place.photos.glob(".*.incoming"))
        try:
            since = Since(_erased(source, place.store), now, tolerant)
            return _swapped(place, fresh, _staged(source, manifest, place, fresh, since), now=now)
        except BaseException:
            if not note_of(place.store).exists():  # else they are what `--finish` needs
                _clear(fresh.values())
            raise


def _staged(source: Path, manifest: Manifest, place: Place, fresh: dict[Path, Path], since: Since) -> Proved:
    """The files of the backup beside those whose place they will take; photos at once, for they replace none."""
    folders.refuse_without_space(place.store, sum(file.bytes for file in manifest.files))
    proved = proved_store(source, manifest, fresh[place.store], since)
    sessions = proved_auth(source, manifest, fresh[place.auth])
    for file in manifest.files:
        if file.name == f"{SECRETS}/{KEY}":
            folders.copy_checked(source, file, fresh[place.key])
    for file in manifest.below(PHOTOS):
        target = place.photos / Path(file.name).name
        if not target.exists():
            part = target.with_name(f".{target.name}.incoming")
            folders.copy_checked(source, file, part)
            part.rename(target)
    return Proved(place.store, proved.again, sessions)


def _swapped(place: Place, fresh: dict[Path, Path], proved: Proved, *, now: datetime) -> Proved:
    moves = [Move(new, target, target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}"))
             for target, new in fresh.items() if new.exists()]
    old = tuple(move.aside for move in moves if move.target.exists())
    announce(place.store)
    try:
        _refuse_in_use(place)
    except BaseException:
        withdraw(place.store)
        raise
    swap(place.store, moves)
    return Proved(place.store, proved.again, proved.sessions, old)


def _refuse_in_use(place: Place) -> None:
    if place.store.exists():
        refuse_in_use(place.store)


def _clear(paths: Iterable[Path]) -> None:
    """What an earlier restore left behind when it died; nothing that serves has such a name."""
    for path in paths:
        for ending in ("", *BESIDE, ".lock"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
