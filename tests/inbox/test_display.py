"""How near a due date looks, by the time that is left and by the limit that was given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inbox.display import due
from tests.builders import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(("limit", "left", "nearness"), [
    (DAY, 23 * HOUR, "calm"), (DAY, 17 * HOUR, "soon"), (DAY, 11 * HOUR, "near"), (DAY, -HOUR, "late"),
    (7 * DAY, 6 * DAY, "calm"), (7 * DAY, 2 * DAY, "soon"), (7 * DAY, 20 * HOUR, "near"),
    (8 * HOUR, 7 * HOUR, "calm"), (8 * HOUR, 5 * HOUR, "near"), (2 * HOUR, 119 * HOUR / 60, "near"),
])
def test_a_due_date_is_near_by_the_hours_and_by_the_share_that_is_left(
    limit: timedelta, left: timedelta, nearness: str, office: Any
) -> None:
    """A limit of one day does not paint every new ticket red; the last hours are red under any limit."""
    found = due(NOON + left, opened_at=NOON + left - limit, now=NOON)

    assert found is not None
    assert found.nearness == nearness


def test_a_ticket_without_a_limit_shows_none(office: Any) -> None:
    """Where no clock applies, none is invented."""
    assert due(None, opened_at=NOON, now=NOON) is None
