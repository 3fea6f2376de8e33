"""A reader's labels are scored like an extractor's, beside the folder's own."""

from __future__ import annotations

import orjson
import pytest

from evaluation.labelled import labels_of
from evaluation.reader import KINDS, main, pairs_of
from evaluation.rows import LABELS


def _first(kind: str) -> tuple[str, str]:
    key, label = next(labels_of(LABELS / f"reader_{kind}.tsv"))
    return key, label


@pytest.mark.parametrize(("kind", "right", "wrong"), [
    ("relevance", "not_actionable", "actionable"), ("urgency", "normal", "tinggi"), ("topic", "", "nothing")])
def test_what_the_reader_says_stands_beside_the_label(tmp_path, kind, right, wrong):
    """Of two rows only the one that the reader judged counts, in the words of the score."""
    key, said = _first(kind)
    agrees = {"relevance": said != "laporan", "urgency": said not in {"darurat", "tinggi"}, "topic": True}[kind]
    label = (right if agrees else wrong) or said
    rows = [{"id": key, "text": "teks", "label": label, "source": "s"}, {"id": "nobody", "text": "x", "label": label}]
    (tmp_path / f"{kind}.jsonl").write_bytes(b"\n".join(orjson.dumps(row) for row in rows))

    (pairs,) = pairs_of(tmp_path, kind).values()

    assert len(pairs) == 1
    assert pairs[0][0] == pairs[0][1]


def test_the_same_row_is_read_once():
    """A row that was judged twice by mistake would count twice."""
    for kind in KINDS:
        keys = [key for key, _ in labels_of(LABELS / f"reader_{kind}.tsv")]
        assert len(keys) == len(set(keys))


def test_without_a_folder_it_says_how_it_is_called(capsys):
    assert main([]) == 2
    assert "evaluation.reader" in capsys.readouterr().err
