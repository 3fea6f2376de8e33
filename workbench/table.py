"""The routing table as a sheet that a person edits without knowing YAML, there and back.

One row a route, in the order in which they are tried; word lists stand in one cell with "; " between them.
Cells that a spreadsheet would take for a formula go out with an apostrophe before them and come back without.
Coming back, every row is held against the file: an error names the row, and what was probably meant.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from domain import ConfigError
from settings import Settings
from settings.references import did_you_mean
from workbench.editing import routes_of, with_routes

COLUMNS = ("name", "topic", "government", "place", "account", "any", "none", "sensitive", "to", "priority", "mode")
LISTS = ("any", "none")
CHOICES = {"priority": ("rendah", "normal", "tinggi", "segera"), "mode": ("off", "watch", "suggest", "act")}
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
SHEET = "rute"
WIDTHS = {"name": 30, "any": 60, "none": 30, "topic": 24, "to": 24}

Cells = Sequence[str]


# --- out -----------------------------------------------------------------------------------------


def rows_of(text: str) -> list[Cells]:
    """The header and a row for each route of the file."""
    rows: list[Cells] = [COLUMNS]
    for route in routes_of(text):
        values = {**route.get("when", {}), "name": route["name"], "to": route["to"],
                  "priority": route.get("priority", "normal"), "mode": route.get("mode", "act")}
        rows.append([_cell(values.get(name)) for name in COLUMNS])
    return rows


def _cell(value: Any) -> str:
    return harmless("; ".join(map(str, value)) if isinstance(value, list) else str(value or ""))


def harmless(value: str) -> str:
    """The value as a cell that no spreadsheet takes for a formula; `plain` is the way back."""
    return f"'{value}" if value.lstrip(" '").startswith(RISKY) else value


def plain(cell: str) -> str:
    bare = cell.removeprefix("'")
    return bare if cell.startswith("'") and bare.lstrip(" '").startswith(RISKY) else cell


def write_sheet(path: Path, rows: Iterable[Cells]) -> None:
    """CSV that Excel opens by a double click, or XLSX with a frozen header, by the ending of `path`."""
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
        return
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for row in rows:
        sheet.append(list(row))
    for line in sheet.iter_rows():
        for cell in line:
            cell.data_type, cell.number_format = "s", "@"  # words, whatever they look like
    for place, name in enumerate(COLUMNS, 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, 14)
    sheet.freeze_panes = "B2"
    book.save(path)


# --- back ----------------------------------------------------------------------------------------


def read_sheet(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(row number, column -> cell) of every row that is not empty. Raises ConfigError with the place."""
    try:
        lines = list(_csv(path) if path.suffix.lower() == ".csv" else _xlsx(path))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", hint="kentongan rules export menulis yang pertama") from error
    header = [cell.strip().lower() for cell in (lines[0] if lines else [])]
    problems = [f"{path}:1: kolom '{name}' tidak dikenal" + _hint(name, COLUMNS) for name in header
                if name and name not in COLUMNS]
    problems += [f"{path}:1: kolom '{name}' tidak ada" for name in ("name", "to") if name not in header]
    if problems:
        raise ConfigError(f"{path}: {len(problems)} kesalahan", problems=tuple(problems),
                          hint=f"kolom: {', '.join(COLUMNS)}")
    return [(number, dict(zip(header, map(_cleaned, line), strict=False)))
            for number, line in enumerate(lines[1:], 2) if any(cell.strip() for cell in line)]


def _cleaned(cell: str) -> str:
    return plain(cell.strip()).strip()


def _hint(word: str, known: Iterable[str]) -> str:
    hint = did_you_mean(word, known)
    return f" — {hint}" if hint else ""


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: bukan UTF-8", hint="simpan sebagai 'CSV UTF-8' atau .xlsx") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # Excel in Indonesian writes semicolons
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _xlsx(path: Path) -> Iterator[list[str]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise ConfigError(f"{path}: bukan berkas XLSX", hint="pakai .xlsx atau .csv") from error
    sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
    for row in sheet.iter_rows():
        if formula := next((cell for cell in row if getattr(cell, "data_type", "") == "f"), None):
            raise ConfigError(f"{path}:{formula.row}: rumus di {formula.coordinate} tidak diterima",
                              hint="tulis nilainya sebagai teks")
        yield ["" if cell.value is None else str(cell.value) for cell in row]
    book.close()


def merged(text: str, rows: Sequence[tuple[int, Mapping[str, str]]], settings: Settings, *, sheet: Path) -> str:
    """The operators' file with the sheet's routes. Raises ConfigError listing every row that cannot be."""
    problems = [f"{sheet}:{number}: {problem}" for number, row in rows for problem in _problems(row, settings)]
    first: dict[str, int] = {}
    for number, row in rows:
        if (before := first.setdefault(row["name"], number)) != number:
            problems.append(f"{sheet}:{number}: rute '{row['name']}' sudah ada di baris {before}")
    if problems:
        raise ConfigError(f"{sheet}: {len(problems)} kesalahan", problems=tuple(problems),
                          hint="perbaiki baris di atas; berkas pengaturan belum diubah")
    known = {str(route["name"]): route for route in routes_of(text)}
    return with_routes(text, [_route(row, known.get(row["name"], {})) for _, row in rows])


def _problems(row: Mapping[str, str], settings: Settings) -> Iterator[str]:
    named: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("to", "dinas", settings.departments), ("topic", "topik", settings.topics),
        ("government", "pemerintah", settings.governments), ("sensitive", "jenis peka", settings.signals.sensitive),
        *((column, column, choices) for column, choices in CHOICES.items()),
    )
    for column in ("name", "to"):
        if not row.get(column):
            yield f"{column}: kosong"
    for column, what, known in named:
        if (value := row.get(column)) and value not in known:
            yield f"{column}: {what} '{value}' tidak dikenal" + _hint(value, known)
    for column in LISTS:
        for word in _words(row.get(column, "")):
            if not 2 <= len(word) <= 80:
                yield f"{column}: kata '{word}' harus 2 sampai 80 huruf"


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]


def _route(row: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """The row as a route; a column that the sheet does not have keeps what the file says."""
    when = dict(known.get("when", {}))
    for column in COLUMNS[1:8]:
        if column in row:
            when[column] = _words(row[column]) if column in LISTS else row[column]
    kept = {name: known[name] for name in CHOICES if name in known}
    given = {name: row[name] for name in CHOICES if row.get(name)}
    return {"name": row["name"], "to": row["to"], "when": {k: v for k, v in when.items() if v}, **kept, **given}
