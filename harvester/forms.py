"""Reports that reach us through other channels than the platforms, as mentions. Pure.

A telephone log, an Open311 app, a signed webhook, an SMS gateway: their numbers are unique within their own
log only, so the key holds the account's name. Times without a zone are Asia/Jakarta, as a clerk writes them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain import Account, Author, Media, Mention, MentionKind, PlaceHint
from harvester.payload import Unreadable, needed_id, needed_time, place_hint, word

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
SOCIAL = ("x", "facebook", "instagram", "threads")  # their ids are unique in the world
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?$")


def form(
    platform: str, native_id: str, text: str, account: Account, seen_at: datetime, *, posted_at: datetime,
    author: Author | None, media: tuple[Media, ...], place: PlaceHint | None,
) -> Mention:
    return Mention(
        key=key_of(platform, native_id, account.key, local=True), account=account.key, platform=platform,
        kind=MentionKind.FORM, native_id=native_id, text=text, posted_at=posted_at, seen_at=seen_at, author=author,
        media=media, place=place,
    )


def key_of(platform: str, native_id: str, account_key: str, *, local: bool = False) -> str:
    if platform in SOCIAL and not local:
        return f"{platform}:post:{native_id}"
    return f"{platform}:post:{account_key.partition(':')[2]}.{native_id}"


def local_id(value: str) -> str:
    """A log's number, which people write with blanks in it."""
    return needed_id({"id": re.sub(r"[\s:]+", "_", value.strip())})


def person(name: str) -> Author | None:
    return Author(name=name) if name else None


def place_of(name: Any = None, lat: Any = None, lng: Any = None, address: Any = None) -> PlaceHint | None:
    hint = place_hint(name, lat=lat, lng=lng)
    where = word(address)
    if where is None:
        return hint
    return PlaceHint(hint.name, hint.lat, hint.lng, where) if hint else PlaceHint(address=where)


def decimal(text: str, name: str) -> float | None:
    """A coordinate; spreadsheets in Indonesia write it with a comma."""
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise Unreadable(f"{name}: not a number") from error


def written_time(value: Any) -> datetime:
    """ISO 8601 or day first, with or without zone; UNDATED where nothing is written."""
    if value is None or value == "":
        return UNDATED
    if isinstance(value, str) and (found := DAY_FIRST.match(value.strip())):
        day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=JAKARTA).astimezone(UTC)
        except ValueError as error:
            raise Unreadable("created_at: not a time") from error
    try:
        at = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError as error:
        raise Unreadable("created_at: not a time") from error
    if at is not None and at.tzinfo is None:
        return at.replace(tzinfo=JAKARTA).astimezone(UTC)
    return needed_time(at.isoformat() if at else value, "created_at")
