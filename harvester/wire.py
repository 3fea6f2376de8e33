"""The one way out of the house: a requests adapter that every platform library is driven through.

tweepy sends no time-out, facebook-sdk defaults to none, and a requests time-out counts per socket
read, so a trickling server outlasts it and a compressed answer can fill the memory. The adapter
refuses hosts that are not listed (on every hop), forces connect and read time-outs over the caller's
value, cuts the whole answer at a total deadline and the decoded body at a size. All refusals derive
from requests' own exceptions, so a library sees an ordinary failure. Follows no redirect.

With `base_url` (a simulator on loopback, nothing else) the request goes there instead, and the host
it was meant for travels in `X-Original-Host`. Not for endless streams. Headers that trickle are read
below us by http.client: the daemon's watchdog covers those.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from domain import ConfigError

# At DEBUG these print request lines and headers, tokens and all.
for _name in ("urllib3.connectionpool", "tweepy.client"):
    logging.getLogger(_name).setLevel(logging.INFO)

CHUNK_BYTES = 65_536


class HostRefused(requests.exceptions.InvalidURL):
    """The host is not on the list of the platform."""


class Deadline(requests.exceptions.Timeout):
    """The answer was not whole within the total time."""


class TooLarge(requests.exceptions.ContentDecodingError):
    """The decoded answer is larger than any answer of this platform has a reason to be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how large one answer may be."""

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 30.0
    max_bytes: int = 8 << 20


class GuardedAdapter(HTTPAdapter):
    """Sends to `hosts` only, or to `base_url` in their stead; the body is read whole, within limits."""

    def __init__(
        self, hosts: Collection[str], *, base_url: str | None = None, limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hosts = frozenset(host.lower() for host in hosts)
        self.base_url = loopback(base_url) if base_url else None
        self.limits = limits or Limits()
        self.clock = clock
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        deadline = self.clock() + self.limits.total_seconds
        real = urlsplit(str(request.url))
        if not self.allows((real.hostname or "").lower()):
            raise HostRefused(f"host not allowed: {real.hostname}", request=request)
        read = min(self.limits.read_seconds, self.limits.total_seconds)
        kwargs.update(stream=True, timeout=(self.limits.connect_seconds, read))
        if self.base_url is not None:
            base = urlsplit(self.base_url)
            request.url = urlunsplit((base.scheme, base.netloc, real.path, real.query, ""))
            request.headers["X-Original-Host"] = real.hostname or ""
            kwargs["proxies"] = {}
        try:
            response = super().send(request, *args, **kwargs)
        finally:
            request.url = real.geturl()
        response.url = real.geturl()
        self._read_whole(response, deadline)
        return response

    def allows(self, host: str) -> bool:
        return host in self.hosts

    def _read_whole(self, response: requests.Response, deadline: float) -> None:
        """Read the body with an eye on clock and size, then put it back where requests looks for it."""
        body = bytearray()
        try:
            while chunk := _read(response):
                body += chunk
                if len(body) > self.limits.max_bytes:
                    raise TooLarge(f"more than {self.limits.max_bytes} bytes")
                if self.clock() > deadline:
                    raise Deadline(f"not whole after {self.limits.total_seconds} s")
        except BaseException:
            response.close()
            raise
        response._content = bytes(body)
        response._content_consumed = True
        response.raw.release_conn()


def _read(response: requests.Response) -> bytes:
    """Next piece of the decoded body; urllib3's errors become requests' ones, without the URL in them."""
    try:
        piece: bytes = response.raw.read1(CHUNK_BYTES, decode_content=True)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout("no data within the read time-out") from error
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError("undecodable body") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise requests.exceptions.ChunkedEncodingError("body cut short") from error
    return piece


def loopback(base_url: str) -> str:
    """`base_url` if it points at this machine: tokens go nowhere else under a platform's name."""
    host = urlsplit(base_url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise ConfigError(f"base_url must be on loopback, got host {host!r}",
                          hint="http://127.0.0.1:PORT, or leave it out")
    return base_url


def guard(session: requests.Session, adapter: GuardedAdapter) -> requests.Session:
    """Mount `adapter` for both schemes and follow no redirect."""
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0
    return session


def guarded_session(
    hosts: Collection[str], *, base_url: str | None = None, limits: Limits | None = None
) -> requests.Session:
    """A fresh session that can only talk to `hosts`."""
    return guard(requests.Session(), GuardedAdapter(hosts, base_url=base_url, limits=limits))
