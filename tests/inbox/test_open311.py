"""The read side of Open311 GeoReport v2: the standard's forms, and nothing that is secret or personal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from storage.store import Store
from tests.builders import mention
from tests.inbox.api_house import Api
from tests.inbox.casework import ACCOUNT, open_case
from tests.inbox.test_exports import many

BASE = "/api/v1/open311"
# GeoReport v2, GET service requests: what each request has to have
FIELDS = {"service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
          "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
          "lat", "long", "media_url"}
NOW = datetime.now(UTC)


@pytest.fixture
def cases(store: Store) -> list[int]:
    """Open, closed, of another desk, and a secret."""
    open_ = open_case(store, "Lubang & <b>bahaya</b> di Jebres, WA 081234567890", place="Jebres", now=NOW)
    closed = open_case(store, "Jalan rusak", now=NOW - timedelta(hours=2))
    other = open_case(store, "Bansos belum cair", department="dinsos-jateng", topic="bansos", now=NOW)
    secret = open_case(store, "Anak dipukuli di Jebres", sensitive=True, now=NOW)
    return [open_, closed, other, secret]


def ids(answer: Any) -> list[str]:
    return [one["service_request_id"] for one in answer.json()]


@pytest.fixture
def api(api_of: Callable[..., Api], cases: list[int]) -> Api:
    api = api_of("dpupr-solo", "read", "act")
    api.act(cases[1], "reject", 1, reason="ganda")
    return api


def test_services_are_the_topics(api: Api) -> None:
    told = api.get(f"{BASE}/services.json").json()

    assert {one["service_code"] for one in told} == {"jalan_jembatan", "bansos", "lainnya"}
    assert set(told[0]) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    xml = ElementTree.fromstring(api.get(f"{BASE}/services.xml").content)
    assert xml.tag == "services"
    assert [one.findtext("service_code") for one in xml] == [one["service_code"] for one in told]
    assert xml[0].findtext("metadata") == "false"


def test_requests_have_every_field_and_no_secret(api: Api, cases: list[int]) -> None:
    """The newest first; another desk's and a secret one do not exist."""
    answer = api.get(f"{BASE}/requests.json")

    assert ids(answer) == [f"T-{cases[1]}", f"T-{cases[0]}"]
    first = answer.json()[1]
    assert set(first) == FIELDS
    assert (first["status"], first["service_code"], first["address"]) == ("open", "jalan_jembatan", "Jebres")
    assert first["description"] == "Lubang & <b>bahaya</b> di Jebres, WA [phone]"
    assert (first["media_url"], first["agency_responsible"]) == ("", "DPUPR Kota Surakarta")
    assert answer.json()[0]["updated_datetime"] > answer.json()[0]["requested_datetime"]


def test_the_xml_says_the_same(api: Api) -> None:
    """Escaped once; empty where there is nothing."""
    told = api.get(f"{BASE}/requests.json").json()
    answer = api.get(f"{BASE}/requests.xml")
    xml = ElementTree.fromstring(answer.content)

    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert (xml.tag, {one.tag for one in xml}) == ("service_requests", {"request"})
    for one, same in zip(xml, told, strict=True):
        assert {field.tag: field.text or "" for field in one} == {k: "" if v is None else str(v) for k, v in same.items()}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_one_request_by_its_id(form: str, api: Api, cases: list[int]) -> None:
    for wanted in (f"T-{cases[0]}", str(cases[0])):
        assert f"T-{cases[0]}" in api.get(f"{BASE}/requests/{wanted}.{form}").content.decode()
    for hidden in (cases[2], cases[3], 4711, "T-x", "x"):
        missing = api.get(f"{BASE}/requests/{hidden}.{form}")
        assert missing.status_code == 404
        assert b"service_request_id was not found" in missing.content


@pytest.mark.parametrize(("query", "expected"), [
    ({"status": "open"}, [0]), ({"status": "closed"}, [1]), ({"status": "open,closed"}, [1, 0]),
    ({"service_code": "jalan_jembatan"}, [1, 0]), ({"service_code": "bansos,lainnya"}, []), ({"api_key": "x", "page": "1"}, [1, 0]),
    ({"jurisdiction_id": "solo"}, [1, 0]), ({"end_date": "2020-01-01T00:00:00Z"}, []),
    ({"start_date": "2020-01-01T00:00:00Z"}, [1, 0])])
def test_requests_can_be_narrowed(query: dict[str, str], expected: list[int], api: Api, cases: list[int]) -> None:
    assert ids(api.get(f"{BASE}/requests.json", query)) == [f"T-{cases[n]}" for n in expected]


def test_several_by_their_ids(api: Api, cases: list[int]) -> None:
    wanted = ",".join(map(str, cases))

    assert ids(api.get(f"{BASE}/requests.json", {"service_request_id": wanted})) == [f"T-{n}" for n in cases[:2]]


@pytest.mark.parametrize(("query", "status"), [
    ({"jurisdiction_id": "semarang"}, 404), ({"jurisdiction_id": "jateng"}, 404), ({"status": "baru"}, 400),
    ({"start_date": "kemarin"}, 400), ({"start_date": "2026-13-45T00:00:00Z"}, 400)])
def test_errors_have_the_form_of_the_standard(query: dict[str, str], status: int, api: Api) -> None:
    answer = api.get(f"{BASE}/requests.json", query)

    assert answer.status_code == status
    assert set(answer.json()[0]) == {"code", "description"}
    xml = ElementTree.fromstring(api.get(f"{BASE}/requests.xml", query).content)
    assert (xml.tag, xml[0].findtext("code")) == ("errors", str(status))


def test_ninety_days_and_a_thousand_at_most(store: Store, api_of: Callable[..., Api]) -> None:
    """Where no time is asked for; the standard's bounds."""
    old = open_case(store, "Jalan rusak lama", now=NOW - timedelta(days=91))
    open_case(store, mention("Jalan rusak baru", platform="instagram", account=ACCOUNT, at=NOW), now=NOW)
    api = api_of("dpupr-solo")
    assert f"T-{old}" not in ids(api.get(f"{BASE}/requests.json"))
    assert f"T-{old}" in ids(api.get(f"{BASE}/requests.json", {"start_date": "2020-01-01T00:00:00+07:00"}))

    many(store, 1_100)

    assert len(ids(api.get(f"{BASE}/requests.json", {"start_date": "2020-01-01T00:00:00Z"}))) == 1_000
