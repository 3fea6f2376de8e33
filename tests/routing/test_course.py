"""Dwell per department and pauses, from the history of a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from routing.course import Step, pauses, stays

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 11, 2, 9, tzinfo=WIB)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def step(hours, **after):
    return Step(MONDAY + hours * HOUR, {}, after)


OPENED = step(0, department="a", status="baru")


def test_ping_pong_shows_as_dwell_per_department():
    """A, B, C and back: each with its own time, the citizen's clock untouched."""
    steps = [OPENED, step(1, status="diterima"), step(10, department="b", status="baru"), step(30, department="c"),
             step(31, department="a")]

    found = stays(steps, opened_at=MONDAY - HOUR, now=MONDAY + 40 * HOUR)

    assert [(s.department, s.span / HOUR) for s in found] == [("a", 11), ("b", 20), ("c", 1), ("a", 9)]
    assert found[-1].until is None


def test_dwell_ends_where_the_ticket_is_closed_and_goes_on_when_it_is_opened_again():
    """A closed ticket holds nobody."""
    closed = [OPENED, step(5, status="selesai"), step(6, status="selesai")]

    assert stays(closed, opened_at=MONDAY, now=MONDAY + 50 * HOUR)[0].span == 5 * HOUR
    assert stays([*closed, step(8, status="baru")], opened_at=MONDAY, now=MONDAY + 50 * HOUR)[0].span == 50 * HOUR


def test_pauses_add_up():
    """Two questions to the citizen, of 4 and of 2 hours, the second still open."""
    steps = [OPENED, step(1, status="menunggu_keterangan"), step(2, urgency="tinggi"), step(5, status="dikerjakan"),
             step(20, status="menunggu_keterangan")]

    found = pauses(steps, now=MONDAY + 22 * HOUR, cap_days=10)

    assert (found.total, found.counted, found.capped, found.open) == (6 * HOUR, 6 * HOUR, False, True)


def test_a_pause_is_counted_up_to_the_cap():
    """Two working days are the most: asked on Monday, Wednesday midnight is where the desk's time runs on."""
    steps = [OPENED, step(0, status="menunggu_keterangan"), step(24 * 8, status="dikerjakan")]

    found = pauses(steps, now=MONDAY + 30 * DAY, cap_days=2)

    assert found.total == 8 * DAY
    assert MONDAY + found.counted == datetime(2026, 11, 4, 23, 59, 59, tzinfo=WIB)
    assert found.capped


def test_all_pauses_of_a_ticket_share_one_cap():
    """Who asks again after the cap wins nothing."""
    steps = [OPENED, step(0, status="menunggu_keterangan"), step(24 * 3, status="dikerjakan"),
             step(24 * 7, status="menunggu_keterangan"), step(24 * 8, status="dikerjakan")]

    once = pauses(steps[:3], now=MONDAY + 30 * DAY, cap_days=2)

    assert pauses(steps, now=MONDAY + 30 * DAY, cap_days=2).counted == once.counted


def test_without_a_cap_all_of_it_counts():
    """A file without `pauses` caps nothing."""
    steps = [OPENED, step(0, status="menunggu_keterangan")]

    assert pauses(steps, now=MONDAY + 30 * DAY, cap_days=None).counted == 30 * DAY
