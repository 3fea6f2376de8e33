"""What an answer of X means: turns whatever tweepy and requests raise into the four errors of a fetch.

tweepy has no class for 402 and wraps neither time-outs nor HTML with status 200. A 429 without a reset
is the usage cap: money, not throttling. All are raised `from None`: the text of a library's exception
may carry the token, and a traceback would print it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tweepy

from domain import Account, Quota
from harvester.base import AccountBlocked, BudgetSpent, HarvestError, RateLimited, Transient
from harvester.redaction import redact

# tweepy passes on the fields of the new vocabulary, and warns of each of them at every call.
logging.getLogger("tweepy.client").addFilter(lambda record: not str(record.msg).startswith("Unexpected parameter"))

CLOCKS_DIFFER = timedelta(seconds=5)  # less is the way of the answer, and whole seconds


class BadQuestion(AccountBlocked):
    """HTTP 400: we asked wrongly. `detail` is what X says about it."""

    detail = ""


class Refused(AccountBlocked):
    """HTTP 403 or 404: this endpoint, or this account, is not for us."""

    alone = True


@dataclass(slots=True)
class Asked:
    """One fetch's way to X."""

    client: tweepy.Client
    account: Account
    now: datetime
    token: str
    headers: dict[str, str] = field(default_factory=dict)  # of the last answer, where it told a limit

    def call(self, ask: Callable[[tweepy.Client], Any]) -> dict[str, Any]:
        """The answer as an object, or one of the four errors."""
        try:
            answer = ask(self.client)
        except tweepy.TooManyRequests as error:
            raise _throttled(error, self.now) from None
        except tweepy.HTTPException as error:
            raise self._failed(error) from None
        except requests.RequestException as error:
            raise Transient(f"X tidak terjangkau: {type(error).__name__}") from None
        except (tweepy.TweepyException, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise Transient(f"jawaban X tak terbaca: {type(error).__name__}") from None
        if not isinstance(answer, dict):
            raise Transient(f"jawaban X tak terbaca: {type(answer).__name__}")
        return answer

    def note(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        """Keep what the answer tells of limits."""
        self.headers = {n.lower(): v for n, v in response.headers.items() if n.lower().startswith("x-rate-limit")}

    def _failed(self, error: tweepy.HTTPException) -> HarvestError:
        status = error.response.status_code
        resume = f"kentongan accounts resume {self.account.key}"
        detail = redact(" ".join(map(str, error.api_messages)), (self.token,))
        if status == 401:
            return AccountBlocked("X menolak token (401)", remedy=f"perbarui token, lalu: {resume}")
        if status == 402:
            return BudgetSpent("X: kredit habis (402)")
        if status in (403, 404):
            return Refused(f"X menolak permintaan ({status}): {detail}", remedy=f"periksa izin, lalu: {resume}")
        if status == 400:
            refused = BadQuestion(f"X tidak mengerti permintaan (400): {detail}", remedy=f"periksa, lalu: {resume}")
            refused.detail = str(error)
            return refused
        return Transient(f"X sedang terganggu ({status})")


def _throttled(error: tweepy.TooManyRequests, now: datetime) -> HarvestError:
    if error.reset_time is None:
        return BudgetSpent("X: batas pemakaian bulanan tercapai (429 tanpa reset)")
    try:
        reset = datetime.fromtimestamp(error.reset_time, UTC) + skew(error.response, now)
    except (ValueError, OverflowError, OSError):
        return RateLimited("X: terlalu sering (429)")
    return RateLimited("X: terlalu sering (429)", until=reset)


def skew(response: Any, now: datetime) -> timedelta:
    """How far our clock is ahead of theirs. A reset is a moment of their clock: by ours, an hour ahead, it is past."""
    try:
        theirs = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return timedelta(0)
    ahead = now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))
    return ahead if abs(ahead) > CLOCKS_DIFFER else timedelta(0)


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """What the window of the last answer's endpoint leaves; None where the headers do not say."""
    try:
        left, of = int(headers["x-rate-limit-remaining"]), int(headers["x-rate-limit-limit"])
        return Quota(left, of, "permintaan", datetime.fromtimestamp(int(headers["x-rate-limit-reset"]), UTC))
    except (KeyError, ValueError, OverflowError, OSError):
        return None
