"""Where reading an Instagram account stands, and what follows from what a step saw. Pure.

Instagram knows no since_id: what is new follows from what was known. The cursor is JSON: {step, id,
last_date_utc, seen: shortcodes[200] newest first, counts: {own shortcode: comments}, listed: shortcodes
of a reading that is not through, todo: posts whose comments are to be read, missing: {shortcode:
failures}, frozen: where reading tagged posts goes on}. A date without `seen` is a back-fill down to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harvester.cursor import StoredCursor

STEPS = ("tagged", "own", "comments", "recheck")
SEEN_KEPT = 200
COUNTS_KEPT = 50
GONE_AFTER = 3  # cycles in which everything else answered: one refusal looks like a deletion


@dataclass(slots=True)
class Cursor(StoredCursor):
    """Where a cycle stands: `step` comes next."""

    step: str = "tagged"
    id: str = ""
    last_date_utc: str = ""
    seen: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    listed: list[str] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    frozen: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.step not in STEPS:
            self.step = STEPS[0]

    @property
    def last_date(self) -> datetime | None:
        return datetime.fromisoformat(self.last_date_utc) if self.last_date_utc else None

    @property
    def first(self) -> bool:
        """The first reading goes only as deep as one fetch."""
        return not self.seen and not self.last_date_utc

    def tagged_cut(self, shown: list[str], frozen: dict[str, Any]) -> None:
        """More is new than one fetch reads: go on from `frozen`."""
        self.listed += shown
        self.frozen = frozen

    def tagged_through(self, shown: list[str], dates: Iterable[datetime]) -> None:
        """The tagged posts are read down to what was known. Known posts between those shown that are
        shown no more are suspects; an empty list accuses nobody, for a soft block looks like it."""
        listed = list(dict.fromkeys(self.listed + shown))
        shown_names = set(listed)
        deepest = max((n for n, name in enumerate(self.seen) if name in shown_names), default=-1)
        suspects = [name for name in self.seen[: deepest + 1] if name not in shown_names]
        still = [name for name in self.missing if name not in shown_names and listed]
        self.missing = {name: self.missing.get(name, 0) for name in [*suspects, *still]}
        self.seen = [*listed, *(name for name in self.seen if name not in shown_names)][:SEEN_KEPT]
        newest = max((*dates, *([self.last_date] if self.last_date else [])), default=None)
        self.last_date_utc = newest.isoformat() if newest else ""
        self.listed, self.frozen, self.step = [], None, "own"

    def own_listed(self, counts: Mapping[str, int]) -> None:
        """Own posts with their numbers of comments: those whose number changed are to be read."""
        self.todo = [name for name, count in counts.items() if count != self.counts.get(name, 0)]
        older = {name: count for name, count in self.counts.items() if name not in counts}
        self.counts = dict(list({**counts, **older}.items())[:COUNTS_KEPT])
        self._after_own()

    def comments_read(self, shortcode: str, *, missing: bool) -> None:
        """The comments of a post are read, or the post itself would not show."""
        self.todo = [name for name in self.todo if name != shortcode]
        if missing:
            self.missing.setdefault(shortcode, 0)
        else:
            self.missing.pop(shortcode, None)
        self._after_own()

    def rechecked(self, shortcode: str, *, missing: bool) -> bool:
        """True once a post has failed so often that it counts as deleted."""
        self.missing[shortcode] += 1
        if missing and self.missing[shortcode] < GONE_AFTER:
            return False
        self.missing.pop(shortcode)  # deleted; or only the tag was taken back, and it is none of ours now
        self.seen = [name for name in self.seen if name != shortcode]
        self.counts.pop(shortcode, None)
        return missing

    def _after_own(self) -> None:
        self.step = "comments" if self.todo else "recheck" if self.missing else "tagged"
