"""Reads single values out of foreign JSON: exact about what a mention needs, easy about the rest.

What a mention cannot do without raises Unreadable, naming the field and never its content; the item is
then quarantined, whole. Anything optional that has an odd shape is simply absent. Shared by all parsers
of platform payloads and by the readers of archives.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from domain import Mention, PlaceHint, Quarantined

Item = tuple[Any, str, Callable[[], Mention]]  # raw, "post" or "comment", how it is read


class Unreadable(ValueError):
    """A field that a mention needs is missing or is not what it should be."""


def why(error: Exception) -> str:
    """The reason for setting an item aside. An error that nobody foresaw is named, not quoted: it may
    hold the citizen's words."""
    return str(error) if isinstance(error, Unreadable) else f"item: {type(error).__name__}"


def mapping(value: Any) -> dict[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def word(value: Any) -> str | None:
    """A non-empty string, cleaned; ids may come as numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return clean(str(value))


def number(value: Any) -> int | None:
    """A count: a plain int, or digits in a string (X's Activity events)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and is_digits(value) else None


def is_digits(value: Any) -> bool:
    """Whether this is an id made of digits, as X and Instagram write them."""
    text = str(value)
    return text.isascii() and text.isdecimal() and len(text) < 20


def clean(text: str) -> str:
    """NFC, untrimmed, and storable: halves of a surrogate pair and NUL become U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", whole).replace("\0", "\ufffd")


def needed_id(raw: dict[str, Any], name: str = "id") -> str:
    """The native id; digits, underscores and letters of any platform, without blanks."""
    value = word(raw.get(name))
    if value is None or len(value) > 100 or any(c.isspace() or c == ":" for c in value):
        raise Unreadable(f"{name}: no usable id")
    return value


def needed_text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{name}: expected a string, got {type(value).__name__}")
    return clean(value)


def needed_time(value: Any, name: str) -> datetime:
    """An aware time in UTC from `Z`, `+07:00`, `+0700`, with or without fraction, or epoch seconds."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"{name}: not a time") from error
    if at.tzinfo is None:
        raise Unreadable(f"{name}: a time without offset")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable(f"{name}: out of range") from error


def place_hint(name: Any, *, lat: Any = None, lng: Any = None) -> PlaceHint | None:
    """A hint out of what the platform said; coordinates outside the globe are none."""
    on_globe = (
        isinstance(lat, int | float) and isinstance(lng, int | float) and abs(lat) <= 90 and abs(lng) <= 180
    )
    label = word(name)
    if label is None and not on_globe:
        return None
    return PlaceHint(label, float(lat) if on_globe else None, float(lng) if on_globe else None)


def quarantined(
    raw: Any, *, account: str, platform: str, reason: str, seen_at: datetime, kind: str = "post"
) -> Quarantined:
    """The raw item, whole, under its id where that can be read and under its hash where not."""
    whole = json.dumps(raw, ensure_ascii=True, sort_keys=True, default=str)
    try:
        key = f"{platform}:{kind}:{needed_id(mapping(raw))}"
    except Unreadable:
        key = f"{platform}:raw:{hashlib.sha256(whole.encode()).hexdigest()[:32]}"
    return Quarantined(key, account, whole, reason, seen_at)


def read_items(
    items: Iterable[Item], *, account: str, platform: str, seen_at: datetime
) -> tuple[list[Mention], tuple[Quarantined, ...]]:
    """What can be read, and what cannot, set aside: one item, whatever is wrong with it, never costs its page."""
    mentions: list[Mention] = []
    aside: list[Quarantined] = []
    for raw, kind, read in items:
        try:
            mentions.append(read())
        except Exception as error:  # a broken item may break the reader in any way
            aside.append(quarantined(raw, account=account, platform=platform, reason=why(error), seen_at=seen_at,
                                     kind=kind))
    return mentions, tuple(aside)


def oldest_first(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Each key once, as it was first read, by time."""
    once: dict[str, Mention] = {}
    for mention in mentions:
        once.setdefault(mention.key, mention)
    return tuple(sorted(once.values(), key=lambda m: (m.posted_at, m.native_id)))
