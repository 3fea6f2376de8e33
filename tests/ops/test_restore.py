"""`kentongan restore`: proved before it serves, all or nothing, and what was erased stays erased. R16 and R17."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta

import orjson
import pytest

from ops.backup_folder import KEY, manifest_of, written
from settings import load
from storage import daemon_lease, open_store
from storage.swap import note_of
from tests.builders import NOON
from tests.ops.backup_house import TEXTS, calls_of, exported, people_of, photo, spread, texts_of
from tests.storage.decisions import mention, opens, save, settle

OLD = ([*TEXTS], ["sri"])
NEW = ([*OLD[0], "Pohon tumbang di Manahan"], ["sri", "tono"])


@pytest.fixture
def backup(house):
    """A backup of `OLD`; the house has gone on to `NEW` since."""
    photo(house, "ab12.jpg")
    folder = house.backup()
    house.complain(NEW[0][-1])
    house.hire("tono")
    assert house.state() == NEW
    return folder


def aside(house):
    return sorted(each.name.partition(".before-")[0] for each in house.store.parent.iterdir()
                  if ".before-" in each.name and not each.name.endswith(("-shm", "-wal")))


# --- elsewhere -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_backup_lives_in_a_folder_of_its_own(house, backup):
    """A drill: tickets to the byte, people, photos, settings; and nothing of it leads to the house that serves."""
    done = house.say("restore", backup, "--to", "latihan")

    drill = house.folder / "latihan"
    assert done.code == 0, done.err
    assert exported(drill / "kentongan.db") == exported(backup / "kentongan.db")
    assert people_of(drill / "auth.db") == OLD[1]
    assert (drill / "bukti" / "ab12.jpg").read_bytes() == b"dots"
    settings = load(drill / "config.yaml")
    assert (settings.store.path, settings.inbox.auth_db) == (drill / "kentongan.db", drill / "auth.db")
    assert settings.backup.dir is None
    assert house.say("verify", "--config", "latihan/config.yaml").code == 0
    assert house.say("ledger", "--config", "latihan/config.yaml").code == 0
    assert house.state() == NEW


def test_a_folder_with_something_in_it_is_left_alone(house, backup):
    """Neither overwritten nor mixed with."""
    (house.folder / "latihan").mkdir()
    (house.folder / "latihan" / "skripsi.txt").touch()

    done = house.say("restore", backup, "--to", "latihan")

    assert done.code == 2
    assert [each.name for each in (house.folder / "latihan").iterdir()] == ["skripsi.txt"]


def test_secrets_and_models_find_their_place(house):
    """What was asked to go along is where the settings of the copy look for it."""
    (house.auth.parent / KEY).write_text("kunci")
    (house.store.parent / "sesi.json").write_text("{}")
    folder = house.backup("--with-secrets")

    house.say("restore", folder, "--to", "latihan")

    drill = house.folder / "latihan"
    assert (drill / KEY).read_text() == "kunci"
    assert load(drill / "config.yaml").platforms["instagram"].session_file == drill / "rahasia" / "instagram.json"
    assert (drill / "rahasia" / "instagram.json").read_text() == "{}"


# --- in place ----------------------------------------------------------------------------------------


def test_what_is_there_is_not_overwritten_unasked(house, backup):
    """The word for it is --replace."""
    done = house.say("restore", backup)

    assert done.code == 2
    assert "--replace" in done.err
    assert house.state() == NEW


def test_a_replaced_installation_is_put_aside_whole(house, backup):
    """The old one can still be opened; the new one is that of the backup, and says in its chain that it is."""
    before = exported(house.store)
    (house.store.parent / "bukti" / "ab12.jpg").unlink()

    done = house.say("restore", backup, "--replace", "--json")

    [row] = done.rows()
    assert done.code == 0
    assert house.state() == OLD
    assert aside(house) == ["auth.db", "k.db"]
    assert exported(house.folder / row["aside"][0]) == before
    assert (house.store.parent / "bukti" / "ab12.jpg").read_bytes() == b"dots"
    with closing(open_store(house.store)) as store:
        [entry] = store.access_history(f"backup:{backup.name}", limit=5)
        assert (entry.actor, entry.verb) == ("ops", "restored")
        assert store.verify_link(store.audit_head()) == []


def test_an_empty_place_is_filled(house, backup):
    """The machine is new, the settings are there: no --replace is needed."""
    shutil.rmtree(house.store.parent)

    done = house.say("restore", backup)

    assert done.code == 0, done.err
    assert house.state() == OLD
    assert house.store.stat().st_mode & 0o777 == 0o600


def test_nobody_stays_signed_in(house, backup):
    """A session that was ended since the backup does not open again."""
    house.say("restore", backup, "--replace")

    with closing(sqlite3.connect(house.auth)) as people:
        assert people.execute("SELECT count(*) FROM inbox_session").fetchone() == (0,)


def test_a_store_of_an_older_version_is_brought_up_to_date(house, backup):
    """As a start of the daemon would; but before anything is swapped."""
    with closing(sqlite3.connect(house.store)) as shell:
        shell.execute("DELETE FROM _sqlite_migrations WHERE name > 'm014_facts'")
        shell.commit()
    older = house.backup()

    assert manifest_of(older).schema == "m014_facts"
    assert house.say("restore", older, "--replace").code == 0
    assert house.state() == NEW


# --- refusals ------------------------------------------------------------------------------------------


def test_a_live_installation_is_refused(house, backup):
    """A daemon holds its lease, an inbox has the store open: 75, and nothing has changed."""
    with daemon_lease(house.store):
        daemon = house.say("restore", backup, "--replace")
    ready, tell = os.pipe()
    inbox = os.fork()
    if not inbox:
        open_store(house.store).facts()
        os.write(tell, b".")
        signal.pause()
    os.read(ready, 1)
    try:
        running = house.say("restore", backup, "--replace")
    finally:
        os.kill(inbox, signal.SIGKILL)
        os.waitpid(inbox, 0)

    assert (daemon.code, running.code) == (75, 75)
    assert "daemon" in daemon.err
    assert "kotak masuk" in running.err
    assert house.state() == NEW
    assert aside(house) == []


def spoil_hash(folder):
    with (folder / "kentongan.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"\x00\x01\x02")


def spoil_missing(folder):
    (folder / "auth.db").unlink()


def spoil_manifest(folder):
    (folder / "manifest.json").write_text('{"format": 1')


def spoil_path(folder):
    rewritten(folder, lambda row: row["files"].append({"name": "../../k.db", "bytes": 1, "sha256": ""}))


def spoil_format(folder):
    rewritten(folder, lambda row: row.update(format=2, program="9.9.0"))


def spoil_schema(folder):
    """A newer version wrote it."""
    with closing(sqlite3.connect(folder / "kentongan.db")) as shell:
        shell.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
                      " VALUES ('kentongan', 'm999_later', '')")
        shell.commit()
    rewritten(folder, lambda row: row.update(program="9.9.0", schema="m999_later"), hashes=True)


def spoil_chain(folder):
    """Somebody closed a ticket in the copy and made manifest and chain fit, but for the last hash."""
    with closing(sqlite3.connect(folder / "kentongan.db")) as shell:
        shell.execute("DROP TRIGGER audit_stays")
        shell.execute("UPDATE audit SET actor = 'orang lain' WHERE id = 1")
        shell.commit()
    rewritten(folder, lambda row: None, hashes=True)


def spoil_books(folder):
    """A post was taken out of the copy: the ledger misses it."""
    with closing(sqlite3.connect(folder / "kentongan.db")) as shell:
        shell.execute("UPDATE seen_count SET n = n + 1")
        shell.commit()
    rewritten(folder, lambda row: None, hashes=True)


def rewritten(folder, change, *, hashes=False):
    path = folder / "manifest.json"
    row = orjson.loads(path.read_bytes())
    if hashes:
        for file in row["files"]:
            file["sha256"] = written(folder, file["name"]).sha256
    change(row)
    path.write_bytes(orjson.dumps(row))


@pytest.mark.parametrize(("spoil", "said"), [
    (spoil_hash, "tidak sama dengan manifest"), (spoil_missing, "hilang dari cadangan"), (spoil_manifest, "rusak"),
    (spoil_path, "rusak"), (spoil_format, "Kentongan 9.9.0"), (spoil_schema, "Kentongan 9.9.0"),
    (spoil_chain, "rantai audit"), (spoil_books, "neraca"),
])
def test_a_backup_that_is_not_sound_replaces_nothing(house, backup, spoil, said):
    """Damaged, forged, or from a version that we do not know: told by name, and the house goes on as it was."""
    spoil(backup)

    done = house.say("restore", backup, "--replace")

    assert done.code == 1
    assert said in done.err
    assert house.state() == NEW
    assert sorted(each.name for each in house.store.parent.iterdir() if "incoming" in each.name) == []


def test_books_that_did_not_agree_before_can_be_restored_on_request(house, backup):
    """Better tickets with a known flaw than none: told, and written into the chain. A damaged file stays refused."""
    spoil_books(backup)

    done = house.say("restore", backup, "--replace", "--with-problems")

    assert done.code == 0
    assert "SALAH: neraca" in done.err
    with closing(open_store(house.store)) as store:
        [entry] = store.access_history(f"backup:{backup.name}", limit=5)
    assert entry.after["problems"] == "1"
    spoil_hash(backup)
    assert house.say("restore", backup, "--replace", "--with-problems").code == 1


def test_a_folder_of_backups_is_no_backup_but_names_one(house, backup):
    """The hint is what one would type next."""
    done = house.say("restore", house.shelf, "--replace")

    assert done.code == 2
    assert str(backup.name) in done.err


# --- dying on the way ----------------------------------------------------------------------------------


def reset(house, whole):
    shutil.rmtree(house.store.parent)
    shutil.copytree(whole, house.store.parent)


@pytest.mark.parametrize("most", [6, pytest.param(120, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_killed_anywhere_there_is_the_old_state_or_the_new_one(house, backup, tmp_path, most):
    """Tickets and people belong together, always; where the swap was cut short nobody opens anything before its end."""
    whole = shutil.copytree(house.store.parent, tmp_path / "whole")
    code, touches = calls_of(house.folder, "restore", backup, "--replace")
    assert (code, house.state()) == (0, OLD)
    seen = []

    for at in spread(touches, most):
        reset(house, whole)
        code, _ = calls_of(house.folder, "restore", backup, "--replace", at=at)
        cut = note_of(house.store).exists()
        if cut:
            assert house.say("verify").code == 75
            assert house.say("restore", "--finish").code == 0
        seen.append((code < 0, cut, house.state() == OLD))
        assert house.state() in (OLD, NEW)
    assert house.say("restore", backup, "--replace").code == 0
    assert house.state() == OLD
    assert [each.name for each in house.store.parent.iterdir() if "incoming" in each.name] == []

    assert sum(died for died, *_ in seen) >= len(seen) - 2
    assert {is_old for *_, is_old in seen} == {True, False}


def test_a_swap_that_was_cut_short_is_finished(house, backup, monkeypatch):
    """Between the two renamings of one file: nobody opens the store, and the next word ends it."""
    def cut(move):
        move.target.rename(move.aside)
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.swap._moved", cut)
    assert house.say("restore", backup, "--replace").code == 130
    monkeypatch.undo()
    blocked = house.say("verify")

    done = house.say("restore", "--finish")

    assert blocked.code == 75
    assert done.code == 0
    assert house.state() == OLD
    assert house.say("restore", "--finish").err == "tidak ada pemulihan yang terputus\n"


# --- going on -----------------------------------------------------------------------------------------


def test_a_restored_cursor_reads_again_and_doubles_nothing(house, backup):
    """What came since the backup comes again with the next page: it is there once, and the books balance."""
    with closing(open_store(house.store)) as store:
        page = [mention("Pohon tumbang di Manahan", key="x:post:sejak", at=NOON + timedelta(hours=1))]
        save(store, *page, cursor="c9")
    house.say("restore", backup, "--replace")

    with closing(open_store(house.store)) as store:
        for _ in range(2):
            save(store, *page, cursor="c9")
            settle(store, opens(page[0]))
        assert store.verify() == []
    assert texts_of(house.store) == [*OLD[0], "Pohon tumbang di Manahan"]
