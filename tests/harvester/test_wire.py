"""The guarded adapter against a raw server that behaves badly."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from domain import ConfigError
from harvester.wire import Deadline, GuardedAdapter, HostRefused, Limits, TooLarge, guard, guarded_session
from tests.simulators.worlds import post, running, world_of

QUICK = Limits(connect_seconds=1, read_seconds=0.5, total_seconds=0.6, max_bytes=100_000)


class Raw:
    """A server of bytes: sends its parts, a pause before each."""

    def __init__(self, *parts: bytes, pause: float = 0.0) -> None:
        self.parts, self.pause = parts, pause
        self.stop = threading.Event()
        self.heads: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        self.heads.append(connection.recv(65_536))
        for part in self.parts:
            if self.stop.wait(self.pause):
                return
            try:
                connection.sendall(part)
            except OSError:
                return

    def close(self) -> None:
        self.stop.set()
        self.socket.close()


@pytest.fixture
def raw() -> Iterator:
    servers: list[Raw] = []

    def start(*parts: bytes, pause: float = 0.0) -> Raw:
        servers.append(Raw(*parts, pause=pause))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def ask(server: Raw, *, url: str = "https://api.example.org/a?b=c") -> requests.Response:
    return guarded_session(["api.example.org"], base_url=server.url, limits=QUICK).get(url)


def test_an_ordinary_answer_arrives_as_ever(raw):
    """The libraries notice nothing of the guard."""
    server = raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}')

    response = ask(server)

    assert response.json() == {"a": 1}
    assert response.url == "https://api.example.org/a?b=c"
    assert b"GET /a?b=c" in server.heads[0]
    assert b"X-Original-Host: api.example.org" in server.heads[0]


def test_a_compressed_answer_is_decoded(raw):
    """Platforms answer in gzip."""
    body = gzip.compress(b"halo " * 100)
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert ask(server).text == "halo " * 100


def test_a_host_that_is_not_listed_is_refused(raw):
    """Not even the cloud's own metadata address."""
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    for url in ("http://169.254.169.254/latest", "https://api.example.org.evil.test/", "http://evil.test/"):
        with pytest.raises(HostRefused):
            ask(server, url=url)
    assert server.heads == []


def test_a_redirect_is_not_followed(raw):
    """A platform that sends us elsewhere is not obeyed."""
    server = raw(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(requests.TooManyRedirects):
        ask(server)
    assert len(server.heads) == 1


def test_a_trickling_answer_is_cut_at_the_deadline(raw):
    """One byte at a time outlasts an ordinary time-out, not this one."""
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000, pause=0.05)

    with pytest.raises(Deadline):
        ask(server)


def test_silence_is_cut_by_the_read_time_out_that_we_force(raw):
    """tweepy asks for none, so ours counts."""
    server = raw(b"", b"", pause=5)

    with pytest.raises(requests.Timeout):
        ask(server)


def test_a_gzip_bomb_is_refused(raw):
    """A small answer that would fill the memory."""
    bomb = gzip.compress(b"0" * 5_000_000)
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)

    with pytest.raises(TooLarge):
        ask(server)


def test_a_long_plain_answer_is_refused(raw):
    """Size counts without compression as well."""
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n", b"0" * 5_000_000)

    with pytest.raises(TooLarge):
        ask(server)


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    b"nonsense\r\n\r\n",
    b"",
])
def test_a_broken_answer_is_an_error_of_requests(raw, answer):
    """Half an answer is none."""
    with pytest.raises(requests.RequestException):
        ask(raw(answer))


def test_a_simulator_lives_on_this_machine_only():
    """Tokens are never sent to another machine under a platform's name."""
    for url in ("http://192.168.1.1:80", "https://api.example.org", "http://localhost.evil.test"):
        with pytest.raises(ConfigError):
            GuardedAdapter(["api.example.org"], base_url=url)

    assert GuardedAdapter(["api.example.org"], base_url="http://127.0.0.1:1").base_url == "http://127.0.0.1:1"


def test_proxies_of_the_environment_do_not_reach_the_simulator(raw, monkeypatch):
    """An office proxy must not see what is meant for loopback."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    assert ask(server).text == "ok"


def test_connections_are_kept_for_the_next_request():
    """Reading whole leaves the connection in order."""
    with running(world_of(post("a", "06:01"))) as server:
        adapter = GuardedAdapter(["api.x.com"], base_url=server.url)
        for _ in range(3):
            assert guard(requests.Session(), adapter).get("https://api.x.com/2/tweets?ids=1").status_code == 401

        (pool,) = (adapter.poolmanager.pools[key] for key in adapter.poolmanager.pools.keys())  # noqa: SIM118
        assert pool.num_connections == 1
        assert pool.num_requests == 3


def test_addresses_with_tokens_are_in_no_log(raw, caplog):
    """urllib3 prints every address at DEBUG."""
    caplog.set_level(logging.DEBUG)
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    ask(server, url="https://api.example.org/a?access_token=rahasia")

    assert "rahasia" not in caplog.text
