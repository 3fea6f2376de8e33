"""The databases of a backup as they will serve: copied, proved sound, brought up to date, erasures done again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain import Actor, StoreFault
from ops.backup_folder import AUTH, STORE, Manifest, Written, copy_checked
from ops.terminal import say
from storage import open_store
from storage.backup import contents_of, damage, end_sessions, made_ready, refuse_newer
from storage.erasures import Again, Erasure

OPS = Actor("ops")


@dataclass(frozen=True, slots=True)
class Since:
    """What the copy has to take in, and when. `tolerant`: books that do not agree are told, and no more."""

    erased: Sequence[Erasure]
    now: datetime
    tolerant: bool = False


@dataclass(frozen=True, slots=True)
class Proved:
    store: Path
    again: Again
    sessions: int = 0
    aside: tuple[Path, ...] = ()


def proved_store(source: Path, manifest: Manifest, target: Path, since: Since) -> Proved:
    """The store of a backup at `target`. Raises StoreFault for whatever is wrong with it.

    A store of an older version is migrated here and not at the next start: what cannot be migrated is no place to go.
    """
    copy_checked(source, _file(manifest, STORE), target)
    _refuse_newer(target, manifest)
    _refuse_damaged(target, source / STORE)
    found = contents_of(target)
    if found.counts != manifest.counts or found.link != manifest.link:
        raise StoreFault(f"{source / STORE}: isinya tidak seperti di manifest", hint="rusak; pilih cadangan lain")
    again = _up_to_date(source, manifest, target, since)
    made_ready(target)
    return Proved(target, again)


def _up_to_date(source: Path, manifest: Manifest, target: Path, since: Since) -> Again:
    store = open_store(target)
    try:
        again = store.erase_again(since.erased, now=since.now)
        say("memeriksa rantai audit, neraca, dan keutuhan salinan")
        problems = store.verify() + store.verify_link(manifest.link)
        for problem in problems:
            say(f"SALAH: {problem}")
        if problems and not since.tolerant:
            hint = ("tidak ada yang diganti; pilih cadangan lain, atau --with-problems bila basis datanya sudah begitu "
                    "sebelum dicadangkan")
            raise StoreFault(f"{source / STORE}: {len(problems)} masalah", hint=hint)
        store.note_access(OPS, "restored", subject=f"backup:{source.name}", now=since.now, detail={
            "taken_at": manifest.at.isoformat(), "audit": manifest.audit, "gone": str(again.gone),
            "blotted": str(again.blotted), "problems": str(len(problems))})
        if again.gone or again.blotted:
            store.compact()  # no shred of the words is left in index and log
        return again
    finally:
        store.close()
        target.with_name(f"{target.name}.lock").unlink(missing_ok=True)


def proved_auth(source: Path, manifest: Manifest, target: Path) -> int:
    """People at `target`, nobody signed in: a session that was ended since must not open again; how many were."""
    if not manifest.has(AUTH):
        return 0
    copy_checked(source, _file(manifest, AUTH), target)
    _refuse_damaged(target, source / AUTH)
    return end_sessions(target)


def _file(manifest: Manifest, name: str) -> Written:
    found = next((file for file in manifest.files if file.name == name), None)
    if found is None:
        raise StoreFault(f"{name}: tidak ada di manifest", hint="pilih cadangan lain")
    return found


def _refuse_newer(target: Path, manifest: Manifest) -> None:
    try:
        refuse_newer(target)
    except StoreFault as fault:
        raise StoreFault(f"cadangan ini ditulis Kentongan {manifest.program} (skema {manifest.schema}): {fault}",
                         hint=f"pasang Kentongan {manifest.program} atau lebih baru, lalu coba lagi") from fault


def _refuse_damaged(target: Path, named: Path) -> None:
    if problems := damage(target, thorough=True):
        raise StoreFault(f"{named}: {problems[0]}", hint="tidak ada yang diganti; pilih cadangan lain")
