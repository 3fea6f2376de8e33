"""`kentongan ingest`: archives through the same way, twice without doubles."""

from __future__ import annotations

import pytest

from tests.ops.command import jsonl, kentongan
from tests.paths import ROOT

CONFIG = ROOT / "config.yaml"
ROWS = jsonl(
    {"id": "1", "text": "Jalan berlubang parah di Jl. Veteran Solo, tolong diperbaiki", "created_at": "2026-11-02T01:00:00Z"},
    {"id": "2", "text": "Sampah menumpuk di Pasar Gede Solo, bau sekali, mohon diangkut", "created_at": "2026-11-02T01:10:00Z"},
)


def test_the_same_archive_twice_opens_nothing_new(tmp_path):
    """The second import knows every row."""
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(ROWS)

    first, second = [
        kentongan("ingest", archive, "--format", "jsonl", "--account", "x:PEMKOT_SOLO", "--config", CONFIG, cwd=tmp_path)
        for _ in range(2)
    ]

    assert "baru 2" in first.err
    assert "tiket dibuka 2" in first.err
    assert "baru 0, sudah ada 2" in second.err
    assert "tiket dibuka 0" in second.err


def test_a_malformed_row_is_counted_and_the_rest_goes_in(tmp_path):
    """Broken JSON and broken bytes are quarantined; the good rows become tickets."""
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(b'{"id": \n\xff\xfe broken\n' + ROWS)

    done = kentongan("ingest", archive, "--format", "jsonl", "--config", CONFIG, cwd=tmp_path)

    assert done.code == 0
    assert "karantina 2" in done.err
    assert "baru 2" in done.err
    assert kentongan("verify", "--config", CONFIG, cwd=tmp_path).code == 0


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_telephone_log_goes_in(tmp_path, separator):
    """The CSV that a call centre keeps is one more channel."""
    archive = tmp_path / "telp.csv"
    head = "id channel text author created_at lat lon media".replace(" ", separator)
    row = separator.join(["9", "telepon", "Pohon tumbang menutup Jl. Adi Sucipto Solo", "", "2026-11-02 08:00", "", "", ""])
    archive.write_text(f"\ufeff{head}\n{row}\n", encoding="utf-8")

    done = kentongan("ingest", archive, "--format", "csv", "--account", "phone:solo", "--config", CONFIG, cwd=tmp_path)

    assert "tiket dibuka 1" in done.err, done.err


def test_a_wrong_format_is_named_and_nothing_is_stored(tmp_path):
    """Pages of X given as Graph pages: which form it looks like, exit code 2, no store."""
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(jsonl({"data": [{"id": "1", "text": "Jalan rusak di Solo", "author_id": "9",
                                         "created_at": "2026-11-02T01:00:00.000Z"}]}))

    done = kentongan("ingest", archive, "--format", "graph", "--config", CONFIG, cwd=tmp_path)

    assert done.code == 2
    assert "--format x-v2" in done.err
    assert not (tmp_path / "var").exists()


def test_lines_given_as_a_table_are_told_apart_without_quoting_them(tmp_path):
    """The first line of a foreign file may hold a citizen's words; they stay out of the message."""
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(ROWS)

    done = kentongan("ingest", archive, "--format", "csv", "--config", CONFIG, cwd=tmp_path)

    assert done.code == 2
    assert "jsonl" in done.err.partition("saran:")[2]
    assert "Veteran" not in done.err


def test_why_rows_are_set_aside_is_said(tmp_path):
    """Each reason once, with how often."""
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(jsonl({"text": "tanpa nomor"}, {"text": "tanpa nomor juga"}))

    done = kentongan("ingest", archive, "--format", "jsonl", "--config", CONFIG, cwd=tmp_path)

    assert (done.code, done.out) == (0, b"")
    assert "tidak terbaca 2 kali: id: no usable id" in done.err


def test_a_nonsensical_account_is_refused(tmp_path):
    """With a hint, without a traceback."""
    archive = tmp_path / "a.jsonl"
    archive.write_bytes(ROWS)

    done = kentongan("ingest", archive, "--format", "jsonl", "--account", ":", "--config", CONFIG, cwd=tmp_path)

    assert done.code == 2
    assert "saran:" in done.err
    assert "Traceback" not in done.err
