"""`kentongan cluster`: which rows tell the same story. One pass, in time order, in bounded memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ops.json_lines import BadRow, Row, as_json, batches, opened
from ops.rows import EPOCH, mention_of, moment
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption, progress, say

if TYPE_CHECKING:
    from domain import Mention
    from nlp.duplicates import Folder

REMEMBERED = 250_000  # ids a generation; two are held, at most some 150 MB


def cluster(
    path: Annotated[Path | None, typer.Argument(help="berkas JSON Lines; kosong atau - : masukan baku")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Kelompokkan kiriman yang menceritakan hal yang sama; baris harus urut waktu.

    Contoh: kentongan cluster kiriman.jsonl > cerita.jsonl
    """
    from nlp.collector import spare_the_collector
    from nlp.duplicates import Folder
    from settings import load

    thresholds = load(readable(config)).thresholds
    window = timedelta(days=thresholds.duplicate_window_days)
    grouping = Grouping(Folder(threshold=thresholds.near_duplicate, window=window))
    spare_the_collector()
    bad = 0
    with opened(path) as stream, progress("mengelompokkan") as advance:
        for batch in batches(stream):
            for line in grouping.answers(batch):
                sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()  # whoever reads them may wait for them before it writes more
            bad += sum(isinstance(row, BadRow) for row in batch)
            advance(len(batch))
    if bad:
        say(f"{bad} baris tidak terbaca; lihat `error` pada baris keluarannya")


class Named(NamedTuple):
    """A row as others refer to it, and as a post where it is not yet known which story it tells."""

    id: bytes  # as JSON
    name: str
    original: str
    mention: Mention | None


class Grouping:
    """Judges rows in order. A story is named by its first row's id and place, since ids may be doubled or missing."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.told = Recent(REMEMBERED)  # id -> story, of rows that were here
        self.awaited = Recent(REMEMBERED)  # id -> story, of originals that reposts came before
        self.at = EPOCH
        self.count = 0

    def answers(self, batch: Sequence[Row | BadRow]) -> Iterator[bytes]:
        """A line of JSON a row. Texts are looked up together; each row is then judged against all before it."""
        named = [None if isinstance(row, BadRow) else self._named(row) for row in batch]
        self.folder.look_ahead([one.mention for one in named if one and one.mention])
        for row, one in zip(batch, named, strict=True):
            yield as_json(row.as_output()) + b"\n" if isinstance(row, BadRow) else self._judged(one)

    def _named(self, row: Row) -> Named:
        self.count += 1
        self.at = moment(row.get("created_at")) or self.at  # a row without a time stands where it stands
        row_id, name, original = as_json(row.get("id")), _name(row.get("id")), _name(row.get("repost_of"))
        if self._story_of(name, original):
            return Named(row_id, name, original, None)
        key = f"{row_id.decode()}#{self.count}"
        return Named(row_id, name, original, mention_of(row, key=key, account="", at=self.at))

    def _story_of(self, name: str, original: str) -> str | None:
        if original and (story := self.told.get(original) or self.awaited.get(original)):
            return story
        return self.awaited.get(name)

    def _judged(self, row: Named | None) -> bytes:
        assert row is not None  # of a row that could be read
        row_id, name, original, mention = row
        reason, similarity, story = "repost", 1.0, self._story_of(name, original)
        if story is None:
            assert mention is not None  # what was known a batch ago still is: far more is remembered
            verdict, _ = self.folder.fold(mention)
            story, similarity = verdict.cluster, verdict.similarity
            reason = "near_duplicate" if verdict.reason == "added" else verdict.reason
        self.told.note(name, story)
        if original and original != name and self.told.get(original) is None:
            self.awaited.note(original, story)
        first_id = story.rpartition("#")[0].encode()  # is JSON already
        return b'{"id":%b,"cluster":%b,"reason":"%b","similarity":%b}\n' % (
            row_id, first_id, reason.encode(), as_json(similarity))


def _name(value: Any) -> str:
    """An id as rows refer to it: 7 and "7" are one; empty for none, and for what is no id."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


class Recent:
    """The last ids and their stories, in two generations: the older one goes when the younger is full."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.young: dict[str, str] = {}
        self.old: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The story of `name`; being asked for keeps it young."""
        story = self.young.get(name)
        if story is None and (story := self.old.get(name)) is not None:
            self.note(name, story)
        return story

    def note(self, name: str, story: str) -> None:
        if not name:
            return
        if len(self.young) >= self.size:
            self.old, self.young = self.young, {}
        self.young[name] = story
