"""`python -m inbox`: accounts from the command line, and the web app as a process of its own."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from inbox.__main__ import main
from inbox.configuration import is_loopback, secret_key
from tests.inbox.conftest import CONFIG

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config.yaml of its own folder, on top of the test office's."""
    path = tmp_path / "config.yaml"
    path.write_text(
        f"extends: {CONFIG}\nversion: 1\nstore: {{path: {tmp_path}/k.db}}\n"
        f"inbox: {{port: 0, auth_db: {tmp_path}/auth.db}}\n", encoding="utf-8")
    return path


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def user(name: str) -> Any:
    from inbox.models import User

    return User.objects.get(username=name)


def test_adding_a_person_prints_a_password_that_has_to_be_changed(people: Any, config: Path, capsys: Any) -> None:
    """The administrator hands over a slip of paper; the first sign-in replaces what stands on it."""
    assert main(["users", "add", "sari", "--department", "dpupr-solo", "--department", "dishub-solo",
                 "--config", str(config)]) == 0

    printed, = lines(capsys.readouterr().out)
    sari = user("sari")
    assert printed["name"] == "sari"
    assert sari.check_password(printed["password"])
    assert sari.must_change_password
    assert (sari.departments, sari.role) == (["dpupr-solo", "dishub-solo"], "reviewer")


def test_a_password_can_come_from_standard_input(people: Any, config: Path, capsys: Any, monkeypatch: Any) -> None:
    """A password given that way is not printed, and a weak one is refused."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("kopi-tubruk-di-pasar-gede\n"))
    assert main(["users", "add", "sari", "--department", "dpupr-solo", "--role", "head", "--password-stdin",
                 "--config", str(config)]) == 0
    assert "kopi" not in capsys.readouterr().out
    assert user("sari").check_password("kopi-tubruk-di-pasar-gede")
    assert not user("sari").must_change_password

    monkeypatch.setattr(sys, "stdin", io.StringIO("123456\n"))
    assert main(["users", "add", "budi", "--department", "dpupr-solo", "--password-stdin", "--config", str(config)]) == 2


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (["add", "sari"], 2, "--department"),
    (["add", "sari", "--department", "dpupr-sola"], 2, "dpupr-sola"),
    (["add", "alice", "--department", "dpupr-solo"], 1, "alice"),
    (["disable", "tidak-ada"], 1, "tidak-ada"),
])
def test_a_mistake_is_named_and_nothing_is_made(
    arguments: list[str], code: int, said: str, people: Any, config: Path, capsys: Any
) -> None:
    """No department, an unknown one, a name that is taken, a name that does not exist."""
    from inbox.models import User

    before = User.objects.count()

    assert main(["users", *arguments, "--config", str(config)]) == code

    assert said in capsys.readouterr().err
    assert User.objects.count() == before


def test_the_list_says_who_may_what(people: Any, config: Path, capsys: Any) -> None:
    """One line a person, for people or as JSON; never a password or its hash."""
    main(["users", "disable", "bob", "--config", str(config)])
    capsys.readouterr()

    main(["users", "list", "--json", "--config", str(config)])
    rows = {row["name"]: row for row in lines(capsys.readouterr().out)}
    main(["users", "list", "--config", str(config)])
    table = capsys.readouterr().out

    assert rows["alice"]["departments"] == ["dpupr-solo"]
    assert rows["bob"]["active"] is False
    assert rows["citra"]["all_departments"] is True
    assert "argon2" not in repr(rows) + table
    assert len(table.splitlines()) == len(rows)


def test_demo_logins_are_made_once_and_get_new_passwords_each_time(people: Any, config: Path, capsys: Any) -> None:
    """`make run` twice prints working logins twice and makes no second person."""
    from inbox.models import User

    main(["users", "demo", "--config", str(config)])
    first = lines(capsys.readouterr().out)
    main(["users", "demo", "--config", str(config)])
    second = lines(capsys.readouterr().out)

    assert [row["department"] for row in second] == ["dpupr-solo", "dinsos-jateng", "dinkes-jateng", "*"]
    assert [row["name"] for row in first] == [row["name"] for row in second]
    assert User.objects.filter(username__in=[row["name"] for row in second]).count() == 4
    for old, new in zip(first, second, strict=True):
        assert user(new["name"]).check_password(new["password"])
        assert not user(new["name"]).check_password(old["password"])
    assert user("koordinator").all_departments


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "inbox.example.go.id"])
def test_an_address_that_others_reach_needs_tls(host: str, config: Path, capsys: Any) -> None:
    """Without encryption in front the app does not even start on the office network."""
    text = config.read_text(encoding="utf-8").replace("port: 0", f'port: 0, host: "{host}"')
    config.write_text(text, encoding="utf-8")

    assert main(["serve", "--config", str(config)]) == 2
    assert "TLS" in capsys.readouterr().err


def test_loopback_is_told_from_the_rest() -> None:
    """The three ways to write this machine, and two that only look like it."""
    assert all(is_loopback(host) for host in ("127.0.0.1", "localhost", "::1"))
    assert not any(is_loopback(host) for host in ("127.0.0.1.example.org", "0.0.0.0"))


def test_the_signing_key_is_made_once_and_private(tmp_path: Path) -> None:
    """Sessions survive a restart, and nobody else on the machine can read the key."""
    first, second = secret_key(tmp_path / "auth.db"), secret_key(tmp_path / "auth.db")

    path = tmp_path / "inbox_secret_key"
    assert first == second
    assert len(first) >= 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["inbox_secret_key"]


def command(config: Path, *arguments: str) -> subprocess.Popen[str]:
    """`python -m inbox ...` as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    return subprocess.Popen([sys.executable, "-m", "inbox", *arguments, "--config", str(config)], cwd=ROOT,
                            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_the_app_serves_prints_its_address_and_stops_when_told(config: Path, tmp_path: Path) -> None:
    """Demo logins, start, sign-in page, stop: private files, exit code 0, no trace on the way out."""
    printed, errors = command(config, "users", "demo").communicate(timeout=30)
    assert (len(lines(printed)), errors) == (4, "")
    process = command(config, "serve")
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with urllib.request.urlopen(url + "masuk", timeout=20) as answer:
            page, server = answer.read().decode(), answer.headers.get("Server")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()

    assert process.returncode == 0, errors
    assert "Nama pengguna" in page
    assert server is None
    assert "Traceback" not in errors
    for private in ("auth.db", "inbox_secret_key"):
        assert (tmp_path / private).stat().st_mode & 0o777 == 0o600


def test_an_address_that_somebody_has_is_said_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No trace of a stack: which address, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(config.read_text(encoding="utf-8").replace("port: 0", f"port: {port}"), encoding="utf-8")
        code = main(["serve", "--config", str(config)])

    said = capsys.readouterr().err
    assert code == 2
    assert f"127.0.0.1:{port}" in said
    assert "inbox.port" in said


@pytest.mark.parametrize(("arguments", "said"), [
    (["users", "add", "sri", "--department", "bukan"], "galat: --department bukan: tidak dikenal\nsaran: lihat departments"),
    (["users", "disable", "siapa"], "galat: siapa: akun tidak ada\nsaran: lihat: kentongan users list"),
    (["tokens", "create", "A B", "--department", "dpupr-solo"], "galat: A B: nama token harus 2 sampai 40"),
])
def test_what_is_refused_is_said_as_by_every_other_verb(
    arguments: list[str], said: str, people: Any, config: Path, capsys: Any
) -> None:
    """In Indonesian, what is wrong first and what to do second."""
    assert main([*arguments, "--config", str(config)]) != 0

    assert said in capsys.readouterr().err


def test_the_file_named_by_the_environment_is_asked_like_by_every_other_verb(
    people: Any, config: Path, capsys: Any, monkeypatch: Any
) -> None:
    """Else somebody would get an account in another house than the one that runs."""
    monkeypatch.setenv("KENTONGAN_CONFIG", str(config))
    monkeypatch.chdir(config.parents[1])

    assert main(["users", "add", "sari", "--department", "dpupr-solo"]) == 0
    assert user("sari").departments == ["dpupr-solo"]
