"""Copies of a SQLite store beside those who use it, and the place that a copy is to take."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from domain import Page, StoreBusy, StoreFault
from storage import open_store
from storage.backup import contents_of, copy_database, copy_store, damage, is_older, made_ready, refuse_in_use, salvaged
from storage.erasures import Erasure, Journal, Noting
from storage.swap import Move, announce, finish, note_of, swap, withdraw
from tests.builders import NOON
from tests.storage.decisions import LATER, mention, opens, save, settle, told, watch


@pytest.fixture
def path(tmp_path, empty_store):
    return empty_store(tmp_path / "k.db")


@pytest.fixture
def store(path):
    store = watch(open_store(path))
    yield store
    store.close()


# --- copies ----------------------------------------------------------------------------------------


def test_a_copy_is_one_private_file_that_holds_what_was_there(store, path, tmp_path):
    """Counts, the newest link of the audit chain and the day of the ledger are those of the copied moment."""
    told(store)
    head = store.audit_head()

    seen = copy_store(path, tmp_path / "copy.db")

    assert seen == contents_of(tmp_path / "copy.db")
    assert (seen.link, seen.counts["ticket"], seen.counts["mention"]) == (head, 1, 1)
    assert seen.day == "2026-11-02"
    assert damage(tmp_path / "copy.db", thorough=True) == []
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("copy.db")] == ["copy.db"]


def test_a_copy_beside_somebody_who_commits_is_of_one_moment(store, path, tmp_path):
    """Tickets come in all the while: each copy is a whole store whose last link is one of the chain."""
    posts = [mention(f"lubang nomor {n}") for n in range(60)]
    going = threading.Event()

    def write():
        for post in posts:
            save(store, post)
            settle(store, opens(post))
            going.set()

    writer = threading.Thread(target=write)
    writer.start()
    going.wait()
    copies = []
    while writer.is_alive() or not copies:
        copies.append(tmp_path / f"copy{len(copies)}.db")
        copy_store(path, copies[-1])
    writer.join()

    sizes = []
    for copy in copies:
        made_ready(copy)
        with closing(open_store(copy)) as books:
            assert books.verify() == []
            assert store.verify_link(books.audit_head()) == []
            sizes.append(books.audit_head().id)
    assert sizes == sorted(sizes)
    assert len({*sizes}) > 1 or len(copies) == 1


def test_a_file_that_is_no_store_is_refused(tmp_path):
    """What is not ours is neither copied as a store nor looked at as one."""
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE person (name TEXT)")
    (tmp_path / "text.db").write_text("bukan basis data " * 100)

    for name in ("other.db", "text.db"):
        with pytest.raises(StoreFault):
            copy_store(tmp_path / name, tmp_path / f"copy-{name}")
        with pytest.raises(StoreFault):
            contents_of(tmp_path / name)


def test_another_database_is_copied_as_it_is(tmp_path):
    """People and sessions lie in a database that the store knows nothing of."""
    with closing(sqlite3.connect(tmp_path / "auth.db")) as people:
        people.execute("CREATE TABLE person (name TEXT)")
        people.execute("INSERT INTO person VALUES ('sri')")
        people.commit()

        copy_database(tmp_path / "auth.db", tmp_path / "copy.db")

    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT name FROM person").fetchall() == [("sri",)]


def test_damage_is_found(store, path, tmp_path):
    """A page that was overwritten shows, also to the quick look."""
    for n in range(50):
        told(store, f"lubang nomor {n}")
    copy_store(path, tmp_path / "copy.db")
    raw = bytearray((tmp_path / "copy.db").read_bytes())
    raw[8 * 4096:12 * 4096] = b"\xff" * (4 * 4096)
    (tmp_path / "copy.db").write_bytes(raw)

    assert damage(tmp_path / "copy.db", thorough=False) != []
    assert damage(tmp_path / "copy.db", thorough=True) != []


def test_a_store_of_an_older_version_is_known_and_can_be_copied(store, path, tmp_path):
    """The copy before a migration is of the file as the older version left it."""
    told(store)
    store.close()
    assert not is_older(path)
    with closing(sqlite3.connect(path)) as shell:
        shell.execute("DELETE FROM _sqlite_migrations WHERE name > 'm014_facts'")
        shell.commit()

    assert is_older(path)
    assert copy_store(path, tmp_path / "copy.db").counts["ticket"] == 1


# --- whose place it takes ----------------------------------------------------------------------------


def asleep_with(path, *, read_only):
    """A process that has the store open and does nothing."""
    ready, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            store = open_store(path, read_only=read_only)
            store.facts()
            os.write(tell, b".")
            signal.pause()
        finally:
            os._exit(1)
    os.read(ready, 1)
    return child


@pytest.mark.parametrize("read_only", [True, False])
def test_a_store_that_anybody_has_open_is_in_use(path, read_only):
    """An inbox that nobody clicks in holds no lock of ours; SQLite's own tells of it."""
    child = asleep_with(path, read_only=read_only)
    try:
        with pytest.raises(StoreBusy, match="sedang dipakai"):
            refuse_in_use(path)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    refuse_in_use(path)


def test_a_store_that_was_killed_is_free_and_becomes_one_file(path):
    """What only the write-ahead log held goes into the file, so that putting it aside loses nothing."""
    child = os.fork()
    if not child:
        told(watch(open_store(path)))
        os._exit(0)
    os.waitpid(child, 0)
    assert path.with_name("k.db-wal").stat().st_size > 0

    refuse_in_use(path)

    assert not path.with_name("k.db-wal").exists()
    with closing(open_store(path)) as store:
        assert len([*store.export_tickets()]) == 1


def test_a_damaged_store_is_in_nobodys_way(tmp_path):
    """It is what one restores over; but nothing of it can be salvaged."""
    path = tmp_path / "k.db"
    path.write_bytes(b"\xff" * 8192)

    refuse_in_use(path)

    with pytest.raises(StoreFault):
        salvaged(path)


def test_while_it_is_swapped_nobody_opens_it(store, path):
    """Half of a restored installation is seen by nobody; giving up leaves it as it was."""
    store.close()
    announce(path)
    with pytest.raises(StoreBusy, match="dipulihkan"):
        open_store(path)

    withdraw(path)

    open_store(path).close()


def test_old_files_are_put_aside_with_what_belongs_to_them(tmp_path):
    """A write-ahead log never meets the wrong database."""
    store, new, aside = (tmp_path / name for name in ("k.db", "k.db.incoming", "k.db.before"))
    store.write_text("lama")
    store.with_name("k.db-wal").write_text("log lama")
    new.write_text("baru")

    swap(store, [Move(new, store, aside)])

    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "k.db": "baru", "k.db.before": "lama", "k.db.before-wal": "log lama"}
    assert finish(store) is False


def test_the_note_holds_wherever_one_stands(tmp_path, monkeypatch):
    """A swap that is finished from another folder moves the same files; one whose file was lost says so."""
    store, new, aside = (tmp_path / name for name in ("k.db", "k.db.incoming", "k.db.before"))
    store.write_text("lama")
    new.write_text("baru")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("storage.swap.finish", lambda _: None)
    swap(Path("k.db"), [Move(Path("k.db.incoming"), Path("k.db"), Path("k.db.before"))])
    monkeypatch.undo()

    assert finish(store)
    assert (store.read_text(), aside.read_text()) == ("baru", "lama")
    monkeypatch.setattr("storage.swap.finish", lambda _: None)
    swap(store, [Move(new, tmp_path / "lain.db", aside)])
    monkeypatch.undo()
    with pytest.raises(StoreFault, match="hilang"):
        finish(store)


def test_a_note_that_is_none_is_not_believed(tmp_path):
    """No file is moved on the word of a stranger's file."""
    note_of(tmp_path / "k.db").write_text("sesuatu")

    with pytest.raises(StoreFault, match="tidak terbaca"):
        finish(tmp_path / "k.db")


# --- the journal -----------------------------------------------------------------------------------

GONE = Erasure("x:post:1", 5)
BLOT = Erasure("x:post:2", 6, ((3, 4),), "ab" * 32)


def test_the_journal_keeps_each_erasure_once(tmp_path):
    """It is only ever added to, and read by its owner alone."""
    Journal(tmp_path).note([GONE])
    added = Journal(tmp_path).note([GONE, BLOT])

    assert added == 1
    assert Journal(tmp_path).read() == [GONE, BLOT]
    assert stat.S_IMODE(Journal(tmp_path).path.stat().st_mode) == 0o600


def test_a_daemon_and_a_backup_may_write_at_once(tmp_path):
    """Nobody cuts off what another has just added."""
    children = []
    for child in range(4):
        children.append(os.fork())
        if not children[-1]:
            for n in range(40):
                Journal(tmp_path).note([Erasure(f"x:post:{child}-{n}", n)])
            os._exit(0)
    for each in children:
        assert os.waitpid(each, 0)[1] == 0

    assert len({each.mention for each in Journal(tmp_path).read()}) == 160


def test_a_torn_line_is_no_erasure_and_spoils_none(tmp_path):
    """A power cut in the middle of a line: it goes, what stood before and what comes after stay."""
    journal = Journal(tmp_path)
    journal.note([GONE])
    with journal.path.open("ab") as file:
        file.write(b'{"mention":"x:po')

    assert Journal(tmp_path).read() == [GONE]
    Journal(tmp_path).note([BLOT])

    assert Journal(tmp_path).read() == [GONE, BLOT]


def test_a_file_of_another_kind_is_not_taken_for_a_journal(tmp_path):
    """Better an error than a restore that forgets erasures."""
    (tmp_path / Journal.NAME).write_text("daftar belanja\n")

    with pytest.raises(StoreFault, match="bukan catatan penghapusan"):
        Journal(tmp_path).read()


def test_the_daemon_notes_what_is_new_and_waits_for_the_folder(store, tmp_path):
    """No folder, no note; then everything; then what has come since; and everything anew in a new folder."""
    first, second = mention("satu"), mention("dua")
    save(store, first, second, gone=(first.key,))
    noting, folder = Noting(), tmp_path / "cadangan"

    noting.note(store, None, now=NOON)
    noting.note(store, folder, now=NOON)
    assert not folder.exists()
    folder.mkdir()
    noting.note(store, folder, now=NOON)
    store.save_page("x:solo", Page((), "", gone=(second.key,)), next_poll_at=LATER, now=NOON + timedelta(minutes=1))
    noting.note(store, folder, now=NOON + timedelta(minutes=1))

    assert [each.mention for each in Journal(folder).read()] == [first.key, second.key]
    Journal(folder).path.unlink()
    noting.note(store, folder, now=NOON + timedelta(hours=1))
    assert [each.mention for each in Journal(folder).read()] == [first.key, second.key]
