"""The independent closer: where a department demands it, a verifier or head who did not handle the ticket closes it.

Handling is whatever changed the ticket or was noted on it; having looked is not, nor having judged a photo. What counts
is the history as the approver saw it: handling the ticket meanwhile changes its version, and the approval comes late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain import Ticket
from inbox.desk import desk
from inbox.models import HEAD, VERIFIER
from storage.records import HistoryEntry

INDEPENDENT = "independent"  # the doubt with which every photo of such a department waits
EVERYBODY = "*"
LOOKING = frozenset(("view", "open", "evidence_refused"))


def demanded(ticket: Ticket) -> bool:
    """A ticket that is handed over is closed by word from outside: nobody here handled it."""
    wanted = desk().settings.inbox.second_closer
    return not ticket.outside and (ticket.department in wanted or EVERYBODY in wanted)


def handled(ticket: Ticket, history: Iterable[HistoryEntry], user: Any) -> bool:
    """A verifier's `finish` is an earlier approval, before somebody reopened; a head's may have been their own work."""
    looked = LOOKING | {"finish"} if user.role == VERIFIER else LOOKING
    name = user.username
    return ticket.assignee == name or any(entry.actor == name and entry.verb not in looked for entry in history)


def may_close(user: Any, ticket: Ticket, history: Iterable[HistoryEntry]) -> bool:
    """Whether this person's word closes the ticket, as far as the role and the own part in it go."""
    if not demanded(ticket):
        return bool(user.may_act)
    return user.role in (VERIFIER, HEAD) and not handled(ticket, history, user)
