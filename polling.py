"""Who is asked when: the way from what is due to a stored page, past the budget and the breaker.

    Poller.due    store.accounts_due, less the platforms that are left alone
    Poller.poll   breaker -> purse -> harvest_one -> sweep                one platform, one thread
    harvest_one   connector.fetch -> pacing -> store.save_page            network, then one transaction
    Poller.oversee    how things stand -> notices -> store.call           told once, by their keys

Everything that is waited for stands in the store, so a restart asks nobody before their time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import structlog

from domain import Account, AccountState, Breaker, Page, Spend
from harvester.base import AccountBlocked, BudgetSpent, Connector, HarvestError, Rechecks, Rewinds, Transient
from harvester.breaker import answered, failed, is_open, probes
from harvester.budget import OWN_LIMIT, Purse, purse
from harvester.notices import notices
from harvester.pacing import after_failure, after_success, next_month
from harvester.silence import HISTORY, silence
from settings import Settings
from storage.records import Saved
from storage.store import Store

log = structlog.get_logger("polling")

SWEEP_EVERY = timedelta(hours=1)
SWEEP_FOR = timedelta(hours=24)  # PLATFORMS 1.7: younger posts with an open ticket
SWEPT = 100
SILENCE_EVERY = timedelta(minutes=10)
Clock = Callable[[], datetime]


def harvest_one(
    account: Account, *, connector: Connector, store: Store, poll_every: timedelta, now: Clock, rng: random.Random,
    pictures_within: timedelta | None = None, polled: bool = False, money: Callable[[], str] = lambda: "",
) -> Saved | None:
    """Fetch pages of one account until there is no more; None where the platform would not answer.

    `pictures_within`: how long its posts may wait for their pictures; None where those are not fetched. `polled`:
    a live platform, whose blind times are kept. `money` says why nothing more may be read; what was paid for is stored.
    """
    total = Saved()
    account = _set_back(account, connector)
    while True:
        try:
            page = connector.fetch(account, now=now())
            _same_account(account, page)
        except HarvestError as error:
            _failed(account, error, store=store, now=now(), rng=rng)
            return None
        except Exception as error:
            # a connector's own fault must not have it asked again every second
            log.exception("connector failed", account=account.key)
            _failed(account, Transient(f"kesalahan program: {type(error).__name__}"), store=store, now=now(), rng=rng)
            return None
        # a page with more behind it leaves the account due: a crash now must not wait for the next turn
        next_poll_at = now() if page.more else after_success(page, poll_every=poll_every, now=now(), rng=rng)
        until = now() + pictures_within if pictures_within else None
        saved = store.save_page(account.key, page, next_poll_at=next_poll_at, now=now(), pictures_until=until,
                                polled=polled)
        total = Saved(*(getattr(total, f) + getattr(saved, f) for f in Saved.__slots__))
        _answered(account.platform, store)
        if not page.more or money():
            break
        account = replace(account, cursor=page.cursor, fail_count=0, native_id=account.native_id or page.native_id)
    log.info("harvested", account=account.key, new=total.new, known=total.known, revised=total.revised,
             gone=total.gone, quarantined=total.quarantined)
    return total


def _set_back(account: Account, connector: Connector) -> Account:
    """Where somebody asked to have it read again from a moment on, the cursor goes back there."""
    if account.backfill_from is None or not isinstance(connector, Rewinds):
        return account
    log.info("back-fill", account=account.key, since=account.backfill_from.isoformat())
    return replace(account, cursor=connector.rewind(account.cursor, since=account.backfill_from))


def _same_account(account: Account, page: Page) -> None:
    """A name may pass to somebody else, an id does not: what another id was shown is never stored as this account's."""
    if account.native_id and page.native_id and page.native_id != account.native_id:
        raise AccountBlocked(
            f"@{account.handle.lstrip('@')} kini milik id {page.native_id}, bukan {account.native_id}", alone=True,
            remedy="periksa akunnya; bila memang pindah, tulis native_id barunya di config.yaml, lalu: "
                   f"kentongan poll --backfill {account.key}")


def _failed(account: Account, error: HarvestError, *, store: Store, now: datetime, rng: random.Random) -> None:
    outcome = after_failure(error, failures=account.fail_count + 1, now=now, rng=rng)
    store.save_failure(account.key, state=outcome.state, next_poll_at=outcome.next_poll_at, reason=outcome.reason,
                       now=now)
    log.warning("fetch failed", account=account.key, state=outcome.state, reason=outcome.reason)
    others = [a.key for a in store.accounts()
              if a.platform == account.platform and a.state in (AccountState.OK, AccountState.BACKOFF)]
    if isinstance(error, BudgetSpent):  # the bill is the platform's: no other account asks to hear the same
        store.pause(others, reason=outcome.reason, until=outcome.next_poll_at, now=now)
    before = store.breakers().get(account.platform, Breaker(account.platform))
    after = failed(before, error, now=now, rng=rng)
    if after != before:
        store.save_breaker(after)
    if after.opened > before.opened:
        log.warning("platform left alone", platform=account.platform, until=str(after.open_until), reason=error.reason)
        store.go_blind(others, kind="platform", cause=f"{account.platform} dibiarkan: {error.reason}", now=now)


def _answered(platform: str, store: Store) -> None:
    before = store.breakers().get(platform)
    if before is not None and before != answered(before):
        store.save_breaker(answered(before))


# --- all accounts ---------------------------------------------------------------------------------------


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
        return self.store.call(events, now=now) if events else []

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

    return tuple(
        Account(a.key, a.platform, a.native_id, a.handle, a.government, a.department,
                state=state(a.enabled, a.platform))
        for a in settings.accounts
    )


