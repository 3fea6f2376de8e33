"""What a webhook named by id: the connector's cycle asks for it, and says when it is done with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Account, Inquiry, Page
from harvester.base import HarvestError, Transient
from harvester.graph import Asked, Missing
from harvester.graph_cursor import Cursor, Step
from harvester.graph_cycle import GraphConnector
from settings import PlatformSettings
from tests.builders import NOON

ASKED = Inquiry("mentioned_comment", "1799", "1788")
GRAM = Account("instagram:solo", "instagram_graph", "7001", "kota_contoh", "solo", inquiries=(ASKED,))


class Recorded(GraphConnector):
    """A cycle of one step, which writes down what it was to ask and fails as it is told."""

    platform = "instagram_graph"
    carrier = "tags"

    def __init__(self, error: HarvestError | None = None) -> None:
        super().__init__(PlatformSettings(token_env="TEST_GRAPH_TOKEN"), name_every=timedelta(days=9_999))
        self.steps: list[Step] = []
        self.error = error

    def plan(self, cursor: Cursor, *_: Account) -> list[Step]:
        cursor.named_at = cursor.expiry_at = NOON.timestamp()
        return [Step("tags")]

    def name_fields(self) -> str:
        return "id"

    def take(self, asked: Asked, cursor: Cursor, step: Step) -> Page:
        self.steps.append(step)
        if self.error and step.kind == ASKED.kind:
            raise self.error
        return Page((), "")


def cycle(connector: GraphConnector, account: Account) -> list[Page]:
    pages = [connector.fetch(account, now=NOON)]
    while pages[-1].more:
        pages.append(connector.fetch(replace(account, cursor=pages[-1].cursor), now=NOON))
    return pages


def answered(pages: list[Page]) -> list[str]:
    return [target for page in pages for target in page.answered]


def test_an_inquiry_is_asked_once_a_cycle_and_answered_with_its_page():
    connector = Recorded()

    pages = cycle(connector, GRAM)

    assert [(s.kind, s.target, s.about) for s in connector.steps] == [
        ("tags", "", {}), ("mentioned_comment", "1799", {"media": "1788"})]
    assert answered(pages) == ["1799"]


@pytest.mark.parametrize(("error", "done"), [(Transient("macet"), []), (Missing("tidak ada"), ["1799"])])
def test_after_a_stumble_it_stands_and_what_is_deleted_is_done_with(error, done):
    """The account goes on either way; the store keeps what was not answered."""
    connector = Recorded(error)

    assert answered(cycle(connector, GRAM)) == done
    again = cycle(connector, GRAM)
    assert answered(again) == done


def test_without_inquiries_nothing_is_answered():
    assert answered(cycle(Recorded(), replace(GRAM, inquiries=()))) == []
