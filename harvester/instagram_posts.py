"""instaloader's posts and comments -> Mentions. Asks the network for nothing.

Many attributes of an instaloader Post fetch what its node lacks; one careless property costs a
request per post. So only what the node holds is read here, and what it lacks stays unknown. The same
functions serve the live connector and the folders that Instaloader has written. Malformed nodes raise
KeyError, TypeError, ValueError and their like: the caller quarantines that one item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import instaloader

from domain import Account, Author, Media, Mention, MentionKind, PlaceHint, Quarantined
from harvester.instagram_payload import HANDLE, HASHTAG
from harvester.payload import clean, mapping, needed_text, number, place_hint, quarantined, word

# What a foreign node may do to the code that reads it.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, AssertionError, OverflowError, OSError,
             RecursionError, instaloader.BadResponseException)


def post_key(shortcode: str) -> str:
    return f"instagram:post:{shortcode}"


def comment_key(comment_id: object) -> str:
    """instaloader gives comment ids as int on one path and as str on the other."""
    return f"instagram:comment:c{int(str(comment_id))}"


def node_of(post: instaloader.Post) -> dict[str, Any]:
    """What instaloader knows of the post already, without asking for more."""
    node: dict[str, Any] = instaloader.get_json_structure(post)["node"]
    return node


def post_mention(post: instaloader.Post, *, account: Account, seen_at: datetime) -> Mention:
    """A post in which the account is tagged, or one that it wrote itself."""
    node = node_of(post)
    shortcode = post.shortcode
    if not isinstance(shortcode, str) or not shortcode:
        raise ValueError("a post without a shortcode")
    author = _author(mapping(node.get("owner")) or mapping(mapping(node.get("iphone_struct")).get("user")))
    text = clean(post.caption or "")
    own = written_by(author, account)
    return Mention(
        key=post_key(shortcode), account=account.key, platform="instagram",
        kind=MentionKind.MENTION if own else MentionKind.TAG, native_id=shortcode,
        text=text, posted_at=aware(post.date_utc), seen_at=seen_at,
        url=f"https://www.instagram.com/p/{shortcode}/", author=author, own=own,
        media=_media(node), place=_place(node), hashtags=hashtags(text), handles=handles(text),
        metrics=_metrics(node),
    )


def comment_mention(
    *, comment_id: object, text: Any, created_at: datetime, author: Author, likes: int | None,
    shortcode: str | None, answer_to: object = None, account: Account, seen_at: datetime,
) -> Mention:
    """A comment, or an answer to one. `shortcode` is the post's; None where the archive does not tell."""
    key = comment_key(comment_id)
    thread = post_key(shortcode) if shortcode else None
    text = needed_text(text, "text")
    return Mention(
        key=key, account=account.key, platform="instagram", kind=MentionKind.COMMENT,
        native_id=key.rpartition(":")[2], text=text, posted_at=aware(created_at), seen_at=seen_at,
        url=f"https://www.instagram.com/p/{shortcode}/" if shortcode else None, author=author,
        own=written_by(author, account), thread=thread,
        reply_to=comment_key(answer_to) if answer_to is not None else thread,
        hashtags=hashtags(text), handles=handles(text), metrics={} if likes is None else {"likes": int(likes)},
    )


def author_of(profile: instaloader.Profile) -> Author:
    """The owner of a comment, from what came with the comment."""
    return _author(instaloader.get_json_structure(profile)["node"])


def written_by(author: Author, account: Account) -> bool:
    """Whether the watched account itself wrote it; the id decides where both sides tell one."""
    if account.native_id and author.id:
        return author.id == account.native_id
    return bool(author.handle) and author.handle == account.handle.lstrip("@").lower()


def aware(naive_utc: datetime) -> datetime:
    """instaloader's times are UTC without saying so."""
    return naive_utc.replace(tzinfo=UTC)


def comment_count(post: instaloader.Post) -> int | None:
    """The number of comments as the node tells it: `Post.comments` would ask the network for it."""
    return _count_in(node_of(post))


def hashtags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(HASHTAG.findall(text)))


def handles(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(HANDLE.findall(text)))


def malformed(raw: Any, why: Exception, *, account: Account, seen_at: datetime, kind: str = "post") -> Quarantined:
    """The raw item under the key that it would have as a mention, as far as that can be read."""
    item = quarantined(raw, account=account.key, platform="instagram", seen_at=seen_at, kind=kind,
                       reason=f"{type(why).__name__} in {kind}")
    name = word(mapping(raw).get("shortcode") or mapping(raw).get("code")) if kind == "post" else None
    digits = word(mapping(raw).get("pk") or mapping(raw).get("id")) if kind == "comment" else None
    if name:
        return replace(item, key=post_key(name))
    return replace(item, key=comment_key(digits)) if digits and digits.isdecimal() else item


def _author(node: Mapping[str, Any]) -> Author:
    return Author(word(node.get("id") or node.get("pk")), word(node.get("username")), word(node.get("full_name")))


def _media(node: Mapping[str, Any]) -> tuple[Media, ...]:
    children = [edge["node"] for edge in mapping(node.get("edge_sidecar_to_children")).get("edges") or ()]
    return tuple(
        Media("video" if one.get("is_video") else "photo", word(one.get("display_url")),
              word(one.get("accessibility_caption")))
        for one in children or [node]
    )


def _place(node: Mapping[str, Any]) -> PlaceHint | None:
    found = mapping(node.get("location")) or mapping(mapping(node.get("iphone_struct")).get("location"))
    return place_hint(found.get("name"), lat=found.get("lat"), lng=found.get("lng"))


def _metrics(node: Mapping[str, Any]) -> dict[str, int]:
    likes = number(mapping(node.get("edge_media_preview_like")).get("count"))
    counted = {"likes": likes, "replies": _count_in(node)}
    return {name: count for name, count in counted.items() if count is not None}


def _count_in(node: Mapping[str, Any]) -> int | None:
    for name in ("edge_media_to_parent_comment", "edge_media_to_comment"):
        if (count := number(mapping(node.get(name)).get("count"))) is not None:
            return count
    return number(node.get("comments"))
