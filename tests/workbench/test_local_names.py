"""A new name of a place and history: what it would place is told, and nothing that stands is changed."""

from __future__ import annotations

from typing import Any

import pytest

from ops.rules import lines
from run_daemon import renewed_judge
from settings import PlaceSettings, Settings
from storage.records import TicketQuery
from storage.store import Store
from tests.builders import mention
from tests.way import MACHINE
from workbench.diff import rules_diff
from workbench.lint import lint, traffic_of

HOUSE = PlaceSettings(name="Omah Semar", code="33.72.01.1005", aliases=("Rumah Semar",))
NOWHERE = "Dalan bolong jero neng ngarep omah semar, wis ono sing tiba, tulung ditambal"
SOMEWHERE = "Aspal mengelupas dan jalan berlubang di Laweyan Solo, tolong diperbaiki segera"


@pytest.fixture
def more(settings: Settings) -> Settings:
    return settings.model_copy(update={"places": (*settings.places, HOUSE)})


def standing(store: Store) -> list[Any]:
    return [(row.ticket, row.place, row.text) for row in store.tickets(MACHINE, TicketQuery(limit=100))]


def test_a_story_without_a_place_is_suggested_one_and_its_ticket_stays_as_it_is(store, settle, settings, more):
    """Old place and new stand side by side; ticket, audit log and queue are the same to the byte."""
    settle(mention(NOWHERE), mention(SOMEWHERE))
    before = standing(store)

    report = rules_diff(store, settings, more)

    change, = report.changes
    assert (change.kind, change.before["place"]) == ("place", None)
    assert (change.after["place"], change.after["place_name"]) == ("33.72.01.1005", "Penumping")
    assert "+place:Omah Semar" in change.why
    assert report.read == 1
    assert any("tempat tidak ada -> 33.72.01.1005 Penumping" in line for line in lines(report, 0))
    assert standing(store) == before
    assert store.verify() == []


@pytest.mark.slow
def test_a_place_that_a_name_makes_nearer_is_suggested_too(store, settle, settings, more):
    """The town was known, now the kelurahan is; taking the name out again is told as well."""
    settle(mention(NOWHERE.replace("tulung", "Solo, tulung")))

    nearer, = rules_diff(store, settings, more).changes
    back, = rules_diff(store, more, settings).changes

    assert (nearer.kind, nearer.before["place"], nearer.after["place"]) == ("place", "33.72", "33.72.01.1005")
    assert (back.before["place"], back.after["place"]) == ("33.72.01.1005", "33.72")


def test_the_judge_takes_new_names_in_without_a_restart(judge, settings, more):
    """A daemon that read the changed file places the next post; the judge before it does not know the name."""
    renewed = renewed_judge(judge, settings, more)

    assert judge.extractor.extract(mention(NOWHERE)).location is None
    assert renewed.extractor.extract(mention(NOWHERE)).location.code == "33.72.01.1005"
    assert renewed.rules.hash == more.ruleset != judge.rules.hash


def test_lint_names_places_that_nobody_ever_wrote(store, settle, more):
    """A name that history holds, under whatever spelling, is left in peace."""
    settle(mention(NOWHERE))
    unheard = PlaceSettings(name="Omah Gareng", code="33.72.01")
    settings = more.model_copy(update={"places": (HOUSE, unheard)})

    found = list(lint(settings, lambda *loc: ".".join(map(str, loc)),
                      traffic=traffic_of(store.past_mentions(), settings)))

    assert [(f.code, f.where) for f in found if "nama tempat" in f.what] == [("silent", "places.1.name")]
    assert not any(f.certain for f in found if "nama tempat" in f.what)
