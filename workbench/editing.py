"""Small edits to the operators' file that leave every other sign of it as it stands. Pure: text in, text out.

A YAML writer, also one that keeps comments, lays out anew what it was not asked about: the shipped file has
two thousand lines of hand-set lists. So the parser is asked where a thing begins and ends, and only that
stretch is written again. A comment above a route belongs to it and travels with it; the comment of a route
that is taken out stays, for it is often the heading of those that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from domain import ConfigError

WIDTH = 118
PLAIN = re.compile(r"[A-Za-z][\w./@-]*(?: [\w./@-]+)*")
WORDS_OF_YAML = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
WHEN = ("topic", "government", "place", "account", "any", "none", "sensitive")


def scalar(value: str) -> str:
    """A word as YAML reads it back: bare where nothing can be mistaken, else in double quotes."""
    if PLAIN.fullmatch(value) and value.lower() not in WORDS_OF_YAML:
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def with_list(text: str, path: Sequence[str], words: Sequence[str]) -> str:
    """`text` with the list at `path` holding these words, e.g. topics, bencana, keywords, id."""
    node = _node(text, path)
    start, end = _span(node)
    indent = _column(text, start)
    return text[:start] + _filled(_pieces(words), first=indent, rest=_indent_of_line(text, start) + 4) + text[end:]


def with_words_added(text: str, path: Sequence[str], words: Sequence[str]) -> str:
    """The same list with some words more, behind those that it has; those it has already are left out."""
    node = _node(text, path)
    have = [str(item.value) for item in node.value]
    fresh = [word for word in words if word not in have]
    if not fresh:
        return text
    if not node.flow_style or not node.value:
        return with_list(text, path, [*have, *fresh])
    at = _span(node.value[-1])[1]
    return text[:at] + "".join(f", {scalar(word)}" for word in fresh) + text[at:]


def with_routes(text: str, routes: Sequence[Mapping[str, Any]]) -> str:
    """`text` with exactly these routes in this order; those that did not change keep their lines as they are."""
    node = _node(text, ["routes"])
    blocks, head_end, tail_at = _blocks(text, node)
    old = {_plain(item)["name"]: (block, item) for block, item in blocks}
    wanted = {str(route["name"]) for route in routes}
    orphaned = {name: _comments(block) for name, (block, _) in old.items() if name not in wanted}
    following = _next_kept(list(old), wanted)
    parts: list[str] = []
    for route in routes:
        name = str(route["name"])
        lead = "".join(orphaned[gone] for gone, heir in following.items() if heir == name)
        parts.append(lead + (_changed(text, *old[name], route) if name in old else _fresh(route)))
    left = "".join(orphaned[gone] for gone, heir in following.items() if heir is None)
    return text[:head_end] + "".join(parts) + left + text[tail_at:]


def routes_of(text: str) -> list[dict[str, Any]]:
    """The routes as the file has them, in its order."""
    return [_plain(item) for item in _node(text, ["routes"]).value]


# --- blocks of routes ----------------------------------------------------------------------------


def _blocks(text: str, node: Any) -> tuple[list[tuple[tuple[int, str], Node]], int, int]:
    """((where the block begins, its text), node) of each route; where the first begins and the last ends."""
    if node.flow_style or not node.value:
        raise ConfigError("routes: daftar rute ditulis dalam kurung", hint="tulis satu rute satu baris, diawali '- '")
    starts = [_comment_start(text, _line_start(text, item.start_mark.index)) for item in node.value]
    last = text.find("\n", _span(node.value[-1])[1]) + 1 or len(text)
    ends = [*starts[1:], last]
    blocks = [((start, text[start:end]), item) for start, end, item in zip(starts, ends, node.value, strict=True)]
    return blocks, starts[0], last


def _changed(text: str, block: tuple[int, str], item: Node, route: Mapping[str, Any]) -> str:
    begin, lines = block
    if _essence(_plain(item)) == _essence(route):
        return lines
    start, end = _span(item)
    written = _filled(_route_pieces(route), first=_column(text, start), rest=_indent_of_line(text, start) + 4)
    return lines[: start - begin] + written + lines[end - begin:]


def _fresh(route: Mapping[str, Any]) -> str:
    return f"{route_line(route)}\n"


def route_line(route: Mapping[str, Any]) -> str:
    """A route as it stands in the file, on one line or more."""
    return f"  - {_filled(_route_pieces(route), first=4, rest=6)}"


def _essence(route: Mapping[str, Any]) -> dict[str, Any]:
    """What a route says, whatever it leaves to the defaults."""
    when = route.get("when") or {}
    return {"name": route["name"], "to": route["to"], "priority": route.get("priority") or "normal",
            "mode": route.get("mode") or "act",
            **{key: [str(word) for word in when.get(key) or ()] if key in ("any", "none") else when.get(key) or None
               for key in WHEN}}


def _next_kept(names: Sequence[str], wanted: set[str]) -> dict[str, str | None]:
    """Route taken out -> the next one that stays, which inherits the comment above it."""
    heir: str | None = None
    found: dict[str, str | None] = {}
    for name in reversed(names):
        if name in wanted:
            heir = name
        else:
            found[name] = heir
    return dict(reversed(found.items()))


def _comments(block: tuple[int, str]) -> str:
    lines = block[1].splitlines(keepends=True)
    kept = []
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            break
        kept.append(line)
    return "".join(kept)


# --- writing -------------------------------------------------------------------------------------


def _route_pieces(route: Mapping[str, Any]) -> Iterator[str]:
    """The route in pieces between which a line may break."""
    said = _essence(route)
    when: list[str] = []
    for key in WHEN:
        if not said[key]:
            continue
        if isinstance(said[key], list):
            first, *rest = _pieces(said[key])
            when += [f"{key}: {first}", *rest]
        else:
            when.append(f"{key}: {scalar(said[key])},")
        if not when[-1].endswith(","):
            when[-1] += ","
    if when:
        when[-1] = f"{when[-1].removesuffix(',')}}},"
        when[0] = f"when: {{{when[0]}"
    else:
        when = ["when: {},"]
    tail = [f"to: {scalar(said['to'])}"]
    tail += [f"{key}: {said[key]}" for key, usual in (("priority", "normal"), ("mode", "act")) if said[key] != usual]
    yield f"{{name: {scalar(said['name'])},"
    yield from when
    yield from (f"{piece}," for piece in tail[:-1])
    yield f"{tail[-1]}}}"


def _pieces(words: Iterable[str]) -> Iterator[str]:
    """A bracketed list in pieces between which a line may break."""
    listed = [scalar(word) for word in words]
    if not listed:
        yield "[]"
    for i, word in enumerate(listed):
        yield f"{'[' if i == 0 else ''}{word}{']' if i == len(listed) - 1 else ','}"


def _filled(pieces: Iterable[str], *, first: int, rest: int) -> str:
    lines, used = [""], first
    for piece in pieces:
        if lines[-1] and used + 1 + len(piece) > WIDTH:
            lines.append(piece)
            used = rest + len(piece)
        else:
            lines[-1] += f" {piece}" if lines[-1] else piece
            used += len(piece) + 1
    return f"\n{' ' * rest}".join(lines)


# --- where things stand --------------------------------------------------------------------------


def _node(text: str, path: Sequence[str]) -> Any:
    node = YAML(typ="rt", pure=True).compose(text)
    for key in path:
        if not isinstance(node, MappingNode):
            node = None
            break
        node = next((value for name, value in node.value if name.value == key), None)
    if node is None:
        raise ConfigError(f"{'.'.join(path)}: tidak ada di berkas ini", hint="sunting berkas dasarnya (`extends`)")
    return node


def _span(node: Node) -> tuple[int, int]:
    """A block ends where its last leaf ends: the parser counts the comments behind it in."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        end = _span(last[1] if isinstance(last, tuple) else last)[1]
    return start, end


def _plain(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.value]
    return str(node.value)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _comment_start(text: str, at: int) -> int:
    """Where the comment and blank lines directly above a line begin."""
    while at > 0:
        above = _line_start(text, at - 1)
        line = text[above:at].strip()
        if line and not line.startswith("#"):
            return at
        at = above
    return at


def _column(text: str, at: int) -> int:
    return at - _line_start(text, at)


def _indent_of_line(text: str, at: int) -> int:
    line = text[_line_start(text, at):at]
    return len(line) - len(line.lstrip(" "))
