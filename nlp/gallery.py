"""Every picture that was ever hashed, so that an old one is known when it comes again. A replica of the store.

A million pictures have some seven million views. Held are the first 64 bits of each view and the number of
its picture, packed: 12 bytes a view. One look-up compares the first two views of a picture (the whole, and its
inner part or what is left without the edge) with all of them, and its others with everybody's first two: some
tens of milliseconds at a million, as much as the picture's own way over the network. What is found is a
candidate: the caller fetches its views from the store and asks `nlp.pictures.distance`, so pictures that
were deleted meanwhile are never shown, and nothing has to be taken out of here.

Knows no time and no story.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.pictures import COARSE_DISTANCE

MOST = 200  # candidates of one look-up; more is a meme, and the oldest of it are enough
FIRST = 2
VIEW_BYTES = 16
CHUNK = 1 << 18


class Column:
    """Hashes and whose they are, in the order they came; grows by halves."""

    def __init__(self) -> None:
        self._views = np.zeros(1024, np.uint64)
        self._numbers = np.zeros(1024, np.uint32)
        self.size = 0

    @property
    def nbytes(self) -> int:
        return int(self._views.nbytes + self._numbers.nbytes)

    def add(self, numbers: NDArray[np.uint32], views: NDArray[np.uint64]) -> None:
        needed = self.size + len(views)
        if needed > len(self._views):
            room = np.zeros(max(needed, len(self._views) * 3 // 2) - self.size, np.uint64)
            self._views = np.concatenate((self._views[:self.size], room))
            self._numbers = np.concatenate((self._numbers[:self.size], room.astype(np.uint32)))
        self._views[self.size:needed] = views
        self._numbers[self.size:needed] = numbers
        self.size = needed

    def near(self, views: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for start in range(0, self.size, CHUNK):  # piecewise: a million temporaries do not fit the cache
            held = self._views[start:min(start + CHUNK, self.size)]
            for view in views:
                alike = np.flatnonzero(np.bitwise_count(held ^ np.uint64(view)) <= COARSE_DISTANCE)
                found.update(self._numbers[start + alike].tolist())
            if len(found) >= MOST:
                break
        return found


class Gallery:
    """Picture numbers by look; numbers are the store's, and grow."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._firsts, self._others = Column(), Column()

    def __len__(self) -> int:
        """How many views are held."""
        return self._firsts.size + self._others.size

    @property
    def nbytes(self) -> int:
        return self._firsts.nbytes + self._others.nbytes

    def add(self, pictures: Sequence[tuple[int, bytes]]) -> None:
        """Take in pictures, many at once: number, and views as the store packs them, 16 bytes each."""
        counts = np.array([len(packed) // VIEW_BYTES for _, packed in pictures], np.int64)
        numbers = np.repeat(np.array([number for number, _ in pictures], np.uint32), counts)
        halves = np.frombuffer(b"".join(packed for _, packed in pictures), ">u8")[::2].astype(np.uint64)
        places = np.arange(len(halves)) - np.repeat(np.cumsum(counts) - counts, counts)  # of each view in its picture
        first = places < FIRST
        self._firsts.add(numbers[first], halves[first])
        self._others.add(numbers[~first], halves[~first])

    def near(self, views: Sequence[str]) -> list[int]:
        """Numbers of the pictures that may be this one, oldest first, MOST at most."""
        halves = [int(view[:16], 16) for view in views]
        return sorted(self._firsts.near(halves) | self._others.near(halves[:FIRST]))[:MOST]
