"""What every door of the receiver works with: accounts, secrets, the books. Built once, from the settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import Account, ConfigError
from harvester.media import build_media
from receiver.intake import Intake
from settings import Settings
from storage.store import Store


@dataclass(frozen=True)
class Channel:
    """Another system that may hand reports over, and what proves that it is that system."""

    account: Account
    secret: str


@dataclass(frozen=True)
class Desk:
    settings: Settings
    intake: Intake
    json: tuple[Channel, ...]
    sms: tuple[Channel, ...]
    open311: tuple[Channel, ...]
    meta_secret: str
    meta_verify: str
    x_secret: str

    def accounts(self) -> tuple[Account, ...]:
        """The watched accounts with the ids that their pollers have learnt, where config.yaml leaves them out."""
        learnt = {account.key: account.native_id for account in self.intake.store.accounts()}
        return tuple(Account(a.key, a.platform, a.native_id or learnt.get(a.key, ""), a.handle, a.government,
                             a.department) for a in self.settings.accounts if a.enabled)

    @property
    def now(self) -> Callable[[], datetime]:
        return self.intake.now


def desk_of(settings: Settings, store: Store, *, now: Callable[[], datetime]) -> Desk:
    """Raises ConfigError that names every secret which the environment lacks."""
    receive = settings.receive
    missing: list[str] = []

    def secret(name: str, wanted: bool) -> str:
        value = os.environ.get(name, "") if wanted and name else ""
        if wanted and not value:
            missing.append(name or "(kosong)")
        return value

    channels = {account.key: account for account in settings.channel_accounts()}

    def ways(way: str) -> tuple[Channel, ...]:
        return tuple(Channel(channels[key], secret(one.secret_env, True)) for key, one in receive.channels.items()
                     if one.enabled and one.way == way)

    media, wait = build_media(settings), timedelta(seconds=settings.media.wait_seconds)
    patience = {account.key: wait for account in settings.accounts if media.serves(account.platform)}
    x = settings.platforms.get("x")
    desk = Desk(
        settings, Intake(store, now, patience), ways("json"), ways("sms"), ways("open311"),
        meta_secret=secret(receive.meta.secret_env, receive.meta.enabled),
        meta_verify=secret(receive.meta.verify_env, receive.meta.enabled),
        x_secret=secret(receive.x.secret_env, receive.x.enabled and bool(x and x.enabled)),
    )
    if missing:
        raise ConfigError(f"rahasia belum ada di lingkungan: {', '.join(dict.fromkeys(missing))}",
                          hint="isi variabel itu, atau matikan kanalnya di receive")
    return desk


def secrets_of(channels: tuple[Channel, ...]) -> list[tuple[str, str]]:
    return [(channel.account.key, channel.secret) for channel in channels]


def named(channels: tuple[Channel, ...], key: str | None) -> Account | None:
    return next((channel.account for channel in channels if channel.account.key == key), None)
