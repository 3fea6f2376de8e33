"""How a platform without since_id is read: a cycle of small steps over a window of recent posts.

One fetch is one step is one request is one Page; the steps still to do stand in the cursor, so a crash
resumes in mid-cycle. The window remembers what was shown lately: text that changed is an edit, what is
no longer shown is asked for by id, and only Meta's "no such object" makes it gone. The ground (`since`)
moves when a cycle is through.

The carrier step carries the account: where it fails the fetch fails. The others never hold it up: a
refused one is noted, a stumbling one comes again next cycle. A dead token and a limit stop them all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import requests
import structlog

from domain import Account, AccountNote, Page, Quota
from harvester.base import RateLimited, Transient
from harvester.graph import (
    HOSTS,
    PAUSE_AT_PERCENT,
    VERSION,
    WINDOW,
    Asked,
    Graph,
    Missing,
    Refused,
    token_for,
    usage_of,
)
from harvester.graph_cursor import EXISTS, Cursor, Step
from harvester.payload import Unreadable, listing, mapping, needed_time, number, word
from harvester.wire import GuardedAdapter, Limits, guard
from settings import PlatformSettings

log = structlog.get_logger("harvester.graph")

OVERLAP = timedelta(hours=2)
FIRST_LOOK = timedelta(days=1)
POLLS_PER_NAME = 30
EXPIRY_EVERY = timedelta(hours=12)
RECHECKED = 20  # a request each
AFTER_REFUSAL = timedelta(hours=1)  # until a refused edge is asked again


class GraphConnector(ABC):
    """What Facebook pages and Instagram accounts share. Subclasses say which steps a cycle has."""

    platform: ClassVar[str]
    carrier: ClassVar[str]  # kind of the step that carries the account
    lists: ClassVar[tuple[str, ...]]  # kinds of steps that read lists of posts

    def __init__(
        self, settings: PlatformSettings, *, name_every: timedelta | None = None, limits: Limits | None = None
    ) -> None:
        poll_every = timedelta(seconds=settings.poll_seconds)
        self._settings = settings
        self._adapter = GuardedAdapter(HOSTS, base_url=settings.base_url, limits=limits)
        self._name_every = poll_every * POLLS_PER_NAME if name_every is None else name_every
        self._paused: dict[str, datetime] = {}

    @abstractmethod
    def plan(self, cursor: Cursor, account: Account) -> list[Step]:
        """The steps of a new cycle, the carrier first."""

    @abstractmethod
    def take(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        """Do one step; push what follows from it."""

    @abstractmethod
    def name_fields(self) -> str:
        """Fields that hold the account's handle."""

    def fetch(self, account: Account, *, now: datetime) -> Page:
        until = self._paused.get(account.key)
        if until is not None and now < until:
            raise RateLimited(f"Graph: pemakaian mencapai {PAUSE_AT_PERCENT} %", until=until)
        cursor = Cursor.of(account.cursor)
        asked = self._ask_for(account, now)
        if not cursor.node and not account.native_id:
            cursor.node = self._own_id(asked)
        cursor.node = account.native_id or cursor.node
        asked.account = replace(account, native_id=cursor.node)
        if not cursor.todo:
            self._begin(cursor, asked.account, now)
            cursor.push(*(Step(one.kind, one.target, about={"media": one.about}) for one in account.inquiries))
        page = self._step(asked, cursor)
        if not cursor.todo:
            self._end(cursor)
        usage = self._mind_usage(asked)
        owed = any(step["kind"] in self.lists for step in cursor.owed)
        return replace(page, cursor=cursor.dump(), more=bool(cursor.todo), unfinished=owed, native_id=cursor.node,
                       quota=usage)

    def rewind(self, cursor: str, *, since: datetime) -> str:
        """A new cycle from there, down to it: also through pages on which everything is known."""
        held = Cursor.of(cursor)
        held.since = min(held.since or since.timestamp(), since.timestamp())  # never above the ground
        held.deep, held.todo, held.owed, held.counts = True, [], [], {}
        return held.dump()

    def recheck(self, account: Account, posts: Mapping[str, str], *, now: datetime) -> Page:
        """Ask for those that the window does not remember: the others are looked after by the cycle."""
        cursor, asked = Cursor.of(account.cursor), self._ask_for(account, now)
        left = {graph_id: key for graph_id, key in posts.items()
                if key not in cursor.seen and graph_id.replace("_", "").isdecimal()}  # a shortcode is no Graph id
        gone = []
        for graph_id, key in list(left.items())[:RECHECKED]:
            try:
                asked.call(partial(Graph.node, node=graph_id, fields="id"))
            except Missing:
                gone.append(key)
        return Page((), "", gone=tuple(gone), reads=min(len(left), RECHECKED))

    def _ask_for(self, account: Account, now: datetime) -> Asked:
        token = token_for(self._settings, account)
        app_secret = self._settings.secret("secret_env")
        graph = Graph(token, session=guard(requests.Session(), self._adapter),
                      version=self._settings.api_version or VERSION,
                      app_secret=app_secret.get_secret_value() if app_secret else "")
        return Asked(graph, account, now, token)

    def _own_id(self, asked: Asked) -> str:
        """The id behind the token, where the operator left it out."""
        found = word(asked.call(lambda graph: graph.node("me", fields="id")).get("id"))
        if found is None:
            raise Transient("Graph tidak menyebut id akun")
        return found

    # --- the cycle

    def _begin(self, cursor: Cursor, account: Account, now: datetime) -> None:
        cursor.cycle += 1
        cursor.started = now.timestamp()
        cursor.since = cursor.since or (now - FIRST_LOOK).timestamp()
        cursor.covered, cursor.confirming = {}, False
        hour_ago = (now - AFTER_REFUSAL).timestamp()
        cursor.refused = {name: at for name, at in cursor.refused.items() if at > hour_ago}
        cursor.push(*(step for step in self.plan(cursor, account) if step.name not in cursor.refused))
        cursor.todo += cursor.owed
        cursor.owed = []
        if now.timestamp() - cursor.named_at >= self._name_every.total_seconds():
            cursor.push(Step("name"))
        if now.timestamp() - cursor.expiry_at >= EXPIRY_EVERY.total_seconds():
            cursor.push(Step("expiry"))

    def _step(self, asked: Asked, cursor: Cursor) -> Page:
        step = Step(**cursor.todo.pop(0))
        carries = step.kind == self.carrier
        answered = (step.target,) if step.target in {one.target for one in asked.account.inquiries} else ()
        try:
            page = replace(self._take(asked, cursor, step), answered=answered)
        except Refused as error:
            if carries:
                raise
            cursor.refused[step.name] = asked.now.timestamp()
            page = Page((), "", notes=(AccountNote("endpoint_refused", f"{step.name}: {error.reason}"),))
        except (Missing, Transient) as error:
            if carries:
                raise
            log.info("step left for the next cycle", account=asked.account.key, step=step.kind, reason=error.reason)
            if isinstance(error, Transient) and step.kind == "comments":
                cursor.owed.append(asdict(step))
            if isinstance(error, Missing) and "key" in step.about:
                cursor.push(Step("confirm", step.about["key"]))
            # what a webhook named is deleted or private by now; after a stumble its inquiry stands
            page = Page((), "", answered=answered if isinstance(error, Missing) else ())
        cursor.trim()
        return page

    def _take(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        if step.kind == "confirm":
            return self._confirm(asked, cursor, step)
        if step.kind == "name":
            return self._name(asked, cursor)
        if step.kind == "expiry":
            return self._expiry(asked, cursor)
        return self.take(asked, cursor, step)

    def _end(self, cursor: Cursor) -> None:
        """The reading is through: ask after what has vanished, then move the ground."""
        if not cursor.confirming:
            cursor.confirming = True
            cursor.push(*(Step("confirm", key) for key in cursor.vanished()))
        if not cursor.todo:
            cursor.since, cursor.deep = cursor.started, False

    def _confirm(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        """Gone is only what Meta says does not exist; the rest is merely not listed any more."""
        held = cursor.seen.get(step.target)
        if held is None:
            return Page((), "")
        try:
            asked.call(lambda graph: graph.node(held[0], fields="id"))
        except Missing:
            del cursor.seen[step.target]
            below = [key for key, item in cursor.seen.items() if item[4] == step.target]
            cursor.push(*(Step("confirm", key) for key in below))
            return Page((), "", gone=(step.target,), reads=1)
        held[3] = EXISTS
        return Page((), "", reads=1)

    def _name(self, asked: Asked, cursor: Cursor) -> Page:
        """The handle in force: the account goes on under its id, whatever it is called."""
        cursor.named_at = asked.now.timestamp()
        answer = asked.call(lambda graph: graph.node(cursor.node, fields=self.name_fields()))
        names = [found for name in ("username", "name") if (found := word(answer.get(name)))]
        before = asked.account.handle
        if not names or before.lower() in (name.lower() for name in names):
            return Page((), "", reads=1)
        note = AccountNote("renamed", f"{before} -> {names[0]}")
        return Page((), "", reads=1, handle=names[0], notes=(note,))

    def _expiry(self, asked: Asked, cursor: Cursor) -> Page:
        """When the token ends, as the token itself may ask. 0 is Meta's word for never."""
        cursor.expiry_at = asked.now.timestamp()
        told = mapping(asked.call(lambda graph: graph.node("debug_token", input_token=asked.token)).get("data"))
        ends = [at for name in ("expires_at", "data_access_expires_at") if (at := number(told.get(name)))]
        return Page((), "", token_expires_at=datetime.fromtimestamp(min(ends), UTC) if ends else None)

    def _mind_usage(self, asked: Asked) -> Quota:
        usage = usage_of(asked.graph.usage)
        if usage.percent >= PAUSE_AT_PERCENT:
            self._paused[asked.account.key] = asked.now + (usage.regain or WINDOW)
        return Quota(max(0, PAUSE_AT_PERCENT - round(usage.percent)), PAUSE_AT_PERCENT, "%",
                     self._paused.get(asked.account.key) if usage.percent >= PAUSE_AT_PERCENT else None)


def oldest_in(payload: dict[str, Any]) -> float:
    """When the oldest readable object of a list was posted, epoch seconds; infinity where there is none."""
    times = [raw.get("created_time") or raw.get("timestamp") for raw in map(mapping, listing(payload.get("data")))]
    found = []
    for text in times:
        with suppress(Unreadable):
            found.append(needed_time(text, "time").timestamp())
    return min(found, default=float("inf"))
