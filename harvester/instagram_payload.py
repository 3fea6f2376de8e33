"""Instagram media and comments of the official Graph API -> mentions. Pure; archives use it too.

The key is the shortcode, by which instaloader knows the same post; a comment is `c` and its number. There
are no entities here: hashtags and handles are read from the text. A caption may be null, a picture's
address absent, the author an id or a name or neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from domain import Account, Author, Media, Mention, MentionKind, Page
from harvester.payload import (
    Item,
    Unreadable,
    listing,
    mapping,
    needed_id,
    needed_text,
    needed_time,
    number,
    oldest_first,
    read_items,
    word,
)

HASHTAG = re.compile(r"#(\w+)")
HANDLE = re.compile(r"(?<![\w.@])@([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)")
PERMALINK = re.compile(r"/(?:p|reel|tv)/([A-Za-z0-9_\-]+)")
MEDIA_TYPES = {"IMAGE": "photo", "VIDEO": "video"}


def mentions_of(
    payload: dict[str, Any], *, account: Account, seen_at: datetime, media: dict[str, str] | None = None
) -> Page:
    """One Graph page or one object, oldest first, answers inside comments among them; no cursor.

    `media` says under which post a page of comments stands: its shortcode and permalink.
    """
    def item(raw: Any, answered: Any) -> Item:
        if media is not None or answered is not None or is_comment(raw):
            return raw, "comment", partial(_comment, raw, answered, media or {}, account, seen_at)
        return raw, "post", partial(_post, raw, account, seen_at)

    items = (item(raw, answered) for raw, answered in _items(payload))
    mentions, aside = read_items(items, account=account.key, platform="instagram", seen_at=seen_at)
    ordered = oldest_first(mentions)
    return Page(ordered, "", quarantined=aside, reads=len(ordered) + len(aside))


def is_comment(raw: Any) -> bool:
    """Comments have a `text`; media have a caption, a type, a permalink."""
    told = mapping(raw)
    return "text" in told and not any(name in told for name in ("caption", "media_type", "permalink", "shortcode"))


def shortcode_of(raw: dict[str, Any]) -> str:
    """The post's short name, else the number that Graph gives it."""
    link = PERMALINK.search(str(raw.get("permalink") or ""))
    return word(raw.get("shortcode")) or (link[1] if link else None) or needed_id(raw)


def _items(payload: dict[str, Any]) -> Iterator[tuple[Any, str | None]]:
    """Every object of a page, with the comment that it answers."""
    data = payload["data"] if isinstance(payload.get("data"), list) else [payload]
    for raw in data:
        yield raw, None
        for answer in listing(mapping(mapping(raw).get("replies")).get("data")):
            yield answer, word(mapping(raw).get("id"))


def _post(raw: Any, account: Account, seen_at: datetime) -> Mention:
    if not isinstance(raw, dict):
        raise Unreadable(f"item: expected an object, got {type(raw).__name__}")
    shortcode = shortcode_of(raw)
    caption = needed_text("" if raw.get("caption") is None else raw["caption"], "caption")
    author = _author(mapping(raw.get("owner")).get("id"), raw.get("username"))
    own = author is not None and (author.id == account.native_id if author.id and account.native_id
                                  else author.handle == account.handle)
    return Mention(
        key=f"instagram:post:{shortcode}", account=account.key, platform="instagram",
        kind=MentionKind.MENTION if own else MentionKind.TAG, native_id=shortcode, text=caption,
        posted_at=needed_time(raw.get("timestamp"), "timestamp"), seen_at=seen_at,
        url=word(raw.get("permalink")) or f"https://www.instagram.com/p/{shortcode}/", author=author, own=own,
        media=tuple(_media(raw)), hashtags=_found(HASHTAG, caption), handles=_found(HANDLE, caption),
        metrics=_metrics(raw, likes="like_count", replies="comments_count"),
    )


def _comment(
    raw: Any, answered: str | None, media: dict[str, str], account: Account, seen_at: datetime
) -> Mention:
    if not isinstance(raw, dict):
        raise Unreadable(f"item: expected an object, got {type(raw).__name__}")
    native_id = "c" + needed_id(raw)
    text = needed_text(raw.get("text"), "text")
    who = mapping(raw.get("from")) or mapping(raw.get("user"))
    author = _author(who.get("id"), raw.get("username") or who.get("username"))
    post = f"instagram:post:{media['shortcode']}" if media.get("shortcode") else None
    above = word(raw.get("parent_id")) or answered
    return Mention(
        key=f"instagram:comment:{native_id}", account=account.key, platform="instagram",
        kind=MentionKind.COMMENT, native_id=native_id, text=text,
        posted_at=needed_time(raw.get("timestamp"), "timestamp"), seen_at=seen_at, url=media.get("permalink"),
        author=author, reply_to=f"instagram:comment:c{above}" if above else post, thread=post,
        own=author is not None and (author.id == account.native_id if author.id and account.native_id
                                    else author.handle == account.handle),
        hashtags=_found(HASHTAG, text), handles=_found(HANDLE, text),
        metrics=_metrics(raw, likes="like_count"),
    )


def _author(author_id: Any, handle: Any) -> Author | None:
    known, name = word(author_id), word(handle)
    return Author(known, name, None) if known or name else None


def _media(raw: dict[str, Any]) -> Iterator[Media]:
    """The post's picture, or each of an album's; its address may be missing. Of a video, its still."""
    children = [mapping(child) for child in listing(mapping(raw.get("children")).get("data"))]
    for item in children or [raw]:
        kind = MEDIA_TYPES.get(str(item.get("media_type")))
        if kind is not None or item.get("media_url"):
            yield Media(kind or "photo", word(item.get("thumbnail_url")) or word(item.get("media_url")))


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pattern.findall(text)))


def _metrics(raw: dict[str, Any], **names: str) -> dict[str, int]:
    return {ours: count for ours, theirs in names.items() if (count := number(raw.get(theirs))) is not None}
