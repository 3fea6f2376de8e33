"""A loopback web server in front of the platform modules: one port, many hosts.

A platform module exposes `HOSTS` and `handle(world, request) -> Response`. The host is taken from
`X-Original-Host` (set by the harvester's guarded adapter) or `Host`. Serves 127.0.0.1 only; an unknown
host is refused and remembered, so that a test can prove that nothing else was asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import orjson

if TYPE_CHECKING:
    from simulators.world import World

PLATFORM_MODULES = ("simulators.x_api", "simulators.graph_api", "simulators.instagram_web",
                    "simulators.pictures")


@dataclass(frozen=True, slots=True)
class Request:
    """What a library asked. Header names are in lower case; the last of a doubled query name wins."""

    host: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What it is told. `hang_seconds` passes before the answer; `trickle_seconds` between its bytes."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang_seconds: float = 0.0
    trickle_seconds: float = 0.0
    truncate: bool = False  # close after half of the body
    cookies: tuple[str, ...] = ()  # one Set-Cookie each
    chunks: Iterable[bytes] | None = None  # instead of a body: as they come, b"" for none yet, until they end


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    """`value` as JSON; header names are given with `_` for `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, {"content-type": "application/json; charset=utf-8", **named}, orjson.dumps(value))


Handle = Callable[["World", Request], Response]


class Server:
    """A running simulator; `requests` and `refused` remember what came."""

    def __init__(self, world: World, routes: Mapping[str, Handle], port: int) -> None:
        self.world = world
        self.requests: list[Request] = []
        self.refused: list[str] = []
        self.stopping = threading.Event()
        self.hosts = frozenset(routes)
        self.handler = _handler(self, routes)
        self._http = _Threads(("127.0.0.1", port), self.handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        """Refuse new connections, let the running answers go, free the port."""
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


def serve(world: World, port: int = 0, *, extra: Mapping[str, Handle] | None = None) -> Server:
    """Start answering for every platform module; `extra` adds or replaces hosts."""
    routes: dict[str, Handle] = {}
    for name in PLATFORM_MODULES:
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        routes.update(dict.fromkeys(_hosts(module), module.handle))
    return Server(world, {**routes, **(extra or {})}, port)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _hosts(module: ModuleType) -> tuple[str, ...]:
    return tuple(module.HOSTS)


def _handler(server: Server, routes: Mapping[str, Handle]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        disable_nagle_algorithm = True  # head and body are two writes: 40 ms between them otherwise

        def do_GET(self) -> None:
            request = self._request()
            handle = routes.get(request.host)
            if handle is None:
                server.refused.append(request.host)
                self._answer(Response(421, {}, b"unknown host"))
                return
            server.requests.append(request)
            self._answer(handle(server.world, request))

        do_POST = do_GET  # noqa: N815 - http.server calls it so
        do_HEAD = do_GET  # noqa: N815

        def _request(self) -> Request:
            headers = {name.lower(): value for name, value in self.headers.items()}
            host = headers.get("x-original-host") or headers.get("host", "").split(":")[0]
            parts = urlsplit(self.path)
            body = self.rfile.read(int(headers.get("content-length") or 0))
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            return Request(host, self.command, parts.path, query, headers, body)

        def _answer(self, response: Response) -> None:
            if response.hang_seconds and server.stopping.wait(response.hang_seconds):
                self.close_connection = True
                return
            self.send_response_only(response.status)
            self.send_header("Date", _http_date(server.world.now()))  # the platform's own clock
            for name, value in response.headers.items():
                self.send_header(name, value)
            for cookie in response.cookies:
                self.send_header("Set-Cookie", cookie)
            if response.chunks is not None:
                self._stream(response.chunks)
                return
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self._write(response)

        def _stream(self, chunks: Iterable[bytes]) -> None:
            """An answer without end, until the chunks end, the client hangs up or we are stopped."""
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.close_connection = True
            for chunk in chunks:
                if chunk:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                    self.wfile.flush()
                if server.stopping.wait(0 if chunk else 0.01):
                    return
            self.wfile.write(b"0\r\n\r\n")

        def _write(self, response: Response) -> None:
            body = response.body
            if response.truncate:
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            elif response.trickle_seconds:
                for i in range(len(body)):
                    if server.stopping.wait(response.trickle_seconds):
                        return
                    self.wfile.write(body[i : i + 1])
                    self.wfile.flush()
            else:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Quiet: the daemon's log is the one to read."""

    return Handler
