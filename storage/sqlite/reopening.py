"""What a new telling does to the closed tickets of its story, while a batch is played (`settle`).

Whoever complains again after a rejection or an end has a reason: it was no mistake, or it is broken still. The tickets
come back to the desks that closed them, with the history and the citizen's clock of before. Once: what people close a
second time stays closed, or a text that is copied for weeks would come back with every copy. Posts written before the
closing, however late they reach us, and stories that somebody still works on, change nothing here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from domain import Decision, Reopen, Status, Ticket
from storage.sqlite import audit
from storage.sqlite.rows import TICKET, maybe_micros, ticket_of

if TYPE_CHECKING:
    from storage.sqlite.settle import Batch, Story, Waiting

VERB = "reopen"
CLOSED_BEFORE = (
    f"SELECT {TICKET} FROM ticket t WHERE t.cluster = ? AND t.status IN ('ditolak', 'selesai') AND t.closed_at < ?"  # noqa: S608
    " AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.ticket = t.id AND a.verb = ? AND a.actor = ?) ORDER BY t.id")


def reopen(batch: Batch, cluster: str, story: Story, change: Reopen, decision: Decision, mention: Waiting) -> None:
    """The closed tickets of a story that nobody works on are new again, each once."""
    if story.tickets:
        return
    for closed in _closed_before(batch.connection, cluster, mention.posted_at):
        status = Status.DITERUSKAN if closed.outside else Status.BARU
        ticket = replace(closed, status=status, closed_at=None, reason=None, version=closed.version + 1)
        story.tickets.append(ticket)
        batch.raised[ticket.id] = ticket
        batch.entries.append(audit.Entry(
            batch.now, audit.MACHINE, VERB, ticket=ticket.id, reason=change.because,
            before={"status": str(closed.status), "closed_at": maybe_micros(closed.closed_at), "reason": closed.reason},
            after={"status": str(status), "closed_at": None, "reason": None, "mention": decision.mention}))
        batch.events += batch.announce(ticket, story.size)


def _closed_before(connection: sqlite3.Connection, cluster: str, posted_at: int) -> list[Ticket]:
    rows = connection.execute(CLOSED_BEFORE, (cluster, posted_at, VERB, audit.MACHINE)).fetchall()
    return [ticket_of(row) for row in rows]
