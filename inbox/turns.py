"""Pages that people read are made one after another, in the order in which they were asked for.

Python runs one thread at a time. Eight threads that each want the interpreter hand it over at every row that SQLite
gives, and each hand-over may take 5 ms: pages made at once cost a third more than in a row, and all of them came late.
What waits for something else than the interpreter - a form for the store's lock, a photo - takes no turn, so it neither
holds up a page nor waits behind one. Nobody waits longer than `LONGEST`: a page that hangs hangs alone.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse

LONGEST = 1.0
READ = ("/fragment/", "/tiket/")  # and the queue itself


class Turns:
    """A lock that is handed on to who has waited longest; Python's own goes to whoever comes by."""

    def __init__(self, *, longest: float = LONGEST) -> None:
        self._longest = longest
        self._guard = threading.Lock()
        self._taken = 0  # more than one only after somebody waited too long
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = 1
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(self._longest):
            return  # handed on: still one taken
        with self._guard:
            if mine in self._waiting:  # else it was handed on in the last moment
                self._waiting.remove(mine)
                self._taken += 1

    def _hand_on(self) -> None:
        with self._guard:
            if self._taken == 1 and self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken -= 1


_turns = Turns()


def one_at_a_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or not (request.path == "/" or request.path.startswith(READ)):
            return get_response(request)
        with _turns.taken():
            return get_response(request)

    return answer
