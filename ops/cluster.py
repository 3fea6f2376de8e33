"""`kentongan cluster`: which rows tell the same story. One pass, in time order, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.rows import EPOCH, BadRow, mention_of, moment, opened, rows
from ops.terminal import DEFAULT_CONFIG, ConfigOption, progress, say, write_row


def cluster(
    path: Annotated[Path | None, typer.Argument(help="berkas JSON Lines; kosong atau - : masukan baku")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Kelompokkan kiriman yang menceritakan hal yang sama; baris harus urut waktu.

    Contoh: kentongan cluster kiriman.jsonl > cerita.jsonl
    """
    from nlp.duplicates import Folder
    from settings import load

    thresholds = load(config).thresholds
    window = timedelta(days=thresholds.duplicate_window_days)
    folder = Folder(threshold=thresholds.near_duplicate, window=window)
    known = KnownRows(window)
    bad, at = 0, EPOCH
    with opened(path) as stream, progress("mengelompokkan") as advance:
        for row in rows(stream):
            advance()
            if isinstance(row, BadRow):
                bad += 1
                write_row(row.as_output())
                continue
            at = moment(row.get("created_at")) or at  # a row without a time stands where it stands
            write_row(_judged(row, at, folder, known))
    if bad:
        say(f"{bad} baris tidak terbaca; lihat `error` pada baris keluarannya")


def _judged(row: dict[str, Any], at: datetime, folder: Any, known: KnownRows) -> dict[str, Any]:
    key = str(row.get("id"))
    original = row.get("repost_of")
    if original not in (None, "") and (story := known.story(str(original))):
        known.note(key, story, at)
        return {"id": row.get("id"), "cluster": story.id, "reason": "repost", "similarity": 1.0}
    verdict, _ = folder.fold(mention_of(row, key=key, account="", fallback_at=at))
    story = known.story(verdict.cluster) or Told(row.get("id"), verdict.cluster)
    known.note(key, story, at)
    if original not in (None, ""):
        known.note(str(original), story, at)  # further reposts of an original that we never saw
    return {"id": row.get("id"), "cluster": story.id, "reason": verdict.reason, "similarity": verdict.similarity}


class Told:
    """A story's first row: its id as given, so that the output repeats it in its own type."""

    __slots__ = ("id", "key")

    def __init__(self, row_id: Any, key: str) -> None:
        self.id = row_id
        self.key = key


class KnownRows:
    """Row id -> story, for reposts by reference; forgets what is older than the window."""

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self.stories: OrderedDict[str, tuple[Told, datetime]] = OrderedDict()

    def story(self, key: str) -> Told | None:
        found = self.stories.get(key)
        return found[0] if found else None

    def note(self, key: str, story: Told, at: datetime) -> None:
        self.stories[key] = (story, at)
        while (oldest := next(iter(self.stories.values()))) and at - oldest[1] > self.window:
            self.stories.popitem(last=False)
