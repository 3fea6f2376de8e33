"""Replay, ledger, verify, export, explain: what ops and auditors type. FIELD O1 and O3."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from domain import Fate
from storage import open_store
from tests.builders import NOON
from tests.ops.command import kentongan, kentongan_process
from tests.paths import DAY1, ROOT
from tests.storage.decisions import ALICE, told, watch

CONFIG = ROOT / "config.yaml"


NO_NETWORK = """
import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        os.write(2, f"NETWORK: {event} {arguments}".encode())
        os._exit(97)
sys.addaudithook(refuse)
"""


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """A clean folder in which the invented day was replayed twice, by processes that a socket would end."""
    folder, hooks = tmp_path_factory.mktemp("clean"), tmp_path_factory.mktemp("hooks")
    (hooks / "sitecustomize.py").write_text(NO_NETWORK)
    offline = {"PYTHONPATH": os.pathsep.join([str(hooks), str(ROOT)])}
    replay = ("run", "--once", "--replay", DAY1)
    steps = [("init",), replay, ("tickets", "export"), replay, ("tickets", "export")]
    return folder, [kentongan_process(*step, cwd=folder, env=offline) for step in steps]


@pytest.mark.slow
def test_a_replay_on_a_clean_box_opens_tickets_and_a_second_one_opens_none(replayed):
    """FIELD O1: init and one replay end well within a minute, offline; the same day again raises nothing new."""
    _, (init, first, tickets, second, again) = replayed

    assert (init.code, first.code, second.code) == (0, 0, 0), first.err + second.err
    assert init.seconds + first.seconds < 60
    assert tickets.out.count(b"\n") > 100
    assert again.out == tickets.out


@pytest.mark.slow
def test_the_ledger_balances_day_by_day(replayed):
    """FIELD O3: seen = sum of fates for every account; the days add up to the whole; another day is empty."""
    folder, _ = replayed
    whole = kentongan("ledger", "--json", cwd=folder)
    days = [kentongan("ledger", "--day", day, "--json", cwd=folder) for day in sorted({r["day"] for r in whole.rows()})]
    sound = kentongan("verify", cwd=folder)

    assert (whole.code, sound.code) == (0, 0), sound.err
    assert [row for day in days for row in day.rows()] == whole.rows()
    for row in whole.rows():
        assert row["balances"]
        assert row["seen"] == sum(row[fate] for fate in Fate) > 0
    assert len(whole.rows()) >= 5
    assert kentongan("ledger", "--day", "1999-01-01", "--json", cwd=folder).rows() == []


@pytest.mark.slow
@pytest.mark.parametrize("theft", [
    "DELETE FROM sighting WHERE (mention, account) = (SELECT mention, account FROM sighting LIMIT 1)",
    "UPDATE seen_count SET n = n + 1 WHERE (account, day) = (SELECT account, day FROM seen_count LIMIT 1)",
])
def test_one_altered_row_unbalances_the_ledger_of_its_day(replayed, tmp_path, theft):
    """FIELD O3: one post missing on either side of the equation ends `ledger --day` and `verify` with 1."""
    folder, _ = replayed
    copy = tmp_path / "k.db"
    with closing(sqlite3.connect(folder / "var" / "kentongan.db")) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        assert target.execute(theft).rowcount == 1
        target.commit()
    days = {row["day"] for row in kentongan("ledger", "--json", cwd=folder).rows()}

    codes = {day: kentongan("ledger", "--day", day, "--store", copy, cwd=folder) for day in days}
    unsound = kentongan("verify", "--store", copy, cwd=folder)

    [(day, broken)] = [(day, done) for day, done in codes.items() if done.code]
    assert broken.code == 1
    assert day in broken.err
    assert "TIDAK SEIMBANG" in broken.err
    assert unsound.code == 1


@pytest.mark.slow
def test_exports_are_safe_and_masked(replayed):
    """No formula in a cell, no phone number or NIK in any export; Open311 and SP4N carry their fields."""
    folder, _ = replayed
    table = kentongan("tickets", "export", "--format", "csv", cwd=folder).out.decode()
    packets = kentongan("tickets", "export", "--format", "sp4n", cwd=folder).rows()
    requests = kentongan("tickets", "export", "--format", "open311", cwd=folder).rows()

    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell.lstrip(" ")[:1] in ("=", "+", "-", "@")]
    assert "0812-0000" not in table
    assert {"judul", "isi", "klasifikasi", "kategori", "lokasi", "tanggal", "lampiran", "rahasia", "anonim"} <= set(packets[0])
    assert all(r["status"] in ("open", "closed") for r in requests)
    assert len(requests) <= len(packets)


@pytest.mark.slow
def test_a_ticket_explains_itself(replayed):
    """The stored decision is read back with its words and its rule."""
    folder, _ = replayed
    done = kentongan("explain", "T-1", cwd=folder)

    assert done.code == 0
    assert "tujuan" in done.out.decode()
    assert "topik" in done.out.decode()


@pytest.mark.slow
def test_logs_of_a_whole_replay_hold_no_personal_number(replayed):
    """FIELD O12: neither NIK nor telephone number nor token of the invented day is in any log."""
    _, (_, first, _, second, _) = replayed

    for log in (first.err, second.err):
        assert log
        assert "0812-0000" not in log
        assert "08120000" not in log


def test_explain_works_offline_without_a_store(tmp_path):
    """FIELD P1: any sentence can be tried, with spans, rule, runner-up."""
    done = kentongan("explain", "--config", CONFIG, "--text", "Lampu jalan mati di Jl. RM Said Solo", cwd=tmp_path)

    said = done.out.decode()
    assert done.code == 0
    assert "lampu_jalan" in said
    assert "'Lampu jalan mati'" in said or "'Lampu jalan'" in said
    assert "pilihan kedua" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "code"), [
    (("verify", "--store", "none.db"), 2),
    (("explain",), 2),
    (("explain", "T-x"), 2),
    (("explain", "T-99999999999999999999"), 2),
    (("explain", "T-\u00b2"), 2),
    (("ledger", "--day", "kemarin"), 2),
    (("ingest", "none.csv", "--format", "csv"), 2),
    (("analyze", "--config", "none.yaml"), 2),
    (("no-such-verb",), 2),
    (("--help",), 0),
])
def test_exit_codes_say_what_happened(arguments, code, tmp_path):
    """0 done, 2 usage or config; never a traceback."""
    config = () if "--config" in arguments or arguments[0] in ("no-such-verb", "--help") else ("--config", CONFIG)
    done = kentongan(*arguments, *config, cwd=tmp_path)

    assert done.code == code, done.err
    assert "Traceback" not in done.err


def test_config_check_runs_the_examples():
    """The shipped file passes its own examples and counter-examples."""
    done = kentongan("config", "check")

    assert done.code == 0, done.err
    assert "contoh" in done.err


@pytest.mark.slow
def test_without_a_file_of_ones_own_the_shipped_one_judges(tmp_path):
    """Reading verbs work in any folder, in any language setting, without a home; writing verbs ask for a file."""
    bare = {"HOME": "/nonexistent", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    explained = kentongan("explain", "--json", "--text", "Jalan berlubang 😭 di Solo", cwd=tmp_path, env=bare)
    refused = kentongan("verify", cwd=tmp_path, env=bare)

    assert (explained.code, refused.code) == (0, 2)
    assert explained.rows()[0]["text"] == "Jalan berlubang 😭 di Solo"
    assert "pengaturan bawaan" in explained.err
    assert "config init" in refused.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error():
    """`kentongan analyze ... | head -1` says nothing and ends with 0."""
    command = f"{sys.executable} -m ops.main analyze | head -1; exit ${{PIPESTATUS[0]}}"
    rows = b'{"id":1,"text":"Jalan rusak di Solo"}\n' * 3_000
    done = subprocess.run(["bash", "-c", command], input=rows, capture_output=True, cwd=ROOT)

    assert done.returncode == 0
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_an_auditor_reads_who_opened_personal_data_and_keeps_a_link(tmp_path):
    """FIELD R7: `audit --pii` names person, ticket and reason; a link that was noted holds the chain up to it."""
    path = tmp_path / "k.db"
    with closing(open_store(path)) as store:
        _, ticket = told(watch(store))
        store.record_view(ALICE, ticket, what="pii", reason="menelepon pelapor", now=NOON)
    at = ("--store", path)

    looks = kentongan("audit", "--pii", "--json", *at).rows()
    shown = kentongan("audit", "--pii", *at).out.decode()
    link = kentongan("audit", "--head", *at).out.decode().strip()

    assert [(row["actor"], row["ticket"], row["after"], row["reason"]) for row in looks] == [
        ("alice", ticket, {"what": "pii"}, "menelepon pelapor")]
    assert all(word in shown for word in ("alice", f"T-{ticket}", "menelepon pelapor"))
    assert kentongan("verify", "--head", link, *at).code == 0
    assert kentongan("verify", "--head", f"{looks[0]['id']}:{'0' * 64}", *at).code == 1
    assert kentongan("audit", "--ticket", "999", "--json", *at).out == b""


@pytest.mark.parametrize("arguments", [("audit", "--since", "kemarin"), ("verify", "--head", "12")])
def test_what_is_no_date_and_no_link_is_a_usage_error(arguments):
    """Exit code 2, with how to write it."""
    done = kentongan(*arguments)

    assert done.code == 2
    assert any(hint in done.err for hint in ("2026-11-02", "audit --head"))
