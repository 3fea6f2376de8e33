"""`python -m receiver`: listen until told to stop. `kentongan receive` becomes this process.

Prints one JSON line with the address once requests are answered; everything else goes to stderr. Exit codes:
0 done, 2 usage or configuration, 75 the store is busy.
"""

from __future__ import annotations

import argparse
import ipaddress
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import waitress

import logs
from domain import ConfigError, KentonganError
from receiver.app import BATCH_BYTES, Application
from receiver.desk import desk_of
from settings import ReceiveSettings, Settings, load
from settings.faults import in_words
from storage import open_store

THREADS = 4
CONNECTIONS = 200
IDLE_SECONDS = 20  # a sender that says nothing for so long is let go
MAX_HEADER_BYTES = 16 << 10


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m receiver", description="Penerima webhook dan kanal lain.")
    parser.add_argument("--config", default="config.yaml", type=Path)
    parser.add_argument("--store", type=Path, help="another store than the config names")
    given = parser.parse_args(argv)
    logs.configure()
    try:
        return _serve(load(given.config), given.store)
    except KentonganError as error:
        for line in getattr(error, "problems", ()) or (str(error),):
            print(f"galat: {logs.redact(line)}", file=sys.stderr)  # noqa: T201 - a command line speaks
        if error.hint:
            print(f"saran: {error.hint}", file=sys.stderr)  # noqa: T201
        return error.exit_code


def _serve(settings: Settings, path: Path | None) -> int:
    refuse_open_bind(settings.receive)
    logs.protect(settings.secret_values())
    path = path or settings.store.path
    path.parent.mkdir(parents=True, exist_ok=True)
    store = open_store(path, lock_seconds=settings.store.lock_seconds, durable=True)
    try:
        server = create_server(settings.receive, Application(desk_of(settings, store, now=lambda: datetime.now(UTC))))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        sys.stdout.write(orjson.dumps({"url": f"http://{settings.receive.host}:{port_of(server)}/"}).decode() + "\n")
        sys.stdout.flush()
        server.run()  # ends on KeyboardInterrupt, and finishes what it has begun
        server.close()
    except KeyboardInterrupt:
        pass  # told to stop before it served
    finally:
        store.close()
    return 0


def _stop(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def refuse_open_bind(receive: ReceiveSettings) -> None:
    """Raise ConfigError where the receiver is off, or would be reached without TLS."""
    if not receive.enabled:
        raise ConfigError("penerima mati", hint="tulis receive.enabled: true di config.yaml")
    if receive.behind_tls or is_loopback(receive.host):
        return
    raise ConfigError(f"receive.host: {receive.host} dapat dijangkau dari luar tanpa TLS",
                      hint="pakai 127.0.0.1 di belakang proksi TLS, lalu tulis receive.behind_tls: true")


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def create_server(receive: ReceiveSettings, application: Callable[..., Any]) -> Any:
    """A waitress server that is bound and ready to run; port 0 takes any free one.

    Waitress reads head and body whole before it calls us, so a slow sender costs a connection and no thread.
    """
    proxy: dict[str, Any] = {}
    if receive.behind_tls:
        proxy = {"trusted_proxy": "127.0.0.1" if is_loopback(receive.host) else "*", "trusted_proxy_count": 1,
                 "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
                 "clear_untrusted_proxy_headers": True}
    try:
        return waitress.create_server(
            application, host=receive.host, port=receive.port, threads=THREADS, ident=None,
            max_request_body_size=min(BATCH_BYTES, receive.max_kb << 10), max_request_header_size=MAX_HEADER_BYTES,
            channel_timeout=IDLE_SECONDS, cleanup_interval=5, connection_limit=CONNECTIONS, **proxy,
        )
    except OSError as error:
        raise ConfigError(f"penerima tidak bisa memakai {receive.host}:{receive.port}: {in_words(error)}",
                          hint="hentikan yang memakai alamat itu, atau ganti receive.port di pengaturan") from error


def port_of(server: Any) -> int:
    """The port in use; a name like localhost may have been bound twice, to IPv4 and IPv6."""
    if hasattr(server, "effective_listen"):
        return int(server.effective_listen[0][1])
    return int(server.effective_port)


if __name__ == "__main__":
    sys.exit(main())
