"""What a token does, with the very functions of the buttons. A stale version is answered with what changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from domain import Conflict, NotAllowed, Refused, Ticket
from inbox.api import records, shapes
from inbox.api.call import Call
from inbox.api.problems import Problem
from inbox.api.reading import possible
from inbox.desk import desk
from inbox.views.actions import action_of, perform, said, sentence
from inbox.views.closing import close_with, decide_as
from inbox.views.privacy import blot
from inbox.views.stories import regroup_as
from inbox.views.ticket import since, unsealed


def act(verb: str) -> Callable[[Call], records.Done]:
    """One of the state machine's verbs."""

    def view(call: Call) -> records.Done:
        fields = _fields(call)
        action = action_of({name: value or "" for name, value in fields.items()}, verb)
        try:
            return _done(perform(call.actor, call.number, _version(call), action), call)
        except Refused as refusal:
            raise _refused(call, said(refusal, action)) from refusal
        except Conflict as conflict:
            raise _stale(call) from conflict

    return view


def finish(call: Call) -> records.Done:
    """Close it, with a photo where one came. A doubtful one waits for a second pair of eyes: a person's."""
    if call.photo is None:
        return act("finish")(call)

    def closing() -> records.Done:
        doubts = close_with(call.actor, call.number, _version(call), note=_fields(call)["note"], upload=call.photo)
        return _done(desk().store.ticket(call.actor, call.number).ticket, call, doubts=list(doubts))

    return _attempt(call, closing)


def refuse_photo(call: Call) -> records.Done:
    return _attempt(call, lambda: _done(
        decide_as(call.actor, call.number, int(call.args["photo"]), _version(call), accepted_by=None), call))


def redact(call: Call) -> records.Done:
    fields = _fields(call)
    return _attempt(call, lambda: _done(
        blot(call.actor, call.number, _version(call), words=fields["words"], reason=fields["note"]), call))


def regroup(verb: str) -> Callable[[Call], records.Done]:
    """Stories put together and taken apart; the fields of the page's form."""

    def doing(call: Call) -> records.Done:
        form = QueryDict(mutable=True)
        for name, value in _fields(call).items():
            form.setlist({"mentions": "mention"}.get(name, name), value if isinstance(value, list) else [str(value)])
        _said, onward = regroup_as(call.actor, call.number, _version(call), verb, form)
        return _done(desk().store.ticket(call.actor, call.number).ticket, call, onward=onward)

    return lambda call: _attempt(call, lambda: doing(call))


def unmask(call: Call) -> records.Personal:
    """Text and author as the platform gave them, after the reason stands in the audit."""
    store, actor, number = desk().store, call.actor, call.number
    view = store.ticket(actor, number)
    store.record_view(actor, number, what="pii", reason=_fields(call)["reason"].strip(), now=timezone.now())
    mention = unsealed(actor, view).mention
    author = mention.author
    return records.Personal(number=number, text=mention.text, author_name=author.name if author else None,
                            author_handle=author.handle if author else None)


# --- how it ends ---------------------------------------------------------------------------------


def _attempt(call: Call, doing: Callable[[], records.Done]) -> records.Done:
    try:
        return doing()
    except Refused as refusal:
        raise _refused(call, sentence(refusal)) from refusal
    except Conflict as conflict:
        raise _stale(call) from conflict


def _done(ticket: Ticket, call: Call, *, onward: int | None = None, doubts: list[str] | None = None) -> records.Done:
    return records.Done(ticket=shapes.state(ticket), onward=onward or call.number, doubts=doubts or [])


def _refused(call: Call, reason: str) -> Problem:
    view = desk().store.ticket(call.actor, call.number)
    return Problem("refused", reason=reason, possible=possible(view), version=view.ticket.version)


def _stale(call: Call) -> Problem:
    """With every step since the version that the caller saw. Where the ticket has left the desk it is not found."""
    try:
        view = desk().store.ticket(call.actor, call.number)
    except NotAllowed:
        return Problem("not-found")
    steps = since(view.ticket, view.history, _version(call))
    return Problem("stale", version=view.ticket.version,
                   changed=[shapes.change(entry).model_dump(mode="json") for entry in steps])


def _fields(call: Call) -> dict[str, Any]:
    assert call.given is not None, "an endpoint without a body has no fields"
    return call.given.model_dump(exclude={"version"})


def _version(call: Call) -> str:
    return str(getattr(call.given, "version", ""))
