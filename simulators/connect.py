"""The platforms behind a CONNECT proxy on loopback, under certificates of a throw-away authority.

What a process asks of the world when HTTPS_PROXY points here ends at the simulators, over TLS and under
the platforms' own names; any other host is refused and remembered. So the client libraries run as they
are, and a test can prove that nothing else was asked for. The authority lives in a folder of the caller's
and is installed nowhere. Needs `trustme`, which only developers have.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import trustme

from simulators.server import Server

REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
LINE = 4096
LEFT_OUT = ("NO_PROXY", "no_proxy", "http_proxy", "https_proxy", "all_proxy", "CURL_CA_BUNDLE")


class Proxy:
    """A running proxy in front of `server`; `refused` remembers what else was asked for."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.refused: list[str] = []
        authority = trustme.CA()
        self.ca_file = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.leaf = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*server.hosts).configure_cert(self.leaf)
        self._tcp = _Threads(("127.0.0.1", 0), _connect(self))
        self._thread = threading.Thread(target=self._tcp.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._tcp.server_address[1]}"

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` for a process that can reach nothing but this proxy."""
        kept = {name: value for name, value in base.items() if name not in LEFT_OUT}
        proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), self.url)
        return {**kept, **proxies, "REQUESTS_CA_BUNDLE": str(self.ca_file)}

    def stop(self) -> None:
        """Refuse new connections and free the port; the simulators are stopped by whoever started them."""
        self._tcp.shutdown()
        self._tcp.server_close()
        self._thread.join(5)


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up, or that does not trust us, is no news."""


def _connect(proxy: Proxy) -> type[socketserver.StreamRequestHandler]:
    class Connect(socketserver.StreamRequestHandler):
        timeout = 60

        def handle(self) -> None:
            verb, target = [*self.rfile.readline(LINE).decode("latin-1").split(), "", ""][:2]
            while self.rfile.readline(LINE).strip():
                pass  # the proxy's own headers say nothing that matters here
            host, _, port = target.rpartition(":")
            if verb != "CONNECT" or host not in proxy.server.hosts or port != "443":
                proxy.refused.append(f"{verb} {target}")
                self.wfile.write(REFUSED)
                return
            self.wfile.write(ESTABLISHED)
            with proxy.leaf.wrap_socket(self.connection, server_side=True) as tls:
                _answer(proxy.server.handler, tls, self.client_address)

    return Connect


def _answer(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLSocket, client: Any) -> None:
    """The requests of one connection; the handler needs no server of its own."""
    handler(tls, client, None)  # type: ignore[arg-type]
