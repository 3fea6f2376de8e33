"""Where reading from X stands, and what it watches for deletion. Pure bookkeeping, no network.

The cursor is a JSON string to everybody else. `watch` holds the youngest posts of the last day: they
are read again, because X tells nobody when a post is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain import Mention, MentionKind
from harvester.cursor import StoredCursor
from harvester.x_payload import EPOCH

WATCHED = 100  # ids that one look-up takes
WATCH_FOR = timedelta(days=1)
OVERLAP, OVERLAP_EVERY = timedelta(hours=2), timedelta(hours=1)
TIMELINE_ENDS = 600  # X shows the newest 800 mentions, fewer where some were deleted: a needless search is free
GAPS_KEPT = 20


@dataclass(slots=True)
class Cursor(StoredCursor):
    """`newest_id` is stored ground; `pending_newest` and `next_token` belong to a cycle under way.

    `gaps`: {since, until}: ids between which posts are still to be searched for, newest first.
    `watch`: root id -> [id of the newest version seen, first seen (epoch s), UTC day last paid for].
    """

    newest_id: str = ""
    pending_newest: str = ""
    next_token: str = ""
    pages: int = 0
    shown: int = 0  # posts of the cycle under way
    oldest: str = ""  # id of the oldest of them
    gaps: list[dict[str, str]] = field(default_factory=list)
    gap_at: float = 0.0  # no search before
    step: str = "mentions"  # mentions | gap | recheck | name
    user_id: str = ""
    polled_at: float = 0.0
    rechecked_at: float = 0.0
    named_at: float = 0.0
    floor: str = ""  # this cycle reads down to here, below the ground: a re-reading
    overlapped_at: float = 0.0
    watch: dict[str, list[Any]] = field(default_factory=dict)

    def page_done(self, *, newest_id: str, next_token: str) -> None:
        """Note a stored page; only the last one of a cycle moves the ground."""
        self.pending_newest = later(self.pending_newest, newest_id)
        self.next_token = next_token
        self.pages += 1
        if not next_token:
            self._note_gap()
            self.newest_id = later(self.newest_id, self.pending_newest)
            self.pending_newest = self.floor = ""

    def overlap(self, *, every: timedelta = OVERLAP_EVERY, now: datetime) -> None:
        """Once an hour a cycle reads the last two hours again: what X showed late is found, and costs nothing twice."""
        if self.next_token or now.timestamp() - self.overlapped_at < every.total_seconds():
            return
        if self.newest_id and self.overlapped_at and not self.floor:
            self.floor = earlier(self.newest_id, first_id_of(now - OVERLAP))
        self.overlapped_at = now.timestamp()

    def paid_for(self, native_id: str, *, now: datetime) -> bool:
        """Whether this re-reading shows a post that was read, and paid for, earlier on this UTC day."""
        today = first_id_of(now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
        return bool(self.floor) and int(today) <= int(native_id) <= int(self.newest_id or 0)

    def count(self, native_ids: list[int]) -> None:
        """Note what a page showed, before it is done."""
        self.shown += len(native_ids)
        oldest = min([*native_ids, *([int(self.oldest)] if self.oldest else [])], default=None)
        self.oldest = "" if oldest is None else str(oldest)

    def gap_searched(self, found: list[int], *, more: bool) -> None:
        """Note a page of the search over the first gap: it goes on below the oldest post found, without a token."""
        self.pages += 1
        if more and found:
            self.gaps[0]["until"] = str(min(found))
        else:
            self.gaps = self.gaps[1:]

    def _note_gap(self) -> None:
        """A cycle as long as X's timeline ended where the timeline ends, and not where our ground begins."""
        ground = self.floor or self.newest_id
        if self.shown >= TIMELINE_ENDS and ground and int(self.oldest) > int(ground) + 1:
            gap = {"since": ground, "until": self.oldest}
            self.gaps = [*self.gaps, gap][-GAPS_KEPT:]
        self.shown, self.oldest = 0, ""

    def outdated(self, mention: Mention) -> bool:
        """Whether we hold a newer version of this post: storing the old one would undo the edit."""
        held = self.watch.get(root_of(mention.key))
        return held is not None and int(mention.native_id) < int(held[0])

    def see(self, mentions: Iterable[Mention], *, now: datetime) -> None:
        """Watch these as well; the youngest WATCHED stay. A repost has no words of its own to take back."""
        for mention in mentions:
            if mention.kind is MentionKind.REPOST:
                continue
            root = root_of(mention.key)
            first = self.watch.get(root, ["", now.timestamp()])[1]
            self.watch[root] = [mention.native_id, first, _day(now)]
        self.forget_old(now)
        self.watch = {root: self.watch[root] for root in sorted(self.watch, key=int)[-WATCHED:]}

    def forget_old(self, now: datetime) -> None:
        oldest = (now - WATCH_FOR).timestamp()
        self.watch = {root: held for root, held in self.watch.items() if held[1] >= oldest}

    def paid_today(self, mentions: Iterable[Mention], *, now: datetime) -> int:
        """How many of these another way has brought today already: X bills a post once a day."""
        held = (self.watch.get(root_of(mention.key), ("", 0, -1)) for mention in mentions)
        return sum(day == _day(now) for _, _, day in held)

    def bill_again(self, now: datetime) -> int:
        """How many watched posts cost anew: X counts each once per UTC day."""
        again = [held for held in self.watch.values() if held[2] != _day(now)]
        for held in again:
            held[2] = _day(now)
        return len(again)


def first_id_of(moment: datetime) -> str:
    """The lowest id that a post of this moment can have: X's ids begin with the milliseconds since EPOCH."""
    return str(max(0, int((moment - EPOCH) / timedelta(milliseconds=1))) << 22)


def root_of(key: str) -> str:
    return key.rsplit(":", 1)[1]


def later(one: str, other: str) -> str:
    """The higher of two ids; "" is lower than any."""
    return max(one, other, key=lambda native_id: int(native_id or 0))


def earlier(one: str, other: str) -> str:
    return min(one, other, key=int)


def _day(now: datetime) -> int:
    return now.astimezone(UTC).toordinal()
