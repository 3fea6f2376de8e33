"""Raw rows out of archive files: streamed, bounded in memory, never raising for what a row holds.

A row is a line, an element of a JSON array, a CSV record or a file of a folder: the unit that is
quarantined alone, and the unit in which a cursor counts. What a row means is not known here.
A missing file, or a CSV header that is not ours, is a ConfigError: there a person has to act.
"""

from __future__ import annotations

import csv
import lzma
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from domain import ConfigError

MAX_ROW_BYTES = 16 << 20  # a page of 100 posts with all its includes has about 1 MB
KEPT_OF_TOO_LONG = 64 << 10
CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"
COLUMNS = ("id", "channel", "text", "author", "created_at", "lat", "lon", "media")
# a whole string, the start of one that is not whole yet, or a bracket
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|"|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One raw row. `fault` says why it cannot be used; `cells` are set for CSV, `path` for files."""

    raw: bytes
    fault: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    path: Path | None = None

    def json(self) -> Any:
        """The row as JSON. Raises ValueError: not UTF-8, broken, nested too deep, a bare NUL."""
        return orjson.loads(self.raw)


# --- lines and JSON ----------------------------------------------------------------------------------


def lines(path: Path) -> Iterator[Row]:
    """Every line that is not blank; one that is too long counts as a row and keeps its first part."""
    with path.open("rb") as file:
        first = True
        while line := file.readline(MAX_ROW_BYTES + 1):
            if len(line) > MAX_ROW_BYTES and not line.endswith(b"\n"):
                _skip_line(file)
                yield Row(line[:KEPT_OF_TOO_LONG], f"line longer than {MAX_ROW_BYTES} bytes; first part kept")
            elif text := (line.removeprefix(BOM) if first else line).strip():
                yield Row(text)
            first = False


def _skip_line(file: BinaryIO) -> None:
    while rest := file.readline(CHUNK):
        if rest.endswith(b"\n"):
            return


def json_values(path: Path) -> Iterator[Row]:
    """Elements of a top-level array, or the one object that the file is, or else its lines."""
    with path.open("rb") as file:
        head = file.read(CHUNK).removeprefix(BOM).lstrip()
    if head.startswith(b"[") and head[1:].lstrip()[:1] in (b"{", b"]"):
        yield from array_elements(path)
    elif any(_is_object(line) for line in head.split(b"\n", 20)[:20]) or path.stat().st_size > MAX_ROW_BYTES:
        yield from lines(path)
    elif whole := path.read_bytes().removeprefix(BOM).strip():
        yield Row(whole)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except ValueError:
        return False


def array_elements(path: Path) -> Iterator[Row]:
    """The elements of one big array, each as bytes, without reading the array whole.

    Boundaries are found by brackets and strings alone, so an element that is broken inside does
    not cost its neighbours. A string that never ends costs the rest, as one row that says so.
    """
    with path.open("rb") as file:
        buffer = file.read(CHUNK).removeprefix(BOM).lstrip()[1:]
        start = at = depth = 0
        while True:
            token = TOKEN.search(buffer, at)
            if token is None or token.group() == b'"':
                chunk = file.read(CHUNK)
                if not chunk or len(buffer) - start > MAX_ROW_BYTES:
                    break
                at = token.start() - start if token else len(buffer) - start
                buffer, start = buffer[start:] + chunk, 0
                continue
            sign, at = token.group(), token.end()
            if depth == 0 and sign in (b",", b"]"):
                if element := buffer[start : token.start()].strip():
                    yield Row(element)
                start = at
                if sign == b"]":
                    return
            depth += (sign in (b"{", b"[")) - (sign in (b"}", b"]"))
        if rest := buffer[start:].strip():
            whole = depth == 0 and token is None
            yield Row(rest if whole else rest[:KEPT_OF_TOO_LONG], "" if whole else "the array does not end in here")


# --- CSV ---------------------------------------------------------------------------------------------


def csv_records(path: Path) -> Iterator[Row]:
    """Records below our header. A quote that never closes costs its own line, not those below it."""
    source = _Lines(path)
    delimiter, names = _header(path, source)
    while True:
        source.taken.clear()
        try:
            cells = next(csv.reader(source, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            broken = source.keep_first()
            yield Row(broken, f"not CSV: {error}")
            continue
        raw = b"".join(source.taken)
        if not any(cell.strip() for cell in cells):
            continue
        yield _record(raw, names, cells)


def _record(raw: bytes, names: tuple[str, ...], cells: list[str]) -> Row:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Row(raw, f"not UTF-8 at byte {error.start}")
    if len(cells) != len(names):
        return Row(raw, f"{len(cells)} cells where the header has {len(names)}")
    return Row(raw, cells=dict(zip(names, cells, strict=True)))


def check_csv_header(path: Path) -> None:
    """Raise ConfigError now rather than in the middle of an import."""
    _header(path, _Lines(path))


def _header(path: Path, source: _Lines) -> tuple[str, tuple[str, ...]]:
    first = next(source, "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    names = tuple(name.strip().strip('"').lower() for name in first.split(delimiter))
    hint = f"baris pertama harus: {delimiter.join(COLUMNS)}"
    for name in COLUMNS:
        if name not in names:
            raise ConfigError(f"{path.name}: kolom '{name}' tidak ada", hint=hint)
    for name in names:
        if name not in COLUMNS:
            raise ConfigError(f"{path.name}: kolom '{name}' tidak dikenal", hint=hint)
        if names.count(name) > 1:
            raise ConfigError(f"{path.name}: kolom '{name}' ada dua kali", hint=hint)
    return delimiter, names


class _Lines(Iterator[str]):
    """Lines of a CSV file that remembers what a record took, so that a broken one can give it back."""

    def __init__(self, path: Path) -> None:
        self.rows = _physical_lines(path)
        self.given_back: deque[bytes] = deque()
        self.taken: list[bytes] = []

    def __next__(self) -> str:
        line = self.given_back.popleft() if self.given_back else next(self.rows)
        self.taken.append(line)
        return line.decode("utf-8", errors="replace")

    def keep_first(self) -> bytes:
        """Give back every line but the first of those taken."""
        first, *rest = self.taken
        self.given_back.extendleft(reversed(rest))
        return first


def _physical_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        first = True
        while line := file.readline(MAX_ROW_BYTES):
            yield line.removeprefix(BOM) if first else line
            first = False


# --- folders -----------------------------------------------------------------------------------------


def files(wanted: Callable[[str], bool]) -> Callable[[Path], Iterator[Row]]:
    """A splitter: every wanted file below a folder, by name, opened only when its row is parsed."""

    def split(folder: Path) -> Iterator[Row]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and wanted(path.name):
                yield Row(path.relative_to(folder).as_posix().encode(), path=path)

    return split


def file_json(path: Path) -> Any:
    """The JSON in `path`, xz or plain, at most MAX_ROW_BYTES of it. Raises ValueError or OSError."""
    try:
        with lzma.open(path, "rb") if path.suffix == ".xz" else path.open("rb") as file:
            data = file.read(MAX_ROW_BYTES + 1)
    except (lzma.LZMAError, EOFError) as error:
        raise ValueError(f"not xz: {error}") from error
    if len(data) > MAX_ROW_BYTES:
        raise ValueError(f"larger than {MAX_ROW_BYTES} bytes unpacked")
    return orjson.loads(data)
