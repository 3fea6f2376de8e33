"""`kentongan cluster`: the contract, streaming, in order."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from nlp.duplicates import Folder
from ops.cluster import Grouping, Recent
from tests.ops.command import jsonl, kentongan

LAMP = "Lampu jalan mati total di Jl. Veteran Solo sudah seminggu, gelap sekali dan rawan kecelakaan"


def clusters(*rows):
    done = kentongan("cluster", stdin=jsonl(*rows))
    assert done.code == 0
    return done.rows()


def test_copies_fold_into_the_first_row():
    """An edited copy and a repost by reference carry the first row's id; another road stays apart."""
    rows = clusters(
        {"id": 1, "text": LAMP, "created_at": "2026-11-02T01:00:00Z", "author": "a"},
        {"id": 2, "text": f"TOLONG VIRALKAN!! {LAMP} 😭 #solo", "created_at": "2026-11-02T01:05:00Z", "author": "b"},
        {"id": 3, "text": "RT", "repost_of": 1, "created_at": "2026-11-02T01:06:00Z", "author": "c"},
        {"id": 4, "text": LAMP.replace("Veteran", "Adi Sucipto"), "created_at": "2026-11-02T01:07:00Z", "author": "d"},
    )

    assert [row["cluster"] for row in rows] == [1, 1, 1, 4]
    assert [row["reason"] for row in rows] == ["new", "near_duplicate", "repost", "new"]
    assert all(list(row) == ["id", "cluster", "reason", "similarity"] for row in rows)


def test_reposts_of_an_original_that_we_never_saw_fold_together():
    """Two reposts of one unknown post tell one story."""
    rows = clusters(
        {"id": "a", "text": f"RT @warga: {LAMP}", "repost_of": "unseen"},
        {"id": "b", "text": "RT @warga: Lampu", "repost_of": "unseen"},
    )

    assert [row["cluster"] for row in rows] == ["a", "a"]


def test_an_unreadable_line_keeps_its_place():
    """A bad line is answered where it stood; the story goes on behind it."""
    done = kentongan("cluster", stdin=jsonl({"id": 1, "text": LAMP}) + b"\xff\xfe\n" + jsonl({"id": 2, "text": LAMP}))

    first, bad, copy = done.rows()
    assert first["cluster"] == copy["cluster"] == 1
    assert bad["error"]["line"] == 2


@pytest.mark.slow
def test_ten_thousand_rows_in_order():
    """Many rows, many stories, one answer each."""
    rows = [{"id": n, "text": f"{LAMP} nomor {n % 500}", "created_at": 1_790_000_000 + n} for n in range(10_000)]

    answers = clusters(*rows)

    assert [a["id"] for a in answers] == [r["id"] for r in rows]
    assert all(a["cluster"] <= a["id"] for a in answers)


def test_strange_fields_end_no_run():
    """Missing ids, numbers for authors, unreadable times, empty media: the row is judged all the same."""
    rows = clusters(
        {"text": LAMP}, {"id": None, "text": ""}, {"id": 3, "text": LAMP, "author": 5, "created_at": "kemarin sore"},
        {"id": 4, "text": "", "media": [{"sha256": "ab" * 32}]}, {"id": 5, "text": "lihat", "media": [{"phash": "zz"}, 7]},
    )

    assert len(rows) == 5


def grouped(*rows):
    """The answers without a process around them."""
    return list(map(json.loads, Grouping(Folder(threshold=0.72, window=timedelta(days=30))).answers(rows)))


def test_rows_without_an_id_are_no_copies_of_each_other():
    """Two rows that say nothing of their id keep their own stories."""
    answers = grouped({"text": LAMP}, {"text": "Pohon tumbang menutup jalan depan SD Mangkubumen"}, {"id": 3, "text": LAMP})

    assert [(a["cluster"], a["reason"]) for a in answers] == [(None, "new"), (None, "new"), (None, "near_duplicate")]


def test_an_id_of_any_kind_comes_back_as_it_was():
    """Long numbers, quotes, lists and objects stand in the answer, as id and as cluster, as the row had them."""
    ids = [10**30, -1, 1e22, 0.1, 'say "é" #1\n', "a#b", [1, {"b": None}], {"c": []}, True, None]
    told = [{"id": row_id, "text": text} for row_id in ids for text in (f"{LAMP} nomor {ids.index(row_id)}",) * 2]

    answers = grouped(*told)

    assert [a["id"] for a in answers] == [row["id"] for row in told]
    assert [a["cluster"] for a in answers] == [row["id"] for row in told]
    assert [a["reason"] for a in answers] == ["new", "near_duplicate"] * len(ids)


def test_an_original_that_comes_after_its_repost_joins_it():
    """The story is named by its first row, whichever of the two that was."""
    answers = grouped({"id": "rt", "text": "RT @a: lihat", "repost_of": "o"}, {"id": "o", "text": LAMP})

    assert answers[1] == {"id": "o", "cluster": "rt", "reason": "repost", "similarity": 1.0}


def test_a_repost_of_itself_or_of_nothing_is_a_post():
    """A reference that leads nowhere leaves the words to decide."""
    answers = grouped({"id": 1, "text": LAMP, "repost_of": 1}, {"id": 2, "text": LAMP, "repost_of": ""})

    assert [a["reason"] for a in answers] == ["new", "near_duplicate"]
    assert [a["cluster"] for a in answers] == [1, 1]


def test_a_doubled_id_is_judged_by_its_words():
    """Another text under a used id opens its own story; a number and its digits are one id for references."""
    answers = grouped({"id": 5, "text": LAMP}, {"id": 5, "text": "lain"}, {"id": 6, "text": "RT", "repost_of": "5"},
                      {"id": "5", "text": "lain lagi"})

    assert [a["reason"] for a in answers] == ["new", "new", "repost", "new"]


def test_a_page_of_blank_lines_is_a_text_like_another():
    """Thousands of blanks hold no word, and hide none that stands behind them."""
    answers = grouped({"id": 1, "text": "\n" * 100_000}, {"id": 2, "text": LAMP}, {"id": 3, "text": "\n" * 5_000 + LAMP})

    assert [a["cluster"] for a in answers] == [1, 2, 2]


def test_what_is_remembered_of_ids_is_bounded():
    """The oldest ids go; one that is asked for stays."""
    recent = Recent(10)
    for n in range(100):
        recent.note(str(n), "story")
        recent.get("0")

    assert recent.get("0") == "story"
    assert recent.get("1") is None
    assert len(recent.young) + len(recent.old) <= 20
