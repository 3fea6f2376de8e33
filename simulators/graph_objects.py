"""How Graph writes posts, media and comments: what the fields ask for, authors mostly withheld.

Fields may nest: `comments.filter(stream).limit(25){id,message}` puts a page of comments into a post.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from simulators.day import Watched
from simulators.world import Item, World

Fields = Mapping[str, str]


def fields_of(text: str) -> Fields:
    """Top-level field -> its modifiers and nested fields, as written."""
    found: dict[str, str] = {}
    depth, start = 0, 0
    for i, sign in enumerate(text + ","):
        depth += (sign in "({") - (sign in ")}")
        if sign == "," and depth == 0:
            word = text[start:i]
            name = re.match(r"\w*", word)
            found[name[0] if name else word] = word
            start = i + 1
    return found


def post_of(world: World, item: Item, fields: Fields, now: datetime) -> dict[str, Any]:
    """A post on or about a page."""
    page = world.day.accounts["facebook", item.post.to[0]]
    comments = world.comments(item.post, now)
    moved = [item.created_at, *(c.created_at for c in comments)] + ([item.edited_at] if item.edited_at else [])
    shared = item.parent if item.kind in ("repost", "quote") else None
    attachments = [_attachment(name, kind) for name, kind in _pictures(item)]
    told: dict[str, Any] = {
        "message": item.text or None,
        "created_time": stamp(item.created_at),
        "updated_time": stamp(max(moved)),
        "permalink_url": f"https://www.facebook.com/{item.graph_id.replace('_', '/posts/')}",
        "from": _from(world, item),
        "message_tags": _tags(page, item),
        "place": _place(item),
        "full_picture": _picture(item),
        "attachments": {"data": attachments} if attachments else None,
        "parent_id": world.item(shared, now).graph_id if shared else None,
        "is_hidden": False,
        "comments": _comments_inside(world, item, comments, fields.get("comments", ""), now),
    }
    return _asked(item, told, fields)


def comment_of(world: World, item: Item, fields: Fields, now: datetime) -> dict[str, Any]:
    """A comment: on Facebook under a post or a comment, on Instagram with its answers inside."""
    answered = item.parent if item.parent is not None and item.parent.kind == "comment" else None
    if item.post.on == "instagram":
        answers = [c for c in world.comments(world.thread(item.post), now) if c.parent is item.post]
        inside = [comment_of(world, c, {"text": "", "timestamp": "", "username": ""}, now) for c in answers]
        told = {
            "text": item.text, "timestamp": stamp(item.created_at), "username": item.author.handle,
            "user": {"id": item.author.id}, "like_count": 0, "replies": {"data": inside} if inside else None,
            "parent_id": world.item(answered, now).graph_id if answered else None,
        }
        return _asked(item, told, fields)
    told = {
        "message": item.text, "created_time": stamp(item.created_at), "from": _from(world, item),
        "parent": {"id": world.item(answered, now).graph_id} if answered else None,
        "comment_count": sum(p.kind == "comment" for p in world.below(item.post, now)),
        "attachment": next((_attachment(name, kind) for name, kind in _pictures(item)), None),
        "permalink_url": f"https://www.facebook.com/{item.graph_id.replace('_', '?comment_id=')}",
    }
    return _asked(item, told, fields)


def media_of(world: World, item: Item, fields: Fields, now: datetime) -> dict[str, Any]:
    """An Instagram post: of the account itself, or one that tags it."""
    pictures = _pictures(item)
    kinds = {"photo": "IMAGE", "video": "VIDEO"}
    children = [{"id": f"{item.graph_id}{n}", "media_type": kinds[kind], "media_url": _url(name)}
                for n, (name, kind) in enumerate(pictures)]
    told = {
        "ig_id": item.id, "shortcode": item.shortcode, "permalink": f"https://www.instagram.com/p/{item.shortcode}/",
        "caption": item.text or None, "timestamp": stamp(item.created_at), "username": item.author.handle,
        "owner": {"id": item.author.id} if item.post.own else None,
        "media_type": "CAROUSEL_ALBUM" if len(pictures) > 1 else children[0]["media_type"] if children else "IMAGE",
        "media_url": children[0]["media_url"] if len(children) == 1 else None,
        "children": {"data": children} if len(children) > 1 else None,
        "comments_count": len(world.comments(item.post, now)), "like_count": 3,
    }
    return _asked(item, told, fields)


def broken(watched: Watched, number: int) -> dict[str, Any]:
    """An item that no reader can make sense of."""
    if watched.platform == "instagram":
        return {"id": f"19{number:015d}", "caption": ["bukan teks"], "timestamp": "kemarin sore"}
    return {"id": f"{watched.id}_9{number:015d}", "message": ["bukan teks"], "created_time": "kemarin sore"}


def stamp(at: datetime) -> str:
    """Graph's time: an offset without a colon, no fraction."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _asked(item: Item, told: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    given = {name: value for name, value in told.items() if value is not None and name in fields}
    return {"id": item.graph_id, **given}


def _comments_inside(
    world: World, item: Item, comments: list[Item], asked: str, now: datetime
) -> dict[str, Any] | None:
    """A page of comments in a field, with a `next` of its own."""
    inner = re.search(r"\{(.*)\}$", asked)
    limit = re.search(r"limit\((\d+)\)", asked)
    size = int(limit[1]) if limit else 25
    if "filter(stream)" not in asked:
        comments = [c for c in comments if c.parent is item.post]
    if "reverse_chronological" not in asked:
        comments = comments[::-1]
    if not comments:
        return None
    nested = fields_of(inner[1] if inner else "id,message,created_time")
    shown = comments[:size]
    page: dict[str, Any] = {"data": [comment_of(world, c, nested, now) for c in shown],
                            "paging": {"cursors": {"after": shown[-1].graph_id}}}
    if len(comments) > size:
        query = {"limit": size, "after": shown[-1].graph_id, "filter": "stream", "order": "reverse_chronological"}
        page["paging"]["next"] = f"https://graph.facebook.com/v26.0/{item.graph_id}/comments?{urlencode(query)}"
    return page


def _from(world: World, item: Item) -> dict[str, str] | None:
    if item.post.own or world.options.graph_from:
        return {"id": item.author.id, "name": item.author.name}
    return None


def _tags(page: Watched, item: Item) -> list[dict[str, Any]] | None:
    if item.post.own or item.kind not in ("mention", "tag"):
        return None
    return [{"id": page.id, "name": page.title, "type": "page", "offset": 0, "length": len(page.title)}]


def _place(item: Item) -> dict[str, Any] | None:
    spot = item.post.place
    if spot is None:
        return None
    where = {"latitude": spot.lat, "longitude": spot.lng} if spot.lat is not None else {}
    return {"id": "100", "name": spot.name, "location": where}


def _pictures(item: Item) -> list[tuple[str, str]]:
    return [(picture.name, picture.type) for picture in item.post.media]


def _picture(item: Item) -> str | None:
    return _url(item.post.media[0].name) if item.post.media else None


def _attachment(name: str, kind: str) -> dict[str, Any]:
    return {"type": "photo" if kind == "photo" else "video_inline", "media": {"image": {"src": _url(name)}}}


def _url(name: str) -> str:
    return f"https://scontent.xx.fbcdn.net/v/{name}.jpg"
