"""The receiver against the internet: sizes, packings, methods, haste, slowness, and a store that cannot write."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain import ConfigError, StoreFault
from harvester.signatures import meta_signature
from receiver.__main__ import refuse_open_bind
from receiver.desk import desk_of
from receiver.limits import MOST, Buckets
from settings.references import cross_references
from storage import open_store
from tests.builders import NOON
from tests.ops.command import kentongan
from tests.paths import ROOT
from tests.receiver.conftest import META, SECRETS, Receiver, receiving
from tests.receiver.test_meta import delivery, post
from tests.receiver.test_reports import REPORT, SMS, bearer

ALL = ["/hooks/meta", "/hooks/x", "/hooks/json", "/hooks/sms", "/open311/requests.json"]


def raw(there: Receiver, sent: bytes) -> bytes:
    """What comes back for these very bytes."""
    with socket.create_connection(("127.0.0.1", there.port), timeout=20) as line:
        answer = b""
        with suppress(OSError):  # hung up on before we had said everything
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65_536):
                answer += piece
    return answer


@pytest.mark.parametrize("path", ALL)
def test_a_packed_body_is_not_unpacked(receiver, path):
    """A few kilobytes that unpack to gigabytes have nobody to unpack them."""
    there = receiver()
    bomb = gzip.compress(b"0" * 10_000_000)

    said = there.send("POST", path, bomb, Content_Encoding="gzip", X_Hub_Signature_256=meta_signature(bomb, META))

    assert said.status == 415
    assert there.fates() == {}


@pytest.mark.parametrize("path", ALL)
def test_a_body_that_is_too_large_is_refused(receiver, path):
    there = receiver(max_kb=64)

    assert there.send("POST", path, b"x" * (65 << 10)).status == 413
    assert b" 413 " in raw(there, b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\nx" % path.encode())


def test_small_doors_take_small_bodies(receiver):
    there = receiver()

    assert there.form("/hooks/sms", {**SMS, "x": "x" * 300_000}, **bearer()).status == 413
    assert there.meta(delivery(*(post(post_id=f"8001_{n}", text="x" * 1_000) for n in range(1_000)))).status == 200
    assert there.fates() == {"waiting": 1_000}


@pytest.mark.parametrize("sent", [
    b"POST /hooks/meta HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"POST /hooks/json HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n", b"POST /hooks/meta HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nshort",
    "GET /hooks/\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n".encode()])
def test_what_is_no_http_hurts_nobody(receiver, sent):
    """The next sender is served."""
    there = receiver()

    raw(there, sent)

    assert there.get("/health").json() == {"status": "ok"}
    assert there.fates() == {}


def test_a_chunked_delivery_is_read_like_a_plain_one(receiver):
    there = receiver()
    body = orjson.dumps(delivery(post()))
    half = len(body) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])) + b"0\r\n\r\n"
    head = (f"POST /hooks/meta HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
            f"X-Hub-Signature-256: {meta_signature(body, META)}\r\n\r\n").encode()

    assert b" 200 " in raw(there, head + chunks)
    assert there.fates() == {"waiting": 1}


@pytest.mark.parametrize(("method", "path", "status"), [
    ("DELETE", "/hooks/meta", 405), ("PUT", "/hooks/json", 405), ("GET", "/hooks/json", 405), ("OPTIONS", "/hooks/x", 405),
    ("GET", "/", 404), ("GET", "/hooks", 404), ("GET", "/hooks/meta/", 404), ("GET", "/tiket/1", 404), ("GET", "/masuk", 404),
    ("GET", "/open311/requests.xml", 404), ("GET", "/../config.yaml", 404), ("HEAD", "/health", 200)])
def test_other_doors_and_methods_are_not_there(receiver, method, path, status):
    """Nothing of the inbox, no file, nothing that lists what there is."""
    there = receiver()

    said = there.send(method, path)

    assert said.status == status
    assert "server" not in said.headers
    assert said.headers["cache-control"] == "no-store"
    if status == 405:
        assert said.headers["allow"]


def test_haste_is_slowed_down_and_says_until_when(receiver):
    there = receiver(per_minute=20)

    said = [there.get("/health") for _ in range(25)]

    assert [answer.status for answer in said[:20]] == [200] * 20
    assert said[-1].status == 429
    assert int(said[-1].headers["retry-after"]) >= 1


def test_who_guesses_keys_is_shut_out_for_a_while(receiver):
    """Thirty wrong ones in a minute; a right one from there waits as well, or guessing would pay."""
    there = receiver()

    said = [there.form("/hooks/sms", SMS, **bearer(f"tebakan-{n}")).status for n in range(30)]

    assert said == [403] * 30
    assert there.form("/hooks/sms", SMS, **bearer()).status == 429
    assert there.get("/open311/requests.json").status == 200


def test_wrong_signatures_shut_nobody_out(receiver):
    """Behind a proxy that names no addresses, a stranger must not be able to keep Meta away."""
    there = receiver()

    said = [there.meta(delivery(post()), secret="tebakan").status for _ in range(40)]

    assert said == [403] * 40
    assert there.meta(delivery(post())).status == 200


def test_buckets_fill_with_time_and_forget_the_oldest():
    buckets = Buckets(60)

    assert [buckets.take("a", 0.0) for _ in range(61)][-1] == pytest.approx(1.0)
    assert buckets.take("a", 1.0) == 0
    for n in range(MOST):
        buckets.take(str(n), 2.0)
    assert buckets.wait("a", 2.0) == 0


def test_a_busy_store_is_a_503_and_the_repetition_comes_in_once(receiver):
    """Another process holds the lock: the sender is asked to come again, and nothing is lost or doubled."""
    there = receiver(lock_seconds=0.1)

    with there.store.connections.outside_transaction():
        busy = [there.meta(delivery(post())), there.report(REPORT), there.form("/hooks/sms", SMS, **bearer())]
    after = [there.meta(delivery(post())), there.report(REPORT), there.form("/hooks/sms", SMS, **bearer())]

    assert [said.status for said in busy] == [503] * 3
    assert all(int(said.headers["retry-after"]) > 0 for said in busy)
    assert [said.status for said in after] == [200] * 3
    assert there.fates() == {"waiting": 3}


@pytest.mark.parametrize("error", [StoreFault("disk penuh"), RuntimeError("kami")])
def test_an_error_of_ours_makes_the_sender_come_again_and_tells_him_nothing(receiver, monkeypatch, error):
    there = receiver()

    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(type(there.store), "save_page", fails)
    said = there.meta(delivery(post()))

    assert said.status in (500, 503)
    assert "penuh" not in said.body.decode()
    assert "kami" not in said.body.decode()


def test_no_secret_and_no_word_of_a_citizen_is_in_a_log(receiver, caplog, capsys):
    """Whatever went right or wrong."""
    there = receiver()

    there.meta(delivery(post(), {"item": "status", "verb": "add", "post_id": "8001_2", "message": 5}))
    there.meta(delivery(post()), secret="tebakan")
    there.get("/hooks/meta", **{"hub.mode": "subscribe", "hub.verify_token": SECRETS["KENTONGAN_META_VERIFY"], "hub.challenge": "1"})
    there.report({**REPORT, "created_at": "x"})
    there.report(b"{rusak")

    told = caplog.text + "".join(capsys.readouterr())
    for word in (*SECRETS.values(), "Lampu jalan", "Wuryani", "Pohon tumbang", "Bu Rini"):
        assert word not in told


# --- the process -----------------------------------------------------------------------------------------


CONFIG = """
extends: {root}/config.yaml
version: 1
store: {{path: {store}}}
receive:
  enabled: true
  port: 0
  meta: {{enabled: true}}
accounts:
  - {{key: "facebook:solo", platform: facebook, native_id: "8001", handle: Kota Contoh, government: solo}}
"""


def started(folder: Path, **environment: str) -> tuple[subprocess.Popen[bytes], str]:
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(root=ROOT, store=folder / "k.db"), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.main", "receive", "--config", str(config)], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=ROOT, env={**os.environ, **SECRETS, **environment})
    assert process.stdout is not None
    return process, str(orjson.loads(process.stdout.readline())["url"])


@pytest.mark.slow
def test_what_was_answered_with_200_survives_kill_9(tmp_path):
    """The process is killed right after the answer; then it is started again and ended by SIGTERM."""
    there = Receiver(None, None)  # type: ignore[arg-type]  # the books are another process's
    for n in range(3):
        process, url = started(tmp_path)
        there.port = int(url.rstrip("/").rpartition(":")[2])
        assert there.meta(delivery(post(post_id=f"8001_{n}"))).status == 200
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    process, url = started(tmp_path)
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    store = open_store(tmp_path / "k.db")
    assert {m.native_id for m in store.unprocessed(10, now=store_now())} == {"8001_0", "8001_1", "8001_2"}
    assert store.verify() == []
    store.close()


def store_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def problems(settings: Any, **receive: Any) -> str:
    return " ".join(str(problem) for problem in cross_references(receiving(settings, **receive)))


def test_what_is_wrong_with_the_settings_is_said_with_its_place(settings):
    """Found when the file is read, not by the first delivery."""
    channel = {"way": "json", "government": "solo", "secret_env": "A"}

    assert problems(settings) == ""
    assert "sragen" in problems(settings, channels={"loket:solo": {**channel, "government": "sragen"}})
    assert "entah" in problems(settings, channels={"loket:solo": {**channel, "department": "entah"}})
    assert "sudah dipakai" in problems(settings, channels={"x:loket": channel})


def test_the_receiver_does_not_start_without_tls_secrets_or_leave(settings, monkeypatch, tmp_path):
    """Off is off; an open address needs a proxy with TLS; a missing secret is named."""
    monkeypatch.setenv("TEST_LOKET", "rahasia-loket-uji")
    store = open_store(tmp_path / "k.db")

    with pytest.raises(ConfigError, match="penerima mati"):
        refuse_open_bind(settings.receive)
    with pytest.raises(ConfigError, match="tanpa TLS"):
        refuse_open_bind(receiving(settings, host="0.0.0.0").receive)
    refuse_open_bind(receiving(settings, host="0.0.0.0", behind_tls=True).receive)
    with pytest.raises(ConfigError, match=r"TEST_SMS.*TEST_OPEN311.*KENTONGAN_FB_APP_SECRET.*KENTONGAN_META_VERIFY"):
        desk_of(receiving(settings), store, now=lambda: NOON)
    store.close()


def test_the_verb_is_there():
    assert "receive" in kentongan("--help").out.decode()
