"""`kentongan accounts`: how each watched account stands, and what to do about it.

The daemon never logs in and never answers a challenge. It says in `state_reason` what a person has
to do; `accounts resume`, or `poll --backfill`, is how the person says that it is done.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from domain import AccountState, BlindWindow, ConfigError
from ops.opened_store import opened_store
from ops.poll import WIB, span_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from settings import load

if TYPE_CHECKING:
    from polling import Standing

STATES = {
    AccountState.OK: "baik", AccountState.BACKOFF: "menunggu", AccountState.PAUSED_BUDGET: "anggaran habis",
    AccountState.NEEDS_HUMAN: "PERLU PETUGAS", AccountState.DISABLED: "mati",
}
TODO = {
    "human": "{reason}; sesudah beres: kentongan poll --backfill {key}",
    "attention": "{attention}",
    "overdue": "sudah waktunya ditanya, tetapi tidak: jalankan daemon (kentongan run), lalu kentongan doctor",
    "budget": "{reason}",
    "platform": "{platform} dibiarkan sampai {open_until}: {breaker}",
    "backoff": "{reason}; dicoba lagi {next}",
    "silent": "sunyi di luar kebiasaan: bandingkan dengan platformnya; kentongan poll --backfill {key}",
    "token": "token berakhir {token}: buat yang baru",
    "money": "anggaran {forecast}",
}
EVENTS = {"renamed": "berganti nama", "note:handle_taken": "nama diambil akun lain",
          "note:endpoint_refused": "ditolak platform", "note:gap": "di luar jangkauan", "resume": "dilanjutkan",
          "backfill": "dibaca ulang"}
SHOWN_WINDOWS = 3

app = typer.Typer(invoke_without_command=True)


@app.callback()
def accounts(
    context: typer.Context, config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None, json: JsonOption = False
) -> None:
    """Keadaan akun: status, ketinggalan, kuota, perkiraan anggaran, waktu buta, dan yang harus dilakukan.

    Contoh: kentongan accounts
    """
    if context.invoked_subcommand:
        return
    from polling import standings

    with opened_store(config, store) as books:
        watched = standings(books, load(config), now=datetime.now(UTC))
    if json:
        for standing in watched:
            write_row(row_of(standing))
    else:
        Console(width=max(Console().width, 140)).print(_table(watched))


def row_of(standing: Standing) -> dict[str, Any]:
    """Stable names: other programs read this."""
    account, money, quota = standing.account, standing.purse, standing.account.quota
    return {
        "account": account.key, "handle": account.handle, "native_id": account.native_id, "state": account.state,
        "light": standing.light, "todo": list(standing.todo), "do": things_to_do(standing),
        "reason": account.state_reason, "attention": account.attention, "fail_count": account.fail_count,
        "next_poll_at": account.next_poll_at, "last_success_at": account.last_success_at,
        "read_until": account.read_until, "lag_seconds": round(standing.lag.total_seconds()) if standing.lag else None,
        "quota": quota and {"left": quota.left, "of": quota.of, "unit": quota.unit, "resets_at": quota.resets_at},
        "token_ends": standing.token_end,
        "budget": {"limit_usd": money.limit, "spent_usd": round(money.spent, 4), "per_day_usd": round(money.per_day, 4),
                   "empty_on": money.empty_on},
        "blind": [_window(w) for w in standing.windows],
    }


def _window(window: BlindWindow) -> dict[str, Any]:
    return {"since": window.since, "until": window.until, "kind": window.kind, "cause": window.cause,
            "found": window.found}


def things_to_do(standing: Standing) -> list[str]:
    """In words, each with the command where there is one."""
    from harvester.notices import forecast, without_command

    account, breaker = standing.account, standing.breaker
    words = {"reason": without_command(account.state_reason), "key": account.key, "attention": account.attention,
             "platform": account.platform, "breaker": breaker.reason, "token": standing.token_end,
             "next": _clock(account.next_poll_at), "open_until": _clock(breaker.open_until),
             "forecast": forecast(standing.purse)}
    return [TODO[name].format(**words) for name in standing.todo]


def _table(watched: list[Standing]) -> Table:
    from harvester.notices import cause_of

    table = Table(title="Akun", show_lines=True)
    for name in ("akun", "keadaan", "terbaca sampai", "sisa kuota", "anggaran", "waktu buta", "yang harus dilakukan"):
        table.add_column(name)
    for standing in watched:
        account = standing.account
        windows = [f"{span_of(w.since, w.until)}: {cause_of(w.cause)}" + (f" ({w.found} disusulkan)" if w.found else "")
                   for w in standing.windows[:SHOWN_WINDOWS]]
        more = len(standing.windows) - SHOWN_WINDOWS
        table.add_row(
            f"{account.key}\n@{account.handle.lstrip('@')}", STATES[account.state], _lag(standing), _quota(standing),
            _money(standing), "\n".join([*windows, *([f"dan {more} lagi"] if more > 0 else [])]),
            "\n".join(things_to_do(standing)))
    return table


def _lag(standing: Standing) -> str:
    if standing.lag is None:
        return "belum pernah"
    return f"{_clock(standing.account.read_until)}\n{_span(standing.lag)} lalu"


def _quota(standing: Standing) -> str:
    quota = standing.account.quota
    if quota is None:
        return "–"
    until = f"\nsampai {_clock(quota.resets_at)}" if quota.resets_at else ""
    return f"{quota.left} dari {quota.of} {quota.unit}{until}"


def _money(standing: Standing) -> str:
    from harvester.notices import forecast

    return "–" if standing.purse.limit is None else forecast(standing.purse)


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(WIB):%d-%m %H:%M}" if at else "–"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 0)} menit"
    return f"{minutes // 60} jam" if minutes < 48 * 60 else f"{minutes // 1440} hari"


@app.command("show")
def show(
    key: Annotated[str, typer.Argument(help="kunci akun, mis. x:solo")],
    config: ConfigOption = DEFAULT_CONFIG, store: StoreOption = None, json: JsonOption = False,
) -> None:
    """Riwayat satu akun: nama lama dan baru, siapa melanjutkannya, semua waktu butanya.

    Contoh: kentongan accounts show x:solo
    """
    from harvester.notices import cause_of

    with opened_store(config, store) as books:
        if key not in {account.key for account in books.accounts()}:
            raise ConfigError(f"{key}: akun tidak dikenal", hint="lihat: kentongan accounts")
        history = books.account_history(key, limit=200)
        windows = books.blind_windows(since=datetime(1970, 1, 1, tzinfo=UTC), account=key)
    for entry in history:
        if json:
            write_row({"at": entry.at, "by": entry.actor, "verb": entry.verb, "before": dict(entry.before),
                       "after": dict(entry.after), "reason": entry.reason})
        else:
            sides = (*entry.before.values(), *entry.after.values())
            told = " -> ".join(str(side) for side in sides if side is not None)
            typer.echo(f"{_clock(entry.at)}  {EVENTS.get(entry.verb, entry.verb)}  {told}  ({entry.actor})")
    for window in windows:
        if json:
            write_row(_window(window))
        else:
            span, cause = span_of(window.since, window.until), cause_of(window.cause)
            typer.echo(f"buta {span}  {cause}  {window.found} disusulkan")
    if not history and not windows and not json:
        say(f"{key}: belum ada riwayat")


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
