"""`kentongan bench`: how much this machine bears, from a page to tickets on its disk.

Three streams of posts of ours go the whole way that the daemon gives them, network left out: complaints that are all
new, one complaint and its reposts, and a storm of both. The store lies in a folder that is thrown away, on the disk
that `--folder` names; the settings are the ones given, so what an operator's lists cost shows too. The measure that
ops ask for is the last column: how many times the worst hour that this is built for.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain import Account, Author, ConfigError, Mention, MentionKind, Page
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption, JsonOption, progress, write_row
from settings import load

if TYPE_CHECKING:
    from pipeline import Judge

PAGE = 200
STORM = 50_000 / 3_600  # posts a second in the worst hour
NOW = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
ACCOUNT = Account("bench:kota", "bench", "1", "kota", "")
MATTERS = (
    "Pak mohon maaf, jalan berlubang di Jl. {road} dekat pasar {place}, sudah {n} minggu blm diperbaiki",
    "lampu PJU mati {n} titik di desa {place} RT {m}/RW 0{k}, gelap bgt kalau malam",
    "banjir di {place} RT {m} masuk rumah sak dengkul, tulung pompane diuripke no {n}",
    "dalan ing etan kreteg {place} bolong jero banget, wis {n} wong tiba, nyuwun tulung",
    "sampah numpuk di TPS {place} blok {road} nomer {n}, baunya sampai ke sekolah",
    "air PDAM mati {n} hari di perumahan {road} blok C{m} {place}, tagihan jalan terus",
)


@dataclass(frozen=True, slots=True)
class Result:
    stream: str
    posts: int
    seconds: float
    tickets: int

    def row(self) -> dict[str, Any]:
        rate = self.posts / self.seconds
        return {"stream": self.stream, "posts": self.posts, "tickets": self.tickets,
                "posts_per_second": round(rate), "storms": round(rate / STORM)}


def bench(
    posts: Annotated[int, typer.Option(min=PAGE, max=1_000_000, help="kiriman tiap ukuran")] = 3_000,
    folder: Annotated[Path | None, typer.Option(help="folder di cakram yang diukur; isinya dihapus lagi")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Ukur kemampuan mesin ini: kiriman per detik, dari halaman sampai tiket tersimpan di cakram.

    Contoh: kentongan bench --folder /var/lib/kentongan
    """
    if folder is not None and not folder.is_dir():
        raise ConfigError(f"{folder}: bukan folder", hint="sebut folder yang ada, mis. tempat basis data")
    from nlp.collector import spare_the_collector
    from pipeline import build_judge

    begun = time.perf_counter()
    judge = build_judge(load(readable(config)))
    spare_the_collector()
    ready = time.perf_counter() - begun
    for name, made in streams(posts).items():
        result = measured(name, made, judge, folder)
        write_row(result.row()) if json else typer.echo(_line(result))
    last = {"ready_seconds": round(ready, 1), "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    write_row(last) if json else typer.echo(f"siap dalam {ready:.1f} detik; memori paling banyak {last['mb']} MB")


def _line(result: Result) -> str:
    row = result.row()
    rate, tickets, storms = (f"{row[name]:,}".replace(",", ".") for name in ("posts_per_second", "tickets", "storms"))
    return f"{row['stream']:22} {rate:>8} kiriman/detik {tickets:>8} tiket   {storms:>6} kali badai 50.000 kiriman/jam"


def measured(name: str, posts: Sequence[Mention], judge: Judge, folder: Path | None) -> Result:
    """Posts into a store of its own and judged there, page by page."""
    from pipeline import process_batch
    from storage import open_store

    judge.folder.clear()
    temporary = tempfile.TemporaryDirectory(prefix="kentongan-bench-", dir=folder)
    with temporary as made, progress(name, total=len(posts)) as advance:
        store = open_store(Path(made) / "bench.db")
        try:
            store.sync_accounts([ACCOUNT], now=NOW)
            begun = time.perf_counter()
            for start in range(0, len(posts), PAGE):
                page = Page(tuple(posts[start:start + PAGE]), str(start))
                store.save_page(ACCOUNT.key, page, next_poll_at=NOW, now=NOW)
                while process_batch(store, judge, limit=PAGE, now=NOW):
                    pass
                advance(len(page.mentions))
            seconds = time.perf_counter() - begun
            return Result(name, len(posts), seconds, sum(store.facts()["tickets"].values()))
        finally:
            store.close()


def streams(count: int, seed: int = 7) -> dict[str, list[Mention]]:
    """What is measured; the same seed gives the same posts."""
    new = list(islice(originals(seed), count))
    dice = random.Random(seed)  # noqa: S311 posts, not secrets
    storm = [_repost(new[0], n) if n and dice.random() < 0.9 else new[n] for n in range(count)]
    return {"keluhan baru": new, "kiriman ulang": [new[0], *(_repost(new[0], n) for n in range(1, count))],
            "badai, 1 dari 10 baru": storm}


def originals(seed: int) -> Iterator[Mention]:
    """Complaints without end, each of its own place, number and author."""
    from nlp.gazetteer import gazetteer

    dice = random.Random(seed)  # noqa: S311 posts, not secrets
    villages = sorted(area.name for area in gazetteer().areas.values() if area.level == "desa_kelurahan" and area.lat)
    at = 0
    while True:
        text = dice.choice(MATTERS).format(
            road=dice.choice(villages), place=dice.choice(villages), n=dice.randint(2, 999), m=dice.randint(1, 40),
            k=dice.randint(1, 9))
        yield Mention(f"bench:post:{at}", ACCOUNT.key, "bench", MentionKind.MENTION, str(at), text, NOW, NOW,
                      author=Author(id=f"a{at}", handle=f"warga{at}"))
        at += 1


def _repost(of: Mention, number: int) -> Mention:
    name = f"r{number}"
    return replace(of, key=f"bench:post:{name}", native_id=name, kind=MentionKind.REPOST, repost_of=of.key,
                   author=Author(id=name, handle=name))
