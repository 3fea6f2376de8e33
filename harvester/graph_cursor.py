"""Where a reading of Graph stands: steps to do, and the window of what was shown lately. No network.

A JSON string to everybody else. The window is what a platform without since_id and without news of
deletions is judged by: changed text is an edit, an item no longer listed is asked after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from domain import Mention, MentionState, Quarantined
from harvester.cursor import StoredCursor

REMEMBERED = 500
BROKEN_REMEMBERED = 100
CONFIRMED_PER_CYCLE = 20
EXISTS = -1  # stamp of an item that is not listed, and was confirmed to be there


@dataclass(slots=True)
class Step:
    """One request to come. `page` counts within its edge; `about` is what its parser must know."""

    kind: str
    target: str = ""
    params: dict[str, str] = field(default_factory=dict)
    page: int = 1
    about: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.kind} {self.target}".rstrip()


@dataclass(slots=True)
class Cursor(StoredCursor):
    """`since` is the ground: what was posted before it has been read.

    `seen`: key -> [graph id, text digest, posted (epoch s), cycle last shown in, key of the post above].
    `covered`: what this cycle read to the end -> since when: "posts", or the key of a commented post.
    `counts`, `moved`: post -> number of comments, or time of the last movement, when its comments were read.
    `refused`: name of a step that is not for us -> when that was said.
    `owed`: steps that this cycle could not do, for the next one.
    `deep`: a back-fill: lists are read down to `since`, also where all that they show is known.
    """

    node: str = ""
    since: float = 0.0
    started: float = 0.0
    cycle: int = 0
    todo: list[dict[str, Any]] = field(default_factory=list)
    owed: list[dict[str, Any]] = field(default_factory=list)
    covered: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    refused: dict[str, float] = field(default_factory=dict)
    confirming: bool = False
    named_at: float = 0.0
    expiry_at: float = 0.0  # when the token was last asked for its end
    deep: bool = False
    seen: dict[str, list[Any]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def push(self, *steps: Step, first: bool = False) -> None:
        raw = [asdict(step) for step in steps]
        self.todo = [*raw, *self.todo] if first else [*self.todo, *raw]

    def go_on(self, step: Step, params: dict[str, str], *, max_pages: int, news: bool = True) -> None:
        """The next page of an edge: now, or where this cycle has read its share in the next one.

        A last page without news owes nothing: what lies behind it is known, or owed already.
        """
        following = Step(step.kind, step.target, params, step.page + 1, step.about)
        if step.page < max_pages:
            self.push(following, first=True)
        elif news:
            self.owed.append(asdict(replace(following, page=1)))

    def goes_deeper(self, oldest: float) -> bool:
        """Whether a back-fill reads on although a page told nothing new."""
        return self.deep and oldest >= self.since

    def changed(self, mentions: Iterable[Mention], graph_ids: Mapping[str, str], *, now: datetime) -> list[Mention]:
        """Those that are new, and those whose text changed, as edits; all are marked as shown."""
        result = []
        for mention in mentions:
            digest = hashlib.blake2b(mention.text.encode(), digest_size=6).hexdigest()
            held = self.seen.get(mention.key)
            if held is None:
                result.append(mention)
            elif held[1] != digest:
                result.append(replace(mention, state=MentionState.EDITED, revision_of=mention.native_id,
                                      edited_at=mention.edited_at or now))
            graph_id, posted = graph_ids.get(mention.key, mention.native_id), mention.posted_at.timestamp()
            self.seen[mention.key] = [graph_id, digest, posted, self.cycle, mention.thread or ""]
        return result

    def unreported(self, quarantined: Iterable[Quarantined]) -> tuple[Quarantined, ...]:
        """Those not reported before: a window is read many times, and its broken items with it."""
        fresh = tuple(item for item in quarantined if item.key not in self.broken)
        self.broken = [*self.broken, *(item.key for item in fresh)][-BROKEN_REMEMBERED:]
        return fresh

    def vanished(self) -> list[str]:
        """Keys that this cycle should have shown and did not, newest first."""
        keys = [
            key for key, (_, _, posted, shown, above) in self.seen.items()
            if shown not in (self.cycle, EXISTS) and posted >= self.covered.get(above or "posts", float("inf"))
        ]
        return sorted(keys, key=lambda key: self.seen[key][2], reverse=True)[:CONFIRMED_PER_CYCLE]

    def trim(self) -> None:
        if len(self.seen) > REMEMBERED:
            newest = sorted(self.seen, key=lambda key: self.seen[key][2])[-REMEMBERED:]
            self.seen = {key: self.seen[key] for key in newest}
