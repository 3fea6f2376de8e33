"""CSV logs of other channels: telephone, walk-in, chat. Records out of a file whose header we understand.

Comma, semicolon or tab; our column names or those that Indonesian offices use. `text` is all that must
be there. A column that nobody knows is left out, unless its name is so near to one of ours that it is
more likely misspelt: a lost date is a wrong deadline.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from domain import ConfigError
from harvester.archive_rows import BOM, MAX_ROW_BYTES, NOT_WHOLE, Row, opened

COLUMNS = ("id", "channel", "text", "author", "created_at", "lat", "lon", "media")
ALSO = {
    "id": "no nomor no_laporan nomor_laporan id_laporan no_tiket nomor_tiket kode kode_laporan",
    "channel": "kanal saluran media_laporan sumber",
    "text": "isi isi_laporan isi_aduan aduan laporan pengaduan keluhan uraian pesan deskripsi teks message description",
    "author": "pelapor nama nama_pelapor pengirim pengadu name",
    "created_at": "tanggal waktu tgl tanggal_laporan tanggal_aduan tanggal_masuk waktu_laporan tgl_laporan date",
    "lat": "lintang latitude",
    "lon": "bujur lng longitude long",
    "media": "foto lampiran gambar foto_url photo",
}
NAMES = {name: column for column, also in ALSO.items() for name in (column, *also.split())}
TITLE = re.compile(r"[A-Za-z_][\w ./()-]{0,29}")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


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
        if any(cell.strip() for cell in cells):
            yield _record(b"".join(source.taken), names, cells)


def _record(raw: bytes, names: tuple[str, ...], cells: list[str]) -> Row:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Row(raw, f"not UTF-8 at byte {error.start}")
    if len(cells) != len(names):
        return Row(raw, f"{len(cells)} cells where the header has {len(names)}")
    told = dict(zip(names, cells, strict=True))
    return Row(raw, cells={name: told.get(name, "") for name in COLUMNS})


# --- the header ----------------------------------------------------------------------------------------


def check_csv_header(path: Path) -> None:
    """Raise ConfigError now rather than in the middle of an import."""
    try:
        _header(path, _Lines(path))
    except NOT_WHOLE as error:
        raise ConfigError(f"{path.name}: bukan gzip yang utuh ({error})", hint="salin ulang berkasnya") from error


def _header(path: Path, source: _Lines) -> tuple[str, tuple[str, ...]]:
    first = next(source, "")
    if source.taken and source.taken[0].startswith(UTF16):
        raise ConfigError(f"{path.name}: tersimpan sebagai UTF-16", hint="simpan ulang sebagai 'CSV UTF-8'")
    delimiter = max(",;\t", key=first.count)
    written = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    names = tuple(NAMES.get(_plain(name), f"?{name}") for name in written)
    expected = delimiter.join(COLUMNS).replace("\t", " <tab> ")
    if "text" not in names:
        seen = f"; yang ada: {', '.join(written)}" if all(map(TITLE.fullmatch, written)) else ""  # no citizen's words
        raise ConfigError(f"{path.name}: kolom 'text' (isi laporan) tidak ada{seen[:300]}",
                          hint=f"baris pertama harus seperti: {expected}")
    for name in names:
        if names.count(name) > 1 and not name.startswith("?"):
            raise ConfigError(f"{path.name}: kolom '{name}' ada dua kali", hint=f"pakai satu: {expected}")
        if name.startswith("?") and (close := _misspelt(name[1:], names)):
            raise ConfigError(f"{path.name}: kolom '{name[1:]}' tidak dikenal", hint=f"maksud Anda '{close}'?")
    return delimiter, names


def _plain(name: str) -> str:
    return "_".join(name.lower().replace(".", " ").replace("-", " ").replace("_", " ").split())


def _misspelt(name: str, names: tuple[str, ...]) -> str:
    """The name it may have meant, where no other column is that one."""
    close = difflib.get_close_matches(_plain(name), NAMES, n=1, cutoff=0.8)
    return close[0] if close and NAMES[close[0]] not in names else ""


# --- lines that can be given back ------------------------------------------------------------------------


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
    with opened(path) as file:
        first = True
        while line := file.readline(MAX_ROW_BYTES):
            yield line.removeprefix(BOM) if first else line
            first = False
