"""What the rules answer to the pipeline, and how words are found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rules import compile_rules
from routing.words import Lexicon, folded
from settings import DepartmentSettings

MONDAY = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


def test_rules_carry_the_hash_of_the_file_that_made_them(rules, shipped):
    """Every decision names the rules that made it."""
    assert rules.hash == shipped.ruleset


@pytest.mark.parametrize(("account", "desk"), [
    ("x:solo", "diskominfosp-solo"), ("x:dishubsolo", "diskominfosp-solo"), ("x:jateng", "diskominfo-jateng"),
    ("import:telepon", "diskominfo-jateng"),
])
def test_the_coordinator_is_the_addressed_governments(account, desk, rules):
    """Shared stories are watched over by the communications department of whoever was asked."""
    assert rules.coordinator(account) == desk


def test_names_are_for_people_and_unknown_keys_name_themselves(rules):
    """A ticket of a department that a later file dropped can still be shown."""
    assert rules.topic_name("lampu_jalan") == "Lampu penerangan jalan"
    assert rules.department_name("dpupr-solo") == "Dinas Pekerjaan Umum dan Penataan Ruang Kota Surakarta"
    assert rules.department_name("dinas-lama") == "dinas-lama"
    assert rules.topic_name("lama") == "lama"


def test_addresses_are_split_into_transport_and_address(shipped):
    """ "email:a@b" and "log:" are what operators write."""
    desk = DepartmentSettings(name="X", notify=("email:aduan@dinas.example", "log:"))
    rules = compile_rules(shipped.model_copy(update={"departments": {**shipped.departments, "dpupr-solo": desk}}))

    assert rules.addresses("dpupr-solo") == (("email", "aduan@dinas.example"), ("log", ""))
    assert rules.addresses("dishub-solo") == ()
    assert rules.addresses("tak-dikenal") == ()


@pytest.mark.parametrize(("desk", "clock"), [
    ("dpubmck-jateng", "gubernur-1x24"), ("dpupr-solo", "ulas-admin-1x24"), ("pln", "sp4n-teruskan-3hk"),
    ("pemkab-klaten", "sp4n-teruskan-3hk"), ("perumda-air-solo", "sp4n-teruskan-3hk"), ("triage", "gubernur-1x24"),
])
def test_each_desk_has_its_nearest_clock(desk, clock, rules):
    """The due date names the rule that it follows; triage runs on the strictest."""
    due = rules.due(desk, opened_at=MONDAY)

    assert due is not None
    assert due.rule == clock


def test_all_clocks_of_a_desk_stand_side_by_side(rules):
    """The city's desk sees ULAS and SP4N limits in the order in which they fall."""
    assert [due.rule for due in rules.dues("dpupr-solo", opened_at=MONDAY)] == [
        "ulas-admin-1x24", "ulas-penanganan-2x24", "sp4n-tindak-lanjut-5hk", "pengaduan-14hk"]
    assert [due.rule for due in rules.dues("inspektorat-solo", opened_at=MONDAY)] == [
        "ulas-admin-1x24", "ulas-penanganan-2x24", "sp4n-tindak-lanjut-5hk", "pengawasan-60hk"]


# --- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "word", "stands"), [
    ("Jalan Solo-Purwodadi rusak", "solo purwodadi", True),
    ("lapor PLN!", "pln", True),
    ("explna", "pln", False),
    ("plnnya", "pln", False),
    ("jalan\n\tprovinsi", "jalan provinsi", True),
    ("JALAN, PROVINSI", "jalan provinsi", True),
    ("jalan yang provinsi", "jalan provinsi", False),
    ("", "pln", False),
    ("👷pln👷", "pln", True),
])
def test_a_word_is_found_whole_whatever_stands_around_it(text, word, stands):
    """Punctuation, case and line breaks do not matter; parts of words do not count."""
    assert bool(Lexicon([folded(word)]).find(text).words) is stands


def test_overlapping_words_are_all_found():
    """ "jalan provinsi" and "provinsi rusak" may both be asked for."""
    words = [folded(w) for w in ("jalan provinsi", "provinsi rusak", "provinsi")]

    assert Lexicon(words).find("jalan provinsi rusak").words == set(words)


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_span_holds_the_word_in_any_text(before, after):
    """Whatever people type around it: emoji, other scripts, control characters."""
    text = f"{before} Jalan  Provinsi {after}"
    word = folded("jalan provinsi")

    found = Lexicon([word]).find(text)

    span = found.span(word)
    assert folded(text[span.start:span.end]) == word


def test_an_empty_lexicon_finds_nothing():
    """A file without routing words still works."""
    assert Lexicon([]).find("apa saja").words == frozenset()


def test_a_small_file_compiles_without_province_or_routes(shipped):
    """One city alone, no routes, no clocks: everything goes to triage, nothing breaks."""
    solo = shipped.model_copy(update={
        "governments": {"solo": shipped.governments["solo"]}, "routes": (), "clocks": (), "accounts": ()})

    rules = compile_rules(solo)

    assert rules.home == "solo"
    assert rules.due("dpupr-solo", opened_at=MONDAY) is None
    assert rules.coordinator("x:apa") == "diskominfosp-solo"
