"""`kentongan VERB`: hangs the verbs on one typer application and turns errors into exit codes.

Exit codes: 0 done; 1 a check failed; 2 usage or config; 75 busy, try again; 130 Ctrl-C.
Heavy imports stand inside the verbs: `kentongan --help` needs no spaCy.
"""

from __future__ import annotations

import sys

import typer

import logs
from domain import KentonganError
from ops import (
    accounts,
    analyze,
    books,
    cluster,
    config,
    daemon,
    demo,
    doctor,
    explain,
    inbox,
    ingest,
    session,
    tickets,
)

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
app.command("ledger")(books.ledger)
app.command("verify")(books.verify)
app.command("explain")(explain.explain)
app.command("doctor")(doctor.doctor)
app.command(
    "users", context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
)(inbox.users)
app.add_typer(accounts.app, name="accounts")
app.add_typer(session.app, name="session")
app.add_typer(tickets.app, name="tickets")
app.add_typer(config.app, name="config")


def main() -> None:
    """Entry point of the `kentongan` command."""
    logs.configure(level="WARNING")
    try:
        app()
    except KentonganError as error:
        problems = getattr(error, "problems", ())
        for problem in problems:
            typer.echo(problem, err=True)
        if str(error) not in problems:
            typer.echo(f"galat: {logs.redact(str(error))}", err=True)
        if error.hint:
            typer.echo(f"saran: {error.hint}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `kentongan ... | head` is no error
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
