"""Parsers against payloads that nobody here wrote, and against payloads that nobody should write."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import MentionKind
from harvester import facebook_payload, instagram_payload, x_payload
from harvester.payload import Unreadable, clean, needed_time, place_hint
from tests.builders import account
from tests.paths import ROOT

SEEN_AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
SAMPLES = ROOT.parent / "shared" / "payloads"  # absent on most machines: those tests skip
PARSERS = {
    "x": x_payload.mentions_of,
    "facebook": facebook_payload.mentions_of,
    "instagram": instagram_payload.mentions_of,
}


def parsed(platform, payload, **given_):
    watched = account(f"{platform}:solo", native_id="1111111111111111111")
    return PARSERS[platform](payload, account=watched, seen_at=SEEN_AT, **given_)


def sample(*parts):
    path = SAMPLES.joinpath(*parts)
    if not path.exists():
        pytest.skip("no sample payloads here")
    return json.loads(path.read_text(encoding="utf-8"))


# --- samples of others -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tweets", "tweets_by_id", "tweets_id_quote_tweets", "tweets_search_recent",
                                  "users_id_mentions"])
def test_xs_own_examples_are_read_item_by_item(name):
    """Nonsense values in every optional field, and still every item is a mention or set aside."""
    seen = 0
    for example in sample("x-playground-examples", f"{name}.json"):
        page = parsed("x", example["response"])
        items = x_payload.items_of(example["response"])
        distinct = {item.get("id") for item in items}
        assert len(page.mentions) + len(page.quarantined) >= len(distinct) > 0
        seen += len(page.mentions)
    assert seen > 0


@pytest.mark.parametrize(("name", "kind"), [
    ("post.mention.create", MentionKind.MENTION), ("post.reply.create", MentionKind.REPLY),
    ("post.quote.create", MentionKind.QUOTE), ("post.repost.create", MentionKind.REPOST),
    ("post.create", MentionKind.MENTION)])
def test_xs_activity_events_hold_readable_posts(name, kind):
    """Counters twice, users wrapped, authors missing."""
    event = sample("x-docs", f"xaa-{name}.json")["data"]

    page = parsed("x", {"data": event["payload"], "includes": event["includes"]})

    assert [m.kind for m in page.mentions] == [kind]


def test_a_deletion_event_is_no_mention():
    """It has an id and no text."""
    event = sample("x-docs", "xaa-post.delete.json")["data"]

    page = parsed("x", {"data": event["payload"], "includes": event["includes"]})

    assert len(page.quarantined) == 1


@pytest.mark.parametrize(("platform", "folder"), [("instagram", "instagram"), ("facebook", "webhooks")])
def test_metas_samples_are_read_or_set_aside(platform, folder):
    """Whatever Meta sends, the page stands."""
    files = sorted((SAMPLES / "meta-restfb" / folder).glob("*.json")) if SAMPLES.exists() else []
    if not files:
        pytest.skip("no sample payloads here")
    for path in files:
        page = parsed(platform, json.loads(path.read_text(encoding="utf-8")))
        assert len(page.mentions) + len(page.quarantined) > 0, path.name


@pytest.mark.parametrize(("name", "text"), [
    ("media-image", "a great picture"), ("media-carousel", "Great carousel"), ("comment", "Great!"),
    ("comment_missing_user", "Nice")])
def test_instagrams_samples_become_mentions(name, text):
    """Authors as id only, as name only, or as both."""
    page = parsed("instagram", sample("meta-restfb", "instagram", f"{name}.json"))

    assert text in [m.text for m in page.mentions]


# --- hostile values --------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12)
FIELDS = [
    "id", "text", "created_at", "author_id", "referenced_tweets", "edit_history_tweet_ids", "entities", "geo",
    "attachments", "public_metrics", "note_tweet", "lang", "message", "created_time", "from", "message_tags",
    "place", "attachment", "comments", "parent", "caption", "timestamp", "owner", "username", "shortcode",
    "permalink", "children", "replies", "user", "withheld", "conversation_id", "parent_id", "media_type", "object",
]
VALID = {"id": "1853000000000000020", "text": "a", "created_at": "2026-11-02T01:00:00Z", "message": "a",
         "created_time": "2026-11-02T01:00:00+0000", "timestamp": "2026-11-02T01:00:00+0000"}

ODD = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8).map(lambda odd: {**VALID, **odd})


@pytest.mark.parametrize("platform", PARSERS)
@settings(max_examples=40)
@given(data=st.lists(ODD | JSON, max_size=4),
       includes=st.dictionaries(st.sampled_from(["users", "tweets", "media", "places"]), JSON), errors=JSON)
def test_no_item_whatever_its_shape_costs_the_page(platform, data, includes, errors):
    """Every item becomes a mention or is set aside whole; the good one beside it always arrives."""
    good = {**VALID, "id": "1853000000000000999"}

    page = parsed(platform, {"data": [*data, good], "includes": includes, "errors": errors})

    assert any(m.native_id.lstrip("c") == "1853000000000000999" for m in page.mentions)
    for mention in page.mentions:
        mention.text.encode("utf-8")
        assert mention.posted_at.tzinfo is UTC
    for item in page.quarantined:
        json.loads(item.raw)  # whole, and readable again
        assert item.reason


def test_half_a_surrogate_pair_is_made_storable():
    """Some apps cut an emoji in two."""
    assert clean("halo \ud83d dunia").encode("utf-8")
    assert clean("halo \ud83d\ude00") == "halo \U0001f600"
    assert clean("e\u0301") == "\u00e9"


@pytest.mark.parametrize("text", [
    "2026-11-02T01:00:00Z", "2026-11-02T01:00:00.000Z", "2026-11-02T08:00:00+07:00", "2026-11-02T01:00:00+0000",
    1793581200])
def test_times_of_all_platforms_are_understood(text):
    """With and without fraction, with and without colon, and in seconds."""
    assert needed_time(text, "t") == datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", [
    "kemarin", "", None, [], True, "2026-11-02T01:00:00", 1e30, "0001-01-01T00:00:00+10:00"])
def test_what_is_no_time_is_said_to_be_none(value):
    """Without naming what stood there."""
    with pytest.raises(Unreadable, match=r"^t: "):
        needed_time(value, "t")


def test_coordinates_off_the_globe_are_no_place():
    """X's own examples hold such."""
    assert place_hint(None, lat=280.0, lng=523.8) is None
    assert place_hint("Solo", lat=280.0, lng=523.8).lat is None


def test_escaped_signs_are_stored_as_they_were_written():
    """X escapes three signs."""
    page = parsed("x", {"data": [{**VALID, "text": "air &amp; listrik &lt;mati&gt; &amp;lt;"}]})

    assert page.mentions[0].text == "air & listrik <mati> &lt;"


def test_two_versions_on_one_page_are_one_mention_with_the_newer_words():
    """Newest first on the wire; the old one must not overwrite it."""
    old = {**VALID, "id": "1853000000000000001", "text": "lama",
           "edit_history_tweet_ids": ["1853000000000000001", "1853000000000000002"]}
    new = {**old, "id": "1853000000000000002", "text": "baru"}

    for data in ([new, old], [old, new]):
        (mention,) = parsed("x", {"data": data}).mentions
        assert (mention.text, mention.key) == ("baru", "x:post:1853000000000000001")


@pytest.mark.parametrize(("platform", "raw", "still"), [
    ("instagram", {"id": "1", "shortcode": "AbC", "permalink": "https://www.instagram.com/reel/AbC/", "caption": "banjir",
                   "timestamp": "2026-11-02T05:00:00+0000", "media_type": "VIDEO", "media_url": "https://v.example/a.mp4",
                   "thumbnail_url": "https://scontent.cdninstagram.com/a.jpg"},
     "https://scontent.cdninstagram.com/a.jpg"),
    ("facebook", {"id": "8001_1", "message": "banjir", "created_time": "2026-11-02T05:00:00+0000",
                  "full_picture": "https://scontent.xx.fbcdn.net/a.jpg",
                  "attachments": {"data": [{"type": "video_inline", "url": "https://www.facebook.com/watch/1"}]}},
     "https://scontent.xx.fbcdn.net/a.jpg"),
])
def test_of_a_video_the_still_is_kept(platform, raw, still):
    """A video is looked at by its still; its own file or page is never asked for."""
    [item] = parsed(platform, {"data": [raw]}).mentions

    assert [(media.type, media.url) for media in item.media] == [("video", still)]
