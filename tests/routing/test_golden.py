"""The golden table: every suburb, agency and desk that people confuse, with the owner by law."""

from __future__ import annotations

import pytest

from routing.route import route
from tests.builders import mention
from tests.routing import golden
from tests.routing.seen import seen


def cases(name):
    return [pytest.param(*case, id=case[0][:40]) for case in getattr(golden, name)]


def routed(rules, text, account, topics, at):
    return route(mention(text, account=account), seen(topics, at), rules)


@pytest.mark.parametrize(("text", "account", "topics", "at", "desk"), cases("CITY"))
def test_a_matter_of_the_city_reaches_its_department(text, account, topics, at, desk, rules):
    """Everyday complaints of Solo go to the department that can act."""
    (first,) = routed(rules, text, account, topics, at)

    assert (first.department, first.owner) == (desk, "kabupaten_kota")


@pytest.mark.parametrize(("text", "account", "topics", "at", "desk"), cases("PROVINCE"))
def test_a_matter_of_the_province_goes_there_wherever_it_happens(text, account, topics, at, desk, rules):
    """Provincial roads, SMA and SMK, provincial hospitals, labour inspection: also from the mayor's account."""
    (first,) = routed(rules, text, account, topics, at)

    assert (first.department, first.owner, first.outside) == (desk, "provinsi", False)


@pytest.mark.parametrize(("text", "account", "topics", "at", "desk"), cases("SUBURBS"))
def test_a_suburb_that_calls_itself_solo_is_handed_to_its_own_government(text, account, topics, at, desk, rules):
    """Kartasura, Colomadu, Palur, Solo Baru and the others are not the city's."""
    (first,) = routed(rules, text, account, topics, at)

    assert (first.department, first.owner, first.outside) == (desk, "kabupaten_kota", True)


@pytest.mark.parametrize(("text", "account", "topics", "at", "desk"), cases("NEIGHBOURS"))
def test_another_government_gets_its_own_matters(text, account, topics, at, desk, rules):
    """The governor is asked for every gang in 35 kabupaten and kota; the owner gets it, tracked."""
    (first,) = routed(rules, text, account, topics, at)

    assert (first.department, first.outside, first.rule) == (desk, True, "jurisdiction")


@pytest.mark.parametrize(("text", "account", "topics", "at", "desk"), cases("VERTICAL"))
def test_a_national_body_is_told_by_its_words(text, account, topics, at, desk, rules):
    """PLN, police, railway, land office, national roads ... are handed over, never closed as not ours."""
    (first,) = routed(rules, text, account, topics, at)

    assert (first.department, first.owner, first.outside) == (desk, "pusat", True)


def test_the_table_is_large_enough():
    """A hundred different posts at least, so that a rule cannot be changed unseen."""
    tables = (golden.CITY, golden.PROVINCE, golden.SUBURBS, golden.NEIGHBOURS, golden.VERTICAL)

    assert len({text for table in tables for text, *_ in table}) >= 100
