"""Pictures are fetched from listed hosts only, within time and size, and tell nobody anything of ours."""

from __future__ import annotations

import contextlib
import gzip
import socket
import socketserver
import threading

import pytest

from harvester.media import MediaError, MediaFetcher, Refused, Source, build_media, is_public, listed
from harvester.wire import Limits
from settings import load
from simulators.pictures import jpeg, scene
from tests.paths import ROOT
from tests.tiers import few

HOST = "gambar.example.org"
PICTURE = jpeg(scene("contoh").resize((320, 240)), quality=70)
QUICK = Limits(connect_seconds=1.0, read_seconds=1.0, total_seconds=1.0, max_bytes=200_000)


def answer(body, *, kind="image/jpeg", status="200 OK", head=(), length=None):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {length or len(body)}", *head, "", ""]
    return "\r\n".join(lines).encode() + body


class Hostile(socketserver.ThreadingTCPServer):
    """Answers by the first part of the path; remembers what was asked and how."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        request = self.request.recv(65_536).decode()
        if not request:  # it looked at us, and left
            return
        self.server.asked.append(request)
        with contextlib.suppress(OSError):  # the client has gone: what it should do
            getattr(self, request.split("/")[1].split(" ")[0].split(".")[0])()

    def fine(self):
        self.request.sendall(answer(PICTURE, kind="text/plain", head=["Set-Cookie: sidik=warga; Path=/"]))

    def drip(self):
        self.request.sendall(answer(PICTURE)[:300])
        while not self.server.stopping.wait(0.05):
            self.request.sendall(b"\0")

    def slow_head(self):
        self.request.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self.server.stopping.wait(0.05):
            self.request.sendall(b"X-A: b\r\n")

    def silent(self):
        self.server.stopping.wait(20)

    def endless(self):
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + PICTURE)
        while not self.server.stopping.is_set():
            self.request.sendall(bytes(65_536))

    def bomb(self):
        packed = gzip.compress(PICTURE + bytes(50_000_000))
        self.request.sendall(answer(packed, head=["Content-Encoding: gzip"]))

    def metadata(self):
        self.request.sendall(answer(b"", status="302 Found", head=["Location: http://169.254.169.254/latest/meta-data/"]))

    def home(self):
        self.request.sendall(answer(b"", status="301 Moved", head=[f"Location: http://127.0.0.1:{self.server.server_address[1]}/fine"]))

    def html(self):
        self.request.sendall(answer(b"<html>masuk dulu</html>"))

    def svg(self):
        self.request.sendall(answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>", kind="image/svg+xml"))

    def gone(self):
        self.request.sendall(answer(b"gone", status="404 Not Found"))

    def cut(self):
        self.request.sendall(answer(PICTURE[:500], length=len(PICTURE)))


@pytest.fixture
def hostile():
    server = Hostile()
    yield server
    server.stopping.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def patient(hostile):
    """With time for a busy machine."""
    return MediaFetcher({"x": Source(frozenset({HOST}), hostile.url)}, Limits(20.0, 20.0, 20.0, 200_000))


@pytest.fixture
def fetcher(hostile):
    return MediaFetcher({"x": Source(frozenset({HOST}), hostile.url)}, QUICK)


def test_a_picture_comes_whatever_it_calls_itself(patient):
    """The first bytes decide, not the header."""
    assert patient.fetch("x", f"https://{HOST}/fine.jpg?name=large") == PICTURE


def test_nothing_of_ours_goes_along_and_nothing_stays(patient, hostile, monkeypatch, tmp_path):
    """No cookie, not even one that the host itself has set; no password of ~/.netrc; no token."""
    (tmp_path / ".netrc").write_text(f"machine {HOST} login kami password rahasia")
    monkeypatch.setenv("HOME", str(tmp_path))
    for _ in range(2):
        patient.fetch("x", f"https://{HOST}/fine.jpg")

    for asked in hostile.asked:
        assert "cookie" not in asked.lower()
        assert "authorization" not in asked.lower()
        assert "referer" not in asked.lower()


@pytest.mark.parametrize(("path", "error"), [
    ("endless", MediaError), ("bomb", MediaError), ("cut", MediaError), ("gone", MediaError),
    ("metadata", Refused), ("home", Refused), ("html", Refused), ("svg", Refused),
])
def test_a_host_that_means_harm_gets_nothing(patient, hostile, path, error):
    """Endless, packed, elsewhere, no picture: refused after one request, with a reason and no address."""
    with pytest.raises(error) as refused:
        patient.fetch("x", f"https://{HOST}/{path}")

    assert len(hostile.asked) == 1
    assert HOST not in str(refused.value)
    assert str(refused.value)


@pytest.mark.parametrize("path", few(["drip", "slow_head", "silent"], fast=1))
def test_a_host_that_keeps_us_busy_is_left(fetcher, path):
    """Byte by byte, header by header or not at all: it would go on until the test ends, we do not."""
    with pytest.raises(MediaError):
        fetcher.fetch("x", f"https://{HOST}/{path}")


@pytest.mark.parametrize("url", [
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/fine", "http://[::1]/fine", "file:///etc/passwd",
    "ftp://gambar.example.org/fine", "https://gambar.example.org.penipu.example/fine", "//gambar.example.org/fine",
    "https://penipu.example/gambar.example.org", "https://gambar.example.org@penipu.example/fine",
    "https://gambar.example.org:6379/fine", "http://gambar.example.org:99999999/fine", "gopher://x", "", "http://",
    "https://siapa@gambar.example.org/fine", "http://0x7f000001/fine", "http://2130706433/fine",
])
def test_an_address_that_a_stranger_chose_is_not_asked(fetcher, hostile, url):
    """Only listed names, only http and https, only their own ports."""
    with pytest.raises(Refused):
        fetcher.fetch("x", url)

    assert hostile.asked == []


def test_a_platform_that_is_off_is_not_asked(fetcher, hostile):
    """What config.yaml does not switch on stays on the other side."""
    with pytest.raises(Refused):
        fetcher.fetch("facebook", f"https://{HOST}/fine")

    assert hostile.asked == []
    assert not fetcher.serves("facebook")


def found(monkeypatch, server, *answers):
    """The resolver gives these addresses in turn, all of them at the server's port."""
    left = list(answers)

    def resolve(*_, **__):
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, server.server_address[1]))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["10.1.2.3"], ["8.8.8.8", "127.0.0.1"]])
def test_a_listed_name_that_leads_into_the_house_is_refused(hostile, monkeypatch, answers):
    """Also one that showed a public address when it was checked, and another when it was called."""
    found(monkeypatch, hostile, *answers)
    fetcher = MediaFetcher({"x": Source(frozenset({HOST}))}, QUICK)

    with pytest.raises(Refused, match="private"):
        fetcher.fetch("x", f"http://{HOST}/fine")

    assert not any("fine" in asked for asked in hostile.asked)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
])
def test_addresses_of_no_public_network(address):
    """Loopback, private, link-local, carrier's, multicast; and IPv4 ones wrapped into IPv6."""
    assert not is_public(address)


def test_public_addresses_and_listed_names():
    """A suffix begins with a dot and stands for names below it, not beside it."""
    assert is_public("8.8.8.8")
    assert is_public("2001:4860:4860::8888")
    assert listed("scontent-sin6-1.xx.fbcdn.net", {".fbcdn.net"})
    assert not listed("fbcdn.net.penipu.example", {".fbcdn.net"})
    assert not listed("evilfbcdn.net", {".fbcdn.net"})


def test_the_shipped_file_fetches_no_picture_of_x(monkeypatch):
    """X is off, and so are its pictures; Facebook and the official Instagram are on."""
    fetcher = build_media(load(ROOT / "config.yaml"))

    assert set(fetcher.sources) == {"facebook", "instagram_graph"}
    assert all(source.base_url is None for source in fetcher.sources.values())
