"""Instagram through instaloader: photo tags, own posts and their comments, in steps of few requests.

One cycle is tagged -> own -> comments of one post, and again -> recheck. Every step is one fetch and one
Page, whose cursor says where to go on: a block or a kill costs that step and nothing before it. The
first block ends everything, for the other accounts of the session too: one block is one request.
Mentions in captions and comments of others cannot be seen this way, and old posts' comments are not read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import ClassVar

import instaloader

from domain import Account, AccountNote, Mention, Page, Quarantined
from harvester.base import AccountBlocked, HarvestError, RateLimited
from harvester.instagram_cursor import Cursor
from harvester.instagram_history import history_of
from harvester.instagram_posts import MALFORMED, malformed, post_key
from harvester.instagram_reader import Item, Posts, Reader
from harvester.instagram_session import (
    FETCH_DEADLINE,
    REQUESTS_PER_HOUR,
    WAIT_AFTER_429,
    Deferred,
    Gate,
    GatedAdapter,
    SavedSession,
    harvest_error,
    loader,
    read_session,
    wired,
)
from settings import PlatformSettings

KNOWN_STREAK = 12  # a page; up to three pinned posts may lead a list
OWN_POSTS = 12  # a page
PAGES_PER_FETCH = 8
RECHECKS = 2  # a request each
BREAKER_OPEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Trip:
    """The breaker: whose fetch was blocked, and how long nobody else asks."""

    account: str
    failure: HarvestError
    until: datetime

    def error(self) -> HarvestError:
        """For whoever asks meanwhile."""
        if isinstance(self.failure, RateLimited):
            return RateLimited(self.failure.reason, until=self.until)
        return AccountBlocked(self.failure.reason, remedy=self.failure.remedy)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step works with."""

    account: Account
    cursor: Cursor
    context: instaloader.InstaloaderContext
    reader: Reader
    now: datetime


class Instagram:
    """Reads with the session of one file. `requests_per_hour` None: 30, and no limit for a simulator."""

    platform: ClassVar[str] = "instagram"

    def __init__(self, platform_settings: PlatformSettings, *, requests_per_hour: int | None = None) -> None:
        self.settings = platform_settings
        if requests_per_hour is None and not platform_settings.base_url:
            requests_per_hour = REQUESTS_PER_HOUR
        self.gate = Gate(requests_per_hour, history_of(platform_settings.session_file))
        self.adapter = GatedAdapter(self.gate, base_url=platform_settings.base_url)
        self._session: SavedSession | None = None
        self._loader: instaloader.Instaloader | None = None
        self._profiles: dict[str, instaloader.Profile] = {}
        self._trip: Trip | None = None

    def fetch(self, account: Account, *, now: datetime) -> Page:
        """One step of the account's cycle; `more` while the cycle is not through."""
        cursor = Cursor.of(account.cursor)
        known_as = replace(account, native_id=account.native_id or cursor.id)
        try:
            context = self._context(account.key, now)
            step = Step(known_as, cursor, context, Reader(known_as, now), now)
            with wired(self.adapter):
                page = self._take(step)
        except HarvestError:
            raise
        except Exception as error:  # whatever a library raises: a fetch ends as a Page or as a HarvestError
            failure = harvest_error(error)
            self._open_breaker(account, error, failure, now)
            raise failure from error
        self._trip = None
        return replace(page, cursor=cursor.dump(), more=cursor.step != "tagged" or cursor.frozen is not None,
                       native_id=cursor.id, quota=self.gate.quota())

    def rewind(self, cursor: str, *, since: datetime) -> str:
        """From the top again, down to that moment, over as many fetches as it takes; own posts' comments as well."""
        held = Cursor.of(cursor)
        held.step, held.seen, held.listed, held.frozen, held.counts = "tagged", [], [], None, {}
        held.last_date_utc = min(since, held.last_date or since).isoformat()
        return held.dump()

    def whoami(self, *, now: datetime) -> str | None:
        """Who the session says it is: one request. None proves nothing, a passing block looks the same."""
        try:
            context = self._context("", now)
            with wired(self.adapter):
                name: str | None = context.test_login()
        except HarvestError:
            raise
        except Exception as error:  # as in fetch
            raise harvest_error(error) from error
        return name

    # --- session and breaker

    def _context(self, account_key: str, now: datetime) -> instaloader.InstaloaderContext:
        """The logged-in context, made anew when the session file has changed: that closes the breaker too."""
        session = read_session(self.settings.session_file)
        if session != self._session or self._loader is None:
            with wired(self.adapter):
                self._loader = loader(self.gate)
                self._loader.load_session(session.username, dict(session.cookies))
            self._session, self._trip, self._profiles = session, None, {}
        if self._trip is not None and account_key != self._trip.account and now < self._trip.until:
            raise self._trip.error()
        self.gate.open_for(now)
        self.adapter.ends_at = self.adapter.clock() + FETCH_DEADLINE.total_seconds()
        return self._loader.context

    def _open_breaker(self, account: Account, error: Exception, failure: HarvestError, now: datetime) -> None:
        """The account that trips it is let through: it comes back only when it is due, as the probe."""
        if isinstance(error, instaloader.PrivateProfileNotFollowedException):
            return  # says nothing about the session
        if isinstance(failure, RateLimited):
            self._trip = Trip(account.key, failure, now + (failure.wait or WAIT_AFTER_429))
        elif isinstance(failure, AccountBlocked):
            self._trip = Trip(account.key, failure, now + BREAKER_OPEN)

    def _profile(self, step: Step, *, fresh: bool = False) -> instaloader.Profile:
        """The account as instaloader knows it; its metadata is one request, spent once a cycle."""
        key, native_id = step.account.key, step.account.native_id
        if fresh or key not in self._profiles:
            username = step.account.handle.lstrip("@").lower()
            self._profiles[key] = (
                instaloader.Profile(step.context, {"id": native_id, "username": username}) if native_id
                else instaloader.Profile.from_username(step.context, username)
            )
        return self._profiles[key]

    # --- the steps

    def _take(self, step: Step) -> Page:
        steps = {"tagged": self._tagged, "own": self._own, "comments": self._comments, "recheck": self._recheck}
        return steps[step.cursor.step](step)

    def _tagged(self, step: Step) -> Page:
        """Photo tags, newest first, down to what is known; a few pages a fetch."""
        cursor = step.cursor
        profile = self._profile(step, fresh=True)
        posts = profile.get_tagged_posts()
        cursor.id = str(profile.userid)
        if cursor.frozen:
            _thaw(posts, cursor, step.now)
        items, through = self._read_tagged(step, posts)
        mentions, faults = _sorted_out(items)
        shown = [mention.native_id for mention in mentions]
        if through or cursor.first:
            cursor.tagged_through(shown, (mention.posted_at for mention in mentions))
        else:
            cursor.tagged_cut(shown, posts.freeze()._asdict())
        return Page(mentions, "", quarantined=faults, handle=profile.username,
                    notes=_renamed(step.account, profile.username))

    def _read_tagged(self, step: Step, posts: Posts) -> tuple[list[Item], bool]:
        """Items, and whether the reading came down to what is known, to what is older than asked for, or to the end.

        Where the hour's requests end, what was read so far is kept, and the next fetch goes on behind it.
        """
        known, last_date, streak, aged = set(step.cursor.seen), step.cursor.last_date, 0, 0
        items: list[Item] = []
        limit = min(self.settings.max_pages, PAGES_PER_FETCH) * KNOWN_STREAK
        try:
            for item in islice(step.reader.posts(posts), limit):
                items.append(item)
                if isinstance(item, Quarantined):
                    continue
                streak = streak + 1 if item.native_id in known else 0
                old = last_date is not None and item.posted_at <= last_date
                aged = aged + 1 if old else 0
                if max(streak, aged) >= KNOWN_STREAK or (streak and old and len(items) >= KNOWN_STREAK):
                    return items, True
        except Deferred:
            if not items:
                raise
            return items, False
        return items, len(items) < limit

    def _own(self, step: Step) -> Page:
        """First page of the account's own posts; those whose number of comments changed are read next."""
        counts: dict[str, int] = {}
        posts = self._profile(step).get_posts()
        mentions, faults = _sorted_out(list(islice(step.reader.posts(posts, counts), OWN_POSTS)))
        step.cursor.own_listed(counts)
        return Page(mentions, "", quarantined=faults)

    def _comments(self, step: Step) -> Page:
        """All comments of one post: its metadata is one request, and the comments one or more.

        A post with more comments than the hour has requests is read as far as they reach, and the
        ledger shows that something is missing: waiting for the rest would hold up the account for ever.
        """
        shortcode = step.cursor.todo[0]
        items: list[Item] = []
        missing = False
        try:
            post = instaloader.Post.from_shortcode(step.context, shortcode)
        except (instaloader.BadResponseException, instaloader.QueryReturnedNotFoundException):
            missing = True  # deleted a moment ago, or a block: the recheck tells
        except MALFORMED as error:
            items = [malformed({"comments_of": shortcode}, error, account=step.account, seen_at=step.now)]
        else:
            try:
                for item in step.reader.comments(post):
                    items.append(item)
            except Deferred as error:
                if not items:
                    raise
                items.append(malformed({"comments_of": shortcode, "cut": "budget"}, error,
                                       account=step.account, seen_at=step.now))
        mentions, faults = _sorted_out(items)
        step.cursor.comments_read(shortcode, missing=missing)
        return Page(mentions, "", quarantined=faults)

    def _recheck(self, step: Step) -> Page:
        """Ask for a few posts that are listed no more."""
        gone: list[str] = []
        for shortcode in list(step.cursor.missing)[:RECHECKS]:
            missing = False
            try:
                instaloader.Post.from_shortcode(step.context, shortcode)
            except (instaloader.BadResponseException, instaloader.QueryReturnedNotFoundException):
                missing = True
            if step.cursor.rechecked(shortcode, missing=missing):
                gone.append(post_key(shortcode))
        step.cursor.step = "tagged"
        return Page((), "", gone=tuple(gone))


def _sorted_out(items: list[Item]) -> tuple[tuple[Mention, ...], tuple[Quarantined, ...]]:
    mentions = tuple(item for item in items if isinstance(item, Mention))
    return mentions, tuple(item for item in items if isinstance(item, Quarantined))


def _thaw(posts: Posts, cursor: Cursor, now: datetime) -> None:
    """Go on where the last fetch was cut; from the top where that is no longer possible: Instagram forgets the place
    after a month, and it belongs to one session and one name of the account. The last post comes once more."""
    try:
        frozen = instaloader.FrozenNodeIterator(**(cursor.frozen or {}))
        if not frozen.best_before or frozen.best_before <= now.timestamp():
            raise instaloader.InvalidArgumentException("too old")
        posts.thaw(frozen)
    except (instaloader.InvalidArgumentException, TypeError):
        cursor.listed, cursor.frozen = [], None


def _renamed(account: Account, handle: str) -> tuple[AccountNote, ...]:
    if handle == account.handle.lstrip("@").lower():
        return ()
    return (AccountNote("renamed", f"{account.handle} -> {handle}"),)
