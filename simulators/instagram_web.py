"""Instagram's web site and its mobile interface as instaloader 4.16 asks them, out of a World.

Requests are told apart by path, by `query_hash` and by `doc_id`; those belong to instaloader 4.16. Who is
logged in says the cookie `sessionid`, or the bearer that instaloader makes of it for i.instagram.com.
Captions that merely name an account are not shown to it, as on the real site: only photo tags are.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import orjson

from simulators.day import Watched
from simulators.faults import Fault, spoil
from simulators.instagram_login import COOKIES, CSRF, LOGIN_PATHS, SESSION_ID, USERNAME, answer_login
from simulators.instagram_nodes import answers, comment, media, mobile_comment, profile, tagged_node, top_comments
from simulators.server import Request, Response, json_response
from simulators.world import Item, World

__all__ = ["COOKIES", "HOSTS", "SESSION_ID", "USERNAME", "handle"]

HOSTS = ("www.instagram.com", "i.instagram.com")

PROFILE, POST, TIMELINE = "27937681195819736", "27128499623469141", "29104886249145907"
WHOAMI = "d6f4427fbe92d846298cf93df0b937d3"
TAGGED = "e31a871f7301132ceaab56507a66bbb7"
COMMENTS = "97b41c52301f77ce508f55e66d17620e"
ANSWERS = "51fdd02b67508306ad4484ff574a0b62"
PAGE, MOBILE_PAGE = 12, 15
LOGIN_PAGE = "https://www.instagram.com/accounts/login/"

# fault -> status and body, beside those that look alike on every platform
REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "rate_limit": (429, {"message": "Please wait a few minutes before you try again.", "status": "fail"}),
    "wait": (401, {"message": "Please wait a few minutes before you try again.", "require_login": True,
                   "status": "fail"}),
    "forbidden": (403, {"message": "login_required", "status": "fail"}),
    "checkpoint": (400, {"message": "checkpoint_required", "checkpoint_url": "/challenge/", "status": "fail"}),
    "challenge": (400, {"message": "challenge_required", "status": "fail"}),
    "feedback": (400, {"message": "feedback_required", "spam": True, "status": "fail"}),
    "bad_request": (400, {"message": "invalid request", "status": "fail"}),
    "not_found": (404, {"message": "", "status": "fail"}),
}


def handle(world: World, request: Request) -> Response:
    """Answer, or fail as the script for the account says; whatever concerns no account is about `session`."""
    name, answer = _route(world, request)
    fault = world.faults.next(f"instagram:{name}", world.now())
    if fault is None:
        return answer()
    return _refusal(fault) or spoil(fault, answer()) or answer()


def _refusal(fault: Fault) -> Response | None:
    if fault.what in ("token", "login_page"):
        return Response(302, {"location": LOGIN_PAGE})
    if fault.what == "challenge_page":
        return Response(302, {"location": "https://www.instagram.com/challenge/"})
    if fault.what == "soft_block":
        return json_response({"data": {"user": None, "xdt_api__v1__media__shortcode__web_info": {"items": []}},
                              "status": "ok"})
    status, body = REFUSALS.get(fault.what, (0, {}))
    return json_response(body, status) if status else None


# --- who asks for what ---------------------------------------------------------------------------------

Answer = Callable[[], Response]


def _route(world: World, request: Request) -> tuple[str, Answer]:
    if request.host == "i.instagram.com":
        return _mobile(world, request)
    if request.path.rstrip("/") in ("/graphql/query", "/api/graphql"):
        return _graphql(world, request)
    if request.path == "/":
        return "session", lambda: _home(request)
    if request.path.startswith(LOGIN_PATHS):
        return "session", lambda: answer_login(world, request)
    if request.path.startswith("/web/search/"):
        return "session", lambda: json_response({"users": [], "places": [], "hashtags": [], "status": "ok"})
    handle_ = request.path.strip("/")
    watched = world.account("instagram", handle_)
    return watched.name if watched else "session", lambda: _profile_page(world, watched)


def _graphql(world: World, request: Request) -> tuple[str, Answer]:
    form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
    asked = {**request.query, **form}
    query, variables = asked.get("query_hash") or asked.get("doc_id") or "", _object(asked.get("variables"))
    logged_in = _logged_in(request)
    if query == WHOAMI:
        return "session", lambda: _data(user={"username": USERNAME, "id": "1"} if logged_in else None)
    if query in (PROFILE, TAGGED, TIMELINE):
        watched = world.account("instagram", str(variables.get("id") or variables.get("username")))
        name = watched.name if watched else "session"
        return name, lambda: _of_account(world, query, watched, variables, logged_in)
    item = world.find("instagram", str(variables.get("shortcode") or variables.get("comment_id")))
    return item.post.to[0] if item else "session", lambda: _of_post(world, query, item, variables, logged_in)


def _of_account(
    world: World, query: str, watched: Watched | None, variables: dict[str, Any], logged_in: bool
) -> Response:
    if watched is None or not logged_in:
        return _data(user=None)
    if query == PROFILE:
        return _data(user=profile(world, watched))
    if query == TIMELINE:
        own = world.own_posts("instagram", watched.name)
        return _data(xdt_api__v1__feed__user_timeline_graphql_connection=_page(
            [media(world, item) for item in own], variables))
    tagged = [i for i in world.visible("instagram", watched.name) if i.kind == "tag" and not i.post.own]
    nodes = [(item.created_at, tagged_node(world, item)) for item in tagged]
    nodes += [(at, {"shortcode": f"Rusak{n}", "owner": {"id": "1"}}) for n, at in
              world.faults.malformed(f"instagram:{watched.name}", world.now())]
    nodes.sort(key=lambda pair: pair[0], reverse=True)
    return _data(user={"edge_user_to_photos_of_you": _page([node for _, node in nodes], variables)})


def _of_post(world: World, query: str, item: Item | None, variables: dict[str, Any], logged_in: bool) -> Response:
    if query == POST:
        items = [media(world, item)] if item is not None and item.kind != "comment" and logged_in else []
        return _data(xdt_api__v1__media__shortcode__web_info={"items": items})
    if item is None or not logged_in:
        return _data(shortcode_media=None, comment=None)
    if query == ANSWERS:
        page = _page([comment(world, one) for one in answers(world, item)], variables)
        return _data(comment={"edge_threaded_comments": page})
    page = _page([comment(world, one) for one in top_comments(world, item)], variables)
    return _data(shortcode_media={"edge_media_to_parent_comment": page})


def _mobile(world: World, request: Request) -> tuple[str, Answer]:
    """/api/v1/media/{id}/comments/ and /api/v1/media/{id}/comments/{pk}/child_comments/"""
    parts = request.path.strip("/").split("/")
    item = world.find("instagram", parts[3]) if len(parts) >= 5 and parts[4] == "comments" else None
    if item is None:
        return "session", lambda: json_response(REFUSALS["not_found"][1], 404)
    if not _logged_in(request):
        return item.post.to[0], lambda: json_response(REFUSALS["forbidden"][1], 403)
    if len(parts) >= 7:
        parent = world.find("instagram", parts[5])
        below = answers(world, parent) if parent else []
        return item.post.to[0], lambda: json_response({
            "child_comments": [mobile_comment(world, one) for one in below], "status": "ok"})
    start = int(request.query.get("min_id") or 0)
    comments = top_comments(world, item)
    body: dict[str, Any] = {
        "comments": [mobile_comment(world, one) for one in comments[start : start + MOBILE_PAGE]], "status": "ok"}
    if start + MOBILE_PAGE < len(comments):
        body["next_min_id"] = str(start + MOBILE_PAGE)
    return item.post.to[0], lambda: json_response(body)


def _logged_in(request: Request) -> bool:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer IGT:2:")
    if bearer:
        try:
            return _object(base64.b64decode(bearer)).get("sessionid") == SESSION_ID
        except (binascii.Error, ValueError):
            return False
    cookie = SimpleCookie(request.headers.get("cookie", "")).get("sessionid")
    return cookie is not None and cookie.value == SESSION_ID


# --- pages -----------------------------------------------------------------------------------------------


def _home(request: Request) -> Response:
    """The start page: instaloader reads three tokens out of its scripts."""
    tokens = '["LSD",[],{"token":"demo-lsd"},323],["CurrentUser",[],{"IG_USER_EIMU":"17841400000000000"},1]'
    if _logged_in(request):
        tokens += ',["DTSGInitialData",[],{"token":"demo-dtsg"},258]'
    body = f'<!DOCTYPE html><html><body><script>requireLazy([{tokens}])</script></body></html>'
    return Response(200, {"content-type": "text/html; charset=utf-8", "set-cookie": f"csrftoken={CSRF}; Path=/"},
                    body.encode())


def _profile_page(world: World, watched: Watched | None) -> Response:
    """The public profile page, which embeds what its queries found."""
    if watched is None:
        return Response(404, {"content-type": "text/html"}, b"<!DOCTYPE html><title>Page not found</title>")
    user = {**profile(world, watched), "id": "0" + watched.id}  # the page's "id" is not the user's
    embedded = orjson.dumps({"require": [{"__bbox": {"result": {"data": {"xig_user_by_username": user}}}}]})
    body = b'<!DOCTYPE html><script type="application/json" data-sjs>' + embedded + b"</script>"
    return Response(200, {"content-type": "text/html; charset=utf-8"}, body)


# --- answers ----------------------------------------------------------------------------------------------


def _page(nodes: Sequence[dict[str, Any]], variables: dict[str, Any]) -> dict[str, Any]:
    """One page of a connection; `after` is an offset, which nobody but us may know."""
    start = int(variables.get("after") or 0)
    end = start + min(int(variables.get("first") or PAGE), PAGE)
    return {"count": len(nodes), "edges": [{"node": node} for node in nodes[start:end]],
            "page_info": {"has_next_page": end < len(nodes), "end_cursor": str(end)}}


def _data(**data: Any) -> Response:
    return json_response({"data": data, "status": "ok"})


def _object(text: str | bytes | None) -> dict[str, Any]:
    try:
        value = orjson.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
