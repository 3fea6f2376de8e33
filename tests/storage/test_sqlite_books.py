"""What only shows in the file itself: rows altered by hand, words that must be gone from every byte."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from domain import Author, Quarantined
from storage import open_store
from storage.auditing import Link
from storage.records import TicketQuery
from storage.sqlite.audit import sealed
from tests.builders import NOON
from tests.storage.books_contract import play_a_day
from tests.storage.decisions import (
    ALICE,
    extraction,
    joins,
    mention,
    opens,
    repost,
    save,
    settle,
    told,
    transition,
    watch,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kentongan.db"


@pytest.fixture
def store(path, empty_store):
    store = open_store(empty_store(path))
    yield store
    store.close()


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the file and a shell can do."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement


@pytest.mark.parametrize(("found", "statements"), [
    ("neraca x:solo 2026-11-02: terlihat 48, nasib 47", ["DELETE FROM sighting WHERE mention = 'x:post:d13'"]),
    ("neraca x:solo 2026-11-02: terlihat 48, nasib 47", ["DELETE FROM mention WHERE key = 'x:post:d13'"]),
    ("rujukan putus: sighting", ["DELETE FROM mention WHERE key = 'x:post:d13'"]),
    ("terlihat 48, nasib 47", ["DELETE FROM mention WHERE key = 'x:post:d13'",
                               "DELETE FROM sighting WHERE mention = 'x:post:d13'"]),
    ("terlihat 0, nasib 48", ["DELETE FROM seen_count"]),
    ("besar cerita", ["UPDATE cluster SET size = size + 1 WHERE id = 'x:post:d00'"]),
    ("tanpa tiket: x:post:d00", ["DELETE FROM ticket WHERE id = 1"]),
    ("tiket hilang: T-1", ["DELETE FROM ticket WHERE id = 1"]),
    ("tanpa laporan: T-1", ["UPDATE ticket SET cluster = 'x:post:none' WHERE id = 1"]),
    ("tanpa catatan pembukaan: T-99", [
        "INSERT INTO ticket SELECT 99, 1, cluster, 'x', 'selesai', priority, topic, urgency, opened_at, due_at,"
        " due_rule, parent, coordinates, sensitive, outside, rule, ruleset, closed_at, reason, merged_into,"
        " platform, place, assignee FROM ticket WHERE id = 1"]),
    ("hitungan tiket salah", ["UPDATE ticket_count SET n = n + 1 WHERE department = 'solo-dpupr'"]),
    ("tiket tidak sama dengan catatan auditnya: T-1", ["UPDATE ticket SET due_at = due_at + 86400000000 WHERE id = 1"]),
    ("tiket tidak sama dengan catatan auditnya: T-1", ["UPDATE ticket SET opened_at = opened_at - 1 WHERE id = 1"]),
    ("tiket tidak sama dengan catatan auditnya: T-1", ["UPDATE ticket SET topic = 'x', rule = 'y' WHERE id = 1"]),
    ("tiket tidak sama dengan catatan auditnya: T-1", ["UPDATE ticket SET urgency = 'rendah' WHERE id = 1"]),
    ("rantai audit: baris 2 diubah", ["DROP TRIGGER audit_stays",
                                      "UPDATE audit SET actor = 'nobody' WHERE id = 2"]),
    ("rantai audit: baris 2 hilang", ["DROP TRIGGER audit_keeps", "DELETE FROM audit WHERE id = 2"]),
    ("rantai audit: baris sesudah", ["DROP TRIGGER audit_keeps",
                                     "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)"]),
])
def test_a_row_changed_by_hand_is_found(store, path, found, statements):
    """`kentongan verify` names what is missing or altered."""
    play_a_day(store, set())
    assert store.verify() == []

    tamper(path, *statements)

    assert any(found in problem for problem in store.verify()), store.verify()


def test_a_chain_that_was_written_anew_does_not_fit_a_link_kept_elsewhere(store, path):
    """Who owns the file can forge all its hashes; the one on the auditor's paper he cannot."""
    play_a_day(store, set())
    kept = store.audit_head()
    assert kept.id
    assert store.verify_link(kept) == []

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER audit_stays")
        rows = connection.execute(
            "SELECT id, at, actor, verb, ticket, subject, before, after, reason FROM audit ORDER BY id").fetchall()
        link = ""
        for number, at, actor, *rest in rows:
            content = (number, at, "nobody" if number == 2 else actor, *rest)
            link = sealed(link, content)
            connection.execute("UPDATE audit SET actor = ?, hash = ? WHERE id = ?", (content[2], link, number))
        connection.execute("UPDATE audit_head SET hash = ?", (link,))

    assert not any("rantai audit" in problem for problem in store.verify())
    assert store.verify_link(kept) == [
        f"rantai audit: baris {kept.id} bukan lagi yang tercatat di luar; rantai ditulis ulang"]
    assert store.verify_link(Link(kept.id + 1, kept.hash)) == [
        f"rantai audit: baris {kept.id + 1}, yang tercatat di luar, tidak ada lagi"]


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'x'", "DELETE FROM audit"])
def test_the_audit_log_only_grows(store, path, statement):
    """The file itself refuses to change what was recorded."""
    told(watch(store))

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        tamper(path, statement)


def test_a_damaged_file_is_reported_not_read_as_truth(store, path):
    """A disk that lies shows up in `verify`, never as silence."""
    play_a_day(store, set())
    store.compact()
    page = path.read_bytes().rindex(b"kiriman 13")
    with path.open("r+b") as file:
        file.seek(page // 4096 * 4096)
        file.write(b"\xff" * 512)

    with closing(open_store(path, read_only=True)) as reader:
        assert reader.verify() != []


def test_deleted_words_are_gone_from_every_byte_of_the_file(store, path):
    """After the nightly compaction no shred of a deleted post is left: text, name, version, index, raw."""
    word = "zqkatarahasia"
    author = Author("1", word, word)
    m = mention(f"{word} di jalan", url=f"https://x.example/{word}", author=author, hashtags=(word,))
    watch(store)
    broken = Quarantined("x:post:7", "x:solo", f'{{"text": "{word}"', word, NOON)
    save(store, m, quarantined=(broken,))
    settle(store, replace(opens(m), extraction=extraction(place=word)))
    edited = replace(m, native_id="999999", text=f"{word} di gang")
    save(store, edited)
    settle(store, replace(opens(edited), extraction=extraction(place=word)))
    copy = repost(edited)
    save(store, copy)
    settle(store, joins(copy, m.key))
    assert word in bytes_of(path)
    assert len(store.tickets(ALICE, query(word))) == 1

    save(store, gone=(m.key, "x:post:7"))
    store.compact()

    assert word not in bytes_of(path)
    assert store.tickets(ALICE, query(word)) == []
    assert store.verify() == []


def test_the_history_of_a_rename_names_both(store, path):
    """Auditors see under which name a post was addressed at the time."""
    save(watch(store), handle="kota_baru")
    save(store, handle="kota_baru")

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT verb, subject, before, after FROM audit").fetchall()
    assert rows == [("renamed", "x:solo", '{"handle":"kota_contoh"}', '{"handle":"kota_baru"}')]


def test_a_correction_is_a_row_that_can_be_learnt_from(store, path):
    """What staff changed is kept as a label, with the rules that were in force."""
    _, ticket = told(watch(store))
    label = {"kind": "department", "before": "solo-dpupr", "after": "solo-dishub"}
    store.apply(ALICE, transition(store.ticket(ALICE, ticket).ticket, "reroute", correction=label,
                                  changes={"department": "solo-dishub"}))

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT kind, before, after, ruleset, actor FROM correction").fetchall()
    assert rows == [("department", '"solo-dpupr"', '"solo-dishub"', "rules0", "alice")]


def test_old_versions_stay_readable(store, path):
    """An edit hides nothing: every version of a post is kept until its author deletes it."""
    m, _ = told(watch(store), "Versi pertama")
    save(store, replace(m, native_id="777777", text="Versi kedua"))
    save(store, replace(m, native_id="888888", text="Versi ketiga"))

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT text, native_id FROM revision ORDER BY id").fetchall()
    assert rows == [("Versi pertama", m.native_id), ("Versi kedua", "777777")]


def query(text: str) -> TicketQuery:
    return TicketQuery(text=text)


def bytes_of(path: Path) -> str:
    """Database, log and index in memory, lower case."""
    return "".join(file.read_bytes().decode("latin-1") for file in path.parent.iterdir()).lower()
