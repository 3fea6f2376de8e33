"""What we wrote to be learnt from is sound: labels that exist, no text twice, nothing personal, none of the gold sets."""

from __future__ import annotations

import pytest

from evaluation.gold import SETS, posts
from evaluation.labelled import URGENT
from evaluation.retrain import split
from evaluation.rows import Teaching, gathered
from evaluation.written import GROUP, written
from nlp.pii import personal_data
from nlp.tokens import WordTable, cut
from tests.evaluation.test_gold import TOPICS


def test_every_label_exists_and_no_text_stands_twice():
    for each in written():
        assert set(each.topics) <= TOPICS, each.mention.text
        assert each.urgency in ("darurat", "tinggi", "normal", "tidak_mendesak"), each.mention.text
        assert each.reports or not (each.need or each.urgency in URGENT), each.mention.text
        assert each.topics or not each.reports, each.mention.text
    assert len({" ".join(each.mention.text.casefold().split()) for each in written()}) == len(written()) > 4_700


def test_nothing_of_a_gold_set_is_learnt_from():
    gold = {row["text"].casefold() for folder in SETS.values() for row in posts(folder=folder)}

    assert gold.isdisjoint(each.mention.text.casefold() for each in written())


def test_no_post_holds_what_we_would_mask():
    """No telephone, NIK, account or plate, invented or not."""
    table = WordTable({}, frozenset())
    found = [pii.type for each in written() for pii in personal_data(cut(each.mention.text, table), frozenset())]

    assert len(written()) > 30_000
    assert set(found) <= {"handle"}


def test_a_broken_line_is_named(tmp_path):
    """Whoever adds posts hears which line is not one."""
    (tmp_path / "a.tsv").write_text("laporan\tbansos\tnormal\ty\tsatu\nlaporan\tbansos\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"a\.tsv:2: 2 fields"):
        written(tmp_path)


def test_what_we_wrote_is_always_learnt_and_never_a_measure(tmp_path):
    """A folder without a row still teaches need; nothing of ours is held back to be scored."""
    rows = gathered(tmp_path, "all")
    taught, held = split(rows)

    assert isinstance(taught, Teaching)
    assert {group for *_, group in taught.asked["need"]} == {GROUP}
    assert {label for _, label, _ in taught.asked["need"]} == {"need", "none"}
    assert {label for _, label, _ in taught.asked["news"]} == {"news", "none"}
    assert not any((held.topics, held.judged, *held.asked.values()))
