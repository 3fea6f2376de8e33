"""A folder of labelled rows that we wrote, of invented matters in words that the shipped lists do not know."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import orjson

MATTERS = {
    "air_bersih": ("kran umum kemriyek keruh", "meteran sumur bor kemriyek"),
    "lampu_jalan": ("tiang sorot mbleret tiap malam", "sorot gapura mbleret lagi"),
    "sampah_lingkungan": ("tumpukan mambu anyir", "depo mambu anyir sekali"),
}
TALK = ("lagunya enak mantul kakak", "selamat ulang tahun mantul", "kangen jajanan mantul")
HAZARDS = ("kabel geni mrempul njeblug", "tabung mrempul njeblug kabeh")
ENDINGS = ("di gang satu", "depan warung", "dekat pos ronda", "samping lapangan", "ujung kampung", "belakang balai")
SHARE = 12  # of the posts that the product brings to be learnt from, each twelfth; all of them take minutes
HOURS = ("pagi tadi", "kemarin sore", "sejak subuh", "tiap magrib", "dari minggu lalu", "habis hujan", "waktu salat",
         "malam jumat")


def spoken(texts) -> list[str]:
    return [f"{text} {ending} {hour}" for text, ending, hour in product(texts, ENDINGS, HOURS)]


def fill(folder: Path, *, source: str = "kota_contoh", wrong: bool = False) -> Path:
    """Rows for all three components; with `wrong` every label is another's, as no careful reader would give it."""
    labels = list(MATTERS)
    named = {label: labels[(i + 1) % len(labels)] if wrong else label for i, label in enumerate(labels)}
    topics = [(text, named[label]) for label, texts in MATTERS.items() for text in spoken(texts)]
    reports = [(text, "not_actionable" if wrong else "actionable") for text, _ in topics[::2]]
    chatter = [(text, "actionable" if wrong else "not_actionable") for text in spoken(TALK)]
    high, low = ("tidak_mendesak", "darurat") if wrong else ("darurat", "normal")
    heights = [(text, high) for text in spoken(HAZARDS)] + [(text, low) for text, _ in topics[1::3]]
    for name, rows in (("topic", topics), ("relevance", [*reports, *chatter]), ("urgency", heights)):
        lines = [{"id": f"{name}{n}", "text": text, "label": label, "source": source, "detail": "-"}
                 for n, (text, label) in enumerate(rows)]
        (folder / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return folder


def add(folder: Path, name: str, *rows) -> None:
    with (folder / f"{name}.jsonl").open("ab") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in rows)
