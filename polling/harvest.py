"""One account: fetch its pages until there is no more, store each with its cursor, and say what a failure means."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from domain import Account, AccountState, Breaker, Page
from harvester.base import AccountBlocked, BudgetSpent, Connector, HarvestError, Rewinds, Transient
from harvester.breaker import answered, failed
from harvester.pacing import after_failure, after_success
from storage.records import Saved
from storage.store import Store

log = structlog.get_logger("polling")

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
        total += saved
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
