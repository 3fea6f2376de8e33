"""What a log may show."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest
import structlog

import logs
from tests.paths import ROOT


@pytest.fixture
def written(monkeypatch):
    """A log stream and what it holds as JSON rows; the old handlers come back afterwards."""
    monkeypatch.delenv("KENTONGAN_LOG", raising=False)
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure(stream=out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize("text", [
    "GET /v26.0/me?access_token=EAAabcdefghij1234567890XYZ&limit=5",
    "Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAxyz%3Dabcdefg",
    "NIK 3372 0145 0790 0001 atas nama warga",
    "hubungi 0812-0000-1234 ya",
    "wa +62 812 0000 1234",
    "NIK:3372014507900001", "nik3372014507900001", "NIK 3372.0145.0790.0001", "NIK=3372-0145-0790-0001",
    "wa08120000123", "hp:08120000123", "(0812) 0000 - 1234", "0812 - 0000 - 1234", "wa.me/628120000123",
    "telp (0271) 700 0001", "0271-7000012",
    '{"sessionid": "9001%3Aabc%3A1"}',
])
def test_secrets_and_personal_numbers_never_reach_a_log(written, text):
    """Whatever a library puts into a message, tokens, NIK and phone numbers are blotted out."""
    structlog.get_logger("ours").warning(text, detail=text)
    logging.getLogger("theirs").warning("said %s", text)

    assert len(written()) == 2
    everything = json.dumps([{name: said for name, said in row.items() if name != "timestamp"} for row in written()])
    for secret in ("EAAabc", "AAAAAAAAAAAAAAAAAAAAAxyz", "0145", "0000", "9001%3A", "0790", "7000"):
        assert secret not in everything


def test_a_known_secret_is_blotted_out_whatever_it_looks_like(written, monkeypatch):
    """The daemon tells the log its own tokens, so even an odd one stays unseen, in tracebacks too."""
    monkeypatch.setattr(logs, "_secrets", set())
    logs.protect(["odd-looking-secret"])

    try:
        raise ValueError("call failed for odd-looking-secret")
    except ValueError:
        structlog.get_logger("ours").exception("failed")

    [row] = written()
    assert "odd-looking-secret" not in json.dumps(row)
    assert "ValueError" in row["exception"]


def test_ids_and_counts_stay_readable(written):
    """Redaction that eats ticket numbers and post ids would make logs useless."""
    named = {"mention": "x:post:1790000000000000123", "comment": "facebook:comment:1790000000000001",
             "answer": "instagram:comment:c1790000000000001", "at": "2026-08-12T08:12:34.081234+00:00", "took": "0.82 s"}
    structlog.get_logger("ours").info("settled", **named, opened=3, rule="ab12")

    [row] = written()
    assert {name: row[name] for name in named} == named
    assert row["opened"] == 3


@pytest.mark.parametrize("where", ["main", "thread"])
def test_what_nobody_catches_is_redacted_too(where):
    """Python prints a traceback as it is, with the citizen's number in it."""
    program = (
        "import threading, logs\nlogs.configure()\nlogs.catch_uncaught()\n"
        "def fall():\n    raise ValueError('NIK 3372014507900001')\n"
        + ("fall()" if where == "main" else "t = threading.Thread(target=fall)\nt.start()\nt.join()"))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)

    [row] = map(json.loads, done.stderr.splitlines())
    assert (row["level"], done.returncode) == ("critical", 1 if where == "main" else 0)
    assert "ValueError: NIK [NIK]" in row["exception"]
    assert "33720145" not in done.stderr


def test_logs_are_json_in_a_pipe_and_text_on_a_terminal(monkeypatch):
    """A person reads lines, a machine reads JSON."""
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("NO_COLOR", "1")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = Terminal()
    logs.configure(stream=out)
    structlog.get_logger("ours").info("settled", opened=3)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()

    assert "opened=3" in out.getvalue()
    assert not out.getvalue().startswith("{")
