"""The whole matrix with real requests: every address, every role, every desk, an open and a sensitive ticket.

What is expected stands here once more, by itself: the table of the code is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from inbox.desk import desk, set_up
from storage.store import Store
from tests.builders import NOON
from tests.inbox.casework import open_case
from tests.inbox.conftest import CONFIG
from tests.tiers import few

REVIEWER, HEAD, VERIFIER, OPERATOR, AUDITOR = "reviewer", "head", "verifier", "operator", "auditor"
ROLES = (REVIEWER, HEAD, VERIFIER, OPERATOR, AUDITOR)
OWN, OTHER, ALL = "own", "other", "all"  # works at the ticket's department, at another, sees all of them


@dataclass(frozen=True)
class Person:
    role: str
    desk: str

    @property
    def name(self) -> str:
        return f"{self.role}-{self.desk}"

    @property
    def acts(self) -> bool:
        return self.role in (REVIEWER, HEAD)

    @property
    def oversees(self) -> bool:
        return self.desk == ALL or self.role in (OPERATOR, AUDITOR)

    @property
    def reads(self) -> bool:
        return self.role == HEAD or self.oversees

    @property
    def tends_rules(self) -> bool:
        return self.role == OPERATOR or (self.acts and self.desk == ALL)

    def sees(self, *, sensitive: bool) -> bool:
        return self.desk == OWN or (self.desk == ALL and not sensitive)


def everybody(_person: Person) -> bool:
    return True


# name -> method, who may by role; addresses with a ticket ask besides whether the person sees that ticket
PAGES: dict[str, tuple[str, Callable[[Person], bool]]] = {
    "queue": ("get", everybody), "queue_fragment": ("get", everybody), "password": ("get", everybody),
    "save_view": ("post", everybody), "forget_view": ("post", everybody), "set_language": ("post", everybody),
    "login": ("get", everybody), "bulk": ("post", lambda p: p.acts),
    "lane": ("get", lambda p: p.oversees), "health": ("get", lambda p: p.oversees),
    "check_lane": ("post", lambda p: p.oversees and p.acts),
    "brief": ("get", lambda p: p.reads), "brief_sheet": ("get", lambda p: p.reads), "counted": ("get", lambda p: p.reads),
    "figures": ("get", lambda p: p.reads), "map": ("get", lambda p: p.reads), "brief_sample": ("get", lambda p: p.oversees),
    "workbench": ("get", lambda p: p.tends_rules), "rules_edit": ("get", lambda p: p.tends_rules),
    "rules_history": ("get", lambda p: p.tends_rules),
    "accounts": ("get", lambda p: p.oversees), "health_on_the_phone": ("get", lambda p: p.oversees),
    "code": ("get", everybody), "second_factor": ("get", everybody), "sessions": ("get", everybody),
    "end_sessions": ("post", everybody), "logout": ("post", everybody),
}
OF_A_TICKET: dict[str, tuple[str, list[str], Callable[[Person], bool]]] = {
    "ticket": ("get", [], everybody), "presence": ("get", [], everybody),
    "fieldwork": ("get", [], everybody),
    "act": ("post", ["note"], lambda p: p.acts), "regroup": ("post", ["apart"], lambda p: p.acts),
    "unmask": ("post", [], lambda p: p.acts), "redact": ("post", [], lambda p: p.acts),
}
# the provider is tried in test_oidc, a photo in test_closing, a packet is there where a ticket was handed over, a draft is its author's alone: tests of their own
ELSEWHERE = {"oidc", "oidc_back", "evidence", "evidence_decide", "packet", "draft", "draft_save", "rules_rollback",
             "export"}
PEOPLE = [Person(role, desk) for role in ROLES for desk in (OWN, OTHER, ALL)]


@pytest.fixture
def staff(people: dict[str, Any], password_hash: str) -> dict[str, Any]:
    from inbox.models import User

    desks = {OWN: (["dinsos-jateng"], False), OTHER: (["dpupr-solo"], False), ALL: (["triage"], True)}
    User.objects.bulk_create([
        User(username=p.name, role=p.role, departments=desks[p.desk][0], all_departments=desks[p.desk][1],
             password=password_hash) for p in PEOPLE])
    people.update({user.username: user for user in User.objects.all()})
    set_up(replace(desk(), config=CONFIG))  # the workbench edits the file
    return people


@pytest.fixture
def tickets(store: Store) -> dict[bool, int]:
    return {sensitive: open_case(store, "Bansos belum cair, anak sakit", department="dinsos-jateng", topic="bansos",
                                 sensitive=sensitive) for sensitive in (False, True)}


def test_every_address_stands_in_the_code_s_table_and_in_this_one(office: Any) -> None:
    """A page that nobody thought about is nobody's, and this test names it."""
    from inbox.permissions import RULES
    from inbox.urls import urlpatterns

    names = {pattern.name for pattern in urlpatterns}

    assert names - set(RULES) == set()
    assert names - set(PAGES) - set(OF_A_TICKET) - ELSEWHERE == set()


@pytest.mark.parametrize("person", few(PEOPLE, fast=4), ids=lambda person: person.name)
def test_every_role_reaches_its_pages_and_no_others(
    person: Person, store: Store, staff: Any, tickets: dict[bool, int], browser_of: Any
) -> None:
    """Real requests to every address, to an open and a sensitive ticket of one department."""
    browser = browser_of(person.name)
    wrong = [f"{name} {'sensitive' if sensitive else ''}: {response.status_code}, expected {expected}"
             for name, sensitive, expected, response in asked(browser, person, tickets)
             if reached(response) != expected]

    assert wrong == []


def asked(browser: Any, person: Person, tickets: dict[bool, int]) -> Iterator[tuple[str, bool, bool, Any]]:
    from inbox.urls import urlpatterns

    there = {pattern.name for pattern in urlpatterns}
    for sensitive, number in tickets.items():
        for name, (method, more, allowed) in OF_A_TICKET.items():
            response = getattr(browser, method)(reverse(name, args=[number, *more]), {
                "version": "1", "note": "catatan", "reason": "uji hak akses", "other": "99"})
            yield name, sensitive, allowed(person) and person.sees(sensitive=sensitive), response
    for name, (method, allowed) in PAGES.items():
        if name in there:
            yield name, False, allowed(person), getattr(browser, method)(reverse(name), {"verb": "accept"})


def reached(response: Any) -> bool:
    return response.status_code not in (403, 404)


def test_an_address_without_a_rule_is_nobody_s(browser_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgetting a rule closes a page instead of opening it."""
    from inbox import permissions

    monkeypatch.setattr(permissions, "RULES", {k: v for k, v in permissions.RULES.items() if k != "queue"})

    assert browser_of("citra").get("/").status_code == 404


def test_a_packet_is_for_who_sees_its_ticket(store: Store, staff: Any, browser_of: Any) -> None:
    """What goes to an outside body is read by the desk that sent it and by coordinators, unless it is sensitive."""
    plain, secret = (open_case(store, "Bansos belum cair", department="dinsos-jateng", topic="bansos", sensitive=s)
                     for s in (False, True))
    for number in (plain, secret):
        browser_of("reviewer-own").post(f"/tiket/{number}/hand_over", {"version": "1", "note": "milik pusat"})

    seen = {p.name: (reached(browser_of(p.name).get(f"/tiket/{plain}/penerusan")),
                     reached(browser_of(p.name).get(f"/tiket/{secret}/penerusan"))) for p in PEOPLE}

    assert seen == {p.name: (p.sees(sensitive=False), p.sees(sensitive=True)) for p in PEOPLE}


# --- R6: a secret ticket of one department, looked for from another, in every way there is ---------------

SECRET = "Tetangga saya di Jebres dipukuli suaminya tiap malam"
READERS = ("reviewer-other", "head-other", "operator-other", "auditor-other", "verifier-other", "verifier-all", "reviewer-all", "auditor-all")


@pytest.fixture
def secret(store: Store, staff: Any) -> int:
    """Beside it an open road ticket of the other department, same place, same hours, so that lists have rows."""
    open_case(store, "Jalan berlubang di Jebres", place="Jebres", now=NOON)
    return open_case(store, SECRET, department="dinsos-jateng", topic="bansos", sensitive=True, place="Jebres",
                     urgency="darurat", now=NOON, due_in=timedelta(hours=1))


@pytest.mark.parametrize("name", READERS)
def test_a_secret_is_nowhere_in_lists_search_counts_or_the_live_stream(
    name: str, secret: int, store: Store, browser_of: Any, people: Any
) -> None:
    """Neither words nor number nor a count betray it: the list is what it would be without it."""
    browser = browser_of(name)
    paths = ["/", "/?status=semua", "/?urgensi=darurat", "/?topik=bansos", "/?tempat=33.72", "/?cari=dipukuli",
             "/?cari=jebres", "/?dari=2020-01-01", "/?kanal=instagram", "/?dinas=dinsos-jateng", f"/?sebelum={secret}"]

    for path in (*paths, *(f"/fragment/queue{path[1:]}" for path in paths)):
        page = browser.get(path).content.decode()
        assert "dipukuli" not in page.replace("cari=dipukuli", "").replace('value="dipukuli"', ""), path
        assert f'data-ticket="{secret}"' not in page, path
        assert f"/tiket/{secret}" not in page, path
    actor = people[name].actor
    assert sum(tally.n for tally in store.tallies(actor) if tally.topic == "bansos") == 0
    assert "0 tiket cocok" in browser.get("/?cari=dipukuli").content.decode()


@pytest.mark.parametrize("name", READERS)
def test_a_secret_answers_no_address_and_no_action(name: str, secret: int, store: Store, browser_of: Any, people: Any) -> None:
    """By its number it does not exist: page, packet, who looks, action, many at once, merge, personal data."""
    browser = browser_of(name)
    owner = people["charlie"].actor
    before = store.ticket(owner, secret)

    for path in (f"/tiket/{secret}", f"/tiket/{secret}/penerusan", f"/tiket/{secret}/lapangan", f"/fragment/tiket/{secret}/hadir?version=1"):
        assert browser.get(path).status_code == 404, path
    for path in (f"/tiket/{secret}/accept", f"/tiket/{secret}/data-pribadi", f"/tiket/{secret}/perkara/merge"):
        assert browser.post(path, {"version": "1", "reason": "ingin tahu", "other": "1"}).status_code == 403, path
    merged = browser.post("/tiket/1/perkara/merge", {"version": "1", "other": f"T-{secret}"})
    browser.post("/massal", {"verb": "accept", "pick": [f"{secret}:1"]})

    assert "dipukuli" not in merged.content.decode()
    after = store.ticket(owner, secret)
    assert (after.ticket, len(after.history)) == (before.ticket, len(before.history))


def test_no_notice_and_no_other_ticket_s_page_tells_of_a_secret(secret: int, store: Store, browser_of: Any) -> None:
    """Suggestions, kin and old pictures of an open ticket next door name no secret; notices hold no citizen's words."""
    page = browser_of("reviewer-all").get("/tiket/1").content.decode()

    assert f"T-{secret}" not in page
    assert "dipukuli" not in page
    assert not any("dipukuli" in due.event.subject + due.event.body for due in store.due_events(100, now=NOON))
