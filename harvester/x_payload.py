"""X API v2 pages -> mentions. Pure; reads both vocabularies, `tweet` (v2.166) and `post` (v2.167).

Also reads what archives hold: one post instead of a list, Activity events' wrapped users. A post's key
is the first id of its edit chain; the text of a repost comes from `includes`, since its own is cut; `&`,
`<` and `>` arrive escaped and are stored as written. `lang` is X's opinion and rarely right: a hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from domain import Account, Author, Media, Mention, MentionKind, MentionState, Page, PlaceHint
from harvester.payload import (
    Item,
    Unreadable,
    is_digits,
    listing,
    mapping,
    needed_id,
    needed_text,
    needed_time,
    number,
    place_hint,
    read_items,
    word,
)

EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
FIRST_SNOWFLAKE = 1 << 40
GONE_PROBLEMS = ("resource-not-found", "not-authorized-for-resource")
REFERENCES = ("referenced_tweets", "referenced_posts")
CHAINS = ("edit_history_tweet_ids", "edit_history_post_ids")
NOTES = ("note_tweet", "note_post")
KINDS = (("retweeted", MentionKind.REPOST), ("replied_to", MentionKind.REPLY), ("quoted", MentionKind.QUOTE))
METRICS = {"likes": ("like_count",), "reposts": ("retweet_count", "repost_count"), "replies": ("reply_count",),
           "quotes": ("quote_count",)}
MEDIA_TYPES = {"photo": "photo", "video": "video", "animated_gif": "gif"}


def mentions_of(payload: dict[str, Any], *, account: Account, seen_at: datetime) -> Page:
    """One API page, oldest post first; no cursor. Of several versions of a post the newest counts."""
    included = _included(payload)
    items: Iterator[Item] = (
        (raw, "post", partial(_mention, raw, included, account, seen_at)) for raw in items_of(payload)
    )
    read, aside = read_items(items, account=account.key, platform="x", seen_at=seen_at)
    mentions: dict[str, Mention] = {}
    for mention in read:
        known = mentions.get(mention.key)
        if known is None or int(known.native_id) < int(mention.native_id):
            mentions[mention.key] = mention
    ordered = sorted(mentions.values(), key=lambda m: (m.posted_at, int(m.native_id)))
    return Page(tuple(ordered), "", quarantined=aside, gone=tuple(gone_in(payload)), reads=_reads(payload))


def items_of(payload: dict[str, Any]) -> list[Any]:
    """The posts of a page; a stream or a look-up of one gives an object instead of a list."""
    data = payload.get("data")
    return [data] if isinstance(data, dict) else listing(data)


def gone_in(payload: dict[str, Any]) -> Iterator[str]:
    """Keys of posts that a partial error declares deleted or protected."""
    for problem in map(mapping, listing(payload.get("errors"))):
        named = str(problem.get("type", "")).rsplit("/", 1)[-1]
        about = problem.get("resource_type") or "tweet"
        native_id = word(problem.get("resource_id"))
        if named in GONE_PROBLEMS and about in ("tweet", "post") and is_digits(native_id):
            yield f"x:post:{native_id}"


def ids_of(payload: dict[str, Any]) -> list[int]:
    """The ids that a page shows, as numbers."""
    found = (word(mapping(raw).get("id")) for raw in items_of(payload))
    return [int(native_id) for native_id in found if native_id and is_digits(native_id)]


def newest_id_of(payload: dict[str, Any]) -> str:
    """The highest id that a page shows, "" for none: meta may lack it, and may lie."""
    told = word(mapping(payload.get("meta")).get("newest_id"))
    ids = [*ids_of(payload), *([int(told)] if told and is_digits(told) else [])]
    return str(max(ids, default=""))


def chain_of(raw: dict[str, Any]) -> list[str]:
    """Ids of all versions, oldest first; just the post's own where the platform tells none."""
    for name in CHAINS:
        ids = [str(i) for i in listing(raw.get(name)) if is_digits(i)]
        if ids:
            return sorted(set(ids), key=int)
    return [str(raw.get("id"))]


def sent_at(native_id: str) -> datetime | None:
    """The time that an id carries; None for ids older than snowflakes."""
    value = int(native_id)
    return EPOCH + timedelta(milliseconds=value >> 22) if FIRST_SNOWFLAKE <= value < 1 << 63 else None


# --- one post ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Included:
    posts: dict[str, dict[str, Any]]
    users: dict[str, dict[str, Any]]
    media: dict[str, dict[str, Any]]
    places: dict[str, dict[str, Any]]


def _included(payload: dict[str, Any]) -> _Included:
    includes = mapping(payload.get("includes"))

    def by(key: str, *names: str) -> dict[str, dict[str, Any]]:
        found = (mapping(raw) for name in names for raw in listing(includes.get(name)))
        unwrapped = (mapping(raw["data"]) if isinstance(raw.get("data"), dict) else raw for raw in found)
        return {str(raw[key]): raw for raw in unwrapped if raw.get(key)}

    return _Included(by("id", "tweets", "posts"), by("id", "users"), by("media_key", "media"), by("id", "places"))


def _mention(raw: Any, included: _Included, account: Account, seen_at: datetime) -> Mention:
    if not isinstance(raw, dict):
        raise Unreadable(f"item: expected an object, got {type(raw).__name__}")
    native_id = needed_id(raw)
    if not is_digits(native_id):
        raise Unreadable("id: not a number")
    chain = chain_of(raw)
    at = _created_at(raw, native_id)
    before = [version for version in chain if int(version) < int(native_id)]
    references = _references(raw)
    kind = next((kind for name, kind in KINDS if name in references), MentionKind.MENTION)
    original = included.posts.get(references.get("retweeted", ""), {})
    whole = original if kind is MentionKind.REPOST and isinstance(original.get("text"), str) else raw
    entities = _entities(whole)
    return Mention(
        key=f"x:post:{chain[0]}", account=account.key, platform="x", kind=kind, native_id=native_id,
        text=_text(whole), posted_at=min(sent_at(chain[0]) or at, at) if before else at, seen_at=seen_at,
        url=f"https://x.com/i/status/{native_id}", author=_author(raw, included),
        repost_of=_key(references.get("retweeted"), included), quote_of=_key(references.get("quoted"), included),
        reply_to=_key(references.get("replied_to"), included),
        thread=_key(word(raw.get("conversation_id")), included),
        revision_of=before[-1] if before else None, edited_at=at if before else None, state=_state(raw, before),
        own=bool(account.native_id) and word(raw.get("author_id")) == account.native_id,
        media=tuple(_media(whole, included)), place=_place(raw, included),
        hashtags=tuple(_tagged(entities, "hashtags", "tag")),
        handles=tuple(_tagged(entities, "mentions", "username")),
        lang_hint="id" if raw.get("lang") == "in" else word(raw.get("lang")), metrics=_metrics(raw),
    )


def _created_at(raw: dict[str, Any], native_id: str) -> datetime:
    """`created_at`, or where an archive left it out the time within the id."""
    if raw.get("created_at") is None and (at := sent_at(native_id)):
        return at
    return needed_time(raw.get("created_at"), "created_at")


def _text(raw: dict[str, Any]) -> str:
    note = next((mapping(raw[name]) for name in NOTES if mapping(raw.get(name)).get("text")), raw)
    text = needed_text(note.get("text"), "text")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _entities(raw: dict[str, Any]) -> dict[str, Any]:
    """A long text has entities of its own; those beside it belong to its cut beginning."""
    note = next((mapping(raw[name]) for name in NOTES if mapping(raw.get(name)).get("text")), {})
    return mapping(note.get("entities")) or mapping(raw.get("entities"))


def _tagged(entities: dict[str, Any], group: str, name: str) -> Iterator[str]:
    found = (word(mapping(raw).get(name)) for raw in listing(entities.get(group)))
    yield from dict.fromkeys(value for value in found if value)


def _references(raw: dict[str, Any]) -> dict[str, str]:
    """type -> id of the posts that this one reposts, answers or quotes."""
    found = (mapping(item) for name in REFERENCES for item in listing(raw.get(name)))
    return {str(item.get("type")): str(item["id"]) for item in found if is_digits(item.get("id"))}


def _key(native_id: str | None, included: _Included) -> str | None:
    """Key of a post that we may only know by the id of one of its versions."""
    if not native_id or not is_digits(native_id):
        return None
    known = included.posts.get(native_id)
    return f"x:post:{chain_of(known)[0] if known else native_id}"


def _author(raw: dict[str, Any], included: _Included) -> Author | None:
    author_id = word(raw.get("author_id"))
    user = included.users.get(author_id or "", {})
    handle = word(user.get("username")) or word(raw.get("username"))
    return Author(author_id, handle, word(user.get("name"))) if author_id or handle else None


def _state(raw: dict[str, Any], before: list[str]) -> MentionState:
    if raw.get("withheld"):
        return MentionState.WITHHELD
    return MentionState.EDITED if before else MentionState.LIVE


def _media(raw: dict[str, Any], included: _Included) -> Iterator[Media]:
    for key in listing(mapping(raw.get("attachments")).get("media_keys")):
        item = included.media.get(str(key))
        if item is not None:
            kind = MEDIA_TYPES.get(str(item.get("type")), "link")
            url = word(item.get("url")) or word(item.get("preview_image_url"))
            yield Media(kind, url, word(item.get("alt_text")))


def _place(raw: dict[str, Any], included: _Included) -> PlaceHint | None:
    """Named place, and the exact point where there is one; X writes [lng, lat] and boxes as w, s, e, n."""
    geo = mapping(raw.get("geo"))
    place = included.places.get(str(geo.get("place_id")), {})
    name = place.get("full_name") or place.get("name")
    point = listing(mapping(geo.get("coordinates")).get("coordinates"))
    if len(point) == 2:
        return place_hint(name, lat=point[1], lng=point[0])
    box = listing(mapping(place.get("geo")).get("bbox"))
    if len(box) == 4 and all(isinstance(edge, int | float) for edge in box):
        return place_hint(name, lat=(box[1] + box[3]) / 2, lng=(box[0] + box[2]) / 2)
    return place_hint(name)


def _metrics(raw: dict[str, Any]) -> dict[str, int]:
    """Counts by our names; what X did not tell is absent, not 0."""
    told = mapping(raw.get("public_metrics"))
    found = ((ours, next((n for n in map(number, _values(told, theirs)) if n is not None), None))
             for ours, theirs in METRICS.items())
    return {ours: count for ours, count in found if count is not None}


def _values(told: dict[str, Any], names: Iterable[str]) -> list[Any]:
    return [told.get(name) for name in names]


def _reads(payload: dict[str, Any]) -> int:
    """Resources that a page returned: X bills by them."""
    includes = mapping(payload.get("includes"))
    return len(items_of(payload)) + sum(len(listing(group)) for group in includes.values())
