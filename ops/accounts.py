"""`kentongan accounts`: how each watched account stands, and what to do about it.

The daemon never logs in and never answers a challenge. It says in `state_reason` what a person has
to do; `accounts resume` is how the person says that it is done.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from domain import Account, AccountState, ConfigError
from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row

WIB = ZoneInfo("Asia/Jakarta")
STATES = {
    AccountState.OK: "baik", AccountState.BACKOFF: "menunggu", AccountState.PAUSED_BUDGET: "kuota habis",
    AccountState.NEEDS_HUMAN: "PERLU PETUGAS", AccountState.DISABLED: "mati",
}

app = typer.Typer(invoke_without_command=True)


@app.callback()
def accounts(
    context: typer.Context, config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None, json: JsonOption = False
) -> None:
    """Keadaan akun yang dipantau: status, terakhir berhasil, sebab dan yang harus dilakukan.

    Contoh: kentongan accounts
    """
    if context.invoked_subcommand:
        return
    with opened_store(config, store) as books:
        watched = books.accounts()
    if json:
        for account in watched:
            write_row({"account": account.key, "handle": account.handle, "state": account.state,
                       "reason": account.state_reason, "fail_count": account.fail_count,
                       "next_poll_at": account.next_poll_at, "last_success_at": account.last_success_at})
    else:
        Console(width=max(Console().width, 120)).print(_table(watched))


def _table(watched: list[Account]) -> Table:
    table = Table(title="Akun")
    for name in ("akun", "nama", "keadaan", "terakhir berhasil (WIB)", "sebab dan tindakan"):
        table.add_column(name)
    for account in watched:
        last = account.last_success_at
        when = last.astimezone(WIB).strftime("%d-%m %H:%M:%S") if last else "belum pernah"
        table.add_row(account.key, account.handle, STATES[account.state], when, account.state_reason)
    return table


@app.command("resume")
def resume(
    key: Annotated[str, typer.Argument(help="kunci akun, mis. x:solo")],
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Lanjutkan akun setelah token atau sesi diperbarui; langsung dipantau lagi.

    Contoh: kentongan accounts resume x:solo
    """
    with opened_store(config, store, create=True) as books:
        if key not in {account.key for account in books.accounts()}:
            raise ConfigError(f"{key}: akun tidak dikenal", hint="lihat: kentongan accounts")
        resumed = books.resume(key, now=datetime.now(UTC))
    say(f"{key}: dipantau lagi" if resumed else f"{key}: tidak sedang menunggu")
