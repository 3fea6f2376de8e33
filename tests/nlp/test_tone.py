"""What nobody can act on is a question, criticism, news, praise or mere talk; each says why."""

from __future__ import annotations

import pytest

from nlp.extract import Extractor
from nlp.learnt import shipped
from settings import load
from tests.builders import mention
from tests.nlp.conftest import of_before, told_by
from tests.paths import ROOT

QUESTIONS = [
    "min kalau mau urus pindah domisili antar kota berkasnya dibawa ke mana dulu",
    "loket samsat keliling hari sabtu buka nggak ya",
    "pak ngapunten, pendaftaran pelatihan las taksih wonten mboten",
]
CRITICISM = [
    "anggaran segitu gede hasilnya cuma seremonial, rakyat kecil dapat apa",
    "pelayanan di negeri ini emang hobi mbulet, giliran pajak cepet",
]
TALK = [
    "jalanan macet demi ketemu ayang",
    "PSIS main kayak gini mah longsor ke liga 3",
    "wkwk lampu kamar mati dikira hantu, padahal pulsane entek",
]


@pytest.mark.parametrize(("text", "detail"), [
    *((text, "pertanyaan") for text in QUESTIONS), *((text, "keluhan_umum") for text in CRITICISM),
    *((text, "obrolan") for text in TALK),
])
def test_the_tone_is_told(read_shipped, text, detail):
    """Staff who look through a lane find there what it is called."""
    found = read_shipped(text, account="x:none").relevance

    assert (found.label, found.detail) == ("not_actionable", detail)


@pytest.mark.parametrize(("text", "what"), [
    (QUESTIONS[0], "model:reads like a question"), (CRITICISM[0], "model:reads like general criticism")])
def test_the_tone_names_its_words(read_shipped, text, what):
    """ "Why is this a question?" is answered by the words of the post; it weighs nothing on the scale of reports."""
    reason = next(each for each in read_shipped(text, account="x:none").relevance.because if each.what == what)

    assert reason.spans
    assert reason.weight == 0


def test_a_model_of_before_tells_the_tone_by_lists():
    """An office's own model that was never asked still sorts, and claims to have heard nothing."""
    old = Extractor(load(ROOT / "config.yaml"), of_before(shipped(), questions=5))
    found = old.extract(mention("syarat bikin SKCK apa saja min?", account="x:none"))

    assert found.relevance.detail == "pertanyaan"
    assert "model:reads like a question" not in told_by(found)
