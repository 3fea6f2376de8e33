"""JSON Lines in: every line becomes a row or a problem, in its place; no line ends the run.

A line that is not UTF-8, not JSON, not an object or without a text becomes a `BadRow`, so that the
output keeps one row per input row, in order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from domain import Author, ConfigError, Media, Mention, MentionKind, PlaceHint
from settings import Settings

BATCH = 256
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that could not be read: where it stood and why. `id` where that much was readable."""

    line: int
    reason: str
    id: Any = None

    def as_output(self) -> dict[str, Any]:
        return {"id": self.id, "error": {"line": self.line, "reason": self.reason}}


@contextmanager
def opened(path: Path | None) -> Iterator[IO[bytes]]:
    """Standard input for None and for `-`; a ConfigError that names the path otherwise."""
    if path is None or str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", hint="periksa nama berkasnya") from error
    with stream:
        yield stream


def rows(stream: IO[bytes]) -> Iterator[dict[str, Any] | BadRow]:
    """Each line as an object with a string `text`, or what is wrong with it. Blank lines are skipped."""
    for number, line in enumerate(stream, 1):
        if line.strip(b" \t\r\n"):
            yield _row(line, number)


def _row(line: bytes, number: int) -> dict[str, Any] | BadRow:
    try:
        row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as bad:
            return BadRow(number, f"not UTF-8 at byte {bad.start} of the line")
        return BadRow(number, f"not JSON: {error.msg} at column {error.colno}")
    if not isinstance(row, dict):
        return BadRow(number, f"an object is expected, not {type(row).__name__}")
    if not isinstance(row.get("text"), str):
        return BadRow(number, "field `text` is missing or no string", row.get("id"))
    return row


def in_batches(items: Iterator[dict[str, Any] | BadRow]) -> Iterator[Sequence[dict[str, Any] | BadRow]]:
    while batch := tuple(islice(items, BATCH)):
        yield batch


# --- a row as a Mention --------------------------------------------------------------------------


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


def mention_of(row: dict[str, Any], *, key: str, account: str, fallback_at: datetime = EPOCH) -> Mention:
    """The row as the pipeline sees a post. Unreadable optional fields are left out, never fatal."""
    at = moment(row.get("created_at")) or fallback_at
    author = row.get("author")
    return Mention(
        key=key, account=account, platform=str(row.get("platform") or "import"), kind=MentionKind.MENTION,
        native_id=key, text=row["text"], posted_at=at, seen_at=at,
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
    """ISO 8601 with or without zone (then UTC), epoch seconds, or X's old form; None if unreadable."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str) or not value:
            return None
        at = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        try:
            at = datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")
        except ValueError:
            return _rfc2822(value)
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def _rfc2822(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
