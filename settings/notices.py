"""The section `notices:`: webhooks of other systems and the Telegram bot. Their secrets come from the environment."""

from __future__ import annotations

import os
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from settings.model import Model

WebhookName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]{0,39}$")]
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _encrypted(address: str, what: str) -> str:
    """Plain http goes no further than this machine."""
    parts = urlsplit(address)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK) or parts.username:
        raise ValueError(f"{what} harus https, tanpa nama dan sandi di dalamnya")
    return address


class WebhookSettings(Model):
    """Where another system wants to hear of tickets, and the name of the secret that signs."""

    url: str
    secret_env: str = Field(min_length=1)

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        return _encrypted(url, "url")


class TelegramSettings(Model):
    token_env: str = "KENTONGAN_TELEGRAM_TOKEN"  # noqa: S105 the name of the variable
    base_url: str = "https://api.telegram.org"  # a simulator on loopback

    @field_validator("base_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        return _encrypted(url, "base_url")


class NoticeSettings(Model):
    """`link` is how staff reach the inbox; without it notices carry the number alone."""

    link: str = ""
    webhooks: dict[WebhookName, WebhookSettings] = Field(default_factory=dict)
    telegram: TelegramSettings = TelegramSettings()

    @field_validator("link")
    @classmethod
    def _safe(cls, link: str) -> str:
        return _encrypted(link, "link").rstrip("/") if link else ""

    def secret_names(self) -> tuple[str, ...]:
        return (self.telegram.token_env, *(hook.secret_env for hook in self.webhooks.values()))


def secret(name: str) -> SecretStr | None:
    value = os.environ.get(name, "")
    return SecretStr(value) if value else None
