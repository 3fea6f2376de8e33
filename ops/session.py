"""`kentongan session import`: a person hands over an Instagram session; the daemon never logs in.

The cookies come from a browser in which the person is logged in, as JSON on standard input, and are
kept in our own JSON file that nobody else can read. Nothing is printed of them.
"""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
import typer

from domain import ConfigError
from ops.terminal import DEFAULT_CONFIG, ConfigOption, say
from settings import load

NEEDED = ("csrftoken", "ds_user_id", "sessionid")
HINT = 'tulis {"sessionid": "...", "csrftoken": "...", "ds_user_id": "..."} ke masukan baku'

app = typer.Typer(help="Sesi Instagram yang diserahkan petugas.", no_args_is_help=True)


@app.callback()
def session() -> None:
    """Sesi Instagram yang diserahkan petugas."""


@app.command("import")
def import_session(
    username: Annotated[str, typer.Option(help="nama pengguna Instagram pemilik sesi")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Simpan sesi Instagram dari kuki peramban, dibaca dari masukan baku sebagai JSON.

    Contoh: kentongan session import --username pemantau < kuki.json
    """
    from harvester.instagram_session import write_session

    path = load(config).platforms["instagram"].session_file
    if path is None:
        raise ConfigError("platforms.instagram.session_file kosong", hint="isi tempat berkas sesi di pengaturan")
    try:
        cookies = orjson.loads(sys.stdin.buffer.read(1 << 16))
        wanted = {name: value for name, value in cookies.items() if isinstance(value, str)}
    except (orjson.JSONDecodeError, AttributeError) as error:
        raise ConfigError("kuki tidak terbaca sebagai JSON", hint=HINT) from error
    if missing := [name for name in NEEDED if not wanted.get(name)]:
        raise ConfigError(f"kuki {', '.join(missing)} tidak ada", hint=HINT)
    write_session(path, username, wanted)
    say(f"disimpan: {path}; lanjutkan akun dengan: kentongan accounts resume")
