"""config.yaml -> Settings, or every error at once, each with file, line, column and a hint.

ruamel reads YAML 1.2 (so `no` stays a word and `12:30` a time of day), pydantic says what is wrong with it, and
this module says where that stands. A file is read twice only where something is wrong: libyaml reads the words in an
eighth of the time, ruamel's own reader remembers the lines. Reads files, nothing else.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.reader import ReaderError

from domain import ConfigError
from settings.faults import in_words
from settings.model import Model
from settings.models import MODEL, WEIGHTS, models_hash
from settings.places import place_problems
from settings.references import cross_references, did_you_mean
from settings.shape import Settings

MAX_BYTES = 1 << 20
FROM_SHIPPED = "mulai lagi dari berkas bawaan: kentongan config init"
# where the data files of the package lie, for a config.yaml that was copied away from them
SHIPPED = (Path(__file__).parent.parent, Path(sys.prefix) / "share" / "kentongan")
ANCHOR_LIKE = re.compile(r"(?:^|[\s\[{,])[&*][^\s,\[\]{}]", re.MULTILINE)
MERGED = {"store": 1, "inbox": 1, "mail": 1, "thresholds": 1, "platforms": 2, "media": 3, "calls": 2,
          "receive": 2, "ops": 1, "backup": 1}  # key -> levels
BRACKETS = re.compile(r"[\[\]{}]")
STAIRS = re.compile(r"(?:[-?:]\s+){20}|^ {200}", re.MULTILINE)  # how blocks nest without a bracket
DEEPEST = 50
TOKEN_LIKE = re.compile(r"^(AAAA[A-Za-z0-9%]{20,}|EA[A-Za-z0-9]{30,}|[A-Za-z0-9_\-.]{60,})$")


class Layer(NamedTuple):
    """One file: its words as plain values, and its text, which knows where they stand."""

    path: Path
    node: Any
    text: str


def load(path: str | Path) -> Settings:
    """Read `path`, and the file that its key `extends` names, into Settings.

    `extends: ../config.yaml` takes that file and replaces whole top-level keys by those given here;
    `store`, `inbox`, `mail`, `backup` and `thresholds` are merged key by key, `platforms` one level deeper and
    `media` two.
    `include` names data files (limits of law, names of bodies) whose keys stand below those of the file itself.
    `models` names a folder beside the file that says it; its files are read for their hash.
    Raises ConfigError whose `problems` are lines `file:line:column: what - hint`.
    """
    layers = list(_layers(Path(path)))
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        for key, value in layer.node.items():
            merged[key] = _overlaid(merged.get(key), value, MERGED.get(key, 0))
    for name in ("extends", "include"):
        merged.pop(name, None)
    problems = list(_secrets(layers))
    merged["models"], told = _models(layers)
    problems += told
    try:
        settings = Settings.model_validate(_plain(merged))
    except ValidationError as error:
        problems += [_problem(layers, list(e["loc"]), _reason(e), _hint(e)) for e in error.errors()]
    else:
        problems += [_problem(layers, loc, why, hint) for check in (cross_references, place_problems)
                     for loc, why, hint in check(settings)]
    if problems:
        raise ConfigError(
            f"{path}: {len(problems)} kesalahan", problems=tuple(dict.fromkeys(problems)),
            hint="perbaiki baris di atas, lalu jalankan: kentongan config check",
        )
    return settings


def layer_paths(path: Path) -> tuple[Path, ...]:
    """The file and those that it extends, top first; `path` alone where they cannot be read."""
    try:
        return tuple(layer.path for layer in _layers(path))
    except ConfigError:
        return (path,)


def watched_paths(path: Path) -> tuple[Path, ...]:
    """All that a change of settings may come from: the files and, where one names them, the learnt ones."""
    try:
        layers = list(_layers(path))
    except ConfigError:
        return (path,)
    folder = _models_folder(layers)
    learnt = (folder / MODEL, folder / WEIGHTS) if folder else ()
    return (*(layer.path for layer in layers), *learnt)


def _models(layers: list[Layer]) -> tuple[dict[str, Any], list[str]]:
    """The learnt files as Settings have them, and what is wrong with them."""
    folder = _models_folder(layers)
    try:
        if any(node.get("models") is not None and not isinstance(node["models"], str)
               for _, node, _ in layers):
            raise ConfigError("nama folder diharapkan", hint="tulis seperti: models: var/model")
        return {"folder": folder, "hash": models_hash(folder)}, []
    except ConfigError as error:
        return {}, [_problem(layers, ["models"], str(error), error.hint)]


def _models_folder(layers: list[Layer]) -> Path | None:
    """The folder that the topmost layer with the key `models` names, counted from that file."""
    path, given = next(((path, node["models"]) for path, node, _ in layers if "models" in node), (Path(), None))
    return (path.parent / given).absolute() if isinstance(given, str) else None


def _overlaid(below: Any, above: Any, levels: int) -> Any:
    """`above` laid over `below`: mappings key by key for so many levels, anything else replaced."""
    if not levels or not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{key: _overlaid(below.get(key), value, levels - 1) for key, value in above.items()}}


def _layers(path: Path, depth: int = 0) -> Iterator[Layer]:
    layer = _read(path)
    yield layer
    node = layer.node
    included = node.get("include") or []
    if not isinstance(included, list):
        raise ConfigError(f"{path}: `include` harus daftar berkas", hint="mis. include: [routing/data/clocks.yaml]")
    for name in map(str, included):
        places = [folder / name for folder in (path.parent, *SHIPPED)]
        found = next((place for place in places if place.exists()), places[0])
        yield _read(found)
    if "extends" in node:
        if depth >= 3:
            raise ConfigError(f"{path}: `extends` lebih dalam dari 3 berkas", hint="pendekkan rantainya")
        yield from _layers(path.parent / str(node["extends"]), depth + 1)


def _read(path: Path) -> Layer:
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = "periksa namanya; yang pertama ditulis: kentongan config init"
        raise ConfigError(f"{path}: {in_words(error)}", hint=hint) from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{path}: lebih besar dari {MAX_BYTES} bita", hint="benarkah ini berkas pengaturan?")
    try:
        text = raw.decode("utf-8")
        if ANCHOR_LIKE.search(text):  # the scan costs as much as the reading, so only where it may find one
            _refuse_anchors(path, text)
        node = _tree(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: bukan UTF-8 pada bita {error.start}", hint="simpan berkas sebagai UTF-8") from error
    except MarkedYAMLError as error:
        raise _unreadable(path, error) from error
    except ReaderError as error:  # it says the position, and the sign as a number or as itself
        line, sign = text[:error.position].count("\n") + 1, text[error.position]
        problem = f"{path}:{line}: tanda U+{ord(sign):04X} tidak boleh ada dalam YAML"
        raise ConfigError(problem, problems=(problem,), hint="hapus; penyunting mungkin menyembunyikannya") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: kurung bersarang terlalu dalam", hint=FROM_SHIPPED) from error
    if not isinstance(node, Mapping):
        raise ConfigError(f"{path}:1:1: seharusnya berisi `kunci: nilai`", hint=FROM_SHIPPED)
    return Layer(path, node, text)


@lru_cache(maxsize=16)  # a file, what it extends and includes, and the same before a change
def _tree(text: str) -> Any:
    """The words of a file as plain values; callers only read them. What cannot be read is left to `_marked` to tell."""
    if _is_flat(text):
        try:
            return YAML(typ="safe").load(text)
        except YAMLError:
            pass
    return _marked(text)


@lru_cache(maxsize=8)
def _marked(text: str) -> Any:
    """The same as nodes that know their lines. Raises what is wrong with the text, with its place."""
    return YAML(typ="rt", pure=True).load(text)


def _is_flat(text: str) -> bool:
    """Whether nothing is nested deep: libyaml would not raise but kill the process."""
    steps = (1 if match.group() in "[{" else -1 for match in BRACKETS.finditer(text))
    return max(accumulate(steps), default=0) <= DEEPEST and not STAIRS.search(text)


def _refuse_anchors(path: Path, text: str) -> None:
    """Anchors hide what a line says, and nested aliases are a bomb of a few bytes."""
    for event in YAML(typ="rt", pure=True).parse(io.StringIO(text)):
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            mark = event.start_mark
            problem = f"{path}:{mark.line + 1}:{mark.column + 1}: jangkar (&) dan alias (*) tidak dipakai di sini"
            raise ConfigError(problem, problems=(problem,), hint="tulis nilainya lengkap")


def _unreadable(path: Path, error: MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    # of a doubled key ruamel quotes both values, which may be half the file
    what = str(error.problem or "not YAML").splitlines()[0].partition(" with value")[0][:160]
    problem = f"{where}: YAML tidak terbaca ({what})"
    return ConfigError(problem, problems=(problem,), hint="periksa indentasi, tanda kutip, dan kunci ganda di sana")


def _plain(node: Any) -> Any:
    if isinstance(node, str):  # most of them; a test for Mapping takes ten times as long
        return node
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    return node


# --- where an error stands ---------------------------------------------------------------------


def _problem(layers: list[Layer], loc: list[Any], why: str, hint: str) -> str:
    path, line, column = _place(layers, loc)
    dotted = ".".join(str(part) for part in loc)
    return f"{path}:{line}:{column}: {dotted}: {why}" + (f" — {hint}" if hint else "")


class Lines:
    """Where things stand in a file: `lines.of("routes", 3, "to")` is "config.yaml:1702"."""

    def __init__(self, path: Path) -> None:
        self._layers = list(_layers(path))

    def of(self, *loc: Any) -> str:
        path, line, _ = _place(self._layers, list(loc))
        return f"{path}:{line}"


def _place(layers: list[Layer], loc: list[Any]) -> tuple[Path, int, int]:
    """The deepest place of `loc` that stands in a file; the topmost layer that has it wins."""
    for path, _, text in layers:
        node, line, column = _marked(text), 1, 1
        depth = 0
        for part in loc:
            part = "not" if part == "not_" else part
            position = _position(node, part)
            if position is None:
                break
            line, column = position[0] + 1, position[1] + 1
            node, depth = node[part], depth + 1
        if depth:
            return path, line, column
    return layers[0].path, 1, 1


def _position(node: Any, part: Any) -> tuple[int, int] | None:
    try:
        if isinstance(node, Mapping) and part in node:
            line, column = node.lc.key(part)  # type: ignore[attr-defined]
            return int(line), int(column)
        if isinstance(node, list) and isinstance(part, int) and part < len(node):
            line, column = node.lc.item(part)  # type: ignore[attr-defined]
            return int(line), int(column)
    except (AttributeError, KeyError):
        return None
    return None


REASONS = {
    "extra_forbidden": "kunci tidak dikenal", "missing": "kunci wajib tidak ada",
    "int_type": "bilangan bulat diharapkan", "int_parsing": "bilangan bulat diharapkan",
    "int_from_float": "bilangan bulat diharapkan",
    "float_type": "angka diharapkan", "float_parsing": "angka diharapkan",
    "bool_type": "true atau false diharapkan", "bool_parsing": "true atau false diharapkan",
    "string_type": "teks diharapkan", "tuple_type": "daftar diharapkan", "dict_type": "`kunci: nilai` diharapkan",
    "model_type": "`kunci: nilai` diharapkan", "literal_error": "pilih salah satu: {expected}",
    "greater_than": "harus lebih dari {gt}", "greater_than_equal": "paling kecil {ge}",
    "less_than": "harus kurang dari {lt}", "less_than_equal": "paling besar {le}",
    "string_too_short": "paling sedikit {min_length} huruf", "string_too_long": "paling banyak {max_length} huruf",
    "string_pattern_mismatch": "bentuknya tidak sesuai ({pattern})",
    "too_short": "paling sedikit {min_length} isi", "too_long": "paling banyak {max_length} isi",
    "date_from_datetime_parsing": "tanggal diharapkan, mis. 2026-11-02", "time_parsing": "jam diharapkan, mis. '07:00'",
}


def _reason(error: Any) -> str:
    """In Indonesian; a rare one in the words of the library."""
    words = REASONS.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else str(error["msg"]).removeprefix("Value error, ")


def _hint(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return ""
    name = str(error["loc"][-1])
    return did_you_mean(name, _fields() - {name})  # it may well be a key elsewhere


def _fields() -> set[str]:
    names: set[str] = set()
    for model in Model.__subclasses__():
        names.update(field.alias or name for name, field in model.model_fields.items())
    return names


# --- secrets have no place in it ---------------------------------------------------------------


def _secrets(layers: list[Layer]) -> Iterator[str]:
    """Values that look like tokens: a secret has no place in a file that people mail around."""
    for layer in layers:
        for loc in _token_like(layer.text):
            hint = "taruh di variabel lingkungan, dan tulis nama variabelnya di sini"
            yield _problem([layer], loc, "tampaknya sebuah rahasia", hint)


@lru_cache(maxsize=8)
def _token_like(text: str) -> tuple[list[Any], ...]:
    def walk(node: Any, loc: list[Any]) -> Iterator[list[Any]]:
        if isinstance(node, str):
            if TOKEN_LIKE.match(node):
                yield loc
        elif isinstance(node, list):
            for i, value in enumerate(node):
                yield from walk(value, [*loc, i])
        elif isinstance(node, Mapping):
            for key, value in node.items():
                yield from walk(value, [*loc, key])

    return tuple(walk(_tree(text), []))
