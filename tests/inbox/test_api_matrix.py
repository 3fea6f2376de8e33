"""R6: departments against every way out of the inbox, by real requests. And hostile posts: no answer lets them do anything.

The addresses are not written here: they come from the tables of pages and of endpoints, so a new one is tried with the
next run.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import NoReverseMatch, reverse

from storage.store import Store
from tests.builders import NOON, mention
from tests.inbox.api_house import Api, read
from tests.inbox.casework import ACCOUNT, answer, open_case
from tests.inbox.test_hostile_texts import HOSTILE
from tests.inbox.test_openapi import BODIES
from tests.tiers import few

DESKS = ("dpupr-solo", "dishub-solo", "dinsos-jateng", "dinkes-jateng", "triage")
PEOPLE = {"dpupr-solo": "alice", "dinsos-jateng": "charlie", "triage": "citra", "dishub-solo": "dewi", "dinkes-jateng": "eko"}


@dataclass(frozen=True)
class Planted:
    """A case of one desk with words that stand nowhere else."""

    desk: str
    secret: bool
    number: int
    mark: str


@pytest.fixture
def planted(store: Store, people: dict[str, Any], password_hash: str) -> list[Planted]:
    """For every desk an open and a secret case, each telling a word of its own; same place, same hours, same topic."""
    from inbox.models import User

    for name, desk in (("dewi", "dishub-solo"), ("eko", "dinkes-jateng")):
        people[name] = User.objects.create(username=name, departments=[desk], password=password_hash)
    found = []
    for n, (desk, secret) in enumerate((desk, secret) for desk in DESKS for secret in (False, True)):
        mark = f"tanda{'abcdefghij'[n]}"
        post = mention(f"Lubang di Jebres {mark} dipukuli", platform="instagram", account=ACCOUNT, at=NOON)
        number = open_case(store, post, department=desk, place="Jebres", sensitive=secret, urgency="darurat",
                           due_in=timedelta(hours=n + 1))
        answer(store, post, f"benar {mark}", place="Jebres")
        found.append(Planted(desk, secret, number, mark))
    return found


def may_know(reader: str, case: Planted, *, person: bool) -> bool:
    """A token is its desk's; Citra, at the triage desk, sees all but the others' secrets."""
    return case.desk == reader or (person and reader == "triage" and not case.secret)


def told(text: str, cases: list[Planted], reader: str, *, person: bool) -> list[str]:
    """What the reader was told of cases that are not theirs to know."""
    return [f"{case.mark} (T-{case.number})" for case in cases if not may_know(reader, case, person=person)
            and (case.mark in text or f"T-{case.number}\"" in text or f"\"number\":{case.number}," in text
                 or f"\"ticket\":{case.number}," in text or f'data-ticket="{case.number}"' in text)]


# --- the ways of programs --------------------------------------------------------------------------


def asked_of_api(api: Api, cases: list[Planted]) -> Iterator[tuple[str, str, int]]:
    """Every endpoint: those of tickets for each case there is, the others bare and with every filter that could find one."""
    from inbox.api.table import ENDPOINTS

    for one in ENDPOINTS:
        if one.arguments:
            for case in cases:
                path = one.path.replace("{number}", str(case.number)).replace("{id}", f"T-{case.number}").replace("{photo}", "1")
                yield one.name, *_sent(api, one, path, case)
            continue
        names = {param.name for param in one.query}
        queries = [{"cari": "lubang"}] if one.name == "search" else [{}]
        queries += [{"cari": word} for word in ("tandaa", "dipukuli", "jebres") if "cari" in names]
        if one.name == "tickets":
            queries += [{"status": "semua"}, {"urgensi": "darurat"}, {"tempat": "33.72"}, {"limit": "200"}, {"kanal": "instagram"}]
            queries += [{"sebelum": str(case.number)} for case in cases]
        if "service_request_id" in names:
            queries += [{"service_request_id": ",".join(f"T-{case.number}" for case in cases), "start_date": "2020-01-01T00:00:00Z"},
                        {"start_date": "2020-01-01T00:00:00Z"}]
        for query in queries:
            response = api.get(one.path, query)
            yield f"{one.name}?{query}", read(response), response.status_code


def _sent(api: Api, one: Any, path: str, case: Planted) -> tuple[str, int]:
    if one.method == "GET":
        response = api.get(path)
    else:
        body = dict(BODIES[one.body.__name__])
        if "other" in body:
            body["other"] = case.number
        if "version" in one.body.model_fields:
            body["version"] = 1
        response = api.post(path, body)
    return ("" if one.media == "image/jpeg" and response.status_code == 200 else read(response)), response.status_code


@pytest.mark.parametrize("reader", few(DESKS, fast=1))
def test_no_endpoint_tells_a_program_of_another_desk_s_case(
    reader: str, planted: list[Planted], store: Store, api_of: Callable[..., Api]
) -> None:
    """URL, search, list, export, feed, Open311, actions: with every scope, for every case, all endpoints of the table."""
    api = api_of(reader, "read", "act", "personal", per_minute=6_000)
    others = [case for case in planted if case.desk != reader]
    before = [history(store, case) for case in others]
    leaks = []
    for name, text, status in asked_of_api(api, others):
        assert status not in (500, 503), name
        leaks += [f"{name}: {leak}" for leak in told(text, planted, reader, person=False)]
        if "?" not in name:
            assert status == 404, f"{name}: {status}"

    assert leaks == []
    assert [history(store, case) for case in others] == before


def history(store: Store, case: Planted) -> Any:
    from domain import Actor

    return store.ticket(Actor("uji", (case.desk,)), case.number).history


@pytest.mark.parametrize("reader", DESKS)
def test_a_secret_is_in_no_open311_answer_of_its_own_desk(reader: str, planted: list[Planted], api_of: Callable[..., Api]) -> None:
    """That service goes on to others: what is secret leaves by no such way."""
    api = api_of(reader)
    own = [case for case in planted if case.desk == reader]

    for form in ("json", "xml"):
        listed = read(api.get(f"/api/v1/open311/requests.{form}", {"start_date": "2020-01-01T00:00:00Z"}))
        assert [case.mark in listed for case in own] == [True, False]
        assert [api.get(f"/api/v1/open311/requests/T-{case.number}.{form}").status_code for case in own] == [200, 404]


def test_a_case_that_becomes_secret_leaves_open311_and_one_that_moves_leaves_the_desk(
    planted: list[Planted], store: Store, api_of: Callable[..., Api]
) -> None:
    """At once, in every way: there is no copy that would have to be told."""
    api = api_of("dpupr-solo", "read", "act")
    open_ = planted[0].number
    api.act(open_, "secret", 1, note="korban anak")
    assert planted[0].mark not in read(api.get("/api/v1/open311/requests.json", {"start_date": "2020-01-01T00:00:00Z"}))

    api.act(open_, "reroute", 2, to_department="dishub-solo")

    for path in ("/api/v1/tickets", "/api/v1/exports/tickets.csv", "/api/v1/events"):
        assert planted[0].mark not in read(api.get(path)), path


SEARCHED = ("queue", "queue_fragment", "export")


# --- the ways of people ----------------------------------------------------------------------------


def pages(case: Planted) -> Iterator[tuple[str, str]]:
    """Every address of the pages, from their own table: method, path."""
    from inbox.urls import urlpatterns

    for pattern in urlpatterns:
        if pattern.name in ("logout", "login", "set_language", "password"):
            continue
        for given in ({}, {"number": case.number}, {"number": case.number, "verb": "note"}, {"number": case.number, "photo": 1},
                      {"number": case.number, "photo": 1, "verb": "sahkan"}, {"form": "csv"}, {"form": "jsonl"}, {"form": "sp4n.jsonl"},
                      {"number": case.number, "verb": "apart"}, {"key": "x"}):
            try:
                yield pattern.name, reverse(pattern.name, kwargs=given)
            except NoReverseMatch:
                continue


@pytest.mark.parametrize("reader", few(DESKS, fast=1))
def test_no_page_tells_a_person_of_another_desk_s_case(reader: str, planted: list[Planted], browser_of: Any) -> None:
    """All addresses with GET and POST, bare and with the searches that would find it."""
    browser = browser_of(PEOPLE[reader])
    leaks, seen = [], set()
    for case in (one for one in planted if not may_know(reader, one, person=True)):
        fields = {"version": "1", "note": "catatan", "reason": "ingin tahu", "words": case.mark, "other": f"T-{case.number}",
                  "verb": "note", "pick": f"{case.number}:1"}
        for name, path in pages(case):
            answers = [] if path in seen else [browser.get(path), browser.post(path, fields)]
            seen.add(path)
            if name in SEARCHED:
                answers.append(browser.get(path, {"cari": case.mark}))
            for response in answers:
                text = read(response).replace(f"cari={case.mark}", "").replace(f'value="{case.mark}"', "")
                leaks += [f"{name} {path}: {leak}" for leak in told(text, planted, reader, person=True)]

    assert leaks == []
    assert len(seen) > 60


# --- hostile posts ---------------------------------------------------------------------------------


FORMULAS = {"formula": '=HYPERLINK("http://jahat.example","klik")', "command": "  +cmd|' /C calc'!A0", "huge": "lubang " * 3_000}


@pytest.mark.parametrize("name", few([*HOSTILE, *FORMULAS]))
def test_a_hostile_post_does_nothing_in_any_answer(name: str, store: Store, api_of: Callable[..., Api], browser_of: Any) -> None:
    """JSON that parses to plain words, XML with no element of theirs, sheets with no formula, nothing evaluated."""
    text = {**HOSTILE, **FORMULAS}[name]
    number = open_case(store, mention(text, platform="instagram", account=ACCOUNT, at=NOON), place="")
    api = api_of("dpupr-solo", "read", "act", "personal")
    api.act(number, "note", 1, note=text[:500] or "kosong")
    since = {"start_date": "2020-01-01T00:00:00Z"}

    for path, query in ((f"/api/v1/tickets/{number}", {}), ("/api/v1/tickets", {}), ("/api/v1/events", {}),
                        (f"/api/v1/tickets/{number}/sp4n", {}), ("/api/v1/open311/requests.json", since)):
        response = api.get(path, query)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("application/json")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not {sign for sign in said(json.loads(response.content)) if sign in INVISIBLE}
    xml = ElementTree.fromstring(api.get("/api/v1/open311/requests.xml", since).content)
    assert {one.tag for one in xml.iter()} <= {"service_requests", "request", *SERVICE_REQUEST}
    for source in (api.get("/api/v1/exports/tickets.csv"), browser_of("alice").get("/ekspor/tiket.csv")):
        assert "attachment" in source["Content-Disposition"]
        cells = [cell for line in csv.reader(io.StringIO(read(source).removeprefix("\ufeff"))) for cell in line]
        assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@") and not cell.startswith("'")]
        assert not {sign for cell in cells for sign in cell if sign in INVISIBLE}


INVISIBLE = set("\0\u202e\u202a\u2066\u200b\u200f\u2060\x1b\x07")
SERVICE_REQUEST = ("service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
                   "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id",
                   "zipcode", "lat", "long", "media_url")


def said(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(map(said, value.values()))
    return "".join(map(said, value)) if isinstance(value, list) else str(value)


def test_a_huge_post_is_cut_and_template_words_are_words(store: Store, api_of: Callable[..., Api]) -> None:
    open_case(store, "x{{ 7*7 }}${7*7}" + "a" * 200_000)

    row, = api_of("dpupr-solo").get("/api/v1/tickets").json()["tickets"]
    line, = read(api_of("dpupr-solo", "read", name="dua").get("/api/v1/exports/tickets.jsonl")).splitlines()

    assert "{{ 7*7 }}${7*7}" in row["text"]
    assert "49" not in row["text"]
    assert len(row["text"]) <= 401
    assert len(json.loads(line)["text"]) <= 5_000
