"""The clock pack: forty due dates reckoned by hand, and a data file that alone decides them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.rules import compile_rules
from settings import load
from tests.paths import ROOT

WIB = ZoneInfo("Asia/Jakarta")
FILE = ROOT / "tests" / "routing" / "golden_due_dates.tsv"
DATES = [tuple(line.split("\t")) for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
MONDAY = datetime(2026, 11, 2, 9, tzinfo=WIB)


@pytest.mark.parametrize(("arrived", "department", "rule", "due", "why"), DATES)
def test_due_dates_are_those_of_the_calendar(rules, arrived, department, rule, due, why):
    """Fridays before long holidays, Lebaran, the end of the year, midnight, 29 February: to the second."""
    found = {d.rule: d.at for d in rules.dues(department, opened_at=datetime.fromisoformat(arrived))}

    assert found[rule].astimezone(WIB).replace(tzinfo=None) == datetime.fromisoformat(due), why


def test_the_table_has_forty_different_cases():
    """None twice."""
    assert len({row[:3] for row in DATES}) == 40


@pytest.fixture
def with_clocks(tmp_path):
    """The shipped rules with another file of limits: nothing else is touched."""

    def run(old: str, new: str):
        text = (ROOT / "routing" / "data" / "clocks.yaml").read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "routing" / "data").mkdir(parents=True, exist_ok=True)
        (tmp_path / "routing" / "data" / "clocks.yaml").write_text(text.replace(old, new), encoding="utf-8")
        (tmp_path / "config.yaml").write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        return compile_rules(load(tmp_path / "config.yaml"))

    return run


def test_another_limit_in_the_data_file_is_another_due_date(with_clocks, rules):
    """A new mayoral regulation is an edit of the file, and the hash of the rules says so."""
    changed = with_clocks("hours: 48", "hours: 12")

    assert changed.due("dpupr-solo", opened_at=MONDAY).rule == "ulas-penanganan-2x24"
    assert changed.due("dpupr-solo", opened_at=MONDAY).at == MONDAY.replace(hour=21)
    assert rules.due("dpupr-solo", opened_at=MONDAY).rule == "ulas-admin-1x24"
    assert changed.hash != rules.hash


def test_a_limit_that_has_ended_binds_what_came_before_its_end(with_clocks):
    """A ticket of its time goes on citing the limit of its time."""
    changed = with_clocks('    valid_from: "2023-01-01" # tanggal tepat: perlu dicek\n',
                          '    valid_from: "2023-01-01"\n    valid_to: "2026-11-02"\n')

    assert changed.due("dpupr-solo", opened_at=MONDAY).rule == "ulas-admin-1x24"
    assert changed.due("dpupr-solo", opened_at=MONDAY.replace(day=3)).rule == "sp4n-tindak-lanjut-5hk"


def test_a_target_of_the_house_is_shown_and_never_the_due_date(with_clocks):
    """The queue is ordered by law; what the house promises itself stands beside it."""
    changed = with_clocks("    hours: 24\n    basis: Perwali", "    hours: 24\n    legal: false\n    basis: Perwali")

    assert changed.dues("dpupr-solo", opened_at=MONDAY)[0].rule == "ulas-admin-1x24"
    assert changed.due("dpupr-solo", opened_at=MONDAY).rule == "ulas-penanganan-2x24"


def test_limits_that_start_later_do_not_run_from_the_arrival(rules):
    """The ten days of SP4N run from the follow-up, the governor's day from the order."""
    from_arrival = {due.rule for due in rules.dues("dinsos-jateng", opened_at=MONDAY)}

    assert not from_arrival & {"sp4n-selesai-10hk", "gubernur-disposisi-1x24"}
    (done,) = rules.dues_from("tindak_lanjut", "dinsos-jateng", at=MONDAY)
    assert done.at.astimezone(WIB).isoformat() == "2026-11-16T23:59:59+07:00"


def test_an_entry_that_is_wrong_is_named_with_file_and_line(with_clocks):
    """The file of limits is checked like config.yaml, and an error says where it stands."""
    from domain import ConfigError

    with pytest.raises(ConfigError) as caught:
        with_clocks("hours: 48", "hours: 48\n    working_days: 2")

    assert "routing/data/clocks.yaml:" in str(caught.value.problems)
