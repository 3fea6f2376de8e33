"""The contract of watching over the reading: windows open and close, money and breakers are remembered."""

from __future__ import annotations

from datetime import date, timedelta

from domain import AccountState, Breaker, MentionKind, Page, Quota
from storage.store import Store
from tests.builders import NOON
from tests.storage.decisions import mention, opens, save, settle, watch

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def read(store: Store, *mentions, at=NOON, more=False, planned=5, **given) -> None:
    """A page of a poll; the next one is planned in `planned` minutes."""
    page = Page(mentions, "c", more=more, **given)
    store.save_page("x:solo", page, next_poll_at=at + planned * MINUTE, now=at, polled=True)


def fails(store: Store, at, *, state=AccountState.BACKOFF, reason="503", key="x:solo") -> None:
    store.save_failure(key, state=state, next_poll_at=at + MINUTE, reason=reason, now=at)


def seen(store: Store, **given):
    return [((w.since - NOON) // MINUTE, (w.until - NOON) // MINUTE if w.until else None, w.kind, w.cause, w.found)
            for w in store.blind_windows(since=NOON - 9 * HOUR, **given)]


class WatchContract:
    """Blind windows, pauses, breakers, silences."""

    def test_a_window_runs_from_the_last_reading_to_the_next_whole_one(self, store: Store):
        """Not from the failure, and not to a first page with more behind it."""
        read(watch(store))
        fails(store, NOON + 5 * MINUTE)
        read(store, more=True, at=NOON + 9 * MINUTE)
        between = seen(store)
        read(store, mention(at=NOON + 7 * MINUTE), at=NOON + 10 * MINUTE)

        assert between == [(0, None, "failure", "503", 0)]
        assert seen(store) == [(0, 9, "failure", "503", 1)]
        assert store.accounts()[0].read_until == NOON + 9 * MINUTE

    def test_a_cause_that_needs_a_person_takes_the_place_of_a_passing_one(self, store: Store):
        """First a 503, then the token: ops are told of the token."""
        read(watch(store))
        fails(store, NOON + 5 * MINUTE)
        fails(store, NOON + 6 * MINUTE, state=AccountState.NEEDS_HUMAN, reason="token mati")
        fails(store, NOON + 7 * MINUTE, reason="503 lagi")

        assert seen(store) == [(0, None, "failure", "token mati", 0)]

    def test_a_reading_that_began_before_the_failure_does_not_close_its_window(self, store: Store):
        """What was posted after its first page has not been read: the window goes on from there."""
        read(watch(store))
        read(store, more=True, at=NOON + 5 * MINUTE)
        fails(store, NOON + 6 * MINUTE)
        read(store, at=NOON + 30 * MINUTE)
        cut = seen(store)
        read(store, at=NOON + 35 * MINUTE)

        assert cut == [(5, None, "failure", "503", 0)]
        assert seen(store) == [(5, 35, "failure", "503", 0)]

    def test_a_page_that_was_not_polled_closes_nothing(self, store: Store):
        """An import, a push: the account itself is still blind."""
        read(watch(store))
        fails(store, NOON + 5 * MINUTE)

        save(store, mention(at=NOON + 6 * MINUTE))

        assert [w[1] for w in seen(store)] == [None]

    def test_a_page_beside_the_reading_moves_nothing_but_posts(self, store: Store):
        """A sweep finds a deletion: cursor, state and next turn stay."""
        m = mention()
        read(watch(store), m)
        fails(store, NOON + 5 * MINUTE)
        before, = store.accounts()

        store.save_page("x:solo", Page((), "", gone=(m.key,)), next_poll_at=NOON, now=NOON + 6 * MINUTE, beside=True)

        assert store.accounts() == [before]
        assert store.unprocessed(10, now=NOON + HOUR)[0].text == ""

    def test_a_post_that_comes_late_makes_a_window_and_a_tag_or_comment_does_not(self, store: Store):
        """A photo may be tagged a week later; a mention is there when it is posted, or was hidden from us."""
        early = NOON - 2 * HOUR
        read(watch(store), at=early - HOUR, planned=240)
        read(store, at=NOON, planned=60)
        for kind in (MentionKind.TAG, MentionKind.COMMENT, MentionKind.MENTION):
            read(store, mention(at=early, kind=kind), at=NOON + 5 * MINUTE)

        assert [(kind, found) for _, _, kind, _, found in seen(store)] == [("late", 1)]

    def test_posts_from_before_the_first_reading_are_nobodys_gap(self, store: Store):
        """A back-fill of the week before we watched finds what was never ours to see."""
        read(watch(store), planned=60)
        read(store, mention(at=NOON - timedelta(days=7)), at=NOON + 50 * MINUTE)

        assert seen(store) == []

    def test_a_pause_for_money_is_a_window_and_ends_only_for_its_reason(self, store: Store):
        """A raised limit frees whom our limit held; whom the platform's 402 holds goes on waiting."""
        watch(store, "x:a", "x:b")
        store.pause(["x:a"], reason="batas biaya x habis ($1.00)", until=NOON + 9 * HOUR, now=NOON)
        store.pause(["x:b"], reason="X: kredit habis (402)", until=NOON + 9 * HOUR, now=NOON)
        again = store.pause(["x:a"], reason="batas biaya x habis ($1.00)", until=NOON + 9 * HOUR, now=NOON)

        freed = store.unpause("x", reason="batas biaya", now=NOON + HOUR)

        assert (again, freed) == ([], ["x:a"])
        assert [a.state for a in store.accounts()] == [AccountState.OK, AccountState.PAUSED_BUDGET]
        assert {w.kind for w in store.blind_windows(since=NOON)} == {"budget"}

    def test_a_pause_leaves_alone_who_waits_for_a_person(self, store: Store):
        """A dead token is still dead when the money comes."""
        fails(watch(store), NOON, state=AccountState.NEEDS_HUMAN)

        assert store.pause(["x:solo"], reason="batas", until=NOON + HOUR, now=NOON) == []
        assert store.accounts()[0].state is AccountState.NEEDS_HUMAN

    def test_a_breaker_is_remembered_and_closed_by_a_person(self, store: Store):
        """A restart finds it open; `resume` says that something was done."""
        fails(watch(store), NOON, state=AccountState.NEEDS_HUMAN)
        open_ = Breaker("x", 3, 0, NOON + HOUR, 1, "401")
        store.save_breaker(open_)

        before = store.breakers()
        store.resume("x:solo", now=NOON)

        assert before == {"x": open_}
        assert store.breakers() == {}

    def test_moments_that_are_compared_with_the_clock_move_with_its_jumps(self, store: Store):
        """Breaker, what was read, and the open window: an hour ahead is an hour ahead for all of them."""
        read(watch(store))
        fails(store, NOON + 5 * MINUTE)
        store.save_breaker(Breaker("x", 3, 0, NOON + HOUR, 1, "401"))

        store.shift_polls(3600, latest=NOON + timedelta(days=1))

        assert store.breakers()["x"].open_until == NOON + 2 * HOUR
        assert store.accounts()[0].read_until == NOON + HOUR
        assert [w[0] for w in seen(store)] == [60]

    def test_what_it_cost_is_known_by_month_and_day(self, store: Store):
        """The month is the platform's bill, the days make the forecast."""
        watch(store)
        read(store, reads=3, cost_usd=0.5)
        read(store, reads=3, cost_usd=0.25, at=NOON + timedelta(days=1))

        spent = store.spends(NOON + timedelta(days=1))["x"]

        assert (spent.month_usd, spent.month_reads) == (0.75, 6)
        assert spent.days == ((date(2026, 11, 2), 0.5), (date(2026, 11, 3), 0.25))

    def test_quota_token_and_state_stand_with_the_account(self, store: Store):
        """As the platform last told."""
        watch(store)
        read(store, quota=Quota(12, 450, "permintaan", NOON + HOUR), token_expires_at=NOON + timedelta(days=6))
        fails(store, NOON + 5 * MINUTE)
        fails(store, NOON + 6 * MINUTE)

        account, = store.accounts()

        assert account.quota == Quota(12, 450, "permintaan", NOON + HOUR)
        assert account.token_expires_at == NOON + timedelta(days=6)
        assert account.state_at == NOON + 5 * MINUTE

    def test_an_hour_is_heard_by_what_others_posted_in_it(self, store: Store):
        """Counted once a post, by the hour of posting; our own posts prove nothing."""
        m = mention(at=NOON)
        read(watch(store), m, mention(at=NOON + MINUTE), mention(at=NOON - HOUR), mention(at=NOON, own=True))
        read(store, m, at=NOON + 5 * MINUTE)
        hour = int(NOON.timestamp()) // 3600

        assert store.heard(since=NOON - 2 * HOUR) == {"x:solo": {hour: 2, hour - 1: 1}}
        assert store.heard(since=NOON) == {"x:solo": {hour: 2}}

    def test_a_silence_is_told_once_and_ended_by_a_post(self, store: Store):
        """And it is no blindness: the account is read."""
        read(watch(store))
        first, again = (store.fell_silent("x:solo", since=NOON, cause="12 jam", now=NOON) for _ in range(2))
        fails(store, NOON + 5 * MINUTE)
        read(store, mention(at=NOON + 6 * MINUTE), at=NOON + 7 * MINUTE)

        assert (first, again) == (True, False)
        assert {(kind, until) for _, until, kind, _, _ in seen(store)} == {("silent", 6), ("failure", 7)}

    def test_young_posts_with_open_tickets_are_asked_after(self, store: Store):
        """Not reposts, not what is in a lane, not what is gone, not yesterday's."""
        mine, other = mention(), mention("selamat pagi")
        save(watch(store), mine, other)
        settle(store, opens(mine))

        found = store.to_recheck("x:solo", since=NOON - HOUR, limit=10)

        assert found == {mine.native_id: mine.key}
        assert store.to_recheck("x:solo", since=NOON + timedelta(days=2), limit=10) == {}
        assert store.sweeps_due(["x:solo"], before=NOON) == ["x:solo"]
        store.swept("x:solo", now=NOON + MINUTE)
        assert store.sweeps_due(["x:solo"], before=NOON) == []

    def test_reading_again_is_asked_for_and_done_with_the_next_whole_reading(self, store: Store):
        """The wish stands until a reading has come to its end; the audit says whose it was."""
        read(watch(store))
        fails(store, NOON + 5 * MINUTE, state=AccountState.NEEDS_HUMAN, reason="token")

        asked = store.ask_backfill(["x:solo", "x:niemand"], since=None, now=NOON + HOUR)
        standing = store.accounts()[0]
        read(store, more=True, at=NOON + HOUR)
        half = store.accounts()[0].backfill_from
        read(store, at=NOON + HOUR + MINUTE)

        assert asked == ["x:solo"]
        assert (standing.state, standing.backfill_from) == (AccountState.OK, NOON)
        assert half == NOON
        assert store.accounts()[0].backfill_from is None
        assert [e.verb for e in store.account_history("x:solo")] == ["backfill"]
        assert store.verify() == []
