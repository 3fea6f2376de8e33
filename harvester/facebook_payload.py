"""Facebook posts and comments -> mentions. Pure; shared by the connector and by the reader of archives.

The kind follows from the object and never from the edge that delivered it, since a post may come through
several: a comment is a comment, a post that tags our page is a mention, any other post on the page is a
visitor's. The author is often withheld; he is never part of a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from domain import Account, Author, Media, Mention, MentionKind, Page, PlaceHint
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
    place_hint,
    read_items,
    word,
)

HASHTAG = re.compile(r"#(\w+)")


def mentions_of(
    payload: dict[str, Any], *, account: Account, seen_at: datetime, parent: str | None = None
) -> Page:
    """One Graph page or one object, oldest first, comments inside posts among them; no cursor.

    `parent` is the post that a page of comments stands under.
    """
    items: Iterator[Item] = (
        (raw, "comment" if above else "post", partial(_mention, raw, above, account, seen_at))
        for raw, above in _items(payload, parent)
    )
    mentions, aside = read_items(items, account=account.key, platform="facebook", seen_at=seen_at)
    ordered = oldest_first(mentions)
    return Page(ordered, "", quarantined=aside, reads=len(ordered) + len(aside))


def post_key(native_id: str) -> str:
    return f"facebook:post:{native_id}"


def comment_key(native_id: str) -> str:
    return f"facebook:comment:{native_id}"


def is_comment(raw: dict[str, Any], account: Account) -> bool:
    """Whether an object without context is a comment: it counts its answers, or lacks all that posts have."""
    if "comment_count" in raw or "parent" in raw:
        return True
    if any(name in raw for name in ("permalink_url", "updated_time", "story", "comments", "attachments")):
        return False
    return not str(raw.get("id", "")).startswith(f"{account.native_id}_")


def _items(payload: dict[str, Any], parent: str | None) -> Iterator[tuple[Any, str | None]]:
    """Every object of a page with the post above it, comments inside posts included."""
    data = payload["data"] if isinstance(payload.get("data"), list) else [payload]
    for raw in data:
        yield raw, parent
        inside = mapping(mapping(raw).get("comments"))
        for comment in listing(inside.get("data")):
            yield comment, parent or word(mapping(raw).get("id"))


def _mention(raw: Any, above: str | None, account: Account, seen_at: datetime) -> Mention:
    if not isinstance(raw, dict):
        raise Unreadable(f"item: expected an object, got {type(raw).__name__}")
    native_id = needed_id(raw)
    text = needed_text(raw.get("message") or raw.get("story") or "", "message")
    posted_at = needed_time(raw.get("created_time"), "created_time")
    author = _author(raw)
    own = bool(account.native_id) and author is not None and author.id == account.native_id
    comment = bool(above) or is_comment(raw, account)
    shared = word(raw.get("parent_id"))
    answered = word(mapping(raw.get("parent")).get("id"))
    post_above = above or word(mapping(raw.get("object")).get("id"))
    return Mention(
        key=comment_key(native_id) if comment else post_key(native_id), account=account.key, platform="facebook",
        kind=_kind(raw, account, comment=comment, own=own), native_id=native_id, text=text, posted_at=posted_at,
        seen_at=seen_at, author=author,
        url=word(raw.get("permalink_url")) or f"https://www.facebook.com/{native_id}",
        repost_of=post_key(shared) if shared and not raw.get("message") else None,
        quote_of=post_key(shared) if shared and raw.get("message") else None,
        reply_to=_above(answered, post_above) if comment else None,
        thread=post_key(post_above) if comment and post_above else None, own=own,
        media=tuple(_pictures(raw)), place=_place(raw), hashtags=tuple(dict.fromkeys(HASHTAG.findall(text))),
        handles=tuple(_tagged(raw)), metrics=_metrics(raw),
    )


def _kind(raw: dict[str, Any], account: Account, *, comment: bool, own: bool) -> MentionKind:
    if comment:
        return MentionKind.COMMENT
    if own or account.native_id in _tagged_ids(raw):
        return MentionKind.MENTION
    return MentionKind.VISITOR_POST


def _above(answered: str | None, post: str | None) -> str | None:
    if answered:
        return comment_key(answered)
    return post_key(post) if post else None


def _author(raw: dict[str, Any]) -> Author | None:
    who = mapping(raw.get("from"))
    author_id, name = word(who.get("id")), word(who.get("name"))
    return Author(author_id, None, name) if author_id or name else None


def _tags(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Tags come as a list, and from old versions as lists by offset."""
    tags = raw.get("message_tags")
    groups = list(tags.values()) if isinstance(tags, dict) else [tags]
    return [mapping(tag) for group in groups for tag in listing(group)]


def _tagged_ids(raw: dict[str, Any]) -> set[str]:
    return {found for tag in _tags(raw) if (found := word(tag.get("id")))}


def _tagged(raw: dict[str, Any]) -> Iterator[str]:
    yield from dict.fromkeys(found for tag in _tags(raw) if (found := word(tag.get("name"))))


def _pictures(raw: dict[str, Any]) -> list[Media]:
    attachments = [*listing(mapping(raw.get("attachments")).get("data")), raw.get("attachment")]
    found: list[Media] = []
    for attachment in map(mapping, attachments):
        inner = listing(mapping(attachment.get("subattachments")).get("data"))
        found += [_picture(item) for item in map(mapping, inner or [attachment]) if item]
    still = word(raw.get("full_picture"))
    if len(found) == 1 and still and not _image(mapping(attachments[0])):
        return [replace(found[0], url=still)]  # a video's attachment may name its page only
    return found or ([Media("photo", still)] if still else [])


def _picture(item: dict[str, Any]) -> Media:
    told = str(item.get("media_type") or item.get("type") or "")
    kind = next((kind for kind in ("photo", "video") if kind in told), "link")
    return Media(kind, _image(item) or word(item.get("url")), word(item.get("description")))


def _image(item: dict[str, Any]) -> str | None:
    return word(mapping(mapping(item.get("media")).get("image")).get("src"))


def _place(raw: dict[str, Any]) -> PlaceHint | None:
    place = mapping(raw.get("place"))
    spot = mapping(place.get("location"))
    return place_hint(place.get("name"), lat=spot.get("latitude"), lng=spot.get("longitude"))


def _metrics(raw: dict[str, Any]) -> dict[str, int]:
    told = {"reposts": mapping(raw.get("shares")).get("count"), "replies": raw.get("comment_count")}
    return {name: count for name, value in told.items() if (count := number(value)) is not None}
