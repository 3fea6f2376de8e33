"""Webhook and Telegram, over real sockets: signed, known by their id, tried again, given up with a person told."""

from __future__ import annotations

import json
import random
import re
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from domain import Event
from notify.base import DeliveryError
from notify.email import message_for
from notify.telegram import Telegram
from notify.webhook import Webhook, signature
from notify.words import stable_id
from ops.doctor import _outside
from pipeline import GIVE_UP_SENDING, deliver_due
from settings import load
from settings.notices import NoticeSettings
from storage.sqlite import outbox
from tests.notify.receivers import SECRET, TOKEN, receiving, refusal
from tests.paths import ROOT

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
FACTS = (("department", "dpupr-solo"), ("department_name", "DPUPR Kota Surakarta"), ("urgency", "darurat"),
         ("status", "baru"), ("due_at", "2026-11-09T09:00:00+00:00"))
LINK = "https://aduan.example.go.id"


def event(n=1, kind="webhook", address="mitra", ticket=7, key=""):
    return Event(key or f"T-{ticket}|x{n}|{kind}|{address}", kind, address, ticket, f"Tiket T-{ticket}: Jalan (darurat)",
                 f"DPUPR Kota Surakarta: buka kotak masuk, tiket T-{ticket}.", None, FACTS)


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("KENTONGAN_TELEGRAM_TOKEN", TOKEN)
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def transports(receiver):
    settings = SimpleNamespace(notices=NoticeSettings(
        link=LINK, webhooks={"mitra": {"url": f"{receiver.url}/masuk", "secret_env": "HOOK_SECRET"}},
        telegram={"base_url": receiver.url}))
    return {"webhook": Webhook(settings, clock=NOW.timestamp), "telegram": Telegram(settings)}


class House:
    """A real store with events on their way out."""

    def __init__(self, store, transports):
        self.store, self.transports, self.now = store, transports, NOW

    def put(self, *events):
        self.store.call(list(events), now=self.now)

    def deliver(self, after=0.0, worries=()):
        self.now += timedelta(seconds=after)
        return deliver_due(self.store, self.transports, limit=50, now=self.now, rng=random.Random(1), worries=worries)


@pytest.fixture
def house(tmp_path, empty_store, transports):
    from storage import open_store

    store = open_store(empty_store(tmp_path / "k.db"))
    yield House(store, transports)
    store.close()


def of_no_ticket(n, kind="webhook", address="mitra"):
    """A notice of no one ticket: what a store without tickets can hold."""
    return event(n, kind, address, 0, f"digest|2026-11-02|{n}|{kind}:{address}")


# --- what goes out ---------------------------------------------------------------------------------


def test_a_webhook_says_number_department_urgency_due_date_and_link_and_is_signed(receiver, transports):
    """A receiver in another language reads it without a look at ours; the signature covers time and raw body."""
    transports["webhook"].send(event())

    (headers, body), = receiver.taken
    assert receiver.forged == 0
    assert json.loads(body) == {
        "id": stable_id(event()), "ticket": 7, "department": "dpupr-solo", "department_name": "DPUPR Kota Surakarta",
        "urgency": "darurat", "status": "baru", "due_at": "2026-11-09T09:00:00+00:00",
        "subject": "Tiket T-7: Jalan (darurat)", "link": f"{LINK}/tiket/7"}
    assert headers["X-Kentongan-Id"] == stable_id(event())
    assert headers["X-Kentongan-Timestamp"] == str(int(NOW.timestamp()))


def test_a_changed_body_an_old_time_or_another_secret_is_no_signature_of_ours(receiver, transports, monkeypatch):
    """What the documented check refuses."""
    transports["webhook"].send(event())
    headers, body = receiver.taken[0]
    assert receiver.genuine(headers, body)
    assert not receiver.genuine(headers, body.replace(b"darurat", b"normal!"))
    assert not receiver.genuine({**headers, "X-Kentongan-Timestamp": "1"}, body)
    monkeypatch.setenv("HOOK_SECRET", "lain")

    with pytest.raises(DeliveryError):
        transports["webhook"].send(event())
    assert receiver.forged == 1


def test_the_code_that_we_give_receivers_does_what_it_says(receiver, transports):
    """The sample of docs/notices.md, run as it stands: takes the first, drops the second, refuses what was touched."""
    sample = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "notices.md").read_text(encoding="utf-8"), re.S)[1]
    exec(sample, theirs := {})
    transports["webhook"].clock = time.time
    transports["webhook"].send(event())
    (headers, body), seen = receiver.taken[0], set()

    assert theirs["notice"](headers, body, SECRET, seen)["ticket"] == 7
    assert theirs["notice"](headers, body, SECRET, seen) is None
    old = {**headers, "X-Kentongan-Timestamp": str(int(time.time()) - 900)}
    for spoilt, given, key in ((headers, body + b" ", SECRET), (headers, body, "lain"), (old, body, SECRET)):
        with pytest.raises(PermissionError):
            theirs["notice"](spoilt, given, key, set())
    signed = signature(SECRET, old["X-Kentongan-Timestamp"], body)
    with pytest.raises(PermissionError, match="too old"):
        theirs["notice"]({**old, "X-Kentongan-Signature": signed}, body, SECRET, set())


def test_doctor_names_the_secrets_that_are_missing(receiver, monkeypatch):
    """Before the first notice waits for them."""
    settings = load(ROOT / "config.yaml")
    desk = settings.departments["dpupr-solo"].model_copy(update={"notify": ("webhook:mitra", "telegram:-1001")})
    settings = settings.model_copy(update={
        "departments": {**settings.departments, "dpupr-solo": desk},
        "notices": NoticeSettings(webhooks={"mitra": {"url": "https://mitra.example", "secret_env": "HOOK_SECRET"}})})
    assert [finding.what for finding in _outside(settings)] == ["notices.link kosong: pemberitahuan tanpa tautan ke tiket"]
    monkeypatch.delenv("HOOK_SECRET")
    monkeypatch.delenv("KENTONGAN_TELEGRAM_TOKEN")

    assert [finding.what for finding in _outside(settings)][:2] == [
        "pemberitahuan: HOOK_SECRET kosong", "pemberitahuan: KENTONGAN_TELEGRAM_TOKEN kosong"]
    assert list(_outside(load(ROOT / "config.yaml"))) == []


def test_telegram_gets_plain_text_with_the_same_facts_and_no_preview(receiver, transports):
    """Nothing in it is markup, and Telegram is told not to open our link."""
    transports["telegram"].send(event(kind="telegram", address="-1001"))

    (_headers, body), = receiver.taken
    sent = json.loads(body)
    assert receiver.paths == [f"/bot{TOKEN}/sendMessage"]
    assert sent["chat_id"] == "-1001"
    assert "parse_mode" not in sent
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert sent["text"].splitlines() == [
        "Tiket T-7: Jalan (darurat)", "DPUPR Kota Surakarta: buka kotak masuk, tiket T-7.", "Urgensi: darurat",
        "Batas waktu: 09-11-2026 16.00 WIB", f"{LINK}/tiket/7", f"#{stable_id(event(kind='telegram', address='-1001'))[:8]}"]


def test_mail_says_the_same(receiver):
    """Urgency, due date and link stand below the words; the Message-ID is the stable id."""
    letter = message_for(event(kind="email"), sender="a@example.org", link=LINK)

    assert f"{LINK}/tiket/7" in letter.get_content()
    assert "Batas waktu: 09-11-2026 16.00 WIB" in letter.get_content()
    assert stable_id(event(kind="email")) in letter["Message-ID"]


# --- when it does not work ---------------------------------------------------------------------------


def test_a_failed_notice_comes_again_with_the_same_id_and_bytes(receiver, house):
    """Server errors, a redirect, a receiver that is away: later again; then once, and never twice."""
    receiver.answers = [refusal(503), refusal(500), (302, {"Location": f"{receiver.url}/lain"}, b""), refusal(404)]
    house.put(of_no_ticket(1))
    for _ in range(4):
        assert house.deliver(after=300) == 0
    assert receiver.paths == ["/masuk"] * 4

    assert house.deliver(after=300) == 1
    assert house.deliver(after=4_000) == 0
    assert [n["id"] for n in receiver.notices()] == [stable_id(of_no_ticket(1))]


@pytest.mark.parametrize(("kind", "address", "answer"), [
    ("telegram", "-1001", refusal(429, retry_after=120)), ("webhook", "mitra", refusal(429, header="120")),
    ("webhook", "mitra", refusal(503, header="120"))])
def test_who_asks_for_time_gets_it(kind, address, answer, receiver, house):
    """Our own back-off would come after 15 seconds; 120 were asked for."""
    receiver.answers = [answer]
    house.put(of_no_ticket(1, kind, address))

    assert [house.deliver(), house.deliver(after=100), house.deliver(after=30)] == [0, 0, 1]
    assert len(receiver.paths) == 2


@pytest.mark.parametrize(("kind", "address", "status"), [
    ("telegram", "-1001", 403), ("telegram", "-1001", 400), ("webhook", "mitra", 410), ("webhook", "tak-ada", None)])
def test_an_address_that_is_lost_is_told_to_a_person_once_a_day(kind, address, status, receiver, house):
    """A blocked bot, a chat that is gone, a receiver that wants no more: given up, and the operators hear of it."""
    receiver.answers = [refusal(status)] * 2 if status else []
    house.put(of_no_ticket(1, kind, address), of_no_ticket(2, kind, address))
    told = [("log", "ops")]
    house.transports["log"] = SimpleNamespace(send=(letters := []).append)

    assert house.deliver(worries=told) == 0
    house.deliver(after=1, worries=told)

    assert house.store.facts()["given_up"] == 2
    assert [(letter.address, letter.subject) for letter in letters] == [
        ("ops", f"Pemberitahuan tidak sampai: {kind}:{address}")]
    assert house.deliver(after=86_000, worries=told) == 0


def test_a_wrong_token_is_nobody_s_chat_s_fault(receiver, house, monkeypatch):
    """401 and a missing token are tried again until somebody mends them; nothing is lost meanwhile."""
    receiver.answers = [refusal(401)]
    house.put(of_no_ticket(1, "telegram", "-1001"))
    assert house.deliver() == 0
    monkeypatch.delenv("KENTONGAN_TELEGRAM_TOKEN")
    assert house.deliver(after=60) == 0
    monkeypatch.setenv("KENTONGAN_TELEGRAM_TOKEN", TOKEN)

    assert house.deliver(after=200) == 1
    assert house.store.facts()["given_up"] == 0


def test_no_error_tells_the_token_or_the_secret(receiver, transports, monkeypatch):
    """The token stands in the address of the request; the library would print it."""
    receiver.answers = [refusal(500)]
    errors = []
    for base in (receiver.url, "http://127.0.0.1:9"):
        notices = transports["telegram"].notices.model_copy(update={
            "telegram": transports["telegram"].notices.telegram.model_copy(update={"base_url": base})})
        with pytest.raises(DeliveryError) as caught:
            Telegram(SimpleNamespace(notices=notices)).send(event(kind="telegram", address="-1001"))
        errors.append(caught.value)

    for error in errors:
        assert TOKEN not in str(error) + repr(error.__cause__)
        assert error.__suppress_context__ or error.__context__ is None


def test_after_the_last_try_a_person_is_told(receiver, house):
    """Twelve failures are enough for one notice; it is counted as given up."""
    receiver.answers = [refusal(500)] * GIVE_UP_SENDING
    house.put(of_no_ticket(1))
    house.transports["log"] = SimpleNamespace(send=(letters := []).append)
    for _ in range(GIVE_UP_SENDING):
        house.deliver(after=6_000, worries=[("log", "ops")])
    house.deliver(after=1, worries=[("log", "ops")])

    assert len(letters) == 1
    assert house.store.facts()["given_up"] == 1


def test_what_a_webhook_hears_of_one_ticket_stays_in_order(receiver, house):
    """A later notice waits for one that failed, in the same round and in later ones; other tickets and pages do not."""
    page = event(1, key="T-7|page|1|webhook:mitra")
    with house.store.connections.write() as connection:
        outbox.put(connection, [event(1), event(2), event(1, ticket=8)], now=NOW)
    receiver.answers = [refusal(500)]

    assert house.deliver() == 1
    with house.store.connections.write() as connection:
        outbox.put(connection, [event(3), page], now=house.now)
    assert house.deliver(after=1) == 1
    assert house.deliver(after=60) == 1
    assert house.deliver(after=1) == 2

    heard = [notice["id"] for notice in receiver.notices()]
    assert heard == [stable_id(one) for one in (event(1, ticket=8), page, event(1), event(2), event(3))]


# --- settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [
    {"link": "http://aduan.example.go.id"}, {"link": "aduan"}, {"link": "https://a:b@aduan.example.go.id"},
    {"webhooks": {"mitra": {"url": "http://mitra.example", "secret_env": "X"}}},
    {"webhooks": {"mitra": {"url": "https://mitra.example", "secret_env": ""}}},
    {"webhooks": {"Mitra!": {"url": "https://mitra.example", "secret_env": "X"}}},
    {"telegram": {"base_url": "http://api.telegram.org"}}])
def test_addresses_without_encryption_or_secret_are_refused_when_the_file_is_read(wrong):
    """Plain http goes no further than this machine; no password stands in an address."""
    with pytest.raises(ValueError, match=r"https|secret_env|webhooks"):
        NoticeSettings(**wrong)
