"""A store full of invented tickets for `bench.inbox`, and a writer that does to it what the daemon does.

    python -m bench.inbox_store fill PATH --tickets 100000
    python -m bench.inbox_store write PATH [--rate 0] [--batch 200]

`fill` writes rows in bulk, indexes last. `write` goes through the Store's own verbs (`save_page`, `unprocessed`,
`settle`) in batches of the daemon's size, at full speed or so many posts a second, until SIGTERM; then it prints one
line of JSON: posts, seconds, seconds of CPU time.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from bench.store import announce, extraction, original
from domain import Account, Author, Decision, Location, Mention, MentionKind, OpenTicket, Page, Topic
from nlp.gazetteer import gazetteer
from settings import load
from storage import open_store
from storage.sqlite.list_schema import COUNT

MINUTE, DAY = 60_000_000, 86_400_000_000
END = datetime(2026, 11, 20, 5, tzinfo=UTC)  # of the story told by `fill`
STATUSES = {"baru": 4, "diterima": 4, "dikerjakan": 6, "menunggu_keterangan": 2, "diteruskan": 4, "selesai": 70,
            "ditolak": 8, "digabung": 2}
URGENCIES = {"tidak_mendesak": 10, "normal": 60, "tinggi": 25, "darurat": 5}
OPENERS = ("tolong pak", "mohon perhatian", "min", "selamat pagi", "lapor", "sudah lama", "kapan ya", "permisi mau tanya",
           "izin lapor", "mohon bantuan", "bagaimana ini", "sampai kapan", "terima kasih sebelumnya", "warga mengeluh")
MATTERS = (
    "jalan berlubang dan sering ada yang jatuh", "jalan rusak parah belum diperbaiki", "lampu jalan padam gelap kalau malam",
    "air PDAM mati tidak mengalir", "air keruh dan bau", "sampah menumpuk tidak diangkut", "selokan mampet air meluap",
    "banjir setiap hujan deras", "trotoar dipakai parkir", "pohon tumbang menutup jalan", "jembatan retak",
    "antrean di puskesmas lama sekali", "obat di puskesmas kosong", "bantuan sosial belum cair", "data bansos tidak tepat",
    "KTP belum jadi padahal sudah dua bulan", "kartu keluarga salah tulis", "sekolah rusak atapnya bocor",
    "guru belum dibayar", "pungutan liar di sekolah", "parkir liar dan tarif tidak wajar", "lampu merah mati macet",
    "bus tidak datang", "pasar becek dan kotor", "pedagang digusur", "kabel listrik menjuntai", "polusi asap pabrik",
    "sungai tercemar limbah", "anjing liar", "nyamuk demam berdarah perlu fogging", "pelayanan loket lambat",
    "pajak kendaraan salah hitung", "wifi taman mati", "taman bermain rusak", "rumah tidak layak huni")
DETAILS = ("sudah dilaporkan tapi belum ada tanggapan", "anak sekolah lewat situ", "kemarin ada yang celaka", "mohon segera",
           "warga sudah kerja bakti", "difoto terlampir", "kami menunggu kabar", "tidak ada petugas yang datang",
           "setiap hari begini", "apalagi musim hujan", "tetangga juga mengeluh", "semoga cepat ditangani",
           "dulu pernah diperbaiki", "jangan tunggu viral dulu")
GIANT_WORD = "pengaspalan"  # told at the largest desk alone
RARE_WORD = "kentongan"  # one post in ten thousand
SYLLABLES = [a + b for a in "bcdghjklmnprstw" for b in "aiueo"]


class Invented:
    """Posts, places and desks drawn by one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        settings = load("config.yaml")
        inside = [key for key, one in settings.departments.items() if not one.outside and key != "triage"]
        self.desks = sorted(inside, key=lambda key: (key != "dpupr-solo", key))  # the giant first
        self.desk_weights = [1 / (n + 1) for n in range(len(self.desks))]
        self.topics = [*settings.topics]
        self.topic_weights = [1 / (n + 1) for n in range(len(self.topics))]
        self.places = [area for area in gazetteer().areas.values() if area.code.startswith("33.") and area.code.count(".") == 3]
        self.streets = ["".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 4))) for _ in range(20_000)]
        self.seen = [self._seen() for _ in range(400)]

    def pick(self, weighed: dict[str, int]) -> str:
        return self.chance.choices([*weighed], [*weighed.values()])[0]

    def desk(self) -> str:
        return self.chance.choices(self.desks, self.desk_weights)[0]

    def text(self, n: int, desk: str) -> str:
        chance = self.chance
        words = [chance.choice(OPENERS), chance.choice(MATTERS), "di jalan", self.street(), f"RT {chance.randrange(1, 20)}",
                 chance.choice(self.places).name, chance.choice(DETAILS), "dekat", self.street(), chance.choice(DETAILS)]
        if desk == self.desks[0] and chance.random() < 0.5:
            words.append(GIANT_WORD)
        if n % 10_000 == 77:
            words.append(RARE_WORD)
        return " ".join(words)

    def street(self) -> str:
        return self.streets[int(len(self.streets) ** self.chance.random()) - 1]

    def _seen(self) -> tuple[str, str, str]:
        """(code of the area, the extraction as the store keeps it, the routes)."""
        area, n = self.chance.choice(self.places), self.chance.randrange(1 << 30)
        mention = mention_of(f"{n}", "x" * 160, END)
        found = replace(extraction(mention), location=Location(area.code, area.name, area.level, area.lat, area.lng, 0.8, "place"),
                        topics=(Topic(self.chance.choices(self.topics, self.topic_weights)[0], 0.9),))
        routes = [asdict(route) for route in original(mention).routes]
        return area.code, orjson.dumps(asdict(found)).decode(), orjson.dumps(routes).decode()


def mention_of(native: str, text: str, at: datetime) -> Mention:
    return Mention(f"x:post:{native}", "x:solo", "x", MentionKind.MENTION, native, text, at, at,
                   f"https://x.com/i/status/{native}", Author(f"u{native}", f"warga_{native}", f"Warga {native}"))


# --- fill -------------------------------------------------------------------------------------------


def fill(path: Path, count: int) -> None:
    """The schema as the Store makes it, the rows in bulk: no trigger fires, and indexes are made from what is there."""
    store = open_store(path)
    store.sync_accounts([Account("x:solo", "x", "900", "pemkot_contoh", "solo")], now=END)
    store.close()
    with sqlite3.connect(path, isolation_level=None) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144", "secure_delete = OFF"):
            db.execute(f"PRAGMA {pragma}")
        later = list(db.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            " AND tbl_name IN ('mention', 'cluster', 'ticket', 'audit', 'ticket_count', 'ticket_count_all')"))
        for kind, name, _ in later:
            db.execute(f"DROP {kind} {name}")
        db.execute("BEGIN")
        _rows(db, count)
        for _, _, sql in later:
            db.execute(sql)
        for statement in COUNT:
            db.execute(statement)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")
    db.close()


def _rows(db: sqlite3.Connection, count: int) -> None:
    made, start = Invented(11), int(END.timestamp() * 1e6) - count * MINUTE
    chance, many = made.chance, db.executemany
    for first in range(1, count + 1, 20_000):
        span = range(first, min(first + 20_000, count + 1))
        drawn = [(n, start + n * MINUTE, made.desk(), chance.choice(made.seen)) for n in span]
        texts = [made.text(n, desk) for n, _, desk, _ in drawn]
        many("INSERT INTO mention (key, fate, cluster, account, platform, kind, native_id, state, own, posted_at, seen_at,"
             " verdict, ruleset, text, url, author_id, author_handle, author_name) VALUES ('x:post:' || ?1, 'ticket',"
             " 'x:post:' || ?1, 'x:solo', ?2, 'mention', ?1, 'live', 0, ?3, ?3, 'new', 'rules0', ?4,"
             " 'https://x.com/i/status/' || ?1, 'u' || ?1, 'warga_' || ?1, 'Warga ' || ?1)",
             ((n, chance.choice(("x", "instagram", "facebook")), at, text)
              for (n, at, _, _), text in zip(drawn, texts, strict=True)))
        many("INSERT INTO sighting VALUES ('x:post:' || ?1, 'x:solo', date(?2 / 1000000 + 25200, 'unixepoch'))",
             ((n, at) for n, at, _, _ in drawn))
        many("INSERT INTO cluster (id, first, size, author, first_at, seq) VALUES ('x:post:' || ?1, 'x:post:' || ?1, 1,"
             " 'u' || ?1, ?2, ?1)", ((n, at) for n, at, _, _ in drawn))
        many("INSERT INTO judgement VALUES ('x:post:' || ?, ?, ?)", ((n, seen[1], seen[2]) for n, _, _, seen in drawn))
        many("INSERT INTO ticket (id, cluster, department, status, priority, topic, urgency, opened_at, due_at,"
             " coordinates, sensitive, outside, rule, ruleset, place, platform, due_rule) VALUES (?1, 'x:post:' || ?1, ?2,"
             " ?3, 'normal', ?4, ?5, ?6, ?7, 0, ?8, 0, 'jalan-solo', 'rules0', ?9, 'x', 'SP4N 3 hari kerja')",
             ((n, desk, made.pick(STATUSES), orjson.loads(seen[1])["topics"][0]["label"], made.pick(URGENCIES), at,
               at + chance.randrange(1, 60) * DAY, int(chance.random() < 0.03), seen[0]) for n, at, desk, seen in drawn))
        index(db, list(span), texts)
        many("INSERT INTO audit (at, actor, verb, ticket, before, after, reason, hash) VALUES (?, 'kentongan', 'open', ?,"
             " '{}', '{\"status\":\"baru\"}', 'jalan-solo', '')", ((at, n) for n, at, _, _ in drawn))
    db.execute("UPDATE audit_head SET id = (SELECT max(id) FROM audit)")
    db.execute("INSERT INTO seen_count SELECT account, day, count(*) FROM sighting GROUP BY 1, 2")
    db.execute("UPDATE ticket SET platform = (SELECT platform FROM mention WHERE key = ticket.cluster)")


def index(db: sqlite3.Connection, numbers: Sequence[int], texts: Sequence[str]) -> None:
    db.executemany("INSERT INTO ticket_text (rowid, text, marks) SELECT id, ?, marks FROM ticket WHERE id = ?",
                   zip(texts, numbers, strict=True))


# --- write ------------------------------------------------------------------------------------------


def write(path: Path, *, rate: float, batch: int) -> dict[str, Any]:
    """Posts come, are judged (beforehand: no NLP here) and become tickets, until SIGTERM."""
    made, store = Invented(time.time_ns()), open_store(path)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    print("ready", flush=True)
    began, done, number = time.monotonic(), 0, time.time_ns()
    while not told:
        now = datetime.now(UTC)
        posts = [mention_of(f"{number + n}", made.text(1, desk), now) for n, desk in enumerate(made.desk() for _ in range(batch))]
        number += batch
        store.save_page("x:solo", Page(tuple(posts), f"{number}"), next_poll_at=now, now=now)
        while waiting := store.unprocessed(batch, now=now):
            store.clusters_of({mention.key for mention in waiting})
            store.settle([*_judged(made, waiting)], announce=announce, now=now)
        done += batch
        if rate and (ahead := done / rate - (time.monotonic() - began)) > 0:
            time.sleep(ahead)
    store.close()
    return {"posts": done, "seconds": round(time.monotonic() - began, 2), "cpu": round(time.process_time(), 2)}


def _judged(made: Invented, mentions: Sequence[Mention]) -> Iterator[Decision]:
    for mention in mentions:
        made_of, topic = original(mention), made.chance.choices(made.topics, made.topic_weights)[0]
        opening = OpenTicket(made.desk(), "baru", "normal", topic, made.pick(URGENCIES), "jalan-solo", mention.seen_at,
                             mention.seen_at + timedelta(days=made.chance.randrange(1, 60)), "SP4N 3 hari kerja")
        yield replace(made_of, changes=(opening,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("verb", choices=("fill", "write"))
    parser.add_argument("path", type=Path)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--batch", type=int, default=200)
    options = parser.parse_args()
    if options.verb == "fill":
        fill(options.path, options.tickets)
    else:
        print(orjson.dumps(write(options.path, rate=options.rate, batch=options.batch)).decode(), flush=True)


if __name__ == "__main__":
    main()
