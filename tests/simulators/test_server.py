"""The simulators as a process and as a server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
import requests

from harvester.wire import guarded_session
from simulators.server import json_response, serve
from tests.paths import ROOT
from tests.simulators.worlds import Clock, post, running, world_of


def get(server, url, **headers):
    host = url.split("/")[2]
    return guarded_session([host], base_url=server.url).get(url, headers=headers)


def test_hosts_are_told_apart_on_one_port():
    """One address speaks for every platform."""
    with running(world_of()) as server:
        assert get(server, "https://api.x.com/2/users/9002").status_code == 401
        assert get(server, "https://graph.facebook.com/v26.0/8001").json()["error"]["code"] == 190


def test_an_unknown_host_is_refused_and_remembered():
    """A test can prove that nothing else was asked for."""
    with running(world_of()) as server:
        assert get(server, "https://example.org/").status_code == 421
        assert server.refused == ["example.org"]


def test_a_host_can_be_added():
    """A later platform joins without touching the server."""
    server = serve(world_of(), extra={"example.org": lambda world, request: json_response({"path": request.path})})
    try:
        assert get(server, "https://example.org/a").json() == {"path": "/a"}
    finally:
        server.stop()


def test_x_refuses_a_wrong_bearer_and_shows_its_limits():
    """Rate headers stand on every good answer."""
    clock = Clock()
    with running(world_of(post("a", "07:00"), clock=clock)) as server:
        clock.set("08:00")
        url = "https://api.x.com/2/users/9002/mentions?max_results=5"

        wrong = get(server, url, authorization="Bearer nope")
        right = get(server, url, authorization="Bearer demo-x-bearer")

    assert wrong.status_code == 401
    assert right.json()["meta"]["result_count"] == 1
    assert int(right.headers["x-rate-limit-limit"]) == 450


def test_x_search_finds_words_and_no_reposts():
    """As X since May 2026."""
    clock = Clock()
    with running(world_of(post("a", "07:00", "@kota_contoh lubang"), post("r", "07:01", "", kind="repost", of="a"),
                          post("b", "07:02", "lain"), clock=clock)) as server:
        clock.set("08:00")
        found = get(server, "https://api.x.com/2/tweets/search/recent?query=lubang -is:retweet",
                    authorization="Bearer demo-x-bearer").json()

    assert [item["text"] for item in found["data"]] == ["@kota_contoh lubang"]


@pytest.mark.slow
def test_the_program_says_where_it_listens_and_stops_when_asked():
    """`make run` reads that line, and ends it with SIGTERM; a second signal does not lock it up."""
    process = subprocess.Popen([sys.executable, "-m", "simulators", "serve", "--speed", "600"], cwd=ROOT, text=True,
                               stdout=subprocess.PIPE)
    try:
        ready = json.loads(process.stdout.readline())
        status = requests.get(f"{ready['url']}/2/users/9002", headers={"X-Original-Host": "api.x.com"},
                              timeout=10).status_code
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):  # a terminal's Ctrl-C, and `make run`'s own end
            process.send_signal(number)

        assert process.wait(10) == 0
    finally:
        process.kill()
        process.stdout.close()
    assert status == 401
    assert ready["tokens"]["x"] == "demo-x-bearer"
    assert ready["posts"] >= 300


def test_a_day_that_cannot_be_read_ends_with_two(tmp_path, capsys):
    """And with the reason."""
    from simulators.__main__ import main

    (tmp_path / "a.yaml").write_text("posts: [{id: a}]", encoding="utf-8")

    assert main(["serve", "--day", str(tmp_path)]) == 2
    assert "post a" in capsys.readouterr().err
