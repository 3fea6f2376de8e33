"""`kentongan rules export` and `rules import`: the routing table as CSV or XLSX, edited in a spreadsheet."""

from __future__ import annotations

import difflib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from domain import ConfigError
from ops.rules_shared import author_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption, say
from settings import load
from settings.files import checked


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


def export(
    path: Annotated[Path, typer.Argument(help="berkas yang ditulis, .csv atau .xlsx")],
    form: Annotated[Format | None, typer.Option("--format", help="bentuk; tanpa ini menurut akhiran nama")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tulis tabel rute sebagai lembar kerja: satu baris satu rute, menurut urutan berlakunya.

    Contoh: kentongan rules export rute.xlsx
    """
    from workbench.table import rows_of, write_sheet

    load(config)
    path = _named(path, form)
    rows = rows_of(config.read_text(encoding="utf-8"))
    write_sheet(path, rows)
    say(f"ditulis: {path}, {len(rows) - 1} rute")


def _named(path: Path, form: Format | None) -> Path:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        if form is None:
            raise ConfigError(f"{path}: bentuk tidak jelas", hint="akhiri dengan .csv atau .xlsx, atau pakai --format")
        return path.with_name(f"{path.name}.{form}")
    if form is not None and path.suffix.lower() != f".{form}":
        raise ConfigError(f"{path}: bukan akhiran .{form}", hint="samakan akhiran dengan --format")
    return path


def bring_in(
    path: Annotated[Path, typer.Argument(help="lembar kerja, .csv atau .xlsx")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="hanya tunjukkan baris config.yaml yang berubah")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="tulis rancangan ke berkas lain saja")] = None,
    reason: Annotated[str, typer.Option("--reason", help="alasan; wajib bila langsung berlaku")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Masukkan lembar kerja ke tabel rute config.yaml; komentar dan urutan baris lain tetap.

    Kesalahan disebut dengan nomor baris lembar. Contoh: kentongan rules import rute.xlsx --to rancangan.yaml
    """
    from workbench.table import merged, read_sheet

    settings = load(config)
    text = config.read_text(encoding="utf-8")
    draft = merged(text, read_sheet(path), settings, sheet=path)
    checked(draft, beside=config)
    old, new = text.splitlines(), draft.splitlines()
    changed = list(difflib.unified_diff(old, new, str(config), "rancangan", lineterm="", n=1))
    if dry_run or not changed:
        for line in changed:
            typer.echo(line)
        say(f"{sum(line[:1] in '+-' for line in changed[2:])} baris berbeda; tidak ada yang ditulis")
    elif to is not None:
        to.write_text(draft, encoding="utf-8")
        say(f"ditulis: {to}; lihat akibatnya: kentongan rules diff {to}")
    else:
        _save(config, draft, reason, store)


def _save(config: Path, draft: str, reason: str, store: Path | None) -> None:
    from ops.opened_store import opened_store
    from workbench import versions

    with opened_store(config, store, create=True) as books:
        n, settings = versions.save(books, config, draft, author_of(reason), gate={"source": "sheet"})
    say(f"v{n} disimpan: aturan {settings.ruleset}")
