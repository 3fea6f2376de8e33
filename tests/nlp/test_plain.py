"""Danger told in three words is heard, and a name, a pronoun or a refusal alone is no report."""

from __future__ import annotations

import pytest

from tests.nlp.conftest import told_by


@pytest.mark.parametrize("text", [
    "Kudus banjir", "Sayung banjir", "kebakaran di Semanggi", "kekeringan di Paranggupito", "Demak kelelep lagi",
])
def test_a_plain_danger_that_is_sent_to_us_is_a_report(read_shipped, text):
    """No plea, no person, no more than where: papers write so too, but they do not write to the office."""
    assert read_shipped(text, account="x:jateng").relevance.label == "actionable"


@pytest.mark.parametrize("text", ["banjir di Sayung", "longsor di Karangkobar"])
def test_a_plain_danger_below_the_town_is_heard_under_a_post_too(read_shipped, text):
    assert read_shipped(text, account="x:none").relevance.label == "actionable"


@pytest.mark.parametrize("text", ["Kudus banjir? https://t.co/a1b2c3d4e5", "apa Kudus banjir?", "dulu Kudus sering banjir"])
def test_what_is_asked_linked_or_past_is_left_to_the_other_facts(read_shipped, text):
    plain, other = (read_shipped(each, account="x:jateng").relevance for each in ("Kudus banjir", text))

    assert plain.label == "actionable"
    assert other.label == "not_actionable"


@pytest.mark.parametrize(("text", "gone"), [
    ("Lapangan Mangkubumen", "rule:a place and a topic"), ("naik dari Terminal Tirtonadi ke RSUD Moewardi", "topic:kesehatan"),
    ("ora butuh bantuan kok", "rule:lack"), ("punya saya", "model:reads like somebody in need"),
    ("lampu kurang terang di Jajar", "signal:news:terangnya"), ("begini cara yang benar", "rule:question"),
])
def test_a_name_a_pronoun_or_a_refusal_is_no_matter(read_shipped, text, gone):
    """What only names a place, says "I" or needs nothing adds nothing to a report."""
    assert gone not in told_by(read_shipped(text, account="x:none"))


def test_a_matter_at_the_named_place_counts(read_shipped):
    told = told_by(read_shipped("lapangan Mangkubumen kotor banyak sampah", account="x:none"))

    assert {"rule:a place and a harm", "rule:a place and a topic"} <= told
