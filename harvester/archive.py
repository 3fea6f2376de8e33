"""Archives and other channels as Pages of Mentions: `read` for imports, ArchiveConnector for replays.

A row that cannot be read is quarantined with its reason and never costs the rows beside it. Reading is
streamed, page by page of at most 500 mentions, and a page's cursor is exact: {file, row, item, at} says
how many rows are through and how many items of the next one, so that a kill in the middle loses and
doubles nothing. Asks no network. ConfigError where a person has to act, and nothing else is raised.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import orjson

from domain import Account, ConfigError, Mention, Page, Quarantined
from harvester.archive_formats import FORMATS, Format
from harvester.archive_rows import KEPT_OF_TOO_LONG, Row, whole_or_told
from harvester.base import AccountBlocked, Transient
from harvester.forms import UNDATED
from harvester.payload import Unreadable, mapping, word

PAGE_MENTIONS = 500
MAX_TEXT_CHARS = 100_000  # the longest post of any platform has 63,206
EARLIEST_YEAR, LATEST_YEAR = 2004, 2099  # before Facebook and after us, a date is a mistake


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file is read: rows that are through, items of the next row, time of the last mention."""

    file: str = ""
    row: int = 0
    item: int = 0
    at: str = ""

    @classmethod
    def of(cls, cursor: str) -> Position:
        """An empty or foreign cursor is the beginning: what is read again is known to the store."""
        try:
            return cls(**orjson.loads(cursor))
        except (ValueError, TypeError):
            return cls()

    def cursor(self) -> str:
        return orjson.dumps(asdict(self)).decode()


# --- reading one archive ---------------------------------------------------------------------------------


def read(
    format_name: str, path: Path, *, account: Account, seen_at: datetime | None, start: Position | None = None
) -> Iterator[Page]:
    """Pages of the archive at `path`, a file, or a folder for `instaloader`.

    Rows that name no account belong to `account`. `seen_at` None takes each mention's own time, so that
    a replay is the same whenever it runs. Raises ConfigError at once for what a person has to put right.
    """
    form = format_named(format_name)
    if not path.exists():
        raise ConfigError(f"{path}: tidak ada", hint="periksa nama berkas atau foldernya")
    if form.folder != path.is_dir():
        wanted = "folder" if form.folder else "berkas"
        raise ConfigError(f"{path}: bentuk '{format_name}' dibaca dari {wanted}", hint="periksa --format")
    form.check(path)
    return _pages(form, path, account, seen_at, start or Position(path.name))


def format_named(name: str) -> Format:
    if name in FORMATS:
        return FORMATS[name]
    close = difflib.get_close_matches(name, list(FORMATS), n=1)
    hint = f"maksud Anda '{close[0]}'?" if close else f"pilih salah satu: {', '.join(FORMATS)}"
    raise ConfigError(f"bentuk arsip '{name}' tidak dikenal", hint=hint)


def _pages(
    form: Format, path: Path, account: Account, seen_at: datetime | None, start: Position
) -> Iterator[Page]:
    """One page behind, so that each can say whether more follows."""
    before: Page | None = None
    for page in _filled(form, path, account, seen_at, start):
        if before is not None:
            yield replace(before, more=True)
        before = page
    if before is not None:
        yield before


def _filled(
    form: Format, path: Path, account: Account, seen_at: datetime | None, start: Position
) -> Iterator[Page]:
    row_number, skip, at = start.row, start.item, start.at
    items: list[Mention | Quarantined] = []
    gone: list[str] = []
    for row in islice(whole_or_told(form.split(path), path), start.row, None):
        parsed = _parsed(form, row, account, seen_at or UNDATED)
        fresh: list[Mention | Quarantined] = [*parsed.mentions, *parsed.quarantined]
        done, skip = skip, 0
        while len(items) + len(fresh) - done > PAGE_MENTIONS:
            taken = PAGE_MENTIONS - len(items)
            items, done = items + fresh[done : done + taken], done + taken
            page = _page(items, gone, seen_at, Position(path.name, row_number, done, at))
            at = Position.of(page.cursor).at
            yield page
            items, gone = [], []
        items += fresh[done:]
        gone += parsed.gone
        row_number += 1
    if items or gone or row_number > start.row:
        yield _page(items, gone, seen_at, Position(path.name, row_number, 0, at))


def _page(
    items: list[Mention | Quarantined], gone: list[str], seen_at: datetime | None, position: Position
) -> Page:
    """Undated items take the time of the mention before them, or of the first one after."""
    dated = [item.posted_at for item in items if isinstance(item, Mention) and item.posted_at != UNDATED]
    at = datetime.fromisoformat(position.at) if position.at else dated[0] if dated else UNDATED
    mentions: list[Mention] = []
    faults: list[Quarantined] = []
    for item in items:
        if isinstance(item, Quarantined):
            faults.append(replace(item, seen_at=seen_at or at))
            continue
        posted_at = item.posted_at if item.posted_at != UNDATED else seen_at or at
        at = posted_at
        mentions.append(replace(item, posted_at=posted_at, seen_at=seen_at or posted_at))
    reached = replace(position, at="" if at == UNDATED else at.isoformat())
    return Page(tuple(mentions), reached.cursor(), quarantined=tuple(faults), gone=tuple(gone))


def _parsed(form: Format, row: Row, account: Account, seen_at: datetime) -> Page:
    """What the row holds; whatever a parser raises is about this row alone."""
    if row.fault:
        return _fault(row, row.fault, account, seen_at)
    try:
        page = form.parse(row, account, seen_at)
    except Unreadable as error:
        return _fault(row, str(error), account, seen_at)
    except UnicodeDecodeError as error:
        return _fault(row, f"not UTF-8 at byte {error.start}", account, seen_at)
    except orjson.JSONDecodeError as error:
        return _fault(row, f"not JSON: {error.msg}", account, seen_at)
    except Exception as error:  # a foreign row must never stop an import
        return _fault(row, f"unreadable: {type(error).__name__}", account, seen_at)
    unsound = [(mention, why) for mention in page.mentions if (why := _unsound(mention))]
    if not unsound:
        return page
    faults = tuple(Quarantined(m.key, m.account, m.text[:KEPT_OF_TOO_LONG], why, seen_at) for m, why in unsound)
    bad = {mention.key for mention, _ in unsound}
    kept = tuple(mention for mention in page.mentions if mention.key not in bad)
    return replace(page, mentions=kept, quarantined=page.quarantined + faults)


def _unsound(mention: Mention) -> str:
    if len(mention.text) > MAX_TEXT_CHARS:
        return f"text longer than {MAX_TEXT_CHARS} characters; first part kept"
    if mention.posted_at != UNDATED and not EARLIEST_YEAR <= mention.posted_at.year <= LATEST_YEAR:
        return f"dated in the year {mention.posted_at.year}"
    return ""


def _fault(row: Row, reason: str, account: Account, seen_at: datetime) -> Page:
    raw = row.raw
    if row.path is not None:
        with row.path.open("rb") as file:
            raw += b": " + file.read(KEPT_OF_TOO_LONG)
    key = f"{account.platform}:raw:{hashlib.sha256(raw).hexdigest()[:32]}"
    text = raw.decode("utf-8", errors="backslashreplace").replace("\0", "\\x00")
    return Page((), "", quarantined=(Quarantined(key, account.key, text, reason, seen_at),))


# --- a folder in place of the platforms ------------------------------------------------------------------


class ArchiveConnector:
    """Replays a folder of `<account key with ':' as '__'>.<format>.<ext>`, several files an account too.

    `accounts.json` beside them may say more: {key: {handle, native_id, government, department}}. Files
    without `__` in their name are none of ours; one with it whose format is unknown is a ConfigError.
    """

    platform: ClassVar[str] = "archive"

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigError(f"{folder}: bukan folder", hint="kentongan run --once --replay FOLDER")
        self.folder = folder
        self._files: dict[str, list[tuple[Path, str]]] = {}
        for path in sorted(folder.iterdir()):
            if "__" in path.name and not path.name.startswith("."):
                key, format_name = _named(path)
                self._files.setdefault(key, []).append((path, format_name))
        if not self._files:
            raise ConfigError(f"{folder}: tidak ada arsip di dalamnya", hint="nama berkas: x__pemkot.x-v2.jsonl")
        self._accounts = _accounts(folder, self._files)
        self._open: dict[str, tuple[str, Iterator[Page]]] = {}
        for key, account in self._accounts.items():
            for path, format_name in self._files[key]:
                read(format_name, path, account=account, seen_at=None)  # what is wrong shows now, not halfway

    def accounts(self) -> tuple[Account, ...]:
        """The accounts that the file names name, by key."""
        return tuple(self._accounts.values())

    def fetch(self, account: Account, *, now: datetime) -> Page:  # noqa: ARG002 - a replay knows no clock
        """The next page after the account's cursor."""
        try:
            return self._next(account)
        except ConfigError as error:  # somebody changed the folder meanwhile
            raise AccountBlocked(str(error), remedy=error.hint) from error
        except OSError as error:
            raise Transient(f"the archive cannot be read: {error.strerror}") from error

    def _next(self, account: Account) -> Page:
        position = Position.of(account.cursor)
        ahead = [(path, form) for path, form in self._files.get(account.key, []) if path.name >= position.file]
        for n, (path, format_name) in enumerate(ahead):
            start = position if path.name == position.file else Position(path.name)
            pages = self._pages_from(account, path, format_name, start)
            if (page := next(pages, None)) is not None:
                if page.more:
                    self._open[account.key] = page.cursor, pages
                return replace(page, more=page.more or n + 1 < len(ahead))
        return Page((), account.cursor)

    def _pages_from(self, account: Account, path: Path, format_name: str, start: Position) -> Iterator[Page]:
        """The iterator that stands there already, or a new one that skips to it."""
        cursor, pages = self._open.pop(account.key, ("", iter(())))
        if cursor == start.cursor():
            return pages
        return read(format_name, path, account=account, seen_at=None, start=start)


def _named(path: Path) -> tuple[str, str]:
    """Account key and format of a file name; the format may be the extension itself."""
    stem, *parts = path.name.removesuffix(".gz").split(".")
    if len(parts) > 1 and parts[-2] in FORMATS:
        parts, name = parts[:-2], parts[-2]
    elif len(parts) == 1:
        parts, name = [], parts[0]
    else:
        name = parts[0] if parts else ""
    format_named(name)
    return ".".join([stem, *parts]).replace("__", ":", 1), name


def _accounts(folder: Path, keys: dict[str, Any]) -> dict[str, Account]:
    told: dict[str, Any] = {}
    path = folder / "accounts.json"
    if path.exists():
        try:
            told = mapping(orjson.loads(path.read_bytes()))
        except ValueError as error:
            raise ConfigError(f"{path}: bukan JSON ({error})", hint='{"x:pemkot": {"handle": "..."}}') from error
    made = {}
    for key in sorted(keys):
        platform, _, name = key.partition(":")
        about = mapping(told.get(key))
        made[key] = Account(key, platform, word(about.get("native_id")) or "", word(about.get("handle")) or name,
                            word(about.get("government")) or "", word(about.get("department")))
    return made
