"""How many mentions a second the store takes to a durable commit: save_page + settle, no NLP.

    python -m bench.store [--mentions 20000] [--batch 500]

Originals each open a ticket of their own with audit row, event and search entry (the worst case);
reposts join one story. Prints CPU seconds too: on a shared machine the clock says less than they do.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain import (
    Author,
    Decision,
    Event,
    Extraction,
    Fate,
    Fingerprint,
    Location,
    Mention,
    MentionKind,
    OpenTicket,
    Page,
    Place,
    Reason,
    Relevance,
    Route,
    Span,
    Ticket,
    Topic,
    Urgency,
    Verdict,
)
from storage import open_store
from storage.store import Store

NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)
WORDS = ("jalan", "berlubang", "genangan", "air", "lampu", "padam", "tolong", "perbaiki", "depan", "pasar",
         "kampung", "sekolah", "warga", "malam", "hujan")


def mentions(count: int, *, repost_of: str | None = None, start: int = 1) -> list[Mention]:
    kind = MentionKind.REPOST if repost_of else MentionKind.MENTION
    return [
        Mention(
            f"x:post:{n}", "x:solo", "x", kind, f"{n}",
            " ".join(WORDS[(n * 7 + i * (n % 5 + 1)) % len(WORDS)] for i in range(24)) + f" RT {n % 20} no {n}",
            NOON + timedelta(milliseconds=n), NOON + timedelta(milliseconds=n), f"https://x.example/i/{n}",
            Author(f"u{n}", f"warga_{n}", f"Warga {n}"), repost_of, metrics={"likes": n % 9}, hashtags=("solo",),
        )
        for n in range(start, start + count)
    ]


def extraction(mention: Mention) -> Extraction:
    spans = (Span(0, 15),)
    return Extraction(
        "id", None, Relevance("actionable", "laporan", 0.93, (Reason("keyword:jalan berlubang", 2.1, spans),)),
        (Topic("jalan", 0.91, spans), Topic("drainase", 0.4, spans)),
        (Place(20, 31, mention.text[20:31], "desa_kelurahan", "33.72.01.1001", "Kelurahan Contoh", 0.8, "cue"),),
        Location("33.72.01", "Laweyan", "kecamatan", -7.56, 110.79, 0.8, "place"),
        Urgency("normal", 0.7, (Reason("default", 0.0),)), False, (),
    )


def original(mention: Mention) -> Decision:
    because = (Reason("topic:jalan", 0.9),)
    route = Route("solo-dpupr", "kabupaten_kota", "normal", "jalan-solo", 0.9, "jalan", because)
    opening = OpenTicket("solo-dpupr", "baru", "normal", "jalan", "normal", "jalan-solo", mention.seen_at,
                         mention.seen_at + timedelta(days=3), "SP4N 3 hari kerja")
    n = int(mention.native_id)
    return Decision(mention.key, Fate.TICKET, None, Verdict(mention.key, "new"), (route,), (opening,), "rules0",
                    extraction(mention), Fingerprint(n, tuple(range(n, n + 12)), mention.text), "jalan-solo")


def repost(mention: Mention) -> Decision:
    return Decision(mention.key, Fate.ATTACHED, None, Verdict(mention.repost_of or "", "repost"), (), (), "rules0")


def announce(ticket: Ticket, size: int) -> Sequence[Event]:
    return [Event(f"T-{ticket.id}|x{size}|log|", "log", "", ticket.id, f"Tiket T-{ticket.id}", "buka kotak masuk")]


def run(store: Store, posts: Sequence[Mention], judge: Callable[[Mention], Decision], *, batch: int) -> None:
    """The way of a mention without what lies between reading and settling."""
    for page in batched(posts, batch):
        store.save_page("x:solo", Page(tuple(page), cursor=page[-1].native_id), next_poll_at=NOON, now=NOON)
    now = NOON + timedelta(days=1)
    while waiting := store.unprocessed(batch, now=now):
        store.clusters_of({key for m in waiting for key in (m.key, m.repost_of) if key})
        store.settle([judge(mention) for mention in waiting], announce=announce, now=now)


def batched(posts: Sequence[Mention], batch: int) -> Iterator[Sequence[Mention]]:
    for start in range(0, len(posts), batch):
        yield posts[start:start + batch]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mentions", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        store = open_store(path)
        originals = mentions(options.mentions)
        copies = mentions(options.mentions, repost_of="x:post:1", start=options.mentions + 1)
        for name, posts, judge in (("originals", originals, original), ("reposts", copies, repost)):
            decisions = {post.key: judge(post) for post in posts}  # made beforehand: not the store's work
            wall, cpu = time.perf_counter(), time.process_time()
            run(store, posts, lambda mention, made=decisions: made[mention.key], batch=options.batch)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            print(f"{name:<10} {len(posts) / wall:>9,.0f}/s   CPU {cpu / len(posts) * 1e6:>6.1f} us each   "
                  f"(batches of {options.batch})")
        print(f"{path.stat().st_size / len(originals + copies):,.0f} bytes a mention; problems: {store.verify()}")
        store.close()


if __name__ == "__main__":
    main()
