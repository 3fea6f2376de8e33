"""config.yaml -> frozen Settings, or every error at once, each with line, column and a hint.

ruamel reads YAML 1.2 (so `no` stays a word and `12:30` a time of day) and remembers where each key
stood; pydantic says what is wrong with it; this module joins the two. Reads files, nothing else:
secrets come from the environment, by the name that the file gives, and never stand in the file.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import AliasEvent

from domain import ConfigError

MAX_BYTES = 1 << 20
Keyword = Annotated[str, Field(min_length=2, max_length=80)]
TOKEN_LIKE = re.compile(r"^(AAAA[A-Za-z0-9%]{20,}|EA[A-Za-z0-9]{30,}|[A-Za-z0-9_\-.]{60,})$")


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class StoreSettings(Model):
    path: Path = Path("var/kentongan.db")
    lock_seconds: float = Field(5.0, gt=0, le=60)


class InboxSettings(Model):
    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    auth_db: Path = Path("var/auth.db")
    language: Literal["id", "en"] = "id"
    behind_tls: bool = False  # a reverse proxy with TLS stands before us


class PlatformSettings(Model):
    """How one connector behaves. `agreement` is the operator's word that the law is met (X)."""

    enabled: bool = True
    agreement: str = ""
    poll_seconds: int = Field(120, ge=1, le=86_400)
    token_env: str = ""
    secret_env: str = ""
    session_file: Path | None = None
    base_url: str | None = None  # a simulator on loopback, or None for the platform itself
    api_version: str = ""
    monthly_usd: float = Field(0.0, ge=0)
    max_pages: int = Field(8, ge=1, le=100)

    def secret(self, name: str) -> SecretStr | None:
        """The secret that the environment holds under the name in field `name`, if any."""
        value = os.environ.get(getattr(self, name) or "", "")
        return SecretStr(value) if value else None


class GovernmentSettings(Model):
    name: str
    level: Literal["provinsi", "kabupaten_kota"]
    code: str = Field(pattern=r"^\d\d(\.\d\d)?$")
    coordinator: str  # department that watches over stories of several departments


class AccountSettings(Model):
    key: str = Field(pattern=r"^[a-z_]+:[A-Za-z0-9_.\-]+$")
    platform: str
    native_id: str = ""
    handle: str
    government: str
    department: str | None = None
    enabled: bool = True


class DepartmentSettings(Model):
    name: str
    short: str = ""
    government: str | None = None
    level: Literal["pusat", "provinsi", "kabupaten_kota", "desa"] | None = None
    area: str | None = None  # Kemendagri code that an outside government answers for
    outside: bool = False  # no inbox here: the ticket is handed over and stays tracked
    aliases: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()  # official social accounts, without "@"
    notify: tuple[str, ...] = ()  # "email:inbox@example.org", "log:"
    contact: str = ""  # how an outside body is reached


class TopicSettings(Model):
    name: str
    keywords: dict[str, tuple[Keyword, ...]]  # language -> words and phrases
    unless: tuple[Keyword, ...] = ()  # metaphors and titles that mean something else
    examples: tuple[str, ...] = Field(min_length=3)
    not_: tuple[str, ...] = Field(alias="not", min_length=1)


class SignalSettings(Model):
    """Word lists behind relevance, urgency and vulnerability: phrase -> weight where weighed."""

    urgency: dict[Literal["darurat", "tinggi", "tidak_mendesak"], tuple[Keyword, ...]]
    vulnerable: dict[str, tuple[Keyword, ...]]
    sensitive: dict[str, tuple[Keyword, ...]]
    defect: tuple[Keyword, ...]
    request: tuple[Keyword, ...]
    question: tuple[Keyword, ...]
    praise: tuple[Keyword, ...]
    spam: tuple[Keyword, ...]
    news: tuple[Keyword, ...]
    trivial: dict[str, tuple[Keyword, ...]]
    metaphors: tuple[Keyword, ...]


class WhenSettings(Model):
    """All that is given has to hold. `any` needs one of its words in the text."""

    topic: str | None = None
    government: str | None = None
    place: str | None = None  # code prefix
    account: str | None = None
    any: tuple[Keyword, ...] = ()
    none: tuple[Keyword, ...] = ()
    sensitive: str | None = None


class RouteSettings(Model):
    name: str = Field(pattern=r"^[a-z0-9\-]+$")
    when: WhenSettings
    to: str
    priority: Literal["rendah", "normal", "tinggi", "segera"] = "normal"


class ClockSettings(Model):
    """A limit of law: value, unit, whom it binds, on what basis, since when, verified or not."""

    name: str
    government: str | None = None
    outside: bool = False
    hours: int | None = Field(None, gt=0)
    working_days: int | None = Field(None, gt=0)
    basis: str
    valid_from: str
    verified: bool = False

    @model_validator(mode="after")
    def one_unit(self) -> Self:
        if (self.hours is None) == (self.working_days is None):
            raise ValueError("give either hours or working_days")
        return self


class ThresholdSettings(Model):
    relevance: float = Field(0.5, ge=0, le=1)
    topic: float = Field(0.3, ge=0, le=1)
    place: float = Field(0.4, ge=0, le=1)
    second_topic: float = Field(0.5, ge=0, le=1)
    near_duplicate: float = Field(0.72, ge=0, le=1)
    duplicate_window_days: int = Field(14, ge=1, le=90)


class MailSettings(Model):
    host: str = ""
    port: int = 25
    sender: str = "kentongan@localhost"
    starttls: bool = False
    user: str = ""
    password_env: str = ""


class Settings(Model):
    """The operators' file, whole. Cross-references are checked: a typo cannot hide until it routes."""

    version: Literal[1]
    timezone: str = "Asia/Jakarta"
    store: StoreSettings = StoreSettings()
    inbox: InboxSettings = InboxSettings()
    mail: MailSettings = MailSettings()
    platforms: dict[str, PlatformSettings]
    governments: dict[str, GovernmentSettings]
    accounts: tuple[AccountSettings, ...]
    departments: dict[str, DepartmentSettings]
    topics: dict[str, TopicSettings]
    signals: SignalSettings
    routes: tuple[RouteSettings, ...]
    clocks: tuple[ClockSettings, ...]
    reject_reasons: dict[str, str]
    thresholds: ThresholdSettings = ThresholdSettings()

    @property
    def ruleset(self) -> str:
        """Hash of everything that decides: the same rules give the same hash on every machine."""
        return hashlib.sha256(orjson.dumps(self.rules(), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def rules(self) -> dict[str, Any]:
        """The part of the file that decides, normalised; stored once by hash."""
        keys = ("governments", "departments", "topics", "signals", "routes", "clocks", "thresholds")
        return {key: value for key, value in self.model_dump(mode="json", by_alias=True).items() if key in keys}


# --- reading ---------------------------------------------------------------------------------


def load(path: str | Path) -> Settings:
    """Read `path`, and the file that its key `extends` names, into Settings.

    `extends: ../config.yaml` takes that file and replaces whole top-level keys by those given here;
    the mappings `platforms`, `store`, `inbox`, `mail` and `thresholds` are merged key by key.
    Raises ConfigError whose `problems` are lines `file:line:column: what - hint`.
    """
    layers = list(_layers(Path(path)))
    merged: dict[str, Any] = {}
    for _, node in reversed(layers):
        for key, value in node.items():
            mergeable = key in {"platforms", "store", "inbox", "mail", "thresholds"}
            merged[key] = {**merged[key], **value} if mergeable and key in merged else value
    merged.pop("extends", None)
    problems = list(_secrets(layers))
    try:
        settings = Settings.model_validate(_plain(merged))
    except ValidationError as error:
        problems += [_problem(layers, list(e["loc"]), _reason(e), _hint(e)) for e in error.errors()]
    else:
        problems += [_problem(layers, loc, why, hint) for loc, why, hint in cross_references(settings)]
    if problems:
        raise ConfigError(
            f"{path}: {len(problems)} kesalahan", problems=tuple(dict.fromkeys(problems)),
            hint="perbaiki baris di atas, lalu jalankan: kentongan config check",
        )
    return settings


def _layers(path: Path, depth: int = 0) -> Iterator[tuple[Path, Any]]:
    node = _read(path)
    yield path, node
    if "extends" in node:
        if depth >= 3:
            raise ConfigError(f"{path}: `extends` reaches deeper than 3 files", hint="flatten the chain")
        yield from _layers(path.parent / str(node["extends"]), depth + 1)


def _read(path: Path) -> Any:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", hint="kentongan config init writes a first one") from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_BYTES} bytes", hint="is this the right file?")
    try:
        text = raw.decode("utf-8")
        yaml = YAML(typ="rt", pure=True)
        if any(isinstance(e, AliasEvent) or getattr(e, "anchor", None) for e in yaml.parse(io.StringIO(text))):
            raise ConfigError(f"{path}: anchors and aliases are not used here", hint="write the value out")
        node = YAML(typ="rt", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}", hint="save the file as UTF-8") from error
    except MarkedYAMLError as error:
        raise _unreadable(path, error) from error
    if not isinstance(node, Mapping):
        raise ConfigError(f"{path}:1:1: a mapping is expected", hint="start from the shipped config.yaml")
    return node


def _unreadable(path: Path, error: MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    problem = f"{where}: {error.problem or 'not YAML'}"
    return ConfigError(problem, problems=(problem,), hint="check indentation, quotes and doubled keys there")


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


# --- where an error stands ---------------------------------------------------------------------


def _problem(layers: list[tuple[Path, Any]], loc: list[Any], why: str, hint: str) -> str:
    path, line, column = _place(layers, loc)
    dotted = ".".join(str(part) for part in loc)
    return f"{path}:{line}:{column}: {dotted}: {why}" + (f" — {hint}" if hint else "")


def _place(layers: list[tuple[Path, Any]], loc: list[Any]) -> tuple[Path, int, int]:
    """The deepest place of `loc` that stands in a file; the topmost layer that has it wins."""
    for path, node in layers:
        line = column = 1
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
    return layers[0][0], 1, 1


def _position(node: Any, part: Any) -> tuple[int, int] | None:
    try:
        if isinstance(node, Mapping) and part in node:
            return node.lc.key(part)  # type: ignore[attr-defined]
        if isinstance(node, list) and isinstance(part, int) and part < len(node):
            return node.lc.item(part)  # type: ignore[attr-defined]
    except (AttributeError, KeyError):
        return None
    return None


REASONS = {"extra_forbidden": "kunci tidak dikenal", "missing": "kunci wajib tidak ada"}


def _reason(error: Any) -> str:
    return REASONS.get(error["type"], error["msg"])


def _hint(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return ""
    return _did_you_mean(str(error["loc"][-1]), _fields())


def _fields() -> set[str]:
    names: set[str] = set()
    for model in Model.__subclasses__():
        names.update(field.alias or name for name, field in model.model_fields.items())
    return names


def _did_you_mean(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"maksud Anda '{close[0]}'?" if close else ""


# --- what pydantic cannot see ------------------------------------------------------------------


def cross_references(settings: Settings) -> Iterator[tuple[list[Any], str, str]]:
    """Every name that points at something missing: (path, reason, hint)."""
    departments, governments = settings.departments, settings.governments

    def unknown(loc: list[Any], what: str, name: str, known: Any) -> tuple[list[Any], str, str]:
        return loc, f"{what} '{name}' tidak dikenal", _did_you_mean(name, known)

    for name, government in governments.items():
        if government.coordinator not in departments:
            yield unknown(["governments", name, "coordinator"], "department", government.coordinator, departments)
    for i, account in enumerate(settings.accounts):
        if account.government not in governments:
            yield unknown(["accounts", i, "government"], "government", account.government, governments)
        if account.platform not in settings.platforms:
            yield unknown(["accounts", i, "platform"], "platform", account.platform, settings.platforms)
        if account.department and account.department not in departments:
            yield unknown(["accounts", i, "department"], "department", account.department, departments)
    for name, department in departments.items():
        if department.government and department.government not in governments:
            yield unknown(["departments", name, "government"], "government", department.government, governments)
    yield from _route_problems(settings)
    yield from _platform_problems(settings)
    if "triage" not in departments:
        yield ["departments"], "department 'triage' is required", "it takes what no rule can route"


def _route_problems(settings: Settings) -> Iterator[tuple[list[Any], str, str]]:
    names: set[str] = set()
    for i, route in enumerate(settings.routes):
        if route.to not in settings.departments:
            hint = _did_you_mean(route.to, settings.departments)
            yield ["routes", i, "to"], f"department '{route.to}' tidak dikenal", hint
        if route.when.topic and route.when.topic not in settings.topics:
            hint = _did_you_mean(route.when.topic, settings.topics)
            yield ["routes", i, "when", "topic"], f"topic '{route.when.topic}' tidak dikenal", hint
        if route.when.government and route.when.government not in settings.governments:
            hint = _did_you_mean(route.when.government, settings.governments)
            yield ["routes", i, "when", "government"], f"government '{route.when.government}' tidak dikenal", hint
        if route.name in names:
            yield ["routes", i, "name"], f"rule '{route.name}' ditulis dua kali", "beri nama lain"
        names.add(route.name)


def _platform_problems(settings: Settings) -> Iterator[tuple[list[Any], str, str]]:
    x = settings.platforms.get("x")
    if x and x.enabled and not x.agreement and not x.base_url:
        yield (["platforms", "x", "enabled"], "X is on without an agreement",
               "pemerintah perlu perjanjian Enterprise; tulis nomornya di platforms.x.agreement")


def _secrets(layers: list[tuple[Path, Any]]) -> Iterator[str]:
    """Values that look like tokens: a secret has no place in a file that people mail around."""

    def walk(node: Any, loc: list[Any]) -> Iterator[list[Any]]:
        if isinstance(node, Mapping):
            for key, value in node.items():
                yield from walk(value, [*loc, key])
        elif isinstance(node, list):
            for i, value in enumerate(node):
                yield from walk(value, [*loc, i])
        elif isinstance(node, str) and TOKEN_LIKE.match(node):
            yield loc

    for path, node in layers:
        for loc in walk(node, []):
            yield _problem([(path, node)], loc, "looks like a secret", "put it into the environment and name it here")
