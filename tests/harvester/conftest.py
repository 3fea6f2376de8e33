"""Connectors on the wire: the real libraries against the simulators, nothing patched in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

import hypothesis
import pytest

from domain import Account, Mention, Page
from harvester.base import Connector
from settings import PlatformSettings
from simulators.server import Server
from simulators.world import TOKENS, World
from tests.simulators.worlds import running

hypothesis.settings.register_profile("harvester", deadline=None)  # a busy machine is no defect
hypothesis.settings.load_profile("harvester")


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_X_TOKEN", TOKENS["x"])
    monkeypatch.setenv("TEST_GRAPH_TOKEN", TOKENS["facebook"])


@pytest.fixture
def wire() -> Iterator[Callable[[World], Server]]:
    """Starts a simulator of a world and stops it after the test."""
    with ExitStack() as stack:
        yield lambda world: stack.enter_context(running(world))


def settings_for(url: str | None, token_env: str, **given: Any) -> PlatformSettings:
    return PlatformSettings(**{"base_url": url, "token_env": token_env, **given})


class Harvest:
    """What the daemon does with a connector, without the daemon: fetch until there is no more."""

    def __init__(self, connector: Connector, account: Account) -> None:
        self.connector = connector
        self.account = account
        self.stored: dict[str, Mention] = {}
        self.pages: list[Page] = []
        self.gone: list[str] = []

    def page(self, now: datetime) -> Page:
        """One fetch; its cursor is stored together with its mentions."""
        page = self.connector.fetch(self.account, now=now)
        self.stored.update({m.key: m for m in page.mentions})
        self.gone += page.gone
        self.pages.append(page)
        self.account = replace(self.account, cursor=page.cursor, handle=page.handle or self.account.handle)
        return page

    def cycle(self, now: datetime) -> list[Page]:
        """Pages until the connector says that there is no more."""
        pages = [self.page(now)]
        while pages[-1].more:
            assert len(pages) < 200, "a cycle that does not end"
            pages.append(self.page(now))
        return pages

    def texts(self) -> list[str]:
        return [m.text for m in sorted(self.stored.values(), key=lambda m: m.posted_at)]
