"""Need that is told by facts alone is heard; what only speaks of the same people is not.

The posts stand in none of the files that are learnt from.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.written import written
from nlp.evidence import IN_NEED
from nlp.extract import Extractor
from nlp.learnt import NEED, shipped
from settings import load
from tests.builders import mention
from tests.nlp.conftest import of_before, told_by
from tests.paths import ROOT

SOFT = [
    "obat jantung bapak kami bagi dua biar cukup sampai gajian",
    "tiap istirahat dia cuma duduk di kelas, katanya sudah kenyang, padahal dari pagi belum makan apa-apa",
    "mbah kakung turu neng emper toko, wis telung wengi, klambine teles kabeh",
    "ijazah kakakku masih di sekolah, jadi tiap ngelamar cuma bawa fotokopian",
    "bayinya dikasih air tajin, ibunya bilang susu nunggu bapaknya kirim uang",
]
CALM = [
    "anakku sudah tidak takut lagi sama dokter gigi, hebat",
    "ibu saya masak lodeh kebanyakan, tetangga kenyang semua",
    "cucu pertama lahir, sehat, 3,2 kilo, alhamdulillah",
    "simbah menang lomba senam lansia, hadiahnya kompor",
]


@pytest.mark.parametrize("text", SOFT)
def test_need_told_by_facts_is_put_before_a_person_with_the_words_that_tell_it(read_shipped, text):
    found = read_shipped(text, account="x:none")
    reasons = [*found.relevance.because, *found.relevance.vulnerable]

    assert text not in {each.mention.text for each in written()}
    assert found.relevance.label == "actionable"
    assert any(r.spans for r in reasons if r.what.startswith("vulnerable:") or r.what == "model:reads like somebody in need")


@pytest.mark.parametrize("text", CALM)
def test_the_same_people_without_need_stay_in_their_lane(read_shipped, text):
    found = read_shipped(text, account="x:none")

    assert (found.relevance.label, found.relevance.vulnerable) == ("not_actionable", ())


def test_a_touch_of_need_is_told_though_it_makes_no_report(read_shipped):
    """What weighs nothing is still said, with its words, for the lane that people see whole."""
    found = read_shipped("celana seragamnya sudah nggak bisa dikancing", account="x:none").relevance

    assert (found.label, found.vulnerable) == ("not_actionable", ())
    assert any(reason.what == IN_NEED and reason.spans for reason in found.because)


@pytest.mark.parametrize("text", SOFT[2:4])
def test_the_words_that_tell_of_need_decide(read_shipped, text):
    """The post without the words that its card shows is talk."""
    told = next(r for r in read_shipped(text, account="x:none").relevance.vulnerable if r.spans)
    rest = text
    for span in reversed(told.spans):
        rest = rest[:span.start] + rest[span.end:]

    assert read_shipped(rest, account="x:none").relevance.label == "not_actionable"


def test_violence_is_heard_whatever_the_model_makes_of_it():
    """A model that sees no need anywhere takes nothing from who is beaten."""
    learnt = shipped()
    blind = replace(learnt, model=_without_need(learnt.model))
    extractor = Extractor(load(ROOT / "config.yaml"), blind)
    beaten, ill = extractor.extract_many([
        mention("anak tetangga dipukuli bapak tirinya tiap malam", account="x:none"),
        mention("obat jantung bapak kami bagi dua biar cukup sampai gajian", account="x:none"),
    ])

    assert "vulnerable:violence" in told_by(beaten)
    assert not ill.relevance.vulnerable


def _without_need(model):
    """The same model with a margin of -1 for somebody in need, whatever the text."""
    weights, intercept = model.weights.copy(), model.intercept.copy()
    column = len(model.labels) + model.questions.index(NEED)
    weights[:, column], intercept[column] = 0.0, np.float32(-1.0)
    return replace(model, weights=weights, intercept=intercept)


def test_a_model_that_was_trained_before_that_question_still_reads():
    """An office's own model of last month knows no need: the lists alone find it then."""
    found = Extractor(load(ROOT / "config.yaml"), of_before(shipped(), questions=2)).extract(
        mention("simbah dewekan neng omah, wis rong dino ora mangan", account="x:none"))

    assert found.relevance.label == "actionable"
    assert "model:reads like somebody in need" not in told_by(found)
