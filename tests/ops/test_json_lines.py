"""JSON Lines in: what is read, what is refused in its place, and when an answer may be given."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime

import orjson
import pytest

from ops.json_lines import MAX_LINE_BYTES, BadRow, as_json, batches
from ops.rows import mention_of, moment
from tests.paths import ROOT


def read(data: bytes):
    """Every row of `data`, in one list."""
    return [row for batch in batches(io.BufferedReader(io.BytesIO(data))) for row in batch]


@pytest.mark.parametrize(("line", "text"), [
    (b'\xef\xbb\xbf{"text":"a"}', "a"),
    (b'{"text":"a"}\r', "a"),
    (b'{"text":"half \\ud83d pair"}', "half \ufffd pair"),
    (b'{"text":"a","lat":NaN,"lng":-Infinity}', "a"),
    ('{"text":"a\u2028b\x85c"}'.encode(), "a\u2028b\x85c"),
    (b'{"text":"a","y":' + b"[" * 500 + b"]" * 500 + b"}", "a"),
    (b'{"text":"a","text":"b"}', "b"),
], ids=["BOM", "CRLF", "half pair", "NaN", "line separators", "nested", "doubled key"])
def test_what_programs_write_is_read(line, text):
    """Signs that JSON forbids or that look like line ends cost no row, and no offset moves."""
    [row] = read(line + b"\n")

    assert row["text"] == text


@pytest.mark.parametrize(("line", "reason", "row_id"), [
    (b'{"id":"a","text":"caf\xe9"}', "not UTF-8 at byte 21", "a"),
    (b"\xff\xfe{\0", "not UTF-8 at byte 0", None),
    (b'{"id":"a","text":5}', "it is a number", "a"),
    (b'{"id":"a","text":null}', "it is null", "a"),
    (b'{"id":"a"}', "it is missing", "a"),
    (b'["text"]', "not a list", None),
    (b"null", "not null", None),
    (b'{"id":"a","text":"jal', "not JSON", None),
    (b"[" * 100_000, "not JSON", None),
], ids=range(9))
def test_what_cannot_be_read_says_why_in_its_place(line, reason, row_id):
    """The rows around it are read; line number, reason and, where it can be read, the id are told."""
    first, bad, last = read(b'{"text":"x"}\n' + line + b'\n\n{"text":"y"}')

    assert (first["text"], last["text"]) == ("x", "y")
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.id) == (2, row_id)
    assert reason in bad.reason


def test_a_line_without_end_takes_no_memory():
    """A line beyond the limit is one bad row, wherever it ends; the next line is read."""
    endless = b"a" * (MAX_LINE_BYTES + 1)

    bad, good, last = read(endless + b'\n{"text":"x"}\n' + endless)

    assert (bad.line, good["text"], last.line) == (1, "x", 3)


def test_an_id_comes_back_as_it_was_given():
    """Also one that is longer than any integer of the machine."""
    [row] = read(b'{"id":123456789012345678901234567890,"text":"x"}')

    assert as_json({"id": row["id"]}) == b'{"id":123456789012345678901234567890}'


@pytest.mark.parametrize(("given", "hour"), [
    ("2026-11-02T08:00:00Z", 8), ("2026-11-02T08:00:00+07:00", 1), ("2026-11-02 08:00", 8),
    ("Mon Nov 02 08:00:00 +0000 2026", 8), ("Mon, 02 Nov 2026 08:00:00 +0700", 1),
    (1793606400, 8), (1793606400.5, 8), (1793606400000, 8),
])
def test_a_time_is_read_in_each_usual_form(given, hour):
    """ISO, X's old form, mail's form, seconds and milliseconds."""
    assert moment(given).replace(microsecond=0) == datetime(2026, 11, 2, hour, tzinfo=UTC)


@pytest.mark.parametrize("given", [
    None, "", "kemarin", "2026-13-45", 1e308, -1e308, float("inf"), True, [], {}, "0001-01-01T00:00+14:00", "\0", 10**30,
])
def test_an_odd_time_is_no_time(given):
    """Nothing that stands in `created_at` ends a run."""
    assert moment(given) is None


def test_odd_optional_fields_are_left_out():
    """Whatever type they have."""
    for value in (None, 0, True, [], {}, [None], [{}], "x", {"id": 1}, [{"phash": 5, "sha256": []}]):
        names = ("platform", "account", "author", "created_at", "place_name", "repost_of", "media", "address")
        mention_of({"text": "x", **dict.fromkeys(names, value)}, key="k", account="")


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["analyze", "cluster"])
def test_a_program_that_waits_gets_its_answer(verb, tmp_path):
    """One row in, one row out, while the pipe stays open; Ctrl-C or the end of input ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.main", verb], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}, bufsize=0,
    )
    for n in range(2):
        process.stdin.write(orjson.dumps({"id": n, "text": "Jalan berlubang di Solo"}) + b"\n")
        assert orjson.loads(process.stdout.readline())["id"] == n
    process.stdin.close()

    assert process.wait(timeout=20) == 0
