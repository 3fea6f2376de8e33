"""FIELD O12: no token, no identity number, no phone number in any log, over a whole replay in which much goes wrong."""

from __future__ import annotations

import io
import logging
import re
import shutil

import orjson
import pytest

import logs
from harvester.archive import ArchiveConnector
from notify.base import DeliveryError
from personal_data import PATTERNS
from run_daemon import build_judge, compose
from storage import open_store
from tests.ops.command import untouched
from tests.paths import DAY1

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
# invented, in the ways that people write them; the middle of each is what no log may show
IDENTITIES = [
    "NIK 3372014507900001", "NIK:3372014507900002", "nik3372014507900003", "3372 0145 0790 0004", "3372.0145.0790.0005",
    "KK=3372-0145-0790-0006", "(3372) 0145 0790 0007",
]
PHONES = [
    "081200003341", "0812-0000-3342", "+62 812 0000 3343", "62812 0000 3344", "wa081200003345", "hp:081200003346",
    "0812 - 0000 - 3347", "wa.me/6281200003348", "(0271) 700 0049",
]
TOKENS = ["access_token=EAAinventedinventedinvented12", "Bearer AAAAinventedinventedinvented%3D", "sessionid=9001%3Ainvented%3A7"]
POISON = "bacalah ini"
WORRIES = ("pohon tumbang menutup jalan", "sampah sudah seminggu menumpuk", "air keruh dan berbau", "got mampet dan banjir")


def bare(text):
    """Without what stands between the digits of a number, as a person reads it."""
    return re.sub(r"(?<=\d)[ .\-()/]{1,3}(?=\d)", "", text)


def digits(text):
    return re.sub(r"\D", "", text)


@pytest.fixture
def folder(tmp_path):
    """The invented day, and posts full of numbers: each once as it is, and once in a post that breaks the reader."""
    here = shutil.copytree(DAY1, tmp_path / "day")
    posts = [f"{number} {words}" for n, number in enumerate([*IDENTITIES, *PHONES, *TOKENS])
             for words in (f"tolong, lampu mati di Jl. Veteran Solo nomor {n}", f"{POISON} {WORRIES[n % 4]} di gang {n}")]
    rows = [{"id": f"o12-{n}", "text": text, "created_at": "2026-11-02T01:00:00Z", "author": f"warga_{n}"}
            for n, text in enumerate(posts)]
    broken = [{"id": f"rusak-{n}", "text": [planted], "created_at": planted} for n, planted in enumerate(IDENTITIES)]
    (here / "x__pemkot.jsonl").write_bytes(b"\n".join([*map(orjson.dumps, [*rows, *broken]), IDENTITIES[0].encode()]))
    return here


class Brittle:
    """An extractor that stumbles over some posts and quotes them in its error, as libraries do."""

    def __init__(self, whole):
        self.whole = whole

    def extract_many(self, mentions):
        for mention in mentions:
            if POISON in mention.text:
                raise ValueError(f"cannot read {mention.text!r}")
        return self.whole.extract_many(mentions)


class Gossip:
    """A transport that fails now and then and repeats what it was given, with its own password."""

    def __init__(self):
        self.sent = 0

    def send(self, event):
        self.sent += 1
        logging.getLogger("smtplib").debug("sending %s as %s", event.body, TOKENS[1])
        if self.sent % 3 == 0:
            raise DeliveryError(f"550 refused: {event.body} {PHONES[0]} {TOKENS[0]}", permanent=False)


def planted():
    """Every number of the day that looks like an identity card or a phone, beside those planted here."""
    wanted = dict(PATTERNS)
    found = {digits(one) for one in [*IDENTITIES, *PHONES]}
    for path in DAY1.rglob("*.jsonl"):
        text = path.read_text(encoding="utf-8")
        for words in re.findall(r'"(?:text|message|caption)":"((?:[^"\\]|\\.)*)"', text):
            found |= {digits(hit[0]) for kind in ("nik", "phone") for hit in wanted[kind].finditer(words)}
    return found


def test_no_log_of_a_whole_replay_holds_a_number_of_a_citizens(tmp_path, folder, settings):
    """O12: at DEBUG, every library too, with posts that break the reader and a transport that quotes what it sends."""
    out = io.StringIO()
    with untouched():
        logs.configure(stream=out, level="DEBUG")
        for name in logs.QUIET:
            logging.getLogger(name).setLevel(logging.DEBUG)
        judge = build_judge(settings.watching(ArchiveConnector(folder).accounts()))
        judge.extractor = Brittle(judge.extractor)
        store = open_store(tmp_path / "k.db")
        daemon = compose(settings, store, replay=folder, judge=judge)
        daemon.transports = dict.fromkeys(daemon.transports, Gossip())
        daemon.run_once()
        facts = store.facts()
        assert store.verify() == []
        store.close()

    numbers = planted()
    log, plain = out.getvalue(), bare(out.getvalue())
    assert log.count("judging failed") > 10
    assert facts["quarantine"] >= len(IDENTITIES) + 1
    assert log.count("cannot read") > 10  # it is redaction that keeps them out, and not silence
    assert log.count("[NIK]") > 5
    assert log.count("[TELP]") > 5
    assert log.count("sending") > 5
    assert len(numbers) > 25
    assert [number for number in numbers if number in plain or number.lstrip("0") in plain] == []
    for token in TOKENS:
        assert re.split("[= ]", token)[1][:12] not in log
