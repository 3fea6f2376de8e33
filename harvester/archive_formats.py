"""What a row of an archive means: one parser a format, row in, mentions and quarantined items out.

Platforms' archives go through the very parsers that read the platforms live, so that a post has one key
however it came. Ids of other channels are only unique within their log: the key holds the account's name.
A parser may raise anything; its caller quarantines the row. Times without a zone are Asia/Jakarta, as a
clerk writes them. A mention without any time is dated UNDATED here and by its neighbours later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain import Account, Author, Media, Mention, MentionKind, Page, PlaceHint
from harvester import facebook_payload, instagram_payload, x_payload
from harvester.archive_csv import check_csv_header, csv_records
from harvester.archive_instaloader import is_download, mentions_of_file
from harvester.archive_rows import Row, files, json_values, lines
from harvester.instagram_posts import handles, hashtags
from harvester.payload import Unreadable, clean, mapping, needed_id, needed_text, needed_time, place_hint, word

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
SOCIAL = ("x", "facebook", "instagram", "threads")  # their ids are unique in the world
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?$")


@dataclass(frozen=True, slots=True)
class Format:
    """How a file becomes rows, and a row mentions. `check` raises ConfigError for a file that is not this."""

    split: Callable[[Path], Iterator[Row]]
    parse: Callable[[Row, Account, datetime], Page]
    check: Callable[[Path], None] = lambda _path: None
    folder: bool = False


def one(mention: Mention) -> Page:
    return Page((mention,), "")


# --- the platforms' own ----------------------------------------------------------------------------------


def x_page(row: Row, account: Account, seen_at: datetime) -> Page:
    """A page or a stream line as twarc writes it, or one flattened post."""
    value = mapping(row.json())
    if "data" not in value and {"id", "text"} <= value.keys():
        value = unflattened(value)
    elif not value.keys() & {"data", "meta", "errors", "includes"}:
        raise Unreadable("neither an X page nor a post")
    if not isinstance(value.get("data", []), list | dict):
        raise Unreadable("data: neither posts nor a post")
    return x_payload.mentions_of(value, account=account, seen_at=seen_at)


def unflattened(post: Mapping[str, Any]) -> dict[str, Any]:
    """`twarc2 flatten` put what a post refers to inside it; the parser wants it beside."""
    included: dict[str, list[Any]] = {"users": [], "tweets": [], "media": [], "places": []}

    def lift(item: Mapping[str, Any]) -> None:
        included["users"] += [user for name in ("author", "in_reply_to_user") if (user := mapping(item.get(name)))]
        included["media"] += [m for m in mapping(item.get("attachments")).get("media") or () if mapping(m)]
        if (geo := mapping(item.get("geo"))).get("full_name"):
            included["places"].append({**geo, "id": geo.get("place_id") or geo.get("id")})
        for other in item.get("referenced_tweets") or item.get("referenced_posts") or ():
            if mapping(other).get("text") is not None:
                included["tweets"].append(other)
                lift(other)

    lift(post)
    return {"data": [dict(post)], "includes": {name: found for name, found in included.items() if found}}


def graph_page(row: Row, account: Account, seen_at: datetime) -> Page:
    """A Graph API page, or one object of it; the account tells whose it is, or else its fields do."""
    value = mapping(row.json())
    payload = value if "data" in value else {"data": [value]} if value.get("id") else None
    if payload is None or not isinstance(payload["data"], list):
        raise Unreadable("neither a Graph page nor an object with an id")
    told = account.platform.removesuffix("_graph")
    platform = told if told in ("facebook", "instagram") else _graph_platform(payload)
    if platform == "facebook":
        return facebook_payload.mentions_of(payload, account=account, seen_at=seen_at)
    return _instagram_page(payload, account, seen_at)


def _instagram_page(payload: dict[str, Any], account: Account, seen_at: datetime) -> Page:
    """Media or comments, and the comments that stand inside media."""
    pages = [instagram_payload.mentions_of(payload, account=account, seen_at=seen_at)]
    for media in map(mapping, payload["data"]):
        if isinstance(mapping(media.get("comments")).get("data"), list):
            link = word(media.get("permalink")) or ""
            above = {"shortcode": instagram_payload.shortcode_of(media), "permalink": link}
            pages.append(instagram_payload.mentions_of(
                {"data": media["comments"]["data"]}, account=account, seen_at=seen_at, media=above))
    return Page(tuple(m for page in pages for m in page.mentions), "",
                quarantined=tuple(q for page in pages for q in page.quarantined))


def _graph_platform(payload: Mapping[str, Any]) -> str:
    fields = {name for item in payload["data"] for name in mapping(item)}
    return "instagram" if fields & {"timestamp", "media_type", "shortcode"} else "facebook"


# --- other channels --------------------------------------------------------------------------------------


def csv_record(row: Row, account: Account, seen_at: datetime) -> Page:
    """A line of a telephone or walk-in log."""
    cells = {name: clean(cell.strip()) for name, cell in row.cells.items() if name != "text"}
    if b"\0" in row.raw:
        raise Unreadable("a NUL byte")
    channel = re.sub(r"[^a-z0-9]+", "_", cells["channel"].lower()).strip("_") or account.platform
    native_id = _local_id(cells["id"] or "h" + hashlib.sha256(row.raw.strip()).hexdigest()[:16])
    media = tuple(Media("photo", url) for url in re.split(r"[\s|;,]+", cells["media"]) if url)
    place = _place(lat=_decimal(cells["lat"], "lat"), lng=_decimal(cells["lon"], "lon"))
    return one(_form(channel, native_id, needed_text(row.cells["text"], "text"), account, seen_at,
                      posted_at=written_time(cells["created_at"]), author=_person(cells["author"]),
                      media=media, place=place))


def open311_request(row: Row, account: Account, seen_at: datetime) -> Page:
    """A service request as GeoReport v2 answers it."""
    value = mapping(row.json())
    native_id = _local_id(word(value.get("service_request_id")) or word(value.get("token")) or "")
    text = value.get("description") or value.get("service_name") or ""
    media = tuple(Media("photo", url) for url in [word(value.get("media_url"))] if url)
    place = _place(lat=value.get("lat"), lng=value.get("long", value.get("lon")), address=value.get("address"))
    posted_at = written_time(value.get("requested_datetime"))
    return one(_form(account.platform, native_id, needed_text(text, "description"), account, seen_at,
                      posted_at=posted_at, author=None, media=media, place=place))


def jsonl_row(row: Row, account: Account, seen_at: datetime) -> Page:
    """Our own lines, as `analyze` and `cluster` read them."""
    value = mapping(row.json())
    platform = word(value.get("platform")) or account.platform
    text = needed_text(value.get("text"), "text")
    author, own = _jsonl_author(value.get("author"), platform), _own_account(value, platform, account)
    repost_of = word(value.get("repost_of"))
    kind = MentionKind.MENTION if platform in SOCIAL else MentionKind.FORM
    native_id = needed_id(value)
    return one(Mention(
        key=_key(platform, native_id, own), account=own, platform=platform,
        kind=MentionKind.REPOST if repost_of else kind, native_id=native_id, text=text,
        posted_at=written_time(value.get("created_at")), seen_at=seen_at, url=word(value.get("url")), author=author,
        repost_of=_key(platform, repost_of, own) if repost_of else None,
        media=tuple(_jsonl_media(value.get("media") or ())), hashtags=hashtags(text), handles=handles(text),
        place=_place(value.get("place_name"), value.get("lat"), value.get("lng"), value.get("address")),
    ))


def _form(
    platform: str, native_id: str, text: str, account: Account, seen_at: datetime, *, posted_at: datetime,
    author: Author | None, media: tuple[Media, ...], place: PlaceHint | None,
) -> Mention:
    return Mention(
        key=_key(platform, native_id, account.key, local=True), account=account.key, platform=platform,
        kind=MentionKind.FORM, native_id=native_id, text=text, posted_at=posted_at, seen_at=seen_at, author=author,
        media=media, place=place,
    )


def _key(platform: str, native_id: str, account_key: str, *, local: bool = False) -> str:
    if platform in SOCIAL and not local:
        return f"{platform}:post:{native_id}"
    return f"{platform}:post:{account_key.partition(':')[2]}.{native_id}"


def _local_id(value: str) -> str:
    """A log's number, which people write with blanks in it."""
    return needed_id({"id": re.sub(r"[\s:]+", "_", value.strip())})


def _own_account(value: Mapping[str, Any], platform: str, account: Account) -> str:
    name = word(value.get("account"))
    return account.key if not name else name if ":" in name else f"{platform}:{name.lstrip('@')}"


def _person(name: str) -> Author | None:
    return Author(name=name) if name else None


def _jsonl_author(value: Any, platform: str) -> Author | None:
    if isinstance(value, dict):
        return Author(word(value.get("id")), word(value.get("handle")), word(value.get("name")))
    name = word(value)
    if name is None:
        return None
    return Author(name, name.lstrip("@")) if platform in SOCIAL else Author(name, None, name)


def _jsonl_media(value: Any) -> Iterator[Media]:
    for item in value:
        told = {"url": item} if isinstance(item, str) else mapping(item)
        if told:
            yield Media(word(told.get("type")) or "photo", word(told.get("url")), word(told.get("alt")),
                        word(told.get("sha256")), word(told.get("phash")))


def _place(name: Any = None, lat: Any = None, lng: Any = None, address: Any = None) -> PlaceHint | None:
    hint = place_hint(name, lat=lat, lng=lng)
    where = word(address)
    if where is None:
        return hint
    return PlaceHint(hint.name, hint.lat, hint.lng, where) if hint else PlaceHint(address=where)


def _decimal(text: str, name: str) -> float | None:
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


FORMATS: dict[str, Format] = {
    "x-v2": Format(json_values, x_page),
    "instaloader": Format(files(is_download), mentions_of_file, folder=True),
    "graph": Format(json_values, graph_page),
    "open311": Format(json_values, open311_request),
    "csv": Format(csv_records, csv_record, check_csv_header),
    "jsonl": Format(lines, jsonl_row),
}
