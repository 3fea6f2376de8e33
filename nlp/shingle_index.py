"""The index of shingles: which stories have a key. One table for all stories.

A set-associative table, as in a processor's cache: a key may stand in one row of WAYS cells, a cell holds 36 bits of
the key (its tag) and 28 of the story's number. When a row is full the oldest story gives way, and no key may hold
more than HOT cells of its row: what every post says ("mohon segera diperbaiki") neither floods the candidates nor
pushes the telling keys out. The number of cells that hold a key is also how the rare ones are known.

Reading the table with NumPy costs about the same for one post and for a hundred, so `look_up` takes the keys of a
batch and gives each a place, at which stands what was found. A story that the batch itself opens is entered there too:
judged one at a time or in batches, a post meets the same stories. After any other change all places are read anew.

Decides nothing about similarity.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from struct import Struct

import numpy as np

from nlp.shingles import Keys, signed

WAYS = 8  # a power of two; rows are found by shifting
HOT = 4
MAX_ROWS = 1 << 22
SLOT_BITS = np.uint64(28)
SLOT = np.uint64((1 << 28) - 1)
TAG = (1 << 36) - 1
ROW, ROW_BYTES = Struct(f"{WAYS}Q").unpack_from, 8 * WAYS
NONE = np.uint64(0)
FEW = 96  # keys, which are sooner read one by one
PIECE = 1 << 16  # rows that are swept or moved at once: no second table of temporaries


def tag_of(key: int) -> int:
    """What is kept of a key, signed or not."""
    return key >> 28 & TAG


def voting(numbers: Sequence[int]) -> tuple[int, ...]:
    """A key's votes for the stories that have it: one for each, two where it is rare."""
    if not numbers:
        return ()
    return tuple(numbers) if len(numbers) >= HOT else tuple([number for number in numbers for _ in (0, 1)])


def _empty(rows: int) -> array[int]:
    return array("Q", (0,)) * (rows * WAYS)


class Index:
    """Key -> the youngest stories that have it. Story numbers start at 1."""

    def __init__(self, rows: int = 1 << 10) -> None:
        self._used = 0
        self._tags: Sequence[int] = ()  # of what was looked up, sorted
        self.keys: list[int] = []  # the same whole and signed: the key of each place
        self.votes: list[tuple[int, ...]] = []  # of each place: see `voting`
        self.counts: list[int] = []  # of each place: how many stories have its key
        self._stale = False  # the table has changed under the places
        self._take(_empty(rows))
        self._note_gaps()

    def _take(self, flat: array[int]) -> None:
        self._flat = flat  # the cells, for one at a time; the same as rows:
        self._cells = np.frombuffer(flat, np.uint64).reshape(-1, WAYS)
        self._mask = len(self._cells) - 1
        self._full = 0.55 * len(flat)

    def _note_gaps(self) -> None:
        """Where the first empty cell of each row is."""
        self._stale = True
        gaps = bytearray()
        for start in range(0, len(self._cells), PIECE):
            empty = self._cells[start:start + PIECE] == NONE
            gaps += np.where(empty.any(axis=1), empty.argmax(axis=1), WAYS).astype(np.uint8).tobytes()
        self._gaps = gaps

    @property
    def nbytes(self) -> int:
        return int(self._cells.nbytes) + len(self._gaps)

    # --- asking

    def look_up(self, keys: Keys) -> list[int]:
        """Read what the table holds for these keys. Returns the place of each; places are in the order of keys."""
        if len(keys) < FEW:
            return self._look_up_few(keys.tolist())
        order = keys.argsort()
        ordered = keys[order]
        first = np.ones(len(keys), np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        asked = ordered[first]
        self._tags = (asked >> SLOT_BITS).data
        self.keys = asked.view(np.int64).tolist()
        self._read()
        places = np.empty(len(keys), np.int64)
        places[order] = first.cumsum() - 1
        found: list[int] = places.tolist()
        return found

    def _look_up_few(self, keys: list[int]) -> list[int]:
        place_of = {key: place for place, key in enumerate(sorted(set(keys)))}
        self._tags = [key >> 28 for key in place_of]
        self.keys = list(map(signed, place_of))
        self._read()
        return list(map(place_of.__getitem__, keys))

    def refresh(self) -> None:
        """Read the places anew where the table has changed under them."""
        if self._stale:
            self._read()

    def _read(self) -> None:
        self._stale = False
        if len(self._tags) < FEW:
            held = list(map(self.holders, self._tags))
            self.votes, self.counts = list(map(voting, held)), list(map(len, held))
            return
        tags = np.asarray(self._tags, np.uint64)
        cells = self._cells[tags & np.uint64(self._mask)]
        hits = np.flatnonzero(((cells >> SLOT_BITS) == tags[:, None]) & (cells != NONE))
        places = hits >> 3
        counts = np.bincount(places, minlength=len(tags))
        votes = np.where(counts < HOT, 2, 1)
        flat: list[int] = np.repeat(cells.ravel()[hits] & SLOT, votes[places]).tolist()
        some, start = np.flatnonzero(counts), 0
        self.counts = counts.tolist()
        self.votes = [()] * len(tags)
        for place, end in zip(some.tolist(), (counts * votes)[some].cumsum().tolist(), strict=True):
            self.votes[place] = tuple(flat[start:end])
            start = end

    def holders(self, tag: int) -> list[int]:
        """The stories of any tag."""
        cells = ROW(self._flat, (tag & self._mask) * ROW_BYTES)
        return [cell & 0xFFFFFFF for cell in cells if cell >> 28 == tag and cell]

    # --- entering

    def enter(self, places: Sequence[int], number: int, *, oldest: int) -> None:
        """Enter a story under keys that were looked up; `oldest` is the first story that still lives."""
        if self._used > self._full:
            self._make_room(oldest)
        self.refresh()
        flat, gaps, keys, votes, counts, mask = self._flat, self._gaps, self.keys, self.votes, self.counts, self._mask
        for place in places:
            tag, count, held = keys[place] >> 28 & TAG, counts[place], votes[place]
            row = tag & mask
            gap, at = gaps[row], row * WAYS
            if gap < HOT or (gap < WAYS and count < HOT):  # into the first empty cell
                self._used += 1
                flat[at + gap] = tag << 28 | number
                gap += 1
                while gap < WAYS and flat[at + gap]:
                    gap += 1
                gaps[row] = gap
            elif count >= HOT:  # where the oldest story of the key was
                gone = min(held)
                flat[flat.index(tag << 28 | gone, at, at + WAYS)] = tag << 28 | number
                cut = held.index(gone)
                votes[place] = (*held[:cut], *held[cut + 1:], number)
                continue
            else:
                flat[at + self._oldest(at)] = tag << 28 | number
                count, held = counts[place], votes[place]
            counts[place] = count + 1
            votes[place] = (*held, number, number) if count < HOT - 1 else (*held[::2 if count < HOT else 1], number)

    def add(self, tags: Iterable[int], number: int, *, oldest: int) -> None:
        """Enter a story under any tags."""
        if self._used > self._full:
            self._make_room(oldest)
        self._stale = True
        flat, gaps = self._flat, self._gaps
        for tag in tags:
            row = tag & self._mask
            gap, at = gaps[row], row * WAYS
            own = self.holders(tag) if gap >= HOT else ()
            if len(own) >= HOT:
                flat[flat.index(tag << 28 | min(own), at, at + WAYS)] = tag << 28 | number
            elif gap == WAYS:
                flat[at + self._oldest(at)] = tag << 28 | number
            else:
                self._used += 1
                flat[at + gap] = tag << 28 | number
                while gaps[row] < WAYS and flat[at + gaps[row]]:
                    gaps[row] += 1

    def _oldest(self, at: int) -> int:
        """Which cell of a full row holds the oldest story; it is taken from the votes of its key."""
        cells = ROW(self._flat, at * 8)
        numbers = [cell & 0xFFFFFFF for cell in cells]
        oldest = numbers.index(min(numbers))
        tag = cells[oldest] >> 28
        place = bisect_left(self._tags, tag)
        if not self._stale and place < len(self.keys) and self.keys[place] >> 28 & TAG == tag:
            votes = self.votes[place]
            left = list(votes[::2] if self.counts[place] < HOT else votes)
            left.remove(numbers[oldest])
            self.votes[place], self.counts[place] = voting(left), len(left)
        return oldest

    # --- housekeeping

    def shift(self, by: int, *, oldest: int) -> None:
        """Renumber: every story that lives counts `by` less."""
        self._sweep(oldest)
        self._cells[self._cells != NONE] -= np.uint64(by)

    def _make_room(self, oldest: int) -> None:
        self._sweep(oldest)
        self._used = int(np.count_nonzero(self._cells))
        rows = len(self._cells)
        if self._used <= 0.45 * self._cells.size or rows >= MAX_ROWS:
            return
        cells = self._cells
        self._take(_empty(rows * 2))
        grown = self._cells
        for start in range(0, rows, PIECE):
            part = cells[start:start + PIECE]
            upper = (part >> SLOT_BITS & np.uint64(rows)) != NONE
            grown[start:start + len(part)] = np.where(upper, NONE, part)
            grown[rows + start:rows + start + len(part)] = np.where(upper, part, NONE)
        self._note_gaps()

    def _sweep(self, oldest: int) -> None:
        for start in range(0, len(self._cells), PIECE):
            part = self._cells[start:start + PIECE]
            part[(part & SLOT) < np.uint64(oldest)] = NONE
        self._note_gaps()
