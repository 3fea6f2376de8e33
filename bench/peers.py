"""Our folding beside datasketch, rensa, simhash and semhash: one run, one stream, each in a process of its own.

    python -m bench.peers [--size 10000] [--seed 7] [--stream storm|rough]

All get the same posts in the same order, all look for an earlier story and remember a post only where they find none;
peers shingle the lower-cased words in threes, the quickest way, with the thresholds that their users take; "letters" is
datasketch over runs of five signs, as short texts are mostly cut. Posts come in batches of BATCH, as
the daemon judges them: ours read and look up a batch at once, and judge one after the other (`alone`: given one at a time);
of the peers only datasketch has a call for many, `bulk`. Semhash does not stream: it takes all posts at once, and gets
vectors of hashed word parts because its own model would be a download. What is not installed is left out and named. CPU time of the process; `bytes` is what the process grew by,
per post remembered or not. Ratios of one run hold; absolute figures follow the machine.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np

from bench.duplicates import BATCH, THRESHOLD, WINDOW, Tally
from bench.rough import rough
from bench.storm import Drop, storm
from bench.viral import resident
from domain import Mention

Judge = Callable[[Mention], str]  # a post -> the key of its story's first post
Fold = Callable[[Sequence[Mention]], list[str]]  # the next posts -> those
DIMENSIONS = 256
LETTERS = 5


def shingles(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[at:at + 3]) for at in range(max(1, len(words) - 2))]


def letters(text: str) -> list[str]:
    plain = " ".join(text.lower().split())
    return list(dict.fromkeys(plain[at:at + LETTERS] for at in range(max(1, len(plain) - LETTERS + 1))))


def one_by_one(judge: Judge) -> Fold:
    return lambda mentions: [judge(mention) for mention in mentions]


def kentongan() -> Fold:
    from nlp.duplicates import Folder

    folder = Folder(threshold=THRESHOLD, window=WINDOW)
    return lambda mentions: [verdict.cluster for verdict, _ in folder.fold_all(mentions)]


def alone() -> Fold:
    from nlp.duplicates import Folder

    folder = Folder(threshold=THRESHOLD, window=WINDOW)
    return one_by_one(lambda mention: folder.fold(mention)[0].cluster)


def datasketch_bulk(threshold: float = 0.7) -> Fold:
    """Sketches of a batch in one call."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=128)

    def fold(mentions: Sequence[Mention]) -> list[str]:
        found: list[str] = []
        cut = [[shingle.encode() for shingle in shingles(mention.text)] for mention in mentions]
        for mention, sketch in zip(mentions, MinHash.bulk(cut, num_perm=128), strict=True):
            held = index.query(sketch)
            if not held:
                index.insert(mention.key, sketch)
            found.append(min(held) if held else mention.key)
        return found

    return fold


def datasketch(
    threshold: float = 0.7, *, batched: bool = True, cut: Callable[[str], list[str]] = shingles
) -> Fold:
    """`batched`: all shingles of a post in one call, which is quicker; plain is as its first page shows it."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=128)

    def judge(mention: Mention) -> str:
        sketch = MinHash(num_perm=128)
        if batched:
            sketch.update_batch([shingle.encode() for shingle in cut(mention.text)])
        else:
            for shingle in cut(mention.text):
                sketch.update(shingle.encode())
        found = index.query(sketch)
        if not found:
            index.insert(mention.key, sketch)
        return min(found) if found else mention.key

    return one_by_one(judge)


def rensa(threshold: float = 0.7) -> Fold:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=16)
    keys: list[str] = []

    def judge(mention: Mention) -> str:
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(shingles(mention.text))
        found = index.query(sketch)
        if not found:
            index.insert(len(keys), sketch)
            keys.append(mention.key)
        return keys[min(found)] if found else mention.key

    return one_by_one(judge)


def simhash(distance: int = 8) -> Fold:
    import logging

    from simhash import Simhash, SimhashIndex

    logging.getLogger().setLevel(logging.ERROR)  # it warns of every full bucket
    index = SimhashIndex([], k=distance)

    def judge(mention: Mention) -> str:
        sketch = Simhash(shingles(mention.text))
        found = index.get_near_dups(sketch)
        if not found:
            index.add(mention.key, sketch)
        return min(found) if found else mention.key

    return one_by_one(judge)


class Hashed:
    """Vectors of hashed word parts, for want of a model: semhash asks for anything that encodes."""

    def encode(self, texts: Sequence[str], **_: object) -> np.ndarray:
        from xxhash import xxh3_64_intdigest

        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            plain = " ".join(text.lower().split())
            for at in range(len(plain) - 3):
                row[xxh3_64_intdigest(plain[at:at + 4].encode()) % DIMENSIONS] += 1
        return vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))


def semhash(drops: Sequence[Drop], threshold: float = 0.9) -> list[str]:
    from semhash import SemHash

    first: dict[str, str] = {}
    for drop in drops:
        first.setdefault(drop.mention.text, drop.mention.key)
    texts = [drop.mention.text for drop in drops]
    filtered = SemHash.from_records(texts, model=Hashed()).self_deduplicate(threshold=threshold).filtered
    canonical = {duplicate.record: duplicate.duplicate_of for duplicate in filtered}
    return [first[canonical.get(text, text)] for text in texts]


RUNS: dict[str, tuple[str, Callable[[], Fold]]] = {
    "kentongan": ("numpy", kentongan),
    "kentongan alone": ("numpy", alone),
    "datasketch 0.7": ("datasketch", datasketch),
    "datasketch bulk": ("datasketch", datasketch_bulk),
    "datasketch plain": ("datasketch", lambda: datasketch(batched=False)),
    "datasketch 0.85": ("datasketch", lambda: datasketch(0.85)),
    "letters 0.7": ("datasketch", lambda: datasketch(cut=letters)),
    "letters plain": ("datasketch", lambda: datasketch(batched=False, cut=letters)),
    "letters 0.5": ("datasketch", lambda: datasketch(0.5, batched=False, cut=letters)),
    "rensa 0.7": ("rensa", rensa),
    "simhash 8 bits": ("simhash", simhash),
    "semhash 0.9": ("semhash", kentongan),
}


def measure(name: str, drops: Sequence[Drop], answer: multiprocessing.Queue[object]) -> None:
    """In a process of its own: what it costs, what it grows by, how right it is."""
    posts = [drop.mention for drop in drops]
    fold: Fold | None = None if name.startswith("semhash") else RUNS[name][1]()
    if fold:
        fold(posts[:1])  # what is imported at the first use is nobody's cost per post
        fold = RUNS[name][1]()
    gc.freeze()  # as the daemon does: the collector need not look through the posts again and again
    before, begun = resident(), time.process_time()  # of all threads: rensa and semhash have some
    if fold:
        found = [story for at in range(0, len(posts), BATCH) for story in fold(posts[at:at + BATCH])]
    else:
        found = semhash(drops)
    seconds = time.process_time() - begun
    grown, tally = (resident() - before) * 1e6, Tally()
    for drop, cluster in zip(drops, found, strict=True):
        tally.note(drop, cluster, seconds / len(drops))
    answer.put((seconds, grown, tally.pairs(), tally.b_cubed(), tally.merged, tally.look_alikes))


def compare(drops: Sequence[Drop]) -> Iterable[tuple[str, object]]:
    for name, (package, _) in RUNS.items():
        if find_spec(package) is None:
            yield name, f"not installed: pip install {package}"
            continue
        context = multiprocessing.get_context("fork")
        answer: multiprocessing.Queue[object] = context.Queue()
        process = context.Process(target=measure, args=(name, drops, answer))
        process.start()
        while process.is_alive() and answer.empty():
            process.join(0.2)
        yield name, answer.get() if not answer.empty() else f"ended with {process.exitcode}"
        process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stream", choices=("storm", "rough"), default="storm")
    given = parser.parse_args()
    drops = list((storm if given.stream == "storm" else rough)(given.size, seed=given.seed))
    named = ", ".join(f"{p} {version(p)}" for p in ("datasketch", "rensa", "simhash", "semhash") if find_spec(p))
    print(f"{given.size:,} posts of {given.stream}, seed {given.seed}; {named}")
    print(f"{'':17} {'posts/s':>9} {'x':>6} {'bytes/post':>10} {'pair P':>7} {'pair R':>7} {'B3 F1':>6}  look-alikes merged")
    ours = 0.0
    for name, result in compare(drops):
        if isinstance(result, str):
            print(f"{name:17} {result}")
            continue
        seconds, grown, (precision, recall), (_, _, f1), merged, alike = result
        rate = len(drops) / seconds
        ours = ours or rate
        print(f"{name:17} {rate:9,.0f} {ours / rate:6.1f} {grown / len(drops):10,.0f} {precision:7.4f} {recall:7.4f} {f1:6.4f}  "
              f"{merged:,} of {alike:,}")
    print("x: how many times our posts/s theirs go into")


if __name__ == "__main__":
    main()
