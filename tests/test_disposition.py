"""An office's "cc @dinsosjateng tolong dicek": it routes with authority, starts a clock, and becomes a label."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import Actor, Author, MentionKind, Status
from routing.disposition import disposed_to
from routing.rules import compile_rules
from storage import open_store
from storage.records import Transition
from tests.builders import NOON, account, mention

EVERYONE = Actor("tester", system=True)
LATER = NOON + timedelta(hours=12)
DAY = timedelta(hours=24)
RAKA = "Pak gubernur, anak tetangga saya di Salatiga berhenti sekolah karena tidak punya biaya, tolong dibantu"


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "k.db")
    store.sync_accounts([account("x:jateng", government="jateng"), account("x:solo")], now=NOON)
    yield store
    store.close()


def report(text=RAKA, **given):
    return mention(text, **{"account": "x:jateng", **given})


def order(text, above, **given):
    fields = {"account": "x:jateng", "kind": MentionKind.REPLY, "reply_to": above.key, "own": True,
              "author": Author("1", "provjateng", "Pemprov"),
              "handles": tuple(word[1:] for word in text.split() if word.startswith("@"))}
    return mention(text, **{**fields, **given})


def desks(tickets):
    return {ticket.department for ticket in tickets if not ticket.coordinates}


def labels(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT actor, kind, before, after FROM correction ORDER BY id").fetchall()


CC = "Terima kasih laporannya, cc @dinsosjateng tolong dicek"


@pytest.mark.parametrize("text", [
    CC, "mohon ditindaklanjuti @dinsosjateng", "@dinsosjateng tulung enggal dipriksani nggih", "cc @dinsosjateng",
    "Sudah saya teruskan, @dinsosjateng segera merapat"])
def test_the_order_moves_the_ticket_whatever_the_model_says(settle, store, tmp_path, text):
    """A pothole that the governor gives to social affairs is social affairs', within a day, and it is a label."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")
    [before] = settle(first)
    said = order(text, first)

    [after] = settle(said)

    assert (before.department, before.rule) == ("dpubmck-jateng", "jalan-provinsi")
    assert (after.id, after.department, after.rule) == (before.id, "dinsos-jateng", "disposisi")
    assert (after.due_at, after.due_rule) == (min(before.due_at, said.posted_at + DAY), before.due_rule)
    assert after.opened_at == before.opened_at
    history = store.ticket(EVERYONE, after.id).history
    assert [(e.verb, e.actor) for e in history if e.verb == "dispose"] == [("dispose", "x:jateng")]
    assert labels(tmp_path / "k.db") == [("x:jateng", "disposition", '"dpubmck-jateng"', '"dinsos-jateng"')]


@pytest.mark.parametrize("text", [CC, "mohon ditindaklanjuti @dinsosjateng", "tulung dicek @dinsosjateng"])
def test_the_same_words_of_a_citizen_order_nobody(settle, text):
    """A wish is no order: nothing moves, no clock starts."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")
    before = settle(first)

    after = settle(order(text, first, own=False, author=Author("77", "warga_lain", "Warga")))

    assert [t for t in after if t.cluster == first.key] == before


def test_who_only_calls_themselves_the_office_orders_nobody(settings):
    """The handle of an office under somebody else's id: taken over, or made to look like it."""
    known = tuple(a.model_copy(update={"native_id": "9001"}) if a.key == "x:jateng" else a for a in settings.accounts)
    rules = compile_rules(settings.model_copy(update={"accounts": known}))
    said = order(CC, report(), own=False, account="x:dinsosjateng")

    assert not list(disposed_to(said, rules))
    assert list(disposed_to(replace(said, author=Author("9001", "nama_baru", None)), rules)) == ["dinsos-jateng"]


@pytest.mark.parametrize("text", [
    "Terima kasih @dinsosjateng atas gerak cepatnya", "Sudah ditangani @dinsosjateng ya Bu", "mohon maaf, @dinsosjateng",
    "mohon lokasinya di mana? nanti kami sampaikan @dinsosjateng", "mohon dicek ya tim", "tolong dicek @warga_solo"])
def test_thanks_news_and_questions_of_the_office_order_nobody(settle, text):
    """An office says many things under a complaint; only an order to a department is one."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")
    before = settle(first)

    assert settle(order(text, first)) == before


def test_a_departments_own_account_asks_and_does_not_order(settle):
    """Colleagues ask each other; the order is the government's."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")
    before = settle(first)
    said = order("cc @dinsosjateng tolong dicek", first, own=False, author=Author("5", "dinkesjateng", "Dinkes"))

    assert [t for t in settle(said) if t.cluster == first.key] == before


def test_an_order_starts_the_governors_day_where_no_clock_ran_nearer(settle):
    """The ticket of a handed-over matter had days; the governor waits one."""
    first = report("Lampu jalan kampung di Kroya Cilacap mati semua, tolong pak")
    [before] = settle(first)
    said = order("cc @dinsosjateng tolong dicek", first)

    [after] = settle(said)

    assert (before.department, before.status) == ("pemkab-cilacap", Status.DITERUSKAN)
    assert (after.department, after.status, after.outside) == ("dinsos-jateng", Status.BARU, False)
    assert (after.due_at, after.due_rule) == (said.posted_at + DAY, "gubernur-disposisi-1x24")


def test_a_ticket_that_staff_work_on_stays_theirs_and_the_ordered_desk_gets_its_own(settle, store):
    """Nobody's work is pulled away by a post; both act."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")
    [ticket] = settle(first)
    store.apply(EVERYONE, Transition(ticket.id, ticket.version, "accept", "ani", {"status": "diterima"}, LATER))

    assert desks(settle(order(CC, first))) == {"dpubmck-jateng", "dinsos-jateng"}


def test_two_departments_named_are_two_orders(settle):
    """cc both: the one ticket moves to the first, the second gets its own."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")

    tickets = settle(first, order("cc @dinsosjateng @dinkesjateng mohon ditindaklanjuti", first))

    assert desks(tickets) == {"dinsos-jateng", "dinkes-jateng"}


def test_an_order_lifts_a_post_out_of_its_lane(settle, store):
    """What the machine took for chatter is work when the governor says so."""
    first = report("lagi sedih banget min")
    assert settle(first) == []

    [ticket] = settle(order(CC, first))

    assert (ticket.department, ticket.cluster) == ("dinsos-jateng", first.key)
    assert first.key not in [row["key"] for row in store.lane()]


def test_a_secret_stays_where_it_is_whoever_orders(settle, store):
    """Who accuses social affairs of corruption is not read by social affairs, though the governor names it."""
    first = report("Oknum pegawai Dinsos minta uang, bansos disunat separuh, identitas saya dilindungi")
    before = settle(first)
    assert desks(before) == {"inspektorat-jateng"}

    after = settle(order(CC, first))

    assert after == before
    assert "disposition_held" in [e.verb for e in store.ticket(Actor("x", ("inspektorat-jateng",)), after[0].id).history]


@pytest.mark.parametrize("limit", [1, 200])
def test_report_and_order_of_one_page_give_the_same_as_one_after_the_other(settle, limit):
    """Batch borders change nothing; and repeating the order changes nothing either."""
    first = report("Jalan provinsi di Gemolong Sragen berlubang, tolong ditambal pak")
    said = order(CC, first)

    [ticket] = settle(first, said, limit=limit)
    [again] = settle(order(CC, first, at=said.posted_at + timedelta(minutes=1)))

    assert ticket.department == "dinsos-jateng"
    assert (again.department, again.due_at) == (ticket.department, ticket.due_at)
