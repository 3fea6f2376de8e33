"""Pages take turns: one at a time, first come first served, and one that hangs holds up nobody for long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from inbox import turns
from inbox.turns import Turns


def taking(turns_: Turns, work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        with turns_.taken():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def waiting(turns_: Turns, number: int) -> None:
    """Return as soon as so many wait."""
    tick = threading.Event()
    while len(turns_._waiting) < number:
        tick.wait(0.001)


def test_who_came_first_goes_first_and_nobody_beside_them() -> None:
    """Eight at once: each begins after the one before has ended, in the order of their coming."""
    order = Turns(longest=30)
    seen: list[str] = []
    threads = []
    with order.taken():
        for n in range(8):
            threads.append(taking(order, lambda n=n: seen.extend((f"{n} begins", f"{n} ends"))))
            waiting(order, n + 1)
        assert seen == []
    for thread in threads:
        thread.join(10)

    assert seen == [f"{n} {what}" for n in range(8) for what in ("begins", "ends")]
    with order.taken():
        assert order._taken == 1


def test_behind_a_page_that_hangs_others_go_on() -> None:
    """After the longest wait a second page runs beside it, and order returns when the first is done."""
    order, let_go = Turns(longest=0.01), threading.Event()
    hangs = taking(order, lambda: let_go.wait(10) and None)
    passed: list[int] = []
    for n in range(3):
        taking(order, lambda n=n: passed.append(n)).join(10)
    assert passed == [0, 1, 2]
    let_go.set()
    hangs.join(10)

    assert (order._taken, len(order._waiting)) == (0, 0)


def test_a_page_that_fails_gives_its_turn_back(browser_of: Callable[..., Any]) -> None:
    client = browser_of("alice", raise_request_exception=False)
    assert client.get("/tiket/999").status_code == 404
    assert client.get("/").status_code == 200
    assert turns._turns._taken == 0


def test_a_form_waits_behind_no_page(browser_of: Callable[..., Any]) -> None:
    """A button is answered while a page is being made."""
    client = browser_of("alice")
    with turns._turns.taken():
        assert client.post("/tampilan", {"name": "Jebres", "query": "tempat=33.72.04"}).status_code == 302
        assert client.get("/masuk").status_code == 302
