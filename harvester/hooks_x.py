"""X's account activity -> pages: the Activity API's events, and the older tweet_create/delete events. Pure.

Both are written as a page of API v2 and go through its parser, so that a post that is pushed and polled is
one mention. The older form speaks v1.1: a long text stands in `extended_tweet`, a repost carries its
original. Likes, follows and messages are none of ours and are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from domain import Account, Page
from harvester import x_payload
from harvester.hooks import Delivery, Gathered, parsed, reason_of, unreadable
from harvester.payload import Unreadable, is_digits, listing, mapping, needed_id, why, word

SIGNATURE = "x-twitter-webhooks-signature"
CREATED = ("post.create", "post.mention.create", "post.reply.create", "post.quote.create", "post.repost.create")
V1_TIME = "%a %b %d %H:%M:%S %z %Y"
POST_USD = 0.005  # each event is billed as a post


def pages_of(body: bytes, *, accounts: Iterable[Account], seen_at: datetime) -> dict[str, Page]:
    """Account key -> page of a delivery whose signature was right; raises nothing."""
    try:
        value = parsed(body)
    except (ValueError, RecursionError) as error:
        return unreadable(body, "x", reason_of(error), seen_at)
    delivery = Delivery("x", [a for a in accounts if a.platform == "x"], seen_at)
    if "for_user_id" in value:
        part = delivery.of(word(value["for_user_id"]))
        for raw in listing(value.get("tweet_create_events")):
            _guarded(delivery, part, raw, lambda raw=raw: _read(part, _v2_page(raw), seen_at))
        for raw in listing(value.get("tweet_delete_events")):
            _guarded(delivery, part, raw, lambda raw=raw: part.gone.append(_deleted(mapping(raw).get("status"))))
    elif "data" in value:
        for event in listing(value["data"]) or [value["data"]]:
            part = delivery.of(word(mapping(mapping(event).get("filter")).get("user_id")))
            _guarded(delivery, part, event, lambda event=event, part=part: _activity(part, mapping(event), seen_at))
    else:
        return unreadable(body, "x", "no account activity", seen_at)
    return delivery.pages()


def cost_of(page: Page) -> float:
    return POST_USD * page.reads


def _guarded(delivery: Delivery, part: Gathered, raw: Any, read: Any) -> None:
    try:
        if part.account.platform == "receive":
            raise Unreadable("no account in config.yaml has this native_id")
        read()
    except Exception as error:  # a broken event may break the reader in any way
        delivery.set_aside(part, raw, why(error))


def _activity(part: Gathered, event: dict[str, Any], seen_at: datetime) -> None:
    kind = event.get("event_type")
    if kind == "post.delete":
        part.gone.append(_deleted(event.get("payload")))
        part.reads += 1
    elif kind in CREATED:
        _read(part, {"data": [event.get("payload")], "includes": mapping(event.get("includes"))}, seen_at)
    else:
        raise Unreadable(f"event '{str(kind)[:40]}' is not known")


def _read(part: Gathered, page: dict[str, Any], seen_at: datetime) -> None:
    """One event is one post billed, whatever comes along in `includes`."""
    before = part.reads
    part.take(x_payload.mentions_of(page, account=part.account, seen_at=seen_at))
    part.reads = before + 1


def _deleted(raw: Any) -> str:
    native_id = needed_id(mapping(raw))
    if not is_digits(native_id):
        raise Unreadable("id: not a number")
    return f"x:post:{native_id}"


# --- v1.1 -> v2 ------------------------------------------------------------------------------------------


def _v2_page(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Unreadable(f"item: expected an object, got {type(raw).__name__}")
    others = [mapping(raw.get(name)) for name in ("retweeted_status", "quoted_status")]
    posts = [_v2_post(post) for post in others if post]
    media = [item for post in (raw, *others) for item in _v2_media(post)]
    users = [{"id": user.get("id_str"), "username": user.get("screen_name"), "name": user.get("name")}
             for post in (raw, *others) if (user := mapping(post.get("user")))]
    place = mapping(raw.get("place"))
    places = [{"id": place.get("id"), "full_name": place.get("full_name")}] if place else []
    return {"data": [_v2_post(raw)], "includes": {"tweets": posts, "users": users, "media": media, "places": places}}


def _v2_post(raw: dict[str, Any]) -> dict[str, Any]:
    long = mapping(raw.get("extended_tweet"))
    entities = mapping(long.get("entities")) or mapping(raw.get("entities"))
    found = {"replied_to": raw.get("in_reply_to_status_id_str"), "quoted": raw.get("quoted_status_id_str"),
             "retweeted": mapping(raw.get("retweeted_status")).get("id_str")}
    return {
        "id": raw.get("id_str") or raw.get("id"), "text": long.get("full_text") or raw.get("full_text")
        or raw.get("text"), "created_at": _v1_time(raw.get("created_at")), "lang": raw.get("lang"),
        "author_id": mapping(raw.get("user")).get("id_str"),
        "referenced_tweets": [{"type": name, "id": post_id} for name, post_id in found.items() if post_id],
        "entities": {"hashtags": [{"tag": mapping(tag).get("text")} for tag in listing(entities.get("hashtags"))],
                     "mentions": [{"username": mapping(m).get("screen_name")}
                                  for m in listing(entities.get("user_mentions"))]},
        "attachments": {"media_keys": [item["media_key"] for item in _v2_media(raw)]},
        "geo": {"place_id": mapping(raw.get("place")).get("id"), "coordinates": mapping(raw.get("coordinates"))},
    }


def _v2_media(raw: dict[str, Any]) -> list[dict[str, Any]]:
    long = mapping(raw.get("extended_tweet"))
    told = mapping(long.get("extended_entities")) or mapping(raw.get("extended_entities"))
    return [{"media_key": str(item.get("id_str")), "type": item.get("type"), "url": item.get("media_url_https"),
             "preview_image_url": item.get("media_url_https"), "alt_text": item.get("ext_alt_text")}
            for item in map(mapping, listing(told.get("media"))) if item.get("id_str")]


def _v1_time(value: Any) -> Any:
    """v1.1 writes "Mon Nov 02 05:00:00 +0000 2026"; anything else is left to v2's own reader."""
    try:
        return datetime.strptime(value, V1_TIME).astimezone(UTC).isoformat()
    except (TypeError, ValueError):
        return value
