"""Two complaints in one post, a trifle said by two people, a secret: whole way through deciding and the store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import Action, Actor, Author, NotAllowed, Status
from routing.rules import compile_rules
from routing.tickets import transition
from storage import open_store
from storage.records import TicketQuery, Transition
from tests.builders import NOON, account, mention

MACHINE = Actor("tester", system=True)
LATER = NOON + timedelta(hours=12)
TWO = "Jalan di Banyuanyar Solo berlubang besar dan lampu jalan mati semua, tolong diperbaiki pak wali"
SANDALS = "pak wali lapor, sandal jepit saya hilang di masjid habis jumatan, warnanya hijau"


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "k.db")
    store.sync_accounts([account(key, government=g) for key, g in
                         (("x:solo", "solo"), ("x:jateng", "jateng"), ("x:dinsosjateng", "jateng"))], now=NOON)
    yield store
    store.close()


@pytest.fixture
def act(store, settings):
    rules = compile_rules(settings)

    def run(ticket, verb, *, at=LATER, **given):
        move = transition(ticket, Action(verb, **given), actor=MACHINE, rules=rules, now=at)
        return store.apply(MACHINE, Transition(ticket.id, ticket.version, move.verb, "ani", move.changes, at))

    return run


# --- two complaints -----------------------------------------------------------------------------


def test_two_complaints_make_a_parent_and_a_child_for_each_desk(settle):
    """Pothole and dead street light: public works, transport, and the coordinator who watches over both."""
    parent, *children = settle(mention(TWO))

    assert (parent.department, parent.coordinates, parent.parent) == ("diskominfosp-solo", True, None)
    assert [(c.department, c.parent) for c in children] == [("dpupr-solo", parent.id), ("dishub-solo", parent.id)]
    assert {c.topic for c in children} == {"jalan_jembatan", "lampu_jalan"}
    assert all(c.due_at and c.due_rule for c in children)


def test_closing_one_child_leaves_the_other_and_the_parent_open(settle, store, act):
    """The lamp shines again, the hole is still there."""
    parent, hole, lamp = settle(mention(TWO))

    act(act(lamp, "accept"), "finish")

    now = {t.id: t for t in (store.ticket(MACHINE, n.id).ticket for n in (parent, hole, lamp))}
    assert now[lamp.id].status is Status.SELESAI
    assert now[hole.id] == hole
    assert now[parent.id] == parent


def test_the_clocks_of_the_children_are_their_own(settle, store, act):
    """One child goes to an outside body: its date stays, and the sibling's too."""
    _, hole, lamp = settle(mention(TWO))

    moved = act(lamp, "reroute", to_department="pln", note="lampu PLN")

    assert (moved.department, moved.due_at, moved.opened_at) == ("pln", lamp.due_at, lamp.opened_at)
    assert store.ticket(MACHINE, hole.id).ticket.due_at == hole.due_at


# --- lanes --------------------------------------------------------------------------------------


def test_lost_sandals_rest_in_a_lane_with_whom_to_ask(settle, store):
    """No work order, but a pointer: lost things are for the police or the house."""
    assert settle(mention(SANDALS)) == []

    [kept] = store.lane()
    assert kept["lane"] == "trivial"
    assert "polisi" in kept["reason"]


def test_a_lost_girlfriend_rests_there_too(settle, store):
    """Also with a reason."""
    assert settle(mention("Lapor pak, pacar saya hilang dibawa orang, cirinya manis suka seblak")) == []
    assert [(kept["lane"], bool(kept["reason"])) for kept in store.lane()] == [("trivial", True)]


@pytest.mark.parametrize("more", [".", ", kejadian jam 9 malam tadi"])
@pytest.mark.parametrize("limit", [1, 200])
def test_the_same_trifle_of_another_person_is_looked_at(settle, store, limit, more):
    """Two people's sandals at one mosque may be a thief: a person looks, whatever the batch borders."""
    first, second = mention(SANDALS), mention(f"{SANDALS}{more}")

    [ticket] = settle(first, second, limit=limit)

    assert (ticket.department, ticket.rule, ticket.cluster) == ("triage", "lajur-disebut-lagi", first.key)
    assert store.lane() == []


def test_the_same_trifle_of_the_same_person_stays(settle, store):
    """Saying it twice is no second mention."""
    who = Author("a1", "ani", "Ani")

    assert settle(mention(SANDALS, author=who), mention(f"{SANDALS}.", author=who)) == []


def test_somebody_vulnerable_beside_a_trifle_lifts_it(settle):
    """ "Sandals" in an evacuation centre with a feverish baby are no joke."""
    assert settle(mention(f"{SANDALS}. Di pengungsian banjir sini ada balita demam belum makan, tolong")) != []


# --- secrets ------------------------------------------------------------------------------------

ACCUSED = {
    "x:dinsosjateng": ("Oknum pegawai Dinsos minta uang, bansos disunat separuh, identitas saya dilindungi",
                       "inspektorat-jateng"),
    "x:solo": ("Jalan di Banyuanyar berlubang dan lampu mati karena oknum pegawai DPUPR menerima suap proyek",
               "inspektorat-solo"),
}


@pytest.mark.parametrize(("to", "case"), ACCUSED.items(), ids=ACCUSED)
def test_the_accused_never_read_it(settle, store, to, case):
    """Not by account, not by topic, not by coordination: one desk, and no list, page or count of another shows it."""
    text, desk = case

    [ticket] = settle(mention(text, account=to))

    assert (ticket.department, ticket.sensitive, ticket.due_rule) == (desk, True, ticket.due_rule)
    for other in ("dinsos-jateng", "dpupr-solo", "dishub-solo", "diskominfosp-solo"):
        actor = Actor("x", (other,))
        assert store.tickets(actor, TicketQuery()) == []
        assert store.counts(actor) == {}
        with pytest.raises(NotAllowed):
            store.ticket(actor, ticket.id)


def test_a_secret_of_two_desks_has_no_watcher(settle):
    """A bullied child: the children's desk and the schools', nobody third."""
    tickets = settle(mention("Anak saya di SD Laweyan Solo dirundung tiap hari, uangnya diminta, tolong"))

    assert {t.department for t in tickets} == {"dp3ap2kb-solo", "disdik-solo"}
    assert not any(t.coordinates for t in tickets)
    assert all(t.sensitive for t in tickets)


def test_a_secret_that_moves_is_hidden_from_the_desk_that_it_left(settle, store, act):
    """After a re-route only the new desk reads it, and it is secret there as well."""
    [ticket] = settle(mention(ACCUSED["x:dinsosjateng"][0], account="x:dinsosjateng"))

    moved = act(ticket, "reroute", to_department="inspektorat-solo", note="wilayah kota")

    assert moved.sensitive
    with pytest.raises(NotAllowed):
        store.ticket(Actor("x", ("inspektorat-jateng",)), ticket.id)
    assert store.ticket(Actor("x", ("inspektorat-solo",)), ticket.id).ticket.id == ticket.id
