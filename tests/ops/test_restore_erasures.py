"""What was erased after the backup is erased after the restore, and stays so: R17, whatever is left of the store."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime

from storage import open_store
from storage.erasures import Noting
from tests.ops.backup_house import TEXTS, texts_of
from tests.storage.decisions import ALICE, mention, opens, save, settle
from tests.storage.redaction_contract import BLOTTED, SAID, blot


def test_a_post_erased_since_is_gone_and_does_not_come_back(house):
    """The old store is there and tells; the platform delivers the post once more, and it comes empty."""
    first, *_ = house.complain(SAID)
    folder = house.backup()
    house.delete(first)

    done = house.say("restore", folder, "--replace", "--json")

    assert done.rows()[0]["gone"] == 1
    assert texts_of(house.store) == [*TEXTS, ""]
    with closing(open_store(house.store)) as store:
        save(store, mention(SAID, key=first))
    assert texts_of(house.store) == [*TEXTS, ""]
    assert SAID.encode() not in house.store.read_bytes()


def test_a_store_that_was_lost_leaves_the_journal(house):
    """The disk died: what the daemon noted beside the backups is all there is, and it is enough."""
    first, *_ = house.complain(SAID)
    folder = house.backup()
    house.delete(first)
    with closing(open_store(house.store)) as store:
        Noting().note(store, house.shelf, now=datetime.now(UTC))
    shutil.rmtree(house.store.parent)

    house.say("restore", folder)

    assert texts_of(house.store) == [*TEXTS, ""]


def test_a_store_that_cannot_be_read_is_told_and_the_journal_serves(house):
    """Damage is what one restores for."""
    first, *_ = house.complain(SAID)
    folder = house.backup()
    house.delete(first)
    house.backup()
    house.store.write_bytes(b"\xff" * 20_000)

    done = house.say("restore", folder, "--replace")

    assert done.code == 0, done.err
    assert "hanya dapat dibaca dari catatannya" in done.err
    assert texts_of(house.store) == [*TEXTS, ""]


def test_what_staff_blotted_since_is_blotted_again(house):
    """The name is out of the restored file, and sealed for the desk."""
    post = mention(SAID)
    with closing(open_store(house.store)) as store:
        save(store, post)
        number = settle(store, opens(post)).opened[0]
    folder = house.backup()
    with closing(open_store(house.store)) as store:
        store.redact(ALICE, blot(store, number))

    done = house.say("restore", folder, "--replace", "--json")

    assert done.rows()[0]["blotted"] == 1
    assert texts_of(house.store) == [*TEXTS, BLOTTED]
    with closing(open_store(house.store)) as store:
        assert len(store.sealed(ALICE, number)) == 1


def test_a_drill_honours_what_was_erased_in_the_house(house):
    """A copy elsewhere on the same machine shows nothing either that is gone here."""
    first, *_ = house.complain(SAID)
    folder = house.backup()
    house.delete(first)

    house.say("restore", folder, "--to", "latihan")

    assert texts_of(house.folder / "latihan" / "kentongan.db") == [*TEXTS, ""]
