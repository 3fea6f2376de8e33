"""Runs `kentongan` as a user does: a process of its own, with bytes in and bytes out."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.paths import ROOT


@dataclass
class Done:
    code: int
    out: bytes
    err: str

    def rows(self):
        return [orjson.loads(line) for line in self.out.splitlines()]


def kentongan(*arguments, stdin=b"", cwd: Path = ROOT, env=None) -> Done:
    """`kentongan ARGUMENTS` with the shipped config unless `--config` is given; no terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "ops.main", *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, timeout=110,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def jsonl(*rows) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)
