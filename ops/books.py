"""`kentongan ledger` and `kentongan verify`: that nothing was lost, and that nobody changed the record."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from domain import Fate
from ops.audit import link_of
from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, day_of, say, write_row
from storage.records import LedgerRow


def ledger(
    day: Annotated[str | None, typer.Option("--day", help="hari WIB, mis. 2026-11-02; kosong: semua")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Neraca harian: terlihat = tiket + melekat + lajur + karantina + gagal + menunggu.

    Keluar 1 bila tidak seimbang. Contoh: kentongan ledger --day 2026-11-02
    """
    with opened_store(config, store) as books:
        entries = books.ledger(day_of("--day", day))
    if json:
        for entry in entries:
            write_row({"account": entry.account, "day": entry.day.isoformat(), "seen": entry.seen,
                       **entry.fates, "balances": entry.balances})
    else:
        Console(width=max(Console().width, 120)).print(_table(entries))
    if not entries:
        say("tidak ada kiriman" + (f" pada {day}" if day else ""))
    wrong = [entry for entry in entries if not entry.balances]
    if wrong:
        say(f"TIDAK SEIMBANG: {', '.join(f'{e.account} {e.day}' for e in wrong)}")
        raise typer.Exit(1)


NAMES = {
    Fate.WAITING: "menunggu", Fate.TICKET: "tiket", Fate.ATTACHED: "melekat", Fate.LANE: "lajur",
    Fate.QUARANTINED: "karantina", Fate.FAILED: "gagal",
}


def _table(entries: list[LedgerRow]) -> Table:
    table = Table(title="Neraca", caption="terlihat = jumlah semua nasib")
    for name in ("akun", "hari", "terlihat", *NAMES.values(), "seimbang"):
        table.add_column(name, justify="left" if name in ("akun", "hari") else "right", no_wrap=True)
    for entry in entries:
        fates = [str(entry.fates.get(fate, 0)) for fate in NAMES]
        balances = "ya" if entry.balances else "TIDAK"
        table.add_row(entry.account, entry.day.isoformat(), str(entry.seen), *fates, balances)
    return table


def verify(
    head: Annotated[str | None, typer.Option("--head", help="mata rantai yang dicatat di luar (audit --head)")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Periksa rantai audit, neraca, dan keutuhan basis data; keluar 1 bila ada yang salah.

    Contoh: kentongan verify && echo utuh
    """
    kept = link_of(head) if head else None
    with opened_store(config, store) as books:
        problems = books.verify() + (books.verify_link(kept) if kept else [])
    if json:
        write_row({"ok": not problems, "problems": problems})
    else:
        for problem in problems:
            say(f"SALAH: {problem}")
        say("utuh: rantai audit, neraca, dan basis data" if not problems else f"{len(problems)} masalah")
    if problems:
        raise typer.Exit(1)
