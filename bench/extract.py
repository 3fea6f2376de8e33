"""Posts a second through the whole extraction on one core, beside what a user would otherwise assemble.

    python -m bench.extract [--posts 20000] [--beside] [--names FILE] [--profile]

The posts are made from templates of ours, 19 words in the mean, with real place names, slang, emoji and
links; numbers and names vary, so that most posts are new to every cache. `--beside` also runs spaCy's stock
Indonesian pipeline (EntityRuler over the names of Central Java, textcat) and a scikit-learn pipeline (TF-IDF of words
and letter runs, two linear models) on the same posts, trained on a few of them: they find names and a topic, and none
of the rest. Posts go in batches, as in the daemon, which is done with one before it takes the next. `--names` adds the
names of a file "code,name" (all Indonesia's) to the gazetteer. Memory is told at every fifth of the posts. Ratios of one
run hold; figures drift.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import pstats
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from domain import Mention, MentionKind
from nlp import gazetteer as names
from nlp.collector import spare_the_collector
from nlp.extract import BATCH, Extractor
from nlp.gazetteer import gazetteer
from nlp.machine_code import in_use
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


Run = Callable[[Sequence[str]], object]


def stock_spacy(known: Sequence[str], classes: Sequence[int]) -> Run:
    """What spaCy's own pages show: a blank Indonesian pipeline, a ruler of names, a text classifier."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("id")
    classifier = nlp.add_pipe("textcat", config={"model": {
        "@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "ngram_size": 1, "no_output_layer": False}})
    for label in sorted(set(classes)):
        classifier.add_label(f"topic{label}")
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {f"topic{c}": float(c == right) for c in set(classes)}})
        for text, right in zip(known, classes, strict=True)
    ]
    optimizer = nlp.initialize(lambda: examples)
    nlp.update(examples, sgd=optimizer)
    ruler = nlp.add_pipe("entity_ruler", before="textcat")  # after initialize, which would empty it
    ruler.add_patterns([{"label": "PLACE", "pattern": name} for name in _names_of_the_province()])
    return lambda texts: [(doc.ents, doc.cats) for doc in nlp.pipe(texts, batch_size=BATCH)]


def scikit_learn(known: Sequence[str], classes: Sequence[int]) -> Run:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    features = make_union(TfidfVectorizer(ngram_range=(1, 2)), TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)))
    topic = make_pipeline(features, LinearSVC()).fit(known, classes)
    actionable = LogisticRegression().fit(features.transform(known), [right < 7 for right in classes])

    def run(texts: Sequence[str]) -> None:
        for begin in range(0, len(texts), BATCH):
            seen = features.transform(texts[begin : begin + BATCH])
            topic[-1].predict(seen)
            actionable.predict_proba(seen)

    return run


def _names_of_the_province() -> list[str]:
    return sorted({names.KIND.sub("", a.name) for a in gazetteer().areas.values() if a.code.startswith("33")})


def beside(mentions: Sequence[Mention], ours: float) -> None:
    """Prints what the others cost; `ours` is our time a post, in seconds."""
    teaching = list(posts(400, seed=11))
    classes = [next(i for i, m in enumerate(MATTERS) if m[:9] in post.text) for post in teaching]
    texts = [mention.text for mention in mentions]
    for name, build in (("spaCy id + EntityRuler + textcat", stock_spacy), ("scikit-learn, batches", scikit_learn)):
        begun = time.process_time()
        run = build([post.text for post in teaching], classes)
        ready = time.process_time() - begun
        run(texts[:300])
        begun = time.process_time()
        run(texts)
        spent = (time.process_time() - begun) / len(texts)
        print(f"{name:34} {1 / spent:7,.0f} posts/s {spent * 1e6:7.0f} us, ready after {ready:4.1f} s: "
              f"{spent / ours:.1f} times ours")


def with_names_of(path: Path) -> None:
    """Let the gazetteer, when it is built, know the names of a file as it knows those of other provinces."""
    shipped, rows = names._rows, list(csv.reader(path.open(encoding="utf-8")))
    more = [(code, name) for code, name, *_ in rows if code[:1].isdigit() and not code.startswith(names.INSIDE)]

    def read(name: str) -> list[tuple[str, ...]]:
        known = shipped(name)
        return known + sorted(set(more) - set(known)) if name == "outside.tsv" else known

    names._rows = read


def resident() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.extract", description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--beside", action="store_true")
    parser.add_argument("--names", type=Path)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args(arguments)
    if given.names:
        with_names_of(given.names)
    begun = time.process_time()
    extractor = Extractor(load(given.config))
    ready = time.process_time() - begun
    mentions = list(posts(min(given.posts, 20_000)))
    extractor.extract_many(mentions[:500])
    spare_the_collector()  # as `kentongan analyze` and the daemon do
    profile = cProfile.Profile() if given.profile else None
    if profile:
        profile.enable()
    spent, memory = measured(extractor, given.posts)
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(32)
    words = sum(len(m.text.split()) for m in mentions) / len(mentions)
    print("judged by", "machine code" if in_use() else "Python (make machine-code is half as fast again)")
    print(f"{'kentongan, all of it':34} {1 / spent:7,.0f} posts/s {spent * 1e6:7.0f} us, ready after {ready:4.1f} s; "
          f"{words:.0f} words a post, {len(gazetteer().areas):,} areas")
    print("MB resident at every fifth:", " ".join(f"{part:.0f}" for part in memory))
    if given.beside:
        beside(mentions[:5_000], spent)
    return 0


def measured(extractor: Extractor, count: int) -> tuple[float, list[float]]:
    """CPU seconds a post, and MB after every fifth of them. Every fifth has posts of its own."""
    spent, memory, part = 0.0, [], count // 5
    for fifth in range(5):
        for begin in range(0, part, 20_000):
            mentions = list(posts(min(20_000, part - begin), seed=100 * fifth + begin // 20_000))
            begun = time.process_time()
            for at in range(0, len(mentions), BATCH):
                extractor.extract_many(mentions[at : at + BATCH])
            spent += time.process_time() - begun
        memory.append(resident())
    return spent / (part * 5), memory


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
