"""Codes of a phone and codes on paper: enrolling, signing in, each code once, wrong ones slow, the rest refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from inbox.desk import desk, set_up
from storage.store import Store
from tests.inbox.conftest import PASSWORD
from tests.inbox.test_sign_in import sign_in
from tests.inbox.walks import code_of

MORNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PAPER = re.compile(r"<code>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</code>")


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def required(store: Store) -> Callable[..., None]:
    """Let config.yaml demand the factor of these roles."""

    def demand(*roles: str) -> None:
        inbox = desk().settings.inbox
        wanted = inbox.model_copy(update={"second_factor": inbox.second_factor.model_copy(update={"required_for": roles})})
        set_up(replace(desk(), settings=desk().settings.model_copy(update={"inbox": wanted})))

    return demand


def enrol(browser: Any, name: str, **given: str) -> Any:
    browser.get("/kode-kedua")
    return browser.post("/kode-kedua", {"code": code_of(name), "password": PASSWORD, **given})


@pytest.fixture
def paper(clock: Any, browser_of: Any) -> list[str]:
    """Alice has enrolled half an hour ago; her paper codes."""
    codes = PAPER.findall(enrol(browser_of("alice"), "alice").content.decode())
    clock.shift(timedelta(minutes=20))
    return codes


def verbs(store: Store, name: str = "alice") -> list[str]:
    return [entry.verb for entry in store.access_history(f"staff:{name}", limit=20)][::-1]


def test_enrolling_shows_a_picture_drawn_here_and_ten_codes_once(clock: Any, browser_of: Any, store: Store) -> None:
    """The QR comes with the page, the secret can be typed, and the paper codes stand in no second answer."""
    alice = browser_of("alice")
    page = alice.get("/kode-kedua").content.decode()
    assert 'src="data:image/svg+xml' in page
    assert not re.search(r'(src|href)="https?:', page)

    answer = enrol(alice, "alice").content.decode()

    codes = PAPER.findall(answer)
    assert len(set(codes)) == 10
    assert not PAPER.findall(alice.get("/kode-kedua").content.decode())
    assert verbs(store) == ["factor_on"]
    from inbox.models import RecoveryCode

    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


@pytest.mark.parametrize("given", [{"password": "bukan ini"}, {"code": "000000"}, {"code": ""}, {"code": "abcd-efgh-jkmn"}])
def test_a_stolen_session_enrols_no_phone_of_its_own(given: dict[str, str], clock: Any, browser_of: Any) -> None:
    """Enrolling needs the password and a code that the new phone really shows."""
    alice = browser_of("alice")

    assert enrol(alice, "alice", **given).status_code == 422

    assert sign_in(browser_of(None))["Location"] == "/"


def test_the_password_alone_opens_nothing_any_more(paper: list[str], browser_of: Any, store: Store) -> None:
    """Between password and code the session is nobody's: every page leads to the sign-in."""
    browser = browser_of(None)

    assert sign_in(browser)["Location"] == "/masuk/kode"
    assert [browser.get(path)["Location"].partition("?")[0] for path in ("/", "/tiket/1", "/sesi", "/kode-kedua")] == ["/masuk"] * 4
    answer = browser.post("/masuk/kode", {"code": code_of("alice", confirmed=True)})

    assert (answer.status_code, answer["Location"], browser.get("/").status_code) == (302, "/", 200)
    assert store.access_history("staff:alice", limit=1)[0].after["by"] == "password+phone"


def test_the_code_leads_on_to_the_page_that_was_asked_for_under_a_new_id(paper: list[str], browser_of: Any) -> None:
    """The way through the code loses neither the target nor the protection against planted ids."""
    browser = browser_of(None)
    sign_in(browser, next="/tiket/7")
    before = browser.cookies["kentongan"].value

    answer = browser.post("/masuk/kode", {"code": code_of("alice", confirmed=True)})

    assert answer["Location"] == "/tiket/7"
    assert browser.cookies["kentongan"].value != before


def test_a_code_that_was_seen_over_a_shoulder_is_worth_nothing(paper: list[str], clock: Any, browser_of: Any) -> None:
    """The same six digits once; neither in the same half minute nor as the one before."""
    first, thief = browser_of(None), browser_of(None)
    code = code_of("alice", confirmed=True)
    sign_in(first)
    first.post("/masuk/kode", {"code": code})
    sign_in(thief)

    assert thief.post("/masuk/kode", {"code": code}).status_code == 422
    clock.shift(timedelta(seconds=30))
    assert thief.post("/masuk/kode", {"code": code}).status_code == 422
    assert thief.get("/").status_code == 302


def test_a_paper_code_opens_once(paper: list[str], clock: Any, browser_of: Any, store: Store) -> None:
    """With spaces, capitals or without strokes; the second time it is a wrong code."""
    browser, again = browser_of(None), browser_of(None)
    sign_in(browser)
    answer = browser.post("/masuk/kode", {"code": f" {paper[3].upper().replace('-', ' ')} "}, follow=True)
    assert "Tersisa 9 kode" in answer.content.decode()
    sign_in(again)

    assert again.post("/masuk/kode", {"code": paper[3]}).status_code == 422
    assert verbs(store)[-4:] == ["factor_on", "paper_code", "sign_in", "sign_in_failed"]


def test_another_person_s_paper_is_no_key(paper: list[str], clock: Any, browser_of: Any) -> None:
    """Bob's sheet does not open Alice's door."""
    bobs = PAPER.findall(enrol(browser_of("bob"), "bob").content.decode())
    browser = browser_of(None)
    sign_in(browser)

    assert browser.post("/masuk/kode", {"code": bobs[0]}).status_code == 422


def test_wrong_codes_wait_longer_and_longer_and_the_fifth_locks(paper: list[str], clock: Any, browser_of: Any, store: Store) -> None:
    """One try, then 429 with the seconds; each wrong one doubles them; five lock the name at this address."""
    browser = browser_of(None)
    sign_in(browser)
    seen = []
    for _ in range(5):
        answer = browser.post("/masuk/kode", {"code": "000000"})
        early = browser.post("/masuk/kode", {"code": code_of("alice", confirmed=True)})
        seen.append((answer.status_code, early.status_code, early["Retry-After"]))
        clock.shift(timedelta(seconds=int(early["Retry-After"])) if early["Retry-After"] != "900" else timedelta(0))

    assert seen == [(422, 429, "1"), (422, 429, "2"), (422, 429, "4"), (422, 429, "8"), (429, 429, "900")]
    assert sign_in(browser_of(None)).status_code == 429
    assert verbs(store).count("sign_in_failed") == 5
    assert verbs(store)[-1] == "locked_out"


def test_who_waits_too_long_or_is_closed_or_changes_the_password_meanwhile_starts_again(
    paper: list[str], clock: Any, browser_of: Any, people: Any
) -> None:
    """What stands between password and code is good for five minutes and for the account as it was."""
    from inbox.models import User

    slow, closed, changed = browser_of(None), browser_of(None), browser_of(None)
    sign_in(slow)
    clock.shift(timedelta(minutes=6))
    assert slow.post("/masuk/kode", {"code": code_of("alice", confirmed=True)})["Location"] == "/masuk"
    sign_in(closed)
    sign_in(changed)
    alice = User.objects.get(username="alice")
    alice.set_password("sandi-lain-sekali-ini")
    alice.save()
    assert changed.post("/masuk/kode", {"code": code_of("alice", confirmed=True)})["Location"] == "/masuk"
    User.objects.filter(username="alice").update(is_active=False)
    assert closed.post("/masuk/kode", {"code": code_of("alice", confirmed=True)})["Location"] == "/masuk"


def test_a_required_role_enrols_before_anything_else(clock: Any, browser_of: Any, required: Any) -> None:
    """The operator sees no page of work until the phone is in; a reviewer is not asked."""
    required("operator")
    oki, alice = browser_of("oki"), browser_of("alice")

    assert {oki.get(path)["Location"] for path in ("/", "/bengkel", "/akun", "/sesi")} == {"/kode-kedua"}
    assert alice.get("/").status_code == 200
    assert oki.get("/kode-kedua").status_code == 200
    enrol(oki, "oki")

    assert oki.get("/bengkel").status_code == 200
    clock.shift(timedelta(minutes=1))
    off = oki.post("/kode-kedua", {"verb": "off", "code": code_of("oki", confirmed=True)})
    assert (off.status_code, "memerlukan" in off.content.decode()) == (422, True)


def test_coordinators_can_be_asked_whatever_their_role(clock: Any, browser_of: Any, required: Any) -> None:
    """Who sees every department stands under `coordinator`."""
    required("coordinator")

    assert [browser_of(name).get("/").status_code for name in ("citra", "alice", "charlie")] == [302, 200, 200]


def test_turning_off_and_new_paper_need_a_code(paper: list[str], clock: Any, browser_of: Any, store: Store) -> None:
    """An open screen is not enough; new paper makes the old worthless."""
    alice, door = browser_of("alice"), browser_of(None)
    assert alice.post("/kode-kedua", {"verb": "off", "code": "123"}).status_code == 422
    clock.shift(timedelta(seconds=30))
    assert alice.post("/kode-kedua", {"verb": "off", "code": paper[0]}).status_code == 422
    clock.shift(timedelta(seconds=30))

    fresh = PAPER.findall(alice.post("/kode-kedua", {"verb": "paper", "code": code_of("alice", confirmed=True)}).content.decode())
    sign_in(door)
    assert door.post("/masuk/kode", {"code": paper[0]}).status_code == 422
    clock.shift(timedelta(seconds=30))
    assert door.post("/masuk/kode", {"code": fresh[0]}).status_code == 302
    assert alice.post("/kode-kedua", {"verb": "off", "code": code_of("alice", confirmed=True)}).status_code == 302
    assert sign_in(browser_of(None))["Location"] == "/"
    assert "factor_off" in verbs(store)


def test_enrolling_ends_the_other_sessions(clock: Any, browser_of: Any) -> None:
    """A thief's open session does not outlive the day on which the owner takes a phone."""
    desk_, thief = browser_of("alice"), browser_of("alice")

    enrol(desk_, "alice")

    assert (desk_.get("/").status_code, thief.get("/").status_code) == (200, 302)


def test_the_same_code_at_the_same_moment_is_right_once(paper: list[str], people: Any) -> None:
    """Two requests in one instant: the transaction lets one through."""
    from inbox import factor

    code, word = code_of("alice", confirmed=True), paper[0]

    assert [factor.right(people["alice"], code), factor.right(people["alice"], code)] == ["phone", ""]
    from django_otp.plugins.otp_totp.models import TOTPDevice

    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert [factor.right(people["alice"], word), factor.right(people["alice"], word)] == ["paper", ""]
