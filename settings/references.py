"""What must hold across the operators' file: every name that points somewhere points at something."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from settings.shape import Settings

CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{4,31}", re.ASCII)
NOTIFIERS = ("email", "log", "telegram", "webhook")  # the keys of notify.TRANSPORTS, which stands above us
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

Problem = tuple[list[Any], str, str]  # path, reason, hint


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word; empty when nothing is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"maksud Anda '{close[0]}'?" if close else ""


def cross_references(settings: Settings) -> Iterator[Problem]:
    """Every name that points at something missing: (path, reason, hint)."""
    departments, governments = settings.departments, settings.governments

    def unknown(loc: list[Any], what: str, name: str, known: Any) -> Problem:
        return loc, f"{what} '{name}' tidak dikenal", did_you_mean(name, known)

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
    keys = {account.key for account in settings.accounts}
    for name, platform in settings.platforms.items():
        for key in platform.discover:
            if key not in keys:
                yield unknown(["platforms", name, "discover", key], "account", key, keys)
    for name, department in departments.items():
        if department.government and department.government not in governments:
            yield unknown(["departments", name, "government"], "government", department.government, governments)
    for name in settings.media.fetch:
        if name not in settings.platforms:
            yield unknown(["media", "fetch", name], "platform", name, settings.platforms)
    yield from _inbox_problems(settings)
    yield from _receive_problems(settings)
    yield from _call_problems(settings)
    yield from _sign_in_problems(settings)
    yield from _route_problems(settings)
    yield from _platform_problems(settings)
    yield from _data_problems(settings)
    if "triage" not in departments:
        yield ["departments"], "department 'triage' wajib ada", "tujuan yang tidak dapat diantar aturan mana pun"


def _inbox_problems(settings: Settings) -> Iterator[Problem]:
    """Departments whose tickets nobody would see: of no government and no way to hand over."""
    for name, department in settings.departments.items():
        loc: list[Any] = ["departments", name]
        if name != "triage" and not (department.government or department.outside or department.notify):
            yield loc, "tidak punya kotak masuk", "isi government (kotak masuk di sini), notify, atau outside: true"
        for i, given in enumerate(department.notify):
            yield from _address_problems(settings, [*loc, "notify", i], given)


def _address_problems(settings: Settings, loc: list[Any], given: str) -> Iterator[Problem]:
    kind, _, address = given.partition(":")
    if kind not in NOTIFIERS:
        hint = did_you_mean(kind, NOTIFIERS) or f"pilih: {', '.join(NOTIFIERS)}"
        yield loc, f"cara memberi tahu '{kind}' tidak dikenal", hint
    elif kind == "email" and not EMAIL.fullmatch(address):
        yield loc, "alamat email tidak sah", 'tulis seperti "email:aduan@dinas.example"'
    elif kind == "telegram" and not CHAT.fullmatch(address):
        hint = 'tulis seperti "telegram:-1001234567890" atau "telegram:@kanal_dinas"'
        yield loc, "id obrolan Telegram tidak sah", hint
    elif kind == "webhook" and address not in settings.notices.webhooks:
        yield (loc, f"webhook '{address}' tidak ada di notices.webhooks",
               did_you_mean(address, settings.notices.webhooks) or "tulis url dan secret_env-nya di sana")


def _sign_in_problems(settings: Settings) -> Iterator[Problem]:
    for i, key in enumerate(settings.inbox.second_closer):
        if key != "*" and key not in settings.departments:
            yield (["inbox", "second_closer", i], f"department '{key}' tidak dikenal",
                   did_you_mean(key, settings.departments))
    for i, j, key in settings.inbox.oidc.problems(settings.departments):
        yield (["inbox", "oidc", "people", i, "departments", j], f"department '{key}' tidak dikenal",
               did_you_mean(key, settings.departments))


def _call_problems(settings: Settings) -> Iterator[Problem]:
    """Chains of nobody, and steps that reach nobody: found when the file is read, not at 23:00."""
    answer = {**settings.governments, **settings.departments}
    for name, steps in settings.calls.chains.items():
        if name not in answer:
            yield (["calls", "chains", name], f"'{name}' bukan department dan bukan government",
                   did_you_mean(name, answer))
        for i, step in enumerate(steps):
            yield from _address_problems(settings, ["calls", "chains", name, i, "to"], step.to)
    for i, address in enumerate(settings.ops.notify):
        yield from _address_problems(settings, ["ops", "notify", i], address)
    for name, heads in settings.calls.heads.items():
        if name not in settings.departments:
            yield (["calls", "heads", name], f"department '{name}' tidak dikenal",
                   did_you_mean(name, settings.departments))
        for i, head in enumerate(heads):
            yield from _address_problems(settings, ["calls", "heads", name, i], head)


def _receive_problems(settings: Settings) -> Iterator[Problem]:
    """Channels of nobody, doors that are open twice, and X's door while X itself is off."""
    receive, polled = settings.receive, {account.key for account in settings.accounts}
    for key, channel in receive.channels.items():
        loc: list[Any] = ["receive", "channels", key]
        if channel.government not in settings.governments:
            hint = did_you_mean(channel.government, settings.governments)
            yield [*loc, "government"], f"government '{channel.government}' tidak dikenal", hint
        if channel.department and channel.department not in settings.departments:
            hint = did_you_mean(channel.department, settings.departments)
            yield [*loc, "department"], f"department '{channel.department}' tidak dikenal", hint
        if key in polled or key.partition(":")[0] in settings.platforms:
            yield loc, "sudah dipakai oleh akun atau platform", "pilih nama lain, mis. 'loket:solo'"
    x = settings.platforms.get("x")
    if receive.enabled and receive.x.enabled and not (x and x.enabled):
        yield ["receive", "x", "enabled"], "X sendiri mati", "nyalakan platforms.x dengan perjanjiannya lebih dulu"


def _route_problems(settings: Settings) -> Iterator[Problem]:
    names: set[str] = set()
    for i, route in enumerate(settings.routes):
        if route.to not in settings.departments:
            hint = did_you_mean(route.to, settings.departments)
            yield ["routes", i, "to"], f"department '{route.to}' tidak dikenal", hint
        if route.when.topic and route.when.topic not in settings.topics:
            hint = did_you_mean(route.when.topic, settings.topics)
            yield ["routes", i, "when", "topic"], f"topic '{route.when.topic}' tidak dikenal", hint
        if route.when.government and route.when.government not in settings.governments:
            hint = did_you_mean(route.when.government, settings.governments)
            yield ["routes", i, "when", "government"], f"government '{route.when.government}' tidak dikenal", hint
        if route.name in names:
            yield ["routes", i, "name"], f"rule '{route.name}' ditulis dua kali", "beri nama lain"
        names.add(route.name)


def _data_problems(settings: Settings) -> Iterator[Problem]:
    """The dated files speak of departments and topics of this one."""
    for key in ("agencies", "roads"):
        for i, given in enumerate(getattr(settings, key)):
            if given.department not in settings.departments:
                hint = did_you_mean(given.department, settings.departments)
                yield [key, i, "department"], f"department '{given.department}' tidak dikenal", hint
    for i, agency in enumerate(settings.agencies):
        for topic in agency.topics:
            if topic not in settings.topics:
                yield ["agencies", i, "topics"], f"topic '{topic}' tidak dikenal", did_you_mean(topic, settings.topics)
    for key in ("clocks", "agencies", "suburbs", "roads"):
        for i, given in enumerate(getattr(settings, key)):
            if given.valid_to is not None and given.valid_to < given.valid_from:
                yield [key, i, "valid_to"], "berakhir sebelum berlaku", "valid_to harus sesudah valid_from"


def _platform_problems(settings: Settings) -> Iterator[Problem]:
    x = settings.platforms.get("x")
    if x and x.enabled and not x.agreement and not x.base_url:
        yield (["platforms", "x", "enabled"], "X hidup tanpa perjanjian",
               "pemerintah perlu perjanjian Enterprise; tulis nomornya di platforms.x.agreement")
