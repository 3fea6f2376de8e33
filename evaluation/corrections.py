"""What staff decided about posts, as rows to learn from.

A desk that takes a ticket says that it is a report and of the topic given; one that re-routes it says which desk it
belongs to, and so which topic, where that desk has a single one in the rules; "no complaint" says that nobody can act.
A topic or an urgency that somebody set says so itself. What nobody has touched says nothing.

Never learnt from: posts of X, whatever way they came; posts that are gone, withheld or emptied; our own posts. A
feature of a model has to stand in the texts of five different people, so each person teaches by one post, that which
says most, and people whose name the platform keeps to itself by none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import xxhash

from domain import Mention, MentionState
from evaluation.labelled import height_of, names_x
from nlp.learnt import HAZARD, REPORT
from settings import Settings
from storage.records import Outcome
from storage.store import Store
from workbench.labels import NO_MATTER, REAL_AFTER_ALL, TAKEN

READABLE = frozenset((MentionState.LIVE, MentionState.EDITED))


@dataclass(frozen=True, slots=True)
class Taught:
    """A post with what staff said of it; None where they said nothing."""

    mention: Mention
    topic: str | None
    relevance: str | None
    urgency: str | None
    corrected: bool  # staff changed something, rather than agreed

    @property
    def group(self) -> str:
        return f"petugas_{self.mention.platform}"


def taught_by_staff(store: Store, settings: Settings) -> tuple[list[Taught], Counter[str]]:
    """(rows by key of the post, how many decided posts are left out by reason)."""
    decided: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in store.outcomes():
        if not outcome.coordinates:
            decided[outcome.cluster].append(outcome)
    platforms = {account.key: account.platform for account in store.accounts()}
    desks = topics_of_desks(settings)
    by_person: dict[str, list[Taught]] = defaultdict(list)
    left_out: Counter[str] = Counter()
    for past in store.past_mentions():
        if not past.first or not (said := _said(past.mention, decided.get(past.cluster, ()), desks, settings)):
            continue
        if reason := _kept_out(past.mention, platforms):
            left_out[reason] += 1
        else:
            by_person[_person(past.mention)].append(said)
    left_out["orang yang sama"] = sum(len(posts) - 1 for posts in by_person.values())
    rows = [min(posts, key=_most_telling) for posts in by_person.values()]
    return sorted(rows, key=lambda row: row.mention.key), +left_out


def topics_of_desks(settings: Settings) -> Mapping[str, frozenset[str]]:
    """Department -> the topics that the rules in force send to it."""
    found: dict[str, set[str]] = defaultdict(set)
    for route in settings.routes:
        if route.when.topic and route.mode == "act":
            found[route.to].add(route.when.topic)
    return {desk: frozenset(topics) for desk, topics in found.items()}


def _kept_out(mention: Mention, platforms: Mapping[str, str]) -> str:
    """Why the post may not be learnt from; "" where it may."""
    accounts = [mention.account, *mention.seen_by]
    told = [mention.platform, mention.key, *accounts, *(platforms.get(key, "") for key in accounts), mention.url or ""]
    if any(map(names_x, told)):
        return "X"
    if mention.state not in READABLE or mention.own or not mention.text.strip():
        return "tidak tersedia lagi"
    return "" if _person(mention) else "pengirim tidak diketahui"


def _person(mention: Mention) -> str:
    author = mention.author
    who = (author.id or (author.handle or "").casefold()) if author else ""
    return f"{mention.platform} {who}" if who else ""


def _most_telling(row: Taught) -> tuple[bool, int, int, str]:
    """Corrections before agreement; then by lot, the same on every machine."""
    said = sum(label is not None for label in (row.topic, row.relevance, row.urgency))
    return not row.corrected, -said, xxhash.xxh64_intdigest(row.mention.key.encode()), row.mention.key


def _said(
    mention: Mention, outcomes: Sequence[Outcome], desks: Mapping[str, frozenset[str]], settings: Settings
) -> Taught | None:
    """None where nobody decided anything that a model could learn."""
    topics = {topic for outcome in outcomes for topic in _topic(outcome, desks)} & settings.topics.keys()
    verdicts = {verdict for outcome in outcomes if (verdict := _relevance(outcome))}
    heights = {height_of(outcome.urgency) for outcome in outcomes if "urgency" in _kinds(outcome)}
    topic = topics.pop() if len(topics) == 1 else None  # of several complaints in one post none is the post's
    relevance = REPORT if REPORT in verdicts else min(verdicts, default=None)  # one desk that acts is enough
    urgency = HAZARD if HAZARD in heights else min(heights, default=None)
    if topic is None and relevance is None and urgency is None:
        return None
    corrected = relevance != REPORT or any({"department", "topic", "urgency"} & _kinds(outcome) for outcome in outcomes)
    return Taught(mention, topic if relevance == REPORT else None, relevance, urgency, corrected)


def _kinds(outcome: Outcome) -> set[str]:
    return {kind for kind, _, _ in outcome.corrections}


def _topic(outcome: Outcome, desks: Mapping[str, frozenset[str]]) -> Iterator[str]:
    served = desks.get(outcome.department, frozenset())
    if "topic" in _kinds(outcome):
        yield outcome.topic
    elif "department" not in _kinds(outcome):
        if outcome.status in TAKEN:
            yield outcome.topic
    elif len(served) == 1 and outcome.topic not in served:  # where it is, the place or the body was wrong
        yield from served


def _relevance(outcome: Outcome) -> str:
    if outcome.status == "ditolak" and outcome.reason in NO_MATTER:
        return f"not_{REPORT}"
    meant = {"department", "reopened", "topic"} & _kinds(outcome)
    real = outcome.status in TAKEN or outcome.reason in REAL_AFTER_ALL or meant
    return REPORT if real else ""
