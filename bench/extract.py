"""Posts a second through the whole extraction on one core, and where the time goes.

    python -m bench.extract [--posts 20000] [--config config.yaml] [--profile]

The posts are made from templates of ours, 25 words in the mean, with real place names, slang, emoji and
links; numbers and names vary, so that most posts are new to every cache. Ratios hold; figures drift.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from domain import Mention, MentionKind
from nlp.extract import Extractor
from nlp.gazetteer import gazetteer
from settings import load

AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
OPENINGS = (
    "Assalamualaikum pak, mohon maaf mengganggu,", "Min tolong dong", "@dinas_contoh", "Nuwun sewu badhe matur,",
    "Lapor!!!", "Kok ngene to pak", "Selamat pagi admin, izin melapor", "", "Wkwk", "Yth. Bapak Bupati,",
)
MATTERS = (
    "jalan berlubang di Jl. {road} dekat pasar {place} udah {n} minggu blm diperbaiki, kemarin ada yg jatuh",
    "lampu PJU mati {n} titik di desa {place} kec. {place2} RT {n}/RW 0{m} gelap bgt kalau malam",
    "banjir di {place} sampai masuk rumah sak dengkul, tulung pompane diuripke, anak-anak kedinginan",
    "pohon besar miring depan rumah saya di {place}, takut roboh menimpa kabel listrik klo hujan angin",
    "air PDAM mati dari kemarin di perumahan {road} blok C{n}, tagihan jalan terus 😡",
    "dalan ing etan kreteg {place} bolong jero banget, wis {n} wong tiba, nyuwun tulung enggal didandani",
    "sampah menumpuk di TPS {place} baunya sampai ke sekolah, truk sudah {n} hari tidak datang",
    "terima kasih pak jalan {road} sudah mulus, mantap 👍👍",
    "mau tanya syarat bikin KTP di kecamatan {place2} apa saja ya? jam berapa buka",
    "semoga lancar acaranya, keren banget kota {place2} ❤️ https://t.co/a{n}b{m}",
)


def posts(count: int, seed: int = 7) -> Iterator[Mention]:
    """Invented posts; the same seed gives the same posts."""
    dice = random.Random(seed)
    areas = [a for a in gazetteer().areas.values() if a.lat]
    villages = [a.name for a in areas if a.level == "desa_kelurahan"]
    districts = [a.name for a in areas if a.level == "kecamatan"]
    for i in range(count):
        matter = dice.choice(MATTERS).format(
            road=dice.choice(villages) + " " + dice.choice(("Raya", "Timur", "III")), place=dice.choice(villages),
            place2=dice.choice(districts), n=dice.randint(1, 99), m=dice.randint(1, 9),
        )
        ending = dice.choice(("", "tolong ditindaklanjuti ya pak", "🙏🙏", "suwun"))
        text = " ".join((dice.choice(OPENINGS), matter, ending))
        yield Mention(f"bench:post:{i}", "bench:solo", "bench", MentionKind.MENTION, str(i), text, AT, AT)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.extract", description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args(arguments)
    settings = load(given.config)
    begun = time.perf_counter()
    extractor = Extractor(settings)
    ready = time.perf_counter() - begun
    mentions = list(posts(given.posts))
    extractor.extract_many(mentions[:500])
    profile = cProfile.Profile() if given.profile else None
    if profile:
        profile.enable()
    begun = time.process_time()
    extractor.extract_many(mentions)
    spent = time.process_time() - begun
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(32)
    words = sum(len(m.text.split()) for m in mentions) / len(mentions)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(mentions) / spent:,.0f} posts/s, {spent / len(mentions) * 1e6:.0f} us a post of {words:.0f} words,"
          f" built in {ready:.2f} s, peak {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
