"""`kentongan poll`: ask accounts now, or read them again from a moment on, and say which blind windows that closed.

One process polls at a time. Where no daemon runs, this one does it itself, with the tokens of its own environment;
where one does, it is handed the wish through the store, and its answer is waited for.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

import logs
from domain import AccountState, ConfigError, StoreBusy
from ops.rules_shared import SPAN, UNITS
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from settings import Settings, load

if TYPE_CHECKING:
    from storage.store import Store

WIB = ZoneInfo("Asia/Jakarta")
LOOK_SECONDS = 0.5


def poll(
    accounts: Annotated[list[str] | None, typer.Argument(help="kunci akun; kosong: semua yang menyala")] = None,
    backfill: Annotated[bool, typer.Option("--backfill", help="lanjutkan yang berhenti dan susulkan yang terlewat")]
    = False,
    since: Annotated[str | None, typer.Option("--since", help="baca ulang sejak: 2026-11-02T02:10 (WIB), 12h, 3d")]
    = None,
    wait: Annotated[float, typer.Option("--wait", help="detik menunggu daemon yang sedang berjalan", min=0)] = 60.0,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Tanyai akun sekarang; dengan --backfill juga akun yang menunggu orang atau kredit, sejak terakhir terbaca.

    Keluar 1 bila ada akun yang tetap tidak terbaca. Contoh: kentongan poll --backfill --since 12h facebook:solo
    """
    from polling import configured_accounts
    from storage import daemon_lease, open_store

    settings = load(config)
    logs.protect(settings.secret_values())
    moment = since_of(since, now=datetime.now(UTC)) if since else None
    if moment and not backfill:
        raise ConfigError("--since hanya bersama --backfill", hint="kentongan poll --backfill --since 12h")
    path = store or settings.store.path
    path.parent.mkdir(parents=True, exist_ok=True)
    books = open_store(path, lock_seconds=settings.store.lock_seconds)
    try:
        if not books.accounts():
            books.sync_accounts(configured_accounts(settings), now=datetime.now(UTC))
        keys = _keys(books, accounts or [])
        asked_at = datetime.now(UTC)
        try:
            with daemon_lease(path):
                books.sync_accounts(configured_accounts(settings), now=asked_at)
                _ask(books, keys, backfill=backfill, since=moment)
                _poll(books, settings, keys)
        except StoreBusy:
            say("daemon sedang berjalan: permintaan diserahkan kepadanya")
            _ask(books, keys, backfill=backfill, since=moment)
            _wait(books, keys, asked_at, seconds=wait)
        done = _tell(books, keys, asked_at, json=json)
    finally:
        books.close()
    if not done:
        raise typer.Exit(1)


def since_of(given: str, *, now: datetime) -> datetime:
    """A span back from now, or a moment; one without a zone is WIB, as the clocks on the wall."""
    if found := SPAN.fullmatch(given.strip().lower()):
        return now - int(found[1]) * UNITS[found[2]]
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ConfigError(f"--since {given}: bukan waktu", hint="tulis 12h, 3d, 2026-11-02 atau 2026-11-02T02:10"
                          ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=WIB)).astimezone(UTC)


def _keys(books: Store, wanted: Sequence[str]) -> list[str]:
    known = {account.key: account for account in books.accounts()}
    if unknown := [key for key in wanted if key not in known]:
        raise ConfigError(f"{', '.join(unknown)}: akun tidak dikenal", hint="lihat: kentongan accounts")
    return list(wanted) or [key for key, account in known.items() if account.state is not AccountState.DISABLED]


def _ask(books: Store, keys: Sequence[str], *, backfill: bool, since: datetime | None) -> None:
    if backfill:
        books.ask_backfill(keys, since=since, now=datetime.now(UTC))


def _poll(books: Store, settings: Settings, keys: Sequence[str]) -> None:
    """Ask them here, one platform after the other; nobody before their time."""
    from harvester import build_connectors
    from polling import Poller

    poller = Poller(books, settings, build_connectors(settings), lambda: datetime.now(UTC), random.SystemRandom())
    for accounts in poller.due().values():
        poller.poll([account for account in accounts if account.key in keys])


def _wait(books: Store, keys: Sequence[str], asked_at: datetime, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if all(_answered(account.last_success_at, account.state, asked_at) or account.state is AccountState.DISABLED
               for account in books.accounts() if account.key in keys):
            return
        time.sleep(LOOK_SECONDS)


def _answered(success: datetime | None, state: AccountState, asked_at: datetime) -> bool:
    return state is not AccountState.OK or (success is not None and success >= asked_at)


def _tell(books: Store, keys: Sequence[str], asked_at: datetime, *, json: bool) -> bool:
    """A row an account: whether it was read, and the windows that closed since; whether all of them were read."""
    well = True
    for account in books.accounts():
        if account.key not in keys:
            continue
        read = account.last_success_at is not None and account.last_success_at >= asked_at
        well = well and (read or account.state is AccountState.OK)
        closed = [w for w in books.blind_windows(since=asked_at - timedelta(days=30), account=account.key)
                  if w.until is not None and (w.until >= asked_at or w.kind == "late")]
        if json:
            write_row({"account": account.key, "read": read, "state": account.state, "reason": account.state_reason,
                       "closed": [{"since": w.since, "until": w.until, "kind": w.kind, "cause": w.cause,
                                   "found": w.found} for w in closed]})
            continue
        say(f"{account.key}: " + ("terbaca" if read else f"tidak dibaca: {account.state_reason or 'belum waktunya'}"))
        for window in closed:
            say(f"  tertutup: buta {span_of(window.since, window.until)}, {window.cause}; "
                f"{window.found} kiriman disusulkan")
    return well


def span_of(since: datetime, until: datetime | None) -> str:
    """"02-11 02:10-05:40 WIB"; the second day where it is another."""
    begin = since.astimezone(WIB)
    if until is None:
        return f"sejak {begin:%d-%m %H:%M} WIB"
    end = until.astimezone(WIB)
    return f"{begin:%d-%m %H:%M}–{end:%H:%M} WIB" if begin.date() == end.date() else (
        f"{begin:%d-%m %H:%M} – {end:%d-%m %H:%M} WIB")


