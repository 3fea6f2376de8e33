"""The shape of config.yaml: one frozen pydantic model a section. Knows no file and no line number.

Secrets come from the environment, by the name that the file gives, and never stand in the file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import Field, SecretStr, model_validator

from domain import Account, AccountState
from settings.backups import BackupSettings
from settings.model import Model
from settings.notices import NoticeSettings, secret
from settings.receiving import ReceiveSettings
from settings.signing_in import OidcSettings, SecondFactorSettings

Keyword = Annotated[str, Field(min_length=2, max_length=80)]


class StoreSettings(Model):
    path: Path = Path("var/kentongan.db")
    lock_seconds: float = Field(5.0, gt=0, le=60)


class InboxSettings(Model):
    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    auth_db: Path = Path("var/auth.db")
    language: Literal["id", "en"] = "id"
    behind_tls: bool = False  # a reverse proxy with TLS stands before us
    second_factor: SecondFactorSettings = SecondFactorSettings()
    second_closer: tuple[str, ...] = ()  # departments that close by a verifier or head who did not handle it; "*": all
    oidc: OidcSettings = OidcSettings()
    metrics_env: str = "KENTONGAN_METRICS_TOKEN"  # who asks /metrics shows what it holds; empty: there is no /metrics

    def metrics_token(self) -> SecretStr | None:
        return secret(self.metrics_env)


class PlatformSettings(Model):
    """How one connector behaves. `agreement` is the operator's word that the law is met (X)."""

    enabled: bool = True
    agreement: str = ""
    poll_seconds: int = Field(120, ge=1, le=86_400)
    token_env: str = ""
    secret_env: str = ""
    session_file: Path | None = None
    base_url: str | None = None  # a simulator on loopback, or None for the platform itself
    server: str = ""  # mail: imaps://HOST/FOLDER
    api_version: str = ""
    monthly_usd: float = Field(0.0, ge=0)  # nothing is read beyond it; 0: nothing that costs
    reserve_percent: float = Field(15.0, ge=0, le=90)  # of it, for accounts with `reserve`
    token_expires: date | None = None
    max_pages: int = Field(8, ge=1, le=100)
    stream: bool = False  # X: mentions by filtered stream as well; one connection, every post billed
    discover: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # account -> others that it reads (Instagram)

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
    key: str = Field(pattern=r"^[a-z0-9_]+:[A-Za-z0-9_.\-]+$")
    platform: str
    native_id: str = ""
    handle: str
    government: str
    department: str | None = None
    enabled: bool = True
    reserve: bool = False  # read until the last cent
    token_expires: date | None = None  # of a token of its own


class OpsSettings(Model):
    """Who keeps the daemon well, and how early they hear of a token that ends."""

    notify: tuple[str, ...] = ("log:ops",)
    token_days: int = Field(7, ge=1, le=90)


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
    mode: Literal["off", "watch", "suggest", "act"] = "act"  # only `act` decides; docs/adr/0009


class Dated(Model):
    """A fact of law or of the map that holds from a day to a day; `verified`: somebody has read the source."""

    basis: str
    valid_from: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    valid_to: str | None = Field(None, pattern=r"^\d{4}-\d\d-\d\d$")
    verified: bool = False


class ClockSettings(Dated):
    """A limit: value and unit, whom it binds, from which moment it runs, for which class of matter."""

    name: str
    government: str | None = None
    outside: bool = False
    hours: int | None = Field(None, gt=0)
    working_days: int | None = Field(None, gt=0)
    starts: Literal["tiba", "disposisi", "tindak_lanjut"] = "tiba"
    kind: Literal["pengaduan", "pengawasan", "informasi"] | None = None  # None: every class
    legal: bool = True  # False: a target of the house, shown but never the due date

    @model_validator(mode="after")
    def one_unit(self) -> Self:
        if (self.hours is None) == (self.working_days is None):
            raise ValueError("isi hours atau working_days, salah satu")
        return self


class PauseSettings(Dated):
    """How long waiting for the citizen's answer may lengthen what a desk is given."""

    working_days: int = Field(gt=0)


class AgencySettings(Dated):
    """A body outside of the served governments, by the names that people give it.

    `topics`: what is its matter once it is named; empty: whatever happens in its house or by its people.
    """

    key: str
    department: str
    owner: Literal["pusat", "provinsi", "kabupaten_kota", "desa"]
    names: tuple[Keyword, ...] = Field(min_length=1)
    topics: tuple[str, ...] = ()


class SuburbSettings(Dated):
    """A place that calls itself Solo and belongs to a neighbour."""

    code: str
    names: tuple[Keyword, ...] = Field(min_length=1)


class RoadSettings(Dated):
    """A road whose class is known. `near`: words of which one has to stand beside its name."""

    names: tuple[Keyword, ...] = Field(min_length=1)
    road_class: Literal["nasional", "provinsi", "kabupaten_kota", "desa", "tol"] = Field(alias="class")
    department: str
    near: tuple[Keyword, ...] = ()


class PlaceSettings(Model):
    """A place as people of the town call it. `code`: the area that it lies in; `settings.places` checks the rest."""

    name: str
    code: str
    type: Literal["jalan", "landmark", "sub_desa", "admin_lain"] = "landmark"
    aliases: tuple[str, ...] = ()


class ThresholdSettings(Model):
    relevance: float = Field(0.5, ge=0, le=1)
    topic: float = Field(0.3, ge=0, le=1)
    place: float = Field(0.4, ge=0, le=1)
    second_topic: float = Field(0.5, ge=0, le=1)
    second_desk: float = Field(0.7, ge=0, le=1)
    near_duplicate: float = Field(0.72, ge=0, le=1)
    duplicate_window_days: int = Field(14, ge=1, le=90)
    surge_voices: int = Field(50, ge=0, le=1_000_000)  # 0: the speed of a story raises nothing
    surge_minutes: int = Field(60, ge=1, le=1440)


class MediaHosts(Model):
    """Whether one platform's pictures are fetched, and from where. ".example.org": every name that ends so."""

    enabled: bool = False
    hosts: tuple[Annotated[str, Field(pattern=r"^\.?([a-z0-9-]+\.)+[a-z]+$")], ...] = ()


class MediaSettings(Model):
    """How pictures of posts are looked at. Hashes are kept, pictures never."""

    fetch: dict[str, MediaHosts] = Field(default_factory=dict)
    wait_seconds: float = Field(30, ge=1, le=600)  # a post is judged after that, pictures or not
    total_seconds: float = Field(8, ge=0.1, le=60)  # of one picture
    max_mb: float = Field(8, gt=0, le=64)
    per_hour: int = Field(1_200, ge=0, le=100_000)


class QuietSettings(Model):
    """From one hour to another, in WIB, over midnight where the second is the earlier one."""

    begin: time = Field(time(21), alias="from")
    end: time = Field(time(6), alias="until")

    @model_validator(mode="after")
    def some_time(self) -> Self:
        if self.begin == self.end:
            raise ValueError("`from` sama dengan `until`: hapus `quiet` bila tidak ada jam tenang")
        return self


class StepSettings(Model):
    to: str  # as in `notify`
    minutes: int = Field(10, ge=1, le=720)  # until the next step


class CallSettings(Model):
    """Who is called when, at which hour the rest is told, and when a superior hears of it."""

    quiet: QuietSettings | None = QuietSettings()
    digest: time = time(7)
    max_pages: int = Field(5, ge=1, le=50)  # of one case
    escalate_hours: int = Field(4, ge=0, le=720)
    # department or government
    chains: dict[str, Annotated[tuple[StepSettings, ...], Field(min_length=1)]] = Field(default_factory=dict)
    heads: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # department -> whom its missed limits are told

    @model_validator(mode="after")
    def digest_by_day(self) -> Self:
        quiet = self.quiet
        if quiet is None:
            return self
        over_midnight = quiet.begin > quiet.end
        inside = (self.digest >= quiet.begin or self.digest < quiet.end) if over_midnight else (
            quiet.begin <= self.digest < quiet.end)
        if inside:
            raise ValueError("`digest` jatuh di jam tenang: pilih jam sesudah `quiet.until`")
        return self


class MailSettings(Model):
    host: str = ""
    port: int = 25
    sender: str = "kentongan@localhost"
    starttls: bool = False
    user: str = ""
    password_env: str = ""


class ModelSettings(Model):
    """The learnt files that read: their folder (None: those that come with the product) and their hash, as loaded."""

    folder: Path | None = None
    hash: str = ""


class Settings(Model):
    """The operators' file, whole. Cross-references are checked: a typo cannot hide until it routes."""

    version: Literal[1]
    timezone: str = "Asia/Jakarta"
    store: StoreSettings = StoreSettings()
    inbox: InboxSettings = InboxSettings()
    mail: MailSettings = MailSettings()
    notices: NoticeSettings = NoticeSettings()
    media: MediaSettings = MediaSettings()
    calls: CallSettings = CallSettings()
    receive: ReceiveSettings = ReceiveSettings()
    ops: OpsSettings = OpsSettings()
    backup: BackupSettings = BackupSettings()
    platforms: dict[str, PlatformSettings]
    governments: dict[str, GovernmentSettings]
    accounts: tuple[AccountSettings, ...]
    departments: dict[str, DepartmentSettings]
    topics: dict[str, TopicSettings]
    signals: SignalSettings
    routes: tuple[RouteSettings, ...]
    clocks: tuple[ClockSettings, ...]
    pauses: PauseSettings | None = None
    agencies: tuple[AgencySettings, ...] = ()
    suburbs: tuple[SuburbSettings, ...] = ()
    roads: tuple[RoadSettings, ...] = ()
    village_words: tuple[Keyword, ...] = ()
    places: tuple[PlaceSettings, ...] = ()
    reject_reasons: dict[str, str]
    thresholds: ThresholdSettings = ThresholdSettings()
    models: ModelSettings = ModelSettings()  # the file says the folder alone

    def watching(self, accounts: Iterable[Account]) -> Self:
        """These settings with other accounts: archives and other channels bring their own."""
        known = {a.key: a for a in self.accounts}
        brought = {a.key: a for a in (*accounts, *self.channel_accounts())}
        added = tuple(
            AccountSettings(key=a.key, platform=a.platform, native_id=a.native_id, handle=a.handle,
                            government=a.government, department=a.department)
            for a in brought.values() if a.key not in known and a.government in self.governments
        )
        return self.model_copy(update={"accounts": (*self.accounts, *added)})

    def channel_accounts(self) -> tuple[Account, ...]:
        """What the receiver takes reports for: in the books, never polled."""
        return tuple(
            Account(key, key.partition(":")[0], "", channel.name or key.partition(":")[2], channel.government,
                    channel.department, state=AccountState.DISABLED, state_reason="")
            for key, channel in self.receive.channels.items()
        )

    def secret_values(self) -> list[str]:
        """Every secret that the environment holds for us: what no log may show."""
        names = [name for p in self.platforms.values() for name in (p.token_env, p.secret_env)]
        names += [self.mail.password_env, self.inbox.oidc.secret_env, self.inbox.metrics_env,
                  *self.notices.secret_names(), *self.receive.secret_names()]
        return [os.environ[name] for name in names if os.environ.get(name)]

    @property
    def ruleset(self) -> str:
        """Hash of everything that decides: the same rules give the same hash on every machine.

        A route that does not act is left out: whether it watches or is not there, decisions are the same.
        """
        rules = self.rules()
        rules["routes"] = [{k: v for k, v in route.items() if k != "mode"}
                           for route in rules["routes"] if route["mode"] == "act"]
        return hashlib.sha256(orjson.dumps(rules, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def rules(self) -> dict[str, Any]:
        """The part of the file that decides, normalised, with the hash of the model that reads; stored once by hash."""
        keys = ("governments", "departments", "topics", "signals", "routes", "clocks", "thresholds", "pauses",
                "agencies", "suburbs", "roads", "village_words", "places")
        given = self.model_dump(mode="json", by_alias=True)
        return {key: given[key] for key in keys} | {"models": self.models.hash}
