"""JSON Lines in: every line becomes a row or a problem, in its place; no line ends the run.

A line that is not UTF-8, not JSON, not an object or without a text becomes a `BadRow`, so that the
output keeps one row per input row, in order. Blank lines are none.

Rows come in batches as large as the input allows: a full pipe gives hundreds at a time, a pipe whose
writer waits for the answer gives the one row that it wrote.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

import orjson

from domain import ConfigError
from harvester.foreign_json import leniently, loads
from settings.faults import in_words

BATCH = 256
CHUNK = 1 << 16
MAX_LINE_BYTES = 16 << 20  # as for archives: the longest post of any platform has 63,206 characters
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that could not be read: where it stood and why. `id` where that much was readable."""

    line: int
    reason: str
    id: Any = None

    def as_output(self) -> dict[str, Any]:
        return {"id": self.id, "error": {"line": self.line, "reason": self.reason}}


Row = dict[str, Any]


@contextmanager
def opened(path: Path | None) -> Iterator[BufferedReader]:
    """Standard input for None and for `-`; a ConfigError that names the path otherwise."""
    if path is None or str(path) == "-":
        if sys.stdin is None:
            raise ConfigError("masukan baku tertutup", hint="alirkan berkasnya, atau sebut namanya")
        yield cast(BufferedReader, sys.stdin.buffer)
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ConfigError(f"{path}: {in_words(error)}", hint="periksa nama berkasnya") from error
    with stream:
        yield stream


def batches(stream: BufferedReader) -> Iterator[list[Row | BadRow]]:
    """The rows in the portions in which they arrive, at most BATCH at a time."""
    number = 0
    for lines in _line_batches(stream):
        numbered = enumerate(lines, number + 1)
        number += len(lines)
        rows = [row_of(line, at) for at, line in numbered if line is None or line.strip(b" \t\r\n")]
        for start in range(0, len(rows), BATCH):
            yield rows[start:start + BATCH]


def _line_batches(stream: BufferedReader) -> Iterator[list[bytes | None]]:
    """Whole lines, those that one read brought; None for one of more than MAX_LINE_BYTES, not kept."""
    held, too_long = bytearray(), False
    while chunk := stream.read1(CHUNK):
        *whole, rest = chunk.split(b"\n")
        lines: list[bytes | None] = []
        for part in whole:
            held += part
            lines.append(None if too_long else bytes(held))
            held, too_long = bytearray(), False
        held += rest
        if too_long or len(held) > MAX_LINE_BYTES:
            held, too_long = bytearray(), True
        if lines:
            yield lines
    if held or too_long:
        yield [None if too_long else bytes(held)]


# --- one line --------------------------------------------------------------------------------------


def row_of(line: bytes | None, number: int) -> Row | BadRow:
    """The line as an object with a string `text`, or what is wrong with it."""
    if line is None:
        return BadRow(number, f"line longer than {MAX_LINE_BYTES} bytes")
    line = line.removeprefix(BOM) if number == 1 else line
    try:
        row = loads(line)
        if isinstance(row, dict) and isinstance(row.get("id"), float):
            row = leniently(line)  # orjson rounds an integer of more than 64 bits
    except UnicodeDecodeError as bad:
        return BadRow(number, f"not UTF-8 at byte {bad.start} of the line", _id_in(line))
    except orjson.JSONDecodeError as error:
        return BadRow(number, f"not JSON: {error.msg} at column {error.colno}")
    if not isinstance(row, dict):
        return BadRow(number, f"an object is expected, not {_named(row)}")
    if not isinstance(row.get("text"), str):
        given = _named(row["text"]) if "text" in row else "missing"
        return BadRow(number, f"field `text`: a string is expected, it is {given}", row.get("id"))
    return row


def _id_in(line: bytes) -> Any:
    """The id of a line with broken bytes elsewhere; None where the line is broken beyond that."""
    try:
        row = orjson.loads(line.decode("utf-8", errors="replace"))
    except orjson.JSONDecodeError:
        return None
    return row.get("id") if isinstance(row, dict) else None


NAMES: dict[type, str] = {
    dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number",
}


def _named(value: Any) -> str:
    """A type as JSON calls it."""
    return NAMES.get(type(value), "null")


# --- one row out -----------------------------------------------------------------------------------


def as_json(value: Any) -> bytes:
    """`value` on one line, UTF-8; integers of any length, NaN and infinity as null."""
    try:
        return orjson.dumps(value)
    except TypeError:  # an id of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
