"""How a story spreads: counted while it is settled, told to the page, and what its speed does to urgency."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Author, RaiseUrgency, Verdict
from storage import open_store
from storage.spread import MAX_BINS, Spread, Surge, is_young, peak_of
from storage.sqlite import spread as tables
from tests.builders import NOON
from tests.storage.decisions import LATER, MACHINE, joins, mention, opening, opens, repost, save, tell, told, watch

SURGE = Surge(voices=5, minutes=60)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def path(tmp_path, empty_store):
    return empty_store(tmp_path / "k.db")


@pytest.fixture
def store(path):
    with closing(watch(open_store(path))) as store:
        yield store


def settle(store, *decisions, surge=SURGE):
    return store.settle(decisions, announce=tell, now=LATER, surge=surge)


def tell_again(store, first, *, at, author=None, reason="repost", similarity=0.9, **given):
    """One more telling of the story, settled by itself."""
    post = mention(first.text, at=at, **({"author": author} if author else {}), **given)
    save(store, post)
    settle(store, replace(joins(post, first.key), verdict=Verdict(first.key, reason, similarity)))
    return post


def seen(store, ticket) -> Spread:
    return store.ticket(MACHINE, ticket).spread


def test_one_author_is_one_voice_however_often_it_tells(store):
    """Twenty posts of one citizen are twenty posts and one voice."""
    first, ticket = told(store)
    for n in range(1, 20):
        tell_again(store, first, at=NOON + n * MINUTE, author=first.author, reason="same_author")

    spread = seen(store, ticket)

    assert (spread.posts, spread.voices, spread.loudest) == (20, 1, 20)
    assert store.ticket(MACHINE, ticket).ticket.urgency == "normal"


def test_a_story_that_many_voices_tell_in_an_hour_goes_up_one_step_once(store):
    """The reason stands in the history with its figures; the tenth voice raises nothing more."""
    first, ticket = told(store, at=NOON)
    for n in range(1, 12):
        tell_again(store, first, at=NOON + n * MINUTE)

    view = store.ticket(MACHINE, ticket)

    raised = [entry for entry in view.history if entry.verb == "raise_urgency"]
    assert view.ticket.urgency == "tinggi"
    assert [entry.reason for entry in raised] == ["menyebar cepat: 5 kiriman dari 5 akun dalam 1 jam"]
    assert view.spread.surged_at == NOON + 4 * MINUTE
    assert store.verify() == []


def test_a_story_that_is_told_slowly_stays_as_it_is(store):
    """Ten voices in ten hours are no storm."""
    first, ticket = told(store)
    for n in range(1, 10):
        tell_again(store, first, at=NOON + n * timedelta(hours=1))

    assert store.ticket(MACHINE, ticket).ticket.urgency == "normal"


def test_speed_never_reaches_what_a_first_hand_emergency_says(store):
    """A danger to life that somebody reports stays darurat, and no speed makes one out of anything else."""
    first = mention("Tolong, ada yang hanyut")
    save(store, first)
    settle(store, opens(first, urgency="darurat"))
    other = mention("Pohon tumbang menutup jalan")
    save(store, other)
    [loud] = settle(store, opens(other, urgency="tinggi")).opened
    for n in range(1, 8):
        tell_again(store, first, at=NOON + n * MINUTE)
        tell_again(store, other, at=NOON + n * MINUTE)

    assert store.ticket(MACHINE, 1).ticket.urgency == "darurat"
    assert store.ticket(MACHINE, loud).ticket.urgency == "tinggi"


def test_the_operator_may_turn_it_off(store):
    """`thresholds.surge_voices: 0` lets no speed raise anything."""
    first, ticket = told(store)
    posts = [repost(first, at=NOON + n * MINUTE) for n in range(1, 30)]
    save(store, *posts)
    settle(store, *(joins(post, first.key) for post in posts), surge=Surge(voices=0))

    assert store.ticket(MACHINE, ticket).ticket.urgency == "normal"


@pytest.mark.parametrize("size", [1, 7, 200])
def test_batch_borders_change_neither_counts_nor_urgency(tmp_path, empty_store, size):
    """However the day is cut, the same history and the same curve come out."""
    rng = random.Random(5)
    first = mention(at=NOON)
    posts = [repost(first, at=NOON + n * 20 * timedelta(seconds=1), native_id=f"b{n}", key=f"x:post:b{n}",
                    author=Author(id=f"u{rng.randrange(12)}")) for n in range(1, 60)]
    decisions = [opens(first), *(joins(p, first.key, changes=(RaiseUrgency(None, "tidak_mendesak", "x"),)) for p in posts)]
    with closing(watch(open_store(empty_store(tmp_path / f"{size}.db")))) as store:
        save(store, first, *posts)
        for start in range(0, len(decisions), size):
            settle(store, *decisions[start:start + size])
        view = store.ticket(MACHINE, 1)

    assert [entry.verb for entry in view.history] == ["open", "raise_urgency"]
    assert view.history[1].reason.endswith("dari 5 akun dalam 1 jam")
    assert (view.spread.posts, view.spread.voices) == (60, 1 + len({p.author.id for p in posts}))


def test_the_counts_are_those_of_the_rows(store, path):
    """What settle kept beside the rows is what counting the rows gives: ways, platforms, accounts, curve, sources."""
    rng = random.Random(3)
    first, ticket = told(store)
    for n in range(1, 80):  # in time order, as they are judged
        way, similarity = rng.choice((("repost", 1.0), ("near_duplicate", 1.0), ("near_duplicate", 0.9), ("quote", 0.8)))
        tell_again(store, first, at=NOON + n * 11 * MINUTE, reason=way, similarity=similarity,
                   author=Author(id=f"u{rng.randrange(30)}"), platform=rng.choice(("x", "facebook")),
                   repost_of=first.key if way == "repost" else None)
    kept = seen(store, ticket)

    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute("UPDATE spread_story SET posts = posts - 1")  # as a merge would leave it
    counted = seen(store, ticket)

    assert kept.amplifiers[0].mention.key == first.key
    assert {name for name, *_ in kept.by("way")} == {"first", "repost", "same", "copy", "quote"}
    assert kept == counted
    assert kept.posts == sum(share.posts for share in kept.shares) == 80
    assert sum(b.posts for b in kept.bins) == 80
    assert len(kept.bins) <= MAX_BINS


def test_counts_that_no_longer_fit_are_made_anew_when_the_story_grows(store, path):
    """After a merge, a split or an update from an older file the next telling puts the counts right."""
    first, ticket = told(store)
    for n in range(1, 5):
        tell_again(store, first, at=NOON + n * MINUTE)
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute("UPDATE spread_story SET posts = 99")
        shell.execute("UPDATE spread_minute SET posts = 99")

    tell_again(store, first, at=NOON + 5 * MINUTE)

    with closing(sqlite3.connect(path)) as shell:
        assert shell.execute("SELECT posts FROM spread_story").fetchone() == (6,)
        assert shell.execute("SELECT sum(posts) FROM spread_minute").fetchone() == (6,)
    assert seen(store, ticket).posts == 6


def test_a_deleted_post_takes_its_voice_with_it(store, path):
    """After a deletion nothing in the counts points at who wrote it; the numbers stay."""
    first, ticket = told(store)
    gone = tell_again(store, first, at=NOON + MINUTE)
    save(store, gone=(gone.key,))

    voice = tables.voice_of(gone.platform, gone.author.id)
    with closing(sqlite3.connect(path)) as shell:
        assert shell.execute("SELECT count(*) FROM spread_voice WHERE voice = ?", (voice,)).fetchone() == (0,)
    assert seen(store, ticket).posts == 2


def test_the_same_words_under_many_names_look_like_a_campaign_and_lower_nothing(store):
    """Staff see the mark with its count; urgency stays what the report said, and reposts make no campaign."""
    first = mention("Rumah kami kebanjiran")
    save(store, first)
    settle(store, opens(first, urgency="darurat"))
    reposted, other = told(store)
    for n in range(1, 40):
        tell_again(store, first, at=NOON + n * timedelta(hours=1), reason="near_duplicate", similarity=1.0,
                   author=Author(id=str((1_900_000_000_000 + n) << 22 >> 8)))
        tell_again(store, reposted, at=NOON + n * timedelta(hours=1), repost_of=reposted.key)

    assert seen(store, 1).campaign[0] == 39
    assert store.ticket(MACHINE, 1).ticket.urgency == "darurat"
    assert seen(store, other).campaign is None


def test_an_account_number_of_x_tells_its_age():
    """Numbers of X hold the moment of sign-up; those of other platforms and the old short ones say nothing."""
    born = NOON - timedelta(days=3)
    number = str(int((born.timestamp() * 1000) - 1_288_834_974_657) << 22)

    assert is_young("x", number, at=NOON)
    assert not is_young("x", number, at=NOON + timedelta(days=40))
    assert not is_young("facebook", number, at=NOON)
    assert not is_young("x", "900123", at=NOON)
    assert not is_young("x", None, at=NOON)


def test_the_highest_pace_is_that_of_any_hour_not_of_a_full_one():
    """A burst around the turn of an hour counts whole."""
    assert peak_of([(58, 10), (61, 10), (117, 1), (118, 1), (300, 15)]) == 21
    assert peak_of([(5, 3)]) == 3


def test_an_opening_without_urgency_goes_from_the_lowest_step_to_the_next(store):
    """One step at most: what could wait becomes normal, not urgent."""
    first = mention()
    save(store, first)
    settle(store, replace(opens(first), changes=(opening(first, urgency="tidak_mendesak"),)))
    for n in range(1, 30):
        tell_again(store, first, at=NOON + n * MINUTE)

    assert store.ticket(MACHINE, 1).ticket.urgency == "normal"
