"""The model's reasons show the words that they rest on, and without those words the judgement is another."""

from __future__ import annotations

import pytest

from evaluation.labelled import URGENT
from nlp.evidence import NEWS_LIKE, REPORT_LIKE
from nlp.extract import Extractor
from nlp.grounds import SHOWN_WORDS
from nlp.learnt import shipped
from nlp.urgency import HAZARD_LIKE
from settings import load
from tests.builders import mention
from tests.nlp.conftest import of_before
from tests.paths import ROOT

NEWS = "Wali kota meninjau perbaikan tanggul Kali Wulan, ditargetkan rampung akhir tahun https://contoh.id/berita"
HAZARD = "tutup gorong-gorong depan SD Mojosongo 2 hilang, anak sekolah lewat situ tiap pagi, kemarin ada yang kejeblos"

CABLE = "kabel di gang sebelah nglewer sampai sedengkul, kena orang bisa habis"


def reason(found, what):
    return next(each for each in (*found.relevance.because, *found.urgency.because) if each.what == what)


def without(text, spans):
    for span in reversed(spans):
        text = text[:span.start] + text[span.end:]
    return text


@pytest.mark.parametrize(("text", "what"), [(NEWS, NEWS_LIKE), (CABLE, HAZARD_LIKE), (HAZARD, REPORT_LIKE)])
def test_the_words_are_named_and_carry_the_weight(read_shipped, text, what):
    """What is shown is what weighs: the reason shrinks, or goes, when its words go."""
    told = reason(read_shipped(text), what)
    left = read_shipped(without(text, told.spans))
    rest = [each for each in (*left.relevance.because, *left.urgency.because) if each.what == what]

    assert 0 < len(told.spans) <= SHOWN_WORDS
    assert all(abs(each.weight) < abs(told.weight) for each in rest)


def test_without_the_words_the_decision_is_another(read_shipped):
    """A hanging cable told without a word of any list: the words that the card shows are those that decide."""
    found = read_shipped(CABLE, account="x:none")
    no_report, no_hazard = (
        read_shipped(without(CABLE, reason(found, what).spans), account="x:none") for what in (REPORT_LIKE, HAZARD_LIKE))

    assert (found.relevance.label, found.urgency.label) == ("actionable", "darurat")
    assert no_report.relevance.label == "not_actionable"
    assert no_hazard.urgency.label not in URGENT


def test_what_speaks_against_a_report_is_named(read_shipped):
    """A comment left in a lane says why, in its own words."""
    text = "seneng banget lihat alun-alun Solo rame lagi, besok ajak keluarga ah"
    told = reason(read_shipped(text), REPORT_LIKE)

    assert told.weight < 0
    assert told.spans
    assert "Solo" not in [text[span.start:span.end] for span in told.spans]  # a name of a place is nothing to the model


def test_what_weighs_little_needs_no_words(read_shipped):
    """A hazard that is not there has none."""
    found = read_shipped("mohon ijin bertanya, syarat pindah KK apa saja nggih")

    assert not any(each.spans for each in found.urgency.because if each.what == HAZARD_LIKE and each.weight < 0)


def test_a_model_without_the_question_says_nothing_of_it():
    """An office's own model of last month is asked only what it knows."""
    old = Extractor(load(ROOT / "config.yaml"), of_before(shipped(), questions=2))
    found = old.extract(mention(HAZARD))

    assert reason(found, HAZARD_LIKE).spans
    assert not any(each.what == NEWS_LIKE for each in found.relevance.because)
