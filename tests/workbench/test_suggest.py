"""Corrections become proposals, each with its effect; nothing is applied and nothing is learnt from X."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import Account, Action, Actor, Author
from pipeline import process_batch
from routing.tickets import transition as move_of
from run_daemon import build_judge
from storage import open_store
from storage.records import TicketQuery, Transition
from tests.builders import NOON, mention
from tests.storage.decisions import save
from workbench.suggest import plain, suggestions

CITRA = Actor("citra", departments=("triage",), all_departments=True)
PLACES = ("Laweyan", "Jebres", "Banjarsari", "Serengan", "Pasar Kliwon")
DUG = "Jalan berlubang bekas galian kabel optik di {place} Solo, tolong ditambal"
PLAIN = "Aspal mengelupas dan jalan berlubang di {place} Solo, tolong diperbaiki segera"


@pytest.fixture
def office(tmp_path, shipped):
    """Five posts about dug-up cables and five about roads, all at the roads desk."""

    def filled(platform):
        store = open_store(tmp_path / f"{platform}.db")
        key = f"{platform}:solo"
        store.sync_accounts([Account(key, platform, "900", "pemkot_solo", "solo")], now=NOON)
        judge = build_judge(shipped.watching(store.accounts()))
        store.save_ruleset(judge.rules.hash, shipped.rules(), reason="mulai", now=NOON)
        texts = [form.format(place=place) for place in PLACES for form in (DUG, PLAIN)]
        posts = [mention(text, platform=platform, account=key, author=Author(f"u{n}"), at=NOON + timedelta(minutes=n))
                 for n, text in enumerate(texts)]
        save(store, *posts, to=key)
        while process_batch(store, judge, limit=50, now=NOON + timedelta(hours=1)):
            pass
        return store, judge.rules

    return filled


def act(store, rules, ticket, action):
    now = NOON + timedelta(days=1)
    move = move_of(ticket, action, actor=CITRA, rules=rules, now=now)
    store.apply(CITRA, Transition(ticket.id, ticket.version, move.verb, "citra", move.changes, now, move.reason,
                                  move.correction))


def decided_by_staff(store, rules):
    """Staff send the cables to the city's communication office and accept the rest."""
    rows = store.tickets(CITRA, TicketQuery(department="dpupr-solo", limit=50))
    for row in rows:
        dug = "optik" in row.text
        act(store, rules, row.ticket, Action("reroute", to_department="diskominfosp-solo") if dug else Action("accept"))
    return len(rows)


def test_what_staff_re_route_again_and_again_becomes_a_rule_to_look_at(office, shipped):
    """The words that all re-routed posts share and no accepted one has; with what it mends and breaks."""
    store, rules = office("instagram")
    assert decided_by_staff(store, rules) == 10
    before = shipped.ruleset, [v.n for v in store.rules_versions()], store.export_tickets()
    exported = list(before[2])

    proposal, = suggestions(store, shipped)

    assert (proposal.kind, proposal.to) == ("route", "diskominfosp-solo")
    assert any(word in " ".join(proposal.words) for word in ("galian", "kabel", "optik"))
    assert not any(place.lower() in " ".join(proposal.words) for place in PLACES)
    assert (len(proposal.report.fixed), len(proposal.report.broken)) == (10, 0)  # five: theirs, and no longer ours
    assert proposal.report.counts["move"] == len(proposal.evidence) == 5
    assert "to: diskominfosp-solo" in plain(proposal)["lines"]
    assert [v.n for v in store.rules_versions()] == before[1]
    assert list(store.export_tickets()) == exported


def test_nothing_is_learnt_from_x_unless_the_office_says_so(office, shipped):
    """The same corrections on X give no proposal by default."""
    store, rules = office("x")
    decided_by_staff(store, rules)

    assert list(suggestions(store, shipped)) == []
    assert len(list(suggestions(store, shipped, with_x=True))) == 1


def test_two_people_are_no_pattern(office, shipped):
    """A proposal rests on at least three people's posts."""
    store, rules = office("instagram")
    dug = [row.ticket for row in store.tickets(CITRA, TicketQuery(department="dpupr-solo", limit=50)) if "optik" in row.text]
    for ticket in dug[:2]:
        act(store, rules, ticket, Action("reroute", to_department="diskominfosp-solo"))

    assert list(suggestions(store, shipped)) == []
