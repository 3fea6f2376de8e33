"""A row of JSON Lines as the pipeline sees a post. Unreadable optional fields are left out, never fatal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from domain import Author, Media, Mention, MentionKind, PlaceHint
from settings import Settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Platforms that a person turns to in order to report: what comes by them was meant as a report.
CHANNELS = frozenset(("portal", "web", "form", "formulir", "lapor", "laporgub", "sp4n", "open311", "sms", "telepon",
                      "phone", "email", "whatsapp", "loket"))
MILLISECONDS_FROM = 1e11  # as seconds that would be the year 5138


class AccountNames:
    """Finds the watched account that a row names by key, `platform:handle`, handle or "@handle"."""

    def __init__(self, settings: Settings) -> None:
        self.keys = {a.key.lower(): a.key for a in settings.accounts}
        for a in settings.accounts:
            self.keys.setdefault(f"{a.platform.removesuffix('_graph')}:{a.handle}".lower(), a.key)
            self.keys.setdefault(a.handle.lower(), a.key)

    def key(self, named: Any) -> str:
        """Its key; empty where nobody of that name is watched."""
        name = str(named or "").lower()
        return self.keys.get(name) or self.keys.get(name.lstrip("@")) or ""


def mention_of(row: dict[str, Any], *, key: str, account: str, at: datetime | None = None) -> Mention:
    """The row as a Mention; `key` is its name among those judged together, `at` its time where that is known."""
    at = at or moment(row.get("created_at")) or EPOCH
    author, platform, named = row.get("author"), _text(row.get("platform")), _text(row.get("account"))
    return Mention(
        key=key, account=account, platform=platform or "import",
        kind=MentionKind.FORM if (platform or "").lower() in CHANNELS else MentionKind.MENTION,
        native_id=key, text=row["text"], posted_at=at, seen_at=at,
        handles=(named,) if named and not account else (),  # an account that nobody watches still tells the town
        author=Author(id=str(author), handle=str(author)) if author not in (None, "") else None,
        repost_of=str(row["repost_of"]) if row.get("repost_of") not in (None, "") else None,
        media=tuple(_media(row.get("media"))), place=_place(row),
    )


def _media(given: Any) -> Iterator[Media]:
    for item in given if isinstance(given, list) else []:
        if isinstance(item, dict):
            yield Media("photo", url=_text(item.get("url")), sha256=_text(item.get("sha256")),
                        phash=_text(item.get("phash")))


def _place(row: dict[str, Any]) -> PlaceHint | None:
    name, address = _text(row.get("place_name")), _text(row.get("address"))
    return PlaceHint(name=name, address=address) if name or address else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def moment(value: Any) -> datetime | None:
    """Epoch seconds or milliseconds, ISO 8601 (without a zone: UTC), or the forms of X and of mail; else None."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > MILLISECONDS_FROM else value, UTC)
        return _utc(_written(value.strip())) if isinstance(value, str) else None
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def _written(value: str) -> datetime:
    """Raises ValueError and, by what email.utils makes of nonsense, TypeError and IndexError."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    try:
        return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        return parsedate_to_datetime(value)


def _utc(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
