"""Runs `kentongan` with bytes in and bytes out: the same `main`, here or in a process of its own.

`kentongan` calls `main` in this process: a third of the verbs' time would otherwise go into importing
spaCy again. `kentongan_process` is what a user's shell does; use it where start, exit or pipes are the point.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest.mock import patch

import orjson
import structlog
import typer.main

import logs
from ops.main import main
from tests.paths import ROOT

parser_of = cache(typer.main.get_command)  # making it of forty verbs is a quarter of a call


@dataclass
class Done:
    code: int
    out: bytes
    err: str
    seconds: float = field(default=0.0, compare=False)

    def rows(self):
        return [orjson.loads(line) for line in self.out.splitlines()]


def kentongan(*arguments, stdin=b"", cwd: Path = ROOT, env=None) -> Done:
    """`kentongan ARGUMENTS` in this process, with the shipped config unless `--config` is given; no terminal."""
    if env:  # what the environment changes is read when a process starts
        return kentongan_process(*arguments, stdin=stdin, cwd=cwd, env=env)
    given, out, err = (io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") for data in (stdin, b"", b""))
    with ExitStack() as stack:
        stack.enter_context(untouched())
        stack.enter_context(chdir(cwd))
        stack.enter_context(patch.object(typer.main, "get_command", parser_of))
        stack.enter_context(patch.multiple(sys, argv=["kentongan", *map(str, arguments)], stdin=given))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        code = exit_code(main)
    return Done(code, written(out), written(err).decode())


def kentongan_process(*arguments, stdin=b"", cwd: Path = ROOT, env=None) -> Done:
    """The same in a process of its own."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "ops.main", *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, timeout=110,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    )
    return Done(done.returncode, done.stdout, done.stderr.decode(), time.monotonic() - begun)


@contextmanager
def untouched():
    """What a run changes for its whole process (logs, secrets that no log may show, signals) is put back."""
    root, quiet = logging.getLogger(), [logging.getLogger(name) for name in logs.QUIET]
    before = (root.handlers[:], root.level, [logger.level for logger in quiet])
    bound, numbers = structlog.get_config(), (signal.SIGTERM, signal.SIGINT)
    handlers = [signal.getsignal(number) for number in numbers]
    hooks = sys.excepthook, threading.excepthook
    try:
        with patch.object(logs, "_secrets", set()):
            yield
    finally:
        root.handlers[:] = before[0]
        for logger, level in zip([root, *quiet], [before[1], *before[2]], strict=True):
            logger.setLevel(level)
        structlog.configure(**bound)
        sys.excepthook, threading.excepthook = hooks
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)


def exit_code(run) -> int:
    """What the shell would see: the code of SystemExit; any other exception ends the test."""
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    return stream.buffer.getvalue()


def jsonl(*rows) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)
