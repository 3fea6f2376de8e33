"""The contract of pictures: who waits for them and how long, what is kept, what goes with a deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Media, MentionKind, MentionState, Page, Picture, ShowAgain
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import ALICE, LATER, MACHINE, joins, keys, mention, opens, settle, transition, watch

UNTIL = NOON + timedelta(seconds=30)
SOON = NOON + timedelta(seconds=5)
VIEWS = (f"{1 << 100:032x}", f"{3 << 40:032x}")
HASHED = Picture("hashed", "ab" * 32, VIEWS)


def shown(*urls: str, **given: object):
    return mention(media=tuple(Media("photo", url) for url in urls or ("https://pbs.twimg.com/media/a.jpg",)), **given)


def arrive(store: Store, *mentions, until=UNTIL, **page):
    store.save_page("x:solo", Page(mentions, "c", **page), next_poll_at=LATER, now=NOON, pictures_until=until)


def look(store: Store, *pictures: Picture, now=SOON):
    store.save_pictures(list(zip(store.pictures_waiting(10), pictures, strict=True)), now=now)


class PicturesContract:
    """Waiting, keeping, forgetting."""

    def test_a_post_waits_for_its_picture_and_no_longer_than_its_time(self, store: Store):
        """Words alone are judged at once; with a picture after the look, or when the time is over."""
        plain, with_picture, slow = mention(), shown(), shown()
        arrive(watch(store), plain, with_picture, slow)

        assert keys(store.unprocessed(10, now=SOON)) == [plain.key]
        [first, _] = store.pictures_waiting(10)
        assert (first.mention, first.url, first.account) == (with_picture.key, with_picture.media[0].url, "x:solo")
        store.save_pictures([(first, HASHED)], now=SOON)
        assert keys(store.unprocessed(10, now=SOON)) == [plain.key, with_picture.key]
        assert keys(store.unprocessed(10, now=UNTIL)) == [plain.key, with_picture.key, slow.key]

    def test_all_pictures_of_a_post_are_awaited(self, store: Store):
        """Two of three are not enough; more than four are not asked for."""
        post = shown(*(f"https://pbs.twimg.com/media/{n}.jpg" for n in range(6)))
        arrive(watch(store), post)
        waiting = store.pictures_waiting(10)

        assert [one.place for one in waiting] == [0, 1, 2, 3]
        store.save_pictures([(one, HASHED) for one in waiting[:3]], now=SOON)
        assert store.unprocessed(10, now=SOON) == []

    def test_what_has_no_picture_to_look_at_waits_for_none(self, store: Store):
        """Where fetching is off, reposts, our own posts, links, and media without an address."""
        original = shown()
        arrive(watch(store), original, until=None)
        arrive(store, shown(kind=MentionKind.REPOST, repost_of=original.key), shown(own=True),
               mention(media=(Media("link", "https://berita.example/a"), Media("photo"))))

        assert len(store.unprocessed(10, now=NOON)) == 4
        assert store.pictures_waiting(10) == []

    def test_what_a_look_brought_is_kept_and_counted(self, store: Store):
        """By mention and place; what was not looked at for want of time is no request to a platform."""
        post, late, bad = shown(), shown(), shown()
        arrive(watch(store), post, late, bad)
        look(store, HASHED, Picture("late", reason="no time left"), Picture("refused", reason="no picture"))

        assert store.pictures_of([post.key, bad.key, "x:post:0"]) == {
            post.key: {0: HASHED}, bad.key: {0: Picture("refused", reason="no picture")}}
        assert store.pictures_tried(since=NOON) == 2
        assert store.pictures_tried(since=SOON) == 0

    def test_hashes_are_numbered_for_those_who_keep_a_replica(self, store: Store):
        """A number is never used twice, not even that of a picture that was deleted."""
        first, second, third = shown(), shown(), shown()
        arrive(watch(store), first, second)
        look(store, HASHED, Picture("blank"))
        [[(seq, views)]] = store.hashed_since(0)
        assert views.hex() == "".join(VIEWS)
        assert [(s.mention, s.cluster, s.views) for s in store.shown([seq, 999])] == [(first.key, None, VIEWS)]

        arrive(store, gone=(first.key,))
        arrive(store, third)
        look(store, HASHED)
        [[(later, _)]] = store.hashed_since(seq)
        assert later > seq
        assert store.shown([seq]) == []

    def test_an_edit_asks_for_the_new_pictures(self, store: Store):
        """What was known of the old ones is forgotten; a look that began before the edit is dropped."""
        post = shown(native_id="100")
        arrive(watch(store), post)
        begun = store.pictures_waiting(10)
        edited = replace(post, text="lain", native_id="101", revision_of="100", state=MentionState.EDITED,
                         media=(Media("photo", "https://pbs.twimg.com/media/lain.jpg"),))
        arrive(store, edited, until=UNTIL + timedelta(seconds=9))
        store.save_pictures([(begun[0], HASHED)], now=SOON)

        assert store.pictures_of([post.key]) == {}
        assert [one.url for one in store.pictures_waiting(10)] == ["https://pbs.twimg.com/media/lain.jpg"]

    def test_a_deleted_post_takes_its_hashes_along(self, store: Store):
        """Of its pictures nothing remains, also not what other stories said of them."""
        old, new = shown(), shown()
        arrive(watch(store), old, new)
        look(store, HASHED, HASHED)
        settle(store, opens(old))
        [ticket] = settle(store, replace(opens(new), changes=(*opens(new).changes, ShowAgain(0, old.key, 3)))).opened
        assert len(store.ticket(MACHINE, ticket).old_pictures) == 1

        arrive(store, gone=(old.key,))

        assert store.pictures_of([old.key, new.key]) == {new.key: {0: HASHED}}
        assert store.ticket(MACHINE, ticket).old_pictures == ()
        assert store.verify() == []

    def test_an_old_picture_names_the_story_that_showed_it_first(self, store: Store):
        """With place, time and tickets; the export says the same."""
        old, new = shown(), shown()
        arrive(watch(store), old, new)
        look(store, HASHED, HASHED)
        [first] = settle(store, opens(old)).opened
        [second] = settle(store, replace(opens(new), changes=(*opens(new).changes, ShowAgain(0, old.key, 3)))).opened

        [flag] = store.ticket(ALICE, second).old_pictures
        assert (flag.place, flag.mention, flag.seen_at) == (0, new.key, old.posted_at)
        assert [ticket.id for ticket in flag.tickets] == [first]
        exported = {row["id"]: row["old_pictures"] for row in store.export_tickets()}
        assert exported == {first: [], second: [{"mention": new.key, "picture": 0, "tickets": [first],
                                                 "seen_at": old.posted_at.isoformat()}]}

    @pytest.mark.parametrize("sensitive", [True, False])
    def test_a_sensitive_story_is_not_betrayed_by_its_picture(self, store: Store, sensitive: bool):
        """Another desk learns of an ordinary story's ticket; of a secret one it does not even learn the date."""
        old, new = shown(), shown()
        arrive(watch(store), old, new)
        look(store, HASHED, HASHED)
        settle(store, opens(old, "solo-dinsos", sensitive=sensitive))
        [ticket] = settle(store, replace(opens(new), changes=(*opens(new).changes, ShowAgain(0, old.key, 0)))).opened

        assert len(store.ticket(ALICE, ticket).old_pictures) == (0 if sensitive else 1)

    def test_in_one_story_no_picture_is_old(self, store: Store):
        """A copy shows what its story has shown."""
        old, copy = shown(), shown()
        arrive(watch(store), old, copy)
        look(store, HASHED, HASHED)
        [ticket] = settle(store, opens(old)).opened
        settle(store, joins(copy, old.key, "same_media", (ShowAgain(0, old.key, 0),)))

        assert store.ticket(ALICE, ticket).old_pictures == ()
        assert store.apply(ALICE, transition(store.ticket(ALICE, ticket).ticket)).status == "diterima"
