"""Meta's webhooks -> pages: posts and comments on Facebook pages, comments and @mentions on Instagram. Pure.

A change is written as the object that Graph would show and goes through Graph's own parsers. `remove` makes
the post gone; `hide` is what the page's owner did to a citizen's post: it stays live, and the fact is noted.
An edit that tells no words changes none. Of an Instagram @mention Meta tells ids alone: they become inquiries
of the connector. Reactions are no posts. What is no post and not listed here is set aside once a kind, without
its content: a subscription too many must not collect private messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain import Account, Inquiry, Page
from harvester import facebook_payload, instagram_payload
from harvester.hooks import Delivery, Gathered, edited, parsed, reason_of, unreadable
from harvester.payload import Unreadable, listing, mapping, needed_id, needed_time, why, word

SIGNATURE = "x-hub-signature-256"
POSTS = ("post", "status", "photo", "video", "share", "link", "album", "note")
NO_POSTS = ("reaction", "like", "event", "milestone", "rating", "experiences")  # nothing a citizen wrote to us
EDITS = ("edited", "edit")
HIDINGS = {"hide": "hidden", "unhide": "unhidden"}
OF_META = ("block", "unblock", "mute", "unmute")  # what Facebook did to a video: no word of a citizen's


def pages_of(body: bytes, *, accounts: Iterable[Account], seen_at: datetime) -> dict[str, Page]:
    """Account key -> page of a delivery whose signature was right; raises nothing."""
    try:
        value = parsed(body)
    except (ValueError, RecursionError) as error:
        return unreadable(body, "meta", reason_of(error), seen_at)
    kind = value.get("object")
    read = {"page": _facebook, "instagram": _instagram}.get(kind) if isinstance(kind, str) else None
    if read is None or not isinstance(value.get("entry"), list):
        return unreadable(body, "meta", "neither a page's nor an Instagram account's delivery", seen_at)
    platform = "facebook" if kind == "page" else "instagram"
    kinds = ("facebook",) if kind == "page" else ("instagram_graph", "instagram")
    delivery = Delivery(platform, [a for name in reversed(kinds) for a in accounts if a.platform == name], seen_at)
    for entry in value["entry"]:
        account_id = word(mapping(entry).get("id"))
        part = delivery.of(account_id)
        changes = listing(mapping(entry).get("changes"))
        for change in changes:
            _guarded(delivery, part, entry, change, read)
        if not changes or not isinstance(entry, dict):
            _no_changes(delivery, part, entry)
    return delivery.pages()


def _guarded(delivery: Delivery, part: Gathered, entry: dict[str, Any], change: Any, read: Any) -> None:
    """One change, whatever is wrong with it, never costs its delivery."""
    try:
        if part.account.platform == "receive":
            raise Unreadable("no account in config.yaml has this native_id")
        read(delivery, part, entry, mapping(change))
    except Exception as error:  # a broken change may break the reader in any way
        delivery.set_aside(part, {"id": mapping(entry).get("id"), "change": change}, why(error))


def _no_changes(delivery: Delivery, part: Gathered, entry: Any) -> None:
    """Messages between two people stand beside `changes`: their names are kept, their words are not."""
    other = sorted(set(mapping(entry)) - {"id", "time", "changes"})
    delivery.set_aside(part, {"fields": other or str(type(entry).__name__)},
                       "no changes in it; private messages are not read" if other else "no changes in it")


def _no_post(delivery: Delivery, part: Gathered, field: Any) -> None:
    delivery.set_aside(part, {"field": str(field)[:100]}, "a field that holds no posts: unsubscribe it")


# --- Facebook pages --------------------------------------------------------------------------------------


def _facebook(delivery: Delivery, part: Gathered, entry: dict[str, Any], change: dict[str, Any]) -> None:
    field, value = change.get("field"), mapping(change.get("value"))
    if field not in ("feed", "mention"):
        return _no_post(delivery, part, field)
    item, verb = str(value.get("item")), str(value.get("verb"))
    if item in NO_POSTS:
        return None
    if item != "comment" and item not in POSTS:
        raise Unreadable(f"item '{item[:40]}' is not known")
    if verb in OF_META:
        return _no_post(delivery, part, f"{field}/{item}/{verb}")
    comment = item == "comment"
    native_id = needed_id(value, "comment_id" if comment else "post_id")
    key = facebook_payload.comment_key(native_id) if comment else facebook_payload.post_key(native_id)
    if verb == "remove":
        part.gone.append(key)
        return None
    if verb not in ("add", *EDITS, *HIDINGS):
        raise Unreadable(f"verb '{verb[:40]}' is not known")
    if verb in HIDINGS:
        part.flags.append((key, HIDINGS[verb]))
    told = _told(value)
    if verb in HIDINGS and not told:
        return None  # a post that we may know: what was done to it is noted
    raw = _facebook_object(value, native_id, entry, tagged=part.account if field == "mention" and not comment else None)
    above = word(value.get("post_id")) if comment else None
    page = facebook_payload.mentions_of(raw, account=part.account, seen_at=delivery.seen_at, parent=above)
    if verb in EDITS and told:
        part.take(edited(page, needed_time(entry.get("time"), "time")))
    else:
        part.take(page, first=True)
    return None


def _told(value: dict[str, Any]) -> bool:
    return isinstance(value.get("message"), str)


def _facebook_object(
    value: dict[str, Any], native_id: str, entry: dict[str, Any], *, tagged: Account | None
) -> dict[str, Any]:
    """The change as Graph would show its object; `tagged` is the page that a post names."""
    created = value.get("created_time")
    raw = {"id": native_id, "message": value.get("message") or "",
           "created_time": entry.get("time") if created is None else created,
           "from": _sender(value), "permalink_url": value.get("permalink_url") or _permalink(value),
           "attachments": {"data": list(_attachments(value))}}
    parent, post = word(value.get("parent_id")), word(value.get("post_id"))
    if value.get("item") == "comment":
        raw["comment_count"] = value.get("comment_count")
        if parent and parent != post:
            raw["parent"] = {"id": parent}
    elif tagged is not None:
        raw["message_tags"] = [{"id": tagged.native_id}]
    return raw


def _permalink(value: dict[str, Any]) -> Any:
    return None if value.get("item") == "comment" else mapping(value.get("post")).get("permalink_url")


def _sender(value: dict[str, Any]) -> dict[str, Any]:
    who = mapping(value.get("from"))
    sender_id = who.get("id") or value.get("sender_id")
    return {"id": sender_id, "name": who.get("name") or value.get("sender_name")} if sender_id or who else {}


def _attachments(value: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Pictures by address; of a video and a link, where it leads."""
    for url in [*listing(value.get("photos")), value.get("photo")]:
        if word(url):
            yield {"media_type": "photo", "media": {"image": {"src": url}}}
    link, item = word(value.get("link")), value.get("item")
    if link and item == "photo" and not listing(value.get("photos")):
        yield {"media_type": "photo", "media": {"image": {"src": link}}}
    elif link and item != "photo":
        yield {"media_type": "video" if item == "video" else "link", "url": link}
    if word(value.get("video")):
        yield {"media_type": "video", "url": value["video"]}


# --- Instagram -------------------------------------------------------------------------------------------


def _instagram(delivery: Delivery, part: Gathered, entry: dict[str, Any], change: dict[str, Any]) -> None:
    field, value = change.get("field"), mapping(change.get("value"))
    if field == "mentions":
        comment, media = word(value.get("comment_id")), needed_id(value, "media_id")
        target = needed_id(value, "comment_id") if comment else media
        part.inquiries.append(Inquiry("mentioned_comment" if comment else "mentioned_media", target, media))
        return None
    if field not in ("comments", "live_comments"):
        return _no_post(delivery, part, field)
    who = mapping(value.get("from"))
    raw = {"id": value.get("id"), "text": value.get("text"), "timestamp": entry.get("time"), "from": who,
           "username": value.get("username"), "parent_id": value.get("parent_id")}
    part.take(instagram_payload.mentions_of({"data": [raw]}, account=part.account, seen_at=delivery.seen_at, media={}),
              first=True)
    return None
