"""Meta's Graph API on the wire: page feed, tagged, comments; Instagram tags, media, comments; nodes.

Says no the way Graph does: a 400 with an error object, codes and subcodes; a refused token is repeated in
the message. Usage headers stand on every answer. How an object looks is `graph_objects`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from simulators.day import Watched
from simulators.faults import Fault, spoil
from simulators.graph_objects import broken, comment_of, fields_of, media_of, post_of
from simulators.server import Request, Response, json_response
from simulators.world import Item, World

HOSTS = ("graph.facebook.com",)
PATH = re.compile(r"/v(\d+)\.\d+/([^/]+)(?:/([^/]+))?$")
MENTIONED = re.compile(r"^(mentioned_media|mentioned_comment)\.(?:media_id|comment_id)\((\d+)\)\{(.*)\}$")
DISCOVERY = re.compile(r"^business_discovery\.username\(([\w.]+)\)\{media(?:\.limit\((\d+)\))?\{(.*)\}\}$")
OLDEST_VERSION = 21
MINUTE = timedelta(minutes=1)
EDGES = {"facebook": ("feed", "tagged", "visitor_posts"), "instagram": ("tags", "media")}


def handle(world: World, request: Request) -> Response:
    """Answer one request, spoilt where the day or a script says so."""
    now = world.now()
    asked = PATH.match(request.path)
    if asked is None or int(asked[1]) < OLDEST_VERSION:
        return refusal(2635, "You are calling a deprecated version of the Ads API.")
    token = request.query.get("access_token", "")
    if token not in (world.tokens["facebook"], world.tokens["instagram"]):
        return refusal(190, f"Malformed access token {token}", subcode=467)
    if asked[2] == "debug_token":
        return json_response({"data": {"is_valid": True, "type": "PAGE", "data_access_expires_at": 0,
                                       "expires_at": world.options.graph_token_ends}})
    watched, item = _node(world, asked[2], now)
    account = _account_key(watched, item)
    fault = world.faults.next(account, now)
    if fault is not None and (refused := _refusal(fault, account, now)):
        return refused
    response = _with_usage(world, account, fault, _answer(world, asked, watched, item, request, fault, now))
    return (spoil(fault, response) or response) if fault is not None else response


def refusal(
    code: int, message: str, *, subcode: int | None = None, status: int = 400,
    headers: Mapping[str, str] | None = None,
) -> Response:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Asimulated"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return json_response({"error": error}, status, **(headers or {}))


def _missing(node: str) -> Response:
    return refusal(100, f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to "
                        "missing permissions, or does not support this operation.", subcode=33)


def _node(world: World, node: str, now: datetime) -> tuple[Watched | None, Item | None]:
    """The page, the professional account, the post or the comment of that id."""
    if node == "me":
        return next((w for (on, _), w in world.day.accounts.items() if on == "facebook"), None), None
    for platform in EDGES:
        watched = world.account(platform, node, now)
        if watched is not None:
            return watched, None
    items = (world.find(platform, node, now) for platform in EDGES)
    return None, next((item for item in items if item is not None and item.graph_id == node), None)


def _account_key(watched: Watched | None, item: Item | None) -> str:
    if watched is not None:
        return f"{watched.platform}:{watched.name}"
    return f"{item.post.on}:{item.post.to[0]}" if item is not None else "graph:unknown"


def _answer(
    world: World, asked: re.Match[str], watched: Watched | None, item: Item | None, request: Request,
    fault: Fault | None, now: datetime,
) -> Response:
    node, edge = asked[2], asked[3]
    if watched is not None and edge is None and (found := DISCOVERY.search(request.query.get("fields", ""))):
        return _discovered(world, watched, found, now)
    if watched is not None and edge is None and (found := MENTIONED.search(request.query.get("fields", ""))):
        return _mentioned(world, watched, found, now)
    if watched is not None and edge is None:
        name = {"name": watched.title} if watched.platform == "facebook" else {}
        return json_response({"id": watched.id, "username": world.handle(watched, now), **name})
    if watched is not None and edge in EDGES[watched.platform]:
        return _page_of_posts(world, watched, edge, request, fault, now)
    if item is not None and edge == "comments":
        return _page_of_comments(world, item, request, now)
    if item is not None and edge is None:
        return json_response(_written(world, item, request.query, now))
    if watched is None and item is None:
        return _missing(node)
    return refusal(2500, f"Unknown path components: /{edge}")


def _refusal(fault: Fault, account: str, now: datetime) -> Response | None:
    if fault.what in ("token", "unauthorized"):
        return refusal(190, "Error validating access token: Session has expired.", subcode=463, status=401)
    if fault.what == "forbidden":
        return refusal(10, "(#10) This endpoint requires the 'pages_read_user_content' permission.", status=403)
    if fault.what == "rate_limit":
        wait = (fault.until - now) if fault.until else 15 * MINUTE
        usage = _usage(account, 100, max(1, math.ceil(wait / MINUTE)))
        code = int(fault.args.get("code", 4))
        return refusal(code, f"(#{code}) Application request limit reached", status=403, headers=usage)
    if fault.what == "error":
        subcode = fault.args.get("subcode")
        return refusal(int(fault.args["code"]), str(fault.args.get("message", "scripted")), subcode=subcode)
    if fault.what == "empty":
        return json_response({})
    return None


def _with_usage(world: World, account: str, fault: Fault | None, response: Response) -> Response:
    percent, regain = world.options.graph_usage_percent, 0
    if fault is not None and fault.what == "usage":
        percent, regain = int(fault.args["percent"]), int(fault.args.get("regain_minutes", 0))
    named = {name.replace("_", "-"): text for name, text in _usage(account, percent, regain).items()}
    return Response(response.status, {**response.headers, **named, "facebook-api-version": "v26.0"}, response.body)


def _usage(account: str, percent: int, regain_minutes: int) -> dict[str, str]:
    """Both headers; names with `_` for `-`. The business one is keyed by an id that clients ignore."""
    figures = {"call_count": percent, "total_time": 3, "total_cputime": 2}
    business = {account: [{"type": "pages", **figures, "estimated_time_to_regain_access": regain_minutes}]}
    return {"x_app_usage": orjson.dumps({**figures, "call_count": 2}).decode(),
            "x_business_use_case_usage": orjson.dumps(business).decode()}


# --- edges -----------------------------------------------------------------------------------------


def _discovered(world: World, watched: Watched, asked: re.Match[str], now: datetime) -> Response:
    """What another professional account posted: only those of the day are such."""
    other = world.account("instagram", asked[1], now)
    if watched.platform != "instagram" or other is None:
        return refusal(110, "Invalid user id", subcode=2207013)
    own = world.own_posts("instagram", other.name, now)[: int(asked[2] or 25)]
    fields = {name: word for name, word in fields_of(asked[3]).items() if name != "owner"}
    media = [media_of(world, item, fields, now) for item in own]
    return json_response({"business_discovery": {"media": {"data": media}, "id": other.id}, "id": watched.id})


def _mentioned(world: World, watched: Watched, asked: re.Match[str], now: datetime) -> Response:
    """A caption or a comment that names the account; one that does not is as good as none."""
    item = world.find("instagram", asked[2], now)
    comment = asked[1] == "mentioned_comment"
    if item is None or (item.kind == "comment") != comment or f"@{world.handle(watched, now)}" not in item.text:
        return _missing(asked[2])
    fields = fields_of(asked[3])
    told = (comment_of if comment else media_of)(world, item, fields, now)
    told = {name: value for name, value in told.items() if name in (*fields, "id") and name not in ("owner", "user")}
    if comment and "media" in fields:
        above = world.item(world.thread(item.post), now)
        told["media"] = {"id": above.graph_id, "permalink": f"https://www.instagram.com/p/{above.shortcode}/"}
    return json_response({asked[1]: told, "id": watched.id})


def _page_of_posts(
    world: World, watched: Watched, edge: str, request: Request, fault: Fault | None, now: datetime
) -> Response:
    posts = [item for item in world.visible(watched.platform, watched.name, now) if item.kind != "comment"]
    if edge == "media":
        posts = [item for item in posts if item.post.own]
    elif edge == "tags":
        posts = [item for item in posts if not item.post.own]
    elif edge == "tagged":
        posts = [item for item in posts if item.kind in ("mention", "tag") and not item.post.own]
    elif edge == "visitor_posts":
        posts = [item for item in posts if item.kind == "visitor_post"]
    since, until = int(request.query.get("since", "0")), int(request.query.get("until", str(1 << 40)))
    posts = [item for item in posts if since <= int(item.created_at.timestamp()) <= until]
    births: list[tuple[int, datetime]] = []
    if edge in ("feed", "tags"):
        births = world.faults.malformed(f"{watched.platform}:{watched.name}", now)
        if fault is not None and fault.what == "malformed_item":
            births = [*births, (999, now)]
    return _paged(world, [*(broken(watched, n) for n, _ in births), *posts], request, now)


def _page_of_comments(world: World, item: Item, request: Request, now: datetime) -> Response:
    comments = world.comments(item.post, now)
    if item.post.on == "instagram":
        comments = [c for c in comments if c.parent is item.post]  # answers stand inside their comment
    elif request.query.get("filter") != "stream":
        comments = [c for c in comments if c.parent is item.post]
    if item.post.on == "facebook" and request.query.get("order") != "reverse_chronological":
        comments = comments[::-1]
    return _paged(world, comments, request, now)


def _paged(world: World, entries: Sequence[Item | dict[str, Any]], request: Request, now: datetime) -> Response:
    """One page after the cursor; `next` carries the token or not, as Graph does now and then."""
    query = dict(request.query)
    size = min(int(query.get("limit", "25")), world.options.graph_page_size)
    after = query.pop("after", None)
    ids = [entry.graph_id if isinstance(entry, Item) else str(entry["id"]) for entry in entries]
    start = ids.index(after) + 1 if after in ids else 0
    page = [_written(world, entry, request.query, now) if isinstance(entry, Item) else entry
            for entry in entries[start : start + size]]
    body: dict[str, Any] = {"data": page}
    if page:
        body["paging"] = {"cursors": {"before": page[0]["id"], "after": page[-1]["id"]}}
    if len(entries) > start + size:
        if not world.options.graph_next_with_token:
            query.pop("access_token", None)
        onward = urlencode({**query, "after": page[-1]["id"]})
        body["paging"]["next"] = f"https://graph.facebook.com{request.path}?{onward}"
    return json_response(body)


def _written(world: World, item: Item, query: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The object with the fields that were asked for."""
    fields = fields_of(query.get("fields", "id,message,story,created_time"))
    if item.post.on == "instagram":
        write = comment_of if item.kind == "comment" else media_of
    else:
        write = comment_of if item.kind == "comment" else post_of
    return write(world, item, fields, now)
