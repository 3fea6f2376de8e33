"""Open311 GeoReport v2 on the wire: services, a report, its errors, and how it stands afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import Actor, MentionKind, Page
from storage.records import Transition
from tests.builders import NOON
from tests.inbox.casework import open_case
from tests.receiver.conftest import SECRETS, Receiver

MACHINE = Actor("tester", system=True)
WORDS = "Lubang besar di depan SD, saya Wuryani 0812 0000 0001"
GIVEN = {"api_key": SECRETS["TEST_OPEN311"], "service_code": "jalan_jembatan", "lat": "-7.5561", "long": "110.8316",
         "description": WORDS, "first_name": "Wuryani", "last_name": "Uji", "phone": "081200000001",
         "email": "wuryani@contoh.example", "media_url": "https://foto.example/lubang.jpg"}
PERSONAL = ("Wuryani", "0812", "81200000001", "wuryani@", "foto.example", "Lubang", "-7.55", "110.83")


def posted(there: Receiver, **given: str | None) -> str:
    said = there.form("/open311/requests.json", {k: v for k, v in {**GIVEN, **given}.items() if v is not None})
    assert said.status == 200, said.body
    return str(said.json()[0]["service_request_id"])


def told(there: Receiver, number: str) -> dict[str, Any]:
    row, = there.get(f"/open311/requests/{number}.json").json()
    return dict(row)


def ticket_of(there: Receiver, number: str, **seen: Any) -> int:
    """The daemon's work: the report becomes a ticket."""
    mention = there.mentions()[f"open311:post:solo.{number}"]
    return open_case(there.store, mention, due_in=timedelta(days=5), **seen)


def test_the_services_are_the_topics_of_the_file(receiver):
    there = receiver()

    said = there.get("/open311/services.json")

    assert {row["service_code"] for row in said.json()} == set(there.settings.topics)
    assert all(row["service_name"] and row["metadata"] is False for row in said.json())
    assert there.get("/open311/services/jalan_jembatan.json").status == 400
    assert there.get("/open311/services/entah.json").status == 404


def test_a_report_is_a_form_with_its_place_and_its_citizen(receiver):
    there = receiver()

    number = posted(there)

    mention = there.mentions()[f"open311:post:solo.{number}"]
    assert (mention.kind, mention.text, mention.account) == (MentionKind.FORM, WORDS, "open311:solo")
    assert (mention.author.id, mention.author.name) == ("081200000001", "Wuryani Uji")
    assert (mention.place.lat, mention.place.lng, mention.media[0].url) == (-7.5561, 110.8316, "https://foto.example/lubang.jpg")


def test_a_report_that_is_sent_again_is_the_same_and_another_citizens_is_not(receiver):
    """An app whose network broke off repeats; the answer is the same number."""
    there = receiver()

    first, again, other = posted(there), posted(there), posted(there, phone="081200000002")

    assert first == again != other
    assert there.fates() == {"waiting": 2}


@pytest.mark.parametrize(("change", "status", "error"), [
    ({"api_key": None}, 403, "api_key"), ({"api_key": "tebakan"}, 403, "api_key"), ({"service_code": None}, 400, "service_code"),
    ({"service_code": "ufo"}, 404, "service_code"), ({"lat": None, "long": None}, 400, "address_string"),
    ({"lat": None}, 400, "together"), ({"lat": "utara"}, 400, "lat"), ({"lat": "95"}, 400, "globe"),
    ({"lat": "nan"}, 400, "globe"), ({"description": "x" * 4_001}, 400, "4000"),
    ({"media_url": "file:///etc/passwd"}, 400, "http")])
def test_what_is_missing_or_wrong_is_told_in_the_standards_form(receiver, change, status, error):
    there = receiver()

    said = there.form("/open311/requests.json", {k: v for k, v in {**GIVEN, **change}.items() if v is not None})

    assert said.status == status
    row, = said.json()
    assert (row["code"], error in row["description"]) == (status, True)
    assert there.fates() == {}


def test_an_address_is_place_enough_and_a_report_without_words_has_its_services(receiver):
    there = receiver()

    number = posted(there, lat=None, long=None, address_string="Jl. Kapten Mulyadi 12", description=None)

    mention = there.mentions()[f"open311:post:solo.{number}"]
    assert mention.place.address == "Jl. Kapten Mulyadi 12"
    assert mention.text == there.settings.topics["jalan_jembatan"].name


@pytest.mark.parametrize(("body", "kind", "status"), [
    (b"\xff=1", "application/x-www-form-urlencoded", 400), (b"a=1&" * 200, "application/x-www-form-urlencoded", 400),
    (b"{}", "application/json", 415), (b"--x", "multipart/form-data; boundary=x", 415), (b"", "", 415)])
def test_what_is_no_form_is_refused(receiver, body, kind, status):
    there = receiver()

    said = there.send("POST", "/open311/requests.json", body, Content_Type=kind)

    assert (said.status, said.json()[0]["code"]) == (status, status)


def test_how_a_report_stands_from_waiting_to_closed(receiver):
    """open: waits; open: a desk has it, with its limit; closed: done. Nowhere a word of the citizen's."""
    there = receiver()
    number = posted(there)
    waiting = told(there, number)
    ticket = ticket_of(there, number)
    taken = told(there, number)
    there.store.apply(MACHINE, Transition(ticket, 1, "selesai", "alice", {"status": "selesai", "closed_at": NOON}, NOON))

    done = told(there, number)

    assert [row["status"] for row in (waiting, taken, done)] == ["open", "open", "closed"]
    assert waiting["agency_responsible"] is None
    assert taken["agency_responsible"] == there.settings.departments["dpupr-solo"].name
    assert taken["expected_datetime"] == "2026-11-07T05:00:00Z"
    assert taken["service_code"] == "jalan_jembatan"
    for row in (waiting, taken, done):
        assert not any(word in str(row) for word in PERSONAL)


def test_the_list_is_asked_by_time_status_and_service(receiver):
    there = receiver()
    numbers = [posted(there, description=f"Lubang ke-{n}") for n in range(3)]
    ticket = ticket_of(there, numbers[0])
    there.store.apply(MACHINE, Transition(ticket, 1, "selesai", "alice", {"status": "selesai", "closed_at": NOON}, NOON))

    def asked(**query: str) -> set[str]:
        said = there.get("/open311/requests.json", **query)
        assert said.status == 200, said.body
        assert not any(word in said.body.decode() for word in PERSONAL)
        return {row["service_request_id"] for row in said.json()}

    assert asked() == set(numbers)
    assert asked(status="closed") == {numbers[0]}
    assert asked(status="open") == set(numbers[1:])
    assert asked(service_code="jalan_jembatan") == {numbers[0]}
    assert asked(service_request_id=f"{numbers[1]},{numbers[2]},999") == set(numbers[1:])
    assert asked(start_date="2026-11-01T00:00:00Z", end_date="2026-11-01T23:00:00Z") == set()
    assert asked(start_date="2026-11-02T00:00:00+07:00") == set(numbers)


@pytest.mark.parametrize("query", [{"start_date": "kemarin"}, {"status": "entah"}, {"service_request_id": "1," * 99}])
def test_a_question_that_is_none_is_refused(receiver, query):
    assert receiver().get("/open311/requests.json", **query).status == 400


def test_a_secret_case_is_only_open_or_closed(receiver):
    """In the list it is not, and by its number nothing is told of what it is about."""
    there = receiver()
    number = posted(there, description="Paman saya dipukuli")
    ticket_of(there, number, sensitive=True)

    assert there.get("/open311/requests.json").json() == []
    row = told(there, number)
    assert (row["status"], row["agency_responsible"], row["service_code"]) == ("open", None, None)


def test_only_reports_of_this_door_can_be_read(receiver):
    """A post on Facebook has no number here, whatever is asked for."""
    there = receiver()
    from tests.builders import mention

    there.store.save_page("facebook:solo", Page((mention(account="facebook:solo", platform="facebook", native_id="8001_1"),), ""),
                          next_poll_at=NOON, now=NOON)

    for number in ("8001_1", "facebook:post:8001_1", "%25", "..%2F..%2Fetc", "' OR 1=1 --".replace(" ", "%20")):
        assert there.get(f"/open311/requests/{number}.json").status == 404
    assert there.get("/open311/requests.json").json() == []


def test_without_a_key_of_a_channel_the_door_is_not_there(receiver):
    there = receiver(channels={})

    for said in (there.get("/open311/services.json"), there.get("/open311/requests.json"),
                 there.form("/open311/requests.json", GIVEN)):
        assert (said.status, said.json()[0]["code"]) == (404, 404)
