"""SQLite when things go wrong: full and broken disks, held locks, many writers, second daemons, newer files."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import pytest

from domain import AccountState, Quarantined, StoreBusy, StoreFault
from storage import daemon_lease, open_store, sqlite_version
from storage.sqlite import SqliteStore
from storage.sqlite.lock import WriteLock
from tests.builders import NOON
from tests.paths import ROOT
from tests.storage.decisions import (
    LATER,
    MACHINE,
    fates,
    joins,
    kept,
    mention,
    opens,
    repost,
    save,
    settle,
    told,
    watch,
)
from tests.storage.faulty import Disk
from tests.storage.regroupings import desk_of, merge, split, undo


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kentongan.db"


# --- disks -----------------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing_half_written_and_heals(path):
    """The error names the cause; once there is room, the same page goes in whole."""
    with closing(SqliteStore(path)) as store:
        told(watch(store))
        connection = store.connections.connection()
        pages, = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        page = [mention("panjang " * 500) for _ in range(20)]

        with pytest.raises(StoreFault, match="full") as fault:
            save(store, *page, cursor="c2")

        assert "disk penuh" in fault.value.hint
        assert fates(store) == {"ticket": 1}
        assert store.accounts()[0].cursor == ""
        connection.execute("PRAGMA max_page_count = 1073741823")
        assert save(store, *page, cursor="c2").new == 20
        assert store.verify() == []


@pytest.mark.slow
def test_a_fault_at_any_statement_leaves_the_state_before_or_the_state_after(path, empty_store):
    """The n-th operation fails, for every n: no page and no batch is ever half there, and a repetition heals."""
    disk = Disk()
    m = mention("Jalan berlubang")
    first, share, news, gone = mention("Lampu padam"), repost(m), mention("Berita"), mention("Dihapus")
    page = (m, first, share, news, gone)
    broken = Quarantined("x:raw:1", "x:solo", "{", "?", NOON)
    steps = [
        lambda store: save(store, *page, cursor="c1", quarantined=(broken,), handle="kota_baru", reads=5),
        lambda store: settle(
            store, opens(m, "solo-dpupr", "solo-dishub"), opens(first), joins(share, m.key), kept(news)),
        lambda store: save(store, cursor="c2", gone=(m.key, gone.key)),
    ]
    states = clean_states(path.with_name("clean.db"), steps)

    for n in count(1):
        file = empty_store(path.with_name(f"fault{n}.db"))
        with closing(watch(SqliteStore(file, connect=disk.connect))) as store:
            disk.fail_at(n)
            hit = play(store, disk, steps, states)
            with disk.spared():
                assert store.verify() == []
        if not hit:
            break
    assert n > 30  # every statement of the three transactions was hit once


@pytest.mark.slow
def test_a_fault_in_a_merge_a_split_or_an_undo_leaves_no_half_of_it(path, empty_store, rules):
    """Stories, tickets, labels, audit and search change together, whatever statement fails."""
    disk = Disk()
    first, second, copy = mention("Jalan berlubang"), mention("Lubang di jalan"), mention("Jalan berlubang, Gede")
    share = repost(second)
    posts = (first, second, copy, share)

    def begin(store):
        save(watch(store), *posts)
        settle(store, opens(first), opens(second, "solo-dpupr", "solo-dishub"), joins(copy, first.key),
               joins(share, second.key))

    steps = [
        lambda store: merge(store, desk_of(store, 2, "solo-dpupr"), 1),
        lambda store: split(store, 1, copy, rules=rules),
        lambda store: undo(store, store.case(MACHINE, 1).tickets[0].id),
        lambda store: undo(store, desk_of(store, 2, "solo-dpupr")),
    ]
    states = clean_states(path.with_name("clean.db"), steps, begin)

    for n in count(1):
        file = empty_store(path.with_name(f"fault{n}.db"))
        with closing(SqliteStore(file, connect=disk.connect)) as store:
            begin(store)
            disk.fail_at(n)
            play(store, disk, steps, states)
            with disk.spared():
                assert store.verify() == []
        if not disk.failed:
            break
    assert n > 80
    assert states[-1][0] == states[0][0]  # what is exported is as before the first merge


def clean_states(path: Path, steps, begin=watch) -> list[object]:
    with closing(open_store(path)) as store:
        begin(store)
        return [state(store), *(step(store) and state(store) for step in steps)]


def play(store, disk: Disk, steps, states) -> bool:
    """Run the steps; where one is hit it must have done nothing, and the repetition must do it all."""
    hit = False
    for number, step in enumerate(steps):
        try:
            step(store)
        except StoreFault:
            hit = True
            assert state(store) == states[number]
            step(store)
        with disk.spared():
            assert state(store) == states[number + 1]
    return hit


def state(store) -> object:
    return [
        list(store.export_tickets()), store.ledger(), store.accounts(), store.due_events(99, now=LATER),
        store.unprocessed(99, now=LATER), store.quarantine(), store.lane(), store.facts() | {"bytes": 0},
        list(store.stories_since(0, after=NOON)),
    ]


def test_a_failing_rollback_costs_the_connection_not_the_thread(path):
    """Even where undoing fails, nothing of the transaction stands and the next one works."""
    disk = Disk()
    with closing(watch(SqliteStore(path, connect=disk.connect))) as store:

        class Stuck(Exception):
            pass

        with pytest.raises(Stuck), store.connections.write() as connection:  # noqa: PT012 the block is the test
            connection.execute("DELETE FROM account")
            disk.fail_at(1)  # the ROLLBACK
            raise Stuck

        assert disk.failed == "ROLLBACK"
        assert [a.key for a in store.accounts()] == ["x:solo"]
        assert save(store, mention()).new == 1


# --- locks and many writers ------------------------------------------------------------------------


def test_who_waits_too_long_for_the_lock_is_told_so_and_nothing_is_lost(path):
    """The wait has a bound; the helper that gets the lock too late gives it back."""
    with closing(watch(open_store(path, lock_seconds=0.05))) as store:
        with WriteLock(path, seconds=1).held(), pytest.raises(StoreBusy, match="kunci tulis"):
            save(store, mention())

        assert store.accounts_due(NOON)  # readers were never in the way

    with closing(open_store(path, lock_seconds=5)) as store:
        assert save(store, mention()).new == 1


def test_a_foreign_tool_that_holds_the_database_gives_busy(path, monkeypatch):
    """A shell that writes past our lock is waited for, then named."""
    monkeypatch.setattr("storage.sqlite.connection.BUSY_SECONDS", 0.05)
    with closing(watch(open_store(path))) as store, closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")

        with closing(open_store(path)) as other, pytest.raises(StoreBusy, match="locked"):
            save(other, mention())

        shell.execute("ROLLBACK")
        assert save(store, mention()).new == 1


def count_up(path: Path, key: str, times: int, errors) -> None:
    try:
        with closing(open_store(path)) as store:
            for _ in range(times):
                store.mark_failed(key, error="451", retry_at=NOON, now=NOON)
    except Exception as error:
        errors.put(repr(error))
        raise


def test_four_processes_write_without_a_single_error(path):
    """Daemon, inbox and two commands at once: 2,000 changes of one row, none lost."""
    with closing(watch(open_store(path))) as store:
        told(store)
        key = store.due_events(1, now=LATER)[0].event.key
    context = get_context("fork")
    errors = context.SimpleQueue()
    writers = [context.Process(target=count_up, args=(path, key, 500, errors)) for _ in range(4)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0] * 4, errors.get()
    with closing(open_store(path)) as store:
        assert store.due_events(1, now=LATER)[0].attempts == 2000


def test_threads_share_one_store(path):
    """Pollers and judge work at the same time, each with a connection of its own."""
    with closing(watch(open_store(path))) as store:
        pages = [[mention() for _ in range(5)] for _ in range(40)]
        threads = [
            threading.Thread(target=lambda mine=pages[n::4]: [save(store, *page) for page in mine])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert fates(store) == {"waiting": 200}


def test_a_second_daemon_is_refused_and_the_first_one_named(path):
    """Two daemons on one store would poll and bill everything twice."""
    with daemon_lease(path), pytest.raises(StoreBusy, match=rf"pid {os.getpid()}\b") as refused, daemon_lease(path):
        pass

    assert refused.value.exit_code == 75
    with daemon_lease(path):
        assert path.with_name("kentongan.db.daemon").read_text() == f"{os.getpid()}\n"


FOREIGN = {
    "the sqlite3 shell": "import sqlite3; c = sqlite3.connect({0!r}); c.execute('SELECT count(*) FROM ticket'); c.close()",
    "a verb that writes": "from pathlib import Path; from storage import open_store; open_store(Path({0!r})).close()",
}


@pytest.mark.parametrize("tool", FOREIGN)
def test_another_process_that_opens_and_closes_the_file_leaves_our_log_alone(path, tool):
    """`kentongan users add` beside the inbox: the last one out clears the log away, and it was not the last one."""
    opened, kept_open = threading.Event(), threading.Event()
    with closing(watch(open_store(path))) as store:
        second = threading.Thread(target=lambda: (store.accounts(), opened.set(), kept_open.wait()), daemon=True)
        second.start()
        opened.wait()

        subprocess.run([sys.executable, "-c", FOREIGN[tool].format(str(path))], check=True, cwd=ROOT)
        told(store)

        with closing(open_store(path, read_only=True)) as reader:
            assert fates(reader) == fates(store) == {"ticket": 1}
        kept_open.set()


# --- files -----------------------------------------------------------------------------------------


def test_a_file_of_a_newer_version_is_refused(path):
    """An old program does not write into what it does not understand, and says which version can."""
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
                           " VALUES ('kentongan', 'm999_future', '')")

    for read_only in (False, True):
        with pytest.raises(StoreFault, match="m999_future"):
            open_store(path, read_only=read_only)


@pytest.mark.parametrize("content", [b"not a database" * 400, "foreign"])
def test_a_file_that_is_no_store_is_refused_untouched(path, content):
    """A typo in config.yaml does not cost somebody else's file."""
    if content == "foreign":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE other (x)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()

    with pytest.raises(StoreFault):
        open_store(path)

    assert path.read_bytes() == before


def test_opening_again_keeps_everything(path):
    """Migrations run once."""
    with closing(watch(open_store(path))) as store:
        told(store)
        facts = store.facts()

    with closing(open_store(path)) as store:
        assert store.facts()["tickets"] == facts["tickets"] == {"baru": 1}
        assert store.facts()["schema"] == "m018_echoes"


def test_a_file_of_the_first_schema_gets_the_index_of_answers(path):
    """What an older version wrote is brought up to date when the store is opened, once."""
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP INDEX mention_thread")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_answers'")

    for _ in range(2):
        open_store(path).close()

    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'mention_thread'").fetchone()
    assert found == (1,)


def test_a_file_from_before_windows_knows_when_its_accounts_were_heard(path):
    """The habit of four weeks is counted from the posts that are there: no alarm has to wait a fortnight."""
    with closing(watch(open_store(path))) as store:
        told(store)
        heard = store.heard(since=NOON - timedelta(days=1))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("watch", "blind_window", "breaker", "spend", "heard"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm008_watching'")

    with closing(open_store(path)) as store:
        assert store.heard(since=NOON - timedelta(days=1)) == heard != {}
        assert store.blind_windows(since=NOON) == []


def test_what_waits_in_a_file_from_before_echoes_gets_its_turn(path):
    """A storm that waits while the program is renewed does not hold up what comes after it."""
    with closing(watch(open_store(path))) as store:
        first, _ = told(store)
        unseen, shares = mention("Tanggul retak"), [repost(first), repost(first)]
        save(store, *shares, repost(unseen), mention("Lampu padam"))
        order = store.unprocessed(99, now=LATER)
        made = indexes_of_waiting(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in ("DROP INDEX mention_waiting", "DROP INDEX mention_first_repost",
                          "ALTER TABLE mention DROP COLUMN echo",
                          "CREATE INDEX mention_waiting ON mention(posted_at, key) WHERE fate IN ('waiting', 'failed')",
                          "DELETE FROM _sqlite_migrations WHERE name = 'm018_echoes'"):
            connection.execute(statement)

    with closing(open_store(path)) as store:
        assert store.unprocessed(99, now=LATER) == order
        assert [m.key for m in order[2:]] == [share.key for share in shares]
        assert indexes_of_waiting(store) == made


def indexes_of_waiting(store) -> list[tuple[object, ...]]:
    return store.connections.connection().execute(
        "SELECT name, sql FROM sqlite_master WHERE name IN ('mention_waiting', 'mention_first_repost') ORDER BY 1"
    ).fetchall()


def test_a_reader_sees_and_does_not_write(path):
    """`ledger`, `verify` and `doctor` open the file without being able to change it."""
    with pytest.raises(StoreFault):
        open_store(path, read_only=True)
    with closing(watch(open_store(path))) as store, closing(open_store(path, read_only=True)) as reader:
        told(store)

        assert fates(reader) == {"ticket": 1}
        with pytest.raises(StoreFault, match="hanya untuk dibaca"):
            save(reader, mention())
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.connections.connection().execute("DELETE FROM account")


def test_the_file_is_private_and_written_as_agreed(path):
    """Only the service's own user reads citizens' words; deleted bytes are overwritten."""
    with closing(SqliteStore(path)) as store:
        connection = store.connections.connection()
        pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in (
            "journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store", "journal_size_limit")}

        assert {file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {0}
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "secure_delete": 1,
                       "temp_store": 2, "journal_size_limit": 64 << 20}
    assert sqlite_version() >= (3, 38)


def test_an_account_that_is_switched_off_stays_off(path):
    """A page that was under way when ops switched the account off does not switch it on again."""
    with closing(watch(open_store(path), "x:b")) as store:
        save(store, mention(), to="x:import")
        store.save_failure("x:import", state=AccountState.BACKOFF, next_poll_at=NOON, reason="?", now=NOON)

        assert {a.key: a.state for a in store.accounts()}["x:import"] is AccountState.DISABLED
        assert [a.key for a in store.accounts_due(LATER)] == ["x:b"]
