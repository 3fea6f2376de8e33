"""The way from what is due to a stored page, past the budget and the breaker.

    Poller.due        store.accounts_due, less the platforms that are left alone
    Poller.poll       breaker -> purse -> harvest_one -> sweep                one platform, one thread
    harvest_one       connector.fetch -> pacing -> store.save_page            network, then one transaction
    Poller.oversee    how things stand -> notices -> store.call               told once, by their keys
    standings         the same, for people: `kentongan accounts`, the inbox

Everything that is waited for stands in the store, so a restart asks nobody before their time.
"""

from polling.harvest import harvest_one
from polling.poller import Poller
from polling.standing import Standing, configured_accounts, purses, standings, token_ends

__all__ = ["Poller", "Standing", "configured_accounts", "harvest_one", "purses", "standings", "token_ends"]
