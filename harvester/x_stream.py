"""X's filtered stream: mentions within seconds, where an operator switches it on. Never the ground truth.

One connection for all accounts of a token, as X allows no more, in a thread that only listens and lays lines
aside; fetches take them from there. It moves no cursor: what a stream misses the polls find, and while it is
heard they merely come rarer. tweepy would mend a broken connection by sleeping in its thread, so it is given
one try, and the next fetch after a wait opens another. Reposts are not asked for: each would be billed.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson
import requests
import structlog
import tweepy

from domain import AccountNote, Page
from harvester.base import HarvestError
from harvester.payload import listing, mapping, oldest_first
from harvester.wire import GuardedAdapter, Limits, guard
from harvester.x_errors import Asked
from harvester.x_payload import mentions_of

log = structlog.get_logger("harvester.x")

RULES = "/2/tweets/search/stream/rules"
TAG = "kentongan "  # before the account's key: rules of others are left alone
LINES_KEPT = 2000  # of an account; what is dropped the polls find
LINE_BYTES = 1 << 20
SILENT_SECONDS = 60.0  # X sends a sign of life every twenty
FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
RULES_AGAIN = 3600.0
POLL_BESIDE_SECONDS, POLL_ALONE_SECONDS = 600.0, 60.0  # how often mentions are polled, the stream heard or not


class EndlessAdapter(GuardedAdapter):
    """Hosts and time-outs as everywhere; an answer without end is not read whole."""

    def _read_whole(self, response: requests.Response, deadline: float) -> None:
        """The listener reads it line by line."""


class Listener(tweepy.StreamingClient):  # type: ignore[misc]
    """One connection. Every end of it is the last: no second try, no sleep, no log of tweepy's."""

    def __init__(self, token: str, stream: Stream) -> None:
        super().__init__(token, max_retries=0, daemon=True)
        self.stream = stream

    def on_connect(self) -> None:
        self.stream.heard(connected=True)

    def on_keep_alive(self) -> None:
        self.stream.heard()

    def on_data(self, raw_data: bytes) -> None:
        self.stream.hear(raw_data)

    def on_request_error(self, status_code: int) -> None:
        self._end(f"status {status_code}")

    def on_connection_error(self) -> None:
        self._end("connection lost")

    def on_exception(self, exception: Exception) -> None:
        self._end(type(exception).__name__)

    def on_closed(self, response: requests.Response) -> None:  # noqa: ARG002
        self._end("closed by X")

    def on_disconnect(self) -> None:
        self.stream.last_heard = float("-inf")

    def _end(self, why: str) -> None:
        self.stream.trouble = why
        self.disconnect()


class Stream:
    """What is heard for the accounts of one token. `price` says what a line costs; `clock` is monotonic."""

    def __init__(
        self, token: str, *, hosts: tuple[str, ...], base_url: str | None, fields: dict[str, list[str]],
        price: Callable[[dict[str, Any]], float], clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.fields = fields
        self.price = price
        self.clock = clock
        self.adapter = EndlessAdapter(hosts, base_url=base_url, limits=Limits(5.0, 25.0, 25.0))
        self.lines: dict[str, deque[dict[str, Any]]] = {}
        self.rules: dict[str, str] = {}  # account -> the rule that stands at X
        self.rules_at = float("-inf")
        self.listener: Listener | None = None
        self.thread: threading.Thread | None = None
        self.last_heard = float("-inf")
        self.trouble = self.told = ""
        self.wait = FIRST_WAIT
        self.next_try = float("-inf")

    # --- the thread's side

    def heard(self, *, connected: bool = False) -> None:
        self.last_heard = self.clock()
        if connected:
            self.wait, self.trouble = FIRST_WAIT, ""

    def hear(self, line: bytes) -> None:
        """Lay a post aside for the accounts whose rules it matched; what is no post ends the connection."""
        self.heard()
        try:
            told = mapping(orjson.loads(line)) if len(line) <= LINE_BYTES else {}
        except ValueError:
            told = {}
        if not told.get("data"):
            self.trouble = str(mapping(next(iter(listing(told.get("errors"))), None)).get("title") or "unreadable line")
            if self.listener is not None:
                self.listener.disconnect()
            return
        for rule in map(mapping, listing(told.get("matching_rules"))):
            key = str(rule.get("tag", "")).removeprefix(TAG)
            if key in self.lines:
                self.lines[key].append(told)

    # --- the fetches' side

    def is_heard(self) -> bool:
        return self.clock() - self.last_heard < SILENT_SECONDS

    def take(self, asked: Asked) -> Page:
        """What was heard for the account since the last time; looks after rule and connection as well."""
        key = asked.account.key
        lines = self.lines.setdefault(key, deque(maxlen=LINES_KEPT))
        notes = self._look_after(asked)
        heard = [lines.popleft() for _ in range(len(lines))]
        pages = [mentions_of(line, account=asked.account, seen_at=asked.now) for line in heard]
        return Page(
            oldest_first(m for page in reversed(pages) for m in page.mentions), "", notes=notes,
            quarantined=tuple(item for page in pages for item in page.quarantined),
            reads=sum(page.reads for page in pages), cost_usd=sum(map(self.price, heard)),
        )

    def _look_after(self, asked: Asked) -> tuple[AccountNote, ...]:
        """A stream that does not come about is a note: the polls go on as if there were none."""
        if self.clock() < self.rules_at:
            return ()
        try:
            self._set_rule(asked)
        except HarvestError as error:
            self.rules_at = self.clock() + RULES_AGAIN
            log.info("no stream", account=asked.account.key, reason=error.reason)
            return (AccountNote("endpoint_refused", f"stream: {error.reason}"),)
        self._connect()
        if self.trouble == self.told:
            return ()
        self.told = self.trouble
        return (AccountNote("endpoint_refused", f"stream: {self.trouble}"),) if "status 4" in self.trouble else ()

    def polls_every(self) -> float:
        """Seconds between two polls of an account's mentions."""
        return POLL_BESIDE_SECONDS if self.is_heard() else POLL_ALONE_SECONDS

    def _set_rule(self, asked: Asked) -> None:
        """One rule an account, tagged with its key; after a renaming the old one goes."""
        key, wanted = asked.account.key, f"@{asked.account.handle.lstrip('@')} -is:retweet"
        if self.rules.get(key) == wanted:
            return
        standing = [rule for rule in map(mapping, listing(asked.call(lambda c: _json(c, "GET")).get("data")))
                    if rule.get("tag") == TAG + key]
        if old := [str(rule.get("id")) for rule in standing if rule.get("value") != wanted]:
            asked.call(lambda c: _json(c, "POST", {"delete": {"ids": old}}))
        if all(rule.get("value") != wanted for rule in standing):
            asked.call(lambda c: _json(c, "POST", {"add": [{"value": wanted, "tag": TAG + key}]}))
        self.rules[key] = wanted

    def _connect(self) -> None:
        """Open the connection where there is none, no sooner than its wait; a silent one is given up."""
        running = self.thread is not None and self.thread.is_alive()
        if running and self.listener is not None and not self.is_heard() and self.clock() > self.next_try:
            self.listener.disconnect()  # its thread ends with the read time-out
        if running or self.clock() < self.next_try:
            return
        self.next_try, self.wait = self.clock() + self.wait, min(2 * self.wait, LONGEST_WAIT)
        self.listener = Listener(self.token, self)
        guard(self.listener.session, self.adapter)
        self.thread = self.listener.filter(threaded=True, **self.fields)

    def close(self) -> None:
        if self.listener is not None:
            self.listener.disconnect()


def _json(client: tweepy.Client, method: str, body: dict[str, Any] | None = None) -> Any:
    return client.request(method, RULES, json=body).json()
