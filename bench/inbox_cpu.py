"""What the pages of `bench.inbox` cost in CPU time of the thread that makes them: what a busy machine cannot blur.

    python -m bench.inbox_cpu [--store /tmp/kentongan-inbox] [--tickets 1000000] [--clicks 400] [--writer]

The same people and clicks, one after another, through Django without a socket. On a machine with a core to spare a click
takes this long; queueing and waiting for the store's lock come on top and are `bench.inbox`' to tell.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.inbox import Person, _line, start, stop
from bench.inbox_store import Invented


class Inside(Person):
    """Signed in as the tests sign people in, and asking Django itself."""

    def sign_in(self) -> None:
        from django.test import Client
        from django.utils import timezone

        from inbox.models import User

        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(User.objects.get(username=self.name), backend="django.contrib.auth.backends.ModelBackend")
        session = self.client.session
        session.update({"login_at": timezone.now().isoformat(), "seen_at": timezone.now().isoformat()})
        session.save()
        self.see_list()
        self.ask("", "GET", f"/tiket/{self.tickets[0]}")

    def ask(self, kind: str, verb: str, path: str, form: dict[str, str] | None = None) -> str:
        assert verb == ("GET" if form is None else "POST")
        began = time.thread_time()
        answer = self.client.get(path) if form is None else self.client.post(path, form)
        if kind:
            self.waited[kind].append(1000 * (time.thread_time() - began))
        if answer.status_code >= 400:
            self.errors[f"{kind} {answer.status_code}"] += 1
        return str(answer.content.decode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", type=Path, default=Path("/tmp/kentongan-inbox"))
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--clicks", type=int, default=400)
    parser.add_argument("--writer", action="store_true")
    options = parser.parse_args()
    people = _people(options.store, options.store / f"{options.tickets}.db")
    writer = start("bench.inbox_store", "write", str(options.store / f"{options.tickets}.db"))[0] if options.writer else None
    for n in range(options.clicks):
        people[n % len(people)].click()
    if writer:
        print("writer:", stop(writer))
    kinds: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for kind, spent in person.waited.items():
            kinds[kind] += spent
            kinds[f"{kind.partition(':')[0].partition(' ')[0].upper()} all"] += spent
    for kind in sorted(kinds):
        _line(kind, kinds[kind])
    print("  errors:", [dict(person.errors) for person in people if person.errors] or "none")


def _people(folder: Path, database: Path) -> list[Any]:
    from inbox.__main__ import ready, set_aside
    from inbox.desk import Desk, set_up
    from routing.rules import compile_rules
    from settings import load
    from storage import open_store

    settings = load(folder / "config.yaml")
    ready(settings)
    set_up(Desk(settings, compile_rules(settings), open_store(database), folder / "config.yaml"))
    made = Invented(5)
    people = [Inside(0, f"petugas{n:02}", 17 + n, made) for n in range(6)]
    set_aside()
    return people


if __name__ == "__main__":
    main()
