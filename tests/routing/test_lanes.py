"""What is kept without a ticket, and who never is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain import Media, Reason, Span
from nlp.evidence import IN_NEED
from routing.lanes import lane_of
from tests.builders import mention
from tests.routing.seen import seen

PHOTO = (Media("photo"),)


def chatter(detail="obrolan", **given):
    return seen(actionable=False, detail=detail, **given)


@pytest.mark.parametrize(("text", "detail", "lane"), [
    ("Pemerintah kok begini terus", "keluhan_umum", "chatter"),
    ("Jam berapa buka loketnya?", "pertanyaan", "question"),
    ("Wali Kota meresmikan pasar baru, ujarnya", "berita", "news"),
    ("Ya begitulah lur", "obrolan", "chatter"),
    ("Slot gacor hari ini klik bio", "spam", "spam"),
    ("Mantap, jalannya sudah mulus", "pujian", "praise"),
    ("Sandal saya hilang di masjid", "obrolan", "trivial"),
    ("Pacar saya hilang, lapor ke mana", "obrolan", "trivial"),
])
def test_what_needs_no_work_is_kept_in_its_lane(text, detail, lane, rules):
    """Each lane says in Indonesian why the post lies there."""
    kept = lane_of(mention(text), chatter(detail), rules)

    assert kept is not None
    assert kept.lane == lane
    assert kept.because


@pytest.mark.parametrize(("detail", "lane"), [
    ("obrolan", "doubt"), ("keluhan_umum", "doubt"), ("pertanyaan", "doubt"), ("pujian", "doubt"), ("berita", "news"),
    ("spam", "spam"),
])
def test_a_touch_of_need_is_no_chatter(detail, lane, rules):
    """Too little for a ticket, too much for a shelf that is looked at by lot; told or sold need is nobody's here."""
    read = chatter(detail)
    need = Reason(IN_NEED, 0.4, (Span(0, 6),))
    read = replace(read, relevance=replace(read.relevance, because=(need,)))
    kept = lane_of(mention("Sepatuku ya tetep iki wae"), read, rules)

    assert kept is not None
    assert kept.lane == lane


def test_the_reason_of_a_trivial_post_says_who_could_help(rules):
    """Lost sandals are for the police or the mosque, not for a department."""
    kept = lane_of(mention("Sandalku ilang, sandal hilang di Manahan"), chatter(), rules)

    assert kept is not None
    assert "barang pribadi hilang" in kept.because


def test_an_actionable_post_is_never_in_a_lane(rules):
    """Even where it says thanks."""
    assert lane_of(mention("Terima kasih, tapi jalannya bolong lagi"), seen("jalan_jembatan"), rules) is None


@pytest.mark.parametrize("detail", ["obrolan", "keluhan_umum", "pertanyaan", "berita", "spam", "pujian"])
@pytest.mark.parametrize("kind", ["child", "elderly", "sick", "pregnant", "disabled", "violence", "poverty"])
def test_a_person_in_need_is_never_in_a_lane(kind, detail, rules):
    """School fees and cancer are never trivial, whatever the machine takes the tone for."""
    assert lane_of(mention("sandal hilang"), chatter(detail, vulnerable=(kind,)), rules) is None


def test_a_secret_is_never_in_a_lane(rules):
    """What is sensitive is read by a person."""
    assert lane_of(mention("x"), chatter(sensitive=True), rules) is None


@pytest.mark.parametrize(("detail", "kept"), [("obrolan", False), ("keluhan_umum", False), ("pertanyaan", False),
                                              ("berita", True), ("spam", True)])
def test_danger_to_life_in_ones_own_words_is_seen_by_people(detail, kept, rules):
    """News of a flood elsewhere may rest; a shout may not."""
    lane = lane_of(mention("banyune sak dada"), chatter(detail, urgency="darurat"), rules)

    assert (lane is not None) is kept


@pytest.mark.parametrize("text", [
    "", "min, tolong", "@pemkot_solo", "@pemkot_solo #solo https://t.co/x", "tulung pak 🙏"])
def test_a_picture_with_hardly_a_word_goes_to_people(text, rules):
    """Photo only: nobody knows yet what it shows, so it is no chatter."""
    assert lane_of(mention(text, media=PHOTO), chatter(), rules) is None


@pytest.mark.parametrize(("text", "media", "detail"), [
    ("", (), "obrolan"),
    ("min, tolong", (), "obrolan"),
    ("min, tolong", (Media("link"),), "obrolan"),
    ("tolong dong kak review kopi di tempat baru dekat rumahku yang enak", PHOTO, "obrolan"),
    ("keren min", PHOTO, "pujian"),
    ("tolong cek bio, slot gacor", PHOTO, "spam"),
])
def test_other_posts_with_few_words_stay_in_their_lane(text, media, detail, rules):
    """No picture, a link, a chat with a picture, praise, spam."""
    assert lane_of(mention(text, media=media), chatter(detail), rules) is not None


def test_a_report_that_is_called_not_actionable_is_a_doubt_and_goes_on(rules):
    """Two judgements that contradict each other end with a person."""
    assert lane_of(mention("x"), chatter("laporan"), rules) is None
