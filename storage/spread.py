"""How one story spreads: how fast, through how many voices, in which ways. Pure; reads no store.

Two heuristics stand here, because they read nothing but these counts: when a story *surges*, and when it looks
like a *copied campaign*.

Observations. Of 2,432 real stories 8 ever found 25 new voices in one hour, one found 50 (it found 56), none more.
A voice is one author within one story: somebody who sends a text twenty times is one voice. Native
reposts are pressed; a pasted text has to be carried, so the same words under many names are either a chain
letter, a copied campaign, or an office's form.

Theory. A surge is `voices` new voices of one story within `minutes`, wherever the hour begins. New voices, not
posts: neither one tireless author nor an argument of ten people lifts anything. The story's live tickets then go up
one step, at most to `tinggi`: how many people repeat a thing says how many it moves and not that a life is in
danger, which only a report can say. Once for a story: the second thousand is what the first hundred foretold.
Stories in lanes (praise, chatter) have no tickets, so nothing of theirs is lifted.

A campaign is CAMPAIGN_VOICES voices and more whose post is the story's words and nothing else (or holds them
whole), where these are also CAMPAIGN_SHARE of all voices. Native reposts, quotes and texts that name their source
do not count. It is a mark for staff and nothing else: a real complaint may be carried by a campaign, so it lowers
no urgency, hides no post and bans nobody. `young` counts those of X whose account number, which holds its day of
birth, is younger than YOUNG at the time of the post. No name is kept with any of it.

Thresholds. A surge at 50 voices an hour would have lifted 1 of those 2,432 stories, at 25 it would be 8, at 100 none;
an office that hears more sets `thresholds.surge_voices` higher. 30 voices and half of all for a campaign: a choice,
not measured, for want of a labelled campaign.

Known failures. A bot army of real accounts that reposts natively is a surge. Where a platform names no author
(Facebook without rights) each post is a voice. An hour that lies in two halves around a restart is counted whole,
but a post that arrives late counts at its own minute, after the surge was judged. Account numbers of X tell an age
from 2015 on; other platforms' tell none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain import Mention

WAYS = ("first", "repost", "same", "copy", "quote", "reply")  # `same`: the story's words as they are
MINUTE = timedelta(minutes=1)
WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200)  # minutes of one bar
MAX_BINS = 48
CAMPAIGN_VOICES = 30
CAMPAIGN_SHARE = 0.5
YOUNG = timedelta(days=30)
SNOWFLAKE = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)  # X's numbers count milliseconds from here
FIRST_SNOWFLAKE = 10**15  # smaller numbers of X were given one by one and tell no day


@dataclass(frozen=True, slots=True)
class Surge:
    """So many new voices in so many minutes make a story urgent. 0 voices: never."""

    voices: int = 50
    minutes: int = 60


NO_SURGE = Surge(voices=0)


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of the curve; `voices` were heard for the first time here."""

    at: datetime
    posts: int
    voices: int


@dataclass(frozen=True, slots=True)
class Share:
    """What came from one platform, to one watched account, in one way."""

    platform: str
    account: str
    way: str
    posts: int
    voices: int
    young: int = 0


@dataclass(frozen=True, slots=True)
class Amplifier:
    """A post of the story that others repeated by reference, and how often. A post, not a person."""

    mention: Mention
    repeats: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The counts of one story. `recent` are the minutes of the hour before `last_at`, (minute, posts)."""

    posts: int
    voices: int
    loudest: int  # posts of the voice that told it most often
    first_at: datetime
    last_at: datetime
    width: timedelta
    bins: tuple[Bin, ...]  # from first to last, empty ones among them
    peak: int  # most posts in any 60 minutes
    recent: tuple[tuple[datetime, int], ...] = ()
    shares: tuple[Share, ...] = ()
    amplifiers: Sequence[Amplifier] = ()
    surged_at: datetime | None = None

    def per_hour(self, now: datetime) -> int:
        """Posts of the hour that ends now."""
        return sum(posts for minute, posts in self.recent if now - timedelta(hours=1) < minute <= now)

    def by(self, field_: str) -> list[tuple[str, int, int]]:
        """(name, posts, voices) per "platform", "account" or "way", the most first."""
        found: dict[str, tuple[int, int]] = {}
        for share in self.shares:
            posts, voices = found.get(name := str(getattr(share, field_)), (0, 0))
            found[name] = posts + share.posts, voices + share.voices
        return sorted(((name, *counts) for name, counts in found.items()), key=lambda row: (-row[1], row[0]))

    @property
    def campaign(self) -> tuple[int, int] | None:
        """(voices that pasted the same words, young accounts among them) where it looks like a copied campaign."""
        same = [share for share in self.shares if share.way == "same"]
        voices, young = sum(share.voices for share in same), sum(share.young for share in same)
        return (voices, young) if voices >= max(CAMPAIGN_VOICES, CAMPAIGN_SHARE * self.voices) else None


def way_of(*, first: bool, repeats: bool, verdict: str | None, similarity: float | None) -> str:
    """In which way a post tells the story; `repeats`: the platform says of which post it is a repost."""
    if first:
        return "first"
    if repeats or verdict == "repost":
        return "repost"
    if verdict in ("quote", "thread"):
        return "quote" if verdict == "quote" else "reply"
    return "same" if verdict == "near_duplicate" and similarity == 1.0 else "copy"


def is_young(platform: str, author_id: str | None, *, at: datetime) -> bool:
    """Whether the account was made less than YOUNG before `at`, as far as its number tells."""
    if platform != "x" or not author_id or not author_id.isdecimal() or len(author_id) > 19:
        return False
    number = int(author_id)
    return number > FIRST_SNOWFLAKE and at - (SNOWFLAKE + timedelta(milliseconds=number >> 22)) < YOUNG


def bin_minutes(first: int, last: int) -> int:
    """The narrowest bar, in minutes, that draws `first` to `last` (minutes since 1970) with MAX_BINS bars."""
    return next((width for width in WIDTHS if last // width - first // width < MAX_BINS), WIDTHS[-1])


def peak_of(minutes: Sequence[tuple[int, int]]) -> int:
    """The most posts in any 60 minutes; `minutes` are (minute, posts) in order."""
    most = held = start = 0
    for minute, posts in minutes:
        held += posts
        while minutes[start][0] <= minute - 60:
            held -= minutes[start][1]
            start += 1
        most = max(most, held)
    return most
