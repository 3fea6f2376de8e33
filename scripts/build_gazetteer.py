"""Rebuild `nlp/data/gazetteer.tsv` and `nlp/data/outside.tsv` from the public tables of the Kemendagri codes.

    python scripts/build_gazetteer.py gazetteer_33_34.csv wilayah_2025.csv

The first CSV (kode, level, jenis, nama, ..., lat, lng) holds Jawa Tengah and DIY down to desa; the
second (kode, nama) all of Indonesia, of which provinces, kabupaten and kota everywhere and the
kecamatan of large neighbouring cities are taken, so that a name from outside does not resolve inside.
Same input, same bytes. Sources, decree and licence stand in `nlp/data/SOURCES.md`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "nlp" / "data"
INSIDE = ("33", "34")
# Jakarta, and the cities of Jawa Barat, Jawa Timur and Banten: people there post to the same accounts.
NEIGHBOURS = ("31.", "32.7", "35.7", "36.7")


def inside_rows(source: Path) -> list[tuple[str, str, str, str]]:
    with source.open(encoding="utf-8", newline="") as file:
        return sorted(
            (row["kode"], _clean(row["nama"]), _degrees(row["lat"]), _degrees(row["lng"]))
            for row in csv.DictReader(file)
        )


def outside_rows(source: Path) -> list[tuple[str, str]]:
    with source.open(encoding="utf-8", newline="") as file:
        return sorted(
            (row["kode"], _clean(row["nama"]))
            for row in csv.DictReader(file)
            if not row["kode"].startswith(INSIDE) and _wanted(row["kode"])
        )


def _wanted(code: str) -> bool:
    level = code.count(".")
    return level <= 1 or (level == 2 and code.startswith(NEIGHBOURS))


def _degrees(value: str) -> str:
    return f"{float(value):.4f}"  # 11 m: finer than a village's centroid means


def _clean(name: str) -> str:
    return " ".join(name.split())


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(__doc__ or "")
        return 2
    inside = "".join("\t".join(row) + "\n" for row in inside_rows(Path(arguments[0])))
    outside = "".join("\t".join(row) + "\n" for row in outside_rows(Path(arguments[1])))
    (DATA / "gazetteer.tsv").write_text("code\tname\tlat\tlng\n" + inside, encoding="utf-8", newline="\n")
    (DATA / "outside.tsv").write_text("code\tname\n" + outside, encoding="utf-8", newline="\n")
    sys.stderr.write(f"{inside.count(chr(10))} places inside, {outside.count(chr(10))} outside\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
