"""X's filtered stream on the wire: rules, and a connection that never ends by itself.

Posts that appear while somebody listens go out one a line, with the rules that they match; a line without
content is the sign of life. X itself takes one connection an app: a second one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from simulators.server import Request, Response, json_response
from simulators.world import Item, World
from simulators.x_objects import Vocabulary, page_of

STREAM, RULES = "/2/tweets/search/stream", "/2/tweets/search/stream/rules"
IDLE_PER_SIGN = 20  # looks without news before a sign of life
TOO_MANY = {"title": "ConnectionException", "connection_issue": "TooManyConnections", "status": 429,
            "detail": "This stream is currently at the maximum allowed connection limit."}


def rules(world: World, request: Request) -> Response:
    """List, add or delete; ids are numbers in strings."""
    if request.method == "POST":
        asked = orjson.loads(request.body)
        for rule in asked.get("add", ()):
            number = str(1_900_000_000_000_000_000 + len(world.stream_rules) + world.calls["rules"])
            world.calls["rules"] += 1
            world.stream_rules[number] = {"id": number, **rule}
        for number in asked.get("delete", {}).get("ids", ()):
            world.stream_rules.pop(number, None)
    standing = list(world.stream_rules.values())
    return json_response({**({"data": standing} if standing else {}), "meta": {"result_count": len(standing)}})


def stream(world: World, vocabulary: Vocabulary) -> Response:
    if world.calls["listening"]:
        return json_response(TOO_MANY, 429)
    return Response(200, {"content-type": "application/json; charset=utf-8"}, chunks=_lines(world, vocabulary))


def _lines(world: World, vocabulary: Vocabulary) -> Iterator[bytes]:
    told, idle = {item.id for item in _all(world)}, 0
    world.calls["listening"] += 1
    try:
        while (fault := world.faults.next("x:listening", world.now())) is None:
            fresh = [item for item in _all(world) if item.id not in told]
            for item in reversed(fresh):
                told.add(item.id)
                if line := _line(world, item, vocabulary):
                    yield line
            idle = 0 if fresh else idle + 1
            yield b"\r\n" if idle % IDLE_PER_SIGN == 0 else b""
        if fault.what == "disconnect":
            yield orjson.dumps({"errors": [{"title": "operational-disconnect", "detail": "upstream"}]}) + b"\r\n"
    finally:
        world.calls["listening"] -= 1


def _all(world: World) -> list[Item]:
    return list({i.id: i for on, name in world.day.accounts if on == "x" for i in world.visible("x", name)}.values())


def _line(world: World, item: Item, vocabulary: Vocabulary) -> bytes:
    matching = [{"id": rule["id"], "tag": rule.get("tag", "")} for rule in list(world.stream_rules.values())
                if _matches(rule["value"], item)]
    if not matching:
        return b""
    page: dict[str, Any] = page_of(world, [item], vocabulary, world.now())
    return orjson.dumps({**page, "data": page["data"][0], "matching_rules": matching}) + b"\r\n"


def _matches(rule: str, item: Item) -> bool:
    words = rule.lower().split()
    if "-is:retweet" in words and item.kind == "repost":
        return False
    return all(word in item.text.lower() for word in words if not word.startswith("-"))
