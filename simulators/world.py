"""What the invented day looks like at any moment, the same for every platform that shows it.

A World lays a Day on the wall clock: a post of 07:00 appears one hour of the day after `start`, made
shorter by `speed`. Ids and times follow from that alone, so a World tells one story however often and
by whomever it is asked. Knows no wire format; `faults` says what goes wrong, the platform modules how.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from simulators.day import Day, Post, Watched
from simulators.faults import Faults

X_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
INSTAGRAM_EPOCH = datetime(2011, 8, 24, 21, 7, 1, tzinfo=UTC)
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOKENS = {"x": "demo-x-bearer", "facebook": "demo-page-token", "instagram": "demo-page-token",
          "mail": "demo-mail-password"}


@dataclass(slots=True)
class WireOptions:
    """How the platforms behave on the wire; tests turn these."""

    x_vocabulary: str = "both"  # v2.166 | v2.167 | both
    x_since_inclusive: bool = False
    x_created_at_fraction: bool = True
    x_expand: bool = True  # answer with includes
    graph_next_with_token: bool = True
    graph_from: bool = False  # Advanced Access: authors are shown
    graph_page_size: int = 100
    graph_usage_percent: int = 12
    graph_token_ends: int = 0  # epoch seconds; 0: never
    instagram_login: str = "plain"  # plain | two_factor | checkpoint: what follows upon a right password


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote a post, citizen or government."""

    id: str
    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One post as it stands at the moment it was asked for."""

    post: Post
    serial: int
    id: str  # of this version: X counts edits as new ids
    root_id: str  # of the first version
    chain: tuple[str, ...]  # ids of all versions so far
    graph_id: str  # how the Graph API calls it
    shortcode: str  # Instagram posts; empty elsewhere
    text: str
    created_at: datetime
    edited_at: datetime | None
    author: Person
    parent: Post | None  # what it comments, answers, quotes or reposts

    @property
    def kind(self) -> str:
        return self.post.kind


@dataclass
class World:
    """A Day on the wall clock. `now` defaults to the clock everywhere."""

    day: Day
    start: datetime
    speed: float
    clock: Callable[[], datetime]
    tokens: Mapping[str, str] = field(default_factory=lambda: dict(TOKENS))
    options: WireOptions = field(default_factory=WireOptions)

    def __post_init__(self) -> None:
        self.day = _with_own_posts(self.day)
        self.faults = Faults(self.day.events, self.wall)
        self.stream_rules: dict[str, dict[str, str]] = {}  # id -> rule of X's filtered stream
        self.calls: Counter[str] = Counter()  # requests by endpoint and account, for the usage headers
        self.posts = {post.id: post for post in self.day.posts}
        self._serial = {post.id: n for n, post in enumerate(self.day.posts)}
        self._parents = {post.id: self._parent(post) for post in self.day.posts}
        self._below: dict[str, list[Post]] = {}
        for post in self.day.posts:
            self._below.setdefault(post.of or "", []).append(post)
        self._by_native: dict[tuple[str, str], Post] = {}
        for post in self.day.posts:
            item = self.item(post, now=self.wall(timedelta(days=365)))
            for name in {item.root_id, item.id, item.graph_id, item.shortcode} - {""}:
                self._by_native[post.on, name] = post

    # --- time

    def now(self) -> datetime:
        return self.clock()

    def wall(self, since_dawn: timedelta) -> datetime:
        """When a moment of the invented day happens on the wall clock."""
        return self.start + since_dawn / self.speed

    # --- accounts

    def account(self, platform: str, name: str, now: datetime | None = None) -> Watched | None:
        """The watched account of that name, id, or handle in force at `now`."""
        for (on, key), watched in self.day.accounts.items():
            if on == platform and name in (key, watched.id, self.handle(watched, now)):
                return watched
        return None

    def handle(self, watched: Watched, now: datetime | None = None) -> str:
        """The handle in force: accounts get renamed."""
        renamed = self.faults.handle(f"{watched.platform}:{watched.name}", now or self.now())
        return renamed or watched.handle

    def usurped(self, platform: str, handle: str, now: datetime | None = None) -> Person | None:
        """A stranger who took a handle that a watched account gave up."""
        taken = self.faults.taken(platform, now or self.now())
        return Person(person_id("!" + handle), handle, "Bukan akun resmi") if handle in taken else None

    # --- posts

    def visible(self, platform: str, account: str, now: datetime | None = None) -> list[Item]:
        """What the account (name, id or handle) is shown at `now`: newest first, own posts and comments too."""
        now = now or self.now()
        watched = self.account(platform, account, now)
        if watched is None:
            return []
        return self._items((p for p in self.day.posts if p.on == platform and watched.name in p.to), now)

    def own_posts(self, platform: str, account: str, now: datetime | None = None) -> list[Item]:
        """The account's own posts, newest first."""
        return [i for i in self.visible(platform, account, now) if i.post.own and i.kind != "comment"]

    def comments(self, parent: Post, now: datetime | None = None) -> list[Item]:
        """Comments under a post, newest first, answers to comments among them."""
        now = now or self.now()
        return self._items((p for p in self.day.posts if p.kind == "comment" and self.thread(p) is parent), now)

    def thread(self, post: Post) -> Post:
        """The post that a comment, or an answer to a comment, finally stands under."""
        above = self._parents[post.id]
        while post.kind in ("comment", "reply") and above is not None:
            post, above = above, self._parents[above.id]
        return post

    def find(self, platform: str, native_id: str, now: datetime | None = None) -> Item | None:
        """The post of that id (any version, graph id or shortcode); None if unknown, not yet born or deleted."""
        now = now or self.now()
        post = self._by_native.get((platform, native_id))
        return self.item(post, now=now) if post is not None and self._alive(post, now) else None

    def below(self, post: Post, now: datetime) -> list[Post]:
        """What answers, quotes or reposts a post so far."""
        return [p for p in self._below.get(post.id, ()) if self.wall(p.at) <= now]

    def item(self, post: Post, now: datetime | None = None) -> Item:
        """The post as it stands at `now`."""
        now = now or self.now()
        created_at = self.wall(post.at)
        serial = self._serial[post.id]
        edited_at = self.wall(post.edit.at) if post.edit and self.wall(post.edit.at) <= now else None
        root_id = native_id(post, created_at, serial)
        chain: tuple[str, ...] = (root_id,)
        if edited_at and post.on == "x":
            chain = (root_id, native_id(post, edited_at, serial))
        return Item(
            post, serial, chain[-1], root_id, chain,
            graph_id=self._graph_id(post, created_at, serial),
            shortcode=shortcode(int(root_id)) if post.on == "instagram" and post.kind != "comment" else "",
            text=post.edit.text if post.edit and edited_at else post.text,
            created_at=created_at, edited_at=edited_at, author=self.author(post, now),
            parent=self._parents[post.id],
        )

    def author(self, post: Post, now: datetime | None = None) -> Person:
        if post.own:
            watched = self.day.accounts[post.on, post.to[0]]
            return Person(watched.id, self.handle(watched, now), watched.title)
        handle = post.by or "seseorang"
        return Person(person_id(handle), handle, self.day.authors.get(handle, handle))

    def _items(self, posts: Iterable[Post], now: datetime) -> list[Item]:
        found = [self.item(post, now=now) for post in posts if self._alive(post, now)]
        return sorted(found, key=lambda item: (item.created_at, item.serial), reverse=True)

    def _alive(self, post: Post, now: datetime) -> bool:
        gone = post.deleted_at is not None and self.wall(post.deleted_at) <= now
        parent = self._parents[post.id]
        buried = post.kind in ("comment", "repost") and parent is not None and not self._alive(parent, now)
        return self.wall(post.at) <= now and not gone and not buried

    def _parent(self, post: Post) -> Post | None:
        """`of`, or for a bare comment or reply the account's own latest post."""
        if post.of:
            return self.posts[post.of]
        if post.kind not in ("comment", "reply"):
            return None
        own = [p for p in self.day.posts if p.own and p.on == post.on and p.to[:1] == post.to[:1]
               and p.kind not in ("comment", "reply") and p.at <= post.at and p.id != post.id]
        return own[-1] if own else None

    def _graph_id(self, post: Post, created_at: datetime, serial: int) -> str:
        number = str(int((created_at - UNIX_EPOCH).total_seconds() * 1000) * 10_000 + serial)
        if post.on == "instagram":
            return native_id(post, created_at, serial) if post.kind == "comment" else "1" + number
        if post.kind == "comment":
            root = self.thread(post)
            return f"{self._graph_id(root, self.wall(root.at), self._serial[root.id]).split('_')[1]}_{number}"
        elsewhere = not post.own and post.kind != "visitor_post"
        prefix = self.author(post).id if elsewhere else self.day.accounts[post.on, post.to[0]].id
        return f"{prefix}_{number}"


def native_id(post: Post, at: datetime, serial: int) -> str:
    """The platform's number for a post: grows with time, and two posts never share one."""
    epoch, bits = (INSTAGRAM_EPOCH, 23) if post.on == "instagram" else (X_EPOCH, 22)
    return str((int((at - epoch).total_seconds() * 1000) << bits) + serial)


def person_id(handle: str) -> str:
    return str(1_000_000_000 + int.from_bytes(hashlib.blake2b(handle.encode(), digest_size=5).digest(), "big"))


def shortcode(media_id: int) -> str:
    """Instagram's short name for a media id, as instaloader computes it."""
    coded = base64.b64encode(media_id.to_bytes(9, "big"), b"-_").decode()
    return coded.replace("A", " ").lstrip().replace(" ", "A")


def _with_own_posts(day: Day) -> Day:
    """The day in order of time, with a first own post wherever somebody comments on nothing."""
    posts = sorted(day.posts, key=lambda p: p.at)
    spoken = {(p.on, p.to[0]): p.at for p in reversed(posts) if p.own and p.kind not in ("comment", "reply")}
    missing: dict[tuple[str, str], Post] = {}
    for post in posts:
        place = (post.on, post.to[0])
        if post.kind in ("comment", "reply") and not post.of and spoken.get(place, timedelta.max) > post.at:
            at = min(post.at, timedelta(0))
            missing[place] = Post(f"sapaan-{place[0]}-{place[1]}", at, place[0], (place[1],), None, "mention",
                                  "Selamat pagi, warga. Selamat beraktivitas.", own=True)
    return Day((*missing.values(), *posts), day.accounts, day.authors, day.events)
