"""How Instagram says no, and that we ask once: every answer of the table, through the real instaloader."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from datetime import timedelta

import instaloader
import orjson
import pytest
import requests

from domain import ConfigError
from harvester.base import AccountBlocked, RateLimited, Transient
from harvester.instagram import Instagram
from harvester.instagram_session import Gate, GatedAdapter, read_session, wired, write_session
from harvester.wire import HostRefused
from settings import PlatformSettings
from simulators.instagram_web import COOKIES, USERNAME
from tests.builders import NOON
from tests.harvester.instagram_day import ACCOUNT, OTHER, comment, instagram, mentions, own, tag

BLOCKS = [
    ("rate_limit", {}, RateLimited, "429"),
    ("wait", {}, AccountBlocked, "401"),
    ("forbidden", {}, AccountBlocked, "403"),
    ("checkpoint", {}, AccountBlocked, "checkpoint_required"),
    ("challenge", {}, AccountBlocked, "challenge_required"),
    ("feedback", {}, AccountBlocked, "feedback_required"),
    ("login_page", {}, AccountBlocked, "login page"),
    ("token", {}, AccountBlocked, "login page"),
    ("bad_request", {}, AccountBlocked, "400"),
    ("outage", {}, Transient, "503"),
    ("html", {}, Transient, "JSONDecodeError"),
    ("truncate", {}, Transient, ""),
    ("blank", {}, Transient, ""),
    ("body", {"body": b'{"data": 7, "status": "ok"}'}, Transient, "unknown shape"),
]


@pytest.mark.parametrize(("fault", "args", "error", "says"), BLOCKS, ids=[b[0] for b in BLOCKS])
def test_a_block_is_one_request_and_one_error(tmp_path, fault, args, error, says):
    """Whatever Instagram answers, we ask exactly once, say what it was, and stop."""
    with instagram(tmp_path, tag(1)) as ig:
        ig.world.faults.add("instagram:gubernur", fault, **args)

        with pytest.raises(error) as caught:
            ig.connector.fetch(ACCOUNT, now=ig.now)

        assert ig.asked() == 1
        assert says in caught.value.reason
        assert "Lampu" not in caught.value.reason


def test_user_null_is_a_block_and_not_a_deleted_account(tmp_path):
    """Instagram says "does not exist" of an account that an operator configured: we do not believe it."""
    with instagram(tmp_path, tag(1)) as ig:
        ig.world.faults.add("instagram:gubernur", "soft_block")

        with pytest.raises(AccountBlocked, match="soft block"):
            ig.connector.fetch(ACCOUNT, now=ig.now)

        assert ig.asked() == 1


def test_a_profile_that_is_not_found_costs_one_more_question(tmp_path):
    """instaloader itself asks for similar names after a 404; the account counts as blocked."""
    with instagram(tmp_path, tag(1)) as ig:
        ig.world.faults.add("instagram:gubernur", "not_found")

        with pytest.raises(AccountBlocked):
            ig.connector.fetch(ACCOUNT, now=ig.now)

        assert ig.asked() == 2


@pytest.mark.parametrize("fault", ["rate_limit", "wait", "challenge_page", "login_page", "outage"])
def test_the_start_page_fails_as_plainly_as_the_rest(tmp_path, fault):
    """The tokens' page goes another way through instaloader, without its fatal status codes."""
    expected = {"rate_limit": RateLimited, "outage": Transient}.get(fault, AccountBlocked)
    with instagram(tmp_path, tag(1), own()) as ig:
        page = ig.connector.fetch(ACCOUNT, now=ig.now)
        before = ig.asked()
        ig.world.faults.add("instagram:session", fault)

        with pytest.raises(expected):
            ig.connector.fetch(replace(ACCOUNT, cursor=page.cursor), now=ig.now)

        assert ig.asked() - before == 1


def test_one_block_spares_the_other_accounts_of_the_session(tmp_path):
    """After a challenge nobody asks with that session, until a person has logged in again."""
    with instagram(tmp_path, tag(1), tag(2, to=("pemkot",))) as ig:
        ig.world.faults.add("instagram:gubernur", "challenge")
        with pytest.raises(AccountBlocked):
            ig.connector.fetch(ACCOUNT, now=ig.now)
        with pytest.raises(AccountBlocked, match="challenge_required"):
            ig.connector.fetch(OTHER, now=ig.now)
        asked_while_open = ig.asked()

        write_session(tmp_path / "instagram.json", USERNAME, {**COOKIES, "mid": "new"})
        page = ig.connector.fetch(OTHER, now=ig.now)

    assert asked_while_open == 1
    assert len(page.mentions) == 1


def test_a_429_makes_the_other_accounts_wait_as_long(tmp_path):
    """The wait counts from the block, not from each account's own attempt."""
    with instagram(tmp_path, tag(1), tag(2, to=("pemkot",))) as ig:
        ig.world.faults.add("instagram:gubernur", "rate_limit")
        with pytest.raises(RateLimited) as first:
            ig.connector.fetch(ACCOUNT, now=ig.now)
        until = ig.now + first.value.wait
        ig.later(minutes=5)
        with pytest.raises(RateLimited) as second:
            ig.connector.fetch(OTHER, now=ig.now)
        assert second.value.until == until
        assert ig.asked() == 1

        ig.later(minutes=15)
        assert ig.connector.fetch(OTHER, now=ig.now).mentions


def test_the_budget_of_an_hour_is_kept_over_a_restart(tmp_path):
    """Thirty requests an hour are thirty, also when the daemon is started anew in between."""
    posts = [own(), *[tag(n) for n in range(1, 40)], *[comment(n) for n in range(50, 55)]]
    with instagram(tmp_path, *posts, requests_per_hour=5) as ig:
        page = ig.connector.fetch(ACCOUNT, now=ig.now)
        assert ig.asked() == 5
        fresh = Instagram(ig.connector.settings, requests_per_hour=5)
        ig.later(minutes=20)

        with pytest.raises(RateLimited) as caught:
            fresh.fetch(replace(ACCOUNT, cursor=page.cursor), now=ig.now)

        assert ig.asked() == 5
        assert caught.value.wait == timedelta(minutes=40)
        ig.later(minutes=41)
        assert fresh.fetch(replace(ACCOUNT, cursor=page.cursor), now=ig.now).more


def test_requests_of_a_blocked_fetch_count_after_a_restart(tmp_path):
    """A fetch that ends in a block stores no cursor; what it asked for is remembered all the same."""
    with instagram(tmp_path, *[tag(n) for n in range(1, 40)], requests_per_hour=4) as ig:
        ig.world.faults.add("instagram:gubernur", "rate_limit", after=3)
        with pytest.raises(RateLimited):
            ig.connector.fetch(ACCOUNT, now=ig.now)
        ig.later(minutes=20)

        with pytest.raises(RateLimited) as caught:
            Instagram(ig.connector.settings, requests_per_hour=4).fetch(ACCOUNT, now=ig.now)

        assert ig.asked() == 4
        assert caught.value.wait == timedelta(minutes=40)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2", b'["a"]', b"[1e300]"])
def test_a_damaged_history_is_an_empty_one(tmp_path, content):
    """It costs the memory of an hour, not the account."""
    with instagram(tmp_path, tag(1), requests_per_hour=5) as ig:
        (tmp_path / "instagram.json.requests").write_bytes(content)

        assert ig.connector.fetch(ACCOUNT, now=ig.now).mentions

        assert len(orjson.loads((tmp_path / "instagram.json.requests").read_bytes())) == ig.asked()
        assert (tmp_path / "instagram.json.requests").stat().st_mode & 0o777 == 0o600


def test_a_clock_that_was_ahead_does_not_shut_the_gate_for_ever(tmp_path):
    """Requests noted by a clock of tomorrow are none of this hour's."""
    with instagram(tmp_path, tag(1), requests_per_hour=3) as ig:
        ahead = [(ig.now + timedelta(days=1)).timestamp()] * 3
        (tmp_path / "instagram.json.requests").write_bytes(orjson.dumps(ahead))

        assert ig.connector.fetch(ACCOUNT, now=ig.now).mentions


def test_a_storm_of_comments_does_not_hold_up_the_account(tmp_path):
    """What the hour's requests reach is kept, and the ledger shows that the rest was not read."""
    with instagram(tmp_path, own(), *[comment(n) for n in range(30, 90)], requests_per_hour=6) as ig:
        account, pages = ACCOUNT, []
        for _ in range(3):
            pages.append(ig.connector.fetch(account, now=ig.now))
            account = replace(account, cursor=pages[-1].cursor)

    assert ig.asked() == 6
    assert len(pages[-1].mentions) == 15
    assert [q.raw for q in pages[-1].quarantined if "comments_of" in q.raw and "budget" in q.raw]
    assert not pages[-1].more


def test_a_redirect_in_a_circle_ends(tmp_path):
    """instaloader follows redirects on its host for ever; the gate does not."""
    from simulators import instagram_web
    from simulators.server import Response, Server

    def circle(_world, _request):
        return Response(302, {"location": "https://www.instagram.com/graphql/query/"})

    with instagram(tmp_path, tag(1)) as ig:
        server = Server(ig.world, dict.fromkeys(instagram_web.HOSTS, circle), 0)
        settings = ig.connector.settings.model_copy(update={"base_url": server.url})
        try:
            with pytest.raises(RateLimited):
                Instagram(settings).fetch(ACCOUNT, now=ig.now)
            assert len(server.requests) <= 41
        finally:
            server.stop()


def test_logged_out_once_proves_nothing(tmp_path):
    """The session check gives no name when Instagram merely asks us to wait; the next poll goes on."""
    with instagram(tmp_path, tag(1)) as ig:
        ig.world.faults.add("instagram:session", "wait")

        assert ig.connector.whoami(now=ig.now) is None
        assert ig.connector.whoami(now=ig.now) == USERNAME
        assert ig.connector.fetch(ACCOUNT, now=ig.now).mentions


# --- the session file ------------------------------------------------------------------------------------


def fetch_with(path):
    return Instagram(PlatformSettings(base_url="http://127.0.0.1:9", session_file=path)).fetch(
        ACCOUNT, now=NOON)




def test_our_session_is_json_that_only_its_owner_reads(tmp_path):
    """What is written comes back, with nobody else able to read it."""
    path = tmp_path / "sub" / "instagram.json"
    write_session(path, USERNAME, COOKIES)
    write_session(path, USERNAME, COOKIES)

    assert path.stat().st_mode & 0o777 == 0o600
    assert orjson.loads(path.read_bytes())["cookies"] == COOKIES
    assert read_session(path).username == USERNAME


def test_a_session_that_others_can_read_is_refused(tmp_path):
    """The remedy is the command to type."""
    path = tmp_path / "instagram.json"
    write_session(path, USERNAME, COOKIES)
    path.chmod(0o644)

    with pytest.raises(AccountBlocked) as caught:
        fetch_with(path)

    assert caught.value.remedy == f"chmod 600 {path}"


def test_a_pickle_is_never_loaded(tmp_path):
    """Instaloader's own session file would run whatever somebody put into it."""
    trap = tmp_path / "ran"

    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(trap),)

    path = tmp_path / "session-warga"
    path.write_bytes(pickle.dumps(Trap()))
    path.chmod(0o600)

    with pytest.raises(AccountBlocked, match="pickle"):
        fetch_with(path)
    assert not trap.exists()


@pytest.mark.parametrize("content", [
    b"", b"[]", b'{"username": "a"}', b'{"username": "a", "cookies": {"mid": "1"}}',
])
def test_a_session_that_lacks_something_needs_a_person(tmp_path, content):
    """Half a session is none."""
    path = tmp_path / "instagram.json"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(AccountBlocked) as caught:
        fetch_with(path)
    assert "session import" in caught.value.remedy


def test_without_a_session_a_person_is_asked(tmp_path):
    """No file, or none set: nothing is asked of Instagram."""
    for path in (None, tmp_path / "nowhere.json"):
        with pytest.raises(AccountBlocked):
            fetch_with(path)


# --- the guard -------------------------------------------------------------------------------------------


def test_every_session_that_instaloader_makes_goes_through_the_guard(tmp_path):
    """Three cycles with comments, profile page and mobile interface: no other host was asked."""
    with instagram(tmp_path, own(), tag(1), *[comment(n) for n in range(30, 50)]) as ig:
        pages, _ = ig.cycle(replace(ACCOUNT, native_id=""))

        assert len(mentions(pages)) == 22
        assert {r.host for r in ig.server.requests} == {"www.instagram.com", "i.instagram.com"}
        assert ig.server.refused == []


def test_the_guard_refuses_a_host_that_is_not_instagram(tmp_path):
    """Even a picture's host is out of bounds: media are listed, not fetched."""
    with instagram(tmp_path, tag(1)) as ig:
        ig.connector.fetch(ACCOUNT, now=ig.now)
        context = ig.connector._loader.context
        with wired(ig.connector.adapter), pytest.raises(HostRefused):
            context.get_raw("https://scontent.cdninstagram.com/x.jpg")


def test_an_instaloader_made_elsewhere_has_no_way_out():
    """Whoever makes one outside of a fetch, to read an archive say, cannot reach the network."""
    loader = instaloader.Instaloader(sleep=False, quiet=True, max_connection_attempts=1)

    with pytest.raises(instaloader.ConnectionException) as caught:
        loader.context.get_json("graphql/query", {})

    assert isinstance(caught.value.__cause__, HostRefused)


def test_a_simulator_away_from_this_machine_is_refused():
    """Tokens never go to another host under Instagram's name."""
    with pytest.raises(ConfigError):
        Instagram(PlatformSettings(base_url="http://192.0.2.1:80"))


def test_nothing_starts_after_the_deadline_of_a_fetch(tmp_path):
    """A fetch that has used up its time asks for nothing more."""
    adapter = GatedAdapter(Gate(None), base_url="http://127.0.0.1:9")
    adapter.ends_at = adapter.clock() - 1
    request = requests.Request("GET", "https://www.instagram.com/").prepare()

    with pytest.raises(requests.Timeout):
        adapter.send(request)
