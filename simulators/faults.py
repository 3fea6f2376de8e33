"""What goes wrong, and when: the events of the day, and scripts that a test writes for one account.

An event lasts `minutes` of the invented day (or until its counterpart: token_renewed). A script counts
requests: "after 2 good ones, 3 times 429". How a fault looks on the wire is the platform module's
matter; what looks the same everywhere (HTML, hang, cut body) is `spoil` here.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from simulators.day import Event
from simulators.server import Response

LASTING = ("rate_limit", "outage", "html", "credits", "forbidden")
FIVE_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one answer. `until` is wall time, where it is known."""

    what: str
    until: datetime | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Script:
    fault: Fault
    after: int
    times: int


class Faults:
    """Everything that befalls accounts; keys are "platform:name", "platform:*" or "*"."""

    def __init__(self, events: Sequence[Event], wall: Callable[[timedelta], datetime]) -> None:
        self._events = events
        self._wall = wall
        self._scripts: dict[str, list[_Script]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, account: str, what: str, *, times: int = 1, after: int = 0, **args: Any) -> None:
        """After `after` more requests about the account, spoil the next `times`."""
        until = args.pop("until", None)
        with self._lock:
            self._scripts[account].append(_Script(Fault(what, until, args), after, times))

    def clear(self) -> None:
        with self._lock:
            self._scripts.clear()

    def next(self, account: str, now: datetime) -> Fault | None:
        """What goes wrong with this request; counts it."""
        return self._scripted(account) or self._lasting(account, now)

    def _scripted(self, account: str) -> Fault | None:
        with self._lock:
            for key in (account, account.split(":")[0] + ":*", "*"):
                for script in self._scripts[key]:
                    if script.times <= 0:
                        continue
                    if script.after > 0:
                        script.after -= 1
                        break
                    script.times -= 1
                    return script.fault
        return None

    def _lasting(self, account: str, now: datetime) -> Fault | None:
        for event in self._of(account, now):
            if event.what == "token_dies" and not self._renewed(event, now):
                return Fault("token", None, event.args)
            if event.what in LASTING:
                minutes = timedelta(minutes=float(event.args.get("minutes", FIVE_MINUTES)))
                until = self._wall(event.at + minutes)
                if now < until:
                    return Fault(event.what, until, event.args)
        return None

    def _renewed(self, death: Event, now: datetime) -> bool:
        return any(e.what == "token_renewed" and e.at >= death.at for e in self._of(death.account, now))

    def _of(self, account: str, now: datetime) -> list[Event]:
        """Events of the account that have begun, latest first."""
        return [e for e in reversed(self._events) if e.account == account and self._wall(e.at) <= now]

    def handle(self, account: str, now: datetime) -> str | None:
        """The name that the last rename gave, if there was one."""
        return next((str(e.args["handle"]) for e in self._of(account, now) if e.what == "rename"), None)

    def taken(self, platform: str, now: datetime) -> set[str]:
        """Handles that strangers hold by now."""
        return {str(e.args["handle"]) for e in self._events
                if e.what == "handle_taken" and e.account.startswith(platform + ":") and self._wall(e.at) <= now}

    def malformed(self, account: str, now: datetime) -> list[tuple[int, datetime]]:
        """Unreadable items that stand among the account's posts: (number, since when)."""
        born = [(n, self._wall(e.at)) for n, e in enumerate(self._events)
                if e.what == "malformed_item" and e.account == account]
        return [(n, at) for n, at in born if at <= now]


HTML = b"<!DOCTYPE html><html><head><title>Something went wrong</title></head><body>Try again.</body></html>"


def spoil(fault: Fault, response: Response) -> Response | None:
    """The answer as faults spoil it that look alike on every platform; None for the platform's own."""
    if fault.what == "outage":
        return Response(503, {"content-type": "text/html"}, HTML)
    if fault.what == "html":
        return Response(int(fault.args.get("status", 200)), {"content-type": "text/html"}, HTML)
    if fault.what == "hang":
        return replace(response, hang_seconds=float(fault.args.get("seconds", 60)))
    if fault.what == "trickle":
        return replace(response, trickle_seconds=float(fault.args.get("seconds", 0.05)))
    if fault.what == "truncate":
        return replace(response, truncate=True)
    if fault.what == "blank":
        return replace(response, body=b"", headers={})
    if fault.what == "body":
        return replace(response, body=bytes(fault.args["body"]))
    return None
