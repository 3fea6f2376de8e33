"""An old picture on a ticket page: told with its date and ticket, never a way into another desk's case."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import Media, Mention, Page, Picture, ShowAgain
from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.casework import ACCOUNT, delete_at_source, open_case

LONG_AGO = NOON - timedelta(days=150)
VIEW = f"{1 << 90:032x}"
SECRET = "Ibu itu dipukuli suaminya di Jagalan"


def with_picture(text: str, **given: Any) -> Mention:
    return mention(text, platform="instagram", account=ACCOUNT,
                   media=(Media("photo", "https://scontent.cdninstagram.com/a.jpg"),), **given)


def hashed(store: Store, post: Mention) -> None:
    """The post's picture is asked for and looked at, as the daemon does."""
    edited = replace(post, account=ACCOUNT, native_id=f"9{post.native_id}", revision_of=post.native_id,
                     text=f"{post.text}.")
    store.save_page(ACCOUNT, Page((edited,), "c"), next_poll_at=NOON, now=NOON, pictures_until=NOON)
    store.save_pictures([(one, Picture("hashed", "ab" * 32, (VIEW,))) for one in store.pictures_waiting(9)], now=NOON)


def two_cases(store: Store, *, department: str = "dpupr-solo", sensitive: str = "", days: int = 150) -> tuple[int, int]:
    """An old case of some desk, and a new one of alice's that shows its picture; their numbers."""
    old = with_picture(SECRET, at=NOON - timedelta(days=days))
    new = with_picture("Banjir di Pajang barusan", at=NOON)
    first = open_case(store, old, department=department, sensitive=bool(sensitive))
    hashed(store, old)
    second = open_case(store, new)
    again(store, new, old)
    return first, second


def again(store: Store, new: Mention, old: Mention) -> None:
    from domain import Decision, Fate, Verdict
    from tests.inbox.casework import quiet

    hashed(store, new)
    store.settle([Decision(new.key, Fate.TICKET, None, Verdict(new.key, "revision"), (), (ShowAgain(0, old.key, 2),),
                           "cafe0123")], announce=quiet, now=NOON)


def page_of(browser: Any, number: int) -> str:
    return str(browser.get(f"/tiket/{number}").content.decode())


def test_the_page_says_when_and_in_which_ticket(store: Store, browser_of: Any) -> None:
    """Above the pictures and on the reason card, with a link for who may follow it."""
    first, second = two_cases(store)
    page = page_of(browser_of("alice"), second)
    post, card = page[page.index('id="post-title"'):page.index('id="why-title"')], page[page.index('id="why-title"'):]

    assert "Gambar lama:" in post
    assert "5 Jun 2026" in post
    assert f'<a href="/tiket/{first}">T-{first}</a>' in post
    assert "laporan tetap diterima" in post
    assert f"T-{first}" in card


def test_the_older_ticket_itself_is_not_flagged(store: Store, browser_of: Any) -> None:
    """Who showed it first shows nothing old."""
    first, _ = two_cases(store)

    assert "pernah muncul" not in page_of(browser_of("alice"), first)


def test_a_picture_of_this_week_is_the_same_one_and_not_an_old_one(store: Store, browser_of: Any) -> None:
    """Two posts of one day: a hint that they belong together, no suspicion."""
    _, second = two_cases(store, days=1)
    page = page_of(browser_of("alice"), second)

    assert "Gambar yang sama:" in page
    assert "Gambar lama:" not in page


def test_another_desks_ticket_is_named_and_not_opened(store: Store, browser_of: Any) -> None:
    """That it exists helps; its words stay where they are. Who sees all desks gets the link."""
    first, second = two_cases(store, department="dinsos-jateng")
    seen, all_seen = page_of(browser_of("alice"), second), page_of(browser_of("citra"), second)

    assert f"T-{first}" in seen
    assert f'href="/tiket/{first}"' not in seen
    assert SECRET not in seen
    assert f'href="/tiket/{first}"' in all_seen


@pytest.mark.parametrize("name", ["alice", "citra"])
def test_a_sensitive_ticket_is_not_betrayed(store: Store, browser_of: Any, name: str) -> None:
    """Neither number nor date: somebody else's picture of a victim says nothing here."""
    first, second = two_cases(store, department="dinsos-jateng", sensitive="kdrt")
    page = page_of(browser_of(name), second)

    assert "pernah muncul" not in page
    assert not re.search(rf"T-{first}\b", page)


def test_when_the_older_post_is_deleted_the_flag_goes(store: Store, browser_of: Any) -> None:
    """A citizen took it back: its picture is forgotten, and what was said of it."""
    old = with_picture("Banjir", at=LONG_AGO)
    new = with_picture("Banjir di Pajang barusan", at=NOON)
    open_case(store, old)
    hashed(store, old)
    number = open_case(store, new)
    again(store, new, old)
    assert "Gambar lama:" in page_of(browser_of("alice"), number)

    delete_at_source(store, old.key)

    assert "Gambar lama:" not in page_of(browser_of("alice"), number)
