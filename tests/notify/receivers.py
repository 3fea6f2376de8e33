"""A receiver of our webhooks and the Bot API of Telegram, on loopback, as they behave on a bad day too."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET, TOKEN = "rahasia-hook-hanya-untuk-uji", "900:token-hanya-untuk-uji"


class Receiver:
    """Keeps what it took. `answers` are given first, in order: (status, headers, body); then 200."""

    def __init__(self):
        self.answers, self.taken, self.paths, self.forged = [], [], [], 0
        self.lock = threading.Lock()

    def take(self, handler, body):
        """The status of this request; what was refused is not kept."""
        with self.lock:
            self.paths.append(handler.path)
            status, headers, said = self.answers.pop(0) if self.answers else (200, {}, b"{}")
            if status == 200:
                if "bot" not in handler.path and not self.genuine(handler.headers, body):
                    self.forged += 1
                    return 403, {}, b""
                self.taken.append((dict(handler.headers), body))
            return status, headers, said

    @staticmethod
    def genuine(headers, body):
        """As docs/notices.md tells a receiver to check it."""
        signed = headers["X-Kentongan-Timestamp"].encode() + b"." + body
        expected = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, headers["X-Kentongan-Signature"])

    def notices(self):
        return [json.loads(body) for _headers, body in self.taken]


@contextmanager
def receiving():
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # the sender died over it
            status, headers, said = receiver.take(self, body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def refusal(status, *, retry_after=None, header=None):
    """An answer of Telegram's, or a plain one with a header."""
    said = {"ok": False, "error_code": status, "description": "invented"}
    if retry_after is not None:
        said["parameters"] = {"retry_after": retry_after}
    return status, {"Retry-After": header} if header else {}, json.dumps(said).encode()
