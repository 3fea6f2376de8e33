"""Puts a new model with its card in place of the one before: whole, or not at all.

All three files are written and flushed beside their places first, then renamed, the model before its weights; the
weights name the model that they belong to, so that a reader who meets one old and one new file says so instead of
judging by both. What stood there stays beside it as `NAME.bak`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from evaluation.comparing import Line
from evaluation.rows import Teaching
from nlp.learnt import HAZARD, MODEL, WEIGHTS, Learnt
from settings.models import CARD, hash_of

COMPONENT_OF = {HAZARD: "urgency"}  # question -> what it serves, where that is called otherwise
FORM = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


def files_of(learnt: Learnt, told: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """(model, weights with what is told of them): the same rows give the same bytes."""
    if learnt.model is None:
        raise ValueError("nothing was learnt")
    model = learnt.model.to_bytes()
    of = hashlib.sha256(model).hexdigest()
    return model, orjson.dumps({**told, "weights": learnt.weights, "model": of}, option=FORM) + b"\n"


def put(folder: Path, model: bytes, weights: bytes, card: str) -> None:
    """Replace the three files in `folder`, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh: list[tuple[Path, Path]] = []
    try:
        for name, data in ((CARD, card.encode()), (MODEL, model), (WEIGHTS, weights)):
            fresh.append((_written(folder, name, data), folder / name))
        for _, place in fresh:
            if place.exists():
                _written(folder, place.name, place.read_bytes()).replace(place.with_name(f"{place.name}.bak"))
        for new, place in fresh:
            new.replace(place)
    finally:
        for new, _ in fresh:
            new.unlink(missing_ok=True)


def _written(folder: Path, name: str, data: bytes) -> Path:
    handle, path = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o644)
    return Path(path)


def card_of(
    model: bytes, weights: bytes, taught: Teaching, lines: Sequence[Line], left_out: Counter[str], forced: str
) -> str:
    """What the model learnt from and how it did, for whoever has to answer for it. Holds no text of anybody."""
    features = orjson.loads(gzip.decompress(model))["features"]
    rows = [f"| {component} | {source} | {n} |" for (component, source), n in sorted(_counts(taught).items())]
    left = [f"- {reason}: {n}" for reason, n in sorted(left_out.items())] or ["- tidak ada"]
    return "\n".join([
        "# Kartu model", "",
        f"Model `{hash_of(model, weights)}`: satu model linear atas kata, pasangan kata dan deret huruf,",
        "dan satu bobot untuk tiap fakta relevansi. Dibuat oleh `kentongan train`; baris yang sama memberi berkas yang",
        "sama.", "",
        f"{len(features):,} ciri, masing-masing ada dalam lima teks berbeda atau lebih; dari koreksi petugas tiap",
        "orang menyumbang satu kiriman. Tanpa nama tempat, tanpa angka, tanpa kalimat, tanpa nama pengirim.", "",
        "## Dipelajari dari", "", "| komponen | sumber | baris |", "|---|---|--:|", *rows, "",
        "Tidak pernah dari X, juga bila masuk lewat impor; tidak dari kiriman yang sudah dihapus.", "",
        "Kiriman yang diputuskan petugas tetapi tidak dipakai:", "", *left, "",
        "## Dibandingkan dengan model sebelumnya", "",
        "Pada seperempat baris yang disisihkan menurut hash teksnya; model ini tidak belajar darinya, model sebelumnya",
        "mungkin. p: peluang beda sebesar itu bila keduanya sama baik.", "",
        "| komponen | sumber | baris | sebelum | sesudah | membaik | memburuk | p |",
        "|---|---|--:|---|---|--:|--:|--:|",
        *(f"| {line.component} | {line.source} | {line.rows} | {_told(line.before)} | {_told(line.after)} |"
          f" {line.better} | {line.worse} | {line.chance:.3f} |" for line in lines), "",
        *(["## Dipaksakan", "", f"Diambil walau tidak lebih baik. Alasan: {forced}", ""] if forced else []),
    ])


def _counts(taught: Teaching) -> Counter[tuple[str, str]]:
    return Counter([
        *(("topic", group) for *_, group in taught.topics), *(("relevance", each.group) for each in taught.judged),
        *((COMPONENT_OF.get(question, question), group)
          for question, rows in taught.asked.items() for *_, group in rows),
    ])


def _told(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
