"""`make run` as a stranger meets it: one command, an address, a login, tickets on the page."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests

from domain import StoreBusy
from ops.demo import _alone, _free
from tests.paths import ROOT


@pytest.fixture
def taken():
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def command(folder, port=0):
    """The demo at full speed, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ops.main", "demo", "--minutes", "2", "--port", str(port), "--folder", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"}, start_new_session=True,
        # tests that a shell runs in the background inherit a SIGINT that is ignored; a terminal's demo does not
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def demo(tmp_path, taken):
    """A running demo, started where an earlier one left its files and on a taken port, and what it printed."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "kentongan.db").write_text("of another time")
    process = command(tmp_path / "demo", taken)
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


def test_a_port_is_taken_only_where_nobody_listens(taken, capsys):
    """Port 8765 in use is told, and costs another address, not the demo."""
    assert _free(taken) == 0
    assert str(taken) in capsys.readouterr().err
    assert _free(0) == 0


def test_a_folder_belongs_to_one_demo_at_a_time(tmp_path):
    """The second `make run` empties nothing under the first; after it, the folder is free again."""
    with _alone(tmp_path / "demo"):
        (tmp_path / "demo" / "kentongan.db").write_text("at work")
        with pytest.raises(StoreBusy, match="demo lain"), _alone(tmp_path / "demo"):
            pass
        assert (tmp_path / "demo" / "kentongan.db").exists()

    with _alone(tmp_path / "demo"):
        assert list((tmp_path / "demo").iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_a_stranger_sees_tickets_within_a_minute(demo, tmp_path):
    """Address and logins are printed; the department's queue fills; Ctrl-C, twice, ends all four processes."""
    process, said = demo
    url = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
    session = signed_in(url, said, "dpupr")

    until = time.monotonic() + 60
    tickets = set()
    while len(tickets) < 5 and time.monotonic() < until:
        time.sleep(1)
        tickets = set(re.findall(r'href="(/tiket/\d+)', session.get(url, timeout=10).text))
    ticket = session.get(url.rstrip("/") + min(tickets), timeout=10)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the whole group
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=10) == 0

    assert len(tickets) >= 5
    assert "<mark" in ticket.text
    assert "Traceback" not in "".join(log.read_text() for log in (tmp_path / "demo").glob("*.log"))
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
