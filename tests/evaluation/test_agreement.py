"""Agreement of two readings is reckoned from labels alone, and the files of labels hold together."""

from __future__ import annotations

import pytest
from sklearn.metrics import cohen_kappa_score

from evaluation.agreement import SETS, changed, figures, kappa, main, pairs_of

LABELS = {"relevance": {"actionable", "not_actionable", "unsure"}, "urgency": {"high", "low", "unsure"}}
LABELS |= {"x_relevance": LABELS["relevance"],
           "relevance_again": LABELS["relevance"], "portal_need": {"y", "n", "unsure"},
           "urgency_held": {"darurat", "tinggi", "normal", "tidak_mendesak", "unsure"}}
LABELS["portal_urgency"] = LABELS["urgency_held"]


def test_kappa_is_that_of_the_textbook():
    """Cohen's own kind of table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15

    assert kappa(pairs, [1.0] * 50) == pytest.approx(0.4)
    assert kappa([("y", "y")] * 3, [1.0] * 3) == 1.0
    assert kappa([("y", "n"), ("n", "y")], [1.0, 1.0]) == pytest.approx(-1.0)


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.name)
def test_kappa_is_that_of_scikit_learn(each):
    """Of the readings that the repository holds, even and weighed."""
    pairs = pairs_of(each)
    weights = [each.stands_for.get(one, 1.0) for one, _ in pairs]
    found = figures(pairs, each.rare, each.stands_for)
    first, second = zip(*pairs, strict=True)

    assert found["kappa"] == pytest.approx(cohen_kappa_score(first, second))
    assert kappa(pairs, weights) == pytest.approx(cohen_kappa_score(first, second, sample_weight=weights))


def test_a_row_that_stands_for_many_weighs_as_many():
    """One row of weight three is three rows, and texts that a reading left open are no part of "decided"."""
    once = [("high", "high"), ("high", "low"), ("low", "low")]
    weighed = figures(once, "high", {"low": 3.0})

    assert weighed["kappa, plain draw"] == pytest.approx(figures([*once, once[2], once[2]], "high", {})["kappa"])
    assert weighed["same label, plain draw"] == pytest.approx(4 / 5)
    assert weighed["both high"] == pytest.approx(2 / 3)
    assert figures([*once, ("unsure", "low")], "high", {})["kappa, decided"] == weighed["kappa"]


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.name)
def test_only_what_was_read_differently_is_changed(each):
    """A third look decides where two readings differ, and touches nothing else."""
    lines = [line.split("\t") for line in each.second.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    differ = {tuple(key) for *key, one, two in lines if one != two}

    assert set(changed(each)) <= differ
    assert len({tuple(line[:-2]) for line in lines}) == len(lines)
    assert {label for line in lines for label in line[-2:]} <= LABELS[each.name]


def test_figures_are_printed_without_any_text_at_hand(capsys):
    """The labels by id are enough."""
    assert main() == 0
    printed = capsys.readouterr().out

    assert "relevance       read twice 300" in printed
    assert "urgency_held    read twice 360" in printed
