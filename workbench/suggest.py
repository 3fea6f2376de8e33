"""People's corrections -> proposed edits of the file, each with what it would change. Applies none.

Observations. Staff of a desk re-route the same kind of post again and again ("bocor" near "pipa" to the water
company) and tell nobody who could change the rule. Each re-route, rejection and urgency edit is a row of
`correction`; together they are labels that cost no extra work.

Theory. For each (topic, government, desk that staff chose) the words of the re-routed posts are compared with
those of the posts of the same topic that the machine's desk kept: a word, or two side by side, that stands in at
least MINIMUM re-routed posts of different authors, and in none that stayed and was taken, becomes a rule ahead
of the one that erred: "when topic and government and one of these words, to that desk". Rejected posts ("no
complaint") propose an `unless` phrase for their topic. Function words, names of places, numbers, handles and what
the lists know as general are left out, so no proposal hangs on who wrote or where.

Every proposal goes through the same replay as `rules diff` before it is shown, and one that breaks more than it
mends is dropped. Words of X posts are left out by default: nothing is learnt from X without the law's leave
(`with_x` for an office that has it in writing).

Known failures. Two things that are re-routed for reasons not in the words ("their staff is on leave") give no
word in common, and rightly no proposal. Rare matters never reach MINIMUM.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nlp import LANGUAGES
from nlp.phrases import Phrasebook, lists_of
from nlp.tokens import cut
from settings import Settings
from settings.shape import RouteSettings, WhenSettings
from storage import stored_extraction
from storage.records import Outcome, PastMention
from storage.store import Store
from workbench.diff import Report, rules_diff, since_when
from workbench.editing import route_line
from workbench.labels import NO_MATTER, TAKEN

MINIMUM = 3
WORDS = 6  # of one proposal
GENERAL = frozenset(("cue:setting", "cue:bystander", "request", "defect", "question", "praise"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One edit. `kind` ∈ route, unless; `evidence` are the tickets that speak for it."""

    kind: str
    where: str  # route to stand before, or topic
    words: tuple[str, ...]
    to: str
    evidence: tuple[int, ...]
    lines: str  # as it would stand in the file
    report: Report

    @property
    def mends(self) -> int:
        return len(self.report.fixed)


@dataclass(frozen=True, slots=True)
class _Case:
    outcome: Outcome
    terms: frozenset[str]
    words: frozenset[str]  # all of the post
    author: str
    government: str | None


def suggestions(
    store: Store, settings: Settings, *, since: timedelta | datetime | None = None, with_x: bool = False,
    minimum: int = MINIMUM, jobs: int = 1,
) -> Iterator[Proposal]:
    """Proposals, those that mend most first."""
    settings = settings.watching(store.accounts())
    after = since_when(store, since)
    cases = list(_cases(store, settings, after, with_x=with_x))
    found: list[Proposal] = []
    for kind, where, words, to, evidence, draft, lines in _edits(cases, settings, minimum):
        report = rules_diff(store, settings, draft, since=after, jobs=jobs)
        if len(report.fixed) > len(report.broken):
            found.append(Proposal(kind, where, words, to, evidence, lines, report))
    yield from sorted(found, key=lambda p: (-p.mends, len(p.report.broken), p.kind, p.where, p.words))


# --- cases ---------------------------------------------------------------------------------------


def _cases(store: Store, settings: Settings, after: datetime | None, *, with_x: bool) -> Iterator[_Case]:
    """Tickets that people have decided, with the words of their first post."""
    decided: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in store.outcomes():
        if not outcome.coordinates and (outcome.corrections or outcome.status in TAKEN):
            decided[outcome.cluster].append(outcome)
    book = Phrasebook(lists_of(settings))
    skipped = _function_words()
    for past in store.past_mentions(after=after):
        if past.first and past.cluster in decided and (with_x or past.mention.platform != "x"):
            terms = frozenset(_terms(past, book, skipped))
            words = frozenset(cut(past.mention.text, book.table).fold)
            author = past.mention.author
            who = (author.id or author.handle if author else None) or past.mention.key
            for outcome in decided[past.cluster]:
                yield _Case(outcome, terms, words, who, _government(past, settings))


def _function_words() -> frozenset[str]:
    return frozenset(word for pack in LANGUAGES.values() for word in pack.function)


def _terms(past: PastMention, book: Phrasebook, skipped: frozenset[str]) -> Iterator[str]:
    """Words, and pairs side by side, that may say what a post is about."""
    seen = stored_extraction(past.seen)
    words = cut(past.mention.text, book.table)
    hidden = [(place.start, place.end) for place in seen.places] + [(item.start, item.end) for item in seen.pii]
    hits = book.hits(words)
    general = {i for kind in GENERAL for hit in hits.get(kind, ()) for i in range(hit.first, hit.last)}
    usable = [
        word.isalpha() and len(word) > 2 and word not in skipped
        and not any(start < words.ends[i] and words.starts[i] < end for start, end in hidden)
        for i, word in enumerate(words.fold)
    ]
    for i, word in enumerate(words.fold):
        if usable[i] and i not in general:
            yield word
        if usable[i] and i + 1 < len(usable) and usable[i + 1] and words.sentence[i] == words.sentence[i + 1]:
            yield f"{word} {words.fold[i + 1]}"


def _government(past: PastMention, settings: Settings) -> str | None:
    account = next((a for a in settings.accounts if a.key == past.mention.account), None)
    return account.government if account else None


# --- edits ---------------------------------------------------------------------------------------

Edit = tuple[str, str, tuple[str, ...], str, tuple[int, ...], Settings, str]


def _edits(cases: Sequence[_Case], settings: Settings, minimum: int) -> Iterator[Edit]:
    groups: dict[tuple[str, str, str], list[_Case]] = defaultdict(list)
    for case in cases:
        for kind, target in _said(case.outcome):
            groups[kind, case.outcome.topic, target].append(case)
    for (kind, topic, target), group in sorted(groups.items()):
        stayed = [c for c in cases if c.outcome.topic == topic and (kind, target) not in set(_said(c.outcome))
                  and c.outcome.status in TAKEN]
        if chosen := telling(group, stayed, minimum):
            evidence = tuple(sorted(c.outcome.ticket for c in group if c.terms & set(chosen)))
            if kind == "route":
                yield _route(settings, topic, target, chosen, evidence, group)
            elif topic in settings.topics:
                yield _unless(settings, topic, chosen, evidence)


def _said(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What a correction asks for: another desk, or no ticket."""
    if outcome.status == "ditolak" and outcome.reason in NO_MATTER:
        yield "unless", ""
    elif any(kind == "department" for kind, _, _ in outcome.corrections):
        yield "route", outcome.department


def telling(group: Sequence[_Case], stayed: Sequence[_Case], minimum: int) -> tuple[str, ...]:
    """Words of several people's corrected posts that stand in none that stayed; the fewest that cover most."""
    elsewhere: set[str] = set().union(*(case.terms for case in stayed)) if stayed else set()
    spoken = {word for case in stayed for word in case.words}
    left = list(group)
    chosen: list[str] = []
    while left and len(chosen) < WORDS:
        writers: dict[str, set[str]] = defaultdict(set)
        for case in left:
            for term in case.terms - elsewhere:
                writers[term].add(case.author)
        best = max(sorted(writers), key=lambda t: (len(writers[t]), _new(t, spoken), len(t)), default=None)
        if best is None or len(writers[best]) < minimum:
            break
        chosen.append(best)
        left = [case for case in left if best not in case.terms]
    return tuple(chosen)


def _new(term: str, spoken: set[str]) -> int:
    """Words of a term that the posts which stayed do not know: "kabel optik" says more than "berlubang bekas"."""
    return sum(word not in spoken for word in term.split())


def _route(
    settings: Settings, topic: str, to: str, words: tuple[str, ...], evidence: tuple[int, ...], group: Sequence[_Case]
) -> Edit:
    """A rule ahead of the one that erred most often."""
    erred = Counter(case.outcome.rule for case in group if case.outcome.ticket in evidence)
    names = [route.name for route in settings.routes]
    before = next((name for name, _ in erred.most_common() if name in names), None)
    governments = {case.government for case in group if case.outcome.ticket in evidence}
    government = governments.pop() if len(governments) == 1 else None
    name = _free_name(f"usul-{topic.replace('_', '-')}-{to}", names)
    known = topic if topic in settings.topics else None
    rule = RouteSettings(name=name, when=WhenSettings(topic=known, government=government, any=words), to=to)
    at = names.index(before) if before else len(names)
    draft = settings.model_copy(update={"routes": (*settings.routes[:at], rule, *settings.routes[at:])})
    return "route", before or "", words, to, evidence, draft, _lines(rule)


def _lines(rule: RouteSettings) -> str:
    return route_line(rule.model_dump(mode="json", exclude_defaults=True))


def _free_name(wish: str, taken: Iterable[str]) -> str:
    names, n, name = set(taken), 1, wish
    while name in names:
        n += 1
        name = f"{wish}-{n}"
    return name


def _unless(settings: Settings, topic: str, words: tuple[str, ...], evidence: tuple[int, ...]) -> Edit:
    given = settings.topics[topic]
    changed = given.model_copy(update={"unless": (*given.unless, *words)})
    draft = settings.model_copy(update={"topics": {**settings.topics, topic: changed}})
    return "unless", topic, words, "", evidence, draft, f"topics.{topic}.unless: + {', '.join(words)}"


def plain(proposal: Proposal) -> Mapping[str, Any]:
    """As JSON has it; the report in numbers only."""
    return {
        "kind": proposal.kind, "where": proposal.where, "words": list(proposal.words), "to": proposal.to,
        "evidence": list(proposal.evidence), "lines": proposal.lines, "counts": proposal.report.counts,
        "fixed": len(proposal.report.fixed), "broken": len(proposal.report.broken),
    }
