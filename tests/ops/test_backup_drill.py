"""The restore drill (R16): backups beside a daemon at work, restored elsewhere, proved, and polled on from."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing, contextmanager

import orjson
import pytest

from harvester.archive import ArchiveConnector
from ops.backup_folder import manifest_of
from run_daemon import build_judge, compose
from settings import load
from simulators.world import TOKENS
from storage import open_store
from storage.sqlite import SqliteStore
from storage.sqlite.connection import Connections
from tests.ops.backup_house import exported
from tests.paths import DAY1, ROOT
from tests.polling_house import House
from tests.simulators.worlds import Clock, post, running, world_of


def digest(rows):
    return hashlib.sha256(b"\n".join(rows)).hexdigest()


def replayed(path, told):
    """In a child: the invented day, in small transactions; after each, what the export is at which link.

    A batch of reposts alone adds no link: several states may stand at one.
    """

    class Noting(Connections):
        @contextmanager
        def write(self):
            with super().write() as connection:
                yield connection
            link = store.audit_head()
            rows = [orjson.dumps(row) for row in store.export_tickets()]
            told.write(orjson.dumps([f"{link.id}:{link.hash}", digest(rows)]) + b"\n")
            told.flush()

    store = SqliteStore(path)
    store.connections.__class__ = Noting
    settings = load(ROOT / "config.yaml")
    judge = build_judge(settings.watching(ArchiveConnector(DAY1).accounts()))
    compose(settings, store, replay=DAY1, judge=judge).run_once()
    store.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_backup_beside_a_daemon_at_work_is_the_state_at_its_link(house, tmp_path, monkeypatch):
    """However busy the store: each backup is the tickets, to the byte, as they stood at the link that it names."""
    monkeypatch.setattr("run_daemon.BATCH", 10)
    monkeypatch.setattr("harvester.archive.PAGE_MENTIONS", 10)
    house.store.unlink()
    open_store(house.store).close()
    daemon = os.fork()
    if not daemon:
        code = 1
        try:
            with (tmp_path / "links").open("wb") as told:
                replayed(house.store, told)
            code = 0
        finally:
            os._exit(code)
    backups = []
    while not os.waitid(os.P_PID, daemon, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        backups.append(house.backup())
    assert os.waitpid(daemon, 0)[1] == 0
    at_link = {("0:", digest([])), *map(tuple, map(orjson.loads, (tmp_path / "links").read_bytes().splitlines()))}

    links = [manifest_of(each).audit for each in backups]
    for n, (folder, link) in enumerate(zip(backups, links, strict=True)):
        drill = house.folder / f"latihan{n}"
        assert house.say("restore", folder, "--to", drill).code == 0
        head = () if link == "0:" else ("--head", link)
        assert house.say("verify", "--config", drill / "config.yaml", *head).code == 0
        assert house.say("verify", *head).code == 0
        assert house.say("ledger", "--config", drill / "config.yaml").code == 0
        assert (link, digest(exported(folder / "kentongan.db"))) in at_link
        assert exported(drill / "kentongan.db") == exported(folder / "kentongan.db")

    assert len({*links}) > 3


def test_polling_on_from_an_hour_ago_doubles_nothing(house, settings, monkeypatch):
    """Cursors lie in the store: the platform shows the hour again, and every post is there once."""
    monkeypatch.setenv("TEST_X_TOKEN", TOKENS["x"])
    monkeypatch.setenv("TEST_GRAPH_TOKEN", TOKENS["facebook"])
    said = [("a", "08:00", "lubang di Laweyan"), ("b", "09:10", "lampu padam di Manahan"), ("c", "09:40", "pohon tumbang"),
            ("d", "10:20", "banjir di Jebres")]
    texts = sorted(text for *_, text in said)
    clock = Clock()
    house.store.unlink()
    with running(world_of(*(post(*each) for each in said), clock=clock)) as server:
        with closing(open_store(house.store)) as store:
            home = House(store, server, clock, settings, "x:solo")
            home.through("08:05", "09:00")
            folder = house.backup()
            home.through("09:05", "10:00")
            before = home.texts()

        assert house.say("restore", folder, "--replace").code == 0
        with closing(open_store(house.store)) as store:
            home = House(store, server, clock, settings, "x:solo")
            restored = home.texts()
            home.through("10:05", "11:30")

            assert (before, restored) == (sorted(text for *_, text in said[:3]), [said[0][2]])
            assert home.texts() == texts
            assert store.verify() == []
