"""X's account activity on the wire: CRC, signature, both forms of events, and X being off."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import orjson
import pytest

from domain import MentionKind, MentionState
from tests.builders import NOON
from tests.paths import ROOT
from tests.receiver.conftest import X, receiving

SAMPLES = ROOT.parent / "shared" / "payloads" / "x-docs"  # absent on most machines: those tests skip
AT = "Mon Nov 02 04:55:00 +0000 2026"


def status(n: int = 1, text: str = "@kota_contoh banjir di Sangkrah sepinggang", **given: Any) -> dict[str, Any]:
    """A post in the words of v1.1."""
    return {"created_at": AT, "id": 2090000000000000000 + n, "id_str": str(2090000000000000000 + n), "text": text,
            "user": {"id_str": "4711", "screen_name": "warga_uji", "name": "Warga Uji"}, "lang": "in",
            "entities": {"hashtags": [{"text": "banjir"}], "user_mentions": [{"screen_name": "kota_contoh"}]}, **given}


def activity(kind: str, payload: dict[str, Any], user: str = "9001", **includes: Any) -> dict[str, Any]:
    return {"data": {"event_uuid": "-5", "filter": {"user_id": user}, "event_type": kind, "payload": payload,
                     "includes": includes}}


def test_the_crc_is_answered_with_the_secrets_hash(receiver):
    """Computed here by hand, as X does."""
    there = receiver()
    wanted = "sha256=" + base64.b64encode(hmac.new(X.encode(), b"Mzk0", hashlib.sha256).digest()).decode()

    assert there.get("/hooks/x", crc_token="Mzk0").json() == {"response_token": wanted}
    assert there.get("/hooks/x").status == 400
    assert there.get("/hooks/x", crc_token="x" * 5_000).status == 400


def test_a_wrong_signature_is_refused(receiver):
    there = receiver()

    assert there.x(activity("post.create", {"id": "1"}), secret="tebakan").status == 403
    assert there.send("POST", "/hooks/x", b"{}").status == 403
    assert there.fates() == {}


def test_the_door_is_as_shut_as_x_itself(receiver, settings, monkeypatch):
    """X is off by default, for its agreement: then so is its webhook, and config check says so."""
    from settings.references import cross_references

    off = receiving(settings)
    off = off.model_copy(update={"platforms": {**off.platforms, "x": settings.platforms["x"]}})

    assert [loc for loc, *_ in cross_references(off)] == [["receive", "x", "enabled"]]
    there = receiver(x={"enabled": False})
    assert there.x(activity("post.create", {"id": "1"})).status == 404
    assert there.get("/hooks/x", crc_token="a").status == 404


def test_activity_and_the_older_events_give_one_mention(receiver):
    """Pushed in both forms, a post is one; its key is the poller's."""
    there = receiver()
    payload = {"id": "2090000000000000001", "text": "@kota_contoh banjir di Sangkrah sepinggang", "author_id": "4711",
               "created_at": "2026-11-02T04:55:00.000Z", "edit_history_tweet_ids": ["2090000000000000001"]}

    assert there.x({"for_user_id": "9001", "tweet_create_events": [status()]}).status == 200
    assert there.x(activity("post.mention.create", payload)).status == 200

    told = there.mentions()
    assert list(told) == ["x:post:2090000000000000001"]
    first = told["x:post:2090000000000000001"]
    assert (first.account, first.kind, first.author.handle) == ("x:solo", MentionKind.MENTION, "warga_uji")
    assert (first.hashtags, first.handles, first.lang_hint) == (("banjir",), ("kota_contoh",), "id")
    assert there.fates() == {"waiting": 1}
    with there.store.connections.read() as connection:
        assert connection.execute("SELECT reads, cost_usd FROM budget").fetchall() == [(2, 0.01)]


def test_the_older_form_tells_long_texts_replies_quotes_and_reposts(receiver):
    there = receiver()
    long = status(2, "terpotong…", extended_tweet={"full_text": "teks yang panjang sekali dan utuh"})
    reply = status(3, in_reply_to_status_id_str="2090000000000000001")
    quote = status(4, quoted_status_id_str="2090000000000000001", quoted_status=status(1))
    repost = status(5, "RT @warga_uji: terpo…", retweeted_status=long)

    there.x({"for_user_id": "9001", "tweet_create_events": [long, reply, quote, repost]})

    told = {int(m.native_id[-1]): m for m in there.mentions().values()}
    assert told[2].text == told[5].text == "teks yang panjang sekali dan utuh"
    assert (told[3].kind, told[3].reply_to) == (MentionKind.REPLY, "x:post:2090000000000000001")
    assert (told[4].kind, told[4].quote_of) == (MentionKind.QUOTE, "x:post:2090000000000000001")
    assert (told[5].kind, told[5].repost_of) == (MentionKind.REPOST, "x:post:2090000000000000002")


@pytest.mark.parametrize("deletion", [
    activity("post.delete", {"id": "2090000000000000001", "author_id": "4711"}),
    {"for_user_id": "9001", "tweet_delete_events": [{"status": {"id": "2090000000000000001", "user_id": "4711"}}]}])
def test_a_deletion_purges_before_and_after(receiver, deletion):
    there = receiver()
    there.x({"for_user_id": "9001", "tweet_create_events": [status()]})

    there.x(deletion)
    there.x({"for_user_id": "9001", "tweet_create_events": [status()]})

    assert {(m.text, m.state) for m in there.mentions().values()} == {("", MentionState.GONE)}


@pytest.mark.parametrize("event", [None, 5, [], {}, {"id_str": "abc"}, status(1, text=5), status(1, created_at="kemarin"),
                                   {"id_str": "1" * 50}])
def test_a_malformed_event_costs_no_other(receiver, event):
    there = receiver()

    there.x({"for_user_id": "9001", "tweet_create_events": [event, status(9)]})

    assert there.fates() == {"waiting": 1, "quarantined": 1}


def test_likes_and_messages_are_not_kept(receiver):
    """What is no post leaves nothing: no row, no word."""
    there = receiver()

    assert there.x({"for_user_id": "9001", "favorite_events": [{"id": "1"}],
                    "direct_message_events": [{"text": "rahasia"}]}).status == 200

    assert there.fates() == {}


@pytest.mark.parametrize("name", sorted(p.name for p in SAMPLES.glob("*.json")) or ["none"])
def test_xs_own_samples_are_read(receiver, name):
    """Every kind of event is a mention or a deletion."""
    if name == "none":
        pytest.skip("no sample payloads here")
    there = receiver()
    value = orjson.loads((SAMPLES / name).read_bytes().replace(b"1111111111111111111", b"9001"))
    there.clock[0] = NOON

    assert there.x(value).status == 200

    with there.store.connections.read() as connection:
        gone = connection.execute("SELECT key FROM tombstone").fetchall()
    assert (len(gone), there.fates()) == ((1, {}) if "delete" in name else (0, {"waiting": 1}))
