"""`kentongan VERB`: hangs the verbs on one typer application and turns errors into exit codes.

Exit codes: 0 done; 1 a check failed; 2 usage or config; 75 busy, try again; 130 Ctrl-C.
Heavy imports stand inside the verbs: `kentongan --help` needs no spaCy.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

import logs
from domain import KentonganError
from ops import (
    accounts,
    analyze,
    audit,
    backup,
    bench,
    books,
    brief,
    cluster,
    config,
    daemon,
    demo,
    doctor,
    explain,
    inbox,
    ingest,
    poll,
    receive,
    restore,
    rules,
    session,
    suggest,
    tickets,
    train,
)
from ops import eval as evaluation_verb
from settings.faults import in_words

app = typer.Typer(
    name="kentongan",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Mendengar keluhan warga di media sosial dan mengantarnya ke meja yang berwenang.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("analyze")(analyze.analyze)
app.command("cluster")(cluster.cluster)
app.command("ingest")(ingest.ingest)
app.command("init")(config.init)
app.command("run")(daemon.run)
app.command("demo")(demo.demo)
app.command("inbox")(inbox.serve)
app.command("receive")(receive.receive)
app.command("ledger")(books.ledger)
app.command("brief")(brief.brief)
app.command("verify")(books.verify)
app.command("audit")(audit.audit)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.command("explain")(explain.explain)
app.command("eval")(evaluation_verb.evaluate)
app.command("train")(train.train)
app.command("suggest")(suggest.suggest)
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
app.command(
    "users", context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
)(inbox.users)
app.command(
    "tokens", context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
)(inbox.tokens)
app.command("poll")(poll.poll)
app.add_typer(accounts.app, name="accounts")
app.add_typer(session.app, name="session")
app.add_typer(tickets.app, name="tickets")
app.add_typer(config.app, name="config")
app.add_typer(rules.app, name="rules")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kentongan {version('kentongan')}")
        raise typer.Exit


@app.callback()
def kentongan(
    _version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="versi, lalu selesai")]
    = False,
) -> None:
    """Mendengar keluhan warga di media sosial dan mengantarnya ke meja yang berwenang."""


def main() -> None:
    """Entry point of the `kentongan` command."""
    _in_utf8()
    logs.configure(level="WARNING")
    logs.catch_uncaught()
    try:
        app()
    except KentonganError as error:
        _say(error)
        sys.exit(error.exit_code)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # `kentongan ... | head` is no error; typer ends with 1
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered has no reader
            sys.exit(0)
        raise
    except OSError as error:  # a full disk, a folder that may not be written
        typer.echo(f"galat: {logs.redact(_told(error))}", err=True)
        sys.exit(1)


def _in_utf8() -> None:
    """Citizens write emoji whatever LANG says. A closed output is an empty one, so that a cron job runs through."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 for the process's life
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _say(error: KentonganError) -> None:
    problems = getattr(error, "problems", ())
    for problem in problems:
        typer.echo(problem, err=True)
    if str(error) not in problems:
        typer.echo(f"galat: {logs.redact(str(error))}", err=True)
    if error.hint:
        typer.echo(f"saran: {error.hint}", err=True)


def _told(error: OSError) -> str:
    return f"{error.filename or 'keluaran'}: {in_words(error)}"


if __name__ == "__main__":
    main()
