"""Facebook pages: posts on the page, posts that tag it, and the comments under both.

A cycle reads the page's feed since two hours before the ground, with the newest comments of each post in
the same answer; then the first page of /tagged; then, a few in turn, the comments of posts that are older
than the window. Facebook often withholds the author: nothing here needs one. Never writes to a page.
"""

from __future__ import annotations

from typing import Any, ClassVar

from domain import Page
from harvester.facebook_payload import comment_key, mentions_of, post_key
from harvester.graph import Asked, TooMuch, next_of
from harvester.graph_cursor import Cursor, Step
from harvester.graph_cycle import OVERLAP, GraphConnector, oldest_in
from harvester.payload import listing, mapping, word

__all__ = ["Facebook", "mentions_of"]

PAGE_SIZE, SMALL_PAGE = 100, 20
COMMENTS_INSIDE = 25
OLD_POSTS_PER_CYCLE = 5
COMMENT_FIELDS = "id,message,created_time,from,parent,message_tags,attachment,comment_count,permalink_url"
POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,from,message_tags,place,full_picture,attachments,"
    "parent_id,is_hidden,shares"
)
INSIDE = f"comments.filter(stream).order(reverse_chronological).limit({COMMENTS_INSIDE}){{{COMMENT_FIELDS}}}"


class Facebook(GraphConnector):
    platform: ClassVar[str] = "facebook"
    carrier: ClassVar[str] = "feed"
    lists: ClassVar[tuple[str, ...]] = ("feed", "tagged")

    def plan(self, cursor: Cursor) -> list[Step]:
        since = cursor.since - OVERLAP.total_seconds()
        older = sorted((k for k, item in cursor.seen.items() if not item[4] and item[2] < since), reverse=True)
        at = cursor.cycle * OLD_POSTS_PER_CYCLE % len(older) if older else 0
        turn = (older + older)[at : at + min(OLD_POSTS_PER_CYCLE, len(older))]
        comments = [Step("comments", cursor.seen[key][0], about={"key": key}) for key in turn]
        return [Step("feed", params={"since": str(int(since))}), Step("tagged"), *comments]

    def name_fields(self) -> str:
        return "id,name,username"

    def take(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        if step.kind == "comments":
            return self._comments(asked, cursor, step)
        given = {"limit": str(PAGE_SIZE), "fields": f"{POST_FIELDS},{INSIDE}", **step.params}
        try:
            payload = asked.edge(cursor.node, step.kind, given)
        except TooMuch:
            payload = asked.edge(cursor.node, step.kind, {**given, "limit": str(SMALL_PAGE)})
        page, fresh = _page(payload, asked, cursor)
        for post in map(mapping, listing(payload.get("data"))):
            self._comments_inside(cursor, post, fresh)
        following = next_of(payload)
        # the feed is read to the end of the window, /tagged until it tells nothing new
        if following and (step.kind == "feed" or fresh or cursor.goes_deeper(oldest_in(payload))):
            cursor.go_on(step, following, max_pages=self._settings.max_pages, news=bool(fresh) or cursor.deep)
        elif step.kind == "feed":
            cursor.covered["posts"] = cursor.since - OVERLAP.total_seconds()
        return page

    def _comments_inside(self, cursor: Cursor, post: dict[str, Any], fresh: set[str]) -> None:
        """Comments came with the post: go on where there are more and the last ones were news."""
        post_id, inside = word(post.get("id")), mapping(post.get("comments"))
        if post_id is None:
            return
        following = next_of(inside)
        if not following:
            cursor.covered[post_key(post_id)] = 0.0
        elif any(comment_key(str(mapping(raw).get("id"))) in fresh for raw in listing(inside.get("data"))):
            cursor.push(Step("comments", post_id, _onward(following), about={"key": post_key(post_id)}))

    def _comments(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        given = {"filter": "stream", "order": "reverse_chronological", "limit": "50", "fields": COMMENT_FIELDS,
                 **step.params}
        payload = asked.edge(step.target, "comments", given)
        page, fresh = _page(payload, asked, cursor, parent=step.target)
        following = next_of(payload)
        if following and fresh:
            cursor.go_on(step, following, max_pages=self._settings.max_pages)
        elif not following:
            cursor.covered[post_key(step.target)] = 0.0
        return page


def _page(payload: dict[str, Any], asked: Asked, cursor: Cursor, parent: str = "") -> tuple[Page, set[str]]:
    """The page with what is new or changed, and the keys of those."""
    read = mentions_of(payload, account=asked.account, seen_at=asked.now, parent=parent or None)
    fresh = cursor.changed(read.mentions, {}, now=asked.now)
    broken = cursor.unreported(read.quarantined)
    return Page(tuple(fresh), "", quarantined=broken, reads=read.reads), {m.key for m in fresh}


def _onward(following: dict[str, str]) -> dict[str, str]:
    """Where the comments inside a post go on; the edge itself is asked with our own fields and size."""
    return {name: value for name, value in following.items() if name in ("after", "until", "__paging_token")}
