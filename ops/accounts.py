"""`kentongan accounts`: how each watched account stands, and what to do about it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, write_row

WIB = ZoneInfo("Asia/Jakarta")


def accounts(config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None, json: JsonOption = False) -> None:
    """Keadaan akun yang dipantau: status, terakhir berhasil, sebab dan yang harus dilakukan.

    Contoh: kentongan accounts
    """
    with opened_store(config, store) as books:
        watched = books.accounts()
    if json:
        for account in watched:
            write_row({"account": account.key, "handle": account.handle, "state": account.state,
                       "reason": account.state_reason, "fail_count": account.fail_count,
                       "next_poll_at": account.next_poll_at, "last_success_at": account.last_success_at})
        return
    table = Table(title="Akun")
    for name in ("akun", "nama", "keadaan", "terakhir berhasil (WIB)", "sebab dan tindakan"):
        table.add_column(name)
    for account in watched:
        last = account.last_success_at
        when = last.astimezone(WIB).strftime("%d-%m %H:%M:%S") if last else "belum pernah"
        table.add_row(account.key, account.handle, account.state, when, account.state_reason)
    Console(width=max(Console().width, 120)).print(table)
