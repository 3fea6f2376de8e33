"""Deliveries of any shape: a page an account, nothing raised, and nothing that the store cannot take."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import Account, Page
from harvester import hooks_meta, hooks_x
from harvester.hooks_forms import json_report, sms_report
from harvester.payload import Unreadable
from storage import open_store
from tests.builders import NOON

PAGE = Account("facebook:solo", "facebook", "8001", "Kota Contoh", "solo")
GRAM = Account("instagram:solo", "instagram_graph", "7001", "kota_contoh", "solo")
HANDLE = Account("x:solo", "x", "9001", "kota_contoh", "solo")
LOKET = Account("loket:solo", "loket", "", "loket", "solo")
ACCOUNTS = (PAGE, GRAM, HANDLE)
leaf = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12),
                 st.sampled_from(["8001", "7001", "9001", "8001_5", "add", "edited", "remove", "hide", "comment", "status", 1793595600]))
anything = st.recursive(leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
                        max_leaves=8)


def shaped(**fields: Any) -> Any:
    """An object that has each of the fields or not, and anything in them."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(anything, given_) for name, given_ in fields.items()})


value = shaped(item=st.sampled_from(["comment", "status", "photo", "reaction"]), verb=st.sampled_from(["add", "edited", "remove", "hide"]),
               post_id=st.just("8001_5"), comment_id=st.just("5_7"), message=st.text(max_size=20), created_time=st.integers(0, 1 << 40),
               **{"from": shaped(id=st.just("8001")), "id": st.just("17"), "text": st.text(max_size=9), "media_id": st.just("19"),
                  "photos": anything, "parent_id": anything, "sender_id": anything})
change = shaped(field=st.sampled_from(["feed", "mention", "comments", "mentions"]), value=value)
meta = shaped(object=st.sampled_from(["page", "instagram"]), entry=st.lists(shaped(
    id=st.sampled_from(["8001", "7001", "1"]), time=st.integers(0, 1 << 40), changes=st.lists(change, max_size=3)), max_size=2))
status = shaped(id_str=st.sampled_from(["1", "2000000000000000001"]), text=st.text(max_size=9), user=shaped(id_str=st.just("7")),
                created_at=st.just("Mon Nov 02 04:55:00 +0000 2026"), entities=anything, extended_tweet=anything, retweeted_status=anything)
activity = st.one_of(
    shaped(for_user_id=st.just("9001"), tweet_create_events=st.lists(status, max_size=3), tweet_delete_events=st.lists(anything, max_size=2)),
    shaped(data=shaped(event_type=st.sampled_from(["post.create", "post.delete"]), filter=shaped(user_id=st.just("9001")), payload=anything,
                       includes=anything)))


def into_a_store(path: Any, pages: dict[str, Page]) -> None:
    """Twice: what a sender repeats changes no book."""
    with closing(open_store(path)) as store:
        for _ in range(2):
            for key, page in pages.items():
                store.save_page(key, page, next_poll_at=NOON, now=NOON, beside=True)
            counted = [(row.account, row.seen, row.fates) for row in store.ledger()]
        assert store.verify() == []
        assert counted == [(row.account, row.seen, row.fates) for row in store.ledger()]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(meta)
def test_no_delivery_of_metas_breaks_the_reader_or_the_books(tmp_path_factory, body):
    pages = hooks_meta.pages_of(json.dumps(body).encode(), accounts=ACCOUNTS, seen_at=NOON)

    into_a_store(tmp_path_factory.mktemp("hook") / "k.db", pages)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(activity)
def test_no_activity_of_xs_breaks_the_reader_or_the_books(tmp_path_factory, body):
    pages = hooks_x.pages_of(json.dumps(body).encode(), accounts=ACCOUNTS, seen_at=NOON)

    into_a_store(tmp_path_factory.mktemp("hook") / "k.db", pages)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(shaped(id=st.text(max_size=9), channel=anything, text=st.text(max_size=9), author=anything, created_at=anything, lat=anything,
              lon=anything, media=anything, address=anything))
def test_a_report_is_read_or_unreadable_and_nothing_else(report):
    for read in (json_report, sms_report):
        try:
            found = read(report, LOKET, NOON)
        except Unreadable:
            continue
        assert found.key.partition(":")[2].startswith("post:solo.")
        assert found.posted_at <= NOON
