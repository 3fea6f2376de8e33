"""`kentongan rules lint`: what in the rules does nothing, cannot do anything, or does too much."""

from __future__ import annotations

import json as plain_json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.opened_store import opened_store
from ops.rules_shared import SinceOption, since_of
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, StoreOption, say, write_row
from settings import Settings, load
from settings.reading import Lines


def lint(
    path: Annotated[Path | None, typer.Argument(help="berkas yang diperiksa; tanpa ini: --config")] = None,
    since: SinceOption = "90d",
    strict: Annotated[bool, typer.Option("--strict", help="keluar 1 bila ada temuan yang pasti")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    store: StoreOption = None,
    json: JsonOption = False,
) -> None:
    """Cari rute mati, terhalang, atau serakah; kata yang diam atau ganda; topik dan dinas yang tidak tercapai.

    Tanpa basis data, yang berdasar riwayat dilewati. Contoh: kentongan rules lint --since 90d --strict
    """
    from workbench.diff import since_when
    from workbench.lint import lint as findings_of
    from workbench.lint import traffic_of

    settings = load(path or config)
    traffic = None
    if (store or load(config).store.path).exists():
        with opened_store(config, store) as books:
            watched = settings.watching(books.accounts())
            traffic = traffic_of(books.past_mentions(after=since_when(books, since_of(since))), watched)
    found = list(findings_of(settings, Lines(path or config).of, traffic=traffic, readers=readers(config, settings)))
    for finding in found:
        if json:
            write_row({"code": finding.code, "where": finding.where, "what": finding.what, "hint": finding.hint,
                       "certain": finding.certain})
        else:
            hint = f" — {finding.hint}" if finding.hint else ""
            typer.echo(f"{'AWAS' if finding.certain else 'tahu':<5} {finding.where}: {finding.what}{hint}")
    certain = sum(finding.certain for finding in found)
    history = f"{traffic.mentions} kiriman" if traffic else "tanpa riwayat"
    say(f"{len(found)} temuan, {certain} pasti ({history})")
    if strict and certain:
        raise typer.Exit(1)


def readers(config: Path, settings: Settings) -> frozenset[str] | None:
    """Departments that an active account reads; None where nobody has an account yet. The inbox owns its people."""
    if not settings.inbox.auth_db.exists():
        return None
    done = subprocess.run(  # noqa: S603 our own module
        [sys.executable, "-m", "inbox", "users", "list", "--json", "--config", str(config)],
        capture_output=True, text=True, check=False, timeout=60)
    people = [plain_json.loads(line) for line in done.stdout.splitlines()]
    active = [person for person in people if person["active"] and person["role"] in ("reviewer", "head")]
    return frozenset(key for person in active for key in person["departments"]) if people else None
