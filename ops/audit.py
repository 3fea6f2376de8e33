"""`kentongan audit`: who did what, and who looked at personal data. Reads the chain, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.table import Table

from domain import ConfigError
from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, day_of, say, write_row
from settings import load
from storage.auditing import AuditQuery, AuditRow, Link

WIDEST = 60  # signs of what changed, on a terminal


def audit(
    pii: Annotated[bool, typer.Option("--pii", help="hanya siapa yang membuka data pribadi, dan alasannya")] = False,
    ticket: Annotated[int | None, typer.Option("--ticket", help="hanya tiket ini")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="hanya orang ini")] = None,
    verb: Annotated[str | None, typer.Option("--verb", help="hanya tindakan ini, mis. merge")] = None,
    since: Annotated[str | None, typer.Option("--since", help="sejak hari WIB ini")] = None,
    until: Annotated[str | None, typer.Option("--until", help="sampai hari WIB ini, termasuk")] = None,
    head: Annotated[bool, typer.Option("--head", help="hanya mata rantai terakhir, untuk dicatat di luar")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Jejak audit: siapa, kapan, apa, mengapa. Rantainya sendiri diperiksa oleh `kentongan verify`.

    Contoh: kentongan audit --pii --since 2026-11-01
    """
    zone = ZoneInfo(load(config).timezone)
    first, last = (_begins(day_of(*option), zone) for option in (("--since", since), ("--until", until)))
    query = AuditQuery(pii, ticket, actor, verb, first, last and last + timedelta(days=1))
    with opened_store(config, store) as books:
        if head:
            link = books.audit_head()
            if json:
                write_row(link._asdict())
            else:
                typer.echo(f"{link.id}:{link.hash}")
            return
        if json:
            for row in books.audit(query):
                write_row(as_output(row))
            return
        table = _table(books.audit(query), zone)
    Console(width=max(Console().width, 140)).print(table)
    if not table.row_count:
        say("tidak ada baris yang cocok")


def link_of(given: str) -> Link:
    """A link as `--head` prints it. Raises ConfigError for anything else."""
    number, _, seal = given.partition(":")
    if not number.isdigit() or len(seal) != 64:
        raise ConfigError(f"{given}: bukan mata rantai", hint="salin keluaran kentongan audit --head, mis. 1204:9f2c…")
    return Link(int(number), seal)


def as_output(row: AuditRow) -> dict[str, Any]:
    return {
        "id": row.id, "at": row.at.isoformat(), "actor": row.actor, "verb": row.verb, "ticket": row.ticket,
        "subject": row.subject, "before": row.before, "after": row.after, "reason": row.reason, "hash": row.hash,
    }


def _begins(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The beginning of a day of the office."""
    return datetime.combine(day, time(), zone) if day else None


def _table(rows: Iterable[AuditRow], zone: ZoneInfo) -> Table:
    table = Table(title="Jejak audit")
    for name in ("no", "waktu", "siapa", "apa", "tentang", "sebelum → sesudah", "alasan"):
        table.add_column(name, justify="right" if name == "no" else "left", overflow="fold")
    for row in rows:
        about = f"T-{row.ticket}" if row.ticket else row.subject or ""
        table.add_row(str(row.id), f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", row.actor, row.verb, about,
                      _change(row), row.reason or "")
    return table


def _change(row: AuditRow) -> str:
    before, after = (orjson.dumps(part).decode() if part else "" for part in (row.before, row.after))
    told = f"{before} → {after}" if before else after
    return told if len(told) <= WIDEST else told[: WIDEST - 1] + "…"
