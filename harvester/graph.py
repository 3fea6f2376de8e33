"""Meta's Graph API through facebook-sdk, repaired for versions of today, and what its errors mean.

facebook-sdk 3.1.0 knows Graph 2.8-3.1, all expired; it never looks at the HTTP status, leaves requests'
errors unwrapped with the token in their text, and shows neither usage headers nor subcodes. The subclass
sets the version after construction and notes the headers; `Asked.call` turns the rest into the four
errors of a fetch. At 80 % of any usage figure we stop asking, before Meta does it for us.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import facebook
import requests

from domain import Account
from harvester.base import AccountBlocked, HarvestError, RateLimited, Transient
from harvester.payload import mapping
from harvester.redaction import redact
from settings import PlatformSettings

HOSTS = ("graph.facebook.com",)
VERSION = "v26.0"
PAUSE_AT_PERCENT = 80
WINDOW = timedelta(minutes=15)  # where the header names no time
USAGE_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
TOKEN_TROUBLE = {458: "aplikasi dilepas", 459: "akun harus melewati pemeriksaan", 460: "kata sandi diganti",
                 463: "token kedaluwarsa", 467: "token tidak sah"}


class Graph(facebook.GraphAPI):  # type: ignore[misc]
    """facebook-sdk's client on any Graph version; remembers the usage that the last answers told."""

    def __init__(
        self, token: str, *, session: requests.Session, version: str = VERSION, app_secret: str = ""
    ) -> None:
        super().__init__(access_token=token, session=session)  # a version here would be refused
        self.version = version
        self.usage: dict[str, str] = {}
        proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest() if app_secret else ""
        self._proof = {"appsecret_proof": proof} if proof else {}
        self.session.hooks["response"].append(self._note)

    def _note(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        self.usage.update({name: response.headers[name] for name in USAGE_HEADERS if name in response.headers})

    def edge(self, node: str, edge: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.get_connections(node, edge, **params, **self._proof)
        return answer

    def node(self, node: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.get_object(node, **params, **self._proof)
        return answer


def next_of(page: dict[str, Any]) -> dict[str, str]:
    """Parameters of the next page, {} on the last. The host in `next` is ignored, the token left out."""
    query = urlsplit(str(mapping(page.get("paging")).get("next") or "")).query
    return {name: value for name, value in parse_qsl(query) if name not in ("access_token", "appsecret_proof")}


@dataclass(frozen=True, slots=True)
class Usage:
    """The worst figure that the headers told, and how long Meta thinks it will take to recover."""

    percent: float
    regain: timedelta | None


def usage_of(headers: dict[str, str]) -> Usage:
    """Read the usage headers; what is no JSON counts as nothing."""
    percent, regain = 0.0, 0.0
    for text in headers.values():
        try:
            entries = list(_entries(json.loads(text)))
        except (ValueError, RecursionError):
            continue
        for entry in entries:
            for name in ("call_count", "total_time", "total_cputime"):
                percent = max(percent, _figure(entry.get(name)))
            regain = max(regain, _figure(entry.get("estimated_time_to_regain_access")))
    return Usage(percent, timedelta(minutes=min(regain, 1440)) if regain else None)


def _entries(value: Any) -> Any:
    """The figures: one object, or lists of objects by business id."""
    if isinstance(value, list):
        for item in value:
            yield from _entries(item)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _entries(item)


def _figure(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


# --- what an answer means --------------------------------------------------------------------------


class TooMuch(Transient):
    """Code 1 with "reduce the amount of data": the same question again would fail for ever."""


class Refused(AccountBlocked):
    """This edge, or these fields, are not for us (3, 10, 200-299), not understood (100), or name nobody (110)."""

    alone = True


class Missing(AccountBlocked):
    """100/33, 803: deleted, or no longer shown to us."""

    alone = True


@dataclass(slots=True)
class Asked:
    """One fetch's way to Graph."""

    graph: Graph
    account: Account
    now: datetime
    token: str

    def call(self, ask: Callable[[Graph], Any]) -> dict[str, Any]:
        """The answer as an object. `from None`: the text of requests' errors carries the token."""
        try:
            answer = ask(self.graph)
        except facebook.GraphAPIError as error:
            raise self._failed(error) from None
        except requests.RequestException as error:
            raise Transient(f"Graph tidak terjangkau: {type(error).__name__}") from None
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise Transient(f"jawaban Graph tak terbaca: {type(error).__name__}") from None
        if not isinstance(answer, dict):
            raise Transient(f"jawaban Graph tak terbaca: {type(answer).__name__}")
        return answer

    def edge(self, node: str, edge: str, params: dict[str, str]) -> dict[str, Any]:
        """A page of an edge. One without its list is no empty page: all it held would look deleted."""
        answer = self.call(lambda graph: graph.edge(node, edge, **params))
        if not isinstance(answer.get("data"), list):
            raise Transient("jawaban Graph tanpa data")
        return answer

    def _failed(self, error: facebook.GraphAPIError) -> HarvestError:
        told = mapping(mapping(error.result).get("error"))
        code, subcode = told.get("code"), told.get("error_subcode")
        resume = f"lalu: kentongan accounts resume {self.account.key}"
        if code == 1 and "reduce the amount of data" in str(told.get("message")).lower():
            return TooMuch("Graph: terlalu banyak data diminta (1)")
        if not isinstance(code, int) or code in (1, 2) or told.get("is_transient") is True:
            return Transient(f"Graph sedang terganggu (kode {code})")
        if code in (4, 17, 32, 341, 613) or 80_000 <= code < 80_100:
            return RateLimited(f"Graph: terlalu sering (kode {code})", wait=usage_of(self.graph.usage).regain)
        where = f"({code}/{subcode})" if subcode else f"({code})"
        if code in (102, 190):
            trouble = TOKEN_TROUBLE.get(subcode if isinstance(subcode, int) else 0, "token ditolak")
            return AccountBlocked(f"Graph: {trouble} {where}", remedy=f"buat token halaman baru, {resume}")
        if code == 368:
            return AccountBlocked(f"Graph: akun diblokir sementara {where}", remedy=f"buka akun itu, {resume}")
        if (code, subcode) == (100, 33) or code == 803:
            return Missing(f"Graph: objek tidak ada {where}", remedy=f"periksa native_id, {resume}")
        if code in (3, 10, 100, 110, 2500) or 200 <= code <= 299:
            detail = redact(told.get("message") or "", (self.token,))
            return Refused(f"Graph menolak {where}: {detail}", remedy=f"periksa izin aplikasi, {resume}")
        return Transient(f"Graph sedang terganggu (kode {code})")


def token_for(settings: PlatformSettings, account: Account) -> str:
    """The account's own token, else the platform's: page tokens differ from page to page.

    With `token_env: FB_TOKEN` the page `facebook:solo` may have its own in FB_TOKEN_SOLO.
    """
    name = account.key.split(":", 1)[-1]
    own = f"{settings.token_env}_{''.join(c if c.isalnum() else '_' for c in name).upper()}"
    secret = settings.secret("token_env")
    token = (os.environ.get(own, "") if settings.token_env else "") or (secret.get_secret_value() if secret else "")
    if not token:
        variable = settings.token_env or f"platforms.{account.platform}.token_env"
        raise AccountBlocked("token Graph belum ada",
                             remedy=f"isi {variable}, lalu: kentongan accounts resume {account.key}", alone=True)
    return token
