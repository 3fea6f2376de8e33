"""The three client libraries as they are, behind a proxy that knows the platforms and refuses all else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import requests

from domain import Actor
from harvester import connector
from harvester.instagram_session import write_session
from settings import PlatformSettings
from simulators.connect import LEFT_OUT, Proxy
from simulators.day import load_day
from simulators.instagram_web import COOKIES, USERNAME
from simulators.server import serve
from simulators.world import TOKENS, World
from storage import open_store
from storage.records import TicketQuery
from tests.builders import account
from tests.paths import ROOT
from tests.tiers import few

EVERYONE = Actor("tester", all_departments=True)
PLATFORMS = {
    "x": ("x", "KENTONGAN_X_BEARER"), "facebook": ("facebook", "KENTONGAN_FB_TOKEN"),
    "instagram_graph": ("instagram", "KENTONGAN_IG_TOKEN"), "instagram": ("instagram", ""),
}
ENVIRONMENT = {
    "KENTONGAN_X_BEARER": TOKENS["x"], "KENTONGAN_FB_TOKEN": TOKENS["facebook"], "KENTONGAN_IG_TOKEN": TOKENS["instagram"],
}


@pytest.fixture
def proxy(tmp_path) -> Iterator[Proxy]:
    """The invented day, nearly over, at the platforms' own addresses."""
    world = World(load_day(ROOT / "simulators" / "day"), datetime.now(UTC) - timedelta(hours=18), 1.0,
                  lambda: datetime.now(UTC))
    server = serve(world)
    proxy = Proxy(server, tmp_path)
    yield proxy
    proxy.stop()
    server.stop()


@pytest.fixture
def behind(proxy, monkeypatch):
    """This process sees the world through the proxy only."""
    for name in LEFT_OUT:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**proxy.environment({}), **ENVIRONMENT}.items():
        monkeypatch.setenv(name, value)
    return proxy


@pytest.mark.parametrize("name", few(PLATFORMS, fast=1))
def test_each_library_reads_its_platform_at_its_own_address(behind, tmp_path, name):
    """PLATFORMS 21, library by library: no base_url, TLS, nothing else asked for."""
    platform, token_env = PLATFORMS[name]
    session = tmp_path / "session.json"
    write_session(session, USERNAME, COOKIES)
    key = "gubernur" if name == "instagram" else "pemkot"
    watched = behind.server.world.account(platform, key)
    settings = PlatformSettings(token_env=token_env, agreement="uji", session_file=session)

    page = connector(name, settings).fetch(
        account(f"{name}:{key}", native_id=watched.id, handle=watched.handle), now=datetime.now(UTC))

    assert page.mentions
    assert behind.refused == []
    assert all("x-original-host" not in request.headers for request in behind.server.requests)


def test_another_host_is_refused_and_remembered(behind):
    """The proof that nothing else is asked for would be worth nothing if the proxy let everything through."""
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("https://example.org/", timeout=5)
    plain = requests.get("http://example.org/", timeout=5)

    assert plain.status_code == 403
    assert behind.refused == ["CONNECT example.org:443", "GET http://example.org/"]


def test_nobody_trusts_the_proxy_by_accident(behind, monkeypatch):
    """Its authority counts only where REQUESTS_CA_BUNDLE names it."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    with pytest.raises(requests.exceptions.SSLError):
        requests.get("https://graph.facebook.com/", timeout=5)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_whole_daemon_runs_behind_the_proxy(proxy, tmp_path):
    """PLATFORMS 21: `run --once` on all platforms, base_url nowhere: tickets stand and REFUSED is empty."""
    session = tmp_path / "session.json"
    write_session(session, USERNAME, COOKIES)
    base = os.path.relpath(ROOT / "simulators" / "demo.yaml", tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text("\n".join([
        f"extends: {base}", "version: 1",
        # no simulator as far as the daemon knows: reads of X cost money, and 0 would be none of it
        f"platforms: {{instagram: {{session_file: '{session}'}}, x: {{monthly_usd: 50}}}}",
        # pictures go to their hosts without a proxy, by design: nobody could check there where a name leads
        "media: {fetch: {x: {enabled: false}, instagram: {enabled: false}}}", f"store: {{path: '{tmp_path / 'k.db'}'}}",
    ]))

    done = subprocess.run(
        [sys.executable, str(ROOT / "run_daemon.py"), "--config", str(config), "--once"], cwd=ROOT, text=True,
        capture_output=True, timeout=200, env=proxy.environment({**os.environ, **ENVIRONMENT}),
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert proxy.refused == []
    assert {request.host for request in proxy.server.requests} >= {
        "api.twitter.com", "graph.facebook.com", "www.instagram.com"}
    with closing(open_store(tmp_path / "k.db", read_only=True)) as store:
        assert store.verify() == []
        assert {row.platform for row in store.tickets(EVERYONE, TicketQuery(limit=500))} == {"x", "facebook", "instagram"}
        seen = {account.key: account.last_success_at for account in store.accounts()}
    assert all(seen.values()), seen
    rows = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert not [row for row in rows if row.get("level") == "error"]
    for token in {*TOKENS.values(), COOKIES["sessionid"]}:
        assert token not in done.stderr + done.stdout
