"""The contract of harvesting: accounts, pages, revisions, deletions, quarantine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain import (
    AccountNote,
    AccountState,
    Author,
    Inquiry,
    Media,
    MentionKind,
    MentionState,
    Page,
    PlaceHint,
    Quarantined,
)
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import (
    LATER,
    MACHINE,
    fates,
    joins,
    keys,
    mention,
    opens,
    repost,
    save,
    settle,
    told,
    watch,
)

EVERYTHING = TicketQuery(limit=1000)



class HarvestContract:
    """Accounts, pages, revisions, deletions."""

    def test_what_was_saved_comes_back_whole(self, store: Store):
        """A post is judged as it arrived: nothing of it is lost on the way through the store."""
        whole = mention(
            "Jalan ambles 😀 ْ\x00 di Gang Melati", url="https://x.example/1", author=Author("7", "warga", None),
            quote_of="x:post:1", reply_to="x:post:2", thread="x:post:3", lang_hint="id", metrics={"likes": 3},
            media=(Media("photo", "https://x.example/p.jpg", "lubang", "ab" * 32, "0f" * 8),),
            place=PlaceHint("Solo", -7.5, 110.8, "Gang Melati 3"), hashtags=("solo",), handles=("dinas_contoh",),
            edited_at=NOON, state=MentionState.EDITED, revision_of="99",
        )
        save(watch(store), whole)

        back, = store.unprocessed(10, now=NOON)

        assert back == replace(whole, seen_by=("x:solo",))

    def test_a_post_delivered_twice_is_one_post(self, store: Store):
        """Pages overlap; the second delivery counts as known and changes no book."""
        m = mention()
        save(watch(store), m)

        again = save(store, m)

        assert (again.new, again.known) == (0, 1)
        assert keys(store.unprocessed(10, now=LATER)) == [m.key]
        assert [row.seen for row in store.ledger()] == [1]

    def test_a_post_shown_to_two_accounts_counts_once_for_each(self, store: Store):
        """Governor and mayor are both told; the ledger of each has it, and it is judged once."""
        m = mention()
        watch(store, "x:solo", "x:gubernur")
        save(store, m)
        save(store, m, to="x:gubernur")

        waiting = store.unprocessed(10, now=LATER)

        assert waiting[0].seen_by == ("x:gubernur", "x:solo")
        assert [(row.account, row.seen) for row in store.ledger()] == [("x:gubernur", 1), ("x:solo", 1)]

    def test_a_day_in_the_ledger_is_a_day_in_jakarta(self, store: Store):
        """A post that arrives at 00:30 in Solo belongs to the new day."""
        late = NOON.replace(hour=17, minute=30)
        save(watch(store), mention(at=late))

        assert [row.day for row in store.ledger()] == [date(2026, 11, 3)]
        assert store.ledger(date(2026, 11, 2)) == []

    def test_a_failing_page_moves_neither_posts_nor_cursor(self, store: Store):
        """Half a page is never stored: the next poll reads it again."""
        watch(store)
        naive = mention(seen_at=NOON.replace(tzinfo=None))

        with pytest.raises(ValueError, match="naive"):
            save(store, mention(), naive, cursor="c2")

        assert store.unprocessed(10, now=LATER) == []
        assert store.accounts()[0].cursor == ""
        assert store.ledger() == []

    def test_a_page_moves_cursor_state_and_clock_together(self, store: Store):
        """After a good page the account is healthy again and knows where to go on."""
        watch(store)
        store.save_failure("x:solo", state=AccountState.BACKOFF, next_poll_at=NOON, reason="503", now=NOON)
        failed, = store.accounts()

        save(store, mention(), cursor="c7")

        after, = store.accounts()
        assert (failed.state, failed.fail_count, failed.state_reason) == (AccountState.BACKOFF, 1, "503")
        assert (after.state, after.fail_count, after.state_reason) == (AccountState.OK, 0, "")
        assert (after.cursor, after.next_poll_at, after.last_success_at) == ("c7", LATER, NOON)

    def test_accounts_are_due_by_waiting_time_and_never_when_a_human_is_needed(self, store: Store):
        """Who has waited longest is asked first; a dead token is not asked at all."""
        watch(store, "x:a", "x:b", "x:c", "x:d")
        for key, minutes in (("x:a", 5), ("x:b", 3), ("x:d", 90)):
            save(store, to=key)
            store.save_failure(key, state=AccountState.BACKOFF, next_poll_at=NOON + timedelta(minutes=minutes),
                               reason="", now=NOON)
        store.save_failure("x:b", state=AccountState.NEEDS_HUMAN, next_poll_at=NOON, reason="token", now=NOON)

        due = store.accounts_due(NOON + timedelta(hours=1))

        assert [a.key for a in due] == ["x:c", "x:a"]

    def test_an_account_that_waited_for_a_person_goes_on_where_it_stood(self, store: Store):
        """After the new token the account is due at once, with its cursor; one that waited for nobody is left alone."""
        watch(store, "x:solo")
        save(store, mention(), cursor="here")
        store.save_failure("x:solo", state=AccountState.NEEDS_HUMAN, next_poll_at=LATER, reason="token", now=NOON)
        assert store.accounts_due(LATER + timedelta(days=9)) == []

        first, second = store.resume("x:solo", now=LATER), store.resume("x:solo", now=LATER)

        [account] = store.accounts_due(NOON)
        assert (first, second) == (True, False)
        assert (account.cursor, account.state, account.fail_count) == ("here", AccountState.OK, 0)
        assert store.verify() == []

    def test_an_account_taken_out_of_the_file_rests_and_comes_back_with_its_cursor(self, store: Store):
        """Removing an account by mistake costs nothing: its place in the stream is kept."""
        save(watch(store, "x:solo", "x:b"), cursor="c9")
        watch(store, "x:b")
        resting = {a.key: a.state for a in store.accounts()}

        watch(store, "x:solo", "x:b")

        assert resting == {"x:solo": AccountState.DISABLED, "x:b": AccountState.OK}
        assert {a.key: (a.state, a.cursor) for a in store.accounts()}["x:solo"] == (AccountState.OK, "c9")

    def test_a_rename_is_recorded_once_and_survives_a_restart_with_the_old_name(self, store: Store):
        """The account changed its name at the platform; config.yaml need not know at once."""
        save(watch(store), handle="kota_baru", notes=(AccountNote("renamed", "kota_contoh -> kota_baru"),))
        watch(store)
        save(store, handle="kota_baru")

        assert store.accounts()[0].handle == "kota_baru"
        assert store.verify() == []

    def test_poll_times_move_with_the_clock_but_never_too_far(self, store: Store):
        """When the machine's clock is set back a day, accounts do not stay silent for a day."""
        save(watch(store))

        store.shift_polls(-86_400, latest=NOON + timedelta(hours=1))
        back = store.accounts()[0].next_poll_at
        store.shift_polls(7 * 86_400, latest=NOON + timedelta(hours=1))

        assert back == NOON
        assert store.accounts()[0].next_poll_at == NOON + timedelta(hours=1)

    def test_what_reading_costs_is_booked_by_month(self, store: Store):
        """Ops see what a platform has cost this month."""
        save(watch(store), reads=100, cost_usd=0.5)
        save(store, reads=20, cost_usd=0.25)

        assert store.facts()["budget"] == [{"month": "2026-11", "platform": "x", "reads": 120, "cost_usd": 0.75}]

    def test_an_edited_post_waits_to_be_judged_again_in_its_story(self, store: Store):
        """The citizen corrects the street name: the new text is judged, the ticket stays."""
        m, ticket = told(watch(store))
        edited = replace(m, native_id="99999", text="Jalan berlubang di Gang Melati", revision_of=m.native_id)

        saved = save(store, edited)

        waiting, = store.unprocessed(10, now=LATER)
        assert saved.revised == 1
        assert (waiting.text, waiting.state, waiting.native_id) == (edited.text, MentionState.EDITED, "99999")
        assert waiting.posted_at == m.posted_at
        assert store.clusters_of([m.key]) == {m.key: m.key}
        assert fates(store) == {"waiting": 1}
        settle(store, opens(waiting))
        assert store.standings([m.key])[m.key].size == 1
        assert [row.ticket.id for row in store.tickets(MACHINE, EVERYTHING)] == [ticket]

    def test_an_older_version_coming_again_changes_nothing(self, store: Store):
        """Overlapping pages bring the first version once more after the edit."""
        first = mention(native_id="500")
        save(watch(store), first)
        save(store, replace(first, native_id="600", text="Versi kedua"))

        saved = save(store, first)

        assert (saved.known, saved.revised) == (1, 0)
        assert store.unprocessed(10, now=LATER)[0].text == "Versi kedua"

    def test_new_numbers_of_likes_are_no_edit(self, store: Store):
        """A post that gets popular is not judged again."""
        m, _ = told(watch(store))

        saved = save(store, replace(m, metrics={"likes": 500}))

        assert (saved.known, saved.revised) == (1, 0)
        assert store.unprocessed(10, now=LATER) == []

    def test_a_deleted_post_loses_its_words_and_keeps_its_ticket(self, store: Store):
        """Deletions at the source are honoured; the work that was begun stays on the desk."""
        m, ticket = told(watch(store))

        saved = save(store, gone=(m.key,))

        view = store.ticket(MACHINE, ticket)
        assert saved.gone == 1
        assert (view.mention.text, view.mention.author, view.mention.url) == ("", None, None)
        assert view.mention.state is MentionState.GONE
        assert view.extraction is None
        assert store.verify() == []

    def test_a_deleted_post_never_returns(self, store: Store):
        """Delivered again, by an overlapping page or another account, it comes in empty."""
        seen, unseen = mention("Tolong perbaiki"), mention("Belum pernah kami lihat")
        save(watch(store), seen)
        save(store, gone=(seen.key, unseen.key))

        save(store, replace(seen, text="Tolong perbaiki lagi", native_id="999999"), unseen)

        assert {m.text for m in store.unprocessed(10, now=LATER)} == {""}
        assert {m.state for m in store.unprocessed(10, now=LATER)} == {MentionState.GONE}
        assert [row.seen for row in store.ledger()] == [2]

    def test_reposts_of_a_deleted_post_lose_the_same_words(self, store: Store):
        """A share repeats the author's words, so they go from there too, also from one that comes later."""
        original, _ = told(watch(store))
        settled, waiting, late = (repost(original) for _ in range(3))
        save(store, settled)
        settle(store, joins(settled, original.key))
        save(store, waiting)

        save(store, gone=(original.key,))
        save(store, late)

        texts = {row["key"]: row["text"] for row in store.lane()} | {
            m.key: m.text for m in store.unprocessed(10, now=LATER)}
        assert texts == {waiting.key: "", late.key: ""}
        assert [copy.text for copy in store.ticket(MACHINE, 1).copies] == [""]

    def test_a_malformed_item_is_kept_whole_and_counted_once(self, store: Store):
        """What could not be read is not lost, and the same broken item twice is one item."""
        broken = Quarantined("x:raw:77", "x:solo", '{"id": ', "JSON terpotong", NOON)
        first = save(watch(store), mention(), quarantined=(broken,))

        again = save(store, quarantined=(broken,))

        assert (first.quarantined, again.quarantined) == (1, 0)
        assert fates(store) == {"waiting": 1, "quarantined": 1}
        assert [(row["key"], row["raw"]) for row in store.quarantine()] == [("x:raw:77", '{"id": ')]

    def test_an_item_that_can_be_read_after_all_leaves_quarantine(self, store: Store):
        """It was counted when it first came; now it has a better fate, not a second one."""
        m = mention()
        save(watch(store), quarantined=(Quarantined(m.key, "x:solo", "{", "?", NOON),))

        save(store, m)

        assert fates(store) == {"waiting": 1}
        assert [row.seen for row in store.ledger()] == [1]

    def test_a_broken_copy_of_a_known_post_is_kept_but_has_no_second_fate(self, store: Store):
        """The post stands; ops can still look at what came."""
        m = mention()
        save(watch(store), m)

        save(store, quarantined=(Quarantined(m.key, "x:solo", "{", "?", NOON),))

        assert fates(store) == {"waiting": 1}
        assert len(store.quarantine()) == 1

    def test_half_an_emoji_does_not_stop_a_page(self, store: Store):
        """Platforms cut texts in the middle of a character; the rest of the post is still good."""
        author = Author("1", "a\udc00", None)
        cut = mention("banjir \ud83d", author=author, hashtags=("\ud800",), metrics={"n": 2**70})

        save(watch(store), cut, mention())

        assert store.unprocessed(1, now=LATER)[0].text == "banjir \ufffd"
        assert fates(store) == {"waiting": 2}

    # --- what is delivered rather than fetched

    def test_a_delivery_leaves_the_polling_of_its_account_as_it_is(self, store: Store):
        """A webhook says nothing about a cursor, a token or the next turn."""
        watch(store)
        account = "x:solo"
        store.save_failure(account, state=AccountState.NEEDS_HUMAN, next_poll_at=LATER, reason="token", now=NOON)
        before, = (a for a in store.accounts() if a.key == account)

        store.save_page(account, Page((mention("Jalan rusak"),), ""), next_poll_at=NOON, now=NOON, beside=True)

        assert [a for a in store.accounts() if a.key == account] == [before]
        assert sum(row.seen for row in store.ledger()) == 1

    def test_a_first_version_that_comes_late_revises_nothing(self, store: Store):
        watch(store)
        account, first = "x:solo", mention("Jalan rusak")
        newer = replace(first, text="Jalan rusak parah", state=MentionState.EDITED, edited_at=NOON + timedelta(minutes=5))
        store.save_page(account, Page((newer,), ""), next_poll_at=NOON, now=NOON, beside=True)

        saved = store.save_page(account, Page((first,), "", firsts=(first.key,)), next_poll_at=NOON, now=NOON, beside=True)

        assert (saved.known, saved.revised) == (1, 0)
        assert [m.text for m in store.unprocessed(9, now=NOON)] == ["Jalan rusak parah"]

    def test_an_edit_whose_words_we_have_already_still_dates_them(self, store: Store):
        """Polled first, then told as an edit: an older edit that is still on its way must not undo it."""
        watch(store)
        account, polled = "x:solo", mention("Jalan rusak parah")
        edit = replace(polled, state=MentionState.EDITED, edited_at=NOON + timedelta(minutes=5))
        older = replace(polled, text="Jalan rusak", state=MentionState.EDITED, edited_at=NOON + timedelta(minutes=1))

        for page in (polled, edit, older):
            store.save_page(account, Page((page,), ""), next_poll_at=NOON, now=NOON, beside=True)

        assert [m.text for m in store.unprocessed(9, now=NOON)] == ["Jalan rusak parah"]

    def test_an_inquiry_stands_until_it_is_answered(self, store: Store):
        """Told twice it is one; a page that does not answer it leaves it; the account is due at once."""
        watch(store)
        account = "x:solo"
        asked = Inquiry("mentioned_media", "17", "17")
        store.save_page(account, Page((), "c"), next_poll_at=LATER, now=NOON)
        assert store.accounts_due(NOON) == []

        for _ in range(2):
            store.save_page(account, Page((), "", inquiries=(asked,)), next_poll_at=NOON, now=NOON, beside=True)
        assert [a.inquiries for a in store.accounts_due(NOON)] == [(asked,)]
        store.save_page(account, Page((), "c"), next_poll_at=NOON, now=NOON)
        assert [a.inquiries for a in store.accounts_due(NOON)] == [(asked,)]
        store.save_page(account, Page((), "c", answered=("17",)), next_poll_at=NOON, now=NOON)
        assert [a.inquiries for a in store.accounts_due(NOON)] == [()]

    def test_reports_are_told_apart_by_their_channel_and_hold_no_word(self, store: Store):
        watch(store)
        account = "x:solo"
        report = mention("Lampu mati di Gilingan", kind=MentionKind.FORM)
        save(store, report, mention("kiriman lain"))

        receipt, = store.receipts([account])

        assert (receipt.key, receipt.open, receipt.department) == (report.key, True, None)
        assert "Gilingan" not in repr(receipt)
        assert store.receipts([account], native_ids=["entah"]) == []
        assert store.receipts(["loket:solo"]) == []
        assert store.receipts([account], until=report.posted_at - timedelta(seconds=1)) == []
