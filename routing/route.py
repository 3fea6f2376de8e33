"""Says where a mention goes, and why: place x topic x account x level -> one or more Routes. Pure.

For every topic that is sure enough, the first rule that holds and whose department may work on this
ground wins; the next one that would have sent it elsewhere is the runner-up. Where no rule speaks, a
matter on another government's ground is handed over to that government, a post to a department's own
account goes to that department, and the rest goes to people in `triage`. Never empty, never "not ours".

Two matters do not follow the topic:
- sensitive kinds (`sensitive` rules come first). Whistle-blowing, sexual violence and self-harm go to
  their one department and nowhere else, so that no desk complained about reads them, and never to an
  outside body by machine: on another kabupaten's ground the province's department takes them.
- a vulnerable person's case of health, school or livelihood in another kabupaten: the hand-over alone
  would leave a sick or hungry person waiting for a letter, so the province's department gets it too.

Known failures. Rules see words, not who does what to whom: "kata polisi jalan ini milik kota" about a
theft goes to the police. A second topic under the threshold is lost to the first one's department.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from domain import PRIORITIES, Extraction, Mention, Reason, Route, Span, Topic
from routing.agencies import agency_of
from routing.jurisdiction import (
    Ground,
    covers,
    day_of,
    departments_addressed,
    ground_of,
    may_serve,
    owner_level,
    province_over,
    road_of,
)
from routing.rules import TRIAGE, UNKNOWN_TOPIC, Rule, Rules
from routing.words import Found

MAX_ROUTES = 4
# one desk, no second reader
ALONE = frozenset({"whistle_blowing", "sexual_violence", "domestic_violence", "self_harm"})
CARE_TOPICS = frozenset({"kesehatan", "pendidikan", "bansos"})
ROADS = "jalan_jembatan"
# who is in need of what a desk gives: topic -> kinds of vulnerable persons
TREATED = {"kesehatan": frozenset({"sick", "pregnant", "elderly", "kin", "child", "children", "disabled", "poverty"}),
           "pendidikan": frozenset({"poverty"})}
RESCUE_TOPICS = frozenset({"bencana", "banjir_drainase"})
HINT_SCORE = 0.3  # a department's own account was addressed, nothing else is known
GENERIC_DISCOUNT = 0.5  # what the next rule of the same topic would have scored beside the first


@dataclass(frozen=True, slots=True)
class Case:
    """One mention with all that its rules may look at."""

    mention: Mention
    extraction: Extraction
    rules: Rules
    found: Found
    ground: Ground
    kinds: frozenset[str]  # of sensitive matter, by words; empty unless the NLP says sensitive


def route(mention: Mention, extraction: Extraction, rules: Rules) -> tuple[Route, ...]:
    """Every destination, the surest first; at most MAX_ROUTES, each department once, never empty."""
    found = rules.lexicon.find(mention.text)
    case = Case(mention, extraction, rules, found, ground_of(mention, extraction, found, rules),
                _sensitive_kinds(extraction, found, rules))
    restricted = _sensitive_route(case)
    if extraction.sensitive and not case.kinds:  # a secret of a kind that no rule knows: people say who may read it
        return (_triage(case, "triage-sensitive"),)
    if case.kinds & ALONE:
        return (restricted or _triage(case, "triage-sensitive"),)
    chosen = list(_by_topics(case))
    if restricted:  # what is secret stays in the house: nothing of it is handed over by machine
        chosen = [restricted, *(candidate for candidate in chosen if not candidate.outside)]
    return _ranked(chosen or [_last_resort(case)])


def _sensitive_kinds(extraction: Extraction, found: Found, rules: Rules) -> frozenset[str]:
    if not extraction.sensitive:
        return frozenset()
    return frozenset(kind for kind, words in rules.sensitive_words.items() if words & found.words)


# --- choosing ----------------------------------------------------------------------------------


def _sensitive_route(case: Case) -> Route | None:
    """The desk of a sensitive matter. Another kabupaten's is the province's, never handed over by machine."""
    ground = case.ground if case.ground.government else province_over(case.ground, case.rules)
    if not case.kinds or ground is None:
        return None
    for rule in case.rules.sensitive:
        if rule.sensitive in case.kinds and _holds(rule, case, ground):
            kind = Reason(f"sensitive:{rule.sensitive}", 1.0, case.found.spans(_kind_words(case, rule)))
            topic = case.extraction.topics[0] if case.extraction.topics else Topic(UNKNOWN_TOPIC, 0.0)
            return _route(case, ground, rule.to, rule=rule.name, topic=topic, score=1.0, because=(kind,),
                          priority=rule.priority)
    return None


def _kind_words(case: Case, rule: Rule) -> frozenset[str]:
    return case.rules.sensitive_words[rule.sensitive or ""] & case.found.words


def _by_topics(case: Case) -> Iterator[Route]:
    """The first topic that is sure enough, and every further one that is surer still.

    Of the second topics of the invented day the real ones score .73 and more, fifteen of twenty false ones less than
    .72: hence `second_desk`. Somebody in need is heard by the second desk before that.
    """
    limits = case.rules.thresholds
    for position, topic in enumerate(case.extraction.topics):
        if topic.score >= (_second_limit(case, topic) if position else limits.topic):
            yield from _for_topic(case, topic)
        elif position == 0:
            break
    if not case.extraction.topics or case.extraction.topics[0].score < limits.topic:
        nothing = Topic(UNKNOWN_TOPIC, 0.5)
        spoken = list(_by_rules(case, case.ground, nothing))
        known = _known_owner(case, nothing, spoken)
        yield from [known] if known else spoken


def _second_limit(case: Case, topic: Topic) -> float:
    in_need = case.extraction.relevance.vulnerable and topic.label in CARE_TOPICS
    return case.rules.thresholds.second_topic if in_need else case.rules.thresholds.second_desk


def _for_topic(case: Case, topic: Topic) -> Iterator[Route]:
    beside = _of_the_province(case, topic)
    yield from beside
    spoken = list(_by_rules(case, case.ground, topic))
    if known := _known_owner(case, topic, spoken):
        spoken = [known]
    yield from (_perhaps_the_road(case, topic, route) for route in spoken)
    yield from _care_beside(case, topic, [*beside, *spoken])
    if not spoken and case.ground.outside and topic.label != UNKNOWN_TOPIC:
        handed = _route(case, case.ground, case.ground.outside, rule="jurisdiction", topic=topic,
                        score=topic.score * case.ground.score)
        yield _perhaps_the_road(case, topic, handed)


def _perhaps_the_road(case: Case, topic: Topic, route: Route) -> Route:
    """A road whose class nobody has verified moves no ticket: its owner is the runner-up, and the reason says why."""
    named = road_of(case.found, case.rules, day_of(case.mention)) if topic.label == ROADS else None
    if named is None or named[0].verified or route.runner_up or named[0].department == route.department:
        return route
    road, word = named
    why = Reason(f"road:{road.road_class} {word.strip()}, belum diverifikasi", 0.0, (case.found.span(word),))
    return replace(route, runner_up=road.department, because=(*route.because, why),
                   margin=_margin(route.score, route.score * GENERIC_DISCOUNT))


def _of_the_province(case: Case, topic: Topic) -> list[Route]:
    """Desks of the served province that act on another kabupaten's ground beside the hand-over."""
    needed = _care_of_the_province(case, topic) or _addressed_desk(case, topic)
    return [route for route in (needed, _rescue_of_the_province(case, topic)) if route is not None]


def _care_beside(case: Case, topic: Topic, spoken: Sequence[Route]) -> Iterator[Route]:
    """A sick person or a child out of school is heard by the desk that treats or teaches, whoever pays or owns.

    "Cancer, and her insurance card is dead" goes to social affairs for the card and to health for her.
    """
    kinds = {reason.what.removeprefix("vulnerable:") for reason in case.extraction.relevance.vulnerable}
    if not spoken or not kinds or kinds.isdisjoint(TREATED.get(topic.label, ())):
        return
    ground = case.ground if case.ground.government else province_over(case.ground, case.rules)
    if ground is None:
        return
    social = {rule.to for rule in case.rules.by_topic.get("bansos", ())}
    if all(route.outside or route.department in social for route in spoken):
        general = next((rule for rule in case.rules.by_topic.get(topic.label, ())
                        if not rule.any and _holds(rule, case, ground)), None)
        if general is not None and not case.rules.departments[general.to].outside:
            why = Reason("vulnerable:who treats and teaches hears of it", 0.0, _vulnerable_spans(case.extraction))
            yield _route(case, ground, general.to, rule=general.name, topic=topic, score=topic.score * ground.score,
                         because=(why,), priority=general.priority)


def _known_owner(case: Case, topic: Topic, spoken: Sequence[Route]) -> Route | None:
    """A body or a road of the data files that the text names, where no rule of words has spoken already."""
    if any(reason.what.startswith("word:") for route in spoken for reason in route.because):
        return None
    day = day_of(case.mention)
    if topic.label == ROADS and (named := road_of(case.found, case.rules, day)) is not None and named[0].verified:
        road, word = named
        if may_serve(case.rules.departments[road.department], case.ground, case.rules):
            why = Reason(f"road:{road.road_class} {word.strip()}", 1.0, (case.found.span(word),))
            return _route(case, case.ground, road.department, rule=f"ruas-{road.road_class}", topic=topic,
                          score=topic.score, because=(why,))
    called = agency_of(case.mention.text, case.found, case.rules, topic, day)
    if called is None or not may_serve(case.rules.departments[called.agency.department], case.ground, case.rules):
        return None
    other = spoken[0].department if spoken else case.ground.outside
    chosen = _route(case, case.ground, called.agency.department, rule=f"instansi-{called.agency.key}", topic=topic,
                    score=topic.score, because=(Reason(f"agency:{called.word.strip()}", 1.0, (called.span,)),))
    return replace(chosen, runner_up=other if other != chosen.department else None,
                   margin=_margin(chosen.score, chosen.score * GENERIC_DISCOUNT))


def _care_of_the_province(case: Case, topic: Topic) -> Route | None:
    """A vulnerable person on another kabupaten's ground: the served province's own department as well."""
    if not (case.ground.outside and case.extraction.relevance.vulnerable and topic.label in CARE_TOPICS):
        return None
    ground = province_over(case.ground, case.rules)
    chosen = next(_by_rules(case, ground, topic), None) if ground else None
    if chosen is None or chosen.outside:
        return None
    weight = Reason("vulnerable:the province acts as well", 0.0, _vulnerable_spans(case.extraction))
    return replace(chosen, because=(*chosen.because, weight))


def _addressed_desk(case: Case, topic: Topic) -> Route | None:
    """The province's desk that the citizen wrote to, where the topic is its own, beside the hand-over."""
    ground = province_over(case.ground, case.rules) if case.ground.outside else None
    addressed = set(departments_addressed(case.mention, case.rules))
    chosen = next(_by_rules(case, ground, topic), None) if ground and addressed else None
    if chosen is None or chosen.department not in addressed:
        return None
    return replace(chosen, because=(*chosen.because, Reason(f"addressed:{chosen.department}", HINT_SCORE)))


def _rescue_of_the_province(case: Case, topic: Topic) -> Route | None:
    """Lives in danger on another kabupaten's ground: the province's rescuers hear of it at once."""
    if not (case.ground.outside and case.extraction.urgency.label == "darurat" and topic.label in RESCUE_TOPICS):
        return None
    ground = province_over(case.ground, case.rules)
    chosen = next(_by_rules(case, ground, replace(topic, label="bencana")), None) if ground else None
    if chosen is None or chosen.outside:
        return None
    return replace(chosen, topic=topic.label,
                   because=(*chosen.because, Reason("darurat:the province's rescuers hear of it", 0.0)))


def _vulnerable_spans(extraction: Extraction) -> tuple[Span, ...]:
    return tuple(span for reason in extraction.relevance.vulnerable for span in reason.spans)


def _by_rules(case: Case, ground: Ground, topic: Topic) -> Iterator[Route]:
    """The winning rule's route with its runner-up; nothing where no rule holds."""
    holding = (rule for rule in case.rules.by_topic.get(topic.label, ()) if _holds(rule, case, ground))
    winner = next(holding, None)
    if winner is None:
        return
    score = topic.score * (1.0 if winner.any else ground.score)
    other = next((rule.to for rule in holding if rule.to != winner.to), None) or ground.outside or ground.runner_up
    route = _route(case, ground, winner.to, rule=winner.name, topic=topic, score=score,
                   because=_word_reasons(winner, case.found), priority=winner.priority)
    if other and other != winner.to:
        second = topic.score * ground.score * GENERIC_DISCOUNT
        route = replace(route, runner_up=other, margin=_margin(score, second))
    yield route


def _holds(rule: Rule, case: Case, ground: Ground) -> bool:
    """All that the rule asks for is there, and the law lets its department act here."""
    words, mention = case.found.words, case.mention
    return (
        (rule.government is None or rule.government == ground.government)
        and (not rule.any or not rule.any.isdisjoint(words))
        and rule.none.isdisjoint(words)
        and (rule.place is None or covers(rule.place, ground.code))
        and (rule.account is None or rule.account in (mention.account, *mention.seen_by))
        and may_serve(case.rules.departments[rule.to], ground, case.rules)
    )


def _last_resort(case: Case) -> Route:
    """No rule spoke: the department whose account was addressed, else people."""
    topics = case.extraction.topics
    if topics and topics[0].score >= case.rules.thresholds.topic and topics[0].label != UNKNOWN_TOPIC:
        return _triage(case, "triage-no-rule")
    for key in departments_addressed(case.mention, case.rules):
        if may_serve(case.rules.departments[key], case.ground, case.rules):
            return _route(case, case.ground, key, rule="account-department", score=HINT_SCORE,
                          topic=_best_topic(case), because=(Reason(f"addressed:{key}", HINT_SCORE),))
    media_only = bool(case.mention.media) and not case.extraction.topics
    return _triage(case, "triage-media-only" if media_only else "triage-no-topic")


# --- writing it down -----------------------------------------------------------------------------


def _route(
    case: Case, ground: Ground, department: str, *, rule: str, topic: Topic, score: float,
    because: tuple[Reason, ...] = (), priority: str = "normal",
) -> Route:
    bound = case.rules.departments[department]
    said = (Reason(f"topic:{topic.label}", round(topic.score, 3), topic.spans),) if topic.score else ()
    return Route(
        department=department, owner=owner_level(bound, case.found, case.rules),
        priority=_priority(priority, case.extraction), rule=rule, score=round(score, 3), topic=topic.label,
        because=(*said, *because, *ground.because),
        outside=bound.outside,
    )


def _triage(case: Case, rule: str) -> Route:
    """To people, with the body that the place points at as runner-up."""
    chosen = _route(case, case.ground, TRIAGE, rule=rule, topic=_best_topic(case), score=0.0)
    return replace(chosen, runner_up=case.ground.outside, margin=0.0)


def _best_topic(case: Case) -> Topic:
    return case.extraction.topics[0] if case.extraction.topics else Topic(UNKNOWN_TOPIC, 0.0)


def _word_reasons(rule: Rule, found: Found) -> tuple[Reason, ...]:
    words = sorted(rule.any & found.words)
    return tuple(Reason(f"word:{word.strip()}", 1.0, (found.span(word),)) for word in words)


def _priority(ruled: str, extraction: Extraction) -> str:
    """The rule's priority, raised by danger and by vulnerable people, lowered only where nobody is."""
    level = PRIORITIES.index(ruled)
    urgency = extraction.urgency.label
    if urgency == "darurat":
        return "segera"
    if urgency == "tinggi" or extraction.relevance.vulnerable or extraction.sensitive:
        return PRIORITIES[max(level, PRIORITIES.index("tinggi"))]
    return PRIORITIES[0] if urgency == "tidak_mendesak" and ruled == "normal" else ruled


def _ranked(chosen: Iterable[Route]) -> tuple[Route, ...]:
    """Each department once, in order of choice; the next department is a runner-up where none is known."""
    once: dict[str, Route] = {}
    for candidate in chosen:
        known = once.get(candidate.department)
        once[candidate.department] = _joined(known, candidate) if known else candidate
    routes = list(once.values())[:MAX_ROUTES]
    if len(routes) > 1 and routes[0].runner_up is None:
        margin = _margin(routes[0].score, routes[1].score)
        routes[0] = replace(routes[0], runner_up=routes[1].department, margin=margin)
    return tuple(routes)


def _joined(first: Route, second: Route) -> Route:
    """Two topics, one department: one route that tells both reasons."""
    more = tuple(reason for reason in second.because if reason not in first.because)
    priority = max(first.priority, second.priority, key=PRIORITIES.index)
    return replace(first, because=(*first.because, *more), priority=priority, score=max(first.score, second.score))


def _margin(first: float, second: float) -> float:
    return round(max(0.0, first - second), 3)
