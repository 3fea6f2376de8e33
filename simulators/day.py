"""Reads an invented day: `*.yaml` of a folder -> Day. Names what is wrong with a post, and where.

Times are clock times of the invented day, 06:00-22:00 WIB; here they become time since 06:00. What a
`repeat` abbreviates is written out. Knows nothing of wire formats and of the wall clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PLATFORMS = ("x", "facebook", "instagram", "mail")
KINDS = ("mention", "reply", "quote", "repost", "tag", "comment", "visitor_post")
DAWN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Watched:
    """A government account as the platform knows it."""

    name: str  # gubernur, pemkot, ...
    platform: str
    id: str
    handle: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`name` is the picture: the same name is the same picture."""

    type: str  # photo | video
    name: str
    screenshot_of: str | None = None
    copy_of: str | None = None  # the picture that this one shows again, years later


@dataclass(frozen=True, slots=True)
class Spot:
    name: str
    lat: float | None = None
    lng: float | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    at: timedelta
    text: str


@dataclass(frozen=True, slots=True)
class Post:
    """One invented post. `at` and `deleted_at` count from 06:00."""

    id: str
    at: timedelta
    on: str
    to: tuple[str, ...]
    by: str | None
    kind: str
    text: str
    of: str | None = None
    media: tuple[Picture, ...] = ()
    place: Spot | None = None
    edit: Edit | None = None
    deleted_at: timedelta | None = None
    own: bool = False
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that befalls an account: rename, token_dies, rate_limit, ... (see faults.py)."""

    at: timedelta
    account: str  # "x:dinsos"
    what: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """An invented day. `accounts` is keyed by (platform, name)."""

    posts: tuple[Post, ...]
    accounts: Mapping[tuple[str, str], Watched]
    authors: Mapping[str, str] = field(default_factory=dict)  # handle -> name
    events: tuple[Event, ...] = ()


def load_day(folder: str | Path) -> Day:
    """Read and join every `*.yaml` of `folder`; raises ValueError with file and post id."""
    posts: list[Post] = []
    accounts: dict[tuple[str, str], Watched] = {}
    authors: dict[str, str] = {}
    events: list[Event] = []
    for path in sorted(Path(folder).glob("*.yaml")):
        node = YAML(typ="safe").load(path.read_text("utf-8")) or {}
        authors.update({str(k): str((v or {}).get("name", k)) for k, v in (node.get("authors") or {}).items()})
        accounts.update(_accounts(node.get("accounts") or {}))
        events += [_event(raw) for raw in node.get("events") or ()]
        for raw in node.get("posts") or ():
            try:
                posts += _posts(raw)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ValueError(f"{path}: post {_name(raw)}: {error!r}") from error
    return check(Day(tuple(posts), accounts, authors, tuple(sorted(events, key=lambda e: e.at))))


def check(day: Day) -> Day:
    """The day itself, its posts in order of time and with heirs filled in; ValueError lists what is wrong."""
    by_id: dict[str, Post] = {}
    problems: list[str] = []
    for post in sorted(day.posts, key=lambda p: p.at):
        if post.id in by_id:
            problems.append(f"{post.id}: id used twice")
        if post.of and post.of not in by_id:
            problems.append(f"{post.id}: `of: {post.of}` names no earlier post")
        parent = by_id.get(post.of or "")
        filled = replace(post, to=parent.to) if parent and not post.to else post
        problems += [
            f"{post.id}: no account {post.on}:{name}" for name in filled.to if (post.on, name) not in day.accounts
        ]
        if not filled.to:
            problems.append(f"{post.id}: `to` is missing")
        by_id[post.id] = filled
    if problems:
        raise ValueError("; ".join(problems))
    return replace(day, posts=tuple(by_id.values()))


def clock_time(text: Any) -> timedelta:
    """'06:12' or '06:12:30' -> time since 06:00."""
    if isinstance(text, int):  # YAML 1.1 files say 06:12 and mean sixties
        raise TypeError(f"write the time in quotes, got {text}")
    parts = [int(part) for part in str(text).split(":")]
    if len(parts) not in (2, 3):
        raise ValueError(f"a clock time is HH:MM or HH:MM:SS, got {text!r}")
    return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) == 3 else 0) - DAWN


def _name(raw: Any) -> str:
    return str(raw.get("id", "?")) if isinstance(raw, Mapping) else repr(raw)[:40]


def _accounts(node: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Watched]]:
    for name, platforms in node.items():
        for platform, raw in platforms.items():
            handle = str(raw.get("handle", name))
            title = str(raw.get("title") or raw.get("name") or handle)
            yield (platform, name), Watched(name, platform, str(raw["id"]), handle, title)


def _event(raw: Mapping[str, Any]) -> Event:
    args = {key: value for key, value in raw.items() if key not in ("at", "account", "what")}
    return Event(clock_time(raw["at"]), str(raw["account"]), str(raw["what"]), args)


def _posts(raw: Mapping[str, Any]) -> Iterator[Post]:
    """The post, or the many that its `repeat` stands for."""
    known = {"id", "at", "on", "to", "by", "kind", "text", "of", "media", "place", "edit", "deleted_at", "own",
             "expect", "repeat"}
    if unknown := set(raw) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    post = _post(raw)
    repeat = raw.get("repeat")
    if not repeat:
        yield post
        return
    for n in range(1, int(repeat["count"]) + 1):
        later = timedelta(seconds=float(repeat["every_seconds"]) * (n - 1))
        by = str(repeat.get("by") or f"{post.by}_{{n:03d}}").format(n=n)
        yield replace(post, id=f"{post.id}-{n:03d}", at=post.at + later, by=by)


def _post(raw: Mapping[str, Any]) -> Post:
    platform, kind, own = str(raw["on"]), str(raw.get("kind", "mention")), bool(raw.get("own", False))
    if platform not in PLATFORMS or kind not in KINDS:
        raise ValueError(f"on {platform!r}, kind {kind!r}: not known")
    to = raw.get("to") or ()
    repeats = bool((raw.get("repeat") or {}).get("by"))
    edit, deleted_at, place = raw.get("edit"), raw.get("deleted_at"), raw.get("place")
    return Post(
        id=str(raw["id"]),
        at=clock_time(raw["at"]),
        on=platform,
        to=(to,) if isinstance(to, str) else tuple(to),
        by=None if own else str(raw.get("by") if repeats else raw["by"]),
        kind=kind,
        text=str(raw.get("text") or ""),
        of=str(raw["of"]) if raw.get("of") else None,
        media=tuple(_picture(item) for item in raw.get("media") or ()),
        place=Spot(str(place.get("name", "")), place.get("lat"), place.get("lng")) if place else None,
        edit=Edit(clock_time(edit["at"]), str(edit["text"])) if edit else None,
        deleted_at=clock_time(deleted_at) if deleted_at else None,
        own=own,
        expect=dict(raw.get("expect") or {}),
    )


def _picture(raw: Mapping[str, Any]) -> Picture:
    kind = "video" if "video" in raw else "photo"
    return Picture(kind, str(raw[kind]), raw.get("screenshot_of"), raw.get("copy_of"))
