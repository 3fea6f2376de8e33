"""The section `receive:`: which doors the receiver has, and by which secrets others prove who they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.model import Model

ChannelKey = Annotated[str, Field(pattern=r"^[a-z0-9_]+:[A-Za-z0-9_.\-]+$")]


class MetaHookSettings(Model):
    """Meta's webhooks: pages and Instagram accounts of `accounts` that have their native_id."""

    enabled: bool = False
    verify_env: str = ""
    secret_env: str = ""


class XHookSettings(Model):
    """X's account activity; off as long as X itself is off."""

    enabled: bool = False
    secret_env: str = ""


class ChannelSettings(Model):
    """Another system that hands reports over. Its secret signs them; for open311 it is the api_key."""

    way: Literal["json", "sms", "open311"]
    government: str
    name: str = ""
    department: str | None = None
    secret_env: str
    enabled: bool = True


class ReceiveSettings(Model):
    """The receiver, a process of its own: `kentongan receive`."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = Field(8766, ge=0, le=65535)
    behind_tls: bool = False  # a reverse proxy with TLS stands before us
    per_minute: int = Field(600, ge=1, le=100_000)  # requests of one address
    max_kb: int = Field(4096, ge=16, le=65_536)  # of one delivery
    meta: MetaHookSettings = MetaHookSettings()
    x: XHookSettings = XHookSettings()
    channels: dict[ChannelKey, ChannelSettings] = Field(default_factory=dict)

    def secret_names(self) -> tuple[str, ...]:
        """Names of the environment variables that hold our secrets."""
        return (self.meta.verify_env, self.meta.secret_env, self.x.secret_env,
                *(channel.secret_env for channel in self.channels.values()))
