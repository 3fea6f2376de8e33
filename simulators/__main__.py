"""`python -m simulators serve`: the platforms on loopback, playing an invented day until SIGTERM.

Prints one JSON line when it is ready: the address, and the tokens that it takes. Nothing listens beyond
this machine and nothing is asked of any other.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson

from simulators.day import load_day
from simulators.server import serve
from simulators.world import TOKENS, World

DAY = Path(__file__).parent / "day"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until asked to stop; 2 where the day cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m simulators")
    parser.add_argument("verb", choices=["serve"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speed", type=float, default=60.0, help="how many times faster than a real day")
    parser.add_argument("--day", type=Path, default=DAY)
    given = parser.parse_args(arguments)
    if given.speed <= 0:
        parser.error("--speed must be above 0")
    try:
        day = load_day(given.day)
    except (OSError, ValueError) as error:
        print(f"{given.day}: {error}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    started_at = datetime.now(UTC)
    server = serve(World(day, started_at, given.speed, lambda: datetime.now(UTC)), given.port)
    ready = {"url": server.url, "speed": given.speed, "posts": len(day.posts), "tokens": TOKENS,
             "started_at": started_at.isoformat()}
    print(orjson.dumps(ready).decode(), flush=True)
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
