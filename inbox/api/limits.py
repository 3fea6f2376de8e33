"""How often a token, or an address that sends none that opens anything, may ask within a minute. In this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MINUTE = 60.0
MOST_KEPT = 10_000


class Limiter:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def wait(self, who: str, per_minute: int) -> int:
        """Count one request; seconds to wait where it is one too many, else 0."""
        with self._lock:
            now = self._clock()
            began, n = self._windows.get(who, (now, 0))
            if now - began >= MINUTE:
                began, n = now, 0
            if n >= per_minute:
                return max(1, round(began + MINUTE - now))
            if len(self._windows) >= MOST_KEPT:
                self._windows = {key: one for key, one in self._windows.items() if now - one[0] < MINUTE}
            self._windows[who] = began, n + 1
            return 0

    def full(self, who: str, per_minute: int) -> int:
        """As `wait`, without counting."""
        with self._lock:
            began, n = self._windows.get(who, (0.0, 0))
            left = began + MINUTE - self._clock()
            return max(1, round(left)) if n >= per_minute and left > 0 else 0

    def forget(self) -> None:
        with self._lock:
            self._windows.clear()
