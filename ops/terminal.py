"""What the terminal shows: a bar for a person, nothing in a pipe; options that many verbs share."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from domain import ConfigError
from ops.json_lines import as_json

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="berkas pengaturan", envvar="KENTONGAN_CONFIG", show_default=True)
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", help="basis data lain dari yang tertulis di pengaturan")
]
JsonOption = Annotated[bool, typer.Option("--json", help="tulis JSON, satu baris per hasil")]
DEFAULT_CONFIG = Path("config.yaml")


def day_of(option: str, given: str | None) -> date | None:
    """The day that an option names. Raises ConfigError for what is none."""
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise ConfigError(f"{option} {given}: bukan tanggal", hint="tulis seperti 2026-11-02") from error


class Advance(Protocol):
    def __call__(self, steps: int = 1) -> None: ...


def _silent(steps: int = 1) -> None:
    """In a pipe there is nothing to advance."""


@contextmanager
def progress(what: str, *, total: int | None = None) -> Iterator[Advance]:
    """A bar on stderr when a person watches; silent in a pipe, where it would be noise."""
    if not sys.stderr.isatty():
        yield _silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda steps=1: bar.advance(task, steps)


def write_rows(rows: Iterable[Any]) -> None:
    """JSON Lines to stdout, handed on at once: whoever reads them may wait for them before it writes more."""
    out = sys.stdout.buffer
    for row in rows:
        out.write(as_json(row) + b"\n")
    out.flush()


def write_row(row: Any) -> None:
    """One JSON line to stdout, in its own time."""
    sys.stdout.buffer.write(as_json(row) + b"\n")


def say(text: str) -> None:
    """A line for the person, on stderr: stdout belongs to the rows."""
    typer.echo(text, err=True)
