"""How Instagram words a profile, a post and a comment, in the shapes that instaloader 4.16 reads."""

from __future__ import annotations

from typing import Any

from simulators.day import Watched
from simulators.world import Item, Person, World

PREVIEW = 2  # answers that come with their comment


def profile(world: World, watched: Watched) -> dict[str, Any]:
    return {
        "pk": watched.id, "id": watched.id, "username": world.handle(watched), "full_name": watched.title,
        "is_private": False, "biography": "", "profile_pic_url": _picture_url(watched.handle),
        "media_count": len(world.own_posts("instagram", watched.name)), "follower_count": 1200,
        "following_count": 12, "friendship_status": {"following": True},
    }


def media(world: World, item: Item) -> dict[str, Any]:
    """A post as api/graphql gives it, for the timeline and for one shortcode."""
    pictures = [{"media_type": 2 if p.type == "video" else 1, "image_versions2": _candidates(p.name),
                 **({"video_versions": [{"url": _picture_url(p.name)}]} if p.type == "video" else {})}
                for p in item.post.media]
    first = pictures[0] if pictures else {"media_type": 1, "image_versions2": _candidates(item.post.id)}
    return {
        "code": item.shortcode, "pk": item.root_id, "taken_at": int(item.created_at.timestamp()),
        "caption": {"text": item.text} if item.text else None, "has_liked": False, "like_count": item.serial % 50,
        "comment_count": len(world.comments(item.post)), "user": _user(item.author), **first,
        **({"media_type": 8, "carousel_media": pictures} if len(pictures) > 1 else {}),
        "location": _location(item),
        "usertags": {"in": [{"user": {"username": name}} for name in _tags(world, item)]},
    }


def tagged_node(world: World, item: Item) -> dict[str, Any]:
    """A post as the older query for tagged posts gives it: the owner is an id and a name at most."""
    return {
        "__typename": "GraphVideo" if _is_video(item) else "GraphImage", "id": item.root_id,
        "shortcode": item.shortcode, "owner": {"id": item.author.id, "username": item.author.handle},
        "taken_at_timestamp": int(item.created_at.timestamp()), "is_video": _is_video(item),
        "display_url": _picture_url(item.post.media[0].name if item.post.media else item.post.id),
        "edge_media_to_caption": {"edges": [{"node": {"text": item.text}}] if item.text else []},
        "edge_media_to_comment": {"count": len(world.comments(item.post))},
        "edge_media_preview_like": {"count": item.serial % 50}, "location": _location(item),
    }


def top_comments(world: World, item: Item) -> list[Item]:
    return [one for one in world.comments(item.post) if one.parent is item.post]


def answers(world: World, item: Item) -> list[Item]:
    """Answers to a comment, oldest first."""
    below = [one for one in world.comments(world.thread(item.post)) if one.parent is item.post]
    return below[::-1]


def comment(world: World, item: Item) -> dict[str, Any]:
    """A comment as graphql gives it: the id is a string."""
    below = answers(world, item)
    shown = below if len(below) <= PREVIEW else below[:1]
    return {
        "id": item.root_id, "created_at": int(item.created_at.timestamp()), "text": item.text,
        "owner": {"id": item.author.id, "username": item.author.handle}, "edge_liked_by": {"count": 0},
        "edge_threaded_comments": {
            "count": len(below), "edges": [{"node": comment(world, answer)} for answer in shown]},
    }


def mobile_comment(world: World, item: Item) -> dict[str, Any]:
    """A comment as i.instagram.com gives it: instaloader turns its id into an int."""
    below = answers(world, item)
    return {
        "pk": item.root_id, "created_at": int(item.created_at.timestamp()), "text": item.text,
        "user": _user(item.author), "comment_like_count": 0, "child_comment_count": len(below),
        "preview_child_comments": [mobile_comment(world, one) for one in below] if len(below) <= PREVIEW else [],
    }


def _user(person: Person) -> dict[str, Any]:
    return {"pk": person.id, "username": person.handle, "full_name": person.name, "is_private": False,
            "profile_pic_url": _picture_url(person.handle)}


def _tags(world: World, item: Item) -> list[str]:
    """Handles of the accounts that are tagged on a citizen's post."""
    watched = [world.account("instagram", name) for name in item.post.to] if item.kind == "tag" else []
    return [world.handle(one) for one in watched if one]


def _location(item: Item) -> dict[str, Any] | None:
    spot = item.post.place
    return {"pk": item.serial, "name": spot.name, "lat": spot.lat, "lng": spot.lng} if spot else None


def _is_video(item: Item) -> bool:
    return bool(item.post.media) and item.post.media[0].type == "video"


def _candidates(name: str) -> dict[str, Any]:
    return {"candidates": [{"url": _picture_url(name)}]}


def _picture_url(name: str) -> str:
    return f"https://scontent.cdninstagram.com/{name}.jpg"
