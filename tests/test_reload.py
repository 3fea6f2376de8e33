"""A changed config.yaml is live in seconds without a restart; a broken one leaves the old rules in force."""

from __future__ import annotations

import os

import pytest
from structlog.testing import capture_logs

from domain import Actor
from run_daemon import compose
from settings import load
from settings.files import Watch
from storage import open_store
from storage.records import TicketQuery
from tests.builders import mention
from tests.paths import ROOT
from tests.storage.decisions import save as arrive

EVERYONE = Actor("tester", all_departments=True)
ROAD = "when: {topic: jalan_jembatan, government: solo}, to: dpupr-solo}"


@pytest.fixture
def path(tmp_path):
    """The shipped file with every platform off: nothing here may reach a network."""
    text = (ROOT / "config.yaml").read_text().replace("    enabled: true", "    enabled: false")
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return path


@pytest.fixture
def daemon(tmp_path, path):
    store = open_store(tmp_path / "k.db")
    yield compose(load(path), store, config=path)
    store.close()


def desk_of(daemon, text):
    """The department of the ticket that a new post becomes."""
    post = mention(text, account="x:solo")
    arrive(daemon.store, post)
    daemon.process(seconds=5)
    return max((row.ticket for row in daemon.store.tickets(EVERYONE, TicketQuery())), key=lambda t: t.id).department


def test_a_changed_route_decides_the_next_post_without_a_restart(daemon, path):
    """Two looks after the writing the new rules are in force, numbered, and the stories are still remembered."""
    assert desk_of(daemon, "Jalan berlubang di depan Pasar Legi Solo, tolong ditambal") == "dpupr-solo"
    path.write_text(path.read_text().replace(ROAD, ROAD.replace("dpupr-solo", "dishub-solo")))

    daemon.reload()
    half_way = daemon.judge.rules.hash
    daemon.reload()

    assert half_way != daemon.judge.rules.hash == load(path).ruleset
    assert desk_of(daemon, "Aspal mengelupas di Jalan Kolonel Sutarto Jebres Solo, tolong diperbaiki") == "dishub-solo"
    newest, first = daemon.store.rules_versions()
    assert (newest.n, newest.hash, first.n) == (2, load(path).ruleset, 1)
    assert daemon.store.rules_text(2)[0] == path.read_text()
    copy = mention("Jalan berlubang di depan Pasar Legi Solo, tolong ditambal", account="x:solo")
    before = len(daemon.store.tickets(EVERYONE, TicketQuery()))
    arrive(daemon.store, copy)
    daemon.process(seconds=5)
    assert len(daemon.store.tickets(EVERYONE, TicketQuery())) == before


def test_a_broken_file_is_said_once_and_the_old_rules_go_on(daemon, path):
    """The log names the line once; posts go where they went; mending the file ends it."""
    good, old = path.read_text(), daemon.judge
    path.write_text(good.replace(ROAD, ROAD.replace("dpupr-solo", "dpupr-sollo")))

    with capture_logs() as said:
        for _ in range(5):
            daemon.reload()

    broken, = [line for line in said if line["log_level"] == "error"]
    assert "maksud Anda 'dpupr-solo'?" in broken["problems"][0]
    assert daemon.judge is old
    assert desk_of(daemon, "Jalan berlubang di depan Pasar Legi Solo, tolong ditambal") == "dpupr-solo"
    path.write_text(good)
    for _ in range(2):
        daemon.reload()
    assert daemon.config.problem is None


def test_accounts_are_taken_in_and_what_needs_a_restart_is_named(daemon, path):
    """A new account is watched at once; another store path is not taken, and the log says so."""
    text = path.read_text().replace("path: var/kentongan.db", "path: var/lain.db")
    line = '  - {key: "x:jateng", platform: x, handle: provjateng, government: jateng}'
    path.write_text(text.replace(line, f"{line}\n{line.replace('x:jateng', 'x:baru').replace('provjateng', 'akunbaru')}"))

    with capture_logs() as said:
        for _ in range(2):
            daemon.reload()

    assert "x:baru" in {account.key for account in daemon.store.accounts()}
    assert [line["sections"] for line in said if line["log_level"] == "warning"] == [["store"]]
    assert daemon.store.connections.path.name == "k.db"


def test_a_file_that_was_touched_or_is_still_being_written_changes_nothing(daemon, path):
    """Neither a new time stamp nor half a file is a change."""
    judge = daemon.judge
    os.utime(path, (1, 1))

    for _ in range(3):
        daemon.reload()
    assert daemon.judge is judge

    watch = Watch(path)
    for size in (1000, 5000, 9000):
        path.write_text((ROOT / "config.yaml").read_text()[:size])
        assert watch.look() is None
        assert watch.problem is None
