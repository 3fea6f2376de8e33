"""Facebook pages: posts on the page, posts that tag it, and the comments under both.

A cycle reads the page's feed since two hours before the ground, with the newest comments of each post in
the same answer; then the first page of /tagged; then asks of the newest hundred posts when they last moved,
and reads those again, words and comments, that are older than the window and did; then, a few in turn, the
comments of old posts that this does not reach. `updated_time` moves with edits and with comments alike.
Facebook often withholds the author: nothing here needs one. Never writes to a page.
"""

from __future__ import annotations

from typing import Any, ClassVar

from domain import Account, Page
from harvester.facebook_payload import comment_key, mentions_of, post_key
from harvester.graph import Asked, TooMuch, next_of
from harvester.graph_cursor import Cursor, Step
from harvester.graph_cycle import OVERLAP, GraphConnector, oldest_in
from harvester.payload import listing, mapping, word

__all__ = ["Facebook", "mentions_of"]

PAGE_SIZE, SMALL_PAGE = 100, 20
COMMENTS_INSIDE = 25
OLD_POSTS_PER_CYCLE = 2
MOVED_PER_CYCLE = 20  # a request each; the rest moves on to the next cycle
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

    def plan(self, cursor: Cursor, account: Account) -> list[Step]:  # noqa: ARG002 - every page is read alike
        since = cursor.since - OVERLAP.total_seconds()
        older = sorted((k for k, item in cursor.seen.items() if not item[4] and item[2] < since), reverse=True)
        at = cursor.cycle * OLD_POSTS_PER_CYCLE % len(older) if older else 0
        turn = (older + older)[at : at + min(OLD_POSTS_PER_CYCLE, len(older))]
        comments = [Step("comments", cursor.seen[key][0], about={"key": key}) for key in turn]
        moved = [Step("moved")] if older else []
        cursor.moved = {post_id: at for post_id, at in cursor.moved.items() if post_key(post_id) in cursor.seen}
        return [Step("feed", params={"since": str(int(since))}), Step("tagged"), *moved, *comments]

    def name_fields(self) -> str:
        return "id,name,username"

    def take(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        beside = {"comments": self._comments, "moved": self._moved, "again": self._again}.get(step.kind)
        if beside is not None:
            return beside(asked, cursor, step)
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
        following, moved = next_of(inside), word(post.get("updated_time")) or ""
        if not following:
            cursor.covered[post_key(post_id)] = 0.0
        elif any(comment_key(str(mapping(raw).get("id"))) in fresh for raw in listing(inside.get("data"))):
            about = {"key": post_key(post_id), "moved": moved}
            cursor.push(Step("comments", post_id, _onward(following), about=about))
            return
        cursor.moved[post_id] = moved

    def _moved(self, asked: Asked, cursor: Cursor, step: Step) -> Page:  # noqa: ARG002 - as the other steps
        """Which posts of ours that the window no longer holds have moved since they were last read."""
        payload = asked.edge(cursor.node, "feed", {"limit": str(PAGE_SIZE), "fields": "id,updated_time"})
        window = cursor.since - OVERLAP.total_seconds()
        moved = []
        for post in map(mapping, listing(payload.get("data"))):
            post_id, at = word(post.get("id")) or "", word(post.get("updated_time"))
            held = cursor.seen.get(post_key(post_id))
            if held is not None and held[2] < window and at and cursor.moved.get(post_id) != at:
                moved.append(Step("again", post_id, about={"key": post_key(post_id)}))
        cursor.push(*moved[:MOVED_PER_CYCLE])
        return Page((), "", reads=len(listing(payload.get("data"))))

    def _again(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        """A post of yesterday, as it stands now: its words may be edited, its comments are new."""
        post = asked.call(lambda graph: graph.node(step.target, fields=f"{POST_FIELDS},{INSIDE}"))
        page, fresh = _page(post, asked, cursor)
        self._comments_inside(cursor, post, fresh)
        return page

    def _comments(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        given = {"filter": "stream", "order": "reverse_chronological", "limit": "50", "fields": COMMENT_FIELDS,
                 **step.params}
        payload = asked.edge(step.target, "comments", given)
        page, fresh = _page(payload, asked, cursor, parent=step.target)
        following = next_of(payload)
        if following and fresh:
            cursor.go_on(step, following, max_pages=self._settings.max_pages)
        else:
            if not following:
                cursor.covered[post_key(step.target)] = 0.0
            if moved := step.about.get("moved"):
                cursor.moved[step.target] = moved
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
