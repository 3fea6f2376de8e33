"""Notices under fire: a whole day with markers planted in every word of a citizen's, and `kill -9` while sending."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import orjson
import pytest

from harvester.archive import ArchiveConnector
from notify.telegram import Telegram
from notify.webhook import Webhook
from notify.words import stable_id
from pipeline import deliver_due
from run_daemon import build_judge, compose
from settings import load
from settings.notices import NoticeSettings
from storage import open_store
from tests.notify.receivers import SECRET, TOKEN, receiving
from tests.notify.test_outside import of_no_ticket
from tests.paths import DAY1, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MARK = "penandaqx"
WORDS = {"text", "message", "caption", "full_text", "alt_text"}
NAMES = {"name", "username", "author", "full_name", "screen_name"}
KILLS = 25


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("KENTONGAN_TELEGRAM_TOKEN", TOKEN)
    with receiving() as receiver:
        yield receiver


def notices_to(receiver):
    return NoticeSettings(link="https://aduan.example.go.id", telegram={"base_url": receiver.url},
                          webhooks={"mitra": {"url": f"{receiver.url}/masuk", "secret_env": "HOOK_SECRET"}})


def marked(value, key=""):
    """Every text and name of the archive with a marker in it, an identity card and a phone number."""
    if isinstance(value, dict):
        return {name: marked(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [marked(each, key) for each in value]
    if isinstance(value, str) and key in WORDS:
        return f"{value} {MARK} NIK 3372014507900001 telp 081200003341"
    return f"{value}{MARK}" if isinstance(value, str) and key in NAMES else value


def test_a_day_of_marked_posts_leaves_no_mark_in_any_notice(tmp_path, receiver):
    """Webhook, Telegram and mail of a full replay: number, department, urgency, due date, link; nothing of a citizen's."""
    folder = shutil.copytree(DAY1, tmp_path / "day")
    planted = 0
    for path in folder.rglob("*.jsonl"):
        lines = [orjson.dumps(marked(orjson.loads(line))) for line in path.read_bytes().splitlines() if line.strip()]
        planted += sum(MARK.encode() in line for line in lines)
        path.write_bytes(b"\n".join(lines))
    settings = load(ROOT / "config.yaml")
    everywhere = ("webhook:mitra", "telegram:-1001")
    settings = settings.model_copy(update={"notices": notices_to(receiver), "departments": {
        key: each.model_copy(update={"notify": everywhere}) for key, each in settings.departments.items()}})
    store = open_store(tmp_path / "k.db")
    judge = build_judge(settings.watching(ArchiveConnector(folder).accounts()))
    compose(settings, store, replay=folder, judge=judge).run_once()
    deliver_due(store, {"webhook": Webhook(settings), "telegram": Telegram(settings),
                        "log": SimpleNamespace(send=lambda _event: None)},
                limit=10_000, now=datetime.now(UTC) + timedelta(days=1), rng=random.Random(1))
    facts = store.facts()
    store.close()

    assert planted > 50
    assert sum(facts["tickets"].values()) > 20
    assert len(receiver.taken) > 40
    assert {path.partition("/bot")[1] for path in receiver.paths} == {"", "/bot"}
    said = b"\n".join(body for _headers, body in receiver.taken).decode()
    assert MARK not in said
    assert not re.search(r"3372014507900001|81200003341", said)
    notices = [notice for notice in receiver.notices() if "id" in notice]
    assert all(notice["department"] in settings.departments and notice["urgency"] for notice in notices if notice["ticket"])
    assert {key for notice in notices for key in notice} == {
        "id", "ticket", "department", "department_name", "urgency", "status", "due_at", "subject", "link"}
    assert receiver.forged == 0


def test_kill_nine_while_sending_loses_nothing_and_doubles_bear_the_same_id(tmp_path, receiver, empty_store):
    """Killed at a random moment, again and again: each notice arrives, a second copy is the first one byte by byte."""
    path = empty_store(tmp_path / "k.db")
    now, rng = datetime(2026, 11, 2, 3, 0, tzinfo=UTC), random.Random(20261102)
    wanted = [of_no_ticket(n, kind, address) for n in range(150)
              for kind, address in (("webhook", "mitra"), ("telegram", "-1001"))]
    store = open_store(path)
    store.call(wanted, now=now)
    store.close()
    settings = SimpleNamespace(notices=notices_to(receiver))

    for _ in range(KILLS):
        child = os.fork()
        if child == 0:
            _send_all(path, settings, now)
        _arrived(receiver, rng.randint(0, 300 // KILLS // 2))
        time.sleep(rng.uniform(0, 0.004))
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    child = os.fork()
    if child == 0:
        _send_all(path, settings, now)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    hooks = Counter(body for headers, body in receiver.taken if "X-Kentongan-Id" in headers)
    chats = Counter(orjson.loads(body)["text"] for headers, body in receiver.taken if "X-Kentongan-Id" not in headers)
    assert {orjson.loads(body)["id"] for body in hooks} == {stable_id(e) for e in wanted if e.kind == "webhook"}
    assert {text.rpartition("#")[2] for text in chats} == {stable_id(e)[:8] for e in wanted if e.kind == "telegram"}
    assert len(hooks) == len(chats) == 150  # so a double is the same bytes
    assert sum(hooks.values()) + sum(chats.values()) <= 300 + KILLS  # at most the one that was on its way
    assert receiver.forged == 0


def _arrived(receiver, more):
    """Wait until so many more notices are there: a fast machine is killed in the midst of it as a slow one is."""
    wanted, until = len(receiver.taken) + more, time.monotonic() + 60
    while len(receiver.taken) < wanted and time.monotonic() < until:
        time.sleep(0.001)


def _send_all(path, settings, now):
    code = 1
    try:
        store = open_store(path)
        transports = {"webhook": Webhook(settings), "telegram": Telegram(settings)}
        while deliver_due(store, transports, limit=20, now=now, rng=random.Random(1)):
            pass
        store.close()
        code = 0
    finally:
        os._exit(code)
