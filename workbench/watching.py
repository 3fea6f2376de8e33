"""What rules that only watch would have done, and how often people agreed. Pure but for reading the Store.

A rule with `mode: watch` is in no decision: it is left out when rules are compiled, so the tickets are the
same to the byte whether it stands in the file or not. What it would have done is not logged but derived: the
same replay as `rules diff`, between the file as it is and the file with that one rule acting. So the report is
exact for any span of history, also for the days before the rule was written, and cannot disagree with the
diff that an operator sees before switching it on.

Precision is counted where people have said something about the stories that it would move: agreed where what
they confirmed holds only with the rule, or with and without it; against where it would break what they said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from settings import Settings
from storage.store import Store
from workbench.diff import since_when
from workbench.labels import Label, labels
from workbench.replay import Replay

WATCHING = ("watch", "suggest")


@dataclass(frozen=True, slots=True)
class Watched:
    """One rule that does not act. `agreed` and `against` are stories that people have decided."""

    rule: str
    mode: str
    to: str
    would: int  # stories that it would change
    agreed: int
    against: int
    desks: tuple[tuple[str, int], ...]  # from where it would take them
    clusters: tuple[str, ...]

    @property
    def precision(self) -> float | None:
        said = self.agreed + self.against
        return self.agreed / said if said else None


def watched_rules(store: Store, settings: Settings, *, since: timedelta | datetime | None) -> Iterator[Watched]:
    """Every rule in watch or suggest, in the file's order."""
    said: dict[str, list[Label]] = defaultdict(list)
    for label in labels(store.outcomes()):
        said[label.cluster].append(label)
    base = settings.watching(store.accounts())
    after = since_when(store, since)
    for route in settings.routes:
        if route.mode in WATCHING:
            yield _watched(store, base, route.name, after, said)


def acting(settings: Settings, name: str) -> Settings:
    """The same file with one rule acting."""
    routes = tuple(r.model_copy(update={"mode": "act"}) if r.name == name else r for r in settings.routes)
    return settings.model_copy(update={"routes": routes})


def _watched(
    store: Store, settings: Settings, name: str, after: datetime | None, said: dict[str, list[Label]]
) -> Watched:
    route = next(r for r in settings.routes if r.name == name)
    stories = Replay(settings, acting(settings, name)).stories(lambda: store.past_mentions(after=after))
    agreed = against = 0
    desks: Counter[str] = Counter()
    clusters: list[str] = []
    for story in stories:
        before = {seat.department for seat in story.before.seats if not seat.coordinates}
        if not any(seat.rule == name for seat in story.after.seats):
            continue
        clusters.append(story.cluster)
        desks.update(before - {route.to} or {f"({story.before.lane})" if story.before.lane else route.to})
        about = [label for label in said.get(story.cluster, ()) if label.kind != "urgency"]
        if about:
            fine = all(label.holds(story.after) for label in about)
            agreed += fine
            against += not fine
    return Watched(name, route.mode, route.to, len(clusters), agreed, against, tuple(sorted(desks.items())),
                   tuple(clusters))
