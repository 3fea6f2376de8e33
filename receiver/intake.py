"""From a checked delivery into the books: durable before anybody is told so.

Every page goes through `Store.save_page`, as those of the pollers do: the same ledger, the same fates, the
same quarantine. A store that is busy or cannot write is a 503, and the sender comes again; what was stored
by then is known when it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import Page
from storage.records import Saved
from storage.store import Store


@dataclass(frozen=True)
class Intake:
    """The store as the receiver uses it. `patience`: accounts whose posts wait for their pictures, and how long."""

    store: Store
    now: Callable[[], datetime]
    patience: Mapping[str, timedelta]

    def keep(self, pages: Mapping[str, Page]) -> Saved:
        """Store the pages by account; raises StoreBusy or StoreFault, and then the sender must repeat."""
        total = Saved()
        for key, page in sorted(pages.items()):
            now = self.now()
            patience = self.patience.get(key)
            saved = self.store.save_page(key, page, next_poll_at=now, now=now, beside=True,
                                         pictures_until=now + patience if patience else None)
            total += saved
        return total
