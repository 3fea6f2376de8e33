"""When stories may be put together or taken apart, and what becomes of their tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from domain import Actor, Case, MentionState, NotAllowed, Refused, Regrouping, Status, Ticket
from routing.rules import Rules
from routing.stories import merged, refuse_undo, split_off
from tests.builders import mention

NOW = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
ALICE = Actor("alice", ("dpupr-solo",))
DEWI = Actor("dewi", ("dpupr-solo", "dinsos-solo"))
CITRA = Actor("citra", all_departments=True)
_ids = count(1)


def ticket(story="a", department="dpupr-solo", **given) -> Ticket:
    fields = {
        "id": next(_ids), "cluster": story, "department": department, "status": Status.BARU, "priority": "normal",
        "topic": "jalan_jembatan", "urgency": "normal", "version": 1, "opened_at": NOW - timedelta(days=2),
        "due_at": NOW + timedelta(days=5), "due_rule": "SP4N", "parent": None, "sensitive": False,
        "ruleset": "r", "rule": "solo-jalan",
    }
    return Ticket(**{**fields, **given})


def case(*tickets: Ticket, **given) -> Case:
    return Case(tickets[0].cluster, f"x:post:{tickets[0].cluster}", tickets, **given)


def merging(ours: Case, theirs: Case, actor: Actor = CITRA) -> dict[int, dict]:
    """The first ticket of each into each other; what changes, by ticket."""
    changes = merged(ours.tickets[0], theirs.tickets[0], (ours, theirs), actor=actor, now=NOW)
    return {change.ticket: dict(change.changes) for change in changes}


# --- merging -------------------------------------------------------------------------------------


def test_the_nearer_clock_goes_on_with_the_entry_that_it_cites():
    """Two citizens wait: the stricter limit holds, whichever ticket goes on."""
    urgent, slow = ticket("b", due_at=NOW, due_rule="24 jam"), ticket("a")

    assert merging(case(urgent), case(slow))[slow.id] == {"due_at": NOW, "due_rule": "24 jam"}
    assert merging(case(slow), case(urgent))[urgent.id] == {}


def test_a_clock_beats_none():
    """A ticket without a limit takes the other's; a limit is never traded for none."""
    bound, free = ticket("b"), ticket("a", due_at=None, due_rule=None)

    assert merging(case(bound), case(free))[free.id] == {"due_at": bound.due_at, "due_rule": "SP4N"}
    assert merging(case(free), case(bound))[bound.id] == {}


def test_putting_together_never_makes_a_matter_smaller():
    """The higher urgency and the higher priority go on."""
    loud, quiet = ticket("b", urgency="darurat", priority="rendah"), ticket("a", urgency="normal", priority="tinggi")

    assert merging(case(loud), case(quiet))[quiet.id] == {"urgency": "darurat"}
    assert merging(case(quiet), case(loud))[loud.id] == {"priority": "tinggi"}


def test_the_one_that_leaves_says_where_it_went_and_keeps_its_clock():
    """Status, pointer and the moment; nothing else of its row."""
    leaving, goes_on = ticket("b"), ticket("a")

    assert merging(case(leaving), case(goes_on))[leaving.id] == {
        "status": Status.DIGABUNG, "merged_into": goes_on.id, "closed_at": NOW}


def test_two_tickets_of_one_story_merge_without_moving_it():
    """Two desks on one matter agree that one of them does it: the others stay as they are."""
    one, two, third = ticket(), ticket(department="dishub-solo"), ticket(department="dlh-solo")
    whole = case(two, one, third)

    changes = merged(two, one, (whole, whole), actor=CITRA, now=NOW)

    assert {change.ticket for change in changes} == {one.id, two.id}
    assert all("cluster" not in change.changes for change in changes)


def test_a_desk_that_the_other_story_had_not_moves_over_under_its_coordinator():
    """And where only the joining story had a coordinator, that one watches over all from now on."""
    boss = ticket("b", "setda-solo", coordinates=True)
    leaving, lamp = ticket("b", parent=boss.id), ticket("b", "dishub-solo", parent=boss.id)
    goes_on = ticket("a")

    changes = merging(case(leaving, lamp, boss), case(goes_on))

    assert changes[lamp.id] == {"cluster": "a"}
    assert changes[boss.id] == {"cluster": "a"}
    assert changes[goes_on.id] == {"parent": boss.id}


def test_closed_siblings_stay_where_they_are():
    """What a desk has finished is not opened, moved or closed again."""
    leaving, done, goes_on = ticket("b"), ticket("b", "dishub-solo", status=Status.SELESAI), ticket("a")

    assert done.id not in merging(case(leaving, done), case(goes_on))


@pytest.mark.parametrize("status", [Status.SELESAI, Status.DITOLAK, Status.DIGABUNG])
def test_only_live_tickets_merge(status):
    """A new report that goes into a finished ticket would be nobody's work."""
    closed = ticket("b", status=status, merged_into=99 if status is Status.DIGABUNG else None)

    for pair in ((case(closed), case(ticket("a"))), (case(ticket("a")), case(closed))):
        with pytest.raises(Refused, match=f"T-{closed.id} berstatus") as refusal:
            merging(*pair)
        assert "T-99" in refusal.value.hint or "buka kembali" in refusal.value.hint


def test_a_coordinating_ticket_merges_with_its_like_only():
    """The one that watches cannot become the one that works."""
    with pytest.raises(Refused, match="koordinasi"):
        merging(case(ticket("b", coordinates=True)), case(ticket("a")))


def test_who_may_not_act_on_both_merges_neither():
    """Not out of a foreign desk, not into one."""
    ours, foreign = ticket("a"), ticket("b", "dinsos-solo")

    for pair in ((case(ours), case(foreign)), (case(foreign), case(ours))):
        with pytest.raises(NotAllowed):
            merging(*pair, actor=ALICE)
    assert merging(case(ours), case(foreign), actor=DEWI)


# --- need to know ----------------------------------------------------------------------------------


@pytest.mark.parametrize("secret_goes_on", [True, False])
def test_a_secret_story_makes_the_merged_one_secret(secret_goes_on):
    """Every ticket whose page now shows the secret post, closed ones too."""
    secret, plain = ticket("s", sensitive=True), ticket("p")
    done = ticket("p", status=Status.SELESAI)

    if secret_goes_on:
        assert merging(case(plain, done), case(secret), actor=ALICE)[secret.id] == {}
    else:
        changes = merging(case(secret), case(plain, done), actor=ALICE)
        assert changes[plain.id] == changes[done.id] == {"sensitive": True}


@pytest.mark.parametrize("both_secret", [True, False])
def test_a_secret_story_never_reaches_another_department(both_secret):
    """Not even through a closed ticket, and not for somebody who works at both."""
    secret = ticket("s", "dinsos-solo", sensitive=True)
    other = ticket("p", sensitive=both_secret)
    same, closed = ticket("q", "dinsos-solo"), ticket("q", status=Status.SELESAI)

    for ours, theirs in (((secret,), (other,)), ((other,), (secret,)), ((secret,), (same, closed))):
        with pytest.raises(Refused, match="sensitif"):
            merging(case(*ours), case(*theirs), actor=DEWI)


# --- splitting -------------------------------------------------------------------------------------


def test_the_split_off_ticket_has_the_clock_from_its_own_post(rules: Rules):
    """Not from the story's first post, which may be weeks older; the desk and the topic stay."""
    first, wrong, later = mention(), mention("Jalan berlubang di Pasar Gede"), mention("di Pasar Gede")
    one = ticket(urgency="tinggi", sensitive=True)

    head, opening = split_off(one, Case("a", first.key, (one,)), [later, wrong], actor=ALICE, rules=rules)

    due = rules.due("dpupr-solo", opened_at=wrong.seen_at)
    assert head == wrong
    assert (opening.opened_at, opening.due_at, opening.due_rule) == (wrong.seen_at, due.at, due.rule)
    assert (opening.department, opening.urgency, opening.sensitive) == ("dpupr-solo", "tinggi", True)


def test_what_cannot_be_split_off_says_why(rules: Rules):
    """The first post, one that came by a merge, a deleted one, none at all, one of a closed ticket."""
    first, joined, gone = mention(), mention(), replace(mention(), state=MentionState.GONE)
    one = ticket()
    whole = Case("a", first.key, (one,), {joined.key: 77})

    def refusal(*chosen, of=one, actor=ALICE):
        with pytest.raises(Refused) as refused:
            split_off(of, whole, chosen, actor=actor, rules=rules)
        return f"{refused.value} | {refused.value.hint}"

    assert "kiriman pertama" in refusal(first)
    assert "urungkan penggabungan T-77" in refusal(joined)
    assert "dihapus" in refusal(gone)
    assert "centang" in refusal()
    assert "buka kembali" in refusal(mention(), of=replace(one, status=Status.SELESAI))
    with pytest.raises(NotAllowed):
        split_off(one, whole, [mention()], actor=Actor("charlie", ("dinsos-solo",)), rules=rules)


# --- undoing ---------------------------------------------------------------------------------------


def regrouping(kind="merge", *, of=None, other=None, **given) -> Regrouping:
    one = of or ticket("b", status=Status.DIGABUNG if kind == "merge" else Status.BARU)
    two = other or ticket("a")
    return Regrouping(1, kind, one.id, two.id, one.cluster, two.cluster, (one, two), NOW, "alice", **given)


def test_undoing_is_open_to_who_may_act_on_both():
    """Also to a colleague of whoever merged; not to another desk."""
    refuse_undo(regrouping(), actor=ALICE)
    refuse_undo(regrouping("split"), actor=ALICE)
    with pytest.raises(NotAllowed):
        refuse_undo(regrouping(other=ticket("a", "dinsos-solo")), actor=ALICE)


@pytest.mark.parametrize(("standing", "said"), [
    (lambda: regrouping(other=ticket("a", status=Status.SELESAI)), "buka kembali"),
    (lambda: regrouping(blocked_by=(31,)), "urungkan dulu yang menyangkut T-31"),
    (lambda: regrouping("split", other=ticket("a", status=Status.DIKERJAKAN)), "gabungkan T-"),
    (lambda: regrouping("split", of=ticket("b", status=Status.DITOLAK)), "buka kembali"),
])
def test_what_people_have_done_since_is_not_undone_over_their_heads(standing, said):
    """The refusal names what would be possible."""
    with pytest.raises(Refused) as refused:
        refuse_undo(standing(), actor=ALICE)

    assert said in refused.value.hint
