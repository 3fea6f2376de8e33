"""`kentongan doctor`: what stands in the way of running well, each finding with its remedy.

`salah` makes the exit code 1; `awas` is something to know. No check needs a platform to answer.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from domain import ConfigError, KentonganError
from ops.backup_folder import manifest_of, wholes
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, write_row
from settings import Settings, load
from storage import open_store, sqlite_version

WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))  # SQLite's own notes on the WAL-reset bug
FREE_BYTES = 1 << 30
BACKUP_HOURS = 26  # a nightly one that is two hours late


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `level` ∈ baik, awas, salah."""

    level: str
    what: str
    remedy: str = ""


def doctor(config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None, json: JsonOption = False) -> None:
    """Periksa pemasangan: Python, SQLite, pengaturan, rahasia, basis data, ruang, kalender libur.

    Keluar 1 bila ada yang salah. Contoh: kentongan doctor
    """
    findings = list(diagnose(config, store))
    for finding in findings:
        if json:
            write_row({"level": finding.level, "what": finding.what, "remedy": finding.remedy})
        else:
            remedy = f"\n       -> {finding.remedy}" if finding.remedy else ""
            typer.echo(f"{finding.level:<6} {finding.what}{remedy}")
    if any(finding.level == "salah" for finding in findings):
        raise typer.Exit(1)


def diagnose(config: Path, store: Path | None) -> Iterator[Finding]:
    yield from _python()
    yield from _machine_code()
    yield from _sqlite()
    yield from _time_zone()
    try:
        settings = load(config)
    except ConfigError as error:
        yield Finding("salah", f"pengaturan: {error}; daemon dan kotak masuk yang sedang berjalan tetap memakai "
                               "aturan sebelumnya", "; ".join(error.problems[:3]) or error.hint)
        return
    yield Finding("baik", f"pengaturan {config}: aturan {settings.ruleset}")
    path = store or settings.store.path
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _platforms(settings), lambda: _disk(path), lambda: _store(path, settings), lambda: _holidays(),
        lambda: _mail(settings), lambda: _outside(settings), lambda: _receive(settings),
        lambda: _backups(settings),
    )
    for check in checks:
        yield from check()


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] < (3, 15)
    yield Finding("baik" if good else "salah", f"Python {version}", "" if good else "pasang Python 3.11 sampai 3.14")


def _machine_code() -> Iterator[Finding]:
    """Whether posts are read by machine code; what was made of older sources is not taken up."""
    from nlp.machine_code import ROOT, folder_of, in_use, is_current

    if in_use():
        yield Finding("baik", "membaca dengan kode mesin")
    elif folder_of(ROOT).exists() and not is_current(ROOT):
        yield Finding("awas", "kode mesin berasal dari sumber lama: membaca dengan Python, lebih lambat",
                      "make machine-code, lalu jalankan ulang daemon")
    else:
        yield Finding("baik", "membaca dengan Python")


def _sqlite() -> Iterator[Finding]:
    version = sqlite_version()
    text = ".".join(map(str, version))
    if any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED) or version >= (3, 51, 3):
        yield Finding("baik", f"SQLite {text}")
    else:
        yield Finding("awas", f"SQLite {text} punya cacat WAL-reset",
                      "semua tulisan kami memakai satu kunci, jadi aman; jangan tulisi basis data dengan alat lain. "
                      "Pasang SQLite 3.51.3 atau lebih baru bila ada")


def _time_zone() -> Iterator[Finding]:
    try:
        ZoneInfo("Asia/Jakarta")
    except ZoneInfoNotFoundError:
        yield Finding("salah", "zona waktu Asia/Jakarta tidak ada", "pasang paket tzdata")
    else:
        yield Finding("baik", "zona waktu Asia/Jakarta")


def _platforms(settings: Settings) -> Iterator[Finding]:
    for name, platform in settings.platforms.items():
        if not platform.enabled:
            yield Finding("baik", f"{name}: mati di pengaturan")
        elif platform.session_file is not None and not platform.session_file.exists():
            yield Finding("awas", f"{name}: berkas sesi {platform.session_file} belum ada",
                          "seorang petugas membuat sesi, bukan daemon")
        elif platform.token_env and not os.environ.get(platform.token_env):
            yield Finding("awas", f"{name}: {platform.token_env} kosong",
                          f"isi lewat lingkungan: export {platform.token_env}=... atau EnvironmentFile= di systemd")
        else:
            yield Finding("baik", f"{name}: siap")


def _local(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(ZoneInfo(settings.timezone)):%d-%m-%Y %H:%M} WIB"


def _disk(path: Path) -> Iterator[Finding]:
    folder = next(parent for parent in path.resolve().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    enough = free > FREE_BYTES
    yield Finding("baik" if enough else "salah", f"ruang kosong {free // (1 << 20)} MiB di {folder}",
                  "" if enough else "kosongkan ruang: daemon berhenti menulis bila penuh")


def _store(path: Path, settings: Settings) -> Iterator[Finding]:
    if not path.exists():
        yield Finding("awas", f"{path}: belum ada basis data", "kentongan init")
        return
    try:
        books = open_store(path, lock_seconds=settings.store.lock_seconds, read_only=True)
        facts, problems, version = books.facts(), books.verify(), next(iter(books.rules_versions()), None)
        books.close()
    except KentonganError as error:
        yield Finding("salah", f"{path}: {error}", error.hint)
        return
    yield Finding("baik", f"{path}: skema {facts.get('schema')}, menunggu {facts.get('backlog')}")
    if version is not None and version.hash == settings.ruleset:
        yield Finding("baik", f"aturan v{version.n} berlaku sejak {_local(version.at, settings)} ({version.actor})")
    elif version is not None:
        yield Finding("awas", f"berkas pengaturan (aturan {settings.ruleset}) belum dipakai: "
                              f"yang berlaku v{version.n} ({version.hash})",
                      "daemon memuatnya sendiri dalam 10 detik; jalankan daemon bila mati")
    for problem in problems:
        yield Finding("salah", problem, "simpan salinan berkasnya, lalu kentongan verify")


def _holidays() -> Iterator[Finding]:
    from routing.clocks import missing_years

    for year in missing_years(datetime.now(UTC)):
        yield Finding("awas", f"hari libur tahun {year} belum lengkap",
                      "perbarui paket holidays: batas hari kerja bisa keliru")


def _mail(settings: Settings) -> Iterator[Finding]:
    wanted = any(n.startswith("email:") for d in settings.departments.values() for n in d.notify)
    if wanted and not settings.mail.host:
        yield Finding("salah", "ada tujuan email: tetapi mail.host kosong", "isi mail.host di pengaturan")


def _outside(settings: Settings) -> Iterator[Finding]:
    """Webhooks and the bot need their secrets before the first notice waits for them."""
    told = [address for each in settings.departments.values() for address in each.notify]
    told += [*settings.ops.notify, *(step.to for chain in settings.calls.chains.values() for step in chain)]
    notices = settings.notices
    wanted = {notices.webhooks[name].secret_env for kind, _, name in (each.partition(":") for each in told)
              if kind == "webhook" and name in notices.webhooks}
    wanted |= {notices.telegram.token_env} if any(each.startswith("telegram:") for each in told) else set()
    for name in sorted(wanted):
        if not os.environ.get(name):
            yield Finding("salah", f"pemberitahuan: {name} kosong", f"isi lewat lingkungan: export {name}=...")
    if wanted and not notices.link:
        yield Finding("awas", "notices.link kosong: pemberitahuan tanpa tautan ke tiket",
                      "isi alamat kotak masuk, mis. https://aduan.example.go.id")


def _receive(settings: Settings) -> Iterator[Finding]:
    """The receiver does not start without the secrets of the doors that are open."""
    receive, x = settings.receive, settings.platforms.get("x")
    if not receive.enabled:
        yield Finding("baik", "penerima: mati di pengaturan")
        return
    wanted = [channel.secret_env for channel in receive.channels.values() if channel.enabled]
    wanted += [receive.meta.verify_env, receive.meta.secret_env] if receive.meta.enabled else []
    wanted += [receive.x.secret_env] if receive.x.enabled and x and x.enabled else []
    missing = [name or "(tanpa nama)" for name in wanted if not os.environ.get(name or "")]
    if missing:
        yield Finding("salah", f"penerima: {', '.join(missing)} kosong", "isi rahasianya lewat lingkungan, atau "
                      "matikan kanalnya di receive")
    else:
        yield Finding("baik", f"penerima: siap di {receive.host}:{receive.port}")


def _backups(settings: Settings) -> Iterator[Finding]:
    """How old the newest one is; nothing where no folder is named, for the copies may be somebody else's duty."""
    place = settings.backup.dir
    if place is None:
        return
    newest = next(reversed(wholes(place)), None)
    if newest is None:
        yield Finding("awas", f"{place}: belum ada cadangan", "kentongan backup, lalu jadwalkan (docs/backup.md)")
        return
    try:
        hours = int((datetime.now(UTC) - manifest_of(newest).at).total_seconds() // 3600)
    except KentonganError as error:
        yield Finding("salah", str(error), "kentongan backup")
        return
    old = hours > BACKUP_HOURS
    yield Finding("awas" if old else "baik", f"cadangan terbaru {newest}, {hours} jam yang lalu",
                  "kentongan backup; periksa penjadwalnya" if old else "")
