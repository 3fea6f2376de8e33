"""How often one sender may knock: token buckets in memory, a bounded number of them. Knows no clock of its own."""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST = 10_000  # senders remembered; the one not heard of for the longest time is forgotten first


class Buckets:
    """`per_minute` tokens a key, filled steadily. `take` costs one; `wait` says for how long there is none."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> tokens, when counted
        self._lock = threading.Lock()

    def take(self, key: str, at: float) -> float:
        """Take a token at monotonic time `at`; 0, or the seconds until there will be one."""
        with self._lock:
            tokens = self._tokens(key, at)
            short = 1 - tokens
            self._held[key] = (tokens if short > 0 else tokens - 1, at)
            self._held.move_to_end(key)
            if len(self._held) > MOST:
                self._held.popitem(last=False)
        return max(0.0, short) / self._rate

    def wait(self, key: str, at: float) -> float:
        """Seconds until there is a token; takes none."""
        with self._lock:
            return max(0.0, 1 - self._tokens(key, at)) / self._rate

    def _tokens(self, key: str, at: float) -> float:
        tokens, counted = self._held.get(key, (self._size, at))
        return min(self._size, tokens + max(0.0, at - counted) * self._rate)
