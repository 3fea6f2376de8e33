"""Reports that other systems hand over, one a request: signed JSON, an SMS gateway, Open311. Pure.

Each becomes a mention of kind `form` under the sender's own number for it, so that what comes twice is one.
Unreadable names the field that is missing or wrong, never its content: the sender reads it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from domain import Account, Author, Media, Mention, PlaceHint
from harvester.forms import UNDATED, decimal, form, local_id, place_of, written_time
from harvester.payload import Unreadable, clean, listing, mapping, needed_text, word

MAX_TEXT = 10_000
MAX_DESCRIPTION = 4_000  # GeoReport's own limit
MAX_MEDIA = 20
EARLIEST_YEAR = 2004
CHANNEL = re.compile(r"[^a-z0-9]+")
SMS_NAMES = {  # what gateways call it, our name first
    "id": ("id", "message_id", "messageid", "messagesid", "smsmessagesid", "msgid", "sms_id"),
    "from": ("from", "sender", "phone", "phonenumber", "msisdn", "number", "source"),
    "text": ("text", "body", "message", "content", "msg"),
    "at": ("received_at", "receivedat", "created_at", "timestamp", "date", "time"),
}


# --- signed JSON -----------------------------------------------------------------------------------------


def json_report(value: Any, account: Account, seen_at: datetime) -> Mention:
    """`{id, channel, text, author, created_at, lat, lon, media[]}`. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(f"report: expected an object, got {type(value).__name__}")
    channel = CHANNEL.sub("_", (word(value.get("channel")) or "").lower()).strip("_")[:30] or account.platform
    native_id = local_id(word(value.get("id")) or "")
    media = value.get("media") or []
    if not isinstance(media, list) or len(media) > MAX_MEDIA:
        raise Unreadable(f"media: expected a list of at most {MAX_MEDIA} addresses")
    return form(
        channel, native_id, _text(value.get("text"), "text", MAX_TEXT), account, seen_at,
        posted_at=_posted_at(value.get("created_at"), seen_at), author=_author(value.get("author")),
        media=tuple(Media("photo", _address(item)) for item in media),
        place=_place(value.get("lat"), value.get("lon"), value.get("address")),
    )


def _author(value: Any) -> Author | None:
    """A name, or an object with name and id."""
    told = value if isinstance(value, dict) else {"name": value}
    known, name = word(told.get("id")) or word(told.get("phone")), word(told.get("name"))
    return Author(known, word(told.get("handle")), name) if known or name else None


# --- SMS -------------------------------------------------------------------------------------------------


def sms_report(value: Mapping[str, Any], account: Account, seen_at: datetime) -> Mention:
    """A message as a gateway posts it, by whatever names. The number stands as the author's id, shown nowhere."""
    given = {str(name).lower(): told for name, told in value.items()}

    def named(what: str) -> Any:
        return next((given[name] for name in SMS_NAMES[what] if given.get(name) not in (None, "")), None)

    gateway_id, number = word(named("id")), word(named("from"))
    if gateway_id is None:
        raise Unreadable("id: the gateway's number of the message is missing")
    if number is None:
        raise Unreadable("from: the sender's number is missing")
    told = named("at")
    at = int(told) if isinstance(told, str) and re.fullmatch(r"\d{10}", told) else told
    return form(account.platform, local_id(gateway_id), _text(named("text"), "text", MAX_TEXT), account, seen_at,
                posted_at=_posted_at(at, seen_at), author=Author(id=number[:40]), media=(), place=None)


# --- Open311 GeoReport v2 --------------------------------------------------------------------------------


class BadRequest(Exception):
    """What GeoReport answers: code 400 for the request, 404 for a service that does not exist."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def open311_report(
    given: Mapping[str, str], account: Account, seen_at: datetime, *, services: Mapping[str, str]
) -> Mention:
    """A `POST /requests` form. Its number follows from its content and day: sent again it is the same request."""
    service = given.get("service_code", "").strip()
    if not service:
        raise BadRequest(400, "service_code was not provided")
    if service not in services:
        raise BadRequest(404, "service_code was not found")
    place = _georeport_place(given)
    try:
        text = _text(given.get("description", "").strip() or services[service], "description", MAX_DESCRIPTION)
        media = (Media("photo", _address(url)),) if (url := given.get("media_url", "").strip()) else ()
    except Unreadable as error:
        raise BadRequest(400, str(error)) from error
    return form(account.platform, request_id(given, account, seen_at), text, account, seen_at, posted_at=seen_at,
                author=_citizen(given), media=media, place=place)


def request_id(given: Mapping[str, str], account: Account, seen_at: datetime) -> str:
    """Repeatable for the sender, and not to be guessed by who does not know the whole report."""
    whole = "\0".join(f"{name}={given[name]}" for name in sorted(given) if name != "api_key")
    digest = hashlib.sha256(f"{account.key}\0{seen_at:%Y%m%d}\0{whole}".encode("utf-8", "replace")).hexdigest()
    return f"{seen_at:%Y%m%d}-{digest[:20]}"


def _georeport_place(given: Mapping[str, str]) -> PlaceHint:
    where = {name: clean(given.get(name, "").strip()) for name in ("lat", "long", "address_string", "address_id")}
    if bool(where["lat"]) != bool(where["long"]):
        raise BadRequest(400, "lat and long must be given together")
    address = where["address_string"][:500] or where["address_id"][:100]
    try:
        hint = place_of(lat=decimal(where["lat"], "lat"), lng=decimal(where["long"], "long"), address=address or None)
    except Unreadable as error:
        raise BadRequest(400, str(error)) from error
    if where["lat"] and (hint is None or hint.lat is None):
        raise BadRequest(400, "lat, long: outside of the globe")
    if hint is None:
        raise BadRequest(400, "one of lat and long, address_string, address_id must be given")
    return hint


def _citizen(given: Mapping[str, str]) -> Author | None:
    told = {name: clean(value.strip())[:200] for name, value in given.items()}
    name = " ".join(filter(None, (told.get("first_name"), told.get("last_name"))))
    known = next((told[n] for n in ("phone", "email", "account_id", "device_id") if told.get(n)), None)
    return Author(known, None, name or None) if known or name else None


# --- single values ---------------------------------------------------------------------------------------


def _text(value: Any, name: str, most: int) -> str:
    text = needed_text(value, name)
    if not text.strip():
        raise Unreadable(f"{name}: empty")
    if len(text) > most:
        raise Unreadable(f"{name}: longer than {most} characters")
    return text


def _posted_at(value: Any, seen_at: datetime) -> datetime:
    """When it was said; not after it reached us, whatever the sender's clock says."""
    at = written_time(value)
    if at == UNDATED:
        return seen_at
    if at.year < EARLIEST_YEAR:
        raise Unreadable("created_at: out of time")
    return min(at, seen_at)


def _address(value: Any) -> str:
    url = word(value.get("url")) if isinstance(value, dict) else word(value)
    if url is None or len(url) > 2_000 or any(c.isspace() for c in url):
        raise Unreadable("media: no address")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreadable("media: no address") from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Unreadable("media: only http and https")
    return url


def _place(lat: Any, lon: Any, address: Any) -> PlaceHint | None:
    """Coordinates as numbers or as text with a comma; off the globe they are a mistake worth telling."""
    lat, lon = (decimal(v, n) if isinstance(v, str) else v for v, n in ((lat, "lat"), (lon, "lon")))
    hint = place_of(lat=lat, lng=lon, address=address)
    if (lat is not None or lon is not None) and (hint is None or hint.lat is None):
        raise Unreadable("lat, lon: no place on the globe")
    return hint


def reports(value: Any) -> list[Any]:
    """One report, or a list of them."""
    return listing(value) if isinstance(value, list) else [value]


def id_of(value: Any) -> str | None:
    """The sender's number of a report that cannot be read otherwise."""
    try:
        return local_id(word(mapping(value).get("id")) or "")
    except Unreadable:
        return None
