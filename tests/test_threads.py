"""Replies, comments and quotes: who joins the story referred to, what it changes, and who stays apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain import Actor, Author, MentionKind, MentionState, Page
from harvester.archive import ArchiveConnector
from pipeline import process_batch
from run_daemon import build_judge, compose
from simulators.day import load_day
from simulators.world import World
from storage import open_store
from storage.records import TicketQuery
from tests.builders import NOON, account, mention
from tests.paths import DAY1, ROOT

EVERYONE = Actor("tester", all_departments=True)
LATER = NOON + timedelta(hours=12)
ANI, BUDI = Author("a1", "ani", "Ani"), Author("b2", "budi", "Budi")


def hole(text="min jalan depan rumahku bolong gede, tolong segera ya @pemkot_contoh", **given):
    return mention(text, **{"author": ANI, **given})


def reply(text, above, author=BUDI, **given):
    fields = {"kind": MentionKind.REPLY, "reply_to": above.key, "thread": above.thread or above.key, "author": author}
    return mention(text, **{**fields, **given})


def quote(text, of, author=BUDI, **given):
    return mention(text, **{"kind": MentionKind.QUOTE, "quote_of": of.key, "author": author, **given})


def edited(post, text):
    return replace(post, text=text, native_id=f"9{post.native_id}", revision_of=post.native_id,
                   state=MentionState.EDITED, edited_at=LATER)


def clusters(store, *mentions):
    found = store.clusters_of([m.key for m in mentions])
    return [found[m.key] for m in mentions]


def verbs(store, ticket):
    return [entry.verb for entry in store.ticket(EVERYONE, ticket.id).history]


# --- joining ----------------------------------------------------------------------------------------


def test_the_answer_of_the_reporter_completes_the_place(settle, store):
    """"Where is it?" - the answer in the thread joins the story; staff read it, and which desk it points to."""
    first = hole()
    answer = reply("oh iya lupa, di Kelurahan Banyuanyar Kecamatan Banjarsari Solo min", first, ANI)

    [ticket] = settle(first, answer)

    assert clusters(store, answer) == [first.key]
    view = store.ticket(EVERYONE, ticket.id)
    [entry] = [e for e in view.history if e.verb == "answer"]
    assert entry.after["place"] == "Banyuanyar"
    assert entry.after["suggested"] == ["dpupr-solo"]
    assert "lupa" not in str(entry)
    [addition] = view.additions
    assert (addition.mention.key, addition.by_reporter) == (answer.key, True)
    assert addition.extraction["location"]["name"] == "Banyuanyar"
    assert ticket.department == view.ticket.department
    [row] = store.tickets(EVERYONE, TicketQuery())
    assert row.place == "Banyuanyar"


def test_the_answer_is_found_under_the_offices_own_question(settle, store):
    """The citizen answers the office, not their own post: the thread's root says whose story it is."""
    first = hole()
    question = reply("Mohon lokasinya di mana?", first, own=True)
    answer = reply("Jl. Nias Banyuanyar pak", question, ANI)

    [ticket] = settle(first, question, answer)

    assert clusters(store, answer) == [first.key]
    assert "answer" in verbs(store, ticket)


def test_a_quote_with_new_facts_raises_the_urgency_of_the_ticket(settle, store):
    """A victim's sister quotes the report: the story is the same, only worse."""
    first = hole("Paving trotoar Jl. Veteran Solo ambles, tolong diperbaiki")
    [before] = settle(first)
    worse = quote("Itu ibu saya yg jatuh min, kakinya patah, tolong segera trotoarnya diperbaiki", first)

    [after] = settle(worse)

    assert clusters(store, worse) == [first.key]
    assert (before.urgency, after.id) == ("normal", before.id)
    assert after.urgency in ("tinggi", "darurat")
    assert "raise_urgency" in verbs(store, after)


@pytest.mark.parametrize("words", ["betul min, saya saksinya", "kapan diperbaiki?", "jembatan rasa wahana 😅"])
def test_assent_questions_and_jokes_join_without_waking_anybody(settle, store, words):
    """They are nobody's work, and the desk reads them where they belong."""
    first = hole("Jalan berlubang di Jl. Veteran Solo, tolong diperbaiki")
    said = reply(words, first)

    [ticket] = settle(first, said)

    assert clusters(store, said) == [first.key]
    assert verbs(store, ticket) == ["open"]


def test_a_reply_to_a_reply_follows_it(settle, store):
    """A conversation is one story however deep it goes."""
    first = hole("Jalan berlubang di Jl. Veteran Solo, tolong diperbaiki")
    one = reply("betul min, saya saksinya", first)
    two = mention("iya saya juga lihat", kind=MentionKind.REPLY, reply_to=one.key)

    settle(first, one, two)

    assert clusters(store, one, two) == [first.key, first.key]


# --- staying apart ----------------------------------------------------------------------------------

OTHERS = {
    "another place": "Numpang lapor sekalian min, beda lokasi: Jl. Cut Nyak Dien Mojosongo jalannya berlubang, tolong",
    "another matter": "min lampu jalan di situ mati sudah seminggu, tolong diperbaiki",
    "another area": "di Kecamatan Laweyan juga jalannya berlubang parah, tolong ditambal",
    "danger": "tolong!! rumah saya kebakaran, ada anak terjebak di dalam",
}


@pytest.mark.parametrize("words", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("form", [reply, quote])
def test_a_complaint_of_its_own_never_vanishes_in_anothers_story(settle, store, form, words):
    """Who reports something else in the thread gets a ticket of their own."""
    first = hole("Jalan berlubang di Jl. Veteran Kecamatan Serengan Solo, tolong diperbaiki")
    other = form(words, first)

    tickets = settle(first, other)

    assert clusters(store, other) == [other.key]
    assert {t.cluster for t in tickets} == {first.key, other.key}


def test_the_same_need_of_another_person_is_another_case(settle, store):
    """Two families whose aid was cut are two cases, though the words are the same."""
    first = hole("PKH saya dicoret tanpa pemberitahuan, Kecamatan Jebres Solo, tolong")
    other = reply("saya juga dicoret dari PKH min, padahal janda anak tiga", first)

    tickets = settle(first, other)

    assert {t.cluster for t in tickets} == {first.key, other.key}


def test_under_an_offices_own_post_everybody_tells_a_story_of_their_own(settle, store):
    """A comment below an announcement is a report like any other."""
    news = mention("Selamat pagi, warga Solo", own=True)
    comment = reply("Jalan berlubang di Jl. Veteran Solo, tolong", news, kind=MentionKind.COMMENT)

    [ticket] = settle(news, comment)

    assert ticket.cluster == comment.key


def test_what_refers_to_a_post_that_nobody_showed_us_is_judged_by_its_words(settle, store):
    """As before: the words decide alone."""
    unseen = mention()
    report = quote("Jalan berlubang di Jl. Veteran Solo, tolong diperbaiki", unseen)

    [ticket] = settle(report)

    assert ticket.cluster == report.key


def test_still_broken_after_the_end_is_work_again(settle, store):
    """No live ticket stands any more, so a reply that complains opens its own."""
    from storage.records import Transition

    first = hole("Jalan berlubang di Jl. Veteran Solo, tolong diperbaiki")
    [ticket] = settle(first)
    store.apply(EVERYONE, Transition(ticket.id, ticket.version, "finish", "ani", {"status": "selesai"}, LATER))
    again = reply("masih berlubang min di Jl. Veteran Solo, tolong", first, ANI)

    tickets = settle(again)

    assert [t.cluster for t in tickets if t.status == "baru"] == [again.key]


def test_advertising_in_the_thread_stays_in_its_lane(settle, store):
    """A desk's ticket collects no advertisements."""
    first = hole("Jalan berlubang di Jl. Veteran Solo, tolong diperbaiki")
    spam = reply("Pinjaman online cepat cair tanpa jaminan, bunga rendah, hubungi WA kami, promo diskon", first)

    settle(first, spam)

    assert clusters(store, spam) == [spam.key]
    assert [kept["lane"] for kept in store.lane()] == ["spam"]


# --- edits and order --------------------------------------------------------------------------------


def test_an_edited_reply_that_turns_into_a_report_leaves_the_story(settle, store):
    """What was assent becomes another matter: a ticket of its own, and the old story is one shorter."""
    first = hole("Jalan berlubang di Jl. Veteran Kecamatan Serengan Solo, tolong diperbaiki")
    said = reply("betul min", first)
    settle(first, said)

    tickets = settle(edited(said, OTHERS["another place"]))

    assert {t.cluster for t in tickets} == {first.key, said.key}
    assert {row.ticket.cluster: row.size for row in store.tickets(EVERYONE, TicketQuery())} == {first.key: 1, said.key: 1}


def test_an_edited_answer_stays_and_its_place_is_told(settle, store):
    """The place that was forgotten comes with the edit."""
    first = hole()
    said = reply("maaf lupa alamat", first, ANI)
    settle(first, said)

    [ticket] = settle(edited(said, "maaf lupa: Kelurahan Banyuanyar Solo"))

    view = store.ticket(EVERYONE, ticket.id)
    assert [e.verb for e in view.history if e.verb == "answer"] == ["answer"]
    assert [a.by_reporter for a in view.additions] == [True]
    assert view.size == 2


def test_a_deleted_answer_takes_its_words_along(settle, store):
    """The entry stays, with the official name; the citizen's words are gone."""
    first = hole()
    answer = reply("di Jl. Nias Kelurahan Banyuanyar Solo min", first, ANI)
    [ticket] = settle(first, answer)

    settle(gone=(answer.key,))

    view = store.ticket(EVERYONE, ticket.id)
    assert "Nias" not in str(view)
    assert "answer" in [entry.verb for entry in view.history]


def test_batch_borders_change_nothing(tmp_path, judge):
    """One by one, in pairs or all at once: the same stories, tickets, urgencies and entries."""
    first = hole("Paving trotoar Jl. Veteran Solo ambles, tolong diperbaiki")
    copy = mention(f"VIRAL {first.text} #solo")
    posts = [
        first, copy, quote("Itu ibu saya yg jatuh min, kakinya patah, tolong segera trotoarnya diperbaiki", copy),
        reply("lokasi persisnya gang Kantil RT 04 RW 17", first), reply(OTHERS["another place"], first),
        nowhere := hole(), reply("Jl. Nias Kelurahan Banyuanyar Solo", nowhere, ANI), quote("betul min", nowhere),
        mention("RT", kind=MentionKind.REPOST, repost_of=nowhere.key),
    ]
    books = []
    for limit in (1, 2, 3, 200):
        judge.forget()
        store = open_store(tmp_path / f"{limit}.db")
        store.sync_accounts([account()], now=NOON)
        store.save_page("x:solo", Page(tuple(posts), "c"), next_poll_at=LATER, now=LATER)
        while process_batch(store, judge, limit=limit, now=LATER):
            if limit == 2:
                judge.forget()  # a restart
        exported = list(store.export_tickets())
        history = [[(e.verb, e.after) for e in store.ticket(EVERYONE, row["id"]).history] for row in exported]
        books.append((exported, history, store.clusters_of([p.key for p in posts])))
        store.close()

    assert books[0] == books[1] == books[2] == books[3]
    assert {verb for entries in books[0][1] for verb, _ in entries} == {"open", "raise_urgency", "addition", "answer"}


# --- the invented day -------------------------------------------------------------------------------


def key_of(world, post):
    item = world.item(post)
    if post.on == "x":
        return f"x:post:{item.root_id}"
    if post.on == "facebook":
        return f"facebook:{'comment' if post.kind == 'comment' else 'post'}:{item.graph_id}"
    return f"instagram:comment:c{item.graph_id}" if post.kind == "comment" else f"instagram:post:{item.shortcode}"


@pytest.mark.slow
def test_what_tells_a_story_of_the_invented_day_is_attached_to_it(tmp_path, settings):
    """All but screenshots, whose words nobody can read; and nothing that stands for itself is attached."""
    dawn = datetime.combine(date(2026, 11, 2), time(6), tzinfo=ZoneInfo("Asia/Jakarta"))
    world = World(load_day(ROOT / "simulators" / "day"), dawn, 1.0, lambda: dawn)
    posts = {key_of(world, post): post for post in world.day.posts if post.expect}
    store = open_store(tmp_path / "day.db")
    watched = settings.watching(ArchiveConnector(DAY1).accounts())
    compose(settings, store, replay=DAY1, judge=build_judge(watched)).run_once()

    told = {key: posts[cluster].id for key, cluster in store.clusters_of(posts).items() if cluster in posts}
    copies = [key for key in told if posts[key].expect["fate"] == "attached"]
    missed = [posts[key] for key in copies if told[key] != posts[key].expect["story"]]
    wrong = [posts[key].id for key in told if key not in copies and told[key] != posts[key].id]
    store.close()

    assert len(copies) > 150
    assert [post.id for post in missed if not any(picture.screenshot_of for picture in post.media)] == []
    assert wrong == []
