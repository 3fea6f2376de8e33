"""The facts of a ticket that a notice may carry outside. Nothing that a citizen wrote or is."""

from __future__ import annotations

from domain import Ticket

Facts = tuple[tuple[str, str], ...]


def facts(ticket: Ticket, name: str, *, department: str = "") -> Facts:
    """`name` is the department's; `department` where the notice is for another desk than the ticket was at."""
    due = ticket.due_at.isoformat() if ticket.due_at else ""
    return (("department", department or ticket.department), ("department_name", name),
            ("urgency", str(ticket.urgency)), ("status", str(ticket.status)), ("due_at", due))
