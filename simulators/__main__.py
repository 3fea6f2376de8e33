"""`python -m simulators serve`: the platforms on loopback, playing an invented day until SIGTERM.
`python -m simulators archive FOLDER`: the same day as the archives that the platforms' tools would leave.

`serve` prints one JSON line when it is ready: the address, and the tokens that it takes. Nothing listens
beyond this machine and nothing is asked of any other.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from simulators.archives import write
from simulators.day import load_day
from simulators.server import serve
from simulators.world import TOKENS, World

DAY = Path(__file__).parent / "day"
STOP = (signal.SIGTERM, signal.SIGINT)
ARCHIVED_ON = date(2026, 11, 2)  # a Monday


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as asked; 2 where the day cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m simulators")
    verbs = parser.add_subparsers(dest="verb", required=True)
    serving = verbs.add_parser("serve", help="answer as the platforms do, until SIGTERM")
    serving.add_argument("--port", type=int, default=0)
    serving.add_argument("--speed", type=float, default=60.0, help="how many times faster than a real day")
    archiving = verbs.add_parser("archive", help="write the day as archives, for `kentongan run --once --replay`")
    archiving.add_argument("folder", type=Path, help="replaced")
    for verb in (serving, archiving):
        verb.add_argument("--day", type=Path, default=DAY)
    given = parser.parse_args(arguments)
    try:
        return _archive(given) if given.verb == "archive" else _serve(given)
    except (OSError, ValueError) as error:
        print(f"{given.day}: {error}", file=sys.stderr)
        return 2


def _archive(given: argparse.Namespace) -> int:
    shutil.rmtree(given.folder, ignore_errors=True)
    write(given.day, given.folder, date=ARCHIVED_ON)
    return 0


def _serve(given: argparse.Namespace) -> int:
    if given.speed <= 0:
        raise ValueError("--speed must be above 0")
    day = load_day(given.day)
    # Waited for, not handled: a handler that sets an Event locks up when a second signal comes upon the first.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    started_at = datetime.now(UTC)
    server = serve(World(day, started_at, given.speed, lambda: datetime.now(UTC)), given.port)
    ready = {"url": server.url, "speed": given.speed, "posts": len(day.posts), "tokens": TOKENS,
             "started_at": started_at.isoformat()}
    print(orjson.dumps(ready).decode(), flush=True)
    signal.sigwait(STOP)
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
