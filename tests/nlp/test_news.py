"""What papers, patrols and offices tell is told from what a resident reports, by a model that read our posts alone."""

from __future__ import annotations

import pytest

from nlp.extract import Extractor
from nlp.learnt import shipped
from settings import load
from tests.builders import mention
from tests.nlp.conftest import of_before, told_by
from tests.paths import ROOT

NEWS = [
    "Personel Polsek Tingkir bersama relawan mengevakuasi pohon tumbang yang menutup Jalan Marditomo, Selasa pagi https://t.co/a1b2c3d4e5",
    "Pohon Tumbang Tutup Jalan Raya Ungaran, Arus Lalu Lintas Sempat Dialihkan https://t.co/a1b2c3d4e5",
    "BPBD Klaten mencatat 12 rumah rusak akibat angin kencang di Desa Jimbung, warga dibantu kerja bakti",
]


@pytest.mark.parametrize("text", NEWS)
def test_news_is_told_by_its_manner(read_shipped, text):
    """A place, a harm and a topic do not make a report of what papers and patrols tell; the card says so."""
    found = read_shipped(text, account="x:none")

    assert found.relevance.label == "not_actionable"
    assert "model:reads like news" in told_by(found)


def test_a_citizen_who_tells_the_same_at_first_hand_is_heard(read_shipped):
    """The same tree and road in a resident's words, with a link to a photo."""
    found = read_shipped("pohon tumbang nutup jalan depan rumah kami di Marditomo, tolong pak https://t.co/a1b2c3d4e5", account="x:none")

    assert found.relevance.label == "actionable"


@pytest.mark.parametrize("given", [{}, {"account": "x:none"}])
def test_a_short_sentence_of_a_witness_is_no_news(read_shipped, given):
    """Somebody who stands in the water writes like a paper; sent to us or not, it is a ticket."""
    found = read_shipped("Banjir selutut di Semanggi Solo pagi ini", **given)

    assert found.relevance.label == "actionable"


def test_a_model_that_was_not_asked_for_news_still_reads():
    """An office's own model of last month knows no news: nothing on the card, and no failure."""
    old = of_before(shipped(), questions=4)
    found = Extractor(load(ROOT / "config.yaml"), old).extract(mention(NEWS[0], account="x:none"))

    assert "model:reads like news" not in told_by(found)
