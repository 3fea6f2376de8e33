"""`make run` as a stranger meets it: one command, an address, a login, tickets on the page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest
import requests

from tests.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


@pytest.fixture
def demo(tmp_path):
    """The demo at full speed, and what it printed before the tickets came."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.main", "demo", "--minutes", "2", "--port", "0", "--folder", str(tmp_path / "demo")],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    said = ""
    while "Ctrl-C" not in said and (line := process.stdout.readline()):
        said += line
    yield process, said
    process.kill()


def signed_in(url, said, name):
    """A browser's session of the demo user `name`, by the password that was printed."""
    password = re.search(rf"^ +{name} +(\S+)", said, re.M)[1]
    session = requests.Session()
    page = session.get(url, timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    assert session.post(page.url, form, headers={"Referer": page.url}, timeout=10).status_code == 200
    return session


def test_a_stranger_sees_tickets_within_a_minute(demo):
    """Address and logins are printed; the department's queue fills; one signal ends all four processes."""
    process, said = demo
    url = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
    session = signed_in(url, said, "dpupr")

    until = time.monotonic() + 60
    tickets = set()
    while len(tickets) < 5 and time.monotonic() < until:
        time.sleep(1)
        tickets = set(re.findall(r'href="(/tiket/\d+)', session.get(url, timeout=10).text))
    ticket = session.get(url.rstrip("/") + min(tickets), timeout=10)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)

    assert len(tickets) >= 5
    assert "<mark" in ticket.text
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
