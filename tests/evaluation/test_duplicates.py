"""What the evaluation of folding says of invented rows, right and wrong ones."""

from __future__ import annotations

import json

from evaluation.duplicates import Report, main, report

TEXT = "Lampu penerangan di Jalan Kenanga padam sejak tiga malam, warga takut lewat sini"


def row(name: str, cluster: str, **given: object) -> dict:
    return {"id": name, "text": TEXT, "cluster": cluster, "evidence": "", **given}


def scored(*stories: tuple[str, str, str], hard: str = "") -> Report:
    """(id, true cluster, story that it was folded into) of each row."""
    return report([(row(name, cluster, evidence="hard_negative" if name in hard else ""), story)
                   for name, cluster, story in stories])


def test_a_perfect_folding_scores_one() -> None:
    """Copies together, strangers apart."""
    found = scored(("a", "A", "a"), ("b", "A", "a"), ("c", "C", "c"))

    assert (found.pair_precision, found.pair_recall, found.b_cubed[2], found.worst) == (1, 1, 1, ())


def test_a_wrong_merge_costs_precision_and_is_shown_with_both_rows() -> None:
    """A hard negative that was swallowed is counted as such."""
    found = scored(("a", "A", "a"), ("b", "A", "a"), ("c", "C", "a"), hard="c")

    assert found.pair_precision == 1 / 3
    assert found.pair_recall == 1
    assert found.b_cubed[:2] == ((4 / 3 + 1 / 3) / 3, 1)
    assert (found.hard, found.hard_merged) == (1, 1)
    assert [(kind, one["id"], other["id"]) for kind, one, other in found.worst] == [("wrong_merge", "c", "a")]


def test_a_miss_costs_recall_and_is_shown_with_the_row_it_belongs_to() -> None:
    """A copy that opened a story of its own."""
    found = scored(("a", "A", "a"), ("b", "A", "b"))

    assert (found.pair_precision, found.pair_recall) == (0, 0)
    assert [(kind, one["id"], other["id"]) for kind, one, other in found.worst] == [("miss", "b", "a")]


def test_texts_are_written_only_into_the_file_that_was_named(tmp_path, capsys) -> None:
    """The figures go to the terminal, what somebody wrote does not."""
    rows = [row("a", "A", created_at="2026-11-02T05:00:00Z", author="u1"),
            row("b", "A", created_at="Mon Nov 02 06:00:00 +0000 2026", author="u2", text=f"RT @u1: {TEXT}"),
            row("c", "A", created_at="2026-11-02T07:00:00Z", author="u3", text="Mas, gelap sekali di sini sudah berhari-hari")]
    pairs = [{"id": "p", "text_a": TEXT, "text_b": f"Viral!! {TEXT} #solo", "label": "same_message"},
             {"id": "q", "text_a": TEXT, "text_b": TEXT.replace("Kenanga", "Cempaka"), "label": "different"}]
    for name, lines in (("dedup.jsonl", rows), ("dedup_pairs.jsonl", pairs)):
        (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    code = main([str(tmp_path), "--worst", str(tmp_path / "worst.jsonl")])

    said = capsys.readouterr().out
    worst = [json.loads(line) for line in (tmp_path / "worst.jsonl").read_text(encoding="utf-8").splitlines()]
    assert code == 0
    assert "n=3     P 1.000  R 0.333" in said
    assert "same_message             n=1     right 1" in said
    assert "different                n=1     right 1" in said
    assert "Kenanga" not in said
    assert [(line["kind"], line["id"], line["other"]) for line in worst] == [("miss", "c", "a")]


def test_a_folder_without_such_rows_is_said(tmp_path, capsys) -> None:
    """An empty folder is no perfect score."""
    assert main([str(tmp_path)]) == 1
    assert "dedup.jsonl" in capsys.readouterr().err
