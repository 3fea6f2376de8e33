"""The door of the API: tokens, scopes, rates, cookies, cursors, keys that make a request happen once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import ConfigError, KentonganError, StoreBusy
from inbox.api.limits import Limiter
from inbox.desk import Desk, desk, set_up
from storage.store import Store
from tests.inbox.api_house import Api, token_for
from tests.inbox.casework import open_case
from tests.inbox.test_actions import Faulty

TICKETS = "/api/v1/tickets"


def problem(response: Any) -> str:
    return str(json.loads(response.content)["type"]).rpartition(":")[2]


# --- tokens --------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash(api_of: Callable[..., Api]) -> None:
    """Whoever reads the auth database can open nothing with it."""
    from inbox.api import tokens
    from inbox.models import ApiToken

    api = api_of("dpupr-solo", "read", name="sipd")
    token = api.headers["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    api.get(TICKETS)

    row, = ApiToken.objects.values()
    listed, = tokens.listing(datetime.now(UTC))
    assert token.startswith("ktg_")
    assert len(token) > 40
    assert token not in repr(row) + repr(listed)
    assert {name: listed[name] for name in ("name", "department", "scopes", "state")} == {
        "name": "sipd", "department": "dpupr-solo", "scopes": ["read"], "state": "active"}
    assert listed["used_at"]


def test_revoked_expired_and_wrong_tokens_open_nothing(api_of: Callable[..., Api]) -> None:
    """From the next request on; and all of them are answered alike."""
    from inbox.api import tokens

    api, short = api_of("dpupr-solo", "read", name="satu"), api_of("dpupr-solo", "read", name="dua", days=1)
    assert api.get(TICKETS).status_code == short.get(TICKETS).status_code == 200

    assert tokens.revoke("satu", now=datetime.now(UTC)) is True
    assert tokens.revoke("satu", now=datetime.now(UTC)) is False
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, seconds=1)):
        answers = [one.get(TICKETS) for one in (api, short, Api("ktg_x"), Api("y" * 200), Api(None))]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"] == 'Bearer realm="kentongan"'


@pytest.mark.parametrize("wrong", [
    {"department": "pln"}, {"department": "gaib"}, {"scopes": ("read", "write")}, {"scopes": ()}, {"days": 0},
    {"days": 367}, {"name": "Nama Besar"}, {"name": "x"}, {"per_minute": 0}])
def test_a_token_that_cannot_be_is_refused(wrong: dict[str, Any], api_of: Callable[..., Api]) -> None:
    from inbox.api import tokens

    asked = {"name": "sipd", "department": "dpupr-solo", "scopes": ("read",), "days": 90, **wrong}
    with pytest.raises(ConfigError):
        tokens.create(desk().settings, asked.pop("name"), now=datetime.now(UTC), **asked)
    token_for("dpupr-solo", name="dipakai")
    with pytest.raises(KentonganError):
        token_for("dpupr-solo", name="dipakai")


def test_the_command_line_makes_lists_and_revokes(
    office: Any, api_of: Callable[..., Api], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`kentongan tokens`: machine-readable where it has to be."""
    from inbox import __main__
    from tests.inbox.conftest import CONFIG

    monkeypatch.setattr(__main__, "load", lambda _path: office)

    def run(*arguments: str) -> str:
        assert __main__.main(["tokens", *arguments, "--config", str(CONFIG)]) == 0
        return capsys.readouterr().out

    made = json.loads(run("create", "sipd", "--department", "dpupr-solo", "--scope", "read", "--scope", "act"))
    assert Api(made["token"]).get(TICKETS).status_code == 200
    assert json.loads(run("list", "--json"))["scopes"] == ["act", "read"]
    assert "dpupr-solo" in run("list")
    assert json.loads(run("revoke", "sipd")) == {"name": "sipd", "revoked": True}
    assert Api(made["token"]).get(TICKETS).status_code == 401


# --- sessions and tokens do not mix ----------------------------------------------------------------


def test_no_cookie_opens_the_api_and_no_token_opens_a_page(store: Store, browser_of: Any, api_of: Callable[..., Api]) -> None:
    """A signed-in browser that is led to the API gets nothing, so no other site can make it act."""
    number = open_case(store, "Jalan berlubang")
    alice, api = browser_of("alice"), api_of("dpupr-solo", "read", "act")

    assert alice.get(TICKETS).status_code == 401
    assert alice.post(f"{TICKETS}/{number}/actions/accept", {"version": 1}, content_type="application/json").status_code == 401
    page = api.client.get("/", **api.headers)
    assert (page.status_code, page.url) == (302, "/masuk?next=/")
    answer = api.get(TICKETS)
    assert "Set-Cookie" not in answer
    assert int(answer["Content-Length"]) == len(answer.content)
    assert not answer.cookies


def test_a_token_is_taken_from_the_header_alone(api_of: Callable[..., Api]) -> None:
    """In an address it would stand in logs."""
    api = api_of("dpupr-solo")
    token = api.headers["HTTP_AUTHORIZATION"].removeprefix("Bearer ")

    assert Api(None).get(TICKETS, {"token": token}).status_code == 401
    assert Api(None).get(TICKETS, {"access_token": token}).status_code == 401


# --- rates ---------------------------------------------------------------------------------------


def test_a_token_that_asks_too_often_waits(api_of: Callable[..., Api]) -> None:
    """It alone: the other department's program goes on."""
    busy, other = api_of("dpupr-solo", per_minute=3), api_of("dinsos-jateng")

    statuses = [busy.get(TICKETS).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    refused = busy.get(TICKETS)
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert problem(refused) == "too-many"
    assert other.get(TICKETS).status_code == 200


def test_whoever_tries_tokens_is_slowed_down(api_of: Callable[..., Api]) -> None:
    api_of(None)
    stranger = Api("ktg_tebakan")

    statuses = {stranger.get(TICKETS).status_code for _ in range(60)}

    assert statuses == {401}
    assert stranger.get(TICKETS).status_code == 429


def test_a_window_ends_after_a_minute() -> None:
    now = [0.0]
    limiter = Limiter(lambda: now[0])

    assert [limiter.wait("a", 2) for _ in range(3)] == [0, 0, 60]
    now[0] = 59.0
    assert limiter.wait("a", 2) == 1
    now[0] = 60.0
    assert limiter.wait("a", 2) == 0


# --- lists ---------------------------------------------------------------------------------------


def test_pages_by_cursor_hold_every_ticket_once(store: Store, api_of: Callable[..., Api]) -> None:
    """In the order of the queue, whatever the page's size."""
    numbers = [open_case(store, f"Jalan berlubang {n}", due_in=timedelta(days=9 - n % 3)) for n in range(7)]
    api = api_of("dpupr-solo")
    seen: list[int] = []
    query = {"limit": "3"}
    while True:
        page = api.get(TICKETS, query).json()
        seen += [ticket["number"] for ticket in page["tickets"]]
        if page["next"] is None:
            break
        query["sebelum"] = page["next"]

    assert sorted(seen) == numbers
    assert seen == [row["number"] for row in api.get(TICKETS).json()["tickets"]]


def test_a_page_whose_bound_has_left_is_said_to_be_gone(store: Store, api_of: Callable[..., Api]) -> None:
    """The queue begins anew there; a program would read the first page for ever."""
    number = open_case(store, "Jalan berlubang")
    api = api_of("dpupr-solo", "read", "act")
    api.act(number, "reroute", 1, to_department="dishub-solo")

    for gone in (number, 4711):
        assert problem(api.get(TICKETS, {"sebelum": str(gone)})) == "cursor-gone"


@pytest.mark.parametrize(("query", "expected"), [
    ({"urgensi": "darurat"}, 1), ({"topik": "jalan_jembatan"}, 2), ({"topik": "bansos"}, 0), ({"tempat": "33.72"}, 1),
    ({"status": "diterima"}, 0), ({"status": "semua"}, 2), ({"cari": "roboh"}, 1), ({"kanal": "instagram"}, 2),
    ({"dari": "2020-01-01", "sampai": "2099-01-01"}, 2), ({"dari": "2099-01-01"}, 0)])
def test_the_filters_are_those_of_the_queue(query: dict[str, str], expected: int, store: Store, api_of: Callable[..., Api]) -> None:
    open_case(store, "Jalan berlubang di Jebres", place="Jebres")
    open_case(store, "Jembatan roboh", urgency="darurat")

    assert len(api_of("dpupr-solo").get(TICKETS, query).json()["tickets"]) == expected


@pytest.mark.parametrize("query", [
    {"urgensi": "gawat"}, {"topik": "x"}, {"tempat": "99.99"}, {"status": "baruu"}, {"dari": "2026-13-45"}, {"dari": "kemarin"},
    {"kanal": "tiktok"}, {"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"sebelum": "-1"}, {"cari": "x" * 201},
    {"dinas": "dinsos-jateng"}, {"petugas": "saya"}])
def test_a_filter_that_names_nothing_is_refused(query: dict[str, str], api_of: Callable[..., Api]) -> None:
    """On a page it falls away and shows more; to a program that would be a wrong answer."""
    answer = api_of("dpupr-solo").get(TICKETS, query)

    assert problem(answer) == "invalid"
    assert next(iter(query)) in answer.json()["errors"][0]


# --- once ------------------------------------------------------------------------------------------


def test_a_key_makes_a_request_happen_once(store: Store, people: Any, api_of: Callable[..., Api]) -> None:
    """The answer that was lost on the way is given again, byte for byte; nothing is done twice."""
    number = open_case(store, "Jalan berlubang")
    api = api_of("dpupr-solo", "read", "act")

    first = api.act(number, "note", 1, note="dicek besok", key="k-1")
    again = api.act(number, "note", 1, note="dicek besok", key="k-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert [e.verb for e in store.ticket(people["alice"].actor, number).history] == ["open", "note"]
    assert problem(api.act(number, "note", 2, note="lain", key="k-1")) == "key-reused"


def test_a_key_is_free_again_where_nothing_was_done(store: Store, api_of: Callable[..., Api]) -> None:
    """Refused or busy: the same request may be sent again, and then happens."""
    number = open_case(store, "Jalan berlubang")
    api = api_of("dpupr-solo", "read", "act")
    assert problem(api.act(number, "start", 1, key="k")) == "refused"
    set_up(Desk(desk().settings, desk().rules, Faulty(store, StoreBusy("locked"), "apply")))
    busy = api.act(number, "accept", 1, key="k")
    assert (busy.status_code, busy["Retry-After"]) == (503, "5")

    set_up(Desk(desk().settings, desk().rules, store))

    assert api.act(number, "accept", 1, key="k").status_code == 200


def test_keys_are_the_token_s_own_and_last_a_day(store: Store, api_of: Callable[..., Api]) -> None:
    """Another program's same key is another request; after a day it is forgotten, and the stale version says no."""
    number = open_case(store, "Jalan berlubang")
    one, other = (api_of("dpupr-solo", "read", "act", name=name) for name in ("satu", "dua"))

    assert one.act(number, "accept", 1, key="k").status_code == 200
    assert problem(other.act(number, "accept", 1, key="k")) == "stale"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        assert problem(one.act(number, "accept", 1, key="k")) == "stale"
    assert problem(one.act(number, "note", 2, note="x", key="k" * 129)) == "invalid"


def test_two_at_once_with_one_key_do_it_once(store: Store, api_of: Callable[..., Api], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told to wait while the first is at work."""
    from inbox.api import acting

    number = open_case(store, "Jalan berlubang")
    api = api_of("dpupr-solo", "read", "act")
    inner: list[Any] = []
    perform = acting.perform

    def slow(*given: Any) -> Any:
        if not inner:
            inner.append(None)
            inner[0] = api.act(number, "accept", 1, key="k")
        return perform(*given)

    monkeypatch.setattr(acting, "perform", slow)

    assert api.act(number, "accept", 1, key="k").status_code == 200
    assert problem(inner[0]) == "working"


# --- faults ----------------------------------------------------------------------------------------


def test_a_fault_of_ours_is_a_problem_without_a_trace(store: Store, api_of: Callable[..., Api]) -> None:
    set_up(Desk(desk().settings, desk().rules, Faulty(store, RuntimeError("boom in line 7"), "tickets")))

    answer = api_of("dpupr-solo").get(TICKETS)

    assert (answer.status_code, problem(answer)) == (500, "failed")
    assert b"boom" not in answer.content


def test_what_is_too_big_or_in_another_form_is_refused(store: Store, api_of: Callable[..., Api]) -> None:
    number = open_case(store, "Jalan berlubang")
    api = api_of("dpupr-solo", "act")
    path = f"{TICKETS}/{number}/actions/note"

    assert problem(api.post(path, b'{"note": "' + b"x" * 300_000 + b'", "version": 1}')) == "too-big"
    assert problem(api.post(path, b"note=x&version=1", content_type="application/x-www-form-urlencoded")) == "media-type"
    assert api.client.get(TICKETS, SERVER_NAME="jahat.example", **api.headers).status_code == 400


@pytest.fixture
def eager(store: Store, api_of: Callable[..., Api]) -> Api:
    open_case(store, "Jalan berlubang")
    return api_of("dpupr-solo", "read", "act", "personal", per_minute=6_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_sent_is_answered_and_never_by_a_fault(data: st.DataObject, store: Store, eager: Api) -> None:
    """Any text in any parameter or field of any endpoint: found, refused or not there, as the document says."""
    from inbox.api.table import ENDPOINTS
    from tests.inbox.test_openapi import body_of

    endpoint = data.draw(st.sampled_from([one for one in ENDPOINTS if one.query or one.body]))
    path = endpoint.path.replace("{number}", "1").replace("{photo}", "1").replace("{id}", "T-1")
    text = st.text(max_size=30) | st.sampled_from(['"', "*", "NEAR(", "a OR b", "'; DROP TABLE ticket; --", "-1", "9" * 30, "\ud800"])
    if endpoint.method == "GET":
        sent = {param.name: data.draw(text).encode("utf-8", "replace").decode() for param in endpoint.query}
        status = eager.get(path, {name: value for name, value in sent.items() if data.draw(st.booleans())}).status_code
    else:
        fields = body_of(endpoint)
        name = data.draw(st.sampled_from(sorted(fields)))
        status = eager.post(path, {**fields, name: data.draw(text | st.integers() | st.none() | st.lists(text, max_size=2))}).status_code

    assert status < 500
