"""`kentongan cluster`: which rows tell the same story. One pass, in time order, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.json_lines import BadRow, Row, as_json, batches, opened
from ops.rows import EPOCH, mention_of, moment
from ops.shipped import readable
from ops.terminal import DEFAULT_CONFIG, ConfigOption, progress, say, write_rows

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
            write_rows(grouping.answers(batch))
            bad += sum(isinstance(row, BadRow) for row in batch)
            advance(len(batch))
    if bad:
        say(f"{bad} baris tidak terbaca; lihat `error` pada baris keluarannya")


class Grouping:
    """Judges rows in order. A story is named by its first row's id and place, since ids may be doubled or missing."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.told = Recent(REMEMBERED)  # id -> story, of rows that were here
        self.awaited = Recent(REMEMBERED)  # id -> story, of originals that reposts came before
        self.at = EPOCH
        self.count = 0

    def answers(self, batch: Sequence[Row | BadRow]) -> Iterator[dict[str, Any]]:
        """Texts are looked up together; each row is then judged against all before it."""
        mentions = [None if isinstance(row, BadRow) else self._mention(row) for row in batch]
        self.folder.look_ahead([mention for mention in mentions if mention])
        for row, mention in zip(batch, mentions, strict=True):
            yield row.as_output() if isinstance(row, BadRow) else self._judged(row, mention)

    def _mention(self, row: Row) -> Mention | None:
        """None where it is known already which story the row tells."""
        self.count += 1
        self.at = moment(row.get("created_at")) or self.at  # a row without a time stands where it stands
        if self._story_of(row):
            return None
        return mention_of(row, key=_story(row.get("id"), self.count), account="", fallback_at=self.at)

    def _story_of(self, row: Row) -> str | None:
        row_id, original = _name(row.get("id")), _name(row.get("repost_of"))
        return self.told.get(original) or self.awaited.get(original) or self.awaited.get(row_id)

    def _judged(self, row: Row, mention: Mention | None) -> dict[str, Any]:
        row_id, original = _name(row.get("id")), _name(row.get("repost_of"))
        story = self._story_of(row)
        reason, similarity = "repost", 1.0
        if story is None:
            assert mention is not None  # what was known a batch ago still is: far more is remembered
            verdict, _ = self.folder.fold(mention)
            story, similarity = verdict.cluster, verdict.similarity
            reason = "near_duplicate" if verdict.reason == "added" else verdict.reason
        self.told.note(row_id, story)
        if original and original != row_id and self.told.get(original) is None:
            self.awaited.note(original, story)
        return {"id": row.get("id"), "cluster": _first_id(story), "reason": reason, "similarity": similarity}


def _name(value: Any) -> str:
    """An id as rows refer to it: 7 and "7" are one; empty for none, and for what is no id."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _story(row_id: Any, count: int) -> str:
    return f"{as_json(row_id).decode()}#{count}"


def _first_id(story: str) -> Any:
    return json.loads(story.rpartition("#")[0])


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
