"""Fetches the picture of a post, to be hashed and thrown away: the one place that follows an address from a post.

An address that strangers wrote is a way into the house (SSRF), a way to keep us busy, and a way to feed
a decoder. So a picture is asked for only
- at hosts that config.yaml lists for its platform, over http or https on the usual port, by name;
- where every address of that name is a public one, and the peer we are connected to is, too: a name that
  points elsewhere a moment later (DNS rebinding) gains nothing. A simulator on loopback is reached only
  where the platform itself is (`base_url`);
- without cookies, tokens, netrc or proxies, and following no redirect;
- within a total time, headers included, and up to a size;
- if the first bytes are those of a JPEG, PNG, GIF or WebP, whatever the header calls them.

A `Refused` will be refused again; anything else went wrong once. Neither message holds an address.
"""

from __future__ import annotations

import http.cookiejar
import ipaddress
import socket
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from harvester.wire import GuardedAdapter, HostRefused, Limits, guard
from settings import MediaSettings, Settings

PORTS = {"http": 80, "https": 443}
HEADERS = {"User-Agent": "Kentongan (picture hashes)", "Accept": "image/jpeg,image/png,image/webp,image/gif",
           "Accept-Encoding": "identity", "Connection": "close"}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class MediaError(Exception):
    """No picture came. The message is for ops and holds no address."""


class Refused(MediaError):
    """We do not ask there, or what came is no picture: asking again would not help."""


class PrivateAddress(ValueError):
    """The name leads into a network that is none of the public's. An OSError would end as urllib3's own."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one platform keeps its pictures. `base_url`: the simulator that stands for all of `hosts`."""

    hosts: frozenset[str]  # ".example.org" stands for every name that ends so
    base_url: str | None = None


class MediaFetcher:
    """Fetches pictures of the platforms in `sources`; safe to call from several threads.

    A session of its own for every picture: no connection is kept that its host may be closing just now.
    """

    def __init__(self, sources: Mapping[str, Source], limits: Limits) -> None:
        self.sources = sources
        self.limits = limits

    def serves(self, platform: str) -> bool:
        return platform in self.sources

    def fetch(self, platform: str, url: str) -> bytes:
        """The picture's bytes; raises MediaError, nothing else."""
        if platform not in self.sources:
            raise Refused("switched off for this platform")
        _check_shape(url)
        try:
            with _session(self.sources[platform], self.limits) as session:
                response = session.get(url, headers=HEADERS, allow_redirects=False)
        except (HostRefused, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise Refused("host not listed") from error
        except requests.exceptions.TooManyRedirects as error:
            raise Refused("redirected") from error
        except PrivateAddress as error:
            raise Refused("private address") from error
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise MediaError(type(error).__name__) from error
        return _picture_in(response)


def build_media(settings: Settings) -> MediaFetcher:
    """The fetcher that config.yaml asks for; one without sources fetches nothing."""
    media = settings.media
    sources = {
        name: Source(frozenset(host.lower() for host in fetch.hosts), settings.platforms[name].base_url)
        for name, fetch in media.fetch.items()
        if fetch.enabled and name in settings.platforms and settings.platforms[name].enabled
    }
    return MediaFetcher(sources, limits_of(media))


def limits_of(media: MediaSettings) -> Limits:
    seconds = media.total_seconds
    return Limits(connect_seconds=min(3.0, seconds), read_seconds=min(5.0, seconds), total_seconds=seconds,
                  max_bytes=int(media.max_mb * (1 << 20)))


def _check_shape(url: str) -> None:
    """No port of somebody's choice, no user name, no address in numbers."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("no address of the web") from error
    if parts.scheme not in PORTS or parts.username is not None or port not in (None, PORTS[parts.scheme]):
        raise Refused("no address of the web")


def _picture_in(response: requests.Response) -> bytes:
    if response.status_code != requests.codes.ok:
        raise MediaError(f"status {response.status_code}")
    data = response.content
    if not is_picture(data):
        raise Refused("no picture")
    return data


def is_picture(data: bytes) -> bool:
    """By its first bytes; what it calls itself is not asked."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP")


# --- the wire ------------------------------------------------------------------------------------


def _session(source: Source, limits: Limits) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no netrc, and no proxy: behind one, nobody could check where a name leads
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return guard(session, MediaAdapter(source, limits))


class MediaAdapter(GuardedAdapter):
    """The guarded adapter, for hosts by suffix and for public peers only."""

    def __init__(self, source: Source, limits: Limits) -> None:
        super().__init__(source.hosts, base_url=source.base_url, limits=limits)

    def allows(self, host: str) -> bool:
        return listed(host, self.hosts)

    def init_poolmanager(self, *args: Any, **given: Any) -> None:
        super().init_poolmanager(*args, **given)
        public = self.base_url is None
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(urllib3.HTTPConnectionPool, HTTPConnection, self.limits.total_seconds, public=public),
            "https": _pool(urllib3.HTTPSConnectionPool, HTTPSConnection, self.limits.total_seconds, public=public),
        }


def listed(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of `hosts`, or ends in one that begins with a dot."""
    return host in hosts or any(name.startswith(".") and host.endswith(name) for name in hosts)


def _pool(pool: type[Any], connection: type[Any], total_seconds: float, *, public: bool) -> type[Any]:
    """A pool whose connections check their peer (`public`) and are cut when headers have not come in time."""

    class Connection(connection):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            if public:
                check_name(self._dns_host, self.port)
            made: socket.socket = super()._new_conn()
            if public:
                _check_peer(made)
            return made

        def getresponse(self) -> Any:
            cut = threading.Timer(total_seconds, self._cut)
            cut.daemon = True
            cut.start()
            try:
                return super().getresponse()
            finally:
                cut.cancel()

        def _cut(self) -> None:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)

    return type("Pool", (pool,), {"ConnectionCls": Connection})


def check_name(host: str, port: int) -> None:
    """Raise PrivateAddress unless all that the name leads to is public."""
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not is_public(str(address[0])):
            raise PrivateAddress("private address")


def _check_peer(connected: socket.socket) -> None:
    if not is_public(connected.getpeername()[0]):
        connected.close()
        raise PrivateAddress("private address")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also where it is wrapped into an IPv6 one."""
    ip = ipaddress.ip_address(address.split("%")[0])
    return all(part.is_global and not part.is_multicast for part in (ip, *_wrapped(ip)))


def _wrapped(ip: Address) -> list[ipaddress.IPv4Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in NAT64:
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [part for part in inner if part is not None]
