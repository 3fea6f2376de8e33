"""Topics come from the operators' words, with the words that decided."""

from __future__ import annotations

import pytest

from nlp.extract import Extractor
from tests.builders import mention


def labels(extraction):
    return [topic.label for topic in extraction.topics]


def test_two_complaints_in_one_post_are_two_topics_with_their_own_words(read):
    """A pothole and a dead lamp become two topics; each points at its own words."""
    text = "Jalan berlubang di depan pasar, terus lampu PJU mati juga 😢"
    topics = {t.label: [text[s.start : s.end] for s in t.spans] for t in read(text).topics}

    assert topics == {"jalan_jembatan": ["Jalan berlubang"], "lampu_jalan": ["lampu PJU mati"]}


@pytest.mark.parametrize("text", [
    "alhamdulillah banjir order hari ini", "beda jalan pikiran aja", "sudah dapat lampu hijau dari mertua",
])
def test_metaphors_are_no_topics(read, text):
    """"Banjir order" is a good day for a shop."""
    assert read(text).topics == ()


def test_an_unless_phrase_takes_the_keyword_away(read):
    """The operator's `unless` says where the keyword means something else."""
    assert labels(read("jalan rusak")) == ["jalan_jembatan"]
    assert labels(read("jalan rusak hidupku")) == []


def test_deleting_the_keyword_deletes_the_topic(read):
    """The span that is shown is the span that decided."""
    text = "ada genangan di gang kami"
    (topic,) = read(text).topics
    (span,) = topic.spans

    assert labels(read(text[: span.start] + text[span.end :])) == []


def test_a_new_keyword_works_at_once(rules):
    """An operator adds a word; the next post is read with it, without training."""
    topics = dict(rules.topics)
    lamp = topics["lampu_jalan"]
    topics["lampu_jalan"] = lamp.model_copy(update={"keywords": {**lamp.keywords, "jv": ("ting dalan",)}})
    text = mention("ting dalane pejah")

    assert labels(Extractor(rules).extract(text)) == []
    assert labels(Extractor(rules.model_copy(update={"topics": topics})).extract(text)) == ["lampu_jalan"]


@pytest.mark.parametrize(("text", "topic"), [
    ("Lubang dalam di depan SMP Jl. Bone, anak sekolah lewat sini tiap pagi", "jalan_jembatan"),
    ("aspal ambles setelah lampu merah Kratonan", "jalan_jembatan"),
    ("Got depan GOR Manahan mampet, air meluber", "banjir_drainase"),
    ("Kreteg ambrol, bocah sekolah liwat kono kabeh", "jalan_jembatan"),
    ("Puskesmas Gilingan antre dari subuh, lansia disuruh berdiri", "kesehatan"),
])
def test_what_is_broken_decides_and_not_where_or_who(read_shipped, text, topic):
    """A school, a signal or a hall that only tells where opens no ticket at its own desk."""
    assert labels(read_shipped(text)) == [topic]


@pytest.mark.parametrize(("text", "topic"), [
    ("jalan di kampung kami sejak lebaran rusak", "jalan_jembatan"),
    ("lampu di ujung gang kami mati", "lampu_jalan"),
])
def test_a_thing_and_its_defect_may_stand_apart(read_shipped, text, topic):
    """ "Jalan ... rusak" is the operators' "jalan rusak"."""
    assert labels(read_shipped(text)) == [topic]


def test_a_dead_signal_is_no_dead_street_light(read_shipped):
    """The thing must not be part of another topic's keyword."""
    assert labels(read_shipped("lampu merah Kerten dari kemarin mati")) == ["lalu_lintas_transportasi"]
