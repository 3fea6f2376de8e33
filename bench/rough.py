"""A storm that our code was not built for: rougher edits, and look-alikes of more kinds than `bench.storm` has.

`rough(size, seed=...)` yields Drop(mention, story, kind) like `storm`, on top of its clauses. Half of the edited copies
get edits that no list of ours foresees:

  slips         letters exchanged for their neighbours on the keyboard, in any word, names at times among them
  javanese      everyday words said in Javanese ("rumah" -> "omah"), wherever they stand
  inside        emoji and dots between words, line breaks, no stops at all
  shuffled      sentences in another order, with one left out
  counted       small numbers as words, "2 minggu" -> "dua minggu"; words glued together or cut in two

and these must stay apart, beside the changed street, number, rt, kilometre, shop and object of `storm`:

  hard_greeting   one citizen's greeting of thirty words before eighteen different problems
  hard_incident   two incidents of one kind in one kecamatan, told in one form, at another place and hour
  hard_rw         the same street and RT, another RW
  hard_short      the same three words by strangers, each from another address

    python -m bench.rough [--size 200000] [--seed 11] [--worst 20]     quality of our folding, by kind
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bench.storm import EMOJI, SHORT, START, Drop, Storm, Told, posted

NEIGHBOURS = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl",
    "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe",
    "y": "tu", "z": "x",
}
JAVANESE = {
    "rumah": "omah", "sudah": "wis", "tidak": "ora", "besar": "gedhe", "malam": "bengi", "lama": "suwe", "air": "banyu",
    "dekat": "cedhak", "depan": "ngarep", "setiap": "saben", "takut": "wedi", "lewat": "liwat", "jatuh": "tiba", "hujan": "udan",
    "kalau": "yen", "dari": "seka", "anak": "bocah", "orang": "wong", "jalan": "dalan", "minggu": "minggon", "sampai": "tekan",
    "bau": "mambu", "gelap": "peteng", "kecil": "cilik", "hari": "dina", "bulan": "sasi", "panjang": "dawa", "belum": "durung",
}
COUNTED = {"2": "dua", "3": "tiga", "4": "empat", "5": "lima", "6": "enam", "7": "tujuh", "8": "delapan", "9": "sembilan"}
GREETING = (
    "Assalamualaikum warahmatullahi wabarakatuh, kepada yang terhormat bapak wali kota beserta jajaran dinas terkait, dengan "
    "hormat kami warga kampung menyampaikan keluhan yang sudah lama kami rasakan bersama dan mohon kiranya segera mendapat "
    "perhatian, yaitu mengenai {problem}. Atas perhatian dan kerja samanya kami ucapkan banyak terima kasih"
)
PROBLEMS = (
    "lampu jalan yang padam", "saluran air yang tersumbat", "jalan kampung yang berlubang", "sampah yang menumpuk",
    "antrean puskesmas yang panjang", "air PDAM yang keruh", "kabel yang menjuntai", "pohon yang hampir tumbang",
    "parkir liar di trotoar", "anjing yang berkeliaran", "sekolah yang atapnya bocor", "bantuan sosial yang terlambat",
    "pasar yang becek", "suara bising bengkel", "bau limbah pabrik", "jembatan kayu yang lapuk", "halte yang rusak",
    "taman bermain yang kotor",
)
KECAMATAN = ("Jebres", "Laweyan", "Banjarsari", "Serengan", "Pasar Kliwon")
INCIDENTS = ("Pohon tumbang", "Kecelakaan motor", "Kebakaran warung", "Tanah longsor", "Pipa air pecah", "Tiang listrik roboh")
INCIDENT = "{what} di Kecamatan {kecamatan}, tepatnya {where}, sekitar pukul {hour} tadi. Petugas mohon segera ke lokasi, lalu lintas macet"


class Rough(Storm):
    """Draws what `Storm` draws, and the rougher edits."""

    def rough(self, text: str) -> str:
        for edit in self.random.sample((self.slips, self.javanese, self.inside, self.shuffled, self.counted),
                                       self.random.choice((1, 1, 2))):
            text = edit(text)
        return text

    def slips(self, text: str) -> str:
        """One or two wrong letters; one text in twelve has one in a word with a capital, which may be the name."""
        words = text.split(" ")
        capitals = self.random.random() < 1 / 12
        able = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4 and (capitals or word.islower())]
        for i in self.random.sample(able, min(len(able), self.random.randint(1, 2))):
            at = self.random.randrange(1, len(words[i]))
            wrong = self.random.choice(NEIGHBOURS.get(words[i][at].lower(), words[i][at]))
            words[i] = words[i][:at] + wrong + words[i][at + 1:]
        return " ".join(words)

    def javanese(self, text: str) -> str:
        """Up to three everyday words of the text in Javanese; "jalan" stays where a street's name follows it."""
        words = text.split(" ")
        able = [i for i, word in enumerate(words)
                if word in JAVANESE and not (i + 1 < len(words) and words[i + 1][:1].isupper())]
        for i in self.random.sample(able, min(len(able), self.random.randint(1, 3))):
            words[i] = JAVANESE[words[i]]
        return " ".join(words)

    def inside(self, text: str) -> str:
        words = text.replace(". ", self.random.choice((" ", "\n", " ... "))).split(" ")
        for _ in range(self.random.randint(1, 3)):
            words.insert(self.random.randrange(len(words)), self.random.choice((*EMOJI, "...", "\n")))
        return " ".join(words)

    def shuffled(self, text: str) -> str:
        parts = [part.rstrip(".") for part in text.split(". ") if part]
        self.random.shuffle(parts)
        return ". ".join(parts if len(parts) < 4 else parts[1:])

    def counted(self, text: str) -> str:
        words = text.split(" ")
        for i, word in enumerate(words[1:], 1):
            if word in COUNTED and words[i - 1].lower() in {"sejak", "sudah"}:
                words[i] = COUNTED[word]
        i = self.random.randrange(1, len(words))
        if words[i].isalpha() and words[i].islower() and words[i - 1].isalpha() and words[i - 1].islower():
            words[i - 1:i + 1] = [words[i - 1] + words[i]]
        return " ".join(words)

    def incident(self) -> str:
        return INCIDENT.format(what=self.random.choice(INCIDENTS), kecamatan=self.random.choice(KECAMATAN),
                               where=self.random.choice(("Jalan {}", "depan toko {}", "kampung {}", "dekat masjid {}")).format(self.name()),
                               hour=f"{self.random.randint(5, 22)}.{self.random.choice(('00', '15', '30', '45'))}")


def rough(size: int, *, seed: int, copies: float = 0.45, hard: float = 0.2, per_hour: int = 50_000) -> Iterator[Drop]:
    """Yield `size` posts, half of the edited copies roughly edited."""
    draw = Rough(seed)
    chance = draw.random
    recent: list[Told] = []
    greeters: list[tuple[str, list[str]]] = []  # a citizen and the problems it has yet to tell
    for n in range(size):
        key, handle = f"x:post:{1_800_000_000_000_000_000 + n}", f"warga_{chance.randrange(size * 2)}"
        at, dice = START + timedelta(hours=n / per_hour), chance.random()
        if dice < copies and recent:
            origin = recent[min(int(chance.paretovariate(0.8)) - 1, len(recent) - 1)]
            text, kind = draw.copied(origin)
            if kind == "edited" and chance.random() < 0.5:
                text, kind = draw.rough(origin.text), "rough"
            yield Drop(posted(key, text, handle, at), origin.story, kind)
            continue
        if dice < copies + hard * 0.4 and recent:
            yield _stranger(draw, chance, greeters, (key, handle), at)
            continue
        near = dice < copies + hard and recent
        facts, text, kind = (_look_alike(draw, chance, recent) if near else None) or draw.original()
        recent.insert(chance.randrange(min(400, len(recent) + 1)), Told(key, text, facts, handle))
        del recent[2_000:]
        yield Drop(posted(key, text, handle, at), key, kind)


def _look_alike(draw: Rough, chance: random.Random, recent: list[Told]):
    facts = chance.choice(recent).facts
    if facts.form == 1 and chance.random() < 0.5:
        other = replace(facts, number=facts.number + chance.randint(1, 11))  # the RW comes from the number
        return (other, other.text(), "hard_rw") if draw.fresh(other.text()) else None
    return draw.look_alike(facts)


def _stranger(draw: Rough, chance: random.Random, greeters: list[tuple[str, list[str]]], names: tuple[str, str], at) -> Drop:
    """A short text with its address, a greeting with the next problem, or one more incident."""
    key, handle = names
    dice = chance.random()
    if dice < 0.3:
        address = f"Jalan {draw.name()} no {chance.randint(1, 90)}"
        return Drop(posted(key, chance.choice(SHORT), handle, at, address), key, "hard_short")
    if dice < 0.6:
        if len(greeters) < 5:
            greeters.append((f"{handle}_salam", chance.sample(PROBLEMS, len(PROBLEMS))))
        greeter = chance.choice(greeters)
        problem = greeter[1].pop()
        if not greeter[1]:
            greeters.remove(greeter)
        while not draw.fresh(text := GREETING.format(problem=f"{problem} di gang {draw.name()}")):
            pass
        return Drop(posted(key, text, greeter[0], at), key, "hard_greeting")
    while not draw.fresh(text := draw.incident()):
        pass
    return Drop(posted(key, text, handle, at), key, "hard_incident")


def main() -> None:
    from bench.duplicates import THRESHOLD, WINDOW, Tally
    from nlp.duplicates import Folder

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--worst", type=int, default=0, help="print so many wrong merges and so many misses")
    given = parser.parse_args()
    folder, tally = Folder(threshold=THRESHOLD, window=WINDOW), Tally()
    posts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    texts: dict[str, str] = {}
    truth: dict[str, str] = {}
    shown: Counter[bool] = Counter()
    for drop in rough(given.size, seed=given.seed):
        found = folder.fold(drop.mention)[0].cluster
        key = drop.mention.key
        tally.note(drop, found, 0.0)
        truth[key] = drop.story
        posts[drop.kind] += 1
        merged = found != key and truth.get(found, found) != drop.story
        missed = found == key != drop.story
        wrong[drop.kind] += merged or missed
        if given.worst:
            texts[key] = drop.mention.text
            if (merged or missed) and shown[merged] < given.worst:
                shown[merged] += 1
                print(f"{'MERGED' if merged else 'MISSED'} {drop.kind}\n   {drop.mention.text!r}\n   {texts[found if merged else drop.story]!r}")
    print(f"{given.size:,} posts, seed {given.seed}: {tally.quality()}")
    for kind, count in sorted(posts.items()):
        print(f"  {kind:14} {count:8,}  wrong {wrong[kind]:6,}  {wrong[kind] / count:.4f}")


if __name__ == "__main__":
    main()
