"""Whose account a @handle is, and what it tells of a post that calls it."""

from __future__ import annotations

import pytest

from nlp.handles import is_office, is_public, official_handles
from settings import load
from tests.nlp.conftest import told_by
from tests.paths import ROOT


@pytest.mark.parametrize("handle", [
    "pemkot_solo", "dishubkotasmg", "dpukotasemarang", "laporgub_", "pln_123", "kota_tangerang", "bpbd.grobogan",
    "puprklaten", "transsemarang", "agustinawilujengp",
])
def test_an_office_is_known_by_the_words_of_its_handle(handle):
    """Offices, the companies that serve everybody, and the heads whose handles are bare names."""
    assert is_office(handle)


@pytest.mark.parametrize("handle", ["kopipait_", "budi.contoh", "disty_cantik", "planet_sapi", "sri_lestari99", "tmcdonald",
    "ahmadputra", "dinasty.store", "improv_jateng"])
def test_a_persons_handle_is_no_office(handle):
    """Letters that only look like an office's are nobody's office."""
    assert not is_office(handle)
    assert not is_public(handle)


def test_newspapers_and_citizens_pages_are_everybodys():
    """To call them is neither to call an office nor to speak to a friend."""
    assert all(map(is_public, ("infomalang", "prfmnews", "wargasolo", "solo_info")))


def test_the_settings_name_offices_too():
    """Accounts and departments of the file, in small letters."""
    known = official_handles(load(ROOT / "config.yaml"))

    assert {"pemkot_solo", "dishubsurakarta"} <= known


def test_who_answers_somebody_else_is_no_reporter(read_shipped):
    """The same words with a friend's handle before them are talk, and the card says why; with an office's they are not."""
    words = "jalan rusak lampu mati, sabar"
    friend, office = (
        read_shipped(f"{handle} {words}", account="x:none") for handle in ("@kopipait_", "@dishubkotasmg"))

    assert "rule:speaks to somebody else" in told_by(friend)
    assert "rule:calls an office" in told_by(office)
    assert friend.relevance.label == "not_actionable"
    assert office.relevance.label == "actionable"


def test_a_page_tells_neither_way(read_shipped):
    """ "@info...": no reason on the card."""
    found = told_by(read_shipped("@infosolo lampu jalan depan pasar mati", account="x:none"))

    assert not {"rule:speaks to somebody else", "rule:calls an office"} & set(found)
