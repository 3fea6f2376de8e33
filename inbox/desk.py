"""What every view works at: the settings, the rules compiled from them, and the Store.

One Store serves all threads of the web server, so a process has one desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from routing.rules import Rules
from settings import Settings
from storage.store import Store


@dataclass(frozen=True)
class Desk:
    settings: Settings
    rules: Rules
    store: Store

    @cached_property
    def official_handles(self) -> frozenset[str]:
        """Handles of governments and departments: an office's name is nobody's personal data."""
        handles = [account.handle for account in self.settings.accounts]
        handles += [handle for department in self.settings.departments.values() for handle in department.handles]
        return frozenset(handle.lstrip("@").lower() for handle in handles)


_desks: list[Desk] = []


def set_up(desk: Desk) -> None:
    """Put the desk in place; a later call replaces it."""
    _desks[:] = [desk]


def desk() -> Desk:
    return _desks[0]
