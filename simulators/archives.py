"""Writes the invented day as the archives that people keep: a folder for `kentongan run --once --replay`.

The simulators are asked once an hour of the day, and before each edit, as a diligent collector would: X
pages as twarc keeps them, Graph pages as JSON Lines, one Instagram account as the folder that Instaloader
makes. So an edited post stands there in both versions, and a deletion not at all, for an archive cannot
tell. The accounts are those of `demo.yaml`; a `phone__*.csv` of the day is copied. The same day and date
give the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date as Date  # noqa: N812 - `date` is the parameter that callers name
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from ruamel.yaml import YAML

from simulators import graph_api, x_api
from simulators.day import Day, load_day
from simulators.instagram_nodes import answers, tagged_node, top_comments
from simulators.server import Request
from simulators.world import Item, World

DEMO = Path(__file__).parent / "demo.yaml"
FORMATS = {"x": "x-v2.jsonl", "facebook": "graph.jsonl", "instagram_graph": "graph.jsonl",
           "instagram": "instaloader"}
KEPT_EVENTS = ("malformed_item", "rename")  # a collector's failures leave no trace in what it keeps
HOURS = range(1, 18)  # after 06:00
INSTALOADER = "4.16"

X_QUERY = {
    "max_results": "100",
    "tweet.fields": "id,text,created_at,author_id,conversation_id,in_reply_to_user_id,referenced_tweets,note_tweet,"
                    "edit_history_tweet_ids,entities,attachments,geo,lang,public_metrics",
    "expansions": "author_id,attachments.media_keys,geo.place_id,referenced_tweets.id",
    "user.fields": "username,name", "media.fields": "type,url,preview_image_url", "place.fields": "full_name,geo",
}
FACEBOOK_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,from,message_tags,place,full_picture,attachments,"
    "parent_id,comments.filter(stream).limit(500){id,message,created_time,from,parent,attachment,comment_count}"
)
MEDIA_FIELDS = ("id,ig_id,shortcode,permalink,caption,media_type,media_url,timestamp,username,owner,comments_count,"
                "children{media_type,media_url}")
COMMENT_FIELDS = "id,text,timestamp,username,user,like_count,parent_id,replies{id,text,timestamp,username}"


def write(day_folder: Path, out_folder: Path, *, date: Date) -> None:
    """Fill `out_folder`, which must be new or empty: files of another day would be replayed with these."""
    if out_folder.exists() and any(out_folder.iterdir()):
        raise FileExistsError(f"{out_folder} is not empty")
    out_folder.mkdir(parents=True, exist_ok=True)
    day = load_day(day_folder)
    clock = _Clock(datetime.combine(date, time(6), tzinfo=ZoneInfo("Asia/Jakarta")), day)
    events = tuple(event for event in day.events if event.what in KEPT_EVENTS)
    world = World(replace(day, events=events), clock.dawn, 1.0, clock)
    accounts = {account["key"]: account for account in _accounts(world)}
    for key, account in accounts.items():
        target = out_folder / f"{key.replace(':', '__', 1)}.{FORMATS[account['platform']]}"
        if account["platform"] == "instagram":
            _instaloader(world, clock, account["native_id"], target)
        else:
            pages = _x_pages if account["platform"] == "x" else _graph_pages
            target.write_bytes(b"".join(orjson.dumps(page) + b"\n" for page in pages(world, clock, account)))
    told = {key: {name: value for name, value in account.items() if name not in ("key", "platform")}
            for key, account in accounts.items()}
    (out_folder / "accounts.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    for log in sorted(day_folder.glob("phone__*.csv")):
        shutil.copyfile(log, out_folder / log.name)


class _Clock:
    """The day's clock, moved by hand."""

    def __init__(self, dawn: datetime, day: Day) -> None:
        self.dawn = self.at = dawn
        edits = (post.edit.at - timedelta(seconds=1) for post in day.posts if post.edit is not None)
        self.looks = sorted({*(timedelta(hours=hour) for hour in HOURS), *edits})

    def __call__(self) -> datetime:
        return self.at

    def moments(self) -> Iterator[datetime]:
        for since_dawn in self.looks:
            self.at = self.dawn + since_dawn
            yield self.at


def _accounts(world: World) -> Iterator[dict[str, Any]]:
    """Accounts of the demonstration that the day knows, as `config.yaml` words them."""
    for account in YAML(typ="safe").load(DEMO.read_text("utf-8"))["accounts"]:
        if world.account(account["platform"].removesuffix("_graph"), account["native_id"], world.start):
            yield dict(account)


# --- X -----------------------------------------------------------------------------------------------------


def _x_pages(world: World, clock: _Clock, account: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Pages of the mentions timeline, newest post first, each time what is new."""
    path, newest = f"/2/users/{account['native_id']}/mentions", ""
    for now in clock.moments():
        token, since = "", newest
        while True:
            query = {**X_QUERY, **({"since_id": since} if since else {}),
                     **({"pagination_token": token} if token else {})}
            page = _asked(world, x_api, path, query)
            newest = max(newest, page["meta"].get("newest_id", ""), key=lambda found: int(found or 0))
            token = page["meta"].get("next_token", "")
            page.pop("errors", None)
            if page.get("data"):
                yield {**page, "__twarc": {"url": f"https://api.twitter.com{path}", "version": "2.14.1",
                                           "retrieved_at": now.isoformat()}}
            if not token:
                break


# --- Graph -------------------------------------------------------------------------------------------------


def _graph_pages(world: World, clock: _Clock, account: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Pages with what was new or changed since the last look: posts with comments, also late ones."""
    known: set[tuple[str, str]] = set()
    facebook = account["platform"] == "facebook"
    edges = [("feed", FACEBOOK_FIELDS)] if facebook else [("tags", MEDIA_FIELDS), ("media", MEDIA_FIELDS)]
    for _ in clock.moments():
        for edge, fields in edges:
            posts = _all_of(world, f"/v26.0/{account['native_id']}/{edge}", fields)
            if edge == "media":
                posts = [_with_comments(world, post) for post in posts]
            if fresh := [post for post in posts if _is_fresh(post, known)]:
                yield {"data": fresh}


def _all_of(world: World, path: str, fields: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query = {"limit": "100", "fields": fields, "access_token": world.tokens["facebook"]}
    while True:
        page = _asked(world, graph_api, path, query)
        found += page["data"]
        if "next" not in page.get("paging", {}):
            return found
        query["after"] = page["paging"]["cursors"]["after"]


def _with_comments(world: World, post: dict[str, Any]) -> dict[str, Any]:
    comments = _all_of(world, f"/v26.0/{post['id']}/comments", COMMENT_FIELDS)
    return {**post, "comments": {"data": comments}} if comments else post


def _is_fresh(post: dict[str, Any], known: set[tuple[str, str]]) -> bool:
    """Whether the post or a comment of it is new or reads differently; keeps only those comments."""
    comments = post.get("comments", {}).get("data", [])
    new = [comment for comment in comments if _reading(comment) not in known]
    if comments:
        post["comments"] = {"data": new}
    fresh = bool(new) or _reading(post) not in known
    known.update(map(_reading, [post, *new]))
    return fresh


def _reading(item: Mapping[str, Any]) -> tuple[str, str]:
    told = [item.get(name) for name in ("message", "caption", "text")]
    return str(item["id"]), orjson.dumps([told, len(item.get("replies", {}).get("data", []))]).decode()


def _asked(world: World, platform: Any, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """What the simulator answers; anything but 200 is a fault of this module."""
    headers = {"authorization": f"Bearer {world.tokens['x']}"}
    response = platform.handle(world, Request(platform.HOSTS[0], "GET", path, query, headers, b""))
    if response.status != 200:
        raise RuntimeError(f"{path}: the simulator answered {response.status}")
    page: dict[str, Any] = orjson.loads(response.body)
    return page


# --- Instaloader -------------------------------------------------------------------------------------------


def _instaloader(world: World, clock: _Clock, native_id: str, folder: Path) -> None:
    """One folder a run; a run writes the posts that are new, or changed, or were commented."""
    known: dict[str, bytes] = {}
    folder.mkdir()
    for now in clock.moments():
        shown = world.visible("instagram", native_id)
        posts = [item for item in shown if item.kind == "tag" or (item.post.own and item.kind != "comment")]
        for item in reversed(posts):
            comments = [_comment(world, one) for one in top_comments(world, item)] if item.post.own else []
            reading = orjson.dumps([item.text, comments])
            if known.get(item.id) != reading:
                known[item.id] = reading
                run = folder / now.strftime("%Y-%m-%dT%H%M")
                run.mkdir(exist_ok=True)
                _write_post(world, item, comments, run)


def _write_post(world: World, item: Item, comments: list[dict[str, Any]], run: Path) -> None:
    stem = f"{_file_time(item)}_UTC_{item.shortcode}"
    post = {"instaloader": {"node_type": "Post", "version": INSTALOADER}, "node": tagged_node(world, item)}
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    (run / f"{stem}.json").write_bytes(orjson.dumps(post, option=option))
    if comments:
        (run / f"{stem}_comments.json").write_bytes(orjson.dumps(comments, option=option))


def _file_time(item: Item) -> str:
    """The time in a file name, as Instaloader writes it."""
    return item.created_at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d_%H-%M-%S")


def _comment(world: World, item: Item) -> dict[str, Any]:
    return {
        "id": int(item.root_id), "created_at": int(item.created_at.timestamp()), "text": item.text,
        "likes_count": 0, "owner": {"id": item.author.id, "username": item.author.handle},
        "answers": [_comment(world, one) for one in answers(world, item)],
    }
