"""Transports: one a file, one line here. An address in config.yaml is `kind:address`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from notify.base import Transport
from notify.email import Email
from notify.log import Log
from notify.telegram import Telegram
from notify.webhook import Webhook
from settings import Settings

TRANSPORTS: Mapping[str, Callable[[Settings], Transport]] = {
    "log": Log, "email": Email, "telegram": Telegram, "webhook": Webhook,
}


def build_transports(settings: Settings) -> dict[str, Transport]:
    return {kind: make(settings) for kind, make in TRANSPORTS.items()}
