"""Who may see and do what: every address of the app, for the owner, a colleague, another department, a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from storage.store import Store
from tests.inbox.casework import open_case

# every address by name: arguments, methods that it answers; an address without a rule fails the test below
RULES: dict[str, tuple[list[Any], set[str]]] = {
    "queue": ([], {"GET"}),
    "queue_fragment": ([], {"GET"}),
    "bulk": ([], {"POST"}),
    "save_view": ([], {"POST"}),
    "forget_view": ([], {"POST"}),
    "ticket": ([1], {"GET"}),
    "unmask": ([1], {"POST"}),
    "act": ([1, "accept"], {"POST"}),
    "regroup": ([1, "merge"], {"POST"}),
    "redact": ([1], {"POST"}),
    "export": (["csv"], {"GET"}),
    "lane": ([], {"GET"}),
    "check_lane": ([], {"POST"}),
    "presence": ([1], {"GET"}),
    "evidence": ([1, 1], {"GET"}),
    "evidence_decide": ([1, 1, "sahkan"], {"POST"}),
    "packet": ([1], {"GET"}),
    "fieldwork": ([1], {"GET"}), "brief": ([], {"GET"}), "brief_sheet": ([], {"GET"}), "brief_sample": ([], {"GET"}),
    "counted": ([], {"GET"}), "figures": ([], {"GET"}), "map": ([], {"GET"}),
    "accounts": ([], {"GET"}),
    "health": ([], {"GET"}),
    "health_on_the_phone": ([], {"GET"}),
    "workbench": ([], {"GET", "POST"}),
    "rules_edit": ([], {"GET", "POST"}),
    "draft": (["x"], {"GET"}),
    "draft_save": (["x"], {"POST"}),
    "rules_history": ([], {"GET"}),
    "rules_rollback": ([1], {"POST"}),
    "login": ([], {"GET", "POST"}),
    "code": ([], {"GET", "POST"}),
    "oidc": ([], {"GET"}),
    "oidc_back": ([], {"GET"}),
    "second_factor": ([], {"GET", "POST"}),
    "sessions": ([], {"GET"}),
    "end_sessions": ([], {"POST"}),
    "logout": ([], {"POST"}),
    "password": ([], {"GET", "POST"}),
    "set_language": ([], {"POST"}),
}
OPEN_TO_STRANGERS = {"login", "code", "oidc", "oidc_back", "set_language"}
each = pytest.mark.parametrize("name", sorted(RULES))


def address(name: str) -> str:
    return str(reverse(name, args=RULES[name][0]))


def test_every_address_has_a_rule(office: Any) -> None:
    """A page that nobody thought about cannot slip in."""
    from inbox.urls import OPEN, urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(RULES)
    assert set(OPEN) == OPEN_TO_STRANGERS


@each
def test_strangers_are_sent_to_the_sign_in(name: str, browser_of: Any) -> None:
    """Nothing but sign-in and language answers somebody who has not signed in."""
    method = "get" if "GET" in RULES[name][1] else "post"

    response = getattr(browser_of(None), method)(address(name))

    if name in OPEN_TO_STRANGERS:
        assert response.status_code in (200, 302, 404 if name.startswith("oidc") else 200)  # no provider, no such page
        assert "/masuk?next" not in response.headers.get("Location", "")
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/masuk?next=")


@each
def test_only_the_methods_of_the_rule_are_answered(name: str, browser_of: Any) -> None:
    """A link can never change anything: what changes something is POST only."""
    citra = browser_of("citra")  # who may open every address

    for method in {"GET", "POST", "PUT", "DELETE"} - RULES[name][1]:
        assert citra.generic(method, address(name)).status_code == 405


@pytest.mark.parametrize("name", sorted(name for name, (_, methods) in RULES.items() if "POST" in methods))
def test_a_post_without_the_form_s_token_is_refused(name: str, browser_of: Any) -> None:
    """Another web site cannot press our buttons."""
    browser = browser_of(None if name == "login" else "alice", enforce_csrf_checks=True)

    response = browser.post(address(name), {"username": "alice"})

    assert response.status_code == 403
    assert "Formulir sudah kedaluwarsa" in response.content.decode()


def test_the_owner_and_a_colleague_open_the_ticket_and_another_department_does_not(
    store: Store, browser_of: Any
) -> None:
    """Alice and Bob work on roads; for Charlie the ticket does not exist."""
    number = open_case(store, "Jalan berlubang di depan Pasar Legi")

    seen = {name: browser_of(name).get(f"/tiket/{number}").status_code for name in ("alice", "bob", "charlie", "citra")}

    assert seen == {"alice": 200, "bob": 200, "charlie": 404, "citra": 200}


@pytest.mark.parametrize("verb", ["accept", "start", "finish", "reroute", "hand_over", "ask", "reject", "note",
                                  "reopen", "data-pribadi", "no-such-verb"])
def test_another_department_can_do_nothing_to_the_ticket(verb: str, store: Store, browser_of: Any, people: Any) -> None:
    """Charlie's hand-made request is refused and leaves no trace on the ticket."""
    number = open_case(store, "Jalan berlubang di depan Pasar Legi")
    before = store.ticket(people["alice"].actor, number)

    response = browser_of("charlie").post(f"/tiket/{number}/{verb}", {
        "version": "1", "reason": "bukan_keluhan", "note": "catatan", "to_department": "dinsos-jateng"})

    after = store.ticket(people["alice"].actor, number)
    assert response.status_code == 403
    assert (after.ticket, len(after.history)) == (before.ticket, len(before.history))


@pytest.mark.parametrize("path", ["/", "/?status=semua", "/?cari=Legi", "/?dinas=dpupr-solo", "/fragment/queue",
                                  "/fragment/queue?cari=Legi"])
def test_lists_and_search_show_no_foreign_ticket(path: str, store: Store, browser_of: Any) -> None:
    """Neither list nor search nor live update tells Charlie that a road ticket exists."""
    open_case(store, "Jalan berlubang di depan Pasar Legi")

    page = browser_of("charlie").get(path).content.decode()

    assert "Pasar Legi" not in page
    assert "T-1<" not in page


def test_a_sensitive_ticket_is_for_its_own_department_alone(store: Store, browser_of: Any) -> None:
    """A coordinator sees all departments, but not who is beaten at home."""
    number = open_case(store, "Tetangga saya dipukuli suaminya, tolong", department="dinsos-jateng", topic="bansos",
                       sensitive=True)

    citra, charlie = browser_of("citra"), browser_of("charlie")

    assert charlie.get(f"/tiket/{number}").status_code == 200
    assert citra.get(f"/tiket/{number}").status_code == 404
    assert citra.post(f"/tiket/{number}/accept", {"version": "1"}).status_code == 403
    assert "Tetangga saya" not in citra.get("/?cari=dipukuli").content.decode()
    assert "Tetangga saya" in charlie.get("/?cari=dipukuli").content.decode()


@pytest.mark.parametrize("name", ["oki", "ayu"])
def test_operators_and_auditors_read_and_change_nothing(name: str, store: Store, browser_of: Any) -> None:
    """Who tends rules or checks others' work sees tickets and has no button, not even a hidden one."""
    number = open_case(store, "Jalan berlubang di depan Pasar Legi, hubungi 081234567890")
    browser = browser_of(name)

    page = browser.get(f"/tiket/{number}").content.decode()

    assert "Tindakan" not in page
    assert "Buka data pribadi" not in page
    assert browser.post(f"/tiket/{number}/accept", {"version": "1"}).status_code == 403
    assert browser.post(f"/tiket/{number}/data-pribadi", {"reason": "ingin tahu"}).status_code == 403


@pytest.mark.parametrize(("name", "expected"), [("alice", 404), ("charlie", 404), ("citra", 200), ("oki", 200),
                                                ("ayu", 200)])
def test_lanes_and_health_are_for_those_who_oversee(name: str, expected: int, browser_of: Any) -> None:
    """A reviewer works on tickets; coordinators, operators and auditors watch the machine."""
    browser = browser_of(name)

    assert browser.get("/lajur").status_code == expected
    assert browser.get("/status").status_code == expected
    assert browser.get("/health").status_code == expected
    assert browser.get("/akun").status_code == expected
    assert ("/lajur" in browser.get("/").content.decode()) == (expected == 200)


@pytest.mark.parametrize("path", ["/tiket/0", "/tiket/-1", "/tiket/99999999999999999999", "/tiket/1'--", "/admin",
                                  "/tiket/1/", "/.env"])
def test_odd_addresses_are_not_found_rather_than_broken(path: str, browser_of: Any) -> None:
    """A mistyped or forged address gives a page in Indonesian, never a stack trace."""
    response = browser_of("alice").get(path)

    assert response.status_code == 404
    assert "Tidak ditemukan" in response.content.decode()
