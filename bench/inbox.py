"""What people wait for in front of the inbox, with a million tickets behind it and the daemon writing.

    python -m bench.inbox [--store /tmp/kentongan-inbox] [--tickets 1000000] [--users 12] [--think 1.0] [--seconds 40]
                          [--rate 20] [--phases idle,rate,full] [--naive]

Fills a store once (kept in the folder --store), starts the real inbox (waitress) and, by phase, no writer, one at a
fixed rate, or one at full speed (`bench.inbox_store write`: the Store's own verbs in the daemon's batches). Signed-in
users over real HTTP read lists, pages, tickets, search, poll, accept, note, reject and reopen, each resting --think
seconds on average between two clicks. Prints milliseconds by kind of click, errors, memory, and what the writer got
done. --naive asks the store alone for the same lists once as we do and once by OFFSET, COUNT(*) and bm25.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from bench.inbox_naive import compare
from bench.inbox_store import GIANT_WORD, RARE_WORD, Invented, fill

PASSWORD = "pagi-cerah-di-laweyan"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
SEARCHES = {"rare word": RARE_WORD, "common word": "jalan", "two common": "jalan malam", "phrase": "lampu jalan padam",
            "one desk's word": GIANT_WORD, "beginning": "perbaik", "two letters": "di"}
TABS = ("", "status=baru", "status=selesai", "status=semua")


class Person:
    """One member of staff with a browser: what they click is drawn, what they wait is noted."""

    def __init__(self, port: int, name: str, seed: int, made: Invented) -> None:
        self.http = HTTPConnection("127.0.0.1", port, timeout=30)
        self.name, self.chance, self.made = name, random.Random(seed), made
        self.cookies: dict[str, str] = {}
        self.tickets: list[str] = []
        self.next = self.mark = self.query = ""
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)
        self.sign_in()

    def sign_in(self) -> None:
        page = self.ask("", "GET", "/masuk")
        self.ask("", "POST", "/masuk", {"csrfmiddlewaretoken": CSRF.findall(page)[0], "username": self.name,
                                        "password": PASSWORD, "next": ""})
        self.see_list()
        assert self.tickets, f"{self.name} sees no list"
        self.ask("", "GET", f"/tiket/{self.tickets[0]}")  # what the process loads once is nobody's waiting here

    def ask(self, kind: str, verb: str, path: str, form: dict[str, str] | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": "http://127.0.0.1/"}
        began = time.perf_counter()
        self.http.request(verb, path, body, headers)
        answer = self.http.getresponse()
        text = answer.read().decode()
        if kind:
            self.waited[kind].append(1000 * (time.perf_counter() - began))
        if answer.status >= 400:
            self.errors[f"{kind} {answer.status}"] += 1
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return text

    # --- clicks

    def see_list(self, kind: str = "", address: str = "/") -> None:
        page = self.ask(kind, "GET", address)
        self.query = address.partition("?")[2]
        self.tickets = re.findall(r'data-ticket="(\d+)"', page) or self.tickets
        found = re.search(r'rel="next" href="([^"]+)"', page)
        self.next = found[1].replace("&amp;", "&") if found else ""
        if mark := re.search(r'data-mark="(\w+)"', page):
            self.mark = mark[1]

    def click(self) -> None:
        kind = self.chance.choices(("list", "next", "filtered", "search", "poll", "ticket", "post"), (15, 8, 12, 20, 15, 15, 15))[0]
        getattr(self, f"click_{kind}")()

    def click_list(self) -> None:
        self.see_list("list", f"/?{self.chance.choice(TABS)}")

    def click_next(self) -> None:
        self.see_list("next page", self.next or "/")

    def click_filtered(self) -> None:
        made, chance = self.made, self.chance
        given = {"topik": chance.choices(made.topics, made.topic_weights)[0]} if chance.random() < 0.5 else {}
        if chance.random() < 0.5:
            given["urgensi"] = chance.choice(("normal", "tinggi", "darurat"))
        if chance.random() < 0.4:
            given["tempat"] = chance.choice(made.places).code[:chance.choice((5, 8, 13))]
        if chance.random() < 0.3:
            given["kanal"] = chance.choice(("instagram", "facebook"))
        self.see_list("filtered list", f"/?{urlencode(given)}")

    def click_search(self) -> None:
        name, words = self.chance.choice([*SEARCHES.items()])
        tab = self.chance.choice(TABS)
        self.see_list(f"search: {name}", f"/?cari={quote(words)}&{tab}")

    def click_poll(self) -> None:
        self.ask("poll", "GET", f"/fragment/queue?{self.query}&tanda={self.mark}")

    def click_ticket(self) -> str:
        return self.ask("ticket", "GET", f"/tiket/{self.chance.choice(self.tickets)}")

    def click_post(self) -> None:
        number = self.chance.choice(self.tickets)
        page = self.ask("ticket", "GET", f"/tiket/{number}")
        offered = [verb for verb in ("accept", "note", "reject", "reopen") if f"/tiket/{number}/{verb}" in page]
        if not offered:
            return
        verb = self.chance.choice(offered)
        form = {"csrfmiddlewaretoken": CSRF.findall(page)[0], "version": VERSION.findall(page)[0], "note": "dicek ke lapangan"}
        if verb == "reject":
            form["reason"] = re.findall(r'<select id="reject-reason".*?<option value="(\w+)"', page)[0]
        self.ask(f"post {verb}", "POST", f"/tiket/{number}/{verb}", form)


def live(port: int, names: list[str], seed: int, think: float, seconds: float, out: Any) -> None:
    """A process full of people, one thread each."""
    made = Invented(5)
    people = [Person(port, name, seed + n, made) for n, name in enumerate(names)]
    out.put("signed in")
    until = time.monotonic() + seconds

    def work(person: Person) -> None:
        time.sleep(person.chance.random() * think)
        while time.monotonic() < until:
            try:
                person.click()
            except Exception as error:  # a person tries again; the report tells
                person.errors[type(error).__name__] += 1
                person.http.close()
            time.sleep(person.chance.expovariate(1 / think) if think else 0)

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put(([dict(person.waited) for person in people], [dict(person.errors) for person in people]))


# --- processes ----------------------------------------------------------------------------------------


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A process of ours and the first line that it says."""
    process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()  # type: ignore[union-attr]


def stop(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=60)
    return rest.strip()


def office(folder: Path, database: Path, names: list[str]) -> Path:
    """A configuration for this store, with staff: most at the giant desk, every fourth at another, some see all."""
    config, auth = folder / "config.yaml", folder / "auth.db"
    shipped = Path("config.yaml").read_text(encoding="utf-8")
    shipped = shipped.replace("path: var/kentongan.db", f"path: {database}").replace("auth_db: var/auth.db", f"auth_db: {auth}")
    config.write_text(shipped.replace("port: 8765", "port: 0").replace("include: [", f"include: [{Path.cwd()}/").replace(
        ", routing/data", f", {Path.cwd()}/routing/data"), encoding="utf-8")
    context = multiprocessing.get_context("spawn")  # Django can be set up once a process
    helper = context.Process(target=_staff, args=(config, names))
    helper.start()
    helper.join()
    return config


def _staff(config: Path, names: list[str]) -> None:
    from inbox.__main__ import ready
    from settings import load

    settings = load(config)
    ready(settings)
    from django.contrib.auth.hashers import make_password

    from inbox.models import User
    desks, hashed = Invented(5).desks, make_password(PASSWORD)
    for n, name in enumerate(names):
        everything = n % 6 == 5
        desk = "triage" if everything else desks[0] if n % 4 < 3 else desks[1 + n // 4]
        User.objects.update_or_create(username=name, defaults={
            "role": "reviewer", "departments": [desk], "all_departments": everything, "password": hashed})


def memory_of(pid: int) -> int:
    """MB of private memory: RssAnon, because the file of the store is the kernel's to keep or drop."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"RssAnon:\s+(\d+)", lines)[0]) // 1024


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waited_for_a_core(pid: int) -> float:
    """Seconds that its threads stood ready and got none: what a busy machine adds to every figure below."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[1]) for task in tasks) / 1e9


# --- report -------------------------------------------------------------------------------------------


def phase(name: str, port: int, inbox: int, database: Path, names: list[str], options: argparse.Namespace) -> None:
    writer = None
    if name != "idle":
        rate = ("--rate", str(options.rate)) if name == "rate" else ()
        writer, _ = start("bench.inbox_store", "write", str(database), *rate)
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    crowd = context.Process(target=live, args=(port, names, 17, options.think, options.seconds, out))
    crowd.start()
    out.get()
    cpu, queued = cpu_of(inbox), waited_for_a_core(inbox)
    waited, errors = out.get()
    crowd.join()
    cpu, queued = cpu_of(inbox) - cpu, waited_for_a_core(inbox) - queued
    told = orjson.loads(stop(writer)) if writer else None
    kinds: dict[str, list[float]] = defaultdict(list)
    for one in waited:
        for kind, spent in one.items():
            kinds[kind] += spent
    clicks = sum(map(len, kinds.values()))
    print(f"\n{name}: {len(names)} users, {clicks} clicks in {options.seconds:g} s; load {os.getloadavg()[0]:.1f};"
          f" inbox {memory_of(inbox)} MB, a click {1000 * cpu / max(1, clicks):.1f} ms of CPU and"
          f" {1000 * queued / max(1, clicks):.1f} ms ready without a core")
    if told:
        print(f"  writer: {told['posts'] / told['seconds']:,.0f} originals/s")
    _line("ALL LISTS", [x for kind in ("list", "next page", "filtered list") for x in kinds.get(kind, ())])
    for group in ("list", "next page", "filtered list", "poll", "ticket", "search", "post"):
        _line(group.upper(), [x for kind, spent in kinds.items() if kind.partition(":")[0].partition(" ")[0] == group.partition(" ")[0]
                              for x in spent] if group in ("search", "post") else kinds.get(group, []))
        if group in ("search", "post"):
            for kind in sorted(k for k in kinds if k.startswith(group)):
                _line("  " + kind, kinds[kind])
    _line("ALL OF THEM", [x for spent in kinds.values() for x in spent])
    bad = {kind: sum(one.get(kind, 0) for one in errors) for kind in {k for one in errors for k in one}}
    print(f"  errors: {bad or 'none'}", flush=True)


def _line(name: str, spent: list[float]) -> None:
    if spent:
        at = sorted(spent)
        p50, p90, p99 = (at[min(len(at) - 1, int(share * len(at)))] for share in (0.5, 0.9, 0.99))
        print(f"  {name:<26}{len(at):>6}  p50 {p50:7.1f}  p90 {p90:7.1f}  p99 {p99:7.1f}  max {at[-1]:7.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", type=Path, default=Path("/tmp/kentongan-inbox"))
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--phases", default="idle,rate,full")
    parser.add_argument("--naive", action="store_true")
    options = parser.parse_args()
    options.store.mkdir(parents=True, exist_ok=True)
    database = options.store / f"{options.tickets}.db"
    if not database.exists():
        began = time.perf_counter()
        fill(database, options.tickets)
        print(f"{options.tickets:,} tickets made in {time.perf_counter() - began:.0f} s, {database.stat().st_size >> 20} MB")
    if options.naive:
        compare(database)
    names = [f"petugas{n:02}" for n in range(options.users)]
    config = office(options.store, database, names)
    inbox, told = start("inbox", "serve", "--config", str(config))
    port = int(orjson.loads(told)["url"].rstrip("/").rpartition(":")[2])
    try:
        for name in filter(None, options.phases.split(",")):
            phase(name, port, inbox.pid, database, names, options)
    finally:
        stop(inbox)
    print(f"\nlargest process of this run: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB")


if __name__ == "__main__":
    main()
