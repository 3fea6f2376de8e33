"""One-line builders: what a test does not say about a record does not matter to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from domain import Account, Author, Mention, MentionKind

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)  # Monday 12:00 WIB
_ids = count(1)


def mention(text: str = "Jalan berlubang di depan Pasar Legi Solo, tolong diperbaiki", **given: Any) -> Mention:
    """A post on X by an invented citizen, a minute after the last one built."""
    n = next(_ids)
    at = given.pop("at", NOON + timedelta(minutes=n))
    native_id = given.pop("native_id", f"{1000 + n}")
    platform = given.pop("platform", "x")
    fields: dict[str, Any] = {
        "key": f"{platform}:post:{native_id}", "account": f"{platform}:solo", "platform": platform,
        "kind": MentionKind.MENTION, "native_id": native_id, "text": text, "posted_at": at, "seen_at": at,
        "author": Author(id=f"u{n}", handle=f"warga_{n}", name=f"Warga {n}"),
    }
    return Mention(**{**fields, **given})


def account(key: str = "x:solo", **given: Any) -> Account:
    """A watched account of the city."""
    fields: dict[str, Any] = {
        "key": key, "platform": key.split(":")[0], "native_id": "900", "handle": "kota_contoh", "government": "solo",
    }
    return Account(**{**fields, **given})
