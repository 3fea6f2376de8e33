"""Deciding what becomes of a mention: plain data in, a Decision out. No store, no network, no clock.

`decide` is the heart. The daemon, `explain`, `rules diff`, `eval` and the tests all call this one
function, so "why did this go to that department?" has one answer. All reading happens before it,
all writing after it: see `pipeline.judge_batch`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from domain import (
    URGENCIES,
    AttachTo,
    Change,
    Decision,
    Dispose,
    Event,
    Extraction,
    Fate,
    Fingerprint,
    Lift,
    Mention,
    MentionState,
    NamePlace,
    OpenTicket,
    RaiseUrgency,
    Reopen,
    Route,
    ShowAgain,
    Ticket,
    Verdict,
)
from nlp.threads import Told, new_places, same_author
from routing.clocks import DISPOSITION
from routing.disposition import disposed_to
from routing.lanes import lane_of
from routing.notices import facts
from routing.route import route
from routing.rules import TRIAGE, UNKNOWN_TOPIC, Rules
from storage.records import Standing
from storage.store import Announce

SAID_AGAIN = ("near_duplicate", "added")  # whether another says it, settle knows
OWN = "ditulis akun yang dipantau sendiri"
TOLD_ANEW = (*SAID_AGAIN, "same_author")  # in a post's own words; a repost of before the closing says nothing new
BY_REFERENCE = ("quote", "thread")


def decide(
    mention: Mention,
    *,
    verdict: Verdict,
    extraction: Extraction | None,
    standing: Standing | None,
    rules: Rules,
    fingerprint: Fingerprint | None = None,
    told: Told | None = None,
    again: Sequence[ShowAgain] = (),
    answers: str | None = None,
) -> Decision:
    """Judge one mention. `standing` is its story as it stands, None for a new story; `told` its first post.

    `answers` is the story that an office's post answers or quotes: an order to a department is a change of that story.
    `again` are the post's old pictures: they go into the decision as they are, and decide nothing.

    A copy (extraction None) joins its story and takes its fate from there. Anything else is either
    kept in a lane, with the reason, or routed; what no rule can route goes to `triage`.
    """

    def decision(fate: Fate, because: str, *, lane: str | None = None, routes: Sequence[Route] = (),
                 changes: Sequence[Change] = ()) -> Decision:
        return Decision(mention.key, fate, lane, verdict, tuple(routes), (*changes, *again), rules.hash,
                        extraction, fingerprint, because, judged_text=mention.text)

    orders = tuple(_orders(mention, answers, rules)) if answers is not None else ()
    if mention.own or orders:
        because = f"disposisi: {', '.join(o.opening.department for o in orders)}" if orders else OWN
        return decision(Fate.LANE, because, lane="own", changes=orders)
    if mention.state is MentionState.GONE:
        return decision(Fate.LANE, "dihapus penulisnya sebelum dinilai", lane="gone")
    if verdict.cluster != mention.key and standing is not None:
        changes = _changes_of_a_copy(mention, verdict, extraction, standing, told, rules)
        return decision(Fate.ATTACHED, verdict.reason, changes=changes)
    if extraction is None:
        raise ValueError(f"{mention.key}: a new story needs an extraction")
    if kept := lane_of(mention, extraction, rules):
        if standing is not None and standing.tickets:
            return decision(Fate.TICKET, "disunting menjadi obrolan; tiketnya tetap pada petugas")
        return decision(Fate.LANE, kept.because, lane=kept.lane)
    routes = route(mention, extraction, rules)
    opened = openings(mention, extraction, routes, rules)
    return decision(Fate.TICKET, routes[0].rule, routes=routes, changes=_not_yet_open(opened, standing))


def _orders(mention: Mention, cluster: str, rules: Rules) -> Iterable[Dispose]:
    """One change a department that the office orders to act; the day of the order's clock starts with the order."""
    for department in disposed_to(mention, rules):
        at, bound = mention.posted_at, rules.departments[department]
        due = next(iter(rules.dues_from(DISPOSITION, department, at=at)), None) or rules.due(department, opened_at=at)
        yield Dispose(cluster, OpenTicket(
            department, "diteruskan" if bound.outside else "baru", "tinggi", UNKNOWN_TOPIC, "normal", "disposisi",
            at, due.at if due else None, due.rule if due else None, outside=bound.outside), mention.account)


def _changes_of_a_copy(
    mention: Mention, verdict: Verdict, extraction: Extraction | None, standing: Standing, told: Told | None,
    rules: Rules,
) -> tuple[Change, ...]:
    """What one more telling changes. Of the tickets only settle knows all: this very batch may open some."""
    changes: list[Change] = []
    if verdict.reason in SAID_AGAIN and not standing.tickets and standing.fate in (Fate.LANE, Fate.WAITING):
        changes.append(Lift(to_people(mention, "lajur-disebut-lagi", rules)))
    if verdict.reason in TOLD_ANEW and not standing.tickets and standing.fate == Fate.TICKET:
        changes.append(Reopen("disampaikan lagi sesudah tiketnya ditutup"))
    if standing.tickets:
        changes.append(AttachTo(tuple(t.id for t in standing.tickets), verdict.reason))
    if extraction is None:
        return tuple(changes)
    if lane_of(mention, extraction, rules) is None:  # nobody's joke wakes a desk
        changes.append(RaiseUrgency(None, extraction.urgency.label, "a later post of this story says so"))
    if told is not None and verdict.reason in BY_REFERENCE and new_places(extraction, told.mention):
        by_reporter = same_author(mention, told.mention)
        suggested = _completed_routes(extraction, told, rules) if by_reporter else ()
        changes.append(NamePlace(by_reporter, extraction.location, suggested))
    return tuple(changes)


def _completed_routes(extraction: Extraction, told: Told, rules: Rules) -> tuple[str, ...]:
    """Departments that a story without a place would go to, now that its reporter says where."""
    first, seen = told
    if seen is None or seen.location is not None or extraction.location is None:
        return ()
    whole = replace(seen, location=extraction.location, places=extraction.places)
    return tuple(chosen.department for chosen in route(first, whole, rules))


def openings(
    mention: Mention, extraction: Extraction, routes: Sequence[Route], rules: Rules
) -> Iterable[OpenTicket]:
    """One ticket a department; where several departments share a post, one more that watches over them.

    A secret has no watcher: one reader more is one too many.
    """
    for chosen in routes:
        yield _opening(mention, extraction, chosen, rules)
    if len(routes) > 1 and not extraction.sensitive:
        coordinator = rules.coordinator(mention.account)
        parent = replace(routes[0], department=coordinator, rule="coordinator", outside=False)
        yield _opening(mention, extraction, parent, rules, coordinates=True)


def _opening(
    mention: Mention, extraction: Extraction, chosen: Route, rules: Rules, *, coordinates: bool = False
) -> OpenTicket:
    due = rules.due(chosen.department, opened_at=mention.seen_at)
    return OpenTicket(
        department=chosen.department,
        status="diteruskan" if chosen.outside else "baru",
        priority=chosen.priority,
        topic=chosen.topic,
        urgency=extraction.urgency.label,
        rule=chosen.rule,
        opened_at=mention.seen_at,
        due_at=due.at if due else None,
        due_rule=due.rule if due else None,
        coordinates=coordinates,
        sensitive=extraction.sensitive,
        outside=chosen.outside,
    )


def _not_yet_open(changes: Iterable[OpenTicket], standing: Standing | None) -> tuple[Change, ...]:
    """An edited post is judged again: departments that already have its ticket keep that one."""
    if standing is None:
        return tuple(changes)
    have = {(ticket.department, ticket.coordinates): ticket for ticket in standing.tickets}
    result: list[Change] = []
    for change in changes:
        ticket = have.get((change.department, change.coordinates))
        if ticket is None:
            result.append(change)
        elif URGENCIES.index(change.urgency) > URGENCIES.index(ticket.urgency):
            result.append(RaiseUrgency(ticket.id, change.urgency, "the post was edited"))
    return tuple(result)


def announcer(rules: Rules, *, now: datetime | None = None) -> Announce:
    """Whom to tell about a ticket, with number and desk and without a word of the citizen's.

    In quiet hours only a danger to life is told at once: what opens is left to the morning's digest, what grows waits
    for its hour. Without `now` there are no quiet hours: a person at work has caused it.
    """
    quiet = now is not None and rules.calls.is_quiet(now)
    morning = rules.calls.morning(now) if now is not None and quiet else None

    def announce(ticket: Ticket, size: int) -> Sequence[Event]:
        held = morning if ticket.urgency != "darurat" else None
        if held is not None and size == 1:
            return []
        addresses = rules.addresses(ticket.department)
        if not addresses:
            return []
        subject = f"Tiket T-{ticket.id}: {rules.topic_name(ticket.topic)} ({ticket.urgency})"
        if size > 1:
            subject = f"Tiket T-{ticket.id}: kini {size} kiriman"
        body = f"{rules.department_name(ticket.department)}: buka kotak masuk, tiket T-{ticket.id}."
        return [
            Event(f"T-{ticket.id}|x{size}|{kind}|{address}", kind, address, ticket.id, subject, body, held,
                  facts(ticket, rules.department_name(ticket.department)))
            for kind, address in addresses
        ]

    return announce


def to_triage(mention: Mention, rules: Rules, error: str) -> Decision:
    """What five attempts could not judge goes to a person: nothing is dropped in silence."""
    opening = to_people(mention, "failed", rules)
    return Decision(mention.key, Fate.TICKET, None, Verdict(mention.key, "new"), (), (opening,), rules.hash,
                    because=f"could not be judged: {error}", judged_text=mention.text)


def to_people(mention: Mention, rule: str, rules: Rules) -> OpenTicket:
    """A ticket of triage: somebody has to look."""
    due = rules.due(TRIAGE, opened_at=mention.seen_at)
    return OpenTicket(TRIAGE, "baru", "normal", UNKNOWN_TOPIC, "normal", rule, mention.seen_at,
                      due.at if due else None, due.rule if due else None)
