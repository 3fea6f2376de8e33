"""The way of a mention, in the order in which it happens. Calls every stage, owns none.

    harvest_one     connector.fetch -> pacing -> store.save_page           network, then one transaction
    process_batch   store.unprocessed -> fold (reference, else words) -> extract -> decide -> store.settle
    deliver_due     store.due_events -> transport.send -> store.mark_sent

`decide` is the heart: plain data in, a Decision out, no store, no network, no clock. The daemon,
`explain`, `rules diff`, `eval` and the tests all call this one function, so "why did this go to
that department?" has one answer. All reading happens before it, all writing after it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from domain import (
    Account,
    AttachTo,
    Change,
    Decision,
    Event,
    Extraction,
    Fate,
    Fingerprint,
    Mention,
    MentionState,
    NamePlace,
    OpenTicket,
    RaiseUrgency,
    Route,
    StoreBusy,
    StoreFault,
    Ticket,
    Verdict,
)
from harvester.base import Connector, HarvestError
from harvester.pacing import after_failure, after_success
from nlp.duplicates import Folder
from nlp.extract import Extractor
from nlp.threads import Threads, Told, new_places, references, same_author
from notify.base import DeliveryError, Transport
from routing.lanes import lane_of
from routing.route import route
from routing.rules import Rules
from storage.store import Announce, Saved, Settled, Standing, Store

log = structlog.get_logger("pipeline")

URGENCIES = ("tidak_mendesak", "normal", "tinggi", "darurat")
RETRY_FAILED = timedelta(minutes=2)
GIVE_UP_SENDING = 12
BY_REFERENCE = ("quote", "thread")


# --- deciding: pure ----------------------------------------------------------------------------


def decide(
    mention: Mention,
    *,
    verdict: Verdict,
    extraction: Extraction | None,
    standing: Standing | None,
    rules: Rules,
    fingerprint: Fingerprint | None = None,
    told: Told | None = None,
) -> Decision:
    """Judge one mention. `standing` is its story as it stands, None for a new story; `told` its first post.

    A copy (extraction None) joins its story and takes its fate from there. Anything else is either
    kept in a lane, with the reason, or routed; what no rule can route goes to `triage`.
    """

    def decision(fate: Fate, because: str, *, lane: str | None = None, routes: Sequence[Route] = (),
                 changes: Sequence[Change] = ()) -> Decision:
        return Decision(mention.key, fate, lane, verdict, tuple(routes), tuple(changes), rules.hash,
                        extraction, fingerprint, because, judged_text=mention.text)

    if mention.own:
        return decision(Fate.LANE, "written by the watched account itself", lane="own")
    if mention.state is MentionState.GONE:
        return decision(Fate.LANE, "deleted before it was judged", lane="gone")
    if verdict.cluster != mention.key and standing is not None:
        changes = _changes_of_a_copy(mention, verdict, extraction, standing, told, rules)
        return decision(Fate.ATTACHED, verdict.reason, changes=changes)
    if extraction is None:
        raise ValueError(f"{mention.key}: a new story needs an extraction")
    if kept := lane_of(mention, extraction, rules):
        if standing is not None and standing.tickets:
            return decision(Fate.TICKET, "edited into chatter; its tickets stay with people")
        return decision(Fate.LANE, kept.because, lane=kept.lane)
    routes = route(mention, extraction, rules)
    openings = _openings(mention, extraction, routes, rules)
    return decision(Fate.TICKET, routes[0].rule, routes=routes, changes=_not_yet_open(openings, standing))


def _changes_of_a_copy(
    mention: Mention, verdict: Verdict, extraction: Extraction | None, standing: Standing, told: Told | None,
    rules: Rules,
) -> tuple[Change, ...]:
    """What one more telling changes. Of the tickets only settle knows all: this very batch may open some."""
    changes: list[Change] = []
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


def _openings(
    mention: Mention, extraction: Extraction, routes: Sequence[Route], rules: Rules
) -> Iterable[OpenTicket]:
    """One ticket a department; where several departments share a post, one more that watches over them."""
    for chosen in routes:
        yield _opening(mention, extraction, chosen, rules)
    if len(routes) > 1:
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


def announcer(rules: Rules) -> Announce:
    """Whom to tell about a ticket, with number and desk and without a word of the citizen's."""

    def announce(ticket: Ticket, size: int) -> Sequence[Event]:
        subject = f"Tiket T-{ticket.id}: {rules.topic_name(ticket.topic)} ({ticket.urgency})"
        if size > 1:
            subject = f"Tiket T-{ticket.id}: kini {size} kiriman"
        body = f"{rules.department_name(ticket.department)}: buka kotak masuk, tiket T-{ticket.id}."
        return [
            Event(f"T-{ticket.id}|x{size}|{kind}|{address}", kind, address, ticket.id, subject, body)
            for kind, address in rules.addresses(ticket.department)
        ]

    return announce


# --- harvesting ----------------------------------------------------------------------------------


def harvest_one(
    account: Account, *, connector: Connector, store: Store, poll_every: timedelta, now: Callable[[], datetime],
    rng: random.Random,
) -> Saved | None:
    """Fetch pages of one account until there is no more; None where the platform would not answer."""
    total = Saved()
    while True:
        try:
            page = connector.fetch(account, now=now())
        except HarvestError as error:
            outcome = after_failure(error, failures=account.fail_count + 1, now=now(), rng=rng)
            store.save_failure(account.key, state=outcome.state, next_poll_at=outcome.next_poll_at,
                               reason=outcome.reason, now=now())
            log.warning("fetch failed", account=account.key, state=outcome.state, reason=outcome.reason)
            return None
        # a page with more behind it leaves the account due: a crash now must not wait for the next turn
        next_poll_at = now() if page.more else after_success(page, poll_every=poll_every, now=now(), rng=rng)
        saved = store.save_page(account.key, page, next_poll_at=next_poll_at, now=now())
        total = Saved(*(getattr(total, f) + getattr(saved, f) for f in Saved.__slots__))
        if not page.more:
            break
        account = replace(account, cursor=page.cursor, fail_count=0)
    log.info("harvested", account=account.key, new=total.new, known=total.known, revised=total.revised,
             gone=total.gone, quarantined=total.quarantined)
    return total


# --- processing ------------------------------------------------------------------------------------


@dataclass
class Judge:
    """The machinery that judging needs, and how far its memory of stories has read the store."""

    extractor: Extractor
    folder: Folder
    rules: Rules
    window: timedelta
    seq: int = 0

    def catch_up(self, store: Store, *, at: datetime) -> None:
        """Learn the stories that were settled, by us or by others, since we last looked.

        `at` is the time of the oldest post to judge, not the wall clock: a replay of last month
        has to remember last month.
        """
        for story in store.stories_since(self.seq, after=at - self.window):
            self.folder.remember(story.cluster, story.fingerprint, author=story.author, at=story.posted_at)
            self.seq = max(self.seq, story.seq)

    def forget(self) -> None:
        """Drop what a batch that failed may have left; the next catch_up reads it all again."""
        self.folder.clear()
        self.seq = 0


def process_batch(store: Store, judge: Judge, *, limit: int, now: datetime) -> int:
    """Judge up to `limit` waiting mentions; returns how many were taken up, 0 when none wait."""
    mentions = store.unprocessed(limit, now=now)
    if not mentions:
        return 0
    judge.catch_up(store, at=mentions[0].posted_at)
    try:
        decisions = judge_batch(mentions, judge, store)
        settled = store.settle(decisions, announce=announcer(judge.rules), now=now)
    except (StoreBusy, StoreFault):
        judge.forget()
        raise  # no mention's fault: the same batch comes again
    except Exception:
        log.exception("batch failed", mentions=len(mentions))
        judge.forget()
        for mention in mentions:
            _process_alone(store, judge, mention, now=now)
        return len(mentions)
    _log_decisions(decisions, settled)
    return len(mentions)


def judge_batch(mentions: Sequence[Mention], judge: Judge, store: Store) -> list[Decision]:
    """Fold, extract and decide; reads the store, writes nothing."""
    named = {m.key: [key for key, _ in references(m)] for m in mentions}
    known = store.clusters_of({k for m in mentions for k in (m.key, m.repost_of, *named[m.key]) if k})
    threads = _threads(mentions, judge, store, {known[k] for m in mentions for k in (m.key, *named[m.key])
                                                if named[m.key] and k in known})
    folded = _fold(mentions, judge.folder, known, threads)
    standings = store.standings({verdict.cluster for verdict, _ in folded})
    fresh = [m for m, (v, _) in zip(mentions, folded, strict=True)
             if (v.cluster == m.key or v.reason == "revision") and m.key not in threads.extractions]
    extractions = dict(zip((m.key for m in fresh), judge.extractor.extract_many(fresh), strict=True))
    decisions = []
    for mention, (verdict, fingerprint) in zip(mentions, folded, strict=True):
        standing = standings.get(verdict.cluster) or _standing_in_batch(verdict.cluster, mention)
        extraction = extractions.get(mention.key)
        if extraction is None and (verdict.cluster == mention.key or verdict.reason in (*BY_REFERENCE, "revision")):
            extraction = threads.extractions.get(mention.key)
        told = threads.told(verdict.cluster) if verdict.reason in BY_REFERENCE else None
        decisions.append(
            decide(mention, verdict=verdict, extraction=extraction, standing=standing, rules=judge.rules,
                   fingerprint=fingerprint, told=told)
        )
    return decisions


def _threads(mentions: Sequence[Mention], judge: Judge, store: Store, clusters: set[str]) -> Threads:
    """What replies, comments and quotes of this batch are compared with: two look-ups, whatever their number."""

    def lane(mention: Mention, extraction: Extraction) -> str | None:
        kept = lane_of(mention, extraction, judge.rules)
        return kept.lane if kept else None

    heads = store.heads(clusters) if clusters else {}
    live = {id_ for id_, standing in store.standings(clusters).items() if standing.tickets} if clusters else set()
    return Threads(mentions, heads={id_: Told(head.mention, head.extraction) for id_, head in heads.items()},
                   live=frozenset(live), read=judge.extractor.extract_many, lane=lane, official=judge.rules.is_official)


def _standing_in_batch(cluster: str, mention: Mention) -> Standing | None:
    """A story that this very batch opens: the store finds its tickets when it settles the batch."""
    return None if cluster == mention.key else Standing(cluster)


def _fold(
    mentions: Sequence[Mention], folder: Folder, known: Mapping[str, str], threads: Threads
) -> list[tuple[Verdict, Fingerprint | None]]:
    """Verdicts in order. A repost of a known original costs one look-up; a revision keeps its story."""
    clusters = dict(known)
    folded: list[tuple[Verdict, Fingerprint | None]] = []
    for mention in mentions:
        parent = clusters.get(mention.repost_of or "")
        result: tuple[Verdict, Fingerprint | None]
        if mention.key in known:  # judged before its edit, or known by what reposted it
            edited = mention.state is MentionState.EDITED
            result = (threads.revised(mention, known[mention.key], clusters) if edited
                      else Verdict(known[mention.key], "original")), None
        elif parent:
            result = Verdict(parent, "repost"), None
        elif mention.own or mention.state is MentionState.GONE:
            result = Verdict(mention.key, "new"), None
        elif joined := threads.joined(mention, clusters):
            result = joined, None
        else:
            result = folder.fold(mention)
        clusters[mention.key] = result[0].cluster
        if mention.repost_of:
            clusters.setdefault(mention.repost_of, result[0].cluster)
        folded.append(result)
    return folded


def _process_alone(store: Store, judge: Judge, mention: Mention, *, now: datetime) -> None:
    """One mention of a batch that failed: the poison one is found, the others go on."""
    try:
        judge.catch_up(store, at=mention.posted_at)
        decisions = judge_batch([mention], judge, store)
        store.settle(decisions, announce=announcer(judge.rules), now=now)
    except (StoreBusy, StoreFault):
        judge.forget()
        raise
    except Exception as error:
        judge.forget()
        log.exception("judging failed", mention=mention.key)
        name = type(error).__name__
        if store.fail([mention.key], error=name, retry_at=now + RETRY_FAILED, now=now):
            decision = _to_triage(mention, judge.rules, name)
            store.settle([decision], announce=announcer(judge.rules), now=now)


def _to_triage(mention: Mention, rules: Rules, error: str) -> Decision:
    """What five attempts could not judge goes to a person: nothing is dropped in silence."""
    due = rules.due("triage", opened_at=mention.seen_at)
    opening = OpenTicket("triage", "baru", "normal", "lainnya", "normal", "failed", mention.seen_at,
                         due.at if due else None, due.rule if due else None)
    return Decision(mention.key, Fate.TICKET, None, Verdict(mention.key, "new"), (), (opening,), rules.hash,
                    because=f"could not be judged: {error}", judged_text=mention.text)


def _log_decisions(decisions: Sequence[Decision], settled: Settled) -> None:
    for decision in decisions:
        log.debug("decided", mention=decision.mention, cluster=decision.verdict.cluster, fate=decision.fate,
                  rule=decision.because)
    log.info("settled", settled=settled.settled, skipped=settled.skipped, opened=len(settled.opened))


# --- telling -----------------------------------------------------------------------------------------


def deliver_due(
    store: Store, transports: Mapping[str, Transport], *, limit: int, now: datetime, rng: random.Random
) -> int:
    """Send what is due, at least once, with its key; returns how many went out."""
    sent = 0
    for due in store.due_events(limit, now=now):
        event = due.event
        try:
            transports[event.kind].send(event)
        except (DeliveryError, KeyError) as error:
            permanent = isinstance(error, KeyError) or error.permanent or due.attempts + 1 >= GIVE_UP_SENDING
            wait = timedelta(seconds=min(3600, 15 * 2**due.attempts) * rng.uniform(0.5, 1.5))
            store.mark_failed(event.key, error=str(error), retry_at=None if permanent else now + wait, now=now)
            continue
        store.mark_sent(event.key, now=now)
        sent += 1
    return sent
