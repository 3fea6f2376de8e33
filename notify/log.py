"""Notices into the daemon's own log: what a fresh installation has before it has a mail server."""

from __future__ import annotations

import structlog

from domain import Event
from settings import Settings


class Log:
    def __init__(self, _settings: Settings) -> None:
        self.log = structlog.get_logger("notice")

    def send(self, event: Event) -> None:
        self.log.info(event.subject, ticket=event.ticket, to=event.address, key=event.key)
