"""The yardstick itself: halves that never move, and counts that are right."""

from __future__ import annotations

from typing import Any

import pytest

from domain import Extraction, Place
from evaluation.labelled import half_of, labels_of
from evaluation.rows import LABELS, gathered
from evaluation.score import main, place_tally, report
from evaluation.training import INVENTED
from nlp.extract import Extractor
from nlp.post import CALM, NOTHING
from settings import load
from tests.paths import ROOT


def extraction(*places: tuple[int, int, str | None]) -> Extraction:
    found = tuple(Place(s, e, "", "kecamatan", code, "", 1.0) for s, e, code in places)
    return Extraction("id", None, NOTHING, (), found, None, CALM, False, ())


def row(spans: list[tuple[int, int]], ignore: tuple[tuple[int, int], ...] = (), **given: Any) -> dict[str, Any]:
    return {"id": "a", "text": "x" * 40, "spans": [{"start": s, "end": e, "kode": "33.72"} for s, e in spans],
            "ignore": [{"start": s, "end": e} for s, e in ignore], **given}


def test_the_halves_are_fixed_for_ever():
    """A row's half follows from its id alone, so that what was kept aside stays aside."""
    assert [half_of({"id": f"r{i}"}) for i in range(6)] == ["dev", "held", "dev", "held", "dev", "dev"]


def test_overlap_is_counted_and_ignored_spans_are_not():
    """A guess that touches the truth is right; one on an ignored name counts neither way."""
    tally = place_tally(row([(0, 5), (10, 15)], ((20, 25),)), extraction((3, 8, "33.72"), (22, 24, None), (30, 32, None)))

    assert (tally["guesses"], tally["guess right"], tally["gold"], tally["found"]) == (2, 1, 2, 1)
    assert (tally["coded"], tally["code right"]) == (1, 1)


def test_a_row_that_is_not_annotated_fully_only_counts_false_alarms():
    """Places that nobody marked there are no misses."""
    tally = place_tally(row([], annotated_fully=False), extraction((3, 8, None)))

    assert (tally["guesses"], tally["guess right"], tally["gold"]) == (1, 0, 0)


def test_a_folder_is_scored_part_by_part(tmp_path, capsys):
    """Two rows of ours give an accuracy that can be checked by hand."""
    rows = ['{"id":"r2","text":"jalan berlubang","label":"jalan_jembatan","source":"s"}',
            '{"id":"r4","text":"jalan berlubang","label":"kesehatan","source":"s"}']
    (tmp_path / "topic.jsonl").write_text("\n".join(rows))

    (score,) = report(Extractor(load(ROOT / "config.yaml")), tmp_path, "dev")
    assert score.figures["accuracy"] == pytest.approx(0.5)
    assert main([str(tmp_path), "--half", "dev", "--config", str(ROOT / "config.yaml")]) == 0
    assert "accuracy 0.500" in capsys.readouterr().out


def test_texts_read_twice_are_scored_by_their_id_and_never_learnt(tmp_path):
    """A labelled id in the folder is a line of the report, an id that nobody read is none, and no training takes either."""
    keys = [key for key, label in labels_of(LABELS / "x_relevance.tsv") if label == "actionable"]
    held = next(key for key in keys if half_of({"id": key}) == "held")
    (tmp_path / "unlabelled_x_infra.jsonl").write_text(
        f'{{"id":"{held}","text":"tolong lampu jalan di Jl Slamet Riyadi Solo mati"}}\n{{"id":"r1","text":"hujan"}}\n')

    (score,) = report(Extractor(load(ROOT / "config.yaml")), tmp_path, "held")
    assert (score.source, score.rows, score.figures["R"]) == ("x, twice read", 1, 1.0)
    assert all(each.group in INVENTED for each in gathered(tmp_path, "all").judged)


def test_the_portals_second_urgencies_stay_out_of_training():
    """Their texts lie in a file that is learnt from; their labels do not stand among those that teach."""
    taught = {tuple(key) for *key, _ in labels_of(LABELS / "urgency.tsv")}
    measured = {tuple(key) for *key, _ in labels_of(LABELS / "urgency_held.tsv")}

    assert len(measured) == 360
    assert not taught & measured
    assert {half_of({"id": key}) for _, key in measured} == {"held"}
