"""Where somebody is signed in: listed, ended one by one or all at once, by the person and by the operators, and audited."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from inbox.__main__ import main
from storage.store import Store
from tests.inbox.conftest import PASSWORD
from tests.inbox.test_commands import config, lines  # noqa: F401
from tests.inbox.test_sign_in import sign_in

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
HANDLE = re.compile(r'name="sesi" value="([0-9a-f]{32})"')


def verbs(store: Store, name: str = "alice") -> list[str]:
    return [entry.verb for entry in store.access_history(f"staff:{name}", limit=20)][::-1]


def test_the_page_names_devices_and_hides_what_a_thief_would_want(browser_of: Any) -> None:
    """Browser, system, address, since when; never the key that opens the session, and nobody else's."""
    desk, phone, bob = browser_of(None), browser_of(None, headers={"user-agent": PHONE}), browser_of(None)
    for browser, name in ((desk, "alice"), (phone, "alice"), (bob, "bob")):
        sign_in(browser, name)

    page = desk.get("/sesi").content.decode()

    assert "Chrome · Android" in page
    assert "127.0.0.1" in page
    assert len(HANDLE.findall(page)) == 1
    for browser in (desk, phone, bob):
        assert browser.cookies["kentongan"].value not in page


def test_one_session_is_ended_and_the_others_stay(browser_of: Any, store: Store) -> None:
    """The telephone left on the bus is out with the next touch."""
    desk, phone, home = (browser_of("alice") for _ in range(3))
    phone.get("/")
    handles = HANDLE.findall(desk.get("/sesi").content.decode())
    from inbox.sessions import handle_of

    wanted = handle_of(phone.cookies["kentongan"].value)
    assert wanted in handles

    desk.post("/sesi/akhiri", {"sesi": wanted})

    assert [b.get("/").status_code for b in (desk, phone, home)] == [200, 302, 200]
    assert verbs(store) == ["sessions_ended"]


def test_all_others_are_ended_at_once(browser_of: Any) -> None:
    """This one goes on; Bob's are not touched."""
    desk, phone, home, bob = *(browser_of("alice") for _ in range(3)), browser_of("bob")

    answer = desk.post("/sesi/akhiri", {"sesi": "semua"}, follow=True)

    assert "2 sesi diakhiri" in answer.content.decode()
    assert [b.get("/").status_code for b in (desk, phone, home, bob)] == [200, 302, 302, 200]


def test_nobody_ends_a_session_of_somebody_else(browser_of: Any) -> None:
    """A right handle of Bob's is no session of Alice's."""
    from inbox.sessions import handle_of

    alice, bob = browser_of("alice"), browser_of("bob")

    alice.post("/sesi/akhiri", {"sesi": handle_of(bob.cookies["kentongan"].value)})

    assert bob.get("/").status_code == 200


def test_sign_ins_failures_and_lock_outs_stand_in_the_audit(browser_of: Any, store: Store, people: Any) -> None:
    """Who, from where, with what; the fifth failure says that the door is shut, and no sixth is written."""
    browser = browser_of(None)
    sign_in(browser)
    browser.post("/keluar")
    for n in range(8):
        sign_in(browser, password=f"salah-{n}")

    assert verbs(store) == ["sign_in", "sign_out", *["sign_in_failed"] * 5, "locked_out"]
    first = store.access_history("staff:alice", limit=20)[-1]
    assert (first.actor, first.after["from"], first.after["by"]) == ("alice", "127.0.0.1", "password")
    assert store.verify() == []


@pytest.mark.parametrize(("path", "field"), [("/sandi", "old_password"), ("/kode-kedua", "password")])
def test_an_open_screen_is_no_place_to_guess_the_password(path: str, field: str, browser_of: Any, store: Store) -> None:
    """Five wrong ones lock it there as at the door, even for the right one."""
    alice = browser_of("alice")

    given = [alice.post(path, {field: f"salah-{n}", "code": "1"}).status_code for n in range(6)]

    assert given == [422, 422, 422, 422, 429, 429]
    assert alice.post(path, {field: PASSWORD, "new_password1": "becak-biru-pagi", "new_password2": "becak-biru-pagi"}
                      ).status_code == 429
    assert verbs(store) == [*["sign_in_failed"] * 5, "locked_out"]


def test_what_a_stranger_types_as_a_name_is_not_kept(browser_of: Any, store: Store) -> None:
    """Somebody's password in the field above it reaches no audit."""
    sign_in(browser_of(None), name="kopi-tubruk-di-pasar-gede", password="x")

    assert verbs(store, "-") == ["sign_in_failed"]
    assert verbs(store, "kopi-tubruk-di-pasar-gede") == []


def test_a_sign_in_that_cannot_be_noted_does_not_happen(browser_of: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that takes no writing lets nobody in unseen."""
    from domain import StoreBusy

    def busy(*_args: Any, **_more: Any) -> None:
        raise StoreBusy("sibuk")

    monkeypatch.setattr(type(store), "note_access", busy)
    browser = browser_of(None)

    assert sign_in(browser).status_code == 503
    assert browser.get("/").status_code == 302


def test_operators_list_and_end_sessions_and_renew_from_the_command_line(
    browser_of: Any, config: Any, capsys: Any, people: Any  # noqa: F811
) -> None:
    """revoke ends them; password hands out a one-time one and lifts the lock; factor forgets the phone; enable reopens."""
    alice, door = browser_of("alice"), browser_of(None)
    assert main(["users", "sessions", "alice", "--json", "--config", str(config)]) == 0
    assert len(lines(capsys.readouterr().out)) == 1
    assert main(["users", "revoke", "alice", "--config", str(config)]) == 0
    assert lines(capsys.readouterr().out) == [{"name": "alice", "sessions_ended": 1}]
    assert alice.get("/").status_code == 302
    for n in range(5):
        sign_in(door, password=f"salah-{n}")
    assert main(["users", "password", "alice", "--config", str(config)]) == 0
    given = lines(capsys.readouterr().out)[0]["password"]
    assert sign_in(door, password=given).status_code == 302
    assert door.get("/")["Location"] == "/sandi"
    assert main(["users", "factor", "alice", "--config", str(config)]) == 0
    assert lines(capsys.readouterr().out) == [{"name": "alice", "had_second_factor": False}]
    for verb, status in (("disable", 422), ("enable", 302)):
        assert main(["users", verb, "alice", "--config", str(config)]) == 0
        assert sign_in(browser_of(None), password=given).status_code == status
    assert main(["users", "revoke", "tidak-ada", "--config", str(config)]) == 1

    from storage import open_store

    store = open_store(config.parent / "k.db")
    assert [verb for verb in verbs(store) if verb.startswith("user_")] == [
        "user_sessions", "user_password", "user_factor", "user_disabled", "user_enabled"]
    assert store.verify() == []
    store.close()


@pytest.mark.parametrize("weak", ["Surakarta2026", "bismillah1234", "p3tugas-Petugas!", "kentongan_kentongan", "R4h4s14-2026!"])
def test_what_people_here_would_try_first_is_refused(weak: str, office: Any) -> None:
    """A word of the town with a year behind it is long enough and still nobody's secret."""
    from django.contrib.auth.password_validation import validate_password

    with pytest.raises(ValidationError):
        validate_password(weak)


def test_words_that_go_together_only_for_one_person_are_fine(office: Any) -> None:
    """A sentence with a listed word in it is a good password."""
    from django.contrib.auth.password_validation import validate_password

    validate_password(PASSWORD)
    validate_password("becak-biru-di-surakarta")
