"""The way of a mention through the real stages: NLP, folding, routing, store. Only the platform is scripted."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from deciding import decide
from domain import Actor, Author, Event, Fate, Media, MentionKind, MentionState, Page, Quarantined, Verdict
from harvester.base import AccountBlocked, RateLimited, Transient
from nlp.duplicates import Folder
from notify.base import DeliveryError
from pipeline import deliver_due, judge_batch, process_batch
from polling import harvest_one
from storage import open_store
from storage.records import TicketQuery
from tests.builders import NOON, account, mention
from tests.way import arrive

EVERYONE = Actor("tester", all_departments=True)
LATER = NOON + timedelta(hours=12)


def test_a_complaint_becomes_a_ticket_on_the_desk_that_mends_it(settle):
    """A hole in a road of Solo goes to the city's public works, with a clock."""
    [ticket] = settle(mention("Jalan berlubang parah di Jl. RM Said Solo depan Pasar Legi, tolong diperbaiki"))

    assert (ticket.department, ticket.topic, ticket.status) == ("dpupr-solo", "jalan_jembatan", "baru")
    assert ticket.due_at is not None
    assert ticket.due_rule


def test_a_repost_joins_the_ticket_instead_of_raising_one(settle, store):
    """Two people sharing the same complaint make one ticket with three mentions."""
    first = mention("Lampu jalan mati total di Jl. Veteran Solo sudah seminggu, gelap sekali min")
    shares = [mention(f"RT @warga: {first.text}", kind=MentionKind.REPOST, repost_of=first.key) for _ in range(2)]

    [ticket] = settle(first, *shares)

    [row] = store.tickets(EVERYONE, TicketQuery())
    assert row.ticket.id == ticket.id
    assert row.size == 3


def test_an_edited_copy_joins_the_ticket(settle):
    """A copy with a prefix, hashtags and emoji tells the same story."""
    text = "Lampu jalan mati total di Jl. Veteran Solo sudah seminggu, gelap sekali dan rawan kecelakaan"

    tickets = settle(mention(text), mention(f"VIRAL!! {text} 😭😭 #solo #lampumati"))

    assert len(tickets) == 1


def test_the_same_words_about_another_road_raise_a_second_ticket(settle):
    """Two dark roads are two tickets, however alike the sentences."""
    tickets = settle(
        mention("Lampu jalan mati total di Jl. Veteran Solo sudah seminggu, mohon diperbaiki"),
        mention("Lampu jalan mati total di Jl. Adi Sucipto Solo sudah seminggu, mohon diperbaiki"),
    )

    assert len(tickets) == 2


def test_two_complaints_in_one_post_give_two_desks_and_one_parent(settle):
    """A hole and a dead lamp: public works and transport each get their ticket, one desk watches over both."""
    tickets = settle(
        mention("Jl. Adi Sucipto Solo jalannya berlubang dalam, terus lampu penerangan jalan juga mati semua. Mohon ditangani")
    )

    [parent] = [t for t in tickets if t.coordinates]
    children = [t for t in tickets if not t.coordinates]
    assert {t.department for t in children} == {"dpupr-solo", "dishub-solo"}
    assert {t.parent for t in children} == {parent.id}


def test_chatter_is_kept_in_a_lane_and_raises_nothing(settle, store):
    """A lost girlfriend is answered elsewhere; it is kept, with its reason."""
    tickets = settle(mention("Pak gub, pacarku hilang diambil orang, gimana ini wkwk"))

    assert tickets == []
    [kept] = store.lane()
    assert kept["lane"]


def test_what_no_rule_can_route_goes_to_triage(settle):
    """A need without a subject that we know is read by a person."""
    [ticket] = settle(mention("min, tolong", media=(Media("photo", url="https://pbs.twimg.com/media/a.jpg"),)))

    assert ticket.department == "triage"


def test_the_accounts_own_posts_are_not_tickets(settle, store):
    """What the city writes itself is not a complaint to the city."""
    tickets = settle(mention("Jalan rusak di Jl. Veteran sudah kami perbaiki", own=True))

    assert tickets == []
    assert [kept["lane"] for kept in store.lane()] == ["own"]


def test_every_item_has_one_fate(settle, store):
    """Ticket, attached, lane and quarantined add up to what the platform showed us."""
    first = mention("Banjir masuk rumah di Kelurahan Sewu Jebres Solo, tolong segera")
    settle(
        first,
        mention("RT", kind=MentionKind.REPOST, repost_of=first.key),
        mention("Terima kasih pak wali, jalannya sudah bagus dan mulus, mantap"),
        quarantined=(Quarantined("x:raw:1", "x:solo", "{", "not JSON", NOON),),
    )

    days = store.ledger()
    fates = {fate: sum(day.fates[fate] for day in days) for fate in days[0].fates}
    assert sum(day.seen for day in days) == 4
    assert {fate: n for fate, n in fates.items() if n} == {"ticket": 1, "attached": 1, "lane": 1, "quarantined": 1}
    assert store.verify() == []


def test_an_edit_that_adds_danger_raises_the_urgency(settle):
    """The post is judged again when its author adds that somebody is hurt; the desk keeps its one ticket."""
    first = mention("Jalan berlubang di Jl. Veteran Solo, tolong diperbaiki")
    [before] = settle(first)

    tickets = settle(replace(
        first, text="DARURAT jalan berlubang di Jl. Veteran Solo, barusan ada korban kecelakaan kritis, tolong ambulans",
        native_id="99999", revision_of=first.native_id, state=MentionState.EDITED, edited_at=LATER,
    ))

    [after] = [ticket for ticket in tickets if ticket.department == before.department and not ticket.coordinates]

    assert after.id == before.id
    assert before.urgency != "darurat"
    assert after.urgency == "darurat"


def test_a_deleted_post_keeps_its_ticket_and_loses_its_words(settle, store):
    """The author took the post back: staff see the number and the fact, not the text."""
    first = mention("Jalan berlubang di Jl. Kolonel Sutarto Solo, tolong diperbaiki", author=Author("1", "budi_x", "Budi"))
    [ticket] = settle(first)

    settle(gone=(first.key,))

    view = store.ticket(EVERYONE, ticket.id)
    assert view.mention.state is MentionState.GONE
    assert "Sutarto" not in view.mention.text
    assert view.mention.author is None


def test_batch_borders_change_nothing(tmp_path, judge, settings):
    """Judged one by one or all at once, the same tickets get the same numbers."""
    texts = ["Jalan rusak parah di Jl. Slamet Riyadi Solo dekat Gladag", "Sampah menumpuk di Pasar Gede Solo bau sekali",
             "VIRAL Jalan rusak parah di Jl. Slamet Riyadi Solo dekat Gladag", "Banjir selutut di Semanggi Solo pagi ini",
             "Pohon tumbang menutup jalan di Manahan Solo, mohon segera"]
    mentions = [mention(text) for text in texts]

    exports = []
    for limit in (1, 2, 200):
        judge.forget()
        store = open_store(tmp_path / f"{limit}.db")
        store.sync_accounts([account()], now=NOON)
        store.save_page("x:solo", Page(tuple(mentions), "c"), next_poll_at=LATER, now=LATER)
        while process_batch(store, judge, limit=limit, now=LATER):
            pass
        exports.append(list(store.export_tickets()))
        store.close()

    assert exports[0] == exports[1] == exports[2]
    assert len(exports[0]) >= 4


def test_a_complaint_behind_a_storm_of_reposts_has_its_ticket_after_one_batch(store, judge):
    """A viral post was shared all night; who complains about something else in the morning does not wait for it."""
    viral = mention(LAMP)
    arrive(store, judge, viral)
    storm = [mention(f"RT @warga: {LAMP}", kind=MentionKind.REPOST, repost_of=viral.key) for _ in range(60)]
    hole = mention("Jalan berlubang parah di Jl. RM Said Solo depan Pasar Legi, tolong diperbaiki", at=LATER)
    store.save_page("x:solo", Page((*storm, hole), "c"), next_poll_at=LATER, now=LATER)

    process_batch(store, judge, limit=20, now=LATER)

    assert sorted(row.ticket.topic for row in store.tickets(EVERYONE, TicketQuery())) == ["jalan_jembatan", "lampu_jalan"]
    assert store.standings([viral.key])[viral.key].size == 20

    arrive(store, judge, limit=20)

    assert store.standings([viral.key])[viral.key].size == 61


class Meddling:
    """An extractor during whose work the author edits the post."""

    def __init__(self, real, edit):
        self.real = real
        self.edit = edit

    def extract_many(self, mentions):
        self.edit()
        self.edit = lambda: None
        return self.real.extract_many(mentions)


LAMP = "Lampu jalan mati total di Jl. Veteran Solo sudah seminggu, gelap sekali dan rawan kecelakaan"


def test_what_a_batch_has_told_is_not_read_back(settle, store, judge):
    """Folding it was learning it: the next batch reads only what others settled."""
    settle(mention("Jalan berlubang parah di Jl. RM Said Solo depan Pasar Legi, tolong diperbaiki"), mention(LAMP))

    assert list(store.stories_since(judge.seq, after=NOON - timedelta(days=1))) == []
    assert len(list(store.stories_since(0, after=NOON - timedelta(days=1)))) == 2


def test_what_somebody_else_settles_between_reading_and_writing_is_read_next(store, judge, monkeypatch):
    """Another process writes a story while ours judges: a copy that comes later still joins it."""
    other = replace(judge, folder=Folder(threshold=judge.folder.threshold, window=judge.window))
    lamp, hole = mention(LAMP), mention("Jalan berlubang parah di Jl. RM Said Solo depan Pasar Legi, tolong diperbaiki")
    store.save_page("x:solo", Page((hole,), "c"), next_poll_at=LATER, now=LATER)
    settles = store.settle

    def late(decisions, **given):
        monkeypatch.setattr(store, "settle", settles)
        store.save_page("x:solo", Page((lamp,), "c"), next_poll_at=LATER, now=LATER)
        waiting = [each for each in store.unprocessed(200, now=LATER) if each.key == lamp.key]
        store.settle(judge_batch(waiting, other, store), announce=lambda *_: [], now=LATER)
        return settles(decisions, **given)

    monkeypatch.setattr(store, "settle", late)
    assert process_batch(store, judge, limit=200, now=LATER) == 1

    tickets = arrive(store, judge, mention(f"VIRAL!! {LAMP} #solo #lampumati"))

    assert len(tickets) == 2


def test_an_edit_that_arrives_while_the_post_is_judged_is_judged_too(store, judge):
    """What is settled is what was read: the newer text waits for its own turn."""
    first = mention("Sampah menumpuk di Jl. Veteran Solo, tolong diangkut")
    edited = replace(first, text="Lampu jalan mati di Jl. Veteran Solo, tolong diganti", native_id="99998",
                     revision_of=first.native_id, state=MentionState.EDITED, edited_at=LATER)
    store.save_page("x:solo", Page((first,), "c"), next_poll_at=LATER, now=LATER)
    meddling = replace(judge, extractor=Meddling(judge.extractor, lambda: store.save_page(
        "x:solo", Page((edited,), "d"), next_poll_at=LATER, now=LATER)))

    while process_batch(store, meddling, limit=10, now=LATER):
        pass

    [row] = store.tickets(EVERYONE, TicketQuery())
    assert row.ticket.topic == "lampu_jalan"
    assert store.verify() == []


class Broken:
    """An extractor that cannot read one particular post."""

    def __init__(self, real, poison):
        self.real = real
        self.poison = poison

    def extract_many(self, mentions):
        if any(m.key == self.poison for m in mentions):
            raise RuntimeError("cannot read this")
        return self.real.extract_many(mentions)


def test_a_post_that_breaks_the_reader_stops_no_other_and_reaches_a_person(store, judge):
    """The poison post is tried five times, then triage gets it; its neighbours are tickets at once."""
    good, poison = mention("Jalan berlubang di Jl. Veteran Solo, tolong"), mention("Sampah menumpuk di Manahan Solo, tolong")
    store.save_page("x:solo", Page((good, poison), "c"), next_poll_at=LATER, now=LATER)
    broken = replace(judge, extractor=Broken(judge.extractor, poison.key))

    for attempt in range(6):
        process_batch(store, broken, limit=200, now=LATER + timedelta(hours=attempt))

    departments = [row.ticket.department for row in store.tickets(EVERYONE, TicketQuery())]
    assert sorted(departments) == ["dpupr-solo", "triage"]
    assert store.verify() == []


# --- decide alone -----------------------------------------------------------------------------------


def test_a_new_story_without_an_extraction_is_our_own_mistake(judge):
    """The machine never routes what it has not read."""
    with pytest.raises(ValueError, match="needs an extraction"):
        decide(mention(), verdict=Verdict("x:post:zz", "new"), extraction=None, standing=None, rules=judge.rules)


def test_a_post_deleted_before_it_was_judged_raises_nothing(judge):
    """Nobody works on what its author took back at once."""
    gone = mention("", state=MentionState.GONE)

    decision = decide(gone, verdict=Verdict(gone.key, "new"), extraction=None, standing=None, rules=judge.rules)

    assert (decision.fate, decision.lane) == (Fate.LANE, "gone")


def test_a_post_deleted_between_its_page_and_its_judging_gets_its_fate(store, judge):
    """It is taken up once: a daemon would otherwise judge it for ever, and the day's equation would never close."""
    post = mention(account="x:pemkot")
    store.sync_accounts([account("x:pemkot")], now=NOON)
    store.save_page("x:pemkot", Page((post,), "1"), next_poll_at=NOON, now=NOON)
    store.save_page("x:pemkot", Page((), "2", gone=(post.key,)), next_poll_at=NOON, now=NOON)

    taken = [process_batch(store, judge, limit=10, now=NOON) for _ in range(2)]

    assert taken == [1, 0]
    assert store.verify() == []
    assert [{fate: n for fate, n in row.fates.items() if n} for row in store.ledger()] == [{Fate.LANE: 1}]


# --- harvesting and telling ---------------------------------------------------------------------------


class Scripted:
    """A platform that answers as told, page by page."""

    platform = "x"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.cursors = []

    def fetch(self, account, *, now):
        self.cursors.append(account.cursor)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def harvest(store, connector):
    [due] = store.accounts()
    return harvest_one(due, connector=connector, store=store, poll_every=timedelta(seconds=90),
                       now=lambda: LATER, rng=random.Random(1))


def test_pages_are_read_to_the_end_and_the_cursor_moves_with_them(store):
    """A long gap is read page by page, each page stored before the next is asked for."""
    connector = Scripted(Page((mention(),), "one", more=True), Page((mention(),), "two"))

    saved = harvest(store, connector)

    assert saved.new == 2
    assert connector.cursors == ["", "one"]
    assert store.accounts()[0].cursor == "two"


@pytest.mark.parametrize(("error", "state"), [
    (Transient("503"), "backoff"),
    (RateLimited("429", until=LATER + timedelta(minutes=10)), "backoff"),
    (AccountBlocked("401", remedy="pasang token baru"), "needs_human"),
])
def test_a_fetch_that_fails_moves_no_cursor_and_says_what_to_do(store, error, state):
    """The account waits, or waits for a person; nothing is lost by it."""
    assert harvest(store, Scripted(Page((mention(),), "one", more=True), error)) is None

    [standing] = store.accounts()
    assert (standing.cursor, standing.state) == ("one", state)
    assert standing.next_poll_at > LATER


class Post:
    """A transport that fails as told."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.sent = []

    def send(self, event: Event):
        if self.errors and (error := self.errors.pop(0)):
            raise error
        self.sent.append(event.key)


def test_a_notice_is_sent_again_until_it_is_out_and_then_never(settings, judge, tmp_path):
    """A mail server that is down for a minute costs a minute."""
    notified = settings.departments["dpupr-solo"].model_copy(update={"notify": ("log:meja",)})
    rules = settings.model_copy(update={"departments": {**settings.departments, "dpupr-solo": notified}})
    from routing.rules import compile_rules

    by_day = NOON + timedelta(hours=1)  # at night it would wait for the digest
    store = open_store(tmp_path / "n.db")
    store.sync_accounts([account()], now=NOON)
    store.save_page("x:solo", Page((mention("Jalan berlubang di Jl. Veteran Solo"),), "c"), next_poll_at=by_day, now=by_day)
    process_batch(store, replace(judge, rules=compile_rules(rules)), limit=10, now=by_day)
    post = Post(DeliveryError("down", permanent=False))

    counts = [deliver_due(store, {"log": post}, limit=10, now=by_day + timedelta(minutes=m), rng=random.Random(1))
              for m in (0, 10, 20)]

    assert counts == [0, 1, 0]
    assert post.sent == ["T-1|x1|log|meja"]
    store.close()
