"""A request in, an answer out: the little of HTTP that the receiver needs, over WSGI.

Bodies are read whole up to a size, never decompressed; a form's fields are counted. Every answer is JSON or
plain text and says nothing about who we are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import orjson

MAX_FIELDS = 100
SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox"}


class Refused(Exception):
    """The request ends here, with this status and a sentence for its sender."""

    def __init__(self, status: int, told: str, **headers: str) -> None:
        super().__init__(told)
        self.status = status
        self.told = told
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` in lower case; `body` is whole, as it came over the wire."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    address: str

    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        """The body's fields; the last of a doubled name wins."""
        return fields_of(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    value: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def wire(self) -> tuple[str, bytes]:
        """Content type and body."""
        if self.text is not None:
            return "text/plain; charset=utf-8", self.text.encode()
        return "application/json; charset=utf-8", orjson.dumps(self.value)


def fields_of(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError as error:
        raise Refused(400, "not UTF-8") from error
    except ValueError as error:
        raise Refused(400, f"not a form, or more than {MAX_FIELDS} fields") from error
    return dict(pairs)


def request_of(environ: Mapping[str, Any], *, max_bytes: int) -> Request:
    """Raises Refused for what is too large, packed, or longer or shorter than it says."""
    headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items()
               if name.startswith("HTTP_")}
    headers["content-type"] = str(environ.get("CONTENT_TYPE") or "")
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refused(415, "a packed body is not read: send it without Content-Encoding")
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdecimal()):
        raise Refused(400, "Content-Length is no number")
    if len(length) > 12 or int(length) > max_bytes:
        raise Refused(413, f"more than {max_bytes} bytes")
    body = environ["wsgi.input"].read(int(length)) if int(length) else b""
    if len(body) != int(length):
        raise Refused(400, "the body is shorter than Content-Length")
    query = fields_of(str(environ.get("QUERY_STRING") or "").encode("latin-1", "replace"))
    path = str(environ.get("PATH_INFO") or "/").encode("latin-1", "replace").decode("utf-8", "replace")
    return Request(str(environ["REQUEST_METHOD"]), path, query, headers, body, str(environ.get("REMOTE_ADDR") or ""))


def respond(answer: Answer, start_response: Callable[..., Any], *, head: bool = False) -> Iterable[bytes]:
    kind, body = answer.wire()
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), **SAFE, **answer.headers}
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(headers.items()))
    return [b"" if head else body]
