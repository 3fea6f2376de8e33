"""How every account stands, for the terminal and for the page: state, lag, quota, forecast, blind windows, what to do.

Read from the store and the operators' file alone, so it is true also while no daemon runs: then the lag says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain import Account, AccountState, BlindWindow, Breaker, Spend
from harvester.breaker import is_open
from harvester.budget import WARN_AT, Purse, purse
from harvester.notices import days_left
from settings import Settings
from storage.store import Store

WINDOWS_FOR = timedelta(days=30)
BRIEF = timedelta(minutes=10)  # a shorter window that brought nothing is told to machines only
LONG_BLIND = timedelta(hours=24)
OVERDUE_POLLS, OVERDUE = 3, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as a person has to see it. `todo` are words for what is the matter, the gravest first."""

    account: Account
    light: str  # good warn bad off
    todo: tuple[str, ...]  # human attention overdue budget platform backoff silent token money
    lag: timedelta | None  # since what was read last; None: never
    purse: Purse
    breaker: Breaker
    token_end: date | None
    windows: tuple[BlindWindow, ...]  # of the last month, youngest first, those worth a person's time

    @property
    def blind_since(self) -> datetime | None:
        return next((w.since for w in self.windows if w.until is None and w.kind != "silent"), None)


def standings(store: Store, settings: Settings, *, now: datetime) -> list[Standing]:
    """Every account, by key."""
    accounts, money, breakers = store.accounts(), purses(store, settings, now=now), store.breakers()
    ends = token_ends(accounts, settings)
    windows: dict[str, list[BlindWindow]] = {}
    for window in store.blind_windows(since=now - WINDOWS_FOR):
        windows.setdefault(window.account, []).append(window)
    found = []
    for account in accounts:
        own = tuple(windows.get(account.key, ()))
        of_platform = money.get(account.platform) or Purse(account.platform, None, 0.0)
        breaker = breakers.get(account.platform, Breaker(account.platform))
        todo = _todo(account, own, of_platform, breaker, ends.get(account.key), settings, now)
        shown = tuple(w for w in own if w.until is None or w.found or w.until - w.since >= BRIEF)
        lag = now - account.read_until if account.read_until else None
        found.append(Standing(account, _light(account, todo, own, now), todo, lag, of_platform, breaker,
                              ends.get(account.key), shown))
    return found


def _todo(
    account: Account, windows: Sequence[BlindWindow], money: Purse, breaker: Breaker, end: date | None,
    settings: Settings, now: datetime,
) -> tuple[str, ...]:
    if account.state is AccountState.DISABLED:
        return ()
    platform = settings.platforms.get(account.platform)
    patience = max(OVERDUE, timedelta(seconds=platform.poll_seconds if platform else 60) * OVERDUE_POLLS)
    planned = account.next_poll_at or account.read_until
    held = is_open(breaker, now)
    checks = (
        ("human", account.state is AccountState.NEEDS_HUMAN),
        ("attention", bool(account.attention)),
        ("overdue", account.state in (AccountState.OK, AccountState.BACKOFF) and not held
         and planned is not None and now - planned > patience),
        ("budget", account.state is AccountState.PAUSED_BUDGET),
        ("platform", held),
        ("backoff", account.state is AccountState.BACKOFF),
        ("silent", any(w.kind == "silent" and w.until is None for w in windows)),
        ("token", end is not None and days_left(end, now) <= settings.ops.token_days),
        ("money", bool(money.limit) and money.used >= WARN_AT),
    )
    return tuple(name for name, holds in checks if holds)


def _light(account: Account, todo: Sequence[str], windows: Sequence[BlindWindow], now: datetime) -> str:
    """Amber: something is the matter, and known. Red: it has been blind for a day."""
    if account.state is AccountState.DISABLED:
        return "off"
    long_blind = any(w.until is None and w.kind != "silent" and now - w.since > LONG_BLIND for w in windows)
    return "bad" if long_blind else "warn" if todo else "good"


def purses(store: Store, settings: Settings, *, now: datetime) -> dict[str, Purse]:
    """Every configured platform's money."""
    spent = store.spends(now)
    return {
        name: purse(spent.get(name, Spend(name)), monthly_usd=platform.monthly_usd,
                    reserve=_reserve(settings, name), billed=platform.base_url is None, now=now)
        for name, platform in settings.platforms.items()
    }


def _reserve(settings: Settings, platform: str) -> float:
    """Kept back only where somebody is marked to have it."""
    marked = any(a.reserve and a.enabled and a.platform == platform for a in settings.accounts)
    return settings.platforms[platform].reserve_percent / 100 if marked else 0.0


def token_ends(accounts: Sequence[Account], settings: Settings) -> dict[str, date]:
    """Account -> the first day that config.yaml, for it or its platform, or the platform itself names."""
    own = {a.key: a.token_expires for a in settings.accounts}
    found = {}
    for account in accounts:
        platform = settings.platforms.get(account.platform)
        told = account.token_expires_at.astimezone(UTC).date() if account.token_expires_at else None
        days = [day for day in (own.get(account.key) or (platform and platform.token_expires), told) if day]
        if days:
            found[account.key] = min(days)
    return found


def configured_accounts(settings: Settings) -> tuple[Account, ...]:
    def state(account_enabled: bool, platform: str) -> AccountState:
        polled = account_enabled and settings.platforms[platform].enabled
        return AccountState.OK if polled else AccountState.DISABLED

    polled = tuple(
        Account(a.key, a.platform, a.native_id, a.handle, a.government, a.department,
                state=state(a.enabled, a.platform))
        for a in settings.accounts
    )
    return polled + settings.channel_accounts()


