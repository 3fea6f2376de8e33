"""The viral case: one complaint told 50,000 times in an hour, through the real pipeline and the real store (FIELD O6).

    python -m bench.viral [--posts 50000] [--others 0] [--seed 7]

Posts come as the daemon gets them: every POLL seconds a page of what was posted since, judged in batches of 200. The
clock is a virtual one that runs by the posts' own times plus the seconds that our work really took, so `lag` is
how long after a post its fate stood, polling included, on this machine. Prints tickets, notices, lag, memory over the
run, and what reading the ticket page's spread costs.

Of the tellings 58 in 100 are native reposts (some of copies), 14 quotes, 12 "RT @a: ..." texts cut at 140 signs, 16
pasted texts with and without edits; one in five comes on Instagram or Facebook. `--others` mixes in so many
complaints about other things: "wait" then says how long these waited.
"""

from __future__ import annotations

import argparse
import logging
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bench.storm import Storm
from domain import Author, Mention, MentionKind, Page
from pipeline import Judge, process_batch
from settings import Settings
from storage.store import Store
from tests.builders import account

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLL = timedelta(minutes=2)
BATCH = 200
MACHINE_ACCOUNTS = {"x": "x:solo", "instagram": "instagram:solo", "facebook": "facebook:solo"}
TEXT = ("Jalan berlubang di Jalan RM Said Solo depan Pasar Legi, sudah tiga minggu begini dan banyak motor memutar "
        "lewat kampung. Tolong segera diperbaiki sebelum tambah lebar")
REMARKS = (
    "Betul sekali ini", "Tiap hari lewat sini memang begitu", "Mohon perhatian bapak", "Sudah lama sekali ini",
    "Bener banget lur", "Lubangnya sekarang tambah lebar", "Nomor rumah terdekat 12", "Itu RT 3 RW 5 ya",
    "Tadi pagi jam 6 saya lihat masih sama", "Nggih leres niki", "Ikut prihatin", "Kok belum ada yang datang",
)


def viral(posts: int, *, seed: int, others: int = 0) -> Iterator[tuple[Mention, bool]]:
    """(post, whether it tells the one story), in time order; the first is the original."""
    draw = Storm(seed)
    chance = draw.random
    first = _post("x", 0, "warga_pertama", START, TEXT)
    yield first, True
    copies = [first]
    strange = set(chance.sample(range(1, posts), others)) if others else set()
    for n in range(1, posts):
        at = START + HOUR * (n / posts)
        handle = f"warga_{chance.randrange(posts * 2)}"
        if n in strange:
            yield _post("x", n, handle, at, draw.original()[1]), False
            continue
        platform = chance.choices(("x", "instagram", "facebook"), (8, 1, 1))[0]
        post = _telling(draw, chance, _post(platform, n, handle, at, TEXT), first, copies)
        if post.repost_of is None and post.quote_of is None and len(copies) < 400:
            copies.append(post)
        yield post, True


def _telling(draw: Storm, chance: random.Random, post: Mention, first: Mention, copies: list[Mention]) -> Mention:
    dice = chance.random()
    if dice < 0.58 and post.platform == "x":
        source = first if chance.random() < 0.9 else chance.choice([c for c in copies if c.platform == "x"])
        return replace(post, kind=MentionKind.REPOST, repost_of=source.key, text=source.text)
    if dice < 0.72 and post.platform == "x":
        return replace(post, kind=MentionKind.QUOTE, quote_of=first.key, text=chance.choice(REMARKS))
    if dice < 0.84:
        return replace(post, text=f"RT @warga_pertama: {TEXT}"[:139] + "…")
    return replace(post, text=TEXT if chance.random() < 0.4 else draw.edited(TEXT))


def _post(platform: str, n: int, handle: str, at: datetime, text: str) -> Mention:
    native = str(1_800_000_000_000_000_000 + n)
    return Mention(key=f"{platform}:post:{native}", account=MACHINE_ACCOUNTS[platform], platform=platform,
                   kind=MentionKind.MENTION, native_id=native, text=text, posted_at=at, seen_at=at,
                   author=Author(id=handle, handle=handle))


@dataclass
class Outcome:
    """What a replay came to. `rss_mb` is the process's memory after each poll."""

    lag: timedelta = timedelta(0)
    wait: list[float] = field(default_factory=list)  # seconds that posts of other matters waited
    rss_mb: list[float] = field(default_factory=list)
    seconds: float = 0.0


def replay(store: Store, judge: Judge, posts: Sequence[tuple[Mention, bool]], *, poll: timedelta = POLL) -> Outcome:
    """Let the hour happen: poll, store, judge; then poll again, as late as the work made it."""
    store.sync_accounts([account(key) for key in MACHINE_ACCOUNTS.values()], now=START)
    outcome, clock, at = Outcome(), START, 0
    strange = {post.key for post, told in posts if not told}
    while at < len(posts):
        clock = max(clock, posts[at][0].posted_at) + poll
        page = []
        while at < len(posts) and posts[at][0].posted_at <= clock:
            page.append(posts[at][0])
            at += 1
        begun = time.perf_counter()
        polled = clock
        for key in MACHINE_ACCOUNTS.values():
            theirs = tuple(replace(post, seen_at=polled) for post in page if post.account == key)
            store.save_page(key, Page(theirs, str(at)), next_poll_at=clock, now=clock)
        waiting = sorted(page, key=lambda post: (post.posted_at, post.key))
        while taken := process_batch(store, judge, limit=BATCH, now=clock):
            clock = polled + timedelta(seconds=time.perf_counter() - begun)
            done, waiting = waiting[:taken], waiting[taken:]
            outcome.lag = max(outcome.lag, clock - done[0].posted_at)
            outcome.wait += [(clock - post.posted_at).total_seconds() for post in done if post.key in strange]
        outcome.seconds += time.perf_counter() - begun
        outcome.rss_mb.append(resident())
    return outcome


def told_to(settings: Settings) -> Settings:
    """The settings with a notice for every department, so that notices can be counted."""
    departments = {key: d.model_copy(update={"notify": ("log:",)}) for key, d in settings.departments.items()}
    return settings.model_copy(update={"departments": departments})


def resident() -> float:
    """MB that this process holds now, where the system says so; else its most."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def growth(rss_mb: Sequence[float]) -> float:
    """MB that memory grew from the third poll, when everything is warm, to the last."""
    return rss_mb[-1] - rss_mb[min(2, len(rss_mb) - 1)]


def main() -> None:
    from domain import Actor
    from run_daemon import build_judge
    from settings import load
    from storage import open_store

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--others", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    posts = list(viral(given.posts, seed=given.seed, others=given.others))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "k.db")
        outcome = replay(store, build_judge(told_to(load("config.yaml"))), posts)
        tickets = list(store.export_tickets())
        notices = [due.event.key for due in store.due_events(1_000, now=datetime(2030, 1, 1, tzinfo=UTC))]
        actor, spent = Actor("bench", system=True), []
        for _ in range(5):
            begun = time.perf_counter()
            view = store.ticket(actor, 1)
            spent.append(time.perf_counter() - begun)
        problems = store.verify()
        store.close()
    spread = view.spread
    print(f"{len(posts):,} posts, {len(tickets)} tickets, {len(notices)} notices of ticket 1: "
          f"{sum(key.startswith('T-1|') for key in notices)}")
    print(f"  {len(posts) / outcome.seconds:,.0f} posts/s stored, judged and settled; lag at most {outcome.lag.total_seconds():.0f} s "
          f"with a poll every {POLL.total_seconds():.0f} s")
    print(f"  memory {outcome.rss_mb[0]:.0f} MB after the first poll, {outcome.rss_mb[-1]:.0f} at the end: {growth(outcome.rss_mb):+.1f} from the third on")
    print(f"  story of {view.size:,}: {spread.voices:,} voices, peak {spread.peak:,}/h, urgency {view.ticket.urgency}; "
          f"reading the whole ticket {min(spent) * 1e3:.1f} ms")
    print(f"  { {way: n for way, n, _ in spread.by('way')} }")
    if outcome.wait:
        wait = sorted(outcome.wait)
        print(f"  {len(wait)} other matters waited {wait[len(wait) // 2]:.0f} s in the middle, {wait[-1]:.0f} s at most")
    print(f"  verify: {problems or 'whole'}")


if __name__ == "__main__":
    main()
