"""Instagram by its official Graph API: media in which the account is tagged, comments on its own media.

A cycle reads /tags until nothing is new, the newest 25 own media, and the comments of those whose count
moved; and of other professional accounts that config.yaml names (`discover`) the newest 25 media, without
their comments. What the API cannot poll stays unseen: @mentions in captions and comments of others come by
webhook only, private accounts never. Its posts have the keys that the instaloader connector gives them, so
both may watch one account. Never asks for pictures, never writes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from domain import Account, MentionKind, Page
from harvester.base import AccountBlocked
from harvester.graph import Asked, next_of
from harvester.graph_cursor import Cursor, Step
from harvester.graph_cycle import GraphConnector, oldest_in
from harvester.instagram_payload import is_comment, mentions_of, shortcode_of
from harvester.payload import Unreadable, is_digits, listing, mapping, number, word

__all__ = ["InstagramGraph", "mentions_of"]

TAGS_PER_PAGE, OWN_MEDIA, COMMENTS_PER_PAGE = 50, 25, 50
MEDIA_FIELDS = (
    "id,ig_id,shortcode,permalink,caption,media_type,media_url,thumbnail_url,timestamp,username,owner,comments_count,like_count,"
    "children{media_type,media_url,thumbnail_url}"
)
DISCOVERED_FIELDS = (
    "id,permalink,caption,media_type,media_url,timestamp,username,comments_count,like_count,children{media_type,media_url}"
)
MENTIONED = {  # what a webhook told the id of -> by which name, and for what, it is asked
    "mentioned_media": ("media_id", DISCOVERED_FIELDS),
    "mentioned_comment": ("comment_id", "id,text,timestamp,like_count,username,media{id,permalink}"),
}
COMMENT_FIELDS = "id,text,timestamp,username,user,like_count,parent_id,replies{id,text,timestamp,username}"


class InstagramGraph(GraphConnector):
    platform: ClassVar[str] = "instagram_graph"
    carrier: ClassVar[str] = "tags"
    lists: ClassVar[tuple[str, ...]] = ("tags",)

    def plan(self, cursor: Cursor, account: Account) -> list[Step]:  # noqa: ARG002 - every cycle is the same here
        others = self._settings.discover.get(account.key, ())
        return [Step("tags"), Step("media"), *(Step("discover", handle.lstrip("@").lower()) for handle in others)]

    def name_fields(self) -> str:
        return "id,username"

    def _own_id(self, asked: Asked) -> str:
        """A token knows its page, not the Instagram account behind it."""
        raise AccountBlocked("native_id akun Instagram belum diisi", remedy="isi native_id di config.yaml, lalu: "
                             f"kentongan accounts resume {asked.account.key}")

    def take(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        if step.kind == "comments":
            return self._comments(asked, cursor, step)
        if step.kind == "discover":
            return self._discover(asked, cursor, step)
        if step.kind in MENTIONED:
            return self._mentioned(asked, cursor, step)
        limit = TAGS_PER_PAGE if step.kind == "tags" else OWN_MEDIA
        given = {"limit": str(limit), "fields": MEDIA_FIELDS, **step.params}
        payload = asked.edge(cursor.node, step.kind, given)
        media = [mapping(raw) for raw in listing(payload.get("data"))]
        page, fresh = _page(payload, asked, cursor)
        following = next_of(payload)
        if step.kind == "media":
            self._comments_that_moved(cursor, media)
        elif following and (fresh or cursor.goes_deeper(oldest_in(payload))):
            cursor.go_on(step, following, max_pages=self._settings.max_pages)
        else:
            cursor.covered["posts"] = _oldest(cursor) if following else 0.0
        return page

    def _discover(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        """What another professional account posted."""
        media = f"media.limit({OWN_MEDIA}){{{DISCOVERED_FIELDS}}}"
        fields = f"business_discovery.username({step.target}){{{media}}}"
        answer = asked.call(lambda graph: graph.node(cursor.node, fields=fields))
        found = mapping(mapping(answer.get("business_discovery")).get("media"))
        return _of_others({"data": listing(found.get("data"))}, asked, cursor)

    def _mentioned(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        """A caption or comment of somebody else's that names the account: a webhook told its id and no word."""
        name, inner = MENTIONED[step.kind]
        if not is_digits(step.target):
            return Page((), "")  # it would be read as part of the question
        fields = f"{step.kind}.{name}({step.target}){{{inner}}}"
        raw = mapping(asked.call(lambda graph: graph.node(cursor.node, fields=fields)).get(step.kind))
        if step.kind == "mentioned_media":
            return _of_others({"data": [raw]}, asked, cursor)
        above = mapping(raw.get("media")) or {"id": step.about.get("media")}
        media = {"shortcode": shortcode_of(above), "permalink": word(above.get("permalink")) or ""}
        return _of_others({"data": [raw]}, asked, cursor, media=media)

    def _comments_that_moved(self, cursor: Cursor, media: list[dict[str, Any]]) -> None:
        """Comments cannot be edited; a count that stands still hides at most one gone and one come."""
        for raw in media:
            media_id, count = word(raw.get("id")), number(raw.get("comments_count"))
            if media_id and count is not None and cursor.counts.get(media_id, 0) != count:
                about = {"shortcode": shortcode_of(raw), "permalink": word(raw.get("permalink")) or "",
                         "count": str(count)}
                cursor.push(Step("comments", media_id, about={**about, "key": _key(raw)}))
        newest = [str(raw.get("id")) for raw in media]
        cursor.counts = {media_id: n for media_id, n in cursor.counts.items() if media_id in newest}

    def _comments(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        given = {"limit": str(COMMENTS_PER_PAGE), "fields": COMMENT_FIELDS, **step.params}
        payload = asked.edge(step.target, "comments", given)
        page, _ = _page(payload, asked, cursor, media=step.about)
        if following := next_of(payload):
            cursor.go_on(step, following, max_pages=self._settings.max_pages)
        else:
            # only now: a walk that broke off is walked again
            cursor.counts[step.target] = int(step.about["count"])
            cursor.covered[step.about["key"]] = 0.0
        return page


def _page(
    payload: dict[str, Any], asked: Asked, cursor: Cursor, media: dict[str, str] | None = None
) -> tuple[Page, set[str]]:
    """The page with what is new or changed, and the keys of those."""
    read = mentions_of(payload, account=asked.account, seen_at=asked.now, media=media)
    graph_ids = {_key(raw): str(raw["id"]) for raw in _readable(payload, comments=media is not None)}
    fresh = cursor.changed(read.mentions, graph_ids, now=asked.now)
    broken = cursor.unreported(read.quarantined)
    return Page(tuple(fresh), "", quarantined=broken, reads=read.reads), {m.key for m in fresh}


def _of_others(
    payload: dict[str, Any], asked: Asked, cursor: Cursor, media: dict[str, str] | None = None
) -> Page:
    """What we are shown of people who did not tag us. None can be asked after by id, so none is ever called gone."""
    known = set(cursor.seen)
    page, _ = _page(payload, asked, cursor, media=media)
    for key in cursor.seen.keys() - known:
        cursor.seen[key][4] = "others"
    shown = (m if m.kind is MentionKind.COMMENT else replace(m, kind=MentionKind.MENTION) for m in page.mentions)
    return replace(page, mentions=tuple(shown))


def _readable(payload: dict[str, Any], *, comments: bool) -> list[dict[str, Any]]:
    """Objects with an id; answers inside comments have ids as well."""
    items = [mapping(raw) for raw in listing(payload.get("data"))]
    inside = [mapping(raw) for item in items for raw in listing(mapping(item.get("replies")).get("data"))]
    return [raw for raw in (items + inside if comments else items) if word(raw.get("id"))]


def _key(raw: dict[str, Any]) -> str:
    if is_comment(raw):
        return f"instagram:comment:c{raw['id']}"
    try:
        return f"instagram:post:{shortcode_of(raw)}"
    except Unreadable:
        return ""


def _oldest(cursor: Cursor) -> float:
    """Posted time of the oldest post that this cycle was shown: what is older was not looked at."""
    shown = [item[2] for item in cursor.seen.values() if item[3] == cursor.cycle and not item[4]]
    return min(shown, default=float("inf"))
