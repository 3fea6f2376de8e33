"""`kentongan demo`: simulators, daemon and inbox in one go, on embedded defaults and loopback only.

Four processes as in real life: the platforms (simulated, on the wire), the daemon with the real
client libraries, the inbox, and this one, which starts them, prints the address and the one-time
logins, and stops all of them when it is stopped. Each run begins with an empty store, so a second
one in the same folder is refused while the first is at work; a port that is taken costs another port.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Annotated, Any

import typer

from domain import KentonganError, StoreBusy
from ops.terminal import say

DAY_MINUTES = 16 * 60  # the invented day runs from 06:00 to 22:00
# What the simulators take for valid; no platform does.
TOKENS = {
    "KENTONGAN_X_BEARER": "demo-x-bearer",
    "KENTONGAN_FB_TOKEN": "demo-page-token",
    "KENTONGAN_IG_TOKEN": "demo-page-token",
}
SESSION = {"username": "pemantau_contoh", "cookies": {
    "csrftoken": "demo-csrf", "ds_user_id": "178000000", "sessionid": "demo-instagram-session",
}}
OVERLAY = """# Written by `kentongan demo`; replaced at every start.
extends: {base}
version: 1
platforms:
{platforms}
store: {{path: {folder}/kentongan.db}}
inbox: {{port: {port}, auth_db: {folder}/auth.db}}
"""


def demo(
    minutes: Annotated[float, typer.Option(min=0.2, help="berapa menit satu hari diputar")] = 6.0,
    port: Annotated[int, typer.Option(help="porta kotak masuk; 0: bebas")] = 8765,
    folder: Annotated[Path, typer.Option(help="tempat kerja; dikosongkan")] = Path("var/demo"),
) -> None:
    """Putar satu hari karangan: simulator platform, daemon, dan kotak masuk sekaligus.

    Contoh: kentongan demo --minutes 3
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to live on
        signal.signal(signal.SIGHUP, _interrupt)
    folder = folder.resolve()
    environment = {**os.environ, **TOKENS}
    try:
        with _alone(folder), _processes(folder, environment, minutes=minutes, port=_free(port)) as children:
            _watch(children)
    except KeyboardInterrupt:
        say("\nselesai; semua proses dihentikan")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder, empty, against another demo: its store must not vanish under a running one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(f"demo lain sedang berjalan di {folder}", hint="hentikan yang itu (Ctrl-C), "
                       "atau pakai tempat lain: kentongan demo --folder var/demo2") from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield


def _free(port: int) -> int:
    """The port itself, or 0, any free one, where somebody else listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            say(f"porta {port} sedang dipakai; kotak masuk memakai porta lain")
            return 0
    return port


@contextmanager
def _processes(folder: Path, environment: dict[str, str], *, minutes: float, port: int
               ) -> Iterator[dict[str, subprocess.Popen[str]]]:
    children: dict[str, subprocess.Popen[str]] = {}
    try:
        speed = DAY_MINUTES / minutes
        serve = ("serve", "--port", "0", "--speed", str(speed))
        children["simulators"] = _start(folder, environment, "simulators", *serve)
        config = _overlay(folder, url=_ready(children["simulators"])["url"], port=port)
        children["daemon"] = _start(folder, environment, "run_daemon", "--config", str(config))
        logins = _logins(config, environment)
        children["inbox"] = _start(folder, environment, "inbox", "serve", "--config", str(config))
        _welcome(_ready(children["inbox"])["url"], logins, folder=folder, minutes=minutes)
        yield children
    finally:
        _stop(children)


def _start(folder: Path, environment: dict[str, str], module: str, *arguments: str) -> subprocess.Popen[str]:
    log: IO[str] = (folder / f"{module}.log").open("a", encoding="utf-8")
    with log:
        return subprocess.Popen(  # noqa: S603 our own modules
            [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
            start_new_session=True,  # a terminal's Ctrl-C goes to all of its group: they would hear it twice
        )


def _ready(child: subprocess.Popen[str]) -> dict[str, Any]:
    """The one JSON line that a server prints when it listens."""
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line.startswith("{"):
        raise KentonganError(f"{child.args!r} tidak mulai", hint="lihat berkas .log di folder demo")
    ready: dict[str, Any] = json.loads(line)
    return ready


def _overlay(folder: Path, *, url: str, port: int) -> Path:
    base = Path(__file__).parent.parent / "simulators" / "demo.yaml"
    path = folder / "config.yaml"
    session = folder / "instagram-session.json"
    session.touch(mode=0o600)
    session.write_text(json.dumps(SESSION))
    blocks = {
        "x": [f"base_url: {url}"], "facebook": [f"base_url: {url}"], "instagram_graph": [f"base_url: {url}"],
        "instagram": [f"base_url: {url}", f"session_file: {session}"],
    }
    platforms = "\n".join(f"  {name}: {{{', '.join(lines)}}}" for name, lines in blocks.items())
    relative = os.path.relpath(base, folder)
    path.write_text(OVERLAY.format(base=relative, platforms=platforms, folder=folder, port=port), encoding="utf-8")
    return path


def _logins(config: Path, environment: dict[str, str]) -> list[dict[str, str]]:
    done = subprocess.run(  # noqa: S603 our own module
        [sys.executable, "-m", "inbox", "users", "demo", "--config", str(config)],
        capture_output=True, text=True, env=environment, check=False,
    )
    if done.returncode:
        raise KentonganError(f"pengguna demo tidak terbuat: {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _welcome(url: str, logins: list[dict[str, str]], *, folder: Path, minutes: float) -> None:
    """To stdout: address and logins are what the command gives."""
    lines = [f"\n  Kotak masuk: {url}\n", "  Masuk sebagai (sandi sekali pakai: hanya untuk demo ini):"]
    lines += [f"    {login['name']:<14} {login['password']:<22} {login['department'].replace('*', 'semua dinas')}"
              for login in logins]
    lines += [f"\n  Satu hari karangan diputar dalam {minutes:g} menit; tiket masuk selagi Anda melihat.",
              f"  Catatan proses: {folder}/*.log · berhenti: Ctrl-C\n"]
    print("\n".join(lines), flush=True)  # noqa: T201 what the command gives


def _watch(children: dict[str, subprocess.Popen[str]]) -> None:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                stopped = f"{name} berhenti (kode {child.returncode})"
                raise KentonganError(stopped, hint="lihat berkas .log di folder demo")
        time.sleep(0.5)


def _stop(children: Mapping[str, subprocess.Popen[str]]) -> None:
    """One SIGTERM each, the platforms last: a daemon whose platform closes under it waits for an answer in vain.

    A second Ctrl-C must not leave them behind.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for wave in (children.keys() - {"simulators"}, {"simulators"} & children.keys()):
        running = [children[name] for name in sorted(wave) if children[name].poll() is None]
        for child in running:
            child.terminate()
        for child in running:
            try:
                child.wait(timeout=12)
            except subprocess.TimeoutExpired:
                child.kill()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
