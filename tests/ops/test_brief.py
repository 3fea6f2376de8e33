"""`kentongan brief`: for cron, for a mail, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from routing.clocks import WIB
from storage import open_store
from tests.inbox.casework import open_case
from tests.ops.command import kentongan
from workbench.periods import Period, between, usual, week, week_of

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=WIB)


@pytest.fixture
def books(tmp_path):
    path = tmp_path / "k.db"
    with closing(open_store(path)) as store:
        for n in range(3):
            open_case(store, f"Jalan berlubang nomor {n}", now=MONDAY + timedelta(hours=n))
        open_case(store, "Bansos belum cair", department="dinsos-jateng", topic="bansos", sensitive=True, now=MONDAY)
    return path


def test_the_brief_is_printed_for_a_mail(books):
    done = kentongan("brief", "--week", "2026-W45", "--store", books)

    assert done.code == 0
    text = done.out.decode()
    assert text.startswith("LAPORAN SENIN 2026-W45 (2026-11-02 s.d. 2026-11-08)")
    assert "  masuk: 3\n" in text
    assert "Dinas Pekerjaan Umum dan Penataan Ruang Kota Surakarta: masuk 3" in text
    assert "belum diperiksa" in text


def test_a_secret_is_counted_for_its_own_department_alone(books):
    everybody = kentongan("brief", "--week", "2026-W45", "--store", books, "--format", "csv").out.decode("utf-8-sig")
    own = kentongan("brief", "--week", "2026-W45", "--store", books, "--format", "csv", "--department", "dinsos-jateng")

    assert ["ringkasan", "semua", "masuk", "3"] in list(csv.reader(io.StringIO(everybody)))
    assert ["ringkasan", "semua", "masuk", "1"] in list(csv.reader(io.StringIO(own.out.decode("utf-8-sig"))))


@pytest.mark.parametrize("arguments", [("--week", "2026-W54"), ("--week", "kemarin"), ("--department", "dinas-hantu")])
def test_what_is_not_there_is_said(books, arguments):
    done = kentongan("brief", "--store", books, *arguments)

    assert done.code == 2
    assert arguments[1] in done.err


def test_a_week_is_the_one_of_yesterday():
    """On a Monday the week that ended, from Tuesday on the one under way; at midnight of the office."""
    monday = datetime(2026, 11, 9, 0, 5, tzinfo=WIB)

    assert usual(monday).week == "2026-W45"
    assert usual(monday + timedelta(days=1)).week == "2026-W46"
    assert usual(monday - timedelta(minutes=10)).week == "2026-W45"
    assert week("2026-W53").week == "2026-W53"
    assert week_of(week("2026-W45").first) == week("2026W45")


def test_a_stretch_under_way_is_compared_with_as_much_of_the_one_before():
    """Else every Tuesday would look like a collapse."""
    period, now = week("2026-W46"), datetime(2026, 11, 11, 10, 30, 20, tzinfo=WIB)
    since, until = period.before(now)

    assert period.end(now) == datetime(2026, 11, 11, 10, 31, tzinfo=WIB)
    assert since == datetime(2026, 11, 2, tzinfo=WIB)
    assert until == datetime(2026, 11, 4, 10, 31, tzinfo=WIB)
    assert period.end(now + timedelta(days=30)) == period.until


def test_a_period_is_a_quarter_at_most():
    first, last = datetime(2020, 1, 1, tzinfo=WIB).date(), datetime(2026, 11, 2, tzinfo=WIB).date()

    assert between(last, first).days == 92
    assert between(first, last).last == last
    assert Period(last, last).week == ""
    assert Period(last, last).moved(-1) == Period(last - timedelta(days=1), last - timedelta(days=1))
