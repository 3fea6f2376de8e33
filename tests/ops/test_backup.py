"""`kentongan backup`: everything, beside whoever is at work, whole or not there at all."""

from __future__ import annotations

import os
import pty
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import chdir, closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import orjson
import pytest

from inbox import photos
from inbox.configuration import secret_key
from ops import backup, backup_folder, backup_parts
from ops.backup_folder import KEY, PHOTOS, manifest_of, wholes
from ops.doctor import diagnose
from settings import load
from storage import open_store
from storage.backup import contents_of
from storage.erasures import Journal
from tests.ops.backup_house import calls_of, exported, photo, spread
from tests.ops.command import kentongan_process
from tests.paths import ROOT


def names(folder):
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


# --- what is in it ---------------------------------------------------------------------------------


def test_a_backup_holds_everything_and_says_what(house):
    """Tickets, people, photos that tickets name, the operators' files; each with its hash; for the owner alone."""
    photo(house, "ab12.jpg")
    (house.store.parent / "bukti" / "yatim.jpg").write_bytes(b"nobody's")

    folder = house.backup()

    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d{6}", folder.name)
    assert [name for name in names(folder) if not name.startswith(("bawaan/", "pengaturan/"))] == [
        "auth.db", "bukti/ab12.jpg", "kentongan.db", "manifest.json"]
    manifest = manifest_of(folder)
    assert [file.name for file in manifest.files] == [name for name in names(folder) if name != "manifest.json"]
    assert all(backup_folder.written(folder, file.name) == file for file in manifest.files)
    assert manifest.counts == contents_of(folder / "kentongan.db").counts
    assert manifest.counts["ticket"] == 2
    with closing(open_store(house.store)) as store:
        assert manifest.audit == "{}:{}".format(*store.audit_head())
    modes = {stat.S_IMODE(each.stat().st_mode) for each in folder.rglob("*") if each.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / "bukti")} == {0o700}


def test_the_name_is_the_time_of_the_office(house):
    """Half past two at night in Solo is half past seven in the evening of the day before in London."""
    taking = backup.Taking(load(house.folder / "config.yaml"), house.folder / "config.yaml", house.store)
    night = datetime(2026, 11, 26, 19, 30, tzinfo=UTC)

    with backup_folder.alone(house.shelf):
        first, second = (backup.take(taking, house.shelf, now=night).folder.name for _ in range(2))

    assert (first, second) == ("2026-11-27_023000", "2026-11-27_023000-2")
    assert [each.name for each in wholes(house.shelf)] == [first, second]


def test_settings_are_copied_as_they_stand(house):
    """Names of secrets stay names, comments stay, and the files find each other in the copy."""
    city = house.folder / "solo" / "kota.yaml"
    city.parent.mkdir()
    city.write_text("extends: ../config.yaml\nmail: {host: mx.example.org, password_env: KENTONGAN_MAIL} # rahasia\n")

    folder = house.backup("--config", city)

    manifest = manifest_of(folder)
    copied = folder / manifest.config
    assert manifest.config == "pengaturan/solo/kota.yaml"
    assert copied.read_bytes() == city.read_bytes()
    assert load(copied) == load(city)
    assert [name for name in names(folder) if name.startswith("bawaan/")] == [
        f"bawaan/routing/data/{name}.yaml" for name in ("agencies", "clocks", "grounds")]


def test_secrets_go_along_only_when_they_are_asked_for(house):
    """The key of the inbox and the session that somebody handed over lie nowhere else by default."""
    (house.auth.parent / KEY).write_text("kunci-rahasia")
    (house.store.parent / "sesi.json").write_text("sesi-rahasia")

    without, with_them = house.backup(), house.backup("--with-secrets")

    assert not any(b"-rahasia" in each.read_bytes() for each in without.rglob("*") if each.is_file())
    assert [name for name in names(with_them) if name.startswith("rahasia/")] == [
        f"rahasia/{KEY}", "rahasia/instagram.json"]


def test_the_names_are_those_of_the_inbox(tmp_path):
    """Photos and key lie where the inbox puts them."""
    secret_key(tmp_path / "auth.db")

    assert photos.FOLDER == PHOTOS
    assert [each.name for each in tmp_path.iterdir()] == [KEY]


def test_learnt_models_go_along(house, monkeypatch):
    """What read the posts is in the copy, whatever the folder was called."""
    settings = load(house.folder / "config.yaml")
    learnt = settings.model_copy(update={"models": settings.models.model_copy(update={"folder": house.folder / "m"})})

    parts = backup_parts.settings_parts(learnt, house.folder / "config.yaml", with_secrets=False)

    assert [part.name for part in parts if part.source.parent == house.folder / "m"] == [
        "model/reading.json.gz", "model/relevance.json"]


def test_a_photo_that_is_missing_is_told_and_stops_nothing(house):
    """The tickets are worth more than the picture; but somebody should know."""
    photo(house, "hilang.jpg", content=b"")

    done = house.say("backup")

    assert done.code == 0
    assert "hilang.jpg" in done.err
    assert len(wholes(house.shelf)) == 1


def test_what_was_erased_is_noted_beside_the_backups(house):
    """An older backup can be asked what went after it."""
    [key] = house.complain("akan dihapus")
    house.backup()
    house.delete(key)

    house.backup()

    assert [each.mention for each in Journal(house.shelf).read()] == [key]


def test_a_pipe_gets_lines_and_a_program_one_row(house):
    """Cron mails what happened; a monitor reads JSON."""
    told, row = house.say("backup"), house.say("backup", "--json")

    assert "utuh: " in told.err
    assert told.out == b""
    [answer] = row.rows()
    assert set(answer) == {"folder", "bytes", "seconds", "audit", "day", "counts", "missing", "dropped"}
    assert "\x1b" not in told.err + row.err


# --- how many are kept -------------------------------------------------------------------------------


def test_the_oldest_whole_ones_are_dropped_and_nothing_else(house):
    """Three of ours are there, one of another store, one without a manifest, somebody's notes: two of ours go."""
    ours = [house.backup() for _ in range(3)]
    theirs = house.shelf / "2020-01-01_000000"
    shutil.copytree(ours[0], theirs)
    row = orjson.loads((theirs / "manifest.json").read_bytes())
    (theirs / "manifest.json").write_bytes(orjson.dumps({**row, "store": "/srv/lain/kentongan.db"}))
    (house.shelf / "2020-01-02_000000").mkdir()
    (house.shelf / "catatan").mkdir()

    newest = house.backup("--keep", 2)

    assert {each.name for each in house.shelf.iterdir() if each.is_dir()} == {
        theirs.name, "2020-01-02_000000", "catatan", ours[2].name, newest.name}


def test_the_second_backup_of_a_second_is_the_younger_one(tmp_path):
    """Names that begin alike are sorted by number."""
    for name in ("2026-11-26_023000", "2026-11-26_023000-10", "2026-11-26_023000-2", "2026-11-26_022959"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()

    assert [each.name[17:] for each in wholes(tmp_path)] == ["", "", "-2", "-10"]


# --- when it cannot be ---------------------------------------------------------------------------------


def test_without_a_folder_or_a_store_it_says_what_to_do(house):
    """Usage errors, not crashes."""
    (house.folder / "lain.yaml").write_text("extends: config.yaml\nbackup: {dir: null}\n")

    nowhere = house.say("backup", "--config", "lain.yaml")
    nothing = house.say("backup", "--store", "tidak-ada.db")

    assert (nowhere.code, nothing.code) == (2, 2)
    assert "--to FOLDER" in nowhere.err
    assert "belum ada basis data" in nothing.err
    assert wholes(house.shelf) == []


def test_two_at_a_time_is_one_too_many(house):
    """The second is told to try again; what the first writes is not cleared away under it."""
    with backup_folder.alone(house.shelf):
        done = house.say("backup")

    assert done.code == 75


def test_space_is_looked_at_before_anything_is_written(house, monkeypatch):
    """The place and the size are named."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))

    done = house.say("backup")

    assert done.code == 1
    assert "ruang kosong 1 MiB" in done.err
    assert str(house.shelf.name) in done.err
    assert wholes(house.shelf) == []


def test_a_copy_that_is_not_sound_does_not_count(house, monkeypatch):
    """A disk that writes something else: nothing looks like a backup afterwards."""
    monkeypatch.setattr(backup, "damage", lambda *_, **__: ["row 3 missing from index mention_story"])

    done = house.say("backup")

    assert done.code == 1
    assert "mention_story" in done.err
    assert [each.name for each in house.shelf.iterdir() if each.is_dir()] == []


@pytest.mark.slow
def test_a_terminal_sees_a_bar(house):
    """The bar follows the bytes; it is gone when all is well."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "ops.main", "backup"], cwd=house.folder, stderr=theirs,
                               stdout=theirs, env={"PYTHONPATH": str(ROOT), "TERM": "xterm", "PATH": "/usr/bin:/bin"})
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the terminal is gone with the process
        pass
    assert process.wait() == 0
    assert "MiB" in shown.decode()
    assert "utuh: " in shown.decode()


@pytest.mark.parametrize("most", [6, pytest.param(120, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_killed_anywhere_it_leaves_nothing_that_looks_whole(house, most):
    """Whatever has a backup's name restores to what was there; the next backup clears the rest away."""
    photo(house, "ab12.jpg")
    expected = exported(house.store)
    code, touches = calls_of(house.folder, "backup")
    assert code == 0
    died = 0

    for at in spread(touches, most):
        died += calls_of(house.folder, "backup", at=at)[0] < 0
        for folder in wholes(house.shelf):
            manifest = manifest_of(folder)
            assert all(backup_folder.written(folder, file.name) == file for file in manifest.files)
            assert exported(folder / "kentongan.db") == expected

    house.backup("--keep", 1)
    assert died >= min(most, touches) - 2
    assert len(wholes(house.shelf)) == 1
    assert [each.name for each in house.shelf.iterdir() if each.name.startswith(".2")] == []


# --- around it ---------------------------------------------------------------------------------------


def test_doctor_tells_how_old_the_newest_is(house):
    """None: a warning. Young: fine. Older than a night: a warning."""
    def told():
        return [(f.level, f.what) for f in diagnose(house.folder / "config.yaml", house.store) if "cadangan" in f.what]

    with chdir(house.folder):
        [(before, _)] = told()
        folder = house.backup()
        [(young, _)] = told()
        row = orjson.loads((folder / "manifest.json").read_bytes())
        at = datetime.now(UTC) - timedelta(hours=30)
        (folder / "manifest.json").write_bytes(orjson.dumps({**row, "at": at.isoformat()}))
        [(old, what)] = told()

    assert (before, young, old) == ("awas", "baik", "awas")
    assert "30 jam" in what


def test_a_store_of_an_older_version_is_copied_before_it_is_migrated(house):
    """Stop, backup, migrate, start: an upgrade that goes wrong has a way back. Once, and never for a current store."""
    config = house.folder / "config.yaml"
    with chdir(house.folder):
        backup.before_migration(load(config), config, house.store)
        assert wholes(house.shelf) == []
        with closing(sqlite3.connect(house.store)) as shell:
            shell.execute("DELETE FROM _sqlite_migrations WHERE name > 'm014_facts'")
            shell.commit()

        backup.before_migration(load(config), config, house.store)
        open_store(house.store).close()
        backup.before_migration(load(config), config, house.store)

    [folder] = wholes(house.shelf)
    assert manifest_of(folder).schema == "m014_facts"


@pytest.mark.slow
def test_the_daemon_does_so_when_it_starts(house):
    """The whole process, as systemd starts it after an upgrade."""
    with closing(sqlite3.connect(house.store)) as shell:
        shell.execute("DELETE FROM _sqlite_migrations WHERE name > 'm014_facts'")
        shell.commit()

    done = kentongan_process("run", "--once", cwd=house.folder)

    assert done.code == 0
    [folder] = wholes(house.shelf)
    assert manifest_of(folder).schema == "m014_facts"


def test_settings_say_where_and_how_many(house):
    """A typo is told with its line, as everywhere in the file."""
    (house.folder / "salah.yaml").write_text("extends: config.yaml\nbackup: {keep: -1, dri: x}\n")

    done = house.say("config", "check", "salah.yaml")

    assert done.code == 2
    assert "salah.yaml:2:10: backup.keep" in done.err
    assert "backup.dri: kunci tidak dikenal" in done.err
