"""What webhooks have in common: a delivery becomes one Page an account, through the parsers of the pollers. Pure.

A post keeps its key and kind whether it is delivered or polled. What cannot be read is set aside with its
reason, under the account that it names, or under `receive:<platform>` where it names none that is watched.
Deliveries come twice and out of order: `Page.firsts` says which texts are first versions, so that one which
arrives late never undoes an edit; a removal that comes before its post leaves a tombstone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from domain import Account, Inquiry, Mention, MentionState, Page, Quarantined
from harvester.foreign_json import loads
from harvester.payload import why

EARLIEST_YEAR = 2004
KEPT_CHARS = 64 << 10


@dataclass
class Gathered:
    """One account's part of a delivery, while it is read."""

    account: Account
    mentions: list[Mention] = field(default_factory=list)
    aside: list[Quarantined] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    firsts: list[str] = field(default_factory=list)
    flags: list[tuple[str, str]] = field(default_factory=list)
    inquiries: list[Inquiry] = field(default_factory=list)
    reads: int = 0

    def take(self, page: Page, *, first: bool = False) -> None:
        """What a parser of the pollers read; a date that cannot be is set aside like what cannot be read."""
        for mention in page.mentions:
            if mention.posted_at.year >= EARLIEST_YEAR and mention.posted_at <= latest(mention.seen_at):
                self.mentions.append(mention)
                self.firsts += [mention.key] if first else []
            else:
                self.aside.append(Quarantined(mention.key, self.account.key, mention.text, "dated out of time",
                                              mention.seen_at))
        self.aside += page.quarantined
        self.gone += page.gone
        self.reads += page.reads

    def page(self) -> Page:
        return Page(tuple(self.mentions), "", quarantined=tuple(self.aside), gone=tuple(self.gone), reads=self.reads,
                    firsts=tuple(self.firsts), flags=tuple(self.flags), inquiries=tuple(self.inquiries))


class Delivery:
    """A signed delivery on its way into pages, one an account that it speaks of."""

    def __init__(self, platform: str, accounts: Iterable[Account], seen_at: datetime) -> None:
        self.platform = platform
        self.seen_at = seen_at
        self._watched = {account.native_id: account for account in accounts if account.native_id}
        self._parts: dict[str, Gathered] = {}

    def of(self, native_id: str | None) -> Gathered:
        """The part of the watched account with this id; of an unwatched one, what nobody's account is shown."""
        account = self._watched.get(native_id or "") or nobody(self.platform)
        return self._parts.setdefault(account.key, Gathered(account))

    def watches(self, native_id: str | None) -> bool:
        return (native_id or "") in self._watched

    def set_aside(self, part: Gathered, raw: Any, reason: str) -> None:
        part.aside.append(set_aside(raw, account=part.account.key, platform=self.platform, reason=reason,
                                    seen_at=self.seen_at))

    def pages(self) -> dict[str, Page]:
        return {key: part.page() for key, part in self._parts.items()}


def nobody(platform: str) -> Account:
    """Whose books hold what no watched account was named for."""
    return Account(f"receive:{platform}", "receive", "", platform, "")


def parsed(body: bytes) -> dict[str, Any]:
    """The delivery as an object. Raises ValueError."""
    value = loads(body)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def unreadable(body: bytes, platform: str, reason: str, seen_at: datetime) -> dict[str, Page]:
    """A delivery that is rightly signed and yet no delivery: kept whole, once however often it comes."""
    text = body[:KEPT_CHARS].decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    account = nobody(platform)
    item = Quarantined(f"{platform}:raw:{hashlib.sha256(body).hexdigest()[:32]}", account.key, text, reason, seen_at)
    return {account.key: Page((), "", quarantined=(item,))}


def set_aside(raw: Any, *, account: str, platform: str, reason: str, seen_at: datetime) -> Quarantined:
    """The raw piece under its hash: what it is about could not be read, or is none of ours."""
    whole = json.dumps(raw, ensure_ascii=True, sort_keys=True, default=str)
    key = f"{platform}:raw:{hashlib.sha256(whole.encode()).hexdigest()[:32]}"
    return Quarantined(key, account, whole[:KEPT_CHARS], reason, seen_at)


def edited(page: Page, at: datetime) -> Page:
    """The page's mentions as edits that were made at `at`."""
    return replace(page, mentions=tuple(
        replace(m, state=MentionState.EDITED, edited_at=at, revision_of=m.native_id) for m in page.mentions))


def latest(seen_at: datetime) -> datetime:
    """No post is from after tomorrow, whatever its sender's clock says."""
    return datetime.fromtimestamp(seen_at.timestamp() + 86_400, UTC)


def reason_of(error: Exception) -> str:
    return f"not JSON: {error.msg}" if isinstance(error, orjson.JSONDecodeError) else why(error)
