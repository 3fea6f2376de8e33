"""Speed, memory and quality of duplicate detection on a synthetic storm.

    python -m bench.duplicates                 10,000 and 200,000 posts
    python -m bench.duplicates --million       and 1,000,000: some minutes
    python -m bench.duplicates --copies 0.1    more originals, so more stories in memory

Prints, at each size, what a post costs there (CPU time, the mean over the last tenth, at most 10,000 posts), by
whether it was new or a copy, and what the memory of stories takes per story. Posts come in batches, as the daemon
judges them; what reading a batch ahead costs is shared by its posts. Then, for the smaller
size, the same posts through datasketch's MinHashLSH where that is installed; it is no dependency.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from importlib.util import find_spec
from itertools import islice

from bench.storm import Drop, storm
from nlp.duplicates import Folder

WINDOW = timedelta(days=14)
THRESHOLD = 0.72
BATCH = 200


class Tally:
    """Scores and cost of one run."""

    def __init__(self) -> None:
        self.both: Counter[tuple[str, str]] = Counter()
        self.truth: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.posts: Counter[str] = Counter()
        self.look_alikes = self.merged = 0

    def note(self, drop: Drop, cluster: str, seconds: float) -> None:
        new = "new" if cluster == drop.mention.key else "copy"
        self.both[drop.story, cluster] += 1
        self.truth[drop.story] += 1
        self.found[cluster] += 1
        self.seconds[new] += seconds
        self.posts[new] += 1
        if drop.kind.startswith("hard"):
            self.look_alikes += 1
            self.merged += new == "copy"

    def b_cubed(self) -> tuple[float, float, float]:
        total = sum(self.truth.values())
        precision = sum(n * n / self.found[cluster] for (_, cluster), n in self.both.items()) / total
        recall = sum(n * n / self.truth[story] for (story, _), n in self.both.items()) / total
        return precision, recall, 2 * precision * recall / (precision + recall)

    def pairs(self) -> tuple[float, float]:
        def count(sizes: Iterable[int]) -> int:
            return sum(n * (n - 1) // 2 for n in sizes)

        both = count(self.both.values())
        return both / max(1, count(self.found.values())), both / max(1, count(self.truth.values()))

    def quality(self) -> str:
        p, r, f = self.b_cubed()
        pair_p, pair_r = self.pairs()
        return (f"B-cubed P {p:.4f} R {r:.4f} F1 {f:.4f}   pairs P {pair_p:.4f} R {pair_r:.4f}   "
                f"look-alikes merged {self.merged} of {self.look_alikes}")

    def cost(self) -> str:
        spent = {kind: self.seconds[kind] / self.posts[kind] * 1e6 for kind in sorted(self.posts)}
        whole = sum(self.seconds.values()) / max(1, sum(self.posts.values())) * 1e6
        return "   ".join(f"{kind} {us:6.1f} us" for kind, us in spent.items()) + f"   all {whole:6.1f} us, {1e6 / whole:,.0f} posts/s"


def ours(size: int, *, seed: int, copies: float) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    folder = Folder(threshold=THRESHOLD, window=WINDOW)
    whole, last = Tally(), Tally()
    drops = storm(size, seed=seed, copies=copies)
    for at in range(0, size, BATCH):
        batch = list(islice(drops, BATCH))
        start = time.thread_time()
        folder.look_ahead([drop.mention for drop in batch])
        share = (time.thread_time() - start) / len(batch)
        for n, drop in enumerate(batch, at):
            start = time.thread_time()
            verdict, _ = folder.fold(drop.mention)
            seconds = time.thread_time() - start + share
            whole.note(drop, verdict.cluster, seconds)
            if n >= size - min(10_000, size // 10):
                last.note(drop, verdict.cluster, seconds)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n{size:,} posts, {folder.stories:,} stories in memory")
    print(f"  at the end   {last.cost()}")
    print(f"  whole run    {whole.cost()}")
    print(f"  memory       {folder.nbytes / 1e6:.1f} MB, {folder.nbytes / folder.stories:.0f} bytes a story; "
          f"process grew by {grown:.0f} MB with the scores of this bench")
    print(f"  {whole.quality()}")


def with_datasketch(size: int, *, seed: int, copies: float) -> None:
    if find_spec("datasketch") is None:
        print("\ndatasketch is not installed here: no comparison (pip install datasketch, then run again)")
        return
    from datasketch import MinHash, MinHashLSH

    index, tally = MinHashLSH(threshold=0.7, num_perm=128), Tally()
    for drop in storm(size, seed=seed, copies=copies):
        start = time.thread_time()
        words = drop.mention.text.lower().split()
        sketch = MinHash(num_perm=128)
        for at in range(max(1, len(words) - 2)):
            sketch.update(" ".join(words[at:at + 3]).encode())
        found = index.query(sketch)
        if not found:
            index.insert(drop.mention.key, sketch)
        tally.note(drop, min(found) if found else drop.mention.key, time.thread_time() - start)
    print(f"\n{size:,} posts through datasketch MinHashLSH 0.7, 128 permutations, word 3-shingles")
    print(f"  whole run    {tally.cost()}")
    print(f"  {tally.quality()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--copies", type=float, default=0.4)
    given = parser.parse_args()
    for size in (10_000, 200_000, *([1_000_000] if given.million else [])):
        ours(size, seed=given.seed, copies=given.copies)
    with_datasketch(10_000, seed=given.seed, copies=given.copies)


if __name__ == "__main__":
    main()
