"""Settling a batch: decisions become fates, stories, tickets, audit rows and events, in one transaction.

The batch is played through in memory, decision by decision, and then written in a few bulk
statements. Playing it in order is what makes the result the same whatever the batch size: the
tenth telling of a story is announced at the tenth telling, an urgency is raised once, and ticket
numbers follow the decisions (a coordinating parent before its children).

Reads no text but to index it; decides nothing, and trusts no caller to have counted.
"""

# ruff: noqa: S608  only our own column lists and conditions are written into SQL; values are parameters

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from domain import (
    LIVE_STATUSES,
    URGENCIES,
    Decision,
    Dispose,
    Event,
    Lift,
    MentionState,
    NamePlace,
    OpenTicket,
    RaiseUrgency,
    Reopen,
    ShowAgain,
    Ticket,
)
from storage.records import Settled
from storage.spread import Surge
from storage.sqlite import audit, bulk, orders, outbox, reopening, search
from storage.sqlite.judgement import text_of
from storage.sqlite.judging import LISTED, live_tickets, roots
from storage.sqlite.opening import new_ticket, opened_entry
from storage.sqlite.rows import fingerprint_row, keys_json, maybe_micros, ticket_row
from storage.sqlite.schema import WAITS
from storage.sqlite.spread import Spreads
from storage.store import Announce

JudgementRow = tuple[str, str | None, str]  # mention, extraction, routes
TRIVIAL = "trivial"
MILESTONES = frozenset(10**n for n in range(1, 10))

INSERT_CLUSTER = "INSERT INTO cluster (id, first, size, author, first_at, seq, exact, shingles, body, media)"
INTO_TICKET = (
    "INSERT INTO ticket (id, cluster, department, status, priority, topic, urgency, version, opened_at, due_at,"
    " due_rule, parent, sensitive, ruleset, rule, coordinates, outside, closed_at, reason, platform, place)")
INSERT_TICKET = (  # of a story whose first post was settled before: where that one was and whence is looked up
    f"{INTO_TICKET} SELECT {', '.join(f'?{n}' for n in range(1, 20))}, m.platform, j.extraction ->> '$.location.code'"
    " FROM cluster c JOIN mention m ON m.key = c.first LEFT JOIN judgement j ON j.mention = m.key WHERE c.id = ?2"
)
PLACED = "UPDATE ticket SET place = ?1 WHERE cluster = ?2 AND place IS NOT ?1"  # told anew by its first post
ANSWERED = "UPDATE ticket SET place = ? WHERE cluster = ? AND place IS NULL"
SETTLED = ("fate", "lane", "cluster", "home", "reason", "verdict", "similarity", "ruleset")


@dataclass(slots=True)
class Waiting:
    """A mention that still has to get its fate."""

    rowid: int
    cluster: str | None  # set where it has been judged before
    home: str | None  # the story that it was told for, where staff have merged that one into `cluster`
    repost_of: str | None
    posted_at: int
    author: str | None
    text: str
    platform: str


@dataclass(slots=True)
class Story:
    """A cluster as it stands while the batch is played."""

    first: str
    size: int
    author: str | None = None  # of its first post, which may lie in a lane
    lane: str | None = None
    secret: bool = False  # one of its tickets is or was; what opens later shows the same posts
    tickets: list[Ticket] = field(default_factory=list)


@dataclass
class Batch:
    """The batch being played, and the rows that it will write."""

    connection: sqlite3.Connection
    announce: Announce
    now: datetime
    waiting: dict[str, Waiting]
    stories: dict[str, Story]
    spreads: Spreads
    into: dict[str, str]  # stories that staff have merged -> where their tellings belong now
    seq: int
    last_ticket: int
    mentions: list[tuple[Any, ...]] = field(default_factory=list)
    judgements: list[JudgementRow] = field(default_factory=list)
    clusters: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    heads: list[tuple[Any, ...]] = field(default_factory=list)
    fingerprints: list[tuple[Any, ...]] = field(default_factory=list)
    grown: set[str] = field(default_factory=set)
    originals: dict[str, str] = field(default_factory=dict)
    opened: list[Ticket] = field(default_factory=list)
    first_told: dict[str, tuple[str, str | None]] = field(default_factory=dict)  # here: story -> platform, area
    raised: dict[int, Ticket] = field(default_factory=dict)
    again: list[tuple[str, int, str, int]] = field(default_factory=list)
    labels: list[tuple[Any, ...]] = field(default_factory=list)
    placed: list[tuple[str | None, str]] = field(default_factory=list)  # code of the area, story
    answered: list[tuple[str, str]] = field(default_factory=list)
    lifted: list[str] = field(default_factory=list)  # stories whose first post lay in a lane and now has a ticket
    indexed: list[tuple[int, str]] = field(default_factory=list)
    entries: list[audit.Entry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    # --- playing

    def play(self, decision: Decision, judgement: JudgementRow | None) -> None:
        mention = self.waiting.pop(decision.mention)
        if decision.verdict.reason == "left":
            self._leave(mention)
        cluster = self._cluster_of(mention, decision.verdict.cluster)
        story = self._joined(cluster, decision, mention)
        self._open(cluster, story, decision)
        for change in decision.changes:
            if isinstance(change, RaiseUrgency):
                self._raise(story, change)
            elif isinstance(change, NamePlace):
                self._name_place(story, change, decision)
            elif isinstance(change, ShowAgain):
                self.again.append((decision.mention, change.place, change.earlier, change.distance))
            elif isinstance(change, Dispose):
                orders.dispose(self, change, decision)
            elif isinstance(change, Lift):
                self._lift(cluster, story, change, decision, mention)
            elif isinstance(change, Reopen):
                reopening.reopen(self, cluster, story, change, decision, mention)
        if mention.cluster is None:
            self._spread(cluster, story, decision)
        if mention.cluster is None and story.size in MILESTONES:
            for ticket in story.tickets:
                self.events += self.announce(ticket, story.size)
        self._note(cluster, decision, mention)
        if judgement is not None:
            self.judgements.append(judgement)

    def _cluster_of(self, mention: Waiting, told_for: str) -> str:
        """Where a mention belongs: where it was, or the story it is told for, or the one that this was merged into."""
        if mention.cluster is None and told_for in self.into:
            mention.home = told_for
            return self.into[told_for]
        return mention.cluster or told_for

    def _leave(self, mention: Waiting) -> None:
        """An edit made it a story of its own: the old one is one shorter."""
        if mention.cluster is not None:
            self.stories[mention.cluster].size -= 1
            if mention.cluster not in self.clusters:
                self.grown.add(mention.cluster)
            self.spreads.left(mention.cluster)
            mention.cluster = mention.home = None

    def _joined(self, cluster: str, decision: Decision, mention: Waiting) -> Story:
        """The story with this mention in it: made here, headed by it, or one longer."""
        key = decision.mention
        story = self.stories.get(cluster)
        if story is None:
            self.stories[cluster] = story = Story(key, 1, mention.author, decision.lane)
            self.seq += 1
            self.clusters[cluster] = (cluster, key, 1, mention.author, mention.posted_at, self.seq,
                                      *fingerprint_row(decision.fingerprint))
            return story
        if mention.cluster is None:
            story.size += 1
            if cluster not in self.clusters:
                self.grown.add(cluster)
        if key == cluster and story.first != key:  # the story was told by others before it came
            story.first = key
            self.heads.append((key, mention.author, mention.posted_at, cluster))
        if story.first == key and decision.fingerprint is not None:
            self.seq += 1
            self.fingerprints.append((*fingerprint_row(decision.fingerprint), self.seq, cluster))
        return story

    def _open(self, cluster: str, story: Story, decision: Decision) -> None:
        """Raise the tickets that are not live yet, the parent first, so that children can name it."""
        openings = [change for change in decision.changes if isinstance(change, OpenTicket)]
        openings.sort(key=lambda opening: not opening.coordinates)
        parent = None
        for opening in openings:
            ticket = next((t for t in story.tickets if (t.department, t.coordinates)
                           == (opening.department, opening.coordinates)), None)
            if ticket is None:
                self.last_ticket += 1
                if story.secret or any(t.sensitive for t in story.tickets):  # its page will show the whole story
                    opening = replace(opening, sensitive=True)
                ticket = new_ticket(self.last_ticket, cluster, opening, parent, decision.ruleset)
                self.opened.append(ticket)
                if ticket.status in LIVE_STATUSES:
                    story.tickets.append(ticket)
                self.entries.append(opened_entry(ticket, decision, at=self.now))
                self.events += self.announce(ticket, 1)
            parent = ticket.id if opening.coordinates else parent

    def _raise(self, story: Story, change: RaiseUrgency) -> None:
        """Only upwards and only while live: an earlier decision of the batch, or a person, may have been first."""
        for place, ticket in enumerate(story.tickets):
            if change.ticket in (None, ticket.id) and URGENCIES.index(change.urgency) > URGENCIES.index(ticket.urgency):
                raised = replace(ticket, urgency=change.urgency, version=ticket.version + 1)
                story.tickets[place] = self.raised[ticket.id] = raised
                self.entries.append(audit.Entry(
                    self.now, audit.MACHINE, "raise_urgency", ticket=ticket.id, before={"urgency": ticket.urgency},
                    after={"urgency": raised.urgency}, reason=change.because))

    def _spread(self, cluster: str, story: Story, decision: Decision) -> None:
        """One more telling; where it makes the story surge, its tickets go up one step, at most to `tinggi`."""
        verdict = decision.verdict
        reason = self.spreads.joined(cluster, decision.mention, verdict=verdict.reason, similarity=verdict.similarity)
        for ticket in tuple(story.tickets) if reason else ():
            step = URGENCIES[min(URGENCIES.index(ticket.urgency) + 1, URGENCIES.index("tinggi"))]
            self._raise(story, RaiseUrgency(ticket.id, step, reason or ""))

    def _name_place(self, story: Story, change: NamePlace, decision: Decision) -> None:
        """An entry in the history of each ticket: the official name at most, never the citizen's words."""
        place, verb = change.location, "answer" if change.by_reporter else "addition"
        after = {"mention": decision.mention, "place": place and place.name, "location": place and place.code,
                 "suggested": list(change.suggested)}
        self.entries += [audit.Entry(self.now, audit.MACHINE, verb, ticket=ticket.id, after=after)
                         for ticket in story.tickets]
        if place and change.by_reporter:
            self.answered += [(place.code, cluster) for cluster in {ticket.cluster for ticket in story.tickets}]

    def _lift(self, cluster: str, story: Story, change: Lift, decision: Decision, mention: Waiting) -> None:
        """Out of the lane: another person says it too. Spam and praise stay, however often they are said."""
        told_by_another = mention.author is not None and story.author is not None and mention.author != story.author
        if story.lane != TRIVIAL or story.tickets or not told_by_another:
            return
        self.last_ticket += 1
        ticket = new_ticket(self.last_ticket, cluster, change.opening, None, decision.ruleset)
        self.opened.append(ticket)
        story.tickets.append(ticket)
        self.lifted.append(cluster)
        self.entries.append(opened_entry(ticket, decision, at=self.now))
        self.events += self.announce(ticket, 1)

    def _note(self, cluster: str, decision: Decision, mention: Waiting) -> None:
        verdict = decision.verdict
        self.mentions.append((str(decision.fate), decision.lane, cluster, mention.home, decision.because,
                              verdict.reason, verdict.similarity, decision.ruleset, mention.rowid))
        if mention.repost_of:
            self.originals.setdefault(mention.repost_of, cluster)
        story = self.stories[cluster]
        if story.first == decision.mention and decision.extraction:
            place = decision.extraction.location.code if decision.extraction.location else None
            self.first_told[cluster] = mention.platform, place
            if cluster not in self.clusters:
                self.placed.append((place, cluster))
        elif story.first == decision.mention:
            self.first_told.pop(cluster, None)
        if story.first == decision.mention and story.tickets:
            words = search.words(mention.text, decision.extraction)
            self.indexed += [(ticket.id, words) for ticket in story.tickets]

    # --- writing

    def write(self) -> None:
        """Parents before children, as the foreign keys ask."""
        many = self.connection.executemany
        bulk.insert(self.connection, INSERT_CLUSTER, [
            (*row[:2], self.stories[row[0]].size, *row[3:]) for row in self.clusters.values()])
        many("UPDATE cluster SET first = ?, author = ?, first_at = ? WHERE id = ?", self.heads)
        many("UPDATE cluster SET exact = ?, shingles = ?, body = ?, media = ?, seq = ? WHERE id = ?",
             self.fingerprints)
        many("UPDATE cluster SET size = ? WHERE id = ?",
             [(self.stories[cluster].size, cluster) for cluster in self.grown])
        bulk.update(self.connection, "mention", SETTLED, self.mentions, ", retry_at = NULL")
        bulk.insert(self.connection, "INSERT OR REPLACE INTO judgement", self.judgements)
        many("INSERT INTO known_original VALUES (?, ?) ON CONFLICT DO NOTHING", self.originals.items())
        opened = [self.raised.pop(ticket.id, ticket) for ticket in self.opened]
        told = self.first_told
        many(INSERT_TICKET, [ticket_row(ticket) for ticket in opened if ticket.cluster not in told])
        bulk.insert(self.connection, INTO_TICKET, [
            (*ticket_row(ticket), *told[ticket.cluster]) for ticket in opened if ticket.cluster in told])
        many("UPDATE ticket SET urgency = ?, version = ?, department = ?, status = ?, outside = ?, priority = ?,"
             " rule = ?, due_at = ?, due_rule = ?, closed_at = ?, reason = ? WHERE id = ?",
             [(t.urgency, t.version, t.department, str(t.status), int(t.outside), t.priority, t.rule,
               maybe_micros(t.due_at), t.due_rule, maybe_micros(t.closed_at), t.reason, t.id)
              for t in self.raised.values()])
        many(PLACED, self.placed)
        many(ANSWERED, self.answered)
        many("UPDATE mention SET fate = 'ticket', lane = NULL WHERE fate = 'lane' AND key ="
             " (SELECT first FROM cluster WHERE id = ?)", [(cluster,) for cluster in self.lifted])
        many("INSERT INTO correction (at, actor, ticket, cluster, kind, before, after, ruleset)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self.labels)
        many("INSERT OR REPLACE INTO picture_again SELECT ?1, ?2, ?3, ?4 "
             " WHERE EXISTS (SELECT 1 FROM picture WHERE mention = ?3)",
             self.again)  # the earlier one may have been deleted since it was found
        self.spreads.write({cluster: story.size for cluster, story in self.stories.items()})
        audit.append(self.connection, self.entries)
        outbox.put(self.connection, self.events, now=self.now)
        self._index()  # last: see bulk.py

    def _index(self) -> None:
        indexed = dict(self.indexed)
        missing = [ticket for ticket in self.opened if ticket.id not in indexed]
        for ticket in missing:  # opened by a later member of the story: the words are still the first one's
            indexed[ticket.id] = search.words_of_first(self.connection, ticket.cluster)
        search.put(self.connection, indexed, fresh={ticket.id for ticket in self.opened})


def judgement_row(decision: Decision) -> JudgementRow | None:
    """What was seen in a mention and where it goes; None where it tells of neither."""
    seen = decision.extraction
    if seen is None and not decision.routes:
        return None
    return decision.mention, None if seen is None else text_of(seen), orjson.dumps(decision.routes).decode()


def settle(
    connection: sqlite3.Connection, decisions: Sequence[Decision], judgements: Sequence[JudgementRow | None], *,
    announce: Announce, now: datetime, surge: Surge,
) -> Settled:
    """See Store.settle. `judgements`: `judgement_row` of each decision, made before the lock was held."""
    waiting = _waiting(connection, decisions)
    accepted = [d for d in decisions if d.mention in waiting]
    if not accepted:
        return Settled(skipped=len(decisions))
    named = {c for d in accepted for c in (waiting[d.mention].cluster, d.verdict.cluster) if c}
    named |= {change.cluster for d in accepted for change in d.changes if isinstance(change, Dispose)}
    into = roots(connection, named)
    stories = _stories(connection, named | set(into.values()))
    seq, = connection.execute("SELECT ifnull(max(seq), 0) FROM cluster").fetchone()
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'ticket'").fetchone()
    joins = {d.mention: into.get(d.verdict.cluster, d.verdict.cluster) for d in accepted}
    spreads = Spreads(connection, joins, surge, known=stories.keys())
    batch = Batch(connection, announce, now, waiting, stories, spreads, into, seq, last[0] if last else 0)
    for decision, judgement in zip(decisions, judgements, strict=True):
        if decision.mention in batch.waiting:  # not settled before, nor by an earlier decision of this very batch
            batch.play(decision, judgement)
    batch.write()
    settled = len(batch.mentions)
    return Settled(settled, len(decisions) - settled, tuple(ticket.id for ticket in batch.opened), (seq, batch.seq))


def _waiting(connection: sqlite3.Connection, decisions: Sequence[Decision]) -> dict[str, Waiting]:
    """Those that may be settled. One edited or deleted since it was read has to be looked at again."""
    rows = connection.execute(
        "SELECT key, rowid, cluster, home, repost_of, posted_at, ifnull(author_id, author_handle), text, state,"
        f" platform FROM mention WHERE fate IN {WAITS} AND key {LISTED}", (keys_json(d.mention for d in decisions),)
    ).fetchall()
    read_before = {d.mention for d in decisions if d.extraction is not None or d.fingerprint is not None}
    judged = {d.mention: d.judged_text for d in decisions if d.judged_text is not None}
    return {key: Waiting(rowid, cluster, home, repost_of, posted_at, author, text, platform)
            for key, rowid, cluster, home, repost_of, posted_at, author, text, state, platform in rows
            if not (state == MentionState.GONE and key in read_before) and judged.get(key, text) == text}


def _stories(connection: sqlite3.Connection, clusters: Iterable[str]) -> dict[str, Story]:
    listed = keys_json(clusters)
    rows = connection.execute(
        "SELECT c.id, c.first, c.size, c.author, m.lane,"
        " EXISTS (SELECT 1 FROM ticket t WHERE t.cluster = c.id AND t.sensitive = 1)"
        f" FROM cluster c LEFT JOIN mention m ON m.key = c.first WHERE c.id {LISTED}", (listed,)).fetchall()
    stories = {id_: Story(first, size, author, lane, bool(secret)) for id_, first, size, author, lane, secret in rows}
    for ticket in live_tickets(connection, keys_json(stories)) if stories else ():
        stories[ticket.cluster].tickets.append(ticket)
    return stories
