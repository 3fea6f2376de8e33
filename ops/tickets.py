"""`kentongan tickets export`: every ticket, in order, the same bytes for the same story."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, Any

import typer

from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption, progress, write_row
from personal_data import Mask, masked
from routing.handing_out import harmless, open311_of, sp4n_of
from settings import Settings, load

app = typer.Typer(help="Tiket: ekspor.", no_args_is_help=True)

Row = dict[str, Any]
COLUMNS = ("id", "department", "status", "topic", "urgency", "priority", "opened_at", "due_at", "due_rule",
           "parent", "size", "platform", "url", "place", "text", "rule", "ruleset", "rules_version")


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    OPEN311 = "open311"
    SP4N = "sp4n"


@app.callback()
def tickets() -> None:
    """Tiket: ekspor."""


@app.command("export")
def export(
    form: Annotated[Format, typer.Option("--format", help="bentuk keluaran")] = Format.JSONL,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Tulis semua tiket ke keluaran baku; isi sama, bita sama. Data pribadi ditutup.

    Contoh: kentongan tickets export --format csv > tiket.csv
    """
    official = official_handles(load(config))
    with opened_store(config, store) as books, progress("mengekspor") as advance:

        def watched() -> Iterable[Row]:
            for row in books.export_tickets():
                advance()
                yield without_personal_data(row, official)

        WRITERS[form](watched())


def official_handles(settings: Settings) -> frozenset[str]:
    """Handles that name no citizen: the watched accounts and the departments' own."""
    departments = (handle for d in settings.departments.values() for handle in d.handles)
    return frozenset(handle.lower() for handle in (*(a.handle for a in settings.accounts), *departments))


def without_personal_data(row: Row, official: frozenset[str]) -> Row:
    """The row as it may leave the house: numbers, addresses and handles in the text are masked."""
    spans = [Mask(p["start"], p["end"], p["type"]) for p in row.pop("pii")]
    return {**row, "text": masked(row["text"], spans, official=official)}


def _jsonl(rows: Iterable[Row]) -> None:
    for row in rows:
        write_row(row)


def _csv(rows: Iterable[Row]) -> None:
    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([harmless(row.get(name)) for name in COLUMNS])


def _open311(rows: Iterable[Row]) -> None:
    """GeoReport v2 service requests. A secret ticket and the reporter never appear in it."""
    for row in rows:
        if not row.get("sensitive"):
            write_row(open311_of(row))


def _sp4n(rows: Iterable[Row]) -> None:
    for row in rows:
        write_row(sp4n_of(row))


WRITERS: dict[Format, Callable[[Iterable[Row]], None]] = {
    Format.JSONL: _jsonl, Format.CSV: _csv, Format.OPEN311: _open311, Format.SP4N: _sp4n,
}
