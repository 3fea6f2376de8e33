"""What every Store must do, in code. An engine joins with a subclass that gives two fixtures.

    class TestSqlite(StoreContract):
        store           an empty store
        fresh_store     a function that makes one more
"""

from __future__ import annotations

from tests.storage.books_contract import BooksContract
from tests.storage.calls_contract import CallsContract
from tests.storage.erasures_contract import ErasuresContract
from tests.storage.evidence_contract import EvidenceContract
from tests.storage.harvest_contract import HarvestContract
from tests.storage.judging_contract import JudgingContract, TellingContract
from tests.storage.lists_contract import ListsContract
from tests.storage.order_contract import OrderContract
from tests.storage.people_contract import PeopleContract
from tests.storage.pictures_contract import PicturesContract
from tests.storage.redaction_contract import RedactionContract
from tests.storage.stories_contract import StoriesContract
from tests.storage.watch_contract import WatchContract


class StoreContract(
    HarvestContract, JudgingContract, OrderContract, TellingContract, PicturesContract, PeopleContract, StoriesContract,
    BooksContract, CallsContract, ListsContract, EvidenceContract, WatchContract, RedactionContract,
    ErasuresContract,
):
    """All of it."""
