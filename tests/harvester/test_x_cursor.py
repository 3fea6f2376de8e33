"""What the reader of X remembers between two fetches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain import MentionKind
from harvester.x_cursor import WATCHED, Cursor
from tests.builders import NOON, mention


def versions():
    old = mention("lama", native_id="1853000000000000001")
    return old, replace(old, native_id="1853000000000000002", text="baru")


def test_an_old_version_does_not_undo_a_newer_one():
    """Pages come newest first: the old words may arrive after the new ones."""
    old, new = versions()
    cursor = Cursor()
    cursor.see([new], now=NOON)

    assert cursor.outdated(old)
    assert not cursor.outdated(new)
    assert not Cursor().outdated(old)


def test_the_youngest_of_the_last_day_are_watched():
    """A look-up takes a hundred ids, and yesterday's posts have had their day."""
    cursor = Cursor()
    cursor.see([mention(native_id=str(10**18 + n)) for n in range(WATCHED + 20)], now=NOON)
    cursor.see([mention(native_id=str(10**18 + 500), kind=MentionKind.REPOST)], now=NOON)

    assert len(cursor.watch) == WATCHED
    assert min(map(int, cursor.watch)) == 10**18 + 20

    cursor.forget_old(NOON + timedelta(days=1, seconds=1))
    assert cursor.watch == {}


def test_a_watched_post_is_paid_for_once_a_day():
    """X counts each post once per UTC day."""
    cursor = Cursor()
    cursor.see([mention(native_id="1853000000000000001")], now=NOON)

    billed = [cursor.bill_again(NOON + timedelta(hours=h)) for h in (1, 20, 21)]

    assert billed == [0, 1, 0]


def test_a_cursor_survives_storing():
    """It is a string to everybody else."""
    cursor = Cursor(newest_id="5", next_token="t")
    cursor.see([mention(native_id="1853000000000000001")], now=NOON)

    assert Cursor.of(cursor.dump()) == cursor
    assert Cursor.of("") == Cursor()
