"""Keeps a story's spread in small tables, so that the page of a story of 50,000 posts reads some hundred rows.

`Spreads` counts a batch while `settle` plays it, and says when a story surges. Only stories that were told
twice have rows: the one post of the others is its own count. The counts are a replica of `mention`. They say how
many members they hold; where that is not the story's size (an older file, a merge, a split), the page counts the
rows themselves, and the next settle that touches the story writes the counts anew.

A voice stands here as a 64-bit hash of platform and author, and goes when the last of its posts is deleted.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from xxhash import xxh3_64_intdigest

from storage.spread import Amplifier, Bin, Share, Spread, Surge, bin_minutes, is_young, peak_of, way_of
from storage.sqlite.rows import MENTION, SECOND, WIB, keys_json, mention_of, moment, seen_by

LISTED = "IN (SELECT value FROM json_each(?))"
MINUTE = 60 * SECOND
AMPLIFIERS = 5
POST = ("m.key, m.cluster, m.posted_at, m.platform, m.account, m.repost_of, m.extra ->> '$.quote_of', m.author_id,"
        " m.author_handle, m.state, m.verdict, m.similarity")
TABLES = ("spread_minute", "spread_share", "spread_voice", "spread_source")


class Post(NamedTuple):
    """What counting needs of a mention."""

    key: str
    cluster: str | None
    posted_at: int
    platform: str
    account: str
    repost_of: str | None
    quote_of: str | None
    author_id: str | None
    author_handle: str | None
    state: str
    verdict: str | None
    similarity: float | None

    @property
    def voice(self) -> int | None:
        """None where nobody is named."""
        name = self.author_id or self.author_handle
        return voice_of(self.platform, name) if name else None


def voice_of(platform: str, name: str) -> int:
    hashed = xxh3_64_intdigest(f"{platform}:{name}".encode("utf-8", "surrogatepass"))
    return hashed - (1 << 64) if hashed >= 1 << 63 else hashed


class Counts:
    """Counts of posts by story, on top of what `voices` says was heard before."""

    def __init__(self) -> None:
        self.posts: Counter[str] = Counter()
        self.minutes: dict[str, dict[int, list[int]]] = defaultdict(dict)  # minute -> [posts, voices]
        self.shares: dict[str, dict[tuple[str, str, str], list[int]]] = defaultdict(dict)  # -> [posts, voices, young]
        self.spoken: dict[str, Counter[int]] = defaultdict(Counter)
        self.sources: dict[str, Counter[str]] = defaultdict(Counter)
        self.heard: set[tuple[str, int]] = set()

    def add(self, cluster: str, post: Post, *, verdict: str | None, similarity: float | None) -> bool:
        """Count a post; True where its voice is new to the story. A deleted post has none."""
        voice = post.voice
        new = post.state != "gone" if voice is None else (cluster, voice) not in self.heard
        if voice is not None:
            self.heard.add((cluster, voice))
            self.spoken[cluster][voice] += 1
        way = way_of(first=post.key == cluster, repeats=bool(post.repost_of), verdict=verdict, similarity=similarity)
        young = new and is_young(post.platform, post.author_id, at=moment(post.posted_at))
        self.posts[cluster] += 1
        _add(self.minutes[cluster], post.posted_at // MINUTE, (1, int(new)))
        _add(self.shares[cluster], (post.platform, post.account, way), (1, int(new), int(young)))
        if source := post.repost_of or post.quote_of:
            self.sources[cluster][source] += 1
        return new


def _add(cells: dict[Any, list[int]], key: Any, more: Sequence[int]) -> None:
    cell = cells.get(key)
    if cell is None:
        cells[key] = [*more]
        return
    for place, n in enumerate(more):
        cell[place] += n


class Spreads:
    """The spread of every story of a batch, while it is played."""

    def __init__(
        self, connection: sqlite3.Connection, joins: Mapping[str, str], surge: Surge, *, known: Container[str] = ()
    ) -> None:
        """`joins`: each post of the batch that gets its fate, and the story that it tells; `known`: those stored."""
        self.connection = connection
        self.surge = surge
        if surge.voices != 1:  # who tells a new story alone is not counted, for nothing is written of it
            told = Counter(joins.values())
            joins = {key: cluster for key, cluster in joins.items() if told[cluster] > 1 or cluster in known}
        self.batch = {post.key: post for post in _posts(connection, f"m.key {LISTED}", joins)}
        self.counts = Counts()
        self.surged: dict[str, tuple[int, int] | None] = {}
        self.stale: set[str] = set()
        self.before: Counter[str] = Counter()
        self.written = False  # whether rows of a stale story stand in the tables
        self._load(joins)

    def _load(self, joins: Mapping[str, str]) -> None:
        listed = keys_json({cluster for key, cluster in joins.items() if key != cluster})
        for cluster, size, posts, at, voices in self.connection.execute(
            "SELECT c.id, c.size, ifnull(s.posts, 0), s.surged_at, s.surge_voices FROM cluster c"
            f" LEFT JOIN spread_story s ON s.cluster = c.id WHERE c.id {LISTED}", (listed,)).fetchall():
            self.before[cluster] = max(0, posts)  # -1: members have moved, the counts are void
            if at is not None:
                self.surged[cluster] = (at, voices)
            if posts != size:
                self.stale.add(cluster)
                self.written |= posts != 0
        self._recount(self.stale)
        counted = [cluster for cluster in self.before if cluster not in self.stale]
        pairs = [(cluster, post.voice) for key, post in self.batch.items()
                 if (cluster := joins[key]) in self.before and cluster not in self.stale]
        if pairs:
            self.counts.heard |= set(self.connection.execute(
                "SELECT s.cluster, s.voice FROM json_each(?) p CROSS JOIN spread_voice s"
                " ON s.cluster = p.value ->> 0 AND s.voice = p.value ->> 1", (orjson.dumps(pairs).decode(),)
            ).fetchall())
        self._recent(counted)

    def _recount(self, clusters: Iterable[str]) -> None:
        """Count these stories from their rows; what stood in the tables is overwritten by `write`."""
        for post in _posts(self.connection, f"m.cluster {LISTED}", clusters):
            self.counts.add(post.cluster or "", post, verdict=post.verdict, similarity=post.similarity)

    def _recent(self, clusters: list[str]) -> None:
        """New voices of the last hour before this batch, of stories that may surge in it."""
        self.hour: dict[str, dict[int, list[int]]] = defaultdict(dict)
        if not self.batch or not self.surge.voices:
            return
        near = [c for c in clusters if c not in self.surged and self.before[c] + len(self.batch) >= self.surge.voices]
        since = min(post.posted_at for post in self.batch.values()) // MINUTE - self.surge.minutes
        for cluster, minute, posts, voices in self.connection.execute(
            f"SELECT cluster, minute, posts, voices FROM spread_minute WHERE cluster {LISTED} AND minute > ?",
            (keys_json(near), since)).fetchall() if near else ():
            self.hour[cluster][minute] = [posts, voices]

    def joined(self, cluster: str, key: str, *, verdict: str, similarity: float) -> str | None:
        """Count one more telling; why the story is urgent now, once, where this makes it surge."""
        post = self.batch.get(key)
        if post is None:
            return None
        new = self.counts.add(cluster, post, verdict=verdict, similarity=similarity)
        wanted, minutes = self.surge.voices, self.surge.minutes
        total = self.counts.posts[cluster] + (0 if cluster in self.stale else self.before[cluster])
        if not new or not wanted or total < wanted or cluster in self.surged:
            return None
        last = post.posted_at // MINUTE
        here, hour = self.counts.minutes[cluster], self.hour[cluster]
        told = [[*here.get(m, (0, 0)), *hour.get(m, (0, 0))] for m in range(last - minutes + 1, last + 1)]
        posts, voices = sum(t[0] + t[2] for t in told), sum(t[1] + t[3] for t in told)
        if voices < wanted:
            return None
        self.surged[cluster] = (post.posted_at, voices)
        span = "1 jam" if minutes == 60 else f"{minutes} menit"
        return f"menyebar cepat: {posts} kiriman dari {voices} akun dalam {span}"

    def left(self, cluster: str) -> None:
        """A post has left the story: its counts no longer hold."""
        self.before[cluster] = -1
        self.connection.execute("UPDATE spread_story SET posts = -1 WHERE cluster = ?", (cluster,))

    def write(self, sizes: Mapping[str, int]) -> None:
        """`sizes`: what each story has come to. Stories told once, and those that somebody left, keep no counts."""
        grown = [c for c in self.counts.posts if sizes.get(c, 0) > 1 and self.before[c] >= 0]
        many, counts = self.connection.executemany, self.counts
        anew = [(cluster,) for cluster in grown if cluster in self.stale]
        for table in TABLES if self.written else ():
            many(f"DELETE FROM {table} WHERE cluster = ?", anew)
        many("INSERT INTO spread_minute VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
             " SET posts = posts + excluded.posts, voices = voices + excluded.voices",
             [(c, minute, *cell) for c in grown for minute, cell in counts.minutes[c].items()])
        many("INSERT INTO spread_share VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET posts = posts +"
             " excluded.posts, voices = voices + excluded.voices, young = young + excluded.young",
             [(c, *share, *cell) for c in grown for share, cell in counts.shares[c].items()])
        for table, found in (("spread_voice", counts.spoken), ("spread_source", counts.sources)):
            many(f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET posts = posts + excluded.posts",
                 [(c, name, n) for c in grown for name, n in found[c].items()])
        many("INSERT INTO spread_story VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET posts = excluded.posts,"
             " surged_at = excluded.surged_at, surge_voices = excluded.surge_voices",
             [(c, self.counts.posts[c] + (0 if c in self.stale else self.before[c]),
               *(self.surged.get(c) or (None, None))) for c in grown])


def _posts(connection: sqlite3.Connection, where: str, listed: Iterable[str]) -> Iterable[Post]:
    named = sorted(listed)
    if not named:
        return []
    rows = connection.execute(f"SELECT {POST} FROM mention m WHERE {where} ORDER BY m.posted_at, m.key",
                              (keys_json(named),)).fetchall()
    return [Post(*row) for row in rows]


def silence(connection: sqlite3.Connection, keys_listed: str) -> None:
    """Take the voices of posts that are about to be emptied out of the counts; the numbers stay."""
    found = Counter((post.cluster, post.voice) for post in (Post(*row) for row in connection.execute(
        f"SELECT {POST} FROM mention m WHERE m.cluster IS NOT NULL AND m.state <> 'gone' AND m.key {LISTED}",
        (keys_listed,)).fetchall()) if post.voice is not None)
    connection.executemany("UPDATE spread_voice SET posts = posts - ? WHERE cluster = ? AND voice = ?",
                           [(n, *names) for names, n in found.items()])
    connection.executemany("DELETE FROM spread_voice WHERE cluster = ? AND voice = ? AND posts <= 0", found)


# --- reading -------------------------------------------------------------------------------------


def read(connection: sqlite3.Connection, cluster: str, *, size: int) -> Spread:
    """A story's spread: from its counts, or from its rows where the counts hold another number of posts.

    Of a story that staff have merged (size 0) it is that of the posts which were told for it; of one that was split off
    and taken back, that of the post which it was named by.
    """
    posts, surged_at = connection.execute(
        "SELECT posts, surged_at FROM spread_story WHERE cluster = ?", (cluster,)).fetchone() or (0, None)
    if posts == size and size:
        minutes, shares, sources, voices, loudest = _from_tables(connection, cluster)
    else:
        minutes, shares, sources, voices, loudest = _from_rows(connection, cluster, "cluster" if size else "home")
        if not minutes:
            minutes, shares, sources, voices, loudest = _from_rows(connection, cluster, "key")
    first, last = minutes[0][0], minutes[-1][0]
    width = bin_minutes(first, last)
    return Spread(
        posts=size or sum(posts for _, posts, _ in minutes), voices=voices, loudest=loudest,
        first_at=moment(first * MINUTE), last_at=moment(last * MINUTE),
        width=timedelta(minutes=width), bins=_bins(minutes, width),
        peak=peak_of([(minute, posts) for minute, posts, _ in minutes]),
        recent=tuple((moment(minute * MINUTE), posts) for minute, posts, _ in minutes if minute > last - 60),
        shares=tuple(shares), amplifiers=_amplifiers(connection, cluster, sources),
        surged_at=None if surged_at is None else moment(surged_at),
    )


Found = tuple[list[tuple[int, int, int]], list[Share], list[tuple[str, int]], int, int]


def _from_tables(connection: sqlite3.Connection, cluster: str) -> Found:
    def all_of(sql: str) -> list[Any]:
        return connection.execute(sql, (cluster,)).fetchall()

    minutes = all_of("SELECT minute, posts, voices FROM spread_minute WHERE cluster = ? ORDER BY minute")
    shares = [Share(*row) for row in all_of(
        "SELECT platform, account, way, posts, voices, young FROM spread_share WHERE cluster = ?"
        " ORDER BY platform, account, way")]
    sources = all_of("SELECT source, posts FROM spread_source WHERE cluster = ? ORDER BY posts DESC, source LIMIT 20")
    loudest = all_of("SELECT max(posts) FROM spread_voice WHERE cluster = ?")[0][0]
    return minutes, shares, sources, sum(share.voices for share in shares), loudest or 1


def _from_rows(connection: sqlite3.Connection, cluster: str, column: str) -> Found:
    counts = Counts()
    for post in _posts(connection, f"m.{column} {LISTED}", [cluster]):
        counts.add(cluster, post, verdict=post.verdict, similarity=post.similarity)
    minutes = [(minute, posts, voices) for minute, (posts, voices) in sorted(counts.minutes[cluster].items())]
    shares = [Share(*key, *cell) for key, cell in sorted(counts.shares[cluster].items())]
    sources = sorted(counts.sources[cluster].items(), key=lambda pair: (-pair[1], pair[0]))[:20]
    return minutes, shares, sources, sum(s.voices for s in shares), max(counts.spoken[cluster].values(), default=1)


def _bins(minutes: Sequence[tuple[int, int, int]], width: int) -> tuple[Bin, ...]:
    """Bars that begin at whole hours and days of the office's clock."""
    shift = WIB // MINUTE
    cells: dict[int, list[int]] = {}
    for minute, posts, voices in minutes:
        _add(cells, (minute + shift) // width, (posts, voices))
    return tuple(Bin(moment((at * width - shift) * MINUTE), *cells.get(at, (0, 0)))
                 for at in range(min(cells), max(cells) + 1))


def _amplifiers(connection: sqlite3.Connection, cluster: str, sources: Sequence[tuple[str, int]]) -> list[Amplifier]:
    """Of the most repeated posts those that we hold and that belong to the story."""
    repeats = dict(sources)
    rows = connection.execute(  # "+": found by key; the story's own index would walk all its members
        f"SELECT {MENTION} FROM mention m WHERE +m.cluster = ? AND m.key {LISTED}",
        (cluster, keys_json(repeats))).fetchall() if repeats else []
    accounts = seen_by(connection, [row[0] for row in rows])
    found = [Amplifier(mention_of(row, accounts.get(row[0], ())), repeats[row[0]]) for row in rows]
    return sorted(found, key=lambda one: (-one.repeats, one.mention.key))[:AMPLIFIERS]
