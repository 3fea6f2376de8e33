"""14: a person logs in, through the real instaloader, against Instagram's own answers."""

from __future__ import annotations

import traceback
from dataclasses import replace

import pytest

from harvester.instagram import Instagram
from harvester.instagram_login import LoginRefused, log_in
from harvester.instagram_session import write_session
from simulators.instagram_login import CODE, COOKIES, PASSWORD, USERNAME
from tests.harvester.instagram_day import ACCOUNT, instagram, tag


def never():
    raise AssertionError("nobody asked for a second factor")


def enter(ig, *, password=PASSWORD, username=USERNAME, ask_code=never):
    return log_in(username, password, ask_code=ask_code, base_url=ig.server.url)


def test_a_password_gives_the_cookies_of_a_session_that_reads(tmp_path):
    """Eight cookies, as Instagram's web site sets them; the connector reads with them."""
    with instagram(tmp_path, tag(1)) as ig:
        cookies = enter(ig)
        write_session(tmp_path / "new.json", USERNAME, cookies)
        settings = ig.connector.settings.model_copy(update={"session_file": tmp_path / "new.json"})

        page = Instagram(settings).fetch(ACCOUNT, now=ig.now)

    assert set(cookies) == set(COOKIES)
    assert cookies["sessionid"] == COOKIES["sessionid"]
    assert len(page.mentions) == 1


def test_a_second_factor_is_asked_for_and_may_be_mistyped(tmp_path):
    """The first code is wrong, the second has a blank in it."""
    typed = iter(["000000", f"{CODE[:3]} {CODE[3:]}"])
    with instagram(tmp_path) as ig:
        ig.world.options.instagram_login = "two_factor"

        cookies = enter(ig, ask_code=lambda: next(typed))

    assert cookies["sessionid"] == COOKIES["sessionid"]
    assert list(typed) == []


def test_three_wrong_codes_are_enough(tmp_path):
    """Instagram counts them, too."""
    asked = []
    with instagram(tmp_path) as ig:
        ig.world.options.instagram_login = "two_factor"
        with pytest.raises(LoginRefused, match="kode verifikasi"):
            enter(ig, ask_code=lambda: asked.append(1) or "111111")

    assert len(asked) == 3


def test_a_checkpoint_names_the_address_to_open(tmp_path):
    """No program answers a challenge: a person opens that page."""
    with instagram(tmp_path) as ig:
        ig.world.options.instagram_login = "checkpoint"
        with pytest.raises(LoginRefused) as caught:
            enter(ig)

    assert "https://www.instagram.com/challenge/demo/9/" in caught.value.hint


@pytest.mark.parametrize(("given", "says"), [
    ({"password": "salah-sandi-77"}, "kata sandi salah"),
    ({"username": "tidak_ada"}, "tidak ada akun tidak_ada"),
])
def test_what_is_wrong_is_said_and_what_was_typed_is_not(tmp_path, given, says):
    """One try each: two requests, the start page and the form."""
    with instagram(tmp_path) as ig:
        with pytest.raises(LoginRefused) as caught:
            enter(ig, **given)
        assert ig.asked() == 2

    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert says in str(caught.value)
    assert PASSWORD not in told
    assert "salah-sandi-77" not in told


@pytest.mark.parametrize("fault", ["outage", "html", "rate_limit", "blank", "truncate", "challenge_page"])
def test_an_odd_answer_is_no_session(tmp_path, fault):
    """Whatever Instagram answers to the form: no half session, and another way is named."""
    with instagram(tmp_path) as ig:
        ig.world.faults.add("instagram:session", fault, after=1, times=9)
        with pytest.raises(LoginRefused) as caught:
            enter(ig)

    assert "session import" in caught.value.hint


def test_the_password_stands_in_no_request_but_the_form(tmp_path):
    """And nothing of the login is asked of another host."""
    with instagram(tmp_path) as ig:
        enter(ig)
        bodies = [r for r in ig.server.requests if PASSWORD.encode() in r.body]

    assert len(bodies) == 1
    assert not [r for r in ig.server.requests if PASSWORD in repr(replace(r, body=b""))]
