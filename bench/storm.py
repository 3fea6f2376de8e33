"""A storm with known truth: seeded posts, their edited copies and their look-alikes, of any size.

`storm(size, seed=...)` yields Drop(mention, story, kind) in time order: the same size and seed give
the same posts on every machine. Everything is put together from clauses written here, with invented
people; street and shop names are put together from syllables so that a million posts do not run out
of places. Kinds:

  original            a complaint with a place of its own
  exact               the same text again by somebody else
  repost              "RT @first: ..." cut at 140 signs
  edited              one to three edits: @names, hashtags, emoji, call before or after, typos, slang,
                      capitals, sentences in another order, a sentence left out
  hard_place ...      an earlier original with one fact changed: street, number, rt, kilometre, shop, object
  hard_short          "lampu jalan mati" and the like by a stranger, place only in the address field

Harder than life in one way: all texts share few clauses, so that nearly every phrase is common.
Easier in another: people rephrase in more ways than the edits here. Real posts decide, not this.

    python -m bench.storm --size 200000 --seed 7 > storm.jsonl      # rows for `kentongan cluster`
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from domain import Author, Mention, MentionKind, PlaceHint

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)

SYLLABLES = tuple(part.split() for part in (
    "ka su wi da ma ra ti no ja go ba la mu sa pu ta se ge ke pa ngi nya wa yu ri to mo si di lu",
    "ra ri ro ma mi mo na ni no la li lo ya sa si so wa wi ta ti to da di do nga ngga ndo mbo rto rni",
    "n ng rejo sari wati harjo yasa wono mulyo kerto tirto dadi rini nto manto di sih jati agung kusuma baru",
))
OBJECTS = (
    "lampu jalan", "aspal", "trotoar", "tutup got", "saluran air", "pohon besar", "tiang listrik", "kabel telepon", "pipa air",
    "jembatan kecil", "talud sungai", "rambu lalu lintas", "tumpukan sampah", "lampu merah", "halte bus", "pagar taman",
    "gorong-gorong", "papan reklame", "bangunan posyandu", "sumur warga",
)
STATES = (
    "rusak parah", "mati total", "hampir roboh", "sudah lama dibiarkan", "makin hari makin bahaya", "bocor terus",
    "tidak pernah diurus", "ambles separuh", "miring ke arah rumah", "menutup separuh badan jalan", "tersumbat dan bau",
)
SINCE = (
    "sejak {n} hari lalu", "sudah {n} minggu", "dari bulan kemarin", "sejak hujan deras minggu lalu", "sudah {n} bulan lebih",
    "sejak proyek galian selesai", "dari sebelum lebaran", "sejak truk pasir lewat sini",
)
HARM = (
    "Anak sekolah lewat sini tiap pagi", "Kemarin ada ibu-ibu jatuh dari motor", "Warga terpaksa memutar jauh",
    "Kalau malam gelap dan rawan", "Air meluap sampai dapur warga", "Pedagang jadi sepi pembeli", "Bau sampai ke masjid",
    "Mobil sering selip", "Dua orang sudah luka", "Lansia takut keluar rumah", "Macet panjang setiap sore",
)
CALL = (
    "Mohon segera diperbaiki", "Tolong dicek ke lokasi", "Nyuwun tulung dipun dandosi nggih", "Kapan ada tindakan",
    "Sudah lapor kelurahan tapi belum ada jawaban", "Mohon perhatian bapak ibu", "Aja nganti ana korban maneh",
    "Semoga cepat ditangani, terima kasih", "Jangan tunggu ada korban dulu",
)
GREETING = ("Selamat pagi pak", "Assalamualaikum", "Sugeng enjing", "Yth Bapak Wali Kota", "Halo admin", "Ngapunten nggih", "Pak", "")
SHAPES = (
    "{greeting} {object} di {place} {state} {since}. {harm}. {call}.",
    "{object} {state} di {place}, {since}. {call}. {harm}.",
    "{greeting} mau lapor, {place} {object} {state}. {harm} {since}. {call}.",
    "{harm}. Penyebabnya {object} {state} di {place} {since}. {call}.",
    "Lokasi {place}: {object} {state} {since}. {call}.",
    "{greeting} kami warga {place} mengeluhkan {object} yang {state} {since}. {harm}. {call}.",
)
SLANG = {
    "yang": "yg", "tidak": "gak", "sudah": "udah", "belum": "blm", "jalan": "jln", "mohon": "mhn", "tolong": "tlg", "dari": "dr",
    "segera": "sgera", "dengan": "dgn", "terima": "trima", "bapak": "bpk", "depan": "dpn", "dekat": "dkt", "bulan": "bln",
    "malam": "mlm", "kalau": "klo", "sampai": "smpe", "minggu": "mgg", "orang": "org", "rumah": "rmh", "tapi": "tp",
}
EMOJI = ("😡", "🙏🙏", "😭", "🔥", "‼️", "😢🙏")
TAGS = ("#viral", "#Solo", "#JatengHariIni", "#lapor", "#warganet", "#infosolo")
FORE = ("Viral!!", "Tolong disebarkan:", "Info dari grup sebelah.", "Bantu naikkan lur", "Min tolong repost", "Cek ini pak")
AFT = ("Tolong disebar ya", "Bantu viralkan", "Semoga didengar", "Up up up", "Kok diam saja", "cc teman-teman semua")
SHORT = ("lampu jalan mati", "jalan berlubang", "pipa bocor", "pohon tumbang", "got mampet", "minta pohon ditebang")
FACT_OF_FORM = ("number", "rt", "kilometre", "shop", "shop", "number")  # beside the street


@dataclass(frozen=True, slots=True)
class Drop:
    mention: Mention
    story: str  # key of the story's first post
    kind: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one complaint says; two complaints are one story if and only if these are equal."""

    shape: int
    greeting: str
    object: str
    state: str
    since: str
    harm: str
    call: str
    street: str
    number: int
    rt: int
    kilometre: int
    shop: str
    form: int

    def place(self) -> str:
        return (
            f"Jl {self.street} no {self.number}", f"Jl {self.street} RT {self.rt} RW {1 + self.number % 12}",
            f"Jalan {self.street} km {self.kilometre}", f"depan toko {self.shop} Jalan {self.street}",
            f"dekat {self.shop}, kampung {self.street}", f"gang {self.number % 20 + 1} desa {self.street}",
        )[self.form]

    def text(self) -> str:
        return " ".join(SHAPES[self.shape].format(
            greeting=self.greeting, object=self.object, state=self.state, since=self.since, harm=self.harm, call=self.call,
            place=self.place()).split())


@dataclass(frozen=True, slots=True)
class Told:
    """An original that others may copy."""

    story: str
    text: str
    facts: Facts
    handle: str


class Storm:
    """Draws facts and edits from one random source."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.told: set[str] = set()

    def name(self) -> str:
        first, middle, last = (self.random.choice(part) for part in SYLLABLES)
        return (first + middle + last).capitalize()

    def facts(self) -> Facts:
        draw = self.random
        return Facts(
            draw.randrange(len(SHAPES)), draw.choice(GREETING), draw.choice(OBJECTS), draw.choice(STATES),
            draw.choice(SINCE).format(n=draw.randint(2, 9)), draw.choice(HARM), draw.choice(CALL), self.name(),
            draw.randint(1, 180), draw.randint(1, 12), draw.randint(1, 60), self.name(), draw.randrange(6),
        )

    def original(self) -> tuple[Facts, str, str]:
        """(facts, text, kind) of something that was never told."""
        while True:
            facts = self.facts()
            text = facts.text()
            if self.fresh(text):
                return facts, text, "original"

    def look_alike(self, facts: Facts) -> tuple[Facts, str, str] | None:
        """`facts` with one thing changed that the text names; None where that has been told."""
        draw = self.random
        what = draw.choice(("street", "object", FACT_OF_FORM[facts.form]))
        if what in {"number", "rt", "kilometre"}:
            value: object = draw.randint(1, {"number": 180, "rt": 12, "kilometre": 60}[what])
        else:
            value = draw.choice(OBJECTS) if what == "object" else self.name()
        kind = {"object": "hard_object", "street": "hard_place", "shop": "hard_place"}.get(what, "hard_number")
        facts = replace(facts, **{what: value})
        text = facts.text()
        return (facts, text, kind) if self.fresh(text) else None

    def fresh(self, text: str) -> bool:
        if text in self.told:
            return False
        self.told.add(text)
        return True

    def copied(self, origin: Told) -> tuple[str, str]:
        kind = self.random.choice(("exact", "repost", "edited", "edited"))
        if kind == "exact":
            return origin.text, kind
        if kind == "repost":
            whole = f"RT @{origin.handle}: {origin.text}"
            return (whole if len(whole) <= 140 else whole[:139] + "…"), kind
        return self.edited(origin.text), kind

    def edited(self, text: str) -> str:
        edits = self.random.sample((
            self.names, self.tags, self.emoji, self.fore, self.aft, self.typo, self.slang, self.shout, self.reorder, self.drop,
            self.link,
        ), self.random.choice((1, 1, 2, 2, 3)))
        for edit in edits:
            text = edit(text)
        return text

    def names(self, text: str) -> str:
        return " ".join(f"@{self.name().lower()}" for _ in range(self.random.randint(1, 3))) + " " + text

    def tags(self, text: str) -> str:
        return text + " " + " ".join(self.random.sample(TAGS, 2))

    def emoji(self, text: str) -> str:
        return f"{text} {self.random.choice(EMOJI)}"

    def fore(self, text: str) -> str:
        return f"{self.random.choice(FORE)} {text}"

    def aft(self, text: str) -> str:
        return f"{text} {self.random.choice(AFT)}"

    def link(self, text: str) -> str:
        return f"{text} https://t.co/{self.random.getrandbits(50):x}"

    def shout(self, text: str) -> str:
        return text.upper().replace(",", " ")

    def slang(self, text: str) -> str:
        return " ".join(SLANG.get(word.lower(), word) if self.random.random() < 0.7 else word for word in text.split(" "))

    def typo(self, text: str) -> str:
        """One slip in a long word that does not begin with a capital: names are mostly copied with care."""
        words = text.split(" ")
        able = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 5 and word.islower()]
        if able:
            i = self.random.choice(able)
            word, at = words[i], self.random.randint(1, len(words[i]) - 2)
            words[i] = self.random.choice((
                word[:at] + word[at + 1:], word[:at] + word[at] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2:]))
        return " ".join(words)

    def reorder(self, text: str) -> str:
        parts = [part for part in text.split(". ") if part]
        if len(parts) > 2:
            self.random.shuffle(parts)
        return ". ".join(part.rstrip(".") for part in parts) + "."

    def drop(self, text: str) -> str:
        """Leave out the last sentence, where the rest still says what and where."""
        parts = text.rstrip(".").split(". ")
        return ". ".join(parts[:-1]) + "." if len(parts) > 2 and any(c.isupper() for c in parts[0][1:]) else text


def storm(size: int, *, seed: int, copies: float = 0.4, hard: float = 0.15, per_hour: int = 50_000) -> Iterator[Drop]:
    """Yield `size` posts; `copies` and `hard` are the shares of copies and of look-alikes."""
    draw = Storm(seed)
    source = draw.random
    recent: list[Told] = []  # what copies and look-alikes are made of; the first ones are the most popular
    for n in range(size):
        key, handle = f"x:post:{1_800_000_000_000_000_000 + n}", f"warga_{source.randrange(size * 2)}"
        at = START + timedelta(hours=n / per_hour)
        dice = source.random()
        if dice < copies and recent:
            origin = recent[min(int(source.paretovariate(0.8)) - 1, len(recent) - 1)]
            text, kind = draw.copied(origin)
            yield Drop(posted(key, text, handle, at), origin.story, kind)
            continue
        look_alike = dice < copies + hard and bool(recent)
        if look_alike and source.random() < 0.1:
            address = f"Jalan {draw.name()} no {source.randint(1, 90)}"
            yield Drop(posted(key, source.choice(SHORT), handle, at, address), key, "hard_short")
            continue
        origin = draw.look_alike(source.choice(recent).facts) if look_alike else draw.original()
        facts, text, kind = origin or draw.original()
        recent.insert(source.randrange(min(400, len(recent) + 1)), Told(key, text, facts, handle))
        del recent[2_000:]
        yield Drop(posted(key, text, handle, at), key, kind)


def posted(key: str, text: str, handle: str, at: datetime, address: str | None = None) -> Mention:
    return Mention(
        key=key, account="x:solo", platform="x", kind=MentionKind.MENTION, native_id=key[7:], text=text, posted_at=at,
        seen_at=at, author=Author(id=handle, handle=handle), place=PlaceHint(address=address) if address else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for drop in storm(given.size, seed=given.seed):
        m = drop.mention
        print(json.dumps({
            "id": m.key, "text": m.text, "author": m.author.handle, "created_at": m.posted_at.isoformat(), "platform": m.platform,
            **({"address": m.place.address} if m.place else {}), "story": drop.story, "kind": drop.kind,
        }, ensure_ascii=False))


if __name__ == "__main__":
    main()
