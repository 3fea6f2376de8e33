"""What a change of the rules would do to history: a report whose bytes depend on store and files alone.

No wall clock stands in it: `since` is counted back from the newest post of the store. Texts are cut short
and masked; a sensitive story shows none. Nothing is written anywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain import MentionState
from nlp.gazetteer import gazetteer
from personal_data import Mask, masked
from settings import Settings
from storage.store import Store
from workbench.labels import Label, labels
from workbench.replay import Judged, Replay, Retold, Seat

GIST = 110
KINDS = ("open", "close", "move", "topic", "urgency", "priority", "due", "place")
FACTS = ("topic", "urgency", "priority")


@dataclass(frozen=True, slots=True)
class Change:
    """One ticket that would differ. `before` and `after` hold what a ticket has, or the lane of none."""

    kind: str
    cluster: str
    ticket: int | None  # number of the ticket that stands there now
    posted_at: str
    text: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that people confirmed and that the new rules would decide otherwise; or, in `fixed`, no longer."""

    ticket: int
    kind: str
    value: str
    because: str
    after: tuple[str, ...]  # desks, or the lane in brackets


@dataclass(frozen=True, slots=True)
class Report:
    old: str
    new: str
    since: str | None
    mentions: int
    stories: int
    read: int
    confirmed: int
    changes: tuple[Change, ...] = ()
    broken: tuple[Broken, ...] = ()
    fixed: tuple[Broken, ...] = ()
    notes: tuple[str, ...] = ()
    departments: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS}

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "counts": self.counts}


def rules_diff(
    store: Store, old: Settings, new: Settings, *, since: timedelta | datetime | None = None,
    newest: int | None = None, jobs: int = 1, shortcut: bool = True,
) -> Report:
    """Run history through both. `since` is a span before the newest post, or a time."""
    accounts = store.accounts()
    after = since_when(store, since)
    replay = Replay(old.watching(accounts), new.watching(accounts), jobs=jobs, shortcut=shortcut)
    stories = replay.stories(lambda: store.past_mentions(after=after, newest=newest))
    outcomes = store.outcomes()
    numbers = {(o.cluster, o.department, o.coordinates): o.ticket for o in outcomes}
    said: dict[str, list[Label]] = defaultdict(list)
    for label in labels(outcomes):
        said[label.cluster].append(label)
    official = _official(new)
    changes = [change for story in stories for change in changes_of(story, numbers, official)]
    return Report(
        old.ruleset, new.ruleset, after.isoformat() if after else None, replay.tally.mentions, replay.tally.stories,
        replay.tally.read, sum(map(len, said.values())), tuple(changes),
        tuple(_turned(stories, said, held=True)), tuple(_turned(stories, said, held=False)),
        tuple(_notes(old, new)), _by_department(changes),
    )


def since_when(store: Store, since: timedelta | datetime | None) -> datetime | None:
    if not isinstance(since, timedelta):
        return since
    newest = store.newest_post_at()
    return newest - since if newest else None


def _official(settings: Settings) -> frozenset[str]:
    departments = (handle for d in settings.departments.values() for handle in d.handles)
    return frozenset(handle.lower() for handle in (*(a.handle for a in settings.accounts), *departments))


def _notes(old: Settings, new: Settings) -> Iterator[str]:
    for name in ("near_duplicate", "duplicate_window_days"):
        if getattr(old.thresholds, name) != getattr(new.thresholds, name):
            yield f"thresholds.{name}: berlaku untuk kiriman baru saja; cerita lama tidak dilipat ulang"


# --- one story -----------------------------------------------------------------------------------


def changes_of(
    story: Retold, numbers: Mapping[tuple[str, str, bool], int], official: frozenset[str]
) -> Iterator[Change]:
    """Tickets that would open, close, move or differ. A place that old posts would have now is told, never set."""
    if story.before.seats == story.after.seats and story.before.place == story.after.place:
        return
    before = {(s.department, s.coordinates): s for s in story.before.seats}
    after = {(s.department, s.coordinates): s for s in story.after.seats}
    gone = [seat for key, seat in before.items() if key not in after]
    come = [seat for key, seat in after.items() if key not in before]
    shown = _shown(story, official)

    def change(kind: str, old: Seat | None, new: Seat | None) -> Change:
        key = old or new
        number = numbers.get((story.cluster, key.department, key.coordinates)) if key else None
        return Change(kind, story.cluster, number, story.mention.posted_at.isoformat(), shown,
                      _facts(old, story.before), _facts(new, story.after), _why(story, old, new))

    for old in list(gone):
        if (new := _successor(old, come)) is not None:
            gone.remove(old)
            come.remove(new)
            yield change("move", old, new)
    yield from (change("close", seat, None) for seat in gone)
    yield from (change("open", None, seat) for seat in come)
    for key in sorted(before.keys() & after.keys()):
        old, new = before[key], after[key]
        if kinds := [name for name in FACTS if getattr(old, name) != getattr(new, name)]:
            yield change(kinds[0], old, new)
        elif old.due_rule != new.due_rule:
            yield change("due", old, new)
    if before and before.keys() == after.keys() and story.before.place != story.after.place:
        yield change("place", *next((before[key], after[key]) for key in sorted(before)))


def _successor(old: Seat, come: list[Seat]) -> Seat | None:
    """The ticket that a vanished one became: of the same topic before any other; a parent only of a parent."""
    alike = [seat for seat in come if seat.coordinates == old.coordinates]
    return next((seat for seat in alike if seat.topic == old.topic), alike[0] if alike else None)


def _shown(story: Retold, official: frozenset[str]) -> str:
    if story.sensitive:
        return "(peka: teks tidak ditampilkan)"
    if story.mention.state in (MentionState.GONE, MentionState.WITHHELD):
        return ""
    hidden = [Mask(found.start, found.end, found.type) for found in story.personal]
    line = " ".join(masked(story.mention.text, hidden, official=official).split())
    return line if len(line) <= GIST else f"{line[:GIST - 1].rstrip()}…"


def _facts(seat: Seat | None, judged: Judged) -> dict[str, Any]:
    if seat is None:
        return {"lane": judged.lane, "because": judged.because} if judged.lane else {}
    return {"department": seat.department, "topic": seat.topic, "urgency": seat.urgency, "priority": seat.priority,
            "rule": seat.rule, "due_rule": seat.due_rule, "place": judged.place,
            "place_name": gazetteer().name_of(judged.place) if judged.place else None, "coordinates": seat.coordinates}


def _why(story: Retold, old: Seat | None, new: Seat | None) -> tuple[str, ...]:
    """What makes the difference: the changed phrases that stand in the text, the rules, new and lost evidence."""
    found = list(story.phrases)
    if old and new and old.rule != new.rule:
        found.append(f"rule:{old.rule} -> {new.rule}")
    elif seat := new or old:
        found.append(f"rule:{seat.rule}")
    had, has = set(old.because if old else ()), set(new.because if new else ())
    if old and new:
        found += [f"-{what}" for what in sorted(had - has)] + [f"+{what}" for what in sorted(has - had)]
    else:
        found += sorted(had | has)
    if lane := (story.after.lane if old else story.before.lane):
        found.append(f"lane:{lane}: {(story.after if old else story.before).because}")
    return tuple(dict.fromkeys(found))


# --- all of them ---------------------------------------------------------------------------------


def _turned(stories: Iterable[Retold], said: Mapping[str, list[Label]], *, held: bool) -> Iterator[Broken]:
    """Labels that held and would no longer (`held`), or the other way round."""
    for story in stories:
        for label in said.get(story.cluster, ()):
            if label.holds(story.before) is held and label.holds(story.after) is not held:
                desks = tuple(seat.department for seat in story.after.seats if not seat.coordinates)
                after = desks or (f"({story.after.lane})",)
                yield Broken(label.ticket, label.kind, label.value, label.because, after)


def _by_department(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """Department -> kind of change -> how many; a move counts at both ends."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes:
        old, new = change.before.get("department"), change.after.get("department")
        if change.kind == "move":
            found[str(old)]["moved_out"] += 1
            found[str(new)]["moved_in"] += 1
        else:
            found[str(new or old)][change.kind] += 1
    return {key: dict(sorted(found[key].items())) for key in sorted(found)}
