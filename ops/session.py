"""`kentongan session login | import`: a person hands over an Instagram session; the daemon never logs in.

`login` asks for password and second factor at the terminal, `import` takes the cookies of a browser in
which the person is logged in, as JSON on standard input. Either way they are kept in our own JSON file
that nobody else can read, and nothing is printed of them. Accounts that waited for it are polled again.
"""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

import logs
from domain import AccountState, ConfigError
from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption, say
from settings import Settings, load

NEEDED = ("csrftoken", "ds_user_id", "sessionid")
HINT = 'tulis {"sessionid": "...", "csrftoken": "...", "ds_user_id": "..."} ke masukan baku'

app = typer.Typer(help="Sesi Instagram yang diserahkan petugas.", no_args_is_help=True)


@app.callback()
def session() -> None:
    """Sesi Instagram yang diserahkan petugas."""


@app.command("login")
def login(
    account: Annotated[str, typer.Argument(help="nama pengguna Instagram, atau kunci akun, mis. instagram:pemkot")],
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Masuk ke Instagram dari terminal ini; kata sandi dan kode dua langkah diketik petugas, tidak disimpan.

    Contoh: kentongan session login pemantau
    """
    from harvester.instagram_login import log_in
    from harvester.instagram_session import write_session

    settings = load(config)
    path = _session_file(settings)
    if not sys.stdin.isatty():
        raise ConfigError("kata sandi hanya diterima dari terminal", hint="jalankan di terminal, atau pakai: "
                          "kentongan session import")
    username = _username(settings, account)
    say(f"masuk ke Instagram sebagai {username}")
    password = getpass.getpass("kata sandi: ")
    logs.protect([password])
    cookies = log_in(username, password, ask_code=lambda: getpass.getpass("kode dua langkah: "),
                     base_url=settings.platforms["instagram"].base_url)
    write_session(path, username, cookies)
    say(f"disimpan: {path}")
    _resume(config, store or settings.store.path)


@app.command("import")
def import_session(
    username: Annotated[str, typer.Option(help="nama pengguna Instagram pemilik sesi")],
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Simpan sesi Instagram dari kuki peramban, dibaca dari masukan baku sebagai JSON.

    Contoh: kentongan session import --username pemantau < kuki.json
    """
    from harvester.instagram_session import write_session

    settings = load(config)
    path = _session_file(settings)
    try:
        cookies = orjson.loads(sys.stdin.buffer.read(1 << 16))
        wanted = {name: value for name, value in cookies.items() if isinstance(value, str)}
    except (orjson.JSONDecodeError, AttributeError) as error:
        raise ConfigError("kuki tidak terbaca sebagai JSON", hint=HINT) from error
    if missing := [name for name in NEEDED if not wanted.get(name)]:
        raise ConfigError(f"kuki {', '.join(missing)} tidak ada", hint=HINT)
    write_session(path, username, wanted)
    say(f"disimpan: {path}")
    _resume(config, store or settings.store.path)


def _session_file(settings: Settings) -> Path:
    path = settings.platforms["instagram"].session_file
    if path is None:
        raise ConfigError("platforms.instagram.session_file kosong", hint="isi tempat berkas sesi di pengaturan")
    return path


def _username(settings: Settings, account: str) -> str:
    """The user that logs in: named, or the one of a watched account."""
    handle = next((watched.handle for watched in settings.accounts if watched.key == account), account)
    if ":" in handle:
        raise ConfigError(f"{account}: akun tidak dikenal", hint="lihat: kentongan accounts")
    return handle.lstrip("@").lower()


def _resume(config: Path, store: Path) -> None:
    """Poll what waited for the session; a store that does not exist yet has nobody waiting."""
    if not store.exists():
        return
    with opened_store(config, store, create=True) as books:
        for waiting in books.accounts():
            if waiting.platform == "instagram" and waiting.state is AccountState.NEEDS_HUMAN:
                books.resume(waiting.key, now=datetime.now(UTC))
                say(f"{waiting.key}: dipantau lagi")
