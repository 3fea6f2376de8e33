"""Stored mentions, decided by two sets of rules with the code of today. Reads a Store through its protocol.

Each mention that was read is held against the difference of the two files (`affected`): one that cannot
change is left alone, one that reads alike is decided twice on what was stored, the rest is read twice.
What was stored counts only where it was read by the rules in force; else it is read again, once.

A story is its first mention and those that joined by reference: these may raise its urgency, as `settle`
lets them. Stories stay as they were folded. Posts deleted at the source are gone here too.
"""

from __future__ import annotations

import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice

from deciding import decide
from domain import URGENCIES, Extraction, Mention, OpenTicket, Pii, RaiseUrgency, Verdict
from nlp.extract import Extractor
from routing.rules import Rules, compile_rules
from settings import Settings
from storage import stored_extraction
from storage.records import PastMention, Standing
from workbench.affected import UNTOUCHED, Affected, Touched

CHUNK = 512
WORTH_IT = 8  # chunks: for fewer, a second process costs more than it spares


@dataclass(frozen=True, slots=True)
class Seat:
    """A ticket as the rules would raise it."""

    department: str
    coordinates: bool
    topic: str
    urgency: str
    priority: str
    rule: str
    due_rule: str | None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What one set of rules makes of a mention; of a story, once its answers are counted in."""

    lane: str | None
    because: str
    seats: tuple[Seat, ...] = ()
    raises: str | None = None  # urgency that an answer brings to its story
    place: str | None = None

    def raised(self, urgencies: Iterable[str]) -> Judged:
        top = max(urgencies, key=URGENCIES.index, default=None)
        if top is None:
            return self
        return replace(self, seats=tuple(
            replace(seat, urgency=max(seat.urgency, top, key=URGENCIES.index)) for seat in self.seats))


@dataclass(frozen=True, slots=True)
class Retold:
    """One story under both sets of rules."""

    cluster: str
    mention: Mention
    sensitive: bool
    personal: tuple[Pii, ...]
    before: Judged
    after: Judged
    phrases: tuple[str, ...]  # changed phrases whose words stand in it


@dataclass
class Tally:
    """How much work it was."""

    mentions: int = 0
    stories: int = 0
    read: int = 0  # mentions that the NLP read anew


@dataclass(frozen=True, slots=True)
class _Work:
    past: PastMention
    touched: Touched


@dataclass(frozen=True, slots=True)
class _Done:
    past: PastMention
    touched: Touched
    before: Judged
    after: Judged
    sensitive: bool
    personal: tuple[Pii, ...]
    read: bool


class Sides:
    """Both sets of rules with what they need to read; the NLP is built when the first text asks for it."""

    def __init__(self, old: Settings, new: Settings) -> None:
        self.settings = old, new
        self.rules = compile_rules(old), compile_rules(new)

    @cached_property
    def old(self) -> Extractor:
        return Extractor(self.settings[0])

    @cached_property
    def new(self) -> Extractor:
        return Extractor(self.settings[1])

    def judged(self, works: Sequence[_Work]) -> list[_Done]:
        """Every mention by both; in order."""
        fresh = self.rules[0].hash
        anew = [w for w in works if w.touched.read]
        stale = [w for w in works if not w.touched.read and w.past.ruleset != fresh]
        ours = _read(lambda: self.old, [*anew, *stale])
        theirs = _read(lambda: self.new, anew)
        return [self._one(work, ours, theirs) for work in works]

    def _one(self, work: _Work, ours: dict[str, Extraction], theirs: dict[str, Extraction]) -> _Done:
        key = work.past.mention.key
        seen = ours.get(key) or stored_extraction(work.past.seen)
        then = theirs.get(key, seen)
        before = judged(work.past, seen, self.rules[0])
        after = judged(work.past, then, self.rules[1])
        return _Done(work.past, work.touched, before, after, seen.sensitive or then.sensitive,
                     seen.pii, key in ours)


def _read(extractor: Callable[[], Extractor], works: Sequence[_Work]) -> dict[str, Extraction]:
    if not works:
        return {}
    mentions = [work.past.mention for work in works]
    return dict(zip((m.key for m in mentions), extractor().extract_many(mentions), strict=True))


def judged(past: PastMention, seen: Extraction, rules: Rules) -> Judged:
    """What `rules` make of one mention that was read as `seen`."""
    mention = past.mention
    place = seen.location.code if seen.location else None
    if not past.first:
        answer = decide(mention, verdict=Verdict(past.cluster, past.verdict), extraction=seen,
                        standing=Standing(past.cluster), rules=rules)
        urgencies = [c.urgency for c in answer.changes if isinstance(c, RaiseUrgency)]
        return Judged(None, answer.because, raises=urgencies[0] if urgencies else None, place=place)
    decision = decide(mention, verdict=Verdict(mention.key, "new"), extraction=seen, standing=None, rules=rules)
    why = {route.department: tuple(reason.what for reason in route.because) for route in decision.routes}
    seats = tuple(
        Seat(c.department, c.coordinates, c.topic, c.urgency, c.priority, c.rule, c.due_rule, why.get(c.department, ()))
        for c in decision.changes if isinstance(c, OpenTicket))
    return Judged(decision.lane, decision.because, seats, place=place)


@dataclass
class Replay:
    """History under two sets of rules. `jobs` processes share the reading where there is much of it."""

    old: Settings
    new: Settings
    jobs: int = 1
    shortcut: bool = True  # False reads everything twice: what the shortcut is tested against
    tally: Tally = field(default_factory=Tally)

    def stories(self, history: Callable[[], Iterator[PastMention]]) -> list[Retold]:
        """Every story that may differ, by its time and name. `history` is read once or twice."""
        affected = Affected(self.old, self.new)
        firsts: dict[str, _Done] = {}
        answers: dict[str, list[_Done]] = defaultdict(list)
        for done in self._judged(self._work(history, affected)):
            if done.past.first:
                firsts[done.past.cluster] = done
            else:
                answers[done.past.cluster].append(done)
            self.tally.read += done.read
        told = [_retold(done, answers.get(cluster, ())) for cluster, done in firsts.items()]
        return sorted(told, key=lambda story: (story.mention.posted_at, story.cluster))

    def _work(self, history: Callable[[], Iterator[PastMention]], affected: Affected) -> Iterator[_Work]:
        """What has to be judged: all where routing changed, else the stories with a member that reads otherwise."""
        if not self.shortcut or affected.routing:
            for past in history():
                self._count(past)
                yield _Work(past, affected.touched(past.mention.text) if self.shortcut else Touched(read=True))
            return
        touched: dict[str, Touched] = {}
        clusters: set[str] = set()
        for past in history():
            self._count(past)
            found = affected.touched(past.mention.text)
            if found.read:
                touched[past.mention.key] = found
                clusters.add(past.cluster)
        if clusters:
            yield from (_Work(past, touched.get(past.mention.key, UNTOUCHED)) for past in history()
                        if past.cluster in clusters)

    def _count(self, past: PastMention) -> None:
        self.tally.mentions += 1
        self.tally.stories += past.first

    def _judged(self, works: Iterator[_Work]) -> Iterator[_Done]:
        sides = Sides(self.old, self.new)
        chunks: Iterator[list[_Work]] = iter(lambda: list(islice(works, CHUNK)), [])
        few = list(islice(chunks, WORTH_IT))
        if self.jobs < 2 or len(few) < WORTH_IT:
            for chunk in chain(few, chunks):
                yield from sides.judged(chunk)
            return
        chunks = chain(few, chunks)
        context = multiprocessing.get_context("fork")  # the rules need not travel; nothing here has threads yet
        with ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin, initargs=(sides,)) as pool:
            waiting = [pool.submit(_in_process, chunk) for chunk in islice(chunks, 2 * self.jobs)]
            while waiting:
                yield from waiting.pop(0).result()
                waiting += [pool.submit(_in_process, chunk) for chunk in islice(chunks, 1)]


_sides: list[Sides] = []


def _begin(sides: Sides) -> None:
    _sides[:] = [sides]


def _in_process(works: Sequence[_Work]) -> list[_Done]:
    return _sides[0].judged(works)


def _retold(done: _Done, answers: Sequence[_Done]) -> Retold:
    before = done.before.raised(a.before.raises for a in answers if a.before.raises)
    after = done.after.raised(a.after.raises for a in answers if a.after.raises)
    phrases = dict.fromkeys(p for each in (done, *answers) for p in each.touched.phrases)
    return Retold(done.past.cluster, done.past.mention, done.sensitive, done.personal, before, after, tuple(phrases))
