"""The contract of erasures: what was taken away since a copy was made can be taken away from the copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain import Page
from storage.erasures import Again
from storage.store import Store
from tests.storage.decisions import ALICE, LATER, NOON, joins, mention, opens, repost, save, settle, watch
from tests.storage.redaction_contract import BLOTTED, NAME, SAID, blot, texts

OTHER = "Lampu jalan padam di Laweyan"


def twins(store: Store, fresh_store: Callable[[], Store]) -> tuple[Store, Store, str, int]:
    """Two stores with the same story told twice and another one; its first post and its ticket."""
    first, other = mention(SAID), mention(OTHER)
    copy = repost(first)
    opened = []
    for each in (watch(store), watch(fresh_store())):
        save(each, first, other, copy)
        opened.append((each, settle(each, opens(first), opens(other), joins(copy, first.key)).opened[0]))
    return opened[0][0], opened[1][0], first.key, opened[0][1]


def fields(store: Store) -> list[str]:
    return [row["text"] for row in store.export_tickets()]


class ErasuresContract:
    """The later store did something; the older one has it done again."""

    def test_a_post_that_was_deleted_since_is_emptied_and_comes_back_empty(
        self, store: Store, fresh_store: Callable[[], Store]
    ):
        """R17: an erased post never returns, also after a restore, also when the platform delivers it again."""
        later, older, key, _ = twins(store, fresh_store)
        save(later, gone=(key,))

        told = older.erase_again(later.erasures(), now=LATER)
        save(older, mention(SAID, key=key))

        assert told == Again(gone=1)
        assert fields(older) == fields(later) == ["", OTHER]
        assert older.verify() == []

    def test_a_post_that_the_copy_never_had_comes_empty(self, store: Store, fresh_store: Callable[[], Store]):
        """Arrived and deleted after the copy was made: the copy knows only that it has to stay away."""
        later, older, _, _ = twins(store, fresh_store)
        young = mention("baru saja tiba")
        save(later, young)
        save(later, gone=(young.key,))

        told = older.erase_again(later.erasures(), now=LATER)
        save(older, young)

        assert told == Again()
        assert [m.text for m in older.unprocessed(10, now=LATER)] == [""]

    def test_a_blot_is_set_again_in_every_telling(self, store: Store, fresh_store: Callable[[], Store]):
        """The name is gone from post and copy, sealed for the desk, and blotted in what comes next."""
        later, older, key, number = twins(store, fresh_store)
        later.redact(ALICE, blot(later, number))

        told = older.erase_again(later.erasures(), now=LATER)
        save(older, mention(SAID, key=key))

        assert told == Again(blotted=1)
        assert texts(older, number) == texts(later, number) == [BLOTTED, BLOTTED]
        assert older.sealed(ALICE, number) == later.sealed(ALICE, number)
        assert older.verify() == []

    def test_no_erasure_holds_a_word(self, store: Store, fresh_store: Callable[[], Store]):
        """What is kept beside the backups says where and how long, never what."""
        later, _, _, number = twins(store, fresh_store)
        later.redact(ALICE, blot(later, number))

        [first, copy] = later.erasures()

        assert [word for word in SAID.split() if word in str((first, copy))] == []
        assert first.pieces == copy.pieces == ((8, len(NAME)),)

    def test_doing_it_again_changes_nothing(self, store: Store, fresh_store: Callable[[], Store]):
        """A restore that was cut short and begun anew audits nothing twice."""
        later, older, key, number = twins(store, fresh_store)
        later.redact(ALICE, blot(later, number))
        save(later, gone=(key,))
        erased = later.erasures()
        older.erase_again(erased, now=LATER)
        link = older.audit_head()

        told = older.erase_again(erased, now=LATER)

        assert told == Again()
        assert older.audit_head() == link

    def test_a_blot_in_a_text_that_differs_is_left_to_a_person(self, store: Store, fresh_store: Callable[[], Store]):
        """The copy has an older version of the text: nothing is blotted at the wrong place, and somebody is told."""
        first, number = mention("Anak Siti Rahayu jatuh"), 0
        for each, text in ((watch(store), SAID), (watch(fresh_store()), first.text)):
            post = mention(text, key=first.key, at=NOON)
            save(each, post)
            number = settle(each, opens(post)).opened[0]
            older = each
        store.redact(ALICE, blot(store, number))

        told = older.erase_again(store.erasures(), now=LATER)

        assert told == Again(undone=(first.key,))
        assert texts(older, number) == ["Anak Siti Rahayu jatuh"]

    def test_since_when_is_asked(self, store: Store):
        """The daemon looks once a minute, at what is new."""
        first, second = mention(SAID), mention(OTHER)
        save(watch(store), first, second)
        for post, at in ((first, NOON), (second, LATER)):
            store.save_page("x:solo", Page((), "", gone=(post.key,)), next_poll_at=LATER, now=at)

        young = store.erasures(since=LATER - timedelta(minutes=10))

        assert [each.mention for each in young] == [second.key]
        assert [each.mention for each in store.erasures()] == [first.key, second.key]
