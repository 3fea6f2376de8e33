"""Where the learnt files of a configuration lie, whether they are whole, and their hash. What they say is the NLP's.

`models: DIR` in the operators' file names a folder that `kentongan train` has filled; without it those that come with
the product read. The hash of the pair stands in the ruleset, so that a decision names the model that read the post.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import orjson

from domain import ConfigError
from settings.faults import in_words

MODEL, WEIGHTS, CARD = "reading.json.gz", "relevance.json", "README.md"
SHIPPED_MODELS = Path(__file__).parent.parent / "nlp" / "models"
MAX_BYTES = 10 << 20  # of a file, packed
MAX_UNPACKED = 100 << 20
PARTS = frozenset(("labels", "questions", "features", "temperature", "meta", "idf", "weights", "scale", "intercept"))
REMEDY = "latih lagi: kentongan train, pulihkan salinan .bak di folder itu, atau hapus kunci `models`"


def hash_of(model: bytes, weights: bytes) -> str:
    """What a decision calls the pair of files."""
    return hashlib.sha256(hashlib.sha256(model).digest() + hashlib.sha256(weights).digest()).hexdigest()[:16]


def models_hash(folder: Path | None) -> str:
    """The hash of the files in `folder`, of the shipped ones for None. ConfigError for what is missing or broken."""
    model, weights = read_models(folder or SHIPPED_MODELS)
    if folder is not None:
        _check(folder, model, weights)
    return hash_of(model, weights)


def read_models(folder: Path) -> tuple[bytes, bytes]:
    """(model, weights) as they stand. Raises ConfigError."""
    return _read(folder / MODEL), _read(folder / WEIGHTS)


def _read(path: Path) -> bytes:
    try:
        stored = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {in_words(error)}", hint=REMEDY) from error
    if len(stored) > MAX_BYTES:
        raise ConfigError(f"{path}: lebih besar dari {MAX_BYTES >> 20} MB", hint=REMEDY)
    return stored


def _check(folder: Path, model: bytes, weights: bytes) -> None:
    """Refuse half a file, another file, and two files that do not belong together."""
    try:
        unpacker = zlib.decompressobj(wbits=31)
        text = unpacker.decompress(model, MAX_UNPACKED)
        if not unpacker.eof or not orjson.loads(text).keys() >= PARTS:
            raise ValueError("parts are missing")
    except (gzip.BadGzipFile, zlib.error, ValueError, AttributeError) as error:
        raise ConfigError(f"{folder / MODEL}: rusak, atau bukan model kentongan", hint=REMEDY) from error
    try:
        stored = orjson.loads(weights)
        given = stored["weights"]
        if "bias" not in given or not all(isinstance(value, int | float) for value in given.values()):
            raise ValueError("no weights")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{folder / WEIGHTS}: rusak, atau bukan bobot kentongan", hint=REMEDY) from error
    if stored.get("model", of := hashlib.sha256(model).hexdigest()) != of:
        raise ConfigError(f"{folder}: {MODEL} dan {WEIGHTS} bukan dari satu pelatihan", hint=REMEDY)
