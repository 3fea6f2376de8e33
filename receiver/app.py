"""The WSGI application: which door a request goes to, how often it may knock, and what an error looks like.

    GET POST /hooks/meta          GET POST /hooks/x         POST /hooks/json        POST /hooks/sms
    GET /open311/services.json    GET POST /open311/requests.json               GET /open311/requests/{id}.json
    GET /health

A store that cannot write is 503 with Retry-After; an error of ours is 500: both make the sender come again.
Logs name the door and the status, never a body, a query or an address that is a citizen's.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import structlog

from domain import StoreBusy, StoreFault
from receiver import hooks, open311, reports
from receiver.desk import Desk
from receiver.limits import Buckets
from receiver.web import Answer, Refused, Request, request_of, respond

log = structlog.get_logger("receiver")

WRONG_PER_MINUTE = 30  # refused keys of one address
GUESSABLE = ("/hooks/sms", "/open311/requests.json")  # a key is shown there; a signature needs no such guard
BUSY_SECONDS = 15
SMALL_BYTES = 256 << 10  # of everything that is no platform's delivery
BATCH_BYTES = 4 << 20

Door = Callable[..., Answer]
DOORS: dict[str, dict[str, Door]] = {
    "/hooks/meta": {"GET": hooks.meta_challenge, "POST": hooks.meta},
    "/hooks/x": {"GET": hooks.x_challenge, "POST": hooks.x},
    "/hooks/json": {"POST": reports.signed_json},
    "/hooks/sms": {"POST": reports.sms},
    "/open311/services.json": {"GET": open311.services},
    "/open311/requests.json": {"GET": open311.many, "POST": open311.post},
    "/health": {"GET": lambda _desk, _request: Answer(value={"status": "ok"})},
}
NAMED: tuple[tuple[re.Pattern[str], dict[str, Door]], ...] = (
    (re.compile(r"/open311/services/([^/]{1,200})\.json"), {"GET": open311.service}),
    (re.compile(r"/open311/requests/([^/]{1,200})\.json"), {"GET": open311.one}),
)


class Application:
    """One for the life of the process; safe for any number of threads."""

    def __init__(self, desk: Desk, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._clock = clock
        self._knocks = Buckets(desk.settings.receive.per_minute)
        self._wrong = Buckets(WRONG_PER_MINUTE)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = str(environ.get("REQUEST_METHOD")), str(environ.get("PATH_INFO") or "/")
        address = str(environ.get("REMOTE_ADDR") or "")
        try:
            answer = self._answered(environ, method, path, address)
        except Refused as error:
            answer = _told(path, error.status, error.told, error.headers)
            if error.status == 403 and path in GUESSABLE:
                self._wrong.take(address, self._clock())
        except (StoreBusy, StoreFault) as error:
            log.warning("not stored; the sender is asked to come again", error=str(error))
            answer = _told(path, 503, "cannot store now: send it again", {"Retry-After": str(BUSY_SECONDS)})
        except Exception:
            log.exception("a request failed", door=path[:40])
            answer = _told(path, 500, "our error: send it again", {"Retry-After": str(BUSY_SECONDS)})
        if answer.status >= 400:
            log.info("refused", door=path[:40], method=method, status=answer.status)
        return respond(answer, start_response, head=method == "HEAD")

    def _answered(self, environ: Mapping[str, Any], method: str, path: str, address: str) -> Answer:
        at = self._clock()
        wait = self._knocks.take(address, at)
        if method == "POST" and path in GUESSABLE:
            wait = max(wait, self._wrong.wait(address, at))
        if wait > 0:
            raise Refused(429, "too many requests", Retry_After=str(int(wait) + 1))
        doors, rest = _door(path)
        door = doors.get("GET" if method == "HEAD" else method)
        if door is None:
            raise Refused(405, f"{' or '.join(sorted(doors))} only", Allow=", ".join(sorted(doors)))
        large = min(BATCH_BYTES if path in ("/hooks/meta", "/hooks/x", "/hooks/json") else SMALL_BYTES,
                    self._desk.settings.receive.max_kb << 10)
        request: Request = request_of(environ, max_bytes=large)
        return door(self._desk, request, *rest)


def _door(path: str) -> tuple[dict[str, Door], tuple[str, ...]]:
    if path in DOORS:
        return DOORS[path], ()
    for pattern, doors in NAMED:
        if found := pattern.fullmatch(path):
            return doors, (unquote(found[1]),)
    raise Refused(404, "not here")


def _told(path: str, status: int, told: str, headers: Mapping[str, str]) -> Answer:
    """An error in the words of the door: GeoReport has a form of its own."""
    value = open311.error_answer(status, told) if path.startswith("/open311/") else {"error": told}
    return Answer(status, value, headers=headers)
