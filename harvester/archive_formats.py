"""What a row of an archive means: one parser a format, row in, mentions and quarantined items out.

Platforms' archives go through the very parsers that read the platforms live, so that a post has one key
however it came. Ids of other channels are only unique within their log: the key holds the account's name.
A parser may raise anything; its caller quarantines the row. A mention without any time is dated UNDATED
here and by its neighbours later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from domain import Account, Author, Media, Mention, MentionKind, Page
from harvester import facebook_payload, instagram_payload, x_payload
from harvester.archive_csv import check_csv_header, csv_records
from harvester.archive_instaloader import is_download, mentions_of_file
from harvester.archive_rows import Row, files, json_values, lines
from harvester.forms import SOCIAL, decimal, form, key_of, local_id, person, place_of, written_time
from harvester.instagram_posts import handles, hashtags
from harvester.payload import Unreadable, clean, is_digits, mapping, needed_id, needed_text, word


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


def x_compliance(row: Row, account: Account, seen_at: datetime) -> Page:  # noqa: ARG001 - as every parser
    """A line of a compliance job's result: what X says was deleted, protected or suspended goes here too."""
    value = mapping(row.json())
    native_id = needed_id(value)
    if not is_digits(native_id) or ("action" not in value and "reason" not in value):
        raise Unreadable("no line of a compliance job")
    if value.get("action") not in (None, "delete"):
        raise Unreadable("action: neither delete nor nothing")  # of accounts: none of our keys
    return Page((), "", gone=(f"x:post:{native_id}",))


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
    native_id = local_id(cells["id"] or "h" + hashlib.sha256(row.raw.strip()).hexdigest()[:16])
    media = tuple(Media("photo", url) for url in re.split(r"[\s|;,]+", cells["media"]) if url)
    place = place_of(lat=decimal(cells["lat"], "lat"), lng=decimal(cells["lon"], "lon"))
    return one(form(channel, native_id, needed_text(row.cells["text"], "text"), account, seen_at,
                      posted_at=written_time(cells["created_at"]), author=person(cells["author"]),
                      media=media, place=place))


def open311_request(row: Row, account: Account, seen_at: datetime) -> Page:
    """A service request as GeoReport v2 answers it."""
    value = mapping(row.json())
    native_id = local_id(word(value.get("service_request_id")) or word(value.get("token")) or "")
    text = value.get("description") or value.get("service_name") or ""
    media = tuple(Media("photo", url) for url in [word(value.get("media_url"))] if url)
    place = place_of(lat=value.get("lat"), lng=value.get("long", value.get("lon")), address=value.get("address"))
    posted_at = written_time(value.get("requested_datetime"))
    return one(form(account.platform, native_id, needed_text(text, "description"), account, seen_at,
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
        key=key_of(platform, native_id, own), account=own, platform=platform,
        kind=MentionKind.REPOST if repost_of else kind, native_id=native_id, text=text,
        posted_at=written_time(value.get("created_at")), seen_at=seen_at, url=word(value.get("url")), author=author,
        repost_of=key_of(platform, repost_of, own) if repost_of else None,
        media=tuple(_jsonl_media(value.get("media") or ())), hashtags=hashtags(text), handles=handles(text),
        place=place_of(value.get("place_name"), value.get("lat"), value.get("lng"), value.get("address")),
    ))


def _own_account(value: Mapping[str, Any], platform: str, account: Account) -> str:
    name = word(value.get("account"))
    return account.key if not name else name if ":" in name else f"{platform}:{name.lstrip('@')}"


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


FORMATS: dict[str, Format] = {
    "x-v2": Format(json_values, x_page),
    "x-compliance": Format(lines, x_compliance),
    "instaloader": Format(files(is_download), mentions_of_file, folder=True),
    "graph": Format(json_values, graph_page),
    "open311": Format(json_values, open311_request),
    "csv": Format(csv_records, csv_record, check_csv_header),
    "jsonl": Format(lines, jsonl_row),
}
