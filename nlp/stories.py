"""The stories in the window, packed: an index of hashes and a shelf of bodies. No object per story.

A million stories must fit beside everything else in 500 MB, and looking up must cost the same at a
million as at ten thousand. So:

`Index` is a set-associative table, as in a processor's cache: a key may stand in one row of WAYS
cells, a cell holds 36 bits of the key and 28 of the story's number. Looking up all keys of a post is
one gather. When a row is full the oldest story gives way, and no key may hold more than HOT cells of
its row: what every post says ("mohon segera diperbaiki") neither floods the candidates nor pushes the
telling keys out. The number of cells that hold a key is also how `sample` knows the rare ones.

`Shelf` keeps the bodies in sealed segments, each one bytes object with offsets. A segment is dropped
whole when all of it is too old. "Now" is the median time of the last sealed segment, so one post with
a clock in 2099 forgets nothing.

Decides nothing about similarity.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.fingerprint import Keys

WAYS = 8  # a power of two; `find` divides by shifting
HOT = 4
MAX_ROWS = 1 << 22
SLOT_BITS = np.uint64(28)
SLOT = np.uint64((1 << 28) - 1)
NONE = np.uint64(0)
SEGMENT = 2048  # stories


class Index:
    """Key -> the youngest stories that have it. Story numbers start at 1."""

    def __init__(self, rows: int = 1 << 10) -> None:
        self._used = 0
        self._take(np.zeros((rows, WAYS), np.uint64))

    def _take(self, cells: NDArray[np.uint64]) -> None:
        self._cells = cells
        self._flat = cells.data.cast("B").cast("Q")  # the same cells, for one at a time
        self._mask = np.uint64(len(cells) - 1)

    @property
    def nbytes(self) -> int:
        return int(self._cells.nbytes)

    def find(self, keys: Keys) -> tuple[list[int], Counter[int]]:
        """(story numbers, how many cells hold the key at each place).

        A story's number comes once for each of its keys, twice where few others have that key.
        """
        tags = keys >> SLOT_BITS
        cells = self._cells[tags & self._mask]
        hits = np.flatnonzero((cells >> SLOT_BITS) == tags[:, None])
        numbers: list[int] = (cells.ravel()[hits] & SLOT).tolist()
        rows: list[int] = (hits >> 3).tolist()
        seen = Counter(rows)
        numbers += [number for number, row in zip(numbers, rows, strict=True) if seen[row] < HOT]
        return numbers, seen

    def holders(self, key: int) -> list[int]:
        """The stories of one key, as `find` gives them; cheaper for one."""
        tag = key >> 28
        at = (tag & len(self._cells) - 1) * WAYS
        row = self._flat[at:at + WAYS].tolist()
        return [cell & 0xFFFFFFF for cell in row if cell >> 28 == tag and cell]

    def add(self, keys: Iterable[int], number: int, *, oldest: int) -> None:
        """Enter a story under its keys; `oldest` is the first story that still lives."""
        if self._used > 0.55 * self._cells.size:
            self._make_room(oldest)
        flat, mask = self._flat, len(self._cells) - 1
        for key in keys:
            tag = key >> 28
            at = (tag & mask) * WAYS
            row = flat[at:at + WAYS].tolist()
            place = row.index(0) if 0 in row else WAYS  # cells fill from the left
            if place >= HOT:
                holders = [held for held, cell in enumerate(row) if cell >> 28 == tag and cell]
                if len(holders) >= HOT:
                    place = min(holders, key=lambda held: row[held])
                elif place == WAYS:
                    place = min(range(WAYS), key=lambda any_: row[any_] & 0xFFFFFFF)
            self._used += not row[place]
            flat[at + place] = tag << 28 | number

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
        grown = np.zeros((rows * 2, WAYS), np.uint64)
        for start in range(0, rows, 1 << 16):  # piecewise: no second table of temporaries
            part = self._cells[start:start + (1 << 16)]
            upper = (part >> SLOT_BITS & np.uint64(rows)) != NONE
            grown[start:start + len(part)] = np.where(upper, NONE, part)
            grown[rows + start:rows + start + len(part)] = np.where(upper, part, NONE)
        self._take(grown)

    def _sweep(self, oldest: int) -> None:
        for start in range(0, len(self._cells), 1 << 16):
            part = self._cells[start:start + (1 << 16)]
            part[(part & SLOT) < np.uint64(oldest)] = NONE


class Story(NamedTuple):
    """A story as the shelf knows it. `media`: names of its files, divided by blanks."""

    cluster: str
    body: str
    at: float
    media: str = ""


class Segment(NamedTuple):
    """SEGMENT stories, packed. `newest` leaves out the youngest hundredth."""

    records: bytes
    ends: array[int]
    times: array[float]
    newest: float


class Shelf:
    """Story number -> (cluster, body, time). Numbers grow by one; old ones are dropped by segments."""

    def __init__(self) -> None:
        self._sealed: deque[Segment | None] = deque()  # None: dropped between living ones
        self._open: list[bytes] = []
        self._open_times = array("d")
        self.first = 1  # number of the first record of the first segment
        self.floor = float("-inf")  # stories before this moment are forgotten
        self.now = float("-inf")  # median time of the last sealed segment
        self.nbytes = 0

    def __len__(self) -> int:
        return sum(len(s.times) for s in self._sealed if s) + len(self._open)

    @property
    def next_number(self) -> int:
        return self.first + len(self._sealed) * SEGMENT + len(self._open)

    def add(self, story: Story) -> int:
        number = self.next_number
        record = "\0".join(part.replace("\0", " ") for part in (story.body, story.media, story.cluster))
        packed = record.encode("utf-8", "surrogatepass")
        self._open.append(packed)
        self._open_times.append(story.at)
        self.nbytes += len(packed) + 12  # with its offset and time
        if len(self._open) == SEGMENT:
            self._seal()
        return number

    def get(self, number: int) -> Story | None:
        """None for a story that was dropped or forgotten."""
        part, place = divmod(number - self.first, SEGMENT)
        if part < 0 or part > len(self._sealed):
            return None
        if part == len(self._sealed):
            if place >= len(self._open):
                return None
            record, at = self._open[place], self._open_times[place]
        else:
            segment = self._sealed[part]
            if segment is None:
                return None
            start = segment.ends[place - 1] if place else 0
            record, at = segment.records[start:segment.ends[place]], segment.times[place]
        if at < self.floor or at == float("-inf"):
            return None
        body, media, cluster = record.decode("utf-8", "surrogatepass").split("\0")
        return Story(cluster, body, at, media)

    def blank(self, number: int) -> None:
        """Overwrite a story: its post was deleted, so its words leave the memory too."""
        part, place = divmod(number - self.first, SEGMENT)
        if part == len(self._sealed):
            self._open[place], self._open_times[place] = b"\0\0", float("-inf")
        elif (segment := self._sealed[part]) is not None:
            start, end = (segment.ends[place - 1] if place else 0), segment.ends[place]
            records = segment.records[:start] + bytes(end - start) + segment.records[end:]
            segment.times[place] = float("-inf")
            self._sealed[part] = segment._replace(records=records)

    def drop_before(self, at: float) -> None:
        """Give back the memory of segments that hold nothing younger than `at`."""
        for place, segment in enumerate(self._sealed):
            if segment and segment.newest < at:
                self._drop(place)
        while self._sealed and self._sealed[0] is None:
            self._sealed.popleft()
            self.first += SEGMENT

    def drop_oldest(self) -> bool:
        """Give back the memory of the first segment, whatever its age; the open one stays."""
        if self._sealed:
            self._drop(0)
            self.drop_before(float("-inf"))
            return True
        return False

    def _drop(self, place: int) -> None:
        if segment := self._sealed[place]:
            self.nbytes -= len(segment.records) + 12 * len(segment.times)
            self._sealed[place] = None

    def renumber(self) -> int:
        """Count from the beginning again; returns by how much every number fell."""
        by = self.first - 1
        self.first = 1
        return by

    def _seal(self) -> None:
        ends = array("I")
        end = 0
        for record in self._open:
            end += len(record)
            ends.append(end)
        times = sorted(self._open_times)
        self.now = times[len(times) // 2]
        # the youngest hundredth does not count: a wrong clock must not keep a segment for ever
        self._sealed.append(Segment(b"".join(self._open), ends, self._open_times, times[-len(times) // 100 - 1]))
        self._open = []
        self._open_times = array("d")


class Pictures:
    """Perceptual hashes of the stories' pictures, compared one by one: a million in about a millisecond."""

    def __init__(self) -> None:
        self._hashes = np.zeros(64, np.uint64)
        self._numbers = np.zeros(64, np.int64)
        self._size = 0

    @property
    def nbytes(self) -> int:
        return int(self._hashes.nbytes + self._numbers.nbytes)

    def add(self, picture: int, number: int) -> None:
        if flat(picture):
            return
        if self._size == len(self._hashes):
            self._hashes = np.concatenate((self._hashes, np.zeros_like(self._hashes)))
            self._numbers = np.concatenate((self._numbers, np.zeros_like(self._numbers)))
        self._hashes[self._size], self._numbers[self._size] = picture, number
        self._size += 1

    def near(self, picture: int, *, distance: int) -> list[tuple[int, int]]:
        """(story number, bits that differ) of every picture within `distance`."""
        if not self._size or flat(picture):
            return []
        bits = np.bitwise_count(self._hashes[:self._size] ^ np.uint64(picture))
        places = np.flatnonzero(bits <= distance)
        return list(zip(self._numbers[places].tolist(), bits[places].tolist(), strict=True))

    def drop_before(self, number: int) -> None:
        if self._size and self._numbers[0] < number:
            keep = self._numbers[:self._size] >= number
            self._hashes, self._numbers = self._hashes[:self._size][keep], self._numbers[:self._size][keep]
            self._size = len(self._hashes)
            if not self._size:
                self.__init__()  # type: ignore[misc]

    def shift(self, by: int) -> None:
        self._numbers[:self._size] -= by


def flat(picture: int) -> bool:
    """Nearly one-coloured pictures (a black frame, a page of text) all have one hash, which says nothing."""
    return not 8 <= picture.bit_count() <= 56
