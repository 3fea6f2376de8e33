"""Signed JSON and SMS on the wire: who it is, what it says, twice the same, and replays."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from domain import Actor, MentionKind
from pipeline import process_batch
from run_daemon import build_judge
from storage.records import TicketQuery
from tests.builders import NOON
from tests.paths import ROOT
from tests.receiver.conftest import SECRETS

REPORT = {"id": "TL-2026/118", "channel": "Telepon", "text": "Pohon tumbang menutup jalan di Mojosongo", "author": "Bu Rini",
          "created_at": "2026-11-02T11:40:00+07:00", "lat": -7.54, "lon": 110.84, "media": ["https://foto.example/1.jpg"]}
SMS = {"id": "SM01", "from": "+6281200000001", "text": "lampu mati di gilingan"}


# --- JSON ------------------------------------------------------------------------------------------------


def test_a_signed_report_is_a_form_of_its_channel(receiver):
    """All that the contract names arrives."""
    there = receiver()

    said = there.report(REPORT)

    assert (said.status, said.json()) == (200, {"status": "kept", "id": "TL-2026/118", "new": True,
                                                "key": "telepon:post:solo.TL-2026/118"})
    told = there.mentions()["telepon:post:solo.TL-2026/118"]
    assert (told.kind, told.account, told.author.name) == (MentionKind.FORM, "loket:solo", "Bu Rini")
    assert told.posted_at.isoformat() == "2026-11-02T04:40:00+00:00"
    assert (told.place.lat, told.place.lng, told.media[0].url) == (-7.54, 110.84, "https://foto.example/1.jpg")


def test_a_report_twice_is_one_and_other_words_are_a_revision(receiver):
    there = receiver()
    there.report(REPORT)

    again = there.report(REPORT)
    there.report({**REPORT, "text": "Pohon tumbang menimpa mobil di Mojosongo"})

    assert again.json()["new"] is False
    assert there.fates() == {"waiting": 1}
    assert there.mentions()["telepon:post:solo.TL-2026/118"].text == "Pohon tumbang menimpa mobil di Mojosongo"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_delivery_outside_of_the_window_is_refused(receiver, minutes):
    """One that was overheard is worth nothing after five minutes."""
    there = receiver()

    assert there.report(REPORT, at=NOON + timedelta(minutes=minutes)).status == 403
    assert there.fates() == {}
    assert there.report(REPORT, at=NOON + timedelta(minutes=minutes / 2)).status == 200


@pytest.mark.parametrize("headers", [
    {"X_Kentongan_Signature": ""}, {"X_Kentongan_Signature": "sha256=" + "0" * 64}, {"X_Kentongan_Timestamp": ""},
    {"X_Kentongan_Timestamp": str(int(NOON.timestamp()) + 1)}, {"X_Kentongan_Timestamp": "9" * 30},
    {"X_Kentongan_Timestamp": "-1"}])
def test_the_signature_covers_time_and_body(receiver, headers):
    """A newer time on an old signature is a forgery."""
    there = receiver()

    assert there.report(REPORT, **headers).status == 403
    assert there.report(REPORT, secret="tebakan").status == 403
    assert there.fates() == {}


@pytest.mark.parametrize(("change", "error"), [
    ({"id": None}, "id: no usable id"), ({"id": "a" * 200}, "id: no usable id"), ({"text": ""}, "text: empty"),
    ({"text": None}, "text: expected a string, got NoneType"), ({"text": "x" * 10_001}, "text: longer than 10000 characters"),
    ({"created_at": "besok"}, "created_at: not a time"), ({"created_at": "1999-01-01"}, "created_at: out of time"),
    ({"lat": 97.0}, "lat, lon: no place on the globe"), ({"lat": "utara"}, "lat: not a number"),
    ({"media": "x"}, "media: expected a list of at most 20 addresses"), ({"media": ["javascript:alert(1)"]}, "media: only http and https"),
    ({"media": ["https://[broken"]}, "media: no address")])
def test_a_report_that_cannot_be_read_is_kept_and_its_sender_told(receiver, change, error):
    """The field is named, and no word of the citizen's; a better telling takes its place."""
    there = receiver()

    said = there.report({**REPORT, **change})

    assert (said.status, said.json()) == (422, {"status": "unreadable", "error": error, "kept": True})
    assert there.fates() == {"quarantined": 1}


def test_a_better_telling_takes_the_place_of_the_unreadable_one(receiver):
    there = receiver()
    there.report({"id": "7", "text": "Jalan rusak", "created_at": "besok"})

    there.report({"id": "7", "text": "Jalan rusak"})

    assert there.fates() == {"waiting": 1}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000, b'{"id": 1'])
def test_a_signed_body_that_is_no_json_is_kept_too(receiver, body):
    there = receiver()

    said = there.report(body)

    assert said.status == 400
    assert "kept" in said.json()["error"]
    assert there.fates() == {"quarantined": 1}


def test_a_list_of_reports_is_taken_one_by_one(receiver):
    """One that is broken costs no other; the answer says which."""
    there = receiver()

    said = there.report([REPORT, {"id": "2"}, {"id": 3, "text": "Selokan mampet"}])

    assert [row["status"] for row in said.json()["reports"]] == ["kept", "unreadable", "kept"]
    assert there.fates() == {"waiting": 2, "quarantined": 1}
    assert there.report([]).status == 200
    assert there.report([REPORT] * 501).status == 413


def test_only_json_is_json(receiver):
    there = receiver()

    assert there.report(REPORT, Content_Type="text/plain").status == 415
    assert there.fates() == {}


def test_the_example_in_the_docs_signs_as_we_want_it(receiver):
    """The very lines of docs/receiving.md, run by a shell."""
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("no curl or no openssl here")
    there = receiver()
    there.clock[0] = datetime.fromtimestamp(time.time(), UTC)
    script = (ROOT / "docs" / "receiving.md").read_text(encoding="utf-8").partition("```sh\n")[2].partition("```")[0]

    done = subprocess.run(["sh", "-c", script.replace(":8766/", f":{there.port}/")], capture_output=True, timeout=30,
                          env={**os.environ, "KENTONGAN_LOKET_SOLO": SECRETS["TEST_LOKET"]})

    assert orjson.loads(done.stdout) == {"status": "kept", "id": "118", "key": "telepon:post:solo.118", "new": True}


# --- SMS -------------------------------------------------------------------------------------------------


def bearer(secret: str = SECRETS["TEST_SMS"]) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("given", [
    {"id": "SM01", "from": "+6281200000001", "text": "lampu mati di gilingan"},
    {"MessageSid": "SM01", "From": "+6281200000001", "Body": "lampu mati di gilingan", "NumMedia": "0"},
    {"messageId": "SM01", "msisdn": "+6281200000001", "message": "lampu mati di gilingan", "timestamp": "1793595000"}])
def test_a_message_comes_in_by_the_names_of_any_gateway(receiver, given):
    """As a form and as JSON it is one message; its key is the gateway's."""
    there = receiver()

    as_form = there.form("/hooks/sms", given, **bearer())
    as_json = there.send("POST", "/hooks/sms", orjson.dumps(given), Content_Type="application/json", **bearer())

    assert (as_form.status, as_json.status) == (200, 200)
    assert as_form.json()["key"] == "sms:post:solo.SM01"
    told = there.mentions()["sms:post:solo.SM01"]
    assert (told.text, told.author.id, told.author.name) == ("lampu mati di gilingan", "+6281200000001", None)
    assert there.fates() == {"waiting": 1}


def test_a_wrapped_message_is_unwrapped(receiver):
    there = receiver()
    value = {"event": "sms:received", "payload": {"messageId": "A1", "phoneNumber": "081200000002", "message": "got mampet"}}

    there.send("POST", "/hooks/sms", orjson.dumps(value), Content_Type="application/json", **bearer())

    assert list(there.mentions()) == ["sms:post:solo.A1"]


def test_a_gateway_shows_its_secret_in_one_of_three_ways(receiver):
    there = receiver()
    basic = base64.b64encode(f"gateway:{SECRETS['TEST_SMS']}".encode()).decode()

    assert there.form("/hooks/sms", SMS, Authorization=f"Basic {basic}").status == 200
    for headers in ({}, bearer("tebakan"), {"Authorization": "Basic !!"}, {"Authorization": f"Basic {basic[:-8]}"},
                    {"Authorization": ""}, bearer(SECRETS["TEST_LOKET"])):
        assert there.form("/hooks/sms", SMS, **headers).status == 403
    assert there.form(f"/hooks/sms?token={SECRETS['TEST_SMS']}", SMS).status == 403  # secrets in addresses end in logs


@pytest.mark.parametrize("missing", ["id", "from", "text"])
def test_a_message_without_number_sender_or_words_is_set_aside(receiver, missing):
    there = receiver()

    said = there.form("/hooks/sms", {k: v for k, v in SMS.items() if k != missing}, **bearer())

    assert said.status == 422
    assert said.json()["error"].startswith(missing)
    assert there.fates() == {"quarantined": 1}


def test_the_number_is_in_no_log(receiver, caplog, capsys):
    """Personal data: stored with the message, purged with it, told to nobody."""
    there = receiver()

    said = there.form("/hooks/sms", SMS, **bearer())

    told: Any = caplog.text + "".join(capsys.readouterr()) + said.body.decode()
    assert "81200000001" not in told
    assert "lampu mati" not in told


# --- the whole way ---------------------------------------------------------------------------------------


def test_a_report_becomes_a_ticket_of_the_government_that_its_channel_is_of(receiver):
    """The daemon knows the channels from the settings, whether or not it has met them in the books."""
    there = receiver()
    there.report({**REPORT, "text": "Pohon tumbang menutup jalan di Mojosongo Solo, mohon segera dievakuasi"})
    judge = build_judge(there.settings.watching([]))

    while process_batch(there.store, judge, limit=50, now=NOON):
        pass

    assert there.fates() == {"ticket": 1}
    rows = there.store.tickets(Actor("tester", system=True), TicketQuery())
    assert {there.settings.departments[row.ticket.department].government for row in rows} == {"solo"}
