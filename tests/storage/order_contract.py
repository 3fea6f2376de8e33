"""The contract of the order in which a backlog is judged: what is new first, reposts of what is known after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Mention, MentionKind
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import LATER, fates, joins, kept, keys, mention, opens, repost, save, settle, told, watch

HOUR = timedelta(hours=1)


def order(store: Store, limit: int = 200) -> list[str]:
    """Keys in the order of judging, batch by batch, everything ending in a lane."""
    taken: list[str] = []
    while batch := store.unprocessed(limit, now=LATER):
        settle(store, *(kept(m) for m in batch))
        taken += keys(batch)
    return taken


class OrderContract:
    """What waits, and before what."""

    def test_a_complaint_behind_a_storm_of_reposts_is_taken_first(self, store: Store):
        """However many repeated a post before it was written."""
        first, _ = told(watch(store))
        storm = [repost(first) for _ in range(30)]
        save(store, *storm)
        complaint = mention("Lampu padam di Jebres", at=LATER)
        save(store, complaint)

        assert order(store, limit=10) == keys([complaint, *storm])

    def test_an_original_is_taken_before_its_reposts_however_they_came(self, store: Store):
        """They came in one page newest first, or the original came last of all."""
        early, late = mention("Pohon tumbang"), mention("Banjir di Semanggi")
        shares = [repost(late), repost(early), repost(late), repost(early)]
        save(watch(store), shares[0])
        save(store, *reversed([early, *shares[1:]]))
        save(store, late)

        taken = order(store, limit=1)

        assert all(taken.index(share.repost_of) < taken.index(share.key) for share in shares[1:])
        assert set(taken) == set(keys([early, late, *shares]))

    def test_the_first_repost_of_a_post_that_was_never_shown_is_new(self, store: Store):
        """It is all that is known of a complaint; those after it repeat it, on its page or later."""
        seen, _ = told(watch(store))
        unseen = mention("Tanggul retak")
        storm, shares = [repost(seen) for _ in range(5)], [repost(unseen) for _ in range(3)]
        save(store, *storm, *reversed(shares[:2]))
        save(store, shares[2])

        assert order(store) == keys([shares[0], *storm, *shares[1:]])

    def test_a_repost_of_what_reposts_made_known_repeats_it(self, store: Store):
        """The story stands, though its first post never came."""
        unseen, other = mention("Tanggul retak"), mention("Lampu padam", at=LATER)
        first = repost(unseen)
        save(watch(store), first)
        settle(store, opens(first))
        again = repost(unseen)
        save(store, again, other)

        assert order(store) == keys([other, again])

    def test_reposts_have_their_share_while_new_posts_keep_coming(self, store: Store):
        """An eighth of each batch: the counts and urgency of a story move on, whatever else comes in."""
        first, _ = told(watch(store))
        storm = [repost(first) for _ in range(6)]
        save(store, *storm)
        batches = []
        for _ in range(3):
            save(store, *(mention(f"Aduan {n}") for n in range(16)))
            batches.append(store.unprocessed(16, now=LATER))
            settle(store, *(kept(m) for m in batches[-1]))

        assert [sum(m.repost_of is not None for m in batch) for batch in batches] == [2, 2, 2]
        assert [m.key for batch in batches for m in batch if m.repost_of] == keys(storm)
        assert all(batch.index(m) >= 14 for batch in batches for m in batch if m.repost_of)

    def test_no_share_goes_to_reposts_whose_original_still_waits(self, store: Store):
        """A batch full of older complaints does not take a repost before what it repeats."""
        older = [mention(f"Aduan {n}", at=NOON - HOUR) for n in range(32)]
        seen, unseen = mention("Pohon tumbang"), mention("Tanggul retak")
        shares = [repost(seen), repost(unseen), repost(unseen)]
        save(watch(store), *older, seen, *shares)

        taken = order(store, limit=16)

        assert taken == keys([*sorted(older, key=lambda m: m.key), seen, shares[1], shares[0], shares[2]])

    @pytest.mark.parametrize("together", [True, False], ids=["one page", "two pages"])
    def test_a_repost_that_somebody_answers_is_taken_before_the_answer(self, store: Store, together):
        """The comment under a share is compared with the share's story, which has to be there."""
        first = mention("Pohon tumbang")
        share = repost(first)
        further = replace(repost(first), repost_of=share.key)  # a share of the share
        storm = [repost(first) for _ in range(3)]
        answer = mention("Di sini juga", kind=MentionKind.COMMENT, thread=further.key, at=LATER)
        pages: list[tuple[Mention, ...]] = [(first, share, further, *storm), (answer,)]
        for page in [pages[0] + pages[1]] if together else pages:
            save(store if store.accounts() else watch(store), *page)

        assert order(store) == keys([first, share, further, answer, *storm])

    def test_the_order_does_not_depend_on_the_batch(self, store: Store, fresh_store):
        """One by one or all at once, while no batch is full of what is new."""
        seen, unseen = mention("Pohon tumbang"), mention("Tanggul retak")
        page = [seen, *(repost(each) for each in (seen, unseen) * 4), mention("Lampu padam")]
        orders = []
        for limit, there in ((1, store), (3, fresh_store()), (200, fresh_store())):
            save(watch(there), *page)
            orders.append(order(there, limit))

        assert orders[0] == orders[1] == orders[2]

    def test_a_storm_is_finished_and_the_books_balance(self, store: Store):
        """What came last in turn has its fate like everything else, once."""
        first, _ = told(watch(store))
        save(store, *(repost(first) for _ in range(40)), *(mention(f"Aduan {n}") for n in range(20)))

        while batch := store.unprocessed(8, now=LATER):
            settle(store, *(joins(m, first.key) if m.repost_of else opens(m) for m in batch))

        assert fates(store) == {"ticket": 21, "attached": 40}
        assert store.standings([first.key])[first.key].size == 41
        assert store.verify() == []
