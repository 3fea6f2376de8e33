"""Records to rows and back. Pure; the only place that knows how a time, a text or a list is stored."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

from domain import (
    Account,
    AccountState,
    Author,
    Fingerprint,
    Media,
    Mention,
    MentionKind,
    MentionState,
    PlaceHint,
    Quota,
    Status,
    Ticket,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
DAY = 86_400 * SECOND
WIB = 7 * 3600 * SECOND  # Asia/Jakarta has had no other offset since 1964

ACCOUNT = ("key, platform, native_id, handle, government, department, cursor, state, next_poll_at, fail_count,"
           " state_reason, last_success_at, w.state_at, w.read_until, w.quota, w.token_expires_at, w.attention,"
           " w.backfill_from")
MENTION = ("m.key, m.account, m.platform, m.kind, m.native_id, m.text, m.posted_at, m.seen_at, m.url, m.author_id,"
           " m.author_handle, m.author_name, m.repost_of, m.edited_at, m.state, m.own, m.metrics, m.extra")
TICKET = ("t.id, t.cluster, t.department, t.status, t.priority, t.topic, t.urgency, t.version, t.opened_at,"
          " t.due_at, t.due_rule, t.parent, t.sensitive, t.ruleset, t.rule, t.coordinates, t.outside, t.closed_at,"
          " t.reason, t.merged_into, t.assignee")
KINDS = {str(kind): kind for kind in MentionKind}  # a look-up costs a tenth of MentionKind(...)
STATES = {str(state): state for state in MentionState}
STATUSES = {str(status): status for status in Status}
EXTRA = ("quote_of", "reply_to", "thread", "revision_of", "media", "place", "hashtags", "handles", "lang_hint")


# --- scalars -----------------------------------------------------------------------------------


def micros(at: datetime) -> int:
    """Whole microseconds since 1970. Raises ValueError for a time without a zone: it could mean any."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}: times are aware UTC")
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def maybe_moment(at: int | None) -> datetime | None:
    return None if at is None else EPOCH + timedelta(microseconds=at)


def wib_day(at: int) -> str:
    """The day in Jakarta of a stored time, as 2026-11-02."""
    return _day_text((at + WIB) // DAY)


@lru_cache(maxsize=1024)
def _day_text(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def json_of(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, so that equal values are equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def storable(text: str) -> str:
    """The text, with surrogates that stand alone replaced: neither SQLite nor JSON can write those.

    They come out of platform JSON that was cut in the middle of an emoji.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def keys_json(keys: Iterable[str]) -> str:
    """Keys as one parameter for `IN (SELECT value FROM json_each(?))`: any number, one statement."""
    listed = [*keys]
    try:
        return orjson.dumps(listed).decode()
    except TypeError:
        return orjson.dumps([storable(key) for key in listed]).decode()


# --- accounts ----------------------------------------------------------------------------------


def account_of(row: tuple[Any, ...]) -> Account:
    (key, platform, native_id, handle, government, department, cursor, state, due, fails, reason, success, state_at,
     read_until, quota, expires, attention, backfill) = row
    return Account(key, platform, native_id, handle, government, department, cursor, AccountState(state),
                   maybe_moment(due), fails, reason, maybe_moment(success), maybe_moment(state_at),
                   maybe_moment(read_until), _quota_of(quota), maybe_moment(expires), attention or "",
                   maybe_moment(backfill))


def _quota_of(text: str | None) -> Quota | None:
    if text is None:
        return None
    told = orjson.loads(text)
    return Quota(told["left"], told["of"], told["unit"], maybe_moment(told["resets_at"]))


# --- mentions ----------------------------------------------------------------------------------


def mention_row(mention: Mention) -> tuple[Any, ...]:
    """In the order of MENTION."""
    try:
        row = _mention_row(mention)
        "".join(filter(None, (*row[:6], *row[8:13]))).encode()
    except (UnicodeEncodeError, TypeError):  # TypeError: what orjson says of a surrogate or a huge number
        row = _mention_row(_storable_mention(mention))
    return row


def _mention_row(m: Mention) -> tuple[Any, ...]:
    author = m.author or NOBODY
    extra = {name: value for name in EXTRA if (value := getattr(m, name))}
    return (
        m.key, m.account, m.platform, str(m.kind), m.native_id, m.text, micros(m.posted_at), micros(m.seen_at),
        m.url, author.id, author.handle, author.name, m.repost_of, maybe_micros(m.edited_at), str(m.state),
        int(m.own), orjson.dumps(m.metrics).decode() if m.metrics else None,
        orjson.dumps(extra).decode() if extra else None,
    )


def _storable_mention(mention: Mention) -> Mention:
    cleaned = {name: _cleaned(getattr(mention, name)) for name in mention.__slots__}
    return Mention(**cleaned)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if isinstance(value, dict):
        return {_cleaned(name): max(-2**63, min(2**63 - 1, item)) for name, item in value.items()}
    if isinstance(value, Author | Media | PlaceHint):
        return type(value)(**{name: _cleaned(getattr(value, name)) for name in value.__slots__})
    return value


NOBODY = Author()


def mention_of(row: tuple[Any, ...], seen_by: tuple[str, ...] = ()) -> Mention:
    (key, account, platform, kind, native_id, text, posted_at, seen_at, url, author_id, author_handle, author_name,
     repost_of, edited_at, state, own, metrics, extra) = row
    named = author_id is not None or author_handle is not None or author_name is not None
    return Mention(
        key, account, platform, KINDS[kind], native_id, text, moment(posted_at), moment(seen_at), url,
        Author(author_id, author_handle, author_name) if named else None, repost_of,
        edited_at=maybe_moment(edited_at), state=STATES[state], own=bool(own),
        metrics=orjson.loads(metrics) if metrics else {}, seen_by=seen_by,
        **(_extra_of(orjson.loads(extra)) if extra else {}),
    )


def _extra_of(extra: dict[str, Any]) -> dict[str, Any]:
    for name in ("hashtags", "handles"):
        if name in extra:
            extra[name] = tuple(extra[name])
    if "media" in extra:
        extra["media"] = tuple(Media(**{**item, "views": tuple(item.get("views", ()))}) for item in extra["media"])
    if "place" in extra:
        extra["place"] = PlaceHint(**extra["place"])
    return extra


def seen_by(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Mention -> every account that was shown it."""
    found: dict[str, tuple[str, ...]] = {}
    for mention, account in connection.execute(
        "SELECT mention, account FROM sighting WHERE mention IN (SELECT value FROM json_each(?))"
        " ORDER BY mention, account", (keys_json(keys),)
    ).fetchall():
        found[mention] = (*found.get(mention, ()), account)
    return found


# --- fingerprints ------------------------------------------------------------------------------


def fingerprint_row(fingerprint: Fingerprint | None) -> tuple[Any, ...]:
    """exact, shingles, body, media."""
    if fingerprint is None:
        return None, None, None, None
    media = orjson.dumps(fingerprint.media).decode() if fingerprint.media else None
    return str(fingerprint.exact), _packed(fingerprint.shingles), storable(fingerprint.body), media


def _packed(values: tuple[int, ...]) -> bytes:
    """64-bit numbers behind one letter that says how they were meant: signed (q) or not (Q)."""
    try:
        return b"q" + array("q", values).tobytes()
    except OverflowError:
        return b"Q" + array("Q", values).tobytes()


def fingerprint_of(exact: str, shingles: bytes, body: str, media: str | None) -> Fingerprint:
    values: array[int] = array(chr(shingles[0]))
    values.frombytes(shingles[1:])
    return Fingerprint(int(exact), tuple(values), body, tuple(orjson.loads(media)) if media else ())


# --- tickets -----------------------------------------------------------------------------------


def ticket_of(row: tuple[Any, ...]) -> Ticket:
    (id_, cluster, department, status, priority, topic, urgency, version, opened_at, due_at, due_rule, parent,
     sensitive, ruleset, rule, coordinates, outside, closed_at, reason, merged_into, assignee) = row
    return Ticket(id_, cluster, department, STATUSES[status], priority, topic, urgency, version, moment(opened_at),
                  maybe_moment(due_at), due_rule, parent, bool(sensitive), ruleset, rule, bool(coordinates),
                  bool(outside), maybe_moment(closed_at), reason, merged_into, assignee)


def ticket_row(t: Ticket) -> tuple[Any, ...]:
    """In the order of TICKET, for a ticket that opens: it is merged into none."""
    return (t.id, t.cluster, t.department, str(t.status), t.priority, t.topic, t.urgency, t.version,
            micros(t.opened_at), maybe_micros(t.due_at), t.due_rule, t.parent, int(t.sensitive), t.ruleset, t.rule,
            int(t.coordinates), int(t.outside), maybe_micros(t.closed_at), t.reason)
