"""`python -m inbox serve | users | tokens`: the inbox as a process of its own, its staff accounts and API tokens.

Machine-readable lines go to stdout, everything else to stderr. Exit codes: 0 done, 1 refused,
2 usage or configuration, 75 the store is busy.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

from domain import Actor, ConfigError, KentonganError
from inbox import areas, token_verbs
from inbox.configuration import MAX_BODY, configure, is_loopback, refuse_open_bind, refuse_without_oidc
from inbox.desk import Desk, renew, set_up
from routing.rules import compile_rules
from settings import Settings, load
from settings.faults import in_words
from settings.files import Watch
from storage import open_store

THREADS = 8
LOOK_SECONDS = 2.0


def main(argv: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    try:
        settings = load(options.config)
        return int(options.run(settings, options))
    except KentonganError as error:
        for line in getattr(error, "problems", ()) or (str(error),):
            print(f"galat: {line}", file=sys.stderr)  # noqa: T201 - a command line speaks
        if error.hint:
            print(f"saran: {error.hint}", file=sys.stderr)  # noqa: T201
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kentongan", description="Kotak masuk Kentongan untuk petugas dinas.")
    verbs = parser.add_subparsers(required=True, metavar="serve|users|tokens|openapi")
    _verb(verbs, "serve", _serve, "jalankan aplikasi web")
    accounts = verbs.add_parser("users", help="akun petugas")
    users = accounts.add_subparsers(
        required=True, metavar="add|list|disable|enable|password|factor|sessions|revoke|demo")
    add = _verb(users, "add", _add, "buat akun; mencetak sandi sekali pakai")
    add.add_argument("name")
    add.add_argument("--department", action="append", default=[], help="kunci dinas di config.yaml; boleh berulang")
    add.add_argument("--role", default="reviewer", choices=("reviewer", "head", "verifier", "operator", "auditor"))
    add.add_argument("--all-departments", action="store_true", help="koordinator dan auditor: semua dinas")
    add.add_argument("--password-stdin", action="store_true", help="baca sandi pertama dari masukan baku")
    listing = _verb(users, "list", _list, "daftar akun")
    listing.add_argument("--json", action="store_true")
    _verb(users, "disable", _disable, "tutup akun dan akhiri sesinya").add_argument("name")
    _verb(users, "enable", _enable, "buka lagi akun yang ditutup").add_argument("name")
    _verb(users, "password", _password, "sandi sekali pakai baru; mengakhiri sesi dan kunci").add_argument("name")
    _verb(users, "factor", _factor, "hapus kode kedua: telepon dan kertas hilang").add_argument("name")
    standing = _verb(users, "sessions", _sessions, "di mana orang ini sedang masuk")
    standing.add_argument("name")
    standing.add_argument("--json", action="store_true")
    _verb(users, "revoke", _revoke, "akhiri semua sesi orang ini").add_argument("name")
    _verb(users, "demo", _demo, "akun demo dengan sandi baru")
    _verb(verbs, "openapi", _openapi, "dokumen OpenAPI dari API, ke keluaran baku")
    token_verbs.add_parsers(verbs, _verb, token_verbs.runs(ready, _say))
    return parser


def _verb(verbs: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.add_argument("--config", "-c", default=os.environ.get("KENTONGAN_CONFIG", "config.yaml"), type=Path,
                        help="berkas pengaturan")
    parser.set_defaults(run=run)
    return parser


# --- verbs -------------------------------------------------------------------------------------


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    """Listen until told to stop. Prints one JSON line with the address once requests are answered."""
    refuse_open_bind(settings)
    refuse_without_oidc(settings)
    ready(settings)
    store = open_store(settings.store.path, lock_seconds=settings.store.lock_seconds)
    set_up(Desk(settings, compile_rules(settings), store, options.config.resolve()))
    areas.known("")  # reads the gazetteer: a second that no first visitor should wait for
    set_aside()
    threading.Thread(target=_watch, args=(Watch(options.config),), name="config", daemon=True).start()
    server = create_server(settings)
    _say({"url": f"http://{_shown(settings.inbox.host)}:{_port(server)}/"})
    told_to_stop: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        told_to_stop.append(number)
        raise KeyboardInterrupt  # waitress ends its loop on this, and finishes what it has begun

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.run()
    server.close()
    store.close()
    return 130 if signal.SIGINT in told_to_stop else 0


def set_aside() -> None:
    """Let the collector of garbage look no more at what stays for good: modules, places, rules.

    A look at all of it took 250 ms in the middle of somebody's page, and looks were a sixth of the time of all pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)


def _watch(watch: Watch) -> None:
    """Look at the operators' file for as long as the process lives."""
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            renew(watch)
        except Exception:  # a look that fails must not be the last
            logging.getLogger("inbox").exception("the configuration could not be looked at")


def _add(settings: Settings, options: argparse.Namespace) -> int:
    people = _people(settings)
    given = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    if options.password_stdin and not given:
        raise ConfigError("--password-stdin: tidak ada sandi yang masuk", hint="alirkan satu baris ke masukan baku")
    password = people.add(settings, options.name, departments=options.department, role=options.role,
                          all_departments=options.all_departments, password=given)
    _noted(settings, "user_added", options.name)
    _say({"name": options.name, "password": password} if password else {"name": options.name})
    return 0


def _list(settings: Settings, options: argparse.Namespace) -> int:
    people = _people(settings)
    for row in people.listing():
        if options.json:
            _say(row)
        else:
            where = "semua dinas" if row["all_departments"] else ", ".join(row["departments"])
            state = "aktif" if row["active"] else "ditutup"
            print(f"{row['name']:<20} {row['role']:<10} {state:<8} {where}")  # noqa: T201
    return 0


def _disable(settings: Settings, options: argparse.Namespace) -> int:
    return _changed(settings, options.name, "user_disabled",
                    lambda people, name: {"sessions_ended": people.disable(name)})


def _enable(settings: Settings, options: argparse.Namespace) -> int:
    return _changed(settings, options.name, "user_enabled",
                    lambda people, name: people.enable(name) or {})


def _password(settings: Settings, options: argparse.Namespace) -> int:
    return _changed(settings, options.name, "user_password",
                    lambda people, name: {"password": people.renew_password(name)})


def _factor(settings: Settings, options: argparse.Namespace) -> int:
    return _changed(settings, options.name, "user_factor",
                    lambda people, name: {"had_second_factor": people.forget_factor(name)})


def _changed(settings: Settings, name: str, verb: str, change: Callable[[ModuleType, str], dict[str, Any]]) -> int:
    """Do it to an account that exists, in the audit chain first, and say what came of it."""
    people = _people(settings)
    _noted(settings, verb, people.exists(name))
    _say({"name": name, **change(people, name)})
    return 0


def _sessions(settings: Settings, options: argparse.Namespace) -> int:
    people = _people(settings)
    for row in people.standing_sessions(options.name):
        if options.json:
            _say(row)
        else:
            print(f"{row['began']}  {row['seen']}  {row['from']:<39}  {row['with']}")  # noqa: T201
    return 0


def _revoke(settings: Settings, options: argparse.Namespace) -> int:
    return _changed(settings, options.name, "user_sessions",
                    lambda people, name: {"sessions_ended": people.end_sessions(name)})


def _demo(settings: Settings, options: argparse.Namespace) -> int:
    del options
    people = _people(settings)
    for row in people.demo(settings):
        _say(row)
    return 0


def _openapi(settings: Settings, options: argparse.Namespace) -> int:
    del options
    ready(settings)
    from inbox.api.openapi import as_bytes

    sys.stdout.buffer.write(as_bytes())
    return 0


# --- the process ---------------------------------------------------------------------------------


def ready(settings: Settings) -> None:
    """Django configured and the auth database at its newest schema."""
    from django.core.management import call_command

    configure(settings)
    call_command("migrate", verbosity=0, interactive=False)


def _people(settings: Settings) -> ModuleType:
    """The accounts' functions; their models can be imported only once Django is set up."""
    ready(settings)
    from inbox import people

    return people


def _noted(settings: Settings, verb: str, name: str) -> None:
    """Written into the audit chain before it is done: what cannot be noted does not happen."""
    from inbox.trail import subject

    settings.store.path.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.store.path, lock_seconds=settings.store.lock_seconds)
    try:
        store.note_access(Actor("ops"), verb, subject=subject(name), detail={}, now=datetime.now(UTC))
    finally:
        store.close()


def create_server(settings: Settings) -> Any:
    """A waitress server that is bound and ready to run; port 0 takes any free one."""
    import waitress
    from django.core.wsgi import get_wsgi_application

    inbox = settings.inbox
    proxy: dict[str, Any] = {}
    if inbox.behind_tls:
        # on loopback only the local proxy can reach us; beyond it (a container) the network must see to that
        proxy = {"trusted_proxy": "127.0.0.1" if is_loopback(inbox.host) else "*", "trusted_proxy_count": 1,
                 "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
                 "clear_untrusted_proxy_headers": True}
    try:
        return waitress.create_server(
            get_wsgi_application(), host=inbox.host, port=inbox.port, threads=THREADS, ident=None,
            max_request_body_size=MAX_BODY, channel_timeout=60, **proxy,
        )
    except OSError as error:
        raise ConfigError(f"kotak masuk tidak bisa memakai {inbox.host}:{inbox.port}: {in_words(error)}",
                          hint="hentikan yang memakai alamat itu, atau ganti inbox.port di pengaturan") from error


def _port(server: Any) -> int:
    """The port in use; a name like localhost may have been bound twice, to IPv4 and IPv6."""
    if hasattr(server, "effective_listen"):
        return int(server.effective_listen[0][1])
    return int(server.effective_port)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _say(row: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(row).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
