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
from routing.calls import Calls, compile_calls
from routing.clocks import ARRIVAL, COMPLAINT, OVERSIGHT, STARTS, Clock, Due, binding, limits
from routing.words import Lexicon, folded
from settings import (
    AccountSettings,
    AgencySettings,
    ClockSettings,
    Dated,
    DepartmentSettings,
    RoadSettings,
    RouteSettings,
    Settings,
)

TRIAGE = "triage"
WHISTLE = "whistle_blowing"
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
    contact: str = ""


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
class InForce:
    """From which day to which (ISO dates in WIB, both included) an entry of the data files holds."""

    first: str
    last: str | None

    def on(self, day: str) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Agency:
    """A body outside of the served governments. `topics` empty: all but those of streets and water."""

    key: str
    department: str
    names: frozenset[str]
    topics: frozenset[str]
    force: InForce
    verified: bool


@dataclass(frozen=True, slots=True)
class Suburb:
    code: str
    force: InForce


@dataclass(frozen=True, slots=True)
class Road:
    names: frozenset[str]
    near: frozenset[str]
    road_class: str
    department: str
    force: InForce
    verified: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    topic: float
    second_topic: float
    second_desk: float
    place: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What `route`, `lane_of`, `transition` and the pipeline ask. Made by `compile_rules`."""

    hash: str
    governments: Mapping[str, Government]
    departments: Mapping[str, Department]
    accounts: Mapping[str, tuple[str, str | None]]  # key -> government, department
    handles: Mapping[str, tuple[str, str | None]]  # official handle -> government, department
    ids: Mapping[tuple[str, str], tuple[str, str | None]]  # platform and native id -> government, department
    handles_with_id: frozenset[tuple[str, str]]  # platform and handle of the accounts whose id the file gives
    served: Mapping[str, str]  # Kemendagri code -> government that works here
    areas: Mapping[str, str]  # Kemendagri code -> outside department that answers there
    topics: Mapping[str, str]  # label -> name
    by_topic: Mapping[str, tuple[Rule, ...]]  # label -> rules that may speak, in the file's order
    sensitive: tuple[Rule, ...]
    sensitive_words: Mapping[str, frozenset[str]]  # kind -> folded words
    trivial_words: Mapping[str, frozenset[str]]
    request_words: frozenset[str]
    lexicon: Lexicon
    agencies: tuple[Agency, ...]
    called: Mapping[str, tuple[Agency, ...]]  # folded name -> the bodies that bear it
    suburbs: Mapping[str, tuple[Suburb, ...]]  # folded name -> what it means, and when
    roads: tuple[Road, ...]
    road_names: frozenset[str]  # of all of them: most posts name none
    village_words: frozenset[str]
    clocks: Mapping[str, Mapping[str, tuple[Clock, ...]]]  # department -> from which event on -> what binds it
    pause_days: int | None  # working days for which a question to the citizen stops a desk's time, at most
    reject_reasons: Mapping[str, str]
    thresholds: Thresholds
    home: str  # government that answers when nothing else says: the first province
    calls: Calls

    def coordinator(self, account: str) -> str:
        """The department that watches over shared stories, by the account that they reached."""
        government, _ = self.belongs(account) or (self.home, None)
        return self.governments[government].coordinator

    def is_official(self, mention: Mention) -> bool:
        """Whether a watched account or a department's wrote it, also where another account was shown it."""
        return self.office_of(mention) is not None

    def commands(self, mention: Mention) -> bool:
        """Whether a government's own account wrote it, not one of its departments'."""
        office = self.office_of(mention)
        return office is not None and office[1] is None

    def office_of(self, mention: Mention) -> tuple[str, str | None] | None:
        """Government and department of the author: by the platform's id, else by a handle that no other id bears."""
        if mention.own:
            return self.belongs(mention.account)
        author = mention.author
        if author is None:
            return None
        platform = mention.platform.removesuffix("_graph")
        if author.id and (known := self.ids.get((platform, author.id))):
            return known
        if not author.handle or (author.id and (platform, _bare(author.handle)) in self.handles_with_id):
            return None  # somebody else's id under an office's name: taken over, or made to look like it
        return self.belongs(f"{mention.platform}:{author.handle}")

    def belongs(self, account: str) -> tuple[str, str | None] | None:
        """Government and department of an account, by its key or, for imports, "platform:handle"."""
        return self.accounts.get(account) or self.handles.get(_bare(account.rpartition(":")[2]))

    def dues(self, department: str, *, opened_at: datetime) -> tuple[Due, ...]:
        """Every limit that binds `department` from the arrival on, nearest first, law or not."""
        return self._dues(department, opened_at, ARRIVAL)

    def due(self, department: str, *, opened_at: datetime) -> Due | None:
        """The nearest limit of law and the clock that it cites; None where no clock binds."""
        return next((due for due in self.dues(department, opened_at=opened_at) if due.legal), None)

    def dues_from(self, starts: str, department: str, *, at: datetime) -> tuple[Due, ...]:
        """The limits that run from a later moment: a disposition, a desk's follow-up."""
        return self._dues(department, at, starts)

    def _dues(self, department: str, at: datetime, starts: str) -> tuple[Due, ...]:
        return limits(self.clocks[department][starts], opened_at=at)

    def examiners(self, rule: str, department: str) -> frozenset[str] | None:
        """The desks that may read what `rule` sent to `department` as a disclosure; None where it is none.

        Where the examiners themselves are accused (the rule asks for their name), only those who stand above them.
        """
        disclosing = [each for each in self.sensitive if each.sensitive == WHISTLE]
        opener = next((each for each in self.sensitive if each.name == rule), None)
        if opener is None:  # opened by a split: its desk tells what it is
            return frozenset(each.to for each in disclosing) if department in {each.to for each in disclosing} else None
        if opener.sensitive != WHISTLE:
            return None
        return frozenset(each.to for each in disclosing if each.any or not opener.any)

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
    agencies, roads = tuple(map(_agency, settings.agencies)), tuple(map(_road, settings.roads))
    suburbs = _suburbs(settings)
    village_words = _folded(settings.village_words)
    words = {w for rule in rules for w in rule.any | rule.none}.union(
        *sensitive_words.values(), *trivial_words.values(), request_words, suburbs, village_words,
        *(agency.names for agency in agencies), *(road.names | road.near for road in roads))
    departments = {key: _department(key, d, settings) for key, d in settings.departments.items()}
    return Rules(
        hash=settings.ruleset,
        governments=_frozen((key, Government(key, g.level, g.code, g.coordinator))
                            for key, g in settings.governments.items()),
        departments=_frozen(departments.items()),
        accounts=_frozen((a.key, (a.government, a.department)) for a in settings.accounts),
        handles=_frozen(_handles(settings)),
        ids=_frozen(((_platform(a), a.native_id), _belongs(a)) for a in settings.accounts if a.native_id),
        handles_with_id=frozenset((_platform(a), _bare(a.handle)) for a in settings.accounts if a.native_id),
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
        agencies=agencies,
        called=_frozen((name, tuple(a for a in agencies if name in a.names)) for name in
                       sorted(set().union(*(a.names for a in agencies)))),
        suburbs=_frozen(suburbs.items()),
        roads=roads,
        road_names=frozenset().union(*(road.names for road in roads)),
        village_words=village_words,
        clocks=_clocks(settings, departments.values(), rules),
        pause_days=settings.pauses.working_days if settings.pauses else None,
        reject_reasons=_frozen(settings.reject_reasons.items()),
        thresholds=Thresholds(limits.topic, limits.second_topic, limits.second_desk, limits.place),
        home=_home(settings),
        calls=compile_calls(settings),
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


def _agency(given: AgencySettings) -> Agency:
    return Agency(given.key, given.department, _folded(given.names), frozenset(given.topics), _force(given),
                  given.verified)


def _road(given: RoadSettings) -> Road:
    return Road(_folded(given.names), _folded(given.near), given.road_class, given.department, _force(given),
                given.verified)


def _suburbs(settings: Settings) -> dict[str, tuple[Suburb, ...]]:
    """Name -> what it meant at its time: a suburb may change hands."""
    found: dict[str, tuple[Suburb, ...]] = {}
    for given in settings.suburbs:
        for name in _folded(given.names):
            found[name] = (*found.get(name, ()), Suburb(given.code, _force(given)))
    return found


def _clocks(
    settings: Settings, departments: Iterable[Department], rules: Iterable[Rule]
) -> Mapping[str, Mapping[str, tuple[Clock, ...]]]:
    """What binds each desk. What an inspectorate examines is another class of matter, with the long limit."""
    clocks = [_clock(each) for each in settings.clocks]
    examiners = {rule.to for rule in rules if rule.sensitive == WHISTLE}
    return _frozen((bound.key, _frozen((starts, binding(
        clocks, government=bound.government, outside=bound.outside, unassigned=bound.key == TRIAGE, starts=starts,
        kind=OVERSIGHT if bound.key in examiners else COMPLAINT)) for starts in STARTS)) for bound in departments)


def _clock(given: ClockSettings) -> Clock:
    return Clock(given.name, given.government, given.outside, given.hours, given.working_days, given.valid_from,
                 given.valid_to, given.starts, given.kind, given.legal)


def _force(given: Dated) -> InForce:
    return InForce(given.valid_from, given.valid_to)


def _department(key: str, given: DepartmentSettings, settings: Settings) -> Department:
    government = settings.governments.get(given.government or "")
    level = given.level or (government.level if government else "pusat" if given.outside else "unknown")
    addresses = tuple((kind, address) for kind, _, address in (entry.partition(":") for entry in given.notify))
    area = given.area or (government.code if government else None)
    return Department(key, given.name, given.government, level, area, given.outside, addresses,
                      given.contact)


def _handles(settings: Settings) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Official handles; those of a government count where a department's do not."""
    for department_key, department in settings.departments.items():
        if department.government:
            for handle in department.handles:
                yield _bare(handle), (department.government, department_key)
    for account in settings.accounts:
        yield _bare(account.handle), _belongs(account)


def _platform(account: AccountSettings) -> str:
    return account.platform.removesuffix("_graph")


def _bare(handle: str) -> str:
    return handle.lstrip("@").lower()


def _belongs(account: AccountSettings) -> tuple[str, str | None]:
    return account.government, account.department


def _home(settings: Settings) -> str:
    provinces = [key for key, government in settings.governments.items() if government.level == "provinsi"]
    return (provinces or list(settings.governments))[0]
