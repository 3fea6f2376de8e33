"""A ticket that opens: its record, and the link of the audit chain that says so."""

from __future__ import annotations

from datetime import datetime

from domain import Decision, OpenTicket, Status, Ticket
from storage.sqlite import audit
from storage.sqlite.rows import micros


def new_ticket(id_: int, cluster: str, opening: OpenTicket, parent: int | None, ruleset: str) -> Ticket:
    return Ticket(
        id_, cluster, opening.department, Status(opening.status), opening.priority, opening.topic, opening.urgency,
        1, opening.opened_at, opening.due_at, opening.due_rule, None if opening.coordinates else parent,
        opening.sensitive, ruleset, opening.rule, opening.coordinates, opening.outside,
    )


def opened_entry(ticket: Ticket, decision: Decision, *, at: datetime) -> audit.Entry:
    after = {
        "cluster": ticket.cluster, "mention": decision.mention, "department": ticket.department,
        "status": str(ticket.status), "priority": ticket.priority, "topic": ticket.topic, "urgency": ticket.urgency,
        "rule": ticket.rule, "ruleset": ticket.ruleset, "parent": ticket.parent,
        "due_at": micros(ticket.due_at) if ticket.due_at else None, "due_rule": ticket.due_rule,
        "opened_at": micros(ticket.opened_at), "sensitive": ticket.sensitive, "outside": ticket.outside,
    }
    return audit.Entry(at, audit.MACHINE, "open", ticket=ticket.id, after=after, reason=decision.because)
