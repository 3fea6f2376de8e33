"""Reads what Instaloader has downloaded: posts and their comments. No network, whatever the file says.

`load_structure` is instaloader's own reader; only the file is opened by us, because theirs unpacks a file
of any size and decodes by the locale. Profiles, stories and iterators in the folder are no posts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import instaloader

from domain import Account, Author, Mention, Page, Quarantined
from harvester.archive_rows import Row, file_json
from harvester.instagram_posts import MALFORMED, comment_mention, malformed, post_mention
from harvester.instagram_session import Gate, loader
from harvester.payload import Unreadable, mapping, number, word

COMMENTS = "_comments.json"
NO_POSTS = ("Profile", "StoryItem", "Hashtag", "FrozenNodeIterator")


def is_download(name: str) -> bool:
    return name.endswith((".json", ".json.xz")) and not name.startswith(".")


def mentions_of_file(row: Row, account: Account, seen_at: datetime) -> Page:
    """One file: a post, or the comments of the post whose file stands beside it."""
    path = row.path
    assert path is not None
    value = file_json(path)
    if path.name.endswith(COMMENTS):
        if not isinstance(value, list):
            raise Unreadable("comments: not a list")
        items = list(_comments(value, _shortcode_beside(path), account, seen_at))
        return Page(tuple(i for i in items if isinstance(i, Mention)), "",
                    quarantined=tuple(i for i in items if isinstance(i, Quarantined)))
    if mapping(mapping(value).get("instaloader")).get("node_type") in NO_POSTS:
        return Page((), "")
    if "node" not in mapping(value):
        raise Unreadable("not an Instaloader 4 file")  # those of version 3 hold a shortcode and nothing else
    post = instaloader.load_structure(_context(), value)
    assert isinstance(post, instaloader.Post)
    return Page((post_mention(post, account=account, seen_at=seen_at),), "")


@cache
def _context() -> instaloader.InstaloaderContext:
    """A context made outside of `wired`: it has no way out."""
    return loader(Gate(0)).context


def _comments(
    values: list[Any], shortcode: str | None, account: Account, seen_at: datetime, answer_to: object = None
) -> Iterator[Mention | Quarantined]:
    for value in values:
        try:
            owner = mapping(value["owner"])
            author = Author(word(owner.get("id") or owner.get("pk")), word(owner.get("username")),
                            word(owner.get("full_name")))
            yield comment_mention(
                comment_id=value["id"], text=value["text"], author=author, shortcode=shortcode, answer_to=answer_to,
                created_at=datetime.fromtimestamp(value["created_at"], UTC), likes=number(value.get("likes_count")),
                account=account, seen_at=seen_at,
            )
            answers = value.get("answers") or []
        except MALFORMED as error:
            yield malformed(value, error, account=account, seen_at=seen_at, kind="comment")
            continue
        yield from _comments(answers, shortcode, account, seen_at, answer_to=value["id"])


def _shortcode_beside(path: Path) -> str | None:
    """The post's shortcode, from the post's own file; comments do not tell."""
    stem = path.name.removesuffix(COMMENTS)
    for suffix in (".json", ".json.xz"):
        try:
            node = mapping(mapping(file_json(path.with_name(stem + suffix))).get("node"))
        except (OSError, ValueError):
            continue
        return word(node.get("shortcode") or node.get("code"))
    return None
