"""Rules that never fire, are never reached or fire on everything; words that do nothing; desks nobody feeds.

Two kinds of findings. Some follow from the file alone: a rule behind one that asks for less, a word in two
topics, a topic without a rule. The others need history: what has not fired in ninety days may still be right
(floods come once a year), so these are told and not judged; `strict` counts those of the first kind and
rules that take more than a fifth of the traffic.

A rule is called shadowed only where an earlier one holds whenever it does: same topic or none, same government
or none, its words among the other's, and a desk that may work wherever the later one's may.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deciding import decide
from domain import Verdict
from nlp.extract import MAX_CHARS, Extractor
from nlp.local_names import LocalNames
from nlp.phrases import Phrasebook, lists_of
from nlp.tokens import cut
from routing.rules import TRIAGE, UNKNOWN_TOPIC, Department, Rule, Rules, compile_rules
from settings import Settings
from storage import stored_extraction
from storage.records import PastMention

GREEDY = 0.2
LEAST_TRAFFIC = 50  # fewer routed stories say nothing about a share
Where = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` ∈ shadowed greedy twice no_route no_desk unread dead silent; `certain` ones make `--strict` fail."""

    code: str
    where: str
    what: str
    hint: str = ""
    certain: bool = False


@dataclass
class Traffic:
    """What history did: rule -> how often it decided, phrase or place -> how often it stood in a text."""

    mentions: int = 0
    routed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    phrases: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: Counter[tuple[str, str]] = field(default_factory=Counter)  # name and code of an operators' place


def traffic_of(history: Iterable[PastMention], settings: Settings) -> Traffic:
    """Every past mention through the rules and the word lists of today."""
    rules, book, extractor = compile_rules(settings), Phrasebook(lists_of(settings)), Extractor(settings)
    traffic, names = Traffic(), LocalNames(settings.places)
    for past in history:
        traffic.mentions += 1
        words = cut(past.mention.text[:MAX_CHARS], book.table)
        traffic.phrases.update({(hit.label, hit.phrase) for hit in book.hits(words).get("topic", ())})
        traffic.places.update({(place.name, place.code) for found in names.find(words) for place in found.meant})
        if past.first:
            seen = stored_extraction(past.seen) if past.ruleset == rules.hash else extractor.extract(past.mention)
            verdict = Verdict(past.mention.key, "new")
            decision = decide(past.mention, verdict=verdict, extraction=seen, standing=None, rules=rules)
            traffic.routed += bool(decision.routes)
            traffic.rules.update({route.rule for route in decision.routes})
    return traffic


def lint(settings: Settings, where: Where, *, traffic: Traffic | None = None,
         readers: Iterable[str] | None = None) -> Iterator[Finding]:
    """Findings in the file's order. `readers` are departments that somebody reads, where that is known."""
    rules = compile_rules(settings)
    places = {route.name: i for i, route in enumerate(settings.routes) if route.mode == "act"}
    yield from _shadowed(rules, places, where)
    yield from _words_twice(settings, where)
    yield from _topics_without_rule(rules, where)
    yield from _desks_without_rule(settings, rules, where)
    if readers is not None:
        yield from _unread(settings, frozenset(readers), where)
    if traffic is not None:
        yield from _by_traffic(settings, traffic, places, where)


# --- from the file alone -------------------------------------------------------------------------


def _shadowed(rules: Rules, places: Mapping[str, int], where: Where) -> Iterator[Finding]:
    seen: set[str] = set()
    for label in sorted(rules.by_topic):
        spoken = [rule for rule in rules.by_topic[label] if rule.topic == label or label == UNKNOWN_TOPIC]
        for later in spoken:
            earlier = _earlier(later, rules.by_topic[label], rules)
            if earlier is not None and later.name not in seen:
                seen.add(later.name)
                yield Finding("shadowed", where("routes", places[later.name], "name"),
                              f"rute '{later.name}' tidak pernah tercapai: '{earlier.name}' di atasnya selalu menang",
                              "pindahkan ke atasnya, atau hapus", certain=True)


def _earlier(later: Rule, rules: Iterable[Rule], known: Rules) -> Rule | None:
    for rule in rules:
        if rule.name == later.name:
            return None
        if _asks_for_less(rule, later) and _serves_as_well(known.departments[rule.to], known.departments[later.to]):
            return rule
    return None


def _asks_for_less(rule: Rule, than: Rule) -> bool:
    return (
        rule.topic in (None, than.topic) and rule.government in (None, than.government)
        and rule.account in (None, than.account) and rule.sensitive == than.sensitive
        and (rule.place is None or (than.place or "").startswith(rule.place))
        and (not rule.any or (bool(than.any) and than.any <= rule.any)) and rule.none <= than.none
    )


def _serves_as_well(one: Department, other: Department) -> bool:
    return one.area is None or (one.area, one.level, one.government) == (other.area, other.level, other.government)


def _words_twice(settings: Settings, where: Where) -> Iterator[Finding]:
    """A word of two topics is shared out among them: often meant, so told and not judged."""
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for kind, label, form, phrase in sorted(Phrasebook(lists_of(settings)).forms):
        if kind == "topic":
            labels[form][label] = phrase
    for form, found in sorted(labels.items()):
        if len(found) > 1:
            first = next(iter(found))
            yield Finding("twice", where("topics", first, "keywords"), f"kata '{form}' ada di topik {', '.join(found)}",
                          "bobotnya terbagi; hapus dari yang bukan pokoknya")


def _topics_without_rule(rules: Rules, where: Where) -> Iterator[Finding]:
    for label, spoken in rules.by_topic.items():
        if label != UNKNOWN_TOPIC and not any(rule.topic == label for rule in spoken):
            yield Finding("no_route", where("topics", label), f"topik '{label}' tidak punya rute: semuanya ke triase",
                          "tambahkan rute, atau gabungkan topiknya", certain=True)


def _desks_without_rule(settings: Settings, rules: Rules, where: Where) -> Iterator[Finding]:
    fed = {route.to for route in settings.routes} | {g.coordinator for g in settings.governments.values()}
    fed |= {account.department for account in settings.accounts if account.department} | set(rules.areas.values())
    fed |= {agency.department for agency in settings.agencies}
    for key in settings.departments:
        if key not in fed and key != TRIAGE:
            yield Finding("no_desk", where("departments", key), f"tidak ada rute ke '{key}'",
                          "tiketnya hanya datang bila petugas mengalihkan")


def _unread(settings: Settings, readers: frozenset[str], where: Where) -> Iterator[Finding]:
    for key, department in settings.departments.items():
        if not department.outside and key not in readers:
            yield Finding("unread", where("departments", key), f"tidak ada petugas yang membaca kotak masuk '{key}'",
                          f"kentongan users add NAMA --department {key}")


# --- with history --------------------------------------------------------------------------------


def _by_traffic(
    settings: Settings, traffic: Traffic, places: Mapping[str, int], where: Where
) -> Iterator[Finding]:
    for name, place in places.items():
        fired = traffic.rules[name]
        if traffic.routed >= LEAST_TRAFFIC and fired > GREEDY * traffic.routed:
            yield Finding("greedy", where("routes", place, "name"),
                          f"rute '{name}' menangkap {fired / traffic.routed:.0%} dari {traffic.routed} perkara",
                          "periksa apakah syaratnya terlalu longgar", certain=True)
        elif not fired:
            yield Finding("dead", where("routes", place, "name"),
                          f"rute '{name}' tidak pernah dipakai dalam riwayat ini")
    for label, topic in settings.topics.items():
        for language, words in topic.keywords.items():
            silent = [word for word in words if not traffic.phrases[label, word]]
            if silent:
                yield Finding("silent", where("topics", label, "keywords", language),
                              f"topik '{label}' ({language}): {len(silent)} dari {len(words)} kata tidak pernah muncul",
                              ", ".join(silent[:8]) + (", …" if len(silent) > 8 else ""))
    for i, named in enumerate(settings.places):
        if not traffic.places[named.name, named.code]:
            yield Finding("silent", where("places", i, "name"),
                          f"nama tempat '{named.name}' tidak pernah muncul dalam riwayat ini",
                          "" if named.aliases else "tambahkan sebutan lain di aliases")
