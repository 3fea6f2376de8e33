"""The life of a ticket: what may be done when, by whom, and that no way loses one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import LIVE_STATUSES, Action, Actor, NotAllowed, Refused, Status, Ticket
from routing.rules import compile_rules
from routing.tickets import LABELS, POSSIBLE, Move, allowed, transition
from settings import load
from tests.paths import ROOT

NOW = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
ALICE = Actor("alice", ("dpupr-solo",))
BOB = Actor("bob", ("dpupr-solo", "dishub-solo"))
CHARLIE = Actor("charlie", ("dinsos-solo",))
CITRA = Actor("citra", all_departments=True)
MACHINE = Actor("kentongan", system=True)
RULES = compile_rules(load(ROOT / "config.yaml"))  # hypothesis refuses fixtures that live for one test


def ticket(status=Status.BARU, **given) -> Ticket:
    fields = {
        "id": 12, "cluster": "x:post:1", "department": "dpupr-solo", "status": Status(status), "priority": "normal",
        "topic": "jalan_jembatan", "urgency": "normal", "version": 3, "opened_at": NOW - timedelta(days=2),
        "due_at": NOW + timedelta(days=1), "due_rule": "ulas-admin-1x24", "parent": None, "sensitive": False,
        "ruleset": "r", "rule": "solo-jalan",
    }
    return Ticket(**{**fields, **given})


def act(one: Ticket, verb: str, actor: Actor = CITRA, **given) -> Move:
    return transition(one, Action(verb, **given), actor=actor, rules=RULES, now=NOW)


def after(one: Ticket, move: Move) -> Ticket:
    """The ticket as the store would keep it."""
    return replace(one, **move.changes, version=one.version + 1)


# --- each verb -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "before", "then"), [
    ("accept", "baru", "diterima"), ("start", "diterima", "dikerjakan"), ("start", "menunggu_keterangan", "dikerjakan"),
    ("ask", "baru", "menunggu_keterangan"), ("ask", "dikerjakan", "menunggu_keterangan"),
    ("finish", "dikerjakan", "selesai"), ("finish", "diteruskan", "selesai"),
])
def test_the_ordinary_way_of_a_ticket(verb, before, then):
    """Accept, work on it, ask back, finish."""
    assert act(ticket(before), verb, ALICE).changes["status"] == then


def test_finishing_notes_when():
    """The books need the moment."""
    assert act(ticket("dikerjakan"), "finish", ALICE).changes["closed_at"] == NOW


@pytest.mark.parametrize("status", list(LIVE_STATUSES))
def test_rerouting_moves_the_ticket_and_keeps_the_citizens_clock(status):
    """Another desk starts anew, the due date does not; the correction becomes a label."""
    move = act(ticket(status), "reroute", ALICE, to_department="dishub-solo", reason="lampu, bukan jalan")

    assert move.changes == {"department": "dishub-solo", "status": Status.BARU, "outside": False}
    assert move.correction == {"kind": "department", "before": "dpupr-solo", "after": "dishub-solo"}
    assert move.reason == "lampu, bukan jalan"


def test_rerouting_to_an_outside_body_hands_over():
    """Kartasura belongs to Sukoharjo: the ticket goes out and stays tracked."""
    move = act(ticket("diterima"), "reroute", ALICE, to_department="pemkab-sukoharjo")

    assert move.changes == {"department": "pemkab-sukoharjo", "status": Status.DITERUSKAN, "outside": True}


def test_an_outside_ticket_comes_back_as_new():
    """PLN says it is the city's lamp after all."""
    move = act(ticket("diteruskan", department="pln", outside=True), "reroute", CITRA, to_department="dishub-solo")

    assert move.changes == {"department": "dishub-solo", "status": Status.BARU, "outside": False}


@pytest.mark.parametrize(("to", "says"), [
    (None, "pilih dinas tujuan"), ("", "pilih dinas tujuan"), ("dinas-gaib", "tidak dikenal"), ("dpupr-solo", "sudah ada di"),
])
def test_rerouting_needs_another_department_that_exists(to, says):
    """A ticket cannot fall into a name."""
    with pytest.raises(Refused, match=says):
        act(ticket(), "reroute", ALICE, to_department=to)


def test_rejecting_needs_a_reason_from_the_list():
    """The list is in config.yaml; "not ours" is not on it."""
    move = act(ticket(), "reject", ALICE, reason="duplikat", note="lihat T-3")

    assert move.changes == {"status": Status.DITOLAK, "reason": "duplikat", "closed_at": NOW}
    assert move.reason == "Sama dengan tiket lain: lihat T-3"
    assert move.correction == {"kind": "rejection", "before": "baru", "after": "duplikat"}


@pytest.mark.parametrize("reason", [None, "", "malas", "bukan_wewenang"])
def test_a_rejection_without_a_listed_reason_is_refused(reason):
    """Whoever wants to say "not ours" is shown the hand-over."""
    with pytest.raises(Refused) as refusal:
        act(ticket(), "reject", ALICE, reason=reason)

    assert "bukan_keluhan" in str(refusal.value)
    assert "teruskan" in refusal.value.hint


@pytest.mark.parametrize(("status", "outside", "then"), [
    ("ditolak", False, "baru"), ("selesai", False, "baru"), ("selesai", True, "diteruskan")])
def test_what_was_closed_can_be_opened_again(status, outside, then):
    """A rejection is not the end; what has no inbox here goes on being handed over."""
    move = act(ticket(status, closed_at=NOW, reason="duplikat", outside=outside), "reopen")

    assert move.changes == {"status": then, "closed_at": None, "reason": None}


def test_handing_over_needs_a_reason_and_may_name_the_body():
    """The packet says why; a body with a desk here is re-routed to instead."""
    move = act(ticket("diterima"), "hand_over", ALICE, reason="ruas nasional", to_department="bbpjn")

    assert move.changes == {
        "department": "bbpjn", "status": Status.DITERUSKAN, "outside": True, "reason": "ruas nasional"}
    with pytest.raises(Refused, match="alasan"):
        act(ticket(), "hand_over", ALICE, to_department="bbpjn")
    with pytest.raises(Refused, match="kotak masuk"):
        act(ticket(), "hand_over", ALICE, reason="x", to_department="dishub-solo")


def test_handing_over_to_a_body_that_has_no_name_here_keeps_the_desk_as_tracker():
    """A subdistrict's cooperative is on no list: the desk goes on tracking it."""
    move = act(ticket(), "hand_over", ALICE, reason="pengelola perumahan")

    assert move.changes == {"status": Status.DITERUSKAN, "reason": "pengelola perumahan"}


@pytest.mark.parametrize("status", list(Status))
def test_a_note_is_possible_at_any_time_and_changes_nothing(status):
    """But an empty one is refused."""
    move = act(ticket(status), "note", ALICE, note="sudah ditelepon")

    assert (dict(move.changes), move.reason) == ({}, "sudah ditelepon")
    with pytest.raises(Refused, match="kosong"):
        act(ticket(status), "note", ALICE, note="  ")


def test_a_ticket_is_given_to_a_person_and_freed_when_it_leaves_the_desk():
    """Who works on it changes nothing else; at another desk nobody has it yet; giving it twice says so."""
    held = replace(ticket(), assignee="bob")

    assert act(ticket(), "assign", assignee="bob").changes == {"assignee": "bob"}
    assert act(held, "assign").changes == {"assignee": None}
    assert act(held, "reroute", to_department="dishub-solo").changes["assignee"] is None
    assert act(held, "hand_over", to_department="pln", reason="tiang").changes["assignee"] is None
    assert "assignee" not in act(ticket(), "reroute", to_department="dishub-solo").changes
    with pytest.raises(Refused, match="memang milik bob"):
        act(held, "assign", assignee="bob")


@pytest.mark.parametrize(("verb", "field", "right", "wrong"), [
    ("set_topic", "topic", "lampu_jalan", "jalan_jembatan"), ("set_urgency", "urgency", "darurat", "normal")])
def test_what_the_machine_misread_is_set_right_and_becomes_a_label(verb, field, right, wrong):
    """Nothing else changes; what it is already, and what nobody knows, is refused."""
    one = replace(ticket(), **{field: wrong})

    move = act(one, verb, value=right, note="salah baca")

    assert (dict(move.changes), move.reason) == ({field: right}, "salah baca")
    assert move.correction == {"kind": field, "before": wrong, "after": right}
    for value in (None, "", "gempar"):
        with pytest.raises(Refused, match="dari daftar"):
            act(one, verb, value=value)
    with pytest.raises(Refused, match="memang"):
        act(one, verb, value=wrong)


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("verb", list(POSSIBLE))
def test_an_impossible_action_says_what_is_possible(verb, status):
    """In Indonesian, with the actions that the ticket allows now."""
    one = ticket(status)
    if verb in allowed(one):
        return
    with pytest.raises(Refused) as refusal:
        act(one, verb, ALICE, reason="duplikat", to_department="dishub-solo", note="x")

    assert f"berstatus '{status}'" in str(refusal.value)
    assert all(LABELS[other] in str(refusal.value) for other in allowed(one))


def test_an_unknown_action_is_refused():
    """A form that was tampered with changes nothing."""
    with pytest.raises(Refused, match="tidak dikenal"):
        act(ticket(), "hapus", ALICE)


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", list(POSSIBLE))
def test_another_departments_staff_may_do_nothing(verb):
    """Charlie of social affairs has no hand in a pothole, not even a note."""
    with pytest.raises(NotAllowed):
        act(ticket(), verb, CHARLIE, reason="duplikat", to_department="dinsos-solo", note="x")


@pytest.mark.parametrize(("actor", "given", "may"), [
    (ALICE, {}, True), (BOB, {}, True), (CITRA, {}, True), (MACHINE, {}, True), (CHARLIE, {}, False),
    (ALICE, {"sensitive": True}, True), (CITRA, {"sensitive": True}, False), (MACHINE, {"sensitive": True}, True),
    (CITRA, {"department": "pln", "outside": True}, True), (ALICE, {"department": "pln", "outside": True}, False),
])
def test_who_may_act(actor, given, may):
    """The owner, the coordinator, the machine; on a secret the owner alone."""
    if may:
        assert act(ticket(**given), "note", actor, note="x").verb == "note"
    else:
        with pytest.raises(NotAllowed):
            act(ticket(**given), "note", actor, note="x")


# --- every way -----------------------------------------------------------------------------------

ACTIONS = st.builds(
    Action, st.sampled_from([*POSSIBLE, "hapus"]), reason=st.sampled_from([None, "duplikat", "bukan_keluhan", "x"]),
    to_department=st.sampled_from([None, "dishub-solo", "dinsos-solo", "pln", "pemkab-klaten", "triage", "gaib"]),
    note=st.sampled_from([None, "catatan"]), value=st.sampled_from([None, "lampu_jalan", "darurat", "tidak_mendesak"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, max_size=30))
def test_no_sequence_of_actions_loses_a_ticket(actions):
    """Whatever staff press: the ticket has a known desk and status, its clocks stand, and it can come back."""
    first = one = ticket()
    for action in actions:
        try:
            one = after(one, transition(one, action, actor=CITRA, rules=RULES, now=NOW))
        except Refused:
            continue
        except NotAllowed:  # the coordinator herself made it secret: it is its desk's alone from then on
            assert one.sensitive
            break
        assert one.department in RULES.departments
        assert (one.opened_at, one.due_at, one.due_rule, one.cluster) == (
            first.opened_at, first.due_at, first.due_rule, first.cluster)
        assert (one.closed_at is not None) == (one.status in (Status.SELESAI, Status.DITOLAK))
        assert (one.status is Status.DITERUSKAN) or not one.outside or one.closed_at
        assert set(allowed(one)) - {"note"}, "a ticket nobody can move is lost"


def test_every_status_can_be_reached_but_merging():
    """Each state of the glossary is real; `digabung` comes from merging, not from here."""
    ways = [Action("accept"), Action("start"), Action("ask"), Action("finish"), Action("reject", reason="duplikat"),
            Action("reopen"), Action("hand_over", reason="x"), Action("reroute", to_department="dishub-solo")]
    reached, frontier = {Status.BARU}, [ticket()]
    while frontier:
        one = frontier.pop()
        for action in ways:
            try:
                moved = after(one, transition(one, action, actor=CITRA, rules=RULES, now=NOW))
            except Refused:
                continue
            if moved.status not in reached:
                reached.add(moved.status)
                frontier.append(moved)

    assert reached == set(Status) - {Status.DIGABUNG}


@pytest.mark.parametrize("status", list(LIVE_STATUSES))
def test_every_rejection_can_be_taken_back(status):
    """From wherever it was rejected, reopening brings it to a desk again."""
    rejected = after(ticket(status), act(ticket(status), "reject", reason="bukan_keluhan"))

    back = after(rejected, act(rejected, "reopen"))

    assert (back.status, back.closed_at, back.reason) == (Status.BARU, None, None)


# --- disclosures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["rahasia-pengungkapan-solo", "split"])
def test_what_discloses_an_official_s_wrong_is_sent_to_no_desk_that_may_be_accused(rule):
    """The inspectorate's reader cannot pass it on to the department by mistake; other examiners may have it."""
    secret = ticket(department="inspektorat-solo", sensitive=True, rule=rule)

    with pytest.raises(Refused, match="tidak dialihkan") as refused:
        act(secret, "reroute", MACHINE, to_department="dpupr-solo", note="tolong dijawab")

    assert "Inspektorat" in refused.value.hint
    assert act(secret, "reroute", MACHINE, to_department="inspektorat-jateng").changes["department"] == (
        "inspektorat-jateng")
    assert act(secret, "hand_over", MACHINE, reason="ranah penegak hukum").changes["status"] == "diteruskan"


def test_where_the_examiners_are_accused_it_goes_up_and_not_back():
    """About the city's inspectorate: the province's may have it, the city's not."""
    secret = ticket(department="inspektorat-jateng", sensitive=True, rule="rahasia-inspektorat-solo")

    with pytest.raises(Refused):
        act(secret, "reroute", MACHINE, to_department="inspektorat-solo")


def test_another_secret_goes_where_people_say():
    """A child's case may be another desk's after all."""
    secret = ticket(department="dp3ap2kb-solo", sensitive=True, rule="rahasia-anak-solo")

    assert act(secret, "reroute", MACHINE, to_department="dinsos-solo").changes["department"] == "dinsos-solo"
