"""How instaloader is held: one session file, one way out, one attempt, no sleep. Maps its failures.

instaloader makes new `requests.Session` objects for nearly every call, so an adapter mounted on one
of them guards nothing. What holds is the *name* `requests` inside `instaloader.instaloadercontext`:
importing this module replaces it, for the process, by a namespace whose sessions send through the
adapter that `wired` has set, and through nothing at all elsewhere. An Instaloader that somebody makes
outside of `wired` (reading an archive, say) therefore cannot reach the network.

Never logs in, never answers a challenge, never loads a pickle, never waits.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import instaloader
import orjson
import requests
from instaloader import instaloadercontext
from requests.adapters import HTTPAdapter

from domain import Quota
from harvester.base import AccountBlocked, HarvestError, RateLimited, Transient
from harvester.instagram_history import read_history, write_history, write_private
from harvester.wire import Deadline, GuardedAdapter, HostRefused

HOSTS = ("www.instagram.com", "i.instagram.com")
REQUESTS_PER_HOUR = 30  # of a session that is left in peace; instaloader's own windows allow 20 times as many
REQUESTS_PER_FETCH = 40  # instaloader follows redirects on its host for ever
FETCH_DEADLINE = timedelta(seconds=120)
WAIT_AFTER_429 = timedelta(minutes=15)
NEEDED_COOKIES = ("csrftoken", "ds_user_id", "sessionid")
LOGIN = "masuk lagi dengan: kentongan session login NAMA (atau session import)"


# --- the way out ---------------------------------------------------------------------------------------


class Deferred(Exception):
    """The gate is shut for `seconds`. Not a requests or instaloader exception, so neither swallows it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Gate:
    """Counts what leaves, against a budget per hour and one per fetch; `now` is the fetch's own.

    What left is noted in `history` before it leaves: neither a block nor a kill nor a restart buys new budget.
    """

    def __init__(self, per_hour: int | None, history: Path | None = None) -> None:
        self.per_hour = per_hour
        self.history = history if per_hour is not None else None
        self.taken: list[datetime] | None = None  # not yet asked of the history
        self.in_fetch = 0

    def open_for(self, now: datetime) -> None:
        """Start a fetch."""
        self.now, self.in_fetch = now, 0
        taken = read_history(self.history) if self.taken is None else self.taken
        hour = timedelta(hours=1)
        self.taken = [at for at in taken if now - hour < at < now + hour]  # a clock may have been far ahead

    def spent(self) -> list[datetime]:
        return self.taken or []

    def wait_seconds(self) -> float:
        spent = self.spent()
        if self.per_hour is None or len(spent) < self.per_hour:
            return 0.0
        free_at = spent[-self.per_hour] + timedelta(hours=1)
        return max((free_at - self.now).total_seconds(), 1.0)

    def quota(self) -> Quota | None:
        """What is left of the hour; None without a limit."""
        if self.per_hour is None:
            return None
        spent = self.spent()
        return Quota(max(0, self.per_hour - len(spent)), self.per_hour, "permintaan",
                     spent[0] + timedelta(hours=1) if spent else None)

    def count(self) -> None:
        self.in_fetch += 1
        if self.per_hour is not None:
            self.taken = [*self.spent(), self.now]
            write_history(self.history, self.taken)
        if self.in_fetch > REQUESTS_PER_FETCH:
            raise Deferred(WAIT_AFTER_429.total_seconds())


class NoSleep(instaloader.RateController):
    """Instead of waiting in our one thread, says how long. Our window is narrower than all of theirs."""

    def __init__(self, context: Any, gate: Gate) -> None:
        super().__init__(context)
        self.gate = gate

    def wait_before_query(self, query_type: str) -> None:  # noqa: ARG002 - one budget for all types
        if seconds := self.gate.wait_seconds():
            self.sleep(seconds)

    def handle_429(self, query_type: str) -> None:  # noqa: ARG002
        self.sleep(WAIT_AFTER_429.total_seconds())

    def sleep(self, secs: float) -> NoReturn:
        raise Deferred(secs)


class GatedAdapter(GuardedAdapter):
    """The guarded adapter that counts, and that lets nothing start after the fetch's deadline."""

    def __init__(self, gate: Gate, *, base_url: str | None) -> None:
        super().__init__(HOSTS, base_url=base_url)
        self.gate = gate
        self.ends_at = 0.0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self.clock() > self.ends_at:
            raise Deadline("the fetch used up its time", request=request)
        self.gate.count()
        return super().send(request, *args, **kwargs)


class NoNetwork(HTTPAdapter):
    """The way out where nobody asked for one."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise HostRefused("no network in here", request=request)


_way_out: ContextVar[HTTPAdapter] = ContextVar("way_out", default=NoNetwork())  # noqa: B039 - holds no state


@contextmanager
def wired(adapter: HTTPAdapter) -> Iterator[None]:
    """Let the instaloader sessions made in this block, and only those, send through `adapter`."""
    token = _way_out.set(adapter)
    try:
        yield
    finally:
        _way_out.reset(token)


class WiredSession(requests.Session):
    """What instaloader believes to be `requests.Session`."""

    def __init__(self) -> None:
        super().__init__()
        self.mount("https://", _way_out.get())
        self.mount("http://", _way_out.get())
        self.max_redirects = 1  # 0 would hide the redirect to the login page, which instaloader has to see


vars(instaloadercontext)["requests"] = SimpleNamespace(
    Session=WiredSession, Response=requests.Response, utils=requests.utils, exceptions=requests.exceptions,
)


def loader(gate: Gate) -> instaloader.Instaloader:
    """An Instaloader for which every block is one request and one exception (verified with 4.16)."""
    made = instaloader.Instaloader(
        sleep=False, quiet=True, request_timeout=30, max_connection_attempts=1,
        fatal_status_codes=[401, 403, 429], iphone_support=False,
        rate_controller=lambda context: NoSleep(context, gate),
    )
    # It prints to stderr even when quiet, and keeps every line for ever.
    made.context.error = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
    return made


# --- the session file ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SavedSession:
    username: str
    cookies: Mapping[str, str]


def write_session(path: Path, username: str, cookies: Mapping[str, str]) -> None:
    """Our own JSON, readable by its owner only, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, orjson.dumps({"username": username, "cookies": dict(cookies)}))


def read_session(path: Path | None) -> SavedSession:
    """Raises AccountBlocked: a session that is missing, open to others or not ours needs a person."""
    if path is None:
        raise AccountBlocked("no session file is set", remedy="isi platforms.instagram.session_file di config.yaml")
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise AccountBlocked("the session file can be read by others", remedy=f"chmod 600 {path}")
        data = orjson.loads(path.read_bytes())
        cookies = {str(name): str(value) for name, value in data["cookies"].items()}
        session = SavedSession(str(data["username"]), cookies)
    except OSError as error:
        raise AccountBlocked(f"the session file cannot be read: {error.strerror}", remedy=LOGIN) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AccountBlocked("the session file is not our JSON (a pickle is never loaded)", remedy=LOGIN) from error
    if missing := [name for name in NEEDED_COOKIES if not cookies.get(name)]:
        raise AccountBlocked(f"the session lacks {', '.join(missing)}", remedy=LOGIN)
    return session


# --- failures --------------------------------------------------------------------------------------------

CHALLENGE = re.compile(r"\b(checkpoint|challenge|feedback)_required\b")
STATUS = re.compile(r'(?:^|: |responded with ")(\d{3}) [A-Z]')


def harvest_error(error: Exception) -> HarvestError:
    """One of the four ways in which a fetch may fail. Quotes no answer: it may hold citizens' words."""
    if isinstance(error, Deferred):
        return RateLimited("the hourly number of requests is used up", wait=timedelta(seconds=error.seconds))
    text = str(error)
    found = STATUS.search(text)
    status = int(found[1]) if found else None
    if challenge := CHALLENGE.search(text):
        return AccountBlocked(f"Instagram asks a person: {challenge[0]}",
                              remedy=f"buka Instagram di peramban dan selesaikan pemeriksaan, lalu {LOGIN}")
    if status == 429:
        return RateLimited("Instagram: 429 Too Many Requests", wait=WAIT_AFTER_429)
    return _blocked(error, text, status) or _passing(error, status)


def _blocked(error: Exception, text: str, status: int | None) -> AccountBlocked | None:
    if status in (401, 403) or "Redirected to login" in text:
        return AccountBlocked(f"Instagram does not take the session ({status or 'redirect to the login page'})",
                              remedy=LOGIN)
    if status is not None and 300 <= status < 400:
        return AccountBlocked(f"Instagram sends us elsewhere ({status}): a challenge, or a logout", remedy=LOGIN)
    if isinstance(error, instaloader.LoginRequiredException):
        return AccountBlocked("Instagram wants a login", remedy=LOGIN)
    if isinstance(error, instaloader.PrivateProfileNotFollowedException):
        return AccountBlocked("the account is private and the session does not follow it",
                              remedy="ikuti akun itu dari akun sesi", alone=True)
    if isinstance(error, instaloader.ProfileNotExistsException):
        # For an account that an operator configured, "does not exist" is how a soft block looks.
        return AccountBlocked("Instagram hides the account from the session: a soft block", remedy=LOGIN)
    if isinstance(error, instaloader.QueryReturnedBadRequestException):
        return AccountBlocked("Instagram refuses the query (400): its interface has changed",
                              remedy="perbarui instaloader, atau pakai API resmi (instagram_graph)")
    return None


def _passing(error: Exception, status: int | None) -> Transient:
    if status is not None:
        return Transient(f"Instagram answered {status}")
    if isinstance(error, instaloader.ConnectionException | requests.RequestException):
        cause = error.__cause__ or error
        return Transient(f"no usable answer: {type(cause).__name__}")
    return Transient(f"an answer of unknown shape: {type(error).__name__}")
