"""What every view works at: the settings, the rules compiled from them, and the Store.

One Store serves all threads of the web server, so a process has one desk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from routing.rules import Rules, compile_rules
from settings import Settings
from settings.files import Watch
from storage.store import Store


@dataclass(frozen=True)
class Desk:
    settings: Settings
    rules: Rules
    store: Store
    config: Path | None = None  # the operators' file that these rules came from
    problems: tuple[str, ...] = ()  # why the file as it stands is not in force; empty where it is

    @cached_property
    def official_handles(self) -> frozenset[str]:
        """Handles of governments and departments: an office's name is nobody's personal data."""
        handles = [account.handle for account in self.settings.accounts]
        handles += [handle for department in self.settings.departments.values() for handle in department.handles]
        return frozenset(handle.lstrip("@").lower() for handle in handles)

    @cached_property
    def suggesting(self) -> Rules | None:
        """The rules with those in `suggest` acting, for the ticket page; None where there are none."""
        routes = self.settings.routes
        if all(route.mode != "suggest" for route in routes):
            return None
        acting = tuple(r.model_copy(update={"mode": "act"}) if r.mode == "suggest" else r for r in routes)
        return compile_rules(self.settings.model_copy(update={"routes": acting}))


_desks: list[Desk] = []


def set_up(desk: Desk) -> None:
    """Put the desk in place; a later call replaces it."""
    _desks[:] = [desk]


def renew(watch: Watch) -> None:
    """Put a changed file's rules in place; where it is broken, the old ones stay and the desk says why.

    What a page has begun with it keeps: a view asks for the desk, and a desk never changes.
    """
    settings = watch.look()
    if settings is not None:
        set_up(replace(desk(), settings=settings, rules=compile_rules(settings), problems=()))
        return
    problem = watch.problem
    problems = (problem.problems or (str(problem),)) if problem else ()
    if problems != desk().problems:
        set_up(replace(desk(), problems=tuple(problems)))


def desk() -> Desk:
    return _desks[0]
