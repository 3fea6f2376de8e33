"""Raw rows out of archive files: streamed, bounded in memory, never raising for what a row holds.

A row is a line, an element of a JSON array, a CSV record or a file of a folder: the unit that is
quarantined alone, and the unit in which a cursor counts. What a row means is not known here.
A file whose name ends in .gz is unpacked on the way; one that breaks off costs what was not read.
"""

from __future__ import annotations

import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from harvester.foreign_json import loads
from harvester.payload import Unreadable

MAX_ROW_BYTES = 16 << 20  # a page of 100 posts with all its includes has about 1 MB
KEPT_OF_TOO_LONG = 64 << 10
CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"
NOT_WHOLE = (EOFError, gzip.BadGzipFile, zlib.error)
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
        return loads(self.raw)


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where its name ends in .gz."""
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def whole_or_told(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    """`rows`; where the packed file breaks off or is none, a last row that says so."""
    try:
        yield from rows
    except NOT_WHOLE as error:
        yield Row(path.name.encode(), f"not a whole gzip file: {error}")


# --- lines and JSON ----------------------------------------------------------------------------------


def lines(path: Path) -> Iterator[Row]:
    """Every line that is not blank; one that is too long counts as a row and keeps its first part."""
    with opened(path) as file:
        first = True
        while line := file.readline(MAX_ROW_BYTES + 1):
            if len(line) > MAX_ROW_BYTES and not line.endswith(b"\n"):
                _skip_line(file)
                yield Row(line[:KEPT_OF_TOO_LONG], f"line longer than {MAX_ROW_BYTES} bytes; first part kept")
            elif text := (line.removeprefix(BOM) if first else line).strip():
                yield Row(text)
            first = False


def _skip_line(file: IO[bytes]) -> None:
    while rest := file.readline(CHUNK):
        if rest.endswith(b"\n"):
            return


def json_values(path: Path) -> Iterator[Row]:
    """Elements of a top-level array, or the one object that the file is, or else its lines."""
    with opened(path) as file:
        start = file.read(CHUNK)
        small = len(start) < CHUNK or len(start + file.read(MAX_ROW_BYTES)) <= MAX_ROW_BYTES
    head = start.removeprefix(BOM).lstrip()
    if head.startswith(b"[") and head[1:].lstrip()[:1] in (b"{", b"]"):
        yield from array_elements(path)
    elif any(_is_object(line) for line in head.split(b"\n", 20)[:20]) or not small:
        yield from lines(path)
    else:
        with opened(path) as file:
            whole = file.read().removeprefix(BOM).strip()
        yield from [Row(whole)] if whole else []


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict)
    except ValueError:
        return False


def array_elements(path: Path) -> Iterator[Row]:
    """The elements of one big array, each as bytes, without reading the array whole.

    Boundaries are found by brackets and strings alone, so an element that is broken inside does
    not cost its neighbours. A string that never ends costs the rest, as one row that says so.
    """
    with opened(path) as file:
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
        raise Unreadable(f"not xz: {error}") from error
    if len(data) > MAX_ROW_BYTES:
        raise Unreadable(f"larger than {MAX_ROW_BYTES} bytes unpacked")
    return loads(data)
