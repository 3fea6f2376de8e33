"""Meta's webhooks on the wire: the challenge, the signature, and what each change does to a mention."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import orjson
import pytest

from domain import Actor, MentionKind, MentionState
from harvester import facebook_payload
from harvester.instagram_graph import InstagramGraph
from polling import harvest_one
from receiver.desk import desk_of
from settings import PlatformSettings
from simulators.world import TOKENS
from tests.builders import NOON
from tests.inbox.casework import open_case
from tests.paths import ROOT
from tests.receiver.conftest import PAGE, SECRETS
from tests.simulators.worlds import Clock, running, world_of
from tests.simulators.worlds import post as post_of
from tests.tiers import few

SAMPLES = ROOT.parent / "shared" / "payloads" / "meta-restfb"  # absent on most machines: those tests skip
AT = int(NOON.timestamp())


def delivery(*values: dict[str, Any], field: str = "feed", at: int = AT, entry: str = "8001", kind: str = "page") -> dict[str, Any]:
    return {"object": kind, "entry": [
        {"id": entry, "time": at, "changes": [{"field": field, "value": value} for value in values]}]}


def post(verb: str = "add", text: str | None = "Lampu jalan di Jebres mati", **given: Any) -> dict[str, Any]:
    value = {"item": "status", "verb": verb, "post_id": "8001_55", "created_time": AT - 60,
             "from": {"id": "4711", "name": "Bu Wuryani"}, "message": text, **given}
    return {name: told for name, told in value.items() if told is not None}


def comment(verb: str = "add", text: str = "kapan diperbaiki?", **given: Any) -> dict[str, Any]:
    return {"item": "comment", "verb": verb, "comment_id": "55_77", "post_id": "8001_55", "parent_id": "8001_55",
            "created_time": AT - 30, "from": {"id": "4712", "name": "Pak Darmo"}, "message": text, **given}


# --- the door ------------------------------------------------------------------------------------------


def test_metas_challenge_is_answered_with_the_right_token_only(receiver):
    """Meta's console sends it once; the answer is the challenge, plain."""
    there = receiver()
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}

    right = there.get("/hooks/meta", **asked, **{"hub.verify_token": SECRETS["KENTONGAN_META_VERIFY"]})
    wrong = there.get("/hooks/meta", **asked, **{"hub.verify_token": "tebakan"})

    assert (right.status, right.body, right.headers["content-type"]) == (200, b"1158201444", "text/plain; charset=utf-8")
    assert wrong.status == 403
    assert there.get("/hooks/meta", **asked).status == 403


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "\u00e9" * 10])
def test_a_wrong_or_missing_signature_is_refused_and_nothing_is_kept(receiver, header):
    """403, whatever is in the body."""
    there = receiver()
    body = orjson.dumps(delivery(post()))
    headers = {} if header is None else {"X-Hub-Signature-256": header}

    said = there.send("POST", "/hooks/meta", body, **headers)

    assert said.status == 403
    assert there.mentions() == {}
    assert there.fates() == {}


def test_a_signature_is_of_these_bytes_and_no_others(receiver):
    """One blank more is another body."""
    there = receiver()
    from harvester.signatures import meta_signature

    body = orjson.dumps(delivery(post()))
    signature = meta_signature(body, SECRETS["KENTONGAN_FB_APP_SECRET"])

    assert there.send("POST", "/hooks/meta", body + b" ", X_Hub_Signature_256=signature).status == 403
    assert there.send("POST", "/hooks/meta", body, X_Hub_Signature_256=signature.upper()).status == 200


def test_a_door_that_is_off_is_not_there(receiver):
    there = receiver(meta={"enabled": False})

    assert there.meta(delivery(post())).status == 404
    assert there.get("/hooks/meta", **{"hub.mode": "subscribe"}).status == 404


# --- what a change does ----------------------------------------------------------------------------------


def test_a_visitors_post_is_a_mention_like_a_polled_one(receiver):
    """Key, kind, author, time and text are those that the poller would give it."""
    there = receiver()

    assert there.meta(delivery(post())).status == 200

    polled, = facebook_payload.mentions_of(
        {"data": [{"id": "8001_55", "message": "Lampu jalan di Jebres mati", "created_time": AT - 60,
                   "from": {"id": "4711", "name": "Bu Wuryani"}, "permalink_url": "https://www.facebook.com/8001_55"}]},
        account=PAGE, seen_at=NOON).mentions
    told = there.mentions()[polled.key]
    assert told.kind is MentionKind.VISITOR_POST
    for name in ("key", "kind", "native_id", "text", "posted_at", "author", "url", "account", "platform", "own"):
        assert getattr(told, name) == getattr(polled, name), name


def test_what_comes_twice_or_is_polled_as_well_is_one(receiver):
    """Meta repeats, and the poller reads the same post an hour later."""
    there = receiver()
    there.meta(delivery(post(), comment()))
    there.meta(delivery(comment(), post()))
    page = facebook_payload.mentions_of({"data": [{
        "id": "8001_55", "message": "Lampu jalan di Jebres mati", "created_time": AT - 60, "updated_time": AT,
        "comments": {"data": [{"id": "55_77", "message": "kapan diperbaiki?", "created_time": AT - 30}]}}]},
        account=PAGE, seen_at=NOON)

    there.store.save_page(PAGE.key, page, next_poll_at=NOON, now=NOON)

    assert sorted(there.mentions()) == ["facebook:comment:55_77", "facebook:post:8001_55"]
    assert there.fates() == {"waiting": 2}


def test_an_edit_is_a_revision_and_a_late_first_version_undoes_nothing(receiver):
    """Deliveries come out of order: edited, then added, then an older edit."""
    there = receiver()

    there.meta(delivery(post("edited", "Lampu jalan di Jebres mati, sudah tiga hari"), at=AT + 120))
    there.meta(delivery(post("add")))
    there.meta(delivery(post("edited", "Lampu di Jebres mati"), at=AT + 60))

    told = there.mentions()["facebook:post:8001_55"]
    assert (told.text, told.state) == ("Lampu jalan di Jebres mati, sudah tiga hari", MentionState.EDITED)
    there.meta(delivery(post("edit", "Sudah menyala, terima kasih"), at=AT + 600))
    assert there.mentions()["facebook:post:8001_55"].text == "Sudah menyala, terima kasih"
    assert there.fates() == {"waiting": 1}


def test_an_edit_that_tells_no_words_changes_none(receiver):
    """A photo that was edited comes without its text."""
    there = receiver()
    there.meta(delivery(post()))

    there.meta(delivery(post("edited", None, item="photo"), at=AT + 60))

    told = there.mentions()["facebook:post:8001_55"]
    assert (told.text, told.state) == ("Lampu jalan di Jebres mati", MentionState.LIVE)


def test_a_removal_takes_the_words_away_in_whatever_order_it_comes(receiver):
    """Remove after add purges; remove before add leaves a tombstone that the add comes in empty on."""
    there = receiver()
    removed = {"item": "comment", "verb": "remove", "comment_id": "55_77", "post_id": "8001_55", "parent_id": "8001_55"}

    there.meta(delivery(post(), removed))
    there.meta(delivery(comment()))
    there.meta(delivery({"item": "status", "verb": "remove", "post_id": "8001_55"}))

    told = there.mentions()
    assert {key: (m.text, m.author, m.state) for key, m in told.items()} == {
        "facebook:post:8001_55": ("", None, MentionState.GONE), "facebook:comment:55_77": ("", None, MentionState.GONE)}
    assert there.fates() == {"waiting": 2}


def test_what_the_page_hides_stays_live_and_is_noted_once(receiver):
    """Hiding is the office's own doing; the complaint is still one."""
    there = receiver()
    there.meta(delivery(comment()))

    for _ in range(2):
        there.meta(delivery({"item": "comment", "verb": "hide", "comment_id": "55_77", "post_id": "8001_55"}))
    there.meta(delivery({"item": "comment", "verb": "unhide", "comment_id": "55_77", "post_id": "8001_55"}))

    assert there.mentions()["facebook:comment:55_77"].state is MentionState.LIVE
    with there.store.connections.read() as connection:
        verbs = connection.execute("SELECT verb FROM audit WHERE subject = 'facebook:comment:55_77' ORDER BY id").fetchall()
    assert verbs == [("hidden",), ("unhidden",)]


def test_staff_see_in_the_tickets_history_that_the_page_hid_the_complaint(receiver):
    there = receiver()
    there.meta(delivery(comment()))
    ticket = open_case(there.store, there.mentions()["facebook:comment:55_77"])

    for _ in range(2):
        there.meta(delivery({"item": "comment", "verb": "hide", "comment_id": "55_77", "post_id": "8001_55"}))

    history = there.store.ticket(Actor("uji", system=True), ticket).history
    assert [entry.verb for entry in history] == ["open", "hidden"]
    assert there.store.verify() == []


def test_a_post_that_names_the_page_is_a_mention_even_where_the_feed_told_it_first(receiver):
    """The better knowledge of what it is updates the row and adds none."""
    there = receiver()
    there.meta(delivery(post()))

    there.meta(delivery({"item": "post", "verb": "add", "post_id": "8001_55", "created_time": AT - 60,
                         "message": "Lampu jalan di Jebres mati"}, field="mention"))
    there.meta(delivery(post()))

    assert [m.kind for m in there.mentions().values()] == [MentionKind.MENTION]


def test_the_pages_own_posts_are_its_own(receiver):
    """As the connector does: they become the `own` lane, never a ticket."""
    there = receiver()

    there.meta(delivery(post(**{"from": {"id": 8001, "name": "Kota Contoh"}}),
                        comment(**{"from": None, "sender_id": 8001, "sender_name": "Kota Contoh"})))

    assert [m.own for m in there.mentions().values()] == [True, True]


def test_an_answer_to_a_comment_names_it(receiver):
    there = receiver()

    there.meta(delivery(comment(comment_id="55_78", parent_id="55_77")))

    told = there.mentions()["facebook:comment:55_78"]
    assert (told.reply_to, told.thread) == ("facebook:comment:55_77", "facebook:post:8001_55")


def test_pictures_links_and_videos_are_listed(receiver):
    there = receiver()

    there.meta(delivery(post(photos=["https://scontent.fbcdn.net/1.jpg", "https://scontent.fbcdn.net/2.jpg"]),
                        post(post_id="8001_56", item="photo", link="https://scontent.fbcdn.net/3.jpg"),
                        post(post_id="8001_57", item="video", link="https://video.fbcdn.net/4.mp4")))

    told = {m.native_id: [(item.type, item.url) for item in m.media] for m in there.mentions().values()}
    assert told == {"8001_55": [("photo", "https://scontent.fbcdn.net/1.jpg"), ("photo", "https://scontent.fbcdn.net/2.jpg")],
                    "8001_56": [("photo", "https://scontent.fbcdn.net/3.jpg")],
                    "8001_57": [("video", "https://video.fbcdn.net/4.mp4")]}


# --- Instagram -------------------------------------------------------------------------------------------


def test_an_instagram_comment_has_the_key_of_the_polled_one(receiver):
    there = receiver()

    there.meta(delivery({"id": "1790", "text": "got mampet di Sangkrah", "from": {"id": "88", "username": "warga_uji"},
                         "media": {"id": "17"}}, field="comments", entry="7001", kind="instagram"))

    told = there.mentions()["instagram:comment:c1790"]
    assert (told.account, told.kind, told.author.handle) == ("instagram:solo", MentionKind.COMMENT, "warga_uji")


def test_an_instagram_mention_is_an_inquiry_of_its_connector_until_that_has_asked(receiver):
    """Meta tells ids alone; the account is due at once, and keeps its cursor."""
    there = receiver()
    there.store.save_page("instagram:solo", page := facebook_payload.mentions_of({"data": []}, account=PAGE, seen_at=NOON),
                          next_poll_at=NOON.replace(year=2027), now=NOON)
    assert page.mentions == ()

    there.meta(delivery({"media_id": "1788", "comment_id": "1799"}, {"media_id": "1788"}, field="mentions", entry="7001",
                        kind="instagram"))

    due = {a.key: a for a in there.store.accounts_due(NOON)}["instagram:solo"]
    assert [(i.kind, i.target, i.about) for i in due.inquiries] == [
        ("mentioned_media", "1788", "1788"), ("mentioned_comment", "1799", "1788")]
    from domain import Page

    there.store.save_page("instagram:solo", Page((), "", answered=("1788",)), next_poll_at=NOON, now=NOON)
    due = {a.key: a for a in there.store.accounts_due(NOON)}["instagram:solo"]
    assert [i.target for i in due.inquiries] == ["1799"]


def test_what_a_webhook_named_by_id_is_asked_for_by_the_daemon_and_becomes_a_mention(receiver, monkeypatch):
    """The whole way: Meta's ids, an inquiry in the books, one question to Graph, the citizen's words."""
    monkeypatch.setenv("TEST_GRAPH_TOKEN", TOKENS["instagram"])
    there, clock = receiver(), Clock()
    world = world_of(post_of("sapa", "06:30", "Selamat pagi", on="instagram", own=True, kind="mention"),
                     post_of("komentar", "07:00", "@kota_contoh got mampet", on="instagram", kind="comment", of="sapa"),
                     clock=clock)
    there.clock[0] = clock.set("09:00")
    words, above = world.visible("instagram", "solo")
    there.meta(delivery({"media_id": above.graph_id, "comment_id": words.graph_id}, field="mentions", entry="7001", kind="instagram"))

    with running(world) as server:
        account = next(a for a in there.store.accounts_due(clock()) if a.key == "instagram:solo")
        connector = InstagramGraph(PlatformSettings(base_url=server.url, token_env="TEST_GRAPH_TOKEN"))
        harvest_one(account, connector=connector, store=there.store, now=clock, poll_every=timedelta(minutes=2),
                    rng=random.Random(1))
        asked = [r.query["fields"] for r in server.requests if "mentioned_comment" in r.query.get("fields", "")]

    assert len(asked) == 1
    told = [m for m in there.mentions().values() if not m.own]
    assert [(m.key, m.kind, m.text) for m in told] == [
        (f"instagram:comment:c{words.graph_id}", MentionKind.COMMENT, "@kota_contoh got mampet")]
    clock.set("10:00")
    assert [a.inquiries for a in there.store.accounts_due(clock()) if a.key == "instagram:solo"] == [()]


# --- what is wrong with it -------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"object": "page"}', b'{"object": "page", "entry": {}}',
    b'{"object": ["page"], "entry": []}', b'{"object": "user", "entry": []}', b"\xff\xfe", b"[" * 100_000,
    b'{"a":' * 5_000])
def test_a_signed_body_that_is_no_delivery_is_kept_once(receiver, body):
    """Sending it again would not help, so it is not asked for: 200, and a row in quarantine."""
    there = receiver()

    assert [there.meta(body).status for _ in range(2)] == [200, 200]

    assert there.fates() == {"quarantined": 1}


@pytest.mark.parametrize("value", [
    None, 5, "x", {}, {"item": "status"}, {"item": "status", "verb": "add"}, {"item": "status", "verb": "add", "post_id": "a b"},
    {"item": "status", "verb": "add", "post_id": "8001_1", "message": 5, "created_time": AT},
    {"item": "status", "verb": "add", "post_id": "8001_1", "message": "x", "created_time": "x"},
    {"item": "status", "verb": "add", "post_id": "8001_1", "message": "x", "created_time": 10**18},
    {"item": "status", "verb": "add", "post_id": "8001_1", "message": "x", "created_time": 5},
    {"item": "status", "verb": "add", "post_id": "8001_1", "message": "x", "created_time": AT + 10**8},
    {"item": "status", "verb": "explode", "post_id": "8001_1"}, {"item": "hologram", "verb": "add", "post_id": "8001_1"},
    {"item": {"a": 1}, "verb": ["add"], "post_id": "8001_1"}])
def test_a_malformed_change_is_set_aside_and_costs_no_other(receiver, value):
    """Each of a delivery's changes has one fate."""
    there = receiver()

    assert there.meta(delivery(value, comment())).status == 200

    assert there.fates() == {"waiting": 1, "quarantined": 1}


def test_a_page_that_nobody_watches_is_not_lost(receiver):
    """Kept with the remedy as its reason; a misspelt native_id shows."""
    there = receiver()

    there.meta(delivery(post(), entry="999"))

    with there.store.connections.read() as connection:
        (account, reason), = connection.execute("SELECT account, reason FROM quarantine").fetchall()
    assert (account, "native_id" in reason) == ("receive:facebook", True)


def test_reactions_are_no_posts_and_private_messages_are_not_kept(receiver):
    """A like is nothing to answer; a message is set aside without its words, once."""
    there = receiver()
    message = {"object": "page", "entry": [{"id": "8001", "time": AT, "messaging": [{"message": {"text": "rahasia sekali"}}]}]}

    there.meta(delivery({"item": "reaction", "verb": "add", "post_id": "8001_1", "reaction_type": "love"}))
    assert there.fates() == {}
    there.meta(message)
    there.meta(message)

    with there.store.connections.read() as connection:
        (raw, reason), = connection.execute("SELECT raw, reason FROM quarantine").fetchall()
    assert "rahasia" not in raw
    assert "private" in reason


def test_a_delivery_leaves_the_polling_of_its_account_as_it_is(receiver):
    """Cursor, state, failures and time are the poller's: a webhook does not call a dead token well."""
    there = receiver()
    from domain import AccountState

    there.store.save_failure(PAGE.key, state=AccountState.NEEDS_HUMAN, next_poll_at=NOON, reason="token ditolak", now=NOON)
    before = next(a for a in there.store.accounts() if a.key == PAGE.key)

    there.meta(delivery(post()))

    assert next(a for a in there.store.accounts() if a.key == PAGE.key) == before


# --- samples of others -----------------------------------------------------------------------------------


def samples(*folders: str) -> list[str]:
    found = [f"{folder}/{path.name}" for folder in folders for path in sorted((SAMPLES / folder).glob("*.json"))]
    return found or ["none"]


@pytest.mark.parametrize("name", few(samples("webhooks", "instagram", "threads"), fast=20))
def test_every_sample_of_metas_is_read_or_kept_with_a_reason(receiver, name):
    """None is an error to its sender, none vanishes, and what it does is what its name says."""
    if name == "none":
        pytest.skip("no sample payloads here")
    there = receiver()
    body = (SAMPLES / name).read_bytes().replace(b'"1234567890321"', b'"8001"').replace(b"1234567890321_", b"8001_")
    there.clock[0] = NOON

    assert there.meta(body.replace(b'"id": "0"', b'"id": "7001"')).status == 200

    fates, mentions = there.fates(), there.mentions()
    gone = _tombstones(there)
    notes = there.store.accounts_due(NOON)
    inquiries = [i for account in notes for i in account.inquiries]
    assert fates or gone or inquiries or _flags(there), name
    if not name.startswith("webhooks/"):
        return
    for verb, holds in {"-add": mentions, "-edit": mentions, "-remove": gone, "-hide": _flags(there),
                        "-unhide": mentions or _flags(there), "-block": fates, "-mute": fates, "-unblock": fates}.items():
        if f"{verb}-" in name or f"{verb}." in name or f"{verb}ed" in name:
            assert holds, (name, fates)
    if any(f"-{verb}" in name for verb in ("add", "edit")):
        assert set(fates) == {"waiting"}


def _tombstones(there: Any) -> list[Any]:
    with there.store.connections.read() as connection:
        return connection.execute("SELECT key FROM tombstone").fetchall()


def _flags(there: Any) -> list[Any]:
    with there.store.connections.read() as connection:
        return connection.execute("SELECT subject FROM audit WHERE verb IN ('hidden', 'unhidden')").fetchall()


def test_the_daemon_learns_an_id_and_deliveries_find_its_account(receiver, settings):
    """config.yaml leaves native_id out; the first reading told it."""
    there = receiver()
    there.store.sync_accounts([PAGE], now=NOON)
    quiet = there.settings.model_copy(update={"accounts": tuple(
        a.model_copy(update={"native_id": ""}) for a in there.settings.accounts)})
    desk = desk_of(quiet, there.store, now=lambda: NOON)

    assert {a.key: a.native_id for a in desk.accounts()}["facebook:solo"] == "8001"
