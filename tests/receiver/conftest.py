"""The receiver as it runs: waitress on a free port, a real store behind it, plain HTTP in front."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from domain import Account
from harvester.hooks_meta import SIGNATURE as META_SIGNATURE
from harvester.signatures import meta_signature, signed_body, x_signature
from receiver.__main__ import create_server, port_of
from receiver.app import Application
from receiver.desk import desk_of
from settings import Settings
from storage import open_store
from storage.store import Store
from tests.builders import NOON

SECRETS = {
    "KENTONGAN_META_VERIFY": "kata-kunci-uji", "KENTONGAN_FB_APP_SECRET": "rahasia-aplikasi-uji",
    "KENTONGAN_X_API_SECRET": "rahasia-x-uji", "TEST_LOKET": "rahasia-loket-uji", "TEST_SMS": "rahasia-sms-uji",
    "TEST_OPEN311": "kunci-open311-uji",
}
META, X, LOKET = (SECRETS[n] for n in ("KENTONGAN_FB_APP_SECRET", "KENTONGAN_X_API_SECRET", "TEST_LOKET"))
PAGE = Account("facebook:solo", "facebook", "8001", "Kota Contoh", "solo")
GRAM = Account("instagram:solo", "instagram_graph", "7001", "kota_contoh", "solo")
HANDLE = Account("x:solo", "x", "9001", "kota_contoh", "solo")


@dataclass
class Said:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """A running receiver, and what a sender may do to it."""

    store: Store
    settings: Settings
    port: int = 0
    clock: list[datetime] = field(default_factory=lambda: [NOON])

    @property
    def now(self) -> datetime:
        return self.clock[0]

    def send(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> Said:
        """One request on a connection of its own; header names with `_` for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Said(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **query: str) -> Said:
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def meta(self, value: Any, secret: str = META) -> Said:
        body = value if isinstance(value, bytes) else orjson.dumps(value)
        return self.send("POST", "/hooks/meta", body, Content_Type="application/json",
                         **{META_SIGNATURE: meta_signature(body, secret)})

    def x(self, value: Any, secret: str = X) -> Said:
        body = orjson.dumps(value)
        return self.send("POST", "/hooks/x", body, Content_Type="application/json",
                         x_twitter_webhooks_signature=x_signature(body, secret))

    def report(self, value: Any, secret: str = LOKET, at: datetime | None = None, **headers: str) -> Said:
        body = value if isinstance(value, bytes) else orjson.dumps(value)
        stamp = str(int((at or self.now).timestamp()))
        return self.send("POST", "/hooks/json", body, **{
            "Content_Type": "application/json", "X_Kentongan_Timestamp": stamp,
            "X_Kentongan_Signature": meta_signature(signed_body(stamp, body), secret), **headers})

    def form(self, path: str, given: dict[str, str], **headers: str) -> Said:
        return self.send("POST", path, urlencode(given),
                         **{"Content_Type": "application/x-www-form-urlencoded", **headers})

    # --- the books

    def mentions(self) -> dict[str, Any]:
        return {m.key: m for m in self.store.unprocessed(500, now=NOON + timedelta(days=400))}

    def fates(self) -> dict[str, int]:
        """Fate -> how many, over all accounts and days; the ledger's sum must hold."""
        assert self.store.verify() == []
        counts: dict[str, int] = {}
        for row in self.store.ledger(day=None):
            for fate, n in row.fates.items():
                counts[fate] = counts.get(fate, 0) + n
        return {fate: n for fate, n in counts.items() if n}


@pytest.fixture
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def receiving(settings: Settings, **receive: Any) -> Settings:
    """The shipped settings with invented accounts, and every door open unless it is told otherwise."""
    given = settings.model_dump(by_alias=True)
    given["accounts"] = [
        {"key": a.key, "platform": a.platform, "native_id": a.native_id, "handle": a.handle, "government": a.government}
        for a in (PAGE, GRAM, HANDLE)]
    given["platforms"]["x"] |= {"enabled": True, "agreement": "uji"}
    given["receive"] = given["receive"] | {
        "enabled": True, "port": 0,
        "meta": {"enabled": True, "verify_env": "KENTONGAN_META_VERIFY", "secret_env": "KENTONGAN_FB_APP_SECRET"},
        "x": {"enabled": True, "secret_env": "KENTONGAN_X_API_SECRET"},
        "channels": {
            "loket:solo": {"way": "json", "government": "solo", "name": "Loket Solo", "secret_env": "TEST_LOKET"},
            "sms:solo": {"way": "sms", "government": "solo", "secret_env": "TEST_SMS"},
            "open311:solo": {"way": "open311", "government": "solo", "secret_env": "TEST_OPEN311"},
        }, **receive}
    return Settings.model_validate(given)


@pytest.fixture
def receiver(
    tmp_path: Path, settings: Settings, empty_store: Callable[[Path], Path], _secrets: None
) -> Iterator[Callable[..., Receiver]]:
    """Starts a receiver on an empty store; keyword arguments are settings of `receive`."""
    with ExitStack() as stack:

        def start(lock_seconds: float = 5.0, **receive: Any) -> Receiver:
            changed = receiving(settings, **receive)
            store = open_store(empty_store(tmp_path / "k.db"), lock_seconds=lock_seconds, durable=True)
            store.sync_accounts([PAGE, GRAM, HANDLE, *changed.channel_accounts()], now=NOON)
            running = Receiver(store, changed)
            server = create_server(changed.receive, Application(desk_of(changed, store, now=lambda: running.now)))
            running.port = port_of(server)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()

            def stop() -> None:
                with suppress(OSError):  # it may have closed the pipe before we have rung
                    server.trigger.pull_trigger(server.close)  # on the thread that serves
                thread.join(5)
                server.task_dispatcher.shutdown()
                store.close()

            stack.callback(stop)
            return running

        yield start
