"""The index of shingles: which stories have a key. One table for all stories, asked for many posts at once.

A set-associative table, as in a processor's cache: a key may stand in one row of WAYS cells, a cell holds 36 bits of
the key (its tag) and 28 of the story's number. When a row is full the oldest story gives way, and no key may hold
more than HOT cells of its row: what every post says ("mohon segera diperbaiki") neither floods the candidates nor
pushes the telling keys out. The number of cells that hold a key is also how the rare ones are known.

Reading the table with NumPy costs about the same for one post and for a hundred, so `look_up` takes the tags of a
batch and keeps what it found as a dictionary. Stories that the batch itself opens are entered in both: judged one
at a time or in batches, a post meets the same stories.

Decides nothing about similarity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import repeat
from struct import Struct

import numpy as np
from numpy.typing import NDArray

WAYS = 8  # a power of two; rows are found by shifting
HOT = 4
MAX_ROWS = 1 << 22
SLOT_BITS = np.uint64(28)
SLOT = np.uint64((1 << 28) - 1)
TAG = (1 << 36) - 1
ROW, ROW_BYTES = Struct(f"{WAYS}Q").unpack_from, 8 * WAYS
NONE = np.uint64(0)
FEW = 128  # tags, which are sooner read one by one
PIECE = 1 << 16  # rows that are swept or moved at once: no second table of temporaries

Tags = NDArray[np.uint64]


def tag_of(key: int) -> int:
    """What is kept of a key, signed or not."""
    return key >> 28 & TAG


def _number(cell: int) -> int:
    return cell & 0xFFFFFFF


class Index:
    """Tag -> the youngest stories that have it. Story numbers start at 1."""

    def __init__(self, rows: int = 1 << 10) -> None:
        self._held: dict[int, tuple[int, ...]] = {}  # tags looked up or written since -> holders, where there are any
        self._used = 0
        self._take(np.zeros((rows, WAYS), np.uint64))

    def _take(self, cells: NDArray[np.uint64]) -> None:
        self._cells = cells
        self._flat = cells.data.cast("B").cast("Q")  # the same cells, for one at a time
        self._mask = len(cells) - 1
        self._full = 0.55 * cells.size
        self._note_gaps()

    def _note_gaps(self) -> None:
        """Where the first empty cell of each row is."""
        gaps = bytearray()
        for start in range(0, len(self._cells), PIECE):
            empty = self._cells[start:start + PIECE] == NONE
            gaps += np.where(empty.any(axis=1), empty.argmax(axis=1), WAYS).astype(np.uint8).tobytes()
        self._gaps = gaps

    @property
    def nbytes(self) -> int:
        return int(self._cells.nbytes) + len(self._gaps)

    def look_up(self, tags: Tags) -> None:
        """Read what the table holds for these tags; `votes`, `seen` and `known` answer for them until the next time."""
        if len(tags) < FEW:
            found = ((tag, self.holders(tag)) for tag in tags.tolist())
            self._held = {tag: tuple(numbers) for tag, numbers in found if numbers}
            return
        tags = np.sort(tags)
        tags = tags[np.diff(tags, prepend=tags[:1] + np.uint64(1)) != NONE]
        cells = self._cells[tags & np.uint64(self._mask)]
        hits = np.flatnonzero((cells >> SLOT_BITS) == tags[:, None])
        numbers: tuple[int, ...] = tuple((cells.ravel()[hits] & SLOT).tolist())
        places = hits >> 3
        firsts = np.flatnonzero(np.diff(places, prepend=-1))
        starts: list[int] = firsts.tolist()
        self._held = {
            tag: numbers[start:end]
            for tag, start, end in zip(tags[places[firsts]].tolist(), starts, (*starts[1:], len(numbers)), strict=False)
        }

    def ranked(self, tags: Sequence[int], *, least: int) -> list[int]:
        """Stories that share tags with a post, best first, as `hits << 32 | number`, from `least` hits on.

        A story counts once for each of its tags, twice where few others have that tag.
        """
        votes: list[int] = []
        for numbers in map(self._held.get, tags):
            if numbers:
                votes += numbers
                if len(numbers) < HOT:
                    votes += numbers
        ranks = [hits << 32 | number for number, hits in Counter(votes).items() if hits >= least]
        ranks.sort(reverse=True)
        return ranks

    def seen(self, tags: Sequence[int]) -> list[int]:
        """How many stories have each of the tags."""
        return list(map(len, map(self._held.get, tags, repeat(()))))

    def known(self, tag: int) -> Sequence[int]:
        """The stories of a tag that was looked up."""
        return self._held.get(tag, ())

    def holders(self, tag: int) -> list[int]:
        """The stories of any tag."""
        cells = ROW(self._flat, (tag & self._mask) * ROW_BYTES)
        return [cell & 0xFFFFFFF for cell in cells if cell >> 28 == tag and cell]

    def add(self, tags: Iterable[int], number: int, *, oldest: int, asked: bool = False) -> None:
        """Enter a story under its tags; `oldest` is the first story that still lives. `asked`: all were looked up."""
        if self._used > self._full:
            self._make_room(oldest)
        flat, gaps, mask, held = self._flat, self._gaps, self._mask, self._held
        for tag in tags:
            row = tag & mask
            place = gap = gaps[row]
            if gap >= HOT:
                own = held.get(tag, ()) if asked else self.holders(tag)
                if gap == WAYS or len(own) >= HOT:
                    place = self._freed(row, tag, own)
            at = row * WAYS + place
            flat[at] = tag << 28 | number
            if place == gap:
                self._used += 1
                at += 1
                gap += 1
                while gap < WAYS and flat[at]:
                    at += 1
                    gap += 1
                gaps[row] = gap
            held[tag] = (*held[tag], number) if tag in held else (number,)

    def _freed(self, row: int, tag: int, own: Sequence[int]) -> int:
        """The cell of the oldest story, of those with this tag where they are too many; it goes."""
        cells = ROW(self._flat, row * ROW_BYTES)
        gone = tag << 28 | min(own) if len(own) >= HOT else min(cells, key=_number)
        numbers, number = self._held.get(gone >> 28, ()), gone & 0xFFFFFFF
        if number in numbers:  # of a tag that nobody looked up it may not be
            at = numbers.index(number)
            self._held[gone >> 28] = numbers[:at] + numbers[at + 1:]
        return cells.index(gone)

    def shift(self, by: int, *, oldest: int) -> None:
        """Renumber: every story that lives counts `by` less."""
        self._sweep(oldest)
        self._cells[self._cells != NONE] -= np.uint64(by)
        self._held = {tag: tuple([number - by for number in numbers]) for tag, numbers in self._held.items()}

    def _make_room(self, oldest: int) -> None:
        self._sweep(oldest)
        self._used = int(np.count_nonzero(self._cells))
        rows = len(self._cells)
        if self._used <= 0.45 * self._cells.size or rows >= MAX_ROWS:
            return
        grown = np.zeros((rows * 2, WAYS), np.uint64)
        for start in range(0, rows, PIECE):
            part = self._cells[start:start + PIECE]
            upper = (part >> SLOT_BITS & np.uint64(rows)) != NONE
            grown[start:start + len(part)] = np.where(upper, NONE, part)
            grown[rows + start:rows + start + len(part)] = np.where(upper, part, NONE)
        self._take(grown)

    def _sweep(self, oldest: int) -> None:
        for start in range(0, len(self._cells), PIECE):
            part = self._cells[start:start + PIECE]
            part[(part & SLOT) < np.uint64(oldest)] = NONE
        self._note_gaps()
        living = {tag: tuple([number for number in numbers if number >= oldest]) for tag, numbers in self._held.items()}
        self._held = living
