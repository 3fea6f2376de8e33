"""A folder of archives in place of the platforms: exact to the row, the same on every run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from domain import ConfigError
from harvester.archive import PAGE_MENTIONS, ArchiveConnector
from harvester.base import AccountBlocked
from tests.builders import NOON

FIXTURES = Path(__file__).parent.parent / "fixtures" / "archives"


@pytest.fixture
def folder(tmp_path):
    """Two accounts of X, one folder of Instaloader, a telephone log, and a long file of our own lines."""
    here = tmp_path / "arsip"
    here.mkdir()
    shutil.copy(FIXTURES / "x-v2.jsonl", here / "x__pemkot.x-v2.jsonl")
    shutil.copy(FIXTURES / "baris.jsonl", here / "x__pemkot.jsonl")
    shutil.copy(FIXTURES / "telepon.csv", here / "phone__solo.csv")
    shutil.copytree(FIXTURES / "instaloader", here / "instagram__gubernur.instaloader")
    rows = [{"id": str(n), "text": f"lubang {n}", "created_at": "2026-11-02T01:00:00Z"} for n in range(1200)]
    here.joinpath("x__gubernur.jsonl").write_bytes(b"broken\n" + b"\n".join(map(orjson.dumps, rows)))
    here.joinpath("README.md").write_text("bukan arsip")
    here.joinpath("accounts.json").write_bytes(orjson.dumps({
        "x:pemkot": {"handle": "pemkot_contoh", "native_id": "9002", "government": "solo", "department": "dpu"}}))
    return here


def replayed(connector, key, *, restart_at=()):
    """Every page of an account; before the pages named a new connector takes over, as after a kill."""
    account = next(a for a in connector.accounts() if a.key == key)
    pages = []
    while True:
        if len(pages) in restart_at:
            connector = ArchiveConnector(connector.folder)
        page = connector.fetch(account, now=NOON)
        pages.append(page)
        account = replace(account, cursor=page.cursor)
        if not page.more:
            return pages, account


def test_the_accounts_are_those_that_the_files_name(folder):
    """A file name holds the account's key; accounts.json says the rest."""
    accounts = {a.key: a for a in ArchiveConnector(folder).accounts()}

    assert list(accounts) == ["instagram:gubernur", "phone:solo", "x:gubernur", "x:pemkot"]
    assert (accounts["x:pemkot"].handle, accounts["x:pemkot"].government) == ("pemkot_contoh", "solo")
    assert (accounts["x:pemkot"].department, accounts["x:pemkot"].native_id) == ("dpu", "9002")
    assert (accounts["x:gubernur"].handle, accounts["x:gubernur"].platform) == ("gubernur", "x")


def test_all_files_of_an_account_are_read_and_then_there_is_no_more(folder):
    """Two archives of one account come one after the other; the next run finds nothing."""
    connector = ArchiveConnector(folder)
    pages, account = replayed(connector, "x:pemkot")

    again = ArchiveConnector(folder).fetch(account, now=NOON)

    assert sum(len(p.mentions) for p in pages) == 10
    assert sum(len(p.quarantined) for p in pages) == 9
    assert (again.mentions, again.quarantined, again.more, again.cursor) == ((), (), False, account.cursor)


@pytest.mark.parametrize("restart_at", [(1,), (2,), (1, 2)])
def test_a_kill_between_pages_loses_and_doubles_nothing(folder, restart_at):
    """Whenever the daemon starts anew, the pages are those of a run without interruption."""
    whole, _ = replayed(ArchiveConnector(folder), "x:gubernur")

    cut, _ = replayed(ArchiveConnector(folder), "x:gubernur", restart_at=restart_at)

    assert cut == whole
    assert [len(p.mentions) + len(p.quarantined) for p in whole] == [PAGE_MENTIONS, PAGE_MENTIONS, 201]


def test_a_row_with_more_than_a_page_of_posts_is_cut_exactly(tmp_path):
    """One line may hold more posts than a transaction should; the second half is not lost by a kill."""
    items = [{"id": f"8001_{n}", "message": f"lubang {n}", "created_time": "2026-11-02T01:00:00+0000"}
             for n in range(PAGE_MENTIONS + 300)]
    tmp_path.joinpath("facebook__pemkot.graph.jsonl").write_bytes(orjson.dumps({"data": items}))

    pages, _ = replayed(ArchiveConnector(tmp_path), "facebook:pemkot", restart_at=(1,))

    assert [len(p.mentions) for p in pages] == [PAGE_MENTIONS, 300]
    assert len({m.key for p in pages for m in p.mentions}) == PAGE_MENTIONS + 300


def test_rows_that_came_later_are_found_by_the_next_run(folder):
    """An archive that grows is read on from where it ended."""
    connector = ArchiveConnector(folder)
    _, account = replayed(connector, "x:gubernur")
    with folder.joinpath("x__gubernur.jsonl").open("ab") as file:
        file.write(b'\n{"id": "baru", "text": "lubang baru", "created_at": "2026-11-02T02:00:00Z"}\n')

    page = connector.fetch(account, now=NOON)

    assert [m.native_id for m in page.mentions] == ["baru"]


def test_a_replay_knows_no_clock(folder):
    """Posts are seen when they were written, and a broken row beside its neighbours."""
    pages, _ = replayed(ArchiveConnector(folder), "x:gubernur")

    assert all(m.seen_at == m.posted_at for p in pages for m in p.mentions)
    assert pages[0].quarantined[0].seen_at == pages[0].mentions[0].posted_at


def test_a_cursor_of_the_live_platform_is_a_fresh_start(folder):
    """A store that was polled before may be replayed into."""
    connector = ArchiveConnector(folder)
    account = next(a for a in connector.accounts() if a.key == "x:pemkot")

    assert connector.fetch(replace(account, cursor='{"newest_id": "7"}'), now=NOON).mentions


@pytest.mark.parametrize(("name", "says"), [
    ("x__pemkot.xv2.jsonl", "xv2"), ("x__pemkot.parquet", "parquet"), ("x__pemkot", "''"),
    ("phone__solo2.csv", "kolom 'text'"), ("x__tujuh.instaloader", "dibaca dari folder"),
])
def test_what_is_wrong_with_a_file_shows_before_anything_is_read(folder, name, says):
    """An unknown format, a foreign header, a file in place of a folder."""
    folder.joinpath(name).write_text("a,b\n1,2\n")

    with pytest.raises(ConfigError, match=says) as caught:
        ArchiveConnector(folder)
    assert caught.value.hint


def test_a_folder_without_archives_is_said_at_once(tmp_path):
    """Also one that is not there, and a broken accounts.json."""
    with pytest.raises(ConfigError):
        ArchiveConnector(tmp_path / "tidak-ada")
    with pytest.raises(ConfigError):
        ArchiveConnector(tmp_path)
    tmp_path.joinpath("x__a.jsonl").write_text("")
    tmp_path.joinpath("accounts.json").write_text("{rusak")
    with pytest.raises(ConfigError, match="accounts"):
        ArchiveConnector(tmp_path)


def test_a_file_that_disappears_under_the_daemon_needs_a_person(folder):
    """A fetch ends as a page or as one of the four errors."""
    connector = ArchiveConnector(folder)
    account = next(a for a in connector.accounts() if a.key == "phone:solo")
    folder.joinpath("phone__solo.csv").unlink()

    with pytest.raises(AccountBlocked):
        connector.fetch(account, now=NOON)


def test_an_empty_archive_is_an_empty_page(tmp_path):
    """Nothing to read is no error."""
    tmp_path.joinpath("x__a.jsonl").write_text("\n\n")
    connector = ArchiveConnector(tmp_path)

    page = connector.fetch(connector.accounts()[0], now=NOON)

    assert (page.mentions, page.more) == ((), False)
