"""X API v2 on the wire: users, mentions, posts by ids, recent search. How a post looks is `x_objects`.

Says no the way X does: problem documents with a status, 200 with `errors` for what is missing, a 429
with or without a reset. Speaks the vocabulary that it is asked in, if the world's options allow it.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from simulators.faults import Fault, spoil
from simulators.server import Request, Response, json_response
from simulators.world import X_EPOCH, Item, World
from simulators.x_objects import Vocabulary, found, missing, page_of, user_of
from simulators.x_stream import RULES, STREAM, rules, stream

HOSTS = ("api.twitter.com", "api.x.com")
TIMELINE = 800  # X shows no more mentions than these
REACH = timedelta(days=7)  # of recent search
WINDOW = timedelta(minutes=15)
LIMITS = {"mentions": 450, "search": 450, "tweets": 3500, "users": 300, "stream": 50, "rules": 450}
USER = re.compile(r"/2/users/(\d+)$")
USERNAME = re.compile(r"/2/users/by/username/(\w+)$")
MENTIONS = re.compile(r"/2/users/(\d+)/mentions$")


def handle(world: World, request: Request) -> Response:
    """Answer one request, spoilt where the day or a script says so."""
    now = world.now()
    if request.headers.get("authorization") != f"Bearer {world.tokens['x']}":
        return problem(401, "Unauthorized", "Unauthorized")
    endpoint, account = _about(world, request, now)
    fault = world.faults.next(account, now)
    if fault is not None and (refused := _refusal(fault, now)):
        return refused
    response = _limited(world, endpoint, account, _answer(world, request, fault, now), now)
    return (spoil(fault, response) or response) if fault is not None else response


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    body = {"title": title, "detail": detail, "type": "about:blank", "status": status, **more}
    return json_response(body, status)


def _about(world: World, request: Request, now: datetime) -> tuple[str, str]:
    """Endpoint, and the fault key of the account that the request concerns."""
    for endpoint, pattern in (("mentions", MENTIONS), ("users", USER), ("users", USERNAME)):
        if asked := pattern.match(request.path):
            watched = world.account("x", asked[1], now)
            return endpoint, f"x:{watched.name}" if watched else "x:unknown"
    if request.path in (STREAM, RULES):
        name = "rules" if request.path == RULES else "stream"
        return name, f"x:{name}"
    return ("search", "x:search") if request.path.endswith("/search/recent") else ("tweets", "x:tweets")


def _answer(world: World, request: Request, fault: Fault | None, now: datetime) -> Response:
    vocabulary = Vocabulary.of(request.query, world.options)
    if isinstance(vocabulary, str):
        return problem(400, "Invalid Request", "One or more parameters to your request was invalid.",
                       errors=[{"message": vocabulary}])
    if asked := MENTIONS.match(request.path):
        return _mentions(world, asked[1], request, vocabulary, fault, now)
    if asked := USER.match(request.path) or USERNAME.match(request.path):
        return _user(world, asked[1], now)
    if request.path == STREAM:
        return stream(world, vocabulary)
    if request.path == RULES:
        return rules(world, request)
    if request.path == "/2/tweets":
        return _by_ids(world, request, vocabulary, now)
    if request.path == "/2/tweets/search/recent":
        return _search(world, request, vocabulary, now)
    return problem(404, "Not Found Error", f"no route {request.path}")


def _refusal(fault: Fault, now: datetime) -> Response | None:
    if fault.what in ("token", "unauthorized"):
        return problem(401, "Unauthorized", "Unauthorized")
    if fault.what == "credits":
        return problem(402, "CreditsDepleted", "Your enrolled account does not have any credits.")
    if fault.what == "forbidden":
        return problem(403, "Forbidden", "You are not permitted to use this endpoint.")
    if fault.what == "error":
        status = int(fault.args["status"])
        return problem(status, "Error", str(fault.args.get("detail", "scripted")))
    if fault.what == "usage_cap":
        return problem(429, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap", period="Monthly")
    if fault.what == "rate_limit":
        reset = math.ceil((fault.until or now + WINDOW).timestamp())
        answer = problem(429, "Too Many Requests", "Too Many Requests")
        headers = {**answer.headers, "x-rate-limit-limit": "450", "x-rate-limit-remaining": "0",
                   "x-rate-limit-reset": str(reset)}
        return Response(429, headers, answer.body)
    if fault.what == "empty":
        return json_response({})
    return None


def _limited(world: World, endpoint: str, account: str, response: Response, now: datetime) -> Response:
    world.calls[f"{endpoint} {account}"] += 1
    limit = LIMITS[endpoint]
    left = max(0, limit - world.calls[f"{endpoint} {account}"] % limit)
    headers = {**response.headers, "x-rate-limit-limit": str(limit), "x-rate-limit-remaining": str(left),
               "x-rate-limit-reset": str(math.ceil((now + WINDOW).timestamp()))}
    return replace(response, headers=headers)


# --- endpoints -------------------------------------------------------------------------------------


def _user(world: World, name: str, now: datetime) -> Response:
    watched = world.account("x", name, now)
    if watched is not None:
        return json_response({"data": user_of(world.handle(watched, now), watched.id, watched.title)})
    stranger = world.usurped("x", name, now)
    if stranger is not None:
        return json_response({"data": user_of(stranger.handle, stranger.id, stranger.name)})
    return json_response({"errors": [missing("user", name, parameter="username")]})


def _mentions(
    world: World, user_id: str, request: Request, vocabulary: Vocabulary, fault: Fault | None, now: datetime
) -> Response:
    watched = world.account("x", user_id, now)
    if watched is None or watched.id != user_id:
        return json_response({"errors": [missing("user", user_id, parameter="id")]})
    handle_now = world.handle(watched, now)
    shown = [i for i in world.visible("x", watched.name, now) if not i.post.own or f"@{handle_now}" in i.text]
    if fault is not None and fault.what == "empty_timeline":
        shown = []
    items = sorted(shown, key=lambda item: int(item.id), reverse=True)[:TIMELINE]
    broken = [_broken(n, at) for n, at in world.faults.malformed(f"x:{watched.name}", now)]
    if fault is not None and fault.what == "malformed_item":
        broken.append(_broken(999, now))
    return _paged(world, items, broken, request, vocabulary, now)


def _paged(
    world: World, items: list[Item], broken: list[dict[str, Any]], request: Request, vocabulary: Vocabulary,
    now: datetime,
) -> Response:
    """One page, newest first; the token of the next page is the last id of this one, in disguise."""
    query = request.query
    size = int(query.get("max_results", "10"))
    if not 5 <= size <= 100:
        return problem(400, "Invalid Request", "max_results must be between 5 and 100")
    token = query.get("pagination_token") or query.get("next_token")
    below = _untoken(token) if token else None
    if token and below is None:
        return problem(400, "Invalid Request", "Invalid pagination_token")
    since = int(query.get("since_id", "0")) - (1 if world.options.x_since_inclusive else 0)
    until = min(int(query.get("until_id", "0")) or 1 << 63, below or 1 << 63)
    entries: list[Item | dict[str, Any]] = [*items, *broken]
    entries = sorted((e for e in entries if since < _id(e) < until), key=_id, reverse=True)
    page = entries[:size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta.update(newest_id=str(_id(page[0])), oldest_id=str(_id(page[-1])))
    if len(entries) > size:
        meta["next_token"] = _token(_id(page[-1]))
    return json_response({**page_of(world, page, vocabulary, now), "meta": meta})


def _by_ids(world: World, request: Request, vocabulary: Vocabulary, now: datetime) -> Response:
    ids = request.query.get("ids", "").split(",")
    if not 1 <= len(ids) <= 100:
        return problem(400, "Invalid Request", "ids: 1 to 100")
    items, errors = [], []
    for wanted in ids:
        item = world.find("x", wanted, now)
        if item is None or wanted not in item.chain:
            errors.append(missing("tweet", wanted, parameter="ids"))
        else:
            items.append(found(item, wanted))
    body = page_of(world, items, vocabulary, now)
    body["errors"] = [*errors, *body.get("errors", [])]
    return json_response({key: value for key, value in body.items() if value})


def _search(world: World, request: Request, vocabulary: Vocabulary, now: datetime) -> Response:
    """Bare words, `@name` and `conversation_id:`; never a repost, as X since 2026-05-04; no post of last week."""
    words = request.query.get("query", "").split()
    if not words or sum(map(len, words)) + len(words) - 1 > 512:
        return problem(400, "Invalid Request", "query: 1 to 512 characters")
    since, start = request.query.get("since_id"), request.query.get("start_time")
    oldest = now - REACH
    if since and X_EPOCH + timedelta(milliseconds=int(since) >> 22) < oldest:
        return problem(400, "Invalid Request", "'since_id' must be a tweet id created after the last 7 days.")
    if start and datetime.fromisoformat(start) < oldest:
        return problem(400, "Invalid Request", "'start_time' must be within the last 7 days.")
    thread = next((w.split(":", 1)[1] for w in words if w.startswith("conversation_id:")), None)
    bare = [w.lower() for w in words if not w.startswith("-") and ":" not in w]
    every = {i.id: i for (on, name) in world.day.accounts if on == "x" for i in world.visible("x", name, now)}
    hits = [
        item for item in every.values()
        if item.kind != "repost" and all(w in item.text.lower() for w in bare)
        and item.created_at >= max(oldest, datetime.fromisoformat(start) if start else oldest)
        and (thread is None or world.item(world.thread(item.post), now).root_id == thread)
    ]
    return _paged(world, hits, [], request, vocabulary, now)


# --- small things ----------------------------------------------------------------------------------


def _broken(number: int, at: datetime) -> dict[str, Any]:
    """An item that no reader can make sense of: null for a text, a word for a time."""
    any_post_id = (int((at - X_EPOCH).total_seconds() * 1000) << 22)
    return {"id": str(any_post_id + 4_000_000 + number), "text": None, "created_at": "kemarin sore"}


def _id(entry: Item | dict[str, Any]) -> int:
    return int(entry.id if isinstance(entry, Item) else entry["id"])


def _token(last_id: int) -> str:
    return "7140dibdnow9c7btw" + format(last_id, "x")


def _untoken(token: str) -> int | None:
    head, _, tail = token.partition("btw")
    return int(tail, 16) if head == "7140dibdnow9c7" and re.fullmatch("[0-9a-f]+", tail) else None
