"""The verbs of people as SqliteStore has them: lists, tickets, actions, stories put together and taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain import Actor, Case, Mention, Regrouping, Ticket
from storage.auditing import AuditQuery, AuditRow, Link
from storage.feeding import Feed
from storage.records import (
    Counted,
    Evidence,
    HistoryEntry,
    KnownPhoto,
    SavedView,
    Tally,
    TicketQuery,
    TicketRow,
    TicketView,
    Transition,
)
from storage.redaction import Redact
from storage.regrouping import Candidate, Merge, PairLabel, Split, Undo
from storage.sqlite import alike, audit, evidence, export, feed, listing, redacting, stories, tickets, undoing, views
from storage.sqlite.connection import Connections


class PeopleVerbs:
    """One transaction a verb, like the rest of the facade."""

    connections: Connections

    # --- people

    def tickets(self, actor: Actor, query: TicketQuery) -> list[TicketRow]:
        with self.connections.read() as connection:
            return tickets.tickets(connection, actor, query)

    def ticket(self, actor: Actor, ticket_id: int) -> TicketView:
        with self.connections.read() as connection:
            view = tickets.ticket(connection, actor, ticket_id)
            return replace(view, regroupings=undoing.standing(connection, actor, ticket_id))

    def counts(self, actor: Actor) -> dict[str, int]:
        with self.connections.read() as connection:
            return tickets.counts(connection, actor)

    def page(self, actor: Actor, query: TicketQuery, *, most: int) -> tuple[list[TicketRow], Counted]:
        with self.connections.read() as connection:
            return tickets.page(connection, actor, query, most=most)

    def newest_entry(self) -> int:
        with self.connections.read() as connection:
            return audit.newest(connection)

    def tallies(self, actor: Actor, department: str | None = None) -> list[Tally]:
        with self.connections.read() as connection:
            return listing.tallies(connection, actor, department)

    def saved_views(self, actor: Actor) -> list[SavedView]:
        with self.connections.read() as connection:
            return views.of(connection, actor)

    def save_view(self, actor: Actor, view: SavedView) -> None:
        with self.connections.write() as connection:
            views.save(connection, actor, view)

    def forget_view(self, actor: Actor, name: str) -> None:
        with self.connections.write() as connection:
            views.forget(connection, actor, name)

    def apply(self, actor: Actor, transition: Transition) -> Ticket:
        with self.connections.write() as connection:
            return tickets.apply(connection, actor, transition)

    def redact(self, actor: Actor, given: Redact) -> Ticket:
        with self.connections.write() as connection:
            return redacting.redact(connection, actor, given)

    def sealed(self, actor: Actor, ticket_id: int) -> list[tuple[int, str]]:
        with self.connections.read() as connection:
            return redacting.sealed(connection, actor, ticket_id)

    # --- stories put together and taken apart

    def case(self, actor: Actor, ticket_id: int) -> Case:
        with self.connections.read() as connection:
            return stories.case(connection, actor, ticket_id)

    def members(self, actor: Actor, ticket_id: int, keys: Sequence[str]) -> list[Mention]:
        with self.connections.read() as connection:
            return stories.members(connection, actor, ticket_id, keys)

    def tellings(self, actor: Actor, ticket_id: int, *, limit: int = 50) -> list[Mention]:
        with self.connections.read() as connection:
            return stories.tellings(connection, actor, ticket_id, limit=limit)

    def merge(self, actor: Actor, merge: Merge) -> Ticket:
        with self.connections.write() as connection:
            return stories.merge(connection, actor, merge)

    def split(self, actor: Actor, split: Split) -> Ticket:
        with self.connections.write() as connection:
            return stories.split(connection, actor, split)

    def regrouping(self, actor: Actor, number: int) -> Regrouping:
        with self.connections.read() as connection:
            return undoing.regrouping(connection, actor, number)

    def undo(self, actor: Actor, undo: Undo) -> Ticket:
        with self.connections.write() as connection:
            return undoing.undo(connection, actor, undo)

    def candidates(self, actor: Actor, ticket_id: int, *, within: timedelta) -> list[Candidate]:
        with self.connections.read() as connection:
            return alike.candidates(connection, actor, ticket_id, within=within)

    def part(self, actor: Actor, ticket_id: int, other: int, *, now: datetime) -> None:
        with self.connections.write() as connection:
            alike.part(connection, actor, ticket_id, other, now=now)

    def pair_labels(self) -> list[PairLabel]:
        with self.connections.read() as connection:
            return alike.pair_labels(connection)

    def evidence(self, actor: Actor, ticket_id: int) -> list[Evidence]:
        with self.connections.read() as connection:
            return evidence.of(connection, actor, ticket_id)

    def known_photos(self, actor: Actor, ticket_id: int) -> list[KnownPhoto]:
        with self.connections.read() as connection:
            return evidence.known(connection, actor, ticket_id)

    def hand_in(self, actor: Actor, photo: Evidence, transition: Transition) -> Ticket:
        with self.connections.write() as connection:
            return evidence.hand_in(connection, actor, photo, transition)

    def decide_evidence(self, actor: Actor, photo: int, transition: Transition, *, accepted: bool) -> Ticket:
        with self.connections.write() as connection:
            return evidence.decide(connection, actor, photo, transition, accepted=accepted)

    def note_access(
        self, actor: Actor, verb: str, *, subject: str, detail: Mapping[str, str], now: datetime
    ) -> None:
        with self.connections.write() as connection:
            audit.append(connection, [audit.Entry(now, actor.name, verb, subject=subject, after=detail)])

    def access_history(self, subject: str, *, limit: int) -> list[HistoryEntry]:
        with self.connections.read() as connection:
            return audit.of_subject(connection, subject, limit=limit)

    def record_view(self, actor: Actor, ticket_id: int, *, what: str, reason: str, now: datetime) -> None:
        with self.connections.write() as connection:
            tickets.record_view(connection, actor, ticket_id, what=what, reason=reason, now=now)

    def feed(self, actor: Actor, *, after: int, limit: int) -> Feed:
        with self.connections.read() as connection:
            return feed.feed(connection, actor, after=after, limit=limit)

    def export_listed(
        self, actor: Actor, query: TicketQuery, *, public: bool = False, newest_first: bool = False,
        number: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        return export.listed(self.connections, actor, query, public=public, newest_first=newest_first,
                             number=number)

    def record_export(self, actor: Actor, *, what: Mapping[str, Any], now: datetime) -> None:
        with self.connections.write() as connection:
            audit.append(connection, [audit.Entry(now, actor.name, "export", subject="export", after=what)])
    # --- auditors

    def audit(self, query: AuditQuery) -> Iterator[AuditRow]:
        last = 0
        while rows := self._audit_page(query, last):
            yield from rows
            last = rows[-1].id

    def _audit_page(self, query: AuditQuery, after: int) -> list[AuditRow]:
        with self.connections.read() as connection:
            return audit.page(connection, query, after=after)

    def audit_head(self) -> Link:
        with self.connections.read() as connection:
            return audit.head(connection)

    def verify_link(self, link: Link) -> list[str]:
        with self.connections.read() as connection:
            return list(audit.astray(connection, link))
