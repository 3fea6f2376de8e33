"""How X writes a post: both vocabularies, cut texts, includes, edit chains, partial errors.

Gives what is asked for by fields and expansions and no more, as X does; escapes `&`, `<` and `>`; cuts a
repost at 140 and a long post at 280 characters and carries the whole text elsewhere.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from simulators.world import Item, WireOptions, World

LONG, REPOST_LONG = 280, 140
REFERENCE = {"repost": "retweeted", "reply": "replied_to", "quote": "quoted"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one request: what is asked for, and how answers are named."""

    new: bool
    fields: frozenset[str]
    expansions: frozenset[str]
    fraction: bool

    @classmethod
    def of(cls, query: Mapping[str, str], options: WireOptions) -> Vocabulary | str:
        """The vocabulary of a request, or X's complaint about a parameter that it does not know."""
        for name, version in (("tweet.fields", "v2.166"), ("post.fields", "v2.167")):
            if name in query and options.x_vocabulary not in (version, "both"):
                return f"The query parameter [{name}] is not one of [id,expansions,max_results,...]"
        new = "post.fields" in query or options.x_vocabulary == "v2.167"
        fields = query.get("post.fields" if new else "tweet.fields", "")
        expansions = query.get("expansions", "") if options.x_expand else ""
        return cls(new, frozenset(fields.split(",")), frozenset(expansions.split(",")),
                   options.x_created_at_fraction)

    @property
    def references(self) -> str:
        return "referenced_posts" if self.new else "referenced_tweets.id"

    def asks(self, field: str) -> bool:
        """Whether a field is wanted; the new words turned some fields into expansions."""
        return field in self.fields or (self.new and field in self.expansions)


def user_of(handle: str, user_id: str, name: str) -> dict[str, Any]:
    return {"id": user_id, "username": handle, "name": name}


def missing(kind: str, value: str, *, parameter: str) -> dict[str, Any]:
    """A partial error: the thing asked for is not there."""
    return {
        "value": value, "detail": f"Could not find {kind} with {parameter}: [{value}].", "title": "Not Found Error",
        "resource_type": kind, "parameter": parameter, "resource_id": value,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }


def found(item: Item, wanted: str) -> Item:
    """The version of a post that was asked for: an old one keeps its old words."""
    if wanted == item.id:
        return item
    return replace(item, id=wanted, text=item.post.text, edited_at=None)


def page_of(
    world: World, entries: Sequence[Item | dict[str, Any]], vocabulary: Vocabulary, now: datetime
) -> dict[str, Any]:
    """`data`, `includes` and `errors` of a page; raw entries pass through. No key without content."""
    items = [entry for entry in entries if isinstance(entry, Item)]
    expanded = vocabulary.references in vocabulary.expansions
    parents = {i.id: i for i in _parents(world, items, now)} if expanded else {}
    above = [world.item(item.parent, now) for item in items if item.parent is not None and expanded]
    errors = [missing("tweet", gone.root_id, parameter=vocabulary.references)
              for gone in above if gone.id not in parents]
    shown = [*items, *parents.values()]
    includes = {
        "users": list(_users(shown)) if "author_id" in vocabulary.expansions else [],
        "posts" if vocabulary.new else "tweets": [post_of(world, i, vocabulary, now) for i in parents.values()],
        "media": list(_media(shown)) if "attachments.media_keys" in vocabulary.expansions else [],
        "places": list(_places(shown)) if "geo.place_id" in vocabulary.expansions else [],
    }
    page = {
        "data": [entry if isinstance(entry, dict) else post_of(world, entry, vocabulary, now) for entry in entries],
        "includes": {name: group for name, group in includes.items() if group},
        "errors": errors,
    }
    return {name: value for name, value in page.items() if value}


def post_of(world: World, item: Item, vocabulary: Vocabulary, now: datetime) -> dict[str, Any]:
    whole = html.escape(item.text, quote=False)
    text, note = _cut(world, item, whole, now)
    at = item.created_at if item.edited_at is None else item.edited_at
    chain_name = "edit_history_post_ids" if vocabulary.new else "edit_history_tweet_ids"
    optional: dict[str, Any] = {
        "created_at": stamp(at, fraction=vocabulary.fraction),
        "author_id": item.author.id,
        "conversation_id": world.item(world.thread(item.post), now).root_id,
        "lang": "in",
        "entities": _entities(world, text, now),
        "public_metrics": _metrics(world, item, now, new=vocabulary.new),
        "note_post" if vocabulary.new else "note_tweet": note,
        "attachments": {"media_keys": [_media_key(p.name) for p in item.post.media]} if item.post.media else None,
        "geo": {"place_id": _place_id(item.post.place.name)} if item.post.place else None,
    }
    if item.parent is not None and item.kind in REFERENCE:
        above = world.item(item.parent, now)
        name = "referenced_posts" if vocabulary.new else "referenced_tweets"
        optional[name] = [{"type": REFERENCE[item.kind], "id": above.root_id}]
        if item.kind == "reply":
            optional["in_reply_to_user_id"] = above.author.id
    body: dict[str, Any] = {"id": item.id, "text": text}
    if not vocabulary.new or vocabulary.asks(chain_name):
        body[chain_name] = list(item.chain)
    return body | {name: value for name, value in optional.items() if value is not None and vocabulary.asks(name)}


def stamp(at: datetime, *, fraction: bool) -> str:
    text = at.astimezone(UTC).isoformat(timespec="milliseconds" if fraction else "seconds")
    return text.replace("+00:00", "Z")


def _cut(world: World, item: Item, whole: str, now: datetime) -> tuple[str, dict[str, Any] | None]:
    """Text as shown, and the note that carries a long one."""
    if item.kind == "repost" and item.parent is not None:
        original = world.item(item.parent, now)
        text = f"RT @{original.author.handle}: {html.escape(original.text, quote=False)}"
        return (text if len(text) <= REPOST_LONG else text[: REPOST_LONG - 1] + "…"), None
    if len(whole) <= LONG:
        return whole, None
    note = {"text": whole, "entities": _entities(world, whole, now)}
    return whole[: LONG - 26] + "… https://t.co/abcdefghij", note


def _entities(world: World, text: str, now: datetime) -> dict[str, Any] | None:
    tags = [{"start": m.start(), "end": m.end(), "tag": m[1]} for m in re.finditer(r"#(\w+)", text)]
    mentions = []
    for m in re.finditer(r"@(\w+)", text):
        watched = world.account("x", m[1], now)
        known = {"id": watched.id} if watched else {}
        mentions.append({"start": m.start(), "end": m.end(), "username": m[1], **known})
    return {name: group for name, group in (("hashtags", tags), ("mentions", mentions)) if group} or None


def _metrics(world: World, item: Item, now: datetime, *, new: bool) -> dict[str, int]:
    below = world.below(item.post, now)
    count = {kind: sum(p.kind == kind for p in below) for kind in ("repost", "reply", "quote")}
    return {"repost_count" if new else "retweet_count": count["repost"], "reply_count": count["reply"],
            "like_count": 3 * len(below), "quote_count": count["quote"]}


def _parents(world: World, items: Sequence[Item], now: datetime) -> Iterator[Item]:
    """Referenced posts that are still there, each once."""
    for post in {item.parent.id: item.parent for item in items if item.parent is not None}.values():
        alive = world.find("x", world.item(post, now).root_id, now)
        if alive is not None:
            yield alive


def _users(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for person in {item.author.id: item.author for item in items}.values():
        yield user_of(person.handle, person.id, person.name)


def _media(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for picture in {p.name: p for item in items for p in item.post.media}.values():
        url = f"https://pbs.twimg.com/media/{picture.name}.jpg"
        name = "url" if picture.type == "photo" else "preview_image_url"
        yield {"media_key": _media_key(picture.name), "type": picture.type, name: url}


def _places(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for spot in {i.post.place.name: i.post.place for i in items if i.post.place}.values():
        place: dict[str, Any] = {"id": _place_id(spot.name), "full_name": spot.name, "place_type": "city",
                                 "country_code": "ID"}
        if spot.lat is not None and spot.lng is not None:
            box = [spot.lng - 0.05, spot.lat - 0.05, spot.lng + 0.05, spot.lat + 0.05]
            place["geo"] = {"type": "Feature", "bbox": box, "properties": {}}
        yield place


def _media_key(name: str) -> str:
    return "3_" + str(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest(), "big"))


def _place_id(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
