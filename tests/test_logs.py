"""What a log may show."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

import logs


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
    '{"sessionid": "9001%3Aabc%3A1"}',
])
def test_secrets_and_personal_numbers_never_reach_a_log(written, text):
    """Whatever a library puts into a message, tokens, NIK and phone numbers are blotted out."""
    structlog.get_logger("ours").warning(text, detail=text)
    logging.getLogger("theirs").warning("said %s", text)

    assert len(written()) == 2
    everything = json.dumps([{name: said for name, said in row.items() if name != "timestamp"} for row in written()])
    for secret in ("EAAabc", "AAAAAAAAAAAAAAAAAAAAAxyz", "0145", "0000", "9001%3A"):
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
    structlog.get_logger("ours").info("settled", mention="x:post:1790000000000000123", opened=3, rule="ab12")

    [row] = written()
    assert row["mention"] == "x:post:1790000000000000123"
    assert row["opened"] == 3


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
