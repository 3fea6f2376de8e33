"""The document is written from the code, valid by the standard, and true: every endpoint is walked with real requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from storage.store import Store
from tests.builders import mention
from tests.inbox.api_house import Api
from tests.inbox.casework import ACCOUNT, open_case, retell

WRITTEN = Path(__file__).parents[2] / "docs" / "openapi.json"
NO_TOKEN, NO_SCOPE = 401, 403


@pytest.fixture
def number(store: Store) -> int:
    post = mention("Jalan berlubang di Jebres, tolong ditambal", platform="instagram", account=ACCOUNT, at=timezone.now())
    number = open_case(store, post, place="Jebres", now=timezone.now())
    retell(store, post, times=1, now=timezone.now())
    return number


def endpoints() -> list[Any]:
    from inbox.api.table import ENDPOINTS

    return [*ENDPOINTS]


def test_the_document_in_docs_is_the_one_that_is_served(api_of: Callable[..., Api]) -> None:
    """`python -m inbox openapi > docs/openapi.json` after a change of the table; no token is needed to read it."""
    served = api_of(None).get("/api/v1/openapi.json")

    assert served.status_code == 200
    assert WRITTEN.read_bytes() == served.content


@pytest.mark.slow
def test_it_is_an_openapi_3_1_document(office: Any) -> None:
    document = json.loads(WRITTEN.read_bytes())

    validate(document, cls=OpenAPIV31SpecValidator)
    assert document["openapi"].startswith("3.1.")
    assert len({one.name for one in endpoints()}) == len(endpoints())
    assert set(document["paths"]) == {one.path for one in endpoints()}


def path_of(endpoint: Any, number: int) -> str:
    return endpoint.path.replace("{number}", str(number)).replace("{photo}", "1").replace("{id}", f"T-{number}")


BODIES: dict[str, dict[str, Any]] = {
    "Note": {"note": "catatan"}, "Reroute": {"to_department": "dishub-solo"}, "HandOver": {"note": "milik PLN"},
    "Reject": {"reason": "ganda"}, "Assign": {"assignee": "alice"}, "SetTopic": {"value": "bansos"},
    "SetUrgency": {"value": "tinggi"}, "Secrecy": {"note": "korban anak"},
    "Redact": {"note": "nama warga", "words": "Jebres"}, "Merge": {"other": 999}, "Split": {"mentions": ["x"]},
    "Undo": {"regrouping": 1}, "Unmask": {"reason": "menghubungi warga"}, "Step": {}, "Seen": {}, "Finish": {},
}


def body_of(endpoint: Any, version: int = 1) -> dict[str, Any]:
    given = dict(BODIES[endpoint.body.__name__])
    return {**given, "version": version} if "version" in endpoint.body.model_fields else given


def ask(api: Api, endpoint: Any, number: int, **more: Any) -> Any:
    query = {"cari": "lubang"} if endpoint.name == "search" else None
    if endpoint.method == "GET":
        return api.get(path_of(endpoint, number), more.get("query", query))
    return api.post(path_of(endpoint, number), more.get("body", body_of(endpoint)))


# what a new ticket with one post answers to what it is not ready for; everything else is 200
NOT_YET = {"packet": 404, "photo": 404, "refuse_photo": 404, "act_start": 422, "act_finish": 422, "act_reopen": 422,
           "act_lift_secret": 422, "act_merge": 422, "act_apart": 422, "act_split": 422, "act_undo": 422}


def test_every_endpoint_answers_as_it_is_documented(store: Store, people: Any, api_of: Callable[..., Api]) -> None:
    """All of them, each on a new ticket: every answer is held against the document by the client."""
    api = api_of("dpupr-solo", "read", "act", "personal")
    answers = {}
    for n, one in enumerate(endpoints()):
        number = open_case(store, f"Jalan berlubang nomor {n} di Jebres, tolong", place="Jebres", now=timezone.now())
        answers[one.name] = ask(api, one, number).status_code

    assert {name: status for name, status in answers.items() if status != 200} == NOT_YET


def test_no_endpoint_answers_without_a_token_or_beyond_its_scopes(number: int, api_of: Callable[..., Api]) -> None:
    """The table says which scope; the document says it too; the answer is a problem in both cases."""
    stranger, reader, doer = api_of(None), api_of("dpupr-solo", "read"), api_of("dpupr-solo", "act")

    for one in endpoints():
        if one.scope is None:
            continue
        assert ask(stranger, one, number).status_code == NO_TOKEN, one.name
        assert (ask(reader, one, number).status_code == NO_SCOPE) is (one.scope != "read"), one.name
        assert (ask(doer, one, number).status_code == NO_SCOPE) is (one.scope != "act"), one.name


def test_no_endpoint_takes_what_it_does_not_know(number: int, api_of: Callable[..., Api]) -> None:
    """A typo in a filter would show more, in a field would do something else; Open311's clients send their own."""
    api = api_of("dpupr-solo", "read", "act", "personal")

    for one in endpoints():
        if one.method == "GET" and "/open311/" not in one.path:
            assert ask(api, one, number, query={"cari": "x", "stauts": "baru"}).status_code == 400, one.name
        if one.method == "POST":
            for body in ({**body_of(one), "verison": 1}, b"{", b"[]", b'{"version": "x"}', b"\xff\xfe"):
                assert ask(api, one, number, body=body).status_code == 400, one.name


def test_other_methods_and_other_addresses(api_of: Callable[..., Api]) -> None:
    """405 names what is allowed; what does not exist is said to who has a token, and to nobody else."""
    api, stranger = api_of("dpupr-solo"), api_of(None)

    refused = api.post("/api/v1/tickets")
    assert (refused.status_code, refused["Allow"]) == (405, "GET")
    for path in ("/api/", "/api/v2/tickets", "/api/v1/tickets/0", "/api/v1/tickets/1/actions/hapus", "/api/v1/tickets/"):
        assert api.get(path).status_code == 404, path
        assert stranger.get(path).status_code == 401, path


def test_every_problem_in_both_languages(number: int, api_of: Callable[..., Api]) -> None:
    """The type is the same, the words are the reader's; Indonesian where neither is asked for."""
    api = api_of("dpupr-solo")
    answers = {wish: api.get("/api/v1/tickets/999", HTTP_ACCEPT_LANGUAGE=wish)
               for wish in ("", "id", "en-GB,en;q=0.9", "de,en;q=0.5", "de", "*")}
    told = {wish: orjson.loads(answer.content) for wish, answer in answers.items()}

    assert {one["type"] for one in told.values()} == {"urn:kentongan:problem:not-found"}
    assert {wish: one["title"] for wish, one in told.items()} == {
        "": "Tidak ditemukan", "id": "Tidak ditemukan", "en-GB,en;q=0.9": "Not found", "de,en;q=0.5": "Not found",
        "de": "Tidak ditemukan", "*": "Tidak ditemukan"}
    assert answers["de"]["Content-Language"] == "id"
    assert answers["id"]["Content-Type"] == "application/problem+json"
    assert answers["id"]["Cache-Control"] == "no-store"
