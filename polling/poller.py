"""Who is asked when: past the breaker and the purse, in turn, and told of once what needs a person."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from domain import Account, AccountState, Breaker
from harvester.base import Connector, HarvestError, Rechecks
from harvester.breaker import is_open, probes
from harvester.budget import OWN_LIMIT, Purse
from harvester.notices import notices
from harvester.pacing import next_month
from harvester.silence import HISTORY, silence
from polling.harvest import Clock, harvest_one
from polling.standing import purses, token_ends
from settings import Settings
from storage.records import Saved
from storage.store import Store

log = structlog.get_logger("polling")

SWEEP_EVERY = timedelta(hours=1)
SWEEP_FOR = timedelta(hours=24)  # younger posts with an open ticket
SWEPT = 100
SILENCE_EVERY = timedelta(minutes=10)


@dataclass
class Poller:
    """Asks what is due, of whom may be asked. `live` False: an archive, which costs nothing and is never blind."""

    store: Store
    settings: Settings
    connectors: Mapping[str, Connector]
    now: Clock
    rng: random.Random
    stopped: Callable[[], bool] = lambda: False
    pictures_within: Callable[[str], timedelta | None] = lambda _platform: None
    live: bool = True
    listened_at: datetime | None = field(default=None, compare=False)

    def due(self) -> dict[str, list[Account]]:
        """Platform -> accounts to ask now. One whose breaker is open is left out, whoever is due."""
        now = self.now()
        if self.live:
            self._unpause()
        found: dict[str, list[Account]] = {}
        for account in self.store.accounts_due(now):
            if account.platform in self.connectors:
                found.setdefault(account.platform, []).append(account)
        breakers = self.store.breakers() if found else {}
        return {platform: accounts for platform, accounts in found.items()
                if platform not in breakers or not is_open(breakers[platform], now)}

    def poll(self, accounts: Sequence[Account]) -> None:
        """Accounts of one platform, one after the other."""
        if self.live and accounts and is_open(self._breaker(accounts[0].platform), self.now()):
            return
        skipped: set[str] = set()
        for account in self._in_turn(accounts):
            if self.stopped():
                return
            if account.key in skipped or self._without_money(account):
                continue
            if self.one(account) is None:
                if not self.live:
                    continue
                if is_open(self._breaker(account.platform), self.now()):
                    return
                skipped = {a.key for a in accounts} - {a.key for a in self.store.accounts_due(self.now())}
            elif self.live:
                self._sweep(account)

    def one(self, account: Account) -> Saved | None:
        platform = self.settings.platforms.get(account.platform)
        return harvest_one(
            account, connector=self.connectors[account.platform], store=self.store, now=self.now, rng=self.rng,
            poll_every=timedelta(seconds=platform.poll_seconds if platform else 60), polled=self.live,
            pictures_within=self.pictures_within(account.platform), money=lambda: self._without_money(account))

    def _in_turn(self, accounts: Sequence[Account]) -> Sequence[Account]:
        """As they are due; where somebody has to probe, whoever brings least goes first."""
        if not accounts or not probes(self._breaker(accounts[0].platform), self.now()):
            return accounts
        heard = self.store.heard(since=self.now() - timedelta(days=7))
        return sorted(accounts, key=lambda a: (sum(heard.get(a.key, {}).values()), a.key))

    def _breaker(self, platform: str) -> Breaker:
        return self.store.breakers().get(platform, Breaker(platform))

    # --- money

    def purses(self) -> dict[str, Purse]:
        return purses(self.store, self.settings, now=self.now())

    def _without_money(self, account: Account) -> str:
        """Why the account may not be read; pauses every account of which the same is true."""
        platform = self.settings.platforms.get(account.platform)
        if not self.live or platform is None:
            return ""
        found = self.purses()[account.platform]
        reason = found.closed_to(reserved=account.key in self._reserved)
        if reason:
            alike = [a.key for a in self.store.accounts() if a.platform == account.platform
                     and found.closed_to(reserved=a.key in self._reserved)]
            self.store.pause(alike, reason=reason, until=next_month(self.now()), now=self.now())
            log.warning("no money left", platform=account.platform, accounts=alike, reason=reason)
        return reason

    @property
    def _reserved(self) -> frozenset[str]:
        return frozenset(a.key for a in self.settings.accounts if a.reserve)

    def _unpause(self) -> None:
        """A limit that was raised takes effect at once."""
        limited = [p for p in self.purses().values() if p.limit is not None]
        if not limited:
            return
        waiting = [a for a in self.store.accounts() if a.state is AccountState.PAUSED_BUDGET]
        for found in limited:
            reasons = {a.state_reason for a in waiting if a.platform == found.platform
                       and a.state_reason.startswith(OWN_LIMIT)
                       and not found.closed_to(reserved=a.key in self._reserved)}
            for reason in reasons:
                freed = self.store.unpause(found.platform, reason=reason, now=self.now())
                log.info("there is money again", platform=found.platform, accounts=freed)

    # --- posts with open tickets

    def _sweep(self, account: Account) -> None:
        """Ask after young posts with open tickets: deletions are honoured within a day, edits are judged again."""
        connector, now = self.connectors[account.platform], self.now()
        if not isinstance(connector, Rechecks) or not self.store.sweeps_due([account.key], before=now - SWEEP_EVERY):
            return
        posts = self.store.to_recheck(account.key, since=now - SWEEP_FOR, limit=SWEPT)
        if posts:
            current = next(a for a in self.store.accounts() if a.key == account.key)
            try:
                page = connector.recheck(current, posts, now=now)
            except HarvestError as error:  # the next poll meets the same and says so
                log.info("sweep left for later", account=account.key, reason=error.reason)
            else:
                self.store.save_page(account.key, page, next_poll_at=now, now=now, beside=True)
        self.store.swept(account.key, now=now)

    # --- watching over it all

    def oversee(self) -> list[str]:
        """Tell ops what they do not know yet; the keys of what was told."""
        now = self.now()
        if self.listened_at is None or abs(now - self.listened_at) >= SILENCE_EVERY:
            self._listen(now)
            self.listened_at = now
        accounts = self.store.accounts()
        addresses = [(kind, rest) for kind, _, rest in (a.partition(":") for a in self.settings.ops.notify)]
        events = notices(
            accounts, purses=self.purses(), windows=self.store.blind_windows(since=now),
            ends=token_ends(accounts, self.settings), token_days=self.settings.ops.token_days, addresses=addresses,
            now=now)
        news = [event for event in events if not self.store.is_told(event.key)]
        return self.store.call(news, now=now) if news else []

    def _listen(self, now: datetime) -> None:
        """Accounts that are read and bring nothing, against their habit: read them again, and have it told."""
        heard = self.store.heard(since=now - HISTORY - timedelta(days=1))
        for account in self.store.accounts():
            if account.state is not AccountState.OK or account.read_until is None:
                continue
            found = silence(heard.get(account.key, {}), read_until=account.read_until)
            if found and self.store.fell_silent(account.key, since=found.since, cause=found.cause, now=now):
                log.warning("silent against all habit", account=account.key, since=str(found.since), hours=found.hours)
                self.store.ask_backfill([account.key], since=found.since, now=now, actor="kentongan")
