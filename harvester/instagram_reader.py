"""Walks instaloader's iterators item by item: one that cannot be read is quarantined and costs itself.

What concerns a whole answer (a block, a cut connection, another shape) is raised as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import instaloader
import requests

from domain import Account, Mention, Quarantined
from harvester.instagram_posts import MALFORMED, author_of, comment_count, comment_mention, malformed, post_mention

Item = Mention | Quarantined
Posts = instaloader.NodeIterator[instaloader.Post]


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes mentions for one account."""

    account: Account
    seen_at: datetime

    def posts(self, posts: Posts, counts: dict[str, int] | None = None) -> Iterator[Item]:
        """Posts as mentions; `counts` is told the number of comments of each."""
        while True:
            before = posts.total_index
            try:
                post = next(posts)
                mention = post_mention(post, account=self.account, seen_at=self.seen_at)
            except StopIteration:
                return
            except MALFORMED as error:
                if posts.total_index == before:  # no item was taken: it is the page that is wrong
                    raise
                remaining = posts.freeze().remaining_data or {"edges": [{}]}
                yield self._malformed(remaining["edges"][0].get("node"), error)
                continue
            if counts is not None and (count := comment_count(post)) is not None:
                counts[mention.native_id] = count
            yield mention

    def comments(self, post: instaloader.Post) -> Iterator[Item]:
        """Comments and their answers, as many as instaloader can get out of the answer."""
        comments = iter(post.get_comments())
        while True:
            try:
                comment = next(comments)
            except StopIteration:
                return
            except MALFORMED as error:
                # After this instaloader's generator is dead: the comments below are out of its reach.
                yield self._malformed({"comments_of": post.shortcode}, error)
                return
            yield self._comment(comment, post)
            yield from self._answers(comment, post)

    def _answers(self, comment: instaloader.PostComment, post: instaloader.Post) -> Iterator[Item]:
        try:
            for answer in comment.answers:
                yield self._comment(answer, post, answer_to=comment.id)
        except MALFORMED as error:
            yield self._malformed({"answers_of": str(comment.id)}, error)

    def _comment(
        self, comment: instaloader.PostComment | instaloader.PostCommentAnswer, post: instaloader.Post,
        answer_to: object = None,
    ) -> Item:
        try:
            return comment_mention(
                comment_id=comment.id, text=comment.text, created_at=comment.created_at_utc,
                author=author_of(comment.owner), likes=comment.likes_count, shortcode=post.shortcode,
                answer_to=answer_to, account=self.account, seen_at=self.seen_at,
            )
        except MALFORMED as error:
            raw = {"comment_of": post.shortcode, "pk": getattr(comment, "id", None)}
            return self._malformed(raw, error, kind="comment")

    def _malformed(self, raw: object, error: Exception, *, kind: str = "post") -> Quarantined:
        if isinstance(error, requests.RequestException):  # an OSError as well, but it says nothing about the item
            raise error
        return malformed(raw, error, account=self.account, seen_at=self.seen_at, kind=kind)
