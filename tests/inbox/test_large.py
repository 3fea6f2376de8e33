"""FIELD R1 without a clock: at 100,000 tickets a page asks few things of the store, and each touches few rows.

What is bounded here are statements, steps of SQLite's machine (a row read is some ten of them), and plans without a scan
of a table that grows. How long it takes on a real machine: `python -m bench.inbox`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.inbox_store import GIANT_WORD, RARE_WORD, fill
from inbox import presence
from inbox.desk import Desk, set_up
from routing.rules import compile_rules
from settings import Settings
from storage import open_store
from storage.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TICKETS = 100_000
STATEMENTS = 40
STEPS = 600_000  # fifty rows are 30,000; a walk along 300 texts 40,000; reading all tickets once would be 5,000,000
GROWING = "ticket|mention|cluster|judgement|audit|sighting|ticket_text_content"
LISTS = ("/", "/?status=semua", "/?status=selesai", "/?topik=jalan_jembatan&urgensi=tinggi", "/?tempat=33.72",
         "/?tempat=33.72.01.1001", "/?kanal=instagram", "/?petugas=saya", "/?dari=2026-11-01&sampai=2026-11-02",
         "/fragment/queue")
SEARCHES = (RARE_WORD, GIANT_WORD, "jalan", "jalan malam", "jal", "di", "lampu jalan padam", "puskesmas kosong", "takada")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, office: Settings) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("large") / "k.db"
    fill(path, TICKETS)
    store = open_store(path)
    yield store
    store.close()


@pytest.fixture
def store(large: Store, office: Settings) -> Store:
    """In the place of the fixture that makes an empty one."""
    set_up(Desk(office, compile_rules(office), large))
    presence._tickets.clear()
    return large


class Watched:
    """What a page asks of the store: each statement, and how many steps all of them took."""

    def __init__(self, store: Any) -> None:
        self.connection = store.connections.connection()
        self.statements: list[str] = []
        self.steps = 0

    def __enter__(self) -> Watched:
        self.connection.set_trace_callback(self.statements.append)
        self.connection.set_progress_handler(self._step, 1_000)
        return self

    def __exit__(self, *_raised: object) -> None:
        self.connection.set_trace_callback(None)
        self.connection.set_progress_handler(None, 1_000)

    def _step(self) -> int:
        self.steps += 1_000
        return 0

    def scans(self) -> list[tuple[str, str]]:
        """Steps of plans that read a growing table from end to end."""
        found = []
        for statement in self.statements:
            if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)", statement):
                plan = [row[3] for row in self.connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
                found += [(step, statement) for step in plan if self._is_scan(step, statement)]
        return found

    def _is_scan(self, step: str, statement: str) -> bool:
        name = re.match(r"SCAN (\w+)(?! VIRTUAL TABLE)", step)
        if not name:
            return False
        alias = re.search(rf"\b({GROWING}) (?:AS )?{name[1]}\b", statement)
        return bool(alias) or name[1] in GROWING.split("|")


def opened(store: Store, client: Any, path: str, *, form: dict[str, str] | None = None) -> str:
    with Watched(store) as watched:
        answer = client.get(path) if form is None else client.post(path, form)
    assert answer.status_code in (200, 302), path
    asked = [one for one in watched.statements if not re.match(r"\s*(BEGIN|COMMIT|ROLLBACK|--)", one)]
    assert asked, path
    assert len(asked) <= STATEMENTS, (path, asked)
    assert watched.steps <= STEPS, (path, watched.steps)
    assert watched.scans() == [], path
    return str(answer.content.decode())


@pytest.mark.parametrize("name", ["alice", "citra"])
def test_every_list_reads_a_bounded_part_of_the_store(store: Store, browser_of: Callable[..., Any], name: str) -> None:
    """One desk and all desks: lists, their next pages, filters, words said once and words said everywhere."""
    client = browser_of(name)
    for path in (*LISTS, *(f"/?cari={words}&status={tab}" for words in SEARCHES for tab in ("aktif", "selesai", "semua"))):
        page = opened(store, client, path)
        for _ in range(2):
            following = re.search(r'rel="next" href="([^"]+)"', page)
            page = opened(store, client, following[1].replace("&amp;", "&")) if following else page


def test_a_ticket_and_what_is_done_to_it_read_a_bounded_part(store: Store, browser_of: Callable[..., Any]) -> None:
    """The page with text, link, time, reasons, spread, history; the poll of an open page; a note, accept, reject."""
    client = browser_of("alice")
    numbers = re.findall(r'data-ticket="(\d+)"', opened(store, client, "/?status=baru"))
    for number, verb in zip(numbers, ("note", "accept", "reject"), strict=False):
        page = opened(store, client, f"/tiket/{number}")
        for part in ("di jalan", f"https://x.com/i/status/{number}", "WIB", "jalan-solo", 'id="why-title"', 'id="spread-title"', 'id="history-title"'):
            assert part in page
        opened(store, client, f"/fragment/tiket/{number}/hadir?version=1")
        opened(store, client, f"/tiket/{number}/{verb}", form={"version": "1", "note": "dicek", "reason": "bukan_keluhan"})


def test_the_watch_sees_a_scan(store: Any) -> None:
    """The tests above would notice: a list by OFFSET and a count of everything are caught."""
    with Watched(store) as watched:
        store.connections.connection().execute("SELECT count(*) FROM mention m WHERE m.text LIKE '%jalan%'").fetchall()

    assert watched.scans()
    assert watched.steps > STEPS / 2
