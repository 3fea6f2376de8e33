"""`kentongan brief`: the Monday brief on paper, for a mail that cron sends or a table that somebody works on."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from domain import Actor, ConfigError
from ops.opened_store import opened_store
from ops.terminal import DEFAULT_CONFIG, ConfigOption, StoreOption
from routing.rules import compile_rules
from settings import load
from workbench.brief import brief as told
from workbench.brief_sheet import as_csv, as_text
from workbench.periods import usual
from workbench.periods import week as named_week


class Form(StrEnum):
    TEXT = "text"
    CSV = "csv"


def brief(
    week: Annotated[str | None, typer.Option("--week", help="minggu ISO, mis. 2026-W48; kosong: minggu hari kemarin")]
    = None,
    department: Annotated[str | None, typer.Option("--department", help="hanya dinas ini, termasuk tiket sensitifnya")]
    = None,
    form: Annotated[Form, typer.Option("--format", help="bentuk keluaran")] = Form.TEXT,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
) -> None:
    """Laporan Senin: topik, lewat batas, pantulan, dinas diam, lajur, jendela buta, perkara terbesar.

    Tanpa --department tiket sensitif tidak dihitung. Contoh: kentongan brief --week 2026-W48 --format csv > senin.csv
    """
    now = datetime.now(UTC)
    rules = compile_rules(load(config))
    if department is not None and department not in rules.departments:
        raise ConfigError(f"--department {department}: tidak dikenal", hint="lihat departments di config.yaml")
    reader = Actor("laporan", (department,)) if department else Actor("laporan", all_departments=True)
    period = named_week(week) if week else usual(now)
    with opened_store(config, store) as books:
        found = told(books, rules, reader, period, now=now, department=department, lanes=department is None)
    sys.stdout.write(as_csv(found, rules) if form is Form.CSV else as_text(found, rules))
