"""Turns settings into rules that a post can be held against: indexed, folded, frozen. Pure.

Everything that can be looked up is looked up once, here: which rules may speak about a topic, which
government an account belongs to, which outside body answers for which area, which words to search.
Refuses: to decide. `route` decides, `jurisdiction` says whose ground it is, `clocks` counts days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from domain import Mention
from routing.clocks import Clock, Due, due_dates
from routing.jurisdiction_names import SUBURBS, VILLAGE_WORDS
from routing.words import Lexicon, folded
from settings import AccountSettings, DepartmentSettings, RouteSettings, Settings

TRIAGE = "triage"
UNKNOWN_TOPIC = "lainnya"  # what a post without a topic is routed as

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Government:
    key: str
    level: str  # "provinsi" | "kabupaten_kota"
    code: str
    coordinator: str


@dataclass(frozen=True, slots=True)
class Department:
    """`area`: the code that it may answer for; None answers everywhere (national bodies, triage)."""

    key: str
    name: str
    government: str | None
    level: str  # owner level: pusat provinsi kabupaten_kota desa unknown
    area: str | None
    outside: bool
    addresses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of `routes`, its words folded."""

    name: str
    to: str
    priority: str
    topic: str | None
    government: str | None
    place: str | None
    account: str | None
    any: frozenset[str]
    none: frozenset[str]
    sensitive: str | None


@dataclass(frozen=True, slots=True)
class Thresholds:
    topic: float
    second_topic: float
    place: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What `route`, `lane_of`, `transition` and the pipeline ask. Made by `compile_rules`."""

    hash: str
    governments: Mapping[str, Government]
    departments: Mapping[str, Department]
    accounts: Mapping[str, tuple[str, str | None]]  # key -> government, department
    handles: Mapping[str, tuple[str, str | None]]  # official handle -> government, department
    served: Mapping[str, str]  # Kemendagri code -> government that works here
    areas: Mapping[str, str]  # Kemendagri code -> outside department that answers there
    topics: Mapping[str, str]  # label -> name
    by_topic: Mapping[str, tuple[Rule, ...]]  # label -> rules that may speak, in the file's order
    sensitive: tuple[Rule, ...]
    sensitive_words: Mapping[str, frozenset[str]]  # kind -> folded words
    trivial_words: Mapping[str, frozenset[str]]
    request_words: frozenset[str]
    lexicon: Lexicon
    clocks: tuple[Clock, ...]
    reject_reasons: Mapping[str, str]
    thresholds: Thresholds
    home: str  # government that answers when nothing else says: the first province

    def coordinator(self, account: str) -> str:
        """The department that watches over shared stories, by the account that they reached."""
        government, _ = self.belongs(account) or (self.home, None)
        return self.governments[government].coordinator

    def is_official(self, mention: Mention) -> bool:
        """Whether a watched account wrote it, also where another account was shown it."""
        handle = mention.author.handle if mention.author else None
        return bool(handle) and self.belongs(f"{mention.platform}:{handle}") is not None

    def belongs(self, account: str) -> tuple[str, str | None] | None:
        """Government and department of an account, by its key or, for imports, "platform:handle"."""
        return self.accounts.get(account) or self.handles.get(_bare(account.rpartition(":")[2]))

    def dues(self, department: str, *, opened_at: datetime) -> tuple[Due, ...]:
        """Every limit that binds `department`, nearest first."""
        bound = self.departments[department]
        return due_dates(self.clocks, government=bound.government, outside=bound.outside,
                         unassigned=department == TRIAGE, opened_at=opened_at)

    def due(self, department: str, *, opened_at: datetime) -> Due | None:
        """The nearest limit and the clock that it cites; None where no clock binds."""
        return next(iter(self.dues(department, opened_at=opened_at)), None)

    def topic_name(self, label: str) -> str:
        return self.topics.get(label, label)

    def department_name(self, key: str) -> str:
        """The official name; a key that a later file no longer knows names itself."""
        return self.departments[key].name if key in self.departments else key

    def addresses(self, department: str) -> tuple[tuple[str, str], ...]:
        """(transport kind, address) pairs that are told about the department's tickets."""
        return self.departments[department].addresses if department in self.departments else ()


def compile_rules(settings: Settings) -> Rules:
    """Index `settings`, whose cross-references `settings.load` has already checked."""
    rules = tuple(_rule(route) for route in settings.routes if route.mode == "act")
    signals, limits = settings.signals, settings.thresholds
    sensitive_words = {kind: _folded(words) for kind, words in signals.sensitive.items()}
    trivial_words = {kind: _folded(words) for kind, words in signals.trivial.items()}
    request_words = _folded(signals.request)
    words = {w for rule in rules for w in rule.any | rule.none}.union(
        *sensitive_words.values(), *trivial_words.values(), request_words, _folded(SUBURBS), _folded(VILLAGE_WORDS))
    return Rules(
        hash=settings.ruleset,
        governments=_frozen((key, Government(key, g.level, g.code, g.coordinator))
                            for key, g in settings.governments.items()),
        departments=_frozen((key, _department(key, d, settings)) for key, d in settings.departments.items()),
        accounts=_frozen((a.key, (a.government, a.department)) for a in settings.accounts),
        handles=_frozen(_handles(settings)),
        served=_frozen((g.code, key) for key, g in settings.governments.items()),
        areas=_frozen((d.area, key) for key, d in settings.departments.items() if d.outside and d.area),
        topics=_frozen((label, topic.name) for label, topic in settings.topics.items()),
        by_topic=_frozen((label, tuple(r for r in rules if not r.sensitive and r.topic in (None, label)))
                         for label in {*settings.topics, UNKNOWN_TOPIC}),
        sensitive=tuple(rule for rule in rules if rule.sensitive),
        sensitive_words=MappingProxyType(sensitive_words),
        trivial_words=MappingProxyType(trivial_words),
        request_words=request_words,
        lexicon=Lexicon(words),
        clocks=tuple(Clock(c.name, c.government, c.outside, c.hours, c.working_days, c.valid_from)
                     for c in settings.clocks),
        reject_reasons=_frozen(settings.reject_reasons.items()),
        thresholds=Thresholds(limits.topic, limits.second_topic, limits.place),
        home=_home(settings),
    )


def _frozen(pairs: Iterable[tuple[K, V]]) -> Mapping[K, V]:
    return MappingProxyType(dict(pairs))


def _folded(words: Iterable[str]) -> frozenset[str]:
    """Folded words; one that is all punctuation folds to nothing and is left out."""
    return frozenset(word for word in map(folded, words) if word.strip())


def _rule(route: RouteSettings) -> Rule:
    when = route.when
    return Rule(route.name, route.to, route.priority, when.topic, when.government, when.place, when.account,
                _folded(when.any), _folded(when.none), when.sensitive)


def _department(key: str, given: DepartmentSettings, settings: Settings) -> Department:
    government = settings.governments.get(given.government or "")
    level = given.level or (government.level if government else "pusat" if given.outside else "unknown")
    addresses = tuple((kind, address) for kind, _, address in (entry.partition(":") for entry in given.notify))
    area = given.area or (government.code if government else None)
    return Department(key, given.name, given.government, level, area, given.outside, addresses)


def _handles(settings: Settings) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Official handles; those of a government count where a department's do not."""
    for department_key, department in settings.departments.items():
        if department.government:
            for handle in department.handles:
                yield _bare(handle), (department.government, department_key)
    for account in settings.accounts:
        yield _bare(account.handle), _belongs(account)


def _bare(handle: str) -> str:
    return handle.lstrip("@").lower()


def _belongs(account: AccountSettings) -> tuple[str, str | None]:
    return account.government, account.department


def _home(settings: Settings) -> str:
    provinces = [key for key, government in settings.governments.items() if government.level == "provinsi"]
    return (provinces or list(settings.governments))[0]
