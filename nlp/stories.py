"""The stories in the window, packed: a shelf of bodies and the hashes of pictures. No object per story.

A million stories must fit beside everything else in 500 MB (the other half is `nlp.shingle_index`). So `Shelf` keeps
the bodies in sealed segments, each one bytes object with offsets. A segment is dropped whole when all of it is too
old. "Now" is the median time of the last sealed segment, so one post with a clock in 2099 forgets nothing.

What posts are compared with is mostly the same few hundred stories, so the last of those that were asked for stand
unpacked beside the shelf.

Decides nothing about similarity.
"""

from __future__ import annotations

from array import array
from collections import deque
from typing import NamedTuple

import numpy as np

from nlp.fingerprint import from_body
from nlp.told import Told

SEGMENT = 2048  # stories
UNPACKED = 2048  # stories of a generation; both take some 10 MB


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
        self._young: dict[int, Told] = {}  # what was asked for of late, unpacked
        self._old: dict[int, Told] = {}
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
        cluster, body, at, media = story
        record = f"{body}\0{media}\0{cluster}"
        if record.count("\0") > 2:
            record = "\0".join(part.replace("\0", " ") for part in (body, media, cluster))
        packed = record.encode("utf-8", "surrogatepass")
        self._open.append(packed)
        self._open_times.append(at)
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

    def told(self, number: int) -> Told | None:
        """The story unpacked; None as `get` says."""
        told = self._young.get(number)
        if told is None:
            if (told := self._old.get(number)) is None:
                if (story := self.get(number)) is None:
                    return None
                told = Told(story.cluster, story.at, story.media, from_body(story.body))
            self.keep(number, told)
        return told if told.at >= self.floor else None

    def keep(self, number: int, told: Told) -> None:
        """Have a story stand unpacked. In two generations: the older one goes when the younger is full."""
        if len(self._young) >= UNPACKED:
            self._young, self._old = {}, self._young
        self._young[number] = told

    def _pack(self) -> None:
        self._young.clear()
        self._old.clear()

    def blank(self, number: int) -> None:
        """Overwrite a story: its post was deleted, so its words leave the memory too."""
        self._young.pop(number, None)
        self._old.pop(number, None)
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
            self._pack()
            self._sealed[place] = None

    def renumber(self) -> int:
        """Count from the beginning again; returns by how much every number fell."""
        by = self.first - 1
        self.first = 1
        self._pack()
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
